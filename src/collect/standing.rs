use std::collections::BTreeMap;
use std::time::Duration;

use jiff::tz::TimeZone;
use loa_core::diag::{Lang, Text, figure, shown, text};
use loa_core::instant::Wall;
use serde_json::{Value, json};

use crate::fleet::Register;
use crate::ledger::{BookKind, JournalState, Ledger, LedgerError, LedgerFinding, LedgerFindingKind, RefusedMessages};
use crate::lost::StreamRecord;
use crate::pulse::{PulseRecord, TwinRecord};
use crate::rivals::RivalRecord;
use crate::room::RoomRecord;

/// Gaps of a station that stand in a line.
const GAPS_SHOWN: usize = 5;
/// A box sends rows as it writes them. One of which nothing has come for longer may have written many.
const SILENT: Duration = Duration::from_hours(24);

/// How far the rows of a fleet are there.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FleetRows {
    /// Of each station, the worst first.
    pub stations: Vec<StationRows>,
    /// Messages that were none.
    pub refused: Vec<RefusedMessages>,
    /// Others that collect from the same server into databases of their own.
    pub rivals: Vec<RivalRecord>,
    /// Streams that have lost what the centre had sent, by their names.
    pub lost: BTreeMap<String, StreamRecord>,
    /// Streams that are nearly full, or full, by their names.
    pub full: BTreeMap<String, RoomRecord>,
}

/// How far the rows of a station are there.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StationRows {
    /// Its place.
    pub station: String,
    /// What people call it; empty where nobody has said.
    pub title: String,
    /// Its journals, the newest last.
    pub journals: Vec<JournalRows>,
    /// When rows came last.
    pub last_heard: Option<Wall>,
    /// When its heartbeat came last.
    pub pulsed: Option<Wall>,
    /// How many rows it said then that its newest journal has.
    pub written: Option<u64>,
    /// Two boxes speak with its key, and nobody has closed that.
    pub is_twin: bool,
    /// Their journals, by which they are told apart: both of them, or the one that both go on with.
    pub twins: Vec<String>,
    /// Neither rows nor a heartbeat have come for longer than a day: nobody knows how many it has written since.
    pub is_silent: bool,
    /// Rows came of it after it was told to be stolen.
    pub after_lost: bool,
}

/// How far the rows of one journal are there.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct JournalRows {
    /// As the database has it.
    pub state: JournalState,
    /// Rows that have not come though later ones have.
    pub gaps: Vec<(u64, u64)>,
    /// What is wrong with it.
    pub findings: Vec<LedgerFinding>,
}

impl StationRows {
    /// Something that nobody but a person can put right.
    pub fn is_alarm(&self) -> bool {
        self.after_lost || self.is_twin || self.journals.iter().any(|journal| !journal.findings.is_empty())
    }

    /// Rows are missing.
    pub fn has_gaps(&self) -> bool {
        self.journals.iter().any(|journal| !journal.gaps.is_empty())
    }
}

