//! What is to be sounded, once more and in words, with its sound to hear; and the button that says the act.

use std::time::Duration;

use axum::http::StatusCode;
use axum::response::Response;
use maud::{Markup, html};

use super::may_alert;
use super::outside::said_of;
use super::sound::AlarmSound;
use crate::alarm::{self, Alarm, AlarmKind, AlarmProgress, real_on};
use crate::app::App;
use crate::diag::{Lang, Text, text};
use crate::gate::Who;
use crate::plan::ALARM_LENGTH;
use crate::sentence::sentence;
use crate::shell::{self, Page};
use crate::station::{Scope, Zone};

/// So long the first person waits for the second.
pub(super) const SECOND_WITHIN: Duration = Duration::from_mins(1);

/// How far an alarm that is not sent has come, for the script: when it is another, the page is loaded anew.
pub(super) fn state(app: &App, alarm: &Alarm) -> &'static str {
    match alarm.step {
        AlarmProgress::Ready | AlarmProgress::Wanted if against(app, alarm).is_some() => "against",
        AlarmProgress::Ready => "ready",
        AlarmProgress::Wanted if may_go_alone(app, alarm) => "alone",
        AlarmProgress::Wanted => "wanted",
        AlarmProgress::Going => "going",
        AlarmProgress::Dropped => "dropped",
        AlarmProgress::Same => "same",
        AlarmProgress::Sent if alarm.over.is_none() => "on",
        AlarmProgress::Sent => "over",
    }
}

/// The second person has not come in time.
pub(super) fn may_go_alone(app: &App, alarm: &Alarm) -> bool {
    alarm.wanted.as_ref().is_some_and(|first| first.is_older(app.clock().wall(), SECOND_WITHIN))
}

/// Why the alarm from outside that it sounds is not to sound any more.
pub(super) fn against(app: &App, alarm: &Alarm) -> Option<Text> {
    alarm.outside.as_deref().filter(|_| alarm.is_open()).and_then(|mark| alarm::against(app, mark))
}

/// Why a drill does not begin: while a real alarm is on nobody is to think it over.
pub(super) fn not_now(app: &App, alarm: &Alarm) -> Option<Text> {
    if alarm.kind != AlarmKind::Drill {
        return None;
    }
    let (status, alarms) = (app.door().status(), app.alarms().undone());
    let Text { vi, en } = real_on(&alarms, status.as_deref(), &app.station())?;
    Some(text!(
        "đang có báo động thật: {vi}. Chưa diễn tập được; xin đợi báo động ấy kết thúc",
        "a real alarm is on: {en}. There is no drill now; wait until it is over"
    ))
}

/// The page.
pub(super) async fn page(app: &App, who: &Who, alarm: &Alarm, said: Option<&Text>) -> Response {
    let lang = who.lang;
    let look = app.look().await;
    let station = &look.world.station;
    let zones: Vec<&Zone> = station.zones.iter().filter(|zone| alarm.zones.contains(&zone.id)).collect();
    let sound = AlarmSound::of(&look, &alarm.sound, &zones);
    let between = alarm.between.as_deref().map(|name| AlarmSound::of(&look, name, &zones));
    let titles: Vec<&str> = zones.iter().map(|zone| zone.title.as_str()).collect();
    let is_drill = alarm.kind == AlarmKind::Drill;
    let against = against(app, alarm);
    let failed = alarm.failed.as_ref().map(|(vi, en)| Text { vi: vi.clone(), en: en.clone() });
    let body = html! {
        noscript { meta http-equiv="refresh" content="15"; }
        div.ask.drill[is_drill].real[alarm.kind == AlarmKind::Real] {
            p.banner { strong { (banner(alarm.kind).get(lang)) } }
            div data-alarm={ (alarm.path()) "/now" } { div data-state=(state(app, alarm)) {} }
            @if let Some(said) = not_now(app, alarm).filter(|_| said.is_none()) { p.said.bad role="alert" { (sentence(said.get(lang))) } }
            @if let Some(against) = against.as_ref().filter(|_| said.is_none()) { p.said.bad role="alert" { (sentence(against.get(lang))) } }
            @if let Some(said) = said { p.said.bad role="alert" { (sentence(said.get(lang))) } }
            @if let Some(failed) = &failed { p.said.bad role="alert" { (sentence(failed.get(lang))) } }
            @if alarm.unclear {
                p.said.bad { (text!(
                    "CHƯA RÕ ĐÃ PHÁT CHƯA. Xem các cụm loa trước khi bấm lần nữa; bấm lần nữa cũng chỉ phát một lần.",
                    "NOT KNOWN TO BE SENT. Look at the zones before sending it again; sent again it is still one."
                ).get(lang)) }
            } @else {
                p.unsent { strong { (text!("CHƯA PHÁT: còn một bước cuối", "NOT SENT YET: one step is left").get(lang)) } }
            }
            h2.question { (question(alarm, &sound, between.as_ref()).get(lang)) }
            p { (text!("Ở đâu", "Where").get(lang)) ": " (titles.join(", ")) }
            @if let Some(said) = said_of(app, alarm, lang) { div.said { (said) } }
            @if let Some(gaps) = sound.gaps() { p.said { (sentence(gaps.get(lang))) } }
            (sound.players(lang))
            @if let Some(between) = &between { (between.players(lang)) }
            @if alarm.kind == AlarmKind::Real { p.hint { (tone(alarm).get(lang)) } }
            (super::unheard(app, station, &zones, lang))
            @if alarm.is_open() && may_alert(who, alarm) { (super::asks_again(who)) }
            @if against.is_some() && may_alert(who, alarm) { (as_ones_own(alarm, lang)) } @else { (buttons(app, who, alarm)) }
        }
    };
    let Text { vi, en } = alarm.named();
    let status = if said.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    shell::page(app, who, Page { title: text!("Xác nhận {vi}", "Confirm: {en}"), status }, &body)
}

