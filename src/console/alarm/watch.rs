use std::time::Duration;

use jiff::Timestamp;
use tokio::time::timeout;

use super::adopted::adopt;
use super::record::{Alarm, AlarmKind, AlarmProgress, GIVEN_UP_AFTER, UNSENT_AFTER, millis};
use super::stand::{is_of, refused};
use crate::app::App;
use crate::daemon::protocol::{AlarmMark, Command};
use crate::daemon::receipt::Receipt;
use crate::diag::{Lang, Text, figure, text};
use crate::door::Telling;
use crate::instant::Wall;
use crate::station::Station;
use crate::status::{OrderStatus, Status};

/// How often they are looked at: what an alarm does is told within a second.
const EVERY: Duration = Duration::from_secs(1);

/// So long it is waited for the station's own word that what a stop has ended is over: it comes a fifth of a second behind
/// the answer.
const TOLD_WITHIN: Duration = Duration::from_millis(1_500);

/// A stop was answered. Wait for the station's own word of it, so that no page that follows says of what has ended that it
/// is on.
pub(crate) async fn after_stop(app: &App, receipt: &Receipt) {
    let ended: Vec<&str> =
        receipt.zones.iter().filter(|zone| !zone.ended.is_empty()).map(|zone| zone.zone.as_str()).collect();
    if ended.is_empty() {
        return;
    }
    let is_meant = |order: &OrderStatus| receipt.orders.is_empty() || receipt.orders.contains(&order.order);
    let is_there = |zone: &str| ended.contains(&zone);
    let is_on = |status: &Status| {
        let mut orders = status.orders.iter().filter(|order| is_meant(order));
        let has_order = orders.any(|order| order.zones.iter().any(|zone| is_there(&zone.zone)));
        let mut zones = status.zones.iter().filter(|zone| is_there(&zone.zone));
        has_order || receipt.orders.is_empty() && zones.any(|zone| zone.playing.is_some())
    };
    let mut told = app.door().watch();
    // Where it does not come, the next turn finds it.
    let _ = timeout(TOLD_WITHIN, told.wait_for(|status| status.as_ref().is_some_and(|status| !is_on(status)))).await;
    turn(app);
}

/// Look after the alarms, as long as the page runs.
pub(crate) async fn follow(app: App) {
    let mut turns = tokio::time::interval(EVERY);
    turns.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        turns.tick().await;
        turn(&app);
        while let Some(mark) = app.alarms().next_mark() {
            match app.door().tell(&mark).await {
                Telling::Taken => app.alarms().told(&mark),
                Telling::Refused => {
                    app.alarms().put_off(&mark);
                    break;
                }
                Telling::Unanswered => break,
            }
        }
    }
}

fn turn(app: &App) {
    let (now, status) = (app.clock().wall(), app.door().status());
    if let Some(status) = &status {
        adopt(app, status, &app.station(), now);
    }
    for alarm in app.alarms().undone() {
        if alarm.is_open() {
            pending(app, &alarm, now);
        } else if let Some(status) = &status
            && alarm.step == AlarmProgress::Sent
        {
            sounding(app, &alarm, status, now);
        }
    }
}

/// What was made ready and is not sent does not rest.
fn pending(app: &App, alarm: &Alarm, now: Wall) {
    if alarm.made.is_older(now, GIVEN_UP_AFTER) {
        app.alarms().change(&alarm.token, |one| one.step = AlarmProgress::Dropped);
        let minutes = GIVEN_UP_AFTER.as_secs() / 60;
        let why = text!("không ai bấm phát trong {minutes} phút", "nobody sent it within {minutes} min");
        app.alarms().mark(mark(AlarmMark::Dropped, alarm, &alarm.made.name, &by_language(app, &why)));
    } else if !alarm.unsent_told && alarm.made.is_older(now, UNSENT_AFTER) {
        app.alarms().change(&alarm.token, |one| one.unsent_told = true);
        app.alarms().mark(mark(AlarmMark::Unsent, alarm, &alarm.made.name, ""));
    }
}

