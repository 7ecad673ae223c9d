//! The journal on the page: found again by day, zone and outcome, told in one row where the same is to be said, listened to
//! again, taken away, and asked what played when somebody complains.

use std::fs;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use jiff::tz::TimeZone;
use loa::fact::{AudioRef, Entry, EntryKind, Outcome};
use loa::instant::Wall;
use loa::journal::Journal;
use loa::schedule::Class;
use sha2::{Digest as _, Sha256};

use super::kit::Console;
use crate::kit::Station;

fn tz() -> TimeZone {
    TimeZone::get("Asia/Ho_Chi_Minh").unwrap()
}

/// The real clock's.
pub(crate) fn now() -> Wall {
    #[expect(clippy::disallowed_methods, reason = "the page looks at the real clock")]
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    Wall::from_secs(since.as_secs() as i64)
}

fn ago(now: Wall, minutes: u64) -> Wall {
    now - Duration::from_secs(minutes * 60)
}

fn airing(zone: &str, planned: Wall, seconds: Option<u64>, reason: &str, sha256: &str) -> Entry {
    Entry {
        kind: EntryKind::Airing,
        written: planned + Duration::from_secs(seconds.unwrap_or(0)),
        zone: Some(zone.into()),
        broadcast: Some("ban-tin".into()),
        title: "Bản tin <sáng>".into(),
        class: Some(Class::Normal),
        planned: Some(planned),
        started: seconds.map(|_| planned),
        ended: seconds.map(|seconds| planned + Duration::from_secs(seconds)),
        start_error_ms: seconds.map(|_| 0.125),
        seconds_planned: Some(60.0),
        seconds_played: Some(seconds.unwrap_or(0) as f64),
        outcome: Some(match seconds {
            Some(60) => Outcome::Played,
            Some(_) => Outcome::Partial,
            None => Outcome::Missed,
        }),
        reason: (!reason.is_empty()).then(|| reason.into()),
        audio: vec![AudioRef { file: "tin.wav".into(), sha256: sha256.into() }],
        ..Entry::default()
    }
}

/// A station with a day behind it: the news in two hamlets, once partly in one, once missed in both, and an order.
pub(crate) fn station(now: Wall) -> Station {
    let station = Station::new();
    station.write(
        "loa.toml",
        "name = \"Xã Đông Giang\"\n[zones.thon-1]\ntitle = \"Thôn 1\"\noutput = \"null\"\n\
         [zones.thon-2]\ntitle = \"Thôn 2\"\noutput = \"null\"\n[groups]\nvung-thap = [\"thon-1\"]\n",
    );
    station.tone("tin.wav", 60.0, 440.0);
    let digest = Sha256::digest(fs::read(station.path("audio/tin.wav")).unwrap());
    let sha256 = digest.iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
    fs::create_dir_all(station.path("state")).unwrap();
    let mut journal = Journal::open_loose(&station.path("state/journal.db"), ago(now, 600), &tz()).unwrap().journal;
    let note =
        |minutes, reason: &str| Entry { written: ago(now, minutes), reason: Some(reason.into()), ..Entry::default() };
    let rows = [
        note(500, "started"),
        airing("thon-1", ago(now, 300), Some(60), "", &sha256),
        airing("thon-2", ago(now, 300), Some(60), "", &sha256),
        airing("thon-1", ago(now, 200), Some(60), "", &sha256),
        airing("thon-2", ago(now, 200), Some(27), "stopped: Trần Thị Hai", &"a".repeat(64)),
        airing("thon-1", ago(now, 100), None, "power_lost", ""),
        airing("thon-2", ago(now, 100), None, "power_lost", ""),
        note(1, "clock_trusted: ntp"),
    ];
    for row in &rows {
        journal.note(row).unwrap();
    }
    journal.batch(|batch| batch.alive(now)).unwrap();
    station
}

/// The day and minute of an instant, as the form sends them.
fn minute(at: Wall) -> String {
    at.zoned(&tz()).strftime("day=%F&time=%H:%M").to_string()
}

