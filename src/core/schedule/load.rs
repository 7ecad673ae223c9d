mod round;
mod rule;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use self::round::{Checked, Round, owners};
use super::check::emptied;
use super::copies::{self, LeftOut, copies};
use super::merge::{MAX_BROADCASTS, Precedence, merge};
use super::{Broadcast, FilePart, Reading, Schedule};
use crate::diag::document::decode;
use crate::diag::{Diagnostic, Severity, SourceFile, shown, text};
use crate::station::Station;

/// The directory of schedules, relative to the station.
pub const DIRECTORY: &str = "schedules";

/// More problems than this in all files together are not told: they are counted, and the first ones
/// cured first.
const MAX_FINDINGS: usize = 5_000;
/// More text than this in all files together is not read: five times what the most broadcasts take.
const MAX_TEXT: usize = 16 * 1024 * 1024;

/// What reading `schedules/` found.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Loaded {
    /// What to play.
    pub schedule: Schedule,
    /// Every problem, by file and place.
    pub diagnostics: Vec<Diagnostic>,
    /// The files as they are now, for showing the diagnostics.
    pub sources: Vec<SourceFile>,
    /// Files of which nothing could be used as they are now: unreadable, or their syntax is wrong.
    pub broken: Vec<String>,
    /// Files that are left out as copies of others.
    pub left_out: Vec<LeftOut>,
    /// The rules that hold are those of a file that is gone.
    pub rules_gone: bool,
    /// What the schedule was made from. Give it to [`reload`].
    pub good: Good,
    /// What was found of each text, so that the same text need not be checked again.
    checked: Vec<Arc<Checked>>,
}

/// What a station goes by, to be held against what its files say later.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Good {
    /// For each file, its last good text.
    pub files: Vec<SourceFile>,
    /// The file of the rules that hold, as it was when they were last whole.
    pub rules: Option<SourceFile>,
    /// That file has been gone for so long that its rules hold no more.
    pub rules_over: bool,
    /// Ids that stand in several files, and the file whose broadcast plays.
    pub owners: BTreeMap<String, String>,
    /// Files that are broken and have no good text, or none any more.
    pub lost: BTreeSet<String>,
}

/// `schedules/`, as whoever has it can read it.
pub trait Directory {
    /// Its schedules in file order, by their paths relative to the station; `None` where it cannot be listed. What is
    /// not read is told in `found`. Where there are too many, those that are `known` from before are among them.
    fn list(&mut self, known: &dyn Fn(&str) -> bool, found: &mut Vec<Diagnostic>) -> Option<Vec<String>>;

    /// The bytes of one of them, or why it cannot be read; `None` for one that may not be read, which `list` has told.
    fn read(&mut self, path: &str) -> Option<Result<Vec<u8>, Box<Diagnostic>>>;
}

/// Texts that are not on a disk, or not yet.
impl Directory for &[SourceFile] {
    fn list(&mut self, _: &dyn Fn(&str) -> bool, _: &mut Vec<Diagnostic>) -> Option<Vec<String>> {
        let mut paths: Vec<String> = self.iter().map(|source| source.path.clone()).collect();
        paths.sort();
        Some(paths)
    }

    fn read(&mut self, path: &str) -> Option<Result<Vec<u8>, Box<Diagnostic>>> {
        self.iter().find(|source| source.path == path).map(|source| Ok(source.text.clone().into_bytes()))
    }
}

/// Read `schedules/*.toml`. Never fails: what is wrong is in the diagnostics, and one file's problem stays that file's.
pub fn load(directory: &mut dyn Directory, station: &Station, reading: Reading) -> Loaded {
    reload(directory, station, reading, &Good::default(), &Loaded::default())
}

/// Read again. A file that has become broken keeps sounding as in `held` (see [`Loaded::good`]),
/// and is told as broken; a file that is gone is gone. Where the directory itself is gone or cannot be
/// read, every file of it counts as broken. Of two broadcasts of one id the one that is on the air stays, and
/// rules that are wrong, doubled or empty change nothing.
///
/// `before` is what was found for the same station last time, or nothing: a text that is in it is not
/// checked again, and a broadcast that has not changed is the very same `Arc`.
pub fn reload(
    directory: &mut dyn Directory,
    station: &Station,
    reading: Reading,
    held: &Good,
    before: &Loaded,
) -> Loaded {
    let mut loaded = Loaded::default();
    let round = Round { station, reading, held, before };
    match directory.list(&|path| round.knows(path), &mut loaded.diagnostics) {
        Some(paths) => loaded.files(directory, paths, &round),
        None => {
            for lost in &held.files {
                loaded.broken(lost.path.clone(), &round);
            }
        }
    }
    loaded.good.files.sort_by(|a, b| a.path.cmp(&b.path));
    let checked = std::mem::take(&mut loaded.checked);
    loaded.join(&checked, &round);
    loaded.checked = checked;
    share(&mut loaded.schedule.broadcasts, &before.schedule.broadcasts);
    Diagnostic::sort(&mut loaded.diagnostics);
    loaded
}

