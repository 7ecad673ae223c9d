use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;

use loa_board::{AlarmAnswer, Board, BoardError, BoardLine, BoardPlace, RecentRow, SettledClosing};
use loa_core::district::{BoxCondition, BoxJournal, BoxSession, FleetCause, FleetView, HeardBy, troubles};
use loa_core::fact::body::read_instant;
use loa_core::fact::{Entry, EntryKind, Outcome, RowBody};
use loa_core::instant::Wall;
use loa_core::reason::Reason;
use loa_core::signature::Locality;
use loa_core::uplink::{Pulse, SentRow};

use crate::answers::{alarms, answered};
use crate::dispatch::{AlarmOutcome, SentRecord};
use crate::fleet::Register;
use crate::ledger::{BookKind, BookPage, JournalState, Ledger, LedgerError, LedgerFindingKind, Way};
use crate::lost::StreamRecord;
use crate::news::BookReader;
use crate::pulse::{PulseRecord, close_twin};
use crate::standing::{FleetRows, StationRows};
use crate::trouble::of_the_centre;

/// Rows of a journal that are looked at at once: some days of a station. What is older is in the reports.
const ROWS_MOST: u32 = 400;
/// Gaps and findings of a journal that the board names.
const NAMED_MOST: usize = 50;
/// Digits of a telephone number.
const NUMBER_LEAST: usize = 3;

/// Why the board could not be kept.
#[derive(Debug, thiserror::Error)]
pub enum KeepError {
    /// The database of the rows.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The board.
    #[error(transparent)]
    Board(#[from] BoardError),
}

impl KeepError {
    /// For people.
    pub fn text(&self) -> loa_core::diag::Text {
        match self {
            Self::Ledger(error) => error.text(),
            Self::Board(error) => error.text(),
        }
    }
}

/// Keeps the board as the rows and the words of boxes have it. All of it follows from those: a round that was lost is made up by the next one.
pub struct BoardKeeper {
    board: Board,
    lines: BTreeMap<Locality, BoardLine>,
    places: Option<Vec<BoardPlace>>,
    book: BookReader,
}

impl BoardKeeper {
    /// Of the fleet in `dir`.
    pub fn open(dir: &Path) -> Result<Self, BoardError> {
        let board = Board::open(dir)?;
        let lines = board.lines()?;
        Ok(Self { board, lines, places: None, book: BookReader::default() })
    }

    /// Bring the board up to what is known now. Says how many boxes changed.
    pub fn keep(
        &mut self,
        ledger: &mut dyn Ledger,
        register: Option<&Register>,
        now: Wall,
    ) -> Result<usize, KeepError> {
        // First what people have closed: what is wrong is looked at after that.
        self.settle(ledger, now)?;
        self.keep_places(register)?;
        let news = self.book.news(ledger, now)?;
        let mut lines = self.lines.clone();
        for (place, record) in &news.pulses {
            let came = record.came_at().unwrap_or(now);
            hear(lines.entry(place.clone()).or_default(), &record.pulse, came);
        }
        let (mut recent, mut orders) = (BTreeMap::new(), Vec::new());
        let known = FleetRows::gather(ledger, register, now)?;
        for own in &known.stations {
            let Some(place) = Locality::read(&own.station) else { continue };
            // A place that was never heard has no line.
            if own.journals.is_empty() {
                continue;
            }
            let line = lines.entry(place.clone()).or_default();
            let rows = look(ledger, own, line, &mut orders)?;
            if !rows.is_empty() {
                recent.insert(place, rows);
            }
        }
        note_sent(ledger, register, &news.pulses, &mut lines)?;
        self.board.keep_sent(&news.sent)?;
        self.board.keep_answers(&answers(ledger, register, &news.alarms, &orders)?)?;
        let changed: Vec<&Locality> = lines
            .iter()
            .filter(|(place, line)| self.lines.get(*place) != Some(*line))
            .map(|(place, _)| place)
            .collect();
        let each =
            changed.iter().map(|place| (*place, &lines[*place], recent.get(*place).map_or(&[][..], Vec::as_slice)));
        self.board.keep_lines(each, now)?;
        let count = changed.len();
        self.lines = lines;
        self.board.keep_rollouts(&news.rollouts)?;
        self.book.done(news);
        let fleet = self.board.fleet()?;
        let view = FleetView::judge(fleet.facts, &fleet.wanted, now);
        let mut wrong = troubles(&view);
        wrong.extend(of_the_centre(&known, now));
        self.board.keep_troubles(&wrong, now)?;
        Ok(count)
    }

