//! An alarm that is over: how it went, by the journal; who was not reached, with a number to call; and what comes next.

use axum::extract::{Path, State};
use axum::response::Response;
use maud::{Markup, html};

use super::after::{REMARK_MOST, REMARKS_MOST};
use super::calls::{call, calls, print_button};
use super::confirm::banner;
use super::live::agreement;
use super::sound::{AlarmSound, span};
use super::{found, gone, may_alert};
use crate::alarm::{Alarm, AlarmKind, AlarmPlace, AlarmProgress, answered, instant, refused};
use crate::app::App;
use crate::diag::{Text, figure, text};
use crate::fact::{Entry, EntryKind, Outcome};
use crate::gate::Who;
use crate::journal::Reader;
use crate::look::Look;
use crate::plan::ALARM_LENGTH;
use crate::reason::{OwnAccounts, Reason};
use crate::role::Right;
use crate::sentence::{capital, sentence};
use crate::shell::{self, Page};
use crate::site::Site;
use crate::station::{Station, Zone};

/// Silence between the repeats of an alert, in seconds.
const GAP_S: f64 = 2.0;

/// What a decoder leaves out at the end of a file, in seconds.
const TAIL_S: f64 = 0.5;

/// How it went in one zone.
struct Reached<'s> {
    zone: &'s Zone,
    /// Its words were heard there whole, once at least.
    is: bool,
    said: Text,
}

/// What was heard of an alarm that was taken back before any word.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Recalled {
    /// Its tone.
    Heard,
    /// Nothing: no horn was fed.
    Unheard,
}

/// The rows of its orders.
async fn rows(app: &App, alarm: &Alarm) -> Result<Vec<Entry>, Text> {
    let (site, alarm) = (app.site().clone(), alarm.clone());
    let read = tokio::task::spawn_blocking(move || select(&site, &alarm)).await;
    read.expect("reading the journal does not panic")
}

fn select(site: &Site, alarm: &Alarm) -> Result<Vec<Entry>, Text> {
    let reader = Reader::open(&site.journal()).map_err(|error| error.text())?;
    let Some(reader) = reader else { return Ok(Vec::new()) };
    let mut rows = Vec::new();
    for order in &alarm.orders {
        rows.extend(reader.rows_of_order(&order.id).map_err(|error| error.text())?);
    }
    rows.retain(|row| {
        row.kind == EntryKind::Airing && row.zone.as_ref().is_some_and(|zone| alarm.zones.contains(zone))
    });
    Ok(rows)
}

fn reached<'s>(alarm: &Alarm, rows: &[Entry], station: &'s Station, own: &OwnAccounts) -> Vec<Reached<'s>> {
    let zones = station.zones.iter().filter(|zone| alarm.zones.contains(&zone.id));
    zones.map(|zone| in_zone(alarm, rows, (zone, station), own)).collect()
}

fn in_zone<'s>(alarm: &Alarm, rows: &[Entry], (zone, station): (&'s Zone, &Station), own: &OwnAccounts) -> Reached<'s> {
    let row = rows
        .iter()
        .filter(|row| row.zone.as_deref() == Some(&zone.id))
        .max_by(|a, b| a.seconds_played.unwrap_or_default().total_cmp(&b.seconds_played.unwrap_or_default()));
    let clock = |at: crate::instant::Wall| at.zoned(&station.timezone).strftime("%H:%M:%S").to_string();
    // Why it was refused is told first, and in the same words as before: a horn would have changed nothing.
    if row.is_none_or(|row| row.started.is_none()) && refused(alarm, &zone.id).is_some() {
        return Reached { zone, is: false, said: answered(alarm, &zone.id) };
    }
    if !zone.output.is_horn() {
        return Reached {
            zone,
            is: false,
            said: text!("không có loa nào ở đây, không ai nghe", "no horn here, nobody heard it"),
        };
    }
    let Some(row) = row else {
        let known = alarm.begun.get(&zone.id);
        let said = match known {
            Some(at) => {
                let at = clock(instant(*at));
                text!("kêu từ {at}, nhật ký chưa ghi xong", "heard from {at} on; the journal has not been told the end")
            }
            None => answered(alarm, &zone.id),
        };
        return Reached { zone, is: known.is_some(), said };
    };
    let (played, planned) = (row.seconds_played.unwrap_or_default(), row.seconds_planned.unwrap_or_default());
    let tone = if alarm.kind == AlarmKind::Real { ALARM_LENGTH.as_secs_f64() } else { 0.0 };
    let times = f64::from(alarm.times.max(1));
    let once = tone + (planned - tone - GAP_S * (times - 1.0)) / times;
    let why = row.reason.as_ref().filter(|_| row.outcome != Some(Outcome::Played)).map(|reason| own.words(reason));
    let (why_vi, why_en) =
        why.map_or((String::new(), String::new()), |why| (format!(": {}", why.vi), format!(": {}", why.en)));
    let said = match row.started {
        Some(started) => {
            let (at, heard, whole) = (clock(started), span(played), span(planned));
            if row.outcome == Some(Outcome::Played) {
                text!("kêu từ {at}, đủ {whole}", "heard from {at} on, all {whole}")
            } else {
                text!("kêu từ {at}, {heard} trên {whole}{why_vi}", "heard from {at} on, {heard} of {whole}{why_en}")
            }
        }
        None => text!("KHÔNG KÊU{why_vi}", "NOT HEARD{why_en}"),
    };
    Reached { zone, is: row.started.is_some() && played + TAIL_S >= once, said }
}

