use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::zone::title;
use super::{Relay, RelayAddress, RelayElse, RelaySource};
use crate::diag::document::{KeyValue, Table, TomlValue};
use crate::diag::{Findings, nearest, shown, text};

/// The country, the province, the district, and some to spare.
const RELAYS_MOST: usize = 16;
/// An address.
const ADDRESS_MOST: usize = 2_048;
/// A program and a few words.
const WORDS_MOST: usize = 64;
const WORD_MOST: usize = 2_048;
/// Things to be heard instead.
const ELSE_MOST: usize = 8;
const KEYS: [&str; 7] = ["title", "url", "hls", "line-in", "command", "ca", "else"];
/// Of these one says where the sound comes from.
const SOURCES: [&str; 4] = ["url", "hls", "line-in", "command"];
const URL_EXAMPLE: &str = "\"https://dai.example.vn/live.mp3\"";
const HLS_EXAMPLE: &str = "\"https://dai.example.vn/live.m3u8\"";
const CA_EXAMPLE: &str = "\"dai-tinh.pem\"";
const LINE_EXAMPLE: &str = "\"default\"";
const COMMAND_EXAMPLE: &str = "[\"ffmpeg\", \"-loglevel\", \"error\", \"-re\", \"-i\", \"ĐỊA-CHỈ\", \"-ac\", \"1\", \"-ar\", \"48000\", \"-f\", \"s16le\", \"-\"]";
const ELSE_EXAMPLE: &str = "[\"nhac-cho\", { relay = \"dai-huyen\" }, \"silence\"]";

/// Check `[relays]`: those that are well, and the names of the others. A relay that is wrong is none, and what asks for it is
/// told so.
pub(super) fn relays(
    findings: &mut Findings<'_>,
    entry: &KeyValue,
) -> (BTreeMap<String, Arc<Relay>>, BTreeSet<String>) {
    let Some(table) = findings.table(entry, "[relays.dai-tinh]") else { return (BTreeMap::new(), BTreeSet::new()) };
    let mut relays = BTreeMap::new();
    let ids: Vec<&str> = table.entries.iter().map(|entry| entry.key.as_str()).collect();
    for entry in table.entries.iter().filter(|entry| !entry.broken) {
        if relays.len() == RELAYS_MOST {
            findings
                .error(
                    "bad_relay",
                    &entry.key_span,
                    text!(
                        "quá {RELAYS_MOST} đài cấp trên; từ đây trở đi bị bỏ qua",
                        "more than {RELAYS_MOST} higher stations; from here on they are left out"
                    ),
                )
                .help = Some(text!("xóa bớt đài không dùng", "delete those that nothing relays"));
            break;
        }
        if let Some(relay) = relay(findings, entry, &ids) {
            relays.insert(relay.id.clone(), Arc::new(relay));
        }
    }
    let bad = table.entries.iter().filter(|entry| !relays.contains_key(&entry.key)).map(|entry| entry.key.clone());
    let bad = bad.collect();
    (relays, bad)
}

fn relay(findings: &mut Findings<'_>, entry: &KeyValue, ids: &[&str]) -> Option<Relay> {
    let table = findings.table(entry, &format!("[relays.{}]", shown(&entry.key)))?;
    findings.unknown_keys(table, &KEYS);
    let get = |key: &str| table.get(key).filter(|entry| !entry.broken);
    let id = shown(&entry.key);
    let name = get("title").and_then(|entry| title(findings, entry)).filter(|name| !name.is_empty());
    let otherwise = get("else").map(|other| otherwise(findings, other, &entry.key, ids)).unwrap_or_default();
    let written: Vec<&KeyValue> = SOURCES.iter().filter_map(|key| table.get(key)).collect();
    let source = match written.as_slice() {
        [one] if one.broken => None,
        [one] => source(findings, one),
        [] => {
            findings
                .error(
                    "bad_relay",
                    &entry.key_span,
                    text!(
                        "đài «{id}» chưa ghi lấy tiếng từ đâu: cần một trong url, hls, line-in, command",
                        "the relay \"{id}\" does not say where its sound comes from: one of url, hls, line-in, command"
                    ),
                )
                .help = Some(text!("viết thêm: url = {URL_EXAMPLE}", "add: url = {URL_EXAMPLE}"));
            None
        }
        [_, more, ..] => {
            let key = &more.key;
            findings
                .error(
                    "bad_relay",
                    &more.key_span,
                    text!(
                        "đài «{id}» ghi hai nguồn tiếng; chỉ được một trong url, hls, line-in, command",
                        "the relay \"{id}\" has two sources; it takes one of url, hls, line-in, command"
                    ),
                )
                .help = Some(text!(
                "xóa dòng «{key}»; đài dự phòng viết thành [relays.TÊN-KHÁC] rồi ghi vào else",
                "delete the line `{key}`; a second source is a [relays.OTHER] of its own, named in `else`"
            ));
            None
        }
    }?;
    let source = match get("ca") {
        Some(ca) => certified(findings, ca, source),
        None => source,
    };
    Some(Relay { title: name.unwrap_or_else(|| entry.key.clone()), id: entry.key.clone(), source, otherwise })
}

