//! A new station: what it says before it is set up, and the two ways to do that, on the terminal and on its first page.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::net::UnixStream;
use std::process::Stdio;

use crate::console::{Console, PASSWORD, form_word};
use crate::kit::{Station, broadcast_at, whole_second_in};

const ANSWERS: [&str; 7] =
    ["setup", "--name", "Radio Dong Giang", "--zone", "Hamlet 1=null", "--admin", "Tran Thi Hai"];

/// What the link of `loa setup --link` opens: `/setup/…`.
fn link(station: &Station) -> String {
    let said = station.loa(&["--json", "setup", "--link", "--listen", "127.0.0.1:8080"]);
    assert_eq!(said.code, 0, "{said:?}");
    let link = said.json()["link"].as_str().unwrap().to_owned();
    link[link.find("/setup/").unwrap()..].to_owned()
}

fn fields<'a>(name: &'a str, hamlets: &[(&'a str, &'a str)], admin: &'a str) -> Vec<(&'a str, &'a str)> {
    let rows = hamlets.iter().flat_map(|(title, output)| [("hamlet", *title), ("output", *output)]);
    std::iter::once(("name", name)).chain(rows).chain([("admin", admin), ("language", "vi")]).collect()
}

#[test]
#[ignore = "long"]
fn a_new_station_says_that_it_waits_and_takes_its_first_loa_toml_at_once() {
    let station = Station::new();
    let daemon = station.run();
    let pid = daemon.pid();
    assert!(daemon.log().contains("[not_set_up]"), "{}", daemon.log());
    assert!(station.loa(&["status"]).out.contains("the station is not set up"));
    assert_eq!(station.loa(&["check", "--json"]).rows()[0]["code"], "not_set_up");
    let doctor = station.loa(&["doctor", "--json"]).rows();
    assert_eq!(doctor.iter().filter(|row| row["code"] == "not_set_up").count(), 1, "{doctor:?}");

    let said = station.loa(&ANSWERS);
    assert_eq!(said.code, 0, "{said:?}");
    assert!(said.out.contains("/invite/") && said.out.contains("The schedule is empty"), "{}", said.out);
    daemon.wait_until("it goes on by loa.toml", || station.loa(&["status"]).out.contains("Radio Dong Giang"));
    assert_eq!(daemon.pid(), pid, "whoever watches the process sees one that goes on");
    let status = station.loa(&["status"]).out;
    assert!(status.contains("The schedule is empty") && !status.contains("not set up"), "{status}");
    assert!(daemon.log().contains("the schedule is empty"), "{}", daemon.log());
    // Once, and never over what somebody wrote.
    let before = fs::read(station.path("loa.toml")).unwrap();
    let again = station.loa(&ANSWERS);
    assert!(again.code == 1 && again.err.contains("set up already"), "{again:?}");
    assert_eq!(fs::read(station.path("loa.toml")).unwrap(), before);
    assert_eq!(daemon.end(), 0);
    let rows = station.loa(&["journal", "verify"]);
    assert_eq!(rows.code, 0, "{rows:?}");
}

#[test]
fn where_there_are_schedules_and_no_loa_toml_nobody_is_sent_to_edit_it() {
    let station = Station::new();
    station.write("schedules/a.toml", "[[broadcast]]\nid = \"a\"\nat = \"05:30\"\nplay = \"a\"\n");
    let said = station.loa(&ANSWERS);
    assert!(said.code == 1 && said.err.contains("there is no loa.toml here"), "{said:?}");
    assert!(!said.err.contains("edit loa.toml") && !station.path("loa.toml").exists(), "{said:?}");
    // The way that it names.
    fs::rename(station.path("schedules/a.toml"), station.path("a.toml")).unwrap();
    assert_eq!(station.loa(&ANSWERS).code, 0);
    fs::rename(station.path("a.toml"), station.path("schedules/a.toml")).unwrap();
}

#[test]
#[ignore = "long"]
fn a_loa_toml_by_hand_with_a_mistake_waits_until_it_is_right() {
    let station = Station::new();
    let daemon = station.run();
    station.write("loa.toml", "name = \"Xã A\n");
    daemon.wait_until("the mistake is told", || station.loa(&["check"]).code == 1);
    assert!(!daemon.log().contains("begins again"), "{}", daemon.log());
    station.write("loa.toml", "name = \"Xã A\"\n[zones.a]\noutput = \"null\"\n");
    daemon.wait_until("it goes on by loa.toml", || station.loa(&["status"]).out.contains("Xã A"));
}

