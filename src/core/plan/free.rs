use std::ops::Range;
use std::time::Duration;

use jiff::SignedDuration;

use super::{Guards, SESSION_GAP, SessionRule};
use crate::instant::Wall;
use crate::station::ZoneIx;

const MINUTE: i64 = 60 * 1_000_000_000;

const DAY: Duration = Duration::from_hours(24);

/// When some zones are all lawful and silent at once, in a stretch of days.
pub(super) struct Free {
    /// Only starts in this are proposed.
    span: Range<Wall>,
    /// Lawful and silent in every zone, ascending; beyond the span on both sides.
    gaps: Vec<Range<Wall>>,
    /// Of the zones whose sessions are limited, what each plays; zones of the same rule and the same sounds once.
    limited: Vec<(ZoneIx, Vec<Range<Wall>>)>,
}

/// What a start is sought for.
pub(super) struct Sought {
    /// The nearer to this the better.
    pub(super) wanted: Wall,
    /// Not before this.
    pub(super) earliest: Wall,
    /// The time that it has now, which is not the answer.
    pub(super) scheduled: Wall,
    /// Its length in the zone in which it is shortest, and in which it is longest.
    pub(super) lengths: (Duration, Duration),
}

impl Free {
    /// For `span`, seen from `outer` around it: `played` is what each zone of the station plays, and in `closed` nothing
    /// of the kind may sound.
    pub(super) fn new(
        (span, outer): (Range<Wall>, &Range<Wall>),
        guards: &Guards,
        zones: &[ZoneIx],
        played: &[Vec<Range<Wall>>],
        closed: &[Range<Wall>],
    ) -> Self {
        let mut lawful = vec![outer.clone()];
        let mut seen = Vec::new();
        let mut limited: Vec<(ZoneIx, Vec<Range<Wall>>)> = Vec::new();
        let mut busy = closed.to_vec();
        for zone in zones {
            let guard = guards.of(*zone);
            if !seen.iter().any(|known| std::ptr::eq(*known, guard)) {
                seen.push(guard);
                lawful = both(&lawful, &guard.lawful(outer.start, outer.end));
            }
            let Some(sounds) = played.get(usize::from(zone.0)) else { continue };
            busy.extend_from_slice(sounds);
            let is_known =
                |(other, known): &(ZoneIx, Vec<Range<Wall>>)| std::ptr::eq(guards.of(*other), guard) && known == sounds;
            if guard.sessions().is_some() && !limited.iter().any(is_known) {
                limited.push((*zone, sounds.clone()));
            }
        }
        Self { span, gaps: without(&lawful, &merged(busy)), limited }
    }

    /// The whole minute nearest to what is wanted, the earlier of two that are equally near.
    pub(super) fn nearest(&self, guards: &Guards, sought: &Sought) -> Option<Wall> {
        let wanted = sought.wanted;
        let far = |at: Wall| at.since(wanted).abs();
        let mut best: Option<(SignedDuration, Wall)> = None;
        let look = |gap: &Range<Wall>, best: &mut Option<(SignedDuration, Wall)>| {
            let mut starts: Vec<(SignedDuration, Wall)> =
                self.starts(guards, gap, sought).into_iter().map(|at| (far(at), at)).collect();
            starts.retain(|start| best.is_none_or(|best| *start < best));
            starts.sort_unstable();
            *best = starts.into_iter().find(|(_, at)| self.keeps(guards, *at, sought)).or(*best);
        };
        let place = self.gaps.partition_point(|gap| gap.end <= wanted);
        let (before, after) = self.gaps.split_at(place);
        for gap in after {
            if best.is_some_and(|(far, _)| far < gap.start.since(wanted)) {
                break;
            }
            look(gap, &mut best);
        }
        for gap in before.iter().rev() {
            if best.is_some_and(|(far, _)| far < wanted.since(gap.end)) {
                break;
            }
            look(gap, &mut best);
        }
        best.map(|(_, at)| at)
    }

    /// Whole minutes of a gap at which something could begin: the nearest to what is wanted, and where sessions are
    /// limited, those beside which they change.
    fn starts(&self, guards: &Guards, gap: &Range<Wall>, sought: &Sought) -> Vec<Wall> {
        let length = sought.lengths.1;
        let first = minute_from(gap.start.max(self.span.start).max(sought.earliest));
        let last = minute_until((gap.end - length).min(self.span.end - Duration::from_nanos(1)));
        if first > last {
            return Vec::new();
        }
        let within = |at: Wall| at.clamp(first, last);
        let mut starts = vec![within(minute_until(sought.wanted)), within(minute_from(sought.wanted))];
        for (zone, sounds) in &self.limited {
            let Some(rule) = guards.of(*zone).sessions() else { continue };
            starts.extend([first, last]);
            let longest = rule.longest().unwrap_or_default();
            let reach = longest.max(SESSION_GAP) + length;
            let from = sounds.partition_point(|sound| sound.end + reach < first);
            let near = sounds[from..].iter().take_while(|sound| sound.start <= last + reach);
            for sound in near {
                let nano = Duration::from_nanos(1);
                let (after, before) = (sound.end + SESSION_GAP, sound.start - SESSION_GAP - length);
                // The last that joins it and the first that does not, on both sides.
                starts.extend([minute_until(after - nano), minute_from(after)]);
                starts.extend([minute_until(before), minute_from(before + nano)]);
                if !longest.is_zero() {
                    starts.push(minute_from(sound.end - longest));
                    starts.push(minute_until(sound.start + longest - length));
                }
            }
            // Each day has its own sessions, and one belongs to the day on which it begins.
            for midnight in [first + DAY, last, sought.wanted, sought.wanted + DAY].map(|at| rule.day_start(at)) {
                starts.extend(midnight.into_iter().flat_map(|at| [at, at - Duration::from_mins(1)]));
            }
        }
        starts.retain(|at| *at >= first && *at <= last && *at != sought.scheduled);
        starts.sort_unstable();
        starts.dedup();
        starts
    }

