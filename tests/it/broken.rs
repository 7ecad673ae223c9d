//! Broken station files: what is said about each, that nothing else falls silent with it, and that
//! no bytes whatever bring the reading down.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::civil::Date;
use loa::diag::{Diagnostic, Lang, Look, SourceFile, json, render};
use loa::schedule::{self, Loaded, Reading, Recurrence, Schedule};
use loa::station::{self, Station, ZoneIx};
use proptest::prelude::*;

const STATION: &str = r#"
[zones.thon-1]
title = "Thôn 1"
output = "null"
[zones.thon-2]
title = "Thôn 2"
output = "null"
[groups]
vung-cao = ["thon-2"]
"#;

const GOOD: &str = r#"# Lịch tháng 12
[rules]
hours = ["05:00-06:30", "11:00-11:45", "17:00-18:30"]
days = "mon-sun"

[[holiday]]
name = "Quốc khánh"
date = 2026-09-02

[[holiday]]
name = "Tết Nguyên đán"
lunar = "last/12..3/1"
from_year = 2026

[days.cho-phien]
lunar = ["2", "rằm"]
leap = "skip"
days = "sun"
until = 2027-12-31

[[mourning]]
name = "Quốc tang"
from = 2026-12-05T12:00:00
until = 2026-12-06

[campaigns.cai-cach]
title = "Cải cách hành chính 2026"
from = 2026-01-01
until = "2026-12-31"
target = "3 per week"

[[broadcast]]
id = "nop-ho-so"
title = "Hướng dẫn nộp hồ sơ"
campaign = "cai-cach"
zones = ["vung-cao", "thon-1"]
at = ["17:00:15", "5:30"]
days = "T2-T6"
except = ["holidays", 2026-12-01, "2026-12-24..2026-12-26", "cho-phien", "Tết Nguyên đán"]
only = ["mon-thu", "rằm tháng 7"]
play = ["chime", "nop-ho-so", "pause 2s", { file = "bai-ca", kind = "music" }, "chime"]
chime = "nhac-hieu"
bed = "nhac-nen"
class = "priority"
if_missed = "late 10m"
if_interrupted = "restart"
wait = "15m"
order = -2
from = 2026-07-01
until = 2026-12-31

[[broadcast]]
id = "ram"
at = "17:30"
lunar = ["mùng 1", "rằm", "23/12..3/1", "last/12", 10]
kind = "music"
play = "bai-ca"

[[broadcast]]
id = "gio"
cron = "0 0 17 * * Mon-Fri"
play = "gio.mp3"
"#;

const TODAY: Reading = Reading { today: Date::constant(2026, 12, 1) };

fn source(path: &str, text: &str) -> SourceFile {
    SourceFile { path: path.to_owned(), text: text.to_owned() }
}

fn the_station() -> Station {
    let (station, found) = station::check(&source("loa.toml", STATION));
    assert_eq!(found, []);
    station
}

fn read(text: &str) -> (Schedule, Vec<Diagnostic>) {
    schedule::check(&[source("schedules/a.toml", text)], &the_station(), TODAY)
}

fn codes(found: &[Diagnostic]) -> Vec<&str> {
    found.iter().map(|one| one.code).collect()
}

fn here() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/broken")
}

/// A station in a temporary directory.
struct Place(tempfile::TempDir);

impl Place {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("schedules")).unwrap();
        fs::write(dir.path().join("loa.toml"), STATION).unwrap();
        Self(dir)
    }

    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> &Self {
        fs::write(self.0.path().join("schedules").join(name), bytes).unwrap();
        self
    }

    fn load(&self) -> Loaded {
        schedule::load(self.0.path(), &the_station(), TODAY)
    }
}

fn one(id: &str) -> String {
    format!("[[broadcast]]\r\nid = \"{id}\"\r\nat = \"05:30\"\r\nplay = \"{id}\"\r\n")
}

fn ids(schedule: &Schedule) -> Vec<&str> {
    schedule.broadcasts.iter().map(|one| one.id.as_str()).collect()
}

