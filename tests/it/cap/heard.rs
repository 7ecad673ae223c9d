//! A station that runs: what comes into its directory of alarms is heard, once, or not at all.

use jiff::{Span, Timestamp};
use loa::clock::Clock as _;
use loa::machine::MachineClock;
use serde_json::Value;

use super::sender::{Flood, Sender, station};
use crate::kit::late::is_on_time;
use crate::kit::{Daemon, Station, broadcast_at, onsets, wait_for, whole_second_in};

/// From a file that is laid there to its first sample: two looks, an order, a card. Many times that on a machine that does ten
/// things at once.
const SOON_MS: i64 = 8_000;

/// Airings of alerts: those of a stopped one name who has stopped it.
pub(super) fn alerts(station: &Station) -> Vec<Value> {
    let rows = station.loa(&["journal", "--json"]).rows();
    rows.iter().filter(|row| row["kind"] == "airing" && row["class"] == "emergency").cloned().collect()
}

pub(super) fn notes(station: &Station, code: &str) -> Vec<String> {
    let rows = station.loa(&["journal", "--json"]).rows();
    let reasons = rows.iter().filter_map(|row| row["reason"].as_str());
    reasons.filter(|reason| reason.starts_with(code)).map(str::to_owned).collect()
}

fn standing(station: &Station) -> Value {
    station.loa(&["--json", "cap", "--status"]).json()
}

/// The stages of all parts of what came, the oldest first.
pub(super) fn stages(station: &Station) -> Vec<String> {
    let alarms = standing(station)["alarms"].as_array().cloned().unwrap_or_default();
    let parts = alarms.iter().flat_map(|alarm| alarm["parts"].as_array().cloned().unwrap_or_default());
    parts.map(|part| part["stage"].as_str().unwrap_or_default().to_owned()).collect()
}

/// `loa run`, once its watch on alarms looks into the directory.
fn run(station: &Station) -> Daemon<'_> {
    let daemon = station.run();
    daemon.wait_until("the watch runs", || station.path("state/cap/cap.lock").exists());
    daemon
}

