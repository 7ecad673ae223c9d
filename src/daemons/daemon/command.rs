//! From what a person asked for to an event, with a refusal that says what to do where it cannot be. What only the
//! loop can know (the law, the device, what sounds) is not judged here: see [`super::receipt`].

use std::path::Path;

use serde_json::Value;

use super::asks::{Given, NotGiven};
use super::handle::Handle;
use super::not_done::NotDone;
use super::orders::{Turned, turned};
use super::peer::PeerAccount;
use super::protocol::{AlarmMark, Command};
use super::receipt::{OrderAnswer, OrderKind};
use super::ruling;
use super::second_person::may_approve;
use super::speaker::{OwnWord, may_decide, may_speak};
use super::status::status;
use super::talk::Talking;
use super::ticket::Ticket;
use super::typed::{WORDS_MOST, on_word_of, person, said};
use crate::audio::library;
use crate::clock::never_set;
use crate::diag::{Text, is_deceptive, shown, text};
use crate::journal;
use crate::plan::SoundIndex;
use crate::player::{DecisionOrder, Event, Request, World, signed};
use crate::reason::Reason;
use crate::schedule::Class;
use crate::setup::{self, FirstAnswers, SetupLink};
use crate::site::Site;
use crate::station::ZoneIx;

/// An alert longer than this many repeats is a mistake; the operator can order it again.
pub const TIMES_MOST: u32 = 20;

/// Bytes of a sentence for the journal.
const TITLE_MOST: usize = 2_000;

/// What became of a command.
pub(super) enum Act {
    /// It is answered.
    Done(Value),
    /// It is on its way to the loop.
    Ordered(OrderAnswer, Ticket),
    /// The same of somebody who speaks live, with the place where he is heard.
    Talks(Box<Talking>),
    /// What the link has brought is to be installed.
    Install,
    /// A word for the clock waits for whoever takes it.
    Vouched(Given),
}

