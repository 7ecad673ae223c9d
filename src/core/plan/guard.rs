use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use jiff::tz::TimeZone;

use super::{Cause, SessionCount, SessionRule, Volume};
use crate::calendar::{Days, day_of, weekday_of};
use crate::instant::Wall;
use crate::schedule::{Cancel, Level, Rules};

/// How far [`Guard::end_of_hours`] looks: a week, and a day to spare. Hours that have not ended by
/// then, on a station whose rules do end, end there.
const HORIZON_DAYS: i32 = 8;

/// The law of the place as a question about an instant: may anything but an emergency sound now?
///
/// Asked by the plan for every start, and by the player again at the instant of playing. `hours`
/// are local time, per local day; a range up to 24:00 joins one from 00:00 of the next day. Where
/// the clocks are put back, a range that ends in the doubled hour ends the first time.
///
/// A zone with a delay is heard that much later than its plan says, so for its plan each lawful stretch
/// ends that much earlier. It begins no earlier than the rules say.
#[derive(Clone, Debug)]
pub struct Guard {
    days: Days,
    /// Of Monday to Sunday.
    hours: [Vec<Range<u32>>; 7],
    weekdays: u8,
    /// Days that are called off, ascending by first day, by number.
    cancelled: Vec<(i32, i32, Arc<Cancel>)>,
    /// Hours that are called off.
    quiet: Vec<(Range<Wall>, Arc<Cancel>)>,
    sessions: Option<SessionRule>,
    levels: Vec<Level>,
    /// The zone's.
    delay: Duration,
    /// The zone has no output that can be used.
    is_mute: bool,
    /// Lawful stretches, ascending and merged, that are right for instants in `known`.
    table: Vec<Range<Wall>>,
    known: Range<Wall>,
}

impl Guard {
    /// The guard of a station's rules.
    pub fn new(rules: &Rules, tz: &TimeZone) -> Self {
        Self::over(rules, tz, Wall::MIN, Wall::MIN)
    }

    /// The same, quicker for instants in `from..to`.
    pub fn over(rules: &Rules, tz: &TimeZone, from: Wall, to: Wall) -> Self {
        Self::delayed(rules, tz, Duration::ZERO, from, to)
    }

    /// The same for a zone that is heard `delay` later than its plan says.
    pub fn delayed(rules: &Rules, tz: &TimeZone, delay: Duration, from: Wall, to: Wall) -> Self {
        let mut guard = Self {
            days: Days::new(tz, from, to),
            hours: [0, 1, 2, 3, 4, 5, 6]
                .map(|day| rules.hours_of(day).0.iter().filter(|range| range.start < range.end).cloned().collect()),
            weekdays: rules.days & 0x7f,
            cancelled: rules
                .cancelled
                .iter()
                .filter(|one| one.hours.is_none())
                .map(|one| (day_of(one.first), day_of(one.last), Arc::clone(one)))
                .collect(),
            quiet: Vec::new(),
            sessions: SessionRule::of(rules, tz),
            levels: rules.volume.clone(),
            delay,
            is_mute: false,
            table: Vec::new(),
            known: from..from,
        };
        for one in &rules.cancelled {
            if let Some(hours) = &one.hours {
                guard.quiet.push((guard.days.local(hours.start)..guard.days.local(hours.end), Arc::clone(one)));
            }
        }
        if from < to {
            let (first, last) = guard.days.touching(from, to);
            guard.table = guard.stretches(first, last);
            // The last stretch may go on beyond what was read: instants in it are worked out afresh.
            let end = guard.table.last().map_or(from, |stretch| stretch.start.min(to));
            guard.known = from..end.max(from);
        }
        guard
    }

    /// The same for a zone that has no output that can be used.
    #[must_use]
    pub(super) fn mute(self) -> Self {
        Self { is_mute: true, ..self }
    }

    /// Whether nothing sounds in the zone, whatever is lawful.
    pub(super) const fn is_mute(&self) -> bool {
        self.is_mute
    }

    /// How much later than its plan says the zone is heard.
    pub const fn delay(&self) -> Duration {
        self.delay
    }

