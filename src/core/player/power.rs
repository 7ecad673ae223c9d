//! The amplifiers' share of the player: what will sound when, for the bank; its orders as actions; what the
//! switches answer, for the journal.

use super::event::Action;
use super::lane::{Lane, will_sound};
use super::machine::Player;
use super::record;
use crate::amplifier::{PowerNeed, Told};
use crate::diag::{Text, text};
use crate::instant::{Now, Wall};
use crate::reason::{Reason, Trouble};
use crate::station::ZoneIx;

impl Player {
    /// Switch what must be switched now.
    pub(super) fn feed(&mut self, now: Now, actions: &mut Vec<Action>) {
        let needs = self.needs(now.wall);
        for order in self.bank.step(now, &needs, self.is_over()) {
            actions.push(Action::Switch { amplifier: order.amplifier, on: order.on });
        }
    }

    /// When the amplifiers want something done.
    pub(super) fn feed_deadline(&self) -> Option<Wall> {
        self.bank.deadline(self.last, &self.needs(self.last.wall), self.is_over())
    }

    /// Nothing sounds any more, and nothing will.
    pub(super) fn is_over(&self) -> bool {
        self.ending && self.lanes.iter().all(|lane| lane.runs.is_empty())
    }

    /// A switch answers.
    pub(super) fn switched(
        &mut self,
        now: Now,
        amplifier: usize,
        on: bool,
        done: &Result<(), Text>,
        actions: &mut Vec<Action>,
    ) {
        let Some(Told { name, zones }) = self.bank.answered(now, amplifier, on, done) else { return };
        if done.is_err() {
            // Nothing warms up there, so nothing waits for it: what is held is prepared again, for now.
            let held = self.lanes.iter_mut().filter(|lane| zones.contains(&lane.zone));
            held.flat_map(|lane| &mut lane.runs).for_each(|run| run.let_go(now.wall, actions));
        }
        let titles = self.titles(&zones);
        let failed =
            |Text { vi, en }: &Text| Reason::AmplifierFailed(Trouble::Told(text!("{titles}: {vi}", "{titles}: {en}")));
        let (reason, title) = match (done, on) {
            (Ok(()), true) => (Reason::AmplifierOn(name.clone()), format!("bật tăng âm: {titles}")),
            (Ok(()), false) => (Reason::AmplifierOff(name.clone()), format!("tắt tăng âm: {titles}")),
            (Err(why), true) => (failed(why), format!("không bật được tăng âm: {titles}")),
            (Err(why), false) => (failed(why), format!("không tắt được tăng âm: {titles}")),
        };
        let mut note = record::note(now.wall, reason, title);
        if let [only] = zones.as_slice() {
            note.zone = self.world.station.zones.get(usize::from(only.0)).map(|zone| zone.id.clone());
        }
        match (done, on) {
            (Ok(()), true) => note.started = Some(now.wall),
            (Ok(()), false) => note.ended = Some(now.wall),
            (Err(_), _) => {}
        }
        actions.push(record::noted(note));
    }

    fn titles(&self, zones: &[ZoneIx]) -> String {
        let title = |zone: &ZoneIx| self.world.station.zones.get(usize::from(zone.0)).map(|zone| zone.title.as_str());
        zones.iter().filter_map(title).collect::<Vec<_>>().join(", ")
    }

    /// What sounds and what will, where it matters to an amplifier. Of what is to come the first of each
    /// zone is enough: the rest is asked for again when that is over.
    fn needs(&self, now: Wall) -> Vec<PowerNeed> {
        let fed = self.lanes.iter().filter(|lane| self.bank.feeds(lane.zone));
        fed.flat_map(|lane| lane.needs(now).chain(self.next_need(lane, now))).collect()
    }

    fn next_need(&self, lane: &Lane, now: Wall) -> Option<PowerNeed> {
        let first = lane.future.iter().find(|airing| {
            will_sound(airing) && (self.distrust(now.max(airing.start)).is_none() || airing.is_ordered())
        })?;
        let piece = first.pieces().next()?;
        Some(PowerNeed { zone: lane.zone, from: piece.start, to: Some(piece.end) })
    }
}
