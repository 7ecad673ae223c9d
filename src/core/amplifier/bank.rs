use super::power::Power;
use super::{PowerNeed, Unit, units};
use crate::diag::Text;
use crate::instant::{Now, Wall};
use crate::station::{Station, ZoneIx};

/// All amplifiers of a station over time. Pure: it is told what is needed when, and what the switches
/// answer; it returns orders.
///
/// It takes every switch as being switched off when it is made: whoever carries out its orders begins with
/// that, before anything else.
#[derive(Debug)]
pub struct Bank {
    units: Vec<Unit>,
    powers: Vec<Power>,
}

/// Switch an amplifier on or off.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PowerOrder {
    /// Its place in [`units`].
    pub amplifier: usize,
    /// On, or off.
    pub on: bool,
}

/// What a switch's answer is worth telling: whose, and what it was.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Told {
    /// The switch's name.
    pub name: String,
    /// The zones behind it.
    pub zones: Vec<ZoneIx>,
}

/// How an amplifier stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AmplifierState {
    /// The switch's name.
    pub name: String,
    /// The zones behind it.
    pub zones: Vec<ZoneIx>,
    /// What it was last told to be.
    pub on: bool,
    /// Since when it is known to be so.
    pub since: Option<Wall>,
    /// Which way it did not go the last time it was told to, and why, until it has.
    pub trouble: Option<(bool, Text)>,
}

impl Bank {
    /// The amplifiers of `station`, each being switched off.
    pub fn new(station: &Station, now: Now) -> Self {
        let units = units(station);
        let powers = units.iter().map(|unit| Power::new(unit.warm_up, unit.cool_down, now.mono)).collect();
        Self { units, powers }
    }

    /// Whether a zone has an amplifier that loa switches.
    pub fn feeds(&self, zone: ZoneIx) -> bool {
        self.place_of(zone).is_some()
    }

    fn place_of(&self, zone: ZoneIx) -> Option<usize> {
        self.units.iter().position(|unit| unit.zones.contains(&zone))
    }

    /// From when on the village hears what is sent into `zone`, if it is needed from now on; in the past
    /// where there is no amplifier to wait for.
    pub fn heard_from(&self, zone: ZoneIx, now: Now) -> Wall {
        self.place_of(zone).map_or(Wall::MIN, |place| self.powers[place].heard_from(now))
    }

    /// What must be switched now. `ending`: nothing will be needed any more, so nothing cools down.
    pub fn step(&mut self, now: Now, needs: &[PowerNeed], ending: bool) -> Vec<PowerOrder> {
        let orders = self.units.iter().zip(&mut self.powers).enumerate().map(|(amplifier, (unit, power))| {
            let on = power.step(now, &unit.of(needs), ending)?;
            Some(PowerOrder { amplifier, on })
        });
        orders.flatten().collect()
    }

    /// A switch was told to be `on`, and answers. What is worth telling of it.
    pub fn answered(&mut self, now: Now, amplifier: usize, on: bool, done: &Result<(), Text>) -> Option<Told> {
        let unit = self.units.get(amplifier)?;
        let news = self.powers.get_mut(amplifier)?.answered(now, on, done);
        news.then(|| Told { name: unit.switch.name(), zones: unit.zones.clone() })
    }

    /// When [`Self::step`] wants to be asked even if nothing happens.
    pub fn deadline(&self, now: Now, needs: &[PowerNeed], ending: bool) -> Option<Wall> {
        let each = self.units.iter().zip(&self.powers);
        each.filter_map(|(unit, power)| power.deadline(now, &unit.of(needs), ending)).min()
    }

    /// At the end: all are off, or nothing more can be done about it.
    pub fn is_put_off(&self, now: Now) -> bool {
        self.powers.iter().all(|power| power.is_put_off(now.mono))
    }

    /// How they stand.
    pub fn look(&self) -> Vec<AmplifierState> {
        let each = self.units.iter().zip(&self.powers);
        each.map(|(unit, power)| AmplifierState {
            name: unit.switch.name(),
            zones: unit.zones.clone(),
            on: power.is_on(),
            since: power.since(),
            trouble: power.trouble().map(|(on, why)| (on, why.clone())),
        })
        .collect()
    }
}

impl Unit {
    fn of(&self, needs: &[PowerNeed]) -> Vec<PowerNeed> {
        needs.iter().filter(|need| self.zones.contains(&need.zone)).copied().collect()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::instant::Mono;
    use crate::station::{Amplifier, Switch, Zone};

    fn gpio(line: u32) -> Switch {
        Switch::Gpio { chip: "gpiochip0".to_owned(), line, active_low: false }
    }

    fn zone(id: &str, switch: Option<Switch>, warm_up: u64) -> Zone {
        let (warm_up, cool_down) = (Duration::from_secs(warm_up), Duration::from_secs(3));
        Zone { amplifier: switch.map(|switch| Amplifier { switch, warm_up, cool_down }), ..Zone::named(id.to_owned()) }
    }

    #[test]
    fn zones_that_share_an_amplifier_keep_it_on_while_one_of_them_sounds() {
        let zones = vec![
            zone("a", Some(gpio(17)), 2),
            zone("b", None, 0),
            zone("c", Some(gpio(4)), 2),
            zone("d", Some(gpio(17)), 5),
        ];
        let station = Station { zones, ..Station::default() };
        let at = |seconds: i64| Now {
            wall: Wall::from_secs(1_000 + seconds),
            mono: Mono::from_origin(Duration::from_secs(seconds as u64)),
        };
        let mut bank = Bank::new(&station, at(0));
        assert_eq!(bank.look().len(), 2);
        let fed: Vec<bool> = (0..4).map(|zone| bank.feeds(ZoneIx(zone))).collect();
        assert_eq!(fed, [true, false, true, true]);
        let need = |zone, from, to| PowerNeed { zone: ZoneIx(zone), from: at(from).wall, to: Some(at(to).wall) };
        let needs = [need(0, 30, 40), need(1, 0, 90), need(3, 35, 60)];
        // The longest warm-up of its zones counts.
        assert_eq!(bank.deadline(at(0), &needs, false), Some(at(24).wall));
        assert_eq!(bank.step(at(24), &needs, false), [PowerOrder { amplifier: 0, on: true }]);
        assert_eq!(bank.heard_from(ZoneIx(3), at(24)), at(29).wall);
        assert_eq!(bank.heard_from(ZoneIx(1), at(24)), Wall::MIN);
        assert_eq!(bank.step(at(45), &needs, false), []);
        assert_eq!(bank.deadline(at(45), &needs, false), Some(at(60).wall));
        assert_eq!(bank.step(at(60), &needs, false), []);
        assert_eq!(bank.step(at(63), &needs, false), [PowerOrder { amplifier: 0, on: false }]);
        let told = bank.answered(at(63), 0, false, &Ok(())).unwrap();
        assert_eq!((told.name.as_str(), told.zones), ("gpiochip0:17", vec![ZoneIx(0), ZoneIx(3)]));
        assert_eq!(bank.answered(at(63), 7, false, &Ok(())), None);
    }
}
