//! The paper held against the journal: by its code, by its picture, by a program that is not loa.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use loa::journal::StationKey;
use loa::site::Site;

use super::{station, vi};
use crate::kit::Station;

/// A station that has run once, and so has a key.
fn with_key() -> Station {
    let station = station();
    StationKey::read_or_make(&Site::new(station.dir())).unwrap();
    station
}

/// The week as JSON, and as a page that is printed.
fn printed(station: &Station, room: &Path) -> (serde_json::Value, String) {
    let page = room.join("so.html");
    let said = station.loa(&["--json", "report", "--week", "2026-W41", "--html", page.to_str().unwrap()]);
    assert_eq!(said.code, 0, "{}", said.err);
    (said.json(), fs::read_to_string(page).unwrap())
}

#[test]
fn a_printed_book_is_signed_and_its_code_and_its_picture_fit_the_journal() {
    let (station, room) = (with_key(), tempfile::tempdir().unwrap());
    let (book, page) = printed(&station, room.path());
    let (code, seal) = (book["stamp"]["code"].as_str().unwrap(), book["stamp"]["seal"].as_str().unwrap());
    assert!(
        page.contains(&format!("mã kiểm tra {code}")) && page.contains(&format!("aria-label=\"{seal}\"")),
        "{code}"
    );
    let sentence = format!("Lập từ nhật ký máy, dòng 1 đến 9, mã kiểm tra {code}.");
    for against in [code, &code[..code.len() - 6], &code.to_lowercase(), &sentence] {
        let said = station.loa(&["journal", "verify", "--against", against]);
        assert!(said.code == 0 && said.out.contains("It fits the book: "), "{against}: {} {}", said.out, said.err);
    }
    let said = station.loa(&["journal", "verify", "--against", seal]);
    assert!(said.code == 0 && said.out.contains("the station's signature holds"), "{} {}", said.out, said.err);
    // What no check on the machine shows is said.
    let said = vi(&station, &["journal", "verify"]);
    assert!(said.out.contains("kiểm tra trên máy không thấy được") && said.out.contains("in sổ"), "{}", said.out);
}

#[test]
fn slips_and_forgeries_are_told_apart() {
    let (station, room) = (with_key(), tempfile::tempdir().unwrap());
    let (book, _) = printed(&station, room.path());
    let (code, seal) = (book["stamp"]["code"].as_str().unwrap(), book["stamp"]["seal"].as_str().unwrap());
    let (row, hash) = code.split_once(':').unwrap();
    let other = |digit: char| if digit == '0' { '1' } else { '0' };
    let slipped: String = hash.char_indices().map(|(ix, c)| if ix == 2 { other(c) } else { c }).collect();
    let forged = seal.replacen(" 2026-", " 2025-", 1).replacen(" 20", " 19", 1);
    let foreign = {
        let other = with_key();
        let said = other.loa(&["--json", "journal", "seal"]);
        said.json()["seal"].as_str().unwrap().to_owned()
    };
    for (against, code, says) in [
        (format!("{row}:{slipped}"), 1, "differs from the journal"),
        (format!("7:{hash}"), 1, "is that of row"),
        (format!("{row}:0000-0000-0000-0000"), 1, "is not the one that was written down"),
        (format!("99999:{hash}"), 1, "is that of row"),
        ("99999:0123-4567-89AB".to_owned(), 1, "is not there"),
        (forged, 1, "does not hold"),
        (foreign, 1, "another machine, a lost key"),
        (format!("{row}:{}O", &hash[..8]), 2, "it may be a 0"),
        ("LOA-SEAL:1 12".to_owned(), 2, "scan it again"),
        ("873".to_owned(), 2, "a colon"),
    ] {
        let said = station.loa(&["journal", "verify", "--against", &against]);
        assert!(said.code == code && (said.out + &said.err).contains(says), "{against}: {}", said.code);
    }
}

#[test]
fn a_reprint_says_that_it_is_one_and_looking_is_no_print() {
    let (station, room) = (with_key(), tempfile::tempdir().unwrap());
    let (first, page) = printed(&station, room.path());
    assert!(first["stamp"]["print"] == 1 && !page.contains("Bản in lại"));
    for _ in 0..3 {
        assert_eq!(station.loa(&["report", "--week", "2026-W41"]).code, 0);
    }
    let (second, page) = printed(&station, room.path());
    assert!(second["stamp"]["print"] == 2 && page.contains("Bản in lại lần 2, ngày "));
    // Another week is another book, and the code is the same as on the first paper.
    assert_eq!(first["stamp"]["code"], second["stamp"]["code"]);
    let said = vi(&station, &["report", "--month", "2026-10", "--docx", room.path().join("a.docx").to_str().unwrap()]);
    assert!(said.code == 0 && !said.out.contains("bản in lần"), "{}", said.out);
}

