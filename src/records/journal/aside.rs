use std::ffi::OsString;
use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use jiff::tz::TimeZone;

use super::denied::Denied;
use super::error::JournalError;
use super::outside::Outside;
use super::reader::Reader;
use super::recover::Recovered;
use super::salvage::{Salvage, salvage};
use super::schema::Durability;
use super::set_aside::SetAside;
use super::store::{Journal, OpenMode, Opened};
use crate::diag::{Text, text};
use crate::fact::{Entry, EntryKind};
use crate::instant::Wall;
use crate::reason::{Misfit, Reason, Renewed};

/// A larger file is not followed from end to end at each start, which has to be over in seconds: it is
/// half a year of a busy station. `loa journal verify` follows it whatever its size.
const VERIFY_MOST_BYTES: u64 = 16 * 1024 * 1024;
/// Of a larger one so many rows are read, the last ones.
const LOOK_AT: u32 = 1_000;
/// Files set aside within one second, before that is given up.
const NAMES_MOST: u32 = 100;

impl Journal {
    /// Like [`open`](Self::open); but a file that cannot go on is set aside, and a new journal begins
    /// with a note that names it and its head. What was under way in the old one is closed in the new.
    ///
    /// An error here is the disk's, or another program's: the file itself may be sound.
    pub fn open_or_replace(path: &Path, now: Wall, tz: &TimeZone) -> Result<Opened, JournalError> {
        Self::open_or_replace_as(false, path, now, tz)
    }

    /// The same in the middle of a run: what is under way goes on, and has its row when it ends.
    pub(super) fn open_or_replace_again(path: &Path, now: Wall, tz: &TimeZone) -> Result<Opened, JournalError> {
        Self::open_or_replace_as(true, path, now, tz)
    }

    fn open_or_replace_as(same_life: bool, path: &Path, now: Wall, tz: &TimeZone) -> Result<Opened, JournalError> {
        let kept = Outside::read(path);
        let why = if let Some(why) = damage(path) {
            why
        } else {
            let (told, words): (Vec<Entry>, Vec<Text>) = misfit(path, kept.as_ref(), now).into_iter().unzip();
            if let Some(kept) = kept.as_ref().filter(|kept| kept.ended) {
                // From here on rows may be written of which it knows nothing.
                let _ = Outside { ended: false, ..kept.clone() }.write(path);
            }
            match Self::open_with(path, &OpenMode { durability: Durability::Synced, first: &told, same_life }, now, tz)
            {
                Err(error) if error.is_damage() => error.text(),
                other => return other.map(|opened| Opened { misfit: words.into_iter().next(), ..opened }),
            }
        };
        let mut left = salvage(path, now, tz);
        if same_life {
            (left.closed, left.intended) = (Vec::new(), Vec::new());
        }
        let file = put_aside(path, now, tz).map_err(|source| JournalError::File { path: path.to_owned(), source })?;
        // Of rows that nobody can read any more a verdict has to tell for good, as of those of a file that is gone.
        let read = left.head.as_ref().map_or(0, |(rows, _)| *rows);
        let lost = kept.filter(|kept| kept.rows > read).map(|kept| gone(&kept, now).0);
        let notes = std::iter::once(renewed(&file, &why, &left, now)).chain(lost);
        let first: Vec<Entry> = notes.chain(left.closed.iter().cloned()).collect();
        let mut opened =
            Self::open_with(path, &OpenMode { durability: Durability::Synced, first: &first, same_life }, now, tz)?;
        opened.recovered = Recovered { closed: left.closed.clone(), intended: left.intended.clone() };
        opened.set_aside = Some(SetAside { file, why, left });
        Ok(opened)
    }
}

/// The name of the journal that `entry` says it took the place of, if it is such a note.
pub fn predecessor(entry: &Entry) -> Option<&str> {
    let Some(Reason::JournalRenewed(Renewed { file, .. })) = &entry.reason else { return None };
    // A name of this directory, whatever a hand has written there.
    (entry.kind == EntryKind::Note && !file.is_empty() && !file.contains('/')).then_some(file)
}

/// The note that a journal is not as it was left: gone, cut, changed or longer. It goes on where it is;
/// `verify` names the note from then on.
fn misfit(path: &Path, kept: Option<&Outside>, now: Wall) -> Option<(Entry, Text)> {
    let kept = kept?;
    match Reader::open(path) {
        Ok(Some(reader)) => {
            let misfit = reader.misfit().ok().flatten()?;
            let reason = Reason::JournalAltered(Misfit(misfit.code()));
            Some((note("nhật ký không còn như lúc đài ghi", reason, now), misfit.text()))
        }
        Ok(None) if kept.rows + kept.marks > 0 => Some(gone(kept, now)),
        _ => None,
    }
}

