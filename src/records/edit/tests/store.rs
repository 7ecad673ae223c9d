//! The files of a station, several people, and what is kept of each change.

use std::collections::BTreeMap;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;

use super::*;
use crate::calendar::sample::at as instant;
use crate::edit::{Asked, Edit, Editor, For, How, Surroundings, moved, moved_for_good};
use crate::plan::Library;
use crate::plan::sample::{library, station};
use crate::site::Site;
use crate::station::{Station, ZoneIx};

pub(super) const MORNING: &str = "# sáng\n[[broadcast]]\nid = \"tin\"\ntitle = \"Bản tin\"\nat = \"05:30\"\nplay = \"tin\"\n\n[[broadcast]]\nid = \"ket\"\nat = \"05:33\"\nplay = \"ket\"\n\n[rules]\nhours = [\"05:00-06:30\", \"17:00-18:30\"]\n";

pub(super) struct Place {
    dir: tempfile::TempDir,
    station: Station,
    library: Library,
}

impl Place {
    pub(super) fn new(text: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("schedules")).unwrap();
        std::fs::write(dir.path().join(FILE), text).unwrap();
        Self { dir, station: station(2), library: library(&[("tin.mp3", 120), ("ket.mp3", 60)]) }
    }

    pub(super) fn path(&self) -> &Path {
        self.dir.path()
    }

    pub(super) fn editor(&self) -> Editor {
        Editor::new(Site::new(self.path()))
    }

    pub(super) fn world(&self) -> Surroundings<'_> {
        self.world_at("2026-11-30T12:00")
    }

    fn world_at(&self, now: &str) -> Surroundings<'_> {
        Surroundings { station: &self.station, library: &self.library, now: instant(now, &self.station.timezone) }
    }

    pub(super) fn text(&self) -> String {
        std::fs::read_to_string(self.path().join(FILE)).unwrap()
    }

    pub(super) fn seen(&self, name: &str) -> Target {
        let page = self.editor().read().unwrap().into_iter().find(|page| page.file == FILE).unwrap();
        let entry = page.entries.into_iter().find(|entry| entry.name == name).unwrap();
        Target { seen: Some(entry.digest), ..target(name) }
    }
}

fn edit(change: Change) -> Edit {
    Edit { changes: vec![change], seen: BTreeMap::new(), who: "bà Hai".to_owned(), how: How::Form }
}

pub(super) fn keys(at: Target, key: &str, value: Option<Value>) -> Edit {
    edit(Change::Keys { at, keys: vec![(key.to_owned(), value)] })
}

#[test]
fn a_change_is_checked_planned_written_and_kept_with_who_and_when() {
    let place = Place::new(MORNING);
    let done = place.editor().change(&keys(place.seen("tin"), "at", words(&["05:40"])), &place.world()).unwrap();
    assert_eq!(place.text(), MORNING.replace("05:30", "05:40"));
    assert_eq!(done.told.unwrap().vi, "«Bản tin»: giờ 05:30 thành 05:40");
    let (id, coming) = &done.coming[0];
    assert_eq!((id.as_str(), coming.len()), ("tin", 10));
    assert_eq!(coming[0].scheduled, instant("2026-12-01T05:40", &place.station.timezone));
    assert_eq!(coming[0].zones, [ZoneIx(0), ZoneIx(1)]);
    let versions = place.editor().versions(&Asked { most: 10, ..Asked::default() }).unwrap();
    let own = crate::site::account_name(crate::site::Folder::own_account());
    let listed: Vec<_> = versions.iter().map(|one| (one.who.as_str(), one.how, one.told.vi.as_str())).collect();
    assert_eq!(
        listed,
        [
            ("bà Hai", How::Form, "«Bản tin»: giờ 05:30 thành 05:40"),
            // What nobody saw made is by whoever the file belongs to.
            (own.as_str(), How::Found, "thấy tệp schedules/a.toml lần đầu")
        ]
    );
    assert_eq!(versions[0].at, place.world().now);
}

#[test]
fn save_without_a_change_writes_nothing_and_makes_no_version() {
    let place = Place::new(MORNING);
    place.editor().notice(place.world().now).unwrap();
    let before = std::fs::metadata(place.path().join(FILE)).unwrap().modified().unwrap();
    let done = place.editor().change(&keys(place.seen("tin"), "at", words(&["05:30"])), &place.world()).unwrap();
    assert!(done.told.is_none() && done.versions.is_empty());
    assert_eq!(std::fs::metadata(place.path().join(FILE)).unwrap().modified().unwrap(), before);
    assert_eq!(place.editor().versions(&Asked { most: 10, ..Asked::default() }).unwrap().len(), 1);
}

