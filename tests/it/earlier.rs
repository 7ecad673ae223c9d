//! Files of `state/` that the loa before wrote, of a station whose only sound is `audio/ban-tin-chieu.mp3` of this
//! repository: today's reads them, and neither measures nor silences anything anew.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use loa::audio::library::{self, Progress};
use loa::instant::Wall;
use loa::plan::Wanted;

use crate::kit::{Station, recorded_earlier};

const STATION: &str = include_str!("earlier/loa.toml");
const SCHEDULE: &str = include_str!("earlier/tuan.toml");
const FACTS: &str = include_str!("earlier/facts.json");
const LAST_GOOD: &str = include_str!("earlier/last_good.json");

/// As it was left, with `schedules/tuan.toml` as it is found now.
fn station(schedule: &str) -> Station {
    let station = Station::new();
    fs::create_dir(station.path("state")).unwrap();
    let sound = Path::new(env!("CARGO_MANIFEST_DIR")).join("audio/ban-tin-chieu.mp3");
    fs::copy(sound, station.path("audio/ban-tin.mp3")).unwrap();
    recorded_earlier(&station.path("audio/ban-tin.mp3"));
    station.write("loa.toml", STATION).write("schedules/tuan.toml", schedule).write("state/last_good.json", LAST_GOOD);
    station
}

/// `facts.json` with the state that the sound's file has on this disk, by which it is known again.
fn facts(station: &Station) -> String {
    let file = fs::metadata(station.path("audio/ban-tin.mp3")).unwrap();
    let mut facts: serde_json::Value = serde_json::from_str(FACTS).unwrap();
    let sound = &mut facts["sounds"][0];
    assert_eq!(sound["size"], file.size());
    sound["modified_ns"] = (file.mtime() * 1_000_000_000 + file.mtime_nsec()).into();
    sound["changed_ns"] = (file.ctime() * 1_000_000_000 + file.ctime_nsec()).into();
    sound["inode"] = file.ino().into();
    facts.to_string()
}

#[test]
fn what_an_earlier_loa_found_of_a_sound_is_taken_over_and_not_measured_again() {
    let station = station(SCHEDULE);
    station.write("state/facts.json", &facts(&station));
    let mut examined = Vec::new();
    let scan = library::scan(station.dir(), &Wanted::default(), Wall::MAX, &mut |file, progress| {
        if progress == Progress::Measuring {
            examined.push(file.to_owned());
        }
    });
    assert_eq!(examined, Vec::<String>::new());
    let known = scan.settle();
    let found = known.sounds["ban-tin.mp3"].facts.as_ref().unwrap();
    assert_eq!(found.sha256, "48e0eb2a248a1252ae2203dd98703d9044aac4a3f432d53328923ae77c36f180");
    assert_eq!((found.frames, found.rate, found.channels, found.codec.as_str()), (539_896, 24_000, 1, "mp3"));
    assert!(found.loudness.is_some());
    let measures = library::measures(station.dir(), "ban-tin.mp3").expect("they were taken over");
    assert_eq!(measures.loudness_lufs, Some(-19.52));
    assert!((measures.seconds - 539_896.0 / 24_000.0).abs() < 1e-6, "{}", measures.seconds);
}

#[test]
fn a_file_that_is_broken_now_plays_by_what_an_earlier_loa_kept_of_it() {
    let station = station("[[broadcast]]\nid = \"ban-tin\nat = \"05:30\"\n");
    assert_eq!(loa::daemon::last_good(station.dir()).0.as_deref(), Some(STATION));
    let said = station.loa(&["plan", "--from", "tomorrow", "--to", "+48h"]);
    assert_eq!(said.code, 0, "{said:?}");
    assert!(said.out.contains("05:30") && said.out.contains("Bản tin sáng"), "{}", said.out);
    assert!(said.err.contains("schedules/tuan.toml is broken: this goes by the last good version"), "{}", said.err);
}