/// Do what a command says, for the account that the kernel names.
pub(super) fn act(command: Command, handle: &Handle, account: PeerAccount) -> Result<Act, NotDone> {
    let snapshot = handle.snapshot();
    let world = &snapshot.world;
    let waits = command.waits();
    let who = account.name();
    let ordered = |kind, name: &str, times| OrderAnswer::of(kind, name, times, (&who, waits));
    let hand = |ordered: OrderAnswer, request: Request| -> Result<Act, NotDone> {
        let ticket = handle.order(account, |ticket| Event::Request(Request { ticket, ..request })).map_err(turned)?;
        Ok(Act::Ordered(ordered, ticket))
    };
    let rule = |kind, ruling: DecisionOrder| -> Result<Act, NotDone> {
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
        Command::Reload => Err(turned(Turned::Full).into()),
        Command::Install => Ok(Act::Install),
        Command::Brought { reason, title } => Ok(brought(&reason, title, handle, account)?),
        Command::Confirm { by } => Ok(confirm(&by, handle, account).map(Act::Vouched)?),
        Command::Seal { row } => {
            let (site, now) = (Site::new(handle.station_dir()), handle.now());
            let signed = journal::sign(&site, row, now, &world.station.timezone)?;
            Ok(Act::Done(Value::String(signed.to_string())))
        }
        Command::Setup { token, answers } => Ok(set_up(&token, &answers, handle).map(|()| Act::Done(Value::Null))?),
        Command::Stop { zones, by, orders, .. } => {
            let zones = resolve_zones(world, &zones)?;
            // Silence waits for nothing, and least of all for a name that could not be written.
            let by = on_word_of(&by, &who).map_or_else(|_| who.clone(), |by| signed(&by, &who));
            let order = OrderAnswer { orders: orders.clone(), ..ordered(OrderKind::Stop, "", 1) };
            let ticket = handle.order(account, |ticket| Event::Stop { zones, by, orders, ticket }).map_err(turned)?;
            Ok(Act::Ordered(order, ticket))
        }
        Command::Say { name, zones, by, .. } => {
            let (zones, by) = (resolve_zones(world, &zones)?, on_word_of(&by, &who)?);
            let (name, found) = loaded(world, handle.station_dir(), &name, &zones, Class::Normal)?;
            let request = Request { by, account: who.clone(), ..Request::of(&name, zones) };
            hand(OrderAnswer { refusal: found.refusal, ..ordered(OrderKind::Say, &name, 1) }, request)
        }
        Command::Talk { zones, by } => {
            let (zones, by) = (resolve_zones(world, &zones)?, on_word_of(&by, &who)?);
            Ok(Act::Talks(Box::new(Talking::begin(handle, account, zones, &by)?)))
        }
        Command::Test { zones, by, .. } => {
            let (zones, by) = (resolve_zones(world, &zones)?, on_word_of(&by, &who)?);
            let request = Request { test: true, by, account: who.clone(), ..Request::of("", zones) };
            hand(ordered(OrderKind::Test, "", 1), request)
        }
        Command::Approve { broadcast, digest, by, entered_by } => {
            let site = Site::new(handle.station_dir());
            may_decide(account, &by, entered_by.as_deref(), &site)?;
            may_approve(account, &broadcast, (world, &site), handle.now())?;
            let by = [by.as_str(), &who];
            rule(OrderKind::Approve, ruling::approved(broadcast, &digest, by, entered_by.as_deref())?)
        }
        Command::Return { broadcast, digest, by, note } => {
            may_speak(account, &by, OwnWord::Decision, &Site::new(handle.station_dir()))?;
            rule(OrderKind::Return, ruling::returned(broadcast, &digest, [by.as_str(), &who], &note)?)
        }
        Command::Drill { name, zones, by, .. } => {
            let (zones, by) = (resolve_zones(world, &zones)?, on_word_of(&by, &who)?);
            // The station's own words, and nobody else's: they are what tells a drill from an alarm.
            let says_so = &world.station.emergency.drill;
            let (says_so, mut found) = loaded(world, handle.station_dir(), says_so, &zones, Class::Normal)?;
            let mut said = says_so.clone();
            if !name.trim().is_empty() {
                let (name, between) = loaded(world, handle.station_dir(), &name, &zones, Class::Normal)?;
                said = name;
                found.refusal = found.refusal.or(between.refusal);
            }
            let request = Request { drill: Some(says_so), by, account: who.clone(), ..Request::of(&said, zones) };
            hand(OrderAnswer { refusal: found.refusal, ..ordered(OrderKind::Drill, &said, 1) }, request)
        }
        Command::Mark { what, order, title, by, why } => {
            may_speak(account, &by, OwnWord::Mark, &Site::new(handle.station_dir()))?;
            let by = signed(&on_word_of(&by, &who)?, &who);
            let why = if why.trim().is_empty() { String::new() } else { said(&why, "why")? };
            let (title, order) = (said(&title, "title")?, order.map(|order| said(&order, "order")).transpose()?);
            let reason = marked(what, crate::reason::Ordered { why, ..crate::reason::Ordered::by(&by) });
            if handle.send(Event::Mark { reason, title, order }) {
                Ok(Act::Done(Value::Null))
            } else {
                Err(turned(Turned::Full).into())
            }
        }
        Command::Alert { name, zones, by, why, times, tone, insists, .. } => {
            let zones = resolve_zones(world, &zones)?;
            let times = repeats(times)?;
            let (by, why) = (person(&by, "--by")?, said(&why, "--why")?);
            let class = Class::Emergency;
            let (name, Meant { refusal, former, coming }) = loaded(world, handle.station_dir(), &name, &zones, class)?;
            let order = Request { class, times, tone, by, why, ..Request::of(&name, zones) };
            let request = Request { coming, insists, account: who.clone(), ..order };
            hand(OrderAnswer { refusal, former, ..ordered(OrderKind::Alert, &name, times) }, request)
        }
    }
}

/// What a courier has brought, for the journal. Whoever may give orders may not say what was signed.
fn brought(reason: &str, title: String, handle: &Handle, account: PeerAccount) -> Result<Act, Text> {
    let reason = Reason::from(reason);
    let is_own = account.0 == 0 || account == PeerAccount::own();
    let is_known = matches!(reason, Reason::BundleInstalled(_) | Reason::BundleRefused(_) | Reason::ReportTaken(_));
    if !is_own || !is_known || title.len() > TITLE_MOST {
        return Err(text!(
            "chỉ tài khoản của đài mới ghi được điều này vào nhật ký",
            "only the station's own account may write this into the journal"
        ));
    }
    if handle.send(Event::Note { reason, title }) { Ok(Act::Done(Value::Null)) } else { Err(turned(Turned::Full)) }
}

