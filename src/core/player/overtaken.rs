use std::cmp::Reverse;

use super::lane::{lacks_sound, will_sound};
use super::machine::Player;
use crate::plan::Airing;
use crate::schedule::{Broadcast, Class, OrderNumber, Play};

/// Alerts of one account under way in one zone: a bad night has six. The oldest goes for the newest, and all are told.
const ALERTS_MOST: usize = 8;

/// What is said by an order, whatever tone goes before it.
fn words(broadcast: &Broadcast) -> Option<&Play> {
    broadcast.play.iter().find(|play| matches!(play, Play::Sound(_)))
}

impl Player {
    /// The alerts by hand of a lane that are not at their end, the newest first.
    pub(super) fn alerts(&self, place: usize) -> Vec<&Airing> {
        let lane = &self.lanes[place];
        let runs = lane.runs.iter().filter(|run| run.because.is_none()).map(|run| &run.airing);
        let all = runs.chain(lane.future.iter().filter(|airing| will_sound(airing) || lacks_sound(airing)));
        let mut alerts: Vec<&Airing> =
            all.filter(|airing| airing.is_ordered() && airing.broadcast.class == Class::Emergency).collect();
        alerts.sort_by_key(|airing| Reverse(airing.broadcast.number()));
        alerts
    }

    /// The same alert, where it was given before and is not at its end: given again, it stays one, as long as no other
    /// has been given since.
    pub(super) fn same_alert(&self, place: usize, broadcast: &Broadcast) -> Option<&Airing> {
        let is_same = |own: &&Airing| {
            let (old, new) = (&own.broadcast, broadcast);
            let urgent = new.class == Class::Emergency;
            urgent && words(old) == words(new) && old.play.len() >= new.play.len()
        };
        self.alerts(place).into_iter().find(is_same)
    }

    /// Whether it says that the danger is over.
    fn is_all_clear(&self, broadcast: &Broadcast) -> bool {
        matches!(words(broadcast), Some(Play::Sound(sound)) if *sound == self.world.station.emergency.lifted)
    }

    /// The alerts that end for a new one of an account: the same, given before others, the oldest of its own beyond
    /// [`ALERTS_MOST`], and whoever's all-clear, which is true no more: it must not be what is heard last. With their titles.
    pub(super) fn overtaken(
        &self,
        place: usize,
        new: &Broadcast,
        account: &str,
        former: Option<OrderNumber>,
    ) -> Vec<(OrderNumber, String)> {
        let named = |airing: &Airing| Some((airing.broadcast.number()?, airing.broadcast.title.clone()));
        let renews = !self.is_all_clear(new);
        let (same, others): (Vec<&Airing>, Vec<&Airing>) = self.alerts(place).into_iter().partition(|airing| {
            airing.broadcast.number() == former || (renews && self.is_all_clear(&airing.broadcast))
        });
        let own = others
            .into_iter()
            .filter(|airing| airing.broadcast.ordered().is_some_and(|order| order.account == account));
        same.into_iter().chain(own.skip(ALERTS_MOST - 1)).filter_map(named).collect()
    }
}