#[test]
#[ignore = "long"]
fn a_signed_flood_is_heard_at_once_and_only_once_and_what_is_not_signed_never() {
    let sender = Sender::new();
    let station = station(&sender, "[\"cap\"]", "sound");
    let daemon = run(&station);
    // None of these is heard, ever.
    let text = Flood::default().text();
    let signed = sender.signed(&text);
    let other = sender.signed(&text.replace("Rời khỏi bờ sông ngay", "Lên đồi ngay"));
    for (name, text) in [
        ("unsigned", Flood { identifier: "khong-ky", ..Flood::default() }.text()),
        ("changed", signed.replace("Rời khỏi", "Ở lại")),
        ("thief", Sender::new().flood(&Flood { identifier: "ke-trom", ..Flood::default() })),
        ("test", sender.flood(&Flood { identifier: "thu", status: "Test", ..Flood::default() })),
        ("exercise", sender.flood(&Flood { identifier: "tap", status: "Exercise", ..Flood::default() })),
        ("over", sender.flood(&Flood { identifier: "cu", sent: -7_200, expires: -30, ..Flood::default() })),
    ] {
        station.write(&format!("cap/{name}.xml"), &text);
    }
    daemon.wait_until("all of them are judged", || {
        notes(&station, "alarm_received").len() >= 6 && stages(&station) == ["expired"]
    });
    assert!(alerts(&station).is_empty());
    assert_eq!(standing(&station)["refused"], 3, "{}", standing(&station));

    let laid: Timestamp = MachineClock.wall().timestamp();
    station.write("cap/lu.xml", &signed);
    daemon.wait_until("it is over", || alerts(&station).len() == 2);
    let rows = alerts(&station);
    for row in &rows {
        let started: Timestamp = row["started"].as_str().unwrap().parse().unwrap();
        let took = started.duration_since(laid).as_millis();
        println!("{}: {took} ms from the file to the first sample", row["zone"]);
        assert!((0..SOON_MS).contains(&(took as i64)), "{row}");
        assert_eq!((row["outcome"].as_str(), row["class"].as_str()), (Some("played"), Some("emergency")), "{row}");
    }
    let zones: Vec<&str> = rows.iter().filter_map(|row| row["zone"].as_str()).collect();
    assert!(zones.contains(&"thon-1") && zones.contains(&"thon-2"), "{zones:?}");
    // It is sound: what was written into the file of Thôn 1.
    daemon.wait_until("it is told who did not hear", || !notes(&station, "alarm_unheard").is_empty());
    assert!(
        notes(&station, "alarm_unheard")[0].contains("ông Năm, 0912 345 678"),
        "{:?}",
        notes(&station, "alarm_unheard")
    );

    // The same again, under another name, and after another start: not heard again.
    station.write("cap/lu-lan-nua.xml", &signed);
    station.write("cap/lu-so-cu.xml", &other);
    assert_eq!(daemon.end(), 0);
    let mut wav = hound::WavReader::open(station.path("thon-1.wav")).unwrap();
    let samples: Vec<f32> = wav.samples::<i16>().map(|one| f32::from(one.unwrap()) / 32_768.0).collect();
    assert!(!onsets(&samples, 0.01, 4_800).is_empty(), "nothing but silence in {} samples", samples.len());
    let daemon = run(&station);
    station.write("cap/khac.xml", &sender.flood(&Flood { identifier: "khac", status: "Test", ..Flood::default() }));
    daemon.wait_until("what came after it is judged", || {
        standing(&station)["alarms"]
            .as_array()
            .is_some_and(|all| all.iter().any(|one| one["identity"]["identifier"] == "khac"))
    });
    assert_eq!(alerts(&station).len(), 2);
    assert_eq!(daemon.end(), 0);

    // As after a power cut between the order and its answer: the journal knows.
    let memory = std::fs::read_to_string(station.path("state/cap/cap.json")).unwrap();
    let cut = memory.replace("\"stage\":\"settled\"", "\"stage\":\"ordering\"");
    assert_ne!(cut, memory);
    std::fs::write(station.path("state/cap/cap.json"), cut).unwrap();
    let daemon = run(&station);
    daemon.wait_until("it was looked up", || !stages(&station).contains(&"ordering".to_owned()));
    assert_eq!(alerts(&station).len(), 2);
    assert_eq!(daemon.end(), 0);

    // The record is lost, and the alarm still lies there: the journal knows that it has sounded.
    std::fs::remove_file(station.path("cap/lu-so-cu.xml")).unwrap();
    std::fs::write(station.path("state/cap/cap.json"), "{\"alarms\":[{").unwrap();
    let daemon = run(&station);
    let done = |stage: &String| matches!(stage.as_str(), "ordered" | "settled" | "expired");
    daemon.wait_until("all is known again", || {
        let stages = stages(&station);
        stages.len() == 2 && stages.iter().all(done)
    });
    assert_eq!(alerts(&station).len(), 2);
    assert!(station.path("state/cap/cap-damaged.json").exists());
    assert!(station.loa(&["cap", "--status"]).out.contains("The record of alarms was damaged"));
    assert!(station.loa(&["doctor"]).out.contains("the record of alarms from outside was damaged"));
    assert_eq!(daemon.end(), 0);
}