#[test]
fn every_broken_file_is_told_in_both_languages_and_as_json() {
    let mut names: Vec<_> = fs::read_dir(here()).unwrap().map(|entry| entry.unwrap().path()).collect();
    names.sort();
    assert!(names.len() >= 20);
    for path in names {
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let text = fs::read_to_string(&path).unwrap();
        let (file, found) = if name.starts_with("loa-") {
            let file = source("loa.toml", &text);
            let found = station::check(&file).1;
            (file, found)
        } else {
            let file = source("schedules/a.toml", &text);
            let found = schedule::check(std::slice::from_ref(&file), &the_station(), TODAY).1;
            (file, found)
        };
        assert!(!found.is_empty(), "{name} is not broken");
        let mut out = String::new();
        for lang in [Lang::Vi, Lang::En] {
            out.push_str(&render(&found, std::slice::from_ref(&file), lang, Look::Plain));
        }
        writeln!(out, "{}", json(&found, Lang::Vi).unwrap()).unwrap();
        insta::assert_snapshot!(format!("broken_{name}"), out);
    }
}

#[test]
fn a_good_file_is_read_in_full_and_without_a_word() {
    let (schedule, found) = read(GOOD);
    assert_eq!(found, []);
    insta::assert_debug_snapshot!("good", schedule);
}

#[test]
fn a_good_file_means_the_same_from_notepad_and_from_a_mac() {
    use unicode_normalization::UnicodeNormalization as _;
    let (plain, _) = read(GOOD);
    let meaning = |schedule: &Schedule| {
        let broadcasts: Vec<_> =
            schedule.broadcasts.iter().map(|one| (one.id.clone(), one.title.clone(), one.play.clone())).collect();
        (broadcasts, schedule.rules.station.hours.clone(), schedule.campaigns.len())
    };
    let crlf = GOOD.replace('\n', "\r\n");
    let mut utf16 = vec![0xff, 0xfe];
    utf16.extend(crlf.encode_utf16().flat_map(u16::to_le_bytes));
    let ways: [(&str, Vec<u8>); 4] = [
        ("CRLF", crlf.clone().into_bytes()),
        ("a byte-order mark", format!("\u{feff}{crlf}").into_bytes()),
        ("UTF-16", utf16),
        ("decomposed letters", GOOD.nfd().collect::<String>().into_bytes()),
    ];
    for (way, bytes) in ways {
        let place = Place::new();
        let loaded = place.write("a.toml", bytes).load();
        assert_eq!(loaded.diagnostics, [], "{way}");
        assert_eq!(meaning(&loaded.schedule), meaning(&plain), "{way}");
    }
}

#[test]
fn blanks_and_letters_that_look_alike_make_no_second_name() {
    // Tabs, non-breaking and zero-width spaces, a decomposed «ồ».
    let text = "[[broadcast]]\n\tid\t=\t\"\u{a0}ho\u{300}a \u{200b}\"\nat = \" 5:30\u{a0}\"\nplay = \"Ho\u{300}a\u{a0}bình\"\nzones = \"thon-1\u{a0}\"\n";
    let (schedule, found) = read(text);
    assert_eq!((ids(&schedule), codes(&found)), (vec!["hòa"], vec![]));
    assert_eq!(schedule.broadcasts[0].play, [schedule::Play::Sound("Hòa bình".to_owned())]);
    let (_, found) = read(&format!("{text}[[broadcast]]\nid = \"hòa\"\nat = \"05:30\"\nplay = \"x\"\n"));
    assert_eq!(codes(&found), ["duplicate_id"]);
}

#[test]
fn an_empty_file_is_told_of() {
    let place = Place::new();
    let loaded = place.write("a.toml", "").write("b.toml", "\u{feff}\r\n").write("c.toml", "# chưa có gì\n").load();
    assert_eq!(codes(&loaded.diagnostics), ["empty_file", "empty_file"]);
    assert_eq!(loaded.broken, [] as [&str; 0]);
}

