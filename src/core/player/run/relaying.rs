//! What a run tells the journal of a relay: from when to when its sound was heard, and each stretch in which it had none.

use std::time::Duration;

use jiff::tz::TimeZone;

use super::Run;
use crate::diag::Text;
use crate::fact::{Entry, EntryKind};
use crate::instant::Wall;
use crate::player::outcome::HEARD_LEAST;
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
    /// The last row, not told yet: what comes may go on with it.
    row: Option<RelayRow>,
    rows: u32,
}

/// What was heard of a relay, from when to when.
#[derive(Debug)]
struct RelayRow {
    news: RelayNews,
    from: Wall,
    to: Wall,
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

    /// `news` was heard from `since` to `at`: the row before it, where it begins another.
    fn add(&mut self, news: RelayNews, since: Wall, at: Wall) -> Option<RelayRow> {
        let (from, mut sorts) = self.short.take().unwrap_or((since, Vec::new()));
        let length = at.after(since);
        match sorts.iter().position(|(known, _)| *known == news) {
            Some(place) => sorts[place].1 += length,
            None if sorts.len() < SORTS_MOST => sorts.push((news, length)),
            None => {}
        }
        if at.after(from) < self.least() {
            self.short = Some((from, sorts));
            return None;
        }
        self.stretch(sorts, from, at)
    }

    /// A stretch that is long enough for a row: where it says what the row before it does, it goes on with that.
    fn stretch(&mut self, sorts: Vec<(RelayNews, Duration)>, from: Wall, to: Wall) -> Option<RelayRow> {
        // What was heard longest.
        let (news, _) = sorts.into_iter().max_by_key(|(_, length)| *length)?;
        if let Some(row) = self.row.as_mut().filter(|row| row.news == news) {
            row.to = to;
            return None;
        }
        self.rows += 1;
        self.row.replace(RelayRow { news, from, to })
    }

    /// The row before what is heard now, once that is no flap.
    fn whole(&mut self, now: Wall) -> Option<RelayRow> {
        let (news, since) = self.now.as_ref()?;
        let is_other = self.row.as_ref().is_some_and(|row| row.news != *news);
        if is_other && now.after(*since) >= self.least() { self.row.take() } else { None }
    }

    /// It is over at `at`: the rows that are left. What is too short for one counts to the one before it.
    fn rest(&mut self, at: Wall) -> impl Iterator<Item = RelayRow> + use<> {
        let before = match self.short.take() {
            Some((from, sorts)) if at.after(from) >= STRETCH_LEAST => self.stretch(sorts, from, at),
            Some(_) => {
                if let Some(row) = &mut self.row {
                    row.to = at;
                }
                None
            }
            None => None,
        };
        before.into_iter().chain(self.row.take())
    }
}

impl RelayRow {
    /// As the journal has it; nothing of what is over.
    fn reason(&self, tz: &TimeZone) -> Option<Reason> {
        // A clock that was set back in between.
        if self.to <= self.from {
            return None;
        }
        let stretch = |instead: &str, why: Option<&Text>| {
            // To the nearest second.
            let half = Duration::from_millis(500);
            let span = record::span(self.from + half, self.to + half, tz);
            let cut = |said: &str| said.chars().take(WHY_MOST).collect();
            let why = why.map(|Text { vi, en }| Text { vi: cut(vi), en: cut(en) });
            let (relay, instead) = (self.news.relay.to_string(), instead.to_owned());
            RelayStretch { relay, from: span.from, to: span.to, instead, why }
        };
        match &self.news.heard {
            RelayHeard::Own => Some(Reason::Relayed(stretch("", None))),
            RelayHeard::Instead { what, why } => Some(Reason::RelaySilent(stretch(what, Some(why)))),
            RelayHeard::Over => None,
        }
    }
}

/// Neither its sound nor anything instead: nobody hears this.
fn is_silence(news: &RelayNews) -> bool {
    matches!(&news.heard, RelayHeard::Instead { what, .. } if what.is_empty())
}

impl Run {
    /// Another thing is heard now where a relay is booked.
    pub(in crate::player) fn relay_heard(&mut self, news: &RelayNews, scene: &mut ZoneContext<'_>) {
        // What is heard of somebody who speaks is he, and his pauses.
        if self.airing.broadcast.is_talk() || self.relaying.now() == Some(news) {
            return;
        }
        let is_over = news.heard == RelayHeard::Over;
        self.relay_ends(scene.now, scene);
        if is_over {
            self.relay_rests(scene.now, scene);
        } else {
            self.relaying.now = Some((news.clone(), scene.now));
        }
    }

