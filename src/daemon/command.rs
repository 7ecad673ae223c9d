//! From what a person asked for to an event, with a refusal that says what to do where it cannot be. What only the
//! loop can know (the law, the device, what sounds) is not judged here: see [`super::receipt`].

use std::path::Path;

use serde_json::Value;

use super::handle::Handle;
use super::orders::Turned;
use super::peer::Account;
use super::protocol::Command;
use super::receipt::{Kind, Ordered};
use super::socket::turned;
use super::status::status;
use super::ticket::Ticket;
use super::vouch::Ask;
use crate::audio::library;
use crate::clock::never_set;
use crate::diag::{Text, is_deceptive, plain, text};
use crate::plan::Shelf;
use crate::player::{Event, Request, World, signed};
use crate::schedule::Class;
use crate::station::ZoneIx;

/// An alert longer than this many repeats is a mistake; the operator can order it again.
const TIMES_MOST: u32 = 20;

/// Names and reasons longer than this (in characters) are not names and reasons.
const WORDS_MOST: usize = 500;

/// What became of a command.
pub(super) enum Act {
    /// It is answered.
    Done(Value),
    /// It is on its way to the loop.
    Ordered(Ordered, Ticket),
}

/// Do what a command says, for the account that the kernel names.
pub(super) fn act(command: Command, handle: &Handle, account: Account) -> Result<Act, Text> {
    let snapshot = handle.snapshot();
    let world = &snapshot.world;
    let waits = command.waits();
    let who = account.name();
    let ordered = |kind, name: &str, times| Ordered { kind, name: name.to_owned(), times, account: who.clone(), waits };
    let hand = |ordered: Ordered, request: Request| {
        let ticket = handle.order(account, |ticket| Event::Request(Request { ticket, ..request })).map_err(turned)?;
        Ok(Act::Ordered(ordered, ticket))
    };
    match command {
        Command::Status => Ok(Act::Done(status(&snapshot, handle))),
        Command::Reload if handle.send(Event::Reload) => Ok(Act::Done(Value::Null)),
        Command::Reload => Err(turned(Turned::Full)),
        Command::Confirm { by } => confirm(&by, handle, account).map(Act::Done),
        Command::Stop { zones, .. } => {
            let zones = resolve_zones(world, &zones)?;
            let by = who.clone();
            let ticket = handle.order(account, |ticket| Event::Stop { zones, by, ticket }).map_err(turned)?;
            Ok(Act::Ordered(ordered(Kind::Stop, "", 1), ticket))
        }
        Command::Say { name, zones, .. } => {
            let zones = resolve_zones(world, &zones)?;
            let name = loaded(world, handle.station_dir(), &name)?;
            let request = Request { by: who.clone(), account: who.clone(), ..Request::of(&name, zones) };
            hand(ordered(Kind::Say, &name, 1), request)
        }
        Command::Test { zones, .. } => {
            let zones = resolve_zones(world, &zones)?;
            let request = Request { test: true, by: who.clone(), account: who.clone(), ..Request::of("", zones) };
            hand(ordered(Kind::Test, "", 1), request)
        }
        Command::Alert { name, zones, by, why, times, .. } => {
            let zones = resolve_zones(world, &zones)?;
            let name = loaded(world, handle.station_dir(), &name)?;
            let times = repeats(times)?;
            let (by, why) = (person(&by, "--by")?, said(&why, "--why")?);
            let class = Class::Emergency;
            let request = Request { class, times, by, why, account: who.clone(), ..Request::of(&name, zones) };
            hand(ordered(Kind::Alert, &name, times), request)
        }
    }
}

fn confirm(by: &str, handle: &Handle, account: Account) -> Result<Value, Text> {
    let by = named_by(by, account)?;
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
    named_by(by, Account::own())
}

/// The name that was given, with the account that gave it: `ông Năm (hoa)`.
fn named_by(by: &str, account: Account) -> Result<String, Text> {
    let account = account.name();
    let by = if by.trim().is_empty() { account.clone() } else { person(by, "--by")? };
    Ok(signed(&by, &account))
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

/// A person's name. Brackets and colons are the journal's own there: they part the name from the account that gave
/// it, and both from the reason.
fn person(name: &str, option: &str) -> Result<String, Text> {
    let name = said(name, option)?;
    Ok(name.replace('(', "[").replace(')', "]").replace(':', ","))
}

/// What the names mean; none means all.
fn resolve_zones(world: &World, names: &[String]) -> Result<Vec<ZoneIx>, Text> {
    world.station.find_all(names).map_err(|unknown| unknown.text)
}

/// The name, if there is a sound for it that can play.
fn loaded(world: &World, station_dir: &Path, name: &str) -> Result<String, Text> {
    let file = Path::new(name).file_name().and_then(|file| file.to_str()).unwrap_or(name);
    // Any language will do here; each zone then hears its own.
    let near = world.library.around(file);
    let shelf = Shelf::new(&near, &world.station);
    let found = shelf.find(file, &[]);
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
    let near = snapshot.world.library.around(name);
    let shelf = Shelf::new(&near, &snapshot.world.station);
    let found = shelf.find(name, &[]);
    let nothing_else = found.faulty.iter().all(|sound| sound.is_changing());
    found.playable.is_empty() && nothing_else && is_on_disk(name, handle.station_dir())
}

/// A file of this name, or of this stem: one that waits for its examination, or one that has just been examined and
/// that the loop has not been told of yet.
fn is_on_disk(name: &str, station_dir: &Path) -> bool {
    library::is_there(station_dir, name)
}
