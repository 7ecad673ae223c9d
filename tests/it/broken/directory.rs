//! A directory of schedules with something wrong in it: what is read, what is passed over, and that no
//! file silences another.

use std::fmt::Write as _;
use std::fs;

use loa::diag::{Colours, Lang, render};
use loa::disk;
use loa::schedule::{Loaded, Schedule};

use super::{GOOD, STATION, TODAY, codes, ids, one, read, the_station};

/// A station in a temporary directory.
pub(super) struct Place(pub(super) tempfile::TempDir);

impl Place {
    pub(super) fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("schedules")).unwrap();
        fs::write(dir.path().join("loa.toml"), STATION).unwrap();
        Self(dir)
    }

    pub(super) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> &Self {
        fs::write(self.0.path().join("schedules").join(name), bytes).unwrap();
        self
    }

    pub(super) fn load(&self) -> Loaded {
        disk::schedule::load(self.0.path(), &the_station(), TODAY)
    }
}

#[test]
fn a_good_file_means_the_same_from_notepad_and_from_a_mac() {
    use unicode_normalization::UnicodeNormalization as _;
    let (plain, _) = read(GOOD);
    let meaning = |schedule: &Schedule| {
        let broadcasts: Vec<_> =
            schedule.broadcasts.iter().map(|one| (one.id.clone(), one.title.clone(), one.play.clone())).collect();
        (broadcasts, schedule.rules.station.hours.clone(), schedule.campaigns.len())
    };
    let crlf = GOOD.replace('\n', "\r\n");
    let mut utf16 = vec![0xff, 0xfe];
    utf16.extend(crlf.encode_utf16().flat_map(u16::to_le_bytes));
    let ways: [(&str, Vec<u8>); 4] = [
        ("CRLF", crlf.clone().into_bytes()),
        ("a byte-order mark", format!("\u{feff}{crlf}").into_bytes()),
        ("UTF-16", utf16),
        ("decomposed letters", GOOD.nfd().collect::<String>().into_bytes()),
    ];
    for (way, bytes) in ways {
        let place = Place::new();
        let loaded = place.write("a.toml", bytes).load();
        assert_eq!(loaded.diagnostics, [], "{way}");
        assert_eq!(meaning(&loaded.schedule), meaning(&plain), "{way}");
    }
}

#[test]
fn an_empty_file_is_told_of() {
    let place = Place::new();
    let loaded = place.write("a.toml", "").write("b.toml", "\u{feff}\r\n").write("c.toml", "# chưa có gì\n").load();
    assert_eq!(codes(&loaded.diagnostics), ["empty_file", "empty_file"]);
    assert_eq!(loaded.broken, [] as [&str; 0]);
}

#[test]
fn a_file_that_became_empty_keeps_its_last_good_version_as_any_broken_one() {
    let emptied = ["", "\u{feff}", " \r\n\t\n", "\0\0\0\0"];
    for bytes in emptied {
        let place = Place::new();
        let first = place.write("a.toml", one("a")).write("b.toml", one("b")).load();
        place.write("a.toml", bytes);
        // A running station, and one that starts again.
        for before in [&first, &Loaded::default()] {
            let second = disk::schedule::reload(place.0.path(), &the_station(), TODAY, &first.good, before);
            assert_eq!((ids(&second.schedule), second.broken.len()), (vec!["a", "b"], 1), "{bytes:?}");
            assert!(second.diagnostics.iter().any(loa::diag::Diagnostic::is_error), "{bytes:?}");
            assert!(codes(&second.diagnostics).contains(&"last_good_kept"), "{bytes:?}");
            let third = disk::schedule::reload(place.0.path(), &the_station(), TODAY, &second.good, &second);
            assert_eq!(third.diagnostics, second.diagnostics, "{bytes:?}");
        }
        // When the last good version has stood in for too long, the file is as broken as before.
        let mut late = first.good.clone();
        late.files.retain(|source| source.path != "schedules/a.toml");
        late.lost.insert("schedules/a.toml".to_owned());
        let late = disk::schedule::reload(place.0.path(), &the_station(), TODAY, &late, &first);
        assert_eq!((ids(&late.schedule), late.broken.len()), (vec!["b"], 1), "{bytes:?}");
        assert!(late.good.lost.contains("schedules/a.toml"), "{bytes:?}");
    }
}