#[test]
fn a_campaign_may_stand_in_another_file_than_its_broadcast() {
    let place = Place::new();
    place.write("a.toml", one("a") + "campaign = \"x\"\n").write("b.toml", "[campaigns.x]\n[campaigns.y]\n");
    let loaded = place.write("c.toml", "[campaigns.y]\n").load();
    assert_eq!(codes(&loaded.diagnostics), ["duplicate_id"]);
    assert_eq!(loaded.schedule.broadcasts[0].campaign.as_deref(), Some("x"));
    place.write("b.toml", "[campaigns.x\n");
    let loaded = place.load();
    assert_eq!(codes(&loaded.diagnostics), ["unknown_campaign", "unclosed_header"]);
    assert_eq!((ids(&loaded.schedule), loaded.schedule.broadcasts[0].campaign.as_deref()), (vec!["a"], None));
}

#[test]
fn one_broken_file_never_silences_the_others() {
    let place = Place::new();
    place.write("a.toml", one("a")).write("b.toml", "[[broadcast]]\nid = \"b").write("c.toml", [0x54, 0xf4, 0xff]);
    place.write("d.toml", one("d")).write("e.toml", vec![b' '; 3 * 1024 * 1024]);
    fs::create_dir(place.0.path().join("schedules/f.toml")).unwrap();
    let loaded = place.load();
    assert_eq!(ids(&loaded.schedule), ["a", "d"]);
    assert_eq!(codes(&loaded.diagnostics), ["unclosed_string", "not_utf8", "too_large", "not_a_file"]);
    assert_eq!(loaded.broken, ["schedules/b.toml", "schedules/c.toml", "schedules/e.toml", "schedules/f.toml"]);
}

#[test]
fn one_broken_broadcast_never_silences_the_others() {
    let (schedule, found) =
        read(&format!("{}[[broadcast]]\nid = \"b\"\nat = \"5h30\"\nplay = \"b\"\n{}", one("a"), one("c")));
    assert_eq!((ids(&schedule), codes(&found)), (vec!["a", "c"], vec!["bad_time"]));
}

#[test]
fn a_broadcast_with_a_warning_stays() {
    let (schedule, found) = read("[[broadcast]]\nid = \"a\"\ncron = \"0 0 5 * * 2\"\nplay = \"a\"\n");
    assert_eq!((ids(&schedule), codes(&found)), (vec!["a"], vec!["cron_weekday_number"]));
    assert!(matches!(schedule.broadcasts[0].recurrence, Recurrence::Cron(_)));
}

#[test]
fn a_broadcast_keeps_the_zones_that_are_there() {
    let text = "[[broadcast]]\nid = \"a\"\nat = \"05:30\"\nplay = \"a\"\nzones = [\"thon-2\", \"thon-7\"]\n";
    let (schedule, found) = read(text);
    assert_eq!((ids(&schedule), codes(&found)), (vec!["a"], vec!["unknown_zone"]));
    assert_eq!(schedule.broadcasts[0].zones, [station::ZoneIx(1)]);
    let (schedule, _) = read(&text.replace("thon-2", "thon-8"));
    assert_eq!(schedule.broadcasts.len(), 0);
}

#[test]
fn the_last_good_text_of_a_broken_file_keeps_sounding() {
    let place = Place::new();
    let first = place.write("a.toml", one("a")).write("b.toml", one("b")).load();
    place.write("a.toml", "[[broadcast]]\nid = \"a");
    let second = schedule::reload(place.0.path(), &the_station(), TODAY, &first.good, &first);
    assert_eq!(ids(&second.schedule), ["a", "b"]);
    assert_eq!(codes(&second.diagnostics), ["last_good_kept", "unclosed_string"]);
    let third = schedule::reload(place.0.path(), &the_station(), TODAY, &second.good, &second);
    assert_eq!(ids(&third.schedule), ["a", "b"]);
    fs::remove_file(place.0.path().join("schedules/a.toml")).unwrap();
    let fourth = schedule::reload(place.0.path(), &the_station(), TODAY, &third.good, &third);
    assert_eq!(ids(&fourth.schedule), ["b"]);
}

