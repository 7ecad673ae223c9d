use std::collections::BTreeMap;
use std::time::Duration;

use loa_core::diag::{Text, text};
use loa_core::fact::{Entry, EntryKind, Outcome, RowBody};
use loa_core::reason::Reason;
use loa_core::signature::{Locality, UtcSecond};
use loa_core::uplink::{ZoneHeard, alarm_mark};

use super::{AlarmRecord, HeardRecord};
use crate::ledger::{BookKind, BookPage, JournalState, Ledger, LedgerError, LedgerHorns, LedgerRow};

/// Rows of an alarm are written so long after it was over at most: it is sounded up to twenty times.
const AFTER: Duration = Duration::from_hours(2);

/// What is known of an alarm at a station: by what it said, and for good by its journal.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct AlarmOutcome {
    /// What it said last.
    pub said: Option<HeardRecord>,
    /// Zones in which its journal has it as heard, whole or in part.
    pub heard: u64,
    /// Zones in which its journal has it as not heard, with the last reason.
    pub missed: u64,
    /// Why not, as the journal has it.
    pub why: Option<Text>,
}

impl AlarmOutcome {
    /// Of every station that it was meant for.
    pub fn gather(ledger: &mut dyn Ledger, record: &AlarmRecord) -> Result<BTreeMap<Locality, Self>, LedgerError> {
        let mut all: BTreeMap<Locality, Self> =
            record.stations.iter().map(|path| (path.clone(), Self::default())).collect();
        for page in ledger.pages(BookKind::Heard, &format!("{} ", record.id))? {
            let Some(said) = BookPage::read::<HeardRecord>(&page) else { continue };
            let own = all.entry(said.station.clone()).or_default();
            if own.said.as_ref().is_none_or(|known| known.came <= said.came) {
                own.said = Some(said);
            }
        }
        let journals: BTreeMap<i64, JournalState> =
            ledger.journals()?.into_iter().map(|journal| (journal.id, journal)).collect();
        let mark = alarm_mark(&record.id);
        // A box whose clock stands wrong writes its rows elsewhere in time; so much is looked through.
        let (from, to) = (record.made.wall() - AFTER, record.expires.wall() + AFTER);
        let mut horns = LedgerHorns::before(ledger, from)?;
        ledger.rows(from, to, &mut |LedgerRow { journal, row, .. }| {
            if !row.body.contains(&record.id) && !row.body.contains("\"started") {
                return;
            }
            let Some(station) = journals.get(&journal).and_then(|journal| Locality::read(&journal.station)) else {
                return;
            };
            let entry = RowBody::read(&row.body).ok().and_then(|body| body.entry(row.hash).ok());
            let Some(mut entry) = entry else { return };
            horns.mark(journal, &mut entry);
            if !is_its(&entry, &mark) {
                return;
            }
            all.entry(station).or_default().note(&entry);
        })?;
        all.values_mut().for_each(Self::believe_the_box);
        Ok(all)
    }

    /// A box that says that it has no horn at all is believed: the journal of an older one does not tell that from one that has.
    fn believe_the_box(&mut self) {
        let zones = self.said.iter().flat_map(|said| &said.heard.zones);
        if self.heard > 0 && zones.clone().next().is_some() && zones.clone().all(ZoneHeard::is_unheard) {
            self.missed += std::mem::take(&mut self.heard);
            self.why = Some(no_horn());
        }
    }

    fn note(&mut self, entry: &Entry) {
        match entry.outcome {
            Some(Outcome::Played | Outcome::Partial) if !entry.no_horn => self.heard += 1,
            Some(_) if entry.no_horn => {
                self.missed += 1;
                self.why = Some(no_horn());
            }
            Some(_) => {
                self.missed += 1;
                self.why = entry.reason.as_ref().map(Reason::words);
            }
            None => {}
        }
    }

    /// It was heard there, or is just being.
    pub fn is_heard(&self) -> bool {
        self.heard > 0 || (self.missed == 0 && self.said.as_ref().is_some_and(HeardRecord::is_sounding))
    }

    /// For whoever looks.
    pub fn text(&self, is_over: bool) -> Text {
        let (heard, missed) = (self.heard, self.missed);
        let late = self.said.as_ref().map_or(0, |said| said.heard.late_seconds / 60);
        let late =
            if late >= 5 { text!(", đến muộn {late} phút", ", {late} minutes late") } else { text!("", "") };
        if heard > 0 {
            let rest = if missed > 0 {
                text!("; {missed} cụm không phát", "; zones without: {missed}")
            } else {
                text!("", "")
            };
            return text!(
                late = late, rest = rest;
                "ĐÃ PHÁT ở {heard} cụm loa (theo nhật ký){late}{rest}",
                "SOUNDED in zones: {heard} (by its journal){late}{rest}"
            );
        }
        if missed > 0 {
            let why = self.why.clone().unwrap_or_else(|| text!("không rõ", "unknown"));
            return text!(why = why; "KHÔNG PHÁT (theo nhật ký): {why}", "NOT SOUNDED (by its journal): {why}");
        }
        match &self.said {
            Some(said) => said.text(),
            None if is_over => {
                text!("không biết: chưa trả lời, nhật ký chưa về", "unknown: no answer, and its journal has not come")
            }
            None => text!("chưa trả lời", "no answer yet"),
        }
    }

    /// When it was last said that it holds there.
    pub fn came(&self) -> Option<UtcSecond> {
        self.said.as_ref().map(|said| said.came)
    }
}

fn no_horn() -> Text {
    text!("cụm loa không nối loa nào", "the zone feeds no horn")
}

/// An airing that this alarm has ordered.
fn is_its(entry: &Entry, mark: &str) -> bool {
    entry.kind == EntryKind::Airing && entry.reason_text().is_some_and(|reason| reason.contains(mark))
}
