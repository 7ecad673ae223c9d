//! The journal goes up, each row once, whatever breaks on the way.

use std::time::Duration;

use loa::fact::{Entry, EntryKind};
use loa::instant::Wall;
use loa::journal::{Journal, Reader};
use loa::link::{LinkHindrance, LinkPace};
use loa::site::{Folder, Site};
use loa::uplink::Collected;

use super::centre::Centre;
use super::village::{NODE, PACE, PATH, hamlet, let_in, standing, start, start_with, whole, write_link};
use crate::console::until;
use crate::courier::Office;
use crate::kit::Station;
use crate::kit::nats::{Nats, Node};

/// So many rows more in the journal of a station that does not run.
fn write_rows(station: &Station, count: usize) {
    let tz = jiff::tz::TimeZone::UTC;
    std::fs::create_dir_all(station.path("state")).unwrap();
    let mut journal =
        Journal::open_loose(&station.path("state/journal.db"), Wall::from_secs(1_800_000_000), &tz).unwrap().journal;
    journal
        .batch(|batch| {
            for number in 0..count {
                let title = format!("dòng {number}");
                let written = Wall::from_secs(1_800_000_000 + number as i64);
                batch.note(&Entry { kind: EntryKind::Note, written, title, ..Entry::default() })?;
            }
            Ok(())
        })
        .unwrap();
}

fn received(station: &Station) -> u64 {
    standing(station).received
}

#[test]
#[ignore = "long"]
fn every_row_comes_once_though_the_server_is_killed_frozen_and_forgets_what_it_had_acknowledged() {
    let Some(mut nats) = Nats::start(&[NODE]) else { return };
    let office = Office::new();
    let station = hamlet(&office, &[&nats]);
    let_in(&station, &nats);
    write_rows(&station, 1_000);
    let centre = Centre::begin(&nats);
    let (mut from, mut database) = (0, Collected::default());
    let link = start(&station);
    until("rows come", || {
        centre.collect(PATH, &mut from, &mut database);
        (database.count() > 0).then_some(())
    });
    nats.kill();
    nats.restart();
    until("they go on after a kill", || {
        centre.collect(PATH, &mut from, &mut database);
        (database.count() > 300).then_some(())
    });
    // The middle of a batch: nobody answers, and the box does not know whether it came.
    write_rows(&station, 500);
    nats.freeze();
    let mut looks = 0;
    until("a batch is under way", || {
        looks += 1;
        (looks > 2).then_some(())
    });
    assert!(received(&station) < 1_500);
    nats.thaw();
    until("the rest comes", || {
        centre.collect(PATH, &mut from, &mut database);
        (database.watermark() == 1_500).then_some(())
    });
    drop(link);
    // What was acknowledged is gone, and the server knows its name: only another name brings it in again.
    write_rows(&station, 200);
    let link = start(&station);
    until("the server has acknowledged more", || (centre.stored_rows() > from).then_some(()));
    centre.forget_rows();
    let rows = Reader::open(&Site::new(station.dir()).journal()).unwrap().unwrap().head().unwrap().0;
    until("every row is there, and the box knows it", || {
        centre.collect(PATH, &mut from, &mut database);
        (database.watermark() == rows && received(&station) == rows).then_some(())
    });
    assert!(database.count() == rows && database.gaps().is_empty() && database.breaks().is_empty());
    drop(link);
    write_link(&station);
    let said = station.loa(&["link", "--status"]);
    assert!(said.out.contains(&format!("Journal: the centre has {rows} of {rows} rows")), "{}", said.out);
    assert!(said.out.contains("Centre: last answered at"), "{}", said.out);
}

