//! `Phát ngay`: a sound that is good, in zones of his, in its turn and within the hours.

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use maud::{Markup, html};

use super::said::span;
use super::stop::keep;
use crate::act::{self, Undone};
use crate::app::App;
use crate::checkup::alarms::of_an_alarm;
use crate::diag::{Lang, Text, fold, text};
use crate::fields::Fields;
use crate::gate::Who;
use crate::plan;
use crate::role::Right;
use crate::sentence::sentence;
use crate::shell::{self, Page};

/// A list that somebody can look through.
const SOUNDS_MOST: usize = 500;

/// The form; an address may name the recording, the zones, and words to look for.
pub(super) async fn ask(State(app): State<App>, who: Who, RawQuery(query): RawQuery) -> Response {
    let asked = Fields::read(query.unwrap_or_default().as_bytes());
    form(&app, &who, &asked, None).await
}

/// Whether this file is the one that was chosen, by its name with or without its ending.
fn is_chosen(file: &str, chosen: &str) -> bool {
    file == chosen || plan::without_ending(file) == Some(chosen)
}

/// The files of which one can be chosen, and how many more there are: those with the words in their names. The one that was
/// chosen comes first, whatever is looked for.
fn offered<'f>(files: impl Iterator<Item = &'f str>, words: &str, chosen: &str) -> (Vec<&'f str>, usize) {
    let words = fold(words);
    let meant = files.filter(|file| is_chosen(file, chosen) || fold(file).contains(&words));
    let (mut all, others): (Vec<&str>, Vec<&str>) = meant.partition(|file| is_chosen(file, chosen));
    all.extend(others);
    let more = all.len().saturating_sub(SOUNDS_MOST);
    all.truncate(SOUNDS_MOST);
    (all, more)
}

async fn form(app: &App, who: &Who, typed: &Fields, said: Option<&Text>) -> Response {
    let lang = who.lang;
    let look = app.look().await;
    let station = &look.world.station;
    let zones = who.zones(Right::Say, station);
    let sounds = &look.world.library.sounds;
    let good = sounds.values().filter(|sound| sound.facts.is_ok()).map(|sound| sound.file.as_str());
    // What nobody has measured yet lies there: the station says whether it plays. What an alarm is sounded with is no announcement.
    let all =
        good.chain(look.unmeasured.iter().map(String::as_str)).filter(|file| of_an_alarm(station, file).is_none());
    let (words, chosen) = (typed.get("q"), typed.get("name"));
    let (files, more) = offered(all, words, chosen);
    let length = |file: &str| sounds.get(file).and_then(|sound| sound.facts.as_ref().ok()).map(plan::Facts::length);
    let is_none_chosen = !files.iter().any(|file| is_chosen(file, chosen));
    let one = zones.len() == 1;
    let body = html! {
        @if let Some(said) = said { p.said.bad role="alert" { (said.get(lang)) } }
        p.hint { (text!(
            "Phát trong giờ được phép, sau mục đang phát. Mỗi cụm loa phát khi đến lượt.",
            "It plays within the hours, behind what is playing. Each zone plays it in its turn."
        ).get(lang)) }
        @if more > 0 || !words.is_empty() { (search(typed, more, lang)) }
        @if files.is_empty() {
            p { (if words.is_empty() {
                text!("Chưa có bản ghi nào phát được.", "There is no recording that can play yet.")
            } else {
                text!("Không có bản ghi nào như vậy.", "There is no such sound.")
            }.get(lang)) }
        } @else {
            form.narrow method="post" action="/say" {
                label { (text!("Bản ghi", "Recording").get(lang))
                    select name="name" required {
                        // What is played to everybody is chosen, and never merely the first of a list.
                        option value="" selected[is_none_chosen] { (text!("Xin chọn bản ghi", "Choose a recording").get(lang)) }
                        @for file in files {
                            option value=(file) selected[is_chosen(file, chosen)] {
                                (plan::without_ending(file).unwrap_or(file))
                                " (" @if let Some(length) = length(file) { (span(length.as_secs_f64())) }
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

/// What finds a recording that is not in the list; the zones that were ticked stay.
fn search(typed: &Fields, more: usize, lang: Lang) -> Markup {
    html! {
        form.inline method="get" action="/say" role="search" {
            @for zone in typed.all("zone") { input type="hidden" name="zone" value=(zone); }
            label { (text!("Tìm theo tên", "Find by name").get(lang))
                input type="search" name="q" value=(typed.get("q")) maxlength="80"; }
            button { (text!("Tìm", "Find").get(lang)) }
        }
        @if more > 0 {
            p.hint { (text!(
                "Còn {more} bản ghi nữa không có trong danh sách dưới đây: ghi vài chữ trong tên rồi bấm «Tìm».",
                "{more} more recordings are not in the list below: type a part of the name, then \"Find\"."
            ).get(lang)) }
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_stands_behind_the_last_that_is_listed_is_found_by_its_name_or_chosen_by_it() {
        let files: Vec<String> = (0..SOUNDS_MOST + 7).map(|number| format!("tin-{number:04}.mp3")).collect();
        let all = || files.iter().map(String::as_str).chain(["Tạm biệt.wav"]);
        let (listed, more) = offered(all(), "", "");
        assert_eq!((listed.len(), listed[0], more), (SOUNDS_MOST, "tin-0000.mp3", 8));
        assert_eq!(offered(all(), "tam biet", ""), (vec!["Tạm biệt.wav"], 0));
        for chosen in ["Tạm biệt.wav", "Tạm biệt"] {
            assert_eq!(offered(all(), "tin-0003", chosen), (vec!["Tạm biệt.wav", "tin-0003.mp3"], 0));
            assert_eq!(offered(all(), "", chosen).0[0], "Tạm biệt.wav");
        }
        assert_eq!(offered(all(), "nope", ""), (Vec::new(), 0));
    }
}
