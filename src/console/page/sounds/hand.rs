//! What becomes of a recording that was handed in: how much has come, that it is listened to, and what was found.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName};
use axum::response::{IntoResponse as _, Response};
use maud::{Markup, html};

use super::next::next;
use super::rights::may_hand_in_for_all;
use super::send;
use super::stock::SoundStock;
use crate::app::App;
use crate::checkup::alarms::of_an_alarm;
use crate::diag::{Lang, Text, text};
use crate::escaped::escaped;
use crate::gate::go_to;
use crate::sentence::{capital, sentence};
use crate::served;
use crate::shell::{self, Page};
use crate::site;
use crate::upload::intake;
use crate::upload::note::{HandState as Stage, Note};
use crate::upload::refusal::UploadError;
use crate::who::Who;

/// While a machine listens, the page asks again after so many seconds.
const AGAIN: &str = "2";

fn refused(app: &App, who: &Who, refusal: &UploadError) -> Response {
    let body = html! {
        p.said role="alert" { (refusal.text().get(who.lang)) }
        p { a.button href="/sounds" { (text!("Về trang Bản ghi", "Back to Sounds").get(who.lang)) } }
    };
    shell::page(app, who, Page { title: text!("Chưa làm được", "Not done"), status: refusal.status() }, &body)
}

/// One recording of his own. A program is told how much has come.
pub(super) async fn shown(State(app): State<App>, who: Who, Path(id): Path<String>) -> Response {
    let (note, has) = match app.uploads().find(&id, who.person().id) {
        Ok(found) => found,
        Err(refusal) => return refused(&app, &who, &refusal),
    };
    let lang = who.lang;
    let is_whole = has == note.length && matches!(note.state, Stage::Receiving | Stage::Taking);
    let waits = is_whole && !app.uploads().is_taking(&id);
    let (title, body) = match &note.state {
        Stage::Receiving | Stage::Taking if waits => {
            (text!("Chưa cất vào kho", "Not in its place yet"), waiting(&id, &intake::hindrance(&app, &note), lang))
        }
        Stage::Receiving => {
            let percent = ((has * 100 + note.length / 2) / note.length.max(1)).min(99);
            let body = html! {
                p.said role="status" { (text!(
                    "Mất mạng, đã nhận {percent}%. Có mạng lại thì gửi tiếp từ chỗ này.",
                    "The line was lost, {percent}% received. It goes on from there."
                ).get(lang)) }
                (will_be(&note, lang))
                p { (text!("Mở lại trang nộp và chọn lại đúng tệp ấy, trên cùng điện thoại.", "Open the page to hand in again, and choose the same file on the same phone.").get(lang)) }
                p { a.button.main href={ "/sounds/slot/" (escaped(&note.sound)) } { (text!("Gửi tiếp", "Go on").get(lang)) } }
                (drop_form(&id, lang))
            };
            (text!("Đang gửi dở", "Half received"), body)
        }
        Stage::Taking => {
            let body = html! {
                p.said role="status" { (text!("Máy đã nhận đủ. Có thể tắt điện thoại.", "Received. The phone may be switched off.").get(lang)) }
                (will_be(&note, lang))
                p { (text!("Máy đang nghe bản ghi; trang này tự tải lại.", "The station listens to it; this page loads again by itself.").get(lang)) }
                p { a.button href={ "/sounds/upload/" (id) } { (text!("Xem kết quả", "Look again").get(lang)) } }
            };
            (text!("Máy đang nghe", "Being listened to"), body)
        }
        Stage::Unheard | Stage::Heard => (text!("Nghe thử rồi nộp", "Listen, then hand in"), unheard(&id, &note, lang)),
        Stage::Taken { file, warnings } => {
            (text!("Đã nộp", "Handed in"), taken(&app, &note, file, warnings, &who).await)
        }
        Stage::Refused { why, .. } => (text!("Chưa nhận", "Not taken"), not_taken(&note, why, lang)),
    };
    let page = shell::page(&app, &who, Page::of(title), &body);
    let again = (note.state == Stage::Taking && !waits).then_some([(HeaderName::from_static("refresh"), AGAIN)]);
    (again, send::how_far(&note, has), page).into_response()
}

