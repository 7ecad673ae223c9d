use jiff::Timestamp;
use maud::{Markup, html};

use super::record::AlarmProgress;
use crate::app::App;
use crate::diag::{figure, text};
use crate::role::Right;
use crate::station::Station;
use crate::warning::{CapStanding, KnownCap, KnownPart};
use crate::who::Who;

/// Alarms from outside that wait for a person, the newest first; none of those that somebody has sounded here.
pub(crate) fn waiting(app: &App, station: &Station) -> Vec<(KnownCap, KnownPart)> {
    if !station.cap.is_written() {
        return Vec::new();
    }
    let now = believed(app);
    let is_sounded = |mark: &str| {
        let is_it = |alarm: &super::Alarm| {
            alarm.outside.as_deref() == Some(mark)
                && matches!(alarm.step, AlarmProgress::Going | AlarmProgress::Sent | AlarmProgress::Same)
        };
        !app.alarms().last(is_it, 1).is_empty()
    };
    let standing = CapStanding::read(app.site());
    let waiting = standing.waiting(now).into_iter().filter(|(_, part)| !is_sounded(&part.mark));
    waiting.map(|(alarm, part)| (alarm.clone(), part.clone())).collect()
}

/// The time, where the station believes its clock.
pub(crate) fn believed(app: &App) -> Option<Timestamp> {
    let is_believed = app.door().status().is_some_and(|status| status.clock.why.is_none());
    is_believed.then(|| app.clock().wall().timestamp())
}

/// That one waits, for whoever may sound it; on every page but the one where it is decided.
pub(super) fn told(app: &App, who: &Who, station: &Station) -> Vec<Markup> {
    if !who.person().may(Right::Alert) || who.path == "/emergency" {
        return Vec::new();
    }
    let (lang, person) = (who.lang, who.person());
    let is_his = |part: &KnownPart| part.zones.iter().all(|zone| person.may_in(Right::Alert, zone));
    let mine = waiting(app, station).into_iter().filter(|(_, part)| is_his(part));
    let told = mine.map(|(alarm, part)| {
        let (title, sender, count) = (part.title.to_uppercase(), &alarm.sender, part.zones.len());
        let until = figure::moment(crate::instant::Wall::from(part.until), &station.timezone);
        let said = text!(
            until = until;
            "CHƯA PHÁT, báo động từ {sender}: {title}, {count} cụm loa, có hiệu lực đến {until}",
            "NOT SENT, an alarm from {sender}: {title}, {count} zones, holds until {until}"
        );
        html! {
            div.alarm.waits {
                p { strong { (said.get(lang)) } }
                div.actions { a.button href="/emergency#outside" { (text!("Xem rồi quyết định", "Look, and decide").get(lang)) } }
            }
        }
    });
    told.collect()
}
