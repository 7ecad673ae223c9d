use std::collections::BTreeSet;

use super::Look;
use crate::checkup::Finding;
use crate::clock::Clock;
use crate::diag::{Text, text};
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
