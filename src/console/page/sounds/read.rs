//! A text that a machine reads: pasted, read, heard, handed in.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use maud::html;

use super::slot;
use super::stock::SoundStock;
use crate::app::App;
use crate::diag::{Lang, text};
use crate::fields::Fields;
use crate::gate::go_to;
use crate::shell::{self, Page};
use crate::upload::note::{HandState as Stage, Note};
use crate::upload::refusal::UploadError;
use crate::upload::speech;
use crate::who::Who;

/// Paste a text.
pub(super) async fn form(State(app): State<App>, who: Who) -> Response {
    draw(&app, &who, &Fields::default(), None)
}

fn draw(app: &App, who: &Who, typed: &Fields, refusal: Option<&UploadError>) -> Response {
    let lang = who.lang;
    let is_there = speech::command(&app.station()).is_some();
    let body = html! {
        @if let Some(refusal) = refusal { p.said.bad role="alert" { (refusal.text().get(lang)) } }
        @if is_there {
            p.hint { (text!(
                "Giọng máy khó nghe hơn giọng người. Xin nghe thử trước khi nộp; bản ghi được đánh dấu «Máy đọc».",
                "A machine is harder to follow than a person. It is heard before it is handed in, and marked as read by a machine."
            ).get(lang)) }
            form method="post" action="/sounds/read" {
                label { (text!("Tên bản ghi", "Name of the sound").get(lang))
                    input name="sound" value=(typed.get("sound")) maxlength="80" required; }
                label { (text!("Lời cần đọc", "The text").get(lang))
                    textarea name="text" rows="8" maxlength=(speech::LETTERS_MOST) required { (typed.get("text")) } }
                label.tick { input type="checkbox" name="replace" value="1" checked[typed.is_ticked("replace")];
                    " " (slot::replaces().get(lang)) }
                button.main { (text!("Đọc thử", "Read it").get(lang)) }
            }
        } @else {
            p.said { (speech::no_program().get(lang)) "." }
        }
    };
    let status = refusal.map_or(StatusCode::OK, UploadError::status);
    shell::page(app, who, Page { title: text!("Máy đọc", "Synthetic voice"), status }, &body)
}

/// Read it.
pub(super) async fn read(State(app): State<App>, who: Who, fields: Fields) -> Response {
    let read = async {
        let (person, stock) = (who.person(), SoundStock::of_today(&app).await);
        if fields.get("sound").is_empty() {
            return Err(UploadError::Asks(text!("Xin đặt tên bản ghi.", "Give the sound a name.")));
        }
        let sound = SoundStock::name_for(fields.get("sound"), "").map_err(UploadError::Asks)?;
        let has_rivals = stock.may_hand_in(&app, person, &sound).map_err(UploadError::NotAllowed)?;
        if has_rivals && !fields.is_ticked("replace") {
            return Err(UploadError::Taken(sound));
        }
        let note = Note {
            by: person.id,
            person: person.name.clone(),
            token: who.token.as_ref().map_or_else(String::new, |token| token.purpose.clone()),
            name: format!("{sound}.wav"),
            sound,
            replace: has_rivals,
            length: 0,
            made: app.clock().wall().timestamp().as_second(),
            spoken: true,
            modified: None,
            english: who.lang == Lang::En,
            state: Stage::Unheard,
        };
        speech::read(&app, note, fields.get("text")).await
    };
    let read: Result<String, UploadError> = read.await;
    match read {
        Ok(id) => go_to(&format!("/sounds/upload/{id}")),
        Err(refusal) => draw(&app, &who, &fields, Some(&refusal)),
    }
}
