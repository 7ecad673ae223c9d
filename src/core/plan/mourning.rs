use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use jiff::tz::TimeZone;

use super::tunes::Tunes;
use super::{Library, Programme, SoundIndex, ZoneVoices, approved, standing};
use crate::calendar::Days;
use crate::instant::Wall;
use crate::schedule::{Broadcast, Class, Kind, Mourning, Play, Schedule};
use crate::station::{Station, ZoneIx};

/// What `broadcast` plays in a zone at `scheduled`: without its music where that falls into a mourning.
pub fn programme(
    schedule: &Schedule,
    station: &Station,
    library: &Library,
    broadcast: &Broadcast,
    zone: ZoneIx,
    scheduled: Wall,
) -> Arc<Programme> {
    let (shelf, setting) =
        (SoundIndex::new(library, station), ZoneVoices::of(broadcast, &station.zones[usize::from(zone.0)]));
    let standing = standing(broadcast, schedule, station, library, &shelf);
    let marked = |programme| approved::marked(programme, &standing);
    let whole = marked(Arc::new(Programme::new(&broadcast.play, setting, &shelf)));
    if schedule.mourning.is_empty() {
        return whole;
    }
    let Some(spoken) = spoken(broadcast, setting, &shelf, &Tunes::of(schedule, &shelf)) else { return whole };
    let spoken = marked(spoken);
    let mournings = Mournings::of(schedule, &station.timezone, scheduled, scheduled + whole.length);
    mournings.meeting(scheduled, whole.length).map_or_else(|| Arc::clone(&whole), |one| silenced(&whole, &spoken, one))
}

/// The mournings that a window may meet, as instants.
pub(super) struct Mournings(Vec<(Range<Wall>, Arc<Mourning>)>);

impl Mournings {
    /// Those of `schedule` that touch `from..=to`.
    pub(super) fn of(schedule: &Schedule, tz: &TimeZone, from: Wall, to: Wall) -> Self {
        if schedule.mourning.is_empty() {
            return Self(Vec::new());
        }
        let days = Days::new(tz, Wall::MIN, Wall::MIN);
        let instants = schedule.mourning.iter().map(|one| (days.local(one.from)..days.local(one.until), one));
        let touching = instants.filter(|(span, _)| span.start <= to && from < span.end);
        Self(touching.map(|(span, one)| (span, Arc::new(one.clone()))).collect())
    }

    /// From when to when each lasts.
    pub(super) fn spans(&self) -> Vec<Range<Wall>> {
        self.0.iter().map(|(span, _)| span.clone()).collect()
    }

    /// The first one that an airing would sound in which starts at `at`.
    pub(super) fn meeting(&self, at: Wall, length: Duration) -> Option<&Arc<Mourning>> {
        let end = at + length;
        let meets = |span: &Range<Wall>| at < span.end && (span.start < end || span.contains(&at));
        self.0.iter().find(|(span, _)| meets(span)).map(|(_, one)| one)
    }
}

/// What is left of a broadcast in a mourning; none where it has no music. A bed is music, and a file in place
/// of the chime may well be: loa's own bell rings then. An emergency keeps its sounds, whatever they are called.
pub(super) fn spoken<'l>(
    broadcast: &Broadcast,
    setting: ZoneVoices<'_>,
    shelf: &SoundIndex<'l>,
    tunes: &Tunes<'l>,
) -> Option<Arc<Programme>> {
    let is_music = |play: &Play| match play {
        Play::Music(_) => true,
        Play::Sound(name) => broadcast.kind == Kind::Music || tunes.has(name, setting.languages, shelf),
        Play::Chime(_) | Play::Pause(_) | Play::Relay(..) => broadcast.kind == Kind::Music,
    };
    let plain = ZoneVoices::speaking(setting.languages);
    if broadcast.class == Class::Emergency || (setting == plain && !broadcast.play.iter().any(is_music)) {
        return None;
    }
    let left: Vec<Play> = broadcast.play.iter().filter(|play| !is_music(play)).cloned().collect();
    // Chimes and pauses around nothing are not worth a start.
    let speaks = left.iter().any(|play| matches!(play, Play::Sound(_) | Play::Relay(..)));
    Some(Arc::new(Programme::new(if speaks { &left } else { &[] }, plain, shelf)))
}

/// The programme in a mourning: what is spoken of it; where nothing is, the whole, marked as silenced.
pub(super) fn silenced(whole: &Arc<Programme>, spoken: &Arc<Programme>, mourning: &Arc<Mourning>) -> Arc<Programme> {
    if !(spoken.items.is_empty() && spoken.missing.is_empty()) {
        return Arc::clone(spoken);
    }
    Arc::new(Programme { silenced: Some(Arc::clone(mourning)), ..(**whole).clone() })
}
