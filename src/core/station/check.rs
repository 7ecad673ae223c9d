use std::net::SocketAddr;
use std::path::PathBuf;

use jiff::tz::TimeZone;

use super::alarm::emergency;
use super::cap_table::{cap, tell_unplaced};
use super::group::groups;
use super::kept::kept;
use super::letterhead::letterhead;
use super::link_table::link;
use super::misplaced::wants_approval;
use super::model::DEFAULT_TIMEZONE;
use super::proof_table::proof;
use super::relay_table::relays;
use super::zone::{title, zone};
use super::{Approval, CertificateFiles, Channel, Letterhead, Station, Trust, Zone, bundle, power, speech};
use crate::diag::document::{Choice, KeyValue, Meaning, Table, meant, parse};
use crate::diag::{Diagnostic, Findings, Lang, SourceFile, fold, nearest, shown, text};

const KEYS: [&str; 21] = [
    "name",
    "timezone",
    "language",
    "approval",
    "station",
    "zones",
    "groups",
    "clock",
    "console",
    "speech",
    "report",
    "emergency",
    "bundle",
    "courier",
    "link",
    "cap",
    "fleet",
    "relays",
    "kept",
    "talk",
    "proof",
];
/// What belongs into `schedules/` and is at times written here.
const SCHEDULE_KEYS: [&str; 8] =
    ["broadcast", "holiday", "campaigns", "rules", "campaign", "cancel", "days", "mourning"];
const APPROVAL: [Choice<Approval>; 2] = [
    Choice { word: "none", also: &["no", "khong"], means: Approval::None },
    Choice { word: "required", also: &["yes", "co", "batbuoc"], means: Approval::Required },
];
const LANGUAGE: [Choice<Lang>; 2] = [
    Choice { word: "vi", also: &["vn", "viet", "tiengviet", "vietnamese"], means: Lang::Vi },
    Choice { word: "en", also: &["anh", "tienganh", "english"], means: Lang::En },
];
const TRUST: [Choice<Trust>; 2] = [
    Choice { word: "auto", also: &["tudong"], means: Trust::Auto },
    Choice { word: "always", also: &["luonluon", "yes"], means: Trust::Always },
];

/// Keys that hold lists.
const LISTS: [&str; 10] =
    ["languages", "recipients", "servers", "else", "feeds", "areas", "event", "severity", "urgency", "certainty"];
/// The words of `loa.toml`, as cures need them. No value in it is a day.
const MEANING: Meaning = Meaning {
    ranged: |_| None,
    sections: &[""],
    key: |_, folded| ALSO.iter().find(|(said, _)| *said == folded).map(|(_, key)| *key),
    header: |_| None,
    value: |key, written, _| match key {
        "warm_up" | "cool_down" => meant(written, "s").map(|length| format!("\"{length}\"")),
        _ => None,
    },
    refused: |_, _, _| None,
    is_list: |key| LISTS.contains(&key),
    today: jiff::civil::Date::ZERO,
};
/// What people write for its keys, folded.
const ALSO: [(&str, &str); 23] = [
    ("coquanchuquan", "superior"),
    ("coquancaptren", "superior"),
    ("coquanbanhanh", "issuer"),
    ("diadanh", "place"),
    ("kyhieu", "symbol"),
    ("noinhan", "recipients"),
    ("ten", "name"),
    ("tendai", "name"),
    ("muigio", "timezone"),
    ("pheduyet", "approval"),
    ("tieude", "title"),
    ("ngora", "output"),
    ("dauran", "output"),
    ("kenh", "channel"),
    ("tieng", "languages"),
    ("ngonngu", "languages"),
    ("tiepsong", "relays"),
    ("relay", "relays"),
    ("diachi", "url"),
    ("linein", "line-in"),
    ("khancap", "emergency"),
    ("lienhe", "contact"),
    ("dienthoai", "phone"),
];

/// One machine has that many channels and not more; a merged commune has about a hundred clusters.
const MAX_ZONES: usize = 256;

