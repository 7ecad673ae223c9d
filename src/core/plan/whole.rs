use std::collections::BTreeSet;
use std::ops::Range;
use std::time::Duration;

use super::share::Workers;
use super::walk::Walk;
use super::window::PlanWindow;
use super::{Airing, Job, Library};
use crate::instant::Wall;
use crate::schedule::Schedule;
use crate::station::{Station, ZoneIx};

/// How much of the window all zones are played through before their airings are joined: a year at once
/// would be held in memory twice.
const STRIDE: Duration = Duration::from_hours(16 * 24);

/// Every occurrence scheduled in `from..to` as an airing, ordered by (start, zone, scheduled, file
/// order).
///
/// It does not depend on where a window is cut: the plan of `a..c` is that of `a..b` and that of
/// `b..c` together.
pub fn plan(schedule: &Schedule, station: &Station, library: &Library, from: Wall, to: Wall) -> Vec<Airing> {
    if from >= to {
        return Vec::new();
    }
    let window = PlanWindow::new(schedule, station, library, from, to, None);
    let count = window.count();
    let share = Workers::of(count);
    // A station has far fewer than 65,536 zones; `ZoneIx` cannot name more.
    let zones = (0..station.zones.len()).map_while(|ix| u16::try_from(ix).ok()).map(ZoneIx);
    let mut begun: Vec<(ZoneIx, Option<Walk<'_>>)> = zones.map(|zone| (zone, None)).collect();
    share.each(&mut begun, |(zone, walk)| *walk = Walk::of(&window, *zone));
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
    jobs_of(&PlanWindow::new(schedule, station, library, from, to, None), station)
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
    jobs_of(&PlanWindow::new(schedule, station, library, from, to, Some(zones)), station)
}

fn jobs_of(window: &PlanWindow<'_>, station: &Station) -> Vec<Vec<Job>> {
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
