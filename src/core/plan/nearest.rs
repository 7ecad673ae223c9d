use std::ops::Range;
use std::time::Duration;

use jiff::SignedDuration;

use super::{Guard, SESSION_GAP};
use crate::instant::Wall;

/// A lawful time is sought this far before and after: beyond every weekday.
pub(super) const NEAREST_WITHIN: Duration = Duration::from_hours(8 * 24);

const MINUTE: i64 = 60 * 1_000_000_000;

/// A zone: its law, and what it plays, ascending and without overlap.
pub(super) type Played<'a> = (&'a Guard, &'a [Range<Wall>]);

/// The whole minute nearest to `wanted` at which a sound of `length` is lawful and disturbs nobody in any of the zones,
/// the one that asks first, not before `earliest`; `None` where there is none.
pub(super) fn nearest(zones: &[Played<'_>], earliest: Wall, wanted: Wall, length: Duration) -> Option<Wall> {
    let (guard, sounds) = zones.first()?;
    let within = SignedDuration::try_from(NEAREST_WITHIN).unwrap_or(SignedDuration::MAX);
    candidates(guard, sounds, (earliest, wanted), length)
        .into_iter()
        .take_while(|at| at.since(wanted).abs() <= within)
        .find(|at| zones.iter().all(|(guard, sounds)| is_free(guard, sounds, *at, length)))
}

/// Whole minutes at which something of `length` could begin beside `sounds`, the nearest to `wanted` first.
pub(super) fn candidates(
    guard: &Guard,
    sounds: &[Range<Wall>],
    (earliest, wanted): (Wall, Wall),
    length: Duration,
) -> Vec<Wall> {
    let (from, to) = (earliest.max(wanted - NEAREST_WITHIN), wanted + NEAREST_WITHIN);
    let first = sounds.partition_point(|sound| sound.end < from);
    let last = sounds.partition_point(|sound| sound.start < to);
    let sounds = &sounds[first..last.max(first)];
    let mut candidates = Vec::new();
    for stretch in guard.stretches_in(from, to) {
        candidates.extend([rounded(stretch.start, MINUTE - 1), rounded(stretch.end - length, 0)]);
    }
    for sound in sounds {
        let (after, before) = (sound.end, sound.start - length);
        candidates.extend([after, after + SESSION_GAP].map(|at| rounded(at, MINUTE - 1)));
        candidates.extend([before, before - SESSION_GAP].map(|at| rounded(at, 0)));
    }
    // Where a session becomes as long as it may be.
    for (sound, longest) in sounds.iter().filter_map(|sound| Some((sound, guard.sessions()?.longest()?))) {
        candidates.extend([rounded(sound.end - longest, MINUTE - 1), rounded(sound.start + longest - length, 0)]);
    }
    candidates.retain(|at| *at >= from);
    candidates.sort_unstable_by_key(|at| (at.since(wanted).abs(), *at));
    candidates.dedup();
    candidates
}

/// Whether something of `length` at `at` is lawful and disturbs nobody.
pub(super) fn is_free(guard: &Guard, sounds: &[Range<Wall>], at: Wall, length: Duration) -> bool {
    let end = at + length;
    if guard.stretch(at).is_none_or(|stretch| end > stretch.end) {
        return false;
    }
    let place = sounds.partition_point(|sound| sound.end <= at);
    if sounds.get(place).is_some_and(|next| next.start < end) {
        return false;
    }
    guard.sessions().is_none_or(|rule| {
        let (before, after) = sounds.split_at(place);
        rule.keeps(before.iter().cloned().chain([at..end]).chain(after.iter().cloned()), at)
    })
}

/// A whole minute; `up` is added first.
fn rounded(at: Wall, up: i64) -> Wall {
    Wall::from_nanos(at.nanos().saturating_add(up).div_euclid(MINUTE).saturating_mul(MINUTE))
}