    /// Whether the rules of sessions are kept by something that begins at `at`.
    fn keeps(&self, guards: &Guards, at: Wall, sought: &Sought) -> bool {
        let (shortest, longest) = sought.lengths;
        let in_zone = |rule: &SessionRule, sounds: &[Range<Wall>]| {
            rule.keeps(sounds, &(at..at + longest)) && (shortest == longest || rule.keeps(sounds, &(at..at + shortest)))
        };
        self.limited.iter().all(|(zone, sounds)| guards.of(*zone).sessions().is_none_or(|rule| in_zone(rule, sounds)))
    }
}

/// Ascending, and one where two touch.
pub(super) fn merged(mut ranges: Vec<Range<Wall>>) -> Vec<Range<Wall>> {
    ranges.sort_unstable_by_key(|range| (range.start, range.end));
    let mut merged: Vec<Range<Wall>> = Vec::with_capacity(ranges.len());
    for range in ranges {
        match merged.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => merged.push(range),
        }
    }
    merged
}

/// What is in both.
fn both(one: &[Range<Wall>], other: &[Range<Wall>]) -> Vec<Range<Wall>> {
    let (mut one, mut other) = (one.iter().peekable(), other.iter().peekable());
    let mut found = Vec::new();
    while let (Some(a), Some(b)) = (one.peek(), other.peek()) {
        let common = a.start.max(b.start)..a.end.min(b.end);
        let is_first = a.end <= b.end;
        found.extend((common.start < common.end).then_some(common));
        if is_first {
            one.next()
        } else {
            other.next()
        };
    }
    found
}

/// What of `ranges` is not in `taken`.
fn without(ranges: &[Range<Wall>], taken: &[Range<Wall>]) -> Vec<Range<Wall>> {
    let mut left = Vec::new();
    for range in ranges {
        let first = taken.partition_point(|one| one.end <= range.start);
        let mut from = range.start;
        for one in taken[first..].iter().take_while(|one| one.start < range.end) {
            left.extend((from < one.start).then_some(from..one.start));
            from = from.max(one.end);
        }
        left.extend((from < range.end).then_some(from..range.end));
    }
    left
}

/// The first whole minute that is not before `at`.
fn minute_from(at: Wall) -> Wall {
    minute_until(Wall::from_nanos(at.nanos().saturating_add(MINUTE - 1)))
}

/// The last whole minute that is not after `at`.
fn minute_until(at: Wall) -> Wall {
    Wall::from_nanos(at.nanos().div_euclid(MINUTE).saturating_mul(MINUTE))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ranges(hours: &[(i64, i64)]) -> Vec<Range<Wall>> {
        hours.iter().map(|(from, to)| Wall::from_secs(*from)..Wall::from_secs(*to)).collect()
    }

    #[test]
    fn ranges_are_merged_cut_and_taken_away() {
        let table: [[&[(i64, i64)]; 4]; 4] = [
            [&[(0, 10)], &[], &[], &[(0, 10)]],
            [&[(0, 10)], &[(3, 5), (5, 7)], &[(3, 7)], &[(0, 3), (7, 10)]],
            [&[(0, 4), (6, 10)], &[(3, 7), (1, 2)], &[(1, 2), (3, 4), (6, 7)], &[(0, 1), (2, 3), (7, 10)]],
            [&[(0, 4)], &[(0, 4), (8, 9)], &[(0, 4)], &[]],
        ];
        for [all, other, common, rest] in table {
            let (all, other) = (ranges(all), merged(ranges(other)));
            assert_eq!(both(&all, &other), ranges(common));
            assert_eq!(both(&other, &all), ranges(common));
            assert_eq!(without(&all, &other), ranges(rest));
        }
    }

    #[test]
    fn a_whole_minute_is_rounded_both_ways_also_before_1970() {
        for (at, from, until) in [(59, 60, 0), (60, 60, 60), (61, 120, 60), (-1, 0, -60)] {
            let at = Wall::from_secs(at);
            assert_eq!((minute_from(at), minute_until(at)), (Wall::from_secs(from), Wall::from_secs(until)));
        }
    }
}
