//! The answer is the truth: per hamlet what sounds, or why not.

use std::fs;
use std::io::Write;
use std::time::Duration;

use serde_json::{Value, json};

use super::*;
use crate::kit::whole_second_in;

#[test]
fn a_path_that_leads_elsewhere_plays_no_sound_that_only_has_its_name() {
    let station = station(ZONES);
    let daemon = run(&station);
    let elsewhere = tempfile::tempdir().unwrap();
    let other = elsewhere.path().join("lu.wav");
    fs::copy(station.dir().join("audio/vo-dap.wav"), &other).unwrap();
    for path in [other.to_str().unwrap(), "../../etc/lu.wav", "khac/lu"] {
        let said = alert(&station, path, &["--json"]);
        assert!(said.code == 1 && said.err.contains("is not in the station's audio/"), "{path}: {said:?}");
        let said = vi(&station, &["say", path]);
        assert!(said.code == 1 && said.err.contains(&format!("loa load {path}")), "{path}: {said:?}");
    }
    assert!(journal(&station).1.is_empty(), "nothing sounded");
    let own = station.dir().join("audio/../audio/lu.wav");
    for path in [own.to_str().unwrap(), "audio/lu.wav", "lu.wav", "lu"] {
        let said = station.loa(&["say", path]);
        assert!(said.code == 0 && said.out.contains("lu"), "{path}: {said:?}");
        station.loa(&["stop"]);
    }
    assert_eq!(daemon.end(), 0);
}

#[test]
#[ignore = "long"]
fn an_alert_answers_per_hamlet_what_sounds_and_where_there_is_no_card() {
    let station = station(&[ZONES, LOST].concat());
    let daemon = run(&station);
    let said = alert(&station, "lu", &["--json", LONG[0], LONG[1]]);
    assert_eq!(said.code, 1, "one hamlet does not hear it: {said:?}");
    let receipt = said.json();
    assert_eq!(
        states(&receipt),
        owned(&[
            ("thon-1", "unheard", "no_horn"),
            ("thon-2", "unheard", "no_horn"),
            ("thon-3", "silent", "device_failed"),
        ])
    );
    let zones = receipt["zones"].as_array().unwrap();
    assert!(zones[0]["started"].is_string() && zones[0]["seconds"] == 62.0, "{receipt}");
    assert!(zones[2]["started"].is_null() && zones[2]["why"]["tried_again"] == true, "{receipt}");
    assert!(zones[2]["why"]["en"].as_str().unwrap().contains("nonexistent"), "{receipt}");
    // Status names the lost card, and the order that is under way.
    let status = station.loa(&["status", "--json"]).json();
    assert!(status["zones"][2]["trouble"]["vi"].as_str().unwrap().contains("nonexistent"), "{status}");
    assert!(status["zones"][0]["trouble"].is_null(), "{status}");
    assert_eq!(status["orders"][0]["order"], receipt["order"], "{status}");
    let page = station.loa(&["status"]).out;
    assert!(page.contains("Thôn 3: CANNOT SOUND since ") && page.contains("Thôn 1, Thôn 2: no horn"), "{page}");
    assert!(!page.contains("nothing is known to be wrong"), "nobody hears anything anywhere: {page}");
    // What a person reads.
    assert_eq!(station.loa(&["stop"]).code, 0);
    let order = ["alert", "lu", "--by", "A", "--why", "b", LONG[0], LONG[1]];
    let said = vi(&station, &order);
    let hornless = "Thôn 1: không có loa nào kêu ở đây (output = \"null\", chỉ ghi vào nhật ký).\nThôn 2: không có loa nào kêu ở đây (output là tệp «thon-2.wav», chỉ ghi ra tệp).\n";
    let head = "Đã nhận lệnh khẩn cấp «lu» (1 phút 2 giây, 16 lần).\n";
    assert!(said.out.starts_with(&[head, hornless, "Thôn 3: CHƯA KÊU ("].concat()), "{said:?}");
    assert!(said.out.ends_with("\nDừng: loa stop\n"), "{said:?}");
    let again = vi(&station, &[&order[..], &["--zone", "thôn 1, Thôn 2"]].concat());
    assert_eq!(again.code, 0, "{again:?}");
    assert!(again.out.contains("không phát thêm lần nữa"), "the same alert twice is one: {again:?}");
    let stopped = vi(&station, &["stop"]);
    assert_eq!((stopped.code, stopped.out.as_str()), (0, "Thôn 1, Thôn 2, Thôn 3: đã dừng «lu».\n"), "{stopped:?}");
    let quiet = vi(&station, &["stop", "--zone", "Thôn 1"]);
    assert_eq!(quiet.out, "Thôn 1: không có gì đang phát.\n");
    assert_eq!(daemon.end(), 0);
    // Who, by name and by account; and the order in its rows.
    let rows = entries(&station);
    let account = account();
    let note =
        rows.iter().find(|row| row["reason"] == json!(format!("alert: Nguyễn Văn A ({account}): lũ về"))).unwrap();
    assert_eq!(note["order"], receipt["order"]);
    let own = rows.iter().filter(|row| row["kind"] == "airing" && row["order"] == receipt["order"]).count();
    assert_eq!(own, 3, "{rows:#?}");
}

