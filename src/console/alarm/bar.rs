use maud::{Markup, html};

use super::adopted::given_by;
use super::outside;
use super::record::{AGREED_WITHIN, Alarm, AlarmKind, AlarmProgress, UNSENT_AFTER, instant};
use super::stand::{AlarmStand, called, has_given, heard_round};
use crate::app::App;
use crate::diag::{Lang, Text, figure, text};
use crate::instant::Wall;
use crate::role::Right;
use crate::schedule::Class;
use crate::station::Station;
use crate::status::{OrderSort, OrderStatus, PlayingStatus, Status};
use crate::who::Who;

/// Names of zones in it; of more their number is told.
const NAMES_MOST: usize = 4;

/// What is still to be done about alarms that are over, the newest first; what sounds and what is NOT sent is told whole.
const TOLD_MOST: usize = 3;

/// What every page shows of the alarms: what sounds, what is NOT sent, what is still to be done. Empty where there is
/// nothing.
pub(crate) fn bar(app: &App, who: &Who, station: &Station, at: &str) -> Markup {
    // What it says is for the page on which it stands, whichever address it was asked from.
    let who = &Who { path: at.to_owned(), ..who.clone() };
    if who.person.is_none() {
        return html! {};
    }
    let (now, status) = (app.clock().wall(), app.door().status());
    let status = status.as_deref();
    let mut alarms = app.alarms().undone();
    // The newest first: what somebody has just done is what he looks for.
    alarms.reverse();
    let (on, rest): (Vec<&Alarm>, Vec<&Alarm>) = alarms.iter().partition(|alarm| alarm.is_on());
    let on = on.iter().filter_map(|alarm| Some((rank(alarm), sounding(who, alarm, status, station, now)?)));
    let mut sounds: Vec<(Rank, Markup)> = on.collect();
    let others = status.into_iter().flat_map(|status| elsewhere(who, &alarms, status, station, now));
    sounds.extend(others.map(|one| (Rank::Real, one)));
    sounds.extend(rest.iter().filter_map(|alarm| Some((rank(alarm).unsent(), unsent(who, alarm, now)?))));
    sounds.extend(outside::told(app, who, station).map(|one| (Rank::Unsent, one)));
    sounds.sort_by_key(|(rank, _)| *rank);
    let lacking = alarms.iter().filter(|alarm| alarm.lacks_second());
    let mut told: Vec<Markup> = lacking.filter_map(|alarm| second(who, alarm, station, now)).collect();
    told.extend(alarms.iter().filter(|alarm| alarm.is_unread()).filter_map(|alarm| unread(who, alarm, station)));
    let more = told.len().saturating_sub(TOLD_MOST);
    html! {
        @for (_, one) in sounds { (one) }
        @for one in told.into_iter().take(TOLD_MOST) { (one) }
        @if more > 0 { div.alarm.waits {
            p { (text!("Và {more} việc báo động cũ hơn chưa xong.", "And {more} older ones about alarms that are not done.").get(who.lang)) }
            @if who.person().may(Right::Alert) && who.path != "/emergency" { div.actions {
                a.button href="/emergency#lately" { (text!("Xem các báo động ấy", "See those alarms").get(who.lang)) }
            } }
        } }
    }
}

/// What stands above what: the real one first, and a drill below all that is none.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Real,
    Told,
    Unsent,
    Drill,
}

impl Rank {
    fn unsent(self) -> Self {
        self.max(Self::Unsent)
    }
}

const fn rank(alarm: &Alarm) -> Rank {
    match alarm.kind {
        AlarmKind::Real => Rank::Real,
        AlarmKind::Correction | AlarmKind::Lifted => Rank::Told,
        AlarmKind::Drill => Rank::Drill,
    }
}

