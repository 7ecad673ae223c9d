//! What is known of the station's sounds: [`scan`] for commands that may take their time, and a [`Catalogue`] for a
//! daemon that must not.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};
use std::time::Duration;

pub use super::disk::Stamp;
use super::disk::{self, Links};
use super::listing::{self, Listing};
use super::measure::measure_stamped;
use super::memory::{Memory, Recalled};
use super::meter::Measures;
use super::notebook::Notebook;
use super::{fault, limit, verdict};
use crate::diag::Diagnostic;
use crate::instant::Wall;
use crate::plan::{Facts, Fault, Library, Sound, Wanted};
use crate::site::Site;

/// Files examined before what was found is written down, so that a scan that is broken off need not
/// begin all over.
const BATCH: usize = 32;

/// What a sound that was not examined is taken to last.
const STAND_IN: Duration = Duration::from_secs(10);

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

/// What was found of a file, and the state of the file that it was found of.
pub struct FileFinding {
    /// The file and its facts, or its fault.
    pub sound: Sound,
    measures: Option<Measures>,
    stamp: Option<Stamp>,
}

/// The sounds of a station as they are, with what is remembered of them.
pub struct Catalogue {
    dir: PathBuf,
    notebook: Notebook,
}

/// A look at `audio/`, without opening a sound.
#[derive(Default)]
pub struct DirectoryLook {
    /// What is known of the sounds that are there.
    pub library: Library,
    /// Those that have to be examined, with their states; what is planned first, then by name. One of which an older
    /// state plays is in both: it goes on playing until it has been examined.
    pub unknown: Vec<(String, Stamp)>,
    /// Every sound's state.
    pub stamps: BTreeMap<String, Stamp>,
}

impl Catalogue {
    /// That of the station in this directory.
    pub fn new(station_dir: &Path) -> Self {
        Self { dir: station_dir.to_owned(), notebook: Notebook::new(station_dir) }
    }

    /// What is there, and what is remembered of it. A thousand files take some milliseconds.
    pub fn look(&mut self, wanted: &Wanted) -> DirectoryLook {
        let Listing { files, aside, left_out } = listing::list(&audio_dir(&self.dir), wanted);
        let memory = self.notebook.memory();
        let mut look = DirectoryLook::default();
        (look.library.aside, look.library.left_out) = (aside, left_out);
        for (file, stamp) in files {
            let (facts, is_sure) = match memory.recall(&file, stamp) {
                Recalled::Surely(found) => (Some(found.clone()), true),
                Recalled::Likely(facts) => (Some(Ok(facts.clone())), false),
                Recalled::Nothing => {
                    if let Some(facts) = memory.last(&file) {
                        look.library.former.insert(file.clone(), facts.clone());
                    }
                    (None, false)
                }
            };
            if let Some(facts) = facts {
                look.library.sounds.insert(file.clone(), Sound { file: file.clone(), facts });
            }
            if !is_sure {
                look.unknown.push((file.clone(), stamp));
            }
            look.stamps.insert(file, stamp);
        }
        look.unknown.sort_by_key(|(file, _)| !wanted.has(file));
        look
    }

    /// Adds findings to what is remembered. False where it could not be written down (`state/` is read-only, or the
    /// disk is full): the only price is to examine the files again next time.
    pub fn remember<'a>(&mut self, findings: impl IntoIterator<Item = &'a FileFinding>) -> bool {
        let findings: Vec<&FileFinding> = findings.into_iter().collect();
        if findings.is_empty() {
            return true;
        }
        let audio = audio_dir(&self.dir);
        let note = |memory: &mut Memory| {
            let mut news = Vec::new();
            for FileFinding { sound, measures, stamp } in findings {
                // A fault that can pass without the file changing must not outlive its cause.
                let passing = sound.facts.as_ref().is_err_and(Fault::passes);
                let Some(stamp) = stamp.filter(|_| !passing) else { continue };
                if memory.note(&sound.file, stamp, sound.facts.clone(), measures.clone()) {
                    news.push(sound.file.clone());
                }
            }
            news
        };
        self.notebook.add(note, |file| disk::stamp(&audio.join(file), Links::Refuse).is_some())
    }

    /// What is remembered of a file is not so: its bytes are others, whatever its date says.
    pub fn doubt(&mut self, file: &str) {
        self.notebook.memory().forget(file);
    }
}

/// What is remembered of the files that are in `audio/` now, and the names of those that have to
/// be examined. Opens no sound.
pub fn known(station_dir: &Path, wanted: &Wanted) -> (Library, Vec<String>) {
    let look = Catalogue::new(station_dir).look(wanted);
    (look.library, look.unknown.into_iter().map(|(file, _)| file).collect())
}

/// Whether there is a file that `name` may mean, known or not.
pub fn is_there(station_dir: &Path, name: &str) -> bool {
    listing::has(&audio_dir(station_dir), name)
}

/// Decodes a file of `audio/` from end to end, for its facts. Needs nothing of the other files, so
/// any thread may do it.
pub fn examine(station_dir: &Path, file: &str) -> FileFinding {
    let path = audio_dir(station_dir).join(file);
    let (stamp, measured) = measure_stamped(&path, Links::Refuse, &mut |_, _| {});
    let measures = measured.as_ref().ok().map(|measured| measured.measures.clone());
    FileFinding {
        sound: Sound { file: file.to_owned(), facts: measured.map(|measured| measured.facts) },
        measures,
        stamp,
    }
}

