use std::time::Duration;

use axum::extract::{Path, State};
use axum::response::Response;
use maud::{Markup, html};

use super::look::{DistrictLook, looked, on_board};
use super::{boxes, top};
use crate::app::App;
use crate::board::BoardError;
use crate::diag::{Lang, Text, text};
use crate::district::{FleetAlarm, FleetAlarmState, JudgedBox, alarm_sentence, cure, short_moment};
use crate::fields::Fields;
use crate::gate::{Who, go_to};
use crate::role::Right;
use crate::sentence::sentence;
use crate::shell::{self, Page};

/// Boxes of an alarm that are named; the others are in the commune's list.
const NAMED: usize = 12;
/// For how long somebody looks after an alarm.
const HOURS: [u64; 4] = [2, 8, 24, 72];

/// Every alarm: those that stand, those that have passed and wait for somebody to close them, the last that were closed.
pub(super) async fn list(State(app): State<App>, who: Who) -> Response {
    page(&app, &who, None).await
}

async fn page(app: &App, who: &Who, said: Option<&Text>) -> Response {
    let look = match looked(app, who).await {
        Ok(look) => look,
        Err(answer) => return answer,
    };
    // As they are now, not as they were when somebody else looked.
    let read = on_board(app, |board| Ok((board.open_alarms()?, board.closed_alarms()?))).await;
    let (open, closed) = match read {
        Ok(read) => read,
        Err(error) => return shell::failed(app, who, &error.text()),
    };
    let lang = who.lang;
    let of =
        |state: FleetAlarmState| open.iter().filter(move |alarm| alarm.state(look.now) == state).collect::<Vec<_>>();
    let body = html! {
        p { a.back href="/district" { (text!("Mạng loa", "The fleet").get(lang)) } }
        @if let Some(said) = said { p.said.bad role="alert" { (sentence(said.get(lang))) } }
        @if open.is_empty() { p { (text!("Không có sự cố nào.", "There are no troubles.").get(lang)) } }
        @for state in [FleetAlarmState::New, FleetAlarmState::Taken, FleetAlarmState::Over] {
            @let alarms = of(state);
            @if !alarms.is_empty() {
                section {
                    h2 { (sentence(top::state(state).get(lang)).trim_end_matches('.')) " (" (alarms.len()) ")" }
                    @for alarm in alarms { (one(&look, alarm, who)) }
                }
            }
        }
        @if !closed.is_empty() {
            details {
                summary { (text!("Đã đóng gần đây", "Closed lately").get(lang)) }
                ul.list { @for alarm in &closed { li {
                    (sentence(alarm_sentence(alarm, look.fleet().names(), &look.tz).get(lang)))
                    @if let Some((by, at, why)) = &alarm.closed {
                        br; small { (by) ", " (short_moment(*at, look.now, &look.tz).get(lang)) ": " (why) }
                    }
                } } }
            }
        }
    };
    shell::page(app, who, Page::of(text!("Sự cố của mạng loa", "Troubles of the fleet")), &body)
}

