//! What the journal has of airings whose time has come: that is what happened. The plan only says what
//! was to happen.

use std::collections::HashMap;
use std::path::Path;
use std::time::Duration;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde_json::Value;

use crate::diag::{Text, text};
use crate::fact::{Entry, EntryKind, Outcome};
use crate::instant::Wall;
use crate::journal::export;
use crate::journal::{Filter, Reader};
use crate::plan::{self, Airing, Verdict};
use crate::reason::{Off, Reason, Span, Step};
use crate::schedule::IfMissed;
use crate::site::Site;
use crate::station::Station;

/// The most rows that are taken from the journal, the last ones: five years of a hamlet, some 100 MB.
const ROWS_MOST: u32 = 200_000;

/// As far as the player remembers what has its outcome.
const AHEAD: Duration = Duration::from_hours(48);

/// An occurrence that was asked for by its minute.
const MINUTE: Duration = Duration::from_mins(1);

/// Zone, broadcast, and the instant in milliseconds: as much as a row has of it.
type Name = (String, String, i64);

/// What the journal has of a window.
pub(super) struct Past {
    now: Wall,
    rows: Rows,
}

enum Rows {
    /// Nothing of it has come yet.
    Ahead,
    /// There is no journal yet.
    None,
    /// It cannot be read, and why.
    Unreadable(Text),
    /// What it has, by what each row is about.
    Read(HashMap<Name, Entry>),
}

/// What became of an airing.
#[derive(Clone, Copy)]
pub(super) enum Happened<'a> {
    /// Its time has not come.
    Ahead,
    /// The journal has it.
    Told(&'a Entry),
    /// It sounds, waits, or may yet be played late: its row comes when that is over.
    Due,
    /// It is over, and nobody has written down what became of it.
    Unknown,
}

impl Past {
    /// Nothing of it has come yet.
    #[cfg(test)]
    pub(super) const fn ahead() -> Self {
        Self { now: Wall::MIN, rows: Rows::Ahead }
    }

    /// Of what was planned in `from..to`, in the journal of the station at `dir`.
    pub(super) fn read(dir: &Path, from: Wall, to: Wall, now: Wall) -> Self {
        Self { now, rows: Rows::read(dir, from, to, now) }
    }

    /// The row of an airing.
    fn of(&self, airing: &Airing, station: &Station) -> Option<&Entry> {
        let Rows::Read(rows) = &self.rows else { return None };
        let zone = station.zones.get(usize::from(airing.zone.0))?.id.clone();
        rows.get(&(zone, airing.broadcast.id.clone(), millis(airing.scheduled)))
    }

    /// What became of an airing of the plan.
    pub(super) fn fate(&self, airing: &Airing, station: &Station) -> Happened<'_> {
        if let Some(row) = self.of(airing, station) {
            return Happened::Told(row);
        }
        if airing.scheduled >= self.now {
            return Happened::Ahead;
        }
        let sounds = matches!(airing.verdict, Verdict::Play | Verdict::Wait);
        let late = match airing.broadcast.if_missed {
            IfMissed::Late(within) => airing.scheduled + within,
            IfMissed::Skip | IfMissed::Join => airing.scheduled,
        };
        let is_due = (sounds && airing.end > self.now) || late > self.now;
        if is_due && matches!(self.rows, Rows::Read(_)) { Happened::Due } else { Happened::Unknown }
    }

    /// The rows of a broadcast that was planned in the minute from `at` on, in these zones, by zone.
    pub(super) fn at(&self, broadcast: &str, at: Wall, zones: &[&str]) -> Vec<&Entry> {
        let Rows::Read(rows) = &self.rows else { return Vec::new() };
        let within = millis(at)..millis(at + MINUTE);
        let is_meant = |(of, id, when): &Name| id == broadcast && within.contains(when) && zones.contains(&of.as_str());
        let mut found: Vec<(&Name, &Entry)> = rows.iter().filter(|(name, _)| is_meant(name)).collect();
        found.sort_by_key(|(name, _)| *name);
        found.into_iter().map(|(_, row)| row).collect()
    }

    /// What is to be said where a time that has come has no row; without its full stop.
    pub(super) fn silence(&self) -> Text {
        match &self.rows {
            Rows::Unreadable(why) => {
                text!(why = why; "Không đọc được nhật ký ({why})", "The journal cannot be read ({why})")
            }
            Rows::Ahead | Rows::None => text!(
                "Chưa có nhật ký, nên không biết lúc ấy có phát hay không",
                "There is no journal yet, so nobody knows whether it was heard"
            ),
            Rows::Read(_) => {
                text!("Nhật ký chưa có dòng nào về lần phát này", "The journal has no row about this airing")
            }
        }
    }

    /// Whether there is a journal that can be asked.
    pub(super) const fn is_written(&self) -> bool {
        matches!(self.rows, Rows::Read(_))
    }
}

