//! What a run tells the journal of a relay: from when to when its sound was heard, and each stretch in which it had none.

use std::time::Duration;

use super::Run;
use crate::fact::{Entry, EntryKind};
use crate::instant::Wall;
use crate::player::record;
use crate::player::scene::ZoneContext;
use crate::reason::{Reason, RelayStretch};
use crate::voice::{RelayHeard, RelayNews};

impl Run {
    /// Another thing is heard now where a relay is booked.
    pub(in crate::player) fn relay_heard(&mut self, news: &RelayNews, scene: &mut ZoneContext<'_>) {
        // What is heard of somebody who speaks is he, and his pauses.
        if self.airing.broadcast.is_talk() || self.relaying.as_ref().is_some_and(|(known, _)| known == news) {
            return;
        }
        self.relay_over(scene.now, scene);
        if news.heard != RelayHeard::Over {
            self.relaying = Some((news.clone(), scene.now));
        }
    }

    /// What was heard so far of a relay ended at `at`: one note of it.
    pub(in crate::player) fn relay_over(&mut self, at: Wall, scene: &mut ZoneContext<'_>) {
        let Some((news, since)) = self.relaying.take() else { return };
        // What is got ready before its time is not heard yet.
        let Some(since) = self.started.map(|started| started.max(since)).filter(|since| *since < at) else { return };
        let station = &scene.world.station;
        let stretch = |instead: &str| {
            // To the nearest second.
            let half = Duration::from_millis(500);
            let span = record::span(since + half, at + half, &station.timezone);
            RelayStretch { relay: news.relay.to_string(), from: span.from, to: span.to, instead: instead.to_owned() }
        };
        let reason = match &news.heard {
            RelayHeard::Own => Reason::Relayed(stretch("")),
            RelayHeard::Instead { what, .. } => Reason::RelaySilent(stretch(what)),
            RelayHeard::Over => return,
        };
        scene.actions.push(record::noted(Entry {
            kind: EntryKind::Note,
            reason: Some(reason),
            seconds_planned: None,
            audio: Vec::new(),
            order: None,
            ..record::draft(&self.airing, station, scene.now)
        }));
    }
}