fn one(look: &DistrictLook, alarm: &FleetAlarm, who: &Who) -> Markup {
    let (lang, state) = (who.lang, alarm.state(look.now));
    let view = &look.fleet().view;
    let at = |at| short_moment(at, look.now, &look.tz);
    let of = |own: &&JudgedBox| alarm.boxes.contains(&own.facts.place);
    html! {
        article id={ "a" (alarm.id) } {
            h3 { (sentence(alarm_sentence(alarm, look.fleet().names(), &look.tz).get(lang))) }
            @if let Some(over) = alarm.over { p.said.good { @let at = at(over);
                (text!(at = at; "Đã hết lúc {at}.", "Over since {at}.").get(lang)) } }
            @if let Some(taken) = &alarm.taken {
                p { @let (by, why, until) = (&taken.by, &taken.why, at(taken.until));
                    (text!(until = until; "{by} nhận, đến {until}: {why}", "Taken by {by}, until {until}: {why}").get(lang)) }
            }
            @if alarm.over.is_none() { p { strong { (text!("Cách chữa", "Cure").get(lang)) ": " } (sentence(cure(&alarm.cause).get(lang))) } }
            ul.list { @for own in view.boxes.iter().filter(of).take(NAMED) {
                li.split {
                    a.place href={ "/district/box/" (own.facts.place) } { (boxes::title(own)) }
                    span { (boxes::call(look, own, lang)) }
                }
            } }
            @if alarm.boxes.len() > NAMED {
                p.more { a href={ "/district?area=" (alarm.area) } { @let more = alarm.boxes.len() - NAMED;
                    (text!("Còn {more} đài nữa, xem cả xã", "{more} more, see the commune").get(lang)) } }
            }
            @if who.may(Right::Tend) { (forms(alarm, state, lang)) }
        }
    }
}

/// What somebody can do: take it, with until when and what he does; close it, with what he found.
fn forms(alarm: &FleetAlarm, state: FleetAlarmState, lang: Lang) -> Markup {
    let id = alarm.id;
    let can_take = matches!(state, FleetAlarmState::New | FleetAlarmState::Taken);
    let can_close = state == FleetAlarmState::Over || alarm.cause.stays();
    html! {
        @if can_take {
            details open[state == FleetAlarmState::New] {
                summary { (text!("Nhận việc này", "Take it").get(lang)) }
                form.narrow method="post" action={ "/district/alarms/" (id) "/take" } {
                    label { (text!("Đang làm gì", "What is done").get(lang))
                        input name="why" required maxlength="500" autocomplete="off"; }
                    label { (text!("Đến bao giờ", "Until when").get(lang))
                        select name="hours" { @for hours in HOURS { option value=(hours) {
                            (text!("{hours} giờ nữa", "in {hours} hours").get(lang))
                        } } } }
                    button { (text!("Nhận", "Take").get(lang)) }
                }
            }
        }
        @if can_close {
            form.narrow method="post" action={ "/district/alarms/" (id) "/close" } {
                label { (text!("Đã thấy gì, đã làm gì", "What was found, what was done").get(lang))
                    input name="why" required maxlength="500" autocomplete="off"; }
                button { (text!("Đóng sự cố này", "Close this trouble").get(lang)) }
            }
        }
    }
}

pub(super) async fn take(State(app): State<App>, who: Who, Path(id): Path<String>, fields: Fields) -> Response {
    let hours = fields.get("hours").parse::<u64>().unwrap_or(0).min(10_000);
    let (now, why) = (app.now().wall, fields.get("why").to_owned());
    let by = who.person().name.clone();
    handle(&app, &who, &id, move |board, id| {
        board.take_alarm(id, &by, now + Duration::from_secs(hours * 3_600), &why, now)
    })
    .await
}

pub(super) async fn close(State(app): State<App>, who: Who, Path(id): Path<String>, fields: Fields) -> Response {
    let (now, why) = (app.now().wall, fields.get("why").to_owned());
    let by = who.person().name.clone();
    handle(&app, &who, &id, move |board, id| board.close_alarm(id, &by, &why, now)).await
}

async fn handle(
    app: &App,
    who: &Who,
    id: &str,
    act: impl FnOnce(&mut crate::board::Board, i64) -> Result<(), BoardError> + Send + 'static,
) -> Response {
    let id = id.parse::<i64>().unwrap_or(-1);
    match on_board(app, move |board| act(board, id)).await {
        Ok(()) => {
            app.look_again();
            go_to(&format!("/district/alarms#a{id}"))
        }
        Err(error @ (BoardError::NotHandled(_) | BoardError::NoAlarm | BoardError::Absent)) => {
            page(app, who, Some(&error.text())).await
        }
        Err(error) => shell::failed(app, who, &error.text()),
    }
}
