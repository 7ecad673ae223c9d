use jiff::Timestamp;
use maud::{Markup, html};

use super::record::AlarmProgress;
use crate::app::App;
use crate::diag::{Text, figure, text};
use crate::role::Right;
use crate::station::Station;
use crate::warning::{CapStage, CapStanding, KnownCap, KnownPart};
use crate::who::Who;

/// Alarms from outside that wait for a person, the newest first; none of those that somebody has sounded here, or decided against.
pub(crate) fn waiting(app: &App, station: &Station) -> Vec<(KnownCap, KnownPart)> {
    if !station.cap.is_written() {
        return Vec::new();
    }
    let now = believed(app);
    let is_decided = |mark: &str| {
        let is_it = |alarm: &super::Alarm| {
            alarm.outside.as_deref() == Some(mark)
                && matches!(alarm.step, AlarmProgress::Going | AlarmProgress::Sent | AlarmProgress::Same)
        };
        app.alarms().declined(mark).is_some() || !app.alarms().last(is_it, 1).is_empty()
    };
    let standing = CapStanding::read(app.site());
    let waiting = standing.waiting(now).into_iter().filter(|(_, part)| !is_decided(&part.mark));
    waiting.map(|(alarm, part)| (alarm.clone(), part.clone())).collect()
}

/// Why the alarm from outside of this mark does not sound, for whoever still has a page open that offers it: somebody decided
/// against it, or its sender took it back.
pub(crate) fn against(app: &App, mark: &str) -> Option<Text> {
    if let Some(refusal) = app.alarms().declined(mark) {
        return Some(refusal.text());
    }
    let alarms = CapStanding::read(app.site()).alarms;
    let part = alarms.iter().flat_map(|alarm| &alarm.parts).find(|part| part.mark == mark)?;
    match part.stage {
        CapStage::Declined => {
            let Text { vi, en } = Text::from(part.why.clone());
            Some(text!(
                "đã có người quyết định không phát báo động này: {vi}",
                "it was decided that this alarm does not sound: {en}"
            ))
        }
        CapStage::Withdrawn => Some(text!(
            "nơi gửi đã hủy báo động này, hay gửi bản mới thay nó",
            "its sender has taken this alarm back, or sent another one in its place"
        )),
        _ => None,
    }
}

/// The time, where the station believes its clock.
pub(crate) fn believed(app: &App) -> Option<Timestamp> {
    let is_believed = app.door().status().is_some_and(|status| status.clock.why.is_none());
    is_believed.then(|| app.clock().wall().timestamp())
}

/// Those that wait for him: he may alert in all of their zones.
pub(crate) fn his(app: &App, who: &Who, station: &Station) -> Vec<(KnownCap, KnownPart)> {
    let Some(person) = &who.person else { return Vec::new() };
    let is_his = |part: &KnownPart| part.zones.iter().all(|zone| person.may_in(Right::Alert, zone));
    waiting(app, station).into_iter().filter(|(_, part)| is_his(part)).collect()
}

/// That some wait, for whoever may sound them, in one bar however many they are; on every page but the one where that is decided.
pub(super) fn told(app: &App, who: &Who, station: &Station) -> Option<Markup> {
    if !who.person().may(Right::Alert) || who.path == "/emergency" {
        return None;
    }
    let (lang, all) = (who.lang, his(app, who, station));
    let said = match all.as_slice() {
        [] => return None,
        [(alarm, part)] => {
            let (title, sender, count) = (part.title.to_uppercase(), &alarm.sender, part.zones.len());
            let until = figure::moment(crate::instant::Wall::from(part.until), &station.timezone);
            text!(
                until = until;
                "CHƯA PHÁT, báo động từ {sender}: {title}, {count} cụm loa, có hiệu lực đến {until}",
                "NOT SENT, an alarm from {sender}: {title}, {count} zones, holds until {until}"
            )
        }
        several => undecided(several.len()),
    };
    Some(html! {
        div.alarm.waits {
            p { strong { (said.get(lang)) } }
            div.actions { a.button href="/emergency#outside" { (text!("Xem rồi quyết định", "Look, and decide").get(lang)) } }
        }
    })
}

/// That so many wait.
pub(crate) fn undecided(count: usize) -> Text {
    let alarms = figure::count(count, "alarm");
    text!("CHƯA PHÁT: {count} báo động từ ngoài chờ quyết định", "NOT SENT: {alarms} from outside to be decided")
}