/// The page.
pub(super) async fn page(app: &App, who: &Who, alarm: &Alarm) -> Response {
    let lang = who.lang;
    let look = app.look().await;
    let station = &look.world.station;
    let rows = match rows(app, alarm).await {
        Ok(rows) => rows,
        Err(why) => return shell::failed(app, who, &why),
    };
    let all = reached(alarm, &rows, station, &app.own_accounts());
    let is_drill = alarm.kind == AlarmKind::Drill;
    let missed = all.iter().filter(|one| !one.is).count();
    let recalled = recalled(&rows, |zone| station.is_horn(zone));
    let body = html! {
        div.ask.over.drill[is_drill] {
            p.banner { strong { (banner(alarm.kind).get(lang)) ", " (text!("đã thôi", "over").get(lang)) } }
            @for line in head(alarm, station) { p { (line.get(lang)) } }
            p { (how(all.len(), missed, recalled).get(lang)) }
            (agreement(who, alarm, station))
            @if alarm.kind == AlarmKind::Real && recalled != Some(Recalled::Unheard) { (next(who, alarm, &look)) }
            ul.list.horns { @for one in &all {
                li.bad[!one.is] { strong { (one.zone.title) } ": " (one.said.get(lang))
                    @if !one.is && recalled.is_none() { " " (call(one.zone, lang)) } }
            } }
            @if missed > 0 && recalled.is_none() && who.may(alarm.kind.place().right()) {
                p { a.button href={ (alarm.path()) "/list" } { (text!("In danh sách nơi chưa nghe được ({missed})", "Print who was not reached ({missed})").get(lang)) } }
            }
            @if alarm.kind == AlarmKind::Real { (reading(who, alarm, station)) (remarks(who, alarm, station)) }
            p.actions { a.button href="/" { (text!("Về trang Hôm nay", "Back to Today").get(lang)) } }
        }
    };
    let Text { vi, en } = alarm.named();
    shell::page(app, who, Page::of(text!("Kết quả {vi}", "How it went: {en}")), &body)
}

/// Nobody has heard a word of it: it was ended in its tone, wherever a horn had begun, or, where there is none, at all.
fn recalled(rows: &[Entry], is_horn: impl Fn(&str) -> bool) -> Option<Recalled> {
    let has_horn = |row: &Entry| row.zone.as_deref().is_some_and(&is_horn);
    let begun: Vec<&Entry> = rows.iter().filter(|row| row.started.is_some()).collect();
    let horns: Vec<&Entry> = begun.iter().copied().filter(|row| has_horn(row)).collect();
    let (heard, told) = if horns.is_empty() { (Recalled::Unheard, begun) } else { (Recalled::Heard, horns) };
    let are_in_tone = told.iter().all(|row| matches!(row.reason, Some(Reason::Recalled(_))));
    (are_in_tone && !told.is_empty()).then_some(heard)
}

