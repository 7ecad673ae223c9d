//! Sounds: handed in, in pieces and in one go, listened to, replaced, put away and brought back; and what people send that
//! is no sound.

use loa::clock::Clock as _;
use loa::machine::MachineClock;
use std::fs;
use std::path::Path;
use std::time::Duration;

use super::kit::{Answer, Browser, Console, exchange};
use crate::kit::{Mic, Station, recorded_earlier};

/// A tone of this length as a phone would send it.
pub(crate) fn wav(seconds: f64) -> Vec<u8> {
    let station = Station::new();
    station.tone("x.wav", seconds, 440.0);
    fs::read(station.path("audio/x.wav")).unwrap()
}

fn station() -> Station {
    let station = Station::new();
    station.write(
        "loa.toml",
        "name = \"Xã Đông Giang\"\n[zones.thon-1]\noutput = \"null\"\n[zones.thon-2]\noutput = \"null\"\n[zones.thon-3]\noutput = \"null\"\n",
    );
    station.write(
        "schedules/a.toml",
        "[[broadcast]]\nid = \"tiem\"\ntitle = \"Lịch tiêm chủng\"\nzones = [\"thon-3\"]\nat = \"05:30\"\nplay = [\"lich-tiem\"]\n\
         [[broadcast]]\nid = \"tin\"\ntitle = \"Bản tin\"\nat = \"06:30\"\nplay = [\"tin-xa\"]\n\
         [[broadcast]]\nid = \"rieng\"\ntitle = \"Việc thôn 1\"\nzones = [\"thon-1\"]\nat = \"07:30\"\nplay = [\"viec-thon-1\"]\n",
    );
    station
}

/// Begin a recording in the manner of tus.
pub(super) fn begin(browser: &mut Browser, query: &str, length: u64) -> Answer {
    let length = length.to_string();
    let headers = [("Sec-Fetch-Site", "same-origin"), ("Accept", "*/*"), ("Upload-Length", &*length)];
    browser.ask("POST", &format!("/sounds/upload?{query}"), &headers, b"")
}

/// Go on with it.
pub(super) fn patch(browser: &mut Browser, to: &str, at: u64, bytes: &[u8]) -> Answer {
    let at = at.to_string();
    browser.ask("PATCH", to, &[("Sec-Fetch-Site", "same-origin"), ("Upload-Offset", &*at)], bytes)
}

/// Look at it until the station has listened to it.
pub(super) fn outcome(browser: &mut Browser, to: &str) -> Answer {
    for _ in 0..600 {
        let page = browser.get(to);
        assert_eq!(page.status, 200, "{}", page.body);
        if page.header("refresh").is_empty() {
            return page;
        }
        MachineClock.wait(Duration::from_millis(100));
    }
    panic!("it is listened to for ever");
}

/// A form with a file in it, as a browser without script sends it.
pub(crate) fn form(browser: &mut Browser, sound: &str, name: &str, bytes: &[u8]) -> Answer {
    let mut body = Vec::new();
    for (field, value) in [("sound", sound), ("replace", "1")] {
        body.extend(
            format!("--xyz\r\nContent-Disposition: form-data; name=\"{field}\"\r\n\r\n{value}\r\n").into_bytes(),
        );
    }
    let head = format!(
        "--xyz\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: audio/wav\r\n\r\n"
    );
    body.extend(head.into_bytes());
    body.extend(bytes);
    body.extend(b"\r\n--xyz--\r\n");
    browser.post_raw("/sounds/upload", "multipart/form-data; boundary=xyz", &body)
}

#[test]
fn a_recording_that_was_cut_off_goes_on_after_the_console_was_started_again_and_is_taken_in() {
    let (station, sound) = (station(), wav(2.0));
    let cut = sound.len() * 62 / 100;
    let console = Console::start(&station);
    let mut hai = console.person("Trần Thị Hai", "operator", &["thon-3"]);
    let slot = hai.get("/sounds/slot/lich-tiem");
    assert!(slot.body.contains("Lịch tiêm chủng") && slot.body.contains("05:30"), "{}", slot.body);
    assert!(slot.body.contains(".m4a,") && !slot.body.contains("audio/*") && !slot.body.contains("capture"));
    let begun = begin(&mut hai, "sound=lich-tiem&name=ghi%20am.wav", sound.len() as u64);
    assert_eq!(begun.status, 201, "{}", begun.body);
    let to = begun.to().to_owned();
    let part = patch(&mut hai, &to, 0, &sound[..cut]);
    assert_eq!((part.status, part.header("upload-offset")), (204, cut.to_string().as_str()), "{}", part.body);
    drop(console);
    let console = Console::start(&station);
    let mut again = console.browser();
    again.cookies = hai.cookies.clone();
    let half = again.ask("HEAD", &to, &[], b"");
    assert_eq!((half.status, half.header("upload-offset")), (200, cut.to_string().as_str()));
    assert!(again.get(&to).body.contains("đã nhận 62%"));
    let wrong = patch(&mut again, &to, 5, &sound[..10]);
    assert_eq!((wrong.status, wrong.header("upload-offset")), (409, cut.to_string().as_str()));
    let rest = patch(&mut again, &to, cut as u64, &sound[cut..]);
    assert_eq!(rest.status, 204, "{}", rest.body);
    let page = outcome(&mut again, &to);
    assert!(page.body.contains("Máy đã nhận đủ. Có thể tắt điện thoại."), "{}", page.body);
    assert_eq!(fs::read(station.path("audio/lich-tiem.wav")).unwrap(), sound);
    let own = again.get("/sounds/lich-tiem.wav");
    assert!(own.body.contains("Người nộp: Trần Thị Hai"), "{}", own.body);
    assert_eq!(again.get("/sounds/lich-tiem.wav/picture").header("content-type"), "image/svg+xml");
    let some = again.ask("GET", "/sounds/lich-tiem.wav/file", &[("Range", "bytes=4-7")], b"");
    assert_eq!((some.status, &*some.bytes), (206, &sound[4..8]));
    let all = again.get("/sounds/lich-tiem.wav/file");
    assert_eq!((all.status, &*all.bytes), (200, &*sound));
}