/// Turn the text of `loa.toml` into a station, and say all that is wrong with it.
///
/// A key that is wrong falls back to its default; a zone whose output or channel is wrong is
/// silent; where no zone remains, the default one stands. A syntax error costs its own line only.
pub fn check(source: &SourceFile) -> (Station, Vec<Diagnostic>) {
    let mut findings = Findings::of(source).knowing(MEANING);
    let document = parse(&mut findings);
    let mut beyond = Findings::of(source).knowing(MEANING);
    let mut station = station(&mut beyond, &document.root);
    if document.legible {
        beyond.retain_lines(|line| !document.broken_lines.contains(&line));
        findings.absorb(beyond);
    }
    let is_anything_read = document.root.entries.iter().any(|entry| !entry.broken);
    if !document.legible || (!document.intact && !is_anything_read) {
        // Whether it asks for approvals cannot be known: then it does.
        station.approval = Approval::Required;
    }
    (station, findings.finish())
}

fn station(findings: &mut Findings<'_>, root: &Table) -> Station {
    let mut station = Station::default();
    unknown_keys(findings, root);
    // A broken line under `[zones]` costs that zone only, so `zones` looks for itself.
    for entry in root.entries.iter().filter(|entry| !entry.broken || entry.key == "zones") {
        match entry.key.as_str() {
            "name" => station.name = title(findings, entry).filter(|name| !name.is_empty()).unwrap_or(station.name),
            "timezone" => station.timezone = timezone(findings, entry).unwrap_or(station.timezone),
            "approval" => {
                // Who writes it wants something held back: what cannot be read lets nothing through.
                station.approval = findings.choice(entry, &APPROVAL).unwrap_or(Approval::Required);
            }
            "zones" => {
                let zones = zones(findings, entry);
                station.zones = if zones.is_empty() { station.zones } else { zones };
            }
            // Beside `name` and `timezone`, where people look for it first.
            "language" => station.language = findings.choice(entry, &LANGUAGE),
            "station" => {
                if let Some(table) = findings.table(entry, "[station]") {
                    findings.unknown_keys(table, &["language"]);
                    let language = table.get("language").filter(|entry| !entry.broken);
                    station.language =
                        language.and_then(|entry| findings.choice(entry, &LANGUAGE)).or(station.language);
                }
            }
            "clock" => {
                if let Some(table) = findings.table(entry, "[clock]") {
                    findings.unknown_keys(table, &["trust"]);
                    let trust = table.get("trust").filter(|entry| !entry.broken);
                    station.trust = trust.and_then(|entry| findings.choice(entry, &TRUST)).unwrap_or(station.trust);
                }
            }
            "console" => {
                if let Some(table) = findings.table(entry, "[console]") {
                    findings.unknown_keys(table, &["listen", "cert", "key", "metrics", "public"]);
                    let listen = table.get("listen").filter(|entry| !entry.broken);
                    station.console = listen.and_then(|entry| listen_address(findings, entry));
                    station.certificate = certificate(findings, table, entry);
                    let mut is = |key| table.get(key).and_then(|entry| power::flag(findings, entry)).unwrap_or(false);
                    (station.shows_metrics, station.is_public) = (is("metrics"), is("public"));
                }
            }
            "speech" => {
                if let Some(table) = findings.table(entry, "[speech]") {
                    (station.speech, station.speech_words) = speech::speech(findings, table);
                }
            }
            "bundle" => {
                if let Some(table) = findings.table(entry, "[bundle]") {
                    station.bundle = bundle::roots(findings, table);
                }
            }
            "courier" => station.courier_tell = bundle::courier(findings, entry),
            "fleet" => {
                if let Some(table) = findings.table(entry, "[fleet]") {
                    station.fleet = fleet(findings, table, &entry.key_span);
                }
            }
            "relays" => (station.relays, station.bad_relays) = relays(findings, entry),
            "kept" => station.kept = kept(findings, entry),
            "talk" => station.talk_most = super::talk::most(findings, entry),
            _ => {}
        }
    }
    if wants_approval(root) {
        station.approval = Approval::Required;
    }
    station.has_misplaced_rules = root.get("rules").is_some();
    station.letterhead = Letterhead::of(&station.name);
    if let Some(entry) = root.get("report").filter(|entry| !entry.broken)
        && let Some(table) = findings.table(entry, "[report]")
    {
        station.letterhead = letterhead(findings, table, &station.name);
    }
    if let Some(entry) = root.get("emergency").filter(|entry| !entry.broken)
        && let Some(table) = findings.table(entry, "[emergency]")
    {
        station.emergency = emergency(findings, table);
    }
    if let Some(entry) = root.get("groups") {
        station.groups = groups(findings, entry, &station.zones);
    }
    if let Some(entry) = root.get("proof").filter(|entry| !entry.broken) {
        station.proof = proof(findings, entry, &station.zones);
    }
    if let Some(entry) = root.get("link").filter(|entry| !entry.broken)
        && let Some(table) = findings.table(entry, "[link]")
    {
        station.link = link(findings, table, &station);
    }
    if let Some(entry) = root.get("cap").filter(|entry| !entry.broken)
        && let Some(table) = findings.table(entry, "[cap]")
    {
        station.cap = cap(findings, table, &station.emergency);
        tell_unplaced(findings, entry, &station);
    }
    station
}

