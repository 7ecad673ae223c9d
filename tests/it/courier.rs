//! `loa bundle` and `loa courier`: from the office to the box and back, on a stick.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::kit::{Said, Station, asked_by_another, broadcast_at, is_root, whole_second_in};

pub(crate) const PLACE: &str = "vn.p01.c003";
pub(crate) const RULES: &str = "[rules]\nhours = [\"00:00-24:00\"]\n";

/// The province's roots, the commune's office, and a stick.
pub(crate) struct Office {
    pub(crate) station: Station,
    safe: tempfile::TempDir,
    stick: tempfile::TempDir,
}

impl Office {
    pub(crate) fn new() -> Self {
        let (station, safe) = (Station::new(), tempfile::tempdir().unwrap());
        station.write("loa.toml", "name = \"Xã Đông Giang\"\n[zones.thon-1]\noutput = \"null\"\nloudness = \"off\"\n");
        let office = Self { station, safe, stick: tempfile::tempdir().unwrap() };
        for name in ["a", "b", "c", "xa", "la", "bao"] {
            office.good(&["bundle", "key", &office.file(name)]);
        }
        let keys = office.file("khoa.json");
        let known = format!("UBND xã={}=schedule={PLACE}", office.file("xa.pub"));
        let alarms = format!("Ban phòng chống lụt bão={}=emergency=vn.p01", office.file("bao.pub"));
        let mut words = vec!["bundle", "keys", &keys, "--place", "vn.p01", "--until", "2199-12-31", "--key", &known];
        words.extend(["--key", &alarms]);
        let roots = ["a.pub", "b.pub", "c.pub"].map(|name| office.file(name));
        for root in &roots {
            words.extend(["--root", root]);
        }
        office.good(&words);
        office.good(&["bundle", "sign", &keys, "--with", &office.file("a.key")]);
        let said = office.good(&["bundle", "sign", &keys, "--with", &office.file("c.key"), "--json"]);
        assert_eq!(said.json()["signatures"], 2);
        office
    }

    pub(crate) fn file(&self, name: &str) -> String {
        self.safe.path().join(name).display().to_string()
    }

    pub(crate) fn good(&self, words: &[&str]) -> Said {
        let said = self.station.loa(words);
        assert_eq!(said.code, 0, "{words:?}: {said:?}");
        said
    }

    /// Where its stick is plugged in.
    pub(crate) fn stick(&self) -> &Path {
        self.stick.path()
    }

    pub(crate) fn on_stick(&self, name: &str) -> PathBuf {
        self.stick.path().join(name)
    }

    /// Pack what the office has now, signed with this key.
    pub(crate) fn make(&self, name: &str, number: u64, key: &str) -> PathBuf {
        self.make_of(&[], name, number, key)
    }

    /// The same of these schedules only; of all where none is named.
    pub(crate) fn make_of(&self, schedules: &[&str], name: &str, number: u64, key: &str) -> PathBuf {
        let (path, number, until) = (self.on_stick(name), number.to_string(), in_a_month());
        let (key, keys) = (self.file(key), self.file("khoa.json"));
        let mut words = vec!["bundle", "make", path.to_str().unwrap()];
        words.extend(schedules);
        words.extend(["--place", PLACE, "--until", &until, "--number", &number, "--title", "Tuần 49"]);
        words.extend(["--with", &key, "--keys", &keys]);
        let said = self.good(&words);
        assert!(said.out.contains("Packed"), "{said:?}");
        path
    }

    /// A station at a hamlet that believes these roots.
    pub(crate) fn hamlet(&self, more: &str) -> Station {
        let root = |name: &str| {
            let line = fs::read_to_string(self.file(name)).unwrap();
            line.split_whitespace().last().unwrap().to_owned()
        };
        let roots = ["a.pub", "b.pub", "c.pub"].map(root).to_vec();
        let station = Station::new();
        station.write(
            "loa.toml",
            &format!(
                "{more}name = \"Thôn Một\"\n[clock]\ntrust = \"always\"\n[zones.thon-1]\noutput = \"null\"\nloudness = \"off\"\n[bundle]\nplace = \"{PLACE}.h1\"\nroots = {roots:?}\n"
            ),
        );
        station
    }

