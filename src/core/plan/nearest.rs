use std::collections::BTreeMap;
use std::ops::Range;
use std::time::Duration;

use super::free::{Free, Sought, merged};
use super::mourning::{Mournings, spoken};
use super::tunes::Tunes;
use super::{Airing, Guards, HeardSoFar, Library, Programme, SoundIndex, ZoneVoices, plan_knowing};
use crate::instant::Wall;
use crate::schedule::{Class, Schedule};
use crate::station::{Station, ZoneIx};

/// A lawful time is sought this far before and after: beyond every weekday.
pub(super) const NEAREST_WITHIN: Duration = Duration::from_hours(8 * 24);

/// What is played is worked out for so many days at once: with the blocks before and after it covers
/// [`NEAREST_WITHIN`].
const BLOCK: i64 = 8 * 24 * 3600 * 1_000_000_000;

/// What sounds so far beyond a block still counts in it: a session, and the day to which it belongs.
const AROUND: Duration = Duration::from_hours(48);

/// The most sets of zones of which a block remembers when they are free; a station has a handful.
const SETS_MOST: usize = 64;

/// The one search for a time at which what the law refuses could play instead.
#[derive(Debug)]
pub(super) struct LawfulTimes<'a> {
    pub(super) schedule: &'a Schedule,
    pub(super) station: &'a Station,
    pub(super) library: &'a Library,
    /// No time before now is proposed.
    pub(super) known: HeardSoFar,
}

/// What the search has found out about a few days: ten thousand questions about them cost one look at the plan.
#[derive(Default)]
pub(super) struct DaysSeen {
    kept: BTreeMap<i64, Block>,
    /// How many there have been.
    pub(super) made: usize,
}

/// Some days of the plan.
struct Block {
    span: Range<Wall>,
    outer: Range<Wall>,
    /// What each zone plays beside emergencies, ascending, without overlap.
    played: Vec<Vec<Range<Wall>>>,
    /// For the zones of a broadcast, and for music or not, when they are free.
    free: Vec<((Vec<ZoneIx>, bool), Free)>,
}

impl LawfulTimes<'_> {
    /// The whole minute nearest to its own time at which an airing's broadcast is lawful and disturbs nobody in any of
    /// its zones, not before now; `None` where there is none within [`NEAREST_WITHIN`].
    pub(super) fn nearest(
        &self,
        blocks: &mut DaysSeen,
        guards: &Guards,
        shelf: &SoundIndex<'_>,
        airing: &Airing,
    ) -> Option<Wall> {
        let broadcast = &*airing.broadcast;
        // What is over is played at the earliest from now on.
        let wanted = airing.scheduled.max(self.known.now());
        let (lengths, is_music) = self.heard(shelf, airing);
        let sought = Sought { wanted, earliest: self.known.now(), scheduled: airing.scheduled, lengths };
        let own = wanted.nanos().div_euclid(BLOCK);
        blocks.kept.retain(|block, _| block.abs_diff(own) <= 1);
        let far = |at: Wall| at.since(wanted).abs().unsigned_abs();
        let mut best: Option<Wall> = None;
        for block in [own, own - 1, own + 1] {
            let span = span(block);
            let edge = if block < own { wanted.after(span.end) } else { span.start.after(wanted) };
            if best.is_some_and(|best| far(best) < edge) || span.end <= self.known.now() {
                continue;
            }
            let found = self.free(blocks, block, guards, (&broadcast.zones, is_music)).nearest(guards, &sought);
            best = best.into_iter().chain(found).min_by_key(|at| (far(*at), *at));
        }
        best.filter(|at| far(*at) <= NEAREST_WITHIN)
    }

    /// How long the broadcast is in its zones, the shortest and the longest, and whether a mourning leaves nothing of it
    /// in any.
    fn heard(&self, shelf: &SoundIndex<'_>, airing: &Airing) -> ((Duration, Duration), bool) {
        let (broadcast, own) = (&*airing.broadcast, airing.programme.length);
        let (mut shortest, mut longest, mut is_music) = (own, own, false);
        let tunes = (!self.schedule.mourning.is_empty()).then(|| Tunes::of(self.schedule, shelf));
        let mut known: Vec<ZoneVoices<'_>> = Vec::new();
        for zone in broadcast.zones.iter().filter_map(|zone| self.station.zones.get(usize::from(zone.0))) {
            let setting = ZoneVoices::of(broadcast, zone);
            if known.contains(&setting) {
                continue;
            }
            known.push(setting);
            let length = Programme::new(&broadcast.play, setting, shelf).length;
            if !length.is_zero() {
                (shortest, longest) = (shortest.min(length), longest.max(length));
            }
            let left = tunes.as_ref().and_then(|tunes| spoken(broadcast, setting, shelf, tunes));
            is_music |= left.is_some_and(|left| left.items.is_empty() && left.missing.is_empty());
        }
        ((shortest, longest), is_music)
    }

    fn free<'b>(
        &self,
        blocks: &'b mut DaysSeen,
        block: i64,
        guards: &Guards,
        (zones, is_music): (&[ZoneIx], bool),
    ) -> &'b Free {
        let Self { schedule, station, library, known } = self;
        let Block { span, outer, played, free } = blocks.kept.entry(block).or_insert_with(|| {
            blocks.made += 1;
            Block::new(schedule, station, library, known, guards, block)
        });
        let remembered = free.iter().position(|((of, music), _)| of == zones && *music == is_music);
        let place = remembered.unwrap_or_else(|| {
            let closed = if is_music {
                Mournings::of(schedule, &station.timezone, outer.start, outer.end).spans()
            } else {
                Vec::new()
            };
            if free.len() >= SETS_MOST {
                free.clear();
            }
            let found = Free::new((span.clone(), outer), guards, zones, played, &closed);
            free.push(((zones.to_vec(), is_music), found));
            free.len() - 1
        });
        &free[place].1
    }
}

impl Block {
    fn new(
        schedule: &Schedule,
        station: &Station,
        library: &Library,
        known: &HeardSoFar,
        guards: &Guards,
        block: i64,
    ) -> Self {
        let span = span(block);
        let outer = span.start - AROUND..span.end + AROUND;
        let mut played: Vec<Vec<Range<Wall>>> = station.zones.iter().map(|_| Vec::new()).collect();
        let airings = plan_knowing(schedule, station, library, known, outer.start, outer.end);
        for airing in airings.iter().filter(|airing| airing.broadcast.class != Class::Emergency) {
            if let Some(zone) = played.get_mut(usize::from(airing.zone.0)) {
                zone.extend(airing.pieces().map(|piece| piece.start..piece.end));
            }
        }
        // What was to sound and did not makes no session; what did sound is in nobody's way any more.
        let now = known.now();
        for (zone, played) in
            played.iter_mut().enumerate().filter_map(|(ix, played)| Some((ZoneIx(u16::try_from(ix).ok()?), played)))
        {
            let Some(heard) = known.of(zone).filter(|_| guards.of(zone).sessions().is_some()) else { continue };
            played.retain(|sound| sound.end > now);
            let ordinary = heard.iter().filter(|heard| !heard.emergency);
            played.extend(ordinary.map(|heard| heard.from..heard.to).filter(|sound| sound.end > outer.start));
        }
        let played = played.into_iter().map(merged).collect();
        Self { span, outer, played, free: Vec::new() }
    }
}

fn span(block: i64) -> Range<Wall> {
    let start = Wall::from_nanos(block.saturating_mul(BLOCK));
    start..Wall::from_nanos(start.nanos().saturating_add(BLOCK))
}

impl std::fmt::Debug for DaysSeen {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.kept.keys()).finish()
    }
}