fn head(alarm: &Alarm, station: &Station) -> Vec<Text> {
    let clock = |at: i64| instant(at).zoned(&station.timezone).strftime("%H:%M:%S %d/%m/%Y").to_string();
    let mut lines = Vec::new();
    if let Some(sent) = &alarm.sent {
        let (by, at) = (&sent.name, clock(sent.at));
        lines.push(text!("{by} phát lúc {at}.", "Sent by {by} at {at}."));
    }
    if let Some(seconds) = alarm.seconds_to_sound(station) {
        let Text { vi, en } = figure::decimal(seconds, 1);
        lines.push(text!(
            "Từ lúc bấm đến lúc máy phát tiếng đầu tiên: {vi} giây.",
            "From the tap to the first sample that was sent: {en} s."
        ));
    }
    match (&alarm.ended, alarm.over) {
        (Some(ended), _) => {
            let (by, at) = (&ended.name, clock(ended.at));
            lines.push(text!("{by} kết thúc lúc {at}.", "Ended by {by} at {at}."));
        }
        (None, Some(over)) => {
            let at = clock(over);
            lines.push(text!("Thôi kêu lúc {at}.", "It fell silent at {at}."));
        }
        (None, None) => {}
    }
    lines
}

/// What it has come to.
fn how(all: usize, missed: usize, recalled: Option<Recalled>) -> Text {
    match recalled {
        Some(Recalled::Heard) => {
            return text!(
                "Hủy kịp trong tiếng báo hiệu: chưa lời nào được phát. Người dân chỉ nghe tiếng báo hiệu; nếu họ hỏi thì mới cần lời đính chính.",
                "Taken back in its tone, before any word: people have heard the tone alone; only if they ask is a correction needed."
            );
        }
        Some(Recalled::Unheard) => {
            return text!(
                "Hủy kịp trong tiếng báo hiệu: chưa lời nào được phát, và không có loa nào ở đó, không ai nghe gì.",
                "Taken back in its tone, before any word, and there is no horn: nobody has heard anything."
            );
        }
        None => {}
    }
    let heard = all - missed;
    if missed == 0 {
        text!("Cả {all} cụm loa đã kêu đủ lời.", "All {all} zones heard every word.")
    } else {
        text!(
            "{heard} trên {all} cụm loa đã kêu đủ lời; {missed} cụm chưa.",
            "{heard} of {all} zones heard every word; {missed} did not."
        )
    }
}

/// What comes next: the correction first.
fn next(who: &Who, alarm: &Alarm, look: &Look) -> Markup {
    let lang = who.lang;
    if !may_alert(who, alarm) {
        return html! {};
    }
    let station = &look.world.station;
    let zones: Vec<&Zone> = station.zones.iter().filter(|zone| alarm.zones.contains(&zone.id)).collect();
    let correction = AlarmSound::of(look, &station.emergency.correction, &zones);
    let lifted = AlarmSound::of(look, &station.emergency.lifted, &zones);
    let button = |sound: &AlarmSound, path: &str, name: Text| {
        html! {
            form method="post" action={ (alarm.path()) "/" (path) } {
                button.main disabled[!sound.is_there()] { (name.get(lang)) }
                @if !sound.is_there() { " " small { (sentence(sound.missing().get(lang))) } }
            }
        }
    };
    html! {
        section.card.next {
            h2 { (text!("Việc tiếp theo", "What comes next").get(lang)) }
            (button(&correction, "correction", text!("Phát lời đính chính", "Play the correction")))
            (button(&lifted, "lifted", text!("Báo hết báo động", "Tell that it is over")))
            (super::asks_again(who))
            p.hint { (text!("Mỗi việc có bản ghi riêng và hỏi lại trước khi phát.", "Each has a sound of its own, and asks before it is heard.").get(lang)) }
        }
    }
}

