//! What the journal gets told: entries made from airings and runs.

use jiff::tz::TimeZone;

use super::event::{Action, signed};
use super::run::Run;
use crate::fact::{AudioRef, Entry, Kind, Outcome, Record};
use crate::instant::Wall;
use crate::plan::{Airing, Cause, Item, Verdict};
use crate::reason::{Holes, Ordered, Reason, Span};
use crate::schedule::{Broadcast, Class, Kind as Sort};
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
        _ => Reason::Say(by),
    })
}

/// What is known of an airing before it sounds.
pub(super) fn draft(airing: &Airing, station: &Station, now: Wall) -> Entry {
    Entry {
        kind: Kind::Airing,
        written: now,
        zone: station.zones.get(usize::from(airing.zone.0)).map(|zone| zone.id.clone()),
        broadcast: Some(airing.broadcast.id.clone()),
        title: airing.broadcast.title.clone(),
        class: Some(airing.broadcast.class),
        planned: Some(airing.scheduled),
        seconds_planned: Some(airing.programme.length.as_secs_f64()),
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
pub(super) struct Row(Entry);

impl Row {
    fn new(outcome: Outcome, reason: Option<Reason>, rest: Entry) -> Self {
        let reason = reason.or_else(|| (outcome != Outcome::Played).then_some(Reason::CutShort));
        Self(Entry { outcome: Some(outcome), reason, ..rest })
    }

    /// What the last life was about to start, and nothing came of.
    pub(super) fn power_lost(draft: Entry, now: Wall) -> Self {
        let rest = Entry { written: now, seconds_played: Some(0.0), ..draft };
        Self::new(Outcome::Missed, Some(Reason::PowerLost), rest)
    }
}

/// What became of an airing that never got as far as a run.
pub(super) fn unplayed(airing: &Airing, station: &Station, now: Wall, because: Option<&Reason>) -> Row {
    let outcome = match airing.verdict {
        Verdict::Refuse if because.is_none() => Outcome::Refused,
        _ => Outcome::Missed,
    };
    let planned = || airing.reason.as_deref().map_or_else(Reason::late, Cause::reason);
    let because = because.cloned().unwrap_or_else(planned);
    let rest = Entry { seconds_played: Some(0.0), ..draft(airing, station, now) };
    Row::new(outcome, Some(because), rest)
}

/// What became of a run.
pub(super) fn fact(run: &Run, station: &Station, now: Wall) -> Row {
    let heard = run.heard.as_secs_f64();
    let outcome = match &run.because {
        // Its beginning was not heard.
        _ if run.joins && !run.heard.is_zero() => Outcome::Partial,
        _ if run.is_whole() => Outcome::Played,
        Some(because) if because.is_law() && run.heard.is_zero() => Outcome::Refused,
        None if run.heard.is_zero() && run.airing.verdict == Verdict::Refuse => Outcome::Refused,
        _ if run.heard.is_zero() => Outcome::Missed,
        _ => Outcome::Partial,
    };
    let planned = || if run.joins { Some(Reason::Joined) } else { run.airing.reason.as_deref().map(Cause::reason) };
    // Who ordered it, and that its device was away meanwhile. Of what is written, why it was not whole is more than that.
    let is_told = run.airing.is_ordered() || (run.is_whole() && !run.joins);
    let asked = match (asked(&run.airing.broadcast).filter(|_| is_told), &run.lost) {
        (Some(asked), Some(lost)) => Some(asked.but(lost.clone())),
        (asked, lost) => asked.or_else(|| lost.clone()),
    };
    let rest = Entry {
        started: run.started,
        ended: run.ended,
        start_error_ms: run.start_error.map(|error| error.as_secs_f64() * 1e3),
        seconds_played: Some(heard),
        ..draft(&run.airing, station, now)
    };
    Row::new(outcome, run.because.clone().or(asked).or_else(planned), rest)
}

/// An airing's outcome, as an action.
pub(super) fn finish(key: String, Row(entry): Row) -> Action {
    Action::Record(Record::Finish { key, entry: Box::new(entry) })
}

/// A note, as an action.
pub(super) fn noted(entry: Entry) -> Action {
    Action::Record(Record::Note(Box::new(entry)))
}

/// A note of the whole station.
pub(super) fn note(now: Wall, reason: Reason, title: impl Into<String>) -> Entry {
    Entry { kind: Kind::Note, written: now, title: title.into(), reason: Some(reason), ..Entry::default() }
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
        kind: Kind::Note,
        reason: Some(Reason::PassedAsEmergency(Box::new(rule))),
        seconds_planned: None,
        audio: Vec::new(),
        order: None,
        ..draft
    }
}

/// The note that an airing's sound had holes: how often, and how much of it was silence.
pub(super) fn underrun(run: &Run, station: &Station, now: Wall) -> Entry {
    let (times, silent) = run.holes;
    Entry {
        kind: Kind::Note,
        reason: Some(Reason::Underrun(Holes { times, silent })),
        seconds_planned: None,
        audio: Vec::new(),
        order: None,
        ..draft(&run.airing, station, now)
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