    pub(crate) fn visit(&self, station: &Station) -> Said {
        station.loa(&["courier", self.stick.path().to_str().unwrap()])
    }

    pub(crate) fn page(&self) -> String {
        fs::read_to_string(self.on_stick("KET-QUA-LOA.txt")).unwrap_or_default()
    }
}

/// The last day on which what is made now may be taken.
fn in_a_month() -> String {
    let now = whole_second_in(30 * 86_400);
    now.date().to_string()
}

fn reasons(station: &Station) -> Vec<String> {
    let rows = station.loa(&["journal", "--json"]).rows();
    rows.iter().filter_map(|row| row["reason"].as_str().map(str::to_owned)).collect()
}

#[test]
#[ignore = "long"]
fn what_the_office_packs_sounds_at_the_hamlet_and_its_journal_comes_home_signed() {
    let office = Office::new();
    let hamlet = office.hamlet("");
    hamlet.write("schedules/thon.toml", RULES);
    let daemon = hamlet.run();
    let second = whole_second_in(20);
    office.station.tone("tin.wav", 1.0, 440.0).tone("khac.wav", 1.0, 440.0);
    // The hamlet has its own hours; the office needs them for its check only.
    office.station.write("schedules/gio.toml", RULES);
    office.station.write("schedules/xa.toml", &broadcast_at("tin-xa", second, "\"tin\"", ""));
    let path = office.on_stick("tuan-49.loa");
    office.good(&[
        "bundle",
        "make",
        path.to_str().unwrap(),
        "xa.toml",
        "--place",
        PLACE,
        "--until",
        &in_a_month(),
        "--with",
        &office.file("xa.key"),
        "--keys",
        &office.file("khoa.json"),
    ]);
    let shown = office.good(&["bundle", "show", path.to_str().unwrap(), "--json"]).json();
    let files: Vec<&str> =
        shown["manifest"]["files"].as_array().unwrap().iter().map(|file| file["path"].as_str().unwrap()).collect();
    assert_eq!(files, ["schedules/xa.toml", "audio/tin.wav"], "what its schedules play, and no more");
    assert_eq!(hamlet.loa(&["bundle", "verify", path.to_str().unwrap()]).code, 0);
    assert!(!hamlet.path("schedules/xa.toml").exists());
    let said = office.visit(&hamlet);
    assert_eq!(said.code, 0, "{said:?}");
    assert!(office.page().contains("Đã nhận «Xã Đông Giang», UBND xã ký"), "{}", office.page());
    daemon.wait_until("it is heard", || {
        let rows = hamlet.loa(&["journal", "--json"]).rows();
        rows.iter().any(|row| row["broadcast"] == "tin-xa" && row["outcome"] == "played")
    });
    let has =
        |begins: &str, ends: &str| reasons(&hamlet).iter().any(|one| one.starts_with(begins) && one.ends_with(ends));
    daemon.wait_until("the journal has both", || has("bundle_installed: ", ", UBND xã") && has("report_taken: ", ""));
    assert_eq!(hamlet.loa(&["journal", "verify"]).code, 0);
    assert_eq!(hamlet.loa(&["check"]).code, 0);
    // The next visit takes the row home.
    let said = office.visit(&hamlet);
    assert!(said.code == 0 && said.out.contains("had been installed before"), "{said:?}");
    let home = office.good(&["courier", office.stick.path().to_str().unwrap(), "--read", "--json"]).json();
    assert_eq!((home[0]["folder"].as_str(), home[0]["wrong"].as_array().unwrap().len()), (Some("vn.p01.c003.h1"), 0));
    let rows = home[0]["signed"]["report"]["rows"].as_u64().unwrap();
    assert!(rows >= 4, "{home}");
    let told = &home[0]["signed"]["report"]["bundles"]["held"][PLACE];
    assert!(told["signed_by"] == "UBND xã" && home[0]["signed"]["report"]["status"].is_object(), "{home}");
    assert_eq!(daemon.end(), 0);
}

