use std::fs;
use std::path::Path;

use loa_collect::fleet::{Desk, Register};
use loa_collect::ledger::{Ledger as _, SqliteLedger};
use loa_collect::{StickIntake, StickTrust, take_stick};
use loa_core::digest::sha256;
use loa_core::instant::Wall;
use loa_core::signature::{Endorsed, Locality, SecretKey, Signing, UtcSecond};
use loa_core::uplink::{BoxVouch, RowFile, SentRow, StationReport, slot};

use crate::kit::{PATH, journal};

const NOW: Wall = Wall::from_secs(1_796_000_000);

/// What a box puts on a stick, as `loa courier` does.
fn give(stick: &Path, key: &SecretKey, number: u64, rows: &[SentRow], per_file: usize) {
    give_vouched(stick, key, None, number, rows, per_file);
}

/// The same of a box that has joined with this seed.
fn give_vouched(stick: &Path, key: &SecretKey, seed: Option<&str>, number: u64, rows: &[SentRow], per_file: usize) {
    let vouch = seed.map(|seed| {
        let own = nkeys::KeyPair::from_seed(seed).unwrap();
        let text = BoxVouch::text(&format!("vn.{PATH}"), &key.public());
        let signature = loa_core::digest::hex(&own.sign(text.as_bytes()).unwrap());
        BoxVouch { key: own.public_key(), signature }
    });
    let folder = stick.join("loa").join("vn.p01.c003.h00077");
    fs::create_dir_all(&folder).unwrap();
    let mut files = Vec::new();
    for rows in rows.chunks(per_file) {
        let text: String = rows.iter().map(|row| serde_json::to_string(row).unwrap() + "\n").collect();
        let (first, last) = (rows[0].seq, rows.last().unwrap().seq);
        let name = format!("nhat-ky-e1-{first:09}-{last:09}.jsonl");
        fs::write(folder.join(&name), &text).unwrap();
        files.push(RowFile { name, first, last, bytes: text.len() as u64, sha256: sha256(text.as_bytes()) });
    }
    let report = StationReport {
        format: 1,
        kind: StationReport::KIND.to_owned(),
        station: "Thôn 7".to_owned(),
        place: format!("vn.{PATH}"),
        number,
        made: UtcSecond::of(NOW),
        clock_trusted: true,
        epoch: "e1".to_owned(),
        rows: rows.len() as u64,
        head: rows.last().unwrap().hash.clone(),
        files,
        bundles: serde_json::Value::Null,
        status: None,
        vouch,
    };
    let mut paper = Endorsed::new(serde_json::to_string(&report).unwrap());
    paper.sign(Signing::Report, key);
    fs::write(folder.join(slot(number)), paper.line()).unwrap();
}

fn take(stick: &Path, ledger: &mut SqliteLedger) -> StickIntake {
    take_stick(stick, StickTrust::default(), ledger, NOW).unwrap().unwrap().remove(0)
}

/// As it is taken where the register is, so many seconds later.
fn take_at(dir: &Path, stick: &Path, confirmed: Option<&str>, ledger: &mut SqliteLedger, later: i64) -> StickIntake {
    let register = Register::read(dir).unwrap();
    let trust = StickTrust { register: Some(&register), confirmed };
    take_stick(stick, trust, ledger, at(later)).unwrap().unwrap().remove(0)
}

fn at(later: i64) -> Wall {
    Wall::from_secs(1_796_000_000 + later)
}

/// The seed in credentials that were issued.
fn seed(issued: &str) -> String {
    issued.lines().find(|line| line.starts_with("SU")).unwrap().to_owned()
}

