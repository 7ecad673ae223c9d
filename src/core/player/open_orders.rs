//! The orders by hand whose standing is told, and what is known of each until it is over.

use std::collections::VecDeque;
use std::sync::Arc;

use super::event::Action;
use super::stand::{OrderLeft, Stand};
use crate::diag::Text;
use crate::fact::{Entry, Outcome, Record};
use crate::instant::{Mono, Wall};
use crate::plan::Airing;
use crate::schedule::{Broadcast, OrderNumber};
use crate::station::ZoneIx;

/// Of orders that change nothing (refused, given twice, a stop where all is quiet) the journal is told so many in
/// [`SPAN`]. Who gives more is a program that runs wild, and has had its answer each time.
const NOTES_MOST: u32 = 30;
const SPAN: std::time::Duration = std::time::Duration::from_mins(1);

/// What people did about alarms is written so often in [`SPAN`]: a bad night has some dozens in all. More is a program that
/// runs wild, and would fill the disk.
const MARKS_MOST: u32 = 120;

/// Ids of orders that are remembered once they are over: whoever names one of them is told that it is. More than a station
/// is given in a week.
const KNOWN_MOST: usize = 512;

/// Orders that somebody insists on, of which it is remembered why they are not taken: alarms of a bad night.
const INSISTED_MOST: usize = 32;

/// The orders whose standing is told: those that are not over, and those of this turn.
#[derive(Debug, Default)]
pub(super) struct OpenOrders {
    pub(super) list: Vec<One>,
    /// Since when notes are counted that could be left out, and how many there were.
    noted: (Mono, u32),
    /// The same of what people did about alarms.
    marked: (Mono, u32),
    /// Orders that somebody insists on and that change nothing, with why the journal has it, the newest last.
    insisted: Vec<(String, String)>,
    /// The ids of the last orders, whatever became of them.
    known: VecDeque<String>,
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
    /// A stop of some orders: those that it has not ended.
    pub(super) left: Vec<(String, OrderLeft)>,
    /// What it plays.
    pub(super) broadcast: Option<Arc<Broadcast>>,
}

impl One {
    /// Without a share in any zone.
    pub(super) const fn of(ticket: u64, id: String, title: String, at: Wall) -> Self {
        Self { ticket, id, title, at, shares: Vec::new(), refused: None, left: Vec::new(), broadcast: None }
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

/// One more: whether that is not more than so many since the span began.
fn is_within((since, count): &mut (Mono, u32), now: Mono, most: u32) -> bool {
    if now.after(*since) >= SPAN {
        (*since, *count) = (now, 0);
    }
    *count += 1;
    *count <= most
}

impl OpenOrders {
    pub(super) fn push(&mut self, one: One) {
        self.known.push_back(one.id.clone());
        if self.known.len() > KNOWN_MOST {
            self.known.pop_front();
        }
        self.list.push(one);
    }

    /// Whether an order of this id was given of late.
    pub(super) fn was_given(&self, id: &str) -> bool {
        self.known.iter().any(|known| known == id)
    }

    /// Let go of those of the last turn that will not change any more.
    pub(super) fn forget(&mut self, is_over: impl Fn(&Share) -> bool) {
        self.list.retain(|one| !one.shares.iter().all(&is_over));
    }

    /// Whether the journal is told of an order that changed nothing.
    pub(super) fn may_note(&mut self, now: Mono) -> bool {
        is_within(&mut self.noted, now, NOTES_MOST)
    }

    /// Whether the journal knows already that this order, which somebody insists on, changes nothing for this reason.
    pub(super) fn is_told(&mut self, order: &str, because: &str) -> bool {
        let known = self.insisted.iter().position(|(known, _)| known == order);
        let before = known.map(|at| self.insisted.remove(at).1);
        if self.insisted.len() >= INSISTED_MOST {
            self.insisted.remove(0);
        }
        self.insisted.push((order.to_owned(), because.to_owned()));
        before.as_deref() == Some(because)
    }

    /// Whether the journal is told of what somebody did about an alarm.
    pub(super) fn may_mark(&mut self, now: Mono) -> bool {
        is_within(&mut self.marked, now, MARKS_MOST)
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
                whole: entry.outcome == Some(Outcome::Played),
                reason: entry.reason.clone(),
            });
        }
    }
}
