use crate::kit::late::is_on_time;
use crate::kit::{Radio, Station, broadcast_at, whole_second_in};

pub(super) const ANY_HOUR: &str = "[rules]\nhours = [\"00:00-24:00\"]\n";

fn station(radio: &Radio, instead: &str) -> Station {
    station_at(&radio.address("live"), instead)
}

/// A station that relays what is at this address.
pub(super) fn station_at(address: &str, instead: &str) -> Station {
    let station = Station::new();
    station.tone("thay.wav", 20.0, 1_000.0).write(
        "loa.toml",
        &format!(
            "[zones.thon-1]\noutput = \"wav:thon-1.wav\"\nloudness = \"off\"\n[relays.dai-tinh]\nurl = \"{address}\"\nelse = [{instead}]\n"
        ),
    );
    station
}

pub(super) fn entries(station: &Station) -> Vec<serde_json::Value> {
    station.loa(&["journal", "--json"]).rows()
}

pub(super) fn outcome(station: &Station) -> Option<serde_json::Value> {
    entries(station).into_iter().find(|entry| entry["kind"] == "airing")
}

/// What the notes say of a relay: the code, and what was heard instead.
pub(super) fn stretches(station: &Station) -> Vec<String> {
    let reasons = entries(station).into_iter().filter_map(|entry| entry["reason"].as_str().map(str::to_owned));
    let parts = |reason: String| {
        let parts: Vec<&str> = reason.split(": ").collect();
        let instead = parts.get(3).map_or("", |instead| instead.split(" | ").next().unwrap_or_default());
        format!("{} {instead}", parts[0])
    };
    reasons.filter(|reason| reason.starts_with("relay")).map(parts).collect()
}

/// The power of a tone in each tenth of a second of the zone.
pub(super) fn tenths(station: &Station, hz: f64) -> Vec<bool> {
    let mut wav = hound::WavReader::open(station.path("thon-1.wav")).unwrap();
    let channels = usize::from(wav.spec().channels);
    let samples: Vec<f64> = wav.samples::<i16>().step_by(channels).map(|s| f64::from(s.unwrap()) / 32_768.0).collect();
    let has = |part: &[f64]| {
        let turn = std::f64::consts::TAU * hz / 48_000.0;
        let (mut re, mut im) = (0.0, 0.0);
        for (at, sample) in part.iter().enumerate() {
            re += sample * (turn * at as f64).cos();
            im += sample * (turn * at as f64).sin();
        }
        (re * re + im * im).sqrt() / part.len() as f64 > 0.05
    };
    samples.chunks_exact(4_800).map(has).collect()
}

#[test]
#[ignore = "long"]
fn a_relay_joins_on_the_second_and_stops_at_its_length() {
    let Some(radio) = Radio::tone() else { return };
    let station = station(&radio, "");
    station.write("schedules/a.toml", ANY_HOUR);
    let daemon = station.run();
    let at = whole_second_in(12);
    let broadcast = broadcast_at("tiep", at, "{ relay = \"dai-tinh\", for = \"8s\" }", "");
    station.write("schedules/a.toml", &[ANY_HOUR.to_owned(), broadcast].concat());
    daemon.wait_until("it is recorded", || outcome(&station).is_some());
    let entry = outcome(&station).unwrap();
    assert_eq!(entry["outcome"], "played", "{entry} {}", daemon.log());
    assert!((entry["seconds_played"].as_f64().unwrap() - 8.0).abs() < 0.02, "{entry}");
    assert!(is_on_time(entry["start_error_ms"].as_f64().unwrap(), 50.0), "{entry}");
    assert_eq!(stretches(&station), ["relayed "], "{}", daemon.log());
    assert_eq!(daemon.end(), 0);
    let heard = tenths(&station, 440.0);
    let count = heard.iter().filter(|is| **is).count();
    let first = heard.iter().position(|is| *is).unwrap();
    assert!((79..=81).contains(&count), "{count} tenths of a second");
    assert!(heard[first..first + count].iter().all(|is| *is), "without a gap");
    assert_eq!(station.loa(&["journal", "verify"]).code, 0);
    assert!(radio.was_asked("Icy-MetaData: 1") || radio.was_asked("icy-metadata: 1"));
}

#[test]
#[ignore = "long"]
fn a_station_that_goes_off_the_air_is_replaced_and_gone_back_to() {
    let Some(radio) = Radio::tone() else { return };
    let station = station(&radio, "\"thay\"");
    station.write("schedules/a.toml", ANY_HOUR);
    let daemon = station.run();
    let at = whole_second_in(12);
    let broadcast = broadcast_at("tiep", at, "{ relay = \"dai-tinh\", for = \"32s\" }", "");
    station.write("schedules/a.toml", &[ANY_HOUR.to_owned(), broadcast].concat());
    daemon.wait_until("it plays", || station.loa(&["status"]).out.contains("tiep"));
    crate::kit::wait_for(at.checked_add(jiff::Span::new().seconds(4)).unwrap());
    radio.switch(false);
    crate::kit::wait_for(at.checked_add(jiff::Span::new().seconds(12)).unwrap());
    radio.switch(true);
    daemon.wait_until("it is recorded", || outcome(&station).is_some());
    let entry = outcome(&station).unwrap();
    assert_eq!(entry["outcome"], "played", "{entry} {}", daemon.log());
    assert!((entry["seconds_played"].as_f64().unwrap() - 32.0).abs() < 0.02, "{entry}");
    assert_eq!(stretches(&station), ["relayed ", "relay_silent thay.wav", "relayed "], "{}", daemon.log());
    assert_eq!(daemon.end(), 0);
    let (own, instead) = (tenths(&station, 440.0), tenths(&station, 1_000.0));
    assert!(own.iter().filter(|is| **is).count() > 100 && instead.iter().filter(|is| **is).count() > 30);
}

#[test]
#[ignore = "long"]
fn a_station_that_never_comes_leaves_what_is_to_be_heard_instead() {
    let Some(radio) = Radio::tone() else { return };
    radio.switch(false);
    let station = station(&radio, "\"thay\"");
    station.write("schedules/a.toml", ANY_HOUR);
    let daemon = station.run();
    let at = whole_second_in(6);
    let broadcast = broadcast_at("tiep", at, "{ relay = \"dai-tinh\", for = \"6s\" }", "");
    station.write("schedules/a.toml", &[ANY_HOUR.to_owned(), broadcast].concat());
    daemon.wait_until("it is recorded", || outcome(&station).is_some());
    assert_eq!(outcome(&station).unwrap()["outcome"], "played");
    assert_eq!(stretches(&station), ["relay_silent thay.wav"], "{}", daemon.log());
    assert_eq!(daemon.end(), 0);
    let count = tenths(&station, 1_000.0).iter().filter(|is| **is).count();
    assert!((59..=61).contains(&count), "{count}");
}
