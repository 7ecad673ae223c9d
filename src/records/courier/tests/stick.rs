use std::fs;
use std::io;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

use super::bench::{Bench, COMMUNE, Cut, HERE, Made, NOW, broadcast, copy};
use crate::bundle::Rejection;
use crate::courier::{BundleFate, Outbox, Steps, Unfit, Visited, read_back, visit, whole};
use crate::fact::{Entry, EntryKind};
use crate::instant::Wall;
use crate::journal::{Journal, StationKey};

const RESULT: &str = "KET-QUA-LOA.txt";

fn made(version: u64) -> Made {
    Made::new(version, &[("schedules/xa.toml", &broadcast("xa", "05:30", "xa")), ("audio/xa.mp3", "one")])
}

/// A station that has run: its journal has this many rows.
fn ran(bench: &Bench, rows: u64) {
    let mut journal = Journal::open(&bench.site.journal(), NOW, &bench.station.timezone).unwrap().journal;
    let row = |at: u64| Entry {
        kind: EntryKind::Note,
        written: NOW + std::time::Duration::from_secs(at),
        title: format!("dòng {at}"),
        ..Entry::default()
    };
    journal
        .batch(|batch| {
            for at in 0..rows {
                batch.note(&row(at))?;
            }
            Ok(())
        })
        .unwrap();
}

fn carry(bench: &Bench, stick: &Path, steps: &Steps<'_>) -> Visited {
    carry_so(bench, stick, steps, false)
}

fn carry_so(bench: &Bench, stick: &Path, steps: &Steps<'_>, plugged: bool) -> Visited {
    let (key, _) = StationKey::read_or_make(&bench.site).unwrap();
    let outbox = Outbox {
        site: &bench.site,
        station: "Thôn Một",
        place: HERE,
        key: &key,
        now: NOW,
        believed: true,
        status: None,
        vouch: None,
        steps,
    };
    bench.with(steps, |installer| visit(stick, installer, Some(&outbox), plugged)).unwrap()
}

fn said(stick: &Path) -> String {
    String::from_utf8(fs::read(stick.join(RESULT)).unwrap()).unwrap()
}

#[test]
fn a_stick_is_read_and_nothing_is_written_on_it() {
    let stick = tempfile::tempdir().unwrap();
    assert!(read_back(stick.path()).unwrap().is_empty());
    assert_eq!(fs::read_dir(stick.path()).unwrap().count(), 0, "not even a directory");
}

#[test]
fn a_stick_brings_a_bundle_and_carries_a_signed_journal_away() {
    let (bench, stick) = (Bench::new(), tempfile::tempdir().unwrap());
    ran(&bench, 25);
    fs::write(stick.path().join("tuan-1.loa"), made(1).bytes()).unwrap();
    fs::write(stick.path().join("Tuần 2.LOA"), made(2).bytes()).unwrap();
    fs::write(stick.path().join("ảnh.jpg"), "x").unwrap();
    let visited = carry(&bench, stick.path(), &whole);
    let fates: Vec<_> = visited.deliveries.iter().map(|one| (one.version, one.fate)).collect();
    assert_eq!(fates, [(2, BundleFate::Installed)], "of one sender the newest");
    assert_eq!(visited.word(), "done");
    let boxes = read_back(stick.path()).unwrap();
    assert_eq!((boxes.len(), boxes[0].folder.as_str(), boxes[0].wrong.len()), (1, HERE, 0), "{boxes:?}");
    let (report, key) = boxes[0].report.as_ref().unwrap();
    assert_eq!((report.rows, report.number, report.place.as_str()), (25, 1, HERE));
    assert_eq!(key.as_str(), StationKey::read(&bench.site).unwrap().public().to_ascii_lowercase());
    assert_eq!(report.bundles["held"][COMMUNE]["version"], 2);
    let page = said(stick.path());
    assert!(page.starts_with('\u{feff}') && page.contains("\r\n"), "{page}");
    assert!(page.contains("Thôn Một") && page.contains("Đã nhận «Tuần 2»") && page.contains("25 dòng"), "{page}");
    // It comes again: nothing has changed, and what stood there stays below.
    ran(&bench, 5);
    let visited = carry(&bench, stick.path(), &whole);
    assert_eq!(visited.deliveries[0].fate, BundleFate::Again);
    let page = said(stick.path());
    assert!(page.contains("30 dòng") && page.contains("25 dòng"), "{page}");
    let boxes = read_back(stick.path()).unwrap();
    assert_eq!((boxes[0].wrong.len(), boxes[0].report.as_ref().unwrap().0.rows), (0, 30));
}