#[test]
fn a_file_of_cancelled_days_that_became_empty_brings_nothing_back_to_the_air() {
    let place = Place::new();
    let first = place.write("nghi.toml", "[[cancel]]\ndate = 2026-12-24\nwhy = \"nghỉ\"\n").load();
    assert_eq!(codes(&first.diagnostics), [] as [&str; 0]);
    place.write("nghi.toml", "");
    let second = disk::schedule::reload(place.0.path(), &the_station(), TODAY, &first.good, &first);
    assert_eq!(second.broken, ["schedules/nghi.toml"]);
}

#[test]
fn a_file_of_comments_is_cleared_on_purpose_and_one_that_never_held_anything_is_no_error() {
    let place = Place::new();
    let first = place.write("a.toml", one("a")).write("b.toml", "").load();
    place.write("a.toml", "# hết đợt\n");
    let second = disk::schedule::reload(place.0.path(), &the_station(), TODAY, &first.good, &first);
    assert_eq!((ids(&second.schedule), codes(&second.diagnostics)), (Vec::new(), vec!["empty_file"]));
    assert!(second.broken.is_empty() && !second.diagnostics[0].is_error());
    // Nor is the cleared one, when its comment goes too.
    place.write("a.toml", "");
    let third = disk::schedule::reload(place.0.path(), &the_station(), TODAY, &second.good, &second);
    assert_eq!((codes(&third.diagnostics), third.broken.len()), (vec!["empty_file", "empty_file"], 0));
}

#[test]
fn a_campaign_may_stand_in_another_file_than_its_broadcast() {
    let place = Place::new();
    place.write("a.toml", one("a") + "campaign = \"x\"\n").write("b.toml", "[campaigns.x]\n[campaigns.y]\n");
    let loaded = place.write("c.toml", "[campaigns.y]\n").load();
    assert_eq!(codes(&loaded.diagnostics), ["duplicate_id"]);
    assert_eq!(loaded.schedule.broadcasts[0].campaign.as_deref(), Some("x"));
    place.write("b.toml", "[campaigns.x\n");
    let loaded = place.load();
    assert_eq!(codes(&loaded.diagnostics), ["unknown_campaign", "unclosed_header"]);
    assert_eq!((ids(&loaded.schedule), loaded.schedule.broadcasts[0].campaign.as_deref()), (vec!["a"], None));
}

#[test]
fn one_broken_file_never_silences_the_others() {
    let place = Place::new();
    place.write("a.toml", one("a")).write("b.toml", "[[broadcast]]\nid = \"b").write("c.toml", [0x54, 0xf4, 0xff]);
    place.write("d.toml", one("d")).write("e.toml", vec![b' '; 3 * 1024 * 1024]);
    fs::create_dir(place.0.path().join("schedules/f.toml")).unwrap();
    let loaded = place.load();
    assert_eq!(ids(&loaded.schedule), ["a", "d"]);
    assert_eq!(codes(&loaded.diagnostics), ["unclosed_string", "not_utf8", "too_large", "not_a_file"]);
    assert_eq!(loaded.broken, ["schedules/b.toml", "schedules/c.toml", "schedules/e.toml", "schedules/f.toml"]);
}

#[test]
fn the_last_good_text_of_a_broken_file_keeps_sounding() {
    let place = Place::new();
    let first = place.write("a.toml", one("a")).write("b.toml", one("b")).load();
    place.write("a.toml", "[[broadcast]]\nid = \"a");
    let second = disk::schedule::reload(place.0.path(), &the_station(), TODAY, &first.good, &first);
    assert_eq!(ids(&second.schedule), ["a", "b"]);
    assert_eq!(codes(&second.diagnostics), ["last_good_kept", "unclosed_string"]);
    let third = disk::schedule::reload(place.0.path(), &the_station(), TODAY, &second.good, &second);
    assert_eq!(ids(&third.schedule), ["a", "b"]);
    fs::remove_file(place.0.path().join("schedules/a.toml")).unwrap();
    let fourth = disk::schedule::reload(place.0.path(), &the_station(), TODAY, &third.good, &third);
    assert_eq!(ids(&fourth.schedule), ["b"]);
}

#[test]
fn a_copy_is_left_out_as_a_whole_and_named_and_nothing_of_the_plain_file_is_blamed() {
    let place = Place::new();
    let rules = "[rules]\nhours = \"05:00-06:00\"\n";
    place.write("lich - Copy.toml", one("a") + &one("cu") + "days = \"x\"\n" + rules);
    let loaded = place.write("lich.toml", one("a") + rules).load();
    assert_eq!((ids(&loaded.schedule), codes(&loaded.diagnostics)), (vec!["a"], vec!["schedule_copy"]));
    let one = &loaded.left_out[0];
    assert_eq!((one.file.as_str(), one.of.as_str()), ("schedules/lich - Copy.toml", "schedules/lich.toml"));
    assert_eq!(loaded.schedule.rules.station.places.hours.as_ref().unwrap().file, "schedules/lich.toml");
    insta::assert_snapshot!("duplicates", render(&loaded.diagnostics, &loaded.sources, Lang::Vi, Colours::Plain));
}

