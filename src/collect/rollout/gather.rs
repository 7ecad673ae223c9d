use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use loa_core::fact::{Entry, EntryKind, Outcome, RowBody};
use loa_core::instant::Wall;
use loa_core::reason::Reason;
use loa_core::signature::{Locality, UtcSecond};

use super::{BoxFacts, RolloutRecord, RolloutWave};
use crate::dispatch::place_of;
use crate::ledger::{JournalState, Ledger, LedgerError, LedgerHorns, LedgerRow};
use crate::pulse::PulseRecord;

/// Airings of one zone with less than that between them are one session.
const BETWEEN: Duration = Duration::from_mins(5);
/// What has gone wrong at a box in so long before is no new fault.
const BEFORE: Duration = Duration::from_hours(14 * 24);
/// A box's clock may stand so wrong.
const SLACK: Duration = Duration::from_hours(24);

/// What is known of every box of a roll-out.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RolloutView {
    /// The boxes, in the order of the waves.
    pub stations: Vec<Locality>,
    /// What is known of each.
    pub facts: Vec<BoxFacts>,
}

impl RolloutView {
    /// By the book and the rows.
    pub fn gather(ledger: &mut dyn Ledger, record: &RolloutRecord, now: Wall) -> Result<Self, LedgerError> {
        let pulses = PulseRecord::all(ledger)?;
        let journals = ledger.journals()?;
        let mut entries = rows(ledger, &journals, record, record.made.wall() - SLACK, now + SLACK)?;
        // Only who has a fault now is asked for those before.
        let has_fault = |entries: &Vec<Entry>| entries.iter().any(|entry| fault(entry).is_some());
        let wanted: BTreeSet<Locality> =
            entries.iter().filter(|(_, entries)| has_fault(entries)).map(|(path, _)| path.clone()).collect();
        if !wanted.is_empty() {
            let from = record.made.wall() - BEFORE;
            for (path, before) in rows(ledger, &journals, record, from, record.made.wall() - SLACK)? {
                if wanted.contains(&path) {
                    let own = entries.entry(path).or_default();
                    own.splice(0..0, before);
                }
            }
        }
        let (mut stations, mut facts) = (Vec::new(), Vec::new());
        for (wave, own) in record.waves.iter().enumerate() {
            for path in &own.stations {
                let pulse = pulses.get(path);
                let rows_came = journals.iter().filter(|journal| journal.station == path.as_str());
                let heard =
                    rows_came.map(|journal| journal.last_heard).chain(pulse.and_then(PulseRecord::came_at)).max();
                let none = Vec::new();
                let entries = entries.get(path).unwrap_or(&none);
                let installed = entries.iter().any(|entry| is_install(entry, record));
                let told = pulse.and_then(|pulse| pulse.pulse.bundles.get(record.sender.as_str()).copied());
                let held = told.max(installed.then_some(record.version));
                facts.push(BoxFacts {
                    wave,
                    heard: heard.map(UtcSecond::of),
                    held,
                    refusal: refusal(pulse, record, own, path),
                    session: good_session(entries, record, now),
                });
                stations.push(path.clone());
            }
        }
        Ok(Self { stations, facts })
    }
}

/// Why a box does not take what lies at the places of its wave. What it said before it can have seen the letter is of an earlier one.
fn refusal(pulse: Option<&PulseRecord>, record: &RolloutRecord, wave: &RolloutWave, path: &Locality) -> Option<String> {
    let (pulse, sent) = (pulse?, wave.sent?);
    let came = UtcSecond::of(pulse.came_at()?);
    if came.seconds() - sent.seconds() < i64::from(record.rules.grace) {
        return None;
    }
    let own = place_of(path);
    let hears = |place: &&Locality| place.covers(&own);
    let number = record.previous.filter(|_| wave.back).unwrap_or(record.version);
    wave.places.iter().filter(hears).find_map(|place| pulse.refusal(place, number, sent)).cloned()
}

