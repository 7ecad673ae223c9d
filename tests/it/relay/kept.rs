//! What was relayed is heard again: by the page, and by `loa listen`.

use loa::digest::sha256;

use super::heard::{ANY_HOUR, entries, outcome, station_at};
use crate::console::Console;
use crate::kit::{Radio, Station, broadcast_at, whole_second_in};

fn kept(station: &Station) -> Option<serde_json::Value> {
    let is_kept = |entry: &serde_json::Value| entry["reason"].as_str().is_some_and(|why| why.starts_with("relay_kept"));
    entries(station).into_iter().find(is_kept)
}

/// Tenths of a second in which there is a sound.
fn loud(samples: &[i16]) -> usize {
    samples.chunks_exact(4_800).filter(|part| part.iter().any(|sample| sample.abs() > 500)).count()
}

#[test]
#[ignore = "long"]
fn what_was_relayed_is_heard_again_on_the_page_and_by_hand() {
    let Some(radio) = Radio::tone() else { return };
    let station = station_at(&radio.address("live"), "");
    station.write("schedules/a.toml", ANY_HOUR);
    let daemon = station.run();
    let at = whole_second_in(12);
    let broadcast = broadcast_at("tiep", at, "{ relay = \"dai-tinh\", for = \"8s\" }", "");
    station.write("schedules/a.toml", &[ANY_HOUR.to_owned(), broadcast].concat());
    daemon.wait_until("it is kept", || kept(&station).is_some());
    let note = kept(&station).unwrap();
    let (file, digest) = (note["audio"][0]["file"].as_str().unwrap(), note["audio"][0]["sha256"].as_str().unwrap());
    assert!(file.ends_with("-dai-tinh.opus"), "{note}");
    let bytes = std::fs::read(station.path("state/kept").join(file)).unwrap();
    assert_eq!(sha256(&bytes), digest);
    assert!(bytes.len() < 8 * 6_000, "{} bytes for eight seconds", bytes.len());

    // By hand, from the name in the journal.
    let out = station.path("nghe.wav");
    let said = station.loa(&["listen", file, "--out", out.to_str().unwrap()]);
    assert_eq!(said.code, 0, "{said:?}");
    let wav = hound::WavReader::open(&out).unwrap();
    let channels = usize::from(wav.spec().channels);
    let samples: Vec<i16> = wav.into_samples::<i16>().step_by(channels).map(Result::unwrap).collect();
    assert!(
        (79..=82).contains(&loud(&samples)) && samples.len() < 9 * 48_000,
        "{} of {}",
        loud(&samples),
        samples.len()
    );

    // On the page: the airing leads to it, and its row plays the very bytes.
    let console = Console::start(&station);
    let mut official = console.person("Bà Hai", "official", &[]);
    let airing = outcome(&station).unwrap()["seq"].as_u64().unwrap();
    let row = note["seq"].as_u64().unwrap();
    let page = official.get(&format!("/journal/row/{airing}"));
    assert!(page.body.contains(&format!("/journal/row/{row}\"")), "{}", page.body);
    let page = official.get(&format!("/journal/row/{row}"));
    let sound = format!("/journal/row/{row}/sound/0");
    assert!(page.body.contains(&sound) && page.body.contains("Nghe lại"), "{}", page.body);
    let sent = official.get(&sound);
    assert_eq!((sent.status, sent.header("content-type")), (200, "audio/ogg"));

    // Once it is gone, it says so.
    std::fs::remove_file(station.path("state/kept").join(file)).unwrap();
    assert!(official.get(&format!("/journal/row/{row}")).body.contains("quá số ngày giữ"));
    assert_eq!(station.loa(&["listen", file, "--out", "/nonexistent/x.wav"]).code, 1);
    assert_eq!(daemon.end(), 0);
    assert_eq!(station.loa(&["journal", "verify"]).code, 0);
}