#[test]
fn of_two_broadcasts_of_one_id_the_one_on_the_air_stays_whatever_the_files_are_called() {
    let place = Place::new();
    let first = place.write("buoi-chieu.toml", one("a") + &one("b")).load();
    // A new file that sorts before it, made by copying and half changed.
    place.write("1-buoi-chieu-thu-7.toml", one("a") + &one("c") + &one("d"));
    let second = disk::schedule::reload(place.0.path(), &the_station(), TODAY, &first.good, &first);
    assert_eq!((ids(&second.schedule), codes(&second.diagnostics)), (vec!["c", "d", "a", "b"], vec!["duplicate_id"]));
    assert_eq!(second.diagnostics[0].file, "schedules/1-buoi-chieu-thu-7.toml", "the loser is named");
    assert_eq!(second.schedule.broadcasts[2].place().unwrap().file, "schedules/buoi-chieu.toml");
    // So it is after a restart, and where the new file came while nothing ran.
    for held in [&second.good, &first.good] {
        let again = disk::schedule::reload(place.0.path(), &the_station(), TODAY, held, &Loaded::default());
        assert_eq!(again.schedule, second.schedule);
    }
    // Where nobody knows which was first, the file order decides; and who is gone leaves the id to the other.
    assert_eq!(ids(&place.load().schedule), ["a", "c", "d", "b"]);
    fs::remove_file(place.0.path().join("schedules/buoi-chieu.toml")).unwrap();
    let third = disk::schedule::reload(place.0.path(), &the_station(), TODAY, &second.good, &second);
    assert_eq!((ids(&third.schedule), codes(&third.diagnostics)), (vec!["a", "c", "d"], vec![]));
}

#[test]
fn what_is_poured_in_beside_the_schedules_takes_nothing_off_the_air() {
    let place = Place::new();
    let first = place.write("lich.toml", one("a")).load();
    let many = |from: usize| (from..from + 15_000).fold(String::new(), |text, at| text + &one(&format!("x{at}")));
    for at in 0..4 {
        place.write(&format!("000-{at}.toml"), many(at * 15_000));
    }
    let second = disk::schedule::reload(place.0.path(), &the_station(), TODAY, &first.good, &first);
    assert!(ids(&second.schedule).contains(&"a"));
    assert!(second.schedule.broadcasts.len() <= 20_000);
    assert_eq!(codes(&second.diagnostics), ["too_much"]);
    assert!(second.diagnostics[0].message.en.contains("\"schedules/000-1.toml\" on"), "{:?}", second.diagnostics);
    // Files beyond the limit are not even held in memory.
    assert_eq!(second.sources.len(), 2);
}

#[test]
fn every_file_that_is_not_read_is_named_with_its_cure() {
    let place = Place::new();
    place.write("lich.toml", one("a")).write("README.txt", "x").write(".an.toml", "x").write("KIEM-TRA.txt", "x");
    for name in ["thong-bao.txt", "thong-bao", "phu-nu.docx", "b.tml", "lich.toml~", "lich.toml.bak", "c.toml.lnk"] {
        place.write(name, one("b"));
    }
    let inner = place.0.path().join("schedules/thang 12");
    fs::create_dir(&inner).unwrap();
    fs::write(inner.join("d.toml"), one("d")).unwrap();
    fs::create_dir(place.0.path().join("schedules/anh")).unwrap();
    let loaded = place.load();
    let told: Vec<_> =
        loaded.diagnostics.iter().map(|one| (one.code, one.file.trim_start_matches("schedules/"))).collect();
    let named =
        ["b.tml", "c.toml.lnk", "lich.toml.bak", "lich.toml~", "phu-nu.docx", "thang 12", "thong-bao", "thong-bao.txt"];
    assert_eq!(told, named.map(|name| ("not_read", name)));
    assert!(loaded.diagnostics.iter().all(|one| one.help.is_some() && !one.is_error()));
    for at in 0..40 {
        place.write(&format!("x{at}.pdf"), "x");
    }
    assert_eq!(place.load().diagnostics.len(), 21, "twenty, and the count of the others");
}