/// `[fleet]`: where the centre's directory is, from the station's own.
fn fleet(findings: &mut Findings<'_>, table: &Table, span: &std::ops::Range<usize>) -> Option<PathBuf> {
    const EXAMPLE: &str = "\"/srv/mang-p01\"";
    findings.unknown_keys(table, &["dir"]);
    let Some(entry) = table.get("dir") else {
        findings.error("missing_key", span, text!("[fleet] thiếu «dir»", "[fleet] has no `dir`")).help =
            Some(text!("viết thêm: dir = {EXAMPLE}", "add: dir = {EXAMPLE}"));
        return None;
    };
    let dir = findings.text(entry, EXAMPLE).filter(|_| !entry.broken)?;
    (!dir.trim().is_empty()).then(|| PathBuf::from(dir.as_str()))
}

fn unknown_keys(findings: &mut Findings<'_>, root: &Table) {
    let (elsewhere, rest): (Vec<_>, Vec<_>) =
        root.entries.iter().cloned().partition(|entry| SCHEDULE_KEYS.contains(&entry.key.as_str()));
    for entry in elsewhere {
        let key = &entry.key;
        findings
            .error(
                "wrong_file",
                &entry.key_span,
                text!("«{key}» không thuộc về loa.toml", "`{key}` does not belong in loa.toml"),
            )
            .help = Some(text!("chuyển phần này sang một tệp trong schedules/", "move it into a file in schedules/"));
    }
    findings.unknown_keys(&Table { entries: rest }, &KEYS);
}

fn timezone(findings: &mut Findings<'_>, entry: &KeyValue) -> Option<TimeZone> {
    let written = findings.text(entry, "\"Asia/Ho_Chi_Minh\"")?;
    if let Ok(found) = TimeZone::get(&written)
        && (written.contains('/') || written == "UTC")
    {
        return Some(found);
    }
    let folded = fold(&written);
    let vietnam = ["hanoi", "saigon", "hochiminh", "vietnam", "+7", "+07", "danang"];
    let known: Vec<String> = jiff::tz::db().available().map(|name| name.as_str().to_owned()).collect();
    let near = if vietnam.iter().any(|word| folded.contains(word)) {
        Some(DEFAULT_TIMEZONE)
    } else {
        nearest(&written, known.iter().map(String::as_str))
    };
    let (near, written) = (near.unwrap_or(DEFAULT_TIMEZONE), shown(&written));
    findings
        .error(
            "unknown_timezone",
            &entry.node.span,
            text!("không có múi giờ «{written}»", "there is no time zone \"{written}\""),
        )
        .help = Some(text!("viết: timezone = \"{near}\"", "write: timezone = \"{near}\""));
    None
}