#[test]
#[ignore = "long"]
fn a_page_that_is_killed_while_it_listens_goes_on_with_what_it_had() {
    let (station, sound) = (station(), wav(20.0));
    let console = Console::start(&station);
    let mut hai = console.person("Trần Thị Hai", "official", &[]);
    let half = begin(&mut hai, "sound=nua&name=x.wav", sound.len() as u64).to().to_owned();
    assert_eq!(patch(&mut hai, &half, 0, &sound[..sound.len() / 2]).status, 204);
    let whole = begin(&mut hai, "sound=tin-xa&name=x.wav", sound.len() as u64).to().to_owned();
    assert_eq!(patch(&mut hai, &whole, 0, &sound).status, 204);
    // `Drop` kills it without a word.
    drop(console);
    let console = Console::start(&station);
    let mut again = console.browser();
    again.cookies = hai.cookies.clone();
    let page = outcome(&mut again, &whole);
    assert!(page.body.contains("Máy đã nhận đủ. Có thể tắt điện thoại."), "{}", page.body);
    assert_eq!(fs::read(station.path("audio/tin-xa.wav")).unwrap(), sound);
    assert!(again.get(&half).body.contains("đã nhận 50%"));
}

#[test]
#[ignore = "long"]
fn a_form_without_script_does_the_same_and_what_is_no_sound_is_refused_and_nothing_of_it_is_kept() {
    let station = station();
    let console = Console::start(&station);
    let mut hai = console.person("Trần Thị Hai", "official", &[]);
    let before = fs::read_dir(station.path("audio")).unwrap().count();
    // What claims to be a picture of forty thousand by forty thousand, and a list that begins a thousand lists.
    let picture = [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x9c@\0\0\x9c@\x08\x06\0\0\0".as_slice(), &[0; 4_000]].concat();
    // A tag that claims a picture of four gigabytes, and one that unpacks to as much.
    let tagged = [b"ID3\x03\0\0\x7f\x7f\x7f\x7fAPIC\xff\xff\xff\xff\0\x88".as_slice(), &[0x78; 4_000]].concat();
    let nested = [b"RIFF\xff\xff\xff\xffWAVE".as_slice(), &b"LIST\xff\xff\xff\xf0".repeat(1_000)].concat();
    for (name, bytes) in [
        ("a.png", picture.as_slice()),
        ("b.wav", &nested),
        ("e.mp3", &tagged),
        ("c.mp3", b"not a sound"),
        ("d.m4a", &[0; 9_000]),
    ] {
        let sent = form(&mut hai, "thu", name, bytes);
        assert_eq!(sent.status, 303, "{name}: {}", sent.body);
        let page = outcome(&mut hai, sent.to());
        assert!(page.body.contains("không giữ lại gì"), "{name}: {}", page.body);
    }
    assert_eq!(form(&mut hai, "thu", "trong.mp3", b"").status, 400);
    assert_eq!(fs::read_dir(station.path("audio")).unwrap().count(), before);
    let good = form(&mut hai, "Lời chào của bà", "../../../etc/loa\\x.wav", &wav(1.0));
    let page = outcome(&mut hai, good.to());
    assert!(page.body.contains("Nghe rõ") || page.body.contains("said"), "{}", page.body);
    assert!(station.path("audio/Lời chào của bà.wav").is_file());
    let left = fs::read_dir(station.path("state/uploads")).unwrap().map(|entry| entry.unwrap().file_name());
    assert!(
        left.map(|name| name.into_string().unwrap())
            .all(|name| Path::new(&name).extension().is_some_and(|ending| ending == "json"))
    );
}

#[test]
fn names_never_become_paths_and_bad_ones_are_refused_in_words() {
    let station = station();
    let console = Console::start(&station);
    let mut hai = console.person("Trần Thị Hai", "official", &[]);
    let long = "a".repeat(400);
    for name in ["..", "a/b", "..%2f..%2fx", "a%5cb", "x%00y", "x%0ay", "pause%202s", "chime", &long, "..."] {
        let begun = begin(&mut hai, &format!("sound={name}&name=x.wav"), 100);
        assert_eq!(begun.status, 422, "{name}: {}", begun.body);
        assert!(begun.body.contains("Tên này không dùng được"), "{name}: {}", begun.body);
    }
    for path in
        ["/sounds/..%2floa.toml/file", "/sounds/.%2e/file", "/sounds/%00/file", "/sounds/x.wav/heard?zone=thon-1"]
    {
        assert_eq!(hai.get(path).status, 404, "{path}");
    }
}

#[test]
fn two_gigabytes_are_refused_by_their_length_before_a_byte_of_them_is_sent() {
    let station = station();
    let console = Console::start(&station);
    let mut hai = console.person("Trần Thị Hai", "official", &[]);
    let begun = begin(&mut hai, "sound=x&name=x.wav", 2 << 30);
    assert_eq!(begun.status, 413);
    assert!(begun.body.contains("512 MB"), "{}", begun.body);
    let cookies: Vec<String> = hai.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let head = format!(
        "POST /sounds/upload HTTP/1.1\r\nHost: {0}\r\nOrigin: http://{0}\r\nSec-Fetch-Site: same-origin\r\nCookie: {1}\r\n\
         Content-Type: multipart/form-data; boundary=xyz\r\nContent-Length: 2147483648\r\nConnection: close\r\n\r\n",
        console.address,
        cookies.join("; ")
    );
    let refused = exchange(hai.connect(), head.as_bytes());
    assert_eq!(refused.status, 413, "{}", refused.body);
}

#[test]
fn a_hamlet_head_hands_in_for_his_own_zones_only_and_sees_nobody_elses_recordings() {
    let station = station();
    station.tone("tin-xa.wav", 1.0, 440.0).tone("viec-thon-1.wav", 1.0, 440.0);
    assert_eq!(station.loa(&["sounds"]).code, 0);
    let console = Console::start(&station);
    let mut ba = console.person("Ba", "operator", &["thon-3"]);
    let mut tu = console.person("Tư", "official", &[]);
    for (name, expected) in [("lich-tiem", 201), ("viec-thon-1", 403), ("tin-xa", 403), ("loi-moi", 201)] {
        let begun = begin(&mut ba, &format!("sound={name}&name=x.wav&replace=1"), 100);
        assert_eq!(begun.status, expected, "{name}: {}", begun.body);
    }
    let own = begin(&mut ba, "sound=loi-khac&name=x.wav", 100).to().to_owned();
    for path in [own.clone(), format!("{own}/file")] {
        assert_eq!(tu.get(&path).status, 404, "{path}");
    }
    assert_eq!(patch(&mut tu, &own, 0, b"x").status, 404);
    assert_eq!(tu.post(&format!("{own}/drop"), &[]).status, 404);
    assert_eq!(ba.post("/sounds/tin-xa.wav/away", &[("sure", "1")]).status, 403);
    assert!(!ba.get("/sounds/tin-xa.wav").body.contains("/away"));
    assert!(station.path("audio/tin-xa.wav").is_file());
    // His fifth is refused with the way out, and what he drops makes room.
    assert_eq!(begin(&mut ba, "sound=nam&name=x.wav", 100).status, 201);
    let fifth = begin(&mut ba, "sound=sau&name=x.wav", 100);
    assert_eq!(fifth.status, 429);
    assert!(fifth.body.contains("bỏ bớt"), "{}", fifth.body);
    assert_eq!(ba.post(&format!("{own}/drop"), &[]).status, 303);
    assert_eq!(begin(&mut ba, "sound=sau&name=x.wav", 100).status, 201);
}

#[test]
#[ignore = "long"]
fn whose_sound_it_is_says_who_may_replace_it_and_the_rest_is_asked_of_the_official() {
    let (station, own) = (station(), wav(1.0));
    station.write(
        "loa.toml",
        "name = \"Xã\"\n[zones.thon-1]\noutput = \"null\"\nlanguages = [\"vi\", \"tay\"]\n[zones.thon-2]\noutput = \"null\"\n[zones.thon-3]\noutput = \"null\"\nlanguages = [\"vi\", \"tay\"]\n",
    );
    let console = Console::start(&station);
    let mut ba = console.person("Ba", "operator", &["thon-3"]);
    let mut sau = console.person("Sáu", "operator", &["thon-1"]);
    let mut tu = console.person("Tư", "official", &[]);
    // The commune's news is missing, and his horns are among those that play it: he was asked for it.
    let sent = form(&mut ba, "tin-xa", "tin.wav", &own);
    outcome(&mut ba, sent.to());
    assert_eq!(fs::read(station.path("audio/tin-xa.wav")).unwrap(), own);
    // His own recording he may mend, and nobody else's head of a hamlet may; none may take it from the others.
    assert!(ba.get("/sounds/tin-xa.wav").body.contains("Thay bản ghi"));
    assert!(!sau.get("/sounds/tin-xa.wav").body.contains("Thay bản ghi"));
    let foreign = form(&mut sau, "tin-xa", "x.wav", &wav(2.0));
    assert!(foreign.status == 403 && foreign.body.contains("Xin nhờ cán bộ"), "{} {}", foreign.status, foreign.body);
    for browser in [&mut ba, &mut sau] {
        assert_eq!(browser.post("/sounds/tin-xa.wav/away", &[("sure", "1")]).status, 403);
    }
    let mended = form(&mut ba, "tin-xa", "tin.wav", &wav(3.0));
    outcome(&mut ba, mended.to());
    assert_eq!(fs::read(station.path("audio/tin-xa.wav")).unwrap(), wav(3.0));
    // A version in a language would be heard in its place wherever that is spoken: in another hamlet too.
    let tongue = form(&mut ba, "tin-xa.tay", "x.wav", &own);
    assert_eq!(tongue.status, 403, "{}", tongue.body);
    // The words of an alarm are found in every spelling, and are no hamlet's in any.
    for name in ["Canh-Bao-Lu", "CANH-BAO-LU.vi", "Dien-Tap"] {
        let alarm = form(&mut ba, name, "x.wav", &own);
        assert!(alarm.status == 403 && alarm.body.contains("báo động"), "{name}: {} {}", alarm.status, alarm.body);
    }
    // Once the official has put another there it is his.
    let sent = form(&mut tu, "tin-xa", "x.wav", &own);
    outcome(&mut tu, sent.to());
    // A copy of it under another name makes it nobody else's.
    let copy = form(&mut ba, "ban-sao", "x.wav", &own);
    outcome(&mut ba, copy.to());
    assert_eq!(fs::read(station.path("audio/ban-sao.wav")).unwrap(), own);
    let late = form(&mut ba, "tin-xa", "x.wav", &wav(2.0));
    assert_eq!(late.status, 403, "{}", late.body);
    assert_eq!(fs::read(station.path("audio/tin-xa.wav")).unwrap(), own);
}

/// Everybody is told in Vietnamese; a hamlet speaks Khơ Mú first.
fn station_of_two_languages() -> Station {
    let station = Station::new();
    station.write(
        "loa.toml",
        "name = \"Xã\"\n[zones.thon-1]\noutput = \"null\"\n[zones.thon-2]\noutput = \"null\"\n[zones.thon-3]\noutput = \"null\"\nlanguages = [\"kho\", \"vi\"]\n",
    );
    station.write(
        "schedules/a.toml",
        "[[broadcast]]\nid = \"tin\"\ntitle = \"Nộp hồ sơ\"\nat = \"06:30\"\nplay = [\"nop-ho-so\"]\n\
         [[broadcast]]\nid = \"rieng\"\ntitle = \"Việc thôn 1\"\nzones = [\"thon-1\"]\nat = \"07:30\"\nplay = [\"viec\"]\n",
    );
    station
}

#[test]
fn a_name_and_its_versions_in_every_language_are_one_sound_and_another_hamlet_hands_in_none_of_them() {
    let station = station_of_two_languages();
    for file in ["nop-ho-so.vi.wav", "viec.vi.wav", "nhac.vi.wav"] {
        station.tone(file, 1.0, 440.0);
    }
    assert_eq!(station.loa(&["sounds"]).code, 0, "they are measured");
    let console = Console::start(&station);
    let mut ba = console.person("Ba", "operator", &["thon-1"]);
    let mut sau = console.person("Sáu", "operator", &["thon-3"]);
    let mut tu = console.person("Tư", "official", &[]);
    let hands_in =
        |browser: &mut Browser, name: &str| begin(browser, &format!("sound={name}&name=x.wav&replace=1"), 100).status;
    // What nobody's broadcast plays, as «nhac», is said by hand in every hamlet.
    for name in ["nop-ho-so", "Nop-Ho-So", "nop-ho-so.vi", "nop-ho-so.kho", "nhac"] {
        assert_eq!(hands_in(&mut ba, name), 403, "{name}");
    }
    for name in ["viec", "loi-moi"] {
        assert_eq!(hands_in(&mut ba, name), 201, "{name}");
    }
    // Only his horns speak it; without a language it is heard by all.
    assert_eq!((hands_in(&mut sau, "nop-ho-so.kho"), hands_in(&mut sau, "nop-ho-so")), (201, 403));
    assert_eq!(hands_in(&mut tu, "nop-ho-so"), 201);
}

#[test]
fn whoever_puts_a_sound_away_is_told_which_version_is_heard_instead_of_it() {
    let station = station_of_two_languages();
    for file in ["nop-ho-so.vi.wav", "nop-ho-so.wav", "viec.wav"] {
        station.tone(file, 1.0, 440.0);
    }
    assert_eq!(station.loa(&["sounds"]).code, 0, "they are measured");
    let console = Console::start(&station);
    let mut tu = console.person("Tư", "official", &[]);
    for (file, said) in [
        ("nop-ho-so.vi.wav", "Cất đi thì loa phát «nop-ho-so.wav» thay vào"),
        ("viec.wav", "Cất đi thì lượt ấy không có tiếng."),
    ] {
        let asked = tu.post(&format!("/sounds/{file}/away"), &[]);
        assert!(asked.status == 200 && asked.body.contains(said), "{file}: {} {}", asked.status, asked.body);
        assert!(station.path(&format!("audio/{file}")).exists(), "{file}");
    }
}

#[test]
fn what_an_alarm_is_sounded_with_is_not_put_away_without_a_word() {
    let station = station();
    for name in ["audio/canh-bao-lu.vi.wav", "audio/tin-la.wav"] {
        fs::write(station.path(name), wav(1.0)).unwrap();
    }
    let removed = station.loa(&["sounds", "remove", "canh-bao-lu.vi"]);
    assert!(removed.code == 1 && removed.err.contains("is for the alarm \"Flood\""), "{removed:?}");
    assert!(station.path("audio/canh-bao-lu.vi.wav").exists());
    assert_eq!(station.loa(&["sounds", "remove", "tin-la"]).code, 0, "what nothing needs goes");
    let console = Console::start(&station);
    let mut tu = console.person("Tư", "official", &[]);
    let asked = tu.post("/sounds/canh-bao-lu.vi.wav/away", &[]);
    assert!(
        asked.status == 200 && asked.body.contains("báo động «Lũ»") && asked.body.contains("Vẫn cất"),
        "{}",
        asked.body
    );
    assert!(station.path("audio/canh-bao-lu.vi.wav").exists());
    assert_eq!(tu.post("/sounds/canh-bao-lu.vi.wav/away", &[("sure", "1")]).status, 303);
    assert!(!station.path("audio/canh-bao-lu.vi.wav").exists());
}

#[test]
fn what_lies_in_audio_and_is_no_sound_is_read_by_nobody() {
    let station = station();
    fs::write(station.path("audio/tin-xa.wav"), wav(1.0)).unwrap();
    fs::write(station.path("secret"), "mật khẩu của máy").unwrap();
    fs::hard_link(station.path("secret"), station.path("audio/la.mp3")).unwrap();
    assert_eq!(station.loa(&["sounds"]).code, 0, "both are looked at");
    let console = Console::start(&station);
    let mut tu = console.person("Tư", "official", &[]);
    assert_eq!(tu.get("/sounds/tin-xa.wav/file").status, 200);
    let page = tu.get("/sounds/la.mp3");
    assert!(page.status == 200 && !page.body.contains("/sounds/la.mp3/file"), "{}", page.body);
    for path in ["/sounds/la.mp3/file", "/hear/la.mp3"] {
        let read = tu.get(path);
        assert!(read.status == 422 && !read.body.contains("mật khẩu của máy"), "{path}: {} {}", read.status, read.body);
    }
}

#[test]
#[ignore = "long"]
fn a_sound_is_replaced_put_away_and_brought_back_and_nothing_is_lost() {
    let (station, old, new) = (station(), wav(1.0), wav(2.0));
    fs::write(station.path("audio/tin-xa.wav"), &old).unwrap();
    assert_eq!(station.loa(&["sounds"]).code, 0);
    let console = Console::start(&station);
    let mut tu = console.person("Tư", "official", &[]);
    let listed = tu.get("/sounds?q=tin");
    assert!(listed.body.contains("tin-xa.wav") && listed.body.contains("06:30"), "{}", listed.body);
    let sent = form(&mut tu, "tin-xa", "moi.wav", &new);
    outcome(&mut tu, sent.to());
    assert_eq!(fs::read(station.path("audio/tin-xa.wav")).unwrap(), new);
    assert_eq!(tu.post("/sounds/tin-xa.wav/back", &[]).status, 200, "the one in use is asked about first");
    assert_eq!(fs::read(station.path("audio/tin-xa.wav")).unwrap(), new);
    assert_eq!(tu.post("/sounds/tin-xa.wav/back", &[("sure", "1")]).status, 303);
    assert_eq!(fs::read(station.path("audio/tin-xa.wav")).unwrap(), old);
    let asked = tu.post("/sounds/tin-xa.wav/away", &[]);
    assert!(asked.status == 200 && asked.body.contains("Vẫn cất"), "{}", asked.body);
    assert_eq!(tu.post("/sounds/tin-xa.wav/away", &[("sure", "1")]).status, 303);
    assert!(!station.path("audio/tin-xa.wav").exists());
    assert!(tu.get("/sounds?show=away").body.contains("tin-xa.wav"));
    assert_eq!(tu.post("/sounds/tin-xa.wav/back", &[]).status, 303);
    assert_eq!(fs::read(station.path("audio/tin-xa.wav")).unwrap(), old);
    let heard = tu.get("/sounds/tin-xa.wav/heard?zone=thon-1");
    assert_eq!((heard.status, heard.header("content-type"), &heard.bytes[..4]), (200, "audio/wav", b"RIFF".as_slice()));
}

#[test]
#[ignore = "long"]
fn two_hundred_that_begin_at_once_are_let_in_within_the_bounds_and_the_page_answers() {
    let station = station();
    let console = Console::start(&station);
    let people: Vec<Browser> =
        (0..4).map(|number| console.person(&format!("Người {number}"), "official", &[])).collect();
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let ask = |number: usize| {
            let mut browser = people[number % people.len()].clone();
            scope.spawn(move || begin(&mut browser, &format!("sound=tin-{number}&name=x.wav"), 1_000_000).status)
        };
        let all: Vec<_> = (0..200).map(ask).collect();
        all.into_iter().map(|one| one.join().unwrap()).collect()
    });
    let let_in = statuses.iter().filter(|status| **status == 201).count();
    assert_eq!(let_in, 16);
    // A phone's address has a hundred lines; those beyond are not answered or sent away.
    assert!(statuses.iter().all(|status| [0, 201, 429, 503].contains(status)), "{statuses:?}");
    assert_eq!(people[0].clone().get("/sounds").status, 200);
}