#[test]
fn of_two_files_with_one_id_the_first_keeps_it_and_both_lines_are_shown() {
    let place = Place::new();
    let rules = "[rules]\nhours = \"05:00-06:00\"\n";
    let loaded = place.write("lich - Copy.toml", one("a") + rules).write("lich.toml", one("a") + rules).load();
    assert_eq!(ids(&loaded.schedule), ["a"]);
    assert_eq!(loaded.schedule.rules.station.places.hours.as_ref().unwrap().file, "schedules/lich - Copy.toml");
    insta::assert_snapshot!("duplicates", render(&loaded.diagnostics, &loaded.sources, Lang::Vi, Look::Plain));
}

#[test]
fn zones_and_groups_have_rules_of_their_own_and_a_zone_goes_before_its_group() {
    let (schedule, found) = read(
        "[rules]\nhours = \"05:00-06:00\"\nmax_session = \"45m\"\n\
         [rules.zones.thon-2]\nmax_sessions_per_day = 2\n\
         [rules.zones.vung-cao]\nmax_session = \"15m\"\nmax_sessions_per_day = 4\n\
         volume = [{ hours = [\"05:00-06:00\", \"22:00-02:00\"], db = -4.5 }]\n",
    );
    assert_eq!(found, []);
    let law = &schedule.rules;
    let (first, second) = (law.of(ZoneIx(0)), law.of(ZoneIx(1)));
    assert_eq!(first, &law.station);
    assert_eq!((first.max_session, first.max_sessions_per_day), (Some(Duration::from_mins(45)), None));
    assert_eq!((second.max_session, second.max_sessions_per_day), (Some(Duration::from_mins(15)), Some(2)));
    assert_eq!((&second.hours, second.volume.len()), (&first.hours, 3));
    let lines = |places: &schedule::RulePlaces| {
        [&places.hours, &places.max_session, &places.max_sessions_per_day].map(|place| place.as_ref().map(|it| it.line))
    };
    assert_eq!((lines(&first.places), lines(&second.places)), ([Some(2), Some(3), None], [Some(2), Some(7), Some(5)]));
}

#[test]
fn a_rule_that_cannot_be_read_is_narrow_not_absent() {
    let (schedule, found) = read(
        "[rules]\nhours = \"00:00-24:00\"\ndays = \"ngày rằm\"\nmax_session = 60\nmax_sessions_per_day = \"3\"\n\
         volume = [{ hours = \"05:00-06:00\", db = \"-6 dB\" }]\n\
         [rules.zones.thon-2]\nhours = \"5h sáng\"\nmax_session = \"một giờ\"\n",
    );
    assert_eq!(
        codes(&found),
        ["bad_days", "bad_length", "wrong_type", "wrong_type", "bad_hours", "bad_length"],
        "{found:#?}"
    );
    let (station, second) = (&schedule.rules.station, schedule.rules.of(ZoneIx(1)));
    assert_eq!(station.days, 0b001_1111);
    assert_eq!((station.max_session, station.max_sessions_per_day), (Some(Duration::from_mins(15)), Some(2)));
    assert_eq!(station.volume, [schedule::Level { hours: 18_000..21_600, db: -6.0 }]);
    assert_eq!(second.hours, schedule::Rules::default().hours, "not the whole day of the station");
    assert_eq!(second.max_session, Some(Duration::from_mins(15)));
}

#[test]
fn files_from_windows_are_read_passed_over_or_told_of() {
    let place = Place::new();
    place.write("Lịch tháng 12.toml", one("a")).write("LICH.TOML", one("b")).write("lich.toml.txt", one("c"));
    place.write("~$lich.toml", one("d")).write(".lich.toml.swp", one("e")).write(".an.toml", one("f"));
    place.write("lich.toml~", one("g")).write("README.txt", "x");
    let loaded = place.load();
    assert_eq!(ids(&loaded.schedule), ["b", "a"]);
    assert_eq!(codes(&loaded.diagnostics), ["hidden_ending"]);
}