impl FleetRows {
    /// By the database, and by the register where there is one.
    pub fn gather(ledger: &mut dyn Ledger, register: Option<&Register>, now: Wall) -> Result<Self, LedgerError> {
        let mut findings: BTreeMap<i64, Vec<LedgerFinding>> = BTreeMap::new();
        for finding in ledger.findings()? {
            findings.entry(finding.journal).or_default().push(finding);
        }
        let mut stations: BTreeMap<String, StationRows> = BTreeMap::new();
        let empty = |station: &str, title: &str| StationRows {
            station: station.to_owned(),
            title: title.to_owned(),
            journals: Vec::new(),
            last_heard: None,
            pulsed: None,
            written: None,
            is_twin: false,
            twins: Vec::new(),
            is_silent: false,
            after_lost: false,
        };
        for (path, place) in register.into_iter().flat_map(Register::stations) {
            stations.insert(path.to_string(), empty(path.as_str(), &place.title));
        }
        for state in ledger.journals()? {
            let gaps = if state.watermark == state.top && state.announced <= state.top {
                Vec::new()
            } else {
                ledger.gaps(state.id)?
            };
            let findings = findings.remove(&state.id).unwrap_or_default();
            let own = stations.entry(state.station.clone()).or_insert_with(|| empty(&state.station, ""));
            own.last_heard = own.last_heard.max(Some(state.last_heard));
            own.is_silent = own.last_heard.is_some_and(|heard| is_silent(heard, now));
            // What a stolen box had begun before, and what came of it after.
            let places = register.into_iter().flat_map(|register| &register.places);
            let place = places.into_iter().find(|(path, _)| path.as_str() == state.station).map(|(_, place)| place);
            let losses = place.into_iter().flat_map(|place| &place.former).filter(|former| former.lost);
            own.after_lost |= losses
                .map(|former| former.until.wall())
                .any(|lost| state.first_heard < lost && state.last_heard > lost);
            own.journals.push(JournalRows { state, gaps, findings });
        }
        for (path, pulse) in PulseRecord::all(ledger)? {
            let own = stations.entry(path.to_string()).or_insert_with(|| empty(path.as_str(), ""));
            own.pulsed = pulse.came_at();
            let newest = own.journals.last().is_some_and(|journal| journal.state.epoch == pulse.pulse.epoch);
            own.written = newest.then_some(pulse.pulse.rows);
            own.is_silent = own.pulsed.max(own.last_heard).is_some_and(|heard| is_silent(heard, now));
        }
        for page in ledger.pages(BookKind::Twin, "")? {
            if let Some(own) = stations.get_mut(&page.id) {
                let twin = page.read::<TwinRecord>().filter(|twin| twin.closed.is_none());
                own.is_twin = twin.is_some();
                own.twins = twin.map(|twin| twin.epochs).unwrap_or_default();
            }
        }
        let mut stations: Vec<StationRows> = stations.into_values().collect();
        // Alarms, then gaps, then those that were never heard, then by how long ago: the silent ones first.
        stations.sort_by_key(|own| (!own.is_alarm(), !own.has_gaps(), own.last_heard));
        let (rivals, lost) = (RivalRecord::standing(ledger, now)?, StreamRecord::standing(ledger)?);
        Ok(Self { stations, refused: ledger.refused()?, rivals, lost, full: RoomRecord::standing(ledger)? })
    }

    /// Whether somebody has to look.
    pub fn is_alarm(&self) -> bool {
        let is_quiet = self.refused.is_empty() && self.rivals.is_empty() && self.lost.is_empty();
        !is_quiet || !self.full.is_empty() || self.stations.iter().any(StationRows::is_alarm)
    }

    /// For people: a sentence, then what is wrong; with `all`, every station.
    pub fn text(&self, lang: Lang, tz: &TimeZone, all: bool) -> String {
        let count = |is: &dyn Fn(&StationRows) -> bool| self.stations.iter().filter(|own| is(own)).count();
        let total = self.stations.len();
        // A name under which rubbish came counts beside the stations, unless it is one of those with a trouble of its own.
        let is_counted = |refused: &&RefusedMessages| {
            self.stations.iter().any(|own| own.is_alarm() && own.station == refused.station)
        };
        let rubbish = self.refused.iter().filter(|refused| !is_counted(refused)).count();
        let of_the_centre = self.rivals.len() + self.lost.len() + self.full.len();
        let (alarms, gaps) = (count(&StationRows::is_alarm) + rubbish + of_the_centre, count(&StationRows::has_gaps));
        let (silent, never) = (count(&|own| own.is_silent), count(&|own| own.journals.is_empty()));
        let mut lines = vec![
            text!(
                "{total} đài: {alarms} sự cố, {gaps} còn thiếu dòng, {silent} im lặng hơn một ngày, {never} chưa từng gửi nhật ký.",
                "Stations: {total}; troubles: {alarms}; with rows missing: {gaps}; silent for over a day: {silent}; never heard: {never}."
            )
            .get(lang)
            .to_owned(),
        ];
        let is_wrong = |own: &StationRows| own.is_alarm() || own.has_gaps() || own.is_silent || own.journals.is_empty();
        let is_told = |own: &&StationRows| all || is_wrong(own);
        lines.extend(self.stations.iter().filter(is_told).map(|own| own.line(tz).get(lang).to_owned()));
        lines.extend(self.rivals.iter().map(|rival| rival.text().get(lang).to_owned()));
        lines.extend(self.lost.keys().map(|name| StreamRecord::text(name).get(lang).to_owned()));
        lines.extend(self.full.iter().map(|(name, record)| record.text(name).get(lang).to_owned()));
        lines.extend(self.refused.iter().map(|refused| {
            let (station, count, Text { vi, en }) = (shown(&refused.station), refused.count, refused.words());
            text!(
                "SỰ CỐ {station}: {count} lần gửi không nhận được ({vi})",
                "TROUBLE {station}: what came and was not taken, so many times: {count} ({en})"
            )
            .get(lang)
            .to_owned()
        }));
        lines.join("\n")
    }

