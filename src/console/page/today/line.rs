//! The day from morning to evening: what was heard, by the journal, and what is to come, by the plan. A list on a phone and
//! for a hamlet head; a picture where there is room for one.

use std::collections::HashMap;

use maud::{Markup, html};

use super::past::{Alike, troubles};
use super::{picture, view::View};
use crate::diag::{Text, text};
use crate::fact::Entry;
use crate::instant::Wall;
use crate::journal::looking_back;
use crate::page::remedy::About;
use crate::page::schedule::verdict;
use crate::plan::{self, Airing, Verdict};
use crate::station::ZoneIx;

/// Rows of a day that somebody scrolls through on a phone; what is beyond is in the schedule.
const ROWS_MOST: usize = 60;

/// Names of zones in a row; of more their number is told.
const NAMES_MOST: usize = 3;

/// What airings have in common that differ in their zone only, with what is said of them.
type Same = (Wall, Wall, String, Verdict, Option<String>);

/// Airings of the plan that differ in their zone only.
struct Due<'v> {
    airing: &'v Airing,
    zones: Vec<ZoneIx>,
}

/// Today.
pub(super) fn day(view: &View, is_own: bool, is_brief: bool) -> Markup {
    let lang = view.who.lang;
    let zones: Vec<ZoneIx> = view.zones().into_iter().map(|(zone, _)| zone).collect();
    let own: Vec<String> = view.zones().into_iter().map(|(_, zone)| zone.id.clone()).collect();
    let rows = match &view.day.rows {
        Ok(rows) => rows,
        Err(why) => {
            return html! { p.said { (text!(why = why; "Không đọc được nhật ký: {why}.", "The journal cannot be read: {why}.").get(lang)) } };
        }
    };
    let is_own_row = |row: &&Entry| row.zone.as_ref().is_some_and(|zone| own.contains(zone));
    let seen: Vec<Entry> = rows.iter().filter(is_own_row).cloned().collect();
    let due = due(view, &zones);
    let to_come: Vec<&Due<'_>> = due.iter().filter(|one| one.airing.end >= view.now).collect();
    let more = to_come.len().saturating_sub(ROWS_MOST);
    html! {
        section.day-of aria-labelledby="day" {
            h2 #day { (text!("Lịch hôm nay", "Today's schedule").get(lang)) }
            @if !is_brief {
                @if let Some(said) = looking_back(&seen, &view.day.uncounted, view.now, view.tz()) { p { (said.get(lang)) } (troubles(view, &own)) }
            }
            div.narrow-only[!is_own] {
                @if due.is_empty() { p.hint { (text!("Hôm nay không có mục nào.", "Nothing is planned today.").get(lang)) } }
                @else if to_come.is_empty() { p.hint { (text!("Hôm nay không còn mục nào.", "Nothing more is planned today.").get(lang)) } }
                ol.moments { @for one in to_come.iter().take(ROWS_MOST) { (drawn(view, one, &zones)) } }
                @if more > 0 { p.hint { (text!("Còn {more} mục nữa, trong Lịch phát.", "{more} more, in the Schedule.").get(lang)) } }
                @if !seen.is_empty() {
                    details {
                        summary { (text!("Từ sáng đến giờ", "Since the morning").get(lang)) }
                        ol.moments { @for one in Alike::of(seen.iter()).iter().rev().take(ROWS_MOST) { (one.drawn(view, false)) } }
                    }
                }
            }
            @if !is_own { (picture::figure(view)) }
        }
    }
}

fn due<'v>(view: &'v View, own: &[ZoneIx]) -> Vec<Due<'v>> {
    let mut places: HashMap<Same, usize> = HashMap::new();
    let mut all: Vec<Due<'v>> = Vec::new();
    for airing in view.day.plan.iter().filter(|airing| own.contains(&airing.zone)) {
        let said = verdict(&view.look.world, airing).map(|said| said.vi);
        let key = (airing.scheduled, airing.start, airing.broadcast.id.clone(), airing.verdict, said);
        let place = *places.entry(key).or_insert_with(|| {
            all.push(Due { airing, zones: Vec::new() });
            all.len() - 1
        });
        all[place].zones.push(airing.zone);
    }
    all.sort_by_key(|one| (one.airing.scheduled, one.airing.start));
    all
}

fn drawn(view: &View, due: &Due<'_>, own: &[ZoneIx]) -> Markup {
    let lang = view.who.lang;
    let Due { airing, zones } = due;
    let place = if zones.len() == own.len() && own.len() > 1 {
        text!("mọi cụm loa", "all zones")
    } else if zones.len() > NAMES_MOST {
        let count = zones.len();
        text!("{count} cụm loa", "{count} zones")
    } else {
        let titles = view.titles(zones);
        text!("{titles}", "{titles}")
    };
    let told: Option<Text> = verdict(&view.look.world, airing);
    let zone = zones.first().and_then(|zone| view.station().zones.get(usize::from(zone.0)));
    let about =
        About { id: &airing.broadcast.id, at: airing.scheduled, zone: zone.map_or("", |zone| zone.id.as_str()) };
    let is_silent = matches!(airing.verdict, Verdict::Refuse | Verdict::Miss);
    let inner = html! {
        span.time { (plan::clock(airing.scheduled, view.tz())) }
        span.what {
            span.title { (airing.broadcast.title) } " "
            @if own.len() > 1 { small.where { (place.get(lang)) } " " }
            @if let Some(told) = &told { small.came.missed[is_silent].partial[!is_silent] { (crate::sentence::capital(told.get(lang))) } }
        }
    };
    html! {
        li {
            @if view.who.person().role.has_zones() { div.moment { (inner) } }
            @else { a.moment href=(about.page(view.tz())) { (inner) } }
        }
    }
}