    /// What people have closed on the page is closed in the database of the rows too.
    fn settle(&mut self, ledger: &mut dyn Ledger, now: Wall) -> Result<(), KeepError> {
        let closings = self.board.unsettled()?;
        for closing in &closings {
            let SettledClosing { cause, boxes, by, why, at, .. } = closing;
            // The board has seconds: all of that one was seen.
            let until = *at + Duration::from_millis(999);
            if *cause == FleetCause::LostStreams {
                StreamRecord::close(ledger, None, by, why, now)?;
            }
            for place in boxes.iter().map(Locality::as_str) {
                match cause {
                    FleetCause::Break => ledger.close(place, Some(LedgerFindingKind::Break), by, why, until)?,
                    FleetCause::Other => ledger.close(place, Some(LedgerFindingKind::Other), by, why, until)?,
                    FleetCause::Rubbish => ledger.forgive(place, by, why, until)?,
                    FleetCause::Twin => close_twin(ledger, place, by, why, now)?,
                    _ => 0,
                };
            }
        }
        if !closings.is_empty() {
            self.board.settle(&closings.iter().map(|closing| closing.id).collect::<Vec<_>>())?;
        }
        Ok(())
    }

    fn keep_places(&mut self, register: Option<&Register>) -> Result<(), KeepError> {
        let Some(register) = register else { return Ok(()) };
        let places = places(register);
        if self.places.as_ref() != Some(&places) {
            self.board.keep_places(&register.name, &places)?;
            self.places = Some(places);
        }
        Ok(())
    }
}

/// What the newest journal of a box says; its rows that are new, and when what somebody had ordered was to be heard.
fn look(
    ledger: &mut dyn Ledger,
    own: &StationRows,
    line: &mut BoardLine,
    orders: &mut Vec<Wall>,
) -> Result<Vec<RecentRow>, LedgerError> {
    let Some(newest) = own.journals.last() else { return Ok(Vec::new()) };
    let state = &newest.state;
    let is_other = line.epoch != state.epoch;
    let looked = if is_other { 0 } else { line.looked };
    let rows = if state.top > looked { ledger.last_rows(state.id, looked, ROWS_MOST)? } else { Vec::new() };
    let announced = if is_other { state.announced } else { state.announced.max(line.journal.known) };
    let mut journal = BoxJournal {
        received: state.watermark,
        reaches: if is_other || line.journal.received != state.watermark {
            reached(ledger, state)?
        } else {
            line.journal.reaches
        },
        known: announced.max(state.top),
        gaps: own.journals.iter().flat_map(|journal| journal.gaps.iter().copied()).take(NAMED_MOST).collect(),
        after_lost: own.after_lost,
        ..BoxJournal::default()
    };
    for finding in own.journals.iter().flat_map(|journal| &journal.findings).take(NAMED_MOST) {
        match finding.kind {
            LedgerFindingKind::Break => journal.breaks.push(finding.seq),
            LedgerFindingKind::Other => journal.others.push(finding.seq),
        }
    }
    // How it was heard is how its last row came; a report without rows can only have come on a stick.
    let heard = seconds(state.last_heard);
    if line.heard.is_none_or(|known| known < heard) {
        let way = rows.last().map_or(if state.rows == 0 { Way::Stick } else { Way::Network }, |(_, way)| *way);
        line.heard = Some(heard);
        line.by = Some(if way == Way::Stick { HeardBy::Stick } else { HeardBy::Network });
    }
    let mut recent = Vec::new();
    for (row, _) in &rows {
        let Some(entry) = entry(row) else { continue };
        let at = moment(&entry);
        if let Some(Reason::Started(hornless)) = &entry.reason {
            (line.bare, line.is_tried) = (Vec::new(), hornless.is_tried());
            if !line.is_tried {
                line.bare = hornless.0.iter().take(NAMED_MOST).cloned().collect();
            }
        }
        BoxSession::add(&mut line.session, &entry);
        let is_bare = line.is_tried || entry.zone.as_ref().is_some_and(|zone| line.bare.contains(zone));
        let is_heard = matches!(entry.outcome, Some(Outcome::Played | Outcome::Partial)) && !is_bare;
        if let Some(zone) = entry.zone.clone().filter(|_| is_heard && entry.kind == EntryKind::Airing) {
            let proof = line.proofs.entry(zone).or_insert(at);
            *proof = (*proof).max(at);
        }
        orders.extend(entry.order.is_some().then(|| Wall::from_secs(at)));
        recent.push(shown(&entry, at));
    }
    (line.journal, line.looked) = (journal, state.top);
    line.epoch.clone_from(&state.epoch);
    Ok(recent)
}

/// What boxes have said of these alarms, and of those that hold at one of these instants: their rows may be of one of them.
fn answers(
    ledger: &mut dyn Ledger,
    register: Option<&Register>,
    ids: &BTreeSet<String>,
    orders: &[Wall],
) -> Result<Vec<AlarmAnswer>, LedgerError> {
    let mut answers = Vec::new();
    if ids.is_empty() && orders.is_empty() {
        return Ok(answers);
    }
    for (id, record) in alarms(ledger, register)? {
        let span = AlarmOutcome::span(&record);
        if ids.contains(&id) || orders.iter().any(|at| span.contains(at)) {
            let outcomes = AlarmOutcome::gather(ledger, &record)?;
            answers.extend(outcomes.iter().filter_map(|(path, outcome)| answered(&record, path, outcome)));
        }
    }
    Ok(answers)
}

/// What was sent to each box, by the book: what others have had, in an earlier wave, is not its yet. What a box refused is of what was sent.
fn note_sent(
    ledger: &mut dyn Ledger,
    register: Option<&Register>,
    pulses: &[(Locality, PulseRecord)],
    lines: &mut BTreeMap<Locality, BoardLine>,
) -> Result<(), LedgerError> {
    let sent: Vec<SentRecord> = ledger.pages(BookKind::Sent, "")?.iter().filter_map(BookPage::read).collect();
    if sent.is_empty() {
        return Ok(());
    }
    let pulses: BTreeMap<&Locality, &PulseRecord> = pulses.iter().map(|(path, record)| (path, record)).collect();
    for (path, line) in lines {
        let zones = register.and_then(|register| register.places.get(path)).map(|place| place.zones.as_slice());
        let newest = SentRecord::newest_of_each(&sent, zones.unwrap_or_default());
        // What it refused before that is no word of it.
        for SentRecord { place, version, at, .. } in newest.iter().copied() {
            let is_before = line.state.as_ref().is_none_or(|state| state.came < at.seconds());
            let is_other = pulses.get(path).is_some_and(|pulse| pulse.refusal(place, *version, *at).is_none());
            if is_before || is_other {
                line.refused.remove(place.as_str());
            }
        }
        line.sent = Some(newest.into_iter().map(|letter| (letter.sender.to_string(), letter.version)).collect());
    }
    Ok(())
}

/// What a box has said of itself.
fn hear(line: &mut BoardLine, pulse: &Pulse, came: Wall) {
    let came = seconds(came);
    if line.heard.is_none_or(|known| known <= came) {
        (line.heard, line.by) = (Some(came), Some(HeardBy::Network));
    }
    if line.state.as_ref().is_some_and(|state| state.came > came) {
        return;
    }
    line.bundles = pulse.bundles.iter().take(NAMED_MOST).map(|(sender, version)| (sender.clone(), *version)).collect();
    line.refused = pulse.refused.iter().take(NAMED_MOST).map(|(place, code)| (place.clone(), code.clone())).collect();
    // Of a journal of which no row has come its rows will tell.
    if line.epoch == pulse.epoch {
        line.journal.known = line.journal.known.max(pulse.rows);
    }
    let told = pulse.standing.as_ref();
    let mut silent: Vec<String> = told.map(|told| told.silent.iter().take(8).cloned().collect()).unwrap_or_default();
    if told.is_none() && !pulse.clock_trusted {
        silent.push("clock_untrusted".to_owned());
    }
    line.state = Some(BoxCondition {
        came,
        clock_trusted: pulse.clock_trusted,
        told: told.is_some(),
        runs: told.is_some_and(|told| told.runs),
        next: told.and_then(|told| told.next.as_deref()).and_then(read_instant).map(seconds),
        silent,
        zones: told.map_or(0, |told| told.zones),
        dumb_zones: told.map_or(0, |told| told.dumb_zones),
        bare_zones: told.map_or(0, |told| told.bare_zones),
        free_bytes: told.and_then(|told| told.free_bytes),
    });
}

/// The register as the board has it. A place where no box can stand is an area.
fn places(register: &Register) -> Vec<BoardPlace> {
    let stations: BTreeSet<&Locality> = register.stations().map(|(path, _)| path).collect();
    register
        .places
        .iter()
        .map(|(path, place)| {
            let is_held = place.holder.is_some();
            let (contact, phone) = call(&place.call);
            let lost =
                place.former.last().filter(|former| former.lost && !is_held).map(|former| seconds(former.until.wall()));
            BoardPlace {
                path: path.clone(),
                title: place.title.clone(),
                contact,
                phone,
                is_held,
                is_area: !stations.contains(path),
                lost,
            }
        })
        .collect()
}

/// `ông Năm, trưởng thôn, 0905 123 456`: who, and by what number, which stands last.
fn call(written: &str) -> (String, String) {
    let is_of_number = |c: char| c.is_ascii_digit() || " .-+()".contains(c);
    let who = written.trim_end_matches(is_of_number);
    let number = written[who.len()..].trim();
    if number.chars().filter(char::is_ascii_digit).count() < NUMBER_LEAST {
        return (written.trim().to_owned(), String::new());
    }
    (who.trim_end_matches([' ', ',', ';', ':', '-']).to_owned(), number.to_owned())
}

/// Of what moment the row is up to which all are there; none where that one lies too far behind the newest.
fn reached(ledger: &mut dyn Ledger, state: &JournalState) -> Result<Option<i64>, LedgerError> {
    let rows = ledger.last_rows(state.id, state.watermark.saturating_sub(1), ROWS_MOST)?;
    let row = rows.iter().find(|(row, _)| row.seq == state.watermark);
    Ok(row.and_then(|(row, _)| entry(row)).map(|entry| moment(&entry)))
}

fn moment(entry: &Entry) -> i64 {
    seconds(entry.planned.or(entry.started).unwrap_or(entry.written))
}

fn entry(row: &SentRow) -> Option<Entry> {
    RowBody::read(&row.body).ok()?.entry(row.hash.clone()).ok()
}

fn shown(entry: &Entry, at: i64) -> RecentRow {
    let outcome = match entry.outcome {
        Some(Outcome::Played) => "played",
        Some(Outcome::Partial) => "partial",
        Some(Outcome::Missed) => "missed",
        Some(Outcome::Refused) => "refused",
        None => "",
    };
    RecentRow {
        seq: entry.seq,
        at,
        zone: entry.zone.clone().unwrap_or_default(),
        title: entry.title.chars().take(120).collect(),
        outcome: outcome.to_owned(),
        reason: entry.reason.as_ref().map(Reason::to_string).unwrap_or_default().chars().take(200).collect(),
    }
}

fn seconds(at: Wall) -> i64 {
    at.nanos().div_euclid(1_000_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_told_from_the_name_before_it() {
        let told = |written| call(written);
        let both = |who: &str, number: &str| (who.to_owned(), number.to_owned());
        assert_eq!(told("ông Năm, trưởng thôn, 0905 123 456"), both("ông Năm, trưởng thôn", "0905 123 456"));
        assert_eq!(told("trực Thôn 7"), both("trực Thôn 7", ""));
        assert_eq!(told("+84 905.123.456"), both("", "+84 905.123.456"));
        assert_eq!(told(""), both("", ""));
    }
}
