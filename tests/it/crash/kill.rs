//! The process dies at any instant: the real daemon, killed with -9 again and again on one station.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Span;
use jiff::civil::DateTime;
use loa::fact::EntryKind;
use loa::journal::{Filter, Reader};

use super::{Dice, long_form};
use crate::kit::{Station, broadcast_at, whole_second_in};

/// Set to a number of kills, it makes the campaign a long one.
const LONG: &str = "LOA_KILLS";
/// Stations that are killed side by side.
const AT_ONCE: u64 = 3;
/// A life of a daemon is at most so long.
const LONGEST_LIFE_MS: usize = 1_600;
/// How long the journal is asked for before that is a failure: the last airings may wait their turn.
const PATIENCE: u32 = 1_200;

/// One broadcast a second, of every kind of second chance.
fn schedule(first: DateTime, count: u64) -> String {
    let mut text = String::from("[rules]\nhours = [\"00:00-24:00\"]\n");
    for nth in 0..count {
        let rule = ["if_missed = \"skip\"", "if_missed = \"late 30m\"", "if_missed = \"join\""][nth as usize % 3];
        let at = first.checked_add(Span::new().seconds(nth as i64)).unwrap();
        text += &broadcast_at(&format!("k{nth}"), at, "\"a\"", &format!("{rule}\nwait = \"30m\""));
    }
    text
}

#[expect(clippy::disallowed_methods, reason = "a real process lives in real time")]
fn pause(millis: u64) {
    std::thread::sleep(Duration::from_millis(millis));
}

/// Number and hash of the last row that anybody can read, and that the writer has thus acknowledged.
fn head(station: &Station) -> Option<(u64, String)> {
    let reader = Reader::open(&station.path("state/journal.db")).ok()??;
    let last = reader.select(&Filter { limit: Some(1), ..Filter::default() }).ok()?.pop()?;
    Some((last.seq, last.hash))
}

/// Kill one station so often; returns how many rows its journal has.
fn campaign(seed: u64, kills: u64) -> u64 {
    let station = Station::new();
    station.tone("a.wav", 0.3, 440.0);
    station.write("loa.toml", "[zones.thon-1]\noutput = \"null\"\n[zones.thon-2]\noutput = \"null\"\n");
    let airings = kills.max(6);
    station.write("schedules/a.toml", &schedule(whole_second_in(1), airings));
    let mut dice = Dice::new(seed);
    for nth in 0..kills {
        let mut child = station.command(&["run"]);
        let null = std::process::Stdio::null;
        let mut child = child.stdout(null()).stderr(null()).spawn().unwrap();
        pause(dice.below(LONGEST_LIFE_MS) as u64);
        let acknowledged = head(&station);
        child.kill().unwrap();
        child.wait().unwrap();
        let Some((seq, hash)) = acknowledged else { continue };
        let reader = Reader::open(&station.path("state/journal.db")).unwrap().unwrap();
        let verified = reader.verify().unwrap();
        assert_eq!(verified.breaches, [], "seed {seed}, kill {nth}");
        assert!(verified.rows >= seq, "seed {seed}, kill {nth}: {} < {seq}", verified.rows);
        let rows = reader.select(&Filter::default()).unwrap();
        assert_eq!(rows[seq as usize - 1].hash, hash, "seed {seed}, kill {nth}: row {seq} is another one");
    }
    let daemon = station.run();
    let outcomes = || {
        let reader = Reader::open(&station.path("state/journal.db")).unwrap().unwrap();
        let mut outcomes: BTreeMap<_, u32> = BTreeMap::new();
        for entry in reader.select(&Filter { kind: Some(EntryKind::Airing), ..Filter::default() }).unwrap() {
            assert!(entry.outcome.is_some());
            *outcomes.entry((entry.zone, entry.broadcast)).or_default() += 1;
        }
        outcomes
    };
    let mut left = PATIENCE;
    while outcomes().len() < airings as usize * 2 {
        left = left.checked_sub(1).unwrap_or_else(|| panic!("seed {seed}: {:?}\n{}", outcomes(), daemon.log()));
        pause(100);
    }
    assert_eq!(daemon.end(), 0);
    let doubled: Vec<_> = outcomes().into_iter().filter(|(_, count)| *count > 1).collect();
    assert!(doubled.is_empty(), "seed {seed}: {doubled:?}");
    let set_aside = station.path("state").read_dir().unwrap();
    let set_aside = set_aside.filter(|file| file.as_ref().unwrap().file_name().to_string_lossy().contains(".hong-"));
    assert_eq!(set_aside.count(), 0, "seed {seed}: a sound journal was taken for a damaged one");
    let verified = Reader::open(&station.path("state/journal.db")).unwrap().unwrap().verify().unwrap();
    assert_eq!(verified.breaches, [], "seed {seed}");
    verified.rows
}

#[test]
#[ignore = "long"]
fn a_daemon_killed_at_any_instant_loses_no_row_and_doubles_no_airing() {
    let kills = long_form(LONG).unwrap_or(9);
    let rows: u64 = std::thread::scope(|scope| {
        let each = kills.div_ceil(AT_ONCE);
        let campaigns: Vec<_> = (1..=AT_ONCE).map(|seed| scope.spawn(move || campaign(seed, each))).collect();
        campaigns.into_iter().map(|campaign| campaign.join().unwrap()).sum()
    });
    println!("{kills} kills, {rows} rows: none lost, no chain broken, no airing doubled");
}
