use loa::clock::Clock as _;
use loa::incoming::wire::WireFrame;
use loa::machine::MachineClock;

use super::{Talk, ended, kept, outcome, rows, station, words, written};
use crate::kit::late::is_on_time;
use crate::kit::{broadcast_at, whole_second_in};

#[test]
#[ignore = "long"]
fn who_speaks_is_heard_kept_and_written_down_and_another_hamlet_airs_on_its_frame() {
    let station = station("");
    let daemon = station.run();
    let at = whole_second_in(14);
    let airing = broadcast_at("tin", at, "\"tin\"", "zones = [\"thon-2\"]");
    station.write("schedules/a.toml", &[super::ANY_HOUR.to_owned(), airing].concat());
    daemon.wait_until("it is planned", || station.loa(&["status"]).out.contains("tin"));
    let mut talk = Talk::begin(&station, &["thon-1"], "Ông Năm");
    // Its horn is a file: he is told before he speaks.
    assert_eq!(talk.receipt["zones"][0]["state"], "unheard", "{}", talk.receipt);
    let order = talk.order();
    // A second one is told who speaks.
    let mut other = Talk::begin(&station, &["Thôn 1"], "Bà Hai");
    assert_eq!(other.receipt["zones"][0]["why"]["code"], "busy", "{}", other.receipt);
    assert!(other.receipt["zones"][0]["why"]["vi"].as_str().unwrap().contains("Ông Năm"), "{}", other.receipt);
    assert!(other.told().is_empty());
    talk.speak(9.0);
    talk.say(&WireFrame::Over);
    let told = talk.told();
    assert_eq!(words(&told), ["on", "over"], "{told:?} {}", daemon.log());
    let row = written(&station, &order);
    assert_eq!((&row["outcome"], &row["class"]), (&"played".into(), &"normal".into()), "{row}");
    assert!(row["reason"].as_str().unwrap().starts_with("talk: Ông Năm ("), "{row}");
    let played = row["seconds_played"].as_f64().unwrap();
    assert!((6.0..20.0).contains(&played), "the chime, and what was said: {row}");
    let [kept] = kept(&station, &row)[..] else { panic!("{row}") };
    assert!(kept > 1.0 && kept < played - 2.5, "what was said, without the chime: {kept} of {played}");
    daemon.wait_until("the other has aired", || !rows(&station, "").is_empty() && aired(&station).is_some());
    let other = aired(&station).unwrap();
    assert!(is_on_time(other["start_error_ms"].as_f64().unwrap(), 50.0), "{other}");
    assert_eq!(daemon.end(), 0);
    assert_eq!(station.loa(&["journal", "verify"]).code, 0);
    // He was heard on the horn of his hamlet: louder than nothing after the chime.
    let mut wav = hound::WavReader::open(station.path("thon-1.wav")).unwrap();
    let samples: Vec<i16> = wav.samples::<i16>().map(Result::unwrap).collect();
    let first = samples.iter().position(|sample| *sample != 0).unwrap();
    let said = &samples[first + 4 * 48_000..first + 5 * 48_000];
    let loud = said.iter().filter(|sample| sample.unsigned_abs() > 300).count();
    assert!(loud > 10_000, "{loud} of {} samples", said.len());
}

/// The scheduled airing of the other hamlet.
fn aired(station: &crate::kit::Station) -> Option<serde_json::Value> {
    let all = station.loa(&["journal", "--json"]).rows();
    all.into_iter().find(|row| row["kind"] == "airing" && row["broadcast"] == "tin")
}