#[test]
#[ignore = "long"]
fn what_is_refused_is_told_on_the_stick_in_the_journal_and_by_the_exit_code() {
    let office = Office::new();
    office.station.tone("tin.wav", 1.0, 440.0);
    let lines = "[[broadcast]]\nid = \"tin-xa\"\nat = \"05:30\"\nplay = \"tin\"\n";
    office.station.write("schedules/xa.toml", lines);
    let hamlet = office.hamlet("");
    hamlet.write("schedules/thon.toml", "[[broadcast]]\nid = \"tin-xa\"\nat = \"17:30\"\nplay = \"thon\"\n");
    hamlet.tone("thon.wav", 1.0, 440.0);
    let daemon = hamlet.run();
    let bundle = office.make("tuan.loa", 1, "xa.key");
    let said = office.visit(&hamlet);
    assert!(said.code == 1 && said.out.contains("tin-xa"), "{said:?}");
    assert!(office.page().contains("loa check không chấp nhận: schedules/"), "{}", office.page());
    assert!(!hamlet.path("schedules/xa.toml").exists() && !hamlet.path("audio/tin.wav").exists());
    daemon.wait_until("the journal has it", || {
        reasons(&hamlet).iter().any(|one| one.starts_with("bundle_refused: bundle_check_refuses"))
    });
    // It says so to whoever installs by hand too, and to the next reader of the code.
    let said = hamlet.loa(&["bundle", "install", bundle.to_str().unwrap()]);
    assert!(said.code == 1 && said.err.contains("loa check refuses it"), "{said:?}");
    assert_eq!(hamlet.loa(&["explain", "bundle_check_refuses"]).code, 0);
    // Signed with a key that nobody knows; and cut off.
    fs::remove_file(&bundle).unwrap();
    hamlet.write("schedules/thon.toml", "");
    let stranger = office.make("la.loa", 2, "la.key");
    assert!(office.visit(&hamlet).code == 1 && office.page().contains("không có trong danh sách"), "{}", office.page());
    let whole = fs::read(&stranger).unwrap();
    fs::write(&stranger, &whole[..whole.len() - 700]).unwrap();
    assert_eq!(office.visit(&hamlet).code, 1);
    assert_eq!(hamlet.loa(&["bundle", "show", stranger.to_str().unwrap()]).code, 1);
    assert_eq!(fs::read_dir(hamlet.path("audio")).unwrap().count(), 1);
    // The office is told before it sends what nobody would take.
    office.station.write("schedules/xa.toml", &lines.replace("05:30", "25:99"));
    let path = office.on_stick("x.loa");
    let words = ["bundle", "make", path.to_str().unwrap(), "--place", PLACE, "--until", "2027-01-31"];
    let said = office.station.loa(&words);
    assert!(said.code == 1 && said.err.contains("xa.toml:3") && !path.exists(), "{said:?}");
    assert_eq!(daemon.end(), 0);
}

#[test]
fn a_number_that_the_clock_does_not_reach_is_told_to_whoever_packs_the_next_one() {
    let office = Office::new();
    office.station.tone("tin.wav", 1.0, 440.0);
    office.station.write("schedules/xa.toml", "[[broadcast]]\nid = \"tin-xa\"\nat = \"05:30\"\nplay = \"tin\"\n");
    let hamlet = office.hamlet("");
    hamlet.write("schedules/thon.toml", "");
    let ahead = office.make("xa.loa", 9_999_999_999, "xa.key");
    let said = hamlet.loa(&["bundle", "install", ahead.to_str().unwrap()]);
    assert_eq!(said.code, 0, "{said:?}");
    let (path, until, key) = (office.on_stick("sau.loa"), in_a_month(), office.file("xa.key"));
    let words = ["bundle", "make", path.to_str().unwrap(), "--place", PLACE, "--until", &until, "--with", &key];
    let said = hamlet.loa(&words);
    assert!(said.code != 0 && said.err.contains("--number 10000000000") && !path.exists(), "{said:?}");
    let said = hamlet.loa(&[&words[..], &["--number", "10000000000"]].concat());
    assert_eq!(said.code, 0, "{said:?}");
}

