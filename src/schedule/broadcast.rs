use std::ops::Range;
use std::time::Duration;

use super::recurrence::recurrence;
use super::word;
use super::{Broadcast, Class, Except, IfInterrupted, IfMissed, Place, Play, Reading};
use crate::diag::document::{Choice, Entry, Node, Table, Value, clean};
use crate::diag::{Findings, fold, nearest, shown, text};
use crate::station::{Station, ZoneIx};

const KEYS: [&str; 18] = [
    "id",
    "title",
    "campaign",
    "zones",
    "at",
    "days",
    "dates",
    "lunar",
    "cron",
    "from",
    "until",
    "except",
    "play",
    "class",
    "order",
    "wait",
    "if_missed",
    "if_interrupted",
];
const CLASS: [Choice<Class>; 3] = [
    Choice { word: "normal", also: &["thongthuong", "binhthuong", "thuong"], means: Class::Normal },
    Choice { word: "priority", also: &["uutien", "high"], means: Class::Priority },
    Choice { word: "emergency", also: &["khancap", "khan", "urgent"], means: Class::Emergency },
];
const IF_INTERRUPTED: [Choice<IfInterrupted>; 3] = [
    Choice { word: "resume", also: &["tieptuc", "tiep", "continue"], means: IfInterrupted::Resume },
    Choice { word: "restart", also: &["phatlai", "lai"], means: IfInterrupted::Restart },
    Choice { word: "drop", also: &["bo", "skip"], means: IfInterrupted::Drop },
];

const DEFAULT_WAIT: Duration = Duration::from_mins(10);
/// A morning's broadcast that still waits in the evening is no longer the same broadcast.
const MAX_WAIT: Duration = Duration::from_hours(12);
/// Longest id, in characters: it stands in file names, tables and journals.
const MAX_ID_CHARS: usize = 100;
/// Two hundred things in a row are more than a day of sound.
const MAX_ITEMS: usize = 200;
/// Exceptions are holidays and single days.
const MAX_EXCEPT: usize = 400;
/// As many names as a station can have zones and groups.
const MAX_ZONE_NAMES: usize = 512;

/// A checked broadcast, and the places that joining files may have to point at.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Written {
    pub(super) broadcast: Broadcast,
    pub(super) id_span: Range<usize>,
    pub(super) campaign_span: Range<usize>,
}

/// Check one `[[broadcast]]`. Any error leaves it out, since half of what was asked for can be the
/// wrong sound in the wrong place; with one exception: where some of its zones are not known, it
/// still plays in the others.
pub(super) fn broadcast(
    findings: &mut Findings<'_>,
    node: &Node,
    station: &Station,
    reading: Reading,
) -> Option<Written> {
    let Some(table) = node.table() else {
        findings.wrong_type(
            "broadcast",
            node,
            &text!("một bảng [[broadcast]]", "a table [[broadcast]]"),
            "[{ id = \"x\", at = \"05:30\", play = \"x\" }]",
        );
        return None;
    };
    let errors = findings.errors();
    findings.unknown_keys(table, &KEYS);
    let id = id(findings, table, &node.span);
    let title = table.get("title").and_then(|entry| findings.title(entry));
    let recurrence = recurrence(findings, table, &node.span, reading.today);
    let from = table.get("from").and_then(|entry| findings.date(entry));
    let until = table.get("until").and_then(|entry| findings.date(entry));
    findings.in_order(from, until, table.get("until"));
    let except = table.get("except").map_or_else(|| Some(Vec::new()), |entry| except(findings, entry));
    let play = play(findings, table, &node.span);
    let class = table.get("class").and_then(|entry| class(findings, entry)).unwrap_or_default();
    let order = table.get("order").and_then(|entry| findings.integer(entry, -1_000_000..=1_000_000, "1")).unwrap_or(0);
    let wait = table.get("wait").and_then(|entry| findings.length(entry, MAX_WAIT, "\"10m\"")).unwrap_or(DEFAULT_WAIT);
    let if_missed = table.get("if_missed").and_then(|entry| if_missed(findings, entry)).unwrap_or_default();
    let if_interrupted =
        table.get("if_interrupted").and_then(|entry| findings.choice(entry, &IF_INTERRUPTED)).unwrap_or_default();
    let campaign = table.get("campaign").and_then(|entry| findings.title(entry));
    let sound = findings.errors() == errors;
    let zones = zones(findings, table, station);
    if !sound {
        return None;
    }
    let (id, id_span) = id?;
    let place = Place {
        file: findings.file().path.clone(),
        line: findings.lines().line(node.span.start),
        span: node.span.clone(),
    };
    let broadcast = Broadcast {
        title: title.unwrap_or_else(|| id.clone()),
        id,
        campaign,
        zones: zones?,
        recurrence: recurrence?,
        from,
        until,
        except: except?,
        play: play?,
        class,
        order,
        wait,
        if_missed,
        if_interrupted,
        place,
    };
    let campaign_span = table.get("campaign").map_or(node.span.clone(), |entry| entry.node.span.clone());
    Some(Written { broadcast, id_span, campaign_span })
}

