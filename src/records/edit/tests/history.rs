//! The history of the files: bounded, listed by index, whole after a power cut, and never in the way.

use std::time::Duration;

use super::store::{MORNING, Place, keys};
use super::*;
use crate::edit::versions::{New, VERSIONS_MOST, WHOLE_BYTES_MOST};
use crate::edit::{Asked, Digest, How, Versions};
use crate::instant::Wall;
use crate::site::Site;

#[test]
fn a_power_cut_between_the_version_and_the_file_leaves_all_or_nothing() {
    let place = Place::new(MORNING);
    let editor = place.editor();
    editor.notice(place.world().now).unwrap();
    let new = MORNING.replace("05:30", "05:40");
    let told = crate::diag::text!("x", "x");
    let begin = |after: &str| {
        let mut versions = Versions::open(&Site::new(place.path()).versions()).unwrap();
        let one = |file, before, after| New {
            at: Wall::from_secs(9),
            who: "x",
            how: How::Form,
            file,
            before,
            after,
            told: &told,
            parts: &[],
            done: false,
        };
        versions.write(&[one(FILE, Some(MORNING), Some(after)), one("schedules/z.toml", None, Some("# z\n"))]).unwrap();
    };
    begin(&new);
    editor.notice(place.world().now).unwrap();
    assert_eq!(place.text(), MORNING, "none of it was written: it never was");
    begin(&new);
    std::fs::write(place.path().join(FILE), &new).unwrap();
    assert_eq!(editor.notice(place.world().now).unwrap(), 0, "it is nobody's change by hand");
    assert_eq!(std::fs::read_to_string(place.path().join("schedules/z.toml")).unwrap(), "# z\n", "the rest followed");
    let newest = editor.versions(&Asked { most: 9, ..Asked::default() }).unwrap();
    assert_eq!(newest.len(), 3);
}

#[test]
fn a_damaged_history_is_set_aside_and_keeps_nobody_from_a_change() {
    let place = Place::new(MORNING);
    std::fs::create_dir(place.path().join("state")).unwrap();
    std::fs::write(
        place.path().join("state/versions.db"),
        "no database at all, and long enough to be looked at as one".repeat(50),
    )
    .unwrap();
    assert!(place.editor().change(&keys(place.seen("tin"), "at", word("05:40")), &place.world()).is_ok());
    assert!(place.path().join("state/versions.db.damaged").exists());
}

#[test]
fn ten_thousand_versions_are_listed_by_index_and_the_oldest_go_when_there_are_too_many() {
    let place = Place::new(MORNING);
    let mut versions = Versions::open(&Site::new(place.path()).versions()).unwrap();
    let told = crate::diag::text!("giờ", "time");
    let part = |name: &str| crate::edit::Part {
        of: Of::Broadcast,
        name: name.to_owned(),
        title: "T".to_owned(),
        before: Some("a".repeat(100)),
        after: None,
        behind: None,
    };
    let names: Vec<String> = (0..100).map(|number| format!("b{number}")).collect();
    let parts: Vec<_> = names.iter().map(|name| [part(name)]).collect();
    let texts: Vec<String> = (0..VERSIONS_MOST + 500).map(|number| format!("# {number}\n")).collect();
    let new: Vec<New<'_>> = texts
        .iter()
        .enumerate()
        .map(|(number, text)| New {
            at: Wall::from_secs(1_000_000 + number as i64),
            who: "x",
            how: How::Form,
            file: if number % 7 == 0 { "schedules/b.toml" } else { FILE },
            before: None,
            after: Some(text),
            told: &told,
            parts: &parts[number % 100],
            done: true,
        })
        .collect();
    versions.write(&new[..10_000]).unwrap();
    let page = versions.list(&Asked { most: 50, ..Asked::default() }).unwrap();
    assert_eq!((page.len(), page[0].seq, page[49].seq), (50, 10_000, 9_951));
    let next = versions.list(&Asked { most: 50, before: Some(9_951), ..Asked::default() }).unwrap();
    assert_eq!(next[0].seq, 9_950);
    let of =
        versions.list(&Asked { entry: Some((Of::Broadcast, "b7".to_owned())), most: 200, ..Asked::default() }).unwrap();
    assert_eq!(of.len(), 100);
    for sql in [
        "SELECT * FROM version WHERE done = 1 AND seq < 9000 ORDER BY seq DESC LIMIT 50",
        "SELECT * FROM version WHERE done = 1 AND seq IN (SELECT seq FROM part WHERE kind = 'broadcast' AND name = 'b7') ORDER BY seq DESC LIMIT 50",
        "SELECT * FROM version WHERE done = 1 AND file = 'schedules/b.toml' ORDER BY seq DESC LIMIT 50",
    ] {
        let plan = versions.plan_of(sql);
        assert!(!plan.contains("SCAN part") && !plan.contains("B-TREE"), "{sql}: {plan}");
    }
    versions.write(&new[10_000..]).unwrap();
    let page = versions.list(&Asked { most: 1, ..Asked::default() }).unwrap();
    assert_eq!(page[0].seq, (VERSIONS_MOST + 500) as i64);
    let oldest = versions.list(&Asked { most: 9, before: Some(510), ..Asked::default() }).unwrap();
    assert_eq!(oldest.last().map(|one| one.seq), Some(501), "five hundred are over");
    // Two years later all but the newest of each file is too old.
    let late = New { at: Wall::from_secs(1_000_000) + Duration::from_hours(24 * 1_000), ..new[0].clone() };
    versions.write(&[late]).unwrap();
    assert_eq!(versions.list(&Asked { most: 200, ..Asked::default() }).unwrap().len(), 2);
}

#[test]
fn whole_texts_are_bounded_and_the_newest_stay() {
    let place = Place::new(MORNING);
    let mut versions = Versions::open(&Site::new(place.path()).versions()).unwrap();
    let told = crate::diag::text!("x", "x");
    let texts: Vec<String> = (0..40).map(|number| format!("{number}{}", "#".repeat(1 << 20))).collect();
    for text in &texts {
        let one = New {
            at: Wall::from_secs(1_000_000),
            who: "x",
            how: How::Form,
            file: FILE,
            before: None,
            after: Some(text),
            told: &told,
            parts: &[],
            done: true,
        };
        versions.write(&[one]).unwrap();
    }
    let kept = texts.iter().filter(|text| versions.whole(&Digest::of(text.as_bytes())).unwrap().is_some()).count();
    assert!(kept as i64 <= WHOLE_BYTES_MOST >> 20 && kept > 20, "{kept}");
    assert!(versions.whole(&Digest::of(texts[39].as_bytes())).unwrap().is_some());
}

#[test]
fn it_is_known_when_a_broadcast_was_last_changed_and_what_was_changed_with_it() {
    let place = Place::new(MORNING);
    let (editor, now) = (place.editor(), place.world().now);
    let done = editor.change(&keys(place.seen("tin"), "at", word("05:40")), &place.world()).unwrap();
    let history = editor.history().unwrap();
    assert_eq!(history.touched(now).unwrap(), BTreeMap::from([("tin".to_owned(), now)]));
    assert!(history.touched(now + Duration::from_secs(1)).unwrap().is_empty());
    let together = history.together(done.versions[0]).unwrap();
    assert_eq!((together.len(), together[0].parts[0].name.as_str()), (1, "tin"));
    assert!(history.together(-1).unwrap().is_empty());
}
