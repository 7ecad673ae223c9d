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

/// The ending of what is kept.
const ENDING: &str = ".opus";
/// What stands behind a name while the file is written.
pub const UNFINISHED: &str = ".dang-ghi";
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
    /// How many bytes a disk still takes.
    pub(super) room: fn(&Path) -> Option<u64>,
}

/// Why there is no room for more.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum NoRoom {
    /// The disk has too little left.
    Disk,
    /// It would be more than `megabytes`, whatever went.
    Megabytes,
}

impl NoRoom {
    pub(super) fn text(self) -> Text {
        match self {
            Self::Disk => text!(
                "ổ đĩa còn dưới 500 MB; các bản cũ vẫn còn, hãy dọn bớt ổ đĩa",
                "the disk has less than 500 MB left; what was kept before stays, make room on the disk"
            ),
            Self::Megabytes => text!(
                "megabytes của [kept] trong loa.toml quá nhỏ; hãy viết số lớn hơn",
                "`megabytes` of [kept] in loa.toml is too small; write a larger number"
            ),
        }
    }
}

/// Whether a file of this name can be one that is kept: `2026-12-01-053000-dai-tinh.opus`.
pub fn is_kept_name(name: &str) -> bool {
    let Some(stem) = name.strip_suffix(ENDING) else { return false };
    stem.get(..STAMPED).is_some_and(|stamp| DateTime::strptime(STAMP, stamp).is_ok())
        && stem[STAMPED..].starts_with('-')
        && !name.contains(['/', '\0'])
}

/// Whether a file of this name can hold what somebody spoke live: `noi-20261201-053000-7.wav`, by the number of his order.
pub fn is_talk_name(name: &str) -> bool {
    let order = name.strip_prefix("noi-").and_then(|name| name.strip_suffix(".wav"));
    let parts: Vec<&str> = order.unwrap_or_default().split('-').collect();
    let is_number = |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    matches!(parts[..], [day, time, _] if day.len() == 8 && time.len() == 6) && parts.iter().all(is_number)
}

/// Whether a file of this name is of this relay, as far as its name tells.
pub fn is_kept_of(name: &str, relay: &str) -> bool {
    let own = name.strip_suffix(ENDING).and_then(|stem| stem.get(STAMPED + 1..)).unwrap_or_default();
    is_kept_name(name) && own == fold_id(relay)
}

impl Shelf {
    pub(super) const fn new(dir: PathBuf, limits: KeptLimits, tz: TimeZone) -> Self {
        Self { dir, limits, tz, room: site::room }
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

    /// Take away what is older than `days`, and of the rest the oldest where `growing` bytes more would be above `megabytes`. Only these
    /// two bounds erase: a disk that is full keeps what it has, and nothing goes where that makes no room. What has none of these names
    /// stays. The names of what went come with it.
    pub(super) fn make_room(&self, now: Wall, growing: u64) -> (Vec<String>, Result<(), NoRoom>) {
        // Nothing is there; or why it cannot be opened is told by whoever writes into it.
        let folder = self.folder().ok();
        let mut kept = folder.as_ref().map(lengths).unwrap_or_default();
        kept.sort();
        let oldest = now - Duration::from_secs(u64::from(self.limits.days) * 86_400);
        let mut gone = Vec::new();
        let mut remove = |name: &String| {
            let is_gone = folder.as_ref().is_some_and(|folder| folder.remove(name).is_ok());
            if is_gone {
                gone.push(name.clone());
            }
            is_gone
        };
        kept.retain(|(name, _)| !(self.begun(name).is_some_and(|begun| begun < oldest) && remove(name)));
        let place = folder.as_ref().map_or_else(|| self.dir.parent().unwrap_or(&self.dir), |_| &self.dir);
        let is_full = growing > 0 && (self.room)(place).is_some_and(|room| room < ROOM_LEAST);
        if is_full {
            return (gone, Err(NoRoom::Disk));
        }
        if growing > self.limits.bytes {
            return (gone, Err(NoRoom::Megabytes));
        }
        let mut all = growing + kept.iter().map(|(_, length)| length).sum::<u64>();
        for (name, length) in &kept {
            if all <= self.limits.bytes {
                break;
            }
            if remove(name) {
                all -= length;
            }
        }
        (gone, if all <= self.limits.bytes { Ok(()) } else { Err(NoRoom::Megabytes) })
    }
}

/// What is kept, and how many bytes each has.
fn lengths(folder: &Folder) -> Vec<(String, u64)> {
    let kept = names(folder).into_iter().filter(|name| is_kept_name(name));
    kept.filter_map(|name| {
        let length = folder.file(&name).ok()?.metadata().ok()?.len();
        Some((name, length))
    })
    .collect()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_tells_whose_it_is_and_what() {
        assert!(is_kept_of("2026-12-01-053000-r-chain0.opus", "r/chain0"));
        assert!(is_kept_of("2026-12-01-053000-dai-tinh.opus", "Đài tỉnh"));
        assert!(!is_kept_of("2026-12-01-053000-dai-tinh.opus", "dai"));
        assert!(!is_kept_of("dai.opus", "dai"));
        assert!(is_talk_name("noi-20261129-203000-7.wav"));
        for other in
            ["noi-nho.wav", "noi-20261129-203000.wav", "noi-20261129-203000-7.mp3", "noi-20261129-2030-7-8.wav"]
        {
            assert!(!is_talk_name(other), "{other}");
        }
    }
}