fn id(findings: &mut Findings<'_>, table: &Table, header: &Range<usize>) -> Option<(String, Range<usize>)> {
    let Some(entry) = table.get("id") else {
        let title = table.get("title").or_else(|| table.get("play")).map(|entry| entry.node.items());
        let slug = match title.and_then(<[Node]>::first).map(|node| &node.value) {
            Some(Value::Text(title)) => slug(title),
            _ => String::new(),
        };
        let slug = if slug.is_empty() { "thong-bao-1".to_owned() } else { slug };
        findings.error("missing_id", header, text!("mục phát này thiếu id", "this broadcast has no id")).help =
            Some(text!("thêm dòng: id = \"{slug}\"", "add a line: id = \"{slug}\""));
        return None;
    };
    let id = findings.text(entry, "\"nop-ho-so\"")?;
    let printable = !id.contains(|c: char| c.is_control() || matches!(c, '/' | '\\'));
    if !id.is_empty() && printable && id.chars().count() <= MAX_ID_CHARS {
        return Some((id, entry.node.span.clone()));
    }
    let (shown, slug) = (shown(&id), slug(&id));
    let slug = if slug.is_empty() { "thong-bao-1".to_owned() } else { slug };
    findings
        .error("bad_id", &entry.node.span, text!("«{shown}» không dùng làm id được", "\"{shown}\" cannot be an id"))
        .help = Some(text!(
        "dùng chữ thường không dấu, số, - _ . và không quá {MAX_ID_CHARS} chữ: id = \"{slug}\"",
        "use plain small letters, digits, - _ . and no more than {MAX_ID_CHARS} of them: id = \"{slug}\""
    ));
    None
}

/// `Hướng dẫn nộp hồ sơ` to `huong-dan-nop-ho-so`.
fn slug(title: &str) -> String {
    let words = title.split(|c: char| !c.is_alphanumeric()).map(fold).filter(|word| !word.is_empty());
    let words = words.map(|word| word.chars().filter(char::is_ascii_alphanumeric).collect::<String>());
    words.filter(|word| !word.is_empty()).take(8).collect::<Vec<_>>().join("-").chars().take(60).collect()
}

fn zones(findings: &mut Findings<'_>, table: &Table, station: &Station) -> Option<Vec<ZoneIx>> {
    let all = || (0..station.zones.len()).filter_map(|at| u16::try_from(at).ok()).map(ZoneIx).collect::<Vec<_>>();
    let Some(entry) = table.get("zones") else { return Some(all()) };
    let mut zones = Vec::new();
    for node in findings.bounded(entry, MAX_ZONE_NAMES)? {
        let Some(name) = findings.text_node(&entry.key, node, "[\"thon-1\"]") else { continue };
        if let Some(at) = station.zones.iter().position(|zone| zone.id == name) {
            zones.extend(u16::try_from(at).ok().map(ZoneIx));
        } else if let Some(members) = station.groups.get(&name) {
            zones.extend(members);
        } else if matches!(fold(&name).as_str(), "all" | "tatca") {
            zones.extend(all());
        } else {
            unknown_zone(findings, node, &name, station);
        }
    }
    zones.sort_unstable();
    zones.dedup();
    (!zones.is_empty()).then_some(zones)
}