#[test]
#[cfg(unix)]
fn a_name_that_cannot_be_read_is_told_whatever_its_ending() {
    use std::os::unix::ffi::OsStrExt as _;
    let place = Place::new();
    for name in [&b"l\xecch.toml"[..], b"l\xecch.docx"] {
        fs::write(place.0.path().join("schedules").join(std::ffi::OsStr::from_bytes(name)), "x").unwrap();
    }
    assert_eq!(codes(&place.load().diagnostics), ["bad_file_name", "bad_file_name"]);
}

#[test]
fn files_from_windows_are_read_passed_over_or_told_of() {
    let place = Place::new();
    place.write("Lịch tháng 12.toml", one("a")).write("LICH.TOML", one("b")).write("lich.toml.txt", one("c"));
    place.write("~$lich.toml", one("d")).write(".lich.toml.swp", one("e")).write(".an.toml", one("f"));
    place.write("lich.toml~", one("g")).write("README.txt", "x");
    let loaded = place.load();
    assert_eq!(ids(&loaded.schedule), ["b", "a"]);
    assert_eq!(codes(&loaded.diagnostics), ["hidden_ending", "not_read"]);
    // There is a lich.toml already, as LICH.TOML: the cure gives no name that is taken.
    assert!(loaded.diagnostics.iter().all(|one| !one.help.as_ref().unwrap().en.contains("rename")));
}

#[test]
#[cfg(unix)]
fn links_that_lead_out_and_pipes_are_not_read() {
    use std::os::unix::fs::symlink;
    let place = Place::new();
    place.write("a.toml", one("a"));
    let dir = place.0.path().join("schedules");
    symlink(place.0.path().join("loa.toml"), dir.join("b.toml")).unwrap();
    symlink("/nowhere/at/all.toml", dir.join("c.toml")).unwrap();
    rustix::fs::mknodat(rustix::fs::CWD, dir.join("d.toml"), rustix::fs::FileType::Fifo, rustix::fs::Mode::RUSR, 0)
        .unwrap();
    let loaded = place.load();
    assert_eq!(ids(&loaded.schedule), ["a"]);
    assert_eq!(codes(&loaded.diagnostics), ["leads_out", "unreadable", "not_a_file"]);
}

#[test]
fn there_is_a_limit_to_everything() {
    let place = Place::new();
    for at in 0..1001 {
        place.write(&format!("{at:04}.toml"), one(&format!("a{at}")));
    }
    let loaded = place.load();
    assert_eq!((loaded.schedule.broadcasts.len(), codes(&loaded.diagnostics)), (1000, vec!["too_many_files"]));

    let mut many = String::new();
    for at in 0..20_001 {
        writeln!(many, "[[broadcast]]\nid=\"a{at}\"\nat=\"05:30\"\nplay=\"a\"").unwrap();
    }
    let (schedule, found) = read(&many);
    assert_eq!((schedule.broadcasts.len(), codes(&found)), (20_000, vec!["too_many"]));

    let time = |at: u32| format!("\"{:02}:{:02}:{:02}\"", at * 5 / 60 % 24, at * 5 % 60, at / 288);
    let times = |count: u32| (0..count).map(time).collect::<Vec<_>>().join(",");
    let items = |count: usize| vec!["\"a\""; count].join(",");
    let text = |times: String, items: String| format!("[[broadcast]]\nid=\"a\"\nat=[{times}]\nplay=[{items}]\n");
    assert_eq!(codes(&read(&text(times(288), items(200))).1), [] as [&str; 0]);
    assert_eq!(codes(&read(&text(times(289), items(200))).1), ["too_many"]);
    assert_eq!(codes(&read(&text(times(288), items(201))).1), ["too_many"]);

    let garbage = "x\n".repeat(5_000);
    let found = read(&garbage).1;
    assert_eq!((found.len(), found[0].code), (501, "too_many_problems"));

    let place = Place::new();
    for at in 0..12 {
        place.write(&format!("{at:02}.toml"), "x\n".repeat(600));
    }
    let loaded = place.write("99.toml", one("a")).load();
    let (told, whole) = (loaded.diagnostics.len(), &loaded.diagnostics[0]);
    assert_eq!((whole.file.as_str(), whole.code), ("schedules", "too_many_problems"));
    assert!((5_000..5_600).contains(&told), "{told}");
    assert_eq!((ids(&loaded.schedule), loaded.broken.len()), (vec!["a"], 12));
}
