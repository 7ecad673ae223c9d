use std::collections::{BTreeMap, BTreeSet};

use super::book::Book;
use super::given::{BookGround, Handler};
use super::line::ordered_by;
use super::names::names;
use super::period::Period;
use crate::diag::{Text, text};
use crate::fact::{Entry, EntryKind};
use crate::instant::Wall;
use crate::journal::{Filter, JournalError, Names, Reader};
use crate::reason::OwnAccounts;
use crate::schedule::Schedule;
use crate::station::Station;

/// Rows of one book: a month of 64 zones with 50 airings a day, in 200 MB of memory. Of a month with more each week can
/// be printed.
const ROWS_MOST: u32 = 100_000;

/// What the books of a station are made before: its names, zones and languages, and who handed in what.
#[derive(Clone, Debug)]
pub struct Backdrop {
    names: Names,
    zone_ids: Vec<String>,
    languages: Vec<String>,
    handlers: BTreeMap<String, Handler>,
}

/// Why there is no book.
#[derive(Debug)]
pub enum NoBook {
    /// The period has not begun.
    Ahead(Period),
    /// It has more rows than one book holds.
    TooLong(Period),
    /// The journal cannot be read.
    Journal(JournalError),
}

impl From<JournalError> for NoBook {
    fn from(error: JournalError) -> Self {
        Self::Journal(error)
    }
}

impl NoBook {
    /// What to tell a person, with the way out; without its full stop.
    pub fn text(&self) -> Text {
        match self {
            Self::Ahead(period) => {
                let (Text { vi, en }, first) = (period.text(), period.first());
                let from = first.strftime("%d/%m/%Y");
                text!(
                    "{vi} chưa đến (từ {from}): sổ chỉ có việc đã xảy ra; lịch sắp tới thì xem lịch phát (loa plan)",
                    "{en} has not begun: the book has what happened; what is to come is in the schedule (loa plan)"
                )
            }
            Self::TooLong(period) => {
                let Text { vi, en } = period.text();
                text!(
                    "{vi} có hơn {ROWS_MOST} dòng nhật ký, nhiều hơn một sổ chứa được: hãy lấy từng tuần, hoặc loa journal --xlsx",
                    "{en} has over {ROWS_MOST} rows, more than one book holds: take the weeks one by one, or loa journal --xlsx"
                )
            }
            Self::Journal(error) => error.text(),
        }
    }
}

impl Backdrop {
    /// Of a station, whose own accounts are `own`; `handlers` tells by the digest of a sound who handed it in.
    pub fn new(station: &Station, schedule: &Schedule, own: OwnAccounts, handlers: BTreeMap<String, Handler>) -> Self {
        let languages: BTreeSet<String> =
            station.zones.iter().flat_map(|zone| zone.languages.iter().cloned()).collect();
        Self {
            names: names(station, schedule, own),
            zone_ids: station.zones.iter().map(|zone| zone.id.clone()).collect(),
            languages: languages.into_iter().collect(),
            handlers,
        }
    }

    /// The book of `period`, out of the journal as it stands at `now`: found by the index, however long the journal is.
    pub fn book(
        &self,
        reader: &Reader,
        (station, schedule): (&Station, &Schedule),
        period: Period,
        now: Wall,
    ) -> Result<Book, NoBook> {
        let tz = &station.timezone;
        if period.begins(tz) > now {
            return Err(NoBook::Ahead(period));
        }
        let filter = Filter {
            from: Some(period.begins(tz)),
            to: Some(period.ends(tz)),
            limit: Some(ROWS_MOST + 1),
            ..Filter::default()
        };
        let mut rows = reader.select(&filter)?;
        if rows.len() > ROWS_MOST as usize {
            return Err(NoBook::TooLong(period));
        }
        let horns = reader.horns(period.begins(tz))?;
        for row in &mut rows {
            horns.mark(row);
        }
        let approvals = reader.approvals_of(&rows)?;
        let orderers = orderers(reader, &rows)?;
        let given = BookGround {
            names: &self.names,
            zone_ids: &self.zone_ids,
            languages: &self.languages,
            campaigns: &schedule.campaigns,
            handlers: &self.handlers,
            approvals: &approvals,
            orderers: &orderers,
            tz,
            letterhead: &station.letterhead,
            station: &station.name,
            has_horns: station.has_horns(),
        };
        Ok(Book::of(period, rows, now, &given))
    }
}

/// Who gave the orders that sounded: as their notes tell, in the period or before it.
fn orderers(reader: &Reader, rows: &[Entry]) -> Result<BTreeMap<String, String>, JournalError> {
    let of = |row: &Entry| Some((row.order.clone()?, ordered_by(row.reason.as_ref()?)?.to_owned()));
    let mut known: BTreeMap<String, String> = rows.iter().filter_map(of).collect();
    let sounded = rows.iter().filter(|row| row.kind == EntryKind::Airing).filter_map(|row| row.order.as_ref());
    let unknown: BTreeSet<&String> = sounded.filter(|order| !known.contains_key(*order)).collect();
    let unknown: Vec<String> = unknown.into_iter().cloned().collect();
    for order in unknown {
        known.extend(reader.rows_of_order(&order)?.iter().filter_map(of));
    }
    Ok(known)
}
