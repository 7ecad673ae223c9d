use std::fs;
use std::os::unix::fs::symlink;

use super::bench::{Bench, Made, NOW, broadcast};
use crate::bundle::Purpose;
use crate::courier::{BundleFate, BundleState, note};
use crate::edit::{Asked, Editor, How};

fn first() -> Made {
    Made::new(1, &[("schedules/xa.toml", &broadcast("xa", "05:30", "xa")), ("audio/xa.mp3", "one")])
}

#[test]
fn an_installed_bundle_is_files_like_any_other_with_versions_by_courier() {
    let bench = Bench::new();
    let delivery = bench.install(&first().bytes()).unwrap();
    assert_eq!((delivery.fate, delivery.signed_by.as_str(), delivery.version), (BundleFate::Installed, "Ủy ban xã", 1));
    assert_eq!(bench.read("schedules/xa.toml"), broadcast("xa", "05:30", "xa"));
    assert_eq!(bench.read("audio/xa.mp3"), "one");
    let versions = Editor::new(bench.site.clone()).versions(&Asked { most: 10, ..Asked::default() }).unwrap();
    assert_eq!(
        (versions[0].how, versions[0].who.as_str(), versions[0].file.as_str()),
        (How::Courier, "Ủy ban xã", "schedules/xa.toml")
    );
    // The journal is told once, the page as long as it is remembered.
    let mut told = Vec::new();
    note(&bench.site, |delivery| {
        told.push(delivery.clone());
        true
    })
    .unwrap();
    note(&bench.site, |_| panic!("told twice")).unwrap();
    assert_eq!((told.len(), BundleState::read(&bench.site).unwrap().deliveries.len()), (1, 1));
}

#[test]
fn the_next_bundle_of_a_sender_takes_the_place_of_its_last_and_of_nothing_else() {
    let bench = Bench::new();
    bench.install(&first().bytes()).unwrap();
    let second = Made::new(2, &[("schedules/xa-2.toml", &broadcast("xa2", "06:00", "tin")), ("audio/tin.mp3", "two")]);
    assert_eq!(bench.code(&second.bytes()), "installed");
    let names: Vec<String> = bench.seen().into_keys().collect();
    assert_eq!(names, ["audio/thon.mp3", "audio/tin.mp3", "schedules/thon.toml", "schedules/xa-2.toml"]);
    assert_eq!(bench.code(&first().bytes()), "bundle_older");
    assert_eq!(bench.code(&second.bytes()), "again");
    // Another sender's stand beside them.
    let district =
        Made {
            place: "vn.p01", scope: "vn.p01", signer: 11, ..Made::new(1, &[("schedules/huyen.toml", "# huyện\n")])
        };
    assert_eq!(bench.code(&district.bytes()), "installed");
    let third = Made::new(3, &[]);
    assert_eq!(bench.code(&third.bytes()), "installed");
    let names: Vec<String> = bench.seen().into_keys().collect();
    assert_eq!(names, ["audio/thon.mp3", "schedules/huyen.toml", "schedules/thon.toml"]);
}

#[test]
fn what_the_station_or_another_sender_has_under_a_name_is_never_replaced() {
    let bench = Bench::new();
    let district = Made {
        place: "vn.p01",
        scope: "vn.p01",
        signer: 11,
        ..Made::new(1, &[("schedules/huyen.toml", "# huyện\n"), ("audio/huyen.mp3", "huyện")])
    };
    bench.install(&district.bytes()).unwrap();
    let before = bench.seen();
    for files in [
        &[("schedules/thon.toml", "# x\n")][..],
        &[("schedules/THON.toml", "# x\n")],
        &[("audio/thon.mp3", "x")],
        &[("audio/thon.wav", "x")],
        &[("audio/thon.vi.mp3", "x")],
        &[("audio/Thon.kho.m4a", "x")],
        &[("audio/huyen.vi.mp3", "x")],
        &[("audio/huyen.wav", "x")],
        &[("schedules/huyen.toml", "# x\n")],
        &[("audio/huyen.mp3", "x")],
        &[("audio/Huyen.mp3", "x")],
    ] {
        assert_eq!(bench.code(&Made::new(5, files).bytes()), "bundle_name_taken", "{files:?}");
        assert_eq!(bench.seen(), before);
    }
    let both = Made::new(5, &[("schedules/thon.toml", "# x\n"), ("audio/thon.mp3", "x")]);
    let told = bench.install(&both.bytes()).unwrap().vi;
    assert!(told.contains("thon.toml") && told.contains("thon.mp3") && told.contains("1 tên nữa"), "{told}");
    // The very same sound is no other.
    assert_eq!(bench.code(&Made::new(5, &[("audio/thon.mp3", "the hamlet's own")]).bytes()), "installed");
}