    /// For programs.
    pub fn json(&self, tz: &TimeZone) -> Value {
        let instant = |at: Wall| at.rfc3339(tz);
        let station = |own: &StationRows| {
            let journals: Vec<Value> = (own.journals.iter())
                .map(|journal| {
                    let of = |kind| {
                        journal
                            .findings
                            .iter()
                            .filter(move |one| one.kind == kind)
                            .map(|one| one.seq)
                            .collect::<Vec<_>>()
                    };
                    json!({
                        "epoch": journal.state.epoch,
                        "first_heard": instant(journal.state.first_heard),
                        "last_heard": instant(journal.state.last_heard),
                        "received": journal.state.watermark,
                        "top": journal.state.top,
                        "announced": journal.state.announced,
                        "rows": journal.state.rows,
                        "missing": journal.gaps,
                        "breaks": of(LedgerFindingKind::Break),
                        "others": of(LedgerFindingKind::Other),
                    })
                })
                .collect();
            json!({
                "station": own.station,
                "title": own.title,
                "alarm": own.is_alarm(),
                "last_heard": own.last_heard.map(instant),
                "pulsed": own.pulsed.map(instant),
                "written": own.written,
                "twin": own.is_twin,
                "twin_journals": own.twins,
                "silent": own.is_silent,
                "after_lost": own.after_lost,
                "journals": journals,
            })
        };
        let refused = |one: &RefusedMessages| json!({ "station": one.station, "why": one.why, "count": one.count, "last": instant(one.last) });
        json!({
            "stations": self.stations.iter().map(station).collect::<Vec<_>>(),
            "refused": self.refused.iter().map(refused).collect::<Vec<_>>(),
            "rivals": self.rivals,
            "lost_streams": self.lost,
            "full_streams": self.full,
        })
    }
}