#[test]
fn a_say_outside_the_hours_is_told_when_it_may_and_what_to_do_in_an_emergency() {
    let station = station(&[ZONES, LOST].concat());
    let hour = whole_second_in(0).hour();
    let hours = format!("[rules]\nhours = [\"{:02}:00-{:02}:30\"]\n", (hour + 12) % 24, (hour + 12) % 24);
    station.write("schedules/a.toml", &hours);
    let daemon = run(&station);
    let said = vi(&station, &["say", "lu"]);
    assert_eq!((said.code, said.out.as_str()), (1, ""), "{said:?}");
    let earliest = format!("sớm nhất là {:02}:00", (hour + 12) % 24);
    for words in ["Thôn 1, Thôn 2, Thôn 3: không phát (bây giờ (", "ngoài giờ cho phép", &earliest, "loa alert lu --by"]
    {
        assert!(said.err.contains(words), "{words}: {said:?}");
    }
    assert_eq!(daemon.end(), 0);
    let (notes, airings) = journal(&station);
    let refused: Vec<_> = notes.iter().filter(|reason| reason.starts_with("order_refused")).collect();
    assert_eq!(refused, [&format!("order_refused: outside_hours: say: {}", account())], "one row: {notes:?}");
    assert!(airings.is_empty(), "{airings:?}");
}

#[test]
fn a_say_on_a_lost_card_says_so_and_its_row_has_it() {
    let station = station(LOST);
    let daemon = run(&station);
    let said = station.loa(&["say", "vo-dap", "--json"]);
    assert_eq!((said.code, states(&said.json())), (1, owned(&[("thon-3", "silent", "device_failed")])), "{said:?}");
    assert_eq!(station.loa(&["stop"]).code, 0);
    assert_eq!(daemon.end(), 0);
    let csv = vi(&station, &["journal"]).out;
    assert!(!csv.contains("sound device"), "no English in a Vietnamese journal: {csv}");
}

