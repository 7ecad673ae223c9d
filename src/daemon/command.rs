//! From what a person asked for to an event, with a refusal that says what to do where it cannot be. What only the
//! loop can know (the law, the device, what sounds) is not judged here: see [`super::receipt`].

use std::path::Path;

use serde_json::Value;

use super::asks::{Given, NotGiven};
use super::handle::Handle;
use super::orders::Turned;
use super::peer::Account;
use super::protocol::Command;
use super::receipt::{Kind, Ordered};
use super::ruling;
use super::socket::turned;
use super::status::status;
use super::ticket::Ticket;
use super::typed::{WORDS_MOST, on_word_of, person, said};
use crate::audio::library;
use crate::clock::never_set;
use crate::diag::{Text, is_deceptive, shown, text};
use crate::journal;
use crate::plan::Shelf;
use crate::player::{DecisionOrder, Event, Request, World, signed};
use crate::schedule::Class;
use crate::site::Site;
use crate::station::ZoneIx;

/// An alert longer than this many repeats is a mistake; the operator can order it again.
const TIMES_MOST: u32 = 20;

/// What became of a command.
pub(super) enum Act {
    /// It is answered.
    Done(Value),
    /// It is on its way to the loop.
    Ordered(Ordered, Ticket),
    /// A word for the clock waits for whoever takes it.
    Vouched(Given),
}

/// Do what a command says, for the account that the kernel names.
pub(super) fn act(command: Command, handle: &Handle, account: Account) -> Result<Act, Text> {
    let snapshot = handle.snapshot();
    let world = &snapshot.world;
    let waits = command.waits();
    let who = account.name();
    let ordered = |kind, name: &str, times| Ordered {
        kind,
        name: name.to_owned(),
        times,
        account: who.clone(),
        waits,
        refusal: None,
        former: None,
    };
    let hand = |ordered: Ordered, request: Request| {
        let ticket = handle.order(account, |ticket| Event::Request(Request { ticket, ..request })).map_err(turned)?;
        Ok(Act::Ordered(ordered, ticket))
    };
    let rule = |kind, ruling: DecisionOrder| {
        let order = ordered(kind, &ruling.broadcast, 1);
        let decide = |ticket| Event::Decide(Box::new(DecisionOrder { ticket, ..ruling }));
        let ticket = handle.order(account, decide).map_err(turned)?;
        Ok(Act::Ordered(order, ticket))
    };
    match command {
        Command::Status | Command::Watch => {
            Ok(Act::Done(serde_json::to_value(status(&snapshot, handle)).unwrap_or_default()))
        }
        Command::Reload if handle.send(Event::Reload) => Ok(Act::Done(Value::Null)),
        Command::Reload => Err(turned(Turned::Full)),
        Command::Confirm { by } => confirm(&by, handle, account).map(Act::Vouched),
        Command::Seal { row } => {
            let (site, now) = (Site::new(handle.station_dir()), handle.now());
            let signed = journal::sign(&site, row, now, &world.station.timezone)?;
            Ok(Act::Done(Value::String(signed.to_string())))
        }
        Command::Stop { zones, by, .. } => {
            let zones = resolve_zones(world, &zones)?;
            // Silence waits for nothing, and least of all for a name that could not be written.
            let by = on_word_of(&by, &who).map_or_else(|_| who.clone(), |by| signed(&by, &who));
            let ticket = handle.order(account, |ticket| Event::Stop { zones, by, ticket }).map_err(turned)?;
            Ok(Act::Ordered(ordered(Kind::Stop, "", 1), ticket))
        }
        Command::Say { name, zones, by, .. } => {
            let (zones, by) = (resolve_zones(world, &zones)?, on_word_of(&by, &who)?);
            let (name, found) = loaded(world, handle.station_dir(), &name, &zones, Class::Normal)?;
            let request = Request { by, account: who.clone(), ..Request::of(&name, zones) };
            hand(Ordered { refusal: found.refusal, ..ordered(Kind::Say, &name, 1) }, request)
        }
        Command::Test { zones, by, .. } => {
            let (zones, by) = (resolve_zones(world, &zones)?, on_word_of(&by, &who)?);
            let request = Request { test: true, by, account: who.clone(), ..Request::of("", zones) };
            hand(ordered(Kind::Test, "", 1), request)
        }
        Command::Approve { broadcast, digest, by, entered_by } => {
            let by = [by.as_str(), &who];
            rule(Kind::Approve, ruling::approved(broadcast, &digest, by, entered_by.as_deref())?)
        }
        Command::Return { broadcast, digest, by, note } => {
            rule(Kind::Return, ruling::returned(broadcast, &digest, [by.as_str(), &who], &note)?)
        }
        Command::Alert { name, zones, by, why, times, .. } => {
            let zones = resolve_zones(world, &zones)?;
            let times = repeats(times)?;
            let (by, why) = (person(&by, "--by")?, said(&why, "--why")?);
            let class = Class::Emergency;
            let (name, Meant { refusal, former, coming }) = loaded(world, handle.station_dir(), &name, &zones, class)?;
            let request = Request { class, times, by, why, coming, account: who.clone(), ..Request::of(&name, zones) };
            hand(Ordered { refusal, former, ..ordered(Kind::Alert, &name, times) }, request)
        }
    }
}

