//! What was not heard today and why, by the journal; and, for one hamlet, what its horns say today.

use maud::{Markup, html};

use super::said::span;
use super::view::View;
use crate::diag::{Text, text};
use crate::fact::{Entry, Outcome};
use crate::journal::export;
use crate::journal::looking_back;
use crate::plan::{self, Airing, Verdict};
use crate::station::ZoneIx;

/// Rows of the journal on this page; the page of the journal has all.
const ROWS_MOST: usize = 12;

/// Rows of the day's plan on the page of one hamlet.
const PLAN_MOST: usize = 60;

/// Airings of today that are still to come, on the page of who writes the schedule; the week has all.
const AHEAD_MOST: usize = 12;

/// What became of today so far: one sentence, and what was not heard whole.
pub(super) fn past(view: &View) -> Markup {
    let lang = view.who.lang;
    let own: Vec<String> = view.zones().into_iter().map(|(_, zone)| zone.id.clone()).collect();
    let rows = match &view.day.rows {
        Ok(rows) => rows,
        Err(why) => {
            return html! { p.said { (text!(why = why; "Không đọc được nhật ký: {why}.", "The journal cannot be read: {why}.").get(lang)) } };
        }
    };
    let seen: Vec<Entry> =
        rows.iter().filter(|row| row.zone.as_ref().is_some_and(|zone| own.contains(zone))).cloned().collect();
    let said = looking_back(&seen, view.now, view.tz());
    let lost = together(view.day.unheard(&own));
    let more = lost.len().saturating_sub(ROWS_MOST);
    html! {
        @if let Some(said) = said {
            section.past aria-labelledby="past" {
                h2 #past { (text!("Đã qua", "So far").get(lang)) }
                p { (said.get(lang)) }
                ul.list {
                    @for (row, zones) in lost.iter().take(ROWS_MOST) { li.bad { (told(view, row, zones).get(lang)) } }
                }
                @if more > 0 { p.hint { (text!("Và {more} lượt nữa, trong Nhật ký.", "And {more} more, in the Journal.").get(lang)) } }
            }
        }
    }
}

/// Rows that differ in their zone only.
fn together<'a>(rows: impl Iterator<Item = &'a Entry>) -> Vec<(&'a Entry, Vec<&'a str>)> {
    let mut all: Vec<(&Entry, Vec<&str>)> = Vec::new();
    for row in rows {
        let zone = row.zone.as_deref().unwrap_or_default();
        let same = |other: &Entry| {
            (&other.broadcast, other.planned, other.outcome, &other.reason)
                == (&row.broadcast, row.planned, row.outcome, &row.reason)
        };
        // They stand in the order of their ends: what belongs together is near.
        match all.iter_mut().rev().take(64).find(|(known, _)| same(known)) {
            Some((_, zones)) => zones.push(zone),
            None => all.push((row, vec![zone])),
        }
    }
    all
}

fn told(view: &View, row: &Entry, zones: &[&str]) -> Text {
    let at = row.planned.map_or_else(|| "?".to_owned(), |at| plan::clock(at, view.tz()));
    let title = &row.title;
    let named = |zone: &&str| {
        view.station().zones.iter().find(|known| known.id == *zone).map_or(*zone, |known| &known.title).to_owned()
    };
    let zones = zones.iter().map(named).collect::<Vec<_>>().join(", ");
    let what = match row.outcome {
        Some(Outcome::Partial) => {
            let (heard, whole) = (span(row.seconds_played.unwrap_or(0.0)), span(row.seconds_planned.unwrap_or(0.0)));
            text!("phát một phần: {heard} trên {whole}", "partly played: {heard} of {whole}")
        }
        Some(outcome) => export::outcome(outcome),
        None => text!("", ""),
    };
    let (what_vi, what_en) = (what.vi, what.en);
    let why = row.reason.as_ref().map(crate::reason::Reason::words);
    let (why_vi, why_en) = why.map_or_else(Default::default, |why| (format!(", {}", why.vi), format!(", {}", why.en)));
    text!("{at} «{title}» ({zones}): {what_vi}{why_vi}.", "{at} \"{title}\" ({zones}): {what_en}{why_en}.")
}

/// What his horns say today, by the schedule.
pub(super) fn plan(view: &View) -> Markup {
    let lang = view.who.lang;
    let own = view.zones();
    let several = own.len() > 1;
    let mine: Vec<_> = view.day.plan.iter().filter(|airing| own.iter().any(|(zone, _)| *zone == airing.zone)).collect();
    html! {
        section.plan aria-labelledby="plan" {
            h2 #plan { (text!("Lịch hôm nay", "Today's schedule").get(lang)) }
            @if mine.is_empty() { p { (text!("Hôm nay không có mục nào.", "Nothing is planned today.").get(lang)) } }
            ul.list {
                @for airing in mine.iter().take(PLAN_MOST) {
                    li.old[airing.end < view.now] {
                        strong { (plan::clock(airing.start, view.tz())) } " " (airing.broadcast.title)
                        @if several { " · " (view.titles(&[airing.zone])) }
                        @if matches!(airing.verdict, Verdict::Refuse | Verdict::Miss) {
                            @let why = airing.reason.as_ref().map(|cause| cause.reason().words());
                            " · " span.trouble { (text!("không phát", "does not sound").get(lang))
                                @if let Some(why) = why { ": " (why.get(lang)) } }
                        }
                    }
                }
            }
        }
    }
}

/// What is still to come today, each with the way to move it or leave it out.
pub(super) fn ahead(view: &View) -> Markup {
    let lang = view.who.lang;
    let own = view.zones();
    let mut rows: Vec<(&Airing, Vec<ZoneIx>)> = Vec::new();
    for airing in
        view.day.plan.iter().filter(|one| one.start >= view.now && own.iter().any(|(zone, _)| *zone == one.zone))
    {
        let same = |known: &Airing| {
            (&known.broadcast.id, known.scheduled, known.start)
                == (&airing.broadcast.id, airing.scheduled, airing.start)
        };
        let has_room = rows.len() < AHEAD_MOST;
        match rows.iter_mut().rev().find(|(known, _)| same(known)) {
            Some((_, zones)) => zones.push(airing.zone),
            None if has_room => rows.push((airing, vec![airing.zone])),
            None => {}
        }
    }
    html! {
        @if !rows.is_empty() {
            section.plan aria-labelledby="ahead" {
                h2 #ahead { (text!("Còn phát hôm nay", "Still to come today").get(lang)) }
                ul.list {
                    @for (airing, zones) in &rows {
                        @let first = own.iter().find(|(zone, _)| zones.contains(zone)).map_or("", |(_, zone)| zone.id.as_str());
                        li {
                            a href=(view.airing(&airing.broadcast.id, Some(airing.scheduled), first)) {
                                strong { (plan::clock(airing.start, view.tz())) } " " (airing.broadcast.title)
                            }
                            @if zones.len() < own.len() { " · " (view.titles(zones)) }
                            @if matches!(airing.verdict, Verdict::Refuse | Verdict::Miss) {
                                " · " span.trouble { (text!("không phát", "does not sound").get(lang)) }
                            }
                        }
                    }
                }
            }
        }
    }
}