#[test]
#[ignore = "long"]
fn test_tones_sound_at_any_hour_in_the_zones_that_were_named_and_stand_in_the_journal_as_a_test() {
    let station = station(ZONES);
    let hour = whole_second_in(0).hour();
    let hours = format!("[rules]\nhours = [\"{:02}:00-{:02}:30\"]\n", (hour + 12) % 24, (hour + 12) % 24);
    station.write("schedules/a.toml", &hours);
    let daemon = run(&station);
    let said = vi(&station, &["devices", "--test", "Thôn 1"]);
    assert_eq!(said.code, 0, "{said:?}");
    assert!(said.out.starts_with("Phát tiếng thử (3 giây).\nThôn 1: không có loa, không ai nghe ("), "{said:?}");
    assert_eq!(playing(&station, 1), Value::Null, "nowhere else");
    daemon.wait_until("it is recorded", || !journal(&station).1.is_empty());
    let account = account();
    assert_eq!(journal(&station).1, [("tieng-thu".to_owned(), format!("test_tone: {account}"))]);
    let row = entries(&station).into_iter().find(|row| row["kind"] == "airing").unwrap();
    assert_eq!((&row["outcome"], &row["class"]), (&json!("played"), &json!("normal")));
    assert_eq!(alert(&station, "lu", &["--zone", "thon-2", LONG[0], LONG[1]]).code, 0);
    let refused = station.loa(&["devices", "--test", "thon-2", "--json"]);
    assert_eq!((refused.code, states(&refused.json())), (1, owned(&[("thon-2", "silent", "busy")])), "{refused:?}");
    assert_eq!(station.loa(&["stop"]).code, 0);
}

#[test]
fn an_alert_without_who_or_why_says_how_to_order_it_and_does_nothing() {
    let station = station(ZONES);
    let _daemon = run(&station);
    for order in [&["alert", "lu"][..], &["alert", "lu", "--by", "A"], &["alert", "lu", "--why", "b"]] {
        let said = vi(&station, order);
        assert_eq!((said.code, said.out.as_str()), (2, ""), "{said:?}");
        assert!(said.err.contains("Ví dụ: loa alert lu --by"), "{said:?}");
    }
    for (by, why) in [("A\nB", "c"), ("A", "c\u{202e}d"), ("\u{1b}[2J", "c")] {
        let said = station.loa(&["alert", "lu", "--by", by, "--why", why]);
        assert_eq!(said.code, 1, "{said:?}");
        assert!(!said.err.contains('\u{1b}') && said.err.contains("nobody can see"), "{said:?}");
    }
    // Nobody can pass for another account.
    station.loa(&["alert", "lu", "--by", "Chủ tịch (chu-tich): vỡ đập", "--why", "x"]);
    let (notes, _) = journal(&station);
    let forged = format!("alert: Chủ tịch [chu-tich], vỡ đập ({}): x", account());
    assert!(notes.contains(&forged), "{notes:?}");
}

#[test]
fn a_hamlet_whose_output_cannot_be_used_is_told_as_silent_and_its_airing_is_missed() {
    let zones = "[zones.thon-1]\ntitle = \"Thôn 1\"\noutput = \"wav:thu/thon-1\"\n[zones.thon-2]\noutput = \"null\"\n";
    let station = station(zones);
    let daemon = run(&station);
    let said = alert(&station, "lu", &["--json"]);
    assert_eq!(said.code, 1, "{said:?}");
    let expected = owned(&[("thon-1", "silent", "device_failed"), ("thon-2", "unheard", "no_horn")]);
    assert_eq!(states(&said.json()), expected);
    assert!(vi(&station, &["status"]).out.contains("Thôn 1: KHÔNG PHÁT ĐƯỢC"), "{said:?}");
    assert_eq!(station.loa(&["stop"]).code, 0);
    assert_eq!(daemon.end(), 0);
    let rows = entries(&station);
    let row = rows.iter().find(|row| row["kind"] == "airing" && row["zone"] == "thon-1").unwrap();
    assert_eq!(row["outcome"], "missed", "{row}");
}

#[test]
fn what_is_no_file_in_audio_is_never_waited_for() {
    let station = station(ZONES);
    std::os::unix::fs::symlink("/nowhere.wav", station.path("audio/link.wav")).unwrap();
    assert!(std::process::Command::new("mkfifo").arg(station.path("audio/pipe.wav")).status().unwrap().success());
    fs::create_dir(station.path("audio/thumuc.wav")).unwrap();
    let daemon = run(&station);
    for name in ["link", "pipe", "thumuc"] {
        for said in [station.loa(&["say", name]), alert(&station, name, &[])] {
            assert!(said.code == 1 && !said.err.contains("examined"), "{name}: {said:?}");
        }
    }
    assert_eq!(daemon.end(), 0);
}

