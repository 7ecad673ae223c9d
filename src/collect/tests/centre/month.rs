//! The province's month out of the rows of its stations.

use jiff::civil::date;
use jiff::tz::TimeZone;
use loa_collect::fleet::{FleetServer, Register};
use loa_collect::ledger::{Haul, Ledger as _, SqliteLedger, Way};
use loa_collect::{FleetRows, ProvinceMonth};
use loa_core::diag::Lang;
use loa_core::digest::sha256;
use loa_core::fact::{Entry, EntryKind, Outcome, RowBody};
use loa_core::instant::Wall;
use loa_core::uplink::{ORIGIN, SentRow};

use crate::kit::{OTHER, PATH, locality};

/// 2026-11-30T23:50+07:00.
const LATE: i64 = 1_796_057_400;

pub(crate) fn rows(entries: Vec<Entry>) -> Vec<SentRow> {
    let (mut prev, mut rows) = (ORIGIN.to_owned(), Vec::new());
    for (seq, entry) in (1..).zip(entries) {
        let entry = Entry { seq, ..entry };
        let body = RowBody::of(&entry, &prev, ORIGIN, &TimeZone::UTC).text().unwrap();
        prev = sha256(body.as_bytes());
        rows.push(SentRow { seq, body, hash: prev.clone() });
    }
    rows
}

fn airing(at: i64, outcome: Outcome, seconds: f64, reason: &str, order: &str) -> Entry {
    Entry {
        kind: EntryKind::Airing,
        written: Wall::from_secs(at),
        planned: Some(Wall::from_secs(at)),
        outcome: Some(outcome),
        seconds_planned: Some(60.0),
        seconds_played: Some(seconds),
        reason: (!reason.is_empty()).then(|| reason.into()),
        order: (!order.is_empty()).then(|| order.to_owned()),
        ..Entry::default()
    }
}

fn haul(path: &str, epoch: &str, rows: Vec<SentRow>) -> Haul {
    Haul { station: locality(path), epoch: epoch.to_owned(), rows, way: Way::Network, heard: None }
}

#[test]
fn a_month_is_the_sum_of_what_every_station_counts_and_says_what_it_lacks() {
    let tz = TimeZone::get("Asia/Ho_Chi_Minh").unwrap();
    let mut ledger = SqliteLedger::in_memory().unwrap();
    let own = rows(vec![
        airing(LATE - 3_600, Outcome::Played, 60.0, "", ""),
        airing(LATE - 3_000, Outcome::Partial, 20.4, "power_lost", ""),
        airing(LATE - 2_000, Outcome::Played, 5.0, "test_tone: hoa", "t"),
        Entry {
            kind: EntryKind::Note,
            reason: Some("drill: Bà Hai (loa-console)".into()),
            order: Some("d".into()),
            written: Wall::from_secs(LATE - 1_500),
            ..Entry::default()
        },
        airing(LATE - 1_500, Outcome::Partial, 3.0, "stopped: Bà Hai", "d"),
        airing(LATE - 1_000, Outcome::Partial, 2.0, "recalled: Bà Hai", "a"),
        // The next month by the station's time, though not by the world's.
        airing(LATE + 900, Outcome::Played, 60.0, "", ""),
    ]);
    let now = Wall::from_secs(LATE);
    // The journal was written again to another file; each row counts once.
    ledger.take(&[haul(PATH, "e1", own.clone()), haul(PATH, "e2", own)], now).unwrap();
    let mut other =
        rows(vec![airing(LATE, Outcome::Missed, 0.0, "late", ""), airing(LATE, Outcome::Refused, 0.0, "", "")]);
    other.remove(0);
    ledger.take(&[haul(OTHER, "e1", other)], now).unwrap();
    ledger.announce(&locality(OTHER), "e1", 5, now).unwrap();
    let server = FleetServer { name: "p01-n1".to_owned(), host: "a".to_owned(), port: 4222 };
    let mut register = Register::new("Tỉnh 01", locality("p01"), vec![server], false);
    register.places.entry(locality(PATH)).or_default().title = "=Thôn; 7".to_owned();
    register.places.entry(locality("p01.c9.h9")).or_default();
    let month = ProvinceMonth::gather(&mut ledger, Some(&register), date(2026, 11, 1), &tz, now).unwrap();
    let told: Vec<_> =
        month.stations.iter().map(|own| (own.station.as_str(), own.total.planned, own.missing)).collect();
    assert_eq!(told, [(PATH, 2, 0), (OTHER, 1, 4), ("p01.c9.h9", 0, 0)]);
    let total = month.total;
    assert_eq!((total.planned, total.played, total.partial, total.missed, total.refused), (3, 1, 1, 0, 1));
    assert_eq!((total.seconds_planned, total.seconds_played), (180, 80));
    assert_eq!(month.sentence().vi, "Tháng 11 năm 2026: 3 đài, 1 đài đã nhận đủ nhật ký.");
    let csv = month.csv(Lang::Vi);
    let lines: Vec<&str> = csv.split("\r\n").collect();
    assert_eq!(lines[1], format!("1;{PATH};\"'=Thôn; 7\";2;1;1;0;0;120;80;66,7;0;0;0;30/11/2026 23:50:00"));
    assert_eq!(lines[4], ";;Cộng;3;1;1;0;1;180;80;44,4;0;4;0;");
    // Two days later nobody knows what the boxes have written since.
    let later = Wall::from_secs(LATE + 2 * 86_400);
    let month = ProvinceMonth::gather(&mut ledger, Some(&register), date(2026, 11, 1), &tz, later).unwrap();
    assert!(month.sentence().vi.contains("0 đài đã nhận đủ nhật ký; 2 đài im lặng"), "{:?}", month.sentence());
    let mut of = |now| FleetRows::gather(&mut ledger, Some(&register), now).unwrap().text(Lang::Vi, &tz, false);
    let (fresh, silent) = (of(now), of(later));
    assert!(fresh.contains("0 im lặng") && !fresh.contains(PATH), "{fresh}");
    assert!(silent.contains("2 im lặng") && silent.contains("mới có đến dòng 7, im lặng từ"), "{silent}");
    assert!(!silent.contains("đã nhận đủ"), "{silent}");
    let december = ProvinceMonth::gather(&mut ledger, None, date(2026, 12, 1), &tz, now).unwrap();
    assert_eq!(december.total.planned, 1);
}