#[cfg(unix)]
#[test]
fn links_that_lead_out_and_pipes_are_not_read() {
    use std::os::unix::fs::symlink;
    let place = Place::new();
    place.write("a.toml", one("a"));
    let dir = place.0.path().join("schedules");
    symlink(place.0.path().join("loa.toml"), dir.join("b.toml")).unwrap();
    symlink("/nowhere/at/all.toml", dir.join("c.toml")).unwrap();
    rustix::fs::mknodat(rustix::fs::CWD, dir.join("d.toml"), rustix::fs::FileType::Fifo, rustix::fs::Mode::RUSR, 0)
        .unwrap();
    let loaded = place.load();
    assert_eq!(ids(&loaded.schedule), ["a"]);
    assert_eq!(codes(&loaded.diagnostics), ["leads_out", "unreadable", "not_a_file"]);
}

#[test]
fn there_is_a_limit_to_everything() {
    let place = Place::new();
    for at in 0..1001 {
        place.write(&format!("{at:04}.toml"), one(&format!("a{at}")));
    }
    let loaded = place.load();
    assert_eq!((loaded.schedule.broadcasts.len(), codes(&loaded.diagnostics)), (1000, vec!["too_many_files"]));

    let mut many = String::new();
    for at in 0..20_001 {
        writeln!(many, "[[broadcast]]\nid=\"a{at}\"\nat=\"05:30\"\nplay=\"a\"").unwrap();
    }
    let (schedule, found) = read(&many);
    assert_eq!((schedule.broadcasts.len(), codes(&found)), (20_000, vec!["too_many"]));

    let times =
        |count: u32| (0..count).map(|at| format!("\"{:02}:{:02}\"", at / 60, at % 60)).collect::<Vec<_>>().join(",");
    let items = |count: usize| vec!["\"a\""; count].join(",");
    let text = |times: String, items: String| format!("[[broadcast]]\nid=\"a\"\nat=[{times}]\nplay=[{items}]\n");
    assert_eq!(codes(&read(&text(times(288), items(200))).1), [] as [&str; 0]);
    assert_eq!(codes(&read(&text(times(289), items(200))).1), ["too_many"]);
    assert_eq!(codes(&read(&text(times(288), items(201))).1), ["too_many"]);

    let garbage = "x\n".repeat(5_000);
    let found = read(&garbage).1;
    assert_eq!((found.len(), found[0].code), (501, "too_many_problems"));

    let place = Place::new();
    for at in 0..12 {
        place.write(&format!("{at:02}.toml"), "x\n".repeat(600));
    }
    let loaded = place.write("99.toml", one("a")).load();
    let (told, whole) = (loaded.diagnostics.len(), &loaded.diagnostics[0]);
    assert_eq!((whole.file.as_str(), whole.code), ("schedules", "too_many_problems"));
    assert!((5_000..5_600).contains(&told), "{told}");
    assert_eq!((ids(&loaded.schedule), loaded.broken.len()), (vec!["a"], 12));
}

#[test]
fn a_broken_loa_toml_keeps_the_zones_that_can_be_read() {
    let text = fs::read_to_string(here().join("loa-zones.toml")).unwrap();
    let (station, _) = station::check(&source("loa.toml", &text));
    assert_eq!(station.zones.iter().map(|zone| zone.id.as_str()).collect::<Vec<_>>(), ["thon-3", "thon-4"]);
    assert_eq!(station.timezone.iana_name(), Some("Asia/Ho_Chi_Minh"));
    let text = fs::read_to_string(here().join("loa-syntax.toml")).unwrap();
    let (station, _) = station::check(&source("loa.toml", &text));
    assert_eq!(station.zones.iter().map(|zone| zone.id.as_str()).collect::<Vec<_>>(), ["thon-2"]);
    let (station, found) = station::check(&source("loa.toml", "[zones.a]\noutput = \"x\"\n"));
    assert_eq!((station, codes(&found)), (Station::default(), vec!["bad_output"]));
}

