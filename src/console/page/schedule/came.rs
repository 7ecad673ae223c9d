use maud::{Markup, html};

use crate::daemon::WrittenPast;
use crate::diag::{Lang, Text, plain, text};
use crate::fact::{Entry, Outcome};
use crate::instant::Wall;
use crate::journal::export;
use crate::page::journal::{kind, outcomes};
use crate::plan::{self, Airing};
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

/// Rows of the journal about what is in no file any more (it was deleted, or moved to another time), by their time; those that
/// differ in their zone only are one.
pub(super) fn gone(rows: &[&Entry], station: &Station, may_read: bool, lang: Lang) -> Vec<(Wall, Markup)> {
    let same = |one: &&Entry, other: &&Entry| {
        (&one.broadcast, one.planned, &one.title, one.outcome, &one.reason)
            == (&other.broadcast, other.planned, &other.title, other.outcome, &other.reason)
    };
    rows.chunk_by(same).filter_map(|rows| drawn(rows, station, may_read, lang)).collect()
}

fn drawn(rows: &[&Entry], station: &Station, may_read: bool, lang: Lang) -> Option<(Wall, Markup)> {
    let first = *rows.first()?;
    let at = first.planned?;
    let title = |id| station.zones.iter().find(|zone| zone.id == id).map_or(id, |zone| zone.title.as_str());
    let zones: Vec<&str> = rows.iter().filter_map(|row| row.zone.as_deref()).map(title).collect();
    let inner = html! {
        span.time { (plan::clock(at, &station.timezone)) }
        span.what {
            span.title { (plain(&first.title)) } " "
            @if zones.len() < station.zones.len() { small.where { (zones.join(", ")) } " " }
            small.came.(kind(first)) { (outcomes(first, &rows.iter().copied()).get(lang)) } " "
            small { (text!("nay không còn trong lịch", "not in the schedule any more").get(lang)) }
        }
    };
    let line = html! {
        li {
            @if may_read { a.moment.past href={ "/journal/row/" (first.seq) } { (inner) } }
            @else { div.moment.past { (inner) } }
        }
    };
    Some((at, line))
}
