//! What belongs to the digest of a broadcast, and what does not.

use std::collections::BTreeSet;

use jiff::civil::date;

use crate::diag::SourceFile;
use crate::plan::sample::{library, station};
use crate::plan::{Approvable, SoundIndex, approvable, approvable_in};
use crate::schedule::{Reading, Schedule, check};
use crate::station::Station;

const BASE: &str = r#"[[broadcast]]
id = "tin"
title = "Bản tin"
campaign = "cai-cach"
zones = ["thon-1", "thon-2"]
at = ["05:30", "17:00:15"]
days = "mon-fri"
from = 2026-07-01
until = 2026-12-31
except = ["holidays", 2026-12-01, 2026-12-08T05:30:00]
also = [2026-12-05T06:00:00]
only = ["cho-phien", "mon-fri"]
play = ["chime", "tin", "pause 2s", "chime"]
class = "normal"
order = 3
wait = "10m"
if_missed = "skip"
if_interrupted = "resume"
"#;

const REST: &str = r#"
[campaigns.cai-cach]
title = "Cải cách"
[campaigns.khac]
title = "Khác"
[[holiday]]
name = "Tết"
lunar = "1/1..3/1"
[days.cho-phien]
lunar = ["5", "15"]
[rules]
hours = ["05:00-21:00"]
"#;

fn three() -> Station {
    let mut station = station(3);
    station.zones[1].languages = vec!["vi".to_owned(), "kho".to_owned()];
    station.groups.insert("hai-thon".to_owned(), vec![crate::station::ZoneIx(0), crate::station::ZoneIx(1)]);
    station
}

fn read(text: &str, station: &Station) -> Schedule {
    let source = SourceFile { path: "schedules/a.toml".to_owned(), text: text.to_owned() };
    let (schedule, found) = check(&[source], station, Reading { today: date(2026, 11, 28) });
    let errors: Vec<_> = found.iter().filter(|one| one.is_error()).collect();
    assert!(errors.is_empty(), "{text}\n{errors:?}");
    schedule
}

fn of(text: &str, station: &Station, sounds: &crate::plan::Library) -> Approvable {
    let schedule = read(text, station);
    let tin = schedule.broadcasts.iter().find(|broadcast| broadcast.id.starts_with("tin")).expect("it is there");
    let whole = approvable(tin, &schedule, station, &SoundIndex::new(sounds, station));
    assert_eq!(approvable_in(tin, &schedule, station, sounds), whole, "the near way is the same");
    whole
}

fn sounds() -> crate::plan::Library {
    library(&[("tin.mp3", 60), ("tin.kho.mp3", 61), ("nhac.mp3", 30), ("khac.mp3", 9)])
}

