//! One airing of a broadcast: this time only moved or left out, moved for good, or its whole session with it; and what
//! ends a broadcast: stopped, deleted.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::response::Response;
use jiff::ToSpan as _;
use jiff::civil::DateTime;
use maud::html;

use super::airing::instant;
use super::ask::{Sight, may_write, target, work, zone_named};
use super::draft::Typed;
use super::{rousing, said, save, trial};
use crate::act::Undone;
use crate::app::App;
use crate::diag::{Text, text};
use crate::edit::{Change, Done, FileEntry, Value, moved, moved_for_good};
use crate::fields::Fields;
use crate::gate::{Who, go_to};
use crate::page::clock_doubt;
use crate::sentence::sentence;
use crate::shell;
use crate::station::ZoneIx;
use crate::typed::time_of;

/// The broadcast for good at another time, where its times stand in the form.
fn for_good(entry: &FileEntry, at: DateTime, to: jiff::civil::Time) -> Result<Change, Undone> {
    let (mut draft, held) = Typed::of(entry);
    let place = draft.at.iter().position(|one| time_of(one) == Some(at.time()));
    let by_hand = held.iter().any(|field| field.key == "at" || field.key == "cron");
    let Some(place) = place.filter(|_| !by_hand) else {
        return Err(Undone::Wrong(text!(
            "giờ này viết tay trong tệp, nên chỉ dời được riêng lần này",
            "this time is written by hand in the file, so that only this one airing can be moved"
        )));
    };
    if draft.at.iter().enumerate().any(|(other, time)| other != place && time_of(time) == Some(to)) {
        let to = said::clock(to);
        return Err(Undone::Wrong(text!(
            "mục này đã phát lúc {to} rồi; xin chọn giờ khác",
            "this broadcast is heard at {to} already; choose another time"
        )));
    }
    draft.at[place] = said::clock(to);
    let times = Value::texts(draft.at.iter().map(|one| time_of(one).map_or_else(|| one.clone(), said::clock)));
    Ok(Change::Keys { at: target(entry), keys: vec![("at".to_owned(), Some(times))] })
}

fn changes(desk: &Sight, who: &Who, fields: &Fields) -> Result<Vec<Change>, Undone> {
    let (id, zone) = (fields.get("id"), zone_named(desk.station(), fields.get("zone")));
    let when: DateTime = fields.get("at").parse().map_err(|_| Undone::Wrong(said::bad_time()))?;
    let Some((entry, _)) = desk.entry(id)? else {
        return Err(gone());
    };
    let mut at = target(&entry);
    // It holds whatever else the entry says by now; only an airing that is not there any more cannot be moved again.
    at.seen = None;
    let broadcasts = &desk.look.world.schedule.broadcasts;
    if broadcasts.iter().any(|one| one.id == id && one.except_at.contains(&when)) {
        return Err(Undone::Wrong(text!(
            "lần phát này đã được dời hoặc bỏ; xin mở lại Lịch phát để xem giờ mới",
            "this airing was moved or left out; open the schedule again to see its new time"
        )));
    }
    if !occurs(desk, id, when) {
        return Err(Undone::Wrong(text!(
            "lịch không có lần phát ấy; xin mở lại Lịch phát rồi chọn lần phát",
            "the schedule has no such airing; open the schedule again and choose one"
        )));
    }
    let mut changes = if fields.get("do") == "skip" {
        vec![Change::Skip { at, when }]
    } else {
        let to = time_of(fields.get("to")).ok_or_else(|| Undone::Wrong(said::bad_time()))?;
        let other = when.date().to_datetime(to);
        let (from, until) = (instant(desk, when), instant(desk, other));
        let session =
            |zone: Option<ZoneIx>| zone.ok_or_else(|| Undone::Wrong(text!("xin chọn cụm loa", "choose a zone")));
        let schedule = &desk.look.world.schedule;
        if matches!(fields.get("how"), "" | "once" | "session") && until <= desk.now {
            return Err(Undone::Wrong(text!(
                "giờ ấy đã qua; xin chọn giờ sau lúc này",
                "that time is past; choose one that is still to come"
            )));
        }
        match fields.get("how") {
            "good" => vec![for_good(&entry, when, to)?],
            "session" => moved(&desk.world(), schedule, session(zone)?, from, until),
            "session_good" => {
                let texts = desk.editor.read()?.into_iter().map(|page| (page.file, page.text)).collect();
                moved_for_good(&desk.world(), schedule, &texts, (session(zone)?, from, until))?
            }
            _ => vec![Change::Move { at, when, to: other }],
        }
    };
    in_turn(&mut changes);
    swallows_none(desk, &changes)?;
    for change in &changes {
        let zones = change.target().map(|target| desk.zones_planned(&target.name)).unwrap_or_default();
        may_write(who, desk.station(), &zones).map_err(Undone::NotAllowed)?;
    }
    Ok(changes)
}