fn source(findings: &mut Findings<'_>, entry: &KeyValue) -> Option<RelaySource> {
    match entry.key.as_str() {
        "url" => address(findings, entry, URL_EXAMPLE).map(RelaySource::Url),
        "hls" => address(findings, entry, HLS_EXAMPLE).map(RelaySource::Hls),
        "line-in" => line_in(findings, entry, "bad_relay"),
        _ => command(findings, entry, "bad_relay").map(RelaySource::Command),
    }
}

/// Of whom its server has its certificate. What is wrong there lets less through, never more.
fn certified(findings: &mut Findings<'_>, entry: &KeyValue, source: RelaySource) -> RelaySource {
    let Some(path) = findings.text(entry, CA_EXAMPLE) else { return source };
    if path.trim().is_empty() || path.len() > WORD_MOST || path.contains(char::is_control) {
        findings.error("bad_relay", &entry.node.span, text!("«ca» thiếu tên tệp", "`ca` has no file")).help =
            Some(text!("viết: ca = {CA_EXAMPLE}, hay xóa dòng này", "write: ca = {CA_EXAMPLE}, or delete the line"));
        return source;
    }
    match source {
        // Of an address of http:// it counts for what a redirection or a list leads to.
        RelaySource::Url(address) => RelaySource::Url(address.certified_by(path.into())),
        RelaySource::Hls(address) => RelaySource::Hls(address.certified_by(path.into())),
        other => {
            findings
                .error(
                    "bad_relay",
                    &entry.key_span,
                    text!(
                        "«ca» chỉ có nghĩa với một địa chỉ trên mạng (url, hls)",
                        "`ca` has a meaning only beside an address (url, hls)"
                    ),
                )
                .help = Some(text!("xóa dòng «ca»", "delete the line `ca`"));
            other
        }
    }
}

/// A capture device by its name; what is wrong is told under this code.
pub(super) fn line_in(findings: &mut Findings<'_>, entry: &KeyValue, code: &'static str) -> Option<RelaySource> {
    let device = findings.text(entry, LINE_EXAMPLE)?;
    let is_good = !device.trim().is_empty() && device.len() <= WORD_MOST && !device.contains(char::is_control);
    if !is_good {
        findings.error(code, &entry.node.span, text!("thiếu tên ngõ vào", "the input has no name")).help =
            Some(text!("viết: line-in = {LINE_EXAMPLE}", "write: line-in = {LINE_EXAMPLE}"));
    }
    is_good.then_some(RelaySource::LineIn(device))
}

/// `http://` or `https://`, a host, and no blank.
fn address(findings: &mut Findings<'_>, entry: &KeyValue, example: &str) -> Option<RelayAddress> {
    let written = findings.text(entry, example)?;
    let key = &entry.key;
    let lower = written.trim().to_ascii_lowercase();
    let rest = ["http://", "https://"].iter().find_map(|scheme| lower.strip_prefix(scheme));
    let host = rest.unwrap_or_default().split(['/', '?', '#']).next().unwrap_or_default();
    // The address itself may have a password in it: it is not repeated.
    if rest.is_some() && written.contains(|sign: char| sign.is_whitespace() || sign.is_control()) {
        findings
            .error("bad_relay", &entry.node.span, text!("địa chỉ có khoảng trắng", "the address has a blank in it"))
            .help =
            Some(text!("xóa khoảng trắng, hay viết %20 thay nó", "delete the blank, or write %20 in its place"));
        return None;
    }
    let is_good = host.rsplit('@').next().is_some_and(|host| !host.is_empty()) && written.len() <= ADDRESS_MOST;
    if !is_good {
        findings
            .error(
                "bad_relay",
                &entry.node.span,
                text!(
                    "«{key}» phải là một địa chỉ bắt đầu bằng http:// hoặc https://",
                    "`{key}` takes an address that begins with http:// or https://"
                ),
            )
            .help = Some(text!("viết: {key} = {example}", "write: {key} = {example}"));
        return None;
    }
    let path = lower.split(['?', '#']).next().unwrap_or_default();
    let ends = |ending: &str| path.ends_with(ending);
    if key == "url" && ends(".m3u8") {
        findings
            .error(
                "bad_relay",
                &entry.key_span,
                text!("địa chỉ .m3u8 là HLS, không phải luồng liền", "an address of .m3u8 is HLS, not one stream"),
            )
            .help = Some(text!("đổi «url» thành «hls»", "write `hls` in place of `url`"));
        return None;
    }
    if key == "url" && (ends(".asx") || ends(".xspf")) {
        findings
            .error(
                "bad_relay",
                &entry.node.span,
                text!(
                    "đây là địa chỉ một danh sách loa không đọc được, không phải của luồng tiếng",
                    "this is the address of a list that loa does not read, not of the stream itself"
                ),
            )
            .help = Some(text!(
            "mở tệp ấy bằng trình soạn thảo và chép địa chỉ bên trong vào đây",
            "open that file in an editor and write the address that is in it"
        ));
        return None;
    }
    Some(RelayAddress::new(written))
}