/// `02:10`, and `02:10 ngày 28/11` of another day.
fn clock(at: Wall, now: Wall, station: &Station) -> Text {
    let (there, here) = (at.zoned(&station.timezone), now.zoned(&station.timezone));
    let time = there.strftime("%H:%M").to_string();
    if there.date() == here.date() {
        return text!("{time}", "{time}");
    }
    let (vi, en) = (there.strftime("%d/%m").to_string(), there.strftime("%F").to_string());
    text!("{time} ngày {vi}", "{time} on {en}")
}

/// `LŨ`.
fn loud(title: &Text, lang: Lang) -> String {
    title.get(lang).to_uppercase()
}

/// None once nothing of it is under way anywhere.
fn sounding(who: &Who, alarm: &Alarm, status: Option<&Status>, station: &Station, now: Wall) -> Option<Markup> {
    let lang = who.lang;
    let stand = AlarmStand::of(alarm, status, station, now);
    let going: Vec<&str> = stand.zones.iter().filter(|zone| !zone.is_done).map(|zone| zone.id.as_str()).collect();
    if going.is_empty() {
        return None;
    }
    let silenced: Vec<&str> = stand.zones.iter().filter(|zone| zone.is_done).map(|zone| zone.title.as_str()).collect();
    let since = alarm.sent.as_ref().map_or(now, |sent| instant(sent.at));
    let (at, title, count) = (clock(since, now, station), loud(&alarm.title(), lang), going.len());
    let (vi, en) = (at.vi, at.en);
    let (head, kind) = match alarm.kind {
        AlarmKind::Real => (
            text!(
                "ĐANG BÁO ĐỘNG: {title}, {count} cụm loa, từ {vi}",
                "REAL ALARM ON: {title}, {count} zones, since {en}"
            ),
            "real",
        ),
        AlarmKind::Drill => (
            text!(
                "DIỄN TẬP, không phải báo động thật: {title}, {count} cụm loa, từ {vi}",
                "DRILL, no real alarm: {title}, {count} zones, since {en}"
            ),
            "drill",
        ),
        AlarmKind::Correction => (
            text!(
                "ĐANG PHÁT LỜI ĐÍNH CHÍNH: {title}, {count} cụm loa, từ {vi}",
                "CORRECTION ON: {title}, {count} zones, since {en}"
            ),
            "waits",
        ),
        AlarmKind::Lifted => (
            text!(
                "ĐANG BÁO HẾT BÁO ĐỘNG: {title}, {count} cụm loa, từ {vi}",
                "ALL CLEAR ON: {title}, {count} zones, since {en}"
            ),
            "waits",
        ),
    };
    let passed = passed(now.after(since).as_secs());
    Some(html! {
        div class={ "alarm " (kind) } {
            p { strong { (head.get(lang)) } " " span.passed { (passed.get(lang)) } }
            @if status.is_none() { p { (text!("Đài không trả lời: không rõ các loa còn kêu hay không.", "The station does not answer: it is not known what is heard.").get(lang)) } }
            @else { p { @if let Some(round) = round(&stand) { (round.get(lang)) ". " } (heard(&stand).get(lang)) "." } }
            @if let Some(by) = given_by(alarm) { p { (text!("Người ra lệnh: {by}.", "On the word of {by}.").get(lang)) } }
            @if let Some(behind) = behind(alarm, &stand, status) { p { (behind.get(lang)) } }
            @if !silenced.is_empty() { p { (no_more(&silenced).get(lang)) } }
            div.actions {
                @if going.iter().any(|zone| who.person().may_in(Right::Stop, zone)) {
                    form method="post" action={ (alarm.path()) "/end" } { button.end { (end_name(alarm).get(lang)) } }
                }
                @if who.path != alarm.path() {
                    a.button href=(alarm.path()) { (text!("Xem từng cụm loa", "See each zone").get(lang)) }
                }
            }
        }
    })
}