fn zones(findings: &mut Findings<'_>, entry: &KeyValue) -> Vec<Zone> {
    let Some(table) = findings.table(entry, "[zones.thon-1]") else { return Vec::new() };
    let mut zones: Vec<Zone> = Vec::new();
    for entry in table.entries.iter().filter(|entry| !entry.broken) {
        if zones.len() == MAX_ZONES {
            findings
                .error(
                    "too_many_zones",
                    &entry.key_span,
                    text!(
                        "quá {MAX_ZONES} cụm; từ đây trở đi bị bỏ qua",
                        "more than {MAX_ZONES} zones; from here on they are left out"
                    ),
                )
                .help = Some(text!("chia đài thành nhiều máy", "divide the station among several machines"));
            break;
        }
        let Some(mut zone) = zone(findings, entry) else { continue };
        let id = shown(&zone.id);
        if zones.iter().any(|other| other.id == zone.id) {
            findings
                .error(
                    "duplicate_id",
                    &entry.key_span,
                    text!("cụm «{id}» được viết hai lần", "the zone \"{id}\" is written twice"),
                )
                .help = Some(text!("giữ lại một, hoặc đặt tên khác", "keep one of them, or give it another name"));
            continue;
        }
        if let Some(other) = zones.iter().find(|other| collide(other, &zone)) {
            let other = shown(&other.id);
            findings
                .warning(
                    "shared_output",
                    &entry.key_span,
                    text!(
                        "cụm «{id}» dùng chung ngõ ra và kênh với cụm «{other}»: hai cụm sẽ nói chồng lên nhau",
                        "the zone \"{id}\" shares output and channel with \"{other}\": they will talk over each other"
                    ),
                )
                .help = Some(text!(
                "cho mỗi cụm một channel (\"left\", \"right\", số) hoặc một output riêng",
                "give each zone its own channel (\"left\", \"right\", a number) or output"
            ));
        }
        drop_clashing_switch(findings, entry, &mut zone, &zones);
        zones.push(zone);
    }
    zones
}

/// One relay that two zones would move in different ways is nobody's.
fn drop_clashing_switch(findings: &mut Findings<'_>, entry: &KeyValue, zone: &mut Zone, zones: &[Zone]) {
    let written = entry.node.table().and_then(|table| table.get("amplifier"));
    let (Some(written), Some(own)) = (written, &zone.amplifier) else { return };
    let others = zones.iter().filter_map(|other| Some((other.id.as_str(), &other.amplifier.as_ref()?.switch)));
    if power::clash(findings, written, &own.switch, others) {
        zone.amplifier = None;
    }
}

fn collide(a: &Zone, b: &Zone) -> bool {
    let channels = a.channel == b.channel || a.channel == Channel::Both || b.channel == Channel::Both;
    a.output == b.output && channels && a.output.is_taken_by_one()
}

fn listen_address(findings: &mut Findings<'_>, entry: &KeyValue) -> Option<SocketAddr> {
    let written = findings.text(entry, "\"127.0.0.1:8080\"")?;
    if let Ok(address) = written.parse::<SocketAddr>() {
        return Some(address);
    }
    let port = written.rsplit(':').next().and_then(|port| port.parse::<u16>().ok()).unwrap_or(8080);
    let written = shown(&written);
    findings
        .error(
            "bad_address",
            &entry.node.span,
            text!("«{written}» không phải là địa chỉ IP kèm cổng", "\"{written}\" is not an IP address with a port"),
        )
        .help = Some(text!("viết: listen = \"127.0.0.1:{port}\"", "write: listen = \"127.0.0.1:{port}\""));
    None
}

/// `cert` and `key`, which are nothing without each other.
fn certificate(findings: &mut Findings<'_>, table: &Table, console: &KeyValue) -> Option<CertificateFiles> {
    let mut file = |key, example| {
        let entry = table.get(key)?;
        let written = (!entry.broken).then(|| findings.text(entry, example)).flatten();
        // A path that is written wrong is told once.
        Some(written.map(|path| PathBuf::from(path.as_str())))
    };
    match (file("cert", "\"state/cert/page.crt\""), file("key", "\"state/cert/page.key\"")) {
        (Some(cert), Some(key)) => Some(CertificateFiles { cert: cert?, key: key? }),
        (None, None) => None,
        (cert, _) => {
            let (missing, example) =
                if cert.is_none() { ("cert", "state/cert/page.crt") } else { ("key", "state/cert/page.key") };
            findings
                .error(
                    "half_certificate",
                    &console.key_span,
                    text!(
                        "[console] thiếu «{missing}»: chứng nhận và khóa phải đi đôi; trang chưa được mã hóa",
                        "[console] has no `{missing}`: certificate and key go together; the page is not encrypted"
                    ),
                )
                .help = Some(text!(
                "viết thêm: {missing} = \"{example}\" (hoặc bỏ cả cert và key)",
                "add: {missing} = \"{example}\" (or leave out both cert and key)"
            ));
            None
        }
    }
}

#[cfg(test)]
mod tests;
