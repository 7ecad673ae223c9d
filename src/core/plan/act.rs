use std::time::Duration;

use super::{Airing, Break, Carried, Cause, Guard, Interruption, Job, Rival, SessionRule, Verdict};
use crate::instant::Wall;
use crate::schedule::IfInterrupted;
use crate::station::ZoneIx;

/// The rule that ends what sounds before its own end.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum CutBy {
    /// The lawful hours are over.
    Hours,
    /// Its session is as long as it may be.
    Session,
}

/// A job on its way through a lane: waiting, sounding or suspended, and what it has been through.
pub(super) struct ScheduledJob {
    pub(super) job: Job,
    /// When it began; meaningless while it waits.
    start: Wall,
    verdict: Verdict,
    /// Behind whom it waited.
    waited: Option<Cause>,
    /// While it is suspended, the last one is open: `to` equals `from`.
    breaks: Vec<Break>,
    suspended: bool,
    /// When the unbroken sound that is heard now began, and how far into the programme that was.
    since: Wall,
    offset: Duration,
    /// When it falls silent if nobody interrupts.
    due: Wall,
    /// What makes `due` come before its own end.
    cut_by: Option<CutBy>,
}

impl ScheduledJob {
    pub(super) const fn fresh(job: Job) -> Self {
        Self {
            start: job.scheduled,
            verdict: Verdict::Play,
            waited: None,
            breaks: Vec::new(),
            suspended: false,
            since: job.scheduled,
            offset: Duration::ZERO,
            due: Wall::MAX,
            cut_by: None,
            job,
        }
    }

    /// A job that has begun already.
    pub(super) fn carried(mut job: Job) -> Self {
        match std::mem::replace(&mut job.carried, Carried::Waiting) {
            Carried::Waiting => Self::fresh(job),
            Carried::Running { since, offset } => Self { start: since - offset, since, offset, ..Self::fresh(job) },
            Carried::Suspended { since, offset, by } => {
                let restart = job.broadcast.if_interrupted == IfInterrupted::Restart;
                let breaks = vec![Break { from: since, to: since, restart, by }];
                Self { start: since - offset, offset, breaks, suspended: true, ..Self::fresh(job) }
            }
        }
    }

    pub(super) const fn is_suspended(&self) -> bool {
        self.suspended
    }

    /// When it began; only of one that has.
    pub(super) const fn began(&self) -> Wall {
        self.start
    }

    pub(super) const fn since(&self) -> Wall {
        self.since
    }

    pub(super) const fn due(&self) -> Wall {
        self.due
    }

    /// The last instant (inclusive) at which it may begin, or go on.
    pub(super) fn latest(&self) -> Wall {
        match self.breaks.last() {
            Some(cut) if self.suspended => cut.from + self.job.broadcast.wait,
            _ => self.job.latest,
        }
    }

    /// It begins at `now`; `behind` is who fell silent at that instant.
    pub(super) fn start(&mut self, now: Wall, behind: Option<&Rival>) {
        (self.start, self.since) = (now, now);
        if now > self.job.scheduled {
            self.verdict = Verdict::Wait;
            self.waited = behind.cloned().map(Cause::Waits);
        }
    }

    /// It goes on at `now`, or begins again.
    pub(super) fn go_on(&mut self, now: Wall) {
        self.suspended = false;
        self.since = now;
        if let Some(cut) = self.breaks.last_mut() {
            cut.to = now;
        }
    }

    /// Set when it falls silent: at its own end, or where a rule ends it.
    pub(super) fn run_until(&mut self, limit: Option<(Wall, CutBy)>) {
        let end = self.since + self.job.programme.length.saturating_sub(self.offset);
        let limit = limit.filter(|(at, _)| *at < end);
        self.cut_by = limit.map(|(_, cut)| cut);
        self.due = limit.map_or(end, |(at, _)| at);
    }

    /// A higher class takes the lane at `now`. Whether it wants to go on afterwards.
    pub(super) fn suspend(&mut self, now: Wall, by: Rival) -> bool {
        let by = Interruption::Rival(by);
        let rule = self.job.broadcast.if_interrupted;
        let restart = rule == IfInterrupted::Restart;
        self.offset = if restart { Duration::ZERO } else { self.offset + now.after(self.since) };
        self.breaks.push(Break { from: now, to: now, restart, by });
        self.suspended = true;
        rule != IfInterrupted::Drop
    }

    /// The airing of one that has run to its end, or to where the guard ends it.
    pub(super) fn finished(self, guard: &Guard) -> (u32, Airing) {
        let first = self.breaks.iter().find_map(|cut| cut.by.rival()).cloned().map(Cause::Interrupted);
        let cut_short = self.cut_by.map(|cut| match cut {
            CutBy::Hours => guard.ended_by(self.due),
            CutBy::Session => {
                Cause::SessionTooLong(guard.sessions().and_then(SessionRule::longest).unwrap_or_default())
            }
        });
        let reason = cut_short.or(first).or(self.waited);
        let airing = self.job.settled(ZoneIx(0), self.start, self.verdict, reason);
        (self.job.rank, Airing { end: self.due, breaks: self.breaks.into(), ..airing })
    }

    /// The airing of one that is suspended and does not go on.
    pub(super) fn abandoned(mut self, reason: Option<Cause>) -> (u32, Airing) {
        let end = self.breaks.last().map_or(self.start, |cut| cut.from);
        if let Some(cut) = self.breaks.last_mut() {
            cut.restart = false;
        }
        let cut_short = self.breaks.last().and_then(|cut| cut.by.rival()).cloned().map(Cause::Interrupted);
        let airing = self.job.settled(ZoneIx(0), self.start, self.verdict, reason.or(cut_short));
        (self.job.rank, Airing { end, breaks: self.breaks.into(), ..airing })
    }
}