#[test]
fn after_a_swap_the_box_that_stands_there_is_believed_and_the_stolen_one_is_not() {
    let (dir, stick, mut ledger) =
        (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap(), SqliteLedger::in_memory().unwrap());
    let own = Locality::read(PATH).unwrap();
    let hosts = ["127.0.0.1".to_owned()];
    let mut desk = Desk::init(dir.path(), "Tỉnh 01", Locality::read("p01").unwrap(), &hosts, false, at(0)).unwrap();
    desk.place(&own, Some("Thôn 7"), &[]).unwrap();
    let first = seed(&desk.issue(&own).unwrap().text);
    drop(desk);
    let (rows, old, new) = (journal(30, "Bản tin"), SecretKey::of([7; 32]), SecretKey::of([8; 32]));
    let stranger = nkeys::KeyPair::new_user().seed().unwrap();
    give_vouched(stick.path(), &new, Some(&stranger), 1, &rows[..9], 8);
    let forged = take_at(dir.path(), stick.path(), None, &mut ledger, 10);
    assert!(forged.new == 0 && forged.wrong[0].vi.contains("chưa biết khóa"), "{:?}", forged.wrong);
    assert_eq!(ledger.refused().unwrap()[0].station, PATH, "the standing of the fleet tells of it");
    give_vouched(stick.path(), &old, Some(&first), 2, &rows[..10], 8);
    assert_eq!(take_at(dir.path(), stick.path(), None, &mut ledger, 20).new, 10);
    // Stolen; another box stands there.
    let mut desk = Desk::open(dir.path(), at(100)).unwrap();
    desk.revoke(&own, true).unwrap();
    let second = seed(&desk.issue(&own).unwrap().text);
    drop(desk);
    for with in [Some(first.as_str()), None] {
        give_vouched(stick.path(), &old, with, 3, &rows[..20], 8);
        let stolen = take_at(dir.path(), stick.path(), None, &mut ledger, 200);
        assert!(stolen.new == 0 && stolen.wrong.len() == 1, "{with:?}: {:?}", stolen.wrong);
    }
    let before = ledger.journals().unwrap()[0].last_heard;
    assert_eq!(before, at(20), "what a thief brings is no sign of life");
    give_vouched(stick.path(), &new, Some(&second), 4, &rows, 8);
    let honest = take_at(dir.path(), stick.path(), None, &mut ledger, 300);
    assert_eq!((honest.new, honest.wrong.as_slice()), (20, &[][..]));
}

#[test]
fn a_box_that_has_never_joined_is_believed_once_somebody_has_compared_its_key() {
    let (dir, stick, mut ledger) =
        (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap(), SqliteLedger::in_memory().unwrap());
    let hosts = ["127.0.0.1".to_owned()];
    let mut desk = Desk::init(dir.path(), "Tỉnh 01", Locality::read("p01").unwrap(), &hosts, false, at(0)).unwrap();
    let key = SecretKey::of([7; 32]);
    give(stick.path(), &key, 1, &journal(10, "Bản tin"), 8);
    let nowhere = take_at(dir.path(), stick.path(), Some(&key.public().name()), &mut ledger, 10);
    assert!(nowhere.new == 0 && nowhere.wrong[0].vi.contains("không có nơi"), "{:?}", nowhere.wrong);
    desk.place(&Locality::read(PATH).unwrap(), None, &[]).unwrap();
    let name = key.public().name();
    let asked = take_at(dir.path(), stick.path(), None, &mut ledger, 20);
    assert!(asked.new == 0 && asked.wrong[0].vi.contains(&format!("--key {name}")), "{:?}", asked.wrong);
    let wrong = take_at(dir.path(), stick.path(), Some("0000-1111-2222-3333"), &mut ledger, 25);
    assert!(wrong.new == 0 && wrong.wrong[1].vi.contains("không phải khóa"), "{:?}", wrong.wrong);
    let refused = ledger.refused().unwrap();
    assert_eq!(
        (refused.len(), refused[0].count),
        (1, 2),
        "no place, then no key; the same once more is no new trouble"
    );
    // The short form, as it is typed in haste, and the whole one as the station shows it.
    for typed in [name.to_lowercase(), name.replace('-', " "), key.public().as_str().to_uppercase()] {
        let mut fresh = SqliteLedger::in_memory().unwrap();
        assert_eq!(take_at(dir.path(), stick.path(), Some(&typed), &mut fresh, 30).new, 10, "{typed}");
    }
    assert_eq!(take_at(dir.path(), stick.path(), Some(&name), &mut ledger, 30).new, 10);
    assert!(ledger.refused().unwrap().is_empty(), "the trouble ends with its cure");
    assert_eq!(take_at(dir.path(), stick.path(), None, &mut ledger, 40).known, 10, "it is known from then on");
    give(stick.path(), &SecretKey::of([9; 32]), 2, &journal(10, "Bản tin"), 8);
    let other = take_at(dir.path(), stick.path(), None, &mut ledger, 50);
    assert!(other.wrong[0].vi.contains("không phải khóa"), "{:?}", other.wrong);
    // A stick that no box has given anything to is no failure.
    let empty = tempfile::tempdir().unwrap();
    assert!(take_stick(empty.path(), StickTrust::default(), &mut ledger, NOW).unwrap().unwrap().is_empty());
}