#[test]
fn a_station_without_a_schedule_takes_nobodys_schedule_away_by_mistake() {
    let office = Office::new();
    let (path, until) = (office.on_stick("trong.loa"), in_a_month());
    let words = ["bundle", "make", path.to_str().unwrap(), "--place", PLACE, "--until", &until];
    let said = office.station.loa(&words);
    assert!(said.code != 0 && said.err.contains("--empty") && !path.exists(), "{said:?}");
    let dir = office.station.path("schedules").display().to_string();
    assert!(said.err.contains(&dir), "{said:?}");
    // What was named is told, with where it was looked for and what is there.
    let named = [&words[..], &["tuan-*.toml"]].concat();
    let said = office.station.loa(&named);
    assert!(said.code == 2 && said.err.contains("tuan-*.toml") && said.err.contains(&dir), "{said:?}");
    office.station.write("schedules/xa.toml", "");
    let said = office.station.loa(&named);
    assert!(said.code == 2 && said.err.contains("tuan-*.toml") && said.err.contains("xa.toml"), "{said:?}");
    fs::remove_file(office.station.path("schedules/xa.toml")).unwrap();
    office.good(&[&words[..], &["--empty"]].concat());
    // The command that follows is told with its file, and with the station that was named.
    let said = office.good(&["bundle", "show", path.to_str().unwrap()]);
    let verify = format!("bundle verify {}", path.display());
    assert!(said.out.contains(&verify) && said.out.contains("loa --dir "), "{said:?}");
}

#[test]
#[ignore = "long"]
fn a_station_that_asks_for_approval_asks_for_it_here_too() {
    let office = Office::new();
    office.station.tone("tin.wav", 1.0, 440.0);
    office.station.write("schedules/xa.toml", "[[broadcast]]\nid = \"tin-xa\"\nat = \"05:30\"\nplay = \"tin\"\n");
    let hamlet = office.hamlet("approval = \"required\"\n");
    hamlet.write("schedules/thon.toml", "");
    office.make("tuan.loa", 1, "xa.key");
    // The station's account is not the approver's; what root brings in is given to it.
    if is_root() {
        std::os::unix::fs::chown(hamlet.path("audio"), Some(12_345), None).unwrap();
    }
    let daemon = hamlet.run();
    let said = office.visit(&hamlet);
    assert_eq!(said.code, 0, "{said:?}");
    let waits = hamlet.loa(&["approve", "--json"]).rows();
    assert_eq!(waits[0]["broadcast"], "tin-xa", "{waits:?}");
    let plan = hamlet.loa(&["plan", "--json"]);
    assert!(plan.out.contains("not_approved"), "{plan:?}");
    let said = hamlet.loa(&["approve", "tin-xa", "--by", "UBND xã"]);
    assert!(said.code == 1 && said.err.contains("Changed by: UBND xã"), "{said:?}");
    if is_root() {
        let said = hamlet.loa(&["approve", "tin-xa", "--by", "Bà Hai"]);
        assert_eq!(said.code, 0, "{said:?}");
        daemon.wait_until("nothing waits", || hamlet.loa(&["approve", "--json"]).rows().is_empty());
    }
    assert_eq!(daemon.end(), 0);
}

