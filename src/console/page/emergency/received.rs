//! Alarms from outside as they came: what each says, what was made of it, and who did not hear it, with a number to call. What
//! waits for a person stands on the page of alarms itself.

use axum::extract::{Path, State};
use axum::response::Response;
use maud::{Markup, html};

use super::calls::{call, calls, print_button};
use super::gone;
use crate::alarm::believed;
use crate::app::App;
use crate::diag::{Lang, Text, figure, text};
use crate::fact::{Entry, EntryKind};
use crate::gate::Who;
use crate::instant::Wall;
use crate::journal::Reader;
use crate::reason::OwnAccounts;
use crate::role::Right;
use crate::sentence::sentence;
use crate::shell::{self, Page};
use crate::station::{Station, Zone};
use crate::warning::{CapStage, CapStanding, KnownCap, KnownPart};

/// The last alarms, of a village's year or more.
const SHOWN_MOST: usize = 50;

/// Where they are.
const PATH: &str = "/emergency/outside";

/// A part of an alarm that concerns him, in one of his zones at least.
fn concerns(who: &Who, part: &KnownPart) -> bool {
    part.zones.iter().any(|zone| who.person().may_in(Right::Alert, zone))
}

/// The last ones that concern him, the newest first. One that is nobody's concern is told to all: it came, and nothing was done.
fn last(app: &App, who: &Who, most: usize) -> Vec<KnownCap> {
    let mut all = CapStanding::read(app.site()).alarms;
    all.reverse();
    all.retain_mut(|alarm| {
        let has_parts = !alarm.parts.is_empty();
        alarm.parts.retain(|part| concerns(who, part));
        !has_parts || !alarm.parts.is_empty()
    });
    all.truncate(most);
    all
}

/// On the page of alarms: where somebody did not hear one, and the way to all of them.
pub(super) fn received(app: &App, who: &Who, station: &Station) -> Markup {
    let (lang, all) = (who.lang, last(app, who, SHOWN_MOST));
    let unheard = all.iter().flat_map(|alarm| alarm.parts.iter().map(move |part| (alarm, part)));
    let unheard: Vec<_> = unheard.filter(|(_, part)| !part.unheard.is_empty()).take(3).collect();
    let count = all.len();
    html! {
        @if count > 0 {
            h2 { (text!("Báo động từ ngoài đã nhận", "Alarms from outside that came").get(lang)) }
            @for (alarm, part) in unheard { div.said { (heading(alarm, station, lang)) (missed(part, station, lang)) } }
            p { a.button href=(PATH) { (text!("Xem các báo động đã nhận ({count})", "See the alarms that came ({count})").get(lang)) } }
        }
    }
}

fn heading(alarm: &KnownCap, station: &Station, lang: Lang) -> Markup {
    let when = |at: jiff::Timestamp| figure::moment(Wall::from(at), &station.timezone);
    let (sent, came, sender) = (when(alarm.identity.sent), when(alarm.came), &alarm.sender);
    html! {
        p { strong { (alarm.title) } }
        p { (text!(sent = sent, came = came; "{sender}, gửi lúc {sent}, nhận lúc {came}.", "{sender}, sent at {sent}, came at {came}.").get(lang)) }
    }
}

/// Where nobody heard it.
fn missed(part: &KnownPart, station: &Station, lang: Lang) -> Markup {
    let zones = zones(&part.unheard, station);
    html! {
        @if !zones.is_empty() {
            p.bad { strong { (text!("KHÔNG NGHE ĐƯỢC, cần báo bằng cách khác:", "NOT HEARD, to be told by other means:").get(lang)) } }
            ul.list.horns { @for zone in zones { li.bad { strong { (zone.title) } " " (call(zone, lang)) } } }
            @if let Some(path) = list_path(part) {
                p { a.button href=(path) { (text!("In danh sách nơi chưa nghe được", "Print who was not reached").get(lang)) } }
            }
        }
    }
}

fn zones<'s>(ids: &[String], station: &'s Station) -> Vec<&'s Zone> {
    station.zones.iter().filter(|zone| ids.contains(&zone.id)).collect()
}

/// `[CAP 4f2a9c1d7e03/1]` is at `/emergency/outside/4f2a9c1d7e03/1`.
pub(super) fn path_of(part: &KnownPart) -> Option<String> {
    let (alarm, place) = part.mark.strip_prefix("[CAP ")?.strip_suffix(']')?.split_once('/')?;
    Some(format!("{PATH}/{alarm}/{place}"))
}

