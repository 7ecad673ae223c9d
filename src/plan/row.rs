use serde::Serialize;

use super::{Airing, Item, ItemSound, because};
use crate::diag::Lang;
use crate::schedule::Class;
use crate::station::Station;

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
    /// RFC 3339 with the station's offset and milliseconds.
    pub start: String,
    /// The same.
    pub end: String,
    /// In order of playing.
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
    /// Its name in `audio/`; none for a chime or a pause.
    pub file: Option<String>,
    /// Its length, to the millisecond.
    pub seconds: f64,
}

impl Row {
    /// The row of an airing of `station`.
    pub fn new(airing: &Airing, station: &Station, lang: Lang) -> Self {
        let tz = &station.timezone;
        Self {
            zone: station.zones.get(usize::from(airing.zone.0)).map(|zone| zone.id.clone()).unwrap_or_default(),
            broadcast: airing.broadcast.id.clone(),
            title: airing.broadcast.title.clone(),
            class: airing.broadcast.class,
            start: airing.start.rfc3339(tz),
            end: airing.end.rfc3339(tz),
            items: airing.programme.items.iter().map(RowItem::new).collect(),
            verdict: airing.verdict.code(),
            reason: airing.reason.as_deref().map(super::Reason::code),
            because: because(airing, tz).map(|text| text.get(lang).to_owned()),
        }
    }
}

impl RowItem {
    fn new(item: &Item) -> Self {
        let file = match &item.sound {
            ItemSound::File { file, .. } => Some(file.to_string()),
            ItemSound::Chime | ItemSound::Pause => None,
        };
        Self { name: item.name.clone(), file, seconds: (item.length.as_secs_f64() * 1000.0).round() / 1000.0 }
    }
}
