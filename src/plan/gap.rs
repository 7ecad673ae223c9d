use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::ops::Range;

use jiff::SignedDuration;

use super::nearest::{candidates, is_free};
use super::{Airing, Ground};
use crate::instant::Wall;
use crate::station::ZoneIx;

/// So many shifts of a broadcast are tried before nothing is proposed.
const TRIED: usize = 200;
/// So far a broadcast is shifted: beyond that it is another time of day.
const FAR: SignedDuration = SignedDuration::from_hours(12);

/// When a broadcast that has to wait for others could be planned instead: the whole minute nearest to `airing`'s
/// time at which, shifted alike, every one of its occurrences `own` disturbs nobody in its zone; `None` where none
/// is near.
pub(super) fn gap(
    airing: &Airing,
    own: &[&Airing],
    sounds: &BTreeMap<ZoneIx, Vec<Range<Wall>>>,
    ground: &Ground<'_>,
    earliest: Wall,
) -> Option<Wall> {
    let (wanted, length) = (airing.scheduled, airing.programme.length);
    let at = |one: &Airing| one.scheduled.zoned(ground.tz()).time();
    // Only what is due at this time of day moves with it.
    let moved: Vec<&&Airing> = own.iter().filter(|one| at(one) == at(airing)).collect();
    // It is in nobody's way where it stands now.
    let pieces: HashSet<(ZoneIx, Wall)> =
        own.iter().flat_map(|one| one.pieces().map(|piece| (one.zone, piece.start))).collect();
    let zones: BTreeSet<ZoneIx> = own.iter().map(|one| one.zone).collect();
    let others: BTreeMap<ZoneIx, Vec<Range<Wall>>> = zones
        .into_iter()
        .map(|zone| {
            let sounds = sounds.get(&zone).into_iter().flatten();
            (zone, sounds.filter(|sound| !pieces.contains(&(zone, sound.start))).cloned().collect())
        })
        .collect();
    let nothing = Vec::new();
    let of_zone = |zone: ZoneIx| others.get(&zone).unwrap_or(&nothing);
    let found = candidates(ground.guard(airing.zone), of_zone(airing.zone), (earliest, wanted), length);
    let near = found.into_iter().filter(|to| to.since(wanted).abs() <= FAR && *to != wanted).take(TRIED);
    near.into_iter().find(|to| {
        let shift = to.since(wanted);
        moved.iter().all(|one| {
            let to = one.scheduled.moved(shift);
            is_free(ground.guard(one.zone), of_zone(one.zone), to, one.programme.length)
        })
    })
}
