//! What is said of orders by hand: whether each was taken, and how it stands until it is over. The player is the one
//! judge of that. Whoever gave the order is told the same as the journal.

use super::event::Action;
use super::lane::{lacks_sound, patience, will_sound};
use super::machine::Player;
use super::record;
use super::stand::{OrderStand, Stand, ZoneStand};
use crate::diag::Text;
use crate::fact::{Entry, Record};
use crate::instant::{Mono, Now, Wall};
use crate::plan::{Airing, Cause};
use crate::reason::{Ordered, Reason};
use crate::schedule::OrderNumber;
use crate::station::ZoneIx;

/// Of orders that change nothing (refused, given twice, a stop where all is quiet) the journal is told so many in
/// [`SPAN`]. Who gives more is a program that runs wild, and has had its answer each time.
const NOTES_MOST: u32 = 30;
const SPAN: std::time::Duration = std::time::Duration::from_mins(1);

/// The orders whose standing is told: those that are not over, and those of this turn.
#[derive(Debug, Default)]
pub(super) struct Asked {
    list: Vec<One>,
    /// Since when notes are counted that could be left out, and how many there were.
    noted: (Mono, u32),
}

/// An order.
#[derive(Debug)]
pub(super) struct One {
    pub(super) ticket: u64,
    pub(super) id: String,
    pub(super) title: String,
    pub(super) at: Wall,
    pub(super) shares: Vec<Share>,
    /// A decision that was not taken, and why.
    pub(super) refused: Option<Text>,
}

impl One {
    /// Without a share in any zone.
    pub(super) const fn of(ticket: u64, id: String, title: String, at: Wall) -> Self {
        Self { ticket, id, title, at, shares: Vec::new(), refused: None }
    }
}

/// Its share in one zone.
#[derive(Debug)]
pub(super) struct Share {
    pub(super) zone: ZoneIx,
    pub(super) seconds: f64,
    pub(super) same_as: Option<String>,
    pub(super) interrupts: Option<String>,
    /// Older alerts that ended for it: titles.
    pub(super) dropped: Vec<String>,
    pub(super) fate: Fate,
}

impl Share {
    pub(super) const fn of(zone: ZoneIx, seconds: f64, fate: Fate) -> Self {
        Self { zone, seconds, same_as: None, interrupts: None, dropped: Vec::new(), fate }
    }

    /// Of an order that was given before, in this airing.
    pub(super) fn same_as(airing: &Airing, key: String) -> Self {
        let Airing { zone, broadcast, programme, .. } = airing;
        let fate = broadcast.number().map_or(Fate::Settled(Stand::Begins), |number| Fate::Open(number, key));
        let same_as = broadcast.ordered().map(|order| order.id.clone());
        Self { same_as, ..Self::of(*zone, programme.length.as_secs_f64(), fate) }
    }
}

/// What is known of it for good, and where the rest is found.
#[derive(Debug)]
pub(super) enum Fate {
    /// It is in its lane, under this number; the journal has it under this key.
    Open(OrderNumber, String),
    /// So it ended, or was refused.
    Settled(Stand),
    /// A stop: what it ended.
    Stopped(Vec<String>),
}

impl Asked {
    pub(super) fn push(&mut self, one: One) {
        self.list.push(one);
    }

    /// Let go of those of the last turn that will not change any more.
    pub(super) fn forget(&mut self, is_over: impl Fn(&Share) -> bool) {
        self.list.retain(|one| !one.shares.iter().all(&is_over));
    }

    /// Whether the journal is told of an order that changed nothing.
    pub(super) fn may_note(&mut self, now: Mono) -> bool {
        let (since, count) = &mut self.noted;
        if now.after(*since) >= SPAN {
            (*since, *count) = (now, 0);
        }
        *count += 1;
        *count <= NOTES_MOST
    }

    /// Learn from the journal's rows how the orders ended.
    pub(super) fn follow(&mut self, actions: &[Action]) {
        if self.list.is_empty() {
            return;
        }
        for action in actions {
            if let Action::Record(Record::Finish { key, entry }) = action {
                self.settle(key, entry);
            }
        }
    }

    fn settle(&mut self, key: &str, entry: &Entry) {
        let shares = self.list.iter_mut().flat_map(|one| &mut one.shares);
        for share in shares.filter(|share| matches!(&share.fate, Fate::Open(_, own) if own == key)) {
            share.fate = Fate::Settled(Stand::Over {
                started: entry.started,
                seconds: entry.seconds_played.unwrap_or_default(),
                reason: entry.reason.clone(),
            });
        }
    }
}

impl Player {
    /// Silence zones, on the word of an account.
    pub(super) fn stop(&mut self, now: Now, zones: &[ZoneIx], by: &str, ticket: u64, actions: &mut Vec<Action>) {
        let Now { wall, mono } = now;
        let number = self.next_order();
        let id = self.id_of(wall, number);
        let zones: Vec<ZoneIx> = zones.iter().copied().filter(|zone| usize::from(zone.0) < self.lanes.len()).collect();
        let share = |zone: &ZoneIx| Share::of(*zone, 0.0, Fate::Stopped(self.lanes[usize::from(zone.0)].due(wall)));
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
        self.silence(wall, &zones, &reason, actions);
        if ends || self.asked.may_note(mono) {
            let mut note = record::note(wall, reason, "lệnh dừng");
            note.order = Some(id.clone());
            if let [only] = zones.as_slice() {
                note.zone = self.world.station.zones.get(usize::from(only.0)).map(|zone| zone.id.clone());
            }
            actions.push(record::noted(note));
        }
        for zone in &zones {
            self.lanes[usize::from(zone.0)].stopped = Some((ticket, by.to_owned()));
            self.replan_lane(usize::from(zone.0), wall, Vec::new(), actions);
        }
        self.asked.push(One { shares, ..One::of(ticket, id, String::new(), wall) });
    }

    /// Let go of the orders of the last turn that are over.
    pub(super) fn forget_asked(&mut self) {
        let lanes = &self.lanes;
        self.asked.forget(|share| match &share.fate {
            Fate::Open(..) => false,
            Fate::Settled(_) => true,
            Fate::Stopped(_) => lanes.get(usize::from(share.zone.0)).is_none_or(super::lane::Lane::is_quiet),
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