/// Let broadcasts that are as before be the very same ones, so that who compares them compares pointers.
fn share(broadcasts: &mut [Arc<Broadcast>], before: &[Arc<Broadcast>]) {
    let known: HashMap<&str, &Arc<Broadcast>> = before.iter().map(|known| (known.id.as_str(), known)).collect();
    for broadcast in broadcasts {
        if let Some(same) = known.get(broadcast.id.as_str()).filter(|known| ***known == *broadcast) {
            *broadcast = Arc::clone(same);
        }
    }
}

impl Loaded {
    fn note(&mut self, found: Vec<Diagnostic>) {
        let full = self.diagnostics.len() >= MAX_FINDINGS;
        if !full {
            self.diagnostics.extend(found);
        }
        if !full && self.diagnostics.len() >= MAX_FINDINGS {
            let told = text!(
                "có quá nhiều vấn đề; các tệp còn lại vẫn được đọc nhưng vấn đề của chúng không hiện ra",
                "there are too many problems; the remaining files are read, but their problems are not shown"
            );
            let help = text!("chữa những tệp đầu trước rồi kiểm tra lại", "cure the first files, then check again");
            let over = Diagnostic::of_file(DIRECTORY, Severity::Error, "too_many_problems", told);
            self.diagnostics.push(over.with_help(help));
        }
    }

    /// Read the files, as far as they fit together: those that were there before first, so that what is
    /// poured in beside them takes nothing off the air.
    fn files(&mut self, directory: &mut dyn Directory, paths: Vec<String>, round: &Round<'_>) {
        let (known, new): (Vec<_>, Vec<_>) = paths.into_iter().partition(|relative| round.knows(relative));
        let mut left: Vec<String> = Vec::new();
        let (mut text, mut broadcasts) = (0, 0);
        for relative in known.into_iter().chain(new) {
            if text >= MAX_TEXT || broadcasts >= MAX_BROADCASTS {
                left.push(relative);
                continue;
            }
            self.file(relative.clone(), directory, round);
            let own =
                self.sources.last().filter(|source| source.path == relative).map_or(0, |source| source.text.len());
            let checked = self.checked.last().filter(|checked| checked.part.path() == relative);
            let count = checked.map_or(0, |checked| checked.part.broadcasts.len());
            if broadcasts > 0 && count > 0 && broadcasts + count > MAX_BROADCASTS {
                self.forget(&relative);
                left.push(relative);
                continue;
            }
            (text, broadcasts) = (text + own, broadcasts + count);
        }
        if let Some(first) = left.iter().min() {
            let (count, first, mib) = (left.len(), shown(first), MAX_TEXT >> 20);
            let told = text!(
                "các tệp lịch cộng lại quá lớn (nhiều nhất {MAX_BROADCASTS} mục phát, {mib} MiB): còn {count} tệp không đọc, từ «{first}»",
                "the schedules are too large together (at most {MAX_BROADCASTS} broadcasts, {mib} MiB): {count} files are not read, from \"{first}\" on"
            );
            let help = text!("chuyển những tệp đã cũ ra khỏi schedules/", "move files that are over out of schedules/");
            self.diagnostics.push(Diagnostic::of_file(DIRECTORY, Severity::Error, "too_much", told).with_help(help));
        }
    }

    /// This file is not read after all.
    fn forget(&mut self, relative: &str) {
        self.sources.retain(|source| source.path != relative);
        self.checked.retain(|checked| checked.part.path() != relative);
        self.good.files.retain(|source| source.path != relative);
        self.diagnostics.retain(|found| found.file != relative);
    }

    /// A file of the directory.
    fn file(&mut self, relative: String, directory: &mut dyn Directory, round: &Round<'_>) {
        match directory.read(&relative) {
            None => {}
            Some(Err(unread)) => self.diagnostics.push(*unread),
            Some(Ok(bytes)) => {
                let (source, undecodable) = decode(relative.clone(), &bytes);
                if let Some(fault) = undecodable {
                    self.sources.push(source);
                    self.diagnostics.push(fault);
                } else {
                    let checked = round.check(&source);
                    let was_emptied = round.was_emptied(&checked.part);
                    self.note(if was_emptied { vec![emptied(&relative)] } else { checked.found.clone() });
                    let good = !checked.part.is_broken() && !was_emptied;
                    self.checked.push(checked);
                    self.sources.push(source.clone());
                    if good {
                        self.good.files.push(source);
                        return;
                    }
                }
            }
        }
        self.broken(relative, round);
    }