#[test]
fn a_change_that_brings_an_error_is_refused_with_the_words_of_the_check() {
    let place = Place::new(MORNING);
    for (key, value, code) in
        [("at", "25:00", "bad_time"), ("zones", "thon-9", "unknown_zone"), ("campaign", "x", "unknown_campaign")]
    {
        let refusal = place.editor().change(&keys(place.seen("tin"), key, word(value)), &place.world()).unwrap_err();
        assert_eq!((refusal.code, refusal.found[0].code), ("check_refuses", code));
        assert_eq!(place.text(), MORNING);
    }
    // Three in the morning is against the law of the place; the plan says so, with the nearest lawful time.
    let refusal = place.editor().change(&keys(place.seen("tin"), "at", word("03:15")), &place.world()).unwrap_err();
    assert!(refusal.message.vi.contains("05:00"), "{refusal:?}");
    assert_eq!(refusal.found[0].line, 2, "{refusal:?}");
    // A file that is wrong elsewhere already is no reason.
    let place = Place::new(&format!("{MORNING}\n[[broadcast]]\nid = \"hong\"\nat = \"26:00\"\nplay = \"x\"\n"));
    assert!(place.editor().change(&keys(place.seen("tin"), "at", word("05:31")), &place.world()).is_ok());
}

#[test]
fn a_slot_without_its_recording_is_a_warning() {
    let place = Place::new(MORNING);
    let new = table(&[
        ("title", Value::Text("Tiêm chủng".to_owned())),
        ("at", Value::Text("17:10".to_owned())),
        ("play", Value::Text("tiem".to_owned())),
    ]);
    let done = place.editor().change(&edit(Change::Add { keys: new }), &place.world()).unwrap();
    assert!(done.new.iter().any(|found| found.code == "sound_missing"), "{:?}", done.new);
    assert!(place.path().join("schedules/trang-web.toml").exists());
}

#[test]
fn a_meeting_of_two_is_told_in_the_words_of_the_plan_before_anything_is_written() {
    let place = Place::new(MORNING);
    let done = place.editor().try_out(&keys(place.seen("ket"), "at", word("05:31")), &place.world()).unwrap();
    let because = done.coming[0].1[0].because.clone().unwrap();
    assert!(because.said.vi.contains("chờ đến 05:32") && because.said.vi.contains("Bản tin"), "{because:?}");
    assert_eq!(place.text(), MORNING);
    assert!(!place.path().join("state/versions.db").exists());
}

#[test]
fn of_two_people_the_second_one_keeps_what_the_first_one_did_elsewhere_in_the_file() {
    let place = Place::new(MORNING);
    place.editor().notice(place.world().now).unwrap();
    let page = place.editor().read().unwrap().remove(0);
    let (first, second) = (place.seen("tin"), place.seen("ket"));
    place.editor().change(&keys(first, "at", word("05:40")), &place.world()).unwrap();
    let late = Edit { seen: BTreeMap::from([(FILE.to_owned(), page.digest)]), ..keys(second, "at", word("05:45")) };
    let done = place.editor().change(&late, &place.world()).unwrap();
    assert_eq!(done.merged[0].vi, "«Bản tin»: giờ 05:30 thành 05:40");
    assert_eq!(place.text(), MORNING.replace("05:30", "05:40").replace("05:33", "05:45"));
}

#[test]
fn of_two_people_at_one_entry_the_second_one_is_shown_both_and_nothing_is_lost() {
    let place = Place::new(MORNING);
    place.editor().notice(place.world().now).unwrap();
    let (first, second) = (place.seen("tin"), place.seen("tin"));
    place.editor().change(&keys(first, "at", word("05:40")), &place.world()).unwrap();
    let refusal = place.editor().change(&keys(second, "at", word("05:50")), &place.world()).unwrap_err();
    assert_eq!((refusal.code, refusal.message.vi.as_str()), ("changed_meanwhile", "bà Hai vừa sửa «Bản tin»"));
    let conflict = refusal.conflict.unwrap();
    let clash = &conflict.clashes[0];
    assert_eq!(
        [&clash.was, &clash.theirs, &clash.yours].map(|said| said.as_ref().map(|said| said.vi.as_str())),
        ["05:30", "05:40", "05:50"].map(Some)
    );
    let chosen = Target { seen: Some(conflict.now.digest), ..target("tin") };
    place.editor().change(&keys(chosen, "at", word("05:50")), &place.world()).unwrap();
    assert_eq!(place.text(), MORNING.replace("05:30", "05:50"));
}

