use std::time::Duration;

use crate::station::{Station, Switch, ZoneIx};

/// One amplifier and the zones that it feeds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Unit {
    /// How it is switched.
    pub switch: Switch,
    /// The longest that one of its zones asks for.
    pub warm_up: Duration,
    /// The longest that one of its zones asks for.
    pub cool_down: Duration,
    /// In the station's order.
    pub zones: Vec<ZoneIx>,
}

/// The amplifiers of a station, in the order in which its zones name them: one for each switch.
pub fn units(station: &Station) -> Vec<Unit> {
    let mut units: Vec<Unit> = Vec::new();
    for (place, zone) in station.zones.iter().enumerate() {
        let Some(amplifier) = &zone.amplifier else { continue };
        let zone = ZoneIx(place as u16);
        if let Some(unit) = units.iter_mut().find(|unit| unit.switch == amplifier.switch) {
            unit.warm_up = unit.warm_up.max(amplifier.warm_up);
            unit.cool_down = unit.cool_down.max(amplifier.cool_down);
            unit.zones.push(zone);
        } else {
            units.push(Unit {
                switch: amplifier.switch.clone(),
                warm_up: amplifier.warm_up,
                cool_down: amplifier.cool_down,
                zones: vec![zone],
            });
        }
    }
    units
}
