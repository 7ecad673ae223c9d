use std::fs;
use std::path::Path;

use loa_collect::ledger::{Ledger as _, SqliteLedger};
use loa_collect::{StickIntake, take_stick};
use loa_core::digest::sha256;
use loa_core::instant::Wall;
use loa_core::signature::{Endorsed, SecretKey, Signing, UtcSecond};
use loa_core::uplink::{RowFile, SentRow, StationReport, slot};

use crate::kit::{PATH, journal};

const NOW: Wall = Wall::from_secs(1_796_000_000);

/// What a box puts on a stick, as `loa courier` does.
fn give(stick: &Path, key: &SecretKey, number: u64, rows: &[SentRow], per_file: usize) {
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
    };
    let mut paper = Endorsed::new(serde_json::to_string(&report).unwrap());
    paper.sign(Signing::Report, key);
    fs::write(folder.join(slot(number)), paper.line()).unwrap();
}

fn take(stick: &Path, ledger: &mut SqliteLedger) -> StickIntake {
    take_stick(stick, ledger, NOW).unwrap().unwrap().remove(0)
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
