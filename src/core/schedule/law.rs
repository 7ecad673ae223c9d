use std::collections::BTreeMap;

use super::Rules;
use crate::station::ZoneIx;

/// The rules of every zone: the station's, and those of zones that have their own.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Law {
    /// Of each zone that has none of its own.
    pub station: Rules,
    /// Of zones with their own: complete, what they do not write is the station's.
    pub zones: BTreeMap<ZoneIx, Rules>,
}

impl Law {
    /// The rules that hold in a zone.
    pub fn of(&self, zone: ZoneIx) -> &Rules {
        self.zones.get(&zone).unwrap_or(&self.station)
    }
}

impl From<Rules> for Law {
    /// The same rules everywhere.
    fn from(station: Rules) -> Self {
        Self { station, zones: BTreeMap::new() }
    }
}