#[test]
#[ignore = "long"]
fn whoever_ends_the_program_at_any_moment_leaves_the_old_or_the_new() {
    let office = Office::new();
    office.station.tone("tin.wav", 4.0, 440.0);
    office.station.write("schedules/xa.toml", "[[broadcast]]\nid = \"tin-xa\"\nat = \"05:30\"\nplay = \"tin\"\n");
    let old = office.make("tuan.loa", 1, "xa.key");
    let hamlet = office.hamlet("");
    assert_eq!(hamlet.loa(&["bundle", "install", old.to_str().unwrap()]).code, 0);
    office.station.write("schedules/xa.toml", "[[broadcast]]\nid = \"tin-xa\"\nat = \"05:45\"\nplay = \"moi\"\n");
    office.station.tone("moi.wav", 30.0, 440.0);
    let mut killed = 0;
    for number in 2..22_u64 {
        office.make("tuan.loa", number, "xa.key");
        let mut courier = hamlet.command(&["courier", office.stick.path().to_str().unwrap()]).spawn().unwrap();
        let patience = std::time::Duration::from_millis(number * number);
        std::thread::park_timeout(patience);
        killed += usize::from(courier.try_wait().unwrap().is_none());
        let _ = courier.kill();
        courier.wait().unwrap();
        // Whatever it was in the middle of, the next one sees to it first.
        let said = office.visit(&hamlet);
        assert!(said.code == 0, "{number}: {said:?}");
        let checked = hamlet.loa(&["check", "--json"]);
        assert_eq!(checked.code, 0, "{number}: {checked:?}");
        let names: Vec<_> =
            fs::read_dir(hamlet.path("audio")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(names, ["moi.wav"], "{number}");
        let home = office.station.loa(&["courier", office.stick.path().to_str().unwrap(), "--read"]);
        assert_eq!(home.code, 0, "{home:?}");
    }
    assert!(killed >= 3, "{killed}");
}

#[test]
#[ignore = "long"]
fn two_sticks_at_one_time_end_both_well_and_leave_one_bundle_whole() {
    let office = Office::new();
    office.station.tone("tin.wav", 4.0, 440.0);
    office.station.write("schedules/xa.toml", "[[broadcast]]\nid = \"tin-xa\"\nat = \"05:30\"\nplay = \"tin\"\n");
    let sound = fs::read(office.station.path("audio/tin.wav")).unwrap();
    let (hamlet, other) = (office.hamlet(""), tempfile::tempdir().unwrap());
    let sticks = [office.stick.path(), other.path()];
    let both = || {
        let begin = |stick: &Path| hamlet.command(&["courier", stick.to_str().unwrap()]).spawn().unwrap();
        sticks.map(begin).map(|courier| {
            let ended = courier.wait_with_output().unwrap();
            (ended.status.code(), String::from_utf8(ended.stdout).unwrap())
        })
    };
    // Whatever they did to each other, this much lies there, and each stick has a report of its own.
    let whole = |version: u64, visits: u64| {
        let state = fs::read_to_string(hamlet.path("state/bundle.json")).unwrap();
        let state: serde_json::Value = serde_json::from_str(&state).unwrap();
        assert!(state["underway"].is_null() && state["held"][PLACE]["version"] == version, "{state}");
        for (directory, name) in [("audio", "tin.wav"), ("schedules", "xa.toml")] {
            let there = fs::read_dir(hamlet.path(directory)).unwrap();
            let names: Vec<_> = there.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
            let seen: Vec<&String> = names.iter().filter(|name| !name.starts_with('.')).collect();
            assert_eq!(seen, [name], "{names:?}");
        }
        assert_eq!(fs::read(hamlet.path("audio/tin.wav")).unwrap(), sound);
        assert_eq!(hamlet.loa(&["check"]).code, 0);
        let mut numbers = sticks.map(|stick| {
            let home = office.good(&["courier", stick.to_str().unwrap(), "--read", "--json"]).json();
            assert_eq!(home[0]["wrong"].as_array().unwrap().len(), 0, "{home}");
            home[0]["signed"]["report"]["number"].as_u64().unwrap()
        });
        numbers.sort_unstable();
        assert_eq!(numbers, [visits - 1, visits]);
    };
    // The same bundle on both: one brings it, the other finds it there.
    for number in 1..=3 {
        let bundle = office.make("tuan.loa", number, "xa.key");
        fs::copy(&bundle, other.path().join("tuan.loa")).unwrap();
        let ended = both();
        assert!(ended.iter().all(|(code, _)| *code == Some(0)), "{ended:?}");
        let again = ended.iter().filter(|(_, said)| said.contains("had been installed before")).count();
        assert_eq!(again, 1, "{ended:?}");
        whole(number, 2 * number);
    }
    // An older and a newer one: whichever was first, the newer one is there in the end.
    let newer = office.make("tuan.loa", 5, "xa.key");
    fs::copy(&newer, other.path().join("tuan.loa")).unwrap();
    office.make("tuan.loa", 4, "xa.key");
    let [(older, said), newer] = both();
    assert!(older == Some(0) || older == Some(1) && said.contains("older"), "{said}");
    assert_eq!(newer.0, Some(0), "{newer:?}");
    whole(5, 8);
}

#[test]
fn a_lamp_is_told_in_a_word_and_nothing_of_the_stick_is_run() {
    let office = Office::new();
    let hamlet = office.hamlet("");
    let (lamp, said) = (hamlet.path("den"), hamlet.path("den.txt"));
    fs::write(&lamp, format!("#!/bin/sh\necho \"$@\" >> {}\n", said.display())).unwrap();
    fs::set_permissions(&lamp, fs::Permissions::from_mode(0o755)).unwrap();
    let toml = fs::read_to_string(hamlet.path("loa.toml")).unwrap();
    hamlet.write("loa.toml", &format!("{toml}[courier]\ntell = [{:?}, \"đỏ\"]\n", lamp.display().to_string()));
    // What would run if anything on the stick did.
    for name in ["autorun.inf", "loa", "begin", "den"] {
        let path = office.on_stick(name);
        fs::write(&path, format!("#!/bin/sh\ntouch {}\n", hamlet.path("virus").display())).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }
    fs::write(office.on_stick("x.loa"), "no bundle at all, but long enough to be one".repeat(40)).unwrap();
    symlink("/etc/passwd", office.on_stick("y.loa")).unwrap();
    let visited = office.visit(&hamlet);
    // `loa` is a file there, so there is no directory for the report.
    assert!(visited.code == 74 && visited.out.contains("no bundle of loa's"), "{visited:?}");
    assert_eq!(fs::read_to_string(&said).unwrap(), "đỏ begin\nđỏ failed\n");
    fs::remove_file(office.on_stick("loa")).unwrap();
    assert_eq!(office.visit(&hamlet).code, 1);
    fs::remove_file(office.on_stick("x.loa")).unwrap();
    assert_eq!(office.visit(&hamlet).code, 0);
    assert!(fs::read_to_string(&said).unwrap().ends_with("đỏ begin\nđỏ refused\nđỏ begin\nđỏ done\n"));
    assert!(!hamlet.path("virus").exists());
    assert!(!office.page().contains("root:"), "a link is not read");
}

#[test]
fn who_may_give_orders_may_not_say_what_was_signed() {
    let office = Office::new();
    let hamlet = office.hamlet("");
    hamlet.write("schedules/thon.toml", "");
    let daemon = hamlet.run();
    let say = |line: &str| {
        let mut stream = UnixStream::connect(hamlet.path("state/loa.sock")).unwrap();
        stream.write_all(line.as_bytes()).unwrap();
        stream.write_all(b"\n").unwrap();
        let mut answer = String::new();
        BufReader::new(stream).read_line(&mut answer).unwrap();
        answer
    };
    // Nothing but what comes of bundles, whoever says so.
    for reason in ["approved: v1:x: Bà Hai", "clock_confirmed: x", "started", "no such thing", "bundle_installe: 1"] {
        let answer = say(&format!("{{\"command\":\"brought\",\"reason\":\"{reason}\",\"title\":\"x\"}}"));
        assert!(answer.contains("refused"), "{reason}: {answer}");
    }
    let good = "{\"command\":\"brought\",\"reason\":\"bundle_installed: 9, vn, x\",\"title\":\"x\"}";
    if let Some(answer) = asked_by_another(&hamlet, good) {
        assert!(answer.contains("refused"), "{answer}");
    }
    assert!(!reasons(&hamlet).iter().any(|one| one.starts_with("bundle_installed")));
    assert!(say(good).contains("done"));
    daemon.wait_until("the journal has it", || reasons(&hamlet).iter().any(|one| one.starts_with("bundle_installed")));
    assert_eq!(daemon.end(), 0);
}

#[test]
#[ignore = "long"]
fn a_bundle_that_came_while_the_station_was_off_is_in_the_journal_once_it_runs() {
    let office = Office::new();
    office.station.tone("tin.wav", 1.0, 440.0);
    office.station.write("schedules/xa.toml", "[[broadcast]]\nid = \"tin-xa\"\nat = \"05:30\"\nplay = \"tin\"\n");
    office.make("tuan.loa", 1, "xa.key");
    let hamlet = office.hamlet("");
    let said = office.visit(&hamlet);
    assert_eq!(said.code, 0, "{said:?}");
    assert!(!hamlet.path("state/journal.db").exists(), "a courier begins no journal");
    let daemon = hamlet.run();
    daemon.wait_until("the journal has it", || {
        reasons(&hamlet).iter().any(|one| one.starts_with("bundle_installed: 1,"))
    });
    assert_eq!(daemon.end(), 0);
    assert_eq!(reasons(&hamlet).iter().filter(|one| one.starts_with("bundle_installed")).count(), 1);
}

#[test]
fn a_stick_without_room_keeps_nothing_half_and_the_station_is_told() {
    let office = Office::new();
    office.station.tone("tin.wav", 1.0, 440.0);
    office.station.write("schedules/xa.toml", "[[broadcast]]\nid = \"tin-xa\"\nat = \"05:30\"\nplay = \"tin\"\n");
    let bundle = office.make("tuan.loa", 1, "xa.key");
    let stick = tempfile::tempdir().unwrap();
    let size = fs::metadata(&bundle).unwrap().len().next_multiple_of(4096) + 4096;
    let mounted = is_root()
        && Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={size},nodev,noexec"), "tmpfs"])
            .arg(stick.path())
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success());
    if !mounted {
        eprintln!("SKIPPED: needs the right to mount a small disk");
        return;
    }
    fs::copy(&bundle, stick.path().join("tuan.loa")).unwrap();
    let mut rest = fs::File::create(stick.path().join("đầy")).unwrap();
    while rest.write_all(&[0; 4096]).is_ok() {}
    drop(rest);
    let hamlet = office.hamlet("");
    let said = hamlet.loa(&["courier", stick.path().to_str().unwrap()]);
    let names: Vec<String> =
        fs::read_dir(stick.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    assert!(Command::new("umount").arg(stick.path()).status().unwrap().success());
    assert!(said.code == 74 && said.err.contains("full"), "{said:?}");
    assert!(hamlet.path("schedules/xa.toml").exists(), "what it brought is installed");
    assert!(!names.iter().any(|name| name.starts_with('.') || name == "KET-QUA-LOA.txt"), "{names:?}");
}

#[test]
fn the_unit_runs_nothing_of_the_stick_reaches_no_network_and_has_three_capabilities() {
    let (unit, rule) =
        (include_str!("../../deploy/loa-courier@.service"), include_str!("../../deploy/loa-courier.rules"));
    for said in [
        "nosuid,nodev,noexec",
        "CapabilityBoundingSet=CAP_DAC_OVERRIDE CAP_CHOWN CAP_FOWNER\n",
        "PrivateNetwork=yes\n",
        "ProtectSystem=strict\n",
        "NoNewPrivileges=yes\n",
        "ReadWritePaths=/var/lib/loa /run/loa-courier\n",
        "loa --dir /var/lib/loa courier --plugged /run/loa-courier/%i\n",
    ] {
        assert!(unit.contains(said), "{said}");
    }
    assert!(rule.contains("ENV{ID_FS_TYPE}==\"vfat|exfat\"") && rule.contains("loa-courier@%k.service"));
    assert!(!unit.contains("BindsTo="), "what was read whole is installed to its end");
}
