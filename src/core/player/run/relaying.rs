//! What a run tells the journal of a relay: from when to when its sound was heard, and each stretch in which it had none.

use std::time::Duration;

use super::Run;
use crate::diag::Text;
use crate::fact::{Entry, EntryKind};
use crate::instant::Wall;
use crate::player::record;
use crate::player::scene::ZoneContext;
use crate::reason::{Reason, RelayStretch};
use crate::voice::{RelayHeard, RelayNews};

/// Letters of why a relay was silent: a sentence, with the command that helps.
const WHY_MOST: usize = 400;
/// Silence of an airing shorter than this, in all, is no more than what a relay takes to begin and to come back.
const UNRELAYED_LEAST: Duration = Duration::from_secs(5);

/// How long nothing was heard where a relay was booked, and the longest stretch of that, as the journal has it.
#[derive(Debug, Default)]
pub(in crate::player) struct Unrelayed {
    length: Duration,
    longest: Option<(Duration, Reason)>,
}

impl Unrelayed {
    fn add(&mut self, length: Duration, reason: &Reason) {
        self.length += length;
        if self.longest.as_ref().is_none_or(|(longest, _)| *longest < length) {
            self.longest = Some((length, reason.clone()));
        }
    }

    /// How long, and why, where that counts.
    pub(in crate::player) fn told(&self) -> Option<(Duration, Reason)> {
        let (_, reason) = self.longest.as_ref().filter(|_| self.length >= UNRELAYED_LEAST)?;
        Some((self.length, reason.clone()))
    }
}

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
        let stretch = |instead: &str, why: Option<&Text>| {
            // To the nearest second.
            let half = Duration::from_millis(500);
            let span = record::span(since + half, at + half, &station.timezone);
            let cut = |said: &str| said.chars().take(WHY_MOST).collect();
            let why = why.map(|Text { vi, en }| Text { vi: cut(vi), en: cut(en) });
            let (relay, instead) = (news.relay.to_string(), instead.to_owned());
            RelayStretch { relay, from: span.from, to: span.to, instead, why }
        };
        let reason = match &news.heard {
            RelayHeard::Own => Reason::Relayed(stretch("", None)),
            RelayHeard::Instead { what, why } => Reason::RelaySilent(stretch(what, Some(why))),
            RelayHeard::Over => return,
        };
        // Neither its sound nor anything instead: nobody heard this.
        if matches!(&news.heard, RelayHeard::Instead { what, .. } if what.is_empty()) {
            self.unrelayed.add(at.after(since), &reason);
        }
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