/// What it is, in large letters.
pub(super) fn banner(kind: AlarmKind) -> Text {
    match kind {
        AlarmKind::Real => text!("BÁO ĐỘNG THẬT", "REAL ALARM"),
        AlarmKind::Drill => text!("DIỄN TẬP, không phải báo động thật", "DRILL, no real alarm"),
        AlarmKind::Correction => text!("LỜI ĐÍNH CHÍNH", "CORRECTION"),
        AlarmKind::Lifted => text!("HẾT BÁO ĐỘNG", "ALL CLEAR"),
    }
}

fn tone(alarm: &Alarm) -> Text {
    let seconds = ALARM_LENGTH.as_secs();
    if alarm.scope == Scope::Two && alarm.step == AlarmProgress::Ready {
        return text!(
            "Bấm xong thì CHƯA kêu: đợi người thứ hai đồng ý, rồi tiếng báo hiệu mới kêu, {seconds} giây, và đến lời.",
            "Nothing sounds by this tap: once the second person agrees the tone is heard, for {seconds} s, and then the words."
        );
    }
    if alarm.scope == Scope::Two {
        return text!(
            "Người thứ hai đồng ý thì tiếng báo hiệu kêu ngay, {seconds} giây. Nhầm thì bấm Kết thúc trong lúc ấy: chưa có lời nào được phát.",
            "Once the second person agrees the tone is heard, for {seconds} s. A mistake? End it meanwhile: no word is heard."
        );
    }
    text!(
        "Bấm xong thì tiếng báo hiệu kêu ngay, {seconds} giây. Bấm nhầm thì bấm Kết thúc trong lúc ấy: chưa có lời nào được phát.",
        "The tone is heard at once, for {seconds} s. Sent by mistake? End it meanwhile: no word is heard."
    )
}

fn question(alarm: &Alarm, sound: &AlarmSound, between: Option<&AlarmSound>) -> Text {
    let Text { vi, en } = alarm.title();
    let (upper_vi, upper_en) = (vi.to_uppercase(), en.to_uppercase());
    let (Text { vi: length_vi, en: length_en }, zones, times) = (sound.length(), alarm.zones.len(), alarm.times);
    match alarm.kind {
        AlarmKind::Real if times > 1 => text!(
            "Phát báo động {upper_vi}, bản ghi {length_vi}, ra {zones} cụm loa, {times} lần hoặc đến khi bấm Kết thúc?",
            "Sound the alarm {upper_en}, recording {length_en}, in {zones} zones, {times} times or until somebody ends it?"
        ),
        AlarmKind::Real => text!(
            "Phát báo động {upper_vi}, bản ghi {length_vi}, ra {zones} cụm loa, một lần hoặc đến khi bấm Kết thúc?",
            "Sound the alarm {upper_en}, recording {length_en}, in {zones} zones, once or until somebody ends it?"
        ),
        AlarmKind::Drill => {
            let whole = match between {
                None => sound.seconds(),
                Some(between) => sound.seconds().zip(between.seconds()).map(|(own, between)| 2.0 * own + between),
            };
            let Text { vi: whole_vi, en: whole_en } = super::sound::length_said(whole);
            text!(
                "Diễn tập {upper_vi}: phát bản ghi nói rõ là diễn tập, {whole_vi}, ra {zones} cụm loa, trong giờ được phép?",
                "Drill of {upper_en}: play the sound that says that it is a drill, {whole_en}, in {zones} zones, within the hours?"
            )
        }
        AlarmKind::Correction => text!(
            "Phát lời đính chính cho báo động {upper_vi}, bản ghi {length_vi}, ra {zones} cụm loa?",
            "Play the correction of the alarm {upper_en}, recording {length_en}, in {zones} zones?"
        ),
        AlarmKind::Lifted => text!(
            "Báo cho dân là đã hết báo động {upper_vi}, bản ghi {length_vi}, ra {zones} cụm loa?",
            "Tell people that the alarm {upper_en} is over, recording {length_en}, in {zones} zones?"
        ),
    }
}