/// Where a drill waits since a real alarm is heard there.
fn behind(alarm: &Alarm, stand: &AlarmStand, status: Option<&Status>) -> Option<Text> {
    let has_alarm = |id: &str| {
        let zone = status?.zones.iter().find(|zone| zone.zone == id)?;
        zone.playing.as_ref().filter(|playing| playing.class == Class::Emergency)
    };
    let waits =
        stand.unheard().filter(|zone| alarm.kind == AlarmKind::Drill && !zone.is_done && has_alarm(&zone.id).is_some());
    let titles: Vec<&str> = waits.map(|zone| zone.title.as_str()).collect();
    if titles.is_empty() {
        return None;
    }
    let names = figure::joined(titles);
    Some(text!(
        "Diễn tập ở {names} đợi sau báo động thật đang phát ở đó.",
        "In {names} the drill waits behind the real alarm that is heard there."
    ))
}

/// `Đã thôi ở Thôn 1.`
fn no_more(titles: &[&str]) -> Text {
    let count = titles.len();
    if count > NAMES_MOST {
        return text!("Đã thôi ở {count} cụm khác.", "Over in {count} other zones.");
    }
    let names = figure::joined(titles.iter().copied());
    text!("Đã thôi ở {names}.", "Over in {names}.")
}

/// `3 trên 4 cụm đã kêu; Thôn 4 chưa kêu: no card`.
fn heard(stand: &AlarmStand) -> Text {
    let (heard, all) = (stand.heard(), stand.zones.len());
    let unheard: Vec<_> = stand.unheard().collect();
    if unheard.is_empty() {
        return text!("Cả {all} cụm đã kêu", "All {all} zones were heard");
    }
    if unheard.len() > NAMES_MOST {
        let count = unheard.len();
        return text!(
            "{heard} trên {all} cụm đã kêu, {count} cụm chưa",
            "{heard} of {all} zones were heard, {count} not"
        );
    }
    let of = |lang: Lang| {
        let each = unheard.iter().map(|zone| format!("{}: {}", zone.title, zone.said.get(lang)));
        each.collect::<Vec<_>>().join("; ")
    };
    let (vi, en) = (of(Lang::Vi), of(Lang::En));
    text!("{heard} trên {all} cụm đã kêu. {vi}", "{heard} of {all} zones were heard. {en}")
}

/// `lần 2 trên 3`.
pub(super) fn round(stand: &AlarmStand) -> Option<Text> {
    told(stand.in_tone, stand.round)
}

/// The same of an order that no page has given.
fn round_of(order: &OrderStatus, now: Wall) -> Option<Text> {
    let (in_tone, round) = heard_round(order.zones.iter().map(|zone| (order, zone)), now);
    told(in_tone, round)
}

fn told(in_tone: bool, round: Option<(u32, u32)>) -> Option<Text> {
    if in_tone {
        return Some(text!("Đang phát tiếng báo hiệu, chưa có lời", "The tone is heard, and no word yet"));
    }
    let (round, times) = round?;
    (times > 1).then(|| text!("Lần {round} trên {times}", "Time {round} of {times}"))
}

/// `đã 3 phút`.
fn passed(seconds: u64) -> Text {
    match seconds {
        0..=59 => text!("(đã {seconds} giây)", "({seconds} s)"),
        60..=5_999 => {
            let minutes = seconds / 60;
            text!("(đã {minutes} phút)", "({minutes} min)")
        }
        _ => {
            let hours = seconds / 3_600;
            text!("(đã hơn {hours} giờ)", "(over {hours} h)")
        }
    }
}

fn may_end(who: &Who, alarm: &Alarm) -> bool {
    who.person.as_ref().is_some_and(|person| alarm.zones.iter().any(|zone| person.may_in(Right::Stop, zone)))
}

fn may_alert(who: &Who, alarm: &Alarm) -> bool {
    let right = alarm.kind.place().right();
    who.person.as_ref().is_some_and(|person| alarm.zones.iter().all(|zone| person.may_in(right, zone)))
}

