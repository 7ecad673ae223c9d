use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use jiff::SignedDuration;

use super::nearest::{candidates, is_free};
use super::{Airing, Cause, Ground};
use crate::instant::Wall;
use crate::schedule::Class;
use crate::station::ZoneIx;

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
    ground: &Ground<'_>,
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
