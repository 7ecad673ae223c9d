//! What the journal is told of a run: what became of it, and how its sound fared.

use super::record::{OutcomeRow, asked, cut_by, draft};
use super::run::Run;
use crate::fact::{Entry, EntryKind, Outcome};
use crate::instant::Wall;
use crate::plan::{Cause, Verdict};
use crate::reason::{Holes, Reason};
use crate::station::Station;

/// What became of a run.
pub(super) fn fact(run: &Run, station: &Station, now: Wall) -> OutcomeRow {
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
    let draft = draft(&run.airing, station, now);
    let rest = Entry {
        started: run.started,
        ended: run.ended,
        start_error_ms: run.start_error.map(|error| error.as_secs_f64() * 1e3),
        seconds_played: Some(heard),
        audio: draft.audio.iter().chain(&run.kept).cloned().collect(),
        ..draft
    };
    let because = run.because.as_ref().map(|because| cut_by(because, &run.airing, run.heard));
    OutcomeRow::new(outcome, because.or(asked).or_else(planned), rest)
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
