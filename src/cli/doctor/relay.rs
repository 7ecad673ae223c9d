use std::collections::BTreeSet;

use super::Look;
use crate::checkup::Finding;
use crate::clock::Clock;
use crate::diag::{Text, shown, text};
use crate::relay;
use crate::schedule::{Play, Schedule};
use crate::site::Site;
use crate::station::Station;

/// The higher stations that schedules relay: whether each can be heard now.
pub(super) fn look(site: &Site, station: &Station, schedule: &Schedule, clock: &dyn Clock) -> Option<Look> {
    let plays = schedule.broadcasts.iter().flat_map(|broadcast| &broadcast.play);
    let ids = plays.filter_map(|play| match play {
        Play::Relay(relay, _) => Some(relay.id.as_str()),
        _ => None,
    });
    let ids: BTreeSet<&str> = ids.collect();
    if ids.is_empty() {
        return None;
    }
    let mut findings = Vec::new();
    for relay in ids.iter().filter_map(|id| station.relay(id)) {
        if let Err(Text { vi, en }) = relay::probe(site, &relay.id, clock) {
            let title = &relay.title;
            findings.push(Finding::warning(
                "relay_silent",
                text!("{title} lúc này không có tiếng: {vi}", "{title} has no sound now: {en}"),
                text!(
                    "nếu đài đang phát thì sửa trước giờ tiếp sóng; đến giờ mà vẫn vậy thì loa phát những thứ ghi ở else",
                    "if it is on the air, mend this before it is due; otherwise what stands in `else` is heard"
                ),
            ));
        }
    }
    let (count, silent) = (ids.len(), findings.len());
    let seen = text!("{count} đài, {silent} không có tiếng", "{count} relayed, {silent} without sound");
    Some(Look::new(text!("Tiếp sóng", "Relays"), seen, findings))
}

/// The microphones that listen to the horns: whether sound comes of each now. While something sounds the daemon listens to
/// them itself, and says what it finds.
pub(super) fn microphones(site: &Site, station: &Station, is_playing: bool, clock: &dyn Clock) -> Option<Look> {
    if station.proof.is_empty() {
        return None;
    }
    let what = text!("Micro nghe lại", "Listening microphones");
    if is_playing {
        return Some(Look::new(what, text!("đang phát", "playing now"), Vec::new()));
    }
    let mut findings = Vec::new();
    for input in &station.proof {
        if let Err(Text { vi, en }) = relay::probe(site, &input.asked(), clock) {
            let title = shown(&input.source.title);
            findings.push(Finding::warning(
                "proof_silent",
                text!("micro «{title}» không đưa tiếng về: {vi}", "the microphone \"{title}\" gives no sound: {en}"),
                text!(
                    "sửa lệnh hay line-in của nó trong [proof] của loa.toml, hay dây của nó",
                    "mend its command or line-in in [proof] of loa.toml, or its wire"
                ),
            ));
        }
    }
    let (count, silent) = (station.proof.len(), findings.len());
    let seen = text!("{count} micro, {silent} không có tiếng", "{count} in all, {silent} without sound");
    Some(Look::new(what, seen, findings))
}
