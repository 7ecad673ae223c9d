use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use jiff::tz::TimeZone;

use super::recording::Recording;
use super::shelf::{NoRoom, Shelf};
use crate::clock::Clock;
use crate::diag::{Text, system};
use crate::incoming::SentPart;
use crate::instant::{Mono, Wall};
use crate::station::KeptLimits;

/// How often it is seen to that there is room.
const ROOM_EVERY: Duration = Duration::from_mins(1);
/// Bytes of a minute of what is written, and more than that.
const GROWING: u64 = 1 << 20;

/// What has become of what was to be kept.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum KeptNews {
    /// A file is whole.
    Kept {
        /// The relay's id; empty where only the name of the file tells.
        relay: String,
        /// Its name in `state/kept/`.
        file: String,
        /// SHA-256 of its bytes.
        sha256: String,
        /// When its first sample was sent.
        from: Wall,
        /// When its last was.
        to: Wall,
    },
    /// A relay's sound is not kept. Told once, until some is again.
    Refused {
        /// The relay's id.
        relay: String,
        /// Why.
        why: Text,
    },
    /// The oldest were taken away, as `days` and `megabytes` say.
    Erased {
        /// Their names, the oldest first.
        files: Vec<String>,
    },
}

/// Writes what is sent of relays into files, one for each stretch.
pub struct Keeper<'a> {
    shelf: Shelf,
    clock: &'a dyn Clock,
    tell: &'a dyn Fn(KeptNews),
    recordings: HashMap<Arc<str>, Recording>,
    /// Relays whose sound is not kept, and when that was last tried.
    refused: HashMap<Arc<str>, Mono>,
    looked: Option<Mono>,
}

impl<'a> Keeper<'a> {
    /// One that writes into `dir`. What the last life had begun there and not ended is ended first.
    pub fn new(
        dir: PathBuf,
        limits: KeptLimits,
        tz: TimeZone,
        clock: &'a dyn Clock,
        tell: &'a dyn Fn(KeptNews),
    ) -> Self {
        let shelf = Shelf::new(dir, limits, tz);
        let (recordings, refused) = (HashMap::new(), HashMap::new());
        let keeper = Self { shelf, clock, tell, recordings, refused, looked: None };
        for (file, from, to) in keeper.shelf.unfinished() {
            if let Ok(sha256) = keeper.shelf.finish(&file) {
                tell(KeptNews::Kept { relay: String::new(), file, sha256, from, to });
            }
        }
        keeper
    }

    /// Whether a stretch has begun and is not over.
    pub fn is_recording(&self) -> bool {
        !self.recordings.is_empty()
    }

    /// This was sent.
    pub fn take(&mut self, part: &SentPart) {
        if !self.shelf.keeps_anything() {
            return;
        }
        let now = self.clock.mono();
        if self.recordings.get(&part.relay).is_some_and(|recording| recording.is_over(now)) {
            self.close(&part.relay);
        }
        if !self.recordings.contains_key(&part.relay) {
            // Each try looks at all that is kept, and parts come a hundred times a second.
            if self.refused.get(&part.relay).is_some_and(|tried| now.after(*tried) < ROOM_EVERY) {
                return;
            }
            match self.begin(part, now) {
                Ok(recording) => {
                    self.refused.remove(&part.relay);
                    self.recordings.insert(Arc::clone(&part.relay), recording);
                }
                Err(why) => return self.refuse(&part.relay, why),
            }
        }
        let Some(recording) = self.recordings.get_mut(&part.relay) else { return };
        if let Err(error) = recording.add(part, now) {
            self.refuse(&part.relay, system(&error));
            self.close(&part.relay);
        }
    }

    fn begin(&self, part: &SentPart, now: Mono) -> Result<Recording, Text> {
        let wall = self.clock.wall();
        self.make_room(wall, self.growing() + GROWING).map_err(NoRoom::text)?;
        let (file, name) = self.shelf.begin(&part.relay, wall)?;
        Recording::begin(file, name, (wall, now), part.from).map_err(|error| system(&error))
    }

    /// Bytes that the recordings under way have, and are about to have.
    fn growing(&self) -> u64 {
        self.recordings.values().map(|one| one.bytes() + GROWING).sum()
    }

    fn make_room(&self, now: Wall, growing: u64) -> Result<(), NoRoom> {
        let (files, room) = self.shelf.make_room(now, growing);
        if !files.is_empty() {
            (self.tell)(KeptNews::Erased { files });
        }
        room
    }

    /// Time has passed: end what is over, and see that there is room.
    pub fn look(&mut self) {
        let now = self.clock.mono();
        let over: Vec<Arc<str>> =
            self.recordings.iter().filter(|(_, one)| one.is_over(now)).map(|(relay, _)| Arc::clone(relay)).collect();
        for relay in over {
            self.close(&relay);
        }
        let is_due = self.looked.is_none_or(|looked| now.after(looked) >= ROOM_EVERY);
        if !is_due {
            return;
        }
        self.looked = Some(now);
        if let Err(why) = self.make_room(self.clock.wall(), self.growing()) {
            for relay in self.recordings.keys().cloned().collect::<Vec<_>>() {
                self.refuse(&relay, why.text());
                self.close(&relay);
            }
        }
    }