#[test]
#[ignore = "long"]
fn another_hamlet_begins_on_its_second_while_alarms_pour_in_and_one_sounds() {
    const TONES: i64 = 6;
    let sender = Sender::new();
    let station = station(&sender, "[\"cap\"]", "sound");
    station.tone("tieng.wav", 1.0, 440.0);
    let daemon = run(&station);
    let at = whole_second_in(12);
    let tone = |number: i64| {
        let at = at.checked_add(Span::new().seconds(3 * number)).unwrap();
        broadcast_at(&format!("tieng-{number}"), at, "\"tieng\"", "zones = [\"thon-3\"]")
    };
    let hours = "[rules]\nhours = [\"00:00-24:00\"]\n".to_owned();
    station.write("schedules/a.toml", &(hours + &(0..TONES).map(tone).collect::<String>()));
    wait_for(at);
    // Two hundred that nobody has signed, and in their midst the one that counts.
    for number in 0..200 {
        station.write(&format!("cap/{number:03}.xml"), &Flood::default().text());
        if number == 100 {
            station.write("cap/lu.xml", &sender.flood(&Flood::default()));
        }
    }
    daemon.wait_until("the alarm has sounded", || alerts(&station).len() == 2);
    let tones = || -> Vec<Value> {
        let rows = station.loa(&["journal", "--json"]).rows();
        let id = |row: &Value| row["broadcast"].as_str().is_some_and(|id| id.starts_with("tieng-"));
        rows.into_iter().filter(|row| row["kind"] == "airing" && id(row)).collect()
    };
    daemon.wait_until("all is recorded", || tones().len() == TONES as usize);
    for row in tones() {
        assert_eq!((row["zone"].as_str(), row["outcome"].as_str()), (Some("thon-3"), Some("played")), "{row}");
        assert!(is_on_time(row["start_error_ms"].as_f64().unwrap(), 5.0), "{row}");
    }
    assert_eq!(daemon.end(), 0);
}

/// One alarm for Thôn 1, another for both, of the same sound: in Thôn 1 one order sounds for the two.
#[test]
#[ignore = "long"]
fn an_alarm_that_is_taken_back_silences_no_other_that_holds() {
    let sender = Sender::new();
    let station = station(&sender, "[\"cap\"]", "sound");
    station.tone("canh-bao-lu.wav", 8.0, 440.0);
    let daemon = run(&station);
    let one = Flood {
        identifier: "thon-1",
        polygon: "11.8,108.3 11.8,108.45 11.95,108.45 11.95,108.3 11.8,108.3",
        ..Flood::default()
    };
    let text = one.text();
    station.write("cap/1.xml", &sender.signed(&text));
    daemon.wait_until("the first is ordered", || stages(&station) == ["ordered"]);
    station.write("cap/2.xml", &sender.flood(&Flood { identifier: "ca-hai", ..Flood::default() }));
    daemon.wait_until("the second is ordered", || stages(&station) == ["ordered", "ordered"]);
    let references = format!("canhbao@example.vn,thon-1,{}", between(&text, "<sent>", "</sent>"));
    let cancel = Flood { identifier: "huy", message: "Cancel", references, ..Flood::default() };
    station.write("cap/3.xml", &sender.flood(&cancel));
    daemon.wait_until("it is taken back", || notes(&station, "alarm_received").iter().any(|note| note.contains("huy")));
    daemon.wait_until("all is over", || stages(&station) == ["settled", "settled"]);
    let rows = alerts(&station);
    assert_eq!(rows.len(), 2, "{rows:?}");
    assert!(rows.iter().all(|row| row["outcome"] == "played"), "{rows:?}");
    let all = standing(&station);
    assert_eq!(
        all["alarms"][0]["parts"][0]["unheard"],
        serde_json::json!([]),
        "nobody is called for what was taken back"
    );
}