#[test]
fn a_reviewer_finds_what_happened_row_by_row_and_listens_to_it_again() {
    let now = now();
    let station = station(now);
    let console = Console::start(&station);
    let mut reviewer = console.person("Lê Văn Ba", "reviewer", &[]);
    let page = reviewer.get("/journal");
    assert_eq!(page.status, 200, "{}", page.body);
    for said in
        ["Thôn 1, Thôn 2", "Phát một phần: 0:27 trên 1:00", "mất điện", "Nhật ký nguyên vẹn đến dòng 8, kiểm tra lúc"]
    {
        assert!(page.body.contains(said), "{said}: {}", page.body);
    }
    // Escaped, and two hamlets told in one row: four rows of six airings.
    assert!(page.body.contains("Bản tin &lt;sáng&gt;") && !page.body.contains("<sáng>"));
    let rows = |body: &str| body.matches("class=\"moment across\"").count();
    assert_eq!(rows(&page.body), 4);
    for (query, expected) in [
        ("outcome=missed", 1),
        ("zone=thon-2", 3),
        ("zone=vung-thap", 3),
        ("who=tran+thi", 1),
        // The stop, and that she was let in and has logged in.
        ("show=acts", 3),
        ("show=machine", 2),
        ("zone=thon-9", 0),
    ] {
        assert_eq!(rows(&reviewer.get(&format!("/journal?{query}")).body), expected, "{query}");
    }
    let unclear = reviewer.get("/journal?from=32/11/2026&who=B%C3%A0+Hai");
    assert!(unclear.body.contains("chưa đúng") && unclear.body.contains("Bà Hai"), "kept: {}", unclear.body);

    let row = reviewer.get("/journal/row/2");
    for said in ["Thôn 1", "0,1 mili giây", "SHA-256", "/journal/row/2/sound/0", "/journal/row/3", "Mã chép vào sổ"]
    {
        assert!(row.body.contains(said), "{said}: {}", row.body);
    }
    let whole = fs::read(station.path("audio/tin.wav")).unwrap();
    let sound = reviewer.get("/journal/row/2/sound/0");
    assert!(sound.status == 200 && sound.bytes == whole && sound.header("content-type") == "audio/wav");
    let part = reviewer.ask("GET", "/journal/row/2/sound/0", &[("Range", "bytes=10-19")], b"");
    assert_eq!((part.status, &part.bytes[..]), (206, &whole[10..20]));
    // Another file of that name is not what was played.
    assert!(reviewer.get("/journal/row/5").body.contains("không còn trên máy này"));
    assert_eq!(reviewer.get("/journal/row/5/sound/0").status, 422);
    assert_eq!(reviewer.get("/journal/row/99").status, 404);
}

#[test]
fn whoever_is_named_by_another_account_than_the_stations_stands_beside_it() {
    let now = now();
    let station = station(now);
    let mut journal = Journal::open_loose(&station.path("state/journal.db"), now, &tz()).unwrap().journal;
    let own = std::process::Command::new("id").arg("-un").output().unwrap();
    let own = String::from_utf8(own.stdout).unwrap();
    for (by, order) in [("Bà Tám (hoa)".to_owned(), "7"), (format!("Bà Hai ({})", own.trim()), "8")] {
        let reason = format!("alert: {by}: lũ về");
        let row = Entry { written: now, reason: Some(reason.into()), title: "canh-bao-lu".into(), ..Entry::default() };
        journal.note(&Entry { order: Some(order.into()), ..row }).unwrap();
    }
    drop(journal);
    let console = Console::start(&station);
    let mut reviewer = console.person("Lê Văn Ba", "reviewer", &[]);
    let acts = reviewer.get("/journal?show=acts").body;
    assert!(acts.contains("Bà Tám") && acts.contains("(tài khoản: hoa)"), "{acts}");
    assert!(acts.contains("Bà Hai") && !acts.contains(&format!("tài khoản: {}", own.trim())), "{acts}");
    let row = station.loa(&["journal", "--json"]).rows().into_iter().find(|row| row["order"] == "7").unwrap();
    let page = reviewer.get(&format!("/journal/row/{}", row["seq"])).body;
    assert!(page.contains("Bà Tám (tài khoản: hoa)"), "{page}");
}

