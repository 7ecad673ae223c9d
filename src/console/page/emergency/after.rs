//! What people do about an alarm besides sounding it: give it up, end it, add zones, agree with it afterwards, read how it
//! went, add a remark.

use axum::extract::{Path, State};
use axum::response::Response;

use super::send::command;
use super::{found, gone, may_alert, not_his, sign};
use crate::alarm::{Alarm, AlarmKind, AlarmPlace, AlarmProgress, after_stop, mark};
use crate::app::App;
use crate::daemon::protocol::{AlarmMark, Command};
use crate::diag::{is_deceptive, text};
use crate::fields::Fields;
use crate::gate::{Who, go_to};
use crate::role::Right;
use crate::shell;
use crate::station::{Scope, Zone};

/// Letters of a remark.
pub(super) const REMARK_MOST: usize = 400;

/// Remarks on one alarm: a night's.
pub(super) const REMARKS_MOST: usize = 20;

/// What became of a remark.
enum Kept {
    /// It is kept.
    Now,
    /// It was kept before.
    Before,
    /// There are too many.
    Full,
}

/// `POST …/drop`: it is not sounded.
pub(super) fn give_up(place: AlarmPlace, State(app): State<App>, who: &Who, Path(token): Path<String>) -> Response {
    let Some(alarm) = found(&app, place, &token) else { return gone(&app, who) };
    if !may_alert(who, &alarm) {
        return not_his(&app, who);
    }
    let dropped = app.alarms().change(&token, |one| {
        let is_open = one.is_open();
        if is_open {
            one.step = AlarmProgress::Dropped;
        }
        is_open
    });
    if dropped == Some(true) {
        app.alarms().mark(mark(AlarmMark::Dropped, &alarm, &who.person().name, ""));
    }
    go_to(&alarm.path())
}

/// `POST …/end`: its sound ends, in those of its zones that are his. Nothing is played by that; what it had interrupted goes on.
pub(super) async fn end(place: AlarmPlace, State(app): State<App>, who: Who, Path(token): Path<String>) -> Response {
    let Some(alarm) = found(&app, place, &token) else { return gone(&app, &who) };
    let person = who.person();
    let own: Vec<String> = alarm.zones.iter().filter(|zone| person.may_in(Right::Stop, zone)).cloned().collect();
    if own.is_empty() {
        let why =
            text!("tài khoản này không dừng được loa nào của báo động ấy", "this account may stop none of its zones");
        return shell::refused(&app, &who, &why);
    }
    if alarm.step != AlarmProgress::Sent {
        return go_to(&alarm.path());
    }
    let station = app.station();
    // A zone that is gone from loa.toml meanwhile keeps no other from being silenced.
    let zones: Vec<String> = own.into_iter().filter(|id| station.zones.iter().any(|zone| zone.id == *id)).collect();
    if zones.is_empty() {
        return go_to(&alarm.path());
    }
    let is_all = zones.len() == alarm.zones.len();
    // What the alarm interrupted goes on as its schedule says; the red button silences that as well.
    let orders: Vec<String> = alarm.orders.iter().map(|order| order.id.clone()).collect();
    match app.door().order(&Command::Stop { zones, by: person.name.clone(), orders, wait: true }).await {
        Ok(receipt) => {
            let by = sign(&app, &who);
            // What was over by itself was ended by nobody.
            let has_ended = receipt.zones.iter().any(|zone| !zone.ended.is_empty());
            app.alarms().change(&token, |one| {
                if is_all && has_ended && one.ended.is_none() && one.over.is_none() {
                    one.ended = Some(by);
                }
            });
            after_stop(&app, &receipt).await;
            go_to(&alarm.path())
        }
        Err(why) => shell::refused(&app, &who, &why),
    }
}

/// `POST …/more`: the same alarm in more zones, at once.
pub(super) async fn more(State(app): State<App>, who: Who, Path(token): Path<String>, fields: Fields) -> Response {
    let found = found(&app, AlarmPlace::Emergency, &token);
    let Some(alarm) = found.filter(|alarm| alarm.kind == AlarmKind::Real && alarm.is_on()) else {
        return gone(&app, &who);
    };
    let station = app.station();
    let own = who.zones(Right::Alert, &station);
    let is_new = |zone: &&Zone| !alarm.zones.contains(&zone.id) && fields.all("zone").any(|id| id == zone.id);
    let new: Vec<String> = own.iter().copied().filter(is_new).map(|zone| zone.id.clone()).collect();
    if fields.all("zone").any(|id| !own.iter().any(|zone| zone.id == id)) {
        return not_his(&app, &who);
    }
    // Tapped twice, the second finds them in it.
    if new.is_empty() {
        return go_to(&alarm.path());
    }
    let all: Vec<&Zone> =
        station.zones.iter().filter(|zone| alarm.zones.contains(&zone.id) || new.contains(&zone.id)).collect();
    let scope = super::choose::scope(&who, &station, &all);
    if scope == Scope::Two && alarm.scope != Scope::Two {
        let why = text!(
            "thêm các cụm loa này thì báo động cần hai người: xin soạn một báo động mới cho các cụm ấy",
            "with these zones the alarm takes two persons: make a new one ready for them"
        );
        return shell::refused(&app, &who, &why);
    }
    let by = who.person().name.clone();
    let ordered = {
        let (app, alarm, new) = (app.clone(), alarm.clone(), new.clone());
        tokio::spawn(async move { app.door().order(&command(&alarm, new, &by)).await }).await
    };
    match ordered {
        Ok(Ok(receipt)) => {
            let (others, now) = (app.alarms().orders_but(&token), app.clock().wall());
            app.alarms().change(&token, |one| {
                let new: Vec<String> = new.into_iter().filter(|id| !one.zones.contains(id)).collect();
                one.zones.extend(new);
                one.scope = one.scope.max(scope);
                one.answer(receipt, now, |id| others.contains(id));
            });
            go_to(&alarm.path())
        }
        Ok(Err(why)) => shell::refused(&app, &who, &why),
        Err(_) => go_to(&alarm.path()),
    }
}

