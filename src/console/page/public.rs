//! «Nghe lại»: what was announced in the last 24 hours, for everybody, without a log-in. Off unless `[console] public =
//! true`. Only what was really heard is here, emergencies among it, and nothing else is reached from here.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Extension, Path, RawQuery, State};
use axum::http::header::{CACHE_CONTROL, HOST};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, IntoResponse as _, Response};
use axum::routing::get;
use maud::{DOCTYPE, Markup, html};

use super::journal::{page_names, sent};
use super::people::square;
use crate::address::{self, LISTEN};
use crate::app::{App, Peer};
use crate::asset;
use crate::diag::{Lang, Text, figure, plain, text};
use crate::entry::counted;
use crate::fact::{Entry, Outcome};
use crate::fields::Fields;
use crate::gate::{Need, Who};
use crate::journal::Reader;
use crate::look::Look;
use crate::one_for_all::Ages;
use crate::plan::weekday_name;
use crate::public_day::{PublicDay, was_heard};
use crate::reason::Reason;
use crate::report::Occurrence;
use crate::route::{Ask, Route, route};
use crate::schedule::Class;
use crate::sentence::capital;

pub(super) const ROUTES: &[Route] = &[
    route(Ask::Get, "/public", Need::Nothing, || get(list)),
    route(Ask::Get, "/public/board", Need::Nothing, || get(board)),
    route(Ask::Get, "/public/sound/{seq}/{place}", Need::Nothing, || get(sound)),
];

/// How far back it goes.
const BACK: Duration = Duration::from_hours(24);

/// So long one answer serves a whole village.
const AGES: Ages = Ages { good: Duration::from_secs(20), given: Duration::from_secs(40) };

/// Announcements on the page: a commune's day has some dozens.
const SHOWN_MOST: usize = 200;

/// The day, or why there is none to see.
async fn day(app: &App, peer: Peer) -> Result<(Arc<PublicDay>, Arc<Look>), Response> {
    if app.rates().ask(&counted(peer.0.ip()), app.now().mono).is_err() {
        return Err(StatusCode::TOO_MANY_REQUESTS.into_response());
    }
    let look = app.look().await;
    if !look.world.station.is_public {
        return Err(StatusCode::NOT_FOUND.into_response());
    }
    let (now, site, own) = (app.now(), app.site().clone(), look.clone());
    let day = app.public_day().get(now.mono, AGES, move |_| {
        let from = now.wall - BACK;
        // A journal that cannot be read is told on the pages of those who can do something about it.
        let reader = Reader::open(&site.journal()).ok().flatten();
        let read = |reader: Reader| {
            let mut rows = reader.airings(from, now.wall).ok()?;
            let horns = reader.horns(from).ok()?;
            for row in &mut rows {
                horns.mark(row);
            }
            Some(rows)
        };
        let mut rows = reader.and_then(read).unwrap_or_default();
        rows.retain(|row| was_heard(row, &own.world.station, from));
        PublicDay::of(rows, SHOWN_MOST)
    });
    Ok((day.await, look))
}

/// The language: Vietnamese unless the address says otherwise. Nothing is kept of who reads.
fn lang(query: Option<String>) -> Lang {
    if Fields::read(query.unwrap_or_default().as_bytes()).get("lang") == "en" { Lang::En } else { Lang::Vi }
}

/// A frame of its own: no way to any other page.
fn frame(look: &Look, path: &str, lang: Lang, title: &Text, body: &Markup) -> Response {
    let (code, other, name) = match lang {
        Lang::En => ("en", path.to_owned(), "Tiếng Việt"),
        Lang::Vi => ("vi", format!("{path}?lang=en"), "English"),
    };
    let page = html! {
        (DOCTYPE)
        html lang=(code) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="robots" content="noindex";
                title { (title.get(lang)) " · " (look.world.station.name) }
                link rel="stylesheet" href=(asset::addresses().0);
                link rel="icon" href="/icon.svg" type="image/svg+xml";
            }
            body {
                main #main {
                    p.above { (look.world.station.name) }
                    h1 { (title.get(lang)) }
                    (body)
                    p { a.button href=(other) lang=(if lang == Lang::En { "vi" } else { "en" }) { (name) } }
                }
            }
        }
    };
    // A minute for everybody between here and the phone.
    ([(CACHE_CONTROL, "public, max-age=30")], Html(page.into_string())).into_response()
}

async fn list(State(app): State<App>, Extension(peer): Extension<Peer>, RawQuery(query): RawQuery) -> Response {
    let (day, look) = match day(&app, peer).await {
        Ok(found) => found,
        Err(response) => return response,
    };
    let lang = lang(query);
    let names = page_names(&app, &look.world);
    let order: Vec<String> = look.world.station.zones.iter().map(|zone| zone.id.clone()).collect();
    let body = html! {
        p.hint { (text!(
            "Những gì loa đã phát trong 24 giờ qua. Chạm để nghe lại.",
            "What the horns have said in the last 24 hours. Tap to hear it again."
        ).get(lang)) }
        @if day.told.is_empty() {
            p { (text!("Trong 24 giờ qua chưa phát mục nào.", "Nothing was announced in the last 24 hours.").get(lang)) }
        }
        @for one in &day.told { (announced(one, &look, &names, &order, lang)) }
    };
    frame(&look, "/public", lang, &text!("Nghe lại", "Hear it again"), &body)
}

