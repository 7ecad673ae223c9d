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
const LOOK_DAYS: [u32; 6] = [1, 2, 4, 8, 16, 32];

/// How much of the window all zones are played through before their airings are joined: a year at once
/// would be held in memory twice.
const STRIDE: Duration = Duration::from_hours(16 * 24);

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
    let mut walks: Vec<Walk<'_>> = zones.filter_map(|zone| window.walk(zone)).collect();
    let mut airings = Vec::with_capacity(window.count());
    let mut at = from;
    while at < to {
        at = to.min(at + STRIDE);
        for walk in &mut walks {
            walk.until(at);
        }
        let ready = walks.iter().map(|walk| walk.timeline.ready()).min().unwrap_or(at);
        gather(&mut walks, ready, &mut airings);
    }
    for walk in &mut walks {
        walk.settle();
    }
    gather(&mut walks, Wall::MAX, &mut airings);
    airings
}

/// Move what starts before `ready` from the zones to the end of `airings`, by (start, zone).
///
/// A year holds millions of airings: sixteen bytes of each are sorted, and each is moved once.
fn gather(walks: &mut [Walk<'_>], ready: Wall, airings: &mut Vec<Airing>) {
    let mut order: Vec<(Wall, u32)> = Vec::new();
    let mut zones = Vec::with_capacity(walks.len());
    for (walk, ix) in walks.iter_mut().zip(0u32..) {
        let done = walk.timeline.done_before(ready);
        order.extend(done.as_slice().iter().map(|(_, airing)| (airing.start, ix)));
        zones.push((done, walk.window));
    }
    // Stable sorting finds and merges the zones' own order.
    order.sort();
    airings.extend(order.into_iter().filter_map(|(_, ix)| {
        let (done, window) = &mut zones[ix as usize];
        let (_, airing) = done.next()?;
        (window.from <= airing.scheduled && airing.scheduled < window.to).then_some(airing)
    }));
}

/// One zone being played through.
struct Walk<'a> {
    window: &'a Window<'a>,
    zone: ZoneIx,
    timeline: Timeline<'a>,
    /// What is due from an idle instant to a day beyond the window, ascending.
    due: std::vec::IntoIter<Due>,
}

impl Walk<'_> {
    /// Settle everything before `at`, which is not after the window's end.
    fn until(&mut self, at: Wall) {
        while let Some(due) = self.next_before(at) {
            self.timeline.arrive(self.window.job(self.zone, due));
        }
        self.timeline.advance(at);
    }

    /// Go on beyond the window until what was scheduled in it is settled.
    fn settle(&mut self) {
        let to = self.window.to;
        let mut far = to + DAY;
        while self.timeline.holds_before(to)
            && let Some((at, _)) = self.due.as_slice().first().copied()
        {
            self.arrive_all(at);
        }
        for days in LOOK_DAYS {
            if !self.timeline.holds_before(to) {
                break;
            }
            let next = far + DAY * days;
            self.due = self.window.gather(self.zone, far, next, false).into_iter();
            while self.timeline.holds_before(to)
                && let Some((at, _)) = self.due.as_slice().first().copied()
            {
                self.arrive_all(at);
            }
            far = next;
        }
        self.timeline.run_out();
    }

    /// Take in all that is due at `at`, and decide what comes before the next.
    fn arrive_all(&mut self, at: Wall) {
        while let Some(due) = self.next_before(at + Duration::from_nanos(1)) {
            self.timeline.arrive(self.window.job(self.zone, due));
        }
        let next = self.due.as_slice().first().map_or(at + Duration::from_nanos(1), |(next, _)| *next);
        self.timeline.advance(next);
    }

    fn next_before(&mut self, at: Wall) -> Option<Due> {
        if self.due.as_slice().first()?.0 < at { self.due.next() } else { None }
    }
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

    /// A zone at an instant at which it is idle; `None` where nothing is due in the window.
    fn walk(&'a self, zone: ZoneIx) -> Option<Walk<'a>> {
        let near = self.gather(zone, self.from - DAY, self.to + DAY, true);
        let first = near.partition_point(|(at, _)| *at < self.from);
        if first == near.partition_point(|(at, _)| *at < self.to) {
            return None;
        }
        let (idle, mut due) = self.idle(zone, &near[..first]);
        due.extend(near);
        due.drain(..due.partition_point(|(at, _)| *at < idle));
        let from = due.first().map_or(self.from, |(at, _)| *at);
        let timeline = Timeline::new(Lane { zone, guard: &self.guard, from });
        Some(Walk { window: self, zone, timeline, due: due.into_iter() })
    }

    /// How many airings the window has.
    fn count(&self) -> usize {
        let in_window =
            |due: &Vec<Wall>| due.partition_point(|at| *at < self.to) - due.partition_point(|at| *at < self.from);
        self.parts.iter().flatten().map(|part| in_window(&self.due[part.rank as usize])).sum()
    }

    /// An instant not after the window's start at which the zone is idle, and what is due from then
    /// until the day before the window.
    ///
    /// `near` is what is due in that day.
    fn idle(&self, zone: ZoneIx, near: &[Due]) -> (Wall, Vec<Due>) {
        let load = Load::of(self, zone);
        let mut earlier = Vec::new();
        for days in LOOK_DAYS {
            let start = self.from - DAY * days;
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
