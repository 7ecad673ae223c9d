use std::collections::{BTreeMap, BTreeSet};
use std::ffi::{OsStr, OsString};
use std::path::Path;

use tokio::sync::mpsc;

use super::running::{Brought, Watching};
use crate::cap::DOCUMENT_MOST;
use crate::checkup::Words;
use crate::diag::{Text, shown, text};
use crate::site::{Folder, ReadRefused};

/// Alarms that lie in one directory; what is laid beside more than that is looked at once they are put away.
const FILES_MOST: usize = 1_000;
/// Files that are not read that are named, of one directory.
const UNREAD_MOST: usize = 20;

/// How long a file is and when it was changed, by the disk's own count.
type FileState = (u64, Option<std::time::Duration>);

/// A file as it was seen last.
struct LaidFile {
    state: FileState,
    /// It has rested since the look before: it is whole.
    is_whole: bool,
    /// Why it is not read.
    unread: Option<Words>,
}

impl Watching<'_> {
    /// Bring each document that is laid into a directory, and again whenever its file has changed.
    pub(super) async fn look_into(&self, path: &Path, bring: &mpsc::Sender<Brought>) {
        let feed = path.display().to_string();
        let path = self.watch.site.dir().join(path);
        let mut seen: BTreeMap<OsString, LaidFile> = BTreeMap::new();
        loop {
            match Folder::open(&path) {
                Ok(folder) => {
                    let unread = self.look(&folder, &path, &mut seen, bring).await;
                    let is_known = self.memory().feed(&feed).dead == unread;
                    if !is_known {
                        self.remember(|memory| memory.feed(&feed).dead = unread);
                    }
                }
                Err(error) => {
                    let name = shown(&path.display().to_string());
                    let Text { vi, en } = crate::diag::system(&error);
                    self.say_once(
                        &name,
                        &text!(
                            "không xem được thư mục báo động {name}: {vi}",
                            "the directory of alarms {name} cannot be looked into: {en}"
                        ),
                    );
                }
            }
            tokio::time::sleep(self.watch.pace.look).await;
        }
    }

    /// Bring what is new or has changed; what is not read, by name, and why.
    async fn look(
        &self,
        folder: &Folder,
        path: &Path,
        seen: &mut BTreeMap<OsString, LaidFile>,
        bring: &mpsc::Sender<Brought>,
    ) -> BTreeMap<String, Words> {
        let mut unread = BTreeMap::new();
        let entries = match folder.entries(FILES_MOST + 1) {
            Ok(entries) => entries,
            Err(error) => {
                unread.insert("…".to_owned(), Words::from(crate::diag::system(&error)));
                return unread;
            }
        };
        if entries.len() > FILES_MOST {
            let why = text!(
                "có quá {FILES_MOST} tệp, những tệp còn lại không được xem: cất bớt đi",
                "there are more than {FILES_MOST} files, and the rest is not looked at: put some away"
            );
            unread.insert("…".to_owned(), Words::from(why));
        }
        let names = entries.into_iter().take(FILES_MOST).map(|entry| entry.name);
        // Programs that copy write into a hidden file first.
        let names: BTreeSet<OsString> = names.filter(|name| !name.as_encoded_bytes().starts_with(b".")).collect();
        seen.retain(|name, _| names.contains(name));
        for name in names {
            let Some(why) = self.look_at((folder, path), &name, seen, bring).await else { continue };
            let whence = shown(&path.join(&name).display().to_string());
            let Text { vi, en } = Text::from(why.clone());
            self.say_once(&whence, &text!("không đọc {whence}: {vi}", "{whence} is not read: {en}"));
            if unread.len() < UNREAD_MOST {
                unread.insert(shown(&name.to_string_lossy()), why);
            }
        }
        unread
    }

    /// Bring a file where it is new or has changed, and again once it rests; why it is not read.
    async fn look_at(
        &self,
        (folder, path): (&Folder, &Path),
        name: &OsStr,
        seen: &mut BTreeMap<OsString, LaidFile>,
        bring: &mpsc::Sender<Brought>,
    ) -> Option<Words> {
        let state = match state(folder, name) {
            Ok(state) => state,
            // It was put away meanwhile, or things are put away there.
            Err(why) if why.is_absent() => return None,
            Err(ReadRefused::Directory) if !is_alarm(name) => return None,
            Err(why) => return Some(Words::from(why.text())),
        };
        let is_whole = match seen.get(name) {
            // It rests since the last look: it is whole.
            Some(before) if before.state == state => {
                if before.is_whole {
                    return before.unread.clone();
                }
                true
            }
            _ => false,
        };
        let mut unread = None;
        if is_alarm(name) {
            let whence = shown(&path.join(name).display().to_string());
            match folder.read(name, DOCUMENT_MOST as u64 + 1) {
                Ok(bytes) => {
                    let _ = bring.send(Brought { whence, bytes, is_whole }).await;
                }
                Err(why) => unread = Some(why.text()),
            }
        } else {
            let why = text!("tên không kết thúc bằng .xml hay .cap", "its name does not end in .xml or in .cap");
            unread = Some(why);
        }
        // While it is being copied it may have another name, or another end.
        let unread = unread.filter(|_| is_whole).map(Words::from);
        seen.insert(name.to_owned(), LaidFile { state, is_whole, unread: unread.clone() });
        unread
    }
}

/// `lu.xml`, `LU.XML`, as sticks have it, `lu.cap`.
fn is_alarm(name: &OsStr) -> bool {
    let ending = Path::new(name).extension();
    ending.is_some_and(|ending| ["xml", "cap"].iter().any(|known| ending.eq_ignore_ascii_case(known)))
}

fn state(folder: &Folder, name: &OsStr) -> Result<FileState, ReadRefused> {
    let file = folder.file(name)?;
    let about = file.metadata().map_err(ReadRefused::from)?;
    let changed = about.modified().ok().and_then(|at| at.duration_since(std::time::UNIX_EPOCH).ok());
    Ok((about.len(), changed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alarm_is_known_by_its_ending_in_any_capitals() {
        for (name, is) in [
            ("lu.xml", true),
            ("D3.XML", true),
            ("a.Cap", true),
            ("d4.txt", false),
            ("lu.xml.part", false),
            ("xml", false),
        ] {
            assert_eq!(is_alarm(OsStr::new(name)), is, "{name}");
        }
    }
}
