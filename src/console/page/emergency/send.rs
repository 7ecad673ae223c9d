//! The act: one tap, one order. It goes its way even if the phone that tapped is gone; a second tap finds it on its way.

use axum::extract::{Path, State};
use axum::response::Response;

use super::confirm::{self, may_go_alone};
use super::{found, gone, may_alert, not_his, sign};
use crate::alarm::{Alarm, AlarmKind, AlarmPlace, AlarmProgress, AlarmSign, mark};
use crate::app::App;
use crate::daemon::protocol::{AlarmMark, Command};
use crate::diag::{Lang, text};
use crate::door::is_unclear;
use crate::fields::Fields;
use crate::gate::{Who, go_to, sure_or_ask};
use crate::station::Scope;

/// Letters of why one person sounds what takes two.
const WHY_MOST: usize = 300;

/// What is to be done with an alarm that somebody wants to sound.
enum Next {
    /// It is taken, and this goes out.
    Send(Box<Alarm>),
    /// It waits for another person, or is on its way, or was sent.
    See,
    /// Why it was sounded by one person is not said.
    SayWhy,
}

/// `POST …/go`.
pub(super) async fn go(
    place: AlarmPlace,
    State(app): State<App>,
    who: Who,
    Path(token): Path<String>,
    fields: Fields,
) -> Response {
    let Some(alarm) = found(&app, place, &token) else { return gone(&app, &who) };
    if !may_alert(&who, &alarm) {
        return not_his(&app, &who);
    }
    if !alarm.is_open() {
        return go_to(&alarm.path());
    }
    if let Some(said) = confirm::against(&app, &alarm) {
        if fields.get("own").is_empty() {
            return confirm::page(&app, &who, &alarm, Some(&said)).await;
        }
        // From here on it is an alarm like any other, and who wanted the other one has not wanted this one.
        app.alarms().change(&token, |one| {
            if one.is_open() {
                (one.outside, one.wanted, one.step) = (None, None, AlarmProgress::Ready);
            }
        });
        return go_to(&alarm.path());
    }
    if let Some(said) = confirm::not_now(&app, &alarm) {
        return confirm::page(&app, &who, &alarm, Some(&said)).await;
    }
    if let Some(asked) = sure_or_ask(&app, &who, &fields) {
        return asked;
    }
    let by = sign(&app, &who);
    let why: String = fields.get("why").chars().filter(|c| !c.is_control()).take(WHY_MOST).collect();
    let next = app.alarms().change(&token, |alarm| step(alarm, &app, &by, &why));
    match next {
        Some(Next::Send(alarm)) => {
            let path = alarm.path();
            let giving = tokio::spawn(give(app.clone(), *alarm, by));
            // Whoever tapped may be gone by now; the order is not.
            let _ = giving.await;
            go_to(&path)
        }
        Some(Next::SayWhy) => {
            let said = text!("xin ghi vì sao phát một mình", "say why it is sounded by one person");
            confirm::page(&app, &who, &alarm, Some(&said)).await
        }
        Some(Next::See) => go_to(&alarm.path()),
        None => gone(&app, &who),
    }
}

/// One step on, with nobody else between.
fn step(alarm: &mut Alarm, app: &App, by: &AlarmSign, why: &str) -> Next {
    if !alarm.is_open() {
        return Next::See;
    }
    let takes_two = alarm.kind == AlarmKind::Real && alarm.scope == Scope::Two;
    if takes_two {
        match &alarm.wanted {
            None => {
                (alarm.step, alarm.wanted) = (AlarmProgress::Wanted, Some(by.clone()));
                return Next::See;
            }
            Some(first) if !first.is_by(by.person, &by.name) => alarm.second = Some(by.clone()),
            Some(_) if !may_go_alone(app, alarm) => return Next::See,
            Some(_) if why.trim().is_empty() => return Next::SayWhy,
            Some(_) => alarm.alone = Some(why.trim().to_owned()),
        }
    }
    alarm.step = AlarmProgress::Going;
    alarm.sent =
        Some(AlarmSign { name: alarm.wanted.as_ref().map_or(&by.name, |first| &first.name).clone(), ..by.clone() });
    if let (Some(first), Some(sent)) = (&alarm.wanted, &mut alarm.sent) {
        sent.person = first.person;
    }
    Next::Send(Box::new(alarm.clone()))
}

/// Give the order, and keep what came of it.
async fn give(app: App, alarm: Alarm, by: AlarmSign) {
    let sent = alarm.sent.clone().unwrap_or_else(|| by.clone());
    match app.door().order(&command(&alarm, alarm.zones.clone(), &sent.name)).await {
        Ok(receipt) => {
            let (others, now) = (app.alarms().orders_but(&alarm.token), app.clock().wall());
            let kept = app.alarms().change(&alarm.token, |one| {
                one.answer(receipt, now, |id| others.contains(id));
                one.clone()
            });
            // What added nothing needed nobody's word.
            let Some(kept) = kept.filter(|kept| kept.step == AlarmProgress::Sent) else { return };
            if let Some(second) = &kept.second {
                app.alarms().mark(mark(AlarmMark::Agreed, &kept, &second.name, ""));
            }
            if let Some(why) = &kept.alone {
                app.alarms().mark(mark(AlarmMark::Alone, &kept, &sent.name, why));
            }
        }
        Err(why) => {
            app.alarms().change(&alarm.token, |one| {
                one.step = if one.wanted.is_some() { AlarmProgress::Wanted } else { AlarmProgress::Ready };
                (one.sent, one.second, one.alone) = (None, None, None);
                // Once it may have been taken, only an answer makes it certain.
                one.unclear |= is_unclear(&why);
                one.failed = Some((why.vi, why.en));
            });
        }
    }
}

/// The order of an alarm, in these zones. A drill is never an alert, and nothing else is ever a drill.
pub(super) fn command(alarm: &Alarm, zones: Vec<String>, by: &str) -> Command {
    let (name, by, times) = (alarm.sound.clone(), by.to_owned(), alarm.times);
    let tone = alarm.kind == AlarmKind::Real;
    match alarm.kind {
        AlarmKind::Drill => {
            let between = alarm.between.clone().unwrap_or_default();
            Command::Drill { name: between, zones, by, wait: true }
        }
        AlarmKind::Real | AlarmKind::Correction | AlarmKind::Lifted => {
            let title = alarm.whole_title();
            let title = title.get(Lang::Vi);
            // By its mark whoever watches alarms from outside sees that it was sounded.
            let why = alarm.outside.as_ref().map_or_else(|| title.to_owned(), |mark| format!("{title} {mark}"));
            Command::Alert { name, zones, by, why, times, wait: true, tone, insists: false }
        }
    }
}