fn list_path(part: &KnownPart) -> Option<String> {
    path_of(part).map(|path| path + "/list")
}

/// `GET /emergency/outside`.
pub(super) async fn all(State(app): State<App>, who: Who) -> Response {
    let (lang, station, all) = (who.lang, app.station(), last(&app, &who, SHOWN_MOST));
    let now = believed(&app);
    let body = html! {
        @if all.is_empty() { p { (text!("Chưa nhận báo động nào từ ngoài.", "No alarm has come from outside.").get(lang)) } }
        @for alarm in &all {
            article.said {
                (heading(alarm, &station, lang))
                @if let Some(nothing) = &alarm.nothing {
                    p { (text!(why = Text::from(nothing.clone()); "Chỉ để xem: {why}.", "To be read only: {why}.").get(lang)) }
                }
                @let note = &alarm.note;
                @if !note.is_empty() { p { (text!("Ghi chú của nơi gửi: {note}", "Note of the sender: {note}").get(lang)) } }
                @for part in &alarm.parts {
                    p { (part.line(&station, alarm.identity.sent, now).get(lang).trim()) }
                    @if part.stage == CapStage::Withdrawn && let Some(refusal) = app.alarms().declined(&part.mark) { p { (sentence(refusal.text().get(lang))) } }
                    @for line in part.words.lines().filter(|line| !line.trim().is_empty()) { p { (line) } }
                    (missed(part, &station, lang))
                }
            }
        }
        p.actions { a.button href="/emergency" { (text!("Về trang Báo khẩn cấp", "Back to Emergency").get(lang)) } }
    };
    shell::page(&app, &who, Page::of(text!("Báo động từ ngoài đã nhận", "Alarms from outside that came")), &body)
}

/// `GET /emergency/outside/{alarm}/{part}/list`: those who did not hear it, to be printed.
pub(super) async fn list(State(app): State<App>, who: Who, Path((alarm, place)): Path<(String, String)>) -> Response {
    let path = format!("{PATH}/{alarm}/{place}/list");
    let is_it = |part: &KnownPart| list_path(part).as_ref() == Some(&path) && concerns(&who, part);
    let known = CapStanding::read(app.site()).alarms;
    let found = known.iter().find_map(|alarm| Some((alarm, alarm.parts.iter().find(|part| is_it(part))?)));
    let Some((alarm, part)) = found else { return gone(&app, &who) };
    let (lang, station) = (who.lang, app.station());
    let (site, order) = (app.site().clone(), part.order.clone());
    let read = tokio::task::spawn_blocking(move || {
        let reader = Reader::open(&site.journal()).ok().flatten()?;
        reader.rows_of_order(&order?).ok()
    });
    let rows = read.await.ok().flatten().unwrap_or_default();
    let own = app.own_accounts();
    let missed: Vec<(&Zone, Text)> =
        zones(&part.unheard, &station).into_iter().map(|zone| (zone, why(zone, &rows, &own))).collect();
    let body = html! {
        div.paper { (heading(alarm, &station, lang)) (calls(&missed, lang)) }
        p.actions.no-print { (print_button(lang)) a.button href=(PATH) { (text!("Về các báo động đã nhận", "Back to the alarms that came").get(lang)) } }
    };
    let title = crate::diag::shown(&part.title);
    shell::page(&app, &who, Page::of(text!("Nơi chưa nghe được: {title}", "Not reached: {title}")), &body)
}

/// Why nobody heard it there.
fn why(zone: &Zone, rows: &[Entry], own: &OwnAccounts) -> Text {
    if !zone.output.is_horn() {
        return text!("không có loa nào ở đây, không ai nghe", "no horn here, nobody heard it");
    }
    let row = rows.iter().find(|row| row.kind == EntryKind::Airing && row.zone.as_ref() == Some(&zone.id));
    match row.and_then(|row| row.reason.as_ref()) {
        Some(reason) => text!(why = own.words(reason); "KHÔNG KÊU: {why}", "NOT HEARD: {why}"),
        None => text!("KHÔNG KÊU, nhật ký không có lượt phát nào", "NOT HEARD: the journal has no airing there"),
    }
}
