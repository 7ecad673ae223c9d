use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use super::lane::Timeline;
use super::load::Load;
use super::mourning::{Mournings, silenced, spoken};
use super::share::Share;
use super::tunes::Tunes;
use super::walk::Walk;
use super::{Airing, Guards, Job, Lane, Library, Programme, Setting, Shelf, Verdict};
use crate::calendar::Calendar;
use crate::instant::Wall;
use crate::schedule::{Broadcast, Schedule};
use crate::station::{Station, ZoneIx};

/// The most sound that is believed to be still owed to a zone when the look back begins. Only a zone
/// that is busy around the clock needs the assumption: a silent stretch proves itself.
pub const CARRY_MAX: Duration = Duration::from_hours(12);

/// How far back an idle instant is sought, in days; and how far beyond the end of the window what
/// was scheduled in it is followed.
pub(super) const LOOK_DAYS: [u32; 6] = [1, 2, 4, 8, 16, 32];

/// How much of the window all zones are played through before their airings are joined: a year at once
/// would be held in memory twice.
const STRIDE: Duration = Duration::from_hours(16 * 24);

pub(super) const DAY: Duration = Duration::from_hours(24);

/// Every occurrence scheduled in `from..to` as an airing, ordered by (start, zone, scheduled, file
/// order).
///
/// It does not depend on where a window is cut: the plan of `a..c` is that of `a..b` and that of
/// `b..c` together.
pub fn plan(schedule: &Schedule, station: &Station, library: &Library, from: Wall, to: Wall) -> Vec<Airing> {
    if from >= to {
        return Vec::new();
    }
    let window = Window::new(schedule, station, library, from, to, None);
    let count = window.count();
    let share = Share::of(count);
    // A station has far fewer than 65,536 zones; `ZoneIx` cannot name more.
    let zones = (0..station.zones.len()).map_while(|ix| u16::try_from(ix).ok()).map(ZoneIx);
    let mut begun: Vec<(ZoneIx, Option<Walk<'_>>)> = zones.map(|zone| (zone, None)).collect();
    share.each(&mut begun, |(zone, walk)| *walk = window.walk(*zone));
    let mut walks: Vec<Walk<'_>> = begun.into_iter().filter_map(|(_, walk)| walk).collect();
    let mut airings = Vec::with_capacity(count);
    let mut at = from;
    let mut done = Vec::new();
    while at < to {
        at = to.min(at + STRIDE);
        // What the last stride settled is joined while the next is played through.
        let join = || join(std::mem::take(&mut done), from..to, &mut airings);
        share.each_beside(&mut walks, |walk| walk.until(at), join);
        let ready = walks.iter().map(|walk| walk.timeline.ready()).min().unwrap_or(at);
        done = take(&mut walks, ready);
    }
    let join_last = || join(std::mem::take(&mut done), from..to, &mut airings);
    share.each_beside(&mut walks, Walk::settle, join_last);
    join(take(&mut walks, Wall::MAX), from..to, &mut airings);
    airings
}

/// Every occurrence scheduled in `from..to` as a job, zone by zone in the station's order, each zone
/// by instant and file order: what the player feeds to [`super::resolve`] beside what is under way.
pub fn jobs(schedule: &Schedule, station: &Station, library: &Library, from: Wall, to: Wall) -> Vec<Vec<Job>> {
    jobs_of(&Window::new(schedule, station, library, from, to, None), station)
}

/// The same of these zones only, quicker by as much as they hear less; nothing for the others.
pub fn jobs_in(
    zones: &BTreeSet<ZoneIx>,
    schedule: &Schedule,
    station: &Station,
    library: &Library,
    from: Wall,
    to: Wall,
) -> Vec<Vec<Job>> {
    jobs_of(&Window::new(schedule, station, library, from, to, Some(zones)), station)
}

fn jobs_of(window: &Window<'_>, station: &Station) -> Vec<Vec<Job>> {
    let (from, to) = (window.from, window.to);
    let zone = |ix| {
        let zone = ZoneIx(ix as u16);
        let due = window.gather(zone, from, to, true).into_iter();
        due.filter(|(at, _)| (from..to).contains(at)).map(|due| window.job(zone, due)).collect()
    };
    (0..station.zones.len()).map(zone).collect()
}

/// What starts before `ready`, zone by zone.
fn take(walks: &mut [Walk<'_>], ready: Wall) -> Vec<Vec<(u32, Airing)>> {
    walks.iter_mut().map(|walk| walk.timeline.done_before(ready)).collect()
}

/// Move the zones' airings that are scheduled in `window` to the end of `airings`, by (start, zone).
///
/// A year holds millions of airings: sixteen bytes of each are sorted, and each is moved once.
fn join(zones: Vec<Vec<(u32, Airing)>>, window: Range<Wall>, airings: &mut Vec<Airing>) {
    let mut order: Vec<(Wall, u32)> = Vec::with_capacity(zones.iter().map(Vec::len).sum());
    for (zone, ix) in zones.iter().zip(0u32..) {
        order.extend(zone.iter().map(|(_, airing)| (airing.start, ix)));
    }
    // Stable sorting finds and merges the zones' own order.
    order.sort();
    let mut zones: Vec<_> = zones.into_iter().map(Vec::into_iter).collect();
    let next = |(_, ix): (Wall, u32)| zones.get_mut(ix as usize)?.next();
    let joined = order.into_iter().filter_map(next).map(|(_, airing)| airing);
    airings.extend(joined.filter(|airing| window.contains(&airing.scheduled)));
}

/// What all zones share while a window is planned.
pub(super) struct Window<'a> {
    pub(super) from: Wall,
    pub(super) to: Wall,
    calendar: Calendar,
    pub(super) guards: Guards,
    mournings: Mournings,
    /// For each broadcast, what is due from a day before the window to a day after it.
    due: Vec<Vec<Wall>>,
    /// For each zone, what is heard in it, in file order.
    parts: Vec<Vec<Part<'a>>>,
}

/// A broadcast as one zone hears it.
pub(super) struct Part<'a> {
    /// Its place in file order.
    pub(super) rank: u32,
    pub(super) broadcast: &'a Arc<Broadcast>,
    pub(super) programme: Arc<Programme>,
    /// What is left of it in a mourning, where it has music.
    pub(super) spoken: Option<Arc<Programme>>,
}