/// What somebody has to know who heard it from afar.
fn only(row: &Entry) -> Option<Text> {
    match row.reason {
        Some(Reason::Drill(_)) => {
            Some(text!("Đây là buổi diễn tập, không phải báo động thật.", "This was a drill and no real alarm."))
        }
        Some(Reason::TestTone(_)) => Some(text!(
            "Đây chỉ là tiếng thử loa, không có gì phải nghe lại.",
            "These were test tones only; there is nothing to hear again."
        )),
        _ => None,
    }
}

fn announced(one: &Occurrence, look: &Look, names: &crate::journal::Names, order: &[String], lang: Lang) -> Markup {
    let (row, tz) = (one.told(), &look.world.station.timezone);
    let at = row.started.unwrap_or(row.written);
    let zones = if one.covers(order) {
        text!("mọi cụm loa", "all zones").get(lang).to_owned()
    } else {
        one.zones(names, order)
    };
    let is_recalled = matches!(row.reason, Some(Reason::Recalled(_)));
    let title = if is_recalled {
        text!("Tiếng báo hiệu, đã hủy", "The tone of an alarm, taken back").get(lang).to_owned()
    } else {
        capital(&plain(&names.title(row, lang)))
    };
    html! {
        section.card {
            @if row.class == Some(Class::Emergency) && !is_recalled {
                p { strong.word.faulty { (text!("Khẩn cấp", "Emergency").get(lang)) } }
            }
            h2 { (title) }
            p.hint { (at.zoned(tz).strftime("%H:%M").to_string()) ", " (weekday_name(at, tz).get(lang)) " " (figure::date(at, tz).get(lang)) " · " (plain(&zones)) }
            @if is_recalled {
                p { (text!(
                    "Không có báo động: tiếng báo hiệu ấy kêu nhầm và đã được tắt ngay, chưa có lời nào.",
                    "There was no alarm: the tone was a mistake and was ended at once, before any word."
                ).get(lang)) }
            } @else {
                @if let Some(only) = only(row) { p { (only.get(lang)) } }
                @if row.outcome == Some(Outcome::Partial) {
                    p.hint { (text!("Lúc ấy loa chỉ phát được một phần.", "The horns gave only a part of it then.").get(lang)) }
                }
                @for place in 0..row.audio.len() {
                    @if row.audio.len() > 1 {
                        @let (part, all) = (place + 1, row.audio.len());
                        p.hint { (text!("Phần {part} trên {all}", "Part {part} of {all}").get(lang)) }
                    }
                    audio controls preload="none" aria-label=(title) src={ "/public/sound/" (row.seq) "/" (place) } {}
                }
            }
        }
    }
}

/// The sound of something that is on the page, and no other.
async fn sound(
    State(app): State<App>,
    Extension(peer): Extension<Peer>,
    Path((seq, place)): Path<(u64, usize)>,
    headers: HeaderMap,
) -> Response {
    let (day, _) = match day(&app, peer).await {
        Ok(found) => found,
        Err(response) => return response,
    };
    let was_said = |row: &&Entry| row.seq == seq && !matches!(row.reason, Some(Reason::Recalled(_)));
    let row = day.told.iter().map(Occurrence::told).find(was_said);
    let Some(audio) = row.and_then(|row| row.audio.get(place)).cloned() else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let sent = sent(&app, audio.file, audio.sha256, &headers).await;
    sent.map_or_else(
        || StatusCode::NOT_FOUND.into_response(),
        |response| ([(CACHE_CONTROL, "public, max-age=3600")], response).into_response(),
    )
}

/// A page for the notice board: a square for phones.
async fn board(
    State(app): State<App>,
    who: Who,
    Extension(peer): Extension<Peer>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    let (_, look) = match day(&app, peer).await {
        Ok(found) => found,
        Err(response) => return response,
    };
    let lang = lang(query);
    let host = headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let address = address::shown_at(host, look.world.station.console.unwrap_or(LISTEN), &app.certified());
    let scheme = if app.is_encrypted() { "https" } else { "http" };
    let link = format!("{scheme}://{address}/public");
    let label = text!("Đường dẫn dưới dạng hình vuông để chụp", "The link as a square for a camera");
    let body = html! {
        p { (text!(
            "Vào Wi-Fi của đài, chụp hình vuông bằng điện thoại để nghe lại những gì loa đã phát trong 24 giờ qua.",
            "Join the station's Wi-Fi and point a phone at the square, to hear again what the horns have said in the last 24 hours."
        ).get(lang)) }
        (square(&link, &label, &Who { lang, ..who }))
        p.link { code { (link) } }
        @if let Some(said) = address.parse().ok().and_then(address::only_here) { p.said { (said.get(lang)) } }
    };
    let title = text!("Nghe lại những gì loa đã phát", "Hear again what the horns have said");
    frame(&look, "/public/board", lang, &title, &body)
}