#[test]
#[ignore = "long"]
fn a_first_page_sets_the_station_up_once_and_only_for_the_link() {
    let station = Station::new();
    let daemon = station.run();
    let path = link(&station);
    let console = Console::start(&station);
    let mut browser = console.browser();
    // Whoever comes without the link learns where it comes from, and nothing is asked of him.
    assert_eq!(browser.get("/").to(), "/login?next=%2F");
    assert_eq!(browser.get("/login").to(), "/setup");
    let how = browser.get("/setup");
    assert!(how.body.contains("sudo loa setup --link") && !how.body.contains("<input name=\"name\""), "{}", how.body);
    let wrong = format!("{}x", path.trim_end_matches(char::is_alphanumeric));
    for wrong in [wrong.as_str(), "/setup/x", &format!("{path}a")] {
        assert_eq!(browser.get(wrong).status, 410, "{wrong}");
        let sent = browser.post(wrong, &fields("X", &[("Thôn 1", "null")], "Hai"));
        assert_eq!(sent.status, 410, "{wrong}");
    }
    // A mistake comes back with all that was typed.
    let form = browser.get(&path);
    assert!(form.status == 200 && form.header("cache-control") == "no-store", "{form:?}");
    for (bad, said) in [
        (fields("Đài xã", &[("Thôn 1", "device:nowhere")], "Trần Thị Hai"), "device:nowhere"),
        (fields("Đài xã", &[("", "null")], "Trần Thị Hai"), "ít nhất một thôn"),
        (fields("Đài xã", &[("Thôn 1", "null"), ("Thôn 1", "null")], "Trần Thị Hai"), "ghi hai lần"),
        (fields("Đài xã", &[("Thôn 1", "null")], " .. "), "người quản trị"),
    ] {
        let back = browser.post(&path, &bad);
        assert!(back.status == 422 && back.body.contains(said), "{bad:?}: {}", back.body);
        assert!(back.body.contains("value=\"Đài xã\""), "{}", back.body);
    }
    assert!(!station.path("loa.toml").exists());
    let hamlets = [("Thôn <b>Đồng Tâm</b>", "null"), ("", "null"), ("Thôn 2", "null")];
    let word = form_word(&browser.get(&path), &path);
    let mut typed = fields("Đài xã \"Đông Giang\"", &hamlets, "Trần Thị Hai");
    typed.push(("once", &word));
    let sent = browser.post(&path, &typed);
    assert!(sent.status == 303 && sent.to().starts_with("/invite/"), "{} {}", sent.status, sent.body);
    assert_eq!(browser.clone().post(&path, &typed).to(), sent.to(), "a second tap");
    let mut hai = console.browser();
    assert_eq!(hai.post(sent.to(), &[("password", PASSWORD), ("again", PASSWORD)]).to(), "/");
    daemon.wait_until("it goes on by loa.toml", || station.loa(&["status"]).out.contains("Đông Giang"));
    daemon.wait_until("Today says that nothing is scheduled", || hai.clone().get("/").body.contains("Lịch còn trống"));
    assert!(hai.get("/").body.contains("Thêm mục phát"));
    assert_eq!(hai.get("/people").status, 200, "the first one is the administrator");
    // It was good once, and the station is as anybody's.
    assert!(browser.get(&path).status == 410 && browser.get(&path).body.contains("đã cài đặt rồi"));
    assert_eq!(browser.post(&path, &fields("Khác", &[("X", "null")], "Kẻ khác")).status, 410);
    assert_eq!(browser.get("/setup").to(), "/login");
    assert_eq!(browser.get("/login").status, 200);
    let late = station.loa(&["setup", "--link"]);
    assert!(late.code == 1 && late.err.contains("set up already"), "{late:?}");
}

#[test]
fn without_the_daemon_the_first_page_says_so_and_keeps_what_was_typed() {
    let station = Station::new();
    let path = link(&station);
    let console = Console::start(&station);
    let back = console.browser().post(&path, &fields("Đài xã", &[("Thôn 1", "null")], "Trần Thị Hai"));
    assert!(back.status == 422 && back.body.contains("không chạy"), "{}", back.body);
    assert!(back.body.contains("value=\"Thôn 1\"") && !station.path("loa.toml").exists());
}

#[test]
fn who_reaches_the_socket_without_the_link_sets_nothing_up() {
    let station = Station::new();
    let _daemon = station.run();
    let path = link(&station);
    let order = |token: &str, answers: &str| {
        let mut stream = UnixStream::connect(station.path("state/loa.sock")).unwrap();
        writeln!(stream, "{{\"command\":\"setup\",\"token\":\"{token}\",\"answers\":{answers}}}").unwrap();
        let mut said = String::new();
        BufReader::new(stream).read_line(&mut said).unwrap();
        said
    };
    let good = r#"{"name":"X","hamlets":[{"title":"A","output":"null"}],"language":"vi","listen":""}"#;
    assert!(order("", good).contains("loa setup --link"));
    assert!(order("abc", good).contains("loa setup --link"));
    let token = path.trim_start_matches("/setup/");
    // With it, too, only what this machine has: no program, no file.
    for sly in [
        good.replace("null", "wav:x.wav"),
        good.replace("\"A\"", "\"A\\n[amplifier]\""),
        good.replace("\"listen\":\"\"", "\"listen\":\"\",\"amplifier\":1"),
    ] {
        let said = order(token, &sly);
        let is_clean = fs::read_to_string(station.path("loa.toml")).unwrap_or_default();
        assert!(said.contains("refused") || !is_clean.contains("\n[amplifier]"), "{sly}: {said}");
        let _ = fs::remove_file(station.path("loa.toml"));
    }
}

