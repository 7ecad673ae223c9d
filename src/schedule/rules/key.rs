use std::ops::Range;
use std::time::Duration;

use super::place;
use super::volume::volume;
use crate::diag::Findings;
use crate::diag::document::{Entry, Table};
use crate::schedule::word::{self, merged};
use crate::schedule::{Hours, Level, Place, Rules};

/// What `[rules]` and `[rules.zones.ID]` both hold.
pub(super) const KEYS: [&str; 5] = ["hours", "days", "max_session", "max_sessions_per_day", "volume"];

/// A day has 24 hours to name; nobody writes more ranges than that.
pub(super) const MAX_RANGES: usize = 24;
/// A session cannot be longer than a day.
const MAX_SESSION: Duration = Duration::from_hours(24);
/// One every quarter of an hour.
const MAX_SESSIONS: i64 = 96;

/// What a rule that cannot be read falls back to: the narrowest that a place is known to have (the
/// wards of Hà Nội, 2021: two sessions of 15 minutes, Monday to Friday).
const NARROW_DAYS: u8 = 0b001_1111;
const NARROW_SESSION: Duration = Duration::from_mins(15);
const NARROW_SESSIONS: u32 = 2;

/// A rule as it is written somewhere.
#[derive(Clone, Debug)]
struct Line<T> {
    /// `None`: it stands there, and cannot be read.
    value: Option<T>,
    place: Place,
}

/// The rules that one table writes.
#[derive(Clone, Debug, Default)]
pub(super) struct Written {
    hours: Option<Line<Vec<Range<u32>>>>,
    days: Option<Line<u8>>,
    max_session: Option<Line<Duration>>,
    max_sessions_per_day: Option<Line<u32>>,
    volume: Option<Line<Vec<Level>>>,
}

impl Written {
    /// Read the keys of a table; others are somebody else's.
    pub(super) fn read(findings: &mut Findings<'_>, table: &Table) -> Self {
        let mut written = Self::default();
        for entry in &table.entries {
            let place = place(findings, entry);
            match entry.key.as_str() {
                "hours" => written.hours = Some(Line { value: hours(findings, entry), place }),
                "days" => written.days = Some(Line { value: findings.days(entry), place }),
                "max_session" => written.max_session = Some(Line { value: session(findings, entry), place }),
                "max_sessions_per_day" => {
                    let count = findings.integer(entry, 1..=MAX_SESSIONS, "3");
                    let value = count.and_then(|count| u32::try_from(count).ok());
                    written.max_sessions_per_day = Some(Line { value, place });
                }
                "volume" => written.volume = Some(Line { value: Some(volume(findings, entry)), place }),
                _ => {}
            }
        }
        written
    }

    /// `base`, with what is written here in its place. What cannot be read becomes the narrower of
    /// `base` and the narrow rule.
    pub(super) fn over(&self, base: &Rules) -> Rules {
        let mut rules = base.clone();
        if let Some(Line { value, place }) = &self.hours {
            rules.hours = Hours(value.clone().unwrap_or_else(|| narrow_hours(&base.hours.0)));
            rules.places.hours = Some(place.clone());
        }
        if let Some(Line { value, place }) = &self.days {
            let narrow = if base.days & NARROW_DAYS == 0 { base.days } else { base.days & NARROW_DAYS };
            rules.days = value.unwrap_or(narrow);
            rules.places.days = Some(place.clone());
        }
        if let Some(Line { value, place }) = &self.max_session {
            let narrow = base.max_session.map_or(NARROW_SESSION, |base| base.min(NARROW_SESSION));
            rules.max_session = Some(value.unwrap_or(narrow));
            rules.places.max_session = Some(place.clone());
        }
        if let Some(Line { value, place }) = &self.max_sessions_per_day {
            let narrow = base.max_sessions_per_day.map_or(NARROW_SESSIONS, |base| base.min(NARROW_SESSIONS));
            rules.max_sessions_per_day = Some(value.unwrap_or(narrow));
            rules.places.max_sessions_per_day = Some(place.clone());
        }
        if let Some(Line { value, place }) = &self.volume {
            rules.volume = value.clone().unwrap_or_default();
            rules.places.volume = Some(place.clone());
        }
        rules
    }
}

/// The ranges that can be read; `None` if there is none.
fn hours(findings: &mut Findings<'_>, entry: &Entry) -> Option<Vec<Range<u32>>> {
    let mut ranges = Vec::new();
    for node in findings.bounded(entry, MAX_RANGES)? {
        let written = findings.text_node(&entry.key, node, "[\"05:00-06:30\", \"17:00-18:30\"]");
        let read = written.and_then(|written| findings.word(node, word::clock_range(&written)));
        ranges.extend(read.into_iter().flatten());
    }
    (!ranges.is_empty()).then(|| merged(ranges))
}

/// What both `base` and the built-in hours allow; `base` where that is nothing.
fn narrow_hours(base: &[Range<u32>]) -> Vec<Range<u32>> {
    let built_in = Rules::default().hours.0;
    let both = base.iter().flat_map(|a| built_in.iter().map(|b| a.start.max(b.start)..a.end.min(b.end)));
    let both: Vec<Range<u32>> = both.filter(|range| range.start < range.end).collect();
    if both.is_empty() { base.to_vec() } else { both }
}

/// The longest session; one of no length would silence the station, and there is a plainer way to.
fn session(findings: &mut Findings<'_>, entry: &Entry) -> Option<Duration> {
    let length = findings.length(entry, MAX_SESSION, "\"60m\"")?;
    if !length.is_zero() {
        return Some(length);
    }
    findings
        .error(
            "bad_length",
            &entry.node.span,
            crate::diag::text!("buổi phát dài nhất không thể là 0", "the longest session cannot be 0"),
        )
        .help = Some(crate::diag::text!(
        "viết độ dài cho phép: max_session = \"60m\"",
        "write the length that is allowed: max_session = \"60m\""
    ));
    None
}
