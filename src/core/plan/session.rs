use std::ops::Range;
use std::time::Duration;

use jiff::tz::TimeZone;

use super::Cause;
use crate::calendar::Days;
use crate::instant::Wall;
use crate::schedule::Rules;

/// Silence that parts two sessions; anything shorter joins them.
pub const SESSION_GAP: Duration = Duration::from_mins(5);

/// A stretch of sound that a zone has heard.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Heard {
    /// When its first sample was heard.
    pub from: Wall,
    /// When its last sample had been heard.
    pub to: Wall,
    /// It was an emergency.
    pub emergency: bool,
}

/// How far a zone's sessions have come: the newest one, and how many its day has had.
///
/// An emergency stops this clock: it neither makes a session longer, nor parts it, nor counts as one,
/// and the silence before and after it is one silence.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct SessionCount {
    newest: Option<Session>,
    /// The local day on which the newest began, and how many have begun on it.
    day: i32,
    count: u32,
}

/// A session, later than it was by as long as emergencies have sounded since it began.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Session {
    from: Wall,
    to: Wall,
}

/// What the law says of sessions: airings of one zone with less than [`SESSION_GAP`] between them.
#[derive(Clone, Debug)]
pub struct SessionRule {
    longest: Option<Duration>,
    most: Option<u32>,
    days: Days,
}

impl SessionRule {
    /// `None` where sessions are not limited.
    pub(super) fn of(rules: &Rules, tz: &TimeZone) -> Option<Self> {
        let (longest, most) = (rules.max_session, rules.max_sessions_per_day);
        (longest.is_some() || most.is_some()).then(|| Self { longest, most, days: Days::new(tz, Wall::MIN, Wall::MIN) })
    }

    /// What a zone's sessions have come to after all of `history`, in any order. It must reach back to
    /// the beginning of the first session that counts.
    pub fn tally(&self, history: &[Heard]) -> SessionCount {
        let mut emergencies: Vec<Heard> = history.iter().filter(|heard| heard.emergency).copied().collect();
        emergencies.sort_unstable();
        let mut all: Vec<Heard> = Vec::with_capacity(history.len());
        for mut emergency in emergencies.iter().copied() {
            emergency.from = all.last().map_or(emergency.from, |last| emergency.from.max(last.to));
            all.extend((emergency.from < emergency.to).then_some(emergency));
        }
        let emergencies = all.clone();
        for ordinary in history.iter().filter(|heard| !heard.emergency) {
            // A row of the journal spans the emergencies that interrupted it.
            let mut rest = *ordinary;
            for emergency in emergencies.iter().filter(|one| one.to > ordinary.from && one.from < ordinary.to) {
                all.push(Heard { to: emergency.from, ..rest });
                rest.from = rest.from.max(emergency.to);
            }
            all.push(rest);
        }
        all.retain(|heard| heard.from < heard.to);
        all.sort_unstable();
        let mut tally = SessionCount::default();
        for heard in all {
            if heard.emergency {
                tally.pause(heard.from, heard.to);
            } else {
                self.begin(&mut tally, heard.from);
                tally.heard(heard.to);
            }
        }
        tally
    }

    /// Why an ordinary sound of this length may not begin at `at`.
    pub fn objection(&self, tally: &SessionCount, at: Wall, length: Duration) -> Option<Cause> {
        if let Some(most) = self.most
            && !tally.joins(at)
            && tally.day == self.days.day(at)
            && tally.count >= most
        {
            return Some(Cause::TooManySessions(most));
        }
        let longest = self.longest.filter(|_| self.end(tally, at).is_some_and(|end| at + length > end));
        longest.map(Cause::SessionTooLong)
    }

    /// When the session in which something sounds at `at` must be over.
    pub fn end(&self, tally: &SessionCount, at: Wall) -> Option<Wall> {
        let joined = tally.newest.filter(|_| tally.joins(at));
        Some(joined.map_or(at, |session| session.from.min(at)) + self.longest?)
    }

    /// Whether `new` keeps the rule among these sounds, ascending and without overlap: the session that it makes or
    /// joins, and the day on which that begins.
    pub(super) fn keeps(&self, sounds: &[Range<Wall>], new: &Range<Wall>) -> bool {
        let (mut from, mut to) = (new.start, new.end);
        let mut first = sounds.partition_point(|sound| sound.end <= new.start);
        let mut next = first;
        while let Some(before) =
            first.checked_sub(1).and_then(|ix| sounds.get(ix)).filter(|one| from < one.end + SESSION_GAP)
        {
            from = from.min(before.start);
            first -= 1;
        }
        while let Some(after) = sounds.get(next).filter(|one| one.start < to + SESSION_GAP) {
            to = to.max(after.end);
            next += 1;
        }
        if self.longest.is_some_and(|longest| to.after(from) > longest) {
            return false;
        }
        let Some(most) = self.most else { return true };
        let day = self.days.day(from);
        let (midnight, end) = (self.days.instant(day, 0), self.days.instant(day + 1, 0));
        let begins =
            |ix: usize| ix.checked_sub(1).is_none_or(|before| sounds[before].end + SESSION_GAP <= sounds[ix].start);
        let earlier = (0..first).rev().take_while(|ix| sounds[*ix].start >= midnight).filter(|ix| begins(*ix));
        let later = (next..sounds.len()).take_while(|ix| sounds[*ix].start < end).filter(|ix| begins(*ix));
        earlier.chain(later).take(most as usize).count() < most as usize
    }

