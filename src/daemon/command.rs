//! From what a person asked for to an event, with a refusal that says what to do where it cannot be.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::{Value, json};

use super::condition::Condition;
use super::handle::Handle;
use super::lawful;
use super::protocol::{Command, Reply};
use super::vouch::Ask;
use crate::audio::library;
use crate::checkup::{PowerStanding, Standing};
use crate::clock::never_set;
use crate::diag::{Text, is_deceptive, nearest, plain, text};
use crate::instant::Wall;
use crate::plan::Shelf;
use crate::player::{Event, Request, Snapshot, World};
use crate::schedule::Class;
use crate::station::ZoneIx;

/// An alert longer than this many repeats is a mistake; the operator can order it again.
const TIMES_MOST: u32 = 20;

/// Names and reasons longer than this (in characters) are not names and reasons.
const WORDS_MOST: usize = 500;

/// Answer a command; `who` is the user that the kernel names.
pub(super) fn answer(command: Command, handle: &Handle, who: &str) -> Reply {
    match act(command, handle, who) {
        Ok(status) => Reply::Done { status },
        Err(text) => Reply::Refused { vi: text.vi, en: text.en },
    }
}

fn act(command: Command, handle: &Handle, who: &str) -> Result<Value, Text> {
    let snapshot = handle.snapshot();
    let event = match command {
        Command::Status => return Ok(status(&snapshot, handle.now(), handle.condition(), &handle.standing())),
        Command::Reload => Event::Reload,
        Command::Confirm { by } => return confirm(&by, handle, who),
        Command::Stop { zones } => Event::Stop { zones: resolve_zones(&snapshot.world, &zones)?, by: who.to_owned() },
        Command::Say { name, zones } => Event::Request(Request {
            zones: resolve_zones(&snapshot.world, &zones)?,
            name: loaded(&snapshot.world, handle.station_dir(), &name)?,
            class: Class::Normal,
            times: 1,
            by: who.to_owned(),
            why: String::new(),
        }),
        Command::Alert { name, zones, by, why, times } => Event::Request(Request {
            zones: resolve_zones(&snapshot.world, &zones)?,
            name: loaded(&snapshot.world, handle.station_dir(), &name)?,
            class: Class::Emergency,
            times: repeats(times)?,
            by: said(&by, "--by")?,
            why: said(&why, "--why")?,
        }),
    };
    let refused = lawful::refused(&event, &snapshot, handle.now());
    if !handle.send(event) {
        return Err(text!(
            "loa đang quá tải hoặc đang tắt: hãy thử lại; nếu vẫn vậy, khởi động lại loa",
            "loa is overloaded or ending: try again; if it stays so, restart loa"
        ));
    }
    // The player refuses it and records that; the person who asked hears it here.
    refused.map_or(Ok(Value::Null), Err)
}

fn confirm(by: &str, handle: &Handle, who: &str) -> Result<Value, Text> {
    let by = if by.trim().is_empty() { who.to_owned() } else { said(by, "--by")? };
    if let Some(cure) = never_set(handle.now()) {
        return Err(cure);
    }
    if handle.ask_of_clock(Ask::Confirm(by)) {
        Ok(Value::Null)
    } else {
        Err(text!("loa đang tắt: hãy thử lại sau khi khởi động lại", "loa is ending: try again once it runs"))
    }
}

/// Who vouches, where no daemon runs: `by`, or this account where it is empty.
pub fn named(by: &str) -> Result<String, Text> {
    if by.trim().is_empty() { Ok(super::peer::own_name()) } else { said(by, "--by") }
}

fn repeats(times: u32) -> Result<u32, Text> {
    if (1..=TIMES_MOST).contains(&times) {
        Ok(times)
    } else {
        Err(text!("số lần lặp phải từ 1 đến {TIMES_MOST}", "repeats must be from 1 to {TIMES_MOST}"))
    }
}

fn said(words: &str, option: &str) -> Result<String, Text> {
    let words = words.trim();
    if words.is_empty() || words.chars().count() > WORDS_MOST {
        return Err(text!(
            "{option} phải có nội dung, tối đa {WORDS_MOST} ký tự: người kiểm tra sẽ đọc nó trong nhật ký",
            "{option} must say something, at most {WORDS_MOST} characters: an inspector reads it in the journal"
        ));
    }
    if words.contains(is_deceptive) {
        let words = plain(words);
        return Err(text!(
            "{option} có ký tự không nhìn thấy được ({words}): hãy gõ lại trên một dòng, chỉ chữ và dấu câu",
            "{option} has characters that nobody can see ({words}): type it again in one line, letters and signs only"
        ));
    }
    Ok(words.to_owned())
}