#[test]
#[ignore = "long"]
fn a_text_is_read_by_the_program_of_loa_toml_heard_and_then_handed_in() {
    let station = station();
    fs::write(station.path("giong.wav"), wav(1.0)).unwrap();
    let program = "#!/bin/sh\ncat > \"$1.txt\"\ncp \"$0.wav\" \"$1\"\n";
    let path = station.path("giong");
    fs::write(&path, program).unwrap();
    fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let toml = fs::read_to_string(station.path("loa.toml")).unwrap();
    station.write(
        "loa.toml",
        &format!(
            "{toml}[speech]\ncommand = [\"{}\", \"{{out}}\"]\n[speech.words]\nNVH = \"nhà văn hóa\"\n",
            path.display()
        ),
    );
    let console = Console::start(&station);
    let mut tu = console.person("Tư", "official", &[]);
    let read = tu.post(
        "/sounds/read",
        &[("sound", "moi-hop"), ("text", "UBND xã mời họp lúc 05:30 28/11/2026 tại NVH; $(touch x) `id`")],
    );
    assert_eq!(read.status, 303, "{}", read.body);
    let to = read.to().to_owned();
    let said = fs::read_dir(station.path("state/uploads")).unwrap().map(|entry| entry.unwrap().path());
    let said = said.into_iter().find(|path| path.extension().is_some_and(|ending| ending == "txt")).unwrap();
    assert_eq!(
        fs::read_to_string(said).unwrap(),
        "Ủy ban nhân dân xã mời họp lúc 5 giờ 30 ngày 28 tháng 11 năm 2026 tại nhà văn hóa; $(touch x) `id`"
    );
    assert_eq!(tu.post(&format!("{to}/take"), &[]).status, 422, "nobody has heard it");
    assert_eq!(tu.get(&format!("{to}/file")).status, 200);
    // Two taps on the button, at once: it is taken in once.
    std::thread::scope(|scope| {
        let take = |mut browser: Browser| browser.post(&format!("{to}/take"), &[]).status;
        let all: Vec<_> = (0..4)
            .map(|_| {
                scope.spawn({
                    let browser = tu.clone();
                    move || take(browser)
                })
            })
            .collect();
        assert!(all.into_iter().all(|one| one.join().unwrap() == 303));
    });
    outcome(&mut tu, &to);
    let handed = fs::read_to_string(station.path("state/uploads/handed.json")).unwrap();
    assert_eq!(handed.matches("\"moi-hop.wav\"").count(), 1, "{handed}");
    assert!(station.path("audio/moi-hop.wav").is_file());
    assert!(tu.get("/sounds/moi-hop.wav").body.contains("Máy đọc"));
}