#[test]
fn rows_of_a_stick_and_rows_of_the_network_are_the_same_rows() {
    let (stick, mut ledger) = (tempfile::tempdir().unwrap(), SqliteLedger::in_memory().unwrap());
    let (rows, key) = (journal(30, "Bản tin"), SecretKey::of([7; 32]));
    give(stick.path(), &key, 1, &rows[..20], 8);
    let intake = take(stick.path(), &mut ledger);
    assert_eq!((intake.new, intake.known, intake.wrong.as_slice()), (20, 0, &[][..]));
    assert_eq!(intake.station.unwrap().as_str(), PATH);
    // The same stick once more, with more on it.
    give(stick.path(), &key, 2, &rows, 8);
    let intake = take(stick.path(), &mut ledger);
    assert_eq!((intake.new, intake.known), (10, 20));
    assert_eq!(ledger.journals().unwrap()[0].watermark, 30);
}

#[test]
fn a_file_that_is_missing_leaves_a_gap_that_is_told() {
    let (stick, mut ledger) = (tempfile::tempdir().unwrap(), SqliteLedger::in_memory().unwrap());
    give(stick.path(), &SecretKey::of([7; 32]), 1, &journal(30, "Bản tin"), 10);
    let own = stick.path().join("loa/vn.p01.c003.h00077");
    fs::write(own.join("nhat-ky-e1-000000011-000000020.jsonl"), "x").unwrap();
    let intake = take(stick.path(), &mut ledger);
    assert!(intake.wrong[0].vi.starts_with("chưa nhận dòng 11 đến 20"), "{:?}", intake.wrong);
    let journal = ledger.journals().unwrap().remove(0);
    assert_eq!((journal.watermark, ledger.gaps(journal.id).unwrap()), (10, vec![(11, 20)]));
    fs::remove_file(own.join("nhat-ky-e1-000000021-000000030.jsonl")).unwrap();
    let mut fresh = SqliteLedger::in_memory().unwrap();
    take(stick.path(), &mut fresh);
    let journal = fresh.journals().unwrap().remove(0);
    assert_eq!(fresh.gaps(journal.id).unwrap(), [(11, 30)], "the report says how many there are");
}

#[test]
fn a_report_that_somebody_else_has_signed_brings_nothing() {
    let (stick, mut ledger) = (tempfile::tempdir().unwrap(), SqliteLedger::in_memory().unwrap());
    let rows = journal(10, "Bản tin");
    give(stick.path(), &SecretKey::of([7; 32]), 1, &rows[..5], 8);
    take(stick.path(), &mut ledger);
    give(stick.path(), &SecretKey::of([8; 32]), 2, &rows, 8);
    let intake = take(stick.path(), &mut ledger);
    assert_eq!(intake.new, 0);
    assert!(intake.wrong[0].vi.contains("không phải khóa"), "{:?}", intake.wrong);
    // Changed after it was signed.
    let paper = stick.path().join("loa/vn.p01.c003.h00077").join(slot(2));
    fs::write(&paper, fs::read_to_string(&paper).unwrap().replace("h00077", "h00078")).unwrap();
    let intake = take(stick.path(), &mut ledger);
    assert!(intake.wrong.iter().any(|wrong| wrong.vi.contains("không đúng chữ ký")), "{:?}", intake.wrong);
}
