use std::time::Duration;

use jiff::SignedDuration;

use super::Mishap;
use crate::player::{Event, Request, World};
use crate::schedule::Class;
use crate::station::ZoneIx;

/// Mishaps by chance, the same for the same seed: SplitMix64 (Steele, Lea and Flood, "Fast splittable
/// pseudorandom number generators", 2014), which is small and the same on every machine.
#[derive(Clone, Debug)]
pub struct Chance(u64);

impl Chance {
    /// The chance that this seed stands for.
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// So many mishaps within `span`: four in ten are power cuts, two are steps of the clock, one a
    /// lost device; the rest is what people order.
    pub fn mishaps(&mut self, count: usize, span: Duration, world: &World) -> Vec<(Duration, Mishap)> {
        let mut found: Vec<(Duration, Mishap)> = (0..count).map(|_| (self.within(span), self.mishap(world))).collect();
        found.sort_by_key(|(at, _)| *at);
        found
    }

    /// A power cut: half of them are over in minutes, few last for days.
    pub fn power_cut(&mut self) -> Mishap {
        let most = [120, 120, 3_600, 6 * 3_600, 72 * 3_600][self.below(5) as usize];
        Mishap::PowerCut(Duration::from_secs(1 + self.below(most)))
    }

    /// A step of the clock: half of them of seconds, the others of hours; forward and back.
    pub fn step(&mut self) -> Mishap {
        let most = [5_000, 60_000, 3_600_000, 3 * 3_600_000][self.below(4) as usize];
        let by = SignedDuration::from_millis(self.below(most) as i64 + 1);
        Mishap::Step(if self.below(2) == 0 { by } else { -by })
    }

    fn mishap(&mut self, world: &World) -> Mishap {
        match self.below(10) {
            0..4 => self.power_cut(),
            4..6 => self.step(),
            6 => Mishap::DeviceLost,
            7 => Mishap::Event(Event::Stop {
                zones: self.zones(world),
                by: BY.to_owned(),
                orders: Vec::new(),
                ticket: 0,
            }),
            chosen => self.request(world, if chosen == 8 { Class::Normal } else { Class::Emergency }),
        }
    }

    fn request(&mut self, world: &World, class: Class) -> Mishap {
        let sounds: Vec<&str> =
            world.library.sounds.iter().filter(|(_, sound)| sound.facts.is_ok()).map(|(name, _)| &**name).collect();
        let Some(name) = sounds.get(self.below(sounds.len() as u64) as usize) else { return Mishap::DeviceLost };
        Mishap::Event(Event::Request(Request {
            class,
            by: BY.to_owned(),
            why: if class == Class::Emergency { "simulate".to_owned() } else { String::new() },
            ..Request::of(name, self.zones(world))
        }))
    }

    /// One zone, or all.
    fn zones(&mut self, world: &World) -> Vec<ZoneIx> {
        let all = (0..world.station.zones.len()).filter_map(|place| u16::try_from(place).ok()).map(ZoneIx);
        let all: Vec<ZoneIx> = all.collect();
        match all.get(self.below(2 * all.len() as u64) as usize) {
            Some(one) => vec![*one],
            None => all,
        }
    }

    /// Within `span`, half the time within an hour of one of these `times` of a day that began at its
    /// beginning: where it hurts.
    pub fn near(&mut self, span: Duration, times: &[Duration]) -> Duration {
        let at = self.within(span);
        match times.get(self.below(2 * times.len() as u64) as usize) {
            None => at,
            Some(time) => {
                let day = Duration::from_hours(at.as_secs() / 86_400 * 24);
                let near = day + *time + self.within(Duration::from_hours(2));
                near.saturating_sub(Duration::from_hours(1)).min(span)
            }
        }
    }

    /// On a whole second every other time, where everything else happens too.
    pub(crate) fn within(&mut self, span: Duration) -> Duration {
        let millis = self.below(u64::try_from(span.as_millis()).unwrap_or(u64::MAX));
        Duration::from_millis(if self.below(2) == 0 { millis } else { millis / 1000 * 1000 })
    }

    /// A number below `most`; 0 where that is 0.
    pub(crate) fn below(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)).checked_rem(most).unwrap_or(0)
    }
}

/// Who orders what chance orders.
const BY: &str = "simulate";
