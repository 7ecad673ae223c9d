//! A long life with everything going wrong: a day of the station a minute, by seed, with flat memory and an
//! outcome for everything that was planned.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use loa::audio::library;
use loa::clock::Clock as _;
use loa::daemon::{Chance, Sim, Simulated};
use loa::disk;
use loa::fact::EntryKind;
use loa::instant::{Mono, Wall};
use loa::journal::{Filter, Journal};
use loa::machine::MachineClock;
use loa::output::{Counting, OutputLane};
use loa::plan::{Wanted, plan};
use loa::player::World;
use loa::schedule::Reading;
use loa::station::{self, ZoneIx};
use loa::voice::{Notice, Output, VoiceId, VoiceOrder};

use super::long_form;
use crate::journal::tz;

/// Set to a number of minutes, it makes the soak a long one: as many days, each in its minute.
const LONG: &str = "LOA_SOAK_MINUTES";
/// Days of the short one, as fast as the machine can.
const SHORT_DAYS: u64 = 4;
const DAY: Duration = Duration::from_hours(24);
/// Everything by chance comes from this.
const SEED: u64 = 7;
/// What goes wrong in a day.
const MISHAPS: usize = 12;
/// What the memory may grow by after the first days, for the noise of an allocator.
const SLACK_KIB: u64 = 8 * 1024;

/// Memory that this process holds.
fn resident_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

/// The station that a clone has.
fn world() -> World {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (station, _, _) = disk::station::load(dir);
    let loaded = disk::schedule::load(dir, &station, Reading { today: jiff::civil::date(2026, 12, 1) });
    let library = library::scan(dir, &Wanted::default(), Wall::MAX, &mut |_, _| {}).settle();
    World { station: Arc::new(station), schedule: Arc::new(loaded.schedule), library: Arc::new(library) }
}

/// Counts the days that the station has lived through: looks at the memory after each, and gives each its
/// minute in the long form.
struct Calendar {
    output: Counting,
    midnight: Wall,
    began: Mono,
    paced: bool,
    memory: Vec<u64>,
}

impl Calendar {
    fn look(&mut self, now: Wall) {
        while self.midnight + DAY <= now {
            self.midnight = self.midnight + DAY;
            self.memory.push(resident_kib());
            if self.paced {
                let due = Duration::from_secs(60 * self.memory.len() as u64);
                MachineClock.wait(due.saturating_sub(MachineClock.mono().after(self.began)));
                println!("day {}: {} KiB", self.memory.len(), self.memory.last().unwrap());
            }
        }
    }
}

impl Output for Calendar {
    fn order(&mut self, voice: VoiceId, order: VoiceOrder) {
        self.output.order(voice, order);
    }
}

impl Simulated for Calendar {
    fn next_event(&self) -> Option<Wall> {
        self.output.next_event()
    }

    fn advance(&mut self, to: Wall) -> Vec<Notice> {
        self.look(to);
        self.output.advance(to)
    }

    fn step(&mut self, by: SignedDuration) {
        self.output.step(by);
    }

    fn lose(&mut self) {
        self.output.lose();
    }

    fn cut_power(&mut self) {
        self.output.cut_power();
    }

    fn heard(&self) -> Vec<(VoiceId, Duration)> {
        self.output.sounding().collect()
    }
}

/// What an outage of more than a week swallowed is counted in a note, by zone and broadcast.
fn counted(journal: &Journal) -> BTreeMap<String, u32> {
    let mut counted = BTreeMap::new();
    for note in journal.select(&Filter { kind: Some(EntryKind::Note), ..Filter::default() }).unwrap() {
        let reason = note.reason_text().unwrap_or_default();
        let Some((_, counts)) = reason.strip_prefix("station_off: ").and_then(|note| note.rsplit_once(": ")) else {
            continue;
        };
        for (what, count) in counts.split(", ").filter_map(|one| one.rsplit_once(' ')) {
            if what.contains('/') {
                *counted.entry(what.to_owned()).or_default() += count.parse::<u32>().unwrap();
            }
        }
    }
    counted
}

#[test]
#[ignore = "long"]
fn a_day_a_minute_with_faults_leaves_nothing_out_and_takes_no_memory() {
    let world = world();
    let minutes = long_form(LONG);
    let days = minutes.unwrap_or(SHORT_DAYS);
    let dir = tempfile::tempdir().unwrap();
    // 2026-12-01T00:00+07:00.
    let from = Wall::from_secs(1_796_058_000);
    let to = from + DAY * days as u32;
    let mut journal = Journal::open_loose(&dir.path().join("journal.db"), from, &tz()).unwrap().journal;
    let lane = |(place, zone): (usize, &station::Zone)| OutputLane::of(ZoneIx(place as u16), zone);
    let output = Counting::new(from, world.station.zones.iter().enumerate().map(lane).collect());
    let (began, paced) = (MachineClock.mono(), minutes.is_some());
    let mut output = Calendar { output, midnight: from, began, paced, memory: Vec::new() };
    let mishaps = Chance::new(SEED).mishaps(MISHAPS * days as usize, DAY * days as u32, &world);
    Sim::new(from, None, &mut output, &mut journal).with_mishaps(mishaps).live(&world, to).unwrap();

    let mut outcomes: BTreeMap<_, u32> = BTreeMap::new();
    for entry in journal.select(&Filter { kind: Some(EntryKind::Airing), ..Filter::default() }).unwrap() {
        assert!(entry.outcome.is_some(), "{entry:?}");
        *outcomes.entry((entry.zone, entry.broadcast, entry.planned)).or_default() += 1;
    }
    let doubled: Vec<_> = outcomes.iter().filter(|(_, count)| **count > 1).collect();
    assert!(doubled.is_empty(), "{doubled:?}");
    let planned = plan(&world.schedule, &world.station, &world.library, from, to);
    assert!(planned.len() as u64 > 10 * days, "{}", planned.len());
    let mut counted = counted(&journal);
    for airing in &planned {
        let zone = world.station.zones[usize::from(airing.zone.0)].id.clone();
        let what = format!("{zone}/{}", airing.broadcast.id);
        let key = (Some(zone), Some(airing.broadcast.id.clone()), Some(airing.scheduled));
        if !outcomes.contains_key(&key) {
            let left = counted.get_mut(&what).filter(|left| **left > 0);
            *left.unwrap_or_else(|| panic!("{key:?} has no outcome and is not counted")) -= 1;
        }
    }
    assert!(counted.values().all(|left| *left == 0), "counted, and not missed: {counted:?}");
    let verified = journal.verify_at(to).unwrap();
    assert!(verified.is_sound(), "{:?}", verified.breaches);
    let (planned, rows) = (planned.len(), verified.rows);
    println!("{days} days, {planned} airings planned, {rows} rows, KiB after each day: {:?}", output.memory);
    let (early, late) = output.memory.split_at(output.memory.len() / 2);
    let most = |memory: &[u64]| memory.iter().copied().max().unwrap_or_default();
    // In the short form other tests run in this process, and the first days fill the caches.
    assert!(!paced || most(late) <= most(early) + SLACK_KIB, "{:?}", output.memory);
}
