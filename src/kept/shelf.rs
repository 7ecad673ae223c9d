use std::ffi::OsString;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use crate::diag::{Text, fold, system, text};
use crate::digest::RunningDigest;
use crate::instant::Wall;
use crate::site::{self, Folder};
use crate::station::KeptLimits;

/// The ending of what is kept, and what stands behind it while it is written.
const ENDING: &str = ".opus";
const UNFINISHED: &str = ".dang-ghi";
/// How a name begins: `2026-12-01-053000-`.
const STAMP: &str = "%Y-%m-%d-%H%M%S";
/// Letters of that.
const STAMPED: usize = 17;
/// Letters of a relay's id in a name.
const ID_MOST: usize = 60;
/// Files that are looked at: an hour each, for years.
const FILES_MOST: usize = 50_000;
/// With less room on the disk nothing is kept: the journal needs it, and what people load.
const ROOM_LEAST: u64 = 500 << 20;
/// Bytes that are digested at once.
const BLOCK: usize = 64 * 1_024;

/// The directory of what is kept, and how much there may be in it.
#[derive(Debug)]
pub(super) struct Shelf {
    dir: PathBuf,
    limits: KeptLimits,
    tz: TimeZone,
}

/// Whether a file of this name can be one that is kept: `2026-12-01-053000-dai-tinh.opus`.
pub fn is_kept_name(name: &str) -> bool {
    let Some(stem) = name.strip_suffix(ENDING) else { return false };
    stem.get(..STAMPED).is_some_and(|stamp| DateTime::strptime(STAMP, stamp).is_ok())
        && stem[STAMPED..].starts_with('-')
        && !name.contains(['/', '\0'])
}

impl Shelf {
    pub(super) const fn new(dir: PathBuf, limits: KeptLimits, tz: TimeZone) -> Self {
        Self { dir, limits, tz }
    }

    pub(super) fn keeps_anything(&self) -> bool {
        self.limits.days > 0 && self.limits.bytes > 0
    }

    /// Where it is; an error where nothing was ever kept.
    fn folder(&self) -> io::Result<Folder> {
        Folder::open(&self.dir)
    }

    /// A new file for a relay, and the name that it is to have.
    pub(super) fn begin(&self, relay: &str, now: Wall) -> Result<(std::fs::File, String), Text> {
        let made = site::make_dir(&self.dir).and_then(|()| self.folder());
        let folder = made.map_err(|error| system(&error))?;
        let letters = fold_id(relay);
        let stamp = now.zoned(&self.tz).strftime(STAMP).to_string();
        // Two that begin in the same second, where the clock was set back.
        let mut names = (1..100).map(|copy| {
            let copy = if copy == 1 { String::new() } else { format!("-{copy}") };
            format!("{stamp}-{letters}{copy}{ENDING}")
        });
        let is_free = |name: &String| folder.file(name).is_err() && folder.file(format!("{name}{UNFINISHED}")).is_err();
        let name = names.find(is_free).ok_or_else(|| {
            text!("state/kept có quá nhiều tệp cùng giờ", "state/kept has too many files of the same second")
        })?;
        let file = folder.make_file(format!("{name}{UNFINISHED}")).map_err(|why| why.text())?;
        Ok((file, name))
    }

    /// Give what was written its name; its digest.
    pub(super) fn finish(&self, name: &str) -> Result<String, Text> {
        let folder = self.folder().map_err(|error| system(&error))?;
        let written = format!("{name}{UNFINISHED}");
        let mut file = folder.file(&written).map_err(|why| why.text())?;
        let (mut digest, mut block) = (RunningDigest::new(), vec![0; BLOCK]);
        loop {
            match file.read(&mut block).map_err(|error| system(&error))? {
                0 => break,
                count => digest.add(&block[..count]),
            }
        }
        let named = || {
            file.sync_all()?;
            folder.rename(&written, name)?;
            folder.sync()
        };
        named().map_err(|error| system(&error))?;
        Ok(digest.written())
    }

    /// Take away what was begun and has nothing in it.
    pub(super) fn drop_unfinished(&self, name: &str) {
        if let Ok(folder) = self.folder() {
            // A leftover is found at the next start.
            let _ = folder.remove(format!("{name}{UNFINISHED}"));
        }
    }

    /// What the last life had begun and not ended: names, from when to when.
    pub(super) fn unfinished(&self) -> Vec<(String, Wall, Wall)> {
        let Ok(folder) = Folder::open(&self.dir) else { return Vec::new() };
        let mut found = Vec::new();
        for name in names(&folder) {
            let Some(name) = name.strip_suffix(UNFINISHED).filter(|name| is_kept_name(name)) else { continue };
            let Ok(file) = folder.file(format!("{name}{UNFINISHED}")) else { continue };
            let (Some(from), Ok(changed)) = (self.begun(name), file.metadata().and_then(|file| file.modified())) else {
                continue;
            };
            let to = jiff::Timestamp::try_from(changed).map_or(from, |at| Wall::from(at).max(from));
            found.push((name.to_owned(), from, to));
        }
        found
    }

    fn begun(&self, name: &str) -> Option<Wall> {
        let at = DateTime::strptime(STAMP, name.get(..STAMPED)?).ok()?;
        Some(at.to_zoned(self.tz.clone()).ok()?.timestamp().into())
    }

    /// Take the oldest away until the rest is as little as it may be and the disk has room; what has none of these names stays.
    /// False where there is no room all the same. `growing` is how many bytes are about to come.
    pub(super) fn make_room(&self, now: Wall, growing: u64) -> bool {
        // Nothing is there; or why it cannot be opened is told by whoever writes into it.
        let Ok(folder) = self.folder() else {
            return growing <= self.limits.bytes && self.dir.parent().is_none_or(has_room);
        };
        let mut kept: Vec<(String, u64)> = names(&folder)
            .into_iter()
            .filter(|name| is_kept_name(name))
            .filter_map(|name| {
                let length = folder.file(&name).ok()?.metadata().ok()?.len();
                Some((name, length))
            })
            .collect();
        kept.sort();
        let oldest = now - Duration::from_secs(u64::from(self.limits.days) * 86_400);
        let mut all = growing + kept.iter().map(|(_, length)| length).sum::<u64>();
        for (name, length) in kept {
            let is_old = self.begun(&name).is_some_and(|begun| begun < oldest);
            if !is_old && all <= self.limits.bytes && has_room(&self.dir) {
                break;
            }
            if folder.remove(&name).is_ok() {
                all -= length;
            }
        }
        all <= self.limits.bytes && has_room(&self.dir)
    }
}

fn has_room(dir: &Path) -> bool {
    site::room(dir).is_none_or(|room| room >= ROOM_LEAST)
}

fn names(folder: &Folder) -> Vec<String> {
    let entries = folder.entries(FILES_MOST).unwrap_or_default();
    let text = |name: OsString| name.into_string().ok();
    entries.into_iter().filter(|entry| !entry.link).filter_map(|entry| text(entry.name)).collect()
}

/// The letters and digits of an id, for a file's name.
fn fold_id(id: &str) -> String {
    let folded: String = id
        .split(|c: char| !c.is_alphanumeric())
        .map(fold)
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join("-");
    let plain = folded.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').take(ID_MOST).collect::<String>();
    if plain.is_empty() { "dai".to_owned() } else { plain }
}