#[test]
#[ignore = "long"]
fn a_stop_at_the_place_beats_it_and_its_sender_can_take_it_back() {
    let sender = Sender::new();
    let station = station(&sender, "[\"cap\"]", "sound");
    station.tone("canh-bao-lu.wav", 20.0, 440.0);
    let daemon = run(&station);
    let sounding = || {
        let status = station.loa(&["--json", "status"]).json();
        status["orders"].as_array().is_some_and(|orders| !orders.is_empty())
    };
    let one = sender.flood(&Flood { identifier: "mot", ..Flood::default() });
    station.write("cap/1.xml", &one);
    daemon.wait_until("it sounds", sounding);
    assert_eq!(station.loa(&["stop"]).code, 0);
    daemon.wait_until("it was stopped", || alerts(&station).len() == 2);
    station.write("cap/1-again.xml", &one);

    let two = Flood { identifier: "hai", ..Flood::default() };
    let text = two.text();
    station.write("cap/2.xml", &sender.signed(&text));
    daemon.wait_until("the second one sounds", sounding);
    assert_eq!(alerts(&station).len(), 2, "the first one was stopped, and stays so");
    let references = format!("canhbao@example.vn,hai,{}", between(&text, "<sent>", "</sent>"));
    // Who only tries, or has no key, takes nothing back.
    let cancel = |status, identifier| Flood {
        identifier,
        status,
        message: "Cancel",
        references: references.clone(),
        ..Flood::default()
    };
    station.write("cap/3.xml", &sender.flood(&cancel("Test", "huy-thu")));
    station.write("cap/4.xml", &Sender::new().flood(&cancel("Actual", "huy-trom")));
    daemon.wait_until("both are judged", || {
        let seen = notes(&station, "alarm_received");
        ["huy-thu", "4.xml"].iter().all(|name| seen.iter().any(|note| note.contains(name)))
    });
    assert!(sounding());
    station.write("cap/5.xml", &sender.flood(&cancel("Actual", "huy")));
    daemon.wait_until("it is ended", || alerts(&station).len() == 4);
    daemon.wait_until("it is told as taken back", || {
        station.loa(&["cap", "--status"]).out.contains("was ordered, then taken back or replaced by its sender")
    });
    // One that was taken back before it comes is not heard.
    let early = Flood { identifier: "ba", ..Flood::default() };
    let text = early.text();
    let references = format!("canhbao@example.vn,ba,{}", between(&text, "<sent>", "</sent>"));
    let before = Flood { identifier: "huy-ba", message: "Cancel", references, ..Flood::default() };
    station.write("cap/6.xml", &sender.flood(&before));
    daemon.wait_until("it is known", || notes(&station, "alarm_received").iter().any(|note| note.contains("huy-ba")));
    station.write("cap/7.xml", &sender.signed(&text));
    daemon.wait_until("it came too late", || stages(&station).last().map(String::as_str) == Some("withdrawn"));
    assert_eq!(alerts(&station).len(), 4);
}

