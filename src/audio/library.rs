//! What is known of the station's sounds: [`scan`] for commands that may take their time, and its
//! parts ([`known`], [`examine`], [`remember`]) for a daemon that must not.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::disk::{self, Stamp};
use super::limit;
use super::measure::{Measured, measure_stamped};
use super::memory::Memory;
use super::meter::Measures;
use super::verdict;
use crate::diag::Diagnostic;
use crate::plan::{Library, Sound};
use crate::site::{self, Folder, OWN_DIR_MODE, Site, Unlocked};

/// Files examined before what was found is written down, so that a scan that is broken off need not
/// begin all over.
const BATCH: usize = 32;

/// In `state/`: who has it may change `facts.json`.
const LOCK: &str = "facts.lock";

/// Whoever has that lock holds it for some milliseconds. One that does not let go has been stopped, and what
/// was found is found again another time.
const LOCK_WAIT: Duration = Duration::from_secs(2);

/// Codes of faults that are gone when the copying or the cable is right, with the file unchanged.
const PASSING: [&str; 2] = ["changing", "unreadable"];

/// How far a scan has come with a file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Progress {
    /// Its facts are known from an earlier scan.
    Known,
    /// It is about to be decoded, which takes a while.
    Measuring,
    /// It has been decoded, or found to be faulty.
    Measured,
}

/// The directory of sounds of a station.
pub fn audio_dir(station_dir: &Path) -> PathBuf {
    Site::new(station_dir).audio()
}

fn load_memory(station_dir: &Path) -> Memory {
    let bytes = site::read(&Site::new(station_dir).facts(), limit::CACHE_BYTES);
    bytes.map_or_else(|_| Memory::default(), |bytes| Memory::parse(&bytes))
}

/// What was found of a file, and the state of the file that it was found of.
pub struct Finding {
    /// The file and its facts, or its fault.
    pub sound: Sound,
    measures: Option<Measures>,
    stamp: Option<Stamp>,
}

/// What is remembered of the files that are in `audio/` now, and the names of those that have to
/// be examined, in order. Opens no sound: a thousand files take some milliseconds. A file of which an
/// older loa knew only that it plays is in both: it goes on playing until it has been examined.
pub fn known(station_dir: &Path) -> (Library, Vec<String>) {
    let memory = load_memory(station_dir);
    let mut library = Library::default();
    let mut unknown = Vec::new();
    for (file, stamp) in disk::list(&audio_dir(station_dir)) {
        match memory.recall(&file, stamp) {
            Some(facts) => {
                let sound = Sound { file: file.clone(), facts: facts.clone() };
                if facts.is_ok() && memory.measures(&file, stamp).is_none() {
                    unknown.push(file.clone());
                }
                library.sounds.insert(file, sound);
            }
            None => unknown.push(file),
        }
    }
    (library, unknown)
}

/// Decodes a file of `audio/` from end to end, for its facts. Needs nothing of the other files, so
/// any thread may do it.
pub fn examine(station_dir: &Path, file: &str) -> Finding {
    let (stamp, measured) = measure_stamped(&audio_dir(station_dir).join(file), &mut |_, _| {});
    let measures = measured.as_ref().ok().map(|measured| measured.measures.clone());
    Finding { sound: Sound { file: file.to_owned(), facts: measured.map(|measured| measured.facts) }, measures, stamp }
}

/// What was measured of a file before it got its name in `audio/`, as if it had been examined there.
pub(super) fn taken(station_dir: &Path, file: &str, measured: &Measured) -> Finding {
    Finding {
        sound: Sound { file: file.to_owned(), facts: Ok(measured.facts.clone()) },
        measures: Some(measured.measures.clone()),
        stamp: disk::stamp(&audio_dir(station_dir).join(file)),
    }
}

/// What could be better in the sounds that can play, as far as they have been examined, in order.
pub fn warnings(station_dir: &Path) -> Vec<Diagnostic> {
    let memory = load_memory(station_dir);
    let files = disk::list(&audio_dir(station_dir));
    let known = files.iter().filter_map(|(file, stamp)| Some((file, memory.measures(file, *stamp)?)));
    known.flat_map(|(file, measures)| verdict::warnings(&format!("audio/{file}"), measures)).collect()
}

/// Adds findings to what is remembered, and forgets the files that are gone. False where it could
/// not be written down (`state/` is read-only, or the disk is full): the only price is to examine
/// the files again next time.
pub fn remember(station_dir: &Path, findings: &[Finding]) -> bool {
    // `loa load`, `loa check` and the daemon find things at the same time; none may take back what another
    // has just added.
    let state = Site::new(station_dir).state();
    let state = if findings.is_empty() { Folder::open(state) } else { Folder::make(state, OWN_DIR_MODE) };
    let alone = state.map_err(Unlocked::Io).and_then(|state| state.lock(LOCK, LOCK_WAIT));
    if alone.is_err() {
        return findings.is_empty();
    }
    let mut memory = load_memory(station_dir);
    let before = memory.write();
    let present: HashSet<String> = disk::list(&audio_dir(station_dir)).into_iter().map(|(file, _)| file).collect();
    memory.retain(|file| present.contains(file));
    for Finding { sound, measures, stamp } in findings {
        // A fault that can pass without the file changing must not outlive its cause.
        let passing = sound.facts.as_ref().is_err_and(|fault| PASSING.contains(&fault.code.as_str()));
        if let Some(stamp) = stamp.filter(|_| !passing) {
            memory.note(&sound.file, stamp, sound.facts.clone(), measures.clone());
        }
    }
    let after = memory.write();
    after == before || site::replace(&Site::new(station_dir).facts(), &after).is_ok()
}

/// All that is known of the station's sounds: remembered where a file has not changed, examined
/// where it has, and then remembered. `on_file` hears of every file, and twice of an examined one.
pub fn scan(station_dir: &Path, on_file: &mut dyn FnMut(&str, Progress)) -> Library {
    let (mut library, unknown) = known(station_dir);
    for file in library.sounds.keys().filter(|file| !unknown.contains(*file)) {
        on_file(file, Progress::Known);
    }
    for files in unknown.chunks(BATCH) {
        let mut findings = Vec::new();
        for file in files {
            on_file(file, Progress::Measuring);
            findings.push(examine(station_dir, file));
            on_file(file, Progress::Measured);
        }
        remember(station_dir, &findings);
        library.sounds.extend(findings.into_iter().map(|finding| (finding.sound.file.clone(), finding.sound)));
    }
    library
}
