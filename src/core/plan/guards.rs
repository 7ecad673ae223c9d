use std::time::Duration;

use super::Guard;
use crate::instant::Wall;
use crate::schedule::{Law, Rules};
use crate::station::{Station, ZoneIx};

/// The guard of every zone; zones of the same rules and the same delay share one.
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
        let mut known: Vec<(&Rules, Duration)> = vec![(&law.station, Duration::ZERO)];
        let mut place = |rules, delay| {
            known.iter().position(|other| *other == (rules, delay)).unwrap_or_else(|| {
                known.push((rules, delay));
                known.len() - 1
            })
        };
        let zones = station.zones.iter().zip(0u16..);
        let of = zones.map(|(zone, ix)| place(law.of(ZoneIx(ix)), zone.delay)).collect();
        let guard = |(rules, delay)| Guard::delayed(rules, &station.timezone, delay, from, to);
        Self { all: known.into_iter().map(guard).collect(), of }
    }

    /// The guard of a zone.
    pub fn of(&self, zone: ZoneIx) -> &Guard {
        &self.all[self.of.get(usize::from(zone.0)).copied().unwrap_or(0)]
    }
}