#[expect(clippy::disallowed_methods, reason = "a real process is waited for in real time")]
#[test]
fn an_alert_is_not_kept_out_by_who_touches_its_sound_and_a_refused_one_names_what_is_near() {
    let station = station(ZONES);
    let daemon = run(&station);
    let page = station.loa(&["status"]).out;
    assert!(page.contains("2 zones: not used since the start") && !page.contains("nothing is known"), "{page}");
    // Another date and the same bytes, and then others while it is being copied.
    let touch = || fs::File::options().append(true).open(station.path("audio/lu.wav")).unwrap();
    let writer = touch();
    writer.set_modified(std::time::SystemTime::now()).unwrap();
    (&writer).write_all(b"half").unwrap();
    std::thread::sleep(Duration::from_millis(500));
    let said = alert(&station, "lu", &["--json", LONG[0], LONG[1]]);
    assert_eq!(
        states(&said.json()),
        owned(&[("thon-1", "unheard", "no_horn"), ("thon-2", "unheard", "no_horn")]),
        "{said:?}"
    );
    let over = alert(&station, "vo-dap", &[]);
    assert!(over.out.contains("\"lu\" pauses and goes on afterwards"), "{over:?}");
    drop(writer);
    let wrong = vi(&station, &["alert", "vo-da", "--by", "A", "--why", "b"]);
    assert_eq!(wrong.code, 1, "{wrong:?}");
    assert!(
        wrong.err.contains("Thôn 1, Thôn 2: KHÔNG KÊU") && wrong.err.contains("có phải «vo-dap» không?"),
        "{wrong:?}"
    );
    assert_eq!(daemon.end(), 0);
    let (notes, _) = journal(&station);
    assert!(notes.contains(&format!("order_refused: no_sound: alert: A ({}): b", account())), "{notes:?}");
}

/// A recording is replaced: whether a schedule names it or not, whether an alert had it before or not.
#[test]
#[ignore = "long"]
fn an_alert_plays_the_recording_that_took_the_place_of_another() {
    let schedule = "[[broadcast]]\nid = \"a\"\nplay = [\"tin\"]\ndates = [2099-01-01]\nat = [\"05:30\"]\n";
    for (named, ordered) in [(true, false), (true, true), (false, false), (false, true)] {
        let station = station(ZONES);
        if named {
            station.write("schedules/tin.toml", schedule);
        }
        station.tone("tin.wav", 2.0, 440.0);
        let daemon = station.run();
        let tell = |length: &str| {
            daemon.wait_until("it is known", || station.loa(&["say", "tin", "--zone", "thon-2"]).out.contains(length));
            station.loa(&["stop"]);
        };
        tell("(2 s)");
        if ordered {
            assert_eq!(alert(&station, "tin", &["--zone", "thon-1"]).code, 0);
        }
        station.tone("moi.wav", 3.0, 880.0);
        fs::rename(station.path("audio/moi.wav"), station.path("audio/tin.wav")).unwrap();
        tell("(3 s)");
        let said = alert(&station, "tin", &["--json", "--zone", "thon-1"]);
        assert_eq!(states(&said.json()), owned(&[("thon-1", "unheard", "no_horn")]), "{named} {ordered}: {said:?}");
        assert_eq!(said.json()["zones"][0]["seconds"], 3.0, "{named} {ordered}: {said:?}");
        let log = daemon.log();
        assert!(!log.contains("is no longer the one"), "{log}");
        assert_eq!(daemon.end(), 0);
    }
}