fn end_name(alarm: &Alarm) -> Text {
    match alarm.kind {
        AlarmKind::Real => text!("Kết thúc báo động", "End the alarm"),
        AlarmKind::Drill => text!("Kết thúc diễn tập", "End the drill"),
        AlarmKind::Correction | AlarmKind::Lifted => text!("Dừng lời này", "Stop it"),
    }
}

/// Emergencies that no page has sent: of the command line, and of the schedule.
fn elsewhere(who: &Who, alarms: &[Alarm], status: &Status, station: &Station, now: Wall) -> Vec<Markup> {
    let lang = who.lang;
    let mut all = Vec::new();
    let draw = |(title, order): (&Text, Option<&OrderStatus>), zones: &[&str], at: Option<Wall>, by: &str| {
        let is_heard = zones.iter().any(|zone| station.is_horn(zone));
        let (title, count) = (loud(title, lang), zones.len());
        let round = order.and_then(|order| round_of(order, now));
        let (vi, en) = at.map_or((String::new(), String::new()), |at| {
            let Text { vi, en } = clock(at, now, station);
            (format!(", từ {vi}"), format!(", since {en}"))
        });
        let own: Vec<&&str> = zones.iter().filter(|zone| who.person().may_in(Right::Stop, zone)).collect();
        html! {
            div.alarm.real {
                p { strong { (text!("ĐANG BÁO ĐỘNG: {title}, {count} cụm loa{vi}", "REAL ALARM ON: {title}, {count} zones{en}").get(lang)) }
                    @if let Some(at) = at { " " span.passed { (passed(now.after(at).as_secs()).get(lang)) } } }
                @if let Some(round) = round { p { (round.get(lang)) "." } }
                @if !is_heard { p { (text!("Không cụm nào ở đó có loa: không ai nghe.", "No horn in any of them: nobody hears it.").get(lang)) } }
                @if !by.is_empty() { p { (text!("Người ra lệnh: {by}.", "On the word of {by}.").get(lang)) } }
                @if !own.is_empty() {
                    div.actions { form method="post" action="/stop" {
                        @for zone in own { input type="hidden" name="zone" value=(zone); }
                        @if let Some(order) = order { input type="hidden" name="order" value=(order.order); }
                        button.end { (text!("Kết thúc báo động", "End the alarm").get(lang)) }
                    } }
                }
            }
        }
    };
    for order in status.orders.iter().filter(|order| order.kind == Some(OrderSort::Alert)) {
        if !alarms.iter().any(|alarm| has_given(alarm, order)) {
            let zones: Vec<&str> = order.zones.iter().map(|zone| zone.zone.as_str()).collect();
            let at = order.at.parse::<jiff::Timestamp>().ok().map(Wall::from);
            all.push(draw((&called(station, &order.title), Some(order)), &zones, at, &order.by));
        }
    }
    // What an order plays is told with the order; where that is over, what is left of it fades out.
    let mut written: Vec<(&str, Vec<&str>)> = Vec::new();
    for zone in &status.zones {
        let is_written = |playing: &&PlayingStatus| playing.class == Class::Emergency && playing.order.is_none();
        let Some(playing) = zone.playing.as_ref().filter(is_written) else { continue };
        match written.iter_mut().find(|(title, _)| *title == playing.title) {
            Some((_, zones)) => zones.push(&zone.zone),
            None => written.push((&playing.title, vec![&zone.zone])),
        }
    }
    let known = |title: &str| Text { vi: title.to_owned(), en: title.to_owned() };
    all.extend(written.iter().map(|(title, zones)| draw((&known(title), None), zones, None, "")));
    all
}

