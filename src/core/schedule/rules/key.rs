use std::ops::Range;
use std::time::Duration;

use super::volume::volume;
use super::{MAX_RANGES, place};
use crate::diag::document::{KeyValue, Node, Table, TomlValue, meant};
use crate::diag::figure::length;
use crate::diag::{Findings, Text, fold, nearest, shown, text};
use crate::schedule::word::{self, merged, weekday_name};
use crate::schedule::{Hours, Level, Place, Rules};

/// Seconds.
const DAY: u32 = 24 * 3600;

/// What `[rules]` and `[rules.zones.ID]` both hold.
pub(super) const KEYS: [&str; 5] = ["hours", "days", "max_session", "max_sessions_per_day", "volume"];

/// A session cannot be longer than a day.
const MAX_SESSION: Duration = Duration::from_hours(24);
/// One every quarter of an hour.
const MAX_SESSIONS: i64 = 96;

/// What a rule of sessions that cannot be read falls back to: the narrowest that a place is known to have
/// (the wards of Hà Nội, 2021: two sessions of 15 minutes, Monday to Friday).
const NARROW_SESSION: Duration = Duration::from_mins(15);
const NARROW_SESSIONS: u32 = 2;

/// A rule as it is written somewhere.
#[derive(Clone, Debug)]
struct Line<T> {
    value: T,
    place: Place,
}

/// Lawful hours as they are written: what can be read of them.
#[derive(Clone, Debug, Default)]
struct Written24 {
    every: Vec<Range<u32>>,
    on: [Option<Vec<Range<u32>>>; 7],
}

/// The rules that one table writes. What cannot be read of one is not there; what is left is never wider than
/// what was meant.
#[derive(Clone, Debug, Default)]
pub(super) struct Written {
    hours: Option<Line<Written24>>,
    days: Option<Line<u8>>,
    /// `None`: it stands there, and cannot be read.
    max_session: Option<Line<Option<Duration>>>,
    max_sessions_per_day: Option<Line<Option<u32>>>,
    volume: Option<Line<Vec<Level>>>,
}

impl Written {
    /// Read the keys of a table; `others` are somebody else's.
    pub(super) fn read(findings: &mut Findings<'_>, table: &Table, others: &[&str]) -> Self {
        let mut written = Self::default();
        for entry in &table.entries {
            let place = place(findings, entry);
            match entry.key.as_str() {
                "hours" => written.hours = Some(Line { value: hours(findings, entry), place }),
                "days" => written.days = Some(Line { value: days(findings, entry), place }),
                "max_session" => written.max_session = Some(Line { value: session(findings, entry), place }),
                "max_sessions_per_day" => {
                    let value = sessions(findings, entry);
                    written.max_sessions_per_day = Some(Line { value, place });
                }
                "volume" => written.volume = Some(Line { value: volume(findings, entry), place }),
                _ => {}
            }
        }
        for entry in table.entries.iter().filter(|entry| !others.contains(&entry.key.as_str())) {
            written.take_slip(findings, entry);
        }
        written
    }

    /// A key that is not known stands for the one that was probably meant, and cannot be read.
    fn take_slip(&mut self, findings: &Findings<'_>, entry: &KeyValue) {
        let key = entry.key.as_str();
        if KEYS.contains(&key) || matches!(fold(key).as_str(), "ghichu" | "note" | "comment") {
            return;
        }
        let place = place(findings, entry);
        match nearest(key, KEYS) {
            Some("days") => drop(self.days.get_or_insert(Line { value: 0, place })),
            Some("max_session") => drop(self.max_session.get_or_insert(Line { value: None, place })),
            Some("max_sessions_per_day") => drop(self.max_sessions_per_day.get_or_insert(Line { value: None, place })),
            Some("volume") => {}
            _ => drop(self.hours.get_or_insert(Line { value: Written24::default(), place })),
        }
    }

    /// `base`, with what is written here in its place.
    pub(super) fn over(&self, base: &Rules) -> Rules {
        let mut rules = base.clone();
        if let Some(Line { value, place }) = &self.hours {
            rules.hours = Hours(value.every.clone());
            rules.hours_on = value.on.clone().map(|hours| hours.map(Hours));
            rules.places.hours = Some(place.clone());
        }
        if let Some(Line { value, place }) = &self.days {
            rules.days = *value;
            rules.places.days = Some(place.clone());
        }
        if let Some(Line { value, place }) = &self.max_session {
            let narrow = base.max_session.map_or(NARROW_SESSION, |base| base.min(NARROW_SESSION));
            rules.max_session = Some(value.unwrap_or(narrow));
            rules.places.max_session = Some(place.clone());
            rules.places.is_session_narrowed = value.is_none();
        }
        if let Some(Line { value, place }) = &self.max_sessions_per_day {
            let narrow = base.max_sessions_per_day.map_or(NARROW_SESSIONS, |base| base.min(NARROW_SESSIONS));
            rules.max_sessions_per_day = Some(value.unwrap_or(narrow));
            rules.places.max_sessions_per_day = Some(place.clone());
            rules.places.are_sessions_narrowed = value.is_none();
        }
        if let Some(Line { value, place }) = &self.volume {
            rules.volume.clone_from(value);
            rules.places.volume = Some(place.clone());
        }
        rules
    }
}

