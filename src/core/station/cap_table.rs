use std::path::PathBuf;
use std::time::Duration;

use super::cap_place::{AREAS_EXAMPLE, AT_EXAMPLE, place, words};
use super::cap_rule::rules;
use super::zone::{title, zone_id};
use super::{CapKeySource, CapSender, CapSettings, CapSource, Emergency};
use crate::diag::document::{KeyValue, Table, TomlValue, length, length_within};
use crate::diag::{Findings, shown, text};

const KEYS: [&str; 7] = ["feeds", "every", "ca", "senders", "rules", "at", "areas"];
const SENDER_KEYS: [&str; 4] = ["title", "sender", "key", "not_after"];

/// A province, a region and the country, each by two ways, and two directories.
const FEEDS_MOST: usize = 8;
/// Those who may warn a commune.
const SENDERS_MOST: usize = 16;
/// An address.
const ADDRESS_MOST: usize = 500;
/// A public key of 8,192 bits in PEM is under this.
const KEY_MOST: usize = 4_096;
/// Asked more often than this, a feed is a burden to whoever has it; more seldom, an alarm comes too late.
const EVERY: [Duration; 2] = [Duration::from_secs(10), Duration::from_hours(1)];
const FEEDS_EXAMPLE: &str = "[\"https://canhbao.example.vn/cap/atom.xml\", \"cap\"]";

/// Check `[cap]`. What is wrong in it lets less sound by itself, never more.
pub(super) fn cap(findings: &mut Findings<'_>, table: &Table, emergency: &Emergency) -> CapSettings {
    findings.unknown_keys(table, &KEYS);
    let get = |key: &str| table.get(key).filter(|entry| !entry.broken);
    let mut all = CapSettings { place: place(findings, table), ..CapSettings::default() };
    if let Some(entry) = get("feeds") {
        all.feeds = feeds(findings, entry);
    }
    if let Some(entry) = get("every") {
        all.every = every(findings, entry).unwrap_or(all.every);
    }
    if let Some(entry) = get("ca") {
        let named = findings.text(entry, "\"ca.pem\"").filter(|path| !path.is_empty());
        all.ca = named.map(PathBuf::from);
    }
    if let Some(entry) = get("senders") {
        all.senders = senders(findings, entry);
    }
    if let Some(entry) = get("rules") {
        all.rules = rules(findings, entry, &all.senders, emergency);
    }
    let span = table.entries.first().map(|entry| entry.key_span.clone()).unwrap_or_default();
    for (key, is_missing, example) in [
        ("feeds", table.get("feeds").is_none(), format!("feeds = {FEEDS_EXAMPLE}")),
        ("senders", table.get("senders").is_none(), "[cap.senders.dai-khi-tuong]".to_owned()),
    ] {
        if is_missing {
            findings
                .error(
                    "missing_key",
                    &span,
                    text!(
                        "[cap] thiếu «{key}»: chưa nhận báo động nào từ ngoài",
                        "[cap] has no `{key}`: no alarm from outside is taken"
                    ),
                )
                .help = Some(text!("viết thêm: {example}", "add: {example}"));
        }
    }
    all
}

/// Zones that no alarm can find are told: an alarm for the commune would not be heard there.
pub(super) fn tell_unplaced(findings: &mut Findings<'_>, written: &KeyValue, station: &super::Station) {
    let is_lost = |zone: &&super::Zone| {
        let place = station.place_of(zone);
        place.at.is_none() && place.areas.is_empty()
    };
    let lost: Vec<String> = station.zones.iter().filter(is_lost).map(|zone| shown(&zone.id)).collect();
    if !station.cap.is_written() || lost.is_empty() {
        return;
    }
    let lost = crate::diag::figure::joined(lost.iter().map(String::as_str));
    findings
        .warning(
            "cap_unplaced",
            &written.key_span,
            text!(
                "không biết các cụm này ở đâu: {lost}; báo động từ ngoài không bao giờ tự phát ở đó",
                "nobody knows where these zones are: {lost}; no alarm from outside sounds there by itself"
            ),
        )
        .help = Some(text!(
        "ghi trong [cap], cho mọi cụm: at = {AT_EXAMPLE} và areas = {AREAS_EXAMPLE}; cụm ở nơi khác thì ghi ở [zones.…]",
        "write in [cap], for every zone: at = {AT_EXAMPLE} and areas = {AREAS_EXAMPLE}; for a zone somewhere else in [zones.…]"
    ));
}