#[test]
fn the_key_is_made_at_the_first_start_and_is_nobody_elses() {
    let station = Station::new();
    station.write("loa.toml", "[zones.a]\noutput = \"null\"\n");
    let before = station.loa(&["journal", "seal", "--key"]);
    assert!(before.code == 1 && before.err.contains("has no key yet"), "{}", before.err);
    drop(station.run());
    let secret = station.path("state/seal.key");
    assert_eq!(fs::metadata(&secret).unwrap().permissions().mode() & 0o777, 0o600);
    let key = station.loa(&["--json", "journal", "seal", "--key"]).json()["key"].as_str().unwrap().to_owned();
    let hidden = fs::read_to_string(&secret).unwrap();
    let hidden = hidden.split_whitespace().last().unwrap();
    let log = fs::read_to_string(station.path("daemon.log")).unwrap();
    assert!(log.contains("state/seal.key") && !log.contains(hidden) && !log.contains(&hidden.to_lowercase()), "{log}");
    // Another start keeps it.
    drop(station.run());
    assert_eq!(station.loa(&["--json", "journal", "seal", "--key"]).json()["key"], key.as_str());
    // And who may not read it asks the station that runs.
    let daemon = station.run();
    let away = station.path("state/seal.key.away");
    let sealed = station.loa(&["--json", "journal", "seal"]).json();
    assert_eq!(sealed["key"], key.as_str());
    fs::rename(&secret, &away).unwrap();
    assert_eq!(station.loa(&["journal", "seal"]).code, 1, "without a key nothing is signed");
    drop(daemon);
    assert!(station.loa(&["doctor"]).out.contains("signing key"), "doctor names it");
}

#[test]
#[ignore = "long"]
fn a_program_that_is_not_loa_checks_chain_seal_and_book() {
    let (station, room) = (with_key(), tempfile::tempdir().unwrap());
    let (book, _) = printed(&station, room.path());
    let (file, seal) = (room.path().join("so.json"), book["stamp"]["seal"].as_str().unwrap());
    fs::write(&file, book.to_string()).unwrap();
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/verify.py");
    let run = |journal: &Path, seal: &str, book: &PathBuf| {
        let done = Command::new("python3").arg(&program).arg(journal).arg(seal).arg(book).output().expect("python3");
        (
            done.status.success(),
            String::from_utf8_lossy(&done.stdout).into_owned() + &String::from_utf8_lossy(&done.stderr),
        )
    };
    let journal = station.path("state/journal.db");
    let (sound, said) = run(&journal, seal, &file);
    assert!(sound && said.ends_with("OK\n") && said.contains("sealed: row"), "{said}");
    // A seal that was changed, and a book that was.
    let (sound, said) = run(&journal, &seal.replacen("+07:00", "+08:00", 1), &file);
    assert!(!sound && said.contains("does not hold"), "{said}");
    let mut false_book = book.clone();
    false_book["total"]["missed"] = 0.into();
    fs::write(&file, false_book.to_string()).unwrap();
    let (sound, said) = run(&journal, seal, &file);
    assert!(!sound && said.contains("the total of the book"), "{said}");
    // Every printed column that a row proves, and what happened beside the airings.
    let place = |book: &serde_json::Value, kind: &str| {
        let days = book["days"].as_array().unwrap().iter().enumerate();
        let parts =
            days.flat_map(|(day, of)| of["parts"].as_array().unwrap().iter().enumerate().map(move |at| (day, at)));
        parts.into_iter().find(|(_, (_, part))| part["kind"] == kind).map(|(day, (at, _))| (day, at)).unwrap()
    };
    let (day, at) = place(&book, "line");
    for (column, value) in [
        ("approved_by", "Ông Khác".into()),
        ("approved_at", "2026-12-01T05:30:00.000+07:00".into()),
        ("entered_by", "Ông Khác".into()),
        ("planned", "2026-01-01T05:30:00.000+07:00".into()),
        ("started", "2026-01-01T05:30:00.000+07:00".into()),
        ("ended", "2026-01-01T05:30:00.000+07:00".into()),
        ("seconds_planned", serde_json::json!([1, 900])),
        ("seconds_played", serde_json::json!([1, 900])),
        ("class", "emergency".into()),
        ("campaign", "khac".into()),
        ("title", "Khác".into()),
    ] {
        let mut false_book = book.clone();
        false_book["days"][day]["parts"][at][column] = value;
        fs::write(&file, false_book.to_string()).unwrap();
        let (sound, said) = run(&journal, seal, &file);
        assert!(!sound && said.contains(column), "{column}: {said}");
    }
    let (day, at) = place(&book, "happening");
    let mut false_book = book.clone();
    false_book["days"][day]["parts"].as_array_mut().unwrap().remove(at);
    fs::write(&file, false_book.to_string()).unwrap();
    let (sound, said) = run(&journal, seal, &file);
    assert!(!sound && said.contains("is not in the book"), "{said}");
}
