use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use jiff::civil::{Date, DateTime};

use super::day_field::is_day_name;
use super::missed::if_missed;
use super::named::named;
use super::once::single;
use super::recurrence::recurrence;
use super::repeat::repeated;
use super::warrant::{DueDates, said, warrant};
use super::zone_names::zones;
use super::{
    Broadcast, Class, DaySet, IfInterrupted, IfMissed, Kind, Origin, Place, Play, Reading, Recurrence, Warrant, play,
};
use crate::diag::document::{Choice, KeyValue, Node, Table, TomlValue, clean};
use crate::diag::{Findings, fold, is_deceptive, nearest, shown, text};
use crate::station::{Station, ZoneIx};

/// What says when, where and what: with one of these wrong, another sound than the one that was asked for
/// could be heard, at another time or in another place.
const ESSENTIAL: [&str; 15] = [
    "zones", "at", "days", "dates", "lunar", "leap", "cron", "from", "until", "except", "also", "only", "play",
    "class", "by",
];
/// Keys that people invent for what only they read; folded.
const NOTES: [&str; 12] = [
    "ghichu",
    "note",
    "notes",
    "comment",
    "mota",
    "description",
    "desc",
    "nguoisoan",
    "author",
    "nguoiduyet",
    "nguon",
    "version",
];
/// The keys of a `[[broadcast]]`, in the order in which they are best written.
pub const KEYS: [&str; 28] = [
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
    "also",
    "only",
    "kind",
    "play",
    "repeat",
    "gap",
    "chime",
    "bed",
    "class",
    "by",
    "why",
    "order",
    "wait",
    "if_missed",
    "if_interrupted",
];
const CLASS: [Choice<Class>; 3] = [
    Choice { word: "normal", also: &["thongthuong", "binhthuong", "thuong", "low"], means: Class::Normal },
    Choice { word: "priority", also: &["uutien", "high", "quantrong", "gap"], means: Class::Priority },
    Choice { word: "emergency", also: &["khancap", "khan", "urgent"], means: Class::Emergency },
];
const IF_INTERRUPTED: [Choice<IfInterrupted>; 3] = [
    Choice { word: "resume", also: &["tieptuc", "tiep", "phattiep", "continue"], means: IfInterrupted::Resume },
    Choice { word: "restart", also: &["phatlai", "lai", "phatlaitudau", "tudau"], means: IfInterrupted::Restart },
    Choice { word: "drop", also: &["bo", "boqua", "thoi", "skip", "stop"], means: IfInterrupted::Drop },
];

/// The words of which one stands under `key`; empty where something else does.
pub fn choices(key: &str) -> Vec<&'static str> {
    match key {
        "class" => Choice::words(&CLASS),
        "if_interrupted" => Choice::words(&IF_INTERRUPTED),
        "kind" => Choice::words(&play::KIND),
        _ => Vec::new(),
    }
}

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
pub(super) const MAX_WAIT: Duration = Duration::from_hours(12);
/// Of what is due at one moment: as far from the middle as anybody counts.
pub const ORDER_MOST: i64 = 1_000_000;
/// Longest id, in characters: it stands in file names, tables and journals.
const MAX_ID_CHARS: usize = 100;

/// A checked broadcast, and the places that joining files may have to point at.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Written {
    pub(super) broadcast: Arc<Broadcast>,
    /// It says when, where and what. One that does not is left out, and looked at only for what else is wrong with it.
    pub(super) is_whole: bool,
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

/// Check one `[[broadcast]]`. An error in what says when, where and what leaves it out, since half of what
/// was asked for can be the wrong sound in the wrong place; with one exception: where some of its zones are
/// not known, it still plays in the others. An error in anything else is told, and a default stands for it. Of one that
/// is left out all that can be read is looked at, so that nothing is wrong with it that is told only once this is cured.
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
    findings.unknown_keys(table, &KEYS);
    let essential = essential(findings, table, node, station, reading);
    let aside = aside(findings, table, node, &essential);
    let Essential {
        is_whole, recurrence, from, until, except, except_at, also, only, play, class, zones, warrant, ..
    } = essential;
    let Aside { id, id_span, title, campaign, kind, chime, bed, order, wait, if_missed, if_interrupted } = aside;
    let place = Place {
        file: findings.file().path.clone(),
        line: findings.lines().line(node.span.start),
        span: node.span.clone(),
    };
    let named = named(findings, table);
    let play = repeated(findings, table, &play, play::MAX_ITEMS).unwrap_or(play);
    let broadcast = Arc::new(Broadcast {
        title: title.unwrap_or_else(|| id.clone()),
        id,
        campaign,
        zones,
        recurrence,
        from,
        until,
        except,
        except_at,
        also,
        only,
        kind,
        play,
        named,
        chime,
        bed,
        class,
        warrant,
        order,
        wait,
        if_missed,
        if_interrupted,
        origin: Origin::Written(place),
    });
    let campaign_span = table.get("campaign").map_or(node.span.clone(), |entry| entry.node.span.clone());
    let day_names = day_names(table, reading.today);
    Some(Written { broadcast, is_whole, id_span, campaign_span, day_names })
}