fn feeds(findings: &mut Findings<'_>, entry: &KeyValue) -> Vec<CapSource> {
    let mut feeds: Vec<CapSource> = Vec::new();
    for node in entry.node.items() {
        let Some(written) = findings.text_node("feeds", node, FEEDS_EXAMPLE) else { continue };
        let source = match written.split_once("://") {
            Some(("http" | "https", rest)) if is_address(rest) && written.len() <= ADDRESS_MOST => {
                Some(CapSource::Address(written.clone()))
            }
            Some(_) => None,
            None if written.trim().is_empty() || written.contains(char::is_control) => None,
            None => Some(CapSource::Directory(PathBuf::from(written.trim()))),
        };
        match source {
            Some(source) if feeds.len() < FEEDS_MOST && !feeds.contains(&source) => feeds.push(source),
            _ => {
                let written = shown(&written);
                findings
                    .error(
                        "bad_feed",
                        &node.span,
                        text!(
                            "«{written}» không phải địa chỉ http(s) hay thư mục, hoặc ghi hai lần, hoặc quá {FEEDS_MOST} nguồn; nguồn này bị bỏ qua",
                            "\"{written}\" is no http(s) address and no directory, or stands there twice, or is one of more than {FEEDS_MOST}; it is left out"
                        ),
                    )
                    .help = Some(text!("viết: feeds = {FEEDS_EXAMPLE}", "write: feeds = {FEEDS_EXAMPLE}"));
            }
        }
    }
    feeds
}

/// `host[:port][/path]`, without a user and a secret.
fn is_address(rest: &str) -> bool {
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let is_plain = |c: char| c.is_ascii_graphic() && !matches!(c, '"' | '<' | '>' | '\\');
    !host.is_empty() && !host.contains('@') && rest.chars().all(is_plain)
}

fn every(findings: &mut Findings<'_>, entry: &KeyValue) -> Option<Duration> {
    let written = findings.text(entry, "\"1m\"")?;
    match length_within(&written, EVERY, "m") {
        Ok(every) => Some(every),
        Err(bad) => {
            // A length, and too short a one.
            let code = if length(&written, EVERY[1], "m").is_ok() { "out_of_range" } else { "bad_length" };
            findings.error(code, &entry.node.span, bad.message).help = Some(bad.help);
            None
        }
    }
}

fn senders(findings: &mut Findings<'_>, entry: &KeyValue) -> Vec<CapSender> {
    let Some(table) = findings.table(entry, "[cap.senders.dai-khi-tuong]") else { return Vec::new() };
    let mut all: Vec<CapSender> = Vec::new();
    for entry in table.entries.iter().filter(|entry| !entry.broken) {
        if all.len() == SENDERS_MOST {
            findings
                .error(
                    "too_many_senders",
                    &entry.key_span,
                    text!(
                        "quá {SENDERS_MOST} nơi gửi; từ đây bị bỏ qua",
                        "more than {SENDERS_MOST} senders; from here on they are left out"
                    ),
                )
                .help = Some(text!("giữ lại những nơi thật sự báo động cho xã", "keep those who do warn this commune"));
            break;
        }
        all.extend(sender(findings, entry));
    }
    all
}

