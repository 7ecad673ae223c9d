//! What the journal has of airings whose time has come: that is what happened. The plan only says what
//! was to happen.

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::time::Duration;

use jiff::tz::TimeZone;
use serde::Serialize;
use serde_json::Value;

use crate::diag::{Lang, Text, text};
use crate::fact::{Entry, EntryKind, Outcome};
use crate::instant::Wall;
use crate::journal::export;
use crate::journal::{Filter, Reader};
use crate::plan::{Airing, PlanContext, Row, Verdict};
use crate::player::REMEMBER;
use crate::reason::Reason;
use crate::schedule::IfMissed;
use crate::site::Site;
use crate::station::{Station, ZoneIx};

/// The most rows that are taken from the journal, the last ones: five years of a hamlet, some 100 MB.
const ROWS_MOST: u32 = 200_000;

/// An occurrence that was asked for by its minute.
const MINUTE: Duration = Duration::from_mins(1);

/// Zone, broadcast, and the instant in milliseconds: as much as a row has of it.
type Name = (String, String, i64);

/// What the journal has of what was planned in a window of time.
pub struct WrittenPast {
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
pub enum Happened<'a> {
    /// Its time has not come.
    Ahead,
    /// The journal has it.
    Told(&'a Entry),
    /// It sounds, waits, or may yet be played late: its row comes when that is over.
    Due,
    /// It is over, and nobody has written down what became of it.
    Unknown,
}

/// A row of the plan, and what the journal has of it where its time has come.
#[derive(Serialize)]
pub struct PlannedRow {
    #[serde(flatten)]
    row: Row,
    /// What became of it, where its time has come: an outcome of the journal, `due` while it is not over, `unknown`.
    #[serde(skip_serializing_if = "Option::is_none")]
    happened: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    journal: Option<Value>,
}

impl WrittenPast {
    /// Of what was planned in `from..to`, in the journal of the station at `dir`.
    pub fn read(dir: &Path, from: Wall, to: Wall, now: Wall) -> Self {
        Self { now, rows: Rows::read(dir, from, to, now) }
    }

    /// The row of an airing, in a zone that hears it.
    pub fn told(&self, airing: &Airing, zone: ZoneIx, station: &Station) -> Option<&Entry> {
        let Rows::Read(rows) = &self.rows else { return None };
        let zone = station.zones.get(usize::from(zone.0))?.id.clone();
        rows.get(&(zone, airing.broadcast.id.clone(), millis(airing.scheduled)))
    }

    /// Whether the journal was read and has nothing of an airing that is over, in any of these zones.
    pub fn is_silent_of(&self, airing: &Airing, zones: &[ZoneIx], station: &Station) -> bool {
        matches!(self.rows, Rows::Read(_))
            && matches!(self.fate(airing, station), Happened::Unknown)
            && zones.iter().all(|zone| self.told(airing, *zone, station).is_none())
    }

    /// What became of an airing of the plan.
    pub fn fate(&self, airing: &Airing, station: &Station) -> Happened<'_> {
        if let Some(row) = self.told(airing, airing.zone, station) {
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
    pub fn at(&self, broadcast: &str, at: Wall, zones: &[&str]) -> Vec<&Entry> {
        let Rows::Read(rows) = &self.rows else { return Vec::new() };
        let within = millis(at)..millis(at + MINUTE);
        let is_meant = |(of, id, when): &Name| id == broadcast && within.contains(when) && zones.contains(&of.as_str());
        let mut found: Vec<(&Name, &Entry)> = rows.iter().filter(|(name, _)| is_meant(name)).collect();
        found.sort_by_key(|(name, _)| *name);
        found.into_iter().map(|(_, row)| row).collect()
    }

    /// The rows in these zones of which none is about an airing that is `planned`, by their time: the files were others then.
    pub fn beside<'a>(
        &self,
        planned: impl Iterator<Item = (&'a Airing, ZoneIx)>,
        zones: &[ZoneIx],
        station: &Station,
    ) -> Vec<&Entry> {
        let Rows::Read(rows) = &self.rows else { return Vec::new() };
        let id = |zone: ZoneIx| Some(station.zones.get(usize::from(zone.0))?.id.as_str());
        let known = planned
            .filter_map(|(airing, zone)| Some((id(zone)?, airing.broadcast.id.as_str(), millis(airing.scheduled))));
        let (known, now): (HashSet<_>, i64) = (known.collect(), millis(self.now));
        let shown: HashSet<&str> = zones.iter().filter_map(|zone| id(*zone)).collect();
        let is_beside = |(zone, broadcast, at): &Name| {
            *at < now && shown.contains(zone.as_str()) && !known.contains(&(zone.as_str(), broadcast.as_str(), *at))
        };
        let mut found: Vec<(&Name, &Entry)> = rows.iter().filter(|(name, _)| is_beside(name)).collect();
        found.sort_by(|((zone, id, at), _), ((other, rival, when), _)| (at, id, zone).cmp(&(when, rival, other)));
        found.into_iter().map(|(_, row)| row).collect()
    }

    /// What is to be said where a time that has come has no row; without its full stop.
    pub fn silence(&self) -> Text {
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

    /// A row of the plan, with what became of it.
    pub fn row(&self, airing: &Airing, ground: &PlanContext<'_>, lang: Lang) -> PlannedRow {
        let fate = self.fate(airing, ground.station());
        let journal = match fate {
            Happened::Told(row) => journal_json(row, ground.tz()),
            _ => None,
        };
        PlannedRow { row: Row::new(airing, ground, lang), happened: fate.code(), journal }
    }

    /// Whether there is a journal that can be asked.
    pub const fn is_written(&self) -> bool {
        matches!(self.rows, Rows::Read(_))
    }
}

impl Happened<'_> {
    /// The stable name that JSON uses; none of what is to come.
    pub const fn code(self) -> Option<&'static str> {
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
        if from >= now + REMEMBER {
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

/// An order by hand may have the name of a broadcast, and end for any reason.
fn is_order(row: &Entry) -> bool {
    row.order.is_some() || row.reason.as_ref().is_some_and(Reason::is_order)
}

/// A row as one JSON object, as `loa journal --json` has it.
pub fn journal_json(row: &Entry, tz: &TimeZone) -> Option<Value> {
    serde_json::from_str(&export::json(row, tz).ok()?).ok()
}