/// The note that there were rows which cannot be read any more, and the same for people.
fn gone(kept: &Outside, now: Wall) -> (Entry, Text) {
    let reason = Reason::JournalGone(Misfit(format!("kept {} {}", kept.rows, kept.head)));
    (note("nhật ký đã mất, bắt đầu nhật ký mới", reason, now), kept.gone())
}

fn note(title: &str, reason: Reason, now: Wall) -> Entry {
    Entry { kind: EntryKind::Note, written: now, title: title.to_owned(), reason: Some(reason), ..Entry::default() }
}

fn renewed(file: &Path, why: &Text, left: &Salvage, now: Wall) -> Entry {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let head =
        left.head.as_ref().map_or_else(|| "head unknown".to_owned(), |(rows, hash)| format!("head {rows} {hash}"));
    let why = &why.en;
    let reason = Reason::JournalRenewed(Renewed { file: name.into_owned(), rest: format!("{head}: {why}") });
    note("nhật ký cũ bị hỏng, đã cất riêng; bắt đầu nhật ký mới", reason, now)
}

/// Why the file at `path` cannot go on as the journal, if it cannot.
fn damage(path: &Path) -> Option<Text> {
    let meta = match fs::metadata(path) {
        Ok(meta) => meta,
        Err(error) if error.kind() == ErrorKind::NotFound => return left_log(path),
        Err(_) => return None,
    };
    if !meta.is_file() {
        return Some(text!(
            "có thứ khác, không phải tệp, nằm ở chỗ nhật ký",
            "something that is no file stands in its place"
        ));
    }
    if meta.len() == 0 {
        return left_log(path);
    }
    // Nobody knows whether it is damaged; it stays as it is until the right is there.
    if Denied::to_write(path).is_some() {
        return None;
    }
    let told = |error: JournalError| error.is_damage().then(|| error.text());
    match Reader::open(path) {
        Ok(None) => None,
        Ok(Some(reader)) if meta.len() <= VERIFY_MOST_BYTES => match reader.verify() {
            Ok(verified) => {
                // What an earlier start has noted and gone on with is told by `verify`, and is no damage.
                verified.breaches.into_iter().find(|breach| !breach.is_told).map(|breach| breach.what)
            }
            Err(error) => told(error),
        },
        Ok(Some(reader)) => reader.last(LOOK_AT).err().and_then(told),
        Err(error) => told(error),
    }
}

/// A log without its file holds rows, and SQLite would delete it.
fn left_log(path: &Path) -> Option<Text> {
    let holds = fs::metadata(beside(path, "-wal")).is_ok_and(|log| log.len() > 0);
    holds.then(|| text!("tệp nhật ký đã mất, chỉ còn tệp -wal", "the file is gone, only its log (-wal) is left"))
}

/// The same where there is something to move: the file, or its log alone.
pub(super) fn put_aside_if_there(path: &Path, now: Wall, tz: &TimeZone) -> std::io::Result<Option<PathBuf>> {
    let is_there = ["", "-wal", "-shm"].iter().any(|end| fs::symlink_metadata(beside(path, end)).is_ok());
    is_there.then(|| put_aside(path, now, tz)).transpose()
}

/// Move it and what belongs to it to a name with the time; returns the name.
fn put_aside(path: &Path, now: Wall, tz: &TimeZone) -> std::io::Result<PathBuf> {
    let stamp = now.zoned(tz).strftime("%Y-%m-%dT%H%M%S").to_string();
    let names = (1..=NAMES_MOST).map(|nth| match nth {
        1 => beside(path, &format!(".hong-{stamp}")),
        nth => beside(path, &format!(".hong-{stamp}-{nth}")),
    });
    let is_free =
        |name: &PathBuf| ["", "-wal", "-shm"].iter().all(|end| fs::symlink_metadata(beside(name, end)).is_err());
    let mut names = names.filter(is_free);
    let aside = names.next().ok_or_else(|| std::io::Error::from(ErrorKind::AlreadyExists))?;
    // The file first: a cut in between leaves a log alone, which is then seen to be one.
    for end in ["", "-wal", "-shm"] {
        match fs::rename(beside(path, end), beside(&aside, end)) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    if let Some(directory) = path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        File::open(directory)?.sync_all()?;
    }
    Ok(aside)
}

/// `path` with `end` behind its name.
pub(super) fn beside(path: &Path, end: &str) -> PathBuf {
    let mut name = OsString::from(path.as_os_str());
    name.push(end);
    PathBuf::from(name)
}
