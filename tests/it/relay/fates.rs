//! What befalls a source while it is relayed, as the village hears it and the journal tells it.

use jiff::Span;
use jiff::civil::DateTime;

use super::heard::{ANY_HOUR, entries, outcome, station_at, stretches, tenths};
use super::source::{Ended, Icecast, ffmpeg};
use crate::kit::late::is_on_time;
use crate::kit::{Radio, Station, broadcast_at, wait_for, whole_second_in};

fn behind(at: DateTime, seconds: i64) -> DateTime {
    at.checked_add(Span::new().seconds(seconds)).unwrap()
}

fn relaying(station: &Station, at: DateTime, length: &str) {
    let broadcast = broadcast_at("tiep", at, &format!("{{ relay = \"dai-tinh\", for = \"{length}\" }}"), "");
    station.write("schedules/a.toml", &[ANY_HOUR.to_owned(), broadcast].concat());
}

#[test]
#[ignore = "long"]
fn a_source_that_is_killed_and_a_server_that_freezes_are_replaced_and_gone_back_to() {
    let Some(icecast) = Icecast::start() else { return };
    let address = icecast.source("live");
    let form = ["-c:a", "libmp3lame", "-b:a", "128k", "-content_type", "audio/mpeg", "-f", "mp3", &address];
    let source = || ffmpeg(&form).map(Ended);
    let Some(first) = source() else { return };
    let station = station_at(&icecast.address("live"), "\"thay\"");
    station.write("schedules/a.toml", ANY_HOUR);
    let daemon = station.run();
    let at = whole_second_in(14);
    relaying(&station, at, "85s");
    wait_for(behind(at, 6));
    // As the power does it.
    drop(first);
    wait_for(behind(at, 14));
    let _second = source();
    wait_for(behind(at, 40));
    icecast.signal("STOP");
    wait_for(behind(at, 49));
    icecast.signal("CONT");
    daemon.wait_until("it is recorded", || outcome(&station).is_some());
    let entry = outcome(&station).unwrap();
    assert_eq!(entry["outcome"], "played", "{entry} {}", daemon.log());
    assert!((entry["seconds_played"].as_f64().unwrap() - 85.0).abs() < 0.02, "{entry}");
    let heard = stretches(&station);
    let expected = ["relayed ", "relay_silent thay.wav", "relayed ", "relay_silent thay.wav", "relayed "];
    assert_eq!(heard, expected, "{}", daemon.log());
    assert_eq!(daemon.end(), 0);
}

#[test]
#[ignore = "long"]
fn a_thin_stream_is_held_for_longer_each_time_and_does_not_flap() {
    let Some(radio) = Radio::tone() else { return };
    let station = station_at(&radio.address("live"), "\"thay\"");
    station.write("schedules/a.toml", ANY_HOUR);
    let daemon = station.run();
    let at = whole_second_in(12);
    relaying(&station, at, "60s");
    wait_for(at);
    radio.thin(70);
    daemon.wait_until("it is recorded", || outcome(&station).is_some());
    let heard = stretches(&station);
    let silent = heard.iter().filter(|stretch| stretch.starts_with("relay_silent")).count();
    // Held for two and a half seconds each time it would be five or six.
    assert!((1..=3).contains(&silent) && heard[0] == "relayed ", "{heard:?} {}", daemon.log());
    assert_eq!(outcome(&station).unwrap()["outcome"], "played");
    assert_eq!(daemon.end(), 0);
}