/// Whether the schedule has an airing of this broadcast at this time, whatever becomes of it.
fn occurs(desk: &Sight, id: &str, at: DateTime) -> bool {
    let from = instant(desk, at);
    let airings = desk.look.plan(from, from + std::time::Duration::from_nanos(1));
    airings.iter().any(|one| one.broadcast.id == id && one.scheduled == from)
}

/// One that moves onto the time of another that moves too comes after it: its place is free then.
fn in_turn(changes: &mut [Change]) {
    let ends = |change: &Change| if let Change::Move { when, to, .. } = change { Some((*when, *to)) } else { None };
    changes.sort_by(|a, b| match (ends(a), ends(b)) {
        (Some((when, to)), Some((other, _))) if to > when => other.cmp(&when),
        (Some((when, _)), Some((other, _))) => when.cmp(&other),
        _ => std::cmp::Ordering::Equal,
    });
}

/// Two airings of one broadcast at one time are one: an airing that is moved there would be gone without a word.
fn swallows_none(desk: &Sight, changes: &[Change]) -> Result<(), Undone> {
    let moves = || {
        changes.iter().filter_map(|change| match change {
            Change::Move { at, when, to } => Some((at.name.as_str(), *when, *to)),
            _ => None,
        })
    };
    let leaves = |id: &str, time: DateTime| moves().any(|(own, when, _)| own == id && when == time);
    let taken = moves().find(|(id, _, to)| !leaves(id, *to) && occurs(desk, id, *to));
    taken.map_or(Ok(()), |(id, when, to)| Err(taken_already(desk, id, when, to)))
}

fn taken_already(desk: &Sight, id: &str, when: DateTime, to: DateTime) -> Undone {
    let known = desk.look.world.schedule.broadcasts.iter().find(|one| one.id == id);
    let title = known.map_or(id, |one| one.title.as_str());
    let (day, when, to) = (said::day(to.date()), said::clock(when.time()), said::clock(to.time()));
    let (vi, en) = (day.vi, day.en);
    Undone::Wrong(text!(
        "«{title}» đã có một lần phát lúc {to} ngày {vi}; dời lần {when} vào đó thì mất một lần. Xin chọn giờ khác, hoặc bỏ riêng lần {when}",
        "\"{title}\" is heard at {to} on {en} already; moved there, the airing of {when} would be lost. Choose another time, or leave the one of {when} out"
    ))
}

fn gone() -> Undone {
    Undone::Gone(text!("mục phát này không còn", "this broadcast is gone"))
}

/// One airing left out or moved, or its whole session, this time or for good.
pub(crate) async fn occurrence(app: &App, who: &Who, fields: &Fields) -> Result<Done, Undone> {
    let desk = Sight::of(app, who).await;
    let (asking, sent) = (who.clone(), fields.clone());
    let done = work(move || Ok(desk.change(changes(&desk, &asking, &sent)?)?)).await;
    app.look_again();
    done
}