/// What is to be said while it sounds, waits, or may yet be played late; without its full stop.
pub(super) fn due() -> Text {
    text!(
        "Đang trong giờ của lần phát này; nhật ký chỉ có dòng khi đã xong. Lúc này đang phát gì: loa status",
        "It is due now; the journal has its row when it is over. What sounds at this moment: loa status"
    )
}

impl Happened<'_> {
    /// The stable name that JSON uses; none of what is to come.
    pub(super) const fn code(self) -> Option<&'static str> {
        Some(match self {
            Self::Ahead => return None,
            Self::Told(Entry { outcome: Some(Outcome::Played), .. }) => "played",
            Self::Told(Entry { outcome: Some(Outcome::Partial), .. }) => "partial",
            Self::Told(Entry { outcome: Some(Outcome::Refused), .. }) => "refused",
            Self::Told(_) => "missed",
            Self::Due => "due",
            Self::Unknown => "unknown",
        })
    }
}

impl Rows {
    fn read(dir: &Path, from: Wall, to: Wall, now: Wall) -> Self {
        // A clock that was ahead has left rows of what is to come, and the station goes by them.
        if from >= now + AHEAD {
            return Self::Ahead;
        }
        let filter = Filter {
            from: Some(from),
            to: Some(to),
            kind: Some(EntryKind::Airing),
            limit: Some(ROWS_MOST),
            ..Filter::default()
        };
        let rows = Reader::open(&Site::new(dir).journal())
            .and_then(|reader| reader.map(|reader| reader.select(&filter)).transpose());
        match rows {
            Ok(None) => Self::None,
            Err(error) => Self::Unreadable(error.text()),
            Ok(Some(rows)) => {
                let scheduled = rows.into_iter().filter(|row| !is_order(row));
                Self::Read(scheduled.filter_map(|row| Some((name(&row)?, row))).collect())
            }
        }
    }
}

fn name(row: &Entry) -> Option<Name> {
    Some((row.zone.clone()?, row.broadcast.clone()?, millis(row.planned?)))
}

const fn millis(at: Wall) -> i64 {
    at.nanos().div_euclid(1_000_000)
}

/// An order by hand may have the name of a broadcast.
fn is_order(row: &Entry) -> bool {
    row.reason.as_ref().is_some_and(Reason::is_order)
}

/// A row as one JSON object, as `loa journal --json` has it.
pub(super) fn json(row: &Entry, tz: &TimeZone) -> Option<Value> {
    serde_json::from_str(&export::json(row, tz).ok()?).ok()
}

/// A row as a sentence, without its full stop: `Nhật ký: không phát, vì đài tắt từ 10:22 đến 10:25`.
pub(super) fn sentence(row: &Entry, tz: &TimeZone) -> Text {
    let because = row.reason.as_ref().map(|reason| because(reason, row, tz));
    let Text { vi: why_vi, en: why_en } = because.map_or_else(
        || text!("", ""),
        |Text { vi, en }| match row.outcome {
            Some(Outcome::Played) => text!(" ({vi})", " ({en})"),
            _ => text!(", vì {vi}", ": {en}"),
        },
    );
    let clock = |at: Option<Wall>| at.map_or_else(|| "?".to_owned(), |at| plan::clock(at, tz));
    let (from, to) = (clock(row.started), clock(row.ended));
    match row.outcome {
        Some(Outcome::Played) => {
            text!("Nhật ký: đã phát từ {from} đến {to}{why_vi}", "Journal: played from {from} until {to}{why_en}")
        }
        Some(Outcome::Partial) => {
            let heard = plan::length(seconds(row.seconds_played));
            let whole = plan::length(seconds(row.seconds_planned));
            let (heard_vi, whole_vi, heard_en, whole_en) = (heard.vi, whole.vi, heard.en, whole.en);
            text!(
                "Nhật ký: chỉ phát được {heard_vi} trong {whole_vi}, từ {from} đến {to}{why_vi}",
                "Journal: only {heard_en} of {whole_en} were heard, from {from} until {to}{why_en}"
            )
        }
        Some(Outcome::Refused) => {
            text!("Nhật ký: bị từ chối, không phát{why_vi}", "Journal: refused, and not played{why_en}")
        }
        Some(Outcome::Missed) | None => text!("Nhật ký: không phát{why_vi}", "Journal: not played{why_en}"),
    }
}