/// A file that nobody has examined yet, taken for a short sound: that it lies there is all that is known.
pub fn unexamined(file: &str) -> Sound {
    let (sha256, codec) = (String::new(), String::new());
    let facts = Facts { sha256, frames: STAND_IN.as_secs(), rate: 1, channels: 1, codec, loudness: None };
    Sound { file: file.to_owned(), facts: Ok(facts) }
}

/// A file that is still being copied, as it would be found if it were looked at.
pub fn changing(file: &str) -> Sound {
    Sound { file: file.to_owned(), facts: Err(fault::changing()) }
}

/// What was measured of a file before it got its name in `audio/`, as if it had been examined there.
pub(super) fn taken(station_dir: &Path, file: &str, facts: Facts, measures: Measures) -> FileFinding {
    FileFinding {
        sound: Sound { file: file.to_owned(), facts: Ok(facts) },
        measures: Some(measures),
        stamp: disk::stamp(&audio_dir(station_dir).join(file), Links::Refuse),
    }
}

/// What could be better in the sounds that can play, as far as they have been examined, in order.
pub fn warnings(station_dir: &Path, wanted: &Wanted) -> Vec<Diagnostic> {
    let mut catalogue = Catalogue::new(station_dir);
    let stamps = catalogue.look(wanted).stamps;
    let memory = catalogue.notebook.memory();
    let known = stamps.iter().filter_map(|(file, stamp)| Some((file, memory.measures(file, *stamp)?)));
    known.flat_map(|(file, measures)| verdict::warnings(&format!("audio/{file}"), measures)).collect()
}

/// What a sound that is there is like, if it has been examined as it is.
pub fn measures(station_dir: &Path, file: &str) -> Option<Measures> {
    let stamp = disk::stamp(&audio_dir(station_dir).join(file), Links::Refuse)?;
    Notebook::new(station_dir).memory().measures(file, stamp).cloned()
}

/// Adds findings to what is remembered; see [`Catalogue::remember`].
pub fn remember(station_dir: &Path, findings: &[FileFinding]) -> bool {
    Catalogue::new(station_dir).remember(findings)
}

/// How long a file of this state must stay as it is until it counts as whole, by its own date. Nothing for one that
/// came whole: it has the date of the recording, or of the copy that was given its name. A date in the future, which a
/// wrong clock leaves behind, tells nothing.
pub fn unrest(stamp: &Stamp, now: Wall) -> Option<Duration> {
    let modified = Wall::from_nanos(stamp.modified());
    if modified > now {
        return Some(limit::SETTLE);
    }
    let rest = limit::SETTLE.saturating_sub(now.after(modified));
    (!rest.is_zero()).then_some(rest)
}

/// The same of a file that somebody wants to take in.
pub fn unrest_of(source: &Path, now: Wall) -> Option<Duration> {
    let stamp = disk::stamp(source, Links::Follow)?;
    // Its date may be anybody's; what is copied is compared with what was measured.
    unrest(&stamp, now).filter(|_| Wall::from_nanos(stamp.modified()) <= now)
}

/// All that is known of the station's sounds: remembered where a file has not changed, examined
/// where it has, and then remembered.
pub struct Scan {
    /// What was found.
    pub library: Library,
    catalogue: Catalogue,
    /// Written to a moment ago, and examined as they were.
    young: Vec<(FileFinding, Stamp)>,
}

/// Looks at all sounds at `now`. `on_file` hears of every file, and twice of an examined one.
pub fn scan(station_dir: &Path, wanted: &Wanted, now: Wall, on_file: &mut dyn FnMut(&str, Progress)) -> Scan {
    let mut catalogue = Catalogue::new(station_dir);
    let DirectoryLook { mut library, unknown, .. } = catalogue.look(wanted);
    let doubtful: HashSet<&str> = unknown.iter().map(|(file, _)| file.as_str()).collect();
    for file in library.sounds.keys().filter(|file| !doubtful.contains(file.as_str())) {
        on_file(file, Progress::Known);
    }
    let mut young = Vec::new();
    for files in unknown.chunks(BATCH) {
        let mut findings = Vec::new();
        for (file, stamp) in files {
            on_file(file, Progress::Measuring);
            let finding = examine(station_dir, file);
            on_file(file, Progress::Measured);
            library.sounds.insert(file.clone(), finding.sound.clone());
            if unrest(stamp, now).is_some() { young.push((finding, *stamp)) } else { findings.push(finding) }
        }
        catalogue.remember(&findings);
    }
    Scan { library, catalogue, young }
}

impl Scan {
    /// How long to wait until it is certain of each file whether it is still being copied.
    pub fn unrest(&self, now: Wall) -> Duration {
        self.young.iter().filter_map(|(_, stamp)| unrest(stamp, now)).max().unwrap_or_default()
    }

    /// After that time: what has changed meanwhile is no sound yet.
    pub fn settle(mut self) -> Library {
        let audio = audio_dir(&self.catalogue.dir);
        let (whole, growing): (Vec<_>, Vec<_>) = std::mem::take(&mut self.young)
            .into_iter()
            .partition(|(finding, stamp)| disk::stamp(&audio.join(&finding.sound.file), Links::Refuse) == Some(*stamp));
        for (finding, _) in growing {
            self.library.sounds.insert(finding.sound.file.clone(), changing(&finding.sound.file));
        }
        self.catalogue.remember(whole.iter().map(|(finding, _)| finding));
        self.library
    }
}