    /// Time has passed: what was heard before is told once it is clear that it is over.
    pub(in crate::player) fn relay_goes_on(&mut self, scene: &mut ZoneContext<'_>) {
        if let Some(row) = self.relaying.whole(scene.now) {
            self.relay_told(&row, scene);
        }
    }

    /// What was heard so far of a relay ended at `at`.
    pub(in crate::player) fn relay_over(&mut self, at: Wall, scene: &mut ZoneContext<'_>) {
        self.relay_ends(at, scene);
        self.relay_rests(at, scene);
    }

    /// How much is known to be heard by `now`, once so much was of the voice at hand: what is left of it after a power cut. The silence
    /// of a relay is taken away as in the row of its end, what still goes on too; nothing at all where nothing else was heard.
    pub(in crate::player) fn known_heard(&self, of_voice: Duration, now: Wall) -> Duration {
        let heard = self.heard_with(of_voice);
        let silent = self.relaying.now.as_ref().filter(|(news, _)| is_silence(news));
        let silent = silent.and_then(|(_, since)| self.sounds_since(*since, now));
        let silence = self.unrelayed.length + silent.map_or(Duration::ZERO, |since| now.after(since));
        if silence < UNRELAYED_LEAST {
            return heard;
        }
        Some(heard.saturating_sub(silence)).filter(|left| *left >= HEARD_LEAST).unwrap_or_default()
    }

    /// From when on that was heard which came at `since`, if it was before `at`: what is got ready before its time, or before what cut
    /// into it is over, is not heard yet.
    fn sounds_since(&self, since: Wall, at: Wall) -> Option<Wall> {
        self.sounding.map(|(from, _)| from.max(since)).filter(|since| *since < at)
    }

    /// What is heard of a relay ended at `at`, and something else may follow.
    fn relay_ends(&mut self, at: Wall, scene: &mut ZoneContext<'_>) {
        let Some((news, since)) = self.relaying.now.take() else { return };
        let Some(since) = self.sounds_since(since, at) else { return };
        if is_silence(&news) {
            let row = RelayRow { news: news.clone(), from: since, to: at };
            if let Some(reason) = row.reason(&scene.world.station.timezone) {
                self.unrelayed.add(at.after(since), &reason);
            }
        }
        if let Some(row) = self.relaying.add(news, since, at) {
            self.relay_told(&row, scene);
        }
    }

    /// Nothing more of a relay is heard.
    fn relay_rests(&mut self, at: Wall, scene: &mut ZoneContext<'_>) {
        for row in self.relaying.rest(at) {
            self.relay_told(&row, scene);
        }
    }

    /// A note of what was heard.
    fn relay_told(&self, row: &RelayRow, scene: &mut ZoneContext<'_>) {
        let station = &scene.world.station;
        let Some(reason) = row.reason(&station.timezone) else { return };
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
            rows.extend(told.add(news(is_own), since, at));
        }
        rows.extend(told.rest(at));
        let since_start = |at: Wall| at.after(start).as_millis() as u64;
        rows.iter().map(|row| (row.news.heard == RelayHeard::Own, since_start(row.from), since_start(row.to))).collect()
    }

    #[test]
    fn a_flap_is_no_stretch_and_leaves_one_row_of_what_went_on_round_it() {
        let heard = [(false, 20), (true, 5_000), (false, 20), (true, 5_000), (false, 3_000), (true, 10)];
        assert_eq!(rows(heard), [(true, 0, 10_040), (false, 10_040, 13_050)]);
        assert_eq!(rows([(true, 5_000), (true, 5_000)]), [(true, 0, 10_000)]);
        assert_eq!(rows([(true, 5_000), (false, 20)]), [(true, 0, 5_020)]);
        assert!(rows([(true, 500), (false, 20)]).is_empty());
    }

    #[test]
    fn a_row_is_told_once_what_follows_it_is_no_flap() {
        let (mut told, start) = (RelayTold::default(), Wall::from_secs(1_800_000_000));
        let after = |millis| start + Duration::from_millis(millis);
        assert!(told.add(news(true), start, after(5_000)).is_none());
        told.now = Some((news(false), after(5_000)));
        assert!(told.whole(after(5_900)).is_none());
        assert!(told.whole(after(6_000)).is_some_and(|row| row.to == after(5_000)));
        assert!(told.whole(after(7_000)).is_none(), "once");
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
