use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use super::act::{CutBy, ScheduledJob};
use super::part::ZonePart;
use super::{Airing, Carried, Cause, Guard, Heard, Job, Rival, SessionCount, SessionRule, Verdict};
use crate::instant::Wall;
use crate::station::ZoneIx;

/// One zone from an instant on: all that the rules need to settle who sounds when.
#[derive(Clone, Copy, Debug)]
pub struct PlanLane<'a> {
    /// Which zone.
    pub zone: ZoneIx,
    /// The law.
    pub guard: &'a Guard,
    /// The instant of the carried state; nothing is decided before it.
    pub from: Wall,
    /// What has been heard up to then, as far back as the sessions of the day go; only asked where
    /// sessions are limited.
    pub history: &'a [Heard],
}

/// Settle every job of one zone: who plays, who waits, who is cut, who is refused, who is missed.
///
/// Each job comes back as exactly one airing, ordered by (start, scheduled, rank). The plan calls it
/// from an idle lane; the player from `now`, with what runs, what is suspended and what waits.
///
/// A carried job comes back with a start such that `start` plus the sound heard is its position: a
/// running one starts `offset` before `since`, and a suspended one keeps its open break as the first.
pub fn resolve(lane: &PlanLane<'_>, jobs: Vec<Job>) -> Vec<Airing> {
    let mut timeline = ZoneTimeline::new(*lane);
    let mut fresh: Vec<Job> = Vec::with_capacity(jobs.len());
    for job in jobs {
        if job.carried == Carried::Waiting { fresh.push(job) } else { timeline.carry(job) }
    }
    fresh.sort_by(|a, b| a.not_before.cmp(&b.not_before).then_with(|| a.precedence(b)));
    for job in fresh {
        timeline.arrive(job);
    }
    timeline.run_out();
    timeline.done_before(Wall::MAX).into_iter().map(|(_, airing)| airing).collect()
}

/// The lane as it is played through: one airing sounds, the others queue.
///
/// Jobs arrive in the order of their `not_before`. Everything that falls on one instant is decided
/// together: first what ends, then who has waited too long, then who sounds.
pub(super) struct ZoneTimeline<'a> {
    lane: PlanLane<'a>,
    /// The instant whose arrivals are being gathered.
    now: Wall,
    /// Something at `now` is still to be decided.
    open: bool,
    running: Option<ScheduledJob>,
    /// Waiting and suspended, the first to go last. Those that come later mostly go later: they enter in front,
    /// where a crowd at one instant costs nothing.
    queue: VecDeque<ScheduledJob>,
    /// No one in the queue gives up before this.
    soonest: Wall,
    done: Vec<(u32, Airing)>,
    /// The lawful stretch that was asked for last.
    lawful: Range<Wall>,
    /// How far the sessions have come, where they are limited.
    sessions: Option<(&'a SessionRule, SessionCount)>,
}

impl<'a> ZoneTimeline<'a> {
    pub(super) fn new(lane: PlanLane<'a>) -> Self {
        Self {
            now: lane.from,
            open: false,
            running: None,
            queue: VecDeque::new(),
            soonest: Wall::MAX,
            done: Vec::new(),
            lawful: Wall::MAX..Wall::MAX,
            sessions: lane.guard.sessions().map(|rule| (rule, rule.tally(lane.history))),
            lane,
        }
    }

    /// Take over a job that has begun. Where two claim to sound, the first to go by the rules does.
    pub(super) fn carry(&mut self, job: Job) {
        let mut act = ScheduledJob::carried(job);
        if act.is_suspended() {
            return self.enqueue(act);
        }
        let since = act.since();
        let limit = self.limit(&act.job, since);
        let limit = self.sound(&act.job, since.max(self.lane.from), limit);
        act.run_until(limit);
        let Some(mut winner) = self.running.take() else {
            self.open = true;
            self.running = Some(act);
            return;
        };
        if winner.job.precedence(&act.job).is_gt() {
            std::mem::swap(&mut winner, &mut act);
        }
        let by = winner.job.as_rival();
        self.running = Some(winner);
        self.cut(act, by);
    }

    /// The next job, in order of `not_before`.
    pub(super) fn arrive(&mut self, job: Job) {
        let at = job.not_before.max(self.lane.from);
        self.advance(at);
        // What is ordered is tried, and answered by its output.
        if self.lane.guard.is_mute() && job.broadcast.ordered().is_none() {
            return self.refuse(&job, at, Verdict::Miss, Cause::NoOutput);
        }
        if let Some(mourning) = &job.programme.silenced {
            return self.refuse(&job, at, Verdict::Refuse, Cause::Mourning(Arc::clone(mourning)));
        }
        if !job.programme.is_playable() {
            let reason = if job.programme.is_coming { Cause::Changing } else { Cause::NoSound };
            return self.refuse(&job, at, Verdict::Miss, reason);
        }
        if let Some(lack) = job.programme.standing.lack() {
            return self.refuse(&job, at, Verdict::Refuse, Cause::NotApproved(lack.clone()));
        }
        if self.limit(&job, at).is_some_and(|end| end <= at) {
            let closed = self.lane.guard.closed(at);
            return self.refuse(&job, at, Verdict::Refuse, closed);
        }
        self.enqueue(ScheduledJob::fresh(job));
    }

