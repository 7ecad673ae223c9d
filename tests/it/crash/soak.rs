//! A long life with everything going wrong: a day of the station a minute, by seed, with flat memory and an
//! outcome for everything that was planned.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use loa::audio::library;
use loa::clock::{Clock as _, Machine};
use loa::daemon::{Chance, Sim};
use loa::instant::Wall;
use loa::journal::{Filter, Journal, Kind};
use loa::output::{Counting, Lane};
use loa::plan::plan;
use loa::player::World;
use loa::schedule::{self, Reading};
use loa::station::{self, ZoneIx};

use super::long_form;
use crate::journal::tz;

/// Set to a number of minutes, it makes the soak a long one: as many days, each in its minute.
const LONG: &str = "LOA_SOAK_MINUTES";
/// Days of the short one, as fast as the machine can.
const SHORT_DAYS: u64 = 4;
const DAY: Duration = Duration::from_hours(24);
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
    let (station, _, _) = station::load(dir);
    let loaded = schedule::load(dir, &station, Reading { today: jiff::civil::date(2026, 12, 1) });
    let library = library::scan(dir, &mut |_, _| {});
    World { station: Arc::new(station), schedule: Arc::new(loaded.schedule), library: Arc::new(library) }
}

#[expect(clippy::disallowed_methods, reason = "a soak takes its time")]
fn wait_for_the_minute(clock: &Machine, began: loa::instant::Mono, day: u64) {
    let due = Duration::from_secs(60 * (day + 1));
    std::thread::sleep(due.saturating_sub(clock.mono().after(began)));
}

#[test]
fn a_day_a_minute_with_faults_leaves_nothing_out_and_takes_no_memory() {
    let world = world();
    let minutes = long_form(LONG);
    let days = minutes.unwrap_or(SHORT_DAYS);
    let dir = tempfile::tempdir().unwrap();
    // 2026-12-01T00:00+07:00.
    let first = Wall::from_secs(1_796_058_000);
    let mut journal = Journal::open_loose(&dir.path().join("journal.db"), first, &tz()).unwrap().journal;
    let clock = Machine::default();
    let began = clock.mono();
    let lane = |(place, zone): (usize, &station::Zone)| Lane {
        zone: ZoneIx(place as u16),
        channel: zone.channel,
        gain_db: zone.gain_db,
    };
    let (mut memory, mut planned) = (Vec::new(), 0);
    for day in 0..days {
        let (from, to) = (first + DAY * day as u32, first + DAY * (day as u32 + 1));
        // A fault of one day is over before the next: each day is a life of its own in one journal.
        let mishaps = Chance::new(day + 1).mishaps(MISHAPS, Duration::from_hours(20), &world);
        let rows = journal.select(&Filter::default()).unwrap().len();
        let mut output = Counting::new(from, world.station.zones.iter().enumerate().map(lane).collect());
        Sim::new(from, None, &mut output, &mut journal).with_mishaps(mishaps).live(&world, to).unwrap();
        let mut outcomes: BTreeMap<_, u32> = BTreeMap::new();
        for entry in journal.select(&Filter { kind: Some(Kind::Airing), ..Filter::default() }).unwrap() {
            *outcomes.entry((entry.zone, entry.broadcast, entry.planned)).or_default() += 1;
        }
        assert!(outcomes.values().all(|count| *count == 1), "day {day}: {outcomes:?}");
        for airing in plan(&world.schedule, &world.station, &world.library, from, to) {
            let zone = world.station.zones[usize::from(airing.zone.0)].id.clone();
            let key = (Some(zone), Some(airing.broadcast.id.clone()), Some(airing.scheduled));
            assert!(outcomes.contains_key(&key), "day {day}: {key:?} has no outcome");
            planned += 1;
        }
        let verified = journal.verify().unwrap();
        assert!(verified.is_sound() && verified.rows > rows as u64, "day {day}: {:?}", verified.breaches);
        drop(outcomes);
        memory.push(resident_kib());
        println!("day {day}: {} rows, {} KiB", verified.rows, memory[day as usize]);
        if minutes.is_some() {
            wait_for_the_minute(&clock, began, day);
        }
    }
    assert!(planned > 10 * days, "{planned}");
    let (early, late) = memory.split_at(memory.len() / 2);
    let (early, late) = (early.iter().max().unwrap(), late.iter().max().unwrap());
    // In the short form other tests run in this process, and the first days fill the caches.
    assert!(minutes.is_none() || *late <= early + SLACK_KIB, "{memory:?}");
}
