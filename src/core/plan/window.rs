use std::collections::BTreeSet;
use std::sync::Arc;

use super::mourning::{Mournings, silenced, spoken};
use super::part::{DAY, Due, LOOK_DAYS, ZonePart};
use super::share::Workers;
use super::tunes::Tunes;
use super::{Guards, Job, Library, Programme, SoundIndex, ZoneVoices, approved, standing};
use crate::calendar::Calendar;
use crate::instant::Wall;
use crate::schedule::{Broadcast, Schedule};
use crate::station::{Station, ZoneIx};

/// What all zones share while a window is planned.
pub(super) struct PlanWindow<'a> {
    pub(super) from: Wall,
    pub(super) to: Wall,
    calendar: Calendar,
    pub(super) guards: Guards,
    mournings: Mournings,
    /// For each broadcast, what is due from a day before the window to a day after it.
    due: Vec<Vec<Wall>>,
    /// For each zone, what is heard in it, in file order.
    parts: Vec<Vec<ZonePart<'a>>>,
}

/// What a zone hears of a broadcast, and what is left of that in a mourning.
type Heard = (Arc<Programme>, Option<Arc<Programme>>);

impl<'a> PlanWindow<'a> {
    /// Of all zones, or of those that are `wanted`.
    pub(super) fn new(
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
        Workers::of(due.len().saturating_mul(days)).each(&mut due, |(broadcast, due)| {
            if broadcast.zones.iter().any(is_wanted) {
                *due = calendar.occurrences(broadcast, near, far);
            }
        });
        let due = due.into_iter().map(|(_, due)| due).collect();
        let parts = parts(schedule, station, library, is_wanted);
        // What is found by looking back and beyond is settled by the same rule.
        let (back, beyond) = (near - DAY * LOOK_DAYS[5], far + DAY * LOOK_DAYS.iter().sum());
        let mournings = Mournings::of(schedule, &station.timezone, back, beyond);
        Self { from, to, calendar, guards, mournings, due, parts }
    }

    /// How many airings the window has.
    pub(super) fn count(&self) -> usize {
        let in_window =
            |due: &Vec<Wall>| due.partition_point(|at| *at < self.to) - due.partition_point(|at| *at < self.from);
        self.parts.iter().flatten().map(|part| in_window(&self.due[part.rank as usize])).sum()
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

    pub(super) fn parts(&self, zone: ZoneIx) -> &[ZonePart<'a>] {
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
    library: &Library,
    is_wanted: impl Fn(&ZoneIx) -> bool,
) -> Vec<Vec<ZonePart<'a>>> {
    let shelf = &SoundIndex::new(library, station);
    let mut parts: Vec<Vec<ZonePart<'a>>> = station.zones.iter().map(|_| Vec::new()).collect();
    let mut shared: Vec<(ZoneVoices<'_>, Heard)> = Vec::new();
    // Nobody asks what is left without the music where no mourning comes.
    let tunes = (!schedule.mourning.is_empty()).then(|| Tunes::of(schedule, shelf));
    for (broadcast, rank) in schedule.broadcasts.iter().zip(0u32..) {
        shared.clear();
        let standing = standing(broadcast, schedule, station, library, shelf);
        for zone in broadcast.zones.iter().filter(|zone| is_wanted(zone)) {
            // A zone that the station does not have is an error of the schedule's check.
            let Some(zone_parts) = parts.get_mut(usize::from(zone.0)) else { continue };
            let setting = ZoneVoices::of(broadcast, &station.zones[usize::from(zone.0)]);
            let known = shared.iter().find(|(same, _)| *same == setting).map(|(_, heard)| heard.clone());
            let (programme, spoken) = known.unwrap_or_else(|| {
                let programme = approved::marked(Arc::new(Programme::new(&broadcast.play, setting, shelf)), &standing);
                let spoken = tunes.as_ref().and_then(|tunes| spoken(broadcast, setting, shelf, tunes));
                let spoken = spoken.map(|spoken| approved::marked(spoken, &standing));
                let heard = (programme, spoken);
                shared.push((setting, heard.clone()));
                heard
            });
            zone_parts.push(ZonePart { rank, broadcast, programme, spoken });
        }
    }
    parts
}
