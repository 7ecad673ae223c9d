//! What is asked of the journal by name, and what leaves it for a spreadsheet.

use std::path::Path;
use std::process::{Command, ExitCode};

use loa::cli::journal::{Arguments, Known, run};
use loa::cli::{Context, Failure};
use loa::diag::Lang;
use loa::fact::{Entry, EntryKind, Outcome};
use loa::journal::Journal;
use loa::reason::OwnAccounts;

use super::{airing_of, at, known, note, station, tz};

fn ask(dir: &Path, lang: Lang, arguments: &Arguments) -> Result<String, String> {
    let context = Context { dir: dir.to_owned(), lang, json: false };
    let (station, schedule) = known();
    let known = Known { station: &station, schedule: &schedule, own: &OwnAccounts::default() };
    let mut out = Vec::new();
    match run(&context, arguments, at(10_000), &known, &mut out) {
        Ok(code) => {
            assert_eq!(format!("{code:?}"), format!("{:?}", ExitCode::SUCCESS));
            Ok(String::from_utf8(out).unwrap())
        }
        Err(error) => {
            let failure = error.downcast::<Failure>().expect("a failure with its code");
            assert_eq!(failure.exit() as u8, 2, "{}", failure.text().vi);
            Err(failure.text().get(lang).to_owned())
        }
    }
}

/// Four airings of two hamlets, an alert with its row, and what belongs to the machine.
fn mixed() -> (tempfile::TempDir, std::path::PathBuf) {
    let (dir, path) = station(4);
    let mut journal = Journal::open(&path, at(400), &tz()).unwrap().journal;
    let reason = |reason: &str, entry: Entry| Entry { reason: Some(reason.into()), ..entry };
    journal.note(&reason("clock_trusted: ntp", note("đồng hồ đáng tin", at(400)))).unwrap();
    let order = Entry { order: Some("7".into()), broadcast: Some("lu".into()), ..note("lu", at(410)) };
    journal.note(&reason("alert: Ông Năm: nước lên", order)).unwrap();
    let came = Entry {
        broadcast: Some("3-12".into()),
        title: "00123".into(),
        order: Some("7".into()),
        campaign: Some("cai-cach".into()),
        written: at(430),
        ..airing_of(7)
    };
    journal.note(&reason("alert: Ông Năm: nước lên", came)).unwrap();
    let missed = Entry { outcome: Some(Outcome::Missed), written: at(510), seconds_played: Some(0.0), ..airing_of(8) };
    journal.note(&reason("station_off: 2026-11-30 08:00:00..08:02:00", missed)).unwrap();
    (dir, path)
}

#[test]
fn an_unknown_name_is_an_error_with_the_nearest_and_never_an_empty_answer() {
    let (dir, _path) = mixed();
    let zone = |name: &str| Arguments { zone: vec![name.to_owned()], ..Arguments::default() };
    let broadcast = |name: &str| Arguments { broadcast: Some(name.to_owned()), ..Arguments::default() };
    let outcome = |name: &str| Arguments { outcome: Some(name.to_owned()), ..Arguments::default() };
    for (asked, near) in [
        (zone("thon1x"), "thon-1"),
        (zone("thon-3"), "thon-1"),
        (zone("thon-1,xyz"), "thon-1"),
        (zone(""), "thon-1"),
        (broadcast("nop-ho-xo"), "nop-ho-so"),
        (broadcast("khong-co"), "loa plan"),
        (broadcast(""), "loa plan"),
        (outcome("bị nỡ"), "bị lỡ"),
        (outcome("mised"), "missed"),
    ] {
        let said = ask(dir.path(), Lang::Vi, &asked).expect_err("an error");
        assert!(said.contains(near), "{asked:?}: {said}");
    }
}

#[test]
fn zones_broadcasts_and_outcomes_are_found_as_people_name_them() {
    let (dir, _path) = mixed();
    let rows = |asked: Arguments| {
        let said = ask(dir.path(), Lang::Vi, &Arguments { csv: true, ..asked }).unwrap();
        said.lines().skip(1).map(|line| line.split(';').next().unwrap().parse::<u64>().unwrap()).collect::<Vec<_>>()
    };
    let zone = |name: &str| Arguments { zone: vec![name.to_owned()], ..Arguments::default() };
    for name in ["thon-2", "Thôn 2", "vung-cao", "THON 2"] {
        assert_eq!(rows(zone(name)), [2, 4, 8], "{name}");
    }
    assert_eq!(rows(zone("thon-1,thon-2")).len(), 6);
    for name in ["nop-ho-so", "Nộp hồ sơ", "nop ho so"] {
        assert_eq!(rows(Arguments { broadcast: Some(name.into()), ..Arguments::default() }).len(), 5, "{name}");
    }
    assert_eq!(
        rows(Arguments { broadcast: Some("lu".into()), ..Arguments::default() }),
        [7],
        "only the journal knows it"
    );
    for name in ["bị lỡ", "missed", "lỡ", "Bi lo"] {
        assert_eq!(rows(Arguments { outcome: Some(name.into()), ..Arguments::default() }), [9], "{name}");
    }
    assert_eq!(rows(Arguments { alerts: true, ..Arguments::default() }), [7, 8]);
}

#[test]
fn the_end_of_a_stretch_is_not_in_it_and_that_is_said_with_the_next_day() {
    let (dir, _path) = mixed();
    let asked = |from: &str, to: &str| {
        let arguments = Arguments { from: Some(from.into()), to: Some(to.into()), ..Arguments::default() };
        ask(dir.path(), Lang::Vi, &arguments)
    };
    assert_eq!(
        asked("30/11", "30/11").unwrap_err(),
        "--to không tính cả ngày ấy: muốn xem trọn ngày thì viết --to 01/12/2026"
    );
    assert_eq!(asked("1/12", "30/11").unwrap_err(), "--to phải sau --from");
    assert!(asked("30/11", "01/12/2026").unwrap().contains("Nộp hồ sơ") || asked("30/11", "1/12").is_ok());
    assert!(asked("hôm nay", "now").is_ok() && asked("T2", "ngày mai").is_ok());
}

