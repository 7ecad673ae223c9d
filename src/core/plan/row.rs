use serde::Serialize;

use super::{Airing, Item, PlanContext, Programme, because};
use crate::diag::Lang;
use crate::schedule::{Class, Play};

/// An airing as `loa plan --json` and the console print it; the names of the fields are stable.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Row {
    /// Zone id.
    pub zone: String,
    /// Broadcast id.
    pub broadcast: String,
    /// What people call it.
    pub title: String,
    /// `normal`, `priority`, `emergency`.
    pub class: Class,
    /// RFC 3339 with the station's offset and milliseconds. Of one that does not play, when it would
    /// have started: for `wait_expired` that is when its turn would have come.
    pub start: String,
    /// The same.
    pub end: String,
    /// In order of playing, those without sound included.
    pub items: Vec<RowItem>,
    /// `play`, `wait`, `refuse`, `miss`.
    pub verdict: &'static str,
    /// A stable code, where there is something to say.
    pub reason: Option<&'static str>,
    /// The reason as a sentence.
    pub because: Option<String>,
}

/// One thing an airing plays.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct RowItem {
    /// As written in `play`.
    pub name: String,
    /// Its name in `audio/`; none for loa's own chime, a pause, a relay, or a name that nothing sound is loaded for.
    pub file: Option<String>,
    /// Its length, to the millisecond; zero where nothing sound is loaded.
    pub seconds: f64,
}

impl Row {
    /// The row of an airing of the ground's station.
    pub fn new(airing: &Airing, ground: &PlanContext<'_>, lang: Lang) -> Self {
        let (station, tz) = (ground.station(), ground.tz());
        Self {
            zone: station.zones.get(usize::from(airing.zone.0)).map(|zone| zone.id.clone()).unwrap_or_default(),
            broadcast: airing.broadcast.id.clone(),
            title: airing.broadcast.title.clone(),
            class: airing.broadcast.class,
            start: airing.start.rfc3339(tz),
            end: airing.end.rfc3339(tz),
            items: items(&airing.broadcast.play, &airing.programme),
            verdict: airing.verdict.code(),
            reason: airing.code(),
            because: because(airing, ground).map(|text| text.get(lang).to_owned()),
        }
    }
}

impl RowItem {
    fn new(item: &Item) -> Self {
        let file = item.source().map(|(file, _)| file.to_owned());
        Self { name: item.name.clone(), file, seconds: (item.length.as_secs_f64() * 1000.0).round() / 1000.0 }
    }
}

/// The items of a programme, and in their places the names that have no sound.
pub(super) fn items(play: &[Play], programme: &Programme) -> Vec<RowItem> {
    let mut rows = Vec::with_capacity(play.len());
    let mut items = programme.items.iter().peekable();
    for play in play {
        match play {
            Play::Sound(name) | Play::Music(name) if programme.missing.contains(name) => {
                rows.push(RowItem { name: name.clone(), file: None, seconds: 0.0 });
            }
            // A name has an item for each language.
            Play::Sound(name) | Play::Music(name) => {
                while let Some(item) = items.next_if(|item| item.name == *name) {
                    rows.push(RowItem::new(item));
                }
            }
            Play::Chime(_) | Play::Pause(_) | Play::Relay(..) => rows.extend(items.next().map(RowItem::new)),
        }
    }
    rows.extend(items.map(RowItem::new));
    rows
}