#[test]
#[ignore = "long"]
fn what_is_refused_stands_in_the_journal_and_in_doctor_with_the_command_that_helps() {
    let radio = Radio::stream("ICY 200 OK\r\nicy-name: x\r\nContent-Type: audio/mpeg\r\n\r\n", vec![0; 50_000], 16_000);
    let station = station_at(&radio.address("live"), "\"thay\"");
    station.write("schedules/a.toml", ANY_HOUR);
    let daemon = station.run();
    relaying(&station, whole_second_in(8), "5s");
    daemon.wait_until("it is recorded", || outcome(&station).is_some());
    assert_eq!(stretches(&station), ["relay_silent thay.wav"], "{}", daemon.log());
    let reason = entries(&station).into_iter().find_map(|entry| {
        entry["reason"].as_str().filter(|reason| reason.starts_with("relay_silent")).map(str::to_owned)
    });
    let reason = reason.unwrap();
    assert!(reason.contains("SHOUTcast 1") && reason.contains("ffmpeg"), "{reason}");
    relaying(&station, whole_second_in(3_600), "5s");
    let doctor = station.loa(&["doctor", "--json"]);
    let said = [doctor.out, doctor.err].concat();
    assert!(said.contains("relay_silent") && said.contains("SHOUTcast 1") && said.contains("ffmpeg"), "{said}");
    assert_eq!(daemon.end(), 0);
}

/// The row of a broadcast, once it is written.
fn row(station: &Station, broadcast: &str) -> Option<serde_json::Value> {
    entries(station).into_iter().find(|entry| entry["kind"] == "airing" && entry["broadcast"] == broadcast)
}

#[test]
#[ignore = "long"]
fn an_alert_cuts_into_a_relay_which_goes_on_for_what_was_left_of_it() {
    let Some(radio) = Radio::tone() else { return };
    let station = station_at(&radio.address("live"), "\"thay\"");
    station.tone("lu.wav", 4.0, 3_000.0).write("schedules/a.toml", ANY_HOUR);
    let daemon = station.run();
    let at = whole_second_in(12);
    relaying(&station, at, "20s");
    wait_for(behind(at, 6));
    let said = station.loa(&["alert", "lu", "--by", "Nguyễn Văn A", "--why", "lũ về"]);
    daemon.wait_until("both are recorded", || row(&station, "lu").is_some() && row(&station, "tiep").is_some());
    let (alert, relay) = (row(&station, "lu").unwrap(), row(&station, "tiep").unwrap());
    assert_eq!((&alert["class"], &alert["outcome"]), (&"emergency".into(), &"played".into()), "{alert} {said:?}");
    assert_eq!(relay["outcome"], "played", "{relay} {}", daemon.log());
    assert!(relay["reason"].as_str().is_some_and(|why| why.starts_with("interrupted: lu")), "{relay}");
    assert!((relay["seconds_played"].as_f64().unwrap() - 20.0).abs() < 0.1, "{relay}");
    // Its own sound before and behind the alert; what was got ready for the second piece may take a moment.
    let heard = stretches(&station);
    let own = heard.iter().filter(|stretch| *stretch == "relayed ").count();
    assert!(own == 2 && heard[0] == "relayed " && heard.len() <= 3, "{heard:?} {}", daemon.log());
    assert_eq!(daemon.end(), 0);
    let (own, alert) = (tenths(&station, 440.0), tenths(&station, 3_000.0));
    let (from, to) = (alert.iter().position(|is| *is).unwrap(), alert.iter().rposition(|is| *is).unwrap());
    let count = |part: &[bool]| part.iter().filter(|is| **is).count();
    assert!(count(&own[..from]) > 40 && count(&own[to..]) > 60, "{} {}", count(&own[..from]), count(&own[to..]));
    // No more than it was booked for.
    assert!(count(&own) <= 205, "{}", count(&own));
    assert_eq!(station.loa(&["journal", "verify"]).code, 0);
}

#[test]
#[ignore = "long"]
fn what_is_heard_instead_is_heard_in_the_order_that_is_written() {
    let (Some(province), Some(district)) = (Radio::tone(), Radio::tone()) else { return };
    let station = station_at(&province.address("live"), "{ relay = \"dai-huyen\" }, \"thay\"");
    let own = std::fs::read_to_string(station.path("loa.toml")).unwrap();
    station.write("loa.toml", &format!("{own}[relays.dai-huyen]\nurl = \"{}\"\n", district.address("live")));
    station.write("schedules/a.toml", ANY_HOUR);
    let daemon = station.run();
    let at = whole_second_in(14);
    relaying(&station, at, "30s");
    wait_for(behind(at, 5));
    province.switch(false);
    wait_for(behind(at, 14));
    district.switch(false);
    daemon.wait_until("it is recorded", || outcome(&station).is_some());
    let entry = outcome(&station).unwrap();
    assert_eq!(entry["outcome"], "played", "{entry} {}", daemon.log());
    assert!((entry["seconds_played"].as_f64().unwrap() - 30.0).abs() < 0.02, "{entry}");
    // What was relayed may be kept, and noted, in between.
    let mut heard = stretches(&station);
    heard.retain(|part| !part.starts_with("relay_kept"));
    assert_eq!(heard, ["relayed ", "relay_silent dai-huyen", "relay_silent thay.wav"], "{}", daemon.log());
    assert_eq!(daemon.end(), 0);
}