#[test]
fn comments_the_order_of_keys_the_file_and_another_way_of_writing_the_same_change_nothing() {
    let station = three();
    let base = of(&[BASE, REST].concat(), &station, &sounds());
    let lines: Vec<&str> = BASE.lines().skip(1).collect();
    let reversed = format!("[[broadcast]]\n{}\n", lines.iter().rev().copied().collect::<Vec<_>>().join("\n"));
    let other = "[[broadcast]]\nid = \"khac\"\nat = \"09:00\"\nplay = \"khac\"\n";
    let same = [
        format!("# bà Hai dặn\n{BASE}{REST}"),
        format!("{REST}\n{BASE}"),
        format!("{reversed}{REST}"),
        format!("{other}{BASE}{REST}"),
        BASE.replace("[\"05:30\", \"17:00:15\"]", "[\"17:00:15\", \"05:30:00\"]") + REST,
        BASE.replace("\"mon-fri\"\nfrom", "[\"fri\", \"mon\", \"tue\", \"wed\", \"thu\"]  # cả tuần\nfrom") + REST,
        BASE.replace("[\"thon-1\", \"thon-2\"]", "[\"hai-thon\"]") + REST,
        BASE.replace("[\"thon-1\", \"thon-2\"]", "[\"thon-2\", \"thon-1\"]") + REST,
        BASE.replace("\"10m\"", "\"600s\"") + REST,
        BASE.replace("class = \"normal\"\n", "").replace("if_missed = \"skip\"\n", "") + REST,
        // What only silences, and the law.
        format!("{BASE}{REST}[[cancel]]\ndate = 2026-12-02\nwhy = \"tang\"\n"),
        [BASE, REST].concat().replace("1/1..3/1", "1/1..5/1"),
        [BASE, REST].concat().replace("05:00-21:00", "05:00-22:00"),
    ];
    for text in same {
        assert_eq!(of(&text, &station, &sounds()), base, "{text}");
    }
    // The other zones, and what is nobody's here.
    let mut quieter = three();
    quieter.zones[0].gain_db = -3.0;
    quieter.zones[2].languages = vec!["kho".to_owned()];
    assert_eq!(of(&[BASE, REST].concat(), &quieter, &sounds()), base);
    let more = library(&[("tin.mp3", 60), ("tin.kho.mp3", 61), ("nhac.mp3", 30), ("khac.mp3", 9), ("moi.mp3", 5)]);
    assert_eq!(of(&[BASE, REST].concat(), &station, &more), base);
}

#[test]
fn whatever_decides_what_where_when_and_how_it_sounds_changes_it_and_no_two_alike() {
    let station = three();
    let whole = [BASE, REST].concat();
    let base = of(&whole, &station, &sounds());
    let changes = [
        ("id = \"tin\"", "id = \"tin-2\""),
        ("\"Bản tin\"", "\"Bản tin sáng\""),
        ("campaign = \"cai-cach\"", "campaign = \"khac\""),
        ("[\"thon-1\", \"thon-2\"]", "[\"thon-1\", \"thon-3\"]"),
        ("[\"thon-1\", \"thon-2\"]", "\"all\""),
        ("\"05:30\", ", ""),
        ("\"05:30\"", "\"05:30:01\""),
        ("days = \"mon-fri\"", "days = \"mon-sat\""),
        ("days = \"mon-fri\"", "dates = [2026-12-02]"),
        ("days = \"mon-fri\"", "lunar = [\"15\"]"),
        ("from = 2026-07-01", "from = 2026-07-02"),
        ("from = 2026-07-01\n", ""),
        ("until = 2026-12-31", "until = 2027-12-31"),
        ("\"holidays\", ", ""),
        ("2026-12-01, ", ""),
        (", 2026-12-08T05:30:00", ""),
        ("also = [2026-12-05T06:00:00]\n", ""),
        ("06:00:00]", "06:01:00]"),
        ("only = [\"cho-phien\", \"mon-fri\"]\n", ""),
        ("lunar = [\"5\", \"15\"]", "lunar = [\"5\", \"15\", \"20\"]"),
        ("\"pause 2s\"", "\"pause 3s\""),
        ("[\"chime\", \"tin\"", "[\"tin\""),
        ("\"tin\", \"pause", "\"khac\", \"pause"),
        ("class = \"normal\"", "class = \"priority\""),
        ("class = \"normal\"", "class = \"emergency\"\nby = \"Chủ tịch\"\nwhy = \"diễn tập\""),
        ("class = \"normal\"", "class = \"emergency\"\nby = \"Chủ tịch\"\nwhy = \"lũ\""),
        ("order = 3", "order = 4"),
        ("wait = \"10m\"", "wait = \"11m\""),
        ("\"skip\"", "\"join\""),
        ("\"skip\"", "\"late 10m\""),
        ("\"skip\"", "\"late 11m\""),
        ("\"resume\"", "\"restart\""),
        ("\"resume\"", "\"drop\""),
        ("class = \"normal\"", "kind = \"music\""),
        ("class = \"normal\"", "bed = \"nhac\""),
        ("class = \"normal\"", "chime = \"nhac\""),
    ];
    let mut known = BTreeSet::from([base.digest.clone()]);
    for (from, to) in changes {
        assert!(whole.contains(from), "{from}");
        let digest = of(&whole.replacen(from, to, 1), &station, &sounds()).digest;
        assert!(known.insert(digest), "{from} → {to} is like another");
    }
    let cron = |fields: &str| {
        let head =
            whole.replace("at = [\"05:30\", \"17:00:15\"]\ndays = \"mon-fri\"\n", &format!("cron = \"{fields}\"\n"));
        of(&head, &station, &sounds()).digest
    };
    assert_eq!(cron("0 30 5 * * Mon-Fri"), cron("0 30 5 * * MON,TUE,WED,THU,FRI"));
    assert!(known.insert(cron("0 30 5 * * Mon-Fri")) && known.insert(cron("0 31 5 * * Mon-Fri")));
}