/// What says when, where and what, as far as it can be read.
struct Essential {
    /// Nothing of it is wrong.
    is_whole: bool,
    recurrence: Recurrence,
    from: Option<Date>,
    until: Option<Date>,
    except: Vec<DaySet>,
    except_at: Vec<DateTime>,
    also: Vec<DateTime>,
    only: Vec<DaySet>,
    play: Vec<Play>,
    /// All of `play` can be read.
    is_play_whole: bool,
    class: Class,
    zones: Vec<ZoneIx>,
    warrant: Option<Arc<Warrant>>,
}

/// The essential keys. Where it cannot be read when it plays, it is due at no time; where in which zones, in none.
fn essential(
    findings: &mut Findings<'_>,
    table: &Table,
    node: &Node,
    station: &Station,
    reading: Reading,
) -> Essential {
    let said = said(findings, table);
    let errors = findings.errors();
    let leap = findings.leap(table);
    let recurrence = recurrence(findings, table, &node.span, leap, reading.today);
    let from = table.get("from").and_then(|entry| findings.date(entry));
    let until = table.get("until").and_then(|entry| findings.date(entry));
    findings.in_order(from, until, table.get("until"));
    let mut days = |key: &str| table.get(key).map_or_else(|| Some(Vec::new()), |entry| findings.day_sets(entry, leap));
    let (except, only) = (days("except"), days("only"));
    let except_at = table.get("except").map(single).unwrap_or_default();
    let also = table.get("also").map_or_else(|| Some(Vec::new()), |entry| findings.moments(entry));
    findings.idle_leap(table, says_lunar(recurrence.as_ref(), [&except, &only].into_iter().flatten().flatten()));
    let class = table.get("class").map_or(Some(Class::Normal), |entry| class(findings, entry));
    let is_due = findings.errors() == errors;
    let before_play = findings.errors();
    let play = play::play(findings, table, &node.span, station);
    let is_play_whole = !play.is_empty() && findings.errors() == before_play;
    let dated = DueDates { recurrence: recurrence.as_ref(), from, until };
    let warrant = warrant(findings, (table, &node.span), said, class.unwrap_or_default(), &dated, reading.today);
    let is_sound =
        findings.errors() == errors && !table.entries.iter().any(|entry| may_be_essential(findings, &entry.key));
    let zones = zones(findings, table, station).unwrap_or_default();
    Essential {
        is_whole: is_sound && recurrence.is_some() && is_play_whole && !zones.is_empty(),
        recurrence: recurrence.filter(|_| is_due).unwrap_or(Recurrence::Now),
        from,
        until,
        except: except.unwrap_or_default(),
        except_at,
        also: also.filter(|_| is_due).unwrap_or_default(),
        only: only.unwrap_or_default(),
        play,
        is_play_whole,
        class: class.unwrap_or_default(),
        zones,
        warrant,
    }
}

/// How urgent it is. «khẩn cấp» is as plain as `emergency`, and what that needs beside it is told at once.
fn class(findings: &mut Findings<'_>, entry: &KeyValue) -> Option<Class> {
    let emergency = &CLASS[2];
    let said = matches!(&entry.node.value, TomlValue::Text(said) if emergency.also.contains(&fold(said).as_str()));
    if !said {
        return findings.choice(entry, &CLASS);
    }
    let (word, message) =
        (emergency.word, text!("loại khẩn cấp viết bằng chữ khác", "an emergency goes by another word"));
    findings.warning("unknown_value", &entry.node.span, message).help =
        Some(text!("viết: class = \"{word}\"", "write: class = \"{word}\""));
    Some(emergency.means)
}

/// Whether a key that is not known could stand for an essential one: `dayz`, and `ngay`, which is not near to
/// anything. `tilte` and `ghi_chu` are neither.
fn may_be_essential(findings: &Findings<'_>, key: &str) -> bool {
    let folded = fold(key);
    let known = KEYS.contains(&key) || NOTES.contains(&folded.as_str());
    let meant = || (findings.meaning().key)("broadcast", &folded).or_else(|| nearest(key, KEYS));
    !known && meant().is_none_or(|near| ESSENTIAL.contains(&near))
}

/// What only says how it is called and what becomes of it when something is in its way.
struct Aside {
    id: String,
    id_span: Range<usize>,
    title: Option<String>,
    campaign: Option<String>,
    kind: Kind,
    chime: Option<String>,
    bed: Option<String>,
    order: i64,
    wait: Duration,
    if_missed: IfMissed,
    if_interrupted: IfInterrupted,
}