#[test]
fn a_bundle_that_was_changed_on_the_way_is_named_and_the_whole_one_beside_it_is_taken() {
    let (bench, stick) = (Bench::new(), tempfile::tempdir().unwrap());
    let good = made(1).bytes();
    let mut changed = good.clone();
    let sound = changed.windows(3).rposition(|bytes| bytes == b"one").unwrap();
    changed[sound] = b'O';
    fs::write(stick.path().join("a.loa"), &changed).unwrap();
    fs::write(stick.path().join("b.loa"), good).unwrap();
    let fates = |visited: &Visited| -> Vec<(String, BundleFate)> {
        visited.deliveries.iter().map(|one| (one.file.clone(), one.fate)).collect()
    };
    let of = |file: &str, fate| (file.to_owned(), fate);
    let visited = carry(&bench, stick.path(), &whole);
    assert_eq!(fates(&visited), [of("a.loa", BundleFate::Refused), of("b.loa", BundleFate::Installed)]);
    assert_eq!(visited.word(), "refused");
    // It is held by now: what is damaged is damaged all the same, wherever it stands among the others.
    fs::rename(stick.path().join("a.loa"), stick.path().join("c.loa")).unwrap();
    let visited = carry(&bench, stick.path(), &whole);
    assert_eq!(fates(&visited), [of("b.loa", BundleFate::Again), of("c.loa", BundleFate::Refused)]);
    assert!(said(stick.path()).contains("c.loa: Không nhận «Tuần 1»: gói tin bị hỏng"), "{}", said(stick.path()));
    let seen = bench.with(&whole, |installer| installer.look_through(changed.as_slice()));
    assert!(matches!(seen, Err(Unfit::Bundle(Rejection::Damaged(_)))), "{seen:?}");
}

#[test]
fn a_directory_that_is_no_stick_is_told_as_the_stick_and_not_as_the_stations_disk() {
    let bench = Bench::new();
    let gone = bench.with(&whole, |installer| visit(&bench.path("khong-co"), installer, None, false));
    assert_eq!(gone.unwrap_err().kind(), io::ErrorKind::NotFound);
}

