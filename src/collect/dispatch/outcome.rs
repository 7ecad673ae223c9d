use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::time::Duration;

use loa_core::diag::{Text, shown, shown_whole, text};
use loa_core::fact::{Entry, EntryKind, Outcome, RowBody};
use loa_core::instant::Wall;
use loa_core::reason::{Ordered, Reason, Refused};
use loa_core::signature::Locality;
use loa_core::uplink::{ZoneHeard, alarm_mark};

use super::{AlarmRecord, HeardRecord};
use crate::ledger::{BookKind, BookPage, JournalState, Ledger, LedgerError, LedgerHorns, LedgerRow};

/// Rows of an alarm are written so long after it was over at most: it is sounded up to twenty times.
const AFTER: Duration = Duration::from_hours(2);

/// What is known of an alarm at a station: by what it said, and for good, zone by zone, by its journal.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct AlarmOutcome {
    /// What it said last.
    pub said: Option<HeardRecord>,
    /// What its journal has, by zone. Of a zone that stands here the journal decides, whatever the station said first.
    pub zones: BTreeMap<String, ZoneOutcome>,
}

/// What a journal has of an alarm in one zone.
#[derive(Clone, PartialEq, Debug)]
pub struct ZoneOutcome {
    /// It was heard to the end once at least.
    pub is_heard: bool,
    /// How much of it sounded, in seconds.
    pub seconds: f64,
    /// How much was not heard, and why; none where it was heard as often as it was ordered.
    pub lack: Option<Text>,
}

impl ZoneOutcome {
    /// By the row of an airing of this alarm; none where nothing became of it yet.
    fn of(entry: &Entry, record: &AlarmRecord) -> Option<Self> {
        let (outcome, seconds) = (entry.outcome?, entry.seconds_played.unwrap_or(0.0));
        let planned = entry.seconds_planned.unwrap_or(0.0);
        let why = entry.reason.as_ref().map_or_else(|| text!("không rõ vì sao", "why is not known"), Reason::words);
        if entry.no_horn {
            return Some(Self::unheard());
        }
        // What ended in its tone let no word of it sound: by whoever stopped it, or by a power cut.
        let is_recalled = matches!(entry.reason, Some(Reason::Recalled(_)));
        let is_within_tone = record.tone && entry.is_within_tone();
        let has_words = outcome == Outcome::Partial && !is_recalled && !is_within_tone;
        let lack = match outcome {
            Outcome::Played => None,
            Outcome::Partial if is_within_tone && !is_recalled => {
                let Text { vi, en } = Reason::Recalled(Ordered::default()).brief();
                Some(text!(why = why; "{vi}: {why}", "{en}: {why}"))
            }
            Outcome::Partial if has_words => Some(text!(
                why = why;
                "một phần: {seconds:.0} giây trên {planned:.0}, {why}",
                "in part: {seconds:.0} s of {planned:.0}, {why}"
            )),
            Outcome::Partial | Outcome::Missed | Outcome::Refused => Some(why),
        };
        let is_once = has_words && seconds > 0.0 && seconds * f64::from(record.times.max(1)) >= planned;
        Some(Self { is_heard: outcome == Outcome::Played || is_once, seconds, lack })
    }

    /// It played where no horn is fed.
    fn unheard() -> Self {
        let lack = text!("cụm loa không nối loa nào", "the zone feeds no horn");
        Self { is_heard: false, seconds: 0.0, lack: Some(lack) }
    }

    /// More of it was heard than of the other.
    fn is_above(&self, other: &Self) -> bool {
        (self.is_heard, self.seconds) > (other.is_heard, other.seconds)
    }
}