#[test]
fn a_bundle_that_the_check_refuses_is_refused_whole_and_says_why() {
    let bench = Bench::new();
    let before = bench.seen();
    let good = broadcast("xa", "05:30", "xa");
    for (text, why) in [
        ("[[broadcast]]\nid = \"xa\"\nat = \"25:99\"\nplay = \"xa\"\n".to_owned(), "a time that is none"),
        ("[[broadcast\n".to_owned(), "no TOML"),
        (broadcast("thon", "05:30", "xa"), "an id that the station has"),
        (broadcast("xa", "05:30", "khong-co"), "a sound that nobody has"),
        (broadcast("xa", "02:30", "xa"), "outside the lawful hours"),
    ] {
        let bundle =
            Made::new(1, &[("schedules/xa.toml", &text), ("schedules/b.toml", "# b\n"), ("audio/xa.mp3", "one")]);
        let delivery = bench.install(&bundle.bytes()).unwrap();
        assert_eq!((delivery.fate, delivery.code.as_str()), (BundleFate::Refused, "bundle_check_refuses"), "{why}");
        assert!(delivery.vi.contains(".toml:"), "{why}: {}", delivery.vi);
        assert_eq!(bench.seen(), before, "{why}");
        assert_eq!(fs::read_dir(bench.path("audio")).unwrap().count(), 1, "nothing waits there: {why}");
    }
    // It has used no number up: mended, it is taken.
    assert_eq!(
        bench.code(&Made::new(1, &[("schedules/xa.toml", &good), ("audio/xa.mp3", "one")]).bytes()),
        "installed"
    );
}

#[test]
fn a_key_for_schedules_brings_neither_an_emergency_nor_other_hours() {
    let bench = Bench::new();
    let emergency = "[[broadcast]]\nid = \"lu\"\ntitle = \"Lũ\"\nclass = \"emergency\"\nby = \"Chủ tịch\"\nwhy = \"lũ\"\nat = \"02:30\"\nfrom = \"2026-12-01\"\nuntil = \"2026-12-02\"\nplay = \"xa\"\n";
    let rules = format!("[rules]\nhours = [\"00:00-24:00\"]\n{}", broadcast("xa", "02:30", "xa"));
    for (text, purpose) in [(emergency, Purpose::Emergency), (rules.as_str(), Purpose::Rules)] {
        let files = [("schedules/xa.toml", text), ("audio/xa.mp3", "one")];
        // It does not say what it brings; it says so, and its key may not.
        assert_eq!(bench.code(&Made::new(1, &files).bytes()), "bundle_unsaid");
        let said = Made { purposes: [Purpose::Schedule, purpose].into(), ..Made::new(1, &files) };
        assert_eq!(bench.code(&said.bytes()), "bundle_wrong_purpose");
        assert!(!bench.path("schedules/xa.toml").exists());
        let allowed = Made { signer: 12, ..said };
        assert_eq!(bench.code(&allowed.bytes()), "installed", "{text}");
        bench.code(&Made { signer: 12, ..Made::new(2, &[]) }.bytes());
        fs::remove_file(bench.path("state/bundle.json")).unwrap();
    }
}

#[test]
fn a_key_for_schedules_touches_no_words_of_an_alarm() {
    let bench = Bench::new();
    let words = [Purpose::Schedule, Purpose::Emergency];
    for file in ["audio/canh-bao-lu.kho.mp3", "audio/dien-tap.mp3"] {
        let bundle = Made::new(1, &[(file, "something else")]);
        assert_eq!(bench.code(&bundle.bytes()), "bundle_unsaid", "{file}");
        let said = Made { purposes: words.into(), ..bundle };
        assert_eq!(bench.code(&said.bytes()), "bundle_wrong_purpose", "{file}");
        assert!(!bench.path(file).exists());
    }
    let brought = Made { purposes: words.into(), signer: 12, ..Made::new(1, &[("audio/dien-tap.mp3", "a drill")]) };
    assert_eq!(bench.code(&brought.bytes()), "installed");
    // A week's schedules name them no more: they stay, and are its sender's still.
    assert_eq!(bench.code(&Made::new(2, &[]).bytes()), "installed");
    assert_eq!(bench.read("audio/dien-tap.mp3"), "a drill", "nor does it take them away");
    assert_eq!(bench.code(&Made { files: Vec::new(), version: 3, ..brought }.bytes()), "installed");
}