/// What it will be called: signs that no name may have are left out of what was typed.
fn will_be(note: &Note, lang: Lang) -> Markup {
    let sound = &note.sound;
    html! { p { (text!("Tên sẽ là «{sound}».", "It will be called \"{sound}\".").get(lang)) } }
}

fn drop_form(id: &str, lang: Lang) -> Markup {
    html! {
        form method="post" action={ "/sounds/upload/" (id) "/drop" } {
            button { (text!("Bỏ bản ghi này", "Drop this recording").get(lang)) }
        }
    }
}

/// All of it has come, and the station cannot put it in its place: nothing is lost, and one button tries again.
fn waiting(id: &str, why: &Text, lang: Lang) -> Markup {
    html! {
        p.said role="alert" { (text!(
            why = why;
            "Máy đã nhận đủ bản ghi, nhưng chưa cất được vào kho: {why}. Bản ghi không hỏng và vẫn còn trong máy; xin báo người quản trị, rồi bấm nút dưới đây.",
            "All of the recording has come, but it could not be put in its place: {why}. It is well and is kept; tell the administrator, then press the button below."
        ).get(lang)) }
        form method="post" action={ "/sounds/upload/" (id) "/take" } {
            button.main { (text!("Thử cất lại", "Try again").get(lang)) }
        }
        (drop_form(id, lang))
    }
}

/// A machine has read it: it is heard first.
fn unheard(id: &str, note: &Note, lang: Lang) -> Markup {
    html! {
        p { span.tag { (text!("Máy đọc", "Synthetic voice").get(lang)) } " " strong { (note.sound) } }
        audio controls preload="none" src={ "/sounds/upload/" (id) "/file" } {}
        p.hint { (text!("Xin nghe hết trước khi nộp: máy có thể đọc sai tên người, tên đất.", "Listen to all of it first: a machine may misread names.").get(lang)) }
        form method="post" action={ "/sounds/upload/" (id) "/take" } {
            button.main.big { (text!("Nộp bản ghi", "Hand in").get(lang)) }
        }
        (drop_form(id, lang))
    }
}

async fn taken(app: &App, note: &Note, file: &str, warnings: &[(String, String)], who: &Who) -> Markup {
    let (lang, stock) = (who.lang, SoundStock::of(app).await);
    let is_of_alarms = of_an_alarm(stock.station(), file).is_some();
    html! {
        p.said.well role="status" { (text!("Máy đã nhận đủ. Có thể tắt điện thoại.", "Received. The phone may be switched off.").get(lang)) }
        p { (text!("Tên bản ghi", "Name of the sound").get(lang)) ": " strong { (file) } }
        @if warnings.is_empty() {
            p { strong { (text!("Nghe rõ, không thấy lỗi gì.", "It is clear, nothing is wrong with it.").get(lang)) } }
        } @else {
            (advice(warnings.iter().map(|(what, how)| (what.as_str(), how.as_str()))))
        }
        (next(&stock, file, who))
        @if is_of_alarms { (still_unrecorded(&stock, who)) }
        audio controls preload="none" src={ "/sounds/" (escaped(file)) "/file" } {}
        img.wave src={ "/sounds/" (escaped(file)) "/picture" } alt=(text!("Hình sóng của bản ghi", "Waveform of the sound").get(lang));
        p.actions { a.button href={ "/sounds/" (escaped(file)) } { (text!("Xem bản ghi", "The sound").get(lang)) }
            a.button href={ "/sounds/slot/" (escaped(&note.sound)) } { (text!("Ghi lại", "Record again").get(lang)) } }
    }
}