impl AlarmOutcome {
    /// Rows of this alarm stand between these instants. A box whose clock stands wrong writes its rows elsewhere in time; so much is looked through.
    pub fn span(record: &AlarmRecord) -> Range<Wall> {
        record.made.wall() - AFTER..record.expires.wall() + AFTER
    }

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
        // Why an airing did not go well takes the place of who ordered it: it is found by its order, which the answer and the order's note name.
        let order_of = |(path, own): (&Locality, &Self)| Some((path.clone(), own.said.as_ref()?.heard.order.clone()));
        let mut orders: BTreeSet<(Locality, String)> = all.iter().filter_map(order_of).collect();
        let mark = alarm_mark(&record.id);
        let Range { start, end } = Self::span(record);
        let mut horns = LedgerHorns::before(ledger, start)?;
        ledger.rows(start, end, &mut |LedgerRow { journal, row, .. }| {
            let is_marked = row.body.contains(&mark);
            if !is_marked && !row.body.contains("\"order\":\"") && !row.body.contains("\"started") {
                return;
            }
            let Some(station) = journals.get(&journal).and_then(|journal| Locality::read(&journal.station)) else {
                return;
            };
            let entry = RowBody::read(&row.body).ok().and_then(|body| body.entry(row.hash).ok());
            let Some(mut entry) = entry else { return };
            horns.mark(journal, &mut entry);
            let order = entry.order.clone().map(|order| (station.clone(), order));
            let is_joined = all.get(&station).is_some_and(|own| own.has_joined(&entry));
            let is_its = is_marked || is_joined || order.as_ref().is_some_and(|order| orders.contains(order));
            orders.extend(order.filter(|_| is_marked));
            if is_its && entry.kind == EntryKind::Airing {
                all.entry(station).or_default().note(&entry, record);
            } else if is_marked {
                all.entry(station).or_default().refuse(&entry);
            }
        })?;
        Ok(all)
    }

    /// A zone that has several rows, since it was ordered again or its journal was written again, was heard as the best of them has it.
    fn note(&mut self, entry: &Entry, record: &AlarmRecord) {
        let Some(mut outcome) = ZoneOutcome::of(entry, record) else { return };
        let zone = entry.zone.clone().unwrap_or_default();
        // A box that says that no horn is fed there is believed: the journal of an older one does not tell.
        if self.told().any(|told| told.zone == zone && told.is_unheard()) {
            outcome = ZoneOutcome::unheard();
        }
        if self.zones.get(&zone).is_none_or(|known| outcome.is_above(known)) {
            self.zones.insert(zone, outcome);
        }
    }

    /// It is of an order that was given before, and that this one joined in that zone: nothing more sounds for this one.
    fn has_joined(&self, entry: &Entry) -> bool {
        let Entry { zone: Some(zone), order: Some(order), .. } = entry else { return false };
        self.told().any(|told| told.zone == *zone && told.same_as == *order)
    }

    /// By the note of its order: one that was refused sounds nowhere, whatever was answered first, but where it joined another.
    fn refuse(&mut self, note: &Entry) {
        let Some(Reason::OrderRefused(Refused { because, .. })) = &note.reason else { return };
        if self.said.as_ref().is_none_or(|said| note.order.as_ref() != Some(&said.heard.order)) {
            return;
        }
        let alone = self.open().filter(|told| told.same_as.is_empty()).map(|told| told.zone.clone());
        for zone in alone.collect::<Vec<_>>() {
            let lack = Some(because.words());
            self.zones.insert(zone, ZoneOutcome { is_heard: false, seconds: 0.0, lack });
        }
    }

    /// The zones of its answer.
    fn told(&self) -> impl Iterator<Item = &ZoneHeard> {
        let said = self.said.iter().filter(|said| said.heard.fate == "ordered");
        said.flat_map(|said| &said.heard.zones)
    }

    /// Those of them of which no row has come.
    fn open(&self) -> impl Iterator<Item = &ZoneHeard> {
        self.told().filter(move |told| !self.zones.contains_key(&told.zone))
    }

    /// Zones in which its journal has it as heard.
    pub fn sounded(&self) -> usize {
        self.zones.values().filter(|zone| zone.is_heard).count()
    }

    /// Zones in which its journal has it as not heard.
    pub fn missed(&self) -> usize {
        self.zones.len() - self.sounded()
    }

    /// It was heard in every zone that is known of, or is just being.
    pub fn is_heard(&self) -> bool {
        let is_known = !self.zones.is_empty() || self.told().next().is_some();
        is_known && self.missed() == 0 && self.open().all(ZoneHeard::is_heard)
    }

    /// For whoever looks.
    pub fn text(&self, is_over: bool) -> Text {
        if !self.zones.is_empty() {
            return self.by_journal();
        }
        match &self.said {
            Some(said) => said.text(),
            None if is_over => {
                text!("không biết: chưa trả lời, nhật ký chưa về", "unknown: no answer, and its journal has not come")
            }
            None => text!("chưa trả lời", "no answer yet"),
        }
    }

    fn by_journal(&self) -> Text {
        let heard = self.sounded();
        let late = self.said.as_ref().map_or(0, |said| said.heard.late_seconds / 60);
        let late =
            if late >= 5 { text!(", đến muộn {late} phút", ", {late} minutes late") } else { text!("", "") };
        let title = |zone: &str| {
            let told = self.told().find(|told| told.zone == zone && !told.title.is_empty());
            shown(told.map_or(zone, |told| told.title.as_str()))
        };
        let lacks = self.zones.iter().filter_map(|(zone, outcome)| Some((title(zone), outcome.lack.clone()?)));
        let silent = self.open().filter(|told| !told.is_heard()).map(|told| (title(&told.zone), told.why()));
        let lacks: Vec<(String, Text)> = lacks.chain(silent).collect();
        let is_alone = self.zones.len() + self.open().count() == 1;
        let each = |word: fn(&Text) -> &str| {
            let one = |(title, why): &(String, Text)| {
                let why = shown_whole(word(why));
                if is_alone { why } else { format!("{title}: {why}") }
            };
            lacks.iter().map(one).collect::<Vec<_>>().join("; ")
        };
        let lack = Text { vi: each(|why| &why.vi), en: each(|why| &why.en) };
        if heard == 0 {
            return text!(
                late = late, lack = lack;
                "CHƯA NGHE TRỌN LẦN NÀO (theo nhật ký){late}: {lack}",
                "NOT HEARD TO THE END ONCE (by its journal){late}: {lack}"
            );
        }
        let between = if lacks.is_empty() { "" } else { "; " };
        text!(
            late = late, lack = lack;
            "ĐÃ PHÁT ở {heard} cụm loa (theo nhật ký){late}{between}{lack}",
            "SOUNDED in zones: {heard} (by its journal){late}{between}{lack}"
        )
    }
}