fn confirm(by: &str, handle: &Handle, account: Account) -> Result<Given, Text> {
    let by = named_by(by, account)?;
    if let Some(cure) = never_set(handle.now()) {
        return Err(cure);
    }
    handle.of_clock().confirm(account.0, by).map_err(|why| match why {
        NotGiven::Full => not_vouched(),
        NotGiven::Ending => {
            text!("loa đang tắt: hãy thử lại sau khi khởi động lại", "loa is ending: try again once it runs")
        }
    })
}

/// What to say of a word for the clock that is not taken.
pub(super) fn not_vouched() -> Text {
    text!(
        "loa còn đang ghi những lần xác nhận khác nên chưa nhận lần này, và nó sẽ không có hiệu lực về sau: hãy thử lại",
        "loa is busy with other confirmations and has not taken this one; it will not take effect later: try again"
    )
}

/// Who vouches, where no daemon runs: `by`, or this account where it is empty.
pub fn named(by: &str) -> Result<String, Text> {
    named_by(by, Account::own())
}

/// The name that was given, with the account that gave it: `ông Năm (hoa)`.
fn named_by(by: &str, account: Account) -> Result<String, Text> {
    let account = account.name();
    let by = on_word_of(by, &account)?;
    Ok(signed(&by, &account))
}

fn repeats(times: u32) -> Result<u32, Text> {
    if (1..=TIMES_MOST).contains(&times) {
        Ok(times)
    } else {
        Err(text!("số lần lặp phải từ 1 đến {TIMES_MOST}", "repeats must be from 1 to {TIMES_MOST}"))
    }
}

/// What the names mean; none means all.
fn resolve_zones(world: &World, names: &[String]) -> Result<Vec<ZoneIx>, Text> {
    world.station.find_all(names).map_err(|unknown| unknown.text)
}

/// What a name means to an order.
#[derive(Default)]
struct Meant {
    /// Nothing that can play, and this is what to do. The order goes to the loop all the same, so that the journal has
    /// who gave it.
    refusal: Option<Text>,
    /// The file that is being written to, of which its last whole version plays.
    former: Option<String>,
    /// Its file is there, and not known yet.
    coming: bool,
}