    /// Whether anything but an emergency may sound at `at`.
    pub fn allows(&self, at: Wall) -> bool {
        self.stretch(at).is_some()
    }

    /// When the lawful hours that hold at `at` end; `at` itself outside of them; `None` where they
    /// never end.
    pub fn end_of_hours(&self, at: Wall) -> Option<Wall> {
        match self.stretch(at) {
            Some(stretch) => (stretch.end < Wall::MAX).then_some(stretch.end),
            None => Some(at),
        }
    }

    /// The lawful stretches that touch `from..to`, ascending and merged, cut to it.
    pub fn lawful(&self, from: Wall, to: Wall) -> Vec<Range<Wall>> {
        if self.is_always() {
            return std::iter::once(from..to).collect();
        }
        let (first, last) = self.days.touching(from, to);
        let cut = self.stretches(first, last).into_iter();
        let cut = cut.map(|stretch| stretch.start.max(from)..stretch.end.min(to));
        cut.filter(|stretch| stretch.start < stretch.end).collect()
    }

    /// Why an ordinary sound of `length` may not begin at `at`, by any of the rules; `tally` is how far
    /// the zone's sessions have come by then, where they are limited.
    pub fn objection(&self, tally: Option<&SessionCount>, at: Wall, length: Duration) -> Option<Cause> {
        let Some(end) = self.stretch(at).map(|stretch| stretch.end) else { return Some(self.closed(at)) };
        if at + length > end {
            return Some(self.ended_by(end));
        }
        self.sessions.as_ref().zip(tally).and_then(|(rule, tally)| rule.objection(tally, at, length))
    }

    /// Why nothing but an emergency may sound at `at`, which is not lawful.
    pub(super) fn closed(&self, at: Wall) -> Cause {
        let quiet = || self.quiet(at).or_else(|| self.quiet(at + self.delay));
        self.cancelled(self.days.day(at))
            .or_else(quiet)
            .map_or(Cause::OutsideHours, |one| Cause::Cancelled(Arc::clone(one)))
    }

    /// Why nothing but an emergency may go on at `end`, where a lawful stretch ends: the hours are over, or they go on and
    /// something calls them off from then.
    pub fn ended_by(&self, end: Wall) -> Cause {
        let at = end + self.delay;
        let day = self.days.day(at);
        let off = self.cancelled(day).or_else(|| self.quiet(at)).filter(|_| self.holds(day, at));
        off.map_or(Cause::PastHours, |one| Cause::Cancelled(Arc::clone(one)))
    }

    /// Whether an instant of this day is within the hours, if nothing calls them off.
    fn holds(&self, day: i32, at: Wall) -> bool {
        let nanos = |seconds: u32| i64::from(seconds.min(86_400)) * 1_000_000_000;
        let instant = |seconds| self.days.instant(day, nanos(seconds));
        let mut hours = self.hours[usize::from(weekday_of(day))].iter();
        self.weekdays >> weekday_of(day) & 1 == 1
            && hours.any(|hours| instant(hours.start) <= at && at < instant(hours.end))
    }

    /// What calls a day off.
    fn cancelled(&self, day: i32) -> Option<&Arc<Cancel>> {
        self.cancelled.iter().find(|(first, last, _)| (*first..=*last).contains(&day)).map(|(.., one)| one)
    }

    /// What calls off an instant of a day.
    fn quiet(&self, at: Wall) -> Option<&Arc<Cancel>> {
        self.quiet.iter().find(|(hours, _)| hours.contains(&at)).map(|(_, one)| one)
    }

    /// What holds of sessions; `None` where they are not limited.
    pub const fn sessions(&self) -> Option<&SessionRule> {
        self.sessions.as_ref()
    }

    /// Whether the local day of `at` is a day on which anything may sound.
    pub fn is_lawful_day(&self, at: Wall) -> bool {
        self.weekdays >> weekday_of(self.days.day(at)) & 1 == 1
    }

    /// How loud an ordinary airing is from `from` to `to`.
    pub fn volume(&self, from: Wall, to: Wall) -> Volume {
        Volume::of(&self.levels, &self.days, from, to)
    }

