use std::collections::BTreeMap;

use loa_core::fact::RowBody;
use loa_core::fact::body::millis;
use loa_core::instant::Wall;
use loa_core::uplink::{Arrived, RowMark, SentRow, Watermark, judge};

use super::{Haul, LedgerError, LedgerFindingKind, TakenHaul};

/// Journals of one station: a box begins one anew where its disk or its file was lost. Whoever makes names up gets no more.
pub(super) const JOURNALS_MOST: u64 = 200;
/// Findings of one kind that are kept of one journal; the first ones say what is wrong.
pub(super) const FINDINGS_MOST: u64 = 200;

/// Findings, and names of messages that were none, that are told at once.
pub(super) const TOLD_MOST: i64 = 1_000;
/// Gaps of a journal that are told at once.
pub(super) const GAPS_MOST: i64 = 100;
/// Names under which messages came that were none: who makes names up gets no more.
pub(super) const REFUSED_MOST: i64 = 10_000;

/// A journal's line, as a transaction finds it.
pub(super) struct JournalPlace {
    pub(super) id: i64,
    pub(super) watermark: u64,
    pub(super) head: String,
}

/// A row that was not there.
pub(super) struct NewRow<'r> {
    pub(super) row: &'r SentRow,
    /// The hash of the row before it; empty where it is no row of a journal.
    pub(super) prev: String,
    /// Where it stands in time, in milliseconds; none where this version cannot read it.
    pub(super) at: Option<i64>,
}

/// What a transaction of a database can do.
pub(super) trait LedgerSheet {
    /// The line of this journal, made where there is none; none where the station has too many.
    fn journal(&mut self, station: &str, epoch: &str, heard: i64) -> Result<Option<JournalPlace>, LedgerError>;
    /// The rows from one number to another that are there.
    fn marks(&mut self, journal: i64, from: u64, to: u64) -> Result<BTreeMap<u64, RowMark>, LedgerError>;
    /// Put rows in; none of them is there.
    fn insert(&mut self, journal: i64, rows: &[NewRow<'_>], way: &str, heard: i64) -> Result<(), LedgerError>;
    /// Note what is wrong, once.
    fn find(
        &mut self,
        journal: i64,
        kind: LedgerFindingKind,
        seq: u64,
        body: &str,
        now: i64,
    ) -> Result<(), LedgerError>;
    /// The last row of those that follow `from`, which is there, without a gap.
    fn run_end(&mut self, journal: i64, from: u64) -> Result<(u64, String), LedgerError>;
    /// How far it is there now.
    fn advance(&mut self, to: &JournalPlace, top: u64, new: u64, heard: i64) -> Result<(), LedgerError>;
}

/// Take one haul within a transaction.
pub(super) fn take(sheet: &mut dyn LedgerSheet, haul: &Haul, now: Wall) -> Result<TakenHaul, LedgerError> {
    // A box was heard when the server had its rows: whoever reads them later, after an outage or into a new database, has not heard it since.
    let (station, heard, now) = (haul.station.clone(), millis(haul.heard.unwrap_or(now)), millis(now));
    let place = sheet.journal(station.as_str(), &haul.epoch, heard)?;
    let Some(mut place) = place else {
        let watermark = Watermark { epoch: haul.epoch.clone(), row: 0, hash: String::new() };
        return Ok(TakenHaul { station, watermark, arrived: Arrived::default(), breaks: Vec::new(), refused: true });
    };
    let (first, last) = (haul.rows.iter().map(|row| row.seq).min(), haul.rows.iter().map(|row| row.seq).max());
    let (mut arrived, mut breaks) = (Arrived::default(), Vec::new());
    if let Some((first, last)) = first.zip(last) {
        let mut there = sheet.marks(place.id, first.saturating_sub(1), last.saturating_add(1))?;
        let odd = |row: &SentRow| RowMark { seq: row.seq, prev: String::new(), hash: row.hash.clone() };
        let marks = haul.rows.iter().map(|row| row.mark().unwrap_or_else(|| odd(row)));
        let judged = judge(marks, &there);
        let by_number: BTreeMap<(u64, &str), &SentRow> =
            haul.rows.iter().map(|row| ((row.seq, row.hash.as_str()), row)).collect();
        let new: Vec<NewRow<'_>> = judged
            .new
            .iter()
            .filter_map(|mark| {
                let row = *by_number.get(&(mark.seq, mark.hash.as_str()))?;
                Some(NewRow { row, prev: mark.prev.clone(), at: stands_at(row) })
            })
            .collect();
        sheet.insert(place.id, &new, haul.way.code(), heard)?;
        for seq in &judged.breaks {
            sheet.find(place.id, LedgerFindingKind::Break, *seq, "", now)?;
        }
        for seq in &judged.arrived.others {
            let other = haul.rows.iter().find(|row| row.seq == *seq);
            sheet.find(place.id, LedgerFindingKind::Other, *seq, other.map_or("", |row| &row.body), now)?;
        }
        there.extend(judged.new.into_iter().map(|mark| (mark.seq, mark)));
        while let Some(next) = there.get(&(place.watermark + 1)) {
            place.watermark = next.seq;
            place.head.clone_from(&next.hash);
        }
        // The row behind those that came was there: how many follow it is not known here.
        if place.watermark > last {
            (place.watermark, place.head) = sheet.run_end(place.id, place.watermark)?;
        }
        sheet.advance(&place, last, judged.arrived.new, heard)?;
        (arrived, breaks) = (judged.arrived, judged.breaks);
    }
    let watermark = Watermark { epoch: haul.epoch.clone(), row: place.watermark, hash: place.head };
    Ok(TakenHaul { station, watermark, arrived, breaks, refused: false })
}

/// As the journal's own index has it.
fn stands_at(row: &SentRow) -> Option<i64> {
    let entry = RowBody::read(&row.body).ok()?.entry(row.hash.clone()).ok()?;
    Some(millis(entry.planned.or(entry.started).unwrap_or(entry.written)))
}