fn sounding(app: &App, alarm: &Alarm, status: &Status, now: Wall) {
    let orders: Vec<_> = status.orders.iter().filter(|order| is_of(alarm, order)).collect();
    // An order of somebody else may go on where this one never was.
    let own = || orders.iter().flat_map(|order| &order.zones).filter(|zone| alarm.zones.contains(&zone.zone));
    let is_on = own().next().is_some();
    let begun = own().filter_map(|zone| {
        let started: Timestamp = zone.started.as_deref()?.parse().ok()?;
        Some((zone.zone.clone(), started.as_millisecond()))
    });
    let begun: Vec<(String, i64)> = begun.collect();
    let changed = app.alarms().change(&alarm.token, |one| {
        for (zone, at) in begun {
            one.begun.entry(zone).or_insert(at);
        }
        let newest = one.orders.last().map(|order| order.id.as_str());
        one.seen |= orders.iter().any(|order| Some(order.order.as_str()) == newest);
        if is_on {
            one.over = None;
        } else if (one.is_settled(now) || one.ended.is_some()) && one.over.is_none() {
            one.over = Some(millis(now));
        }
        let all = one.zones.iter().all(|zone| one.begun.contains_key(zone));
        let is_measurable = one.kind == AlarmKind::Drill && !one.measured && (all || one.over.is_some());
        one.measured |= is_measurable;
        is_measurable.then(|| one.clone())
    });
    if let Some(Some(drill)) = changed {
        let by = drill.sent.as_ref().map_or("", |sent| sent.name.as_str());
        app.alarms().mark(mark(AlarmMark::Measured, &drill, by, &by_language(app, &measured(&drill, &app.station()))));
    }
}

/// What came of a drill, as it is written down. A zone without a horn has heard nothing.
fn measured(drill: &Alarm, station: &Station) -> Text {
    let (heard, all) = (drill.begun.keys().filter(|zone| station.is_horn(zone)).count(), drill.zones.len());
    let is_bare = |zone: &&String| !station.is_horn(zone) && refused(drill, zone).is_none();
    let (mut bare_vi, mut bare_en) = match drill.zones.iter().filter(is_bare).count() {
        0 => (String::new(), String::new()),
        bare => (format!(", {bare} cụm chưa nối loa"), format!(", {bare} without a horn")),
    };
    let mut whys: Vec<(Text, usize)> = Vec::new();
    for why in drill.zones.iter().filter_map(|zone| refused(drill, zone)) {
        match whys.iter_mut().find(|(known, _)| *known == why) {
            Some((_, count)) => *count += 1,
            None => whys.push((why, 1)),
        }
    }
    for (Text { vi, en }, count) in whys {
        bare_vi += &[", ", &count.to_string(), " cụm không phát: ", &vi].concat();
        bare_en += &[", ", &count.to_string(), " refused: ", &en].concat();
    }
    match drill.seconds_to_sound(station) {
        Some(seconds) => {
            let Text { vi, en } = figure::decimal(seconds, 1);
            text!(
                "{vi} giây từ lúc bấm đến tiếng đầu tiên, {heard} trên {all} cụm loa{bare_vi}",
                "{en} s from the tap to the first sample, {heard} of {all} zones{bare_en}"
            )
        }
        None => {
            text!("không cụm nào ra tiếng, 0 trên {all} cụm loa{bare_vi}", "no zone was heard, 0 of {all}{bare_en}")
        }
    }
}

/// The journal is read in the station's language.
fn by_language(app: &App, said: &Text) -> String {
    said.get(if app.language() == Lang::En { Lang::En } else { Lang::Vi }).to_owned()
}

/// Something about an alarm, for the journal.
pub(crate) fn mark(what: AlarmMark, alarm: &Alarm, by: &str, why: &str) -> Command {
    Command::Mark {
        what,
        order: alarm.orders.first().map(|order| order.id.clone()),
        title: alarm.whole_title().vi,
        by: by.to_owned(),
        why: why.to_owned(),
    }
}
