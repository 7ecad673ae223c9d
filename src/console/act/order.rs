use std::collections::BTreeSet;

use super::{Undone, keep_done};
use crate::alarm::after_stop;
use crate::app::App;
use crate::checkup::alarms::of_an_alarm;
use crate::daemon::protocol::Command;
use crate::daemon::receipt::Receipt;
use crate::diag::{Text, shown, text};
use crate::people::DoneByToken;
use crate::receipts::Again;
use crate::role::Right;
use crate::schedule::{Class, Play};
use crate::station::{Scope, Station};
use crate::who::Who;

/// The zones that an order is for: those that were named, where he may; none named: all where he may. Empty is the
/// daemon's word for every zone, and is said only for a person of every zone.
pub(crate) fn zones_of(who: &Who, right: Right, station: &Station, named: Vec<String>) -> Result<Vec<String>, Undone> {
    let person = who.person();
    // One that is written twice is one.
    let mut known: BTreeSet<String> = BTreeSet::new();
    let named: Vec<String> = named.into_iter().filter(|id| known.insert(id.clone())).collect();
    let zone = |id: &String| station.zones.iter().find(|zone| zone.id == *id);
    if let Some(unknown) = named.iter().find(|id| zone(id).is_none()) {
        let (name, known) = (shown(unknown), who.zones(right, station));
        let known = known.iter().map(|zone| zone.id.as_str()).collect::<Vec<_>>().join(", ");
        return Err(Undone::Wrong(text!(
            "đài không có cụm loa «{name}»; tài khoản này ra lệnh được cho: {known}",
            "the station has no zone \"{name}\"; this account gives orders to: {known}"
        )));
    }
    if let Some(other) = named.iter().filter_map(zone).find(|zone| !person.may_in(right, &zone.id)) {
        let title = &other.title;
        return Err(Undone::NotAllowed(text!(
            "tài khoản này không ra lệnh được cho loa «{title}»; xin nhờ người quản trị nếu cần",
            "this account gives no orders to \"{title}\"; ask the administrator if it is needed"
        )));
    }
    if !named.is_empty() {
        return Ok(named);
    }
    if person.zones.is_empty() {
        return Ok(Vec::new());
    }
    let own: Vec<String> = who.zones(right, station).into_iter().map(|zone| zone.id.clone()).collect();
    if own.is_empty() {
        return Err(Undone::NotAllowed(text!(
            "tài khoản này không có cụm loa nào ở đài; xin nhờ người quản trị xem lại",
            "this account has no zone at this station; ask the administrator to look at it"
        )));
    }
    Ok(own)
}

/// Play a sound now, in its turn and within the hours. The sound of an alarm is asked about first: said so it comes late,
/// within the hours, without the tone, and people run.
pub(crate) async fn say(
    app: &App,
    who: &Who,
    (name, is_sure): (&str, bool),
    named: Vec<String>,
) -> Result<Receipt, Undone> {
    if named.is_empty() {
        return Err(Undone::Wrong(text!("Xin chọn ít nhất một cụm loa.", "Choose at least one zone.")));
    }
    let station = app.station();
    let zones = zones_of(who, Right::Say, &station, named)?;
    if let Some(sound) = of_an_alarm(&station, name).filter(|_| !is_sure) {
        let (Text { vi, en }, name) = (sound.role.title(), shown(name));
        return Err(Undone::Asks(text!(
            "«{name}» là bản ghi dùng khi khẩn cấp hoặc diễn tập: {vi}. Phát ở đây thì không có tiếng báo hiệu, phải đợi lượt và chỉ trong giờ được phép. Có việc thật thì dùng Báo khẩn cấp.",
            "\"{name}\" is recorded for an emergency or a drill: {en}. Said here it has no tone before it, waits for its turn, and keeps the hours. For a real one use Emergency."
        )));
    }
    let command = Command::Say { name: name.to_owned(), zones, by: who.person().name.clone(), wait: true };
    given(app, who, &command).await
}

/// Give the order, and keep by which token, where a program gives it.
async fn given(app: &App, who: &Who, command: &Command) -> Result<Receipt, Undone> {
    let receipt = app.door().order(command).await.map_err(Undone::Station)?;
    // What came to nothing has no rows that it could be kept with.
    if !receipt.is_for_nothing() {
        keep_done(app, who, DoneByToken::Order, &receipt.order);
    }
    Ok(receipt)
}

