//! What the journal is told of a run: what became of it, and how its sound fared.

use std::time::Duration;

use super::record::{OutcomeRow, asked, cut_by, draft};
use super::run::Run;
use crate::fact::{Entry, EntryKind, Outcome};
use crate::instant::Wall;
use crate::plan::{Cause, Verdict};
use crate::reason::{Holes, Reason};
use crate::station::Station;

/// Less than this, beside the silence of a relay, is what its beginning and its end are measured by.
pub(super) const HEARD_LEAST: Duration = Duration::from_secs(1);

/// What became of a run.
pub(super) fn fact(run: &Run, station: &Station, now: Wall) -> OutcomeRow {
    // What was played in silence, as a relay had no sound and nothing was to be heard instead, was heard by nobody.
    let silence = run.unrelayed.told();
    let heard = silence.as_ref().map_or(run.heard, |(length, _)| run.heard.saturating_sub(*length));
    let is_silent = heard < HEARD_LEAST && silence.is_some();
    let outcome = match &run.because {
        // Its beginning was not heard.
        _ if run.joins && !run.heard.is_zero() && !is_silent => Outcome::Partial,
        _ if run.is_whole() && silence.is_none() => Outcome::Played,
        Some(because) if because.is_law() && run.heard.is_zero() => Outcome::Refused,
        None if run.heard.is_zero() && run.airing.verdict == Verdict::Refuse => Outcome::Refused,
        _ if run.heard.is_zero() || is_silent => Outcome::Missed,
        _ => Outcome::Partial,
    };
    let planned = || if run.joins { Some(Reason::Joined) } else { run.airing.reason.as_deref().map(Cause::reason) };
    // Who ordered it, and that its device was away meanwhile. Of what is written, why it was not whole is more than that.
    let is_told = run.airing.is_ordered() || (run.is_whole() && !run.joins && silence.is_none());
    let asked = match (asked(&run.airing.broadcast).filter(|_| is_told), &run.lost) {
        (Some(asked), Some(lost)) => Some(asked.but(lost.clone())),
        (asked, lost) => asked.or_else(|| lost.clone()),
    };
    let draft = draft(&run.airing, station, now);
    let rest = Entry {
        started: run.started,
        ended: run.ended,
        start_error_ms: run.start_error.map(|error| error.as_secs_f64() * 1e3),
        seconds_played: Some(heard.as_secs_f64()),
        audio: draft.audio.iter().chain(&run.talked.kept).cloned().collect(),
        ..draft
    };
    let because = run.because.as_ref().map(|because| cut_by(because, &run.airing, run.heard));
    // What the plan ended is told by that, whoever ordered it: `order` says whose it was.
    let is_ended = run.lost.is_none() && !run.is_whole() && run.airing.reason.as_deref().is_some_and(Cause::ends);
    let ended = if is_ended { planned() } else { None };
    let broken = run.talked.lost.clone();
    let broken = broken.map(|broken| run.lost.clone().map_or(broken.clone(), |lost| broken.but(lost)));
    let ended = ended.or(broken);
    let unrelayed = silence.map(|(_, reason)| reason);
    OutcomeRow::new(outcome, because.or(ended).or(unrelayed).or(asked).or_else(planned), rest)
}

/// The note that an airing's sound had dropouts: how often, and how much of it was silence.
pub(super) fn underrun(run: &Run, station: &Station, now: Wall) -> Entry {
    let (times, silent) = run.holes;
    Entry {
        kind: EntryKind::Note,
        reason: Some(Reason::Underrun(Holes { times, silent })),
        seconds_planned: None,
        audio: Vec::new(),
        order: None,
        ..draft(&run.airing, station, now)
    }
}