fn reading(who: &Who, alarm: &Alarm, station: &Station) -> Markup {
    let lang = who.lang;
    if let Some(read) = &alarm.read {
        let (by, at) = (&read.name, figure::moment(instant(read.at), &station.timezone));
        let (vi, en) = (at.vi, at.en);
        return html! { p { (text!("{by} đã đọc kết quả, {vi}.", "Read by {by}, {en}.").get(lang)) } };
    }
    let may = alarm.zones.iter().any(|zone| who.person().may_in(Right::Alert, zone));
    html! {
        @if may {
            form.narrow.read method="post" action={ (alarm.path()) "/read" } {
                label.tick { input type="checkbox" name="read" required; (text!("Đã đọc kết quả và nơi chưa nghe được", "I have read how it went, and who was not reached").get(lang)) }
                button.main { (text!("Đánh dấu đã đọc", "Tick it").get(lang)) }
            }
        }
    }
}

fn remarks(who: &Who, alarm: &Alarm, station: &Station) -> Markup {
    let lang = who.lang;
    html! {
        @for (by, said) in &alarm.remarks {
            @let at = figure::moment(instant(by.at), &station.timezone);
            p { (said) " " small { (by.name) ", " (at.get(lang)) } }
        }
        @if alarm.remarks.len() >= REMARKS_MOST {
            p.hint { (text!("Đã đủ {REMARKS_MOST} điều ghi thêm. Việc khác xin ghi vào sổ trực.", "There are {REMARKS_MOST} remarks. Write what else there is in the book at the office.").get(lang)) }
        } @else if may_alert(who, alarm) {
            form.narrow method="post" action={ (alarm.path()) "/remark" } {
                label { (text!("Ghi thêm vào nhật ký", "Add to the journal").get(lang)) textarea name="remark" rows="3" maxlength=(REMARK_MOST) required {} }
                button { (text!("Ghi thêm", "Add it").get(lang)) }
            }
        }
    }
}

/// `GET …/list`: those who were not reached, to be printed.
pub(super) async fn list(place: AlarmPlace, State(app): State<App>, who: Who, Path(token): Path<String>) -> Response {
    let found = found(&app, place, &token);
    let Some(alarm) = found.filter(|alarm| alarm.step == AlarmProgress::Sent) else { return gone(&app, &who) };
    let lang = who.lang;
    let rows = match rows(&app, &alarm).await {
        Ok(rows) => rows,
        Err(why) => return shell::failed(&app, &who, &why),
    };
    let station = app.station();
    let all = reached(&alarm, &rows, &station, &app.own_accounts());
    let missed: Vec<(&Zone, Text)> = all.iter().filter(|one| !one.is).map(|one| (one.zone, one.said.clone())).collect();
    let body = html! {
        div.paper {
            @for line in head(&alarm, &station) { p { (line.get(lang)) } }
            p { (how(all.len(), missed.len(), recalled(&rows, |zone| station.is_horn(zone))).get(lang)) }
            (calls(&missed, lang))
        }
        p.actions.no-print {
            (print_button(lang))
            a.button href=(alarm.path()) { (text!("Về kết quả báo động", "Back to how it went").get(lang)) }
        }
    };
    let Text { vi, en } = alarm.whole_title();
    let (vi, en) = (capital(&vi), capital(&en));
    shell::page(&app, &who, Page::of(text!("Nơi chưa nghe được: {vi}", "Not reached: {en}")), &body)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::instant::Wall;

    #[test]
    fn what_was_ended_in_its_tone_is_taken_back_with_a_horn_and_without_one() {
        let row = |reason: &str, zone: &str| Entry {
            zone: Some(zone.into()),
            started: Some(Wall::MIN),
            reason: Some(reason.into()),
            ..Entry::default()
        };
        let (back, stopped) = ("recalled: ông Năm", "stopped: ông Năm");
        let in_rows = |rows: &[Entry]| recalled(rows, |zone| zone == "loa");
        let bare = in_rows(&[row(back, "trong"), row(back, "trong")]);
        assert_eq!(bare, Some(Recalled::Unheard));
        let said = how(2, 2, bare).vi;
        assert!(said.contains("Hủy kịp") && !said.contains("đính chính"), "{said}");
        assert_eq!(in_rows(&[row(back, "loa"), row(stopped, "trong")]), Some(Recalled::Heard));
        assert_eq!(in_rows(&[row(back, "loa"), row(stopped, "loa")]), None);
        assert_eq!(in_rows(&[row(back, "trong"), row(stopped, "trong")]), None);
        assert_eq!(in_rows(&[]), None);
    }
}