/// Of each box the rows between two instants that tell of bundles and of airings, in their order.
fn rows(
    ledger: &mut dyn Ledger,
    journals: &[JournalState],
    record: &RolloutRecord,
    from: Wall,
    to: Wall,
) -> Result<BTreeMap<Locality, Vec<Entry>>, LedgerError> {
    let ours: BTreeSet<&str> = record.waves.iter().flat_map(|wave| &wave.stations).map(Locality::as_str).collect();
    let stations: BTreeMap<i64, Locality> = journals
        .iter()
        .filter(|journal| ours.contains(journal.station.as_str()))
        .filter_map(|journal| Some((journal.id, Locality::read(&journal.station)?)))
        .collect();
    let mut all: BTreeMap<Locality, Vec<Entry>> = BTreeMap::new();
    let mut horns = LedgerHorns::before(ledger, from)?;
    ledger.rows(from, to, &mut |LedgerRow { journal, row, .. }| {
        let Some(station) = stations.get(&journal) else { return };
        let entry = RowBody::read(&row.body).ok().and_then(|body| body.entry(row.hash).ok());
        let tells = |entry: &Entry| {
            (entry.kind == EntryKind::Airing && entry.order.is_none() && !entry.no_horn)
                || matches!(entry.reason, Some(Reason::BundleInstalled(_)))
        };
        let entry = entry.map(|mut entry| {
            horns.mark(journal, &mut entry);
            // Whether a schedule is carried out shows at a station that is tried out as well.
            entry.no_horn &= !horns.is_tried(journal);
            entry
        });
        if let Some(entry) = entry.filter(tells) {
            all.entry(station.clone()).or_default().push(entry);
        }
    })?;
    Ok(all)
}

/// The note of this very bundle: its number and who sends it stand first.
fn is_install(entry: &Entry, record: &RolloutRecord) -> bool {
    let Some(Reason::BundleInstalled(what)) = &entry.reason else { return false };
    what.starts_with(&format!("{}, {},", record.version, record.sender))
}

/// What went wrong with an airing, where that is no person's doing and no emergency's.
fn fault(entry: &Entry) -> Option<String> {
    if entry.kind != EntryKind::Airing || entry.outcome.is_none_or(|outcome| outcome == Outcome::Played) {
        return None;
    }
    match &entry.reason {
        Some(
            Reason::Stopped(_)
            | Reason::Interrupted(_)
            | Reason::Recalled(_)
            | Reason::PowerLost
            | Reason::StationOff(_)
            | Reason::CancelledDay(_)
            | Reason::Mourning,
        ) => None,
        Some(reason) => Some(reason.code().to_owned()),
        None => Some(String::new()),
    }
}

/// The first session of schedules after the box took the bundle: good once it is over and nothing went wrong in it that had not gone wrong
/// before; bad at once where something new did. None yet where it has not come. Rows in their order.
pub fn good_session(entries: &[Entry], record: &RolloutRecord, now: Wall) -> Option<Result<(), String>> {
    let installed = entries.iter().position(|entry| is_install(entry, record))?;
    let (before, after) = entries.split_at(installed);
    let known: BTreeSet<String> = before.iter().filter_map(fault).collect();
    // When it was to begin, and when it ended.
    let span = |entry: &Entry| {
        let from = entry.started.or(entry.planned).unwrap_or(entry.written);
        (from, entry.ended.unwrap_or(from))
    };
    let mut airings: Vec<&Entry> = after.iter().filter(|entry| entry.kind == EntryKind::Airing).collect();
    airings.sort_by_key(|entry| span(entry).0);
    // A session that nothing was heard of and nothing new went wrong in says nothing: the next one is looked at.
    while let Some(first) = airings.first() {
        let zone = first.zone.clone();
        let mut end = span(first).1;
        let mut session: Vec<&Entry> = Vec::new();
        airings.retain(|entry| {
            let (from, to) = span(entry);
            let is_in = entry.zone == zone && from <= end + BETWEEN;
            if is_in {
                end = end.max(to);
                session.push(*entry);
            }
            !is_in
        });
        if let Some(new) = session.iter().filter_map(|entry| fault(entry)).find(|code| !known.contains(code)) {
            return Some(Err(new));
        }
        let is_over = end + BETWEEN < now || airings.iter().any(|entry| entry.zone == zone);
        if session.iter().any(|entry| entry.outcome == Some(Outcome::Played)) {
            return is_over.then_some(Ok(()));
        }
    }
    None
}
