use std::collections::{BTreeMap, HashSet};

use jiff::ToSpan as _;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use loa_core::diag::{Lang, Text, csv, figure, text};
use loa_core::fact::{Entry, RowBody, Total, UncountedRows};
use loa_core::instant::Wall;
use serde_json::{Value, json};

use crate::fleet::Register;
use crate::ledger::{JournalState, Ledger, LedgerError, LedgerHorns, LedgerRow};
use crate::pulse::PulseRecord;
use crate::standing::is_silent;

/// What the stations of a province sounded in a month, in the columns of the monthly report, as far as their rows have come.
#[derive(Clone, PartialEq, Debug)]
pub struct ProvinceMonth {
    /// Its first day.
    pub first: Date,
    /// Of each station, by its place; those of the register that sent nothing too.
    pub stations: Vec<StationMonth>,
    /// Of all of them.
    pub total: Total,
    tz: TimeZone,
}

/// A station's month.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct StationMonth {
    /// Its place.
    pub station: String,
    /// What people call it; empty where nobody has said.
    pub title: String,
    /// Its airings.
    pub total: Total,
    /// Numbers of rows that have not come, of all its journals: what they say is in no total.
    pub missing: u64,
    /// Rows of a form that a later loa writes, which are in no total.
    pub unread: u64,
    /// When rows came last; none where none ever did.
    pub last_heard: Option<Wall>,
    /// None have come for longer than a day: what it has written since is in no total.
    pub is_silent: bool,
}

impl ProvinceMonth {
    /// By the rows of the database that stand in this month in `tz`, as it is at `now`.
    pub fn gather(
        ledger: &mut dyn Ledger,
        register: Option<&Register>,
        first: Date,
        tz: &TimeZone,
        now: Wall,
    ) -> Result<Self, LedgerError> {
        let mut stations: BTreeMap<String, StationMonth> = BTreeMap::new();
        for (path, place) in register.into_iter().flat_map(Register::stations) {
            let own = StationMonth { station: path.to_string(), title: place.title.clone(), ..StationMonth::default() };
            stations.insert(path.to_string(), own);
        }
        let journals: BTreeMap<i64, JournalState> =
            ledger.journals()?.into_iter().map(|journal| (journal.id, journal)).collect();
        for journal in journals.values() {
            let own = stations.entry(journal.station.clone()).or_default();
            own.station.clone_from(&journal.station);
            own.last_heard = own.last_heard.max(Some(journal.last_heard));
            own.is_silent = own.last_heard.is_some_and(|heard| is_silent(heard, now));
            own.missing += journal.top.max(journal.announced).saturating_sub(journal.rows);
        }
        for (path, pulse) in PulseRecord::all(ledger)? {
            let Some(own) = stations.get_mut(path.as_str()) else { continue };
            // It is alive: what it has written and not sent yet is known.
            if pulse.came_at().is_some_and(|came| !is_silent(came, now)) {
                own.is_silent = false;
                let newest = journals
                    .values()
                    .rfind(|journal| journal.station == path.as_str() && journal.epoch == pulse.pulse.epoch);
                let known = newest.map_or(0, |journal| journal.top.max(journal.announced));
                own.missing += pulse.pulse.rows.saturating_sub(known);
            }
        }
        let midnight = |day: Date| day.to_zoned(tz.clone()).map_or(Wall::from_secs(0), |at| Wall::from(at.timestamp()));
        let (from, to) = (midnight(first), midnight(first.saturating_add(1.month())));
        // Rows come by journal, so that one station's are in memory at a time. A journal that was written again to another
        // file has the same rows under another name: by its hash each counts once.
        let mut open: Option<(i64, Vec<Entry>)> = None;
        let mut seen: BTreeMap<String, HashSet<String>> = BTreeMap::new();
        let has_several = |station: &str| journals.values().filter(|journal| journal.station == station).count() > 1;
        let several: HashSet<i64> =
            journals.values().filter(|journal| has_several(&journal.station)).map(|journal| journal.id).collect();
        let add = |stations: &mut BTreeMap<String, StationMonth>, journal: i64, entries: &[Entry]| {
            let station = journals.get(&journal).map(|journal| journal.station.as_str()).unwrap_or_default();
            if let Some(own) = stations.get_mut(station) {
                let uncounted = UncountedRows::of(entries);
                for entry in entries {
                    own.total.add(entry, &uncounted);
                }
            }
        };
        let mut horns = LedgerHorns::before(ledger, from)?;
        ledger.rows(from, to, &mut |LedgerRow { journal, row, .. }| {
            let station = journals.get(&journal).map(|journal| journal.station.clone()).unwrap_or_default();
            if several.contains(&journal) && !seen.entry(station.clone()).or_default().insert(row.hash.clone()) {
                return;
            }
            let entry = RowBody::read(&row.body).ok().and_then(|body| body.entry(row.hash).ok());
            let Some(mut entry) = entry else { return };
            horns.mark(journal, &mut entry);
            match &mut open {
                Some((at, entries)) if *at == journal => entries.push(entry),
                _ => {
                    if let Some((before, entries)) = open.replace((journal, vec![entry])) {
                        add(&mut stations, before, &entries);
                    }
                }
            }
        })?;
        if let Some((journal, entries)) = open {
            add(&mut stations, journal, &entries);
        }
        for (journal, count) in ledger.unread()? {
            if let Some(own) = journals.get(&journal).and_then(|journal| stations.get_mut(&journal.station)) {
                own.unread += count;
            }
        }
        let stations: Vec<StationMonth> = stations.into_values().collect();
        let mut total = Total::default();
        for own in &stations {
            total.join(&own.total);
        }
        Ok(Self { first, stations, total, tz: tz.clone() })
    }

