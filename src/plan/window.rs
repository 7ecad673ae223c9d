use std::sync::Arc;
use std::time::Duration;

use super::lane::Timeline;
use super::{Airing, Guard, Job, Lane, Library, Programme, Shelf};
use crate::calendar::Calendar;
use crate::instant::Wall;
use crate::schedule::{Broadcast, Class, IfInterrupted, Schedule};
use crate::station::{Station, ZoneIx};

/// The most sound that is believed to be still owed to a zone when the look back begins. Only a zone
/// that is busy around the clock needs the assumption: a silent stretch proves itself.
pub const CARRY_MAX: Duration = Duration::from_hours(12);

/// How far back an idle instant is sought, in days; and how far beyond the end of the window what
/// was scheduled in it is followed.
const LOOK_DAYS: [u64; 6] = [1, 2, 4, 8, 16, 32];

const DAY: Duration = Duration::from_hours(24);

/// Every occurrence scheduled in `from..to` as an airing, ordered by (start, zone, scheduled, file
/// order).
///
/// It does not depend on where a window is cut: the plan of `a..c` is that of `a..b` and that of
/// `b..c` together.
pub fn plan(schedule: &Schedule, station: &Station, library: &Library, from: Wall, to: Wall) -> Vec<Airing> {
    if from >= to {
        return Vec::new();
    }
    let window = Window::new(schedule, station, library, from, to);
    // A station has far fewer than 65,536 zones; `ZoneIx` cannot name more.
    let zones = (0..station.zones.len()).map_while(|ix| u16::try_from(ix).ok()).map(ZoneIx);
    merge(zones.map(|zone| window.zone(zone)).collect())
}

/// Join the airings of the zones, each ordered by start, into one list ordered by (start, zone).
///
/// A year holds millions of them: sixteen bytes of each are sorted, and each is moved once.
fn merge(zones: Vec<Vec<(u32, Airing)>>) -> Vec<Airing> {
    let mut order: Vec<(Wall, u32)> = Vec::with_capacity(zones.iter().map(Vec::len).sum());
    for (airings, zone) in zones.iter().zip(0u32..) {
        order.extend(airings.iter().map(|(_, airing)| (airing.start, zone)));
    }
    // Stable sorting finds and merges the zones' own order.
    order.sort();
    let mut zones: Vec<_> = zones.into_iter().map(Vec::into_iter).collect();
    let mut airings = Vec::with_capacity(order.len());
    airings.extend(order.into_iter().filter_map(|(_, zone)| zones[zone as usize].next()).map(|(_, airing)| airing));
    airings
}

/// Every occurrence scheduled in `from..to` as a job, zone by zone in the station's order, each zone
/// by instant and file order: what the player feeds to [`super::resolve`] beside what is under way.
pub fn jobs(schedule: &Schedule, station: &Station, library: &Library, from: Wall, to: Wall) -> Vec<Vec<Job>> {
    let window = Window::new(schedule, station, library, from, to);
    let zone = |ix| {
        let zone = ZoneIx(ix as u16);
        let due = window.gather(zone, from, to, true).into_iter();
        due.filter(|(at, _)| (from..to).contains(at)).map(|due| window.job(zone, due)).collect()
    };
    (0..station.zones.len()).map(zone).collect()
}

/// What all zones share while a window is planned.
struct Window<'a> {
    from: Wall,
    to: Wall,
    calendar: Calendar,
    guard: Guard,
    /// For each broadcast, what is due from a day before the window to a day after it.
    due: Vec<Vec<Wall>>,
    /// For each zone, what is heard in it, in file order.
    parts: Vec<Vec<Part<'a>>>,
}

/// A broadcast as one zone hears it.
struct Part<'a> {
    /// Its place in file order.
    rank: u32,
    broadcast: &'a Arc<Broadcast>,
    programme: Arc<Programme>,
}

/// An occurrence, as small as it can be: when, and of which of the zone's parts.
type Due = (Wall, u32);

impl<'a> Window<'a> {
    fn new(schedule: &'a Schedule, station: &Station, library: &Library, from: Wall, to: Wall) -> Self {
        let (near, far) = (from - DAY, to + DAY);
        let calendar = Calendar::new(&station.timezone, &schedule.holidays, near, far);
        let guard = Guard::over(&schedule.rules, &station.timezone, near, far);
        let due = schedule.broadcasts.iter().map(|broadcast| calendar.occurrences(broadcast, near, far)).collect();
        let parts = parts(schedule, station, &Shelf::new(library));
        Self { from, to, calendar, guard, due, parts }
    }

    /// The airings of one zone with their ranks, ordered by (start, scheduled, file order).
    fn zone(&self, zone: ZoneIx) -> Vec<(u32, Airing)> {
        let near = self.gather(zone, self.from - DAY, self.to + DAY, true);
        let first = near.partition_point(|(at, _)| *at < self.from);
        if first == near.partition_point(|(at, _)| *at < self.to) {
            return Vec::new();
        }
        let (idle, earlier) = self.idle(zone, &near[..first]);
        let lane = Lane { zone, guard: &self.guard, from: self.from - DAY * 33 };
        let mut timeline = Timeline::new(lane);
        timeline.reserve(near.len() - first);
        let owed = earlier.iter().chain(&near).filter(|(at, _)| *at >= idle);
        let (mut settled, mut last) = (false, self.from);
        for due in owed {
            let at = due.0;
            if at >= self.to && at > last {
                timeline.advance(at);
                settled = !timeline.holds_before(self.to);
                if settled {
                    break;
                }
            }
            last = at;
            timeline.arrive(self.job(zone, *due));
        }
        if !settled {
            self.follow(zone, &mut timeline);
        }
        let mut airings = timeline.finish();
        airings.retain(|(_, airing)| self.from <= airing.scheduled && airing.scheduled < self.to);
        airings
    }

