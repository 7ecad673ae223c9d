//! Schedules and sounds come down: what is truly signed is installed as from a stick, and nothing else.

use std::fs;

use loa::bundle::{Parcel, letter};

use super::centre::{CHUNK, Centre};
use super::village::{NODE, hamlet, let_in, standing, start};
use crate::console::until;
use crate::courier::{Office, PLACE, RULES};
use crate::kit::nats::{Nats, Node};
use crate::kit::{Station, broadcast_at, whole_second_in};

/// Somebody beside it.
pub(super) const THIEF: Node<'static> = Node { path: "p01.c003.h2", zones: &["vn", "vn.p01", "vn.p01.c003"] };

/// What the office packs, as it is sent.
pub(super) fn sent(office: &Office, number: u64, key: &str) -> Vec<u8> {
    let bundle = fs::read(office.make_of(&["xa.toml"], &format!("{number}-{key}.loa"), number, key)).unwrap();
    let (freight, mut parcel) = Parcel::open(bundle.as_slice()).unwrap();
    let mut out = Vec::new();
    letter(&mut out, &freight, &mut parcel).unwrap();
    out
}

fn version(station: &Station) -> u64 {
    standing(station).held.first().map_or(0, |held| held.version)
}

fn refused(station: &Station) -> u64 {
    standing(station).refused
}

#[test]
#[ignore = "long"]
fn a_signed_schedule_and_its_sound_are_installed_and_what_is_forged_old_or_misdirected_is_not() {
    let Some(nats) = Nats::start(&[NODE, THIEF]) else { return };
    let office = Office::new();
    let station = hamlet(&office, &[&nats]);
    let_in(&station, &nats);
    let centre = Centre::begin(&nats);
    let subject = format!("loa.sched.{PLACE}");
    office.station.tone("tin.wav", 1.0, 440.0);
    office.station.write("schedules/gio.toml", RULES);
    office.station.write("schedules/xa.toml", &broadcast_at("tin-xa", whole_second_in(86_400), "\"tin\"", ""));
    let (first, second) = (sent(&office, 7, "xa.key"), sent(&office, 8, "xa.key"));
    let sound = fs::read(office.station.path("audio/tin.wav")).unwrap();
    centre.store_sound(&sound, 0, usize::MAX);
    let daemon = station.run();
    let link = start(&station);
    // It lies there before the box asks.
    centre.publish(&subject, first.clone());
    until("the schedule is installed", || (version(&station) == 7).then_some(()));
    assert_eq!(fs::read(station.path("audio/tin.wav")).unwrap(), sound);
    assert!(station.path("schedules/xa.toml").exists());
    // It comes by itself.
    centre.publish(&subject, second.clone());
    until("the next one comes", || (version(&station) == 8).then_some(()));
    let known = refused(&station);
    for forged in [first, sent(&office, 9, "la.key"), second[..second.len() / 2].to_vec(), b"{}".to_vec()] {
        let before = refused(&station);
        centre.publish(&subject, forged);
        until("it is refused", || (refused(&station) > before).then_some(()));
    }
    let before = refused(&station);
    Centre::misdirect(&nats, THIEF.path, &subject);
    until("what a thief sends to the others is refused", || (refused(&station) > before).then_some(()));
    until("all five are counted", || (refused(&station) >= known + 5).then_some(()));
    assert_eq!(version(&station), 8);
    // A box that was away, and starts anew, goes by what lies there once it is true again.
    drop(link);
    centre.publish(&subject, sent(&office, 10, "xa.key"));
    let _link = start(&station);
    until("the newest true one counts", || (version(&station) == 10).then_some(()));
    let note = "bundle_installed: 10, vn.p01.c003, UBND xã";
    until("the journal has it", || station.loa(&["journal", "--json"]).out.contains(note).then_some(()));
    drop(daemon);
}

#[test]
#[ignore = "long"]
fn a_sound_of_which_half_came_is_gone_on_with_after_a_power_cut() {
    let Some(nats) = Nats::start(&[NODE]) else { return };
    let office = Office::new();
    let station = hamlet(&office, &[&nats]);
    let_in(&station, &nats);
    let centre = Centre::begin(&nats);
    office.station.tone("tin.wav", 3.0, 440.0);
    office.station.write("schedules/gio.toml", RULES);
    office.station.write("schedules/xa.toml", &broadcast_at("tin-xa", whole_second_in(86_400), "\"tin\"", ""));
    let sound = fs::read(office.station.path("audio/tin.wav")).unwrap();
    let half = sound.len() / CHUNK / 2;
    centre.store_sound(&sound, 0, half);
    centre.publish(&format!("loa.sched.{PLACE}"), sent(&office, 7, "xa.key"));
    let daemon = station.run();
    let part = station.path(&format!("state/link/sounds/{}.part", loa::digest::sha256(&sound)));
    let link = start(&station);
    let noted = format!("\"bytes\":{}}}", half * CHUNK);
    until("half of it is here", || {
        fs::read_to_string(part.with_extension("json")).ok()?.ends_with(&noted).then_some(())
    });
    drop(link);
    // Whoever begins from the front does not find the front any more.
    centre.drop_chunks(&sound);
    centre.store_sound(&sound, half, usize::MAX);
    let _link = start(&station);
    until("the rest comes, and it is installed", || (version(&station) == 7).then_some(()));
    assert_eq!(fs::read(station.path("audio/tin.wav")).unwrap(), sound);
    assert!(!part.exists());
    drop(daemon);
}

#[test]
#[ignore = "long"]
fn why_a_schedule_is_not_taken_is_told_to_the_centre_by_its_own_code() {
    let Some(nats) = Nats::start(&[NODE]) else { return };
    let office = Office::new();
    let station = hamlet(&office, &[&nats]);
    let_in(&station, &nats);
    let centre = Centre::begin(&nats);
    office.station.tone("tin.wav", 1.0, 440.0);
    office.station.write("schedules/gio.toml", RULES);
    office.station.write("schedules/xa.toml", &broadcast_at("tin-xa", whole_second_in(86_400), "\"tin\"", ""));
    let sound = fs::read(office.station.path("audio/tin.wav")).unwrap();
    centre.store_sound(&sound, 0, usize::MAX);
    // The station has a schedule of its own under that name.
    station.write("schedules/xa.toml", RULES);
    centre.publish(&format!("loa.sched.{PLACE}"), sent(&office, 7, "xa.key"));
    let daemon = station.run();
    let link = start(&station);
    let told = until("it is refused", || {
        let memory = fs::read_to_string(station.path("state/link/link.json")).ok()?;
        memory.contains("\"taken\":false").then_some(memory)
    });
    assert!(told.contains("\"bundle_name_taken\"") && told.contains("\"number\":7"), "{told}");
    drop((link, daemon));
}