#[test]
fn a_zone_without_a_horn_says_so_to_whoever_orders_and_counts_as_done() {
    let station = station(ZONES);
    let daemon = run(&station);
    for order in [&["alert", "lu", "--by", "A", "--why", "b"][..], &["say", "vo-dap"], &["devices", "--test", "thon-1"]]
    {
        let said = vi(&station, order);
        assert_eq!((said.code, said.err.as_str()), (0, ""), "{said:?}");
        assert!(said.out.contains("không có loa") && !said.out.contains("đang"), "{said:?}");
        let page = vi(&station, &["status"]).out;
        assert!(page.contains("Thôn 1, Thôn 2: không có loa (output là \"null\" hoặc tệp .wav)"), "{page}");
        assert_eq!(station.loa(&["stop"]).code, 0);
    }
    assert_eq!(station.loa(&["status", "--json"]).json()["zones"][0]["no_horn"], true);
    assert_eq!(daemon.end(), 0);
}

#[test]
#[ignore = "long"]
fn a_hamlet_whose_output_cannot_be_read_at_a_first_start_is_named_in_every_answer_with_why() {
    for broken in ["output = \"nul\"", "output = \"loa:1\"", "output = 5", "channel = 0", "output = \"wav:"] {
        let zones = format!("[zones.thon-1]\ntitle = \"Thôn 1\"\noutput = \"null\"\n[zones.thon-3]\n{broken}\n");
        let station = station(&zones);
        let daemon = run(&station);
        let said = alert(&station, "lu", &["--json"]);
        assert_eq!(said.code, 1, "{broken}: {said:?}");
        let receipt = said.json();
        let expected = owned(&[("thon-1", "unheard", "no_horn"), ("thon-3", "silent", "device_failed")]);
        assert_eq!(states(&receipt), expected, "{broken}");
        let why = receipt["zones"][1]["why"]["vi"].as_str().unwrap();
        assert!(why.contains("loa.toml không dùng được"), "{broken}: {why}");
        let named = vi(&station, &["alert", "vo-dap", "--zone", "thon-3", "--by", "A", "--why", "b"]);
        assert!(named.code == 1 && named.err.contains("thon-3: KHÔNG KÊU"), "{broken}: {named:?}");
        assert!(vi(&station, &["status"]).out.contains("thon-3: KHÔNG PHÁT ĐƯỢC"), "{broken}");
        assert_eq!(daemon.end(), 0);
    }
}

#[test]
fn an_order_of_before_a_restart_is_told_from_the_journal() {
    let station = station(ZONES);
    let daemon = run(&station);
    let said = alert(&station, "lu", &["--json"]).json();
    let order = said["order"].as_str().unwrap().to_owned();
    let stop = |order: &str| {
        let said = station.order(&json!({"command": "stop", "orders": [order]}));
        let left = said["status"]["left"][0]["why"].clone();
        (left["code"].as_str().unwrap_or_default().to_owned(), left["en"].as_str().unwrap_or_default().to_owned())
    };
    station.loa(&["stop"]);
    assert_eq!(daemon.end(), 0);
    let daemon = run(&station);
    let (code, words) = stop(&order);
    assert_eq!(code, "order_over", "{words}");
    assert!(words.contains("\"lu\"") && words.contains("was over before loa was started"), "{words}");
    assert!(words.contains("the journal: "), "{words}");
    let (code, words) = stop("20200101-000000-7");
    assert_eq!(code, "order_unknown", "{words}");
    assert!(words.contains("neither loa nor the journal"), "{words}");
    assert_eq!(daemon.end(), 0);
}

#[test]
fn a_daemon_that_runs_without_its_socket_is_not_said_not_to_run() {
    let station = station(ZONES);
    let daemon = run(&station);
    // It cannot put the socket back meanwhile.
    daemon.signal("STOP");
    fs::remove_file(station.path("state/loa.sock")).unwrap();
    let said = vi(&station, &["stop"]);
    assert!(said.code == 74 && said.err.contains("loa đang chạy ở") && !said.err.contains("loa run"), "{said:?}");
    daemon.signal("CONT");
    assert_eq!(daemon.end(), 0);
    let said = vi(&station, &["stop"]);
    assert!(said.code == 74 && said.err.contains("loa không chạy ở"), "{said:?}");
}
