use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;
use maud::{Markup, html};

use super::list::until;
use super::state::word;
use super::{Seen, title};
use crate::act::objection;
use crate::app::App;
use crate::approval::Lack;
use crate::diag::{Lang, Text, capital, figure, text};
use crate::escaped::escaped;
use crate::fields::Fields;
use crate::gate::Who;
use crate::page::journal;
use crate::pending::{Pending, Touch, sound_name};
use crate::plan;
use crate::player::World;
use crate::shell::{self, Page};

/// Longest note that is sent back: a few sentences, as the daemon takes them.
const NOTE_MOST: usize = 300;

/// `GET /approvals/one?id=ID`.
pub(super) async fn one(State(app): State<App>, who: Who, RawQuery(query): RawQuery) -> Response {
    let fields = Fields::read(query.unwrap_or_default().as_bytes());
    shown(&app, &who, fields.get("id"), None, "").await
}

/// The item, with what was wrong with the last try and the note that was typed.
pub(super) async fn shown(app: &App, who: &Who, id: &str, said: Option<&Text>, note: &str) -> Response {
    let Seen { look, items } = Seen::one(app, id).await;
    let item = match items {
        Ok(mut items) => items.pop(),
        Err(refusal) => return shell::failed(app, who, &refusal.message),
    };
    let Some(item) = item else {
        let known = look.world.library.approvals.newest(id).filter(|newest| newest.is_approval());
        let why = match known {
            Some(newest) => {
                let (name, Text { vi, en }) = (newest.name(), figure::moment(newest.at, &look.world.station.timezone));
                text!("mục này đã duyệt: {name}, {vi}", "it is approved: {name}, {en}")
            }
            None => text!("không có mục nào như vậy chờ duyệt", "nothing like that waits for approval"),
        };
        return shell::refused(app, who, &why);
    };
    let body = body(&item, &look.world, who, said, note);
    let status = if said.is_some() { axum::http::StatusCode::UNPROCESSABLE_ENTITY } else { axum::http::StatusCode::OK };
    let heading = title(&item);
    let page = Page { title: Text { vi: heading.clone(), en: heading }, status };
    shell::page(app, who, page, &body)
}

fn body(item: &Pending, world: &World, who: &Who, said: Option<&Text>, note: &str) -> Markup {
    let (lang, tz) = (who.lang, &world.station.timezone);
    let may = objection(who, item);
    html! {
        @if let Some(said) = said { p.said.bad role="alert" { (said.get(lang)) "." } }
        p { strong { (until(item, tz).get(lang)) "." } }
        // What was returned is told with who has returned it, and why, once.
        @if matches!(item.lack, Lack::Returned(_)) { p { (capital(plan::undecided(&item.lack, tz).get(lang))) "." } }
        @else { p { (word(&item.lack).get(lang)) " (" (plan::undecided(&item.lack, tz).get(lang)) ")." } }
        @if !item.changes.is_empty() {
            h2 { (text!("Khác bản đã duyệt", "Since it was approved").get(lang)) }
            ul { @for change in &item.changes { li { (change.get(lang)) } } }
        }
        h2 { (text!("Nội dung", "What it is").get(lang)) }
        (told(item, world, lang))
        h2 { (text!("Nghe thử", "Listen first").get(lang)) }
        (players(item, world, lang))
        p.hint { (text!("Mã nội dung", "Digest").get(lang)) " " (item.what.digest.short()) }
        (touched(item, lang))
        @match may {
            None => (decision(item, lang, note)),
            Some(why) => p.said { (why.get(lang).trim_end_matches('.')) "." },
        }
        form method="post" action="/approvals/slip" {
            (hidden(item))
            p.actions { button { (text!("In phiếu ký tay", "Print a slip to be signed").get(lang)) } }
        }
        p { a.back href="/approvals" { (text!("Về danh sách chờ duyệt", "Back to what waits").get(lang)) } }
    }
}