#[test]
fn a_sound_that_is_taken_away_while_it_waits_keeps_nothing_else_back() {
    let bench = Bench::new();
    let bundle = first().bytes();
    let waits = || {
        let entries = fs::read_dir(bench.path("audio")).unwrap().map(|entry| entry.unwrap().path());
        entries.filter(|path| path.extension().is_some_and(|ending| ending == "goi")).collect::<Vec<_>>()
    };
    for meddle in
        [(|path| fs::remove_file(path).unwrap()) as fn(&std::path::Path), |path| fs::write(path, "foreign").unwrap()]
    {
        let step = |what: &str| {
            if what == "state/bundle.json" {
                for path in &waits() {
                    meddle(path);
                }
            }
            Ok(())
        };
        let delivery = bench.with(&step, |installer| installer.install(&bundle[..], "tuan.loa")).unwrap();
        assert_eq!(delivery.fate, BundleFate::Installed);
        assert!(delivery.text().en.contains("missing: xa.mp3"), "{}", delivery.text().en);
        assert!(!bench.path("audio/xa.mp3").exists() && bench.path("schedules/xa.toml").exists() && waits().is_empty());
        // The same stick once more.
        assert_eq!(bench.code(&bundle), "installed");
        assert_eq!(bench.read("audio/xa.mp3"), "one");
        fs::remove_file(bench.path("audio/xa.mp3")).unwrap();
    }
}

#[test]
fn a_refusal_tells_the_stations_own_time() {
    let bench = Bench::new();
    assert_eq!(bench.code(&Made { version: 1_796_083_200, ..first() }.bytes()), "installed");
    let older = bench.install(&Made { version: 1_796_079_600, ..first() }.bytes()).unwrap();
    // Midnight in universal time is seven in the morning there.
    assert!(older.vi.contains("1796083200, 07:00 ngày 01/12/2026"), "{}", older.vi);
    assert!(older.vi.contains("1796079600, 06:00 ngày 01/12/2026"), "{}", older.vi);
}

#[test]
fn a_key_for_schedules_does_not_take_the_law_away_that_another_has_brought() {
    let bench = Bench::new();
    let rules = "[rules]\nhours = [\"06:00-07:00\", \"17:00-18:00\"]\n";
    let with = Made {
        purposes: [Purpose::Schedule, Purpose::Rules].into(),
        signer: 12,
        ..Made::new(1, &[("schedules/xa.toml", rules)])
    };
    assert_eq!(bench.code(&with.bytes()), "installed");
    assert_eq!(bench.code(&Made::new(2, &[]).bytes()), "bundle_unsaid");
    assert_eq!(bench.code(&Made::new(2, &[("schedules/xa.toml", "# nothing\n")]).bytes()), "bundle_unsaid");
    assert_eq!(bench.read("schedules/xa.toml"), rules);
    assert_eq!(bench.code(&Made { files: Vec::new(), version: 2, ..with }.bytes()), "installed");
}

#[test]
fn a_directory_in_the_place_of_a_file_is_told_before_anything_is_promised() {
    let bench = Bench::new();
    bench.install(&first().bytes()).unwrap();
    fs::remove_file(bench.path("schedules/xa.toml")).unwrap();
    fs::create_dir(bench.path("schedules/xa.toml")).unwrap();
    assert_eq!(bench.code(&Made { version: 2, ..first() }.bytes()), "bundle_name_taken");
    assert!(!BundleState::read(&bench.site).unwrap().is_underway());
}

