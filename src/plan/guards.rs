use jiff::tz::TimeZone;

use super::Guard;
use crate::instant::Wall;
use crate::schedule::{Law, Rules};
use crate::station::{Station, ZoneIx};

/// The guard of every zone; zones of the same rules share one.
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
        Self::made(law, station, Guard::new)
    }

    /// The same, quicker for instants in `from..to`.
    pub fn over(law: &Law, station: &Station, from: Wall, to: Wall) -> Self {
        Self::made(law, station, |rules, tz| Guard::over(rules, tz, from, to))
    }

    /// The guard of a zone.
    pub fn of(&self, zone: ZoneIx) -> &Guard {
        &self.all[self.of.get(usize::from(zone.0)).copied().unwrap_or(0)]
    }

    fn made(law: &Law, station: &Station, make: impl Fn(&Rules, &TimeZone) -> Guard) -> Self {
        let mut known: Vec<&Rules> = vec![&law.station];
        let mut of = vec![0; station.zones.len()];
        for (zone, rules) in &law.zones {
            let place = known.iter().position(|other| *other == rules).unwrap_or_else(|| {
                known.push(rules);
                known.len() - 1
            });
            if let Some(of) = of.get_mut(usize::from(zone.0)) {
                *of = place;
            }
        }
        Self { all: known.into_iter().map(|rules| make(rules, &station.timezone)).collect(), of }
    }
}
