//! What is to be sounded, and where. Nothing here orders anything: it makes an alarm ready, which says of itself that it is
//! not sent.

use std::fmt::Write as _;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use maud::{Markup, html};

use super::outside::{meant, outside};
use super::ready::{AlarmMade, offers, word};
use super::received::received;
use super::sound::AlarmSound;
use super::sounds;
use super::unrecorded::unrecorded;
use super::{found, gone, may_alert, not_his, sign};
use crate::act;
use crate::alarm::{Alarm, AlarmKind, AlarmPlace, AlarmProgress, instant};
use crate::app::App;
use crate::diag::{Text, figure, text};
use crate::fields::Fields;
use crate::gate::{Who, go_to, sure_or_ask};
use crate::look::Look;
use crate::role::Right;
use crate::sentence::capital;
use crate::shell::{self, Page};
use crate::station::{Scope, Station, Zone};

/// How often an alarm may be heard, as it is offered.
const TIMES: [u32; 6] = [1, 2, 3, 5, 10, 20];

/// `GET /emergency`, `GET /drill`.
pub(super) async fn ask(place: AlarmPlace, State(app): State<App>, who: Who) -> Response {
    form(place, &app, &who, &Fields::default(), None).await
}

async fn form(place: AlarmPlace, app: &App, who: &Who, typed: &Fields, said: Option<&Text>) -> Response {
    let lang = who.lang;
    let look = app.look().await;
    let station = &look.world.station;
    let zones = who.zones(place.right(), station);
    let nonce = match typed.get("form") {
        "" => match word() {
            Ok(word) => word,
            Err(why) => return shell::failed(app, who, &why),
        },
        known => known.to_owned(),
    };
    let is_drill = place == AlarmPlace::Drill;
    let says_so = AlarmSound::of(&look, &station.emergency.drill, &zones);
    let can = !is_drill || says_so.is_there();
    let body = html! {
        div.ask.drill[is_drill].real[!is_drill] {
            @if let Some(said) = said { p.said.bad role="alert" { (said.get(lang)) } }
            (what_it_is(is_drill, station, lang))
            (super::unheard(app, station, &zones, lang))
            @if zones.is_empty() {
                p.said.bad { (text!("Tài khoản này không có cụm loa nào ở đài; xin nhờ người quản trị xem lại.", "This account has no zone at this station; ask the administrator to look at it.").get(lang)) }
            } @else if !can {
                p.said.bad { (crate::sentence::sentence(says_so.missing().get(lang))) " "
                    (text!("Diễn tập phải bắt đầu và kết thúc bằng bản ghi nói rõ là diễn tập; xin nộp bản ghi ấy trước.", "A drill begins and ends with a sound that says that it is a drill; hand that one in first.").get(lang)) }
                @if sounds::may_hand_in_for_all(who) { p { a.button href={ "/sounds/slot/" (crate::escaped::escaped(&says_so.name)) } { (text!("Nộp bản ghi ấy", "Hand it in").get(lang)) } } }
            } @else {
                @if !is_drill { (outside(app, &look, who, &nonce)) }
                form.narrow method="post" action=(place.path()) {
                    input type="hidden" name="form" value=(nonce);
                    (what(&look, &zones, typed, is_drill, who))
                    (places(station, &zones, typed, who))
                    @if !is_drill { (times(station, typed, who)) }
                    button.main.big.danger[!is_drill] { (if is_drill {
                        text!("Tiếp tục: nghe lại và xác nhận diễn tập", "Go on: listen, and confirm the drill")
                    } else {
                        text!("Tiếp tục: nghe lại và xác nhận báo động", "Go on: listen, and confirm the alarm")
                    }.get(lang)) }
                    p.hint { (text!("Chưa phát gì ở bước này.", "Nothing sounds at this step.").get(lang)) }
                    (super::asks_again(who))
                }
            }
            @if !is_drill { (received(app, who, station)) (unrecorded(&look, who)) }
            (other_way(is_drill, who))
            (lately(place, app, who, station))
        }
    };
    let status = if said.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let title = if is_drill { text!("Diễn tập", "Drill") } else { text!("Báo khẩn cấp", "Emergency") };
    shell::page(app, who, Page { title, status }, &body)
}

