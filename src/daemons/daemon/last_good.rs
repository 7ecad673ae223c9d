use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::checkup::BrokenFile;
use crate::diag::SourceFile;
use crate::instant::{Mono, Wall};
use crate::player::WentBy;
use crate::schedule::{Good, Loaded, Reading, reload};
use crate::site::{self, Site};
use crate::station::check;

/// So long the last good version of a broken file is used, counted while loa runs and by the clock that
/// never steps: a wrong date must neither end it nor make it last.
pub(super) const LAST_GOOD_FOR: Duration = Duration::from_hours(7 * 24);

/// How old a broken file is by now is written down this often; a power cut costs no more of it.
const SAVE_EVERY: Duration = Duration::from_hours(1);

/// Texts beyond this, all together, are kept in memory only: as much as sixteen of the largest files.
const TEXT_MOST: usize = 32 << 20;

/// A written text may double in size, and every entry has a name.
const FILE_MOST: u64 = 80 << 20;

/// Rises when older versions of the file can no longer be read.
const VERSION: u32 = 1;

/// `state/last_good.json`: each schedule as it last was right, so that a power cut in the middle of a save
/// silences nothing; and since when a broken one is broken.
pub(super) struct Kept {
    path: PathBuf,
    files: BTreeMap<String, Held>,
    /// The file of the rules that hold, as it was when they were last whole.
    rules: Option<SourceFile>,
    /// So long that file has been gone, while loa ran.
    rules_gone: Duration,
    /// Ids that stand in several files, and the file that keeps each.
    owners: BTreeMap<String, String>,
    /// `loa.toml` as it was when nothing was wrong with it.
    station: Option<String>,
    looked: Option<Mono>,
    saved: Option<Mono>,
    dirty: bool,
}

#[derive(Default)]
struct Held {
    text: Option<String>,
    broken: Option<Broken>,
}

struct Broken {
    since: Wall,
    age: Duration,
}

/// What has become of a file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum FileChange {
    /// It is broken; whether a good version stands in for it.
    Broke(bool),
    /// It is right again, or gone.
    Mended,
    /// Its last good version has stood in for too long.
    Expired,
}

#[derive(Serialize, Deserialize)]
struct RawKept {
    version: u32,
    files: Vec<RawHeld>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rules: Option<RawRules>,
    #[serde(default)]
    rules_gone_for_s: u64,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    owners: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    station: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct RawRules {
    path: String,
    text: String,
}

#[derive(Serialize, Deserialize)]
struct RawHeld {
    path: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    broken_since_ns: Option<i64>,
    #[serde(default)]
    broken_for_s: u64,
}

impl RawKept {
    const fn new() -> Self {
        Self {
            version: VERSION,
            files: Vec::new(),
            rules: None,
            rules_gone_for_s: 0,
            owners: BTreeMap::new(),
            station: None,
        }
    }
}

/// What the station in `dir` went by when it last ran: `loa.toml`, and its schedules. Who looks at the files
/// without the daemon holds them against the same.
pub fn last_good(dir: &Path) -> (Option<String>, Good) {
    let kept = Kept::load(dir);
    (kept.station.clone(), kept.good())
}

impl Kept {
    /// As it was left in the station's directory `dir`; of a damaged file nothing is taken.
    pub(super) fn load(dir: &Path) -> Self {
        let path = Site::new(dir).last_good();
        let bytes = site::read(&path, FILE_MOST).ok();
        let raw = bytes.and_then(|bytes| serde_json::from_slice::<RawKept>(&bytes).ok());
        let raw = raw.filter(|raw| raw.version == VERSION).unwrap_or_else(RawKept::new);
        let rules = raw.rules.map(|RawRules { path, text }| SourceFile { path, text });
        let files = raw.files.into_iter().map(|raw| {
            let age = Duration::from_secs(raw.broken_for_s);
            let broken = raw.broken_since_ns.map(|since| Broken { since: Wall::from_nanos(since), age });
            (raw.path, Held { text: raw.text, broken })
        });
        Self {
            path,
            files: files.collect(),
            rules,
            rules_gone: Duration::from_secs(raw.rules_gone_for_s),
            owners: raw.owners,
            station: raw.station,
            looked: None,
            saved: None,
            dirty: false,
        }
    }

    /// `loa.toml` as it was when nothing was wrong with it.
    pub(super) fn station(&self) -> Option<&str> {
        self.station.as_deref()
    }

    /// Nothing is wrong with this `loa.toml`. It is written down with the next [`Kept::update`].
    pub(super) fn keep_station(&mut self, text: &str) {
        if self.station.as_deref() != Some(text) {
            self.station = Some(text.to_owned());
            self.dirty = true;
        }
    }