#[test]
fn what_the_line_lacks_is_named_and_what_is_no_place_for_a_station_is_refused() {
    let station = Station::new();
    for (line, option) in [
        (&["setup"][..], "--name"),
        (&["setup", "--name", "x"], "--zone"),
        (&["setup", "--name", "x", "--zone", "a=null"], "--admin"),
    ] {
        let said = station.loa(line);
        assert!(said.code == 2 && said.err.contains(option), "{line:?}: {said:?}");
    }
    let wrong = station.loa(&["setup", "--name", "x", "--zone", "a=device:nowhere", "--admin", "Hai"]);
    assert!(wrong.code == 1 && wrong.err.contains("choose one of"), "{wrong:?}");
    let nobody = station.loa(&["setup", "--name", "x", "--zone", "a=null", "--admin", "..."]);
    assert_eq!(nobody.code, 1, "{nobody:?}");
    assert!(!station.path("loa.toml").exists());

    let dir = tempfile::tempdir().unwrap();
    let new = dir.path().join("xa/dai");
    let loa = |place: &std::path::Path, here: &std::path::Path, named: bool| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_loa"));
        command.current_dir(here).env_remove("LOA_DIR").args(["--lang", "en"]);
        if named {
            command.arg("--dir").arg(place);
        }
        command.args(ANSWERS).stdin(Stdio::null()).output().unwrap().status.code()
    };
    assert_eq!(loa(&new, dir.path(), true), Some(0), "a new place that is named is made");
    assert!(new.join("loa.toml").exists() && new.join("schedules").is_dir() && new.join("audio").is_dir());
    assert_eq!(fs::read_dir(new.join("schedules")).unwrap().count(), 0);
    let other = dir.path().join("anh");
    fs::create_dir(&other).unwrap();
    fs::write(other.join("nha.jpg"), "x").unwrap();
    assert_eq!(loa(&other, dir.path(), true), Some(78), "somebody's pictures are no station");
    if !std::path::Path::new("/var/lib/loa").exists() {
        assert_eq!(loa(&other, &other, false), Some(78), "and the place at hand is not made one by accident");
        let empty = dir.path().join("trong");
        fs::create_dir(&empty).unwrap();
        assert_eq!(loa(&empty, &empty, false), Some(0), "one with nothing in it is meant");
    }
    for named in [".", "./"] {
        let empty = tempfile::tempdir().unwrap();
        assert_eq!(loa(std::path::Path::new(named), empty.path(), true), Some(0), "{named}");
        assert!(empty.path().join("loa.toml").exists());
    }
    assert_eq!(fs::read_dir(&other).unwrap().count(), 1);
}

#[test]
fn the_page_of_a_new_station_goes_where_the_station_says_once_it_is_set_up() {
    let station = Station::new();
    let said = station.loa(&["--json", "setup", "--link", "--listen", "127.0.0.1:0"]);
    assert_eq!(said.code, 0, "{said:?}");
    let mut child = station.command(&["console"]).stdout(Stdio::piped()).spawn().unwrap();
    let mut said = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut said).unwrap();
    assert!(said.contains("http://127.0.0.1:") && !said.contains(":8080"), "where the link leads: {said}");
    let done = station.loa(&[&ANSWERS[..], &["--listen", "127.0.0.2:0"]].concat());
    assert_eq!(done.code, 0, "{done:?}");
    // Its service starts it again, there.
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
#[ignore = "long"]
fn whoever_upgrades_waits_until_nothing_sounds_and_nothing_is_about_to() {
    let station = Station::new();
    assert_eq!(station.loa(&["status", "--when-quiet", "5"]).code, 0, "nothing runs, so nothing sounds");
    station
        .tone("a.wav", 4.0, 440.0)
        .write("loa.toml", "[zones.thon-1]\noutput = \"null\"\n[clock]\ntrust = \"always\"\n");
    station.write("schedules/gio.toml", "[rules]\nhours = [\"00:00-24:00\"]\n");
    let daemon = station.run();
    assert_eq!(station.loa(&["status", "--when-quiet", "0"]).code, 0);
    daemon.wait_until("it sounds", || station.loa(&["say", "a"]).code == 0);
    let now = station.loa(&["status", "--when-quiet", "0"]);
    assert!(now.code == 1 && now.err.contains("still playing"), "{now:?}");
    assert_eq!(station.loa(&["status", "--when-quiet", "5"]).code, 0);
    let rows = station.loa(&["journal", "--json"]).rows();
    assert!(rows.iter().any(|row| row["outcome"] == "played"), "it was waited for: {rows:?}");
    // What begins within a minute counts as sound.
    let soon = broadcast_at("b", whole_second_in(40), "\"a\"", "");
    station.write("schedules/b.toml", &soon);
    daemon.wait_until("it is planned", || station.loa(&["status", "--when-quiet", "0"]).code == 1);
}
