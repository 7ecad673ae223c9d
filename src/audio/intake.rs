//! The way of a sound into `audio/`: measured first, copied beside its place, synced, and only then
//! given its name, so that neither the daemon nor a power cut ever finds half a file. What it replaces
//! is kept in `state/replaced/`. Called by `loa load`; decides nothing about sound.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use super::disk::{self, Links, SoundFile};
use super::library::{self, audio_dir};
use super::measure::Measured;
use super::{fault, limit, listing, name};
use crate::plan::{Fault, Wanted, without_ending};

/// Ends the names of copies that are under way.
const LOADING: &str = ".loading";

/// Mode of a sound: whoever loads it with whatever habits, the daemon reads it, and the next member of the
/// group may replace it.
const FILE_MODE: u32 = 0o664;

/// Where replaced sounds are kept, the better place first.
const KEPT: [&str; 2] = ["state/replaced", "audio/.replaced"];

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
    let audio = audio_dir(station_dir);
    fs::create_dir_all(&audio)?;
    let _alone = lock(&audio)?;
    sweep(&audio);
    let wanted = Wanted::only(without_ending(file).unwrap_or(file));
    let rivals: Vec<String> = listing::list(&audio, &wanted)
        .files
        .into_iter()
        .map(|(name, _)| name)
        .filter(|name| name::same_stem(name, file))
        .collect();
    for rival in &rivals {
        if digest(&audio.join(rival)).as_deref() == Some(&*measured.facts.sha256) {
            note(station_dir, rival, measured);
            return Ok(Taken::Already(rival.clone()));
        }
    }
    if !rivals.is_empty() && !replace {
        return Err(IntakeError::Clash(rivals));
    }
    let beside = audio.join(format!(".{file}{LOADING}"));
    let placed = copy(source, &beside, &measured.facts.sha256).and_then(|()| {
        let kept = keep(station_dir, &audio, &rivals)?;
        fs::rename(&beside, audio.join(file))?;
        for rival in rivals.iter().filter(|rival| *rival != file) {
            fs::remove_file(audio.join(rival))?;
        }
        File::open(&audio)?.sync_all()?;
        Ok(kept)
    });
    let kept = placed.inspect_err(|_| {
        // Nothing more can be done about a leftover on a disk that refuses everything.
        let _ = fs::remove_file(&beside);
    })?;
    note(station_dir, file, measured);
    let file = file.to_owned();
    Ok(if kept.is_empty() { Taken::New(file) } else { Taken::Replaced { file, kept } })
}

/// Writes a sound's picture to `state/reports/`, and gives its path relative to the station.
pub fn write_report(station_dir: &Path, file: &str, picture: &str) -> io::Result<String> {
    let path = format!("state/reports/{file}.svg");
    disk::replace(&station_dir.join(&path), picture.as_bytes())?;
    Ok(path)
}

/// Held while a file is taken in: two people who load the same name at once come one after the other.
fn lock(audio: &Path) -> io::Result<File> {
    let path = audio.join(".load.lock");
    // Somebody else's lock may be locked without the right to write it.
    let lock = File::open(&path).or_else(|_| File::create(&path))?;
    lock.lock()?;
    Ok(lock)
}

/// Removes what a load left behind that was cut off by the power; nobody else has the lock.
fn sweep(audio: &Path) {
    let entries = fs::read_dir(audio).into_iter().flatten().filter_map(Result::ok);
    for entry in entries {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with('.') && name.ends_with(LOADING) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

fn digest(path: &Path) -> Option<String> {
    SoundFile::open(path, Links::Refuse).and_then(|file| file.digest()).ok()
}

/// Copies a file whose bytes must have this digest, down to the disk.
fn copy(source: &Path, to: &Path, sha256: &str) -> Result<(), IntakeError> {
    let mut from = SoundFile::open(source, Links::Follow).map_err(IntakeError::Source)?;
    let mut copy = File::create(to)?;
    let mut block = vec![0; 128 * 1024];
    loop {
        match from.read(&mut block) {
            Ok(0) => break,
            Ok(count) => copy.write_all(&block[..count])?,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(IntakeError::Source(fault::unreadable(&error))),
        }
    }
    copy.set_permissions(fs::Permissions::from_mode(FILE_MODE))?;
    // The date of the recording; and never so young that it could be taken for one that is still being copied.
    let latest = copy.metadata()?.modified()? - limit::SETTLE;
    copy.set_modified(from.modified().map_or(latest, |recorded| recorded.min(latest)))?;
    copy.sync_all()?;
    // What is on the disk now is what counts, not what was meant to be.
    if digest(to).as_deref() == Some(sha256) { Ok(()) } else { Err(IntakeError::Source(fault::changing())) }
}

/// Puts the files that are about to be replaced aside: one generation back of each name. They stay in
/// `audio/` too until their place is taken.
fn keep(station_dir: &Path, audio: &Path, rivals: &[String]) -> io::Result<Vec<String>> {
    let mut kept = Vec::new();
    for rival in rivals {
        let put = |place: &str| {
            let directory = station_dir.join(place);
            fs::create_dir_all(&directory)?;
            let beside = directory.join(format!(".{rival}{LOADING}"));
            fs::copy(audio.join(rival), &beside)?;
            File::open(&beside)?.sync_all()?;
            fs::rename(&beside, directory.join(rival))?;
            File::open(&directory)?.sync_all()?;
            Ok::<_, io::Error>(format!("{place}/{rival}"))
        };
        kept.push(put(KEPT[0]).or_else(|_| put(KEPT[1]))?);
    }
    Ok(kept)
}

/// Writes the facts down, so that the daemon need not measure it again. Where that fails it will.
fn note(station_dir: &Path, file: &str, measured: &Measured) {
    let finding = library::taken(station_dir, file, measured.facts.clone(), measured.measures.clone());
    library::remember(station_dir, &[finding]);
}
