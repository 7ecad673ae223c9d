//! What the journal gets told: entries made from airings and runs.

use std::time::Duration;

use jiff::tz::TimeZone;

use super::event::{Action, ProofNote, signed};
use crate::fact::{AudioRef, Entry, EntryKind, Outcome, Record};
use crate::instant::Wall;
use crate::plan::{ALARM_LENGTH, Airing, Cause, Item, Verdict};
use crate::reason::{Ordered, Reason, Span};
use crate::schedule::{Broadcast, Chime, Class, Kind as Sort, Play};
use crate::station::Station;

/// Names an airing in the journal: zone, broadcast and scheduled instant; behind them, of an order, its number.
pub(super) fn key(airing: &Airing, station: &Station) -> String {
    let Airing { broadcast, scheduled, .. } = airing;
    let zone = &station.zones[usize::from(airing.zone.0)].id;
    match broadcast.ordered() {
        Some(order) => format!("{zone}/{}/{}/{}", broadcast.id, order.given, order.number.0),
        None => format!("{zone}/{}/{}", broadcast.id, scheduled.rfc3339(&station.timezone)),
    }
}

/// Whether the journal's name of an airing is that of an order: it has its number behind the instant.
pub fn is_order(key: &str) -> bool {
    key.rsplit('/').next().is_some_and(|last| !last.is_empty() && last.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Who ordered it, and why: by hand, or, of an emergency, in the schedule. `None` for anything else.
pub(super) fn asked(broadcast: &Broadcast) -> Option<Reason> {
    let Some(order) = broadcast.ordered() else {
        let warrant = broadcast.warrant.as_ref()?;
        return Some(Reason::Warrant(Ordered { why: warrant.why.clone(), ..Ordered::by(&warrant.by) }));
    };
    let by = Ordered::by(&signed(&order.by, &order.account));
    Some(match (broadcast.class, broadcast.kind) {
        (Class::Emergency, _) => Reason::Alert(Ordered { why: order.why.clone(), ..by }),
        (_, Sort::Test) => Reason::TestTone(by),
        (_, Sort::Drill) => Reason::Drill(by),
        _ if broadcast.is_talk() => Reason::Talk(by),
        _ => Reason::Say(by),
    })
}

/// What is known of an airing before it sounds.
pub(super) fn draft(airing: &Airing, station: &Station, now: Wall) -> Entry {
    Entry {
        kind: EntryKind::Airing,
        written: now,
        zone: station.zones.get(usize::from(airing.zone.0)).map(|zone| zone.id.clone()),
        broadcast: Some(airing.broadcast.id.clone()),
        title: airing.broadcast.title.clone(),
        class: Some(airing.broadcast.class),
        planned: Some(airing.scheduled),
        // Nobody plans how long somebody will speak: the programme is as long as may be spoken.
        seconds_planned: (!airing.broadcast.is_talk()).then(|| airing.programme.length.as_secs_f64()),
        audio: audio(airing),
        campaign: airing.broadcast.campaign.clone(),
        order: airing.broadcast.ordered().map(|order| order.id.clone()),
        approved_by: airing.programme.standing.approved_by().map(str::to_owned),
        ..Entry::default()
    }
}

/// A row that tells what became of an airing. Made here only, so that none says `missed`, `partial` or
/// `refused` and leaves it at that.
#[derive(Debug)]
pub(super) struct OutcomeRow(Entry);

impl OutcomeRow {
    pub(super) fn new(outcome: Outcome, reason: Option<Reason>, rest: Entry) -> Self {
        let reason = reason.or_else(|| (outcome != Outcome::Played).then_some(Reason::CutShort));
        // What somebody spoke is as long as it was.
        let seconds_planned = rest.seconds_planned.or(rest.seconds_played);
        Self(Entry { outcome: Some(outcome), reason, seconds_planned, ..rest })
    }

    /// What the last life was about to start, and nothing came of.
    pub(super) fn power_lost(draft: Entry, now: Wall) -> Self {
        let rest = Entry { written: now, seconds_played: Some(0.0), ..draft };
        Self::new(Outcome::Missed, Some(Reason::PowerLost), rest)
    }
}

/// Why an airing ended of which so much was heard. A stop within the tone of an alarm has let no word of it sound.
pub(super) fn cut_by(because: &Reason, airing: &Airing, heard: Duration) -> Reason {
    let is_within_tone = airing.broadcast.play.first() == Some(&Play::Chime(Chime::Alarm)) && heard <= ALARM_LENGTH;
    match because {
        Reason::Stopped(by) if is_within_tone => Reason::Recalled(by.clone()),
        because => because.clone(),
    }
}

/// What became of an airing that never got as far as a run.
pub(super) fn unplayed(airing: &Airing, station: &Station, now: Wall, because: Option<&Reason>) -> OutcomeRow {
    let outcome = match airing.verdict {
        Verdict::Refuse if because.is_none() => Outcome::Refused,
        _ => Outcome::Missed,
    };
    let planned = || airing.reason.as_deref().map_or_else(Reason::late, Cause::reason);
    let because = because.map_or_else(planned, |because| cut_by(because, airing, Duration::ZERO));
    let rest = Entry { seconds_played: Some(0.0), ..draft(airing, station, now) };
    OutcomeRow::new(outcome, Some(because), rest)
}

/// An airing's outcome, as an action.
pub(super) fn finish(key: String, OutcomeRow(entry): OutcomeRow) -> Action {
    Action::Record(Record::Finish { key, entry: Box::new(entry) })
}

/// A note, as an action.
pub(super) fn noted(entry: Entry) -> Action {
    Action::Record(Record::Note(Box::new(entry)))
}

/// A note of the whole station.
pub(super) fn note(now: Wall, reason: Reason, title: impl Into<String>) -> Entry {
    Entry { kind: EntryKind::Note, written: now, title: title.into(), reason: Some(reason), ..Entry::default() }
}

/// The note of what a microphone says of an airing: beside the airing's own row, which stays as it is.
pub(super) fn proven(now: Wall, proof: ProofNote) -> Entry {
    let ProofNote { zone, broadcast, title, class, planned, reason } = proof;
    Entry {
        zone: Some(zone),
        broadcast: Some(broadcast),
        class: Some(class),
        planned: Some(planned),
        ..note(now, reason, title)
    }
}

/// Two readings of the station's clock, in its own time, to the second.
pub(super) fn span(from: Wall, to: Wall, tz: &TimeZone) -> Span {
    let reading = |at: Wall| at.zoned(tz).datetime();
    Span { from: reading(from), to: reading(to) }
}

/// The note that an emergency sounds although `rule` forbids it to anything else.
pub(super) fn passed(airing: &Airing, station: &Station, now: Wall, rule: Reason) -> Entry {
    let draft = draft(airing, station, now);
    Entry {
        kind: EntryKind::Note,
        reason: Some(Reason::PassedAsEmergency(Box::new(rule))),
        seconds_planned: None,
        audio: Vec::new(),
        order: None,
        ..draft
    }
}

fn audio(airing: &Airing) -> Vec<AudioRef> {
    let mut files: Vec<AudioRef> = Vec::new();
    for (file, sha256) in airing.programme.sounds().filter_map(Item::source) {
        if !files.iter().any(|known| known.file == file) {
            files.push(AudioRef { file: file.to_string(), sha256: sha256.to_string() });
        }
    }
    files
}
