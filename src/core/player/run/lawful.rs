//! A run before the law: whether it may sound now, how loud, and what of it counts as heard.

use std::time::Duration;

use super::{NEAR, Run, START_GRACE};
use crate::instant::Wall;
use crate::plan::{Guard, Heard, Piece, SessionCount, Volume};
use crate::player::record;
use crate::player::scene::ZoneContext;
use crate::reason::Reason;

/// A rule that ends what sounds; of two at one instant the first is told.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(in crate::player) enum Limit {
    Hours,
    Session,
}

impl Limit {
    /// Why it was silent from the cut at `at` on.
    pub(super) fn reason(self, at: Wall, guard: &Guard) -> Reason {
        match self {
            // A cut is not delayed.
            Self::Hours => guard.ended_by(at - guard.delay()).reason(),
            Self::Session => Reason::SessionTooLong,
        }
    }
}

impl Run {
    /// Why it may not begin, or go on, at `at`. An emergency passes, and the journal says so.
    pub(super) fn unlawful(&mut self, at: Wall, scene: &mut ZoneContext<'_>) -> Option<Reason> {
        let length = self.airing.programme.length;
        if self.is_emergency() {
            let objection = scene.guard.objection(scene.tally.as_ref(), at, length);
            if let Some(objection) = objection {
                self.pass(objection.reason(), scene);
            }
            return None;
        }
        if self.airing.broadcast.passes_hours() {
            return None;
        }
        // Its end is kept by a cut: what has been planned well and is only late is not silenced.
        let moment = Duration::from_nanos(1);
        scene.guard.objection(scene.tally.as_ref(), at, moment).map(|objection| objection.reason())
    }

    /// That nobody has let it sound, as it is. An emergency passes, and the journal says so.
    pub(super) fn unapproved(&mut self, scene: &mut ZoneContext<'_>) -> Option<Reason> {
        let because = scene.unapproved(&self.airing)?;
        if !self.is_emergency() {
            return Some(because);
        }
        self.pass(because, scene);
        None
    }

    /// It sounds as an emergency, against `rule`: said once of the hours and sessions, and once of the approval.
    fn pass(&mut self, rule: Reason, scene: &mut ZoneContext<'_>) {
        let is_approval = |rule: &Reason| matches!(rule, Reason::NotApproved(_));
        if self.passed.iter().any(|told| is_approval(told) == is_approval(&rule)) {
            return;
        }
        self.passed.push(rule.clone());
        let note = record::passed(&self.airing, &scene.world.station, scene.now, rule);
        scene.actions.push(record::noted(note));
    }

    /// When this piece must be silent, where that is before its programme is over: at an interruption
    /// or where a rule ends it, with that reason.
    pub(super) fn cut_of(
        &self,
        piece: Piece,
        guard: &Guard,
        tally: Option<&SessionCount>,
    ) -> Option<(Wall, Option<Limit>)> {
        let left = self.airing.programme.length.saturating_sub(piece.offset);
        let planned = (piece.start + left > piece.end).then_some((piece.end, None));
        if self.airing.broadcast.passes_hours() {
            return planned;
        }
        let session = guard.sessions().zip(tally).and_then(|(rule, tally)| rule.end(tally, piece.start));
        let hours = guard.end_of_hours(piece.start).map(|limit| (limit, Limit::Hours));
        let limits = hours.into_iter().chain(session.map(|limit| (limit, Limit::Session)));
        let lawful = limits.filter(|(limit, _)| *limit < piece.start + left + START_GRACE).min();
        // What the plan ends there is ended by that rule.
        let by_rule = lawful.filter(|_| !guard.delay().is_zero()).map(|(limit, _)| limit);
        let planned = planned.filter(|(at, _)| by_rule != Some(*at));
        // A cut is not delayed, and what it cuts is: it comes when what is planned up to the limit is heard.
        let lawful =
            lawful.map(|(limit, because)| (limit + guard.delay(), (limit < piece.start + left).then_some(because)));
        planned.into_iter().chain(lawful).min_by_key(|(at, _)| *at)
    }

    /// How loud it is; an emergency is as loud as its zone can be.
    pub(super) fn volume(&self, piece: Piece, guard: &Guard) -> Volume {
        if self.is_emergency() {
            return Volume::default();
        }
        let left = self.airing.programme.length.saturating_sub(piece.offset);
        guard.volume(piece.start, piece.start + left + self.grace().max(START_GRACE))
    }

    /// What is being heard of it at `now`, up to `until` or its end.
    pub(in crate::player) fn hearing(&self, now: Wall, until: Wall) -> Option<Heard> {
        let piece = self.pieces.front().filter(|_| self.is_on_air(now))?;
        let from = self.sounding.map_or(piece.start, |(from, _)| from);
        let to = if until > now { until.min(piece.end).max(now) } else { now };
        Some(Heard { from, to, emergency: self.airing.broadcast.passes_hours() })
    }

    /// Its voice fell silent at `at`: what of it was heard. Half a second early or late is as planned.
    pub(in crate::player) fn heard_until(&mut self, at: Wall) -> Option<Heard> {
        let (from, lag) = self.sounding.take()?;
        let expected = self.pieces.front().map_or(at, |piece| piece.end);
        let to = if expected.after(at).max(at.after(expected)) <= NEAR { expected } else { at };
        Some(Heard { from, to: to.moved(-lag), emergency: self.airing.broadcast.passes_hours() })
    }
}