/// Silence now. No zone named: every zone of his; of `orders` only, where there are some. Beside the receipt, what can be heard
/// again.
pub(crate) async fn stop(
    app: &App,
    who: &Who,
    named: Vec<String>,
    orders: Vec<String>,
) -> Result<(Receipt, Vec<Again>), Undone> {
    let zones = zones_of(who, Right::Stop, &app.station(), named)?;
    let before = app.door().status();
    let command = Command::Stop { zones, by: who.person().name.clone(), orders, wait: true };
    let receipt = given(app, who, &command).await?;
    if receipt.is_for_nothing() {
        let (vi, en): (Vec<_>, Vec<_>) =
            receipt.left.iter().map(|left| (&*left.why.words.vi, &*left.why.words.en)).unzip();
        let (vi, en) = (vi.join("; "), en.join("; "));
        return Err(Undone::Gone(text!("chưa dừng gì: {vi}", "nothing was stopped: {en}")));
    }
    after_stop(app, &receipt).await;
    let look = app.look().await;
    let mut again: Vec<Again> = Vec::new();
    for zone in receipt.zones.iter().filter(|zone| !zone.ended.is_empty()) {
        let status = before.iter().flat_map(|status| &status.zones).find(|known| known.zone == zone.zone);
        let Some(playing) = status.and_then(|status| status.playing.as_ref()) else { continue };
        // What was an alarm is none when it is said again: it has a page of its own.
        if playing.class == Class::Emergency || of_an_alarm(&look.world.station, &playing.broadcast).is_some() {
            continue;
        }
        let broadcast = look.world.schedule.broadcasts.iter().find(|known| known.id == playing.broadcast);
        let sounds: Vec<&str> = broadcast.iter().flat_map(|known| &known.play).filter_map(named_by).collect();
        let name = match (broadcast, &sounds[..]) {
            (Some(_), [one]) => (*one).to_owned(),
            // Said by hand, it goes by its sound.
            (None, _) => playing.broadcast.clone(),
            _ => continue,
        };
        match again.iter_mut().find(|known| known.name == name) {
            Some(known) => known.zones.push(zone.zone.clone()),
            None => again.push(Again { name, title: playing.title.clone(), zones: vec![zone.zone.clone()] }),
        }
    }
    Ok((receipt, again))
}

/// Play a sound at once, over anything, at any hour.
pub(crate) async fn alert(
    app: &App,
    who: &Who,
    (name, why, times): (&str, &str, u32),
    named: Vec<String>,
) -> Result<Receipt, Undone> {
    if named.is_empty() {
        return Err(Undone::Wrong(text!("Xin chọn ít nhất một cụm loa.", "Choose at least one zone.")));
    }
    let station = app.station();
    let zones = zones_of(who, Right::Alert, &station, named)?;
    // Where it takes another person, there is a page on which another person agrees.
    if scope(who, &station, &zones.iter().map(String::as_str).collect::<Vec<_>>()) != Scope::Alone {
        return Err(Undone::NotAllowed(text!(
            "báo động ở từng ấy cụm loa cần thêm một người đồng ý: xin dùng trang /emergency, hoặc chọn ít cụm loa hơn",
            "an alarm in this many zones takes another person who agrees: use the page /emergency, or name fewer zones"
        )));
    }
    let (by, name, why) = (who.person().name.clone(), name.to_owned(), why.to_owned());
    let command = Command::Alert { name, zones, by, why, times, wait: true, tone: false, insists: false };
    given(app, who, &command).await
}

/// How many persons an alarm in these zones takes, of this one.
pub(crate) fn scope(who: &Who, station: &Station, zones: &[&str]) -> Scope {
    let bound = &who.person().zones;
    let is_own = !bound.is_empty() && zones.iter().all(|zone| bound.iter().any(|own| own == zone));
    station.emergency.scope(zones.len(), is_own)
}

const fn named_by(play: &Play) -> Option<&str> {
    match play {
        Play::Sound(name) | Play::Music(name) => Some(name.as_str()),
        Play::Chime(_) | Play::Pause(_) | Play::Relay(..) => None,
    }
}