/// The other keys, a default for each that is wrong.
fn aside(findings: &mut Findings<'_>, table: &Table, node: &Node, essential: &Essential) -> Aside {
    let (id, id_span) = id(findings, table, &node.span);
    let title = table.get("title").and_then(|entry| findings.title(entry));
    // What may be music is silent in a mourning.
    let kind =
        table.get("kind").map_or(Kind::Bulletin, |entry| findings.choice(entry, &play::KIND).unwrap_or(Kind::Music));
    // What is missing in `play` may be what the others are about.
    let play = Some(essential.play.as_slice()).filter(|_| essential.is_play_whole);
    Aside {
        id,
        id_span,
        title,
        campaign: table.get("campaign").and_then(|entry| findings.title(entry)),
        kind,
        chime: play::chime(findings, table, play),
        bed: play::bed(findings, table, kind, play),
        order: table.get("order").and_then(|entry| findings.integer(entry, -ORDER_MOST..=ORDER_MOST, "1")).unwrap_or(0),
        wait: table.get("wait").and_then(|entry| findings.length(entry, MAX_WAIT, "\"10m\"")).unwrap_or(DEFAULT_WAIT),
        if_missed: table.get("if_missed").and_then(|entry| if_missed(findings, entry)).unwrap_or_default(),
        if_interrupted: table
            .get("if_interrupted")
            .and_then(|entry| findings.choice(entry, &IF_INTERRUPTED))
            .unwrap_or_default(),
    }
}

/// The id. What cannot be one does not silence the broadcast: it goes by the id that the cure names.
fn id(findings: &mut Findings<'_>, table: &Table, header: &Range<usize>) -> (String, Range<usize>) {
    let named = |slug: String| if slug.is_empty() { "thong-bao-1".to_owned() } else { slug };
    let Some(entry) = table.get("id") else {
        let title = table.get("title").or_else(|| table.get("play")).map(|entry| entry.node.items());
        let slug = named(match title.and_then(<[Node]>::first).map(|node| &node.value) {
            Some(TomlValue::Text(title)) => slug(title),
            _ => String::new(),
        });
        findings.error("missing_id", header, text!("mục phát này thiếu id", "this broadcast has no id")).help =
            Some(text!("thêm dòng: id = \"{slug}\"", "add a line: id = \"{slug}\""));
        return (slug, header.clone());
    };
    let span = entry.node.span.clone();
    let raw = named(slug(findings.file().text.get(span.clone()).unwrap_or_default()));
    // `id = 12`: what stands there is what is meant.
    let Some(id) = findings.text(entry, &format!("\"{raw}\"")) else { return (raw, span) };
    let printable = !id.contains(|c: char| is_deceptive(c) || matches!(c, '/' | '\\'));
    if !id.is_empty() && printable && id.chars().count() <= MAX_ID_CHARS {
        return (id, span);
    }
    let (shown, slug) = (shown(&id), named(slug(&id)));
    findings
        .error("bad_id", &entry.node.span, text!("«{shown}» không dùng làm id được", "\"{shown}\" cannot be an id"))
        .help = Some(text!(
        "dùng chữ thường không dấu, số, - _ . và không quá {MAX_ID_CHARS} chữ: id = \"{slug}\"",
        "use plain small letters, digits, - _ . and no more than {MAX_ID_CHARS} of them: id = \"{slug}\""
    ));
    (slug, span)
}

/// `Hướng dẫn nộp hồ sơ` to `huong-dan-nop-ho-so`.
pub fn slug(title: &str) -> String {
    let words = title.split(|c: char| !c.is_alphanumeric()).map(fold).filter(|word| !word.is_empty());
    let words = words.map(|word| word.chars().filter(char::is_ascii_alphanumeric).collect::<String>());
    words.filter(|word| !word.is_empty()).take(8).collect::<Vec<_>>().join("-").chars().take(60).collect()
}

/// Every name of days that it uses, with its place.
fn day_names(table: &Table, today: Date) -> Vec<DayName> {
    let mut names = Vec::new();
    for key in ["days", "except", "only"] {
        let Some(entry) = table.get(key) else { continue };
        for node in entry.node.items() {
            let TomlValue::Text(written) = &node.value else { continue };
            let written = clean(written);
            if is_day_name(key, &written, today) {
                names.push(DayName { name: written, span: node.span.clone(), excepts: key == "except" });
            }
        }
    }
    names
}

/// Whether some of its days are lunar.
fn says_lunar<'d>(recurrence: Option<&'d Recurrence>, mut sets: impl Iterator<Item = &'d DaySet>) -> bool {
    // What cannot be read may well be lunar.
    let Some(recurrence) = recurrence else { return true };
    let days = recurrence.days();
    matches!(days, Some(DaySet::Lunar(_))) || sets.any(|set| matches!(set, DaySet::Lunar(_)))
}
