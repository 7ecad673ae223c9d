use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::Path;

use tokio::sync::mpsc;

use super::running::{Brought, Watching};
use crate::cap::DOCUMENT_MOST;
use crate::diag::{Text, shown, text};
use crate::site::{Folder, ReadRefused};

/// Alarms that lie in one directory; what is laid beside more than that is looked at once they are put away.
const FILES_MOST: usize = 1_000;

/// A file as it was seen: its length and when it was changed, by the disk's own count.
type Seen = (u64, Option<std::time::Duration>);

impl Watching<'_> {
    /// Bring each document that is laid into a directory, and again whenever its file has changed.
    pub(super) async fn look_into(&self, path: &Path, bring: &mpsc::Sender<Brought>) {
        let path = self.watch.site.dir().join(path);
        let mut seen: BTreeMap<OsString, (Seen, bool)> = BTreeMap::new();
        loop {
            match Folder::open(&path) {
                Ok(folder) => self.look(&folder, &path, &mut seen, bring).await,
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

    async fn look(
        &self,
        folder: &Folder,
        path: &Path,
        seen: &mut BTreeMap<OsString, (Seen, bool)>,
        bring: &mpsc::Sender<Brought>,
    ) {
        let Ok(entries) = folder.entries(FILES_MOST) else { return };
        let is_alarm = |name: &OsString| {
            let name = name.to_string_lossy();
            !name.starts_with('.') && (name.ends_with(".xml") || name.ends_with(".cap"))
        };
        let names: Vec<OsString> =
            entries.into_iter().filter(|entry| !entry.link).map(|entry| entry.name).filter(is_alarm).collect();
        seen.retain(|name, _| names.contains(name));
        for name in names {
            let Ok(now) = state(folder, &name) else { continue };
            let is_whole = match seen.get(&name) {
                // It rests since the last look: it is whole.
                Some((before, is_told)) if *before == now => {
                    if *is_told {
                        continue;
                    }
                    true
                }
                _ => false,
            };
            seen.insert(name.clone(), (now, is_whole));
            let whence = shown(&path.join(&name).display().to_string());
            match folder.read(&name, DOCUMENT_MOST as u64 + 1) {
                Ok(bytes) => {
                    let _ = bring.send(Brought { whence, bytes, is_whole }).await;
                }
                Err(why) if is_whole => {
                    let Text { vi, en } = why.text();
                    self.say_once(&whence, &text!("không đọc được {whence}: {vi}", "{whence} cannot be read: {en}"));
                }
                Err(_) => {}
            }
        }
    }
}

fn state(folder: &Folder, name: &OsString) -> Result<Seen, ReadRefused> {
    let file = folder.file(name)?;
    let about = file.metadata().map_err(ReadRefused::from)?;
    let changed = about.modified().ok().and_then(|at| at.duration_since(std::time::UNIX_EPOCH).ok());
    Ok((about.len(), changed))
}
