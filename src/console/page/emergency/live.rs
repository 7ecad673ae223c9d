//! An alarm while it is on: where it is heard and since when, where it is not and why, how to end it, how to add zones.

use axum::extract::{Path, State};
use axum::response::{Html, IntoResponse as _, Response};
use maud::{Markup, html};

use super::confirm::{banner, state};
use super::{found, gone, may_alert};
use crate::alarm::{Alarm, AlarmKind, AlarmPlace, AlarmProgress, AlarmStand, instant};
use crate::app::App;
use crate::diag::{Lang, Text, figure, text};
use crate::gate::Who;
use crate::once;
use crate::role::Right;
use crate::sentence::capital;
use crate::shell::{self, Page};
use crate::station::Station;

/// The page.
pub(super) fn page(app: &App, who: &Who, alarm: &Alarm) -> Response {
    let lang = who.lang;
    let station = app.station();
    let is_drill = alarm.kind == AlarmKind::Drill;
    let body = html! {
        noscript { meta http-equiv="refresh" content="5"; }
        div.ask.on.drill[is_drill].real[alarm.kind == AlarmKind::Real] {
            p.banner { strong { (banner(alarm.kind).get(lang)) } }
            div data-alarm={ (alarm.path()) "/now" } { (fragment(app, who, alarm, &station)) }
            (agreement(who, alarm, &station))
            @if alarm.kind == AlarmKind::Real { (more(who, alarm, &station)) }
        }
    };
    let Text { vi, en } = alarm.whole_title();
    let (vi, en) = (capital(&vi), capital(&en));
    shell::page(app, who, Page::of(text!("{vi}", "{en}")), &body)
}

/// `GET …/now`: the part that changes by itself.
pub(super) fn now(place: AlarmPlace, State(app): State<App>, who: &Who, Path(token): Path<String>) -> Response {
    let Some(alarm) = found(&app, place, &token) else { return gone(&app, who) };
    let drawn = if alarm.step == AlarmProgress::Sent && alarm.is_on() {
        fragment(&app, who, &alarm, &app.station())
    } else {
        html! { div data-state=(state(&app, &alarm)) {} }
    };
    Html(once::marked(&drawn.into_string())).into_response()
}

fn fragment(app: &App, who: &Who, alarm: &Alarm, station: &Station) -> Markup {
    let lang = who.lang;
    let status = app.door().status();
    let now = app.clock().wall();
    let stand = AlarmStand::of(alarm, status.as_deref(), station, now);
    html! {
        div data-state=(state(app, alarm)) {
            p.summary { (summary(alarm, &stand, station).get(lang)) }
            ul.list.horns {
                @for zone in &stand.zones {
                    li.sounds[zone.sounds].bad[!zone.sounds && !zone.is_over] { strong { (zone.title) } ": " (zone.said.get(lang)) }
                }
            }
        }
    }
}

/// `Lệnh lúc 02:10:03; 3 trên 4 cụm đã kêu; tiếng đầu tiên sau 0,8 giây`.
fn summary(alarm: &Alarm, stand: &AlarmStand, station: &Station) -> Text {
    let (heard, all) = (stand.heard(), stand.zones.len());
    let sent = alarm.sent.as_ref();
    let at = sent.map(|sent| instant(sent.at).zoned(&station.timezone).strftime("%H:%M:%S").to_string());
    let (at, by) = (at.unwrap_or_default(), sent.map_or("", |sent| sent.name.as_str()));
    let (round_vi, round_en) = match (stand.in_tone, stand.round) {
        (true, _) => {
            (" Đang phát tiếng báo hiệu, chưa có lời.".to_owned(), " The tone is heard, and no word yet.".to_owned())
        }
        (_, Some((round, times))) if times > 1 => {
            (format!(" Lần {round} trên {times}."), format!(" Time {round} of {times}."))
        }
        _ => (String::new(), String::new()),
    };
    let (first_vi, first_en) = alarm.seconds_to_sound(station).map_or((String::new(), String::new()), |seconds| {
        let Text { vi, en } = figure::decimal(seconds, 1);
        (format!(" Máy phát tiếng đầu tiên sau {vi} giây."), format!(" First sample sent after {en} s."))
    });
    text!(
        "{by} phát lúc {at}. {heard} trên {all} cụm đã kêu.{round_vi}{first_vi}",
        "Sent by {by} at {at}. {heard} of {all} zones were heard.{round_en}{first_en}"
    )
}

/// Who else has agreed, or has to.
pub(super) fn agreement(who: &Who, alarm: &Alarm, station: &Station) -> Markup {
    let lang = who.lang;
    let at = |millis: i64| figure::moment(instant(millis), &station.timezone);
    let is_first = alarm.sent.as_ref().is_some_and(|sent| sent.is_by(who.person().id, &who.person().name));
    html! {
        @if let Some(why) = &alarm.alone { p { (text!("Phát một mình, vì: {why}.", "Sounded by one person, because: {why}.").get(lang)) } }
        @if let Some(second) = &alarm.second {
            @let (by, at) = (&second.name, at(second.at));
            @let (vi, en) = (at.vi, at.en);
            p { (text!("Người thứ hai: {by}, {vi}.", "Second person: {by}, {en}.").get(lang)) }
        } @else if alarm.lacks_second() && may_alert(who, alarm) {
            @if is_first { p.said { (text!("Cần một người khác xác nhận báo động này trong 24 giờ.", "Another person has to agree with this alarm within 24 h.").get(lang)) } }
            @else {
                form method="post" action={ (alarm.path()) "/agree" } {
                    button { (text!("Xác nhận: báo động này là đúng", "Agree: this alarm was right").get(lang)) }
                }
            }
        }
    }
}

fn more(who: &Who, alarm: &Alarm, station: &Station) -> Markup {
    let lang: Lang = who.lang;
    let own = who.zones(Right::Alert, station);
    let others: Vec<_> = own.into_iter().filter(|zone| !alarm.zones.contains(&zone.id)).collect();
    html! {
        @if !others.is_empty() {
            details {
                summary { (text!("Thêm thôn", "Add zones").get(lang)) }
                form.narrow method="post" action={ (alarm.path()) "/more" } {
                    fieldset {
                        legend { (text!("Phát báo động này cả ở", "Sound this alarm in").get(lang)) }
                        @for zone in others { label.tick { input type="checkbox" name="zone" value=(zone.id); (zone.title) } }
                    }
                    button.main.danger { (text!("Phát báo động thật ở các cụm này", "Sound the real alarm there").get(lang)) }
                }
            }
        }
    }
}