/// What people did about an alarm, as the journal has it.
fn marked(what: AlarmMark, by: crate::reason::Ordered) -> Reason {
    match what {
        AlarmMark::Unsent => Reason::AlarmUnsent(by),
        AlarmMark::Dropped => Reason::AlarmDropped(by),
        AlarmMark::Agreed => Reason::AlarmAgreed(by),
        AlarmMark::Alone => Reason::AlarmAlone(by),
        AlarmMark::Read => Reason::AlarmRead(by),
        AlarmMark::Remark => Reason::AlarmRemark(by),
        AlarmMark::Received => Reason::AlarmReceived(by),
        AlarmMark::Declined => Reason::AlarmDeclined(by),
        AlarmMark::Unheard => Reason::AlarmUnheard(by),
        AlarmMark::Measured => Reason::DrillMeasured(by),
        AlarmMark::Code => Reason::NightCode(by),
        AlarmMark::Codes => Reason::NightCodes(by),
    }
}

/// Write the first `loa.toml` for whoever has the link. The watch on the files sees it, and loa begins again by it.
fn set_up(token: &str, answers: &FirstAnswers, handle: &Handle) -> Result<(), Text> {
    let site = Site::new(handle.station_dir());
    let link = SetupLink::open(&site, handle.now()).filter(|link| link.is_opened_by(token)).ok_or_else(|| {
        text!(
            "đường dẫn cài đặt đã dùng hoặc quá hạn; gõ trên máy của đài: sudo loa setup --link",
            "the link was used, or has ended; type on the station's machine: sudo loa setup --link"
        )
    })?;
    setup::write(&site, answers, &link.horns).map_err(|why| why.text())?;
    // It could do no more: the station is set.
    let _ = SetupLink::spend(&site);
    Ok(())
}

fn confirm(by: &str, handle: &Handle, account: PeerAccount) -> Result<Given, Text> {
    may_speak(account, by, OwnWord::Clock, &Site::new(handle.station_dir()))?;
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
    named_by(by, PeerAccount::own())
}

/// The name that was given, with the account that gave it: `ông Năm (hoa)`.
fn named_by(by: &str, account: PeerAccount) -> Result<String, Text> {
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
fn resolve_zones(world: &World, names: &[String]) -> Result<Vec<ZoneIx>, NotDone> {
    world.station.find_all(names).map_err(|unknown| NotDone::misnamed(unknown.text))
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
    let file = in_audio(name, station_dir)?;
    let urgent = class == Class::Emergency;
    // Any language will do here; each zone then hears its own.
    let near = if urgent { world.library.around_at_once(file) } else { world.library.around(file) };
    let shelf = SoundIndex::new(&near, &world.station);
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
            let whole = SoundIndex::new(&world.library, &world.station);
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

/// The name within `audio/`. Another file of the same name, on a stick or at home, is another sound: it is not played, and
/// neither is the station's own in its place.
fn in_audio<'a>(name: &'a str, station_dir: &Path) -> Result<&'a str, Text> {
    let path = Path::new(name);
    let within = path.parent().unwrap_or_else(|| Path::new(""));
    let is_own =
        [Path::new(""), Path::new("audio"), Path::new("./audio"), &Site::new(station_dir).audio()].contains(&within);
    let own = path.file_name().and_then(|file| file.to_str()).filter(|_| is_own);
    own.ok_or_else(|| {
        let said = shown(name);
        text!(
            "«{said}» không ở trong thư mục audio/ của đài, nên không phát: nạp trước bằng «loa load {said}», rồi gọi bằng tên của nó",
            "\"{said}\" is not in the station's audio/ and does not play: take it in with \"loa load {said}\" first, then call it by its name"
        )
    })
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
    let shelf = SoundIndex::new(&near, &snapshot.world.station);
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