#[test]
fn what_people_changed_by_hand_is_kept_as_a_version_and_the_next_bundle_wins() {
    let bench = Bench::new();
    bench.install(&first().bytes()).unwrap();
    let by_hand = broadcast("xa", "05:45", "xa");
    bench.write("schedules/xa.toml", &by_hand);
    // The same stick again: the hand's work stays.
    assert_eq!(bench.code(&first().bytes()), "again");
    assert_eq!(bench.read("schedules/xa.toml"), by_hand);
    let second = Made::new(2, &[("schedules/xa.toml", &broadcast("xa", "06:00", "xa")), ("audio/xa.mp3", "one")]);
    assert_eq!(bench.code(&second.bytes()), "installed");
    assert_eq!(bench.read("schedules/xa.toml"), broadcast("xa", "06:00", "xa"));
    let editor = Editor::new(bench.site.clone());
    let versions = editor.versions(&Asked { most: 10, ..Asked::default() }).unwrap();
    let hands: Vec<_> = versions.iter().filter(|version| version.how == How::ByHand).collect();
    assert_eq!(editor.whole(hands[0], false).unwrap().as_deref(), Some(by_hand.as_str()));
    assert_eq!(editor.notice(NOW).unwrap(), 0, "what a bundle wrote is nobody's hand");
}

#[test]
fn a_sound_that_people_put_in_the_place_of_one_is_kept_beside() {
    let bench = Bench::new();
    bench.install(&first().bytes()).unwrap();
    bench.write("audio/xa.mp3", "ours");
    let second = Made::new(2, &[("schedules/xa.toml", &broadcast("xa", "05:30", "xa")), ("audio/xa.mp3", "two")]);
    assert_eq!(bench.code(&second.bytes()), "installed");
    assert_eq!(
        (bench.read("audio/xa.mp3"), bench.read("state/replaced/xa.mp3")),
        ("two".to_owned(), "ours".to_owned())
    );
    // One that people changed, or play themselves by now, does not go with its bundle.
    bench.write("audio/xa.mp3", "ours");
    assert_eq!(bench.code(&Made::new(3, &[]).bytes()), "installed");
    assert_eq!(bench.read("audio/xa.mp3"), "ours");
}

#[test]
fn a_sound_that_somebody_else_plays_by_now_stays() {
    let bench = Bench::new();
    bench.install(&first().bytes()).unwrap();
    bench.write("schedules/thon.toml", &(broadcast("thon", "17:30", "thon") + &broadcast("thon-2", "18:00", "xa")));
    assert_eq!(bench.code(&Made::new(2, &[]).bytes()), "installed");
    assert_eq!(bench.read("audio/xa.mp3"), "one");
    assert!(!bench.path("schedules/xa.toml").exists());
}

#[test]
fn what_was_lost_is_put_back_by_the_same_bundle() {
    let bench = Bench::new();
    bench.install(&first().bytes()).unwrap();
    fs::remove_file(bench.path("schedules/xa.toml")).unwrap();
    fs::remove_file(bench.path("audio/xa.mp3")).unwrap();
    assert_eq!(bench.code(&first().bytes()), "installed");
    assert_eq!(
        (bench.read("audio/xa.mp3"), bench.read("schedules/xa.toml")),
        ("one".to_owned(), broadcast("xa", "05:30", "xa"))
    );
}

#[test]
fn links_in_the_stations_directories_lead_no_bundle_anywhere() {
    let bench = Bench::new();
    let elsewhere = tempfile::tempdir().unwrap();
    let target = elsewhere.path().join("target");
    fs::write(&target, "theirs").unwrap();
    for name in ["schedules/xa.toml", "audio/xa.mp3"] {
        symlink(&target, bench.path(name)).unwrap();
        assert_eq!(bench.code(&first().bytes()), "bundle_name_taken", "{name}");
        fs::remove_file(bench.path(name)).unwrap();
    }
    // One that takes the place of what was brought is replaced itself.
    bench.install(&first().bytes()).unwrap();
    for name in ["schedules/xa.toml", "audio/xa.mp3"] {
        fs::remove_file(bench.path(name)).unwrap();
        symlink(&target, bench.path(name)).unwrap();
    }
    let second = Made::new(2, &[("schedules/xa.toml", &broadcast("xa", "06:00", "xa")), ("audio/xa.mp3", "two")]);
    assert_eq!(bench.code(&second.bytes()), "installed");
    assert_eq!(fs::read(&target).unwrap(), b"theirs");
    assert_eq!(bench.read("audio/xa.mp3"), "two");
    assert!(fs::symlink_metadata(bench.path("schedules/xa.toml")).unwrap().is_file());
}

#[test]
fn damaged_memory_lets_nothing_in_and_says_so() {
    let bench = Bench::new();
    bench.install(&first().bytes()).unwrap();
    bench.write("state/bundle.json", "{");
    assert_eq!(bench.code(&Made::new(2, &[]).bytes()), "State");
    assert!(bench.path("schedules/xa.toml").exists());
}