#[test]
fn a_box_was_heard_when_the_server_had_its_rows_and_not_when_they_were_read() {
    let tz = TimeZone::get("Asia/Ho_Chi_Minh").unwrap();
    // The centre was away for a month, or its database was made anew.
    let mut ledger = SqliteLedger::in_memory().unwrap();
    let now = Wall::from_secs(LATE + 30 * 86_400);
    let sent = |seconds: i64| {
        let own = rows(vec![airing(LATE - 60, Outcome::Played, 60.0, "", "")]);
        Haul { heard: Some(Wall::from_secs(LATE + seconds)), ..haul(PATH, "e1", own) }
    };
    ledger.take(&[sent(0)], now).unwrap();
    let state = ledger.journals().unwrap().remove(0);
    assert_eq!((state.first_heard, state.last_heard), (Wall::from_secs(LATE), Wall::from_secs(LATE)));
    let known = FleetRows::gather(&mut ledger, None, now).unwrap();
    assert!(known.stations[0].is_silent, "it is dead, however late that is read");
    let month = ProvinceMonth::gather(&mut ledger, None, date(2026, 11, 1), &tz, now).unwrap();
    assert!(month.csv(Lang::Vi).contains("30/11/2026 23:50:00"), "{}", month.csv(Lang::Vi));
    // Later rows count, earlier ones that are read again do not.
    ledger.take(&[sent(5), sent(2)], now).unwrap();
    assert_eq!(ledger.journals().unwrap()[0].last_heard, Wall::from_secs(LATE + 5));
}

#[test]
fn what_plays_in_a_zone_without_a_horn_is_in_no_sum_of_what_was_heard() {
    let tz = TimeZone::get("Asia/Ho_Chi_Minh").unwrap();
    let mut ledger = SqliteLedger::in_memory().unwrap();
    let start = |days: i64, bare: &str| Entry {
        kind: EntryKind::Note,
        written: Wall::from_secs(LATE - days * 86_400),
        reason: Some(if bare.is_empty() { "started".into() } else { format!("started: {bare}").into() }),
        ..Entry::default()
    };
    let played = |days: i64, zone: &str| Entry {
        zone: Some(zone.to_owned()),
        ..airing(LATE - days * 86_400, Outcome::Played, 60.0, "", "")
    };
    // The start lies in the month before; a later one finds the horn connected.
    let own = rows(vec![
        start(40, "thon-2"),
        played(20, "thon-1"),
        played(20, "thon-2"),
        start(10, ""),
        played(9, "thon-1"),
        played(9, "thon-2"),
    ]);
    ledger.take(&[haul(PATH, "e1", own)], Wall::from_secs(LATE)).unwrap();
    let month = ProvinceMonth::gather(&mut ledger, None, date(2026, 11, 1), &tz, Wall::from_secs(LATE)).unwrap();
    assert_eq!((month.total.planned, month.total.played, month.total.unheard), (3, 3, 1));
}

#[test]
fn a_station_that_is_tried_out_without_any_horn_is_heard_by_nobody() {
    let tz = TimeZone::get("Asia/Ho_Chi_Minh").unwrap();
    let mut ledger = SqliteLedger::in_memory().unwrap();
    let hornless = loa_core::reason::Hornless::among(vec!["thon-1".to_owned()], 1);
    let start = Entry {
        kind: EntryKind::Note,
        written: Wall::from_secs(LATE - 20 * 86_400),
        reason: Some(loa_core::reason::Reason::Started(hornless)),
        ..Entry::default()
    };
    let played = airing(LATE - 9 * 86_400, Outcome::Played, 60.0, "", "");
    ledger.take(&[haul(PATH, "e1", rows(vec![start, played]))], Wall::from_secs(LATE)).unwrap();
    let month = ProvinceMonth::gather(&mut ledger, None, date(2026, 11, 1), &tz, Wall::from_secs(LATE)).unwrap();
    assert_eq!((month.total.planned, month.total.played, month.total.unheard), (0, 0, 1));
}