/// One whose key or end cannot be read does not count.
fn sender(findings: &mut Findings<'_>, entry: &KeyValue) -> Option<CapSender> {
    let id = zone_id(findings, entry)?;
    let named = shown(&id);
    let table = findings.table(entry, &format!("[cap.senders.{named}]"))?;
    findings.unknown_keys(table, &SENDER_KEYS);
    let is_whole = !table.entries.iter().any(|entry| entry.broken);
    let mut needed = |key: &str, example: &str| {
        let found = table.get(key);
        if found.is_none() {
            findings
                .error(
                    "missing_key",
                    &entry.key_span,
                    text!(
                        "nơi gửi «{named}» thiếu «{key}» nên không được tin",
                        "the sender \"{named}\" has no `{key}`, and does not count"
                    ),
                )
                .help = Some(text!("viết thêm: {key} = {example}", "add: {key} = {example}"));
        }
        found
    };
    let (names, key) = (needed("sender", "\"canhbao@example.vn\""), needed("key", "\"cap/khi-tuong.pem\""));
    let (names, key) = (names?, key?);
    let (names, is_read) = words(findings, names, "\"canhbao@example.vn\"");
    let key = self::key(findings, key)?;
    let not_after = match table.get("not_after") {
        None => None,
        Some(entry) => {
            let TomlValue::Date(day) = &entry.node.value else {
                let wanted = text!("một ngày", "a date");
                findings.wrong_type(&entry.key, &entry.node, &wanted, "2027-12-31");
                return None;
            };
            Some(*day)
        }
    };
    let title = table.get("title").and_then(|entry| title(findings, entry)).unwrap_or_else(|| id.clone());
    (is_whole && is_read && !names.is_empty()).then_some(CapSender { id, title, names, key, not_after })
}

