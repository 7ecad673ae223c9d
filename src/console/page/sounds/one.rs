//! One sound: its picture, its verdict with the cure, to listen to, where it is used; replaced, put away, brought back.

use std::ffi::OsString;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use axum::extract::{Path, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use maud::{Markup, html};

use super::at_hand::{is_sound, is_there, no_sound};
use super::next::next;
use super::stock::{Quality, SoundStock};
use super::{hand, keeping};
use crate::act::Undone;
use crate::app::App;
use crate::checkup::alarms::of_an_alarm;
use crate::diag::{Lang, Text, figure, system, text};
use crate::escaped::escaped;
use crate::fields::Fields;
use crate::gate::go_to;
use crate::instant::Wall;
use crate::plan::without_ending;
use crate::role::Right;
use crate::sentence::capital;
use crate::served;
use crate::shell::{self, Page};
use crate::site::{self, Site};
use crate::upload::child::{self, Ended};
use crate::upload::intake;
use crate::who::Who;

/// Half a minute of sound is shaped in a second or two.
const LISTEN_MOST: Duration = Duration::from_mins(2);

/// A picture has some tens of kilobytes.
const PICTURE_MOST: u64 = 4 << 20;

fn nothing(app: &App, who: &Who) -> Response {
    let said = text!("Không có bản ghi này trong kho.", "There is no such sound.");
    let page = Page { title: text!("Không có bản ghi này", "No such sound"), status: StatusCode::NOT_FOUND };
    let body = html! { p.said { (said.get(who.lang)) } p { a.button href="/sounds" { (text!("Về trang Bản ghi", "Back to Sounds").get(who.lang)) } } };
    shell::page(app, who, page, &body)
}

pub(super) async fn one(State(app): State<App>, who: Who, Path(file): Path<String>) -> Response {
    let (lang, stock) = (who.lang, SoundStock::of(&app).await);
    let (is_there, is_kept) = (stock.files().contains(file.as_str()), stock.kept.contains(&file));
    if !is_there && !is_kept {
        return nothing(&app, &who);
    }
    let may_away = is_there && stock.may_touch(&app, who.person(), &file).is_ok();
    let may_back = is_kept && stock.may_bring_back(&app, who.person(), &file).await.is_ok();
    let may_replace = is_there && stock.may_replace(&app, who.person(), &file).is_ok();
    let body = html! {
        @if is_there {
            (there(&app, &stock, &file, lang)) (uses(&stock, &file, &who))
            @let is_good = stock.sound(&file).is_some_and(|sound| sound.facts.is_ok());
            @if is_good && who.may(Right::Say) && of_an_alarm(stock.station(), &file).is_none() {
                @let name = form_urlencoded::Serializer::new(String::new()).append_pair("name", &file).finish();
                p.actions { a.button href={ "/say?" (name) } { (text!("Phát ngay", "Play now").get(lang)) } }
            }
        }
        @else if may_back { p.said { (text!("Bản ghi này đã cất, không phát. Có thể lấy lại.", "This sound is put away and does not play. It can be brought back.").get(lang)) } }
        @else { p.said { (text!("Bản ghi này đã cất, không phát. Cán bộ văn hóa lấy lại được.", "This sound is put away and does not play. The official can bring it back.").get(lang)) } }
        @if may_away || may_back || may_replace {
            section.card {
                h2 { (text!("Thay, cất, lấy lại", "Replace, put away, bring back").get(lang)) }
                @if may_replace {
                    p { a.button href={ "/sounds/slot/" (escaped(without_ending(&file).unwrap_or(&file))) } { (text!("Thay bản ghi", "Replace").get(lang)) } }
                }
                @if may_away { (away_form(&stock, &file, false, lang)) }
                @if may_back { (back_form(&stock, &file, false, lang)) }
            }
        }
        p { a.back href="/sounds" { (text!("Về trang Bản ghi", "Back to Sounds").get(lang)) } }
    };
    shell::page(&app, &who, Page::of(text!("Bản ghi: {file}", "Sound: {file}")), &body)
}

fn away_form(stock: &SoundStock, file: &str, is_sure: bool, lang: Lang) -> Markup {
    html! {
        form method="post" action={ "/sounds/" (escaped(file)) "/away" } {
            @if is_sure { input type="hidden" name="sure" value="1"; }
            @if let Some(next) = stock.next(file).or_else(|| stock.unapproved(file)) {
                p.hint { (text!("Còn lượt phát", "It is heard").get(lang)) ": " (next.words.get(lang)) ", " (next.airing.broadcast.title) "." }
            }
            button { (if is_sure { text!("Vẫn cất bản ghi", "Put it away all the same") } else { text!("Cất bản ghi", "Put it away") }.get(lang)) }
        }
    }
}

fn back_form(stock: &SoundStock, file: &str, is_sure: bool, lang: Lang) -> Markup {
    let name = match (stock.rivals(file).is_empty(), is_sure) {
        (true, _) => text!("Lấy lại bản ghi", "Bring it back"),
        (false, false) => text!("Lấy lại bản trước…", "Bring back the one before…"),
        (false, true) => {
            text!("Lấy lại bản trước, cất bản đang dùng", "Bring back the one before, put away the one in use")
        }
    };
    html! {
        form method="post" action={ "/sounds/" (escaped(file)) "/back" } {
            @if is_sure { input type="hidden" name="sure" value="1"; }
            button { (name.get(lang)) }
        }
    }
}

fn there(app: &App, stock: &SoundStock, file: &str, lang: Lang) -> Markup {
    let (word, address) = (stock.word(file), format!("/sounds/{}", escaped(file)));
    let facts = stock.sound(file).and_then(|sound| sound.facts.as_ref().ok());
    let handed = facts.and_then(|facts| app.uploads().handed_in(file, &facts.sha256));
    let stem = stock.stem(file);
    let others: Vec<&str> =
        stock.files().into_iter().filter(|other| *other != file && stock.stem(other) == stem).collect();
    html! {
        section.card {
            p { strong.word.(word.class()) { (capital(word.text().get(lang))) }
                @if let Some(length) = stock.length(file) { " · " (length.get(lang)) }
                @if handed.as_ref().is_some_and(|one| one.spoken) { " · " span.tag { (text!("Máy đọc", "Synthetic voice").get(lang)) } }
            }
            @if let Some(Err(fault)) = stock.sound(file).map(|sound| &sound.facts) {
                p.said.bad { (capital(fault.message.get(lang))) "." }
            }
            @if word == Quality::Good { p { (text!("Nghe rõ, không thấy lỗi gì.", "It is clear, nothing is wrong with it.").get(lang)) } }
            (hand::advice(stock.better(file).iter().map(|(what, how)| (what.get(lang), how.get(lang)))))
            @if let Some(one) = &handed {
                @let at = Wall::from_secs(one.at);
                @let at = figure::moment(at, &stock.station().timezone);
                @let who = &one.person;
                p.hint { (text!(at = at; "Người nộp: {who}, {at}", "Handed in by {who}, {at}").get(lang)) }
            }
            @if facts.is_some() {
                h2 { (text!("Nghe thử", "Listen first").get(lang)) }
                audio controls preload="none" src={ (address) "/file" } {}
                details {
                    summary { (text!("Nghe 30 giây như ra loa", "30 s as the horns play it").get(lang)) }
                    @for zone in stock.station().zones.iter().take(12) {
                        p { strong { (zone.title) } audio controls preload="none" src={ (address) "/heard?zone=" (escaped(&zone.id)) } {} }
                    }
                }
            }
            @if pictures(app, file).iter().any(|path| path.is_file()) {
                img.wave src={ (address) "/picture" } alt=(text!("Hình sóng của bản ghi", "Waveform of the sound").get(lang)) loading="lazy";
            }
            @if !others.is_empty() {
                h2 { (text!("Các thứ tiếng khác", "In other languages").get(lang)) }
                @for other in others {
                    p { a.button href={ "/sounds/" (escaped(other)) } {
                        (stock.language(other).unwrap_or_else(|| other.to_owned())) }
                        @if let Some(length) = stock.length(other) { " " (length.get(lang)) } " · " (stock.word(other).text().get(lang)) }
                    @if stock.sound(other).is_some_and(|sound| sound.facts.is_ok()) {
                        audio controls preload="none" src={ "/sounds/" (escaped(other)) "/file" } {}
                    }
                }
            }
        }
    }
}

fn uses(stock: &SoundStock, file: &str, who: &Who) -> Markup {
    let lang = who.lang;
    let is_used = !stock.uses(file).is_empty() || of_an_alarm(stock.station(), file).is_some();
    html! {
        section.card {
            h2 { (text!("Dùng ở đâu", "Where it is used").get(lang)) }
            @for broadcast in stock.uses(file) { p { (broadcast.title) " · " span.hint { (stock.zones(broadcast)) } } }
            @if !is_used { p.hint { (text!("Chưa mục phát nào dùng bản ghi này.", "No broadcast plays it.").get(lang)) } }
            @if is_used { (next(stock, file, who)) }
        }
    }
}

/// What lies in `audio/` under this name, and only that: the name is one of those that are there.
pub(in crate::page) async fn file(
    State(app): State<App>,
    who: Who,
    Path(file): Path<String>,
    headers: HeaderMap,
) -> Response {
    if !is_there(&app, &file).await {
        return nothing(&app, &who);
    }
    if !is_sound(&app, &file).await {
        return shell::refused(&app, &who, &no_sound(&file));
    }
    let opened = site::open_here(&app.site().audio().join(&file)).map_err(io::Error::from);
    match opened.and_then(|opened| served::serve(opened, served::kind(&file), &headers)) {
        Ok(response) => response,
        Err(error) => shell::failed(&app, &who, &system(&error)),
    }
}

/// Where its picture is, if somebody has drawn it.
fn pictures(app: &App, file: &str) -> [PathBuf; 2] {
    let (site, name) = (Site::new(app.dir()), format!("{file}.svg"));
    [site.reports().join(&name), site.reports_beside().join(&name)]
}

/// Its picture; an empty one where nobody has drawn it.
pub(super) async fn picture(State(app): State<App>, who: Who, Path(file): Path<String>) -> Response {
    if !is_there(&app, &file).await {
        return nothing(&app, &who);
    }
    let places = pictures(&app, &file);
    let drawn = tokio::task::spawn_blocking(move || places.iter().find_map(|path| site::read(path, PICTURE_MOST).ok()));
    let drawn = drawn
        .await
        .ok()
        .flatten()
        .unwrap_or_else(|| b"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 8 1\"/>".to_vec());
    ([(CONTENT_TYPE, "image/svg+xml")], drawn).into_response()
}

/// Half a minute of it as a zone plays it, made by `loa listen`.
pub(super) async fn heard(
    State(app): State<App>,
    who: Who,
    Path(file): Path<String>,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    let station = app.station();
    let asked = Fields::read(uri.query().unwrap_or_default().as_bytes());
    let zone = station.zones.iter().find(|zone| zone.id == asked.get("zone"));
    let (Some(zone), true) = (zone, is_there(&app, &file).await) else { return nothing(&app, &who) };
    let made = app.uploads().scratch();
    let made = match made {
        Ok(made) => made,
        Err(refusal) => return shell::failed(&app, &who, &refusal.text()),
    };
    let heard = async {
        let mut words = intake::own_words(&app, who.lang).map_err(|error| system(&error))?;
        words.extend(["listen".into(), "--zone".into(), OsString::from(&zone.id), "--out".into(), made.path().into()]);
        words.extend(["--".into(), OsString::from(&file)]);
        let _alone = app.uploads().children().acquire().await.map_err(|_| busy())?;
        match child::run(&words, &[], LISTEN_MOST).await {
            Ended::Itself { is_well: true, .. } => made.open().map_err(|error| system(&error)),
            _ => Err(text!("máy chưa làm được bản nghe thử này", "the station could not make this sample")),
        }
    };
    let heard: Result<_, Text> = heard.await;
    let served = heard.and_then(|file| served::serve(file, "audio/wav", &headers).map_err(|error| system(&error)));
    served.unwrap_or_else(|why| shell::failed(&app, &who, &why))
}

fn busy() -> Text {
    text!("máy đang bận", "the machine is busy")
}

/// Put it away: kept, and brought back at will.
pub(super) async fn away(State(app): State<App>, who: Who, Path(file): Path<String>, fields: Fields) -> Response {
    match keeping::put_away(&app, &who, &file, fields.is_ticked("sure")).await {
        Ok(()) => go_to(&format!("/sounds/{}", escaped(&file))),
        Err(Undone::Gone(_)) => nothing(&app, &who),
        Err(Undone::NotAllowed(why)) => forbidden(&app, &who, &why),
        Err(Undone::Asks(why)) => {
            let stock = SoundStock::of(&app).await;
            let body = html! {
                p.said role="alert" { (why.get(who.lang)) }
                (away_form(&stock, &file, true, who.lang))
                p { a.button href={ "/sounds/" (escaped(&file)) } { (text!("Không cất", "Leave it").get(who.lang)) } }
            };
            let title = text!("Cất bản ghi «{file}»?", "Put \"{file}\" away?");
            shell::page(&app, &who, Page { title, status: StatusCode::OK }, &body)
        }
        Err(why) => shell::failed(&app, &who, why.text()),
    }
}

fn forbidden(app: &App, who: &Who, why: &Text) -> Response {
    let body = html! { p.said role="alert" { (why.get(who.lang)) "." } p { a.button href="/sounds" { (text!("Về trang Bản ghi", "Back to Sounds").get(who.lang)) } } };
    shell::page(app, who, Page { title: text!("Không có quyền", "Not allowed"), status: StatusCode::FORBIDDEN }, &body)
}

/// Bring back what was put away or replaced last; where another is in use by now, that is asked first.
pub(super) async fn back(State(app): State<App>, who: Who, Path(file): Path<String>, fields: Fields) -> Response {
    match keeping::bring_back(&app, &who, &file, fields.is_ticked("sure")).await {
        Ok(()) => go_to(&format!("/sounds/{}", escaped(&file))),
        Err(Undone::Gone(_)) => nothing(&app, &who),
        Err(Undone::NotAllowed(why)) => forbidden(&app, &who, &why),
        Err(Undone::Asks(why)) => {
            let stock = SoundStock::of(&app).await;
            let body = html! {
                p.said role="alert" { (why.get(who.lang)) }
                @for used in stock.rivals(&file) { (uses(&stock, used, &who)) }
                (back_form(&stock, &file, true, who.lang))
                p { a.button href={ "/sounds/" (escaped(&file)) } { (text!("Không lấy lại", "Leave it").get(who.lang)) } }
            };
            let title = text!("Lấy lại bản trước của «{file}»?", "Bring back the \"{file}\" before?");
            shell::page(&app, &who, Page { title, status: StatusCode::OK }, &body)
        }
        Err(why) => shell::refused(&app, &who, why.text()),
    }
}