/// What a decision is about.
pub(super) fn hidden(item: &Pending) -> Markup {
    html! {
        input type="hidden" name="id" value=(item.broadcast.id);
        input type="hidden" name="digest" value=(item.what.digest.as_str());
    }
}

fn decision(item: &Pending, lang: Lang, note: &str) -> Markup {
    html! {
        @if item.what.missing.is_empty() {
            form method="post" action="/approvals/approve" {
                (hidden(item))
                p.actions { button.main { (text!("Duyệt", "Approve").get(lang)) } }
            }
        }
        form.narrow method="post" action="/approvals/return" {
            (hidden(item))
            label { (text!("Cần sửa gì", "What is to be changed").get(lang))
                input name="note" value=(note) maxlength=(NOTE_MOST) required; }
            p.actions { button { (text!("Trả lại", "Return").get(lang)) } }
        }
    }
}

/// The entry, key by key, as the form names them: times, days and zones among them.
pub(super) fn told(item: &Pending, world: &World, lang: Lang) -> Markup {
    html! {
        dl.facts {
            @for (name, value) in item.facts(world) { dt { (name.get(lang)) } dd { (value.get(lang)) } }
        }
    }
}

/// The very bytes that are decided on, each with its language where there are several.
fn players(item: &Pending, world: &World, lang: Lang) -> Markup {
    let id = escaped(&item.broadcast.id);
    html! {
        @for name in &item.what.missing {
            p.said.bad { (text!("Chưa có bản ghi «{name}»: chưa duyệt được.", "There is no sound \"{name}\" yet: it cannot be approved.").get(lang)) }
        }
        @for (place, (file, _)) in item.what.sounds.iter().enumerate() {
            p {
                "«" (sound_name(file)) "»"
                @if let Some(Ok(facts)) = world.library.sounds.get(file).map(|sound| &sound.facts) {
                    ", " (figure::length_exact(facts.length()).get(lang))
                }
                br;
                audio controls preload="none" src={ "/approvals/sound?id=" (id) "&place=" (place) "&digest=" (item.what.digest.short()) } {}
            }
        }
    }
}

/// Who has changed it: people by name, what was done on the machine by its account.
fn touched(item: &Pending, lang: Lang) -> Markup {
    let said = |touch: &Touch| {
        let who = touch.who.clone();
        if touch.is_account {
            text!("tài khoản {who} trên máy", "the machine's account {who}")
        } else {
            text!("{who}", "{who}")
        }
    };
    let mut names: Vec<String> = item.touches.iter().map(|touch| said(touch).get(lang).to_owned()).collect();
    names.sort_unstable();
    names.dedup();
    let who = names.join(", ");
    html! { @if !who.is_empty() { p.hint { (text!("Người đã sửa: {who}.", "Changed by: {who}.").get(lang)) } } }
}

/// `GET /approvals/sound?id=ID&place=N&digest=D`: the sound as it is decided on, or nothing where it is another by now.
pub(super) async fn sound(State(app): State<App>, who: Who, RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    let fields = Fields::read(query.unwrap_or_default().as_bytes());
    let gone = || {
        text!("bản ghi đã thay hoặc không còn: xin mở lại trang", "the sound is another, or gone: open the page again")
    };
    let Seen { items, .. } = Seen::one(&app, fields.get("id")).await;
    let item = items.ok().and_then(|mut items| items.pop());
    let place: usize = fields.get("place").parse().unwrap_or(usize::MAX);
    let is_same = |item: &Pending| item.what.digest.begins_with(fields.get("digest"));
    let Some((file, sha256)) = item.filter(is_same).and_then(|item| item.what.sounds.get(place).cloned()) else {
        return shell::refused(&app, &who, &gone());
    };
    match journal::sent(&app, file, sha256, &headers).await {
        Some(response) => response,
        None => shell::refused(&app, &who, &gone()),
    }
}
