//! What is said of orders by hand: whether each was taken, and how it stands until it is over. The player is the one
//! judge of that. Whoever gave the order is told the same as the journal.

use super::event::Action;
use super::lane::{Lane, lacks_sound, patience, will_sound};
use super::machine::Player;
use super::open_orders::{Fate, One, Share};
use super::record;
use super::stand::{OrderLeft, OrderStand, Stand, ZoneStand};
use crate::instant::{Now, Wall};
use crate::plan::{Airing, Cause};
use crate::reason::{Ordered, Reason};
use crate::station::ZoneIx;

impl Player {
    /// Silence zones, on the word of an account; of `orders` only, where there are some.
    pub(super) fn stop(
        &mut self,
        now: Now,
        zones: &[ZoneIx],
        (by, orders): (&str, &[String]),
        ticket: u64,
        actions: &mut Vec<Action>,
    ) {
        let Now { wall, mono } = now;
        let number = self.next_order();
        let id = self.id_of(wall, number);
        let zones: Vec<ZoneIx> = zones.iter().copied().filter(|zone| usize::from(zone.0) < self.lanes.len()).collect();
        let meant = |airing: &Airing| {
            orders.is_empty() || airing.broadcast.ordered().is_some_and(|order| orders.contains(&order.id))
        };
        let left = self.left_by(&zones, orders);
        if !orders.is_empty() && left.iter().filter(|(_, why)| *why == OrderLeft::Unknown).count() == orders.len() {
            // What there is not sounds in no zone, and nothing was stopped.
            self.asked.push(One { left, ..One::of(ticket, id, String::new(), wall) });
            return;
        }
        let due = |zone: &ZoneIx| self.lanes[usize::from(zone.0)].due(wall, &meant);
        let share = |zone: &ZoneIx| Share::of(*zone, 0.0, Fate::Stopped(due(zone)));
        let shares: Vec<Share> = zones.iter().map(share).collect();
        let ends = shares.iter().any(|share| matches!(&share.fate, Fate::Stopped(what) if !what.is_empty()));
        if ends {
            let ended = shares.iter().filter_map(|share| match &share.fate {
                Fate::Stopped(what) => Some(what.iter().cloned()),
                _ => None,
            });
            self.stops.add(mono, wall, by, ended.flatten());
        }
        let reason = Reason::Stopped(Ordered::by(by));
        for zone in &zones {
            self.end(usize::from(zone.0), wall, &reason, &meant, actions);
        }
        if ends || self.asked.may_note(mono) {
            let mut note = record::note(wall, reason, "lệnh dừng");
            note.order = Some(id.clone());
            if let [only] = zones.as_slice() {
                note.zone = self.world.station.zones.get(usize::from(only.0)).map(|zone| zone.id.clone());
            }
            actions.push(record::noted(note));
        }
        for zone in &zones {
            // Of one order alone nothing is meant that comes after it.
            if orders.is_empty() {
                self.lanes[usize::from(zone.0)].stopped = Some((ticket, by.to_owned()));
            }
            self.replan_lane(usize::from(zone.0), wall, Vec::new(), actions);
        }
        self.asked.push(One { shares, left, ..One::of(ticket, id, String::new(), wall) });
    }

    /// Which of these orders a stop in these zones does not end, and why.
    fn left_by(&self, zones: &[ZoneIx], orders: &[String]) -> Vec<(String, OrderLeft)> {
        let left = orders.iter().filter_map(|id| {
            let own: Vec<ZoneIx> = self.lanes.iter().filter(|lane| has_order(lane, id)).map(|lane| lane.zone).collect();
            let why = match (own.is_empty(), own.iter().any(|zone| zones.contains(zone))) {
                (false, true) => return None,
                (false, false) => OrderLeft::Elsewhere,
                (true, _) if self.asked.was_given(id) => OrderLeft::Over,
                (true, _) => OrderLeft::Unknown,
            };
            Some((id.clone(), why))
        });
        left.collect()
    }

    /// Let go of the orders of the last turn that are over.
    pub(super) fn forget_asked(&mut self) {
        let lanes = &self.lanes;
        self.asked.forget(|share| match &share.fate {
            Fate::Open(..) => false,
            Fate::Settled(_) => true,
            Fate::Stopped(_) => lanes.get(usize::from(share.zone.0)).is_none_or(Lane::is_quiet),
        });
    }

    /// How the orders stand.
    pub(super) fn stands(&self, now: Wall) -> Vec<OrderStand> {
        let stand = |share: &Share| ZoneStand {
            zone: share.zone,
            seconds: share.seconds,
            stand: self.stand(share, now),
            same_as: share.same_as.clone(),
            interrupts: share.interrupts.clone(),
            dropped: share.dropped.clone(),
        };
        let each = self.asked.list.iter().map(|one| OrderStand {
            ticket: one.ticket,
            id: one.id.clone(),
            title: one.title.clone(),
            at: one.at,
            zones: one.shares.iter().map(stand).collect(),
            refused: one.refused.clone(),
            left: one.left.clone(),
            broadcast: one.broadcast.clone(),
        });
        each.collect()
    }

    fn stand(&self, share: &Share, now: Wall) -> Stand {
        let lane = &self.lanes[usize::from(share.zone.0)];
        let number = match &share.fate {
            Fate::Settled(stand) => return stand.clone(),
            Fate::Stopped(what) => return Stand::Stopped { what: what.clone(), quiet: lane.is_quiet() },
            Fate::Open(number, _) => *number,
        };
        let is_it = |airing: &Airing| airing.broadcast.number() == Some(number);
        if let Some(run) = lane.runs.iter().find(|run| is_it(&run.airing)) {
            return match run.stand(now) {
                // It lost its device, and another sounds by now.
                Stand::Waits { start, behind: None } if !run.is_warming() => {
                    Stand::Waits { start, behind: lane.on_air(now).map(|other| other.broadcast.title.clone()) }
                }
                stand => stand,
            };
        }
        match lane.future.iter().find(|airing| is_it(airing)) {
            Some(airing) if will_sound(airing) => waits(airing, airing.start, now),
            Some(airing) if lacks_sound(airing) => {
                Stand::Copied { until: airing.scheduled + patience(&airing.broadcast) }
            }
            // It is between a plan and the next: its outcome comes.
            _ => Stand::Begins,
        }
    }
}

/// Whether an order of this id is under way in a zone, or waits there for its turn or its sound.
fn has_order(lane: &Lane, id: &str) -> bool {
    let runs = lane.runs.iter().filter(|run| run.because.is_none()).map(|run| &run.airing);
    runs.chain(&lane.future).any(|airing| airing.broadcast.ordered().is_some_and(|order| order.id == id))
}

/// How an airing stands that begins, or goes on, at `start`.
pub(super) fn waits(airing: &Airing, start: Wall, now: Wall) -> Stand {
    /// What begins this soon begins now: a say is planned 0.3 s ahead.
    const SOON: std::time::Duration = std::time::Duration::from_secs(1);
    if start <= now + SOON {
        return Stand::Begins;
    }
    let behind = match airing.reason.as_deref() {
        Some(Cause::Waits(by) | Cause::WaitExpired(by) | Cause::Interrupted(by)) => Some(by.broadcast.title.clone()),
        _ => None,
    };
    Stand::Waits { start, behind }
}