#[test]
fn a_sound_that_was_replaced_is_heard_as_it_was_then() {
    let now = now();
    let station = station(now);
    let whole = fs::read(station.path("audio/tin.wav")).unwrap();
    fs::create_dir_all(station.path("state/replaced")).unwrap();
    fs::rename(station.path("audio/tin.wav"), station.path("state/replaced/tin.wav")).unwrap();
    station.tone("tin.wav", 2.0, 880.0);
    let console = Console::start(&station);
    let mut reviewer = console.person("Lê Văn Ba", "reviewer", &[]);
    assert!(reviewer.get("/journal/row/2/sound/0").bytes == whole);
    fs::remove_file(station.path("state/replaced/tin.wav")).unwrap();
    assert!(reviewer.get("/journal/row/2").body.contains("không còn trên máy này"));
}

#[test]
fn a_complaint_is_answered_with_what_played_that_nothing_did_or_that_nobody_knows() {
    let now = now();
    let station = station(now);
    let console = Console::start(&station);
    let mut official = console.person("Trần Thị Hai", "official", &[]);
    let mut asked = |minutes: u64, zone: &str| {
        let query = format!("/journal/heard?{}&zone={zone}", minute(ago(now, minutes)));
        official.get(&query).body
    };
    let played = asked(300, "thon-1");
    assert!(played.contains("Thôn 1, từ") && played.contains("/journal/row/2"), "{played}");
    assert!(asked(150, "thon-1").contains("Không có gì phát ở đây lúc ấy"));
    let missed = asked(100, "thon-2");
    assert!(missed.contains("Không có gì phát") && missed.contains("Bị lỡ") && missed.contains("mất điện"), "{missed}");
    assert!(asked(550, "").contains("Nhật ký không biết"), "before the first row");
    let unclear = official.get("/journal/heard?day=2026-11-28&time=s%C3%A1ng");
    assert!(unclear.body.contains("Giờ chưa đúng") && unclear.body.contains("value=\"sáng\""), "{}", unclear.body);
}

#[test]
fn the_rows_that_are_asked_for_are_taken_away_as_the_command_writes_them() {
    let now = now();
    let station = station(now);
    let console = Console::start(&station);
    let mut reviewer = console.person("Lê Văn Ba", "reviewer", &[]);
    let all = reviewer.get("/journal/table.csv");
    assert!(all.header("content-disposition").contains("nhat-ky-"), "{:?}", all.headers);
    let command = station.command(&["journal", "--csv"]).env("LANG", "vi").output().unwrap();
    let command = String::from_utf8(command.stdout).unwrap();
    // The same columns and rows; the page is Vietnamese, and leaves the machine's notes out.
    assert_eq!((all.body.lines().count(), command.lines().count()), (7, 9), "{}", all.body);
    let filtered = reviewer.get("/journal/table.csv?outcome=missed&zone=thon-2");
    assert!(filtered.body.lines().count() == 2 && filtered.body.contains("mất điện"), "{}", filtered.body);
    let book = reviewer.get("/journal/table.xlsx");
    assert!(book.bytes.starts_with(b"PK\x03\x04"), "{}", book.body);
    assert_eq!(reviewer.get("/journal/table.csv?from=x").status, 422);
}

#[test]
fn who_may_not_read_the_journal_is_told_so_and_no_journal_is_a_sentence() {
    let station = station(now());
    let console = Console::start(&station);
    let mut head = console.person("Ông Năm", "operator", &["thon-1"]);
    for path in ["/journal", "/journal/heard", "/journal/row/2", "/journal/row/2/sound/0", "/journal/table.csv"] {
        assert_eq!(head.get(path).status, 403, "{path}");
    }
    assert!(!head.get("/").body.contains("/journal"));

    let mut reviewer = console.person("Lê Văn Ba", "reviewer", &[]);
    for file in ["journal.db", "journal.db-wal", "journal.db-shm", "journal.head"] {
        let _ = fs::remove_file(station.path("state").join(file));
    }
    for path in ["/journal", "/journal/row/2", "/journal/table.csv"] {
        assert!(reviewer.get(path).body.contains("Chưa có nhật ký"), "{path}");
    }
    fs::write(station.path("state/journal.db"), "not a database, but long enough to be read as one").unwrap();
    let damaged = reviewer.get("/journal");
    assert!(damaged.status == 200 && damaged.body.contains("tệp nhật ký bị hỏng"), "{}", damaged.body);
}
