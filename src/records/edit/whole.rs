use std::collections::BTreeMap;

use super::Refusal;
use super::change::Texts;
use super::page::{self, Coding};
use super::version::How;
use super::versions::{New, Versions};
use super::words::{Part, compare};
use crate::diag::{Diagnostic, Text, text};
use crate::instant::Wall;
use crate::schedule::Schedule;
use crate::site::{Folder, ReadRefused};

/// Whole files of `schedules/` as somebody elsewhere wants them; `None` takes one away.
pub type WholeFiles = BTreeMap<String, Option<String>>;

/// What would come of them.
#[derive(Clone, PartialEq, Debug)]
pub struct Tried {
    /// All schedules as they are.
    pub was: Schedule,
    /// As they would be.
    pub schedule: Schedule,
    /// What the check says that it did not say before.
    pub new: Vec<Diagnostic>,
}

/// The texts with them.
pub(super) fn after(before: &Texts, files: &WholeFiles) -> Texts {
    let mut after = before.clone();
    for (file, text) in files {
        match text {
            Some(text) => after.insert(file.clone(), text.clone()),
            None => after.remove(file),
        };
    }
    after
}

/// Put whole files in their places, or take them away, with a version of each: the version first, then the file, then that
/// it is done. What stands in a file's place and is none (a link) goes; a directory there is refused.
pub(super) fn put(
    folder: &Folder,
    files: &WholeFiles,
    (who, now): (&str, Wall),
    versions: &mut Versions,
) -> Result<Vec<i64>, Refusal> {
    let own = |file: &str| file.trim_start_matches("schedules/").to_owned();
    let mut changed: Vec<(&str, Option<String>, Option<&str>)> = Vec::new();
    for (file, after) in files {
        let read = page::file(folder, &own(file)).read;
        let is_there = !matches!(&read, Err(page::Unread::Refused(refused)) if refused.is_absent());
        let before = read.ok().filter(|(_, coding)| *coding == Coding::Utf8).map(|(text, _)| text);
        let is_same = match (&before, after) {
            (Some(before), Some(after)) => before == after,
            (None, None) => !is_there,
            _ => false,
        };
        if !is_same {
            changed.push((file, before, after.as_deref()));
        }
    }
    let compared: Vec<(Vec<Part>, Text)> = changed
        .iter()
        .map(|(file, before, after)| {
            let (parts, told) = compare(file, before.as_deref().unwrap_or_default(), after.unwrap_or_default());
            (parts, if after.is_none() { text!("xóa tệp {file}", "the file {file} was deleted") } else { told })
        })
        .collect();
    let new: Vec<New<'_>> = changed
        .iter()
        .zip(&compared)
        .map(|((file, before, after), (parts, told))| New {
            at: now,
            who,
            how: How::Courier,
            file,
            before: before.as_deref(),
            after: *after,
            told,
            parts,
            done: false,
        })
        .collect();
    if new.is_empty() {
        return Ok(Vec::new());
    }
    let seqs = versions.write(&new)?;
    for (file, _, after) in &changed {
        let name = own(file);
        let failed = |refused: ReadRefused| Refusal::unread(file, &refused);
        match after {
            None => folder.remove(&name).map_err(|error| failed(ReadRefused::Io(error)))?,
            Some(after) => match folder.replace_alike(&name, after.as_bytes()) {
                Err(ReadRefused::Link | ReadRefused::Special) => {
                    folder.remove(&name).map_err(|error| failed(ReadRefused::Io(error)))?;
                    folder.replace_alike(&name, after.as_bytes()).map_err(failed)?;
                }
                put => put.map_err(failed)?,
            },
        }
    }
    folder.sync().map_err(|error| Refusal::unread("schedules", &ReadRefused::Io(error)))?;
    versions.done(&seqs)?;
    Ok(seqs)
}