fn what_it_is(is_drill: bool, station: &Station, lang: crate::diag::Lang) -> Markup {
    let two_from = station.emergency.two_from.filter(|_| !is_drill);
    html! {
        p.banner { strong { (if is_drill {
            text!("DIỄN TẬP, không phải báo động thật", "DRILL, no real alarm")
        } else {
            text!("BÁO ĐỘNG THẬT", "REAL ALARM")
        }.get(lang)) } }
        p.hint { (if is_drill {
            text!(
                "Phát bản ghi nói rõ là diễn tập, trong giờ được phép, sau mục đang phát. Không có tiếng báo hiệu của báo động thật.",
                "A sound that says that it is a drill, within the hours, behind what is playing. Without the tone of a real alarm."
            )
        } else {
            text!(
                "Phát ngay, ở mọi giờ, đè lên mục đang phát. Tiếng báo hiệu kêu 6 giây rồi mới đến lời.",
                "At once, at any hour, over what is playing. A tone is heard for 6 s, and then the words."
            )
        }.get(lang)) }
        @if let Some(from) = two_from {
            p.hint { (text!(
                "Từ {from} cụm loa trở lên thì chưa kêu ngay: cần người thứ hai đồng ý trước.",
                "In {from} zones or more nothing sounds at once: a second person agrees first."
            ).get(lang)) }
        }
    }
}

fn other_way(is_drill: bool, who: &Who) -> Markup {
    let lang = who.lang;
    html! {
        p.actions {
            @if is_drill { a.back-to href="/emergency" { (text!("Có việc thật: sang trang Báo khẩn cấp", "It is real: go to Emergency").get(lang)) } }
            @else if who.may(Right::Drill) { a.back-to href="/drill" { (text!("Chỉ muốn thử: sang trang Diễn tập", "Only to try it: go to Drill").get(lang)) } }
            @if !is_drill && who.may(Right::People) { a.back-to href="/emergency/codes" { (text!("Mã niêm phong cho ban đêm", "Sealed codes for the night").get(lang)) } }
        }
    }
}

/// The last ones that he may see to: from there an alarm is corrected, and what is left to do is done.
fn lately(place: AlarmPlace, app: &App, who: &Who, station: &Station) -> Markup {
    const MOST: usize = 5;
    const KEPT_MOST: usize = 200;
    let is_his = |alarm: &Alarm| {
        let may = |zone: &String| who.person().may_in(Right::Alert, zone);
        alarm.kind.place() == place && alarm.step == AlarmProgress::Sent && alarm.zones.iter().any(may)
    };
    // The last ones, and before them those that something is still to be done about.
    let kept = app.alarms().last(is_his, KEPT_MOST).into_iter().enumerate();
    let last: Vec<Alarm> = kept.filter(|(at, alarm)| *at < MOST || !alarm.is_done()).map(|(_, alarm)| alarm).collect();
    let lang = who.lang;
    html! {
        @if !last.is_empty() {
            h2 #lately { (text!("Gần đây", "Lately").get(lang)) }
            ul.list { @for alarm in last {
                @let at = figure::moment(instant(alarm.sent.as_ref().map_or(alarm.made.at, |sent| sent.at)), &station.timezone);
                li { a.row href=(alarm.path()) { span { strong { (capital(alarm.whole_title().get(lang))) } " " small { (at.get(lang)) } }
                    @if let Some(left) = left(&alarm) { small { (left.get(lang)) } } } }
            } }
        }
    }
}

/// What is still to be done about it.
fn left(alarm: &Alarm) -> Option<Text> {
    if alarm.is_on() {
        Some(text!("đang phát", "on"))
    } else if alarm.lacks_second() {
        Some(text!("chờ người thứ hai xác nhận", "another person has to agree"))
    } else if alarm.is_unread() {
        Some(text!("chưa ai đọc kết quả", "nobody has read how it went"))
    } else {
        None
    }
}

fn what(look: &Look, zones: &[&Zone], typed: &Fields, is_drill: bool, who: &Who) -> Markup {
    let lang = who.lang;
    html! {
        fieldset.presets {
            legend { (text!("Việc gì", "What").get(lang)) }
            @for offer in offers(look, zones) {
                @let sound = &offer.sound;
                @let can = is_drill || sound.is_there();
                label.tick.off[!can] {
                    input type="radio" name="preset" value=(offer.preset.id) required disabled[!can] checked[can && typed.get("preset") == offer.preset.id];
                    span { strong { (offer.preset.title.get(lang)) }
                        @if !is_drill {
                            @if can { " " small { (sound.length().get(lang)) @if let Some(gaps) = sound.gaps() { ", " (gaps.get(lang)) } } }
                            @else { " " small { (sound.missing().get(lang)) } }
                        }
                    }
                }
            }
        }
    }
}