#[test]
fn what_was_changed_on_the_way_is_found() {
    let (bench, stick) = (Bench::new(), tempfile::tempdir().unwrap());
    ran(&bench, 25);
    carry(&bench, stick.path(), &whole);
    let own = stick.path().join("loa").join(HERE);
    for entry in fs::read_dir(&own).unwrap() {
        let path = entry.unwrap().path();
        let good = fs::read_to_string(&path).unwrap();
        assert!(good.contains("dòng 7") || good.contains("report"), "{good}");
        fs::write(&path, good.replace("dòng 7", "dòng 8").replace(r#"\"rows\":25"#, r#"\"rows\":24"#)).unwrap();
        assert!(!read_back(stick.path()).unwrap()[0].wrong.is_empty(), "{}", path.display());
        fs::remove_file(&path).unwrap();
        assert!(!read_back(stick.path()).unwrap()[0].wrong.is_empty(), "{}", path.display());
        fs::write(&path, good).unwrap();
    }
    assert!(read_back(stick.path()).unwrap()[0].wrong.is_empty());
}

#[test]
fn a_stick_that_is_pulled_out_before_any_write_holds_the_report_before_or_the_new_one() {
    let (base, first) = (Bench::new(), tempfile::tempdir().unwrap());
    ran(&base, 25);
    fs::write(first.path().join("tuan.loa"), made(1).bytes()).unwrap();
    carry(&base, first.path(), &whole);
    ran(&base, 10);
    fs::write(first.path().join("tuan.loa"), made(2).bytes()).unwrap();
    let before = said(first.path());
    let mut step = 0;
    loop {
        let (bench, stick) = (base.copy(), tempfile::tempdir().unwrap());
        copy(first.path(), stick.path());
        let cut = Cut::before(step);
        // The station's own disk goes on; it is the stick that is out.
        let steps = |what: &str| if what.starts_with("stick") { cut.step(what) } else { Ok(()) };
        let visited = carry(&bench, stick.path(), &steps);
        assert_eq!(visited.deliveries[0].fate, BundleFate::Installed, "what was read whole is installed");
        let boxes = read_back(stick.path()).unwrap();
        let (report, _) = boxes[0].report.as_ref().unwrap();
        assert!(boxes[0].wrong.is_empty() && [25, 35].contains(&report.rows), "step {step}: {boxes:?}");
        let page = said(stick.path());
        assert!(
            page == before
                || page.ends_with(before.trim_start_matches('\u{feff}').trim_end_matches("\r\n").trim_end())
                || page.contains("35 dòng"),
            "{page}"
        );
        if visited.unwritten.is_none() {
            assert_eq!(report.rows, 35);
            break;
        }
        assert_eq!(visited.word(), "failed");
        // Put in again, all is there.
        carry(&bench, stick.path(), &whole);
        let boxes = read_back(stick.path()).unwrap();
        assert!(boxes[0].wrong.is_empty() && boxes[0].report.as_ref().unwrap().0.rows == 35, "step {step}");
        step += 1;
        assert!(step < 100);
    }
    assert!(step >= 8, "{step}");
}

#[test]
fn a_full_or_locked_stick_is_told_and_the_bundle_is_installed_all_the_same() {
    let (bench, stick) = (Bench::new(), tempfile::tempdir().unwrap());
    fs::write(stick.path().join("tuan.loa"), made(1).bytes()).unwrap();
    let full = |what: &str| {
        if what.starts_with("stick") { Err(io::ErrorKind::StorageFull.into()) } else { Ok(()) }
    };
    let visited = carry(&bench, stick.path(), &full);
    assert_eq!(visited.deliveries[0].fate, BundleFate::Installed);
    assert!(visited.unwritten.unwrap().vi.contains("USB đầy"));
    assert!(!stick.path().join(RESULT).exists());
}

#[test]
fn what_is_for_others_is_left_and_what_is_refused_is_told_on_the_stick() {
    let (bench, stick) = (Bench::new(), tempfile::tempdir().unwrap());
    let put = |name: &str, bytes: &[u8]| fs::write(stick.path().join(name), bytes).unwrap();
    let other = Made { place: "vn.p01", scope: "vn.p01.c004", signer: 11, ..Made::new(1, &[]) };
    put("xa-ben.loa", &other.bytes());
    put("la.loa", &Made { signer: 99, ..made(3) }.bytes());
    let good = made(2).bytes();
    put("cut.loa", &good[..good.len() / 2]);
    put("loi.loa", &Made::new(4, &[("schedules/x.toml", "[[broadcast\n")]).bytes());
    let visited = carry(&bench, stick.path(), &whole);
    let codes: Vec<_> = visited.deliveries.iter().map(|one| (one.file.as_str(), one.code.as_str())).collect();
    assert_eq!(
        codes,
        [
            ("cut.loa", "bundle_truncated"),
            ("la.loa", "bundle_unknown_key"),
            ("xa-ben.loa", "bundle_other_place"),
            ("loi.loa", "bundle_check_refuses"),
        ]
    );
    assert_eq!(visited.word(), "refused");
    let page = said(stick.path());
    for words in ["cụt", "không có trong danh sách", "dành cho nơi khác", "schedules/x.toml:1"] {
        assert!(page.contains(words), "{words}: {page}");
    }
    assert_eq!(bench.seen().len(), 2, "nothing was installed");
}

#[test]
fn links_pipes_directories_and_programs_on_a_stick_are_passed_over() {
    let (bench, stick) = (Bench::new(), tempfile::tempdir().unwrap());
    let outside = tempfile::tempdir().unwrap();
    fs::write(outside.path().join("real.loa"), made(1).bytes()).unwrap();
    symlink(outside.path().join("real.loa"), stick.path().join("link.loa")).unwrap();
    assert!(Command::new("mkfifo").arg(stick.path().join("pipe.loa")).status().unwrap().success());
    fs::create_dir(stick.path().join("dir.loa")).unwrap();
    for name in ["._mac.loa", "autorun.inf", "tuan.loa.exe", "x.sh"] {
        fs::write(stick.path().join(name), made(1).bytes()).unwrap();
    }
    // What would be written through a link is not.
    fs::write(outside.path().join("victim"), "whole").unwrap();
    symlink(outside.path().join("victim"), stick.path().join(RESULT)).unwrap();
    let visited = carry(&bench, stick.path(), &whole);
    assert!(visited.deliveries.is_empty() && bench.seen().len() == 2, "{visited:?}");
    assert_eq!(fs::read(outside.path().join("victim")).unwrap(), b"whole");
    assert!(fs::symlink_metadata(stick.path().join(RESULT)).unwrap().is_file());
    fs::remove_dir_all(stick.path().join("loa")).unwrap();
    symlink(outside.path(), stick.path().join("loa")).unwrap();
    let visited = carry(&bench, stick.path(), &whole);
    assert!(visited.unwritten.is_some());
    assert!(!outside.path().join(HERE).exists());
}

#[test]
fn two_sticks_after_one_another_count_on_and_neither_undoes_the_other() {
    let (bench, old, new) = (Bench::new(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    fs::write(old.path().join("tuan.loa"), made(1).bytes()).unwrap();
    fs::write(new.path().join("tuan.loa"), made(2).bytes()).unwrap();
    assert_eq!(carry(&bench, new.path(), &whole).deliveries[0].fate, BundleFate::Installed);
    let visited = carry(&bench, old.path(), &whole);
    assert_eq!((visited.deliveries[0].code.as_str(), visited.report.unwrap().number), ("bundle_older", 2));
    assert!(said(old.path()).contains("cũ hơn"));
}

#[test]
#[ignore = "long"]
fn a_month_of_a_large_station_is_carried_in_files_that_do_not_change_any_more() {
    let (bench, stick) = (Bench::new(), tempfile::tempdir().unwrap());
    ran(&bench, 20_050);
    let report = carry(&bench, stick.path(), &whole).report.unwrap();
    let spans: Vec<_> = report.files.iter().map(|file| (file.first, file.last)).collect();
    assert_eq!(spans, [(1, 10_000), (10_001, 20_000), (20_001, 20_050)]);
    ran(&bench, 10);
    let written = std::cell::RefCell::new(0);
    let count = |what: &str| {
        *written.borrow_mut() += usize::from(what == "stick: begin");
        Ok(())
    };
    let again = carry(&bench, stick.path(), &count).report.unwrap();
    assert_eq!(again.files[..2], report.files[..2]);
    assert_eq!(*written.borrow(), 3, "the last rows, the report and the page");
    assert!(read_back(stick.path()).unwrap()[0].wrong.is_empty());
    assert_eq!(Wall::from_secs(again.made.seconds()), NOW);
}

#[test]
fn a_strangers_stick_that_is_only_plugged_in_takes_nothing_along() {
    let (bench, stick) = (Bench::new(), tempfile::tempdir().unwrap());
    ran(&bench, 5);
    fs::write(stick.path().join("photo.jpg"), "x").unwrap();
    carry_so(&bench, stick.path(), &whole, true);
    assert_eq!(fs::read_dir(stick.path()).unwrap().count(), 1, "left as it is");
    fs::write(stick.path().join("x.loa"), Made { signer: 99, ..made(1) }.bytes()).unwrap();
    carry_so(&bench, stick.path(), &whole, true);
    assert!(said(stick.path()).contains("không có trong danh sách") && !stick.path().join("loa").exists());
    fs::write(stick.path().join("y.loa"), made(2).bytes()).unwrap();
    carry_so(&bench, stick.path(), &whole, true);
    assert!(read_back(stick.path()).unwrap()[0].wrong.is_empty());
    // The next week's visit with the old bundle still takes the rows of the week along.
    ran(&bench, 5);
    assert_eq!(carry_so(&bench, stick.path(), &whole, true).report.unwrap().rows, 10);
}
