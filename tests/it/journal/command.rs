//! `loa journal` and `loa journal verify`.

use std::path::Path;
use std::process::ExitCode;

use loa::cli::Context;
use loa::cli::journal::{Arguments, JournalAction, Known, VerifyArguments, run};
use loa::diag::Lang;
use loa::reason::OwnAccounts;

use super::tamper::tamper;
use super::{at, known, reader, station};

/// What a command printed, and whether it ended well.
fn command(dir: &Path, lang: Lang, json: bool, arguments: &Arguments) -> (String, bool) {
    let context = Context { dir: dir.to_owned(), lang, json };
    let mut out = Vec::new();
    let (station, schedule) = known();
    let known = Known { station: &station, schedule: &schedule, own: &OwnAccounts::default() };
    let code = run(&context, arguments, at(10_000), &known, &mut out).unwrap();
    (String::from_utf8(out).unwrap(), format!("{code:?}") == format!("{:?}", ExitCode::SUCCESS))
}

#[test]
fn the_table_is_in_the_reader_s_language() {
    let (dir, _path) = station(2);
    let (vi, _) = command(dir.path(), Lang::Vi, false, &Arguments::default());
    for word in ["Cụm loa", "đã phát", "ghi chú", "0:30 / 0:30", "30/11/2026", "Hướng dẫn nộp hồ sơ"] {
        assert!(vi.contains(word), "{word} in:\n{vi}");
    }
    let (en, _) = command(dir.path(), Lang::En, false, &Arguments { limit: Some(1), ..Arguments::default() });
    assert!(en.contains("played") && en.contains("2 earlier entries are not shown"), "{en}");
}

#[test]
fn json_and_csv_hold_every_entry() {
    let (dir, _path) = station(250);
    let (json, _) = command(dir.path(), Lang::Vi, true, &Arguments::default());
    let rows: Vec<serde_json::Value> = serde_json::from_str(&json).unwrap();
    assert_eq!(rows.len(), 251);
    assert_eq!(rows[1]["planned"], "2026-11-30T07:54:20.000+07:00");
    assert_eq!(rows[1]["audio"][0]["file"], "nop-ho-so.vi.mp3");
    assert_eq!(rows[1]["approved_by"], "Nguyễn Thị Ánh");
    let (csv, _) = command(dir.path(), Lang::Vi, false, &Arguments { csv: true, ..Arguments::default() });
    assert!(csv.starts_with("\u{feff}Số;"));
    assert_eq!(csv.matches("\r\n").count(), 252);
    let from = Some("2026-11-30T07:55".to_owned());
    let some = Arguments { from, to: Some("2026-11-30T07:56:30".to_owned()), ..Arguments::default() };
    let rows: Vec<serde_json::Value> = serde_json::from_str(&command(dir.path(), Lang::Vi, true, &some).0).unwrap();
    assert_eq!(rows.iter().map(|row| row["seq"].as_u64().unwrap()).collect::<Vec<_>>(), [3, 4]);
}

#[test]
fn verify_prints_the_head_and_tells_a_broken_journal_by_its_exit() {
    let (dir, path) = station(3);
    let verify = Arguments { action: Some(JournalAction::Verify(VerifyArguments::default())), ..Arguments::default() };
    let head = reader(&path).verify().unwrap().head;
    let (said, fine) = command(dir.path(), Lang::Vi, false, &verify);
    assert!(fine && said.contains(&head) && said.contains("sổ giấy") && !said.contains("dấu"), "{said}");
    tamper(&path, "DELETE FROM entry WHERE seq = 2");
    let (said, fine) = command(dir.path(), Lang::Vi, false, &verify);
    assert!(!fine && said.contains("Dòng 2 đã bị xóa"), "{said}");
    let (said, fine) = command(dir.path(), Lang::En, true, &verify);
    let said: serde_json::Value = serde_json::from_str(&said).unwrap();
    assert!(!fine && said["breaches"][0]["seq"] == 2, "{said}");
}

#[test]
fn where_there_is_no_journal_yet_the_commands_say_so_and_are_fine() {
    let dir = tempfile::tempdir().unwrap();
    let verify = Arguments { action: Some(JournalAction::Verify(VerifyArguments::default())), ..Arguments::default() };
    for arguments in [Arguments::default(), verify] {
        let (said, fine) = command(dir.path(), Lang::Vi, false, &arguments);
        assert!(fine && said.starts_with("Chưa có nhật ký"), "{said}");
    }
    assert_eq!(command(dir.path(), Lang::Vi, true, &Arguments::default()), ("[]\n".to_owned(), true));
    assert!(!dir.path().join("state").exists(), "reading makes nothing");
}