#[test]
fn another_sound_is_another_digest_with_the_same_meaning_whichever_language_it_is_of() {
    let station = three();
    let whole = [BASE, REST].concat();
    let base = of(&whole, &station, &sounds());
    for file in ["tin.mp3", "tin.kho.mp3"] {
        let mut swapped = sounds();
        let facts = swapped.sounds.get_mut(file).unwrap().facts.as_mut().unwrap();
        facts.sha256 = format!("{:0>64}", "other");
        let other = of(&whole, &station, &swapped);
        assert!(other.digest != base.digest && other.digest.means_the_same(&base.digest), "{file}");
    }
    let mut gone = sounds();
    gone.sounds.remove("tin.mp3");
    gone.sounds.remove("tin.kho.mp3");
    let other = of(&whole, &station, &gone);
    assert_eq!((other.missing, other.digest == base.digest), (vec!["tin".to_owned()], false));
}

#[test]
fn an_approval_binds_whose_sound_is_relayed_from_where_and_what_is_heard_instead() {
    let base = "[relays.tinh]\nurl = \"http://a.vn/live\"\nelse = [\"nhac\"]\n[relays.huyen]\nline-in = \"default\"\n";
    let play = "[[broadcast]]\nid = \"tin\"\nat = \"05:30\"\nplay = [{ relay = \"tinh\", for = \"30m\" }]\n";
    let digest = |toml: &str, play: &str, sounds: &crate::plan::Library| {
        let source = SourceFile { path: "loa.toml".to_owned(), text: toml.to_owned() };
        let (station, found) = crate::station::check(&source);
        assert!(found.is_empty(), "{toml}: {found:?}");
        of(play, &station, sounds)
    };
    let whole = digest(base, play, &sounds());
    assert_eq!(whole.sounds.iter().map(|(file, _)| file.as_str()).collect::<Vec<_>>(), ["nhac.mp3"]);
    assert!(whole.missing.is_empty());
    for (from, to) in [
        ("http://a.vn/live", "http://b.vn/live"),
        ("url = \"http://a.vn/live\"", "hls = \"http://a.vn/live\""),
        ("[\"nhac\"]", "[\"khac\"]"),
        ("[\"nhac\"]", "[\"nhac\", { relay = \"huyen\" }]"),
        ("[\"nhac\"]", "[]"),
    ] {
        assert_ne!(digest(&base.replace(from, to), play, &sounds()).digest, whole.digest, "{from} {to}");
    }
    assert_ne!(digest(base, &play.replace("30m", "31m"), &sounds()).digest, whole.digest);
    let mut swapped = sounds();
    swapped.sounds.get_mut("nhac.mp3").unwrap().facts.as_mut().unwrap().sha256 = format!("{:0>64}", "other");
    assert_ne!(digest(base, play, &swapped).digest, whole.digest, "another sound of that name");
    // What it is called is nobody's approval.
    let named = base.replace("else", "title = \"Đài tỉnh\"\nelse");
    assert_eq!(digest(&named, play, &sounds()).digest, whole.digest);
}