#[test]
fn who_is_denied_says_little_and_the_box_tells_why_there_is_no_contact() {
    let other = Node { path: "p01.c003.h2", zones: &["vn", "vn.p01"] };
    let Some(mut nats) = Nats::start(&[other, NODE]) else { return };
    let station = hamlet(&Office::new(), &[&nats]);
    write_rows(&station, 1);
    let _centre = Centre::begin(&nats);
    let hindered = || standing(&station).hindered.map(|hindered| hindered.why);
    // The paper of another place, whole as it is. No heartbeat is due but the one of each connection.
    station.write("link.nk", &format!("{}\n", nats.seed(other.path)));
    let answer = Duration::from_millis(100);
    let pace = LinkPace { pulse: Duration::from_hours(1), answer, ..PACE };
    let link = start_with(&station, pace);
    let denials = |nats: &Nats, front: &str| {
        let subject = format!("{front}{PATH}");
        nats.log().lines().filter(|line| line.contains("Violation") && line.contains(&subject)).count()
    };
    until("rows are denied, and tried again", || (denials(&nats, "loa.log.") > 2).then_some(()));
    assert!(denials(&nats, "loa.hb.") <= 1, "{}", nats.log());
    until("the box knows", || (hindered() == Some(LinkHindrance::OtherPlace)).then_some(()));
    drop(link);
    let whole = whole(&station);
    let toml = std::fs::read_to_string(station.path("loa.toml")).unwrap();
    station.write("loa.toml", &whole);
    let said = station.loa(&["link", "--status"]);
    assert!(said.out.contains("denies these credentials for this place"), "{}", said.out);
    station.write("loa.toml", &toml);
    // A key that the server does not know; then no server at all.
    station.write("link.nk", &format!("{}\n", nkeys::KeyPair::new_user().seed().unwrap()));
    let link = start_with(&station, pace);
    until("it is not let in", || (hindered() == Some(LinkHindrance::Denied)).then_some(()));
    drop(link);
    let_in(&station, &nats);
    nats.kill();
    let _link = start_with(&station, pace);
    until("nobody is there", || (hindered() == Some(LinkHindrance::Refused)).then_some(()));
    assert_eq!(standing(&station).heard, None);
    nats.restart();
    until("the centre answers", || standing(&station).heard.map(|_| ()));
}

#[test]
fn a_server_that_has_no_stream_of_rows_is_told_until_it_has_one() {
    let Some(nats) = Nats::start(&[NODE]) else { return };
    let station = hamlet(&Office::new(), &[&nats]);
    let_in(&station, &nats);
    write_rows(&station, 1);
    let link = start(&station);
    until("the box knows that nobody takes its rows", || standing(&station).unserved);
    let _centre = Centre::begin(&nats);
    until("they are taken", || standing(&station).unserved.is_none().then_some(()));
    drop(link);
}

#[test]
fn a_server_that_has_no_room_for_rows_is_told_until_it_has_some() {
    let Some(nats) = Nats::start(&[NODE]) else { return };
    let station = hamlet(&Office::new(), &[&nats]);
    let_in(&station, &nats);
    write_rows(&station, 1);
    let centre = Centre::begin(&nats);
    centre.limit_rows(1);
    let link = start(&station);
    until("the box knows that there is no room", || standing(&station).full);
    assert_eq!(centre.stored_rows(), 0);
    centre.limit_rows(-1);
    until("there is room", || standing(&station).full.is_none().then_some(()));
    assert!(centre.stored_rows() > 0);
    drop(link);
}

#[test]
fn a_station_without_a_way_to_the_centre_says_what_to_write() {
    let station = Office::new().hamlet("");
    let said = station.loa(&["link"]);
    assert!(said.code == 78 && said.err.contains("write [link]"), "{said:?}");
    // One that is written and wrong is not said to be missing: what is wrong is told, by its line, with the cure.
    let toml = std::fs::read_to_string(station.path("loa.toml")).unwrap();
    station.write(
        "loa.toml",
        &format!("{toml}\n[link]\nservers = [\"tls://c003.example.vn\"]\ncredentials = \"state/link.creds\"\n"),
    );
    let said = station.loa(&["link"]);
    assert!(said.code == 78 && !said.err.contains("names no way"), "{said:?}");
    for told in ["has no port", "tls://c003.example.vn:4222", "loa.toml:"] {
        assert!(said.err.contains(told), "{told}: {said:?}");
    }
}

#[test]
#[ignore = "long"]
fn loa_run_starts_the_link_beside_the_sound_and_it_ends_with_it() {
    let Some(nats) = Nats::start(&[NODE]) else { return };
    let office = Office::new();
    let station = hamlet(&office, &[&nats]);
    let_in(&station, &nats);
    let centre = Centre::begin(&nats);
    let (mut from, mut database) = (0, Collected::default());
    write_link(&station);
    let daemon = station.run();
    until("the daemon's own rows come", || {
        centre.collect(PATH, &mut from, &mut database);
        (database.count() > 0).then_some(())
    });
    let said = station.loa(&["link"]);
    assert!(said.err.contains("runs already"), "{said:?}");
    assert_eq!(daemon.end(), 0);
    until("the link is gone too", || {
        let folder = Folder::open(station.path("state/link")).unwrap();
        folder.lock("link.lock", Duration::ZERO).ok()
    });
}