    /// What the station goes by, to be held against what its files say now.
    pub(super) fn good(&self) -> Good {
        let texts = self.files.iter().filter_map(|(path, held)| Some((path, held.text.as_ref()?)));
        let files = texts.map(|(path, text)| SourceFile { path: path.clone(), text: text.clone() }).collect();
        let lost = self.files.iter().filter(|(_, held)| held.text.is_none() && held.broken.is_some());
        let lost = lost.map(|(path, _)| path.clone()).collect();
        Good { files, rules: self.rules.clone(), rules_over: self.rules_over(), owners: self.owners.clone(), lost }
    }

    /// What the station went by when this was written down, where it goes by something else `now`; `None` too where
    /// nobody knows it whole.
    pub(super) fn went_by(&self, now: &Self, reading: Reading) -> Option<WentBy> {
        let text = self.station.as_ref()?;
        let is_whole = self.files.values().all(|held| held.text.is_some() || held.broken.is_some());
        let good = self.good();
        if !is_whole || (now.station.as_ref() == Some(text) && now.good() == good) {
            return None;
        }
        let station = check(&SourceFile { path: "loa.toml".to_owned(), text: text.clone() }).0;
        let schedule = reload(&mut good.files.as_slice(), &station, reading, &good, &Loaded::default()).schedule;
        Some(WentBy { station: Arc::new(station), schedule: Arc::new(schedule) })
    }

    fn rules_over(&self) -> bool {
        self.rules_gone >= LAST_GOOD_FOR
    }

    /// The files that are broken now.
    pub(super) fn broken(&self, tz: &TimeZone) -> Vec<BrokenFile> {
        let broken = self.files.iter().filter_map(|(file, held)| Some((file, held, held.broken.as_ref()?)));
        broken
            .map(|(file, held, broken)| BrokenFile {
                file: file.clone(),
                since: broken.since.rfc3339(tz),
                kept: held.text.is_some(),
            })
            .collect()
    }

    /// Take what a reading found; what has become of which file. Where a version has expired, the files
    /// have to be read again without it.
    pub(super) fn update(&mut self, now: Wall, mono: Mono, loaded: &Loaded) -> Vec<(String, FileChange)> {
        let went = self.looked.replace(mono).map_or(Duration::ZERO, |looked| mono.after(looked));
        let broken: BTreeSet<&str> = loaded.broken.iter().map(String::as_str).collect();
        let mut changes = Vec::new();
        if (&self.rules, &self.owners) != (&loaded.good.rules, &loaded.good.owners) {
            self.rules.clone_from(&loaded.good.rules);
            self.owners.clone_from(&loaded.good.owners);
            self.dirty = true;
        }
        changes.extend(self.age_rules(loaded, went));
        for source in loaded.good.files.iter().filter(|source| !broken.contains(source.path.as_str())) {
            let held = self.files.entry(source.path.clone()).or_default();
            if held.broken.take().is_some() {
                changes.push((source.path.clone(), FileChange::Mended));
                self.dirty = true;
            }
            if held.text.as_ref() != Some(&source.text) {
                held.text = Some(source.text.clone());
                self.dirty = true;
            }
        }
        for path in &loaded.broken {
            let held = self.files.entry(path.clone()).or_default();
            match &mut held.broken {
                None => {
                    held.broken = Some(Broken { since: now, age: Duration::ZERO });
                    changes.push((path.clone(), FileChange::Broke(held.text.is_some())));
                    self.dirty = true;
                }
                Some(broken) => {
                    broken.age += went;
                    if broken.age >= LAST_GOOD_FOR && held.text.take().is_some() {
                        changes.push((path.clone(), FileChange::Expired));
                        self.dirty = true;
                    }
                }
            }
        }
        let present = |path: &str| broken.contains(path) || loaded.good.files.iter().any(|source| source.path == path);
        self.files.retain(|path, held| {
            let stays = present(path);
            if !stays {
                self.dirty = true;
                if held.broken.is_some() {
                    changes.push((path.clone(), FileChange::Mended));
                }
            }
            stays
        });
        let aged = (loaded.rules_gone || self.files.values().any(|held| held.broken.is_some()))
            && self.saved.is_none_or(|saved| mono.after(saved) >= SAVE_EVERY);
        if self.dirty || aged {
            self.saved = Some(mono);
            // A disk that refuses is asked again at the next look.
            self.dirty = site::replace(&self.path, &self.written()).is_err();
        }
        changes
    }

    /// The rules of a file that is gone hold as long as the last good version of a broken one.
    fn age_rules(&mut self, loaded: &Loaded, went: Duration) -> Option<(String, FileChange)> {
        let over = self.rules_over();
        if loaded.rules_gone {
            self.rules_gone += went;
            if !over && self.rules_over() {
                self.dirty = true;
                return self.rules.as_ref().map(|source| (source.path.clone(), FileChange::Expired));
            }
        } else if !loaded.good.rules_over && !self.rules_gone.is_zero() {
            self.rules_gone = Duration::ZERO;
            self.dirty = true;
        }
        None
    }

