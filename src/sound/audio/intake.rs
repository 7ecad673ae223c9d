//! The way of a sound into `audio/`: measured first, copied beside its place, synced, and only then
//! given its name, so that neither the daemon nor a power cut ever finds half a file. What it replaces
//! is kept in `state/replaced/`. Called by `loa load`; decides nothing about sound.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::disk::{SoundFile, Stamp};
use super::library;
use super::measure::Measured;
use super::{fault, listing, name};
use crate::plan::{Fault, Wanted, without_ending};
use crate::site::{self, Draft, Folder, OWN_DIR_MODE, ReadRefused, Site};

/// Mode of a sound: whoever loads it with whatever habits, the daemon reads it, and the next member of the
/// group may replace it.
const FILE_MODE: u32 = 0o664;

/// Mode of directories in `audio/`, less what the habits of who runs this take away: the next member of the
/// group may write in them.
const DIR_MODE: u32 = 0o775;

/// Mode of a sound that was replaced: the daemon's account, or who replaced it, and the group may read it.
const KEPT_MODE: u32 = 0o640;

/// A load holds the lock while it copies one file. One that holds it for longer has been stopped, and keeps
/// nobody out: two that load the same name at once can at worst leave two sounds of that name.
const LOAD_WAIT: Duration = Duration::from_secs(10);

/// What became of a sound.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Taken {
    /// It is in `audio/` under this name.
    New(String),
    /// The very same bytes were in `audio/` before, under this name.
    Already(String),
    /// It is in `audio/` under this name, in place of another.
    Replaced {
        /// Its name.
        file: String,
        /// Where the other was put, relative to the station.
        kept: Vec<String>,
    },
}

/// Why a sound was not taken in.
#[derive(Debug, thiserror::Error)]
pub enum IntakeError {
    /// Files of the same stem, other sounds, are there already.
    #[error("{} is there already", .0.join(", "))]
    Clash(Vec<String>),
    /// The file changed after it was measured, or cannot be read any more.
    #[error("{}", .0.message)]
    Source(Fault),
    /// The station's disk refused.
    #[error("write into the station: {0}")]
    Disk(#[from] io::Error),
}

impl Taken {
    /// Where those were put that it replaced, relative to the station.
    pub fn kept(&self) -> &[String] {
        if let Self::Replaced { kept, .. } = self { kept } else { &[] }
    }

    /// Its name in `audio/`.
    pub fn file(&self) -> &str {
        match self {
            Self::New(file) | Self::Already(file) | Self::Replaced { file, .. } => file,
        }
    }
}

/// Takes the file that was `measured` into `audio/` as `file`, its bytes as they are. Other sounds of
/// the same stem are moved out of the way only where `replace` says so.
pub fn take(
    station_dir: &Path,
    source: &Path,
    file: &str,
    measured: &Measured,
    replace: bool,
) -> Result<Taken, IntakeError> {
    let site = Site::new(station_dir);
    let audio = Folder::make(site.audio(), DIR_MODE)?;
    // Two people who load the same name at once come one after the other.
    let alone = audio.lock_itself(LOAD_WAIT);
    if alone.is_ok() {
        audio.sweep();
    }
    let wanted = Wanted::only(without_ending(file).unwrap_or(file));
    let listed = listing::list(audio.path(), &wanted).files.into_iter().map(|(name, _)| name);
    let rivals: Vec<String> = listed.filter(|name| name::same_stem(name, file)).collect();
    for rival in &rivals {
        if digest(audio.file(rival)).as_deref() == Some(&*measured.facts.sha256) {
            note(station_dir, rival, measured);
            return Ok(Taken::Already(rival.clone()));
        }
    }
    if !rivals.is_empty() && !replace {
        return Err(IntakeError::Clash(rivals));
    }
    let mut draft = audio.draft(file, FILE_MODE)?;
    copy(source, &mut draft, &measured.facts.sha256)?;
    let kept = keep(&site, &audio, &rivals)?;
    if rivals.iter().any(|rival| rival == file) {
        draft.place()?;
    } else {
        draft.place_new().map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => IntakeError::Clash(vec![file.to_owned()]),
            _ => IntakeError::Disk(error),
        })?;
    }
    for rival in rivals.iter().filter(|rival| *rival != file) {
        audio.remove(rival)?;
    }
    audio.sync()?;
    note(station_dir, file, measured);
    let file = file.to_owned();
    Ok(if rivals.is_empty() { Taken::New(file) } else { Taken::Replaced { file, kept } })
}

