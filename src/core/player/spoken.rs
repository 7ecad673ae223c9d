//! Somebody who spoke live. What was kept of him, and why his talk broke off where it did, stand in the rows of the zones that
//! heard it, and where those are written already, in notes of their own.

use super::event::Action;
use super::machine::Player;
use super::record;
use super::run::Run;
use crate::fact::{AudioRef, Entry};
use crate::instant::Now;
use crate::reason::{Ordered, Reason};

impl Player {
    /// What was heard of an order is kept as this file.
    pub(super) fn spoken(&mut self, now: Now, (order, by): (&str, &str), audio: AudioRef, actions: &mut Vec<Action>) {
        let mut is_under_way = false;
        for run in self.runs_of(order) {
            run.talked.kept.push(audio.clone());
            is_under_way = true;
        }
        if is_under_way || !self.asked.was_given(order) || !self.asked.may_mark(now.mono) {
            return;
        }
        let reason = Reason::TalkKept(Ordered::by(by));
        let note = record::note(now.wall, reason, "tiếng nói trực tiếp");
        actions.push(record::noted(Entry { order: Some(order.to_owned()), audio: vec![audio], ..note }));
    }

    /// What people did about an order, or what befell it: its title, and its id where it has one. A note, but of a talk that
    /// broke off and is under way.
    pub(super) fn mark(
        &mut self,
        now: Now,
        reason: Reason,
        (title, order): (String, Option<String>),
        actions: &mut Vec<Action>,
    ) {
        let is_lost = matches!(reason, Reason::TalkLost(_));
        if is_lost && order.as_deref().is_some_and(|order| self.broke_off(order, &reason)) {
            return;
        }
        if self.asked.may_mark(now.mono) {
            actions.push(record::noted(Entry { order, ..record::note(now.wall, reason, title) }));
        }
    }

    /// A talk broke off. Whether a row will say so: where it is ended by something else, that stands there.
    fn broke_off(&mut self, order: &str, reason: &Reason) -> bool {
        let mut is_told = false;
        for run in self.runs_of(order).filter(|run| run.because.is_none()) {
            run.talked.lost = Some(reason.clone());
            is_told = true;
        }
        is_told
    }

    /// What is under way of the order of this id.
    fn runs_of(&mut self, order: &str) -> impl Iterator<Item = &mut Run> {
        let runs = self.lanes.iter_mut().flat_map(|lane| &mut lane.runs);
        runs.filter(move |run| run.airing.broadcast.ordered().is_some_and(|own| own.id == order))
    }
}
