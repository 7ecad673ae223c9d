use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::fact::{Entry, EntryKind, Outcome};
use crate::instant::Wall;
use crate::reason::Reason;

/// Airings that are planned so close together are one session, in seconds: what the law counts has gaps under five minutes, and the rows
/// of it name when each was to begin.
const GAP: i64 = 30 * 60;
/// Zones of one station.
const ZONES_MOST: usize = 64;

/// The last session of a box, as its rows tell it: the worst that befell each of its zones.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct BoxSession {
    /// The first airing that was due in it: in seconds since 1970.
    pub from: i64,
    /// The last one.
    pub to: i64,
    /// By zone.
    pub zones: BTreeMap<String, SessionZone>,
}

/// What befell a zone in a session.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SessionZone {
    /// The worst outcome of its airings.
    pub outcome: Outcome,
    /// Its reason, as the journal has it; empty where there is none.
    pub reason: String,
}

impl BoxSession {
    /// Take a row into account. It may come twice, and in any order: the answer is the same as long as no session is left out between.
    pub fn add(session: &mut Option<Self>, entry: &Entry) {
        let Some((at, zone, outcome)) = told(entry) else { return };
        let own = session.get_or_insert_with(|| Self { from: at, to: at, zones: BTreeMap::new() });
        if at < own.from - GAP {
            return;
        }
        if at > own.to + GAP {
            *own = Self { from: at, to: at, zones: BTreeMap::new() };
        }
        (own.from, own.to) = (own.from.min(at), own.to.max(at));
        let reason = entry.reason.as_ref().map(Reason::to_string).unwrap_or_default();
        let came = SessionZone { outcome, reason };
        let is_full = own.zones.len() >= ZONES_MOST;
        match own.zones.get_mut(zone) {
            Some(known) if came.rank() > known.rank() => *known = came,
            Some(_) => {}
            None if is_full => {}
            None => drop(own.zones.insert(zone.to_owned(), came)),
        }
    }

    /// A zone of it was silent though nobody wanted it so.
    pub fn has_failed(&self) -> bool {
        self.failed().next().is_some()
    }

    /// The zones that were silent though nobody wanted it so, and why.
    pub fn failed(&self) -> impl Iterator<Item = (&str, &SessionZone)> {
        let all = self.zones.iter().map(|(zone, came)| (zone.as_str(), came));
        all.filter(|(_, came)| matches!(came.outcome, Outcome::Missed | Outcome::Refused))
    }

    /// When it began.
    pub fn wall(&self) -> Wall {
        Wall::from_secs(self.from)
    }
}

impl SessionZone {
    /// How bad it is; of two that are as bad, one is the same whoever came first.
    fn rank(&self) -> (Outcome, &str) {
        (self.outcome, &self.reason)
    }

    /// The code of its reason.
    pub fn code(&self) -> &str {
        self.reason.split(':').next().unwrap_or_default()
    }
}

/// When an airing was due, where, and what became of it; none where somebody wanted it silent, or gave it as an order, or where it is no airing.
fn told(entry: &Entry) -> Option<(i64, &str, Outcome)> {
    let outcome = entry.outcome.filter(|_| entry.kind == EntryKind::Airing)?;
    let reason = entry.reason.as_ref();
    let is_wanted = reason.is_some_and(|reason| {
        matches!(
            reason,
            Reason::Mourning | Reason::CancelledDay(_) | Reason::Cancelled | Reason::Stopped(_) | Reason::Superseded(_)
        ) || reason.is_law()
    });
    // A partial one that somebody ended was heard; a refused one that he wanted so says nothing of the box.
    if is_wanted && outcome > Outcome::Partial || entry.order.is_some() {
        return None;
    }
    let at = entry.planned.or(entry.started)?;
    Some((at.nanos().div_euclid(1_000_000_000), entry.zone.as_deref()?, outcome))
}
