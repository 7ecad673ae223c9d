//! A disk without room under the page: what cannot be written is said with a way out, what was typed and sent stays, and
//! whoever comes to silence a horn is let in.

use std::fs;

use super::kit::{Console, PASSWORD};
use super::schedule::{form, set};
use super::sounds::{begin, outcome, patch, wav};
use crate::kit::Station;
use crate::kit::strain::Mount;

fn station() -> Station {
    let station = Station::new();
    station
        .tone("tin.wav", 25.0, 440.0)
        .write("loa.toml", "[zones.thon-1]\ntitle = \"Thôn 1\"\noutput = \"null\"\n[clock]\ntrust = \"always\"\n");
    station.write("schedules/a.toml", "[rules]\nhours = [\"00:00-24:00\"]\n[[broadcast]]\nid = \"tin\"\ntitle = \"Bản tin\"\nat = \"05:30\"\nplay = [\"tin\"]\n");
    station
}

/// Until not a byte more fits.
fn fill(path: &std::path::Path) {
    for size in [4 << 20, 64 << 10, 1 << 10, 1] {
        let mut ballast = fs::File::options().create(true).append(true).open(path).unwrap();
        while std::io::Write::write_all(&mut ballast, &vec![1; size]).is_ok() {}
    }
}

#[test]
fn on_a_full_disk_people_come_in_and_stop_what_sounds_and_what_cannot_be_written_says_so() {
    let station = station();
    let Some(_mount) = Mount::new(&station.path("state"), "size=6m,mode=750") else { return };
    let daemon = station.run();
    let console = Console::start(&station);
    let mut hai = console.person("Trần Thị Hai", "official", &[]);
    console.person("Lê Văn Tư", "admin", &[]);
    daemon.wait_until("the page sees the daemon", || hai.clone().get("/").body.contains("Dừng loa Thôn 1"));
    daemon.wait_until("the sound is known", || hai.clone().get("/say").body.contains("tin (0:"));
    let opened = form(&hai.get("/schedule/broadcast?id=tin"));
    let schedule = fs::read_to_string(station.path("schedules/a.toml")).unwrap();
    fill(&station.path("state/ballast"));

    let refused = begin(&mut hai, "sound=moi&name=x.wav", 1_000);
    assert_eq!(refused.status, 507, "{}", refused.body);
    assert!(refused.body.contains("Ổ đĩa của đài gần đầy"), "{}", refused.body);
    let mut changed = opened.clone();
    set(&mut changed, "title", &["Bản tin mới đổi tên"]);
    let saved = super::schedule::send(&mut hai, &changed, "save");
    assert!(saved.status >= 400 && saved.body.contains("Bản tin mới đổi tên"), "{} {}", saved.status, saved.body);
    assert!(saved.body.contains("đầy") || saved.body.contains("hết chỗ"), "{}", saved.body);
    assert_eq!(fs::read_to_string(station.path("schedules/a.toml")).unwrap(), schedule, "all of it or nothing");

    let mut tu = console.browser();
    let entered = tu.post("/login", &[("name", "Lê Văn Tư"), ("password", PASSWORD)]);
    assert_eq!((entered.status, entered.to()), (303, "/"), "{}", entered.body);
    for path in ["/", "/schedule", "/sounds", "/journal", "/me", "/people"] {
        assert_eq!(tu.get(path).status, 200, "{path}");
    }
    let new = tu.post("/people", &[("name", "Người Mới"), ("role", "reviewer")]);
    assert!(new.status >= 400 && new.body.contains("đĩa của đài đầy"), "{} {}", new.status, new.body);
    let said = tu.post("/say", &[("name", "tin.wav"), ("zone", "thon-1")]);
    assert_eq!(said.status, 303, "{}", said.body);
    daemon.wait_until("it sounds", || tu.clone().get("/").body.contains("Đang phát"));
    let stopped = tu.post("/stop", &[]);
    // What sounded and was stopped waits for room; the pages say so, and nobody is told that the station is silent.
    daemon.wait_until("the journal is told to wait", || {
        tu.clone().get("/journal").body.contains("dòng mới nhất đang chờ")
    });
    let health = tu.ask("GET", "/healthz", &[("Accept", "text/plain")], b"").body;
    assert!(!health.contains("sẽ im") || !health.contains("nhật ký chưa ghi được"), "{health}");
    let paper = station.path("so.html");
    let printed = station.loa(&["report", "--html", paper.to_str().unwrap()]);
    assert!(!printed.err.contains("cannot be read"), "{}", printed.err);
    let confirmed = station.loa(&["clock", "confirm"]);
    assert!(confirmed.out.contains("it is not kept"), "{} {}", confirmed.out, confirmed.err);
    assert!(tu.get(stopped.to()).body.contains("Thôn 1: đã dừng"));

    fs::remove_file(station.path("state/ballast")).unwrap();
    let saved = super::schedule::send(&mut hai, &changed, "save");
    assert_eq!(saved.status, 303, "{}", saved.body);
    assert!(fs::read_to_string(station.path("schedules/a.toml")).unwrap().contains("Bản tin mới đổi tên"));
    assert_eq!(tu.get("/me").status, 200, "he stays");
}

