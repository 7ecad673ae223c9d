//! What befalls a source while it is relayed, as the village hears it and the journal tells it.

use jiff::Span;
use jiff::civil::DateTime;

use super::heard::{ANY_HOUR, entries, outcome, station_at, stretches};
use super::source::{Ended, Icecast, ffmpeg};
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
