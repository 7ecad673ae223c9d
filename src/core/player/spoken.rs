//! What somebody spoke live, as it was kept: it stands in the rows of the zones that heard it, and where those are written
//! already, in a note of its own.

use super::event::Action;
use super::machine::Player;
use super::record;
use crate::fact::{AudioRef, Entry};
use crate::instant::Now;
use crate::reason::{Ordered, Reason};

impl Player {
    /// What was heard of an order is kept as this file.
    pub(super) fn spoken(&mut self, now: Now, (order, by): (&str, &str), audio: AudioRef, actions: &mut Vec<Action>) {
        let runs = self.lanes.iter_mut().flat_map(|lane| &mut lane.runs);
        let mut is_under_way = false;
        for run in runs.filter(|run| run.airing.broadcast.ordered().is_some_and(|own| own.id == order)) {
            run.kept.push(audio.clone());
            is_under_way = true;
        }
        if is_under_way || !self.asked.was_given(order) || !self.asked.may_mark(now.mono) {
            return;
        }
        let reason = Reason::TalkKept(Ordered::by(by));
        let note = record::note(now.wall, reason, "tiếng nói trực tiếp");
        actions.push(record::noted(Entry { order: Some(order.to_owned()), audio: vec![audio], ..note }));
    }
}