/// Zone and group ids to zones; none means all.
fn resolve_zones(world: &World, ids: &[String]) -> Result<Vec<ZoneIx>, Text> {
    let station = &world.station;
    if ids.is_empty() {
        return Ok((0..station.zones.len()).map(|place| ZoneIx(place as u16)).collect());
    }
    let mut zones = BTreeSet::new();
    for id in ids {
        if let Some(place) = station.zones.iter().position(|zone| zone.id == *id) {
            zones.insert(ZoneIx(place as u16));
        } else if let Some(group) = station.groups.get(id) {
            zones.extend(group);
        } else {
            let known: Vec<&str> = station
                .zones
                .iter()
                .map(|zone| zone.id.as_str())
                .chain(station.groups.keys().map(String::as_str))
                .collect();
            let near = nearest(id, known.iter().copied()).map_or_else(|| known.join(", "), str::to_owned);
            return Err(text!(
                "không có cụm loa hay nhóm «{id}»; có phải: {near}?",
                "there is no zone or group \"{id}\"; did you mean: {near}?"
            ));
        }
    }
    Ok(zones.into_iter().collect())
}

/// The name, if there is a sound for it that can play.
fn loaded(world: &World, station_dir: &Path, name: &str) -> Result<String, Text> {
    let file = Path::new(name).file_name().and_then(|file| file.to_str()).unwrap_or(name);
    // Any language will do here; each zone then hears its own.
    let found = Shelf::new(&world.library);
    let found = found.find(file, &[]);
    match (found.playable.is_empty(), found.faulty.first().map(|sound| &sound.facts)) {
        (false, _) => Ok(file.to_owned()),
        (true, Some(Err(fault))) => Err(fault.message.clone()),
        // The files' thread has not come to it yet: a second or two.
        (true, _) if is_on_disk(file, station_dir) => Err(text!(
            "âm thanh «{name}» vừa được chép vào, đang được kiểm tra: hãy thử lại sau vài giây",
            "the sound \"{name}\" has just been copied in and is being examined: try again in a few seconds"
        )),
        (true, _) => Err(text!(
            "chưa có âm thanh «{name}» trong thư mục audio/: hãy chép tệp vào đó rồi thử lại",
            "there is no sound \"{name}\" in audio/: copy the file there and try again"
        )),
    }
}

/// The sound that a command asks for is on the disk, and not known yet.
pub(super) fn is_being_examined(command: &Command, handle: &Handle) -> bool {
    let (Command::Say { name, .. } | Command::Alert { name, .. }) = command else { return false };
    let snapshot = handle.snapshot();
    let found = Shelf::new(&snapshot.world.library);
    let found = found.find(name, &[]);
    found.playable.is_empty() && found.faulty.is_empty() && is_on_disk(name, handle.station_dir())
}

/// A file of this name, or of this stem: one that waits for its examination, or one that has just been examined and
/// that the loop has not been told of yet.
fn is_on_disk(name: &str, station_dir: &Path) -> bool {
    let (known, unknown) = library::known(station_dir);
    let is_meant = |file: &String| file == name || file.strip_prefix(name).is_some_and(|rest| rest.starts_with('.'));
    known.sounds.keys().any(is_meant) || unknown.iter().any(is_meant)
}

fn status(snapshot: &Snapshot, now: Wall, condition: &Condition, standing: &Standing) -> Value {
    let tz = &snapshot.world.station.timezone;
    let zones: Vec<Value> = snapshot
        .zones
        .iter()
        .map(|zone| {
            json!({
                "zone": zone.zone,
                "playing": zone.playing.as_ref().map(|playing| json!({
                    "broadcast": playing.broadcast,
                    "title": playing.title,
                    "class": playing.class,
                    "started": playing.started.rfc3339(tz),
                    "seconds": playing.length.as_secs_f64(),
                })),
                "next": zone.next.as_ref().map(|next| json!({
                    "broadcast": next.broadcast,
                    "title": next.title,
                    "start": next.start.rfc3339(tz),
                })),
                "waiting": zone.waiting,
                "underruns": zone.underruns,
            })
        })
        .collect();
    json!({
        "name": snapshot.world.station.name,
        "at": now.rfc3339(tz),
        "clock": match &snapshot.distrust {
            None => json!({"trusted": true, "because": snapshot.trust.because, "drift": snapshot.drift}),
            Some(why) => json!({"trusted": false, "why": why, "drift": snapshot.drift}),
        },
        "journal": condition.json(),
        "broadcasts": snapshot.world.schedule.broadcasts.len(),
        "sounds": snapshot.world.library.sounds.len(),
        "zones": zones,
        "amplifiers": amplifiers(snapshot),
        "broken": standing.broken,
        "problems": standing.problems,
        "problems_more": standing.problems_more,
        "restart_needed": standing.restart_needed,
        "rehearsal": standing.rehearsal,
    })
}

fn amplifiers(snapshot: &Snapshot) -> Vec<PowerStanding> {
    let station = &snapshot.world.station;
    let zone = |zone: &ZoneIx| station.zones.get(usize::from(zone.0));
    let each = snapshot.amplifiers.iter().map(|look| PowerStanding {
        switch: look.name.clone(),
        zones: look.zones.iter().filter_map(zone).map(|zone| zone.id.clone()).collect(),
        on: look.on,
        since: look.since.map(|since| since.rfc3339(&station.timezone)),
        why: look.trouble.clone().map(Into::into),
    });
    each.collect()
}