    /// Every hour of every day is lawful.
    fn is_always(&self) -> bool {
        let all_day = |hours: &Vec<Range<u32>>| matches!(&hours[..], [all] if all.start == 0 && all.end >= 86_400);
        self.weekdays == 0x7f && self.cancelled.is_empty() && self.quiet.is_empty() && self.hours.iter().all(all_day)
    }

    /// The lawful stretch that holds `at`; up to [`Wall::MAX`] where it never ends.
    pub(super) fn stretch(&self, at: Wall) -> Option<Range<Wall>> {
        if self.is_always() {
            return Some(Wall::MIN..Wall::MAX);
        }
        if self.known.contains(&at) {
            let ix = self.table.partition_point(|stretch| stretch.end <= at);
            return self.table.get(ix).filter(|stretch| stretch.contains(&at)).cloned();
        }
        let day = self.days.day(at);
        let find = |last| self.stretches(day - 1, last).into_iter().find(|stretch| stretch.contains(&at));
        let near = find(day + 1)?;
        // Only one that reaches the day after the next can go on.
        if near.end + self.delay < self.days.instant(day + 2, 0) { Some(near) } else { find(day + HORIZON_DAYS) }
    }

    /// The lawful stretches that touch `from..to`, ascending and merged.
    pub(super) fn stretches_in(&self, from: Wall, to: Wall) -> Vec<Range<Wall>> {
        let (first, last) = self.days.touching(from, to);
        self.stretches(first, last)
    }

    /// The lawful stretches of these days, ascending and merged.
    fn stretches(&self, first: i32, last: i32) -> Vec<Range<Wall>> {
        let mut merged: Vec<Range<Wall>> = Vec::new();
        let lawful = |day: &i32| self.weekdays >> weekday_of(*day) & 1 == 1 && self.cancelled(*day).is_none();
        for day in (first..=last).filter(lawful) {
            for hours in &self.hours[usize::from(weekday_of(day))] {
                let nanos = |seconds: u32| i64::from(seconds.min(86_400)) * 1_000_000_000;
                let next = self.days.instant(day, nanos(hours.start))..self.days.instant(day, nanos(hours.end));
                match merged.last_mut() {
                    Some(previous) if next.start <= previous.end => previous.end = previous.end.max(next.end),
                    _ if next.start < next.end => merged.push(next),
                    _ => {}
                }
            }
        }
        for (hours, _) in &self.quiet {
            cut(&mut merged, hours);
        }
        if !self.delay.is_zero() {
            for stretch in &mut merged {
                stretch.end = stretch.end - self.delay;
            }
            merged.retain(|stretch| stretch.start < stretch.end);
        }
        merged
    }
}