#[test]
#[ignore = "long"]
fn a_line_that_breaks_ends_it_and_so_does_a_stop_and_what_is_too_long_or_no_voice() {
    let station = station("[talk]\nmost = \"10s\"\n");
    let daemon = station.run();
    // The line breaks in the middle.
    let mut talk = Talk::begin(&station, &["thon-1"], "Ông Năm");
    let order = talk.order();
    talk.speak(5.0);
    drop(talk);
    daemon.wait_until("it is over", || outcome(&station, &order).is_some());
    let row = written(&station, &order);
    assert_eq!(row["outcome"], "partial", "{row}");
    assert!(row["seconds_played"].as_f64().unwrap() < 14.0 && !kept(&station, &row).is_empty(), "{row}");
    // It stands in its row, and nowhere else.
    let lost = rows(&station, "talk_lost: Ông Năm");
    assert!(lost.len() == 1 && lost[0]["seq"] == row["seq"], "{lost:?}");
    // Silence on the line is the same, two seconds later.
    let mut talk = Talk::begin(&station, &["thon-1"], "Ông Năm");
    let order = talk.order();
    talk.speak(5.0);
    let gone = MachineClock.wall().timestamp();
    let told = talk.told();
    assert_eq!(told.last().unwrap()["talk"], "over");
    assert!(told.last().unwrap()["why"]["vi"].as_str().unwrap().contains("mất kết nối"), "{told:?}");
    let row = written(&station, &order);
    let after = ended(&row).duration_since(gone).as_secs_f64();
    // Two seconds, a look, and what was kept of him.
    assert!(after > 0.0 && is_on_time(after * 1e3, 2_500.0), "{after} s: {row}");
    // A stop goes before him.
    let mut talk = Talk::begin(&station, &["thon-1"], "Ông Năm");
    let order = talk.order();
    talk.speak(4.0);
    assert_eq!(station.loa(&["stop"]).code, 0);
    let told = talk.told();
    let zone = &told.last().unwrap()["receipt"]["zones"][0];
    assert_eq!((&zone["why"]["code"], &zone["partial"]), (&"stopped".into(), &true.into()), "{told:?}");
    let row = written(&station, &order);
    assert_eq!(row["outcome"], "partial", "{row}");
    // What was heard of it is kept: in its row, or, where that was quicker, in a note behind it.
    let is_kept = || !kept(&station, &written(&station, &order)).is_empty() || !rows(&station, "talk_kept").is_empty();
    daemon.wait_until("it is kept", is_kept);
    // Ten seconds are over.
    let mut talk = Talk::begin(&station, &["thon-1"], "Ông Năm");
    let order = talk.order();
    talk.speak(30.0);
    let told = talk.told();
    assert!(told.last().unwrap()["why"]["vi"].as_str().unwrap().contains("10 giây"), "{told:?}");
    let row = written(&station, &order);
    assert_eq!(row["outcome"], "partial", "{row}");
    assert!(row["reason"].as_str().unwrap().starts_with("talk_lost: Ông Năm"), "{row}");
    let [kept] = kept(&station, &row)[..] else { panic!("{row}") };
    assert!((9.0..12.0).contains(&kept), "{kept}");
    // What comes faster than anybody speaks, and what is no frame of loa's.
    for bytes in [frames(20), vec![b'S', 0xff, 0xff, 0xff, 0x7f, 0, 0]] {
        use std::io::Write as _;
        let mut talk = Talk::begin(&station, &["thon-1"], "Ông Năm");
        let _ = (&talk.stream).write_all(&bytes);
        let told = talk.told();
        assert_eq!(told.last().unwrap()["talk"], "over", "{told:?}");
        assert!(told.last().unwrap()["why"]["en"].is_string(), "{told:?}");
    }
    assert_eq!(daemon.end(), 0);
}

#[test]
#[ignore = "long"]
fn a_talk_that_is_let_go_of_within_the_chime_is_no_whole_one() {
    let station = station("");
    let daemon = station.run();
    let mut talk = Talk::begin(&station, &["thon-1"], "Ông Năm");
    let order = talk.order();
    talk.speak(1.0);
    talk.say(&WireFrame::Over);
    let told = talk.told();
    assert_eq!(words(&told), ["over"], "{told:?} {}", daemon.log());
    assert!(told[0]["why"]["en"].as_str().unwrap().contains("within the chime"), "{told:?}");
    let row = written(&station, &order);
    assert_ne!(row["outcome"], "played", "{row}");
    assert!(row["reason"].as_str().unwrap().starts_with("talk_lost: Ông Năm"), "{row}");
    assert_eq!(daemon.end(), 0);
}

#[test]
#[ignore = "long"]
fn a_talk_that_a_kill_cuts_off_is_kept_at_the_next_start_with_who_spoke() {
    let station = station("");
    let daemon = station.run();
    let mut talk = Talk::begin(&station, &["thon-1"], "Ông Năm");
    let order = talk.order();
    talk.speak(9.0);
    daemon.signal("KILL");
    drop(daemon);
    let daemon = station.run();
    daemon.wait_until("it is noted", || !rows(&station, "talk_kept: Ông Năm").is_empty());
    let note = &rows(&station, "talk_kept: Ông Năm")[0];
    assert_eq!(note["order"], order.as_str(), "{note}");
    let [kept] = kept(&station, note)[..] else { panic!("{note}") };
    assert!((1.0..9.0).contains(&kept), "{kept}");
    assert_eq!(daemon.end(), 0);
    assert_eq!(station.loa(&["journal", "verify"]).code, 0);
}

/// So many seconds of sound at once.
fn frames(seconds: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    for piece in vec![100_i16; seconds * 48_000].chunks(4_800) {
        WireFrame::Samples(piece.to_vec()).write(&mut bytes).unwrap();
    }
    bytes
}

#[test]
fn outside_the_hours_nobody_speaks_and_the_refusal_is_in_the_answer() {
    let station = station("");
    // Two hours that are not now.
    let hour = (whole_second_in(0).time().hour() + 12) % 24;
    let hours = format!("[rules]\nhours = [\"{hour:02}:00-{hour:02}:59\"]\n");
    station.write("schedules/a.toml", &hours);
    let daemon = station.run();
    let mut talk = Talk::begin(&station, &["thon-1"], "Ông Năm");
    assert_eq!(talk.receipt["zones"][0]["why"]["code"], "outside_hours", "{} {}", talk.receipt, daemon.log());
    assert!(talk.told().is_empty());
}