/// The hours that can be read: a list for every day, or a table by weekday.
fn hours(findings: &mut Findings<'_>, entry: &KeyValue) -> Written24 {
    let Some(table) = entry.node.table() else {
        let WrittenHours { own, next } = ranges(findings, entry);
        return Written24 { every: merged([own, next].concat()), ..Written24::default() };
    };
    let week = findings.by_weekday(table, &entry.node, &mut |findings, entry| Some(ranges(findings, entry)));
    // What goes on behind midnight belongs to the night that it began in: it is lawful on the day that follows.
    let on = std::array::from_fn(|day| {
        let (own, before) = (&week[day], &week[(day + 6) % 7]);
        let behind = before.as_ref().map(|before| before.next.clone()).filter(|next| !next.is_empty());
        match (own, behind) {
            (None, None) => None,
            (own, behind) => {
                let own = own.as_ref().map(|hours| hours.own.clone()).unwrap_or_default();
                Some(merged([own, behind.unwrap_or_default()].concat()))
            }
        }
    });
    let silent: Vec<usize> = (0..7).filter(|day| week[*day].is_none()).collect();
    if !silent.is_empty() && !table.entries.is_empty() {
        let names = |lang| silent.iter().map(|day| weekday_name(*day, lang)).collect::<Vec<_>>().join(", ");
        let (vi, en) = (names(crate::diag::Lang::Vi), names(crate::diag::Lang::En));
        findings
            .warning(
                "hours_day_missing",
                &entry.node.span,
                text!(
                    "{vi}: không có giờ nào, nên những ngày ấy không được phát",
                    "{en}: no hours, so nothing may play then"
                ),
            )
            .help = Some(text!(
            "nếu những ngày ấy được phát, thêm vào: khac = [\"05:00-06:30\"]",
            "if it may, add: other = [\"05:00-06:30\"]"
        ));
    }
    Written24 { every: Vec::new(), on }
}

/// Hours of one day: those before midnight, and those of the same night behind it.
#[derive(Clone, Debug, Default)]
struct WrittenHours {
    own: Vec<Range<u32>>,
    next: Vec<Range<u32>>,
}

/// The ranges that can be read.
fn ranges(findings: &mut Findings<'_>, entry: &KeyValue) -> WrittenHours {
    if matches!(&entry.node.value, TomlValue::List(nodes) if nodes.is_empty()) {
        findings
            .warning(
                "hours_never",
                &entry.node.span,
                text!(
                    "danh sách giờ trống: không giờ nào được phát, trừ khẩn cấp",
                    "the list of hours is empty: nothing but an emergency may sound at any hour"
                ),
            )
            .help = Some(text!(
            "nếu được phát, viết giờ: hours = [\"05:00-06:30\", \"17:00-18:30\"]",
            "if something may, write the hours: hours = [\"05:00-06:30\", \"17:00-18:30\"]"
        ));
        return WrittenHours::default();
    }
    let mut ranges = WrittenHours::default();
    for node in findings.bounded(entry, MAX_RANGES).unwrap_or_default() {
        let hours = findings.hours_of(entry, node);
        ask_of_a_night(findings, node, &hours);
        // Two for one that is written: before midnight, and behind it.
        let is_night = hours.len() == 2;
        for range in hours {
            if is_night && range.start == 0 { ranges.next.push(range) } else { ranges.own.push(range) }
        }
    }
    ranges
}

/// Hours over midnight that are longer than half a day are asked about: most have their ends turned round.
fn ask_of_a_night(findings: &mut Findings<'_>, node: &Node, hours: &[Range<u32>]) {
    let [first, last] = hours else { return };
    let (begin, end) = (first.start.max(last.start), first.end.min(last.end));
    let length = hours.iter().map(|range| range.end - range.start).sum::<u32>();
    if length <= DAY / 2 {
        return;
    }
    let clock = |seconds: u32| format!("{:02}:{:02}", seconds / 3600, seconds / 60 % 60);
    let (begin, end, hours, minutes) = (clock(begin), clock(end), length / 3600, length / 60 % 60);
    findings
        .warning(
            "hours_overnight",
            &node.span,
            text!(
                "từ {begin} qua nửa đêm đến {end} hôm sau là {hours} giờ {minutes} phút được phát: có phải viết ngược không?",
                "from {begin} over midnight until {end} is {hours} h {minutes} min in which sound is lawful: are the ends turned round?"
            ),
        )
        .help = Some(text!("nếu viết ngược thì viết: \"{end}-{begin}\"", "if they are, write: \"{end}-{begin}\""));
}

