//! `Phát ngay`: a sound that is good, in zones of his, in its turn and within the hours.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use maud::html;

use super::said::span;
use super::stop::keep;
use crate::act::{self, Undone};
use crate::app::App;
use crate::checkup::alarms::of_an_alarm;
use crate::diag::{Text, text};
use crate::fields::Fields;
use crate::gate::Who;
use crate::plan;
use crate::role::Right;
use crate::sentence::sentence;
use crate::shell::{self, Page};

/// A list that somebody can look through.
const SOUNDS_MOST: usize = 500;

/// The form.
pub(super) async fn ask(State(app): State<App>, who: Who) -> Response {
    form(&app, &who, &Fields::default(), None).await
}

async fn form(app: &App, who: &Who, typed: &Fields, said: Option<&Text>) -> Response {
    let lang = who.lang;
    let look = app.look().await;
    let station = &look.world.station;
    let zones = who.zones(Right::Say, station);
    let known = look.world.library.sounds.values();
    let good = known.filter_map(|sound| Some((sound.file.as_str(), Some(sound.facts.as_ref().ok()?.length()))));
    // What nobody has measured yet lies there: the station says whether it plays.
    let all = good.chain(look.unmeasured.iter().map(|file| (file.as_str(), None)));
    // What an alarm is sounded with is no announcement.
    let offered: Vec<_> =
        all.filter(|(file, _)| of_an_alarm(station, file).is_none()).take(SOUNDS_MOST).collect();
    let one = zones.len() == 1;
    let body = html! {
        @if let Some(said) = said { p.said.bad role="alert" { (said.get(lang)) } }
        p.hint { (text!(
            "Phát trong giờ được phép, sau mục đang phát. Mỗi cụm loa phát khi đến lượt.",
            "It plays within the hours, behind what is playing. Each zone plays it in its turn."
        ).get(lang)) }
        @if offered.is_empty() {
            p { (text!("Chưa có bản ghi nào phát được.", "There is no recording that can play yet.").get(lang)) }
        } @else {
            form.narrow method="post" action="/say" {
                label { (text!("Bản ghi", "Recording").get(lang))
                    select name="name" required {
                        // What is played to everybody is chosen, and never merely the first of a list.
                        option value="" selected[typed.get("name").is_empty()] { (text!("Xin chọn bản ghi", "Choose a recording").get(lang)) }
                        @for (file, length) in offered {
                            @let stem = plan::without_ending(file).unwrap_or(file);
                            option value=(file) selected[typed.get("name") == file] {
                                (stem) " (" @if let Some(length) = length { (span(length.as_secs_f64())) }
                                @else { (text!("máy chưa nghe đến", "not listened to yet").get(lang)) } ")"
                            }
                        }
                    }
                }
                fieldset {
                    legend { (text!("Ở đâu", "Where").get(lang)) }
                    @for zone in zones {
                        label.tick {
                            input type="checkbox" name="zone" value=(zone.id) checked[one || typed.all("zone").any(|own| own == zone.id)];
                            (zone.title)
                        }
                    }
                }
                button.main { (text!("Phát ngay", "Play now").get(lang)) }
            }
        }
    };
    let status = if said.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    shell::page(app, who, Page { title: text!("Phát ngay", "Play now"), status }, &body)
}

/// The order.
pub(super) async fn order(State(app): State<App>, who: Who, fields: Fields) -> Response {
    if fields.get("name").is_empty() {
        let said = text!("Xin chọn bản ghi để phát.", "Choose the recording that is to be played.");
        return form(&app, &who, &fields, Some(&said)).await;
    }
    let named: Vec<String> = fields.all("zone").map(str::to_owned).collect();
    match act::say(&app, &who, (fields.get("name"), fields.is_ticked("sure")), named).await {
        Ok(receipt) => keep(&app, &who, receipt, Vec::new()),
        Err(Undone::Asks(why)) => asked(&app, &who, &fields, &why),
        Err(Undone::NotAllowed(why)) => shell::refused(&app, &who, &why),
        Err(why) => {
            let said = Text { vi: sentence(&why.text().vi), en: sentence(&why.text().en) };
            form(&app, &who, &fields, Some(&said)).await
        }
    }
}

/// It is the sound of an alarm: the way to the alarms first, and the order only for who says yes to it.
fn asked(app: &App, who: &Who, fields: &Fields, why: &Text) -> Response {
    let lang = who.lang;
    let body = html! {
        p.said role="alert" { (why.get(lang)) }
        p.actions {
            @if who.may(Right::Alert) { a.button.alert href="/emergency" { (text!("Báo khẩn cấp", "Emergency").get(lang)) } }
            a.button href="/say" { (text!("Chọn bản ghi khác", "Choose another recording").get(lang)) }
        }
        form method="post" action="/say" {
            input type="hidden" name="name" value=(fields.get("name"));
            @for zone in fields.all("zone") { input type="hidden" name="zone" value=(zone); }
            input type="hidden" name="sure" value="1";
            button { (text!("Vẫn phát như thông báo thường", "Play it as an announcement all the same").get(lang)) }
        }
    };
    let title = text!("Đây là bản ghi báo động", "This is the sound of an alarm");
    shell::page(app, who, Page { title, status: StatusCode::CONFLICT }, &body)
}
