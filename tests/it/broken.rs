//! Broken station files: what is said about each, that nothing else falls silent with it, and that
//! no bytes whatever bring the reading down.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::civil::Date;
use loa::diag::{Colours, Diagnostic, Lang, SourceFile, json, render};
use loa::schedule::{self, Reading, Recurrence, Schedule};
use loa::station::{self, Station, ZoneIx};

mod at_once;
mod bytes;
mod cures;
mod directory;
mod keys;
mod law;

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
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/broken/files")
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
            out.push_str(&render(&found, std::slice::from_ref(&file), lang, Colours::Plain));
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
    assert_eq!(station.days, 0, "no day that can be read");
    assert_eq!((station.max_session, station.max_sessions_per_day), (Some(Duration::from_mins(15)), Some(2)));
    assert_eq!(station.volume, [schedule::Level { hours: 18_000..21_600, db: -6.0 }]);
    assert_eq!(second.hours.0, [], "neither the whole day of the station nor the built-in hours");
    assert_eq!(second.max_session, Some(Duration::from_mins(15)));
}

#[test]
fn a_broken_loa_toml_keeps_its_zones_and_those_whose_output_cannot_be_read_are_silent() {
    let text = fs::read_to_string(here().join("loa-zones.toml")).unwrap();
    let zones = |text: &str| {
        let (station, _) = station::check(&source("loa.toml", text));
        let silent = |zone: &station::Zone| zone.output == station::OutputName::Unusable;
        station.zones.iter().map(|zone| (zone.id.clone(), silent(zone))).collect::<Vec<_>>()
    };
    let named =
        |zones: &[(&str, bool)]| zones.iter().map(|(id, silent)| ((*id).to_owned(), *silent)).collect::<Vec<_>>();
    assert_eq!(zones(&text), named(&[("thon-1", true), ("thon-2", true), ("thon-3", false), ("thon-4", false)]));
    let (station, _) = station::check(&source("loa.toml", &text));
    assert_eq!(station.timezone.iana_name(), Some("Asia/Ho_Chi_Minh"));
    let text = fs::read_to_string(here().join("loa-syntax.toml")).unwrap();
    assert_eq!(zones(&text), named(&[("thon-1", true), ("thon-2", false)]));
    let (_, found) = station::check(&source("loa.toml", "[zones.a]\noutput = \"x\"\n"));
    assert_eq!(codes(&found), ["bad_output"]);
    assert_eq!(zones("[zones.a]\noutput = \"x\"\n"), named(&[("a", true)]), "and not the default card");
}