fn not_taken(note: &Note, why: &str, lang: Lang) -> Markup {
    html! {
        p.said.bad role="alert" { (why) "." }
        p.hint { "«" (note.name) "»: " (text!("không giữ lại gì trong máy.", "nothing of it is kept.").get(lang)) }
        p { a.button.main href={ "/sounds/slot/" (escaped(&note.sound)) } { (text!("Ghi lại hoặc chọn tệp khác", "Record again, or choose another").get(lang)) } }
    }
}

/// The other sounds of alarms that nobody has recorded yet: whoever is at it records the next one.
fn still_unrecorded(stock: &SoundStock, who: &Who) -> Markup {
    let (lang, missing) = (who.lang, stock.look.unrecorded());
    html! {
        @if missing.is_empty() {
            p { (text!("Đã đủ bản ghi dùng khi khẩn cấp.", "Everything for an emergency is recorded.").get(lang)) }
        } @else if may_hand_in_for_all(who) {
            h2 { (text!("Còn thiếu, dùng khi khẩn cấp", "Still missing, for an emergency").get(lang)) }
            ul.list { @for one in &missing {
                li { a.row href={ "/sounds/slot/" (escaped(one.sound.name)) } { (capital(one.title().get(lang))) } }
            } }
        }
    }
}

/// What could be better, each with how.
pub(super) fn advice<'a>(found: impl Iterator<Item = (&'a str, &'a str)>) -> Markup {
    html! {
        @for (what, how) in found {
            div.said { p { strong { (sentence(what)) } @if !how.is_empty() { " " (sentence(how)) } } }
        }
    }
}

/// His own recording, before it counts.
pub(super) async fn file(State(app): State<App>, who: Who, Path(id): Path<String>, headers: HeaderMap) -> Response {
    let found = app.uploads().find(&id, who.person().id);
    let opened = found.and_then(|(note, _)| Ok((note, site::open_here(&app.uploads().path(&id))?)));
    match opened {
        Ok((mut note, file)) => {
            if note.state == Stage::Unheard {
                note.state = Stage::Heard;
                if let Err(refusal) = app.uploads().keep(&id, &note) {
                    return refused(&app, &who, &refusal);
                }
            }
            let kind = if note.spoken { "audio/wav" } else { served::kind(&note.name) };
            served::serve(file, kind, &headers).unwrap_or_else(|error| refused(&app, &who, &error.into()))
        }
        Err(refusal) => refused(&app, &who, &refusal),
    }
}

/// He has heard what the machine read: it is taken in.
pub(super) async fn take(State(app): State<App>, who: Who, Path(id): Path<String>) -> Response {
    let person = who.person();
    let (note, has) = match app.uploads().find(&id, person.id) {
        Ok(found) => found,
        Err(refusal) => return refused(&app, &who, &refusal),
    };
    let waits = has == note.length && !app.uploads().is_taking(&id);
    match note.state {
        Stage::Unheard => {
            let why = text!("Xin nghe thử trước khi nộp.", "Listen to it before it is handed in.");
            refused(&app, &who, &UploadError::Asks(why))
        }
        Stage::Heard | Stage::Receiving | Stage::Taking if waits => {
            // His zones may have changed since.
            if let Err(why) = SoundStock::of_today(&app).await.may_hand_in(&app, person, &note.sound) {
                return refused(&app, &who, &UploadError::NotAllowed(why));
            }
            if let Err(refusal) = intake::begin(&app, id.clone(), note) {
                return refused(&app, &who, &refusal);
            }
            go_to(&format!("/sounds/upload/{id}"))
        }
        _ => go_to(&format!("/sounds/upload/{id}")),
    }
}

/// He does not want it.
pub(super) async fn dropped(State(app): State<App>, who: Who, Path(id): Path<String>) -> Response {
    match app.uploads().find(&id, who.person().id) {
        Ok((note, _)) if note.state == Stage::Taking && app.uploads().is_taking(&id) => {
            go_to(&format!("/sounds/upload/{id}"))
        }
        Ok(_) => {
            app.uploads().forget(&id);
            go_to("/sounds")
        }
        Err(refusal) => refused(&app, &who, &refusal),
    }
}
