//! The journal as a table that fits a terminal of 80 columns.

use std::collections::BTreeMap;

use comfy_table::{ColumnConstraint, ContentArrangement, Table, Width, presets};
use jiff::tz::TimeZone;

use crate::diag::{Lang, Text, plain, text};
use crate::fact::{Entry, EntryKind, Outcome};
use crate::instant::Wall;
use crate::journal::Names;
use crate::journal::export;

/// The narrowest terminal that people use; a wider one shows the same lines.
const WIDTH: u16 = 80;
/// Rows among which one airing's zones are looked for: what begins in one moment is written within moments.
const TOGETHER: usize = 128;

/// `entries` for people, in the language `lang`; hamlets of which the same is to be said share a row.
pub fn tabulate(lang: Lang, entries: &[Entry], names: &Names, tz: &TimeZone) -> Table {
    let mut table = Table::new();
    table.load_style(presets::UTF8_FULL_CONDENSED).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_width(WIDTH);
    table.set_header(match lang {
        Lang::Vi => ["Số", "Lúc", "Cụm loa", "Nội dung", "Kết quả"],
        Lang::En => ["No.", "When", "Zone", "What", "Outcome"],
    });
    for group in grouped(entries) {
        table.add_row(cells(lang, &group, names, tz));
    }
    // The date stands on a line of its own above the time.
    if let Some(column) = table.column_mut(1) {
        column.set_constraint(ColumnConstraint::Absolute(Width::Fixed(12)));
    }
    table
}

/// Entries that differ in their zone only, together, in the place of the first.
fn grouped(entries: &[Entry]) -> Vec<Vec<&Entry>> {
    let mut groups: Vec<Vec<&Entry>> = Vec::new();
    let mut places: BTreeMap<Sameness<'_>, usize> = BTreeMap::new();
    for entry in entries {
        let key = sameness(entry);
        let near = key.as_ref().and_then(|key| places.get(key)).copied();
        match near.filter(|place| groups.len() - place <= TOGETHER) {
            Some(place) if groups[place].iter().all(|other| other.zone != entry.zone) => groups[place].push(entry),
            _ => {
                if let Some(key) = key {
                    places.insert(key, groups.len());
                }
                groups.push(vec![entry]);
            }
        }
    }
    groups
}

/// Broadcast, planned second, outcome, reason, order, what was heard of how much, in seconds, when it began, and whether there
/// was no horn.
type Sameness<'a> =
    (&'a str, i64, Option<crate::fact::Outcome>, Option<String>, &'a str, [Option<u64>; 2], Option<i64>, bool);

/// What airings have in common that are told in one row; `None` for a note.
fn sameness(entry: &Entry) -> Option<Sameness<'_>> {
    let second = |at: Wall| at.nanos().div_euclid(1_000_000_000);
    let whole = |seconds: Option<f64>| seconds.map(|seconds| seconds.max(0.0).round() as u64);
    (entry.kind == EntryKind::Airing).then_some((
        entry.broadcast.as_deref()?,
        second(entry.planned?),
        entry.outcome,
        entry.reason_text(),
        entry.order.as_deref().unwrap_or_default(),
        [whole(entry.seconds_played), whole(entry.seconds_planned)],
        entry.started.map(second),
        entry.no_horn,
    ))
}

fn cells(lang: Lang, group: &[&Entry], names: &Names, tz: &TimeZone) -> [String; 5] {
    let say = |text: Text| text.get(lang).to_owned();
    let entry = group[0];
    let numbers: Vec<u64> = group.iter().map(|entry| entry.seq).collect();
    let zones: Vec<String> =
        group.iter().filter_map(|entry| entry.zone.as_deref()).map(|id| plain(names.zone(id)).into_owned()).collect();
    // A note has one time only, when it was written; an airing the one at which it was heard, else was to be.
    let at = match entry.kind {
        EntryKind::Note => entry.written,
        EntryKind::Airing => entry.started.or(entry.planned).unwrap_or(entry.written),
    };
    let form = if lang == Lang::Vi { "%d/%m/%Y\n%H:%M:%S" } else { "%Y-%m-%d\n%H:%M:%S" };
    let (title, came) = (plain(&export::title(entry, lang)).into_owned(), what_came(entry, say, lang, tz));
    // A note whose reason begins with its title has said it all in it.
    let (title, came) = if entry.kind == EntryKind::Note && came.starts_with(&title) {
        (came, say(export::kind(entry.kind)))
    } else {
        (title, came)
    };
    [runs(&numbers), at.zoned(tz).strftime(form).to_string(), zones.join(", "), title, came]
}