    /// Go on beyond the gathered day until what was scheduled in the window is settled.
    fn follow(&self, zone: ZoneIx, timeline: &mut Timeline<'_>) {
        let mut from = self.to + DAY;
        for days in LOOK_DAYS {
            let to = from + DAY * days as u32;
            for due in self.gather(zone, from, to, false) {
                timeline.advance(due.0);
                if !timeline.holds_before(self.to) {
                    return;
                }
                timeline.arrive(self.job(zone, due));
            }
            from = to;
        }
    }

    /// An instant not after the window's start at which the zone is idle, and what is due from then
    /// until the day before the window.
    ///
    /// `near` is what is due in that day.
    fn idle(&self, zone: ZoneIx, near: &[Due]) -> (Wall, Vec<Due>) {
        let load = Load::of(self, zone);
        let mut earlier = Vec::new();
        for days in LOOK_DAYS {
            let start = self.from - DAY * days as u32;
            if days > 1 {
                earlier = self.gather(zone, start, self.from - DAY, false);
            }
            if let Some(idle) = load.last_idle(self, zone, earlier.iter().chain(near), start) {
                return (idle, earlier);
            }
        }
        (Wall::MIN, earlier)
    }

    /// What is due in a zone in `from..to`, ascending, then in file order.
    fn gather(&self, zone: ZoneIx, from: Wall, to: Wall, known: bool) -> Vec<Due> {
        let mut due: Vec<Due> = Vec::new();
        for (part, ix) in self.parts(zone).iter().zip(0u32..) {
            if known {
                due.extend(self.due[part.rank as usize].iter().map(|at| (*at, ix)));
            } else {
                let found = self.calendar.occurrences(part.broadcast, from, to);
                due.extend(found.into_iter().map(|at| (at, ix)));
            }
        }
        due.sort();
        due
    }

    fn parts(&self, zone: ZoneIx) -> &[Part<'a>] {
        &self.parts[usize::from(zone.0)]
    }

    fn job(&self, zone: ZoneIx, (at, ix): Due) -> Job {
        let part = &self.parts(zone)[ix as usize];
        Job::fresh(Arc::clone(part.broadcast), Arc::clone(&part.programme), at, part.rank)
    }
}

/// For each zone of the station, what is heard in it. Zones of the same languages share a programme.
fn parts<'a>(schedule: &'a Schedule, station: &Station, shelf: &Shelf<'_>) -> Vec<Vec<Part<'a>>> {
    let mut parts: Vec<Vec<Part<'a>>> = station.zones.iter().map(|_| Vec::new()).collect();
    let mut shared: Vec<(&[String], Arc<Programme>)> = Vec::new();
    for (broadcast, rank) in schedule.broadcasts.iter().zip(0u32..) {
        shared.clear();
        for zone in &broadcast.zones {
            // A zone that the station does not have is an error of the schedule's check.
            let Some(zone_parts) = parts.get_mut(usize::from(zone.0)) else { continue };
            let languages = station.zones[usize::from(zone.0)].languages.as_slice();
            let known = shared.iter().find(|(set, _)| *set == languages).map(|(_, programme)| Arc::clone(programme));
            let programme = known.unwrap_or_else(|| {
                let programme = Arc::new(Programme::new(&broadcast.play, languages, shelf));
                shared.push((languages, Arc::clone(&programme)));
                programme
            });
            zone_parts.push(Part { rank, broadcast, programme });
        }
    }
    parts
}

/// Upper bounds of what a zone's broadcasts can do to it.
struct Load {
    /// The longest wait, and the longest programme.
    wait: Duration,
    longest: Duration,
    /// The longest programme that an interruption can make begin again.
    again: Duration,
}

impl Load {
    fn of(window: &Window<'_>, zone: ZoneIx) -> Self {
        let mut load = Self { wait: Duration::ZERO, longest: Duration::ZERO, again: Duration::ZERO };
        for Part { broadcast, programme, .. } in window.parts(zone) {
            if programme.is_playable() {
                load.wait = load.wait.max(broadcast.wait);
                load.longest = load.longest.max(programme.length);
                if broadcast.if_interrupted == IfInterrupted::Restart {
                    load.again = load.again.max(programme.length);
                }
            }
        }
        load
    }

    /// The last instant at which the zone is idle for certain, given what is due from `start` to the
    /// window's start; nothing is known of the time before `start`.
    ///
    /// Two bounds hold at once. All work due so far, done one after another, is done by `worked_off`
    /// (a lane never idles while something may sound, and each arrival makes at most one other begin
    /// again). And after the last arrival nothing begins or goes on later than the longest wait, so
    /// all is over one longest programme after that.
    fn last_idle<'d>(
        &self,
        window: &Window<'_>,
        zone: ZoneIx,
        due: impl Iterator<Item = &'d Due>,
        start: Wall,
    ) -> Option<Wall> {
        let mut worked_off = start + CARRY_MAX;
        let mut over = start + self.wait + self.longest;
        let mut idle = None;
        for (at, ix) in due {
            let Part { broadcast, programme, .. } = &window.parts(zone)[*ix as usize];
            let class = broadcast.class;
            let sounds = programme.is_playable() && (class == Class::Emergency || window.guard.allows(*at));
            if !sounds {
                continue;
            }
            if *at >= worked_off.min(over) {
                idle = Some(*at);
                worked_off = *at;
            }
            let again = if class == Class::Normal { Duration::ZERO } else { self.again };
            worked_off = worked_off + programme.length + again;
            over = *at + self.wait + self.longest;
        }
        if window.from >= worked_off.min(over) { Some(window.from) } else { idle }
    }
}