#[test]
fn what_is_changed_by_hand_is_noticed_and_kept_and_told_in_words() {
    let place = Place::new(MORNING);
    assert_eq!(place.editor().notice(place.world().now).unwrap(), 0);
    std::fs::write(place.path().join(FILE), MORNING.replace("05:33", "05:35")).unwrap();
    assert_eq!(place.editor().notice(place.world().now).unwrap(), 1);
    assert_eq!(place.editor().notice(place.world().now).unwrap(), 0);
    let newest = place.editor().versions(&Asked { most: 1, ..Asked::default() }).unwrap().remove(0);
    assert_eq!((newest.how, newest.told.vi.as_str()), (How::ByHand, "«ket»: giờ 05:33 thành 05:35"));
    std::fs::write(place.path().join(FILE), "[[broadcast]\n").unwrap();
    place.editor().notice(place.world().now).unwrap();
    let (_, good) = place.editor().last_good(FILE).unwrap().unwrap();
    assert_eq!(good, MORNING.replace("05:33", "05:35"));
    let refusal = place.editor().change(&edit(set("tin", &[("at", word("05:31"))])), &place.world()).unwrap_err();
    assert_eq!(refusal.code, "broken_file");
    place.editor().change(&edit(Change::Whole { file: FILE.to_owned(), text: good.clone() }), &place.world()).unwrap();
    assert_eq!(place.text(), good);
    std::fs::remove_file(place.path().join(FILE)).unwrap();
    assert_eq!(place.editor().notice(place.world().now).unwrap(), 1);
    let newest = place.editor().versions(&Asked { most: 1, ..Asked::default() }).unwrap().remove(0);
    assert_eq!((newest.told.vi.as_str(), newest.after), ("xóa tệp schedules/a.toml", None));
}

#[test]
fn what_was_deleted_can_be_put_back_for_ninety_days_and_an_older_version_is_a_new_one() {
    let place = Place::new(MORNING);
    let editor = place.editor();
    editor.change(&edit(Change::Delete { at: place.seen("tin") }), &place.world()).unwrap();
    assert!(!place.text().contains("tin"));
    let gone = editor.deleted(place.world_at("2027-02-27T12:00").now).unwrap();
    assert_eq!(
        gone[0].1.before.as_deref(),
        Some("# sáng\n[[broadcast]]\nid = \"tin\"\ntitle = \"Bản tin\"\nat = \"05:30\"\nplay = \"tin\"\n")
    );
    assert!(editor.deleted(place.world_at("2027-03-02T12:00").now).unwrap().is_empty());
    let back = editor.restore(&gone[0].0, &gone[0].1, true).unwrap();
    editor.change(&edit(back), &place.world()).unwrap();
    assert!(place.text().contains("# sáng\n[[broadcast]]\nid = \"tin\"\ntitle = \"Bản tin\"\nat = \"05:30\"\n"));
    editor.change(&keys(place.seen("tin"), "at", word("05:50")), &place.world()).unwrap();
    let asked = Asked { entry: Some((Of::Broadcast, "tin".to_owned())), most: 9, ..Asked::default() };
    let versions = editor.versions(&asked).unwrap();
    assert_eq!(versions.len(), 3);
    let newest = editor.version(versions[0].seq).unwrap().unwrap();
    let undo = editor.restore(&newest, &newest.parts[0], true).unwrap();
    editor.change(&edit(undo), &place.world()).unwrap();
    assert!(place.text().contains("at = \"05:30\"\n"));
    assert_eq!(editor.versions(&asked).unwrap().len(), 4);
}