    /// Settle an occurrence at `at` that meets nobody: the lane is idle, `next` comes after its end, and
    /// the hours allow it. Anything else is left as it is, for [`ZoneTimeline::arrive`], and gives false.
    pub(super) fn alone(&mut self, part: &ZonePart<'_>, at: Wall, next: Wall) -> bool {
        self.advance(at);
        let end = at + part.programme.length;
        // Where sessions are limited, they have to be counted.
        let idle =
            self.running.is_none() && self.queue.is_empty() && self.sessions.is_none() && !self.lane.guard.is_mute();
        let lawful = part.broadcast.passes_hours() || self.lawful.contains(&at) && end <= self.lawful.end;
        if !idle || end > next || !lawful || !part.programme.is_playable() || part.programme.standing.lack().is_some() {
            return false;
        }
        self.done.push((part.rank, part.airing(self.lane.zone, at)));
        true
    }

    /// Whether a job scheduled before `at` is still unsettled.
    pub(super) fn holds_before(&self, at: Wall) -> bool {
        self.running.iter().chain(&self.queue).any(|act| act.job.scheduled < at)
    }

    /// Play to the end: no more jobs arrive.
    pub(super) fn run_out(&mut self) {
        self.advance(Wall::MAX);
        // What is left has no end before the end of time.
        if let Some(act) = self.running.take() {
            self.emit(act.finished(self.lane.guard));
        }
    }

    /// No airing still to come starts before this.
    pub(super) fn ready(&self) -> Wall {
        let begun = self.running.iter().chain(self.queue.iter().filter(|act| act.is_suspended()));
        begun.map(ScheduledJob::began).fold(self.now, Wall::min)
    }

    /// Take out what starts before `at` (for [`Wall::MAX`]: all), with ranks, ordered by (start,
    /// scheduled, rank).
    pub(super) fn done_before(&mut self, at: Wall) -> Vec<(u32, Airing)> {
        self.done.sort_by_key(|(rank, airing)| (airing.start, airing.scheduled, *rank));
        let count = self.done.partition_point(|(_, airing)| airing.start < at || at == Wall::MAX);
        let rest = self.done.split_off(count);
        std::mem::replace(&mut self.done, rest)
    }

    /// Decide everything before `to`, and leave `to` open for arrivals.
    pub(super) fn advance(&mut self, to: Wall) {
        if to <= self.now {
            return;
        }
        if self.open {
            self.settle(None);
        }
        while let Some(due) = self.running.as_ref().map(ScheduledJob::due).filter(|due| *due < to) {
            self.now = self.now.max(due);
            let ended = self.end_running();
            self.settle(ended);
        }
        self.now = to;
    }

    /// Whoever has run to its end by `now`: its airing is done, and it is named by who waited for it.
    fn end_running(&mut self) -> Option<Rival> {
        self.expire();
        let act = self.running.take_if(|act| act.due() <= self.now)?;
        self.fall_silent(&act, act.due());
        let rival = (!self.queue.is_empty()).then(|| act.job.as_rival());
        self.emit(act.finished(self.lane.guard));
        rival
    }

    /// Decide who sounds at `now`; `ended` is who fell silent at this very instant.
    fn settle(&mut self, ended: Option<Rival>) {
        self.open = false;
        let ended = ended.or_else(|| self.end_running());
        while let Some(next) = self.queue.back() {
            if self.running.as_ref().is_some_and(|running| !next.job.interrupts(&running.job)) {
                break;
            }
            let Some(next) = self.queue.pop_back() else { break };
            if self.queue.is_empty() {
                self.soonest = Wall::MAX;
            }
            self.begin(next, ended.as_ref());
        }
    }

