use std::ops::Range;

use jiff::civil::Date;

use super::broadcast::{Written, broadcast};
use super::campaign::campaign;
use super::cancel::{Cancelled, cancel};
use super::day_type::day_types;
use super::holiday::holiday;
use super::meaning::meaning;
use super::merge::{MAX_BROADCASTS, Precedence, merge, over};
use super::mourning::mourning;
use super::rules::{self, Ruling, misnamed};
use super::table_name::{self, meant};
use super::{Campaign, DayType, Holiday, Mourning, Schedule};
use crate::diag::document::{KeyValue, Node, Table, TomlValue, clean, parse};
use crate::diag::{Diagnostic, Findings, Severity, SourceFile, shown, text};
use crate::station::Station;

/// What belongs into `loa.toml` and is at times written here.
const STATION_KEYS: [&str; 6] = ["zones", "groups", "clock", "console", "timezone", "approval"];
/// Keys of a broadcast that lost their header.
const HEADERLESS_BROADCAST_KEYS: [&str; 6] = ["id", "title", "at", "days", "cron", "play"];
/// Keys of the rules that lost their header.
const RULES_KEYS: [&str; 4] = ["hours", "max_session", "max_sessions_per_day", "volume"];
/// Ids stand in tables and journals.
const MAX_ID_CHARS: usize = 100;

/// What reading needs to know beside the files.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Reading {
    /// Today at the station: warnings about cron show the next dates from it.
    pub today: Date,
}

/// What one file says, checked as far as one file can be; `merge` joins them.
///
/// Its zones are places in the station it was checked against: with another station, check again.
#[derive(Clone, PartialEq, Debug)]
pub struct FilePart {
    pub(super) source: SourceFile,
    pub(super) broadcasts: Vec<Written>,
    /// Those that are left out for an error in what says when, where or what.
    pub(super) faulty: Vec<Written>,
    pub(super) campaigns: Vec<(String, Campaign)>,
    pub(super) holidays: Vec<Holiday>,
    pub(super) day_types: Vec<(String, DayType)>,
    pub(super) mourning: Vec<(Mourning, Range<usize>)>,
    pub(super) cancelled: Vec<Cancelled>,
    pub(super) rules: Option<Ruling>,
    broken: bool,
}

impl FilePart {
    /// The file, relative to the station.
    pub fn path(&self) -> &str {
        &self.source.path
    }

    /// The file's text that was checked.
    pub(super) fn source(&self) -> &SourceFile {
        &self.source
    }

    /// Its syntax is wrong: nothing of it is used.
    pub const fn is_broken(&self) -> bool {
        self.broken
    }

    /// Nothing stands in the file, not even a comment: what a power cut leaves of one that was being saved.
    pub(super) fn is_blank(&self) -> bool {
        self.source.is_blank()
    }

    /// Without the file something else would play. Rules are not meant: they outlive their file by themselves.
    pub(super) const fn decides(&self) -> bool {
        !(self.broadcasts.is_empty()
            && self.campaigns.is_empty()
            && self.holidays.is_empty()
            && self.day_types.is_empty()
            && self.mourning.is_empty()
            && self.cancelled.is_empty())
    }
}

/// Check all files together: [`check_file`] for each, then `merge`. `sources` in file order.
pub fn check(sources: &[SourceFile], station: &Station, reading: Reading) -> (Schedule, Vec<Diagnostic>) {
    let mut found = Vec::new();
    let mut parts = Vec::new();
    for source in sources {
        let (part, of_file) = check_file(source, station, reading);
        parts.push(part);
        found.extend(of_file);
    }
    let (schedule, joined) = merge(&parts, &Precedence::default());
    found.extend(joined);
    Diagnostic::sort(&mut found);
    (schedule, found)
}