/// `đã phát 0:04 / 0:04`, `bị lỡ: mất điện`; where it began late, when it was to begin.
fn what_came(entry: &Entry, say: impl Fn(Text) -> String + Copy, lang: Lang, tz: &TimeZone) -> String {
    let reason = plain(&entry.reason.as_ref().map(|reason| say(reason.words())).unwrap_or_default()).into_owned();
    let Some(outcome) = entry.outcome else {
        return if reason.is_empty() { say(export::kind(entry.kind)) } else { reason };
    };
    if entry.no_horn && matches!(outcome, Outcome::Played | Outcome::Partial) {
        return say(text!("không ai nghe: chưa nối loa", "heard by nobody: no horn"));
    }
    let mut came = say(export::outcome(outcome));
    let heard = heard(entry);
    if !heard.is_empty() {
        came = format!("{came} {heard}");
    }
    if let (Some(planned), Some(started)) = (entry.planned, entry.started)
        && started.after(planned).as_secs() > 0
    {
        let time = planned.zoned(tz).strftime("%H:%M:%S");
        let word = if lang == Lang::Vi { "dự kiến" } else { "planned" };
        came = format!("{came} ({word} {time})");
    }
    if reason.is_empty() { came } else { format!("{came}: {reason}") }
}

/// `3-5, 9`.
fn runs(numbers: &[u64]) -> String {
    let mut runs: Vec<(u64, u64)> = Vec::new();
    let mut sorted = numbers.to_vec();
    sorted.sort_unstable();
    for number in sorted {
        match runs.last_mut() {
            Some((_, last)) if *last + 1 == number => *last = number,
            _ => runs.push((number, number)),
        }
    }
    let told =
        runs.iter().map(|(first, last)| if first == last { first.to_string() } else { format!("{first}-{last}") });
    told.collect::<Vec<_>>().join(", ")
}

/// `1:05 / 2:00`: so much was heard of so much.
fn heard(entry: &Entry) -> String {
    let clock = |seconds: f64| {
        let seconds = seconds.max(0.0).round() as u64;
        format!("{}:{:02}", seconds / 60, seconds % 60)
    };
    match (entry.seconds_played, entry.seconds_planned) {
        (Some(played), _) if played <= 0.0 => String::new(),
        (Some(played), Some(planned)) => format!("{} / {}", clock(played), clock(planned)),
        (Some(played), None) => clock(played),
        (None, _) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fact::Outcome;

    #[test]
    fn hamlets_of_which_the_same_is_to_be_said_share_a_row_of_80_columns() {
        let tz = TimeZone::get("Asia/Ho_Chi_Minh").unwrap();
        let at = Wall::from_secs(1_796_000_000);
        let airing = |seq, zone: &str, outcome| Entry {
            seq,
            kind: EntryKind::Airing,
            zone: Some(zone.into()),
            broadcast: Some("ban-tin".into()),
            title: "Bản tin buổi sáng của xã Đông Giang về nộp hồ sơ trực tuyến".into(),
            planned: Some(at),
            outcome: Some(outcome),
            seconds_planned: Some(125.0),
            reason: (outcome != Outcome::Played).then(|| "station_off: 2026-11-30 06:00:00..06:50:00".into()),
            ..Entry::default()
        };
        let rows = [
            airing(3, "thon-1", Outcome::Missed),
            airing(4, "thon-2", Outcome::Missed),
            airing(6, "thon-3", Outcome::Missed),
            airing(7, "thon-4", Outcome::Played),
        ];
        let names = Names {
            zones: [("thon-1", "Thôn 1"), ("thon-2", "Thôn 2"), ("thon-3", "Thôn 3 (Nà Lốc)")]
                .map(|(id, title)| (id.to_owned(), title.to_owned()))
                .into(),
            ..Names::default()
        };
        for lang in [Lang::Vi, Lang::En] {
            let shown = tabulate(lang, &rows, &names, &tz).to_string();
            assert!(shown.lines().all(|line| line.chars().count() <= 80), "{shown}");
            assert!(shown.contains("3-4, 6") && shown.contains("thon-4"), "{shown}");
        }
        let shown = tabulate(Lang::Vi, &rows, &names, &tz).to_string();
        assert!(shown.contains("30/11/2026") && shown.contains("Thôn 1") && !shown.contains("thon-1"), "{shown}");
    }
}