impl Part<'_> {
    /// Its airing in `zone` where it sounds unbroken from `at`.
    pub(super) fn airing(&self, zone: ZoneIx, at: Wall) -> Airing {
        Airing {
            zone,
            broadcast: Arc::clone(self.broadcast),
            programme: Arc::clone(&self.programme),
            scheduled: at,
            start: at,
            end: at + self.programme.length,
            breaks: Box::default(),
            verdict: Verdict::Play,
            reason: None,
        }
    }
}

/// What a zone hears of a broadcast, and what is left of that in a mourning.
type Heard = (Arc<Programme>, Option<Arc<Programme>>);

/// An occurrence, as small as it can be: when, and of which of the zone's parts.
pub(super) type Due = (Wall, u32);

impl<'a> Window<'a> {
    /// Of all zones, or of those that are `wanted`.
    fn new(
        schedule: &'a Schedule,
        station: &Station,
        library: &Library,
        from: Wall,
        to: Wall,
        wanted: Option<&BTreeSet<ZoneIx>>,
    ) -> Self {
        let (near, far) = (from - DAY, to + DAY);
        let calendar = Calendar::new(&station.timezone, schedule, near, far);
        let guards = Guards::over(&schedule.rules, station, near, far);
        let days = usize::try_from(far.after(near).as_secs() / DAY.as_secs()).unwrap_or(usize::MAX);
        let mut due: Vec<(&Broadcast, Vec<Wall>)> =
            schedule.broadcasts.iter().map(|broadcast| (&**broadcast, Vec::new())).collect();
        let is_wanted = |zone: &ZoneIx| wanted.is_none_or(|wanted| wanted.contains(zone));
        // Most broadcasts are due about once a day.
        Share::of(due.len().saturating_mul(days)).each(&mut due, |(broadcast, due)| {
            if broadcast.zones.iter().any(is_wanted) {
                *due = calendar.occurrences(broadcast, near, far);
            }
        });
        let due = due.into_iter().map(|(_, due)| due).collect();
        let parts = parts(schedule, station, &Shelf::new(library, station), is_wanted);
        // What is found by looking back and beyond is settled by the same rule.
        let (back, beyond) = (near - DAY * LOOK_DAYS[5], far + DAY * LOOK_DAYS.iter().sum());
        let mournings = Mournings::of(schedule, &station.timezone, back, beyond);
        Self { from, to, calendar, guards, mournings, due, parts }
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
        let timeline = Timeline::new(Lane { zone, guard: self.guards.of(zone), from, history: &[] });
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
    pub(super) fn gather(&self, zone: ZoneIx, from: Wall, to: Wall, known: bool) -> Vec<Due> {
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

    pub(super) fn parts(&self, zone: ZoneIx) -> &[Part<'a>] {
        &self.parts[usize::from(zone.0)]
    }

    pub(super) fn job(&self, zone: ZoneIx, (at, ix): Due) -> Job {
        let part = &self.parts(zone)[ix as usize];
        let mourning = |spoken| Some((spoken, self.mournings.meeting(at, part.programme.length)?));
        let programme = match part.spoken.as_ref().and_then(mourning) {
            Some((spoken, mourning)) => silenced(&part.programme, spoken, mourning),
            None => Arc::clone(&part.programme),
        };
        Job::fresh(Arc::clone(part.broadcast), programme, at, part.rank)
    }
}

/// For each zone of the station, what is heard in it. Zones of the same setting share a programme.
fn parts<'a>(
    schedule: &'a Schedule,
    station: &Station,
    shelf: &Shelf<'_>,
    is_wanted: impl Fn(&ZoneIx) -> bool,
) -> Vec<Vec<Part<'a>>> {
    let mut parts: Vec<Vec<Part<'a>>> = station.zones.iter().map(|_| Vec::new()).collect();
    let mut shared: Vec<(Setting<'_>, Heard)> = Vec::new();
    // Nobody asks what is left without the music where no mourning comes.
    let tunes = (!schedule.mourning.is_empty()).then(|| Tunes::of(schedule, shelf));
    for (broadcast, rank) in schedule.broadcasts.iter().zip(0u32..) {
        shared.clear();
        for zone in broadcast.zones.iter().filter(|zone| is_wanted(zone)) {
            // A zone that the station does not have is an error of the schedule's check.
            let Some(zone_parts) = parts.get_mut(usize::from(zone.0)) else { continue };
            let setting = Setting::of(broadcast, &station.zones[usize::from(zone.0)]);
            let known = shared.iter().find(|(same, _)| *same == setting).map(|(_, heard)| heard.clone());
            let (programme, spoken) = known.unwrap_or_else(|| {
                let programme = Arc::new(Programme::new(&broadcast.play, setting, shelf));
                let spoken = tunes.as_ref().and_then(|tunes| spoken(broadcast, setting, shelf, tunes));
                let heard = (programme, spoken);
                shared.push((setting, heard.clone()));
                heard
            });
            zone_parts.push(Part { rank, broadcast, programme, spoken });
        }
    }
    parts
}