/// Read bytes as both kinds of file, show what is wrong, and hold that every place lies in the text.
fn survive(bytes: &[u8]) {
    let place = Place::new();
    fs::write(place.0.path().join("loa.toml"), bytes).unwrap();
    place.write("a.toml", bytes);
    let (station, mut found, mut sources) = station::load(place.0.path());
    assert!(!station.zones.is_empty());
    let loaded = schedule::load(place.0.path(), &station, TODAY);
    found.extend(loaded.diagnostics);
    sources.extend(loaded.sources);
    for one in &found {
        let source = sources.iter().find(|source| source.path == one.file).unwrap();
        assert!(
            one.span.as_ref().is_none_or(|span| span.start <= span.end && span.end <= source.text.len()),
            "{one:?}"
        );
        assert_eq!(one.span.is_some(), one.line > 0 && one.column > 0, "{one:?}");
        assert!(one.help.is_some() || one.code == "too_many_problems", "no cure: {one:?}");
    }
    for lang in [Lang::Vi, Lang::En] {
        let shown = render(&found, &sources, lang, Look::Plain);
        assert!(!shown.contains('\u{1b}'), "{shown}");
        json(&found, lang).unwrap();
    }
}

#[test]
fn a_file_cut_anywhere_is_read_without_a_panic() {
    for file in [GOOD, STATION] {
        for at in 0..=file.len() {
            survive(&file.as_bytes()[..at]);
        }
    }
}

/// What people and machines do to a file.
fn mutated(good: &'static str) -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        Just("\"".to_owned()),
        Just("“".to_owned()),
        Just("[".to_owned()),
        Just("]]\n".to_owned()),
        Just("\r\n".to_owned()),
        Just("\u{a0}".to_owned()),
        Just("\u{1b}[31m".to_owned()),
        Just("-".to_owned()),
        Just("..".to_owned()),
        Just("999999999999999999999".to_owned()),
        Just("'''".to_owned()),
        any::<String>(),
    ];
    let edits = prop::collection::vec((any::<prop::sample::Index>(), 0..12_usize, piece), 1..6);
    edits.prop_map(move |edits| {
        let mut bytes = good.as_bytes().to_vec();
        for (at, cut, piece) in edits {
            let at = at.index(bytes.len() + 1);
            let end = (at + cut).min(bytes.len());
            bytes.splice(at..end, piece.into_bytes());
        }
        bytes
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_bring_the_reading_down(bytes in prop::collection::vec(any::<u8>(), 0..512)) {
        survive(&bytes);
    }

    #[test]
    fn no_edit_of_a_schedule_brings_the_reading_down(bytes in mutated(GOOD)) {
        survive(&bytes);
    }

    #[test]
    fn no_line_of_cron_brings_the_reading_down(
        fields in prop::collection::vec("[*?]|[0-9]{1,2}|[0-9]{1,4}-[0-9]{1,4}|[*0-9]{1,3}/[0-9]{1,3}|(Mon|Fri|sun|Jan|[0-9]{1,2})(,[0-9]{1,2}|-Thu|#2|L|W){0,3}", 4..9),
    ) {
        let cron = fields.join(" ");
        let (schedule, found) = read(&format!("[[broadcast]]\nid = \"a\"\ncron = \"{cron}\"\nplay = \"a\"\n"));
        let errors = found.iter().filter(|one| one.is_error()).count();
        prop_assert_eq!(schedule.broadcasts.len() + errors, 1, "{} {:?}", cron, found);
    }

    #[test]
    fn no_edit_of_loa_toml_brings_the_reading_down(bytes in mutated(STATION)) {
        survive(&bytes);
    }
}