/// The name, and what there is for it.
fn loaded(
    world: &World,
    station_dir: &Path,
    name: &str,
    zones: &[ZoneIx],
    class: Class,
) -> Result<(String, Meant), Text> {
    let file = Path::new(name).file_name().and_then(|file| file.to_str()).unwrap_or(name);
    let urgent = class == Class::Emergency;
    // Any language will do here; each zone then hears its own.
    let near = if urgent { world.library.around_at_once(file) } else { world.library.around(file) };
    let shelf = Shelf::new(&near, &world.station);
    let found = shelf.find(file, &[]);
    let own = file.to_owned();
    if let Some((sound, _)) = found.playable.first() {
        let former = world.library.former.contains_key(&sound.file).then(|| sound.file.clone()).filter(|_| urgent);
        return Ok((own, Meant { former, ..Meant::default() }));
    }
    let coming = found.faulty.iter().all(|sound| sound.is_changing()) && is_on_disk(file, station_dir);
    if coming && urgent {
        return Ok((own, Meant { coming, ..Meant::default() }));
    }
    let said = shown(file);
    let Text { vi, en } = match found.faulty.first().map(|sound| (&sound.file, &sound.facts)) {
        Some((faulty, Err(fault))) => {
            let (faulty, Text { vi, en }) = (shown(faulty), &fault.message);
            text!("audio/{faulty}: {vi}", "audio/{faulty}: {en}")
        }
        // The files' thread has not come to it yet: a second or two.
        _ if coming => text!(
            "âm thanh «{said}» vừa được chép vào, đang được kiểm tra: hãy thử lại sau vài giây",
            "the sound \"{said}\" has just been copied in and is being examined: try again in a few seconds"
        ),
        // Behind `--` an option is none.
        _ if file.starts_with('-') => text!(
            "chưa có âm thanh «{said}» trong thư mục audio/; nếu đó là tùy chọn thì viết trước dấu «--», xem: loa say --help",
            "there is no sound \"{said}\" in audio/; an option stands before the \"--\", see: loa say --help"
        ),
        _ => {
            let whole = Shelf::new(&world.library, &world.station);
            match whole.nearest(without_ending(file)).map(shown) {
                Some(like) => text!(
                    "chưa có âm thanh «{said}» trong thư mục audio/, có phải «{like}» không?",
                    "there is no sound \"{said}\" in audio/; did you mean \"{like}\"?"
                ),
                None => text!(
                    "chưa có âm thanh «{said}» trong thư mục audio/: hãy chép tệp vào đó rồi thử lại",
                    "there is no sound \"{said}\" in audio/: copy the file there and try again"
                ),
            }
        }
    };
    let titles = zones.iter().filter_map(|zone| world.station.zones.get(usize::from(zone.0)));
    let titles: Vec<_> = titles.map(|zone| shown(&zone.title).clone()).collect();
    let titles = titles.join(", ");
    let refusal = if urgent {
        text!("{titles}: KHÔNG KÊU: {vi}", "{titles}: DOES NOT SOUND: {en}")
    } else {
        text!("{titles}: không phát: {vi}", "{titles}: does not sound: {en}")
    };
    // What is no name has no row.
    if file.chars().count() > WORDS_MOST || file.contains(is_deceptive) {
        return Err(refusal);
    }
    Ok((own, Meant { refusal: Some(refusal), ..Meant::default() }))
}

/// Without what looks like the ending of a file.
fn without_ending(file: &str) -> &str {
    file.rsplit_once('.').map_or(file, |(stem, _)| stem)
}

/// The sound that a command asks for is on the disk, and not known yet.
pub(super) fn is_being_examined(command: &Command, handle: &Handle) -> bool {
    let (Command::Say { name, .. } | Command::Alert { name, .. }) = command else { return false };
    let snapshot = handle.snapshot();
    let library = &snapshot.world.library;
    let urgent = matches!(command, Command::Alert { .. });
    let near = if urgent { library.around_at_once(name) } else { library.around(name) };
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_is_by_the_person_who_gave_it_and_by_the_account_where_nobody_is_named() {
        assert_eq!(on_word_of("", "hoa").unwrap(), "hoa");
        assert_eq!(on_word_of("  ", "hoa").unwrap(), "hoa");
        assert_eq!(on_word_of("Bà Hai (Thôn 3): ủy ban", "loa-console").unwrap(), "Bà Hai [Thôn 3], ủy ban");
        assert!(on_word_of("a\u{202e}b", "hoa").is_err());
        assert_eq!(signed(&on_word_of("Bà Hai", "loa-console").unwrap(), "loa-console"), "Bà Hai (loa-console)");
        assert_eq!(signed(&on_word_of("", "hoa").unwrap(), "hoa"), "hoa", "as it was before there was a page");
    }

    #[test]
    fn who_says_nothing_of_a_person_is_understood_as_before() {
        for said in [r#"{"command":"stop"}"#, r#"{"command":"say","name":"tin"}"#, r#"{"command":"test"}"#] {
            match serde_json::from_str(said).unwrap() {
                Command::Stop { by, wait, .. } | Command::Say { by, wait, .. } | Command::Test { by, wait, .. } => {
                    assert!(by.is_empty() && wait, "{said}");
                }
                other => panic!("{other:?}"),
            }
        }
    }
}