/// Puts a sound of `audio/` away, where what is replaced is kept; its new path, relative to the station.
pub fn put_away(station_dir: &Path, file: &str) -> io::Result<String> {
    let site = Site::new(station_dir);
    let audio = Folder::open(site.audio())?;
    let _alone = audio.lock_itself(LOAD_WAIT);
    let kept = keep(&site, &audio, &[file.to_owned()])?;
    audio.remove(file)?;
    audio.sync()?;
    Ok(kept.into_iter().next().unwrap_or_default())
}

/// What was replaced or put away and is still there: name to path, the newer one of two of a name.
pub fn kept(station_dir: &Path) -> BTreeMap<String, PathBuf> {
    let site = Site::new(station_dir);
    let mut found: BTreeMap<String, (Stamp, PathBuf)> = BTreeMap::new();
    for place in [site.replaced_beside(), site.replaced()] {
        for (file, stamp) in listing::list(&place, &Wanted::default()).files {
            let newer = found.get(&file).is_none_or(|(known, _)| known.changed <= stamp.changed);
            if newer {
                found.insert(file.clone(), (stamp, place.join(file)));
            }
        }
    }
    found.into_iter().map(|(file, (_, path))| (file, path)).collect()
}

/// A sound that was kept at `path` is in `audio/` again. Where another one was there, that is kept in its place.
pub fn was_restored(path: &Path, taken: &Taken) {
    if taken.kept().is_empty()
        && let (Some(place), Some(name)) = (path.parent(), path.file_name())
    {
        // Kept twice is no loss.
        let _ = Folder::open(place).and_then(|place| place.remove(Path::new(name)));
    }
}

/// Writes a sound's picture to `state/reports/`, or beside the sounds where whoever loads may not write
/// `state/`; gives its path relative to the station.
pub fn write_report(station_dir: &Path, file: &str, picture: &str) -> io::Result<String> {
    let site = Site::new(station_dir);
    let name = format!("{file}.svg");
    let put = |directory: &Path, mode| {
        Folder::make(directory, mode)?.replace(&name, picture.as_bytes())?;
        Ok::<_, io::Error>(site.relative(&directory.join(&name)).display().to_string())
    };
    put(&site.reports(), OWN_DIR_MODE).or_else(|_| put(&site.reports_beside(), DIR_MODE))
}

fn digest(opened: Result<File, ReadRefused>) -> Option<String> {
    SoundFile::of(opened).and_then(|file| file.digest()).ok()
}

/// Copies a file whose bytes must have this digest, down to the disk.
fn copy(source: &Path, draft: &mut Draft<'_>, sha256: &str) -> Result<(), IntakeError> {
    let mut from = SoundFile::of(site::open(source)).map_err(IntakeError::Source)?;
    let mut block = vec![0; 128 * 1024];
    loop {
        match from.read(&mut block) {
            Ok(0) => break,
            Ok(count) => draft.file().write_all(&block[..count])?,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(IntakeError::Source(fault::unreadable(&error))),
        }
    }
    from.date(draft.file())?;
    draft.file().sync_all()?;
    // What is on the disk now is what counts, not what was meant to be.
    if digest(draft.reread()).as_deref() == Some(sha256) { Ok(()) } else { Err(IntakeError::Source(fault::changing())) }
}

/// Puts the files that are about to be replaced aside: one generation back of each name. They stay in
/// `audio/` too until their place is taken. Of a link nothing is kept: what it leads to stays where it is.
fn keep(site: &Site, audio: &Folder, rivals: &[String]) -> io::Result<Vec<String>> {
    let mut kept = Vec::new();
    for rival in rivals {
        let put = |place: &Path, mode| {
            let mut from = match audio.file(rival) {
                Err(ReadRefused::Link) => return Ok(None),
                opened => opened?,
            };
            let place = Folder::make(place, mode)?;
            let mut draft = place.draft(rival, KEPT_MODE)?;
            io::copy(&mut from, draft.file())?;
            draft.place()?;
            Ok::<_, io::Error>(Some(site.relative(&place.path().join(rival)).display().to_string()))
        };
        kept.extend(put(&site.replaced(), OWN_DIR_MODE).or_else(|_| put(&site.replaced_beside(), DIR_MODE))?);
    }
    Ok(kept)
}

/// Writes the facts down, so that the daemon need not measure it again. Where that fails it will.
fn note(station_dir: &Path, file: &str, measured: &Measured) {
    let finding = library::taken(station_dir, file, measured.facts.clone(), measured.measures.clone());
    library::remember(station_dir, &[finding]);
}