/// Check one file by itself.
///
/// A broadcast with an error is left out, the others stay. A file with a syntax error gives an empty
/// part ([`FilePart::is_broken`]): a quote that is not closed can swallow half a file, and what was
/// not meant must not sound. Its other problems are still told, where they can be seen.
pub fn check_file(source: &SourceFile, station: &Station, reading: Reading) -> (FilePart, Vec<Diagnostic>) {
    let mut findings = Findings::of(source).knowing(meaning(reading.today));
    let document = parse(&mut findings);
    let mut part = FilePart {
        source: source.clone(),
        broadcasts: Vec::new(),
        faulty: Vec::new(),
        campaigns: Vec::new(),
        holidays: Vec::new(),
        day_types: Vec::new(),
        mourning: Vec::new(),
        cancelled: Vec::new(),
        rules: None,
        broken: !document.intact,
    };
    if document.intact {
        part.fill(&mut findings, &document.root, station, reading);
    } else if document.legible {
        let mut beyond = Findings::of(source).knowing(meaning(reading.today));
        part.clone().fill(&mut beyond, &document.root, station, reading);
        beyond.retain_lines(|line| !document.broken_lines.contains(&line));
        findings.absorb(beyond);
    }
    let mut found = findings.finish();
    if part.is_blank() {
        found.push(empty(source));
    }
    (part, found)
}

/// A file that was there before and has become blank. Who clears one on purpose deletes it, or leaves a comment.
pub(super) fn emptied(path: &str) -> Diagnostic {
    Diagnostic::of_file(
        path,
        Severity::Error,
        "empty_file",
        text!(
            "tệp này nay trống, trước đó thì không: có lẽ đã mất điện giữa lúc lưu",
            "this file is empty now and was not before: perhaps the power failed while it was saved"
        ),
    )
    .with_help(text!(
        "chép lại tệp từ bản gốc; nếu muốn bỏ hết các mục của nó thì xóa tệp đi",
        "copy it again from the original; to drop all that was in it, delete the file"
    ))
}

/// A new file that holds nothing yet, or one that never did.
fn empty(source: &SourceFile) -> Diagnostic {
    Diagnostic::of_file(
        &source.path,
        Severity::Warning,
        "empty_file",
        text!("tệp này trống, nên không có gì để phát từ nó", "this file is empty, so nothing plays from it"),
    )
    .with_help(text!("chép lại tệp từ bản gốc, hoặc xóa nó đi", "copy it again from the original, or delete it"))
}

impl FilePart {
    fn cancel(&mut self, findings: &mut Findings<'_>, entry: &KeyValue, station: &Station) {
        let nodes = entry.node.items().iter();
        self.cancelled.extend(nodes.filter_map(|node| cancel(findings, node, station)));
    }

    fn fill(&mut self, findings: &mut Findings<'_>, root: &Table, station: &Station, reading: Reading) {
        unknown_tables(findings, root);
        for entry in &root.entries {
            match entry.key.as_str() {
                "broadcast" => {
                    let nodes = tables(findings, entry);
                    if let Some(node) = nodes.get(MAX_BROADCASTS) {
                        over(findings, &node.span, MAX_BROADCASTS);
                    }
                    let nodes = nodes.iter().take(MAX_BROADCASTS);
                    let written = nodes.filter_map(|node| broadcast(findings, node, station, reading));
                    let (whole, faulty): (Vec<Written>, Vec<Written>) = written.partition(|one| one.is_whole);
                    self.broadcasts.extend(whole);
                    self.faulty.extend(faulty);
                }
                "cancel" => self.cancel(findings, entry, station),
                "holiday" => {
                    let nodes = tables(findings, entry);
                    self.holidays.extend(nodes.iter().filter_map(|node| holiday(findings, node)));
                }
                // `days = "daily"` is a line of a broadcast that lost its header.
                "days" if entry.node.table().is_some() => self.day_types.extend(day_types(findings, entry)),
                "mourning" => {
                    for node in entry.node.items() {
                        self.mourning.extend(mourning(findings, node).map(|one| (one, node.span.clone())));
                    }
                }
                "campaigns" => self.campaigns.extend(campaigns(findings, entry)),
                "rules" => self.rules = Some(rules::rules(findings, entry, station)),
                // What was to be silent stays so, whatever the slip.
                _ if calls_a_day_off(entry) => self.cancel(findings, entry, station),
                key if meant(key) == Some("rules") || RULES_KEYS.contains(&key) => {
                    self.rules.get_or_insert_with(|| misnamed(entry));
                }
                _ => {}
            }
        }
    }
}