/// Take `hours` out of the stretches.
fn cut(stretches: &mut Vec<Range<Wall>>, hours: &Range<Wall>) {
    if !stretches.iter().any(|stretch| stretch.start < hours.end && hours.start < stretch.end) {
        return;
    }
    let parts = |stretch: Range<Wall>| {
        let before = stretch.start..stretch.end.min(hours.start);
        let after = stretch.start.max(hours.end)..stretch.end;
        [before, after].into_iter().filter(|part| part.start < part.end)
    };
    *stretches = std::mem::take(stretches).into_iter().flat_map(parts).collect();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::sample::{at, zone};
    use crate::schedule::Hours;

    fn rules(hours: &[(u32, u32)], days: u8) -> Rules {
        let minutes = hours.iter().map(|(from, to)| from * 60..to * 60).collect();
        Rules { hours: Hours(minutes), days, ..Rules::default() }
    }

    #[test]
    fn hours_begin_and_end_to_the_second() {
        let tz = zone("Asia/Ho_Chi_Minh");
        let guard = Guard::new(&rules(&[(300, 390), (1020, 1110)], 0x7f), &tz);
        let table = [
            ("2026-12-01T04:59:59.999", None),
            ("2026-12-01T05:00:00", Some("2026-12-01T06:30")),
            ("2026-12-01T06:29:59.999", Some("2026-12-01T06:30")),
            ("2026-12-01T06:30:00", None),
            ("2026-12-01T17:00", Some("2026-12-01T18:30")),
            ("2026-12-02T03:15", None),
        ];
        for (instant, end) in table {
            let instant = at(instant, &tz);
            assert_eq!(guard.allows(instant), end.is_some(), "{instant:?}");
            assert_eq!(guard.end_of_hours(instant), Some(end.map_or(instant, |end| at(end, &tz))), "{instant:?}");
        }
    }

    #[test]
    fn ranges_join_across_midnight_and_every_hour_never_ends() {
        let tz = zone("Asia/Ho_Chi_Minh");
        let night = Guard::new(&rules(&[(0, 60), (1200, 1440)], 0x7f), &tz);
        assert_eq!(night.end_of_hours(at("2026-12-01T23:30", &tz)), Some(at("2026-12-02T01:00", &tz)));
        let weekend = Guard::new(&rules(&[(0, 1440)], 0b110_0000), &tz);
        assert_eq!(weekend.end_of_hours(at("2026-12-05T10:00", &tz)), Some(at("2026-12-07T00:00", &tz)));
        assert!(!weekend.allows(at("2026-12-07T00:00", &tz)), "Monday");
        let always = Guard::new(&rules(&[(0, 1440)], 0x7f), &tz);
        assert!(always.allows(at("2026-12-01T03:15", &tz)));
        assert_eq!(always.end_of_hours(at("2026-12-01T03:15", &tz)), None);
    }

    #[test]
    fn a_zone_that_is_heard_later_ends_earlier_and_begins_no_earlier() {
        let tz = zone("Asia/Ho_Chi_Minh");
        let rules = rules(&[(0, 60), (300, 390), (1200, 1440)], 0x7f);
        for millis in [500, 2_000] {
            let delay = Duration::from_millis(millis);
            let (from, to) = (at("2026-12-01T00:00", &tz), at("2026-12-09T00:00", &tz));
            for guard in
                [Guard::delayed(&rules, &tz, delay, Wall::MIN, Wall::MIN), Guard::delayed(&rules, &tz, delay, from, to)]
            {
                let (begin, end) = (at("2026-12-02T05:00", &tz), at("2026-12-02T06:30", &tz));
                assert!(!guard.allows(begin - Duration::from_millis(1)) && guard.allows(begin));
                assert_eq!(guard.end_of_hours(begin), Some(end - delay));
                let ten = Duration::from_mins(10);
                assert_eq!(guard.objection(None, end - ten, ten), Some(Cause::PastHours));
                assert_eq!(guard.objection(None, end - ten - delay, ten), None);
                assert!(!guard.allows(end - delay));
                // Midnight in the middle of a stretch is no end.
                let late = at("2026-12-02T23:59:59.900", &tz);
                assert_eq!(guard.end_of_hours(late), Some(at("2026-12-03T01:00", &tz) - delay));
            }
        }
        let always = Guard::delayed(&rules_of_every_hour(), &tz, Duration::from_secs(2), Wall::MIN, Wall::MIN);
        assert_eq!(always.end_of_hours(at("2026-12-01T23:59:59", &tz)), None);
    }

    #[test]
    fn what_ends_a_stretch_is_told_by_what_ends_it() {
        let tz = zone("Asia/Ho_Chi_Minh");
        let cancel = |first: &str, hours: Option<(&str, &str)>| {
            Arc::new(Cancel {
                first: first.parse().unwrap(),
                last: first.parse().unwrap(),
                hours: hours.map(|(from, until)| from.parse().unwrap()..until.parse().unwrap()),
                why: "tang lễ".to_owned(),
                place: crate::schedule::Place::default(),
            })
        };
        let (day, quiet) =
            (cancel("2026-12-12", None), cancel("2026-12-14", Some(("2026-12-14T05:30:10", "2026-12-14T06:00:00"))));
        let of = |rules: &Rules, instant: &str| Guard::new(rules, &tz).ended_by(at(instant, &tz));
        let cancelled = vec![Arc::clone(&day), Arc::clone(&quiet)];
        let always = Rules { cancelled: cancelled.clone(), ..rules_of_every_hour() };
        assert_eq!(of(&always, "2026-12-12T00:00"), Cause::Cancelled(Arc::clone(&day)));
        assert_eq!(of(&always, "2026-12-14T05:30:10"), Cause::Cancelled(Arc::clone(&quiet)));
        // The evening is over anyway, whatever comes of the next day.
        let mornings = Rules { cancelled, ..rules(&[(300, 390), (1020, 1440)], 0x7f) };
        assert_eq!(of(&mornings, "2026-12-12T00:00"), Cause::PastHours);
        assert_eq!(of(&mornings, "2026-12-14T06:30"), Cause::PastHours);
        assert_eq!(of(&mornings, "2026-12-14T05:30:10"), Cause::Cancelled(quiet));
    }

    fn rules_of_every_hour() -> Rules {
        rules(&[(0, 1440)], 0x7f)
    }

    #[test]
    fn quiet_hours_are_cut_out_of_the_lawful_ones_and_say_why() {
        let tz = zone("Asia/Ho_Chi_Minh");
        let hours = "2026-12-01T17:10:00".parse().unwrap().."2026-12-02T05:30:00".parse().unwrap();
        let funeral = Arc::new(Cancel {
            first: "2026-12-01".parse().unwrap(),
            last: "2026-12-02".parse().unwrap(),
            hours: Some(hours),
            why: "tang lễ".to_owned(),
            place: crate::schedule::Place::default(),
        });
        let rules = Rules { cancelled: vec![Arc::clone(&funeral)], ..rules(&[(300, 390), (1020, 1110)], 0x7f) };
        let cancelled = Some(Cause::Cancelled(funeral));
        let (from, to) = (at("2026-11-30T00:00", &tz), at("2026-12-05T00:00", &tz));
        for guard in [Guard::new(&rules, &tz), Guard::over(&rules, &tz, from, to)] {
            let objection = |instant: &str| guard.objection(None, at(instant, &tz), Duration::from_mins(5));
            assert_eq!(objection("2026-12-01T17:05"), None);
            assert_eq!(objection("2026-12-01T17:06"), cancelled, "it would run into the quiet");
            assert_eq!(objection("2026-12-01T17:10"), cancelled);
            assert_eq!(objection("2026-12-01T23:00"), cancelled);
            assert_eq!(objection("2026-12-02T05:29:59"), cancelled);
            assert_eq!(objection("2026-12-02T05:30"), None);
            assert_eq!(objection("2026-12-02T06:29"), Some(Cause::PastHours));
        }
        let always = Rules { cancelled: rules.cancelled.clone(), ..rules_of_every_hour() };
        let always = Guard::new(&always, &tz);
        assert!(!always.allows(at("2026-12-01T20:00", &tz)) && always.allows(at("2026-12-02T05:30", &tz)));
    }

    #[test]
    fn no_hours_and_no_days_allow_nothing() {
        let tz = zone("Asia/Ho_Chi_Minh");
        for rules in [rules(&[], 0x7f), rules(&[(0, 1440)], 0)] {
            let guard = Guard::over(&rules, &tz, at("2026-12-01T00:00", &tz), at("2026-12-09T00:00", &tz));
            assert!((0..24).all(|hour| !guard.allows(at(&format!("2026-12-02T{hour:02}:00"), &tz))));
        }
    }

    #[test]
    fn the_table_answers_as_the_time_zone_does() {
        for name in ["Asia/Ho_Chi_Minh", "Europe/Prague", "Australia/Lord_Howe", "America/Havana"] {
            let tz = zone(name);
            for rules in [rules(&[(0, 150), (300, 390), (1380, 1440)], 0b101_1111), Rules::default()] {
                let (from, to) = (at("2026-10-01T00:00", &tz), at("2026-11-15T00:00", &tz));
                let (slow, fast) = (Guard::new(&rules, &tz), Guard::over(&rules, &tz, from, to));
                for step in 0..45 * 48 {
                    let instant = Wall::from_secs(from.nanos() / 1_000_000_000 + step * 1800);
                    assert_eq!(slow.end_of_hours(instant), fast.end_of_hours(instant), "{name} {instant:?}");
                    assert_eq!(slow.allows(instant), fast.allows(instant), "{name} {instant:?}");
                }
            }
        }
    }
}