#[test]
fn the_table_fits_80_columns_leaves_out_what_is_technical_and_says_so() {
    let (dir, _path) = mixed();
    for lang in [Lang::Vi, Lang::En] {
        let said = ask(dir.path(), lang, &Arguments::default()).unwrap();
        assert!(said.lines().filter(|line| line.contains(['│', '┆'])).all(|line| line.chars().count() <= 80), "{said}");
        assert!(said.contains("Thôn 1") && !said.contains("thon-1"), "{said}");
        let all = ask(dir.path(), lang, &Arguments { all: true, ..Arguments::default() }).unwrap();
        let technical = if lang == Lang::Vi { "đồng hồ đáng tin" } else { "the clock is" };
        assert!(!said.contains(technical) && said.contains("--all") && all.contains(technical), "{said}\n{all}");
    }
    let en = ask(dir.path(), Lang::En, &Arguments { all: true, ..Arguments::default() }).unwrap();
    assert!(!en.contains("đồng hồ"), "a note's title is in the reader's language:\n{en}");
    let vi = ask(dir.path(), Lang::Vi, &Arguments::default()).unwrap();
    assert!(vi.contains("08:00:00") && !vi.contains("2026-11-30 08"), "{vi}");
}

#[test]
fn every_row_that_leaves_for_a_spreadsheet_has_its_date_and_time_its_hamlet_and_its_campaign() {
    let (dir, path) = mixed();
    let csv = ask(dir.path(), Lang::Vi, &Arguments { csv: true, ..Arguments::default() }).unwrap();
    let head: Vec<&str> = csv.lines().next().unwrap().split(';').collect();
    let place = |name: &str| head.iter().position(|column| *column == name).unwrap_or_else(|| panic!("{name}"));
    for line in csv.lines().skip(1) {
        let fields: Vec<&str> = line.split(';').collect();
        assert_eq!((fields[place("Ngày ghi")], fields[place("Giờ ghi")].len()), ("30/11/2026", 8), "{line}");
    }
    let ordered = csv.lines().find(|line| line.starts_with("8;")).unwrap();
    let fields: Vec<&str> = ordered.split(';').collect();
    let found = ["Cụm loa", "Đợt tuyên truyền", "Số lệnh", "Mã mục phát"].map(|name| fields[place(name)]);
    assert_eq!(found, ["Thôn 2", "Cải cách", "7", "3-12"]);

    let file = dir.path().join("nhat-ky.xlsx");
    ask(dir.path(), Lang::Vi, &Arguments { xlsx: Some(file.clone()), ..Arguments::default() }).unwrap();
    let program = r#"
import re, sys, zipfile
book = zipfile.ZipFile(sys.argv[1])
assert book.testzip() is None
sheet = book.read("xl/worksheets/sheet1.xml").decode()
import xml.dom.minidom
for name in book.namelist():
    xml.dom.minidom.parseString(book.read(name))
cells = dict(re.findall(r'<c r="([A-Z]+9)"(.*?)</c>', sheet))
assert 't="inlineStr"' in cells["D9"] and ">3-12<" in cells["D9"], cells["D9"]
assert ">00123<" in cells["E9"] and 't="inlineStr"' in cells["E9"], cells["E9"]
assert 's="2"><v>46356</v>' in cells["V9"], cells["V9"]
assert 's="3"><v>0.3' in cells["W9"], cells["W9"]
# A spreadsheet that cuts shows the same second as one that rounds.
day = float(re.search('<v>([^<]*)', cells["W9"]).group(1)) * 86400
assert abs(day - round(day)) < 1e-6, cells["W9"]
styles = book.read("xl/styles.xml").decode()
assert '[$-42A]dd/mm/yyyy' in styles and '[hh]:mm:ss' in styles, styles
assert 'state="frozen"' in sheet
print(sheet.count("<row "))
"#;
    let done = Command::new("python3").arg("-c").arg(program).arg(&file).output().expect("python3 is installed");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let rows = super::reader(&path).head().unwrap().0 + 1;
    assert_eq!(String::from_utf8_lossy(&done.stdout).trim(), rows.to_string());
}

#[test]
fn a_summary_counts_by_day_and_hamlet_and_says_why() {
    let (dir, _path) = mixed();
    let said = ask(dir.path(), Lang::Vi, &Arguments { summary: true, ..Arguments::default() }).unwrap();
    assert!(said.contains("Cộng: 6 lượt, 5 phát đủ, 1 lỡ vì đài không hoạt động vào giờ đó."), "{said}");
    assert!(said.contains("Thôn 2") && said.lines().all(|line| line.chars().count() <= 80), "{said}");
    let none =
        ask(dir.path(), Lang::Vi, &Arguments { summary: true, from: Some("1/12".into()), ..Arguments::default() });
    assert!(none.unwrap().starts_with("Không có lượt phát nào"));
}

#[test]
fn a_kind_of_row_that_a_reader_left_out_is_still_in_what_programs_get() {
    let (dir, _path) = mixed();
    let csv = ask(dir.path(), Lang::En, &Arguments { csv: true, ..Arguments::default() }).unwrap();
    assert_eq!(csv.matches("\r\n").count(), 10);
    let kinds = [EntryKind::Airing, EntryKind::Note].map(|kind| format!("{kind:?}").to_lowercase());
    assert!(kinds.iter().all(|kind| csv.contains(kind.as_str())), "{csv}");
}