/// A table of another name that says a day, and why or by its name that it is off, and nothing that could sound.
fn calls_a_day_off(entry: &KeyValue) -> bool {
    if table_name::is_known(&entry.key) {
        return false;
    }
    let is_named = meant(&entry.key) == Some("cancel");
    let is_day_off = |table: &Table| {
        (is_named || table.get("why").is_some())
            && ["date", "dates", "from"].iter().any(|key| table.get(key).is_some())
            && ["play", "at", "name"].iter().all(|key| table.get(key).is_none())
    };
    entry.node.items().iter().filter_map(Node::table).any(is_day_off)
}

/// The tables under `[[name]]`; a single `[name]` is an error with its cure.
fn tables<'e>(findings: &mut Findings<'_>, entry: &'e KeyValue) -> &'e [Node] {
    if let TomlValue::List(nodes) = &entry.node.value {
        return nodes;
    }
    let key = &entry.key;
    findings
        .error(
            "single_brackets",
            &entry.key_span,
            text!("«{key}» phải viết trong hai lớp ngoặc vuông", "`{key}` must stand in double brackets"),
        )
        .help = Some(text!("viết: [[{key}]]", "write: [[{key}]]"));
    &[]
}

fn campaigns(findings: &mut Findings<'_>, entry: &KeyValue) -> Vec<(String, Campaign)> {
    let Some(table) = findings.table(entry, "[campaigns.cai-cach-hanh-chinh]") else { return Vec::new() };
    let mut out = Vec::new();
    for entry in &table.entries {
        let id = clean(&entry.key);
        if id.is_empty() || id.chars().count() > MAX_ID_CHARS || id.contains(char::is_control) {
            let id = shown(&id);
            findings
                .error(
                    "bad_id",
                    &entry.key_span,
                    text!("«{id}» không dùng làm tên đợt được", "\"{id}\" cannot be the name of a campaign"),
                )
                .help = Some(text!("dùng chữ không dấu, số, - và _", "use plain letters, digits, - and _"));
        } else if let Some(campaign) = campaign(findings, entry, &id) {
            out.push((id, campaign));
        }
    }
    out
}

