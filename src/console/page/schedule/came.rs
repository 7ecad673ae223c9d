use crate::daemon::WrittenPast;
use crate::diag::{Text, text};
use crate::fact::Outcome;
use crate::journal::export;
use crate::plan::Airing;
use crate::station::{Station, ZoneIx};

/// What came of an airing that is over, in the zone where it went worst; none where it was heard whole in all of them, and
/// where there is no journal to ask. What the journal does not have was written into the schedule behind its time.
pub(super) fn came(past: &WrittenPast, airing: &Airing, zones: &[ZoneIx], station: &Station) -> Option<Text> {
    let place = |outcome: Outcome| match outcome {
        Outcome::Played => 0,
        Outcome::Partial => 1,
        Outcome::Refused => 2,
        Outcome::Missed => 3,
    };
    if past.is_silent_of(airing, zones, station) {
        return Some(text!("không có trong nhật ký", "not in the journal"));
    }
    let rows =
        zones.iter().filter_map(|zone| past.told(airing, *zone, station)).filter_map(|row| Some((row.outcome?, row)));
    let (outcome, row) =
        rows.max_by_key(|(outcome, _)| place(*outcome)).filter(|(outcome, _)| *outcome != Outcome::Played)?;
    let Text { vi, en } = export::outcome(outcome);
    Some(match row.reason.as_ref().map(crate::reason::Reason::words) {
        Some(Text { vi: why_vi, en: why_en }) => text!("{vi}: {why_vi}", "{en}: {why_en}"),
        None => Text { vi, en },
    })
}