    /// The longest session, where that is limited.
    pub(super) const fn longest(&self) -> Option<Duration> {
        self.longest
    }

    /// The local midnight at or before `at`, where the day matters.
    pub(super) fn day_start(&self, at: Wall) -> Option<Wall> {
        self.most.map(|_| self.days.instant(self.days.day(at), 0))
    }

    /// An ordinary sound begins, or goes on, at `at`.
    pub(super) fn begin(&self, tally: &mut SessionCount, at: Wall) {
        if let Some(session) = tally.newest.as_mut().filter(|session| session.joins(at)) {
            session.from = session.from.min(at);
            session.to = session.to.max(at);
            return;
        }
        tally.newest = Some(Session { from: at, to: at });
        if self.most.is_some() {
            let day = self.days.day(at);
            tally.count = if day == tally.day { tally.count + 1 } else { 1 };
            tally.day = day;
        }
    }
}

impl SessionCount {
    /// The same, if the ordinary sound that is heard now goes on until `at`.
    #[must_use]
    pub fn until(mut self, at: Wall) -> Self {
        self.heard(at);
        self
    }

    fn joins(&self, at: Wall) -> bool {
        self.newest.is_some_and(|session| session.joins(at))
    }

    /// What sounds is ordinary, and has been heard up to `to`.
    pub(super) fn heard(&mut self, to: Wall) {
        if let Some(session) = &mut self.newest {
            session.to = session.to.max(to);
        }
    }

    /// An emergency sounded.
    pub(super) fn pause(&mut self, from: Wall, to: Wall) {
        if let Some(session) = &mut self.newest {
            let length = to.after(from.max(session.to));
            (session.from, session.to) = (session.from + length, session.to + length);
        }
    }
}

impl Session {
    fn joins(self, at: Wall) -> bool {
        at < self.to + SESSION_GAP && self.from < at + SESSION_GAP
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::sample::{at, zone};

    fn rule(longest: u64, most: u32) -> SessionRule {
        let rules = Rules {
            max_session: Some(Duration::from_mins(longest)),
            max_sessions_per_day: Some(most),
            ..Rules::default()
        };
        SessionRule::of(&rules, &zone("Asia/Ho_Chi_Minh")).unwrap()
    }

    fn clock(time: &str) -> Wall {
        at(&format!("2026-12-01T{time}"), &zone("Asia/Ho_Chi_Minh"))
    }

    fn heard(from: &str, to: &str) -> Heard {
        Heard { from: clock(from), to: clock(to), emergency: false }
    }

    fn emergency(from: &str, to: &str) -> Heard {
        Heard { emergency: true, ..heard(from, to) }
    }

    #[test]
    fn a_gap_of_four_minutes_and_59_seconds_joins_and_one_of_five_does_not() {
        let rule = rule(15, 1);
        let tally = rule.tally(&[heard("05:00", "05:10")]);
        let minute = Duration::from_mins(1);
        assert_eq!(rule.objection(&tally, clock("05:14:59"), Duration::from_secs(1)), None);
        assert_eq!(
            rule.objection(&tally, clock("05:14:59"), minute),
            Some(Cause::SessionTooLong(Duration::from_mins(15)))
        );
        assert_eq!(rule.objection(&tally, clock("05:15"), minute), Some(Cause::TooManySessions(1)));
    }

    #[test]
    fn an_emergency_stops_the_clock_of_a_session() {
        let rule = rule(15, 2);
        // Cut after ten minutes by an alert of twenty; five minutes are left when it goes on.
        for history in [
            vec![heard("05:00", "05:10"), emergency("05:10", "05:30")],
            // As the journal has it: one row over the alert's own.
            vec![heard("05:00", "05:30:00"), emergency("05:10", "05:30")],
        ] {
            let tally = rule.tally(&history);
            assert_eq!(rule.end(&tally, clock("05:30")), Some(clock("05:35")));
            assert_eq!(rule.objection(&tally, clock("05:30"), Duration::from_mins(5)), None);
        }
        // Two minutes of silence before it and two after are four; with three after they are five.
        let tally = rule.tally(&[heard("05:00", "05:10"), emergency("05:12", "05:30")]);
        assert_eq!(rule.end(&tally, clock("05:32")), Some(clock("05:33")));
        assert_eq!(rule.end(&tally, clock("05:33")), Some(clock("05:48")));
    }

    #[test]
    fn a_session_belongs_to_the_day_on_which_it_begins() {
        let rule = rule(60, 1);
        let tally = rule.tally(&[heard("23:50", "23:59")]);
        let tomorrow = |minutes: u64| clock("23:50") + Duration::from_mins(10 + minutes);
        assert_eq!(rule.objection(&tally, tomorrow(3), Duration::from_mins(5)), None, "it is still yesterday's");
        assert_eq!(rule.objection(&tally, tomorrow(20), Duration::from_mins(5)), None, "today's first");
        let over =
            rule.tally(&[heard("23:50", "23:59"), Heard { from: tomorrow(3), to: tomorrow(8), emergency: false }]);
        assert_eq!(rule.objection(&over, tomorrow(20), Duration::from_mins(5)), None, "today has had none");
    }
}