    /// How complete it is.
    pub fn sentence(&self) -> Text {
        let (month, year, stations) = (self.first.month(), self.first.year(), self.stations.len());
        let is_whole = |own: &StationMonth| own.missing == 0 && own.last_heard.is_some() && !own.is_silent;
        let whole = self.stations.iter().filter(|own| is_whole(own)).count();
        let silent = self.stations.iter().filter(|own| own.is_silent).count();
        if silent == 0 {
            return text!(
                "Tháng {month} năm {year}: {stations} đài, {whole} đài đã nhận đủ nhật ký.",
                "Month {year}-{month:02}: stations: {stations}, with all their rows: {whole}."
            );
        }
        text!(
            "Tháng {month} năm {year}: {stations} đài, {whole} đài đã nhận đủ nhật ký; {silent} đài im lặng hơn một ngày, chưa biết còn thiếu bao nhiêu.",
            "Month {year}-{month:02}: stations: {stations}, with all their rows: {whole}; silent for over a day, so that what is missing is not known: {silent}."
        )
    }

    /// A table that a spreadsheet opens by a double click, in its language; the last line is the sum of those above.
    pub fn csv(&self, lang: Lang) -> String {
        let head = [
            text!("STT", "No."),
            text!("Mã nơi", "Place"),
            text!("Đài", "Station"),
            text!("Số lượt", "Airings"),
            text!("Đã phát", "Played"),
            text!("Phát một phần", "Partly played"),
            text!("Bị lỡ", "Missed"),
            text!("Bị từ chối", "Refused"),
            text!("Giây dự kiến", "Seconds planned"),
            text!("Giây đã phát", "Seconds played"),
            text!("Tỷ lệ (%)", "Percent"),
            text!("Không có loa", "No horn"),
            text!("Dòng chưa nhận", "Rows not received"),
            text!("Dòng không đọc được", "Rows not readable"),
            text!("Nghe lần cuối", "Last heard"),
        ];
        let mut out = String::from("\u{feff}");
        out += &csv::line(&head.map(|said| said.get(lang).to_owned()), lang);
        for (place, own) in self.stations.iter().enumerate() {
            let mut fields = vec![(place + 1).to_string(), own.station.clone(), own.title.clone()];
            fields.extend(cells(&own.total, lang));
            let heard = own.last_heard.map(|heard| figure::stamp(heard, &self.tz).get(lang).to_owned());
            fields.extend([own.missing.to_string(), own.unread.to_string(), heard.unwrap_or_default()]);
            out += &csv::line(&fields, lang);
        }
        let mut fields = vec![String::new(), String::new(), text!("Cộng", "Total").get(lang).to_owned()];
        fields.extend(cells(&self.total, lang));
        let sum = |of: fn(&StationMonth) -> u64| self.stations.iter().map(of).sum::<u64>().to_string();
        fields.extend([sum(|own| own.missing), sum(|own| own.unread), String::new()]);
        out + &csv::line(&fields, lang)
    }

    /// For programs.
    pub fn json(&self) -> Value {
        let station = |own: &StationMonth| {
            json!({
                "station": own.station, "title": own.title, "total": own.total, "missing": own.missing, "unread": own.unread,
                "last_heard": own.last_heard.map(|heard| heard.rfc3339(&self.tz)), "silent": own.is_silent,
            })
        };
        json!({
            "month": self.first.strftime("%Y-%m").to_string(),
            "stations": self.stations.iter().map(station).collect::<Vec<_>>(),
            "total": self.total,
        })
    }
}

fn cells(total: &Total, lang: Lang) -> [String; 9] {
    let percent = total.percent().map_or_else(String::new, |percent| figure::decimal(percent, 1).get(lang).to_owned());
    [
        total.planned.to_string(),
        total.played.to_string(),
        total.partial.to_string(),
        total.missed.to_string(),
        total.refused.to_string(),
        total.seconds_planned.to_string(),
        total.seconds_played.to_string(),
        percent,
        total.unheard.to_string(),
    ]
}