/// A broadcast stopped today or at once, or deleted.
pub(crate) async fn ended(app: &App, who: &Who, fields: &Fields) -> Result<Done, Undone> {
    let desk = Sight::of(app, who).await;
    let (asking, sent) = (who.clone(), fields.clone());
    let done = work(move || {
        let Some((entry, _)) = desk.entry(sent.get("id"))? else { return Err(gone()) };
        let zones = desk.zones_planned(&entry.name);
        may_write(&asking, desk.station(), &zones).map_err(Undone::NotAllowed)?;
        let mut at = target(&entry);
        at.seen = Some(crate::edit::Digest::written(sent.get("seen")));
        let last = match sent.get("do") {
            "delete" => None,
            "now" => Some(desk.today.saturating_sub(1.day())),
            _ => Some(desk.today),
        };
        let change = match last {
            None => Change::Delete { at },
            Some(last) => Change::Keys { at, keys: vec![("until".to_owned(), Some(Value::Date(last)))] },
        };
        Ok(desk.change(vec![change])?)
    })
    .await;
    app.look_again();
    done
}

/// What is asked before an airing is moved on the page; what cannot be moved is told as that.
async fn doubt(app: &App, who: &Who, fields: &Fields) -> Option<Text> {
    let desk = Sight::of(app, who).await;
    let (asking, sent) = (who.clone(), fields.clone());
    work(move || {
        let edit = desk.edit(changes(&desk, &asking, &sent).ok()?, BTreeMap::new());
        rousing::doubt(&desk, &edit, &sent)
    })
    .await
}

/// `POST /schedule/once`.
pub(super) async fn once(State(app): State<App>, who: Who, fields: Fields) -> Response {
    let clock = clock_doubt::answered(&app, &fields);
    if clock.is_ok()
        && let Some(asked) = doubt(&app, &who, &fields).await
    {
        let desk = Sight::of(&app, &who).await;
        let asked = rousing::ask_again(&asked, &fields, &who);
        return save::show(&app, &who, desk, fields, Some(asked)).await;
    }
    let done = match clock {
        Ok(()) => occurrence(&app, &who, &fields).await,
        Err(why) => Err(Undone::Wrong(why)),
    };
    match done {
        Ok(done) => {
            let seq = done.versions.last().map_or_else(String::new, i64::to_string);
            // Several at once have one receipt, with all of them.
            if done.coming.len() > 1 {
                let pairs = [("seq", &*seq), ("moved", fields.get("at"))];
                return go_to(&format!("/schedule/version?{}", super::ask::query(&pairs)));
            }
            let mut pairs = vec![("id", fields.get("id")), ("saved", &seq)];
            if done.told.is_none() {
                pairs.push(("same", "1"));
            }
            go_to(&format!("/schedule/broadcast?{}", super::ask::query(&pairs)))
        }
        Err(why) => {
            let drawn = match &why {
                Undone::Refused(refusal) => trial::refused(who.lang, refusal),
                said => html! { p.said.bad role="alert" { (sentence(said.text().get(who.lang))) } },
            };
            let desk = Sight::of(&app, &who).await;
            save::show(&app, &who, desk, fields, Some(drawn)).await
        }
    }
}

/// `POST /schedule/end`: stop, or delete.
pub(super) async fn end(State(app): State<App>, who: Who, fields: Fields) -> Response {
    // What is deleted goes whatever day it is.
    let done = match clock_doubt::answered(&app, &fields) {
        Err(why) if fields.get("do") != "delete" => Err(Undone::Wrong(why)),
        _ => ended(&app, &who, &fields).await,
    };
    match done {
        Ok(_) if fields.get("do") == "delete" => go_to("/schedule/deleted"),
        Ok(done) => {
            let seq = done.versions.last().map_or_else(String::new, i64::to_string);
            go_to(&format!("/schedule/broadcast?{}", super::ask::query(&[("id", fields.get("id")), ("saved", &seq)])))
        }
        Err(Undone::Refused(refusal)) => {
            let (drawn, desk) = (trial::refused(who.lang, &refusal), Sight::of(&app, &who).await);
            save::show(&app, &who, desk, fields, Some(drawn)).await
        }
        Err(why) => shell::refused(&app, &who, why.text()),
    }
}