impl StationRows {
    fn line(&self, tz: &TimeZone) -> Text {
        let name = if self.title.is_empty() {
            self.station.clone()
        } else {
            format!("{} ({})", shown(&self.title), self.station)
        };
        let Some(heard) = self.last_heard else {
            return if self.is_twin {
                text!("SỰ CỐ {name}: hai máy dùng chung một khóa", "TROUBLE {name}: two boxes use one key")
            } else {
                text!("{name}: chưa từng gửi nhật ký", "{name}: its journal has never come")
            };
        };
        let mut parts = Vec::new();
        if self.is_twin {
            let journals = self.twins.iter().map(|epoch| shown(epoch)).collect::<Vec<_>>().join(", ");
            parts.push(if journals.is_empty() {
                text!(
                    "hai máy dùng chung một khóa: tìm máy kia, thu khóa, cấp khóa mới",
                    "two boxes use one key: find the other one, revoke, issue a new key"
                )
            } else {
                text!(
                    "hai máy dùng chung một khóa (nhật ký {journals}): tìm máy kia, thu khóa, cấp khóa mới",
                    "two boxes use one key (journals: {journals}): find the other one, revoke, issue a new key"
                )
            });
        }
        if self.after_lost {
            parts.push(text!("có dòng nhận được sau khi báo mất", "rows came after it was told to be stolen"));
        }
        for journal in &self.journals {
            let of = |kind| journal.findings.iter().filter(move |one| one.kind == kind).map(|one| one.seq);
            for seq in of(LedgerFindingKind::Break).take(GAPS_SHOWN) {
                let seq = figure::counted(seq);
                parts.push(text!(seq = seq; "chuỗi nhật ký đứt ở dòng {seq}", "the chain is broken at row {seq}"));
            }
            parts.extend(forks(of(LedgerFindingKind::Other).collect(), &journal.state.epoch));
        }
        for (first, last) in self.journals.iter().flat_map(|journal| &journal.gaps).take(GAPS_SHOWN) {
            let (first, last) = (figure::counted(*first), figure::counted(*last));
            parts.push(text!(
                first = first, last = last;
                "chưa nhận dòng {first} đến {last}",
                "rows {first} to {last} have not come"
            ));
        }
        let more = self.journals.iter().map(|journal| journal.gaps.len()).sum::<usize>().saturating_sub(GAPS_SHOWN);
        if more > 0 {
            parts.push(text!("còn {more} khoảng nữa", "and {more} more"));
        }
        let newest = self.journals.last().map_or(0, |journal| journal.state.watermark);
        let behind = self.written.unwrap_or(0).saturating_sub(newest);
        let (newest, heard) = (figure::counted(newest), figure::moment(heard, tz));
        parts.push(if behind > 0 && !self.is_silent {
            let behind = figure::counted(behind);
            text!(
                newest = newest, heard = heard, behind = behind;
                "đã nhận đủ đến dòng {newest}, lần cuối {heard}; máy báo còn {behind} dòng chưa gửi",
                "all rows up to {newest} are there, last heard {heard}; it says that so many more are not sent yet: {behind}"
            )
        } else if self.is_silent {
            text!(
                newest = newest, heard = heard;
                "mới có đến dòng {newest}, im lặng từ {heard}: chưa biết còn thiếu bao nhiêu",
                "rows up to {newest} are there, last heard {heard}: how many it has written since is not known"
            )
        } else {
            text!(
                newest = newest, heard = heard;
                "đã nhận đủ đến dòng {newest}, lần cuối {heard}",
                "all rows up to {newest} are there, last heard {heard}"
            )
        });
        let joined = |lang| parts.iter().map(|part| part.get(lang)).collect::<Vec<_>>().join("; ");
        let (vi, en) = (joined(Lang::Vi), joined(Lang::En));
        if self.is_alarm() {
            text!("SỰ CỐ {name}: {vi}", "TROUBLE {name}: {en}")
        } else {
            text!("{name}: {vi}", "{name}: {en}")
        }
    }
}

/// Rows of a journal that came as two different ones: which, whose, and what became of them.
fn forks(mut rows: Vec<u64>, epoch: &str) -> Option<Text> {
    rows.sort_unstable();
    let mut spans: Vec<(u64, u64)> = Vec::new();
    for row in rows {
        match spans.last_mut() {
            Some((_, last)) if row <= last.saturating_add(1) => *last = row,
            _ => spans.push((row, row)),
        }
    }
    let span = |(first, last): &(u64, u64)| if first == last { first.to_string() } else { format!("{first}-{last}") };
    let mut named: Vec<String> = spans.iter().take(GAPS_SHOWN).map(span).collect();
    named.extend((spans.len() > GAPS_SHOWN).then(|| "…".to_owned()));
    let (epoch, named) = (shown(epoch), named.join(", "));
    (!named.is_empty()).then(|| {
        text!(
            "nhật ký {epoch} có hai bản khác nhau của dòng {named}: giữ bản đến trước, để riêng bản đến sau; có thể hai máy chạy cùng một thẻ chép lại",
            "the journal {epoch} came in two versions, at rows {named}: the first one stays, the later one is held back; perhaps two boxes run from copies of one card"
        )
    })
}

/// Whether a station that was heard last at `heard` may have written rows since of which nobody knows.
pub(crate) fn is_silent(heard: Wall, now: Wall) -> bool {
    now.after(heard) > SILENT
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_that_came_as_two_are_named_with_their_journal_and_what_became_of_them() {
        let said = forks(vec![9, 5, 6, 7, 12], "e1").unwrap();
        assert!(
            said.vi.starts_with("nhật ký e1") && said.vi.contains("dòng 5-7, 9, 12: giữ bản đến trước"),
            "{said:?}"
        );
        assert_eq!(forks(Vec::new(), "e1"), None);
    }

    #[test]
    fn numbers_are_grouped_as_each_language_does() {
        let of = |number| figure::counted(number).vi;
        assert_eq!([of(0), of(899), of(1_010), of(2_500_000)], ["0", "899", "1.010", "2.500.000"]);
        assert_eq!(figure::counted(1_010).en, "1,010");
    }
}