#[test]
fn a_program_that_writes_too_much_or_nothing_or_fails_is_told_by_what_it_did() {
    let station = station();
    let path = station.path("giong");
    // Read anew where the text says so, and never by a shell of loa's own.
    let program = "#!/bin/sh\nread -r what\ncase $what in\nnhieu*) truncate -s 600M \"$1\" ;;\nloi*) echo 'khong co giong' >&2; exit 3 ;;\nesac\n";
    fs::write(&path, program).unwrap();
    fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let toml = fs::read_to_string(station.path("loa.toml")).unwrap();
    station.write("loa.toml", &format!("{toml}[speech]\ncommand = [\"{}\", \"{{out}}\"]\n", path.display()));
    let console = Console::start(&station);
    let mut tu = console.person("Tư", "official", &[]);
    for (text, told) in [
        ("nhieu qua", "ghi ra tệp nặng hơn 512 MB"),
        ("khong gi", "chạy xong mà không ghi gì"),
        ("loi roi", "khong co giong"),
    ] {
        let read = tu.post("/sounds/read", &[("sound", "moi-hop"), ("text", text)]);
        assert_eq!(read.status, 422, "{text}: {}", read.body);
        assert!(read.body.contains(told) && read.body.contains(text), "{text}: {}", read.body);
    }
    assert!(!station.path("audio/moi-hop.wav").exists());
    let left = fs::read_dir(station.path("state/uploads")).unwrap().map(|entry| entry.unwrap().file_name());
    assert!(left.into_iter().all(|name| name == "handed.json"), "what was written is gone");
}

