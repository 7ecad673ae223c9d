use std::cell::RefCell;

use jiff::tz::TimeZone;

use super::nearest::{DaysSeen, LawfulTimes};
use super::{Airing, Guard, Guards, HeardSoFar, Library, SoundIndex, plan_knowing};
use crate::instant::Wall;
use crate::schedule::{Rules, Schedule};
use crate::station::{Station, ZoneIx};

/// What an explanation stands on: the rules and where they are written, the station's time and zones,
/// the sounds that are there. Made once, asked for every airing of a plan.
#[derive(Debug)]
pub struct PlanContext<'a> {
    schedule: &'a Schedule,
    station: &'a Station,
    guards: Guards,
    shelf: SoundIndex<'a>,
    times: LawfulTimes<'a>,
    blocks: RefCell<DaysSeen>,
}

impl<'a> PlanContext<'a> {
    /// The ground of what a plan is made from. No time before `now` is proposed for anything.
    pub fn new(schedule: &'a Schedule, station: &'a Station, library: &'a Library, now: Wall) -> Self {
        Self::knowing(schedule, station, library, HeardSoFar::at(now))
    }

    /// The same, where it is known what was heard before now.
    pub fn knowing(schedule: &'a Schedule, station: &'a Station, library: &'a Library, known: HeardSoFar) -> Self {
        let guards = Guards::new(&schedule.rules, station);
        let times = LawfulTimes { schedule, station, library, known };
        Self { schedule, station, guards, shelf: SoundIndex::new(library, station), times, blocks: RefCell::default() }
    }

    /// The plan of `from..to`.
    pub fn plan(&self, from: Wall, to: Wall) -> Vec<Airing> {
        let LawfulTimes { schedule, station, library, known } = &self.times;
        plan_knowing(schedule, station, library, known, from, to)
    }

    /// The nearest time at which what the law refuses could play, lawful in all zones of its broadcast and in nobody's
    /// way; `None` where there is none within eight days.
    pub fn nearest(&self, airing: &Airing) -> Option<Wall> {
        self.times.nearest(&mut self.blocks.borrow_mut(), &self.guards, &self.shelf, airing)
    }

    /// How many stretches of days had to be planned for that.
    #[cfg(test)]
    pub(super) fn looked_at(&self) -> usize {
        self.blocks.borrow().made
    }

    /// The sounds that are there.
    pub(super) const fn shelf(&self) -> &SoundIndex<'a> {
        &self.shelf
    }

    /// The station.
    pub const fn station(&self) -> &'a Station {
        self.station
    }

    /// The schedule.
    pub const fn schedule(&self) -> &'a Schedule {
        self.schedule
    }

    /// The law of a zone, as a question.
    pub fn guard(&self, zone: ZoneIx) -> &Guard {
        self.guards.of(zone)
    }

    /// The law of a zone, as it is written.
    pub fn rules(&self, zone: ZoneIx) -> &'a Rules {
        self.schedule.rules.of(zone)
    }

    /// Local time.
    pub const fn tz(&self) -> &'a TimeZone {
        &self.station.timezone
    }
}
