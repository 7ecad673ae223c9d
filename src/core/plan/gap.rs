use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::time::Duration;

use jiff::SignedDuration;

use super::nearest::NEAREST_WITHIN;
use super::{Airing, Cause, Guard, PlanContext, SESSION_GAP};
use crate::instant::Wall;
use crate::schedule::Class;
use crate::station::ZoneIx;

const MINUTE: i64 = 60 * 1_000_000_000;

/// So many shifts of a broadcast are tried before nothing is proposed.
const TRIED: usize = 200;
/// So far a broadcast is shifted: beyond that it is another time of day.
const FAR: SignedDuration = SignedDuration::from_hours(12);

/// What each zone plays beside emergencies, or was to play, and of which broadcast.
pub(super) struct Claims<'a>(BTreeMap<ZoneIx, Vec<(Range<Wall>, &'a str)>>);

impl<'a> Claims<'a> {
    /// Those of a plan.
    pub(super) fn of(airings: &'a [Airing]) -> Self {
        let mut claims: BTreeMap<ZoneIx, Vec<(Range<Wall>, &'a str)>> = BTreeMap::new();
        for airing in airings.iter().filter(|airing| airing.broadcast.class != Class::Emergency) {
            let (zone, id) = (claims.entry(airing.zone).or_default(), airing.broadcast.id.as_str());
            zone.extend(airing.pieces().map(|piece| (piece.start..piece.end, id)));
            // Where one has to wait, its own time is not free either.
            if let Some(Cause::Waits(_) | Cause::WaitExpired(_)) = airing.reason.as_deref() {
                zone.push((airing.scheduled..airing.scheduled + airing.programme.length, id));
            }
        }
        for zone in claims.values_mut() {
            zone.sort_unstable_by_key(|(claim, _)| (claim.start, claim.end));
        }
        Self(claims)
    }

    /// What the others claim in a zone, ascending and merged.
    fn beside(&self, id: &str, zone: ZoneIx) -> Vec<Range<Wall>> {
        let mut merged: Vec<Range<Wall>> = Vec::new();
        let others = self.0.get(&zone).into_iter().flatten().filter(|(_, other)| *other != id);
        for (claim, _) in others {
            match merged.last_mut() {
                Some(last) if claim.start <= last.end => last.end = last.end.max(claim.end),
                _ => merged.push(claim.clone()),
            }
        }
        merged
    }
}

/// When a broadcast that has to wait for others could be planned instead: the whole minute nearest to `airing`'s
/// time at which, shifted alike, every one of its occurrences `own` disturbs nobody in its zone; `None` where none
/// is near.
pub(super) fn gap(
    airing: &Airing,
    own: &[&Airing],
    claims: &Claims<'_>,
    ground: &PlanContext<'_>,
    earliest: Wall,
) -> Option<Wall> {
    let (wanted, length) = (airing.scheduled, airing.programme.length);
    let at = |one: &Airing| one.scheduled.zoned(ground.tz()).time();
    // Only what is due at this time of day moves with it.
    let moved: Vec<&&Airing> = own.iter().filter(|one| at(one) == at(airing)).collect();
    let zones: BTreeSet<ZoneIx> = own.iter().map(|one| one.zone).collect();
    let others: BTreeMap<ZoneIx, Vec<Range<Wall>>> =
        zones.into_iter().map(|zone| (zone, claims.beside(&airing.broadcast.id, zone))).collect();
    let nothing = Vec::new();
    let of_zone = |zone: ZoneIx| others.get(&zone).unwrap_or(&nothing);
    let found = candidates(ground.guard(airing.zone), of_zone(airing.zone), (earliest, wanted), length);
    let mut near = found.into_iter().filter(|to| to.since(wanted).abs() <= FAR && *to != wanted).take(TRIED);
    near.find(|to| {
        let shift = to.since(wanted);
        moved.iter().all(|one| {
            let to = one.scheduled.moved(shift);
            is_free(ground.guard(one.zone), of_zone(one.zone), to, one.programme.length)
        })
    })
}

/// Whole minutes at which something of `length` could begin beside `sounds`, the nearest to `wanted` first.
fn candidates(guard: &Guard, sounds: &[Range<Wall>], (earliest, wanted): (Wall, Wall), length: Duration) -> Vec<Wall> {
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
fn is_free(guard: &Guard, sounds: &[Range<Wall>], at: Wall, length: Duration) -> bool {
    let end = at + length;
    if guard.stretch(at).is_none_or(|stretch| end > stretch.end) {
        return false;
    }
    let place = sounds.partition_point(|sound| sound.end <= at);
    if sounds.get(place).is_some_and(|next| next.start < end) {
        return false;
    }
    guard.sessions().is_none_or(|rule| rule.keeps(sounds, &(at..end)))
}

/// A whole minute; `up` is added first.
fn rounded(at: Wall, up: i64) -> Wall {
    Wall::from_nanos(at.nanos().saturating_add(up).div_euclid(MINUTE).saturating_mul(MINUTE))
}
