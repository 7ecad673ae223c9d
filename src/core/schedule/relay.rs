use std::sync::Arc;
use std::time::Duration;

use super::{Play, word};
use crate::diag::document::{Node, Table};
use crate::diag::{Findings, shown, text};
use crate::station::{Station, near_relay};

/// The longest session that a province asks for is an hour; whoever relays for longer than this wants a radio.
const LONGEST: Duration = Duration::from_hours(4);
/// Less is no programme: the connection alone takes some seconds.
const SHORTEST: Duration = Duration::from_secs(5);
const EXAMPLE: &str = "\"30m\"";

/// `{ relay = "dai-tinh", for = "30m" }`: a higher station, and the length that is booked for it.
pub(super) fn relayed(findings: &mut Findings<'_>, node: &Node, table: &Table, station: &Station) -> Option<Play> {
    for key in ["file", "kind"] {
        if let Some(entry) = table.get(key) {
            findings
                .error(
                    "bad_relay",
                    &entry.key_span,
                    text!(
                        "một nội dung hoặc là tệp, hoặc là tiếp sóng: «{key}» không đi cùng «relay»",
                        "an item is a file or a relay: `{key}` does not go with `relay`"
                    ),
                )
                .help = Some(text!("tách thành hai nội dung trong play", "make two items of it in play"));
            return None;
        }
    }
    let mut missing = |key: &str, example: &str| {
        let message = text!("nội dung này thiếu «{key}»", "this item has no `{key}`");
        findings.error("missing_key", &node.span, message).help = Some(text!(
            "viết thêm: {key} = {example}, như {{ relay = \"dai-tinh\", for = \"30m\" }}",
            "add: {key} = {example}, as in {{ relay = \"dai-tinh\", for = \"30m\" }}"
        ));
    };
    let Some(named) = table.get("relay") else {
        missing("relay", "\"dai-tinh\"");
        return None;
    };
    let Some(booked) = table.get("for") else {
        missing("for", EXAMPLE);
        return None;
    };
    let written = findings.text(booked, EXAMPLE);
    let length =
        written.and_then(|written| findings.word(&booked.node, word::length_within(&written, [SHORTEST, LONGEST])));
    let id = findings.text(named, "\"dai-tinh\"")?;
    let relay = station.relay(&id);
    let name = shown(&id);
    if relay.is_none() && station.bad_relays.contains(&id) {
        let message = text!(
            "đài «{name}» trong [relays] của loa.toml viết sai nên chưa dùng được",
            "\"{name}\" in [relays] of loa.toml is written wrongly, and cannot be used"
        );
        findings.error("bad_relay", &named.node.span, message).help = Some(text!(
            "sửa [relays.{name}] trong loa.toml trước; lỗi của nó được báo ở đó",
            "mend [relays.{name}] in loa.toml first; what is wrong with it is told there"
        ));
    } else if relay.is_none() {
        let message = text!("loa.toml không có đài «{name}» trong [relays]", "[relays] of loa.toml has no \"{name}\"");
        findings.error("unknown_relay", &named.node.span, message).help =
            Some(near_relay(&id, station.relays.keys().chain(&station.bad_relays).map(String::as_str)));
    }
    let length = length?;
    Some(Play::Relay(Arc::clone(relay?), length))
}