    /// Let `act` sound from `now`, over what is running, if the hours allow it.
    fn begin(&mut self, mut act: ScheduledJob, ended: Option<&Rival>) {
        let limit = self.limit(&act.job, self.now);
        self.heard_so_far();
        if act.is_suspended() {
            if limit.is_some_and(|limit| limit <= self.now) {
                let over = self.lane.guard.ended_by(self.now);
                return self.emit(act.abandoned(Some(over)));
            }
            if let Some(objection) = self.objection(&act.job, Duration::from_nanos(1)) {
                return self.emit(act.abandoned(Some(objection)));
            }
            act.go_on(self.now);
        } else {
            if let Some(limit) = limit.filter(|limit| self.now + act.job.programme.length > *limit) {
                return self.refuse(&act.job, self.now, Verdict::Refuse, self.lane.guard.ended_by(limit));
            }
            if let Some(objection) = self.objection(&act.job, act.job.programme.length) {
                return self.refuse(&act.job, self.now, Verdict::Refuse, objection);
            }
            act.start(self.now, ended);
        }
        let limit = self.sound(&act.job, self.now, limit);
        act.run_until(limit);
        let by = act.job.as_rival();
        if let Some(loser) = self.running.replace(act) {
            self.cut(loser, by);
        }
    }

    /// `act` falls silent at `now` because of `by`.
    fn cut(&mut self, mut act: ScheduledJob, by: Rival) {
        self.fall_silent(&act, self.now);
        if act.suspend(self.now, by) {
            self.enqueue(act);
        } else {
            self.emit(act.abandoned(None));
        }
    }

    /// Those who have waited too long by `now`, behind what sounds.
    fn expire(&mut self) {
        if self.soonest >= self.now {
            return;
        }
        let (now, queue) = (self.now, std::mem::take(&mut self.queue));
        let (gone, stay): (VecDeque<ScheduledJob>, VecDeque<ScheduledJob>) =
            queue.into_iter().partition(|act| act.latest() < now);
        self.queue = stay;
        self.soonest = self.queue.iter().map(ScheduledJob::latest).min().unwrap_or(Wall::MAX);
        for act in gone {
            if act.is_suspended() {
                self.emit(act.abandoned(None));
                continue;
            }
            let (winner, free) = match &self.running {
                Some(running) => (Some(running.job.as_rival()), running.due()),
                None => (None, now),
            };
            let reason = winner.map(Cause::WaitExpired);
            let airing = act.job.settled(self.lane.zone, free, Verdict::Miss, reason);
            self.done.push((act.job.rank, airing));
        }
    }

    fn enqueue(&mut self, act: ScheduledJob) {
        self.soonest = self.soonest.min(act.latest());
        self.open = true;
        let ix = self.queue.partition_point(|other| other.job.precedence(&act.job).is_gt());
        self.queue.insert(ix, act);
    }

    /// When the lawful hours of `at` end, for what they bind; `at` or earlier outside of them.
    fn limit(&mut self, job: &Job, at: Wall) -> Option<Wall> {
        if job.broadcast.passes_hours() {
            return None;
        }
        if !self.lawful.contains(&at) {
            match self.lane.guard.stretch(at) {
                Some(stretch) => self.lawful = stretch,
                None => return Some(at),
            }
        }
        (self.lawful.end < Wall::MAX).then_some(self.lawful.end)
    }

    /// Why the rule of sessions does not let `job` sound for `length` from `now`.
    fn objection(&self, job: &Job, length: Duration) -> Option<Cause> {
        let (rule, tally) = self.sessions.as_ref().filter(|_| !job.broadcast.passes_hours())?;
        rule.objection(tally, self.now, length)
    }

    /// `job` sounds from `at`, as the rule of sessions counts it; where it must end, given the end of the
    /// lawful hours.
    fn sound(&mut self, job: &Job, at: Wall, hours: Option<Wall>) -> Option<(Wall, CutBy)> {
        let hours = hours.map(|at| (at, CutBy::Hours));
        let Some((rule, tally)) = self.sessions.as_mut().filter(|_| !job.broadcast.passes_hours()) else {
            return hours;
        };
        rule.begin(tally, at);
        let session = rule.end(tally, at).map(|end| (end.max(at), CutBy::Session));
        hours.into_iter().chain(session).min_by_key(|(at, _)| *at)
    }

    /// What sounds has been heard up to `now`.
    fn heard_so_far(&mut self) {
        if let (Some((_, tally)), Some(running)) = (&mut self.sessions, &self.running)
            && !running.job.broadcast.passes_hours()
        {
            tally.heard(self.now);
        }
    }

    /// `act` falls silent at `at`, as the rule of sessions counts it.
    fn fall_silent(&mut self, act: &ScheduledJob, at: Wall) {
        let Some((_, tally)) = &mut self.sessions else { return };
        if act.job.broadcast.passes_hours() {
            tally.pause(act.since().max(self.lane.from), at);
        } else {
            tally.heard(at);
        }
    }

    fn refuse(&mut self, job: &Job, at: Wall, verdict: Verdict, reason: Cause) {
        let airing = job.settled(self.lane.zone, at, verdict, Some(reason));
        self.done.push((job.rank, airing));
    }

    fn emit(&mut self, (rank, mut airing): (u32, Airing)) {
        airing.zone = self.lane.zone;
        self.done.push((rank, airing));
    }
}