/// A program and its words; what is wrong is told under this code.
pub(super) fn command(findings: &mut Findings<'_>, entry: &KeyValue, code: &'static str) -> Option<Vec<String>> {
    let TomlValue::List(items) = &entry.node.value else {
        let wanted = text!("một danh sách chữ", "a list of words");
        findings.wrong_type(&entry.key, &entry.node, &wanted, COMMAND_EXAMPLE);
        return None;
    };
    let mut words = Vec::new();
    for item in items.iter().take(WORDS_MOST + 1) {
        words.push(findings.text_node(&entry.key, item, COMMAND_EXAMPLE)?);
    }
    let is_good = words.first().is_some_and(|program| !program.trim().is_empty())
        && words.len() <= WORDS_MOST
        && words.iter().all(|word| word.len() <= WORD_MOST);
    if !is_good {
        findings
            .error(
                code,
                &entry.node.span,
                text!(
                    "lệnh phải là tên chương trình và vài từ, nhiều nhất {WORDS_MOST} từ",
                    "the command is a program and some words, {WORDS_MOST} at most"
                ),
            )
            .help = Some(text!("viết: command = {COMMAND_EXAMPLE}", "write: command = {COMMAND_EXAMPLE}"));
    }
    is_good.then_some(words)
}

/// What is heard instead. What is wrong of it is left out, and told.
fn otherwise(findings: &mut Findings<'_>, entry: &KeyValue, own: &str, ids: &[&str]) -> Vec<RelayElse> {
    let mut all = Vec::new();
    if entry.node.items().len() > ELSE_MOST {
        let message = text!("nhiều nhất {ELSE_MOST} thứ phát thay", "{ELSE_MOST} things at most are heard instead");
        findings.error("bad_relay", &entry.node.span, message).help =
            Some(text!("viết: else = {ELSE_EXAMPLE}", "write: else = {ELSE_EXAMPLE}"));
    }
    for node in entry.node.items().iter().take(ELSE_MOST) {
        let Some(table) = node.table() else {
            if let Some(written) = findings.text_node(&entry.key, node, ELSE_EXAMPLE) {
                all.push(RelayElse::of_word(&written));
            }
            continue;
        };
        if let Some(id) = other_relay(findings, table, node, own, ids) {
            all.push(RelayElse::Relay(id));
        }
    }
    all
}

fn other_relay(
    findings: &mut Findings<'_>,
    table: &Table,
    node: &crate::diag::document::Node,
    own: &str,
    ids: &[&str],
) -> Option<String> {
    findings.unknown_keys(table, &["relay"]);
    let Some(entry) = table.get("relay") else {
        let message = text!("ở đây thiếu «relay»", "`relay` is missing here");
        findings.error("missing_key", &node.span, message).help =
            Some(text!("viết: else = {ELSE_EXAMPLE}", "write: else = {ELSE_EXAMPLE}"));
        return None;
    };
    let id = findings.text(entry, "\"dai-huyen\"")?;
    let name = shown(&id);
    if id == own {
        let message = text!("đài «{name}» không thể thay cho chính nó", "\"{name}\" cannot stand in for itself");
        findings.error("bad_relay", &entry.node.span, message).help =
            Some(text!("ghi một đài khác, hoặc \"silence\"", "name another relay, or \"silence\""));
        return None;
    }
    if !ids.contains(&id.as_str()) {
        let message = text!("không có đài «{name}» trong [relays]", "[relays] has no \"{name}\"");
        findings.error("unknown_relay", &entry.node.span, message).help =
            Some(near(&id, ids.iter().copied().filter(|id| *id != own)));
        return None;
    }
    Some(id)
}

/// What to do about a relay that is not there.
pub(crate) fn near<'i>(id: &str, ids: impl Iterator<Item = &'i str> + Clone) -> crate::diag::Text {
    match nearest(id, ids.clone()).or_else(|| ids.clone().next().filter(|_| ids.count() == 1)) {
        Some(near) => {
            let near = shown(near);
            text!("có phải là «{near}»?", "is it \"{near}\"?")
        }
        None => text!(
            "thêm vào loa.toml: [relays.TÊN] với url = {URL_EXAMPLE}",
            "add to loa.toml: [relays.NAME] with url = {URL_EXAMPLE}"
        ),
    }
}
