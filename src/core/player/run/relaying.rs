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

/// Less is no stretch worth a row.
const STRETCH_LEAST: Duration = Duration::from_secs(1);
/// After so many rows of one airing a stretch has to be twice as long, and so on: however a source comes and goes, the rows
/// stay few.
const ROWS_UNTIL_LONGER: u32 = 16;
/// Sorts of what was heard in one stretch that are told apart.
const SORTS_MOST: usize = 8;

/// What a run has told of its relays, and what it will tell next.
#[derive(Debug, Default)]
pub(in crate::player) struct RelayTold {
    now: Option<(RelayNews, Wall)>,
    /// What was heard before in too short a stretch for a row, for how long, and since when.
    short: Option<(Wall, Vec<(RelayNews, Duration)>)>,
    rows: u32,
}

impl RelayTold {
    /// What is heard now.
    pub(in crate::player) fn now(&self) -> Option<&RelayNews> {
        self.now.as_ref().map(|(news, _)| news)
    }

    /// The shortest stretch that gets a row.
    fn least(&self) -> Duration {
        STRETCH_LEAST.saturating_mul(1_u32.checked_shl(self.rows / ROWS_UNTIL_LONGER).unwrap_or(u32::MAX))
    }

    /// `news` was heard from `since` to `at`: what the next row is of, and since when; none where that is too short.
    fn add(&mut self, news: RelayNews, since: Wall, at: Wall, is_last: bool) -> Option<(RelayNews, Wall)> {
        let (from, mut sorts) = self.short.take().unwrap_or((since, Vec::new()));
        let length = at.after(since);
        match sorts.iter().position(|(known, _)| *known == news) {
            Some(place) => sorts[place].1 += length,
            None if sorts.len() < SORTS_MOST => sorts.push((news, length)),
            None => {}
        }
        if at.after(from) < if is_last { STRETCH_LEAST } else { self.least() } {
            self.short = Some((from, sorts)).filter(|_| !is_last);
            return None;
        }
        self.rows += 1;
        // What was heard longest.
        sorts.into_iter().max_by_key(|(_, length)| *length).map(|(news, _)| (news, from))
    }
}

impl Run {
    /// Another thing is heard now where a relay is booked.
    pub(in crate::player) fn relay_heard(&mut self, news: &RelayNews, scene: &mut ZoneContext<'_>) {
        // What is heard of somebody who speaks is he, and his pauses.
        if self.airing.broadcast.is_talk() || self.relaying.now() == Some(news) {
            return;
        }
        let is_over = news.heard == RelayHeard::Over;
        self.relay_ends(scene.now, is_over, scene);
        if !is_over {
            self.relaying.now = Some((news.clone(), scene.now));
        }
    }

    /// What was heard so far of a relay ended at `at`.
    pub(in crate::player) fn relay_over(&mut self, at: Wall, scene: &mut ZoneContext<'_>) {
        self.relay_ends(at, true, scene);
    }

    /// What is heard of a relay ended at `at`: a note of it, where it lasted.
    fn relay_ends(&mut self, at: Wall, is_last: bool, scene: &mut ZoneContext<'_>) {
        let Some((news, since)) = self.relaying.now.take() else { return };
        // What is got ready before its time is not heard yet.
        let Some(since) = self.started.map(|started| started.max(since)).filter(|since| *since < at) else {
            self.relaying.short = self.relaying.short.take().filter(|_| !is_last);
            return;
        };
        let station = &scene.world.station;
        let said = |news: &RelayNews, from: Wall| {
            let stretch = |instead: &str, why: Option<&Text>| {
                // To the nearest second.
                let half = Duration::from_millis(500);
                let span = record::span(from + half, at + half, &station.timezone);
                let cut = |said: &str| said.chars().take(WHY_MOST).collect();
                let why = why.map(|Text { vi, en }| Text { vi: cut(vi), en: cut(en) });
                let (relay, instead) = (news.relay.to_string(), instead.to_owned());
                RelayStretch { relay, from: span.from, to: span.to, instead, why }
            };
            match &news.heard {
                RelayHeard::Own => Some(Reason::Relayed(stretch("", None))),
                RelayHeard::Instead { what, why } => Some(Reason::RelaySilent(stretch(what, Some(why)))),
                RelayHeard::Over => None,
            }
        };
        // Neither its sound nor anything instead: nobody heard this.
        if let RelayHeard::Instead { what, .. } = &news.heard
            && what.is_empty()
            && let Some(reason) = said(&news, since)
        {
            self.unrelayed.add(at.after(since), &reason);
        }
        let row = self.relaying.add(news, since, at, is_last);
        let Some(reason) = row.and_then(|(news, from)| said(&news, from)) else { return };
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::diag::text;

    fn news(is_own: bool) -> RelayNews {
        let instead = || RelayHeard::Instead { what: Arc::from("nhac"), why: text!("đứt", "cut") };
        RelayNews { relay: Arc::from("dai-tinh"), heard: if is_own { RelayHeard::Own } else { instead() } }
    }

    /// Rows of what was heard, each for so many milliseconds: whether it is the relay's own sound, from when to when.
    fn rows(heard: impl IntoIterator<Item = (bool, u64)>) -> Vec<(bool, u64, u64)> {
        let (mut told, start) = (RelayTold::default(), Wall::from_secs(1_800_000_000));
        let (mut at, mut rows) = (start, Vec::new());
        for (is_own, millis) in heard {
            let since = at;
            at = at + Duration::from_millis(millis);
            if let Some((news, from)) = told.add(news(is_own), since, at, false) {
                let since_start = |at: Wall| at.after(start).as_millis() as u64;
                rows.push((news.heard == RelayHeard::Own, since_start(from), since_start(at)));
            }
        }
        rows
    }

    #[test]
    fn a_flap_is_no_stretch_and_counts_to_the_one_beside_it() {
        let heard = [(false, 20), (true, 5_000), (false, 20), (true, 5_000), (false, 3_000), (true, 10)];
        assert_eq!(rows(heard), [(true, 0, 5_020), (true, 5_020, 10_040), (false, 10_040, 13_040)]);
    }

    #[test]
    fn the_rows_of_a_source_that_comes_and_goes_for_hours_are_few_and_leave_nothing_out() {
        for [own, instead] in [[400, 3_000], [6_000, 7_000], [20, 20], [1_000, 1_000], [1_980, 20]] {
            let times = 4 * 3_600_000 / (own + instead);
            let rows = rows((0..times).flat_map(|_| [(true, own), (false, instead)]));
            assert!(rows.len() < 220, "{own} {instead}: {}", rows.len());
            assert!(rows.iter().all(|(_, from, to)| to - from >= 1_000));
            assert!(rows.iter().zip(&rows[1..]).all(|((.., end), (_, from, _))| end == from));
            let many = rows.iter().filter(|(is_own, ..)| *is_own == (own > instead)).count();
            assert!(own == instead || many * 2 >= rows.len(), "{own} {instead}");
        }
    }
}
