use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::event::World;
use super::lane::{Key, key_of};
use crate::instant::Wall;
use crate::plan::{self, Airing};
use crate::schedule::Schedule;
use crate::station::{Station, ZoneIx};

/// What a station went by when it was last on, where its files were changed while it was off.
///
/// What only the new files ask for, at a time that had passed when they were first read, was not missed and is not played
/// late: nobody had planned it. So a zone or a broadcast that gets another name hears nothing twice.
#[derive(Clone, PartialEq, Debug)]
pub struct WentBy {
    /// As `loa.toml` was.
    pub station: Arc<Station>,
    /// As `schedules/` was.
    pub schedule: Arc<Schedule>,
}

impl WentBy {
    /// Of `airings`, planned from `from` up to `to`, those before `start` that had not been planned are taken out.
    pub(super) fn retain(&self, airings: &mut Vec<Airing>, world: &World, (from, to): (Wall, Wall), start: Wall) {
        if airings.is_empty() {
            return;
        }
        let places: BTreeMap<&str, ZoneIx> =
            world.station.zones.iter().zip(0..).map(|(zone, place)| (zone.id.as_str(), ZoneIx(place))).collect();
        let planned = plan::plan(&self.schedule, &self.station, &world.library, from, to);
        let planned: BTreeSet<(ZoneIx, Key)> = planned
            .iter()
            .filter_map(|airing| {
                let zone = self.station.zones.get(usize::from(airing.zone.0))?;
                Some((*places.get(zone.id.as_str())?, key_of(airing)))
            })
            .collect();
        airings.retain(|airing| airing.scheduled >= start || planned.contains(&(airing.zone, key_of(airing))));
    }
}
