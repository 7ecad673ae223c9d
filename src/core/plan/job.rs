use std::cmp::{Ordering, Reverse};
use std::sync::Arc;
use std::time::Duration;

use super::{Airing, Cause, Interruption, Programme, Rival, Verdict};
use crate::instant::Wall;
use crate::schedule::{Broadcast, Class, OrderNumber};
use crate::station::ZoneIx;

/// An occurrence that wants to sound in a zone, or already does: what [`super::resolve`] settles.
#[derive(Clone, PartialEq, Debug)]
pub struct Job {
    /// What.
    pub broadcast: Arc<Broadcast>,
    /// What it plays there.
    pub programme: Arc<Programme>,
    /// When the schedule says it starts.
    pub scheduled: Wall,
    /// The last of the ties: its place in file order.
    pub rank: u32,
    /// It does not start earlier; `scheduled`, unless it is played late or on request.
    pub not_before: Wall,
    /// It does not start later (inclusive): `scheduled` plus its `wait`, or its `late`.
    pub latest: Wall,
    /// How far it has come.
    pub carried: Carried,
}

/// How far a job has come at the instant it is handed over.
#[derive(Clone, PartialEq, Debug)]
pub enum Carried {
    /// Not begun.
    Waiting,
    /// It sounds now.
    Running {
        /// When the unbroken sound that is heard now began.
        since: Wall,
        /// How far into the programme it was then.
        offset: Duration,
    },
    /// It fell silent, and goes on.
    Suspended {
        /// When it fell silent.
        since: Wall,
        /// How far into the programme it goes on; zero where it begins again.
        offset: Duration,
        /// Why.
        by: Interruption,
    },
}

impl Job {
    /// A fresh occurrence, as the schedule has it.
    pub fn fresh(broadcast: Arc<Broadcast>, programme: Arc<Programme>, scheduled: Wall, rank: u32) -> Self {
        let latest = scheduled + broadcast.wait;
        let not_before = scheduled;
        Self { broadcast, programme, scheduled, rank, not_before, latest, carried: Carried::Waiting }
    }

    /// Who goes first: the higher class; of emergencies the one that a person ordered last, since the newest word knows
    /// the most; then the earlier scheduled, then `order`, then file order. `Less` goes first.
    pub fn precedence(&self, other: &Self) -> Ordering {
        let key = |job: &Self| {
            (Reverse(job.broadcast.class), Reverse(job.alert()), job.scheduled, job.broadcast.order, job.rank)
        };
        key(self).cmp(&key(other))
    }

    /// Whether it breaks into what sounds; it goes on after it.
    pub(super) fn interrupts(&self, running: &Self) -> bool {
        (self.broadcast.class, self.alert()) > (running.broadcast.class, running.alert())
    }

    /// Its number, where a person ordered it as an emergency.
    fn alert(&self) -> Option<OrderNumber> {
        self.broadcast.number().filter(|_| self.broadcast.class == Class::Emergency)
    }

    pub(super) fn as_rival(&self) -> Rival {
        Rival { broadcast: Arc::clone(&self.broadcast), scheduled: self.scheduled }
    }

    /// The airing of a job that has not sounded, or sounds unbroken from `start`.
    pub(super) fn settled(&self, zone: ZoneIx, start: Wall, verdict: Verdict, reason: Option<Cause>) -> Airing {
        Airing {
            zone,
            broadcast: Arc::clone(&self.broadcast),
            programme: Arc::clone(&self.programme),
            scheduled: self.scheduled,
            start,
            end: start + self.programme.length,
            breaks: Box::default(),
            verdict,
            reason: reason.map(Box::new),
        }
    }
}