fn key(findings: &mut Findings<'_>, entry: &KeyValue) -> Option<CapKeySource> {
    let TomlValue::Text(written) = &entry.node.value else {
        let wanted = text!("tên tệp, hoặc khóa dạng PEM", "the name of a file, or a key in PEM");
        findings.wrong_type(&entry.key, &entry.node, &wanted, "\"cap/khi-tuong.pem\"");
        return None;
    };
    if !written.contains("-----BEGIN") {
        let is_name = !written.trim().is_empty() && !written.contains(char::is_control);
        if is_name {
            return Some(CapKeySource::File(PathBuf::from(written.trim())));
        }
    } else if written.contains("-----BEGIN PUBLIC KEY-----") && written.len() <= KEY_MOST {
        return Some(CapKeySource::Written(written.clone()));
    }
    findings
        .error(
            "bad_public_key",
            &entry.node.span,
            text!(
                "đây không phải tên tệp, cũng không phải khóa công khai dạng PEM",
                "this is no name of a file, and no public key in PEM"
            ),
        )
        .help = Some(text!(
        "lấy khóa ra bằng: openssl x509 -pubkey -noout -in chung-thu.pem > khoa.pem, rồi viết: key = \"khoa.pem\"",
        "take the key out by: openssl x509 -pubkey -noout -in certificate.pem > key.pem, and write: key = \"key.pem\""
    ));
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::SourceFile;
    use crate::station::{CapAct, CapPlace, CapSeverity, check};

    const KEY: &str = "-----BEGIN PUBLIC KEY-----\\nMFkw\\n-----END PUBLIC KEY-----";

    fn read(written: &str) -> (crate::station::Station, Vec<&'static str>) {
        let text = format!("[zones.thon-1]\n{written}");
        let (station, found) = check(&SourceFile { path: "loa.toml".to_owned(), text });
        (station, found.into_iter().map(|one| one.code).collect())
    }

    fn whole(more: &str) -> String {
        format!(
            "at = [11.94, 108.44]\nareas = \"GSO=24778\"\n[cap]\nfeeds = [\"https://a.example.vn/cap.xml\", \"cap\"]\nevery = \"30s\"\nareas = [\"xã Đông Giang\"]\n\
             [cap.senders.kttv]\nsender = \"kttv@example.vn\"\nkey = \"{KEY}\"\nnot_after = 2027-12-31\n{more}"
        )
    }

    #[test]
    fn every_key_of_cap_is_read() {
        let rule = "[[cap.rules]]\nevent = [\"lũ\", \"flood\"]\nseverity = [\"Extreme\", \"severe\"]\nurgency = \"immediate\"\ncertainty = [\"observed\"]\nfrom = \"kttv\"\ndo = \"sound\"\npreset = \"lu\"\n";
        let (station, found) = read(&whole(rule));
        assert!(found.is_empty(), "{found:?}");
        let cap = &station.cap;
        assert_eq!((cap.feeds.len(), cap.every, cap.is_written()), (2, Duration::from_secs(30), true));
        let sender = cap.sender("kttv").unwrap();
        assert_eq!(
            (sender.names.as_slice(), sender.not_after),
            (&["kttv@example.vn".to_owned()][..], Some(jiff::civil::date(2027, 12, 31)))
        );
        let [rule] = cap.rules.as_slice() else { panic!("{:?}", cap.rules) };
        assert_eq!(
            (rule.act, rule.severity.as_slice()),
            (CapAct::Sound, &[CapSeverity::Extreme, CapSeverity::Severe][..])
        );
        let place = station.place_of(&station.zones[0]);
        assert_eq!(
            place,
            CapPlace { at: Some((11.94, 108.44)), areas: vec!["GSO=24778".to_owned(), "xã Đông Giang".to_owned()] }
        );
    }

    #[test]
    fn a_rule_of_which_something_cannot_be_read_never_sounds_by_itself() {
        for (rule, code) in [
            ("do = \"sound\"", "missing_key"),
            ("do = \"sound\"\npreset = \"vo-dap\"", "unknown_preset"),
            ("severity = [\"extrem\"]\ndo = \"sound\"\npreset = \"lu\"", "unknown_value"),
            ("severity = []\ndo = \"sound\"\npreset = \"lu\"", ""),
            ("event = 3\ndo = \"sound\"\npreset = \"lu\"", "wrong_type"),
            ("from = \"ai-do\"\ndo = \"sound\"\npreset = \"lu\"", "unknown_sender"),
            ("severty = \"extreme\"\ndo = \"sound\"\npreset = \"lu\"", "unknown_key"),
            ("preset = \"lu\"", "missing_key"),
            ("do = \"boom\"\npreset = \"lu\"", "unknown_value"),
        ] {
            let (station, found) = read(&whole(&format!("[[cap.rules]]\n{rule}\n")));
            assert_eq!(found.first().copied().unwrap_or_default(), code, "{rule}: {found:?}");
            assert!(station.cap.rules.iter().all(|rule| rule.act < CapAct::Sound), "{rule}: {:?}", station.cap.rules);
        }
    }

    #[test]
    fn a_sender_that_cannot_be_read_does_not_count_and_a_zone_nowhere_is_told() {
        for (sender, code) in [
            ("sender = \"a@b.vn\"", "missing_key"),
            ("key = \"a.pem\"", "missing_key"),
            ("sender = \"a@b.vn\"\nkey = \"a.pem\"\nnot_after = \"hết năm\"", "wrong_type"),
            ("sender = \"a@b.vn\"\nkey = \"-----BEGIN CERTIFICATE-----\"", "bad_public_key"),
            ("sender = \"a@b.vn\"\nkey = 3", "wrong_type"),
        ] {
            let (station, found) = read(&format!("[cap]\nfeeds = [\"cap\"]\n[cap.senders.x]\n{sender}\n"));
            assert_eq!((found.first(), station.cap.is_written()), (Some(&code), false), "{sender}: {found:?}");
        }
        let (_, found) = read("[cap]\nfeeds = [\"cap\"]\n[cap.senders.x]\nsender = \"a@b.vn\"\nkey = \"a.pem\"\n");
        assert_eq!(found, ["cap_unplaced"]);
        for (written, code) in [
            ("[cap]\nfeeds = [\"ftp://x\"]\n", "bad_feed"),
            ("[cap]\nfeeds = [\"https://user:secret@x/\"]\n", "bad_feed"),
            ("[cap]\nfeeds = [\"cap\"]\nevery = \"1s\"\n", "out_of_range"),
            ("at = [108.44, 11.94]\n", "bad_point"),
            ("at = \"11.94, 108.44\"\n", "bad_point"),
        ] {
            assert!(read(written).1.contains(&code), "{written}");
        }
    }
}