impl Findings<'_> {
    /// The hours of one value under `entry`; what cannot be read has none.
    pub(super) fn hours_of(&mut self, entry: &KeyValue, node: &Node) -> Vec<Range<u32>> {
        let Some(written) = self.text_node(&entry.key, node, "[\"05:00-06:30\", \"17:00-18:30\"]") else {
            return Vec::new();
        };
        let read = word::clock_range(&written).map_err(|fault| match word::meant_ranges(&written) {
            // Several ranges in one text.
            Some(meant) if meant.len() > 1 => {
                let (key, list) = (shown(&entry.key), meant.join("\", \""));
                let alone = entry.node.span == node.span;
                let help = if alone {
                    text!("viết: {key} = [\"{list}\"]", "write: {key} = [\"{list}\"]")
                } else {
                    text!("viết riêng từng khung giờ: \"{list}\"", "write each range by itself: \"{list}\"")
                };
                word::WordFault { help, ..fault }
            }
            _ => fault,
        });
        self.word(node, read).unwrap_or_default()
    }
}

/// The weekdays that can be read.
fn days(findings: &mut Findings<'_>, entry: &KeyValue) -> u8 {
    let mut set = 0;
    for node in findings.bounded(entry, 14).unwrap_or_default() {
        let written = findings.day_text(&entry.key, node);
        set |= written.and_then(|written| findings.word(node, word::days(&written))).unwrap_or(0);
    }
    set
}

/// The longest session; one of no length would silence the station, and there is a plainer way to.
fn session(findings: &mut Findings<'_>, entry: &KeyValue) -> Option<Duration> {
    let Some(length) = findings.length(entry, MAX_SESSION, "\"60m\"") else {
        // «10 phút» is wrong, and yet says that fifteen are too many.
        let said = as_written(findings, &entry.node);
        let meant = meant(&said, "m").and_then(|meant| word::length(&meant, MAX_SESSION).ok());
        let meant = meant.filter(|meant| *meant < NARROW_SESSION && !meant.is_zero());
        let Text { vi, en } = length(meant.unwrap_or(NARROW_SESSION));
        narrowed(findings, entry, &text!("một buổi phát dài nhất {vi}", "a session lasts {en} at most"));
        return meant;
    };
    if !length.is_zero() {
        return Some(length);
    }
    findings
        .error(
            "bad_length",
            &entry.node.span,
            text!("buổi phát dài nhất không thể là 0", "the longest session cannot be 0"),
        )
        .help = Some(text!(
        "viết độ dài cho phép: max_session = \"60m\"; không cho phát thì viết hours = []",
        "write the length that is allowed: max_session = \"60m\"; to allow nothing write hours = []"
    ));
    Some(Duration::from_secs(1))
}

/// The most sessions in a day.
fn sessions(findings: &mut Findings<'_>, entry: &KeyValue) -> Option<u32> {
    let count = findings.integer(entry, 0..=MAX_SESSIONS, "3").or_else(|| {
        let said = as_written(findings, &entry.node).parse().ok();
        let meant = said.filter(|said| (0..i64::from(NARROW_SESSIONS)).contains(said));
        let most = meant.unwrap_or(i64::from(NARROW_SESSIONS));
        narrowed(findings, entry, &text!("mỗi ngày nhiều nhất {most} buổi phát", "a day has {most} sessions at most"));
        meant
    });
    count.and_then(|count| u32::try_from(count).ok())
}

/// What holds while the line cannot be read, and how to have no limit at all.
fn narrowed(findings: &mut Findings<'_>, entry: &KeyValue, most: &Text) {
    let (Text { vi, en }, key) = (most, &entry.key);
    findings.go_on(&text!(
        "; cho đến khi sửa thì {vi}, vì loa lấy mức chặt; không muốn giới hạn thì xóa dòng {key}",
        "; until it is cured {en}, as loa then takes the narrowest rule; to have no limit delete the line {key}"
    ));
}

/// A value as it stands in the file, without quotes.
fn as_written(findings: &Findings<'_>, node: &Node) -> String {
    let text = findings.file().text.get(node.span.clone()).unwrap_or_default();
    text.trim_matches(['"', '\'', ' ']).to_owned()
}