fn unknown_zone(findings: &mut Findings<'_>, node: &Node, name: &str, station: &Station) {
    let known = station.zones.iter().map(|zone| zone.id.as_str()).chain(station.groups.keys().map(String::as_str));
    let titles = station.zones.iter().find(|zone| fold(&zone.title) == fold(name)).map(|zone| zone.id.as_str());
    let near = titles.or_else(|| nearest(name, known.clone())).map(shown);
    let all = known.take(12).map(shown).collect::<Vec<_>>().join(", ");
    let name = shown(name);
    findings
        .error(
            "unknown_zone",
            &node.span,
            text!("không có cụm hay nhóm «{name}» trong loa.toml", "there is no zone or group \"{name}\" in loa.toml"),
        )
        .help = Some(match near {
        Some(near) => text!("có phải là \"{near}\"?", "did you mean \"{near}\"?"),
        None => text!("hiện có: {all}", "there are: {all}"),
    });
}

fn except(findings: &mut Findings<'_>, entry: &Entry) -> Option<Vec<Except>> {
    let errors = findings.errors();
    let mut out = Vec::new();
    // An empty list says what it says: no exception.
    if entry.node.items().is_empty() {
        return Some(out);
    }
    for node in findings.bounded(entry, MAX_EXCEPT)? {
        match &node.value {
            Value::Text(written) if is_holidays(written) => out.push(Except::Holidays),
            _ => out.extend(findings.date_range(&entry.key, node).map(Except::Dates)),
        }
    }
    (findings.errors() == errors).then_some(out)
}

fn is_holidays(written: &str) -> bool {
    matches!(fold(written).as_str(), "holidays" | "holiday" | "ngayle" | "ngaynghi")
}

fn play(findings: &mut Findings<'_>, table: &Table, header: &Range<usize>) -> Option<Vec<Play>> {
    let Some(entry) = table.get("play") else {
        findings
            .error(
                "missing_play",
                header,
                text!("mục phát này không nói phát gì", "this broadcast does not say what to play"),
            )
            .help = Some(text!(
            "thêm dòng: play = [\"chime\", \"tên-tệp-trong-audio\"]",
            "add a line: play = [\"chime\", \"name-of-a-file-in-audio\"]"
        ));
        return None;
    };
    let errors = findings.errors();
    let mut items = Vec::new();
    for node in findings.bounded(entry, MAX_ITEMS)? {
        let written = findings.text_node(&entry.key, node, "[\"chime\", \"nop-ho-so\"]");
        items.extend(written.and_then(|written| findings.word(node, word::play(&written))));
    }
    (findings.errors() == errors).then_some(items)
}

fn class(findings: &mut Findings<'_>, entry: &Entry) -> Option<Class> {
    let class = findings.choice(entry, &CLASS)?;
    if class == Class::Emergency {
        findings
            .warning(
                "scheduled_emergency",
                &entry.node.span,
                text!(
                    "mục khẩn cấp theo lịch phát cả ngoài khung giờ cho phép và cắt ngang mọi mục khác",
                    "a scheduled emergency sounds outside the lawful hours too, and cuts into everything else"
                ),
            )
            .help = Some(text!(
            "nếu không phải diễn tập hay báo động, viết class = \"priority\"",
            "unless it is a drill or an alarm, write class = \"priority\""
        ));
    }
    Some(class)
}

fn if_missed(findings: &mut Findings<'_>, entry: &Entry) -> Option<IfMissed> {
    let written = findings.text(entry, "\"skip\"")?;
    let (first, rest) = written.split_once(' ').unwrap_or((&written, ""));
    match (first, rest.trim()) {
        ("skip", "") => return Some(IfMissed::Skip),
        ("join", "") => return Some(IfMissed::Join),
        ("late", rest) if !rest.is_empty() => {
            return findings.word(&entry.node, word::length(rest, MAX_WAIT)).map(IfMissed::Late);
        }
        _ => {}
    }
    let near = nearest(first, ["skip", "late", "join"]);
    let written = shown(&clean(&written));
    findings
        .error(
            "unknown_value",
            &entry.node.span,
            text!("«if_missed» không nhận giá trị «{written}»", "`if_missed` does not take \"{written}\""),
        )
        .help = Some(match near {
        Some("late") => {
            text!("viết trễ nhất bao lâu: if_missed = \"late 10m\"", "say how late at most: if_missed = \"late 10m\"")
        }
        Some(near) => text!("có phải là \"{near}\"?", "did you mean \"{near}\"?"),
        None => text!("viết \"skip\", \"late 10m\" hoặc \"join\"", "write \"skip\", \"late 10m\" or \"join\""),
    });
    None
}
