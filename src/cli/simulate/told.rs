use std::collections::HashMap;
use std::mem::{Discriminant, discriminant};
use std::time::Duration;

use crate::cli::sheet::{self, Sheet};
use crate::diag::{Lang, Text, figure, text};
use crate::fact::{Entry, EntryKind, Outcome};
use crate::instant::Wall;
use crate::journal::export;
use crate::station::Station;

/// Entries that differ in their zone only: a row of the table.
#[derive(PartialEq, Eq, Hash)]
struct Alike<'a> {
    is_note: bool,
    planned: Option<Wall>,
    started: Option<Wall>,
    heard: String,
    title: &'a str,
    outcome: Option<Discriminant<Outcome>>,
    reason: Option<String>,
    /// A note has a time of its own.
    written: Option<Wall>,
}

/// The simulated journal for people: a row for each entry, hamlets that hear the same in one.
pub(super) fn table(entries: &[Entry], station: &Station, lang: Lang) -> String {
    let mut sheet = Sheet::new(match lang {
        Lang::Vi => ["Ngày", "Giờ", "Đã phát", "Cụm loa", "Nội dung", "Kết quả"],
        Lang::En => ["Date", "Time", "Heard", "Zone", "What", "Outcome"],
    });
    let tz = &station.timezone;
    let title = |id: &str| station.zones.iter().find(|zone| zone.id == id).map(|zone| zone.title.clone());
    let mut rows: Vec<(&Entry, Vec<String>)> = Vec::new();
    let mut places: HashMap<Alike<'_>, usize> = HashMap::new();
    for entry in entries {
        let place = *places.entry(alike(entry, lang)).or_insert_with(|| {
            rows.push((entry, Vec::new()));
            rows.len() - 1
        });
        rows[place].1.extend(entry.zone.as_deref().map(|id| title(id).unwrap_or_else(|| id.to_owned())));
    }
    for (entry, zones) in rows {
        let say = |text: Text| text.get(lang).to_owned();
        let what = entry.outcome.map(|outcome| say(export::outcome(outcome)));
        let why = entry.reason.as_ref().map(|reason| say(reason.words()));
        let became = what.into_iter().chain(why).collect::<Vec<_>>().join(": ");
        sheet.row([
            sheet::bound(&say(figure::day(entry.planned.or(entry.started).unwrap_or(entry.written), tz))),
            time(entry, station, lang),
            heard(entry, lang),
            sheet::names(&figure::joined(zones.iter().map(String::as_str))),
            export::title(entry, lang),
            became,
        ]);
    }
    sheet.text(sheet::columns())
}

/// When it was due, and beside it when it began, where that was another second.
fn time(entry: &Entry, station: &Station, lang: Lang) -> String {
    let at = |at: Wall| figure::clock(at, &station.timezone);
    match (entry.planned, entry.started) {
        (Some(planned), Some(started)) if at(planned) != at(started) => {
            let (planned, started) = (at(planned), at(started));
            text!("{planned} (từ {started})", "{planned} (from {started})").get(lang).to_owned()
        }
        (planned, started) => at(planned.or(started).unwrap_or(entry.written)),
    }
}

fn alike(entry: &Entry, lang: Lang) -> Alike<'_> {
    Alike {
        is_note: entry.kind == EntryKind::Note,
        planned: entry.planned,
        started: entry.started,
        heard: heard(entry, lang),
        title: &entry.title,
        outcome: entry.outcome.as_ref().map(discriminant),
        reason: entry.reason_text(),
        written: (entry.kind == EntryKind::Note).then_some(entry.written),
    }
}

/// `1 phút / 2 phút`: so much was heard of so much; one length where all of it was.
fn heard(entry: &Entry, lang: Lang) -> String {
    let length = |seconds: f64| {
        let length = Duration::try_from_secs_f64(seconds.max(0.0).round()).unwrap_or_default();
        figure::length(length).get(lang).to_owned()
    };
    let zero = (entry.kind == EntryKind::Airing).then_some(0.0);
    match (entry.seconds_played.or(zero), entry.seconds_planned) {
        (Some(played), Some(planned)) if length(played) != length(planned) => {
            format!("{} / {}", length(played), length(planned))
        }
        (Some(played), _) => length(played),
        (None, _) => String::new(),
    }
}