fn places(station: &Station, zones: &[&Zone], typed: &Fields, who: &Who) -> Markup {
    let (lang, one) = (who.lang, zones.len() == 1);
    let is_ticked = |value: &str| typed.all("zone").any(|own| own == value);
    let all = zones.len();
    html! {
        fieldset {
            legend { (text!("Ở đâu", "Where").get(lang)) }
            @if !one {
                label.tick { input type="checkbox" name="zone" value="*" checked[is_ticked("*")];
                    span { strong { (text!("Tất cả {all} cụm loa", "All {all} zones").get(lang)) } } }
                @for (group, members) in groups(station, zones) {
                    @let value = format!("group:{group}");
                    @let count = members.len();
                    label.tick { input type="checkbox" name="zone" value=(value) checked[is_ticked(&value)];
                        span { (text!("Nhóm {group}", "Group {group}").get(lang)) " " small { (text!("{count} cụm loa", "{count} zones").get(lang)) } } }
                }
            }
            @for zone in zones {
                label.tick { input type="checkbox" name="zone" value=(zone.id) checked[one || is_ticked(&zone.id)];
                    span { (zone.title) } }
            }
        }
    }
}

/// Groups of which he may alert in every zone.
fn groups<'s>(station: &'s Station, zones: &[&Zone]) -> Vec<(&'s str, Vec<String>)> {
    let is_own = |id: &str| zones.iter().any(|zone| zone.id == id);
    let all = station.groups.iter().map(|(name, members)| {
        let known = members.iter().filter_map(|zone| station.zones.get(usize::from(zone.0)));
        (name.as_str(), known.map(|zone| zone.id.clone()).collect::<Vec<String>>())
    });
    all.filter(|(_, members)| !members.is_empty() && members.iter().all(|id| is_own(id))).collect()
}

fn times(station: &Station, typed: &Fields, who: &Who) -> Markup {
    let lang = who.lang;
    let usual = station.emergency.repeat;
    let chosen = typed.get("times").parse().unwrap_or(usual);
    let mut all = TIMES.to_vec();
    if !all.contains(&usual) {
        all.push(usual);
        all.sort_unstable();
    }
    html! {
        label { (text!("Nói mấy lần", "How many times").get(lang))
            select name="times" { @for times in all { option value=(times) selected[times == chosen] {
                (text!("{times} lần", "{times} times").get(lang))
            } } }
        }
    }
}

/// The zones that were ticked, in the station's order; or what is wrong with them. None is never all.
fn chosen<'s>(who: &Who, station: &'s Station, fields: &Fields) -> Result<Vec<&'s Zone>, Text> {
    let own = who.zones(Right::Alert, station);
    let groups = groups(station, &own);
    let mut ids: Vec<&str> = Vec::new();
    for value in fields.all("zone") {
        match value.strip_prefix("group:") {
            _ if value == "*" => ids.extend(own.iter().map(|zone| zone.id.as_str())),
            Some(group) => {
                let members = groups.iter().find(|(name, _)| *name == group).map(|(_, members)| members);
                ids.extend(members.into_iter().flatten().map(String::as_str));
            }
            None if own.iter().any(|zone| zone.id == value) => ids.push(value),
            None => {
                let title = station.zones.iter().find(|zone| zone.id == value).map_or("?", |zone| &zone.title);
                return Err(text!(
                    "Tài khoản này không báo động được ở «{title}».",
                    "This account may not alert in \"{title}\"."
                ));
            }
        }
    }
    let zones: Vec<&Zone> = own.iter().copied().filter(|zone| ids.contains(&zone.id.as_str())).collect();
    if zones.is_empty() {
        Err(text!("Xin chọn ít nhất một cụm loa.", "Choose at least one zone."))
    } else {
        Ok(zones)
    }
}

/// `POST /emergency`, `POST /drill`: make it ready, and go where it is repeated in words.
pub(super) async fn make(place: AlarmPlace, State(app): State<App>, who: Who, fields: Fields) -> Response {
    if let Some(asked) = sure_or_ask(&app, &who, &fields) {
        return asked;
    }
    match made(place, &app, &who, &fields).await {
        Ok(alarm) => go_to(&app.alarms().make(alarm).path()),
        Err(why) => form(place, &app, &who, &fields, Some(&why)).await,
    }
}