    /// Nothing of this file can be used as it is.
    fn broken(&mut self, relative: String, round: &Round<'_>) {
        let kept = round.held.files.iter().find(|source| source.path == relative);
        self.broken.push(relative.clone());
        let Some(kept) = kept else {
            self.good.lost.insert(relative);
            return;
        };
        self.diagnostics.push(
            Diagnostic::of_file(
                &kept.path,
                Severity::Warning,
                "last_good_kept",
                text!(
                    "tệp này đang hỏng; đài vẫn phát theo bản đúng gần nhất",
                    "this file is broken; the station still plays by its last good version"
                ),
            )
            .with_help(text!("chữa các lỗi của tệp này", "cure the errors of this file")),
        );
        self.checked.push(round.check(kept));
        self.good.files.push(kept.clone());
    }

    /// Join what can be used of all files into the schedule.
    fn join(&mut self, checked: &[Arc<Checked>], round: &Round<'_>) {
        let used: Vec<&FilePart> = {
            let by_path: HashMap<&str, Vec<&Arc<Checked>>> = checked.iter().fold(HashMap::new(), |mut map, one| {
                map.entry(one.part.path()).or_default().push(one);
                map
            });
            let find =
                |good: &SourceFile| by_path.get(good.path.as_str())?.iter().find(|one| one.part.source() == good);
            self.good.files.iter().filter_map(find).map(|checked| &checked.part).collect()
        };
        let copied = copies(&used);
        let copied: BTreeMap<usize, usize> = copied.into_iter().collect();
        for (copy, of) in &copied {
            let one = LeftOut { file: used[*copy].path().to_owned(), of: used[*of].path().to_owned() };
            // What is wrong in a copy is nobody's trouble.
            self.diagnostics.retain(|found| found.file != one.file);
            self.diagnostics.push(copies::told(&one));
            self.left_out.push(one);
        }
        self.good.files.retain(|good| !self.left_out.iter().any(|one| one.file == good.path));
        let used: Vec<&FilePart> =
            used.iter().enumerate().filter(|(at, _)| !copied.contains_key(at)).map(|(_, part)| *part).collect();
        self.good.owners = owners(&used, round);
        let mut first = Precedence { owners: self.good.owners.clone(), rules: None };
        self.rule(&used, &mut first, round);
        let (schedule, joined) = merge(used, &first);
        self.schedule = schedule;
        self.note(joined);
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn written(id: &str, more: &str) -> SourceFile {
        let text = format!("[[broadcast]]\nid = \"{id}\"\nat = \"05:30\"\nplay = \"a\"\n{more}");
        SourceFile { path: format!("{DIRECTORY}/{id}.toml"), text }
    }

    fn again(texts: &[SourceFile], before: &Loaded, day: i8) -> Loaded {
        let reading = Reading { today: date(2026, 12, day) };
        reload(&mut &*texts, &Station::default(), reading, &before.good, before)
    }

    #[test]
    fn only_the_file_that_changed_is_checked_again_and_the_rest_is_the_very_same() {
        // One whose campaign nobody knows is changed by the joining.
        let mut texts = [written("a", ""), written("b", ""), written("c", "campaign = \"x\"\n")];
        let first = again(&texts, &Loaded::default(), 1);
        texts[1] = written("b", "order = 2\n");
        let second = again(&texts, &first, 1);
        let same: Vec<bool> = std::iter::zip(&first.schedule.broadcasts, &second.schedule.broadcasts)
            .map(|(before, after)| Arc::ptr_eq(before, after))
            .collect();
        assert_eq!(same, [true, false, true]);
        let kept: Vec<bool> =
            std::iter::zip(&first.checked, &second.checked).map(|(before, after)| Arc::ptr_eq(before, after)).collect();
        assert_eq!(kept, [true, false, true]);
        // Another day asks for another look, and still gives the very same broadcasts.
        let third = again(&texts, &second, 2);
        assert!(!Arc::ptr_eq(&second.checked[0], &third.checked[0]));
        assert!(Arc::ptr_eq(&second.schedule.broadcasts[0], &third.schedule.broadcasts[0]));
        assert_eq!(second.diagnostics, third.diagnostics);
    }
}