#[test]
#[ignore = "long"]
fn a_source_that_sends_silence_is_replaced_and_gone_back_to() {
    let Some(radio) = Radio::half_silent() else { return };
    let station = station_at(&radio.address("live"), "\"thay\"");
    station.tone("thay.wav", 60.0, 1_000.0).write("schedules/a.toml", ANY_HOUR);
    let daemon = station.run();
    // It is listened to from the moment at which this is planned: 24 seconds of a tone, 24 of silence, and a tone again.
    let at = whole_second_in(12);
    relaying(&station, at, "56s");
    wait_for(behind(at, 50));
    daemon.wait_until("it is recorded", || outcome(&station).is_some());
    let entry = outcome(&station).unwrap();
    assert_eq!(entry["outcome"], "played", "{entry} {}", daemon.log());
    assert_eq!(stretches(&station), ["relayed ", "relay_silent thay.wav", "relayed "], "{}", daemon.log());
    let reasons = entries(&station);
    let why = reasons.iter().filter_map(|entry| entry["reason"].as_str()).find(|why| why.starts_with("relay_silent"));
    assert!(why.is_some_and(|why| why.contains("it sends silence")), "{why:?}");
    assert_eq!(daemon.end(), 0);
}

#[test]
#[ignore = "long"]
fn another_hamlet_begins_on_its_second_while_a_relay_plays_and_breaks() {
    const TONES: i64 = 7;
    let Some(radio) = Radio::tone() else { return };
    let station = station_at(&radio.address("live"), "\"thay\"");
    let own = std::fs::read_to_string(station.path("loa.toml")).unwrap();
    station.tone("tieng.wav", 1.0, 440.0);
    station.write("loa.toml", &format!("{own}[zones.thon-2]\noutput = \"null\"\n"));
    station.write("schedules/a.toml", ANY_HOUR);
    let daemon = station.run();
    let at = whole_second_in(12);
    let relay = broadcast_at("tiep", at, "{ relay = \"dai-tinh\", for = \"36s\" }", "zones = [\"thon-1\"]");
    let tone = |number: i64| {
        broadcast_at(&format!("tieng-{number}"), behind(at, 2 + 5 * number), "\"tieng\"", "zones = [\"thon-2\"]")
    };
    let tones: String = (0..TONES).map(tone).collect();
    station.write("schedules/a.toml", &[ANY_HOUR.to_owned(), relay, tones].concat());
    wait_for(behind(at, 8));
    radio.switch(false);
    wait_for(behind(at, 18));
    radio.switch(true);
    daemon.wait_until("all is recorded", || {
        row(&station, "tiep").is_some() && row(&station, &format!("tieng-{}", TONES - 1)).is_some()
    });
    for number in 0..TONES {
        let row = row(&station, &format!("tieng-{number}")).unwrap();
        assert_eq!(row["outcome"], "played", "{row}");
        assert!(is_on_time(row["start_error_ms"].as_f64().unwrap(), 5.0), "{row}");
    }
    let relay = row(&station, "tiep").unwrap();
    assert!(is_on_time(relay["start_error_ms"].as_f64().unwrap(), 50.0), "{relay}");
    assert_eq!(stretches(&station)[..2], ["relayed ", "relay_silent thay.wav"], "{}", daemon.log());
    assert_eq!(daemon.end(), 0);
}
