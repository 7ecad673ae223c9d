//! The rules of the plan: tables worked out by hand, and properties that no station may break.

mod carry;
mod known;
mod law;
mod mourning;
mod nearest;
mod never;
mod once;
mod property;
mod rule;
mod session;
mod told;
mod touched;
mod zone;

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use super::sample::{library, station};
use super::{Airing, Cause, Library, plan};
use crate::calendar::sample::{at, daily};
use crate::instant::Wall;
use crate::schedule::{Broadcast, Class, Hours, Rules, Schedule};
use crate::station::Station;

/// A broadcast that plays the sound of its own name.
fn one(id: &str, time: &str, class: Class, wait_s: u64) -> Broadcast {
    Broadcast { class, wait: Duration::from_secs(wait_s), ..daily(id, &[time]) }
}

fn schedule(broadcasts: impl IntoIterator<Item = Broadcast>) -> Schedule {
    let broadcasts = broadcasts.into_iter().map(Arc::new).collect();
    Schedule { broadcasts, rules: hours(&[(0, 24)]).into(), ..Schedule::default() }
}

/// Lawful hours, in whole hours.
fn hours(ranges: &[(u32, u32)]) -> Rules {
    let ranges = ranges.iter().map(|(from, to)| from * 3600..to * 3600).collect();
    Rules { hours: Hours(ranges), ..Rules::default() }
}

/// Sounds `a` to `z` by name, with their length in minutes.
fn sounds(lengths: &[(&str, u64)]) -> Library {
    let files: Vec<(String, u64)> =
        lengths.iter().map(|(name, minutes)| (format!("{name}.mp3"), minutes * 60)).collect();
    library(&files.iter().map(|(file, seconds)| (file.as_str(), *seconds)).collect::<Vec<_>>())
}

/// The airings of 1 December 2026 (a Tuesday) in one zone, one line each.
fn day(schedule: &Schedule, library: &Library) -> Vec<String> {
    let station = station(1);
    let midnight = |day| at(day, &station.timezone);
    let airings = plan(schedule, &station, library, midnight("2026-12-01T00:00"), midnight("2026-12-02T00:00"));
    airings.iter().map(|airing| line(airing, &station)).collect()
}

/// `b 05:10-05:20 wait waits:a`; where it is interrupted, each piece with its offset in minutes.
fn line(airing: &Airing, station: &Station) -> String {
    let clock = |at: Wall| at.zoned(&station.timezone).strftime("%H:%M").to_string();
    let mut line = format!("{} {}-{}", airing.broadcast.id, clock(airing.start), clock(airing.end));
    let _ = write!(line, " {}", format!("{:?}", airing.verdict).to_lowercase());
    if let Some(reason) = airing.reason.as_deref() {
        let _ = write!(line, " {}", reason.code());
        if let Cause::Waits(by) | Cause::WaitExpired(by) | Cause::Interrupted(by) = reason {
            let _ = write!(line, ":{}", by.broadcast.id);
        }
    }
    if !airing.breaks.is_empty() {
        for piece in airing.pieces() {
            let _ = write!(line, " {}-{}@{}", clock(piece.start), clock(piece.end), piece.offset.as_secs() / 60);
        }
    }
    line
}
