use std::time::Duration;

use super::Guard;
use crate::instant::Wall;
use crate::schedule::{Law, Rules};
use crate::station::{OutputName, Station, Zone, ZoneIx};

/// The guard of every zone; zones of the same rules and the same delay share one, except those that have no output that
/// can be used.
#[derive(Clone, Debug)]
pub struct Guards {
    /// The station's first.
    all: Vec<Guard>,
    /// Zone to its guard's place.
    of: Vec<usize>,
}

impl Guards {
    /// The guards of a station's zones.
    pub fn new(law: &Law, station: &Station) -> Self {
        Self::over(law, station, Wall::MIN, Wall::MIN)
    }

    /// The same, quicker for instants in `from..to`.
    pub fn over(law: &Law, station: &Station, from: Wall, to: Wall) -> Self {
        let mut known: Vec<(&Rules, Duration, bool)> = vec![(&law.station, Duration::ZERO, false)];
        let mut place = |rules, delay, is_mute| {
            known.iter().position(|other| *other == (rules, delay, is_mute)).unwrap_or_else(|| {
                known.push((rules, delay, is_mute));
                known.len() - 1
            })
        };
        let zones = station.zones.iter().zip(0u16..);
        let is_mute = |zone: &Zone| zone.output == OutputName::Unusable;
        let of = zones.map(|(zone, ix)| place(law.of(ZoneIx(ix)), zone.delay, is_mute(zone))).collect();
        let guard = |(rules, delay, is_mute)| {
            let guard = Guard::delayed(rules, &station.timezone, delay, from, to);
            if is_mute { guard.mute() } else { guard }
        };
        Self { all: known.into_iter().map(guard).collect(), of }
    }

    /// The guard of a zone.
    pub fn of(&self, zone: ZoneIx) -> &Guard {
        &self.all[self.of.get(usize::from(zone.0)).copied().unwrap_or(0)]
    }
}
