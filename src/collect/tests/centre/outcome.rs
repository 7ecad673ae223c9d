//! What became of an alarm: the journal decides, whatever a station answered first. The centre's commands, the board and the list of whom to call say the
//! same.

use std::path::Path;
use std::time::Duration;

use loa_board::{Board, BoardPlace};
use loa_collect::BoardKeeper;
use loa_collect::dispatch::{AlarmOutcome, AlarmRecord, HeardRecord};
use loa_collect::ledger::{BookKind, BookPage, Haul, Ledger as _, SqliteLedger, Way};
use loa_core::fact::{Entry, EntryKind, Outcome};
use loa_core::instant::Wall;
use loa_core::signature::UtcSecond;
use loa_core::uplink::{AlarmHeard, ZoneHeard};

use crate::kit::{PATH, locality};
use crate::month::rows;

const NOW: Wall = Wall::from_secs(1_796_100_000);

fn alarm() -> AlarmRecord {
    let (made, expires) = (UtcSecond::of(NOW), UtcSecond::of(NOW + Duration::from_hours(1)));
    AlarmRecord {
        id: "a1".into(),
        places: vec![locality("vn.p01.c003")],
        title: "Lũ".into(),
        sound: "lu".into(),
        times: 1,
        tone: true,
        made,
        expires,
        ended: None,
        by: "A".into(),
        second: String::new(),
        second_until: None,
        why: "nước lên".into(),
        signed_by: Vec::new(),
        stations: vec![locality(PATH)],
    }
}

/// What the station answers at once, of its zones.
fn answer(states: &[(&str, &str)], same_as: &str) -> BookPage {
    let zone = |&(zone, state): &(&str, &str)| ZoneHeard {
        zone: zone.into(),
        title: String::new(),
        state: state.into(),
        started: None,
        same_as: same_as.into(),
        vi: String::new(),
        en: String::new(),
    };
    let heard = AlarmHeard {
        alarm: "a1".into(),
        at: String::new(),
        late_seconds: 0,
        fate: "ordered".into(),
        order: "7".into(),
        zones: states.iter().map(zone).collect(),
        vi: String::new(),
        en: String::new(),
    };
    let said = HeardRecord { station: locality(PATH), came: UtcSecond::of(NOW), heard };
    BookPage::of(BookKind::Heard, said.page_id(), &said, NOW)
}

fn airing(zone: &str, outcome: Outcome, seconds: f64, reason: &str) -> Entry {
    Entry {
        kind: EntryKind::Airing,
        zone: Some(zone.into()),
        written: NOW + Duration::from_secs(30),
        planned: Some(NOW + Duration::from_secs(2)),
        outcome: Some(outcome),
        seconds_planned: Some(55.0),
        seconds_played: Some(seconds),
        reason: Some(reason.into()),
        order: Some("7".into()),
        ..Entry::default()
    }
}

/// The note of the order, which alone names the alarm.
fn note() -> Entry {
    Entry {
        written: NOW + Duration::from_secs(1),
        reason: Some("alert: Tỉnh (loa-link): Lũ [báo động số a1]".into()),
        order: Some("7".into()),
        ..Entry::default()
    }
}

/// Whether it counts as heard at the centre, and in which words; the board says the same.
fn told(dir: &Path, ledger: &mut SqliteLedger, keeper: &mut BoardKeeper, now: Wall) -> (bool, String) {
    keeper.keep(ledger, None, now).unwrap();
    let outcome = AlarmOutcome::gather(ledger, &alarm()).unwrap().remove(&locality(PATH)).unwrap();
    let (is_heard, words) = (outcome.is_heard(), outcome.text(false).vi);
    let board = Board::find(dir).unwrap();
    let (unheard, heard) = board.unheard(&board.sent().unwrap()[0]).unwrap();
    assert_eq!(heard, usize::from(is_heard), "{words}");
    if let Some(answer) = unheard.first().and_then(|own| own.answer.as_ref()) {
        assert_eq!(answer.vi, words);
    }
    (is_heard, words)
}

/// What is told after the first answer, and once these rows are there.
fn both(states: &[(&str, &str)], airings: Vec<Entry>) -> [(bool, String); 2] {
    after(answer(states, ""), std::iter::once(note()).chain(airings).collect())
}

/// The same of any answer and any rows.
fn after(answer: BookPage, entries: Vec<Entry>) -> [(bool, String); 2] {
    let dir = tempfile::tempdir().unwrap();
    let mut ledger = SqliteLedger::open(&dir.path().join("collect.db")).unwrap();
    let mut keeper = BoardKeeper::open(dir.path()).unwrap();
    let place = BoardPlace {
        path: locality(PATH),
        title: String::new(),
        contact: String::new(),
        phone: String::new(),
        is_held: true,
        is_area: false,
        lost: None,
    };
    Board::find(dir.path()).unwrap().keep_places("x", &[place]).unwrap();
    ledger.write_pages(&[BookPage::of(BookKind::Alarm, "a1", &alarm(), NOW), answer]).unwrap();
    let first = told(dir.path(), &mut ledger, &mut keeper, NOW);
    let rows = rows(entries);
    let haul = Haul { station: locality(PATH), epoch: "e1".to_owned(), rows, way: Way::Network, heard: None };
    let later = NOW + Duration::from_mins(1);
    ledger.take(&[haul], later).unwrap();
    [first, told(dir.path(), &mut ledger, &mut keeper, later)]
}