#[test]
#[ignore = "long"]
fn a_recording_for_which_audio_has_no_room_is_kept_and_put_there_later() {
    let (station, sound) = (station(), wav(4.0));
    let Some(_mount) = Mount::new(&station.path("audio"), "size=1m,mode=770") else { return };
    let console = Console::start(&station);
    let mut hai = console.person("Trần Thị Hai", "official", &[]);
    let ballast = station.path("audio/ballast.txt");
    fill(&ballast);
    let to = begin(&mut hai, "sound=moi&name=x.wav", sound.len() as u64).to().to_owned();
    assert_eq!(patch(&mut hai, &to, 0, &sound).status, 204);
    let page = outcome(&mut hai, &to);
    assert!(page.body.contains("Chưa cất vào kho") && page.body.contains("Thử cất lại"), "{}", page.body);
    assert!(!station.path("audio/moi.wav").exists());
    // The same after the page was started again; and again while there is no room.
    drop(console);
    let console = Console::start(&station);
    let mut again = console.browser();
    again.cookies = hai.cookies.clone();
    assert!(outcome(&mut again, &to).body.contains("Thử cất lại"));
    fs::remove_file(ballast).unwrap();
    assert_eq!(again.post(&format!("{to}/take"), &[]).status, 303);
    let page = outcome(&mut again, &to);
    assert!(page.body.contains("Máy đã nhận đủ. Có thể tắt điện thoại."), "{}", page.body);
    assert_eq!(fs::read(station.path("audio/moi.wav")).unwrap(), sound);
}

#[test]
#[ignore = "long"]
fn a_recording_that_audio_does_not_take_is_kept_and_nobody_is_told_that_it_is_damaged() {
    let (station, sound) = (station(), wav(4.0));
    let Some(mount) = Mount::new(&station.path("audio"), "size=8m,mode=770") else { return };
    let console = Console::start(&station);
    let mut hai = console.person("Trần Thị Hai", "official", &[]);
    mount.again("ro");
    let to = begin(&mut hai, "sound=moi&name=x.wav", sound.len() as u64).to().to_owned();
    assert_eq!(patch(&mut hai, &to, 0, &sound).status, 204);
    let page = outcome(&mut hai, &to);
    for said in ["Chưa cất vào kho", "chỉ đọc", "Thử cất lại", "không hỏng"] {
        assert!(page.body.contains(said), "{said}\n{}", page.body);
    }
    mount.again("rw");
    assert_eq!(hai.post(&format!("{to}/take"), &[]).status, 303);
    let page = outcome(&mut hai, &to);
    assert!(page.body.contains("Máy đã nhận đủ. Có thể tắt điện thoại."), "{}", page.body);
    assert_eq!(fs::read(station.path("audio/moi.wav")).unwrap(), sound);
    // What is no sound is still told so.
    let junk = vec![7; 4_000];
    let to = begin(&mut hai, "sound=rac&name=x.wav", junk.len() as u64).to().to_owned();
    assert_eq!(patch(&mut hai, &to, 0, &junk).status, 204);
    assert!(outcome(&mut hai, &to).body.contains("không giữ lại gì"));
}

#[test]
fn a_disk_of_the_sounds_alone_that_is_full_is_called_by_its_name_everywhere() {
    let station = station();
    let Some(_mount) = Mount::new(&station.path("audio"), "size=8m,mode=770") else { return };
    let daemon = station.run();
    let console = Console::start(&station);
    let mut tu = console.person("Lê Văn Tư", "admin", &[]);
    daemon.wait_until("the page sees the daemon", || tu.clone().get("/").body.contains("Dừng loa"));
    let said = "đĩa của audio/ chỉ còn";
    let health = tu.ask("GET", "/healthz", &[("Accept", "application/json")], b"").body;
    assert!(health.contains(said) && !health.contains("state/"), "{health}");
    for path in ["/", "/machine"] {
        assert!(tu.get(path).body.contains(said), "{path}: {}", tu.get(path).body);
    }
    let doctor = station.loa(&["doctor"]);
    assert!(doctor.out.contains("disk of audio/ has") && !doctor.out.contains("disk of state/"), "{doctor:?}");
}