/// What its sender says later of the same flood sounds in place of what he said first.
#[test]
#[ignore = "long"]
fn an_update_ends_what_sounds_and_is_heard_in_its_place_once() {
    let sender = Sender::new();
    let station = station(&sender, "[\"cap\"]", "sound");
    station.tone("canh-bao-lu.wav", 8.0, 440.0);
    let daemon = run(&station);
    let text = Flood { identifier: "lu-1", ..Flood::default() }.text();
    let alert = sender.signed(&text);
    station.write("cap/1.xml", &alert);
    daemon.wait_until("it sounds in both hamlets", || {
        let zones = station.loa(&["--json", "status"]).json()["zones"].clone();
        (0..2_usize).all(|zone| !zones[zone]["playing"].is_null())
    });
    let references = format!("canhbao@example.vn,lu-1,{}", between(&text, "<sent>", "</sent>"));
    let update = Flood { identifier: "lu-2", message: "Update", references, ..Flood::default() };
    let words = update.text().replace("Lũ quét trên sông Đa Nhim", "Lũ quét đã tới cầu treo");
    let update = sender.signed(&words);
    station.write("cap/2.xml", &update);
    let ends = |note: &String| note.contains("kết thúc theo bản tin lu-2");
    daemon.wait_until("the first is told as ended", || notes(&station, "alarm_received").iter().any(ends));
    // It comes a second time while it sounds, and so does what it has replaced.
    station.write("cap/2-again.xml", &update);
    station.write("cap/1-again.xml", &alert);
    daemon.wait_until("all is over", || stages(&station) == ["settled", "settled"]);
    let rows = alerts(&station);
    assert_eq!(rows.len(), 4, "{rows:?}");
    let (first, second) = rows.split_at(2);
    for row in first {
        assert_eq!(row["outcome"], "partial", "{row}");
        // In its tone, or behind it.
        let (code, by) = row["reason"].as_str().unwrap().split_once(": ").unwrap();
        assert!(matches!(code, "recalled" | "stopped") && by.starts_with("Đài khí tượng"), "{row}");
        assert_eq!(row["order"], first[0]["order"], "{row}");
    }
    for row in second {
        assert_eq!(row["outcome"], "played", "{row}");
        let why = row["reason"].as_str().unwrap();
        assert!(why.starts_with("alert: Đài khí tượng") && why.contains("Lũ quét đã tới cầu treo"), "{row}");
        assert_eq!(row["order"], second[0]["order"], "{row}");
    }
    assert_ne!(first[0]["order"], second[0]["order"]);
    let at = |row: &Value, what: &str| row[what].as_str().unwrap().parse::<Timestamp>().unwrap();
    for row in second {
        let before = first.iter().find(|old| old["zone"] == row["zone"]).expect("the first was heard here");
        let apart = at(row, "started").duration_since(at(before, "ended")).as_millis();
        assert!(apart > -50, "{before} {row}");
    }
    // Received twice, told and ended once.
    let received = notes(&station, "alarm_received");
    assert_eq!(received.iter().filter(|note| ends(note)).count(), 1, "{received:?}");
    assert_eq!(received.iter().filter(|note| note.contains("số lu-2")).count(), 1, "{received:?}");
    let replaced = standing(&station)["alarms"][0]["parts"][0].clone();
    assert_eq!(replaced["unheard"], serde_json::json!([]), "nobody is called for what was replaced");
    assert!(station.loa(&["cap", "--status"]).out.contains("was ordered, then taken back or replaced by its sender"));
    assert_eq!(daemon.end(), 0);
    assert_eq!(station.loa(&["journal", "verify"]).code, 0);
}

fn between<'t>(text: &'t str, from: &str, until: &str) -> &'t str {
    text.split_once(from).unwrap().1.split_once(until).unwrap().0
}

/// Sticks have names in capitals; whoever lays a file there that is not read is told.
#[test]
#[ignore = "long"]
fn what_lies_in_the_directory_and_is_not_read_is_named_with_why() {
    let sender = Sender::new();
    let station = station(&sender, "[\"cap\"]", "ask");
    let daemon = run(&station);
    station.write("cap/D3.XML", &sender.flood(&Flood::default()));
    station.write("cap/d4.txt", &sender.flood(&Flood { identifier: "lu-2", ..Flood::default() }));
    station.write("cap/dai.xml", &" ".repeat(3 << 20));
    std::os::unix::fs::symlink(station.path("cap/D3.XML"), station.path("cap/noi.xml")).unwrap();
    std::fs::create_dir(station.path("cap/da-xem")).unwrap();
    daemon.wait_until("the one in capitals is read", || stages(&station) == ["open"]);
    let status = || station.loa(&["cap", "--status"]).out;
    daemon.wait_until("each is named", || ["d4.txt", "dai.xml", "noi.xml"].iter().all(|name| status().contains(name)));
    let doctor = station.loa(&["doctor"]).out.split_whitespace().collect::<Vec<_>>().join(" ");
    for words in ["d4.txt in the directory of alarms cap is not read", "over 1 MiB", "this is a link"] {
        assert!(doctor.contains(words), "{words}: {doctor}");
    }
    assert!(!status().contains("da-xem") && !status().contains("D3.XML") && !status().contains("not asked yet"));
    for name in ["d4.txt", "dai.xml", "noi.xml"] {
        std::fs::remove_file(station.path(&format!("cap/{name}"))).unwrap();
    }
    daemon.wait_until("they were put away", || !status().contains("is not read"));
}