async fn made(place: AlarmPlace, app: &App, who: &Who, fields: &Fields) -> Result<Alarm, Text> {
    let look = app.look().await;
    let station = &look.world.station;
    let plan = &station.emergency;
    let zones = chosen(who, station, fields)?;
    let preset = plan.preset(fields.get("preset"));
    let preset = preset.ok_or_else(|| text!("Xin chọn một việc.", "Choose what it is."))?;
    let title = preset.title.clone();
    let sent = fields.get("form");
    let is_word = (16..=40).contains(&sent.len()) && sent.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let form = if is_word { sent.to_owned() } else { word()? };
    let made = if place == AlarmPlace::Drill {
        // What a drill would play between is heard only where it is there.
        let between = preset.drill.clone().filter(|name| AlarmSound::of(&look, name, &zones).silent.is_empty());
        AlarmMade {
            kind: AlarmKind::Drill,
            title,
            sound: plan.drill.clone(),
            between,
            zones: &zones,
            times: 1,
            scope: Scope::Alone,
            of: None,
        }
    } else {
        let times = fields.get("times").parse().ok().filter(|times| (1..=20).contains(times)).unwrap_or(plan.repeat);
        let scope = scope(who, station, &zones);
        AlarmMade {
            kind: AlarmKind::Real,
            title,
            sound: preset.sound.clone(),
            between: None,
            zones: &zones,
            times,
            scope,
            of: None,
        }
    };
    let sound = AlarmSound::of(&look, &made.sound, &zones);
    if !sound.is_there() {
        let Text { vi, en } = sound.missing();
        return Err(text!("Chưa phát được ở đó: {vi}.", "It cannot be heard there: {en}."));
    }
    let mut alarm = made.alarm(&form, sign(app, who))?;
    alarm.outside = meant(app, station, fields.get("outside"), &alarm)?;
    Ok(alarm)
}

/// How many persons an alarm in these zones takes, of this one.
pub(super) fn scope(who: &Who, station: &Station, zones: &[&Zone]) -> Scope {
    act::scope(who, station, &zones.iter().map(|zone| zone.id.as_str()).collect::<Vec<_>>())
}

/// Take an alarm back.
pub(super) async fn correction(
    State(app): State<App>,
    who: Who,
    Path(token): Path<String>,
    fields: Fields,
) -> Response {
    follow(AlarmKind::Correction, app, who, token, fields).await
}

/// Say that the danger is over.
pub(super) async fn lifted(State(app): State<App>, who: Who, Path(token): Path<String>, fields: Fields) -> Response {
    follow(AlarmKind::Lifted, app, who, token, fields).await
}

/// What follows an alarm is made ready with its zones, a sound and a question of its own.
async fn follow(kind: AlarmKind, app: App, who: Who, token: String, fields: Fields) -> Response {
    let real = found(&app, AlarmPlace::Emergency, &token);
    let Some(real) = real.filter(|alarm| alarm.kind == AlarmKind::Real && alarm.step == AlarmProgress::Sent) else {
        return gone(&app, &who);
    };
    if !may_alert(&who, &real) {
        return not_his(&app, &who);
    }
    if let Some(asked) = sure_or_ask(&app, &who, &fields) {
        return asked;
    }
    // One that is not over is gone to; a second one may be wanted later.
    if let Some(known) = app.alarms().follows(&token, kind).filter(|known| known.over.is_none()) {
        return go_to(&known.path());
    }
    let look = app.look().await;
    let station = &look.world.station;
    let zones: Vec<&Zone> = station.zones.iter().filter(|zone| real.zones.contains(&zone.id)).collect();
    let sound = if kind == AlarmKind::Correction { &station.emergency.correction } else { &station.emergency.lifted };
    let found = AlarmSound::of(&look, sound, &zones);
    if !found.is_there() {
        return shell::refused(&app, &who, &found.missing());
    }
    let made = AlarmMade {
        kind,
        title: real.title(),
        sound: sound.clone(),
        between: None,
        zones: &zones,
        times: 1,
        scope: Scope::Alone,
        of: Some(token),
    };
    let mut form = String::new();
    let _ = write!(form, "{kind:?}{}", app.clock().wall().nanos());
    match made.alarm(&form, sign(&app, &who)) {
        Ok(alarm) => go_to(&app.alarms().make(alarm).path()),
        Err(why) => shell::failed(&app, &who, &why),
    }
}
