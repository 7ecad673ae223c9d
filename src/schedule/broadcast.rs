use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use super::recurrence::recurrence;
use super::repeat::repeated;
use super::{Broadcast, Class, DaySet, IfInterrupted, IfMissed, Place, Reading, Recurrence, play, word};
use crate::diag::document::{Choice, Entry, Node, Table, Value, clean};
use crate::diag::{Findings, fold, is_deceptive, nearest, shown, text};
use crate::station::{Station, ZoneIx};

const KEYS: [&str; 25] = [
    "id",
    "title",
    "campaign",
    "zones",
    "at",
    "days",
    "dates",
    "lunar",
    "leap",
    "cron",
    "from",
    "until",
    "except",
    "only",
    "kind",
    "play",
    "repeat",
    "gap",
    "chime",
    "bed",
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

/// The word of a choice that somebody means under `key`.
pub(super) fn meant_choice(key: &str, written: &str) -> Option<&'static str> {
    match key {
        "class" => Choice::meant(&CLASS, written),
        "if_interrupted" => Choice::meant(&IF_INTERRUPTED, written),
        "kind" => Choice::meant(&play::KIND, written),
        _ => None,
    }
}

const DEFAULT_WAIT: Duration = Duration::from_mins(10);
/// A morning's broadcast that still waits in the evening is no longer the same broadcast.
const MAX_WAIT: Duration = Duration::from_hours(12);
/// Longest id, in characters: it stands in file names, tables and journals.
const MAX_ID_CHARS: usize = 100;
/// As many names as a station can have zones and groups.
const MAX_ZONE_NAMES: usize = 512;

/// A checked broadcast, and the places that joining files may have to point at.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Written {
    pub(super) broadcast: Arc<Broadcast>,
    pub(super) id_span: Range<usize>,
    pub(super) campaign_span: Range<usize>,
    pub(super) day_names: Vec<DayName>,
}

/// A name of days that a broadcast uses: whether there is such a name, only all files together know.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct DayName {
    pub(super) name: String,
    pub(super) span: Range<usize>,
    /// It stands in `except`: without it the broadcast plays on more days, not on fewer.
    pub(super) excepts: bool,
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
    let leap = findings.leap(table);
    let recurrence = recurrence(findings, table, &node.span, leap, reading.today);
    let from = table.get("from").and_then(|entry| findings.date(entry));
    let until = table.get("until").and_then(|entry| findings.date(entry));
    findings.in_order(from, until, table.get("until"));
    let mut days = |key: &str| table.get(key).map_or_else(|| Some(Vec::new()), |entry| findings.day_sets(entry, leap));
    let (except, only) = (days("except"), days("only"));
    findings.idle_leap(table, says_lunar(recurrence.as_ref(), [&except, &only].into_iter().flatten().flatten()));
    let kind = table.get("kind").and_then(|entry| findings.choice(entry, &play::KIND)).unwrap_or_default();
    let play = play::play(findings, table, &node.span);
    let (chime, bed) =
        (play::chime(findings, table, play.as_deref()), play::bed(findings, table, kind, play.as_deref()));
    let play = play.and_then(|play| repeated(findings, table, play, play::MAX_ITEMS));
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
    let broadcast = Arc::new(Broadcast {
        title: title.unwrap_or_else(|| id.clone()),
        id,
        campaign,
        zones: zones?,
        recurrence: recurrence?,
        from,
        until,
        except: except?,
        only: only?,
        kind,
        play: play?,
        chime,
        bed,
        class,
        order,
        wait,
        if_missed,
        if_interrupted,
        place,
    });
    let campaign_span = table.get("campaign").map_or(node.span.clone(), |entry| entry.node.span.clone());
    let day_names = day_names(table, &broadcast);
    Some(Written { broadcast, id_span, campaign_span, day_names })
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
    let printable = !id.contains(|c: char| is_deceptive(c) || matches!(c, '/' | '\\'));
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

/// Every name of days that it uses, with its place.
fn day_names(table: &Table, broadcast: &Broadcast) -> Vec<DayName> {
    let days = match &broadcast.recurrence {
        Recurrence::At { days: DaySet::Any(sets), .. } => sets.as_slice(),
        Recurrence::At { days, .. } => std::slice::from_ref(days),
        Recurrence::Cron(_) => &[],
    };
    let mut names = Vec::new();
    for (key, sets) in [("days", days), ("except", &broadcast.except), ("only", &broadcast.only)] {
        let Some(entry) = table.get(key) else { continue };
        for node in entry.node.items() {
            let Value::Text(written) = &node.value else { continue };
            let written = clean(written);
            if sets.iter().any(|set| matches!(set, DaySet::Named(name) if *name == written)) {
                names.push(DayName { name: written, span: node.span.clone(), excepts: key == "except" });
            }
        }
    }
    names
}

/// Whether some of its days are lunar.
fn says_lunar<'d>(recurrence: Option<&'d Recurrence>, mut sets: impl Iterator<Item = &'d DaySet>) -> bool {
    let days = match recurrence {
        Some(Recurrence::At { days, .. }) => Some(days),
        Some(Recurrence::Cron(_)) => None,
        // What cannot be read may well be lunar.
        None => return true,
    };
    matches!(days, Some(DaySet::Lunar(_))) || sets.any(|set| matches!(set, DaySet::Lunar(_)))
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