/// A real alarm that was sent, for somebody who may alert in all of its zones.
fn sent(app: &App, who: &Who, token: &str) -> Result<Alarm, Box<Response>> {
    let found = found(app, AlarmPlace::Emergency, token);
    let Some(alarm) = found.filter(|alarm| alarm.step == AlarmProgress::Sent) else {
        return Err(Box::new(gone(app, who)));
    };
    if may_alert(who, &alarm) { Ok(alarm) } else { Err(Box::new(not_his(app, who))) }
}

/// `POST …/agree`: the second person, afterwards.
pub(super) async fn agree(State(app): State<App>, who: Who, Path(token): Path<String>) -> Response {
    let alarm = match sent(&app, &who, &token) {
        Ok(alarm) => alarm,
        Err(response) => return *response,
    };
    let by = sign(&app, &who);
    if alarm.sent.as_ref().is_some_and(|first| first.is_by(by.person, &by.name)) {
        let why = text!(
            "người đã phát không tự xác nhận được; xin nhờ người khác",
            "who sounded it cannot agree with himself; ask another"
        );
        return shell::refused(&app, &who, &why);
    }
    let agreed = app.alarms().change(&token, |one| {
        let lacks = one.lacks_second();
        if lacks {
            one.second = Some(by.clone());
        }
        lacks
    });
    if agreed == Some(true) {
        app.alarms().mark(mark(AlarmMark::Agreed, &alarm, &by.name, ""));
    }
    go_to(&alarm.path())
}

/// `POST …/read`: how it went was read.
pub(super) async fn read(State(app): State<App>, who: Who, Path(token): Path<String>, fields: Fields) -> Response {
    let found = found(&app, AlarmPlace::Emergency, &token);
    let Some(alarm) = found.filter(|alarm| alarm.step == AlarmProgress::Sent) else { return gone(&app, &who) };
    // Whoever may end it in one of its zones was told to read it.
    if !alarm.zones.iter().any(|zone| who.person().may_in(Right::Alert, zone)) {
        return not_his(&app, &who);
    }
    if !fields.is_ticked("read") {
        let why = text!("xin đọc kết quả rồi đánh dấu vào ô «Đã đọc»", "read how it went, then tick \"Read\"");
        return shell::refused(&app, &who, &why);
    }
    let by = sign(&app, &who);
    let is_new = app.alarms().change(&token, |one| {
        let is_unread = one.is_unread();
        if is_unread {
            one.read = Some(by.clone());
        }
        is_unread
    });
    if is_new == Some(true) {
        app.alarms().mark(mark(AlarmMark::Read, &alarm, &by.name, ""));
    }
    go_to(&alarm.path())
}

/// `POST …/remark`: a sentence that nobody had the time for.
pub(super) async fn remark(State(app): State<App>, who: Who, Path(token): Path<String>, fields: Fields) -> Response {
    let alarm = match sent(&app, &who, &token) {
        Ok(alarm) => alarm,
        Err(response) => return *response,
    };
    let said: String = fields.get("remark").split_whitespace().collect::<Vec<_>>().join(" ");
    let said: String = said.chars().filter(|c| !is_deceptive(*c)).collect();
    if said.chars().count() > REMARK_MOST {
        let why = text!(
            "điều ghi thêm dài quá {REMARK_MOST} chữ, chưa được ghi; xin quay lại và viết ngắn hơn",
            "a remark has {REMARK_MOST} letters at most, and this one is not kept; go back and write it shorter"
        );
        return shell::refused(&app, &who, &why);
    }
    if said.is_empty() {
        let why = text!("xin viết điều cần ghi thêm", "write what is to be added");
        return shell::refused(&app, &who, &why);
    }
    let by = sign(&app, &who);
    let kept = app.alarms().change(&token, |one| {
        // The same sentence sent twice is one.
        if one.remarks.iter().any(|(_, known)| *known == said) {
            return Kept::Before;
        }
        if one.remarks.len() >= REMARKS_MOST {
            return Kept::Full;
        }
        one.remarks.push((by.clone(), said.clone()));
        Kept::Now
    });
    match kept {
        Some(Kept::Full) => {
            let why = text!(
                "báo động này đã có {REMARKS_MOST} điều ghi thêm; điều vừa viết KHÔNG được ghi, xin chép vào sổ trực: «{said}»",
                "this alarm has {REMARKS_MOST} remarks already; what was written now is NOT kept, copy it into the book at the office: \"{said}\""
            );
            return shell::refused(&app, &who, &why);
        }
        Some(Kept::Now) => app.alarms().mark(mark(AlarmMark::Remark, &alarm, &by.name, &said)),
        Some(Kept::Before) | None => {}
    }
    go_to(&alarm.path())
}