/// What was made ready and is not sent: to everybody once it is a minute old, and at once to whoever may be the second.
fn unsent(who: &Who, alarm: &Alarm, now: Wall) -> Option<Markup> {
    let lang = who.lang;
    let is_wanted = alarm.step == AlarmProgress::Wanted;
    let shows = alarm.is_open() && (alarm.made.is_older(now, UNSENT_AFTER) || is_wanted && may_alert(who, alarm));
    if !shows {
        return None;
    }
    let (title, by, count) = (loud(&alarm.whole_title(), lang), &alarm.made.name, alarm.zones.len());
    let said = if is_wanted {
        text!(
            "CHƯA PHÁT: {title}, {count} cụm loa, {by} cần người thứ hai đồng ý",
            "NOT SENT YET: {title}, {count} zones; {by} needs a second person"
        )
    } else if alarm.unclear {
        text!(
            "CHƯA RÕ ĐÃ PHÁT CHƯA: {title}, {count} cụm loa, {by} đã bấm phát mà đài chưa trả lời",
            "NOT KNOWN TO BE SENT: {title}, {count} zones; {by} sent it and the station has not answered"
        )
    } else {
        text!(
            "CHƯA PHÁT: còn một bước cuối. {title}, {count} cụm loa, {by} đã soạn",
            "NOT SENT YET: one step is left. {title}, {count} zones, made ready by {by}"
        )
    };
    Some(html! {
        div.alarm.waits {
            p { strong { (said.get(lang)) } }
            @if may_alert(who, alarm) && who.path != alarm.path() {
                div.actions { a.button href=(alarm.path()) { (text!("Mở để phát hoặc bỏ", "Open, to send it or give it up").get(lang)) } }
            }
        }
    })
}

/// What one person has sent and another has still to agree with.
fn second(who: &Who, alarm: &Alarm, station: &Station, now: Wall) -> Option<Markup> {
    if !may_alert(who, alarm) {
        return None;
    }
    let (lang, sent) = (who.lang, alarm.sent.as_ref()?);
    let until = instant(sent.at) + AGREED_WITHIN;
    let (at, title, by) = (figure::moment(until, &station.timezone), loud(&alarm.title(), lang), &sent.name);
    let (vi, en) = (at.vi, at.en);
    let is_own = sent.is_by(who.person().id, &who.person().name);
    let is_late = now > until;
    let said = match (is_own, is_late) {
        (_, true) => text!(
            "QUÁ HẠN: báo động {title} của {by} chưa có người thứ hai xác nhận (hạn {vi})",
            "OVERDUE: nobody has agreed with the alarm {title} of {by} (by {en})"
        ),
        (true, false) => text!(
            "Báo động {title} cần một người khác xác nhận trước {vi}",
            "The alarm {title} needs another person to agree by {en}"
        ),
        (false, false) => text!(
            "Xin xác nhận báo động {title} mà {by} đã phát, trước {vi}",
            "Please agree with the alarm {title}, sounded by {by}, by {en}"
        ),
    };
    Some(html! {
        div.alarm.waits {
            p { (said.get(lang)) "." }
            @if who.path != alarm.path() { div.actions { a.button href=(alarm.path()) { (text!("Xem báo động này", "See this alarm").get(lang)) } } }
        }
    })
}

/// What is over and nobody has read.
fn unread(who: &Who, alarm: &Alarm, station: &Station) -> Option<Markup> {
    if !who.person().may(Right::Alert) || !may_end(who, alarm) {
        return None;
    }
    let lang = who.lang;
    let at = instant(alarm.over?).zoned(&station.timezone).strftime("%H:%M").to_string();
    let title = loud(&alarm.title(), lang);
    Some(html! {
        div.alarm.waits {
            p { (text!("Báo động {title} đã thôi lúc {at}. Xin đọc kết quả rồi đánh dấu.", "The alarm {title} ended at {at}. Please read how it went, and tick it.").get(lang)) }
            @if who.path != alarm.path() { div.actions { a.button href=(alarm.path()) { (text!("Đọc kết quả", "Read how it went").get(lang)) } } }
        }
    })
}