fn unknown_tables(findings: &mut Findings<'_>, root: &Table) {
    let known =
        |entry: &KeyValue| table_name::is_known(&entry.key) && (entry.key != "days" || entry.node.table().is_some());
    for entry in root.entries.iter().filter(|entry| !known(entry)) {
        let key = entry.key.as_str();
        let near = if findings.is_full() { None } else { meant(key) };
        let shown = shown(key);
        let (code, help) = if STATION_KEYS.contains(&key) {
            ("wrong_file", text!("chuyển phần này sang loa.toml", "move it into loa.toml"))
        } else if HEADERLESS_BROADCAST_KEYS.contains(&key) {
            (
                "unknown_key",
                text!("thêm dòng [[broadcast]] ở ngay phía trên", "put a line [[broadcast]] right above it"),
            )
        } else if RULES_KEYS.contains(&key) {
            ("unknown_key", text!("thêm dòng [rules] ở ngay phía trên", "put a line [rules] right above it"))
        } else if calls_a_day_off(entry) {
            ("unknown_key", text!("có phải là [[cancel]]?", "did you mean [[cancel]]?"))
        } else {
            let help = match near {
                Some(near @ ("broadcast" | "holiday" | "cancel")) => {
                    text!("có phải là [[{near}]]?", "did you mean [[{near}]]?")
                }
                Some("days") => text!("có phải là [days.TÊN]?", "did you mean [days.NAME]?"),
                Some(near) => text!("có phải là [{near}]?", "did you mean [{near}]?"),
                None => text!(
                    "tệp lịch gồm [[broadcast]], [[cancel]], [campaigns.TÊN], [days.TÊN], [[holiday]], [mourning] và [rules]",
                    "a schedule holds [[broadcast]], [[cancel]], [campaigns.NAME], [days.NAME], [[holiday]], [mourning] and [rules]"
                ),
            };
            ("unknown_key", help)
        };
        findings
            .error(
                code,
                &entry.key_span,
                text!("không có «{shown}» trong tệp lịch", "there is no `{shown}` in a schedule"),
            )
            .help = Some(help);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::sample::station;

    const TODAY: Reading = Reading { today: Date::constant(2026, 12, 1) };

    fn checked(text: &str) -> (Schedule, Vec<Diagnostic>) {
        let source = SourceFile { path: "schedules/a.toml".to_owned(), text: text.to_owned() };
        check(&[source], &station(1), TODAY)
    }

    /// The first cure, in Vietnamese.
    fn cure(text: &str) -> String {
        checked(text).1.remove(0).help.unwrap().vi
    }

    #[test]
    fn a_day_off_is_off_whatever_its_header_is_called() {
        let day = "date = 2026-12-10\nwhy = \"quốc tang\"\n";
        for header in [
            "[[cancle]]",
            "[[cancels]]",
            "[[Cancel]]",
            "[[\"nghỉ\"]]",
            "[cancel]",
            "[closed]",
            "[[off]]",
            "[[le-tang]]",
        ] {
            let (schedule, found) = checked(&format!("{header}\n{day}"));
            assert!(!schedule.rules.station.cancelled.is_empty(), "{header}");
            assert!(
                header == "[cancel]"
                    || found.iter().any(|one| one.help.as_ref().is_some_and(|help| help.vi.contains("[[cancel]]"))),
                "{header}: {found:?}"
            );
        }
        // What could sound, and a table that names no day, are none.
        for other in ["[[phat]]\ndate = 2026-12-10\nwhy = \"x\"\nplay = \"x\"\n", "[channel]\nwhy = \"x\"\n"] {
            assert!(checked(other).0.rules.station.cancelled.is_empty(), "{other}");
        }
    }

    #[test]
    fn hours_without_their_header_or_under_another_name_widen_nothing() {
        for text in [
            "hours = [\"05:00-06:00\"]\n",
            "# [rules]\nhours = [\"05:00-06:00\"]\nmax_session = \"60m\"\n",
            "[quy-tac]\nhours = [\"05:00-06:00\"]\n",
            "[\"luật\"]\nhours = [\"05:00-06:00\"]\n",
        ] {
            let (schedule, found) = checked(text);
            assert!(schedule.rules.station.has_no_hours(), "{text}");
            assert!(found[0].help.as_ref().unwrap().vi.contains("[rules]"), "{text}: {found:?}");
        }
    }

    #[test]
    fn hours_with_their_ends_turned_round_are_asked_about() {
        let codes = |hours: &str| {
            let found = checked(&format!("[rules]\nhours = [\"{hours}\"]\n")).1;
            found.into_iter().map(|one| (one.code, one.help.map(|help| help.vi))).collect::<Vec<_>>()
        };
        assert_eq!(
            codes("06:30-05:00"),
            [("hours_overnight", Some("nếu viết ngược thì viết: \"05:00-06:30\"".to_owned()))]
        );
        assert!(codes("22:00-02:00").is_empty() && codes("05:00-24:00").is_empty() && codes("18:00-06:00").is_empty());
    }

    #[test]
    fn a_night_of_one_weekday_goes_on_behind_midnight_on_the_next() {
        let (schedule, found) = checked("[rules]\nhours = { CN = [\"22:00-02:00\"], khac = [\"05:00-06:00\"] }\n");
        assert!(found.is_empty(), "{found:?}");
        let hour = |from: u32, to: u32| from * 3600..to * 3600;
        let on = |day: u8| schedule.rules.station.hours_of(day).0.clone();
        assert_eq!(on(6), [hour(22, 24)], "Sunday");
        assert_eq!(on(0), [hour(0, 2), hour(5, 6)], "Monday");
        assert_eq!(on(5), [hour(5, 6)], "Saturday");
        let (schedule, _) = checked("[rules]\nhours = [\"22:00-02:00\"]\n");
        assert_eq!(schedule.rules.station.hours_of(3).0, [hour(0, 2), hour(22, 24)]);
    }

    #[test]
    fn a_cure_cures_and_is_not_what_stands_there() {
        let target = |target: &str| cure(&format!("[campaigns.x]\ntarget = \"{target}\"\n"));
        assert_eq!(target("0 per week"), "viết: target = \"1 per week\"");
        assert_eq!(target("1.5 per week"), "viết: target = \"2 per week\"");
        assert_eq!(target("2-3 per week"), "viết: target = \"2 per week\"");
        assert_eq!(target("hai lần mỗi ngày"), "viết: target = \"2 per day\"");
        assert_eq!(cure("[mourning]\nfrom = 2026-12-20\n"), "thêm dòng: until = 2026-12-20");
        assert_eq!(cure("[mourning]\nuntil = 2027-01-03\n"), "thêm dòng: from = 2027-01-03");
        let of = |lines: &str| cure(&format!("[[broadcast]]\nid = \"a\"\n{lines}\nplay = \"a\"\n"));
        assert_eq!(
            of("at = \"05:30\"\nalso = [2026-12-10T06:30:00, 2026-12-11]"),
            "viết: also = [2026-12-10T06:30:00, 2026-12-11T06:30:00]"
        );
        assert_eq!(
            of("at = { mon = \"05:30\", other = [] }"),
            "bỏ «other = []» ra khỏi dòng: thứ nào không ghi thì không phát"
        );
    }

    #[test]
    fn a_lunar_span_of_nearly_a_year_is_asked_about() {
        let codes = |lunar: &str| -> Vec<&str> {
            let text = format!("[[broadcast]]\nid = \"a\"\nat = \"05:30\"\nlunar = \"{lunar}\"\nplay = \"a\"\n");
            checked(&text).1.into_iter().map(|one| one.code).collect()
        };
        for long in ["15/8..15/7", "mùng 3 Tết..29/12"] {
            assert_eq!(codes(long), ["lunar_long"], "{long}");
        }
        for usual in ["23/12..3/1", "1/7..last/7", "1/1..last/12", "28 Tết..mùng 5 Tết"] {
            assert_eq!(codes(usual), [""; 0], "{usual}");
        }
    }

    #[test]
    fn what_stands_twice_is_told_with_both_places() {
        assert_eq!(
            cure(
                "[mourning]\nfrom = 2026-12-02\nuntil = 2026-12-02\n\n[mourning]\nfrom = 2026-12-20\nuntil = 2026-12-20\n"
            ),
            "viết [[mourning]] ở cả hai chỗ: dòng 1 và dòng 5"
        );
        assert_eq!(
            cure("[rules]\ndays = \"daily\"\n\n[rules]\nhours = [\"05:00-06:30\"]\n"),
            "chuyển những dòng dưới [rules] ở đây lên dưới dòng 1, rồi xóa dòng này"
        );
        let twice = cure("[[broadcast]]\nid = \"a\"\nat = \"05:30\"\nplay = \"a\"\nat = \"05:30\"\n");
        assert!(twice.starts_with("xóa dòng này hoặc dòng 3;"), "{twice}");
    }

    #[test]
    fn a_date_off_that_can_be_cured_is_off_before_it_is_cured() {
        let off = |line: &str| {
            let (schedule, found) = checked(&format!("[[cancel]]\n{line}\nwhy = \"lũ\"\n"));
            assert!(found.iter().any(Diagnostic::is_error), "{line}");
            let days = schedule.rules.station.cancelled.iter();
            days.map(|one| {
                one.hours.as_ref().map_or_else(
                    || format!("{}..{}", one.first, one.last),
                    |hours| format!("{}..{}", hours.start, hours.end),
                )
            })
            .collect::<Vec<_>>()
            .join(" ")
        };
        assert_eq!(off("date = \"10/12/2026\""), "2026-12-10..2026-12-10");
        assert_eq!(off("date = 20261210"), "2026-12-10..2026-12-10");
        assert_eq!(off("date = 2026-12-10T05:00:00"), "2026-12-10..2026-12-10");
        assert_eq!(off("date = \"2026-12-12..2026-12-10\""), "2026-12-10..2026-12-12");
        assert_eq!(off("dates = [\"24-26/12\", \"3/1\"]"), "2026-12-24..2026-12-26 2027-01-03..2027-01-03");
        assert_eq!(off("date = \"ngày mai\""), "");
        assert_eq!(
            off("from = \"10/12/2026 05:00\"\nuntil = \"10/12/2026 07:30\""),
            "2026-12-10T05:00:00..2026-12-10T07:30:00"
        );
        assert_eq!(off("days = \"sat\""), "");
        assert_eq!(cure("[[cancel]]\ndays = \"sat\"\nwhy = \"lũ\"\n"), "viết ngày ấy: date = 2026-12-05");
        let (schedule, _) = checked("[mourning]\nfrom = \"10/12/2026\"\nuntil = \"12/12/2026\"\n");
        assert_eq!(schedule.mourning[0].until.to_string(), "2026-12-13T00:00:00");
    }
}