    fn close(&mut self, relay: &Arc<str>) {
        let Some(recording) = self.recordings.remove(relay) else { return };
        let name = recording.name.clone();
        match recording.finish() {
            Ok((file, from, to)) => match self.shelf.finish(&file) {
                Ok(sha256) => (self.tell)(KeptNews::Kept { relay: relay.to_string(), file, sha256, from, to }),
                Err(why) => self.refuse(relay, why),
            },
            Err(error) => {
                self.refuse(relay, system(&error));
                self.shelf.drop_unfinished(&name);
            }
        }
    }

    fn refuse(&mut self, relay: &Arc<str>, why: Text) {
        if self.refused.insert(Arc::clone(relay), self.clock.mono()).is_none() {
            (self.tell)(KeptNews::Refused { relay: relay.to_string(), why });
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;
    use crate::audio::LiveDecoder;
    use crate::clock::SimClock;
    use crate::digest::sha256;

    struct Bench {
        dir: tempfile::TempDir,
        clock: SimClock,
        news: RefCell<Vec<KeptNews>>,
    }

    impl Bench {
        fn new() -> Self {
            let clock = SimClock::at(Wall::from_secs(1_796_000_000));
            Self { dir: tempfile::tempdir().unwrap(), clock, news: RefCell::default() }
        }

        fn with(&self, limits: KeptLimits, work: impl FnOnce(&mut Keeper<'_>)) {
            let tell = |news| self.news.borrow_mut().push(news);
            let dir = self.dir.path().join("kept");
            work(&mut Keeper::new(dir, limits, TimeZone::UTC, &self.clock, &tell));
        }

        /// A second of sound, a second later.
        fn second(&self, keeper: &mut Keeper<'_>, from: u64) {
            self.clock.wait(Duration::from_secs(1));
            keeper.take(&part(from));
        }

        fn files(&self) -> Vec<String> {
            let entries = std::fs::read_dir(self.dir.path().join("kept")).unwrap();
            let mut names: Vec<String> =
                entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
            names.sort();
            names
        }
    }

    const ALL: KeptLimits = KeptLimits { days: 30, bytes: 1 << 30 };

    fn part(from: u64) -> SentPart {
        let samples = (from..from + 48_000).map(|at| if at / 50 % 2 == 0 { 9_000 } else { -9_000 }).collect();
        SentPart { relay: Arc::from("Đài tỉnh/1"), from, samples }
    }

    fn seconds(file: &std::path::Path) -> usize {
        let mut decoder = LiveDecoder::open(std::fs::File::open(file).unwrap(), "ogg").unwrap();
        let mut out = Vec::new();
        while decoder.read(&mut out).unwrap() {}
        (out.len() + 24_000) / 48_000
    }

    #[test]
    fn a_stretch_is_one_file_with_its_digest_and_a_short_gap_is_silence_in_it() {
        let bench = Bench::new();
        bench.with(ALL, |keeper| {
            (0..5).for_each(|at| bench.second(keeper, at * 48_000));
            bench.clock.wait(Duration::from_secs(4));
            (20..23).for_each(|at| bench.second(keeper, at * 48_000));
            keeper.look();
            assert!(bench.news.borrow().is_empty());
            bench.clock.wait(Duration::from_secs(16));
            keeper.look();
            // It comes back long after: another file.
            bench.second(keeper, 0);
            bench.clock.wait(Duration::from_secs(16));
            keeper.look();
        });
        let news = bench.news.borrow();
        let [KeptNews::Kept { relay, file, sha256: digest, from, to }, KeptNews::Kept { .. }] = &news[..] else {
            panic!("{news:?}")
        };
        assert_eq!((relay.as_str(), bench.files().len(), bench.files()[0].as_str()), ("Đài tỉnh/1", 2, file.as_str()));
        assert!(file.ends_with("-dai-tinh-1.opus") && super::super::is_kept_name(file), "{file}");
        let path = bench.dir.path().join("kept").join(file);
        assert_eq!(sha256(&std::fs::read(&path).unwrap()), *digest);
        assert_eq!((seconds(&path), to.after(*from).as_secs()), (12, 12));
    }

    #[test]
    fn what_a_power_cut_left_is_kept_at_the_next_start() {
        let bench = Bench::new();
        bench.with(ALL, |keeper| (0..4).for_each(|at| bench.second(keeper, at * 48_000)));
        assert!(bench.files()[0].ends_with(".dang-ghi"));
        bench.with(ALL, |_| ());
        let news = bench.news.borrow();
        let [KeptNews::Kept { file, .. }] = &news[..] else { panic!("{news:?}") };
        assert!(seconds(&bench.dir.path().join("kept").join(file)) >= 3);
    }

    #[test]
    fn the_oldest_go_first_and_nothing_else_of_the_directory_does() {
        let bench = Bench::new();
        let dir = bench.dir.path().join("kept");
        std::fs::create_dir(&dir).unwrap();
        let old = ["2026-09-01-053000-a.opus", "2026-11-29-053000-b.opus", "2026-11-29-063000-c.opus", "cua-toi.opus"];
        for name in old {
            std::fs::write(dir.join(name), vec![0; 1 << 20]).unwrap();
        }
        let few = KeptLimits { days: 30, bytes: 5 << 19 };
        bench.with(few, |keeper| bench.second(keeper, 0));
        let left = bench.files();
        // The first was too old; the second would have been too much.
        assert_eq!(left.iter().filter(|name| old.contains(&name.as_str())).collect::<Vec<_>>(), [old[2], old[3]]);
        assert_eq!(left.len(), 3);
    }

    #[test]
    fn a_disk_that_is_nearly_full_keeps_what_it_has_and_says_that_it_is_the_disk() {
        let bench = Bench::new();
        let dir = bench.dir.path().join("kept");
        std::fs::create_dir(&dir).unwrap();
        let old = ["2026-11-28-053000-b.opus", "2026-11-29-053000-c.opus"];
        for name in old {
            std::fs::write(dir.join(name), vec![0; 48 << 10]).unwrap();
        }
        bench.with(ALL, |keeper| {
            keeper.shelf.room = |_| Some((500 << 20) - 1);
            (0..3).for_each(|at| bench.second(keeper, at * 48_000));
            keeper.look();
        });
        assert_eq!(bench.files(), old);
        let news = bench.news.take();
        let [KeptNews::Refused { why, .. }] = &news[..] else { panic!("{news:?}") };
        assert!(why.vi.contains("500 MB") && !why.vi.contains("megabytes"), "{why:?}");
        // There is room again: a minute later it is tried again.
        bench.with(ALL, |keeper| {
            keeper.shelf.room = |_| Some(0);
            bench.second(keeper, 0);
            keeper.shelf.room = |_| None;
            bench.second(keeper, 48_000);
            assert!(!keeper.is_recording());
            bench.clock.wait(Duration::from_mins(1));
            bench.second(keeper, 96_000);
            assert!(keeper.is_recording());
        });
        bench.news.take();
        std::fs::remove_dir_all(&dir).unwrap();
        std::fs::create_dir(&dir).unwrap();
        // Somebody fills the disk meanwhile: what is there so far is kept, and nothing else goes.
        bench.with(ALL, |keeper| {
            (0..3).for_each(|at| bench.second(keeper, at * 48_000));
            keeper.shelf.room = |_| Some(0);
            keeper.look();
        });
        let news = bench.news.take();
        assert!(matches!(&news[..], [KeptNews::Refused { .. }, KeptNews::Kept { .. }]), "{news:?}");
        assert_eq!(bench.files().len(), 1);
    }

    #[test]
    fn megabytes_that_hold_nothing_erase_nothing_and_what_a_bound_erases_is_told() {
        let bench = Bench::new();
        let dir = bench.dir.path().join("kept");
        std::fs::create_dir(&dir).unwrap();
        let old = ["2026-11-28-053000-b.opus", "2026-11-29-053000-c.opus"];
        for name in old {
            std::fs::write(dir.join(name), vec![0; 1 << 20]).unwrap();
        }
        bench.with(KeptLimits { bytes: 1_000_000, ..ALL }, |keeper| bench.second(keeper, 0));
        assert_eq!(bench.files(), old);
        let news = bench.news.take();
        let [KeptNews::Refused { why, .. }] = &news[..] else { panic!("{news:?}") };
        assert!(why.vi.contains("megabytes") && !why.vi.contains("ổ đĩa"), "{why:?}");
        bench.with(KeptLimits { bytes: 5 << 19, ..ALL }, |keeper| bench.second(keeper, 0));
        assert_eq!(bench.news.take(), [KeptNews::Erased { files: vec![old[0].to_owned()] }]);
    }

    #[test]
    fn where_nothing_may_be_kept_or_written_the_sound_is_told_nothing_and_people_once() {
        let bench = Bench::new();
        bench.with(KeptLimits { days: 0, ..ALL }, |keeper| bench.second(keeper, 0));
        assert!(bench.news.borrow().is_empty() && !bench.dir.path().join("kept").exists());
        bench.with(KeptLimits { bytes: 1 << 19, ..ALL }, |keeper| {
            (0..3).for_each(|at| bench.second(keeper, at * 48_000));
        });
        assert!(matches!(&bench.news.borrow()[..], [KeptNews::Refused { .. }]), "{:?}", bench.news);
        std::fs::write(bench.dir.path().join("x"), "").unwrap();
        let tell = |news| bench.news.borrow_mut().push(news);
        let mut keeper = Keeper::new(bench.dir.path().join("x"), ALL, TimeZone::UTC, &bench.clock, &tell);
        (0..3).for_each(|at| bench.second(&mut keeper, at * 48_000));
        assert_eq!(bench.news.borrow().len(), 2);
    }
}