#[test]
fn what_was_stopped_in_its_tone_was_not_heard_though_the_station_said_that_it_sounds() {
    let [first, last] =
        both(&[("t1", "sounding")], vec![airing("t1", Outcome::Partial, 0.022, "recalled: root; device_lost")]);
    assert_eq!(first, (true, "đang kêu ở 1 cụm loa".to_owned()));
    assert!(!last.0 && last.1.contains("(theo nhật ký)") && last.1.contains("chưa lời nào được phát"), "{}", last.1);
}

#[test]
fn what_a_power_cut_ended_in_its_tone_was_not_heard_in_part_either() {
    for (seconds, says) in [(2.0, "chưa lời nào được phát: mất điện"), (7.0, "một phần: 7 giây trên 55, mất điện")]
    {
        let [_, last] = both(&[("t1", "sounding")], vec![airing("t1", Outcome::Partial, seconds, "power_lost")]);
        assert!(!last.0 && last.1.ends_with(says), "{}", last.1);
    }
}

#[test]
fn a_row_of_a_part_says_how_much_whatever_was_answered_first() {
    let [first, last] = both(&[("t1", "waits")], vec![airing("t1", Outcome::Partial, 7.3, "stopped: root")]);
    assert!(!first.0 && first.1.starts_with("đã nhận, chưa kêu"), "{}", first.1);
    assert!(!last.0 && last.1.contains("một phần: 7 giây trên 55, "), "{}", last.1);
    for outcome in [Outcome::Missed, Outcome::Refused] {
        let [_, last] = both(&[("t1", "sounding")], vec![airing("t1", outcome, 0.0, "device_lost")]);
        assert!(!last.0 && last.1.starts_with("CHƯA NGHE TRỌN LẦN NÀO (theo nhật ký): "), "{}", last.1);
    }
}

#[test]
fn each_zone_is_judged_by_its_own_row_and_by_the_answer_where_none_has_come() {
    let states = [("t1", "sounding"), ("t2", "sounding"), ("t3", "waits")];
    let played = || airing("t1", Outcome::Played, 55.0, "alert: Tỉnh: Lũ [báo động số a1]");
    let [_, last] = both(&states, vec![played(), airing("t2", Outcome::Missed, 0.0, "device_lost")]);
    assert!(!last.0 && last.1.starts_with("ĐÃ PHÁT ở 1 cụm loa (theo nhật ký); t2: "), "{}", last.1);
    assert!(last.1.ends_with("; t3: đang chờ tới lượt"), "{}", last.1);
    let [_, whole] = both(&states[..2], vec![played()]);
    assert_eq!(whole, (true, "ĐÃ PHÁT ở 1 cụm loa (theo nhật ký)".to_owned()));
}

#[test]
fn an_order_that_joined_another_is_judged_by_that_one_and_was_not_heard_where_it_joined_none() {
    let refused = || Entry {
        reason: Some("order_refused: same_order: alert: Tỉnh (loa-link): Lũ [báo động số a1]".into()),
        ..note()
    };
    let states = [("t1", "sounding")];
    let first_one = |outcome: Outcome, seconds: f64, reason: &str| Entry {
        order: Some("6".into()),
        ..airing("t1", outcome, seconds, reason)
    };
    let stopped = || first_one(Outcome::Partial, 0.022, "recalled: root; device_lost");
    let [first, last] = after(answer(&states, "6"), vec![refused(), stopped()]);
    let words = "đang kêu ở 1 cụm loa; 1 cụm loa đang kêu cùng báo động ấy từ trước, không kêu thêm";
    assert_eq!(first, (true, words.to_owned()));
    assert!(!last.0 && last.1.contains("chưa lời nào được phát"), "{}", last.1);
    let played = first_one(Outcome::Played, 55.0, "alert: Tỉnh: Lũ [báo động số a0]");
    let [_, last] = after(answer(&states, "6"), vec![refused(), played]);
    assert_eq!(last, (true, "ĐÃ PHÁT ở 1 cụm loa (theo nhật ký)".to_owned()));
    // A box of before does not say which one it joined.
    let [first, last] = after(answer(&states, ""), vec![refused(), stopped()]);
    assert!(first.0, "{}", first.1);
    assert_eq!(last, (false, "CHƯA NGHE TRỌN LẦN NÀO (theo nhật ký): lệnh này đã có và chưa phát xong".to_owned()));
}