#[test]
fn sixty_four_megabytes_pass_through_and_the_console_holds_none_of_them() {
    const PIECE: usize = 8 << 20;
    let station = station();
    let console = Console::start(&station);
    let mut tu = console.person("Tư", "official", &[]);
    let most = || {
        let status = fs::read_to_string(format!("/proc/{}/status", console.pid())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap().trim().to_owned();
        line.trim_end_matches(" kB").parse::<usize>().unwrap() * 1024
    };
    tu.get("/sounds");
    let before = most();
    let to = begin(&mut tu, "sound=to&name=x.wav", 8 * PIECE as u64).to().to_owned();
    let piece = vec![0; PIECE];
    for at in 0..8 {
        assert_eq!(patch(&mut tu, &to, (at * PIECE) as u64, &piece).status, 204);
    }
    assert!(outcome(&mut tu, &to).body.contains("không giữ lại gì"));
    assert!(most() < before + PIECE, "{before} grew to {}", most());
}

#[test]
fn a_recording_for_an_alarm_says_what_to_say_and_leads_to_the_next_that_is_missing() {
    let station = station();
    let console = Console::start(&station);
    let mut hai = console.person("Trần Thị Hai", "official", &[]);
    let slot = hai.get("/sounds/slot/canh-bao-lu").body;
    assert!(slot.contains("báo động «Lũ»") && slot.contains("Cần nói: có chuyện gì"), "{slot}");
    let sent = form(&mut hai, "canh-bao-lu", "lu.wav", &wav(3.0));
    assert_eq!(sent.status, 303, "{}", sent.body);
    let taken = outcome(&mut hai, sent.to()).body;
    assert!(taken.contains("Dùng khi khẩn cấp hoặc diễn tập") && taken.contains("Báo động «Lũ»"), "{taken}");
    assert!(taken.contains("Còn thiếu, dùng khi khẩn cấp") && taken.contains("/sounds/slot/dien-tap"), "{taken}");
    assert!(!taken.contains("/sounds/slot/canh-bao-lu\"><") && !taken.contains("Chưa có lượt phát nào"), "{taken}");
}

#[test]
fn of_a_name_that_is_taken_it_is_asked_before_the_first_byte() {
    let (station, own) = (station(), wav(1.0));
    fs::write(station.path("audio/chao.wav"), &own).unwrap();
    assert_eq!(station.loa(&["sounds"]).code, 0);
    let console = Console::start(&station);
    let mut hai = console.person("Trần Thị Hai", "official", &[]);
    // With script: nothing is begun, and the page shows its tick.
    let asked = begin(&mut hai, "sound=chao&name=x.wav", 8_000_000);
    assert_eq!(asked.status, 409, "{}", asked.body);
    assert!(asked.body.contains("Đã có bản ghi «chao»") && asked.to().is_empty(), "{}", asked.body);
    assert_eq!(begin(&mut hai, "sound=chao&name=x.wav&replace=1", 8_000_000).status, 201);
    // Without: the form comes back with the name and the tick.
    let body = format!(
        "--xyz\r\nContent-Disposition: form-data; name=\"sound\"\r\n\r\nchao\r\n--xyz\r\nContent-Disposition: form-data; \
         name=\"file\"; filename=\"x.wav\"\r\n\r\n{}\r\n--xyz--\r\n",
        "x".repeat(100)
    );
    let asked = hai.post_raw("/sounds/upload", "multipart/form-data; boundary=xyz", body.as_bytes());
    assert_eq!(asked.status, 409, "{}", asked.body);
    for said in ["Đã có bản ghi «chao»", "name=\"sound\" value=\"chao\"", "id=\"replace\"><input"] {
        assert!(asked.body.contains(said), "{said}: {}", asked.body);
    }
    assert_eq!(fs::read(station.path("audio/chao.wav")).unwrap(), own);
}

#[test]
fn whoever_hands_in_under_a_name_with_signs_reads_what_became_of_it() {
    let station = station();
    let console = Console::start(&station);
    let mut hai = console.person("Trần Thị Hai", "official", &[]);
    let half = begin(&mut hai, "sound=Ch%C3%A0o%20%F0%9F%8E%89%F0%9F%8E%89&name=x.wav", 1_000).to().to_owned();
    let page = hai.get(&half).body;
    assert!(page.contains("Tên sẽ là «Chào»."), "{page}");
    let sent = form(&mut hai, "🎉 Tin 🎉🎉 vui", "x.wav", &wav(1.0));
    let page = outcome(&mut hai, sent.to()).body;
    assert!(page.contains("Tên bản ghi: <strong>Tin - vui.wav</strong>"), "{page}");
}

#[test]
fn whoever_brings_an_older_recording_back_is_told_first_what_is_in_use_and_when_it_is_due() {
    let (station, old, new) = (station(), wav(1.0), wav(2.0));
    fs::write(station.path("audio/tin-xa.wav"), &new).unwrap();
    fs::create_dir_all(station.path("state/replaced")).unwrap();
    fs::write(station.path("state/replaced/tin-xa.wav"), &old).unwrap();
    assert_eq!(station.loa(&["sounds"]).code, 0);
    let console = Console::start(&station);
    let mut tu = console.person("Tư", "official", &[]);
    let asked = tu.post("/sounds/tin-xa.wav/back", &[]);
    assert_eq!(asked.status, 200, "{}", asked.body);
    for said in ["«tin-xa.wav» (2 giây)", "Bản tin", "Phát lần tới", "06:30", "lấy lại được", "cất bản đang dùng"]
    {
        assert!(asked.body.contains(said), "{said}: {}", asked.body);
    }
    assert_eq!(fs::read(station.path("audio/tin-xa.wav")).unwrap(), new);
}

#[test]
#[ignore = "long"]
fn what_a_head_of_a_hamlet_put_away_of_his_own_he_takes_back_and_nobody_elses() {
    let (station, own) = (station(), wav(1.0));
    let console = Console::start(&station);
    let mut ba = console.person("Ba", "operator", &["thon-3"]);
    let mut sau = console.person("Sáu", "operator", &["thon-1"]);
    let sent = form(&mut ba, "thong-bao", "x.wav", &own);
    outcome(&mut ba, sent.to());
    assert_eq!(ba.post("/sounds/thong-bao.wav/away", &[]).status, 303);
    assert!(!station.path("audio/thong-bao.wav").exists());
    let page = ba.get("/sounds/thong-bao.wav");
    assert!(page.body.contains("Có thể lấy lại") && page.body.contains("/thong-bao.wav/back"), "{}", page.body);
    let foreign = sau.get("/sounds/thong-bao.wav");
    assert!(!foreign.body.contains("Có thể lấy lại") && !foreign.body.contains("/back"), "{}", foreign.body);
    assert_eq!(sau.post("/sounds/thong-bao.wav/back", &[]).status, 403);
    assert_eq!(ba.post("/sounds/thong-bao.wav/back", &[]).status, 303);
    assert_eq!(fs::read(station.path("audio/thong-bao.wav")).unwrap(), own);
    // What the official keeps under that name by now is not his any more.
    let mut tu = console.person("Tư", "official", &[]);
    let sent = form(&mut tu, "thong-bao", "x.wav", &wav(2.0));
    outcome(&mut tu, sent.to());
    assert_eq!(tu.post("/sounds/thong-bao.wav/away", &[]).status, 303);
    assert_eq!(ba.post("/sounds/thong-bao.wav/back", &[]).status, 403);
}

#[test]
fn the_same_file_goes_on_from_where_its_line_broke_whatever_name_was_typed_for_it() {
    let (station, sound) = (station(), wav(1.0));
    let console = Console::start(&station);
    let mut hai = console.person("Trần Thị Hai", "official", &[]);
    let half = sound.len() / 2;
    for (typed, name) in [("", "ghi am.wav"), ("B%E1%BA%A3n%20tin:%20ba", "x.wav")] {
        let asked = |sound: &str| format!("sound={sound}&name={}&modified=1798000000000", name.replace(' ', "%20"));
        let to = begin(&mut hai, &asked(typed), sound.len() as u64).to().to_owned();
        assert_eq!(patch(&mut hai, &to, 0, &sound[..half]).status, 204);
        // What «Gửi tiếp» leads to has the name as the station writes it.
        let page = hai.get(&to);
        let link = page.values("href").into_iter().find(|link| link.starts_with("/sounds/slot/")).unwrap().to_owned();
        let again = begin(&mut hai, &asked(link.trim_start_matches("/sounds/slot/")), sound.len() as u64);
        assert_eq!((again.to(), again.header("upload-offset")), (to.as_str(), half.to_string().as_str()), "{typed}");
    }
}

#[test]
fn the_versions_of_a_sound_in_other_languages_stand_beside_it_and_are_heard_there() {
    let station = Station::new();
    station.write("loa.toml", "[zones.thon-1]\noutput = \"null\"\nlanguages = [\"vi\", \"tay\"]\n");
    station.tone("tin.vi.wav", 1.0, 440.0).tone("tin.tay.wav", 2.0, 440.0).tone("khac.wav", 1.0, 440.0);
    assert_eq!(station.loa(&["sounds"]).code, 0, "they are measured");
    let console = Console::start(&station);
    let mut tu = console.person("Tư", "official", &[]);
    for (own, other) in [("tin.vi.wav", "tin.tay.wav"), ("tin.tay.wav", "tin.vi.wav")] {
        let page = tu.get(&format!("/sounds/{own}"));
        assert!(page.body.contains("Các thứ tiếng khác"), "{}", page.body);
        assert!(page.values("href").contains(&format!("/sounds/{other}").as_str()), "{}", page.body);
        let heard = [own, other].map(|file| format!("/sounds/{file}/file"));
        assert!(heard.iter().all(|file| page.values("src").contains(&file.as_str())), "{}", page.body);
        assert!(!page.body.contains("khac.wav"), "{}", page.body);
    }
    assert!(!tu.get("/sounds/khac.wav").body.contains("Các thứ tiếng khác"));
}

#[test]
#[ignore = "long"]
fn half_a_minute_is_heard_as_loud_as_each_zone_plays_it() {
    let station = Station::new();
    station.write("loa.toml", "[zones.thon-1]\noutput = \"null\"\n[zones.thon-2]\noutput = \"null\"\nloudness = -23\n");
    let sound = station.path("audio/tin.wav");
    Mic::file(&sound, 40.0);
    recorded_earlier(&sound);
    assert_eq!(station.loa(&["sounds"]).code, 0, "it is measured");
    let console = Console::start(&station);
    let mut tu = console.person("Tư", "official", &[]);
    for (zone, target) in [("thon-1", -16.0), ("thon-2", -23.0)] {
        let address = format!("/sounds/tin.wav/heard?zone={zone}");
        assert!(tu.get("/sounds/tin.wav").values("src").contains(&address.as_str()));
        let heard = station.path(&format!("{zone}.wav"));
        fs::write(&heard, tu.get(&address).bytes).unwrap();
        let wav = hound::WavReader::open(&heard).unwrap();
        let seconds = f64::from(wav.duration()) / f64::from(wav.spec().sample_rate);
        assert!((29.9..=30.0).contains(&seconds), "{zone}: {seconds} s");
        let lufs = loa::audio::measure(&heard).unwrap().loudness.unwrap().lufs();
        assert!((lufs - target).abs() <= 1.0, "{zone}: {lufs} LUFS");
    }
}