/// The act, as its button says it.
fn act(kind: AlarmKind) -> Text {
    match kind {
        AlarmKind::Real => text!("Phát báo động thật", "Sound the real alarm"),
        AlarmKind::Drill => text!("Bắt đầu diễn tập", "Begin the drill"),
        AlarmKind::Correction => text!("Phát lời đính chính", "Play the correction"),
        AlarmKind::Lifted => text!("Báo hết báo động", "Tell that it is over"),
    }
}

/// What was decided against is sounded by nobody as that: whoever wants to all the same makes it his own first, and is asked again.
fn as_ones_own(alarm: &Alarm, lang: Lang) -> Markup {
    html! {
        form method="post" action={ (alarm.path()) "/go" } {
            input type="hidden" name="own" value="1";
            button.danger { (text!("Vẫn muốn phát, như báo động của mình", "Sound it all the same, as my own alarm").get(lang)) }
        }
        p.hint { (text!("Nút này chưa phát gì: bước sau còn hỏi lại.", "This sounds nothing yet: the next step asks again.").get(lang)) }
        (give_up(alarm, lang))
    }
}

fn give_up(alarm: &Alarm, lang: Lang) -> Markup {
    html! { form method="post" action={ (alarm.path()) "/drop" } { button { (text!("Bỏ, không phát", "Give it up").get(lang)) } } }
}

fn buttons(app: &App, who: &Who, alarm: &Alarm) -> Markup {
    let lang = who.lang;
    if !may_alert(who, alarm) {
        let by = &alarm.made.name;
        return html! { p { (text!("Người soạn: {by}. Tài khoản này chỉ xem được.", "Made ready by {by}. This account may only look.").get(lang)) } };
    }
    let go = format!("{}/go", alarm.path());
    let is_first = alarm.wanted.as_ref().is_some_and(|first| first.is_by(who.person().id, &who.person().name));
    let class = if alarm.kind == AlarmKind::Drill { "big main" } else { "big main danger" };
    html! {
        @match alarm.step {
            AlarmProgress::Going => p { (text!("Đang gửi lệnh đến đài…", "On its way to the station…").get(lang)) },
            AlarmProgress::Wanted if is_first && may_go_alone(app, alarm) => {
                p.said { (text!(
                    "Đã quá 60 giây mà chưa có người thứ hai. Có thể phát một mình, nếu ghi rõ vì sao.",
                    "No second person within 60 s. It can be sounded by one, who says why."
                ).get(lang)) }
                form.narrow method="post" action=(go) {
                    label { (text!("Vì sao phát một mình", "Why by one person").get(lang)) input name="why" maxlength="300" required; }
                    button class=(class) { (text!("Phát báo động thật, chưa có người thứ hai", "Sound the real alarm, without a second person").get(lang)) }
                }
            }
            AlarmProgress::Wanted if is_first => p.said { (text!(
                "Đang chờ người thứ hai đồng ý, ở máy khác, bằng tài khoản khác, trong 60 giây.",
                "A second person is wanted, at another phone and with another account, within 60 s."
            ).get(lang)) },
            AlarmProgress::Wanted => {
                @let by = alarm.wanted.as_ref().map_or("", |first| first.name.as_str());
                p.said { (text!("{by} xin phát báo động này và cần người thứ hai đồng ý.", "{by} wants to sound this alarm and needs a second person.").get(lang)) }
                form method="post" action=(go) { button class=(class) { (text!("Đồng ý, phát báo động thật", "Agree, and sound the real alarm").get(lang)) } }
            }
            _ if alarm.kind == AlarmKind::Real && alarm.scope == Scope::Two => {
                p.said { (text!(
                    "Phạm vi này cần hai người: bấm xong, một người khác phải đồng ý ở máy của mình trong 60 giây.",
                    "This many zones take two persons: then another one has to agree at a phone of his own within 60 s."
                ).get(lang)) }
                form method="post" action=(go) { button class=(class) { (text!("Xin phát báo động thật", "Ask to sound the real alarm").get(lang)) } }
            }
            _ => {
                @if alarm.kind == AlarmKind::Real && alarm.scope == Scope::Countersigned {
                    p.hint { (text!(
                        "Phát được ngay; một người khác cần xác nhận trong 24 giờ.",
                        "It can be sounded now; another person has to agree within 24 h."
                    ).get(lang)) }
                }
                form method="post" action=(go) { button class=(class) { (act(alarm.kind).get(lang)) } }
            }
        }
        @if alarm.is_open() { (give_up(alarm, lang)) }
    }
}