#[test]
fn bytes_owner_and_mode_stay_links_are_refused_and_utf16_stays_utf16() {
    let place = Place::new(MORNING);
    let file = place.path().join(FILE);
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o640)).unwrap();
    let wide: Vec<u8> = [0xff, 0xfe]
        .into_iter()
        .chain(
            MORNING
                .replace("\"tin\"", "\"rong\"")
                .replace("\"ket\"", "\"ket2\"")
                .replace("[rules]\nhours", "# hours")
                .encode_utf16()
                .flat_map(u16::to_le_bytes),
        )
        .collect();
    std::fs::write(place.path().join("schedules/b.toml"), &wide).unwrap();
    symlink(&file, place.path().join("schedules/c.toml")).unwrap();
    place.editor().change(&keys(place.seen("tin"), "at", word("05:40")), &place.world()).unwrap();
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o640);
    let at = Target { file: "schedules/b.toml".to_owned(), ..target("rong") };
    place.editor().change(&keys(at, "at", word("05:42")), &place.world()).unwrap();
    let text: Vec<u8> = std::fs::read(place.path().join("schedules/b.toml")).unwrap();
    let changed: Vec<usize> = (0..wide.len()).filter(|at| wide[*at] != text[*at]).collect();
    assert_eq!((text.len(), changed.len()), (wide.len(), 2), "30 became 42, and nothing else");
    let at = Target { file: "schedules/c.toml".to_owned(), ..target("tin") };
    let refusal = place.editor().change(&keys(at, "at", word("05:42")), &place.world()).unwrap_err();
    assert_eq!(refusal.code, "file_refused");
}

#[test]
fn a_hamlet_is_quiet_until_six_and_the_plan_says_why() {
    let place = Place::new(&MORNING.replace("05:33", "17:10"));
    let quiet = Change::Quiet {
        from: at("2026-11-30T14:05:00"),
        until: at("2026-11-30T18:00:00"),
        zones: For::Zones(vec!["thon-2".to_owned()]),
        why: "tang lễ".to_owned(),
    };
    let done = place.editor().change(&edit(quiet), &place.world()).unwrap();
    let found = done.new.iter().find(|found| found.code == "day_cancelled").unwrap();
    assert_eq!(
        found.message.vi,
        "nghỉ phát từ 14:05 ngày 30/11/2026 đến 18:00 ngày 30/11/2026 (1 lượt không phát): tang lễ"
    );
    let done = place.editor().try_out(&keys(place.seen("ket"), "wait", word("5m")), &place.world()).unwrap();
    let rows: Vec<_> = done.coming[0].1.iter().take(3).map(|row| (row.zones.clone(), row.reason)).collect();
    assert_eq!(rows[0], (vec![ZoneIx(0)], None));
    assert_eq!(rows[1], (vec![ZoneIx(1)], Some("cancelled_day")));
    assert_eq!(rows[2], (vec![ZoneIx(0), ZoneIx(1)], None));
}

#[test]
fn one_occurrence_is_moved_and_the_plan_follows() {
    let place = Place::new(MORNING);
    let moved = Change::Move { at: place.seen("tin"), when: at("2026-12-02T05:30:00"), to: at("2026-12-02T17:00:00") };
    let done = place.editor().change(&edit(moved), &place.world()).unwrap();
    let times: Vec<String> = done.coming[0]
        .1
        .iter()
        .take(3)
        .map(|row| row.scheduled.zoned(&place.station.timezone).datetime().to_string())
        .collect();
    assert_eq!(times, ["2026-12-01T05:30:00", "2026-12-02T17:00:00", "2026-12-03T05:30:00"]);
}

#[test]
fn a_whole_session_is_moved_once_or_for_good() {
    let place = Place::new(MORNING);
    let (editor, world) = (place.editor(), place.world());
    let done = editor.try_out(&Edit { changes: Vec::new(), ..edit(set("tin", &[])) }, &world).unwrap();
    let sources: Vec<_> = done
        .texts
        .iter()
        .map(|(path, text)| crate::diag::SourceFile { path: path.clone(), text: text.clone() })
        .collect();
    let today = "2026-11-30".parse().unwrap();
    let (schedule, _) = crate::schedule::check(&sources, &place.station, crate::schedule::Reading { today });
    let [at, to] = ["2026-12-01T05:30", "2026-12-01T17:00"].map(|at| instant(at, &place.station.timezone));
    let once = Edit { changes: moved(&world, &schedule, ZoneIx(0), at, to), ..edit(set("tin", &[])) };
    assert_eq!(once.changes.len(), 2);
    let done = editor.try_out(&once, &world).unwrap();
    let text = &done.texts[FILE];
    assert!(text.contains("also = [2026-12-01T17:00:00]") && text.contains("also = [2026-12-01T17:03:00]"), "{text}");
    let changes = moved_for_good(&world, &schedule, &done.texts, (ZoneIx(0), at, to));
    assert_eq!(changes.unwrap().len(), 2);
    let for_good = moved_for_good(&world, &schedule, &texts(MORNING), (ZoneIx(0), at, to)).unwrap();
    editor.change(&Edit { changes: for_good, ..once }, &world).unwrap();
    assert_eq!(place.text(), MORNING.replace("05:30\"\np", "17:00\"\np").replace("05:33", "17:03"));
}