    fn written(&self) -> Vec<u8> {
        let mut room = TEXT_MOST;
        let files = self.files.iter().map(|(path, held)| {
            let text = held.text.as_ref().filter(|text| {
                let fits = text.len() <= room;
                room -= if fits { text.len() } else { 0 };
                fits
            });
            RawHeld {
                path: path.clone(),
                text: text.cloned(),
                broken_since_ns: held.broken.as_ref().map(|broken| broken.since.nanos()),
                broken_for_s: held.broken.as_ref().map_or(0, |broken| broken.age.as_secs()),
            }
        });
        let rules = self.rules.clone().map(|SourceFile { path, text }| RawRules { path, text });
        let raw = RawKept {
            version: VERSION,
            files: files.collect(),
            rules,
            rules_gone_for_s: self.rules_gone.as_secs(),
            owners: self.owners.clone(),
            station: self.station.clone(),
        };
        serde_json::to_vec(&raw).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "schedules/a.toml";
    const DAY: Duration = Duration::from_hours(24);

    fn good(text: &str) -> Loaded {
        let mut loaded = Loaded::default();
        loaded.good.files.push(SourceFile { path: FILE.into(), text: text.into() });
        loaded
    }

    /// Broken, with whatever stands in for it.
    fn bad(kept: &Kept) -> Loaded {
        let mut loaded = Loaded::default();
        (loaded.broken, loaded.good) = (vec![FILE.into()], kept.good());
        loaded
    }

    fn after(length: Duration) -> Mono {
        Mono::from_origin(length)
    }

    #[test]
    fn a_broken_file_keeps_its_last_good_version_for_seven_days_of_running_and_over_a_restart() {
        let dir = tempfile::tempdir().unwrap();
        let now = Wall::from_secs(1_796_000_000);
        let mut kept = Kept::load(dir.path());
        assert_eq!(kept.update(now, after(Duration::ZERO), &good("x = 1")), []);
        assert_eq!(kept.update(now, after(DAY), &bad(&kept)), [(FILE.to_owned(), FileChange::Broke(true))]);
        let before_the_end = after(DAY + Duration::from_secs(LAST_GOOD_FOR.as_secs() - 1));
        // The clock on the wall says what it likes.
        assert_eq!(kept.update(Wall::from_secs(0), before_the_end, &bad(&kept)), []);
        // Another process, after a power cut.
        let mut kept = Kept::load(dir.path());
        assert_eq!(kept.good().files[0].text, "x = 1");
        assert_eq!(kept.update(now, after(Duration::ZERO), &bad(&kept)), []);
        assert!(kept.broken(&TimeZone::UTC)[0].since.starts_with("2026-11-30T") && kept.broken(&TimeZone::UTC)[0].kept);
        assert_eq!(
            kept.update(now, after(Duration::from_secs(2)), &bad(&kept)),
            [(FILE.to_owned(), FileChange::Expired)]
        );
        assert!(kept.good().files.is_empty() && !kept.broken(&TimeZone::UTC)[0].kept);
        // It stays expired, and is told once.
        let mut kept = Kept::load(dir.path());
        assert_eq!(kept.update(now, after(DAY), &bad(&kept)), []);
        assert_eq!(kept.update(now, after(DAY), &good("x = 2")), [(FILE.to_owned(), FileChange::Mended)]);
        assert_eq!(Kept::load(dir.path()).good().files[0].text, "x = 2");
    }

    #[test]
    fn a_file_that_is_gone_is_forgotten_and_a_damaged_memory_is_no_memory() {
        let dir = tempfile::tempdir().unwrap();
        let now = Wall::from_secs(1_796_000_000);
        let mut kept = Kept::load(dir.path());
        kept.update(now, after(Duration::ZERO), &good("x = 1"));
        kept.update(now, after(DAY), &bad(&kept));
        assert_eq!(kept.update(now, after(DAY), &Loaded::default()), [(FILE.to_owned(), FileChange::Mended)]);
        assert!(Kept::load(dir.path()).good().files.is_empty());
        std::fs::write(dir.path().join("state/last_good.json"), "{\"version\":1,\"files\":[{").unwrap();
        assert!(Kept::load(dir.path()).good().files.is_empty());
    }

    #[test]
    fn a_disk_that_refuses_is_asked_again() {
        let dir = tempfile::tempdir().unwrap();
        // A file where the directory should be: nothing can be written.
        std::fs::write(dir.path().join("state"), "").unwrap();
        let now = Wall::from_secs(1_796_000_000);
        let mut kept = Kept::load(dir.path());
        kept.update(now, after(Duration::ZERO), &good("x = 1"));
        assert_eq!(kept.good().files[0].text, "x = 1");
        std::fs::remove_file(dir.path().join("state")).unwrap();
        kept.update(now, after(Duration::from_mins(1)), &good("x = 1"));
        assert_eq!(Kept::load(dir.path()).good().files[0].text, "x = 1");
    }
}