fn seconds(seconds: Option<f64>) -> Duration {
    Duration::try_from_secs_f64(seconds.unwrap_or(0.0).round()).unwrap_or_default()
}

fn because(reason: &Reason, row: &Entry, tz: &TimeZone) -> Text {
    let day = row.planned.map(|at| at.zoned(tz).date());
    let moment = |at: DateTime| {
        let time = at.strftime(if at.second() == 0 { "%H:%M" } else { "%H:%M:%S" });
        if Some(at.date()) == day {
            return text!("{time}", "{time}");
        }
        let (vi, en) = (at.strftime("%d/%m/%Y"), at.strftime("%Y-%m-%d"));
        text!("{time} ngày {vi}", "{time} on {en}")
    };
    match reason {
        Reason::StationOff(Off { span: Some(Span { from, to }), .. }) => {
            let (from, to) = (moment(*from), moment(*to));
            let (from_vi, to_vi, from_en, to_en) = (from.vi, to.vi, from.en, to.en);
            text!("đài tắt từ {from_vi} đến {to_vi}", "the station was off from {from_en} until {to_en}")
        }
        Reason::ClockStep(Step { span: Some(Span { from, to }), .. }) => {
            let (from, to) = (moment(*from), moment(*to));
            let (from_vi, to_vi, from_en, to_en) = (from.vi, to.vi, from.en, to.en);
            text!("đồng hồ được chỉnh từ {from_vi} sang {to_vi}", "the clock was set from {from_en} to {to_en}")
        }
        other => other.words(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::sample::{at, zone};

    fn row(outcome: Outcome, reason: Option<&str>) -> Entry {
        let tz = zone("Asia/Ho_Chi_Minh");
        let heard = matches!(outcome, Outcome::Played | Outcome::Partial);
        Entry {
            kind: EntryKind::Airing,
            outcome: Some(outcome),
            planned: Some(at("2026-11-28T10:24", &tz)),
            started: heard.then(|| at("2026-11-28T10:24", &tz)),
            ended: heard.then(|| at("2026-11-28T10:26:30", &tz)),
            seconds_planned: Some(300.0),
            seconds_played: Some(if heard { 150.0 } else { 0.0 }),
            reason: reason.map(Into::into),
            ..Entry::default()
        }
    }

    #[test]
    fn a_row_is_told_in_words_of_both_languages() {
        let table = [
            (
                row(Outcome::Missed, Some("station_off: 2026-11-28 10:22:00..10:25:00")),
                "Nhật ký: không phát, vì đài tắt từ 10:22 đến 10:25",
                "Journal: not played: the station was off from 10:22 until 10:25",
            ),
            (
                row(Outcome::Missed, Some("station_off: 2026-11-27 22:22:10..2026-11-28 10:25:00")),
                "Nhật ký: không phát, vì đài tắt từ 22:22:10 ngày 27/11/2026 đến 10:25",
                "Journal: not played: the station was off from 22:22:10 on 2026-11-27 until 10:25",
            ),
            (
                row(Outcome::Missed, Some("clock_step: 2026-11-28 10:20:00..10:40:00")),
                "Nhật ký: không phát, vì đồng hồ được chỉnh từ 10:20 sang 10:40",
                "Journal: not played: the clock was set from 10:20 to 10:40",
            ),
            (
                row(Outcome::Refused, Some("past_hours")),
                "Nhật ký: bị từ chối, không phát, vì kéo dài quá giờ được phép phát",
                "Journal: refused, and not played: ran past the end of the permitted hours",
            ),
            (
                row(Outcome::Played, None),
                "Nhật ký: đã phát từ 10:24 đến 10:26:30",
                "Journal: played from 10:24 until 10:26:30",
            ),
            (
                row(Outcome::Played, Some("waits: ban-tin")),
                "Nhật ký: đã phát từ 10:24 đến 10:26:30 (chờ mục khác phát xong: ban-tin)",
                "Journal: played from 10:24 until 10:26:30 (waited for another broadcast: ban-tin)",
            ),
            (
                row(Outcome::Partial, Some("power_lost")),
                "Nhật ký: chỉ phát được 2 phút 30 giây trong 5 phút, từ 10:24 đến 10:26:30, vì mất điện",
                "Journal: only 2 min 30 s of 5 min were heard, from 10:24 until 10:26:30: power lost",
            ),
            (row(Outcome::Missed, None), "Nhật ký: không phát", "Journal: not played"),
        ];
        for (row, vi, en) in table {
            let told = sentence(&row, &zone("Asia/Ho_Chi_Minh"));
            assert_eq!((told.vi.as_str(), told.en.as_str()), (vi, en));
        }
    }
}
