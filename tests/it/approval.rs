//! Nothing that nobody approved is heard: in the plan, in a simulation, in the samples, and from the daemon itself, whatever
//! is done to the files on the disk.

use std::os::unix::fs::MetadataExt as _;
use std::time::{Duration, UNIX_EPOCH};

use loa::clock::Clock as _;
use loa::edit::{Change, Edit, Editor, How, Surroundings, Value};
use loa::machine::MachineClock;
use loa::site::Site;
use serde_json::{Value as Json, json};

use crate::kit::{Said, Station, asked_by_another, broadcast_at, loa_as_another, whole_second_in};

const ASKED: &str = "approval = \"required\"\n[zones.thon-1]\noutput = \"null\"\n";
const ANY_HOUR: &str = "[rules]\nhours = [\"00:00-24:00\"]\n";

/// Every day.
fn broadcast(id: &str, at: &str, play: &str, more: &str) -> String {
    format!("[[broadcast]]\nid = \"{id}\"\nat = \"{at}\"\nplay = [{play}]\n{more}\n")
}

fn station(schedule: &str) -> Station {
    let station = Station::new();
    station.tone("a.wav", 0.4, 440.0).tone("b.wav", 0.4, 880.0);
    station.write("loa.toml", ASKED).write("schedules/a.toml", &format!("{ANY_HOUR}{schedule}"));
    station
}

#[test]
fn where_loa_toml_cannot_be_read_or_holds_what_it_should_not_nothing_slips_through() {
    let station = station(&broadcast("x", "12:00", "\"a\"", ""));
    let verdicts = || {
        let rows = station.loa(&["plan", "--json", "--from", "2026-12-07", "--to", "2026-12-08"]).rows();
        rows.iter().map(|row| format!("{} {}", row["verdict"], row["reason"])).collect::<Vec<_>>()
    };
    let old = b"approval = \"required\"\n[zones.thon-1]\ntitle = \"Th\xf4n 1\"\n";
    for bytes in [&old[..], b"\xff\xfea", b"PK\x03\x04", &[0; 64]] {
        std::fs::write(station.dir().join("loa.toml"), bytes).unwrap();
        assert_eq!(verdicts(), ["\"refuse\" \"not_approved\""], "{bytes:?}");
    }
    // Hours that are written where nobody reads them are not known, so none is lawful; until they are where they belong.
    let rules = "[rules]\nhours = [\"05:00-06:30\"]\n";
    station.write("loa.toml", &format!("[zones.thon-1]\noutput = \"null\"\n{rules}"));
    station.write("schedules/a.toml", &broadcast("x", "12:00", "\"a\"", ""));
    let found = verdicts();
    assert!(found.len() == 1 && found[0].starts_with("\"refuse\" \"outside_hours"), "{found:?}");
    station.write("schedules/a.toml", &format!("{ANY_HOUR}{}", broadcast("x", "12:00", "\"a\"", "")));
    assert_eq!(verdicts(), ["\"play\" null"]);
}

fn waiting(station: &Station, id: &str) -> Option<Json> {
    station.loa(&["approve", "--json"]).rows().into_iter().find(|row| row["broadcast"] == id)
}

fn digest(station: &Station, id: &str) -> String {
    waiting(station, id).expect("it waits")["digest"].as_str().unwrap().to_owned()
}

fn approve(station: &Station, id: &str, digest: &str) -> Json {
    station.order(&json!({"command": "approve", "broadcast": id, "digest": digest, "by": "Bà Hai"}))
}

/// The form adds a broadcast, in the name of a person.
fn written_by(station: &Station, who: &str, id: &str, at: &str, play: &str) {
    let editor = Editor::new(Site::new(station.dir()));
    let (here, library) = (loa::station::Station::default(), loa::plan::Library::default());
    let world = Surroundings { station: &here, library: &library, now: MachineClock.wall() };
    let text = |text: &str| Value::Text(text.to_owned());
    // Its id is made of its title.
    let keys = [("title", text(id)), ("at", text(at)), ("play", text(play))];
    let keys = keys.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
    let edit = Edit {
        changes: vec![Change::Add { keys }],
        seen: std::collections::BTreeMap::default(),
        who: who.to_owned(),
        how: How::Form,
    };
    editor.change(&edit, &world).unwrap();
}

fn is_silent(station: &Station, from: &str, to: &str) -> bool {
    let out = station.path("nghe.wav");
    let said = station.loa(&["render", "--from", from, "--to", to, "--out", out.to_str().unwrap()]);
    assert_eq!(said.code, 0, "{said:?}");
    let mut wav = hound::WavReader::open(&out).unwrap();
    let loud = match wav.spec().sample_format {
        hound::SampleFormat::Int => wav.samples::<i32>().any(|sample| sample.unwrap() != 0),
        hound::SampleFormat::Float => wav.samples::<f32>().any(|sample| sample.unwrap() != 0.0),
    };
    std::fs::remove_file(out).unwrap();
    !loud
}

#[test]
#[ignore = "long"]
fn what_waits_is_silent_in_every_preview_and_every_command_says_so() {
    let station = station(&broadcast("a", "05:30", "\"a\"", ""));
    let window = ["--from", "2026-12-01T05:29", "--to", "2026-12-01T05:32"];
    let plan = station.loa(&[&["plan", "--json"][..], &window].concat()).rows();
    assert_eq!((&plan[0]["verdict"], &plan[0]["reason"]), (&json!("refuse"), &json!("not_approved")));
    assert!(plan[0]["because"].as_str().unwrap().contains("nobody has approved it yet"), "{plan:?}");
    let rows = station.loa(&[&["simulate", "--json"][..], &window].concat()).rows();
    let row = rows.iter().find(|row| row["kind"] == "airing").unwrap();
    assert_eq!((&row["outcome"], &row["reason"]), (&json!("refused"), &json!("not_approved: never")));
    assert!(is_silent(&station, window[1], window[3]));
    let found = station.loa(&["check", "--json"]).rows();
    let told = found.iter().find(|one| one["code"] == "not_approved").expect("check says what waits");
    assert_eq!((&told["severity"], &told["line"]), (&json!("warning"), &json!(3)));
    assert!(told["message"].as_str().unwrap().contains("has to be approved before 05:30"), "{told}");
    let row = waiting(&station, "a").unwrap();
    assert_eq!((&row["reason"], &row["missing"]), (&json!("never"), &json!([])));
    assert_eq!(row["sounds"][0]["file"], "a.wav");
    // Not asked for, nothing is said and nothing is held back.
    station.write("loa.toml", &ASKED.replace("required", "none"));
    assert!(!is_silent(&station, window[1], window[3]));
    let said = station.loa(&["approve"]);
    assert!(said.code == 1 && said.err.contains("asks for no approvals"), "{said:?}");
    // What cannot be read asks for one.
    station.write("loa.toml", &ASKED.replace("\"required\"", "\"yess\""));
    assert!(is_silent(&station, window[1], window[3]));
}

#[test]
fn whoever_may_only_read_the_station_reads_what_waits_and_is_told_what_he_cannot_see() {
    let station = station(&broadcast("a", "05:30", "\"a\"", ""));
    assert!(waiting(&station, "a").is_some(), "the sounds are known");
    let Some(said) = loa_as_another(&station, &["approve"]) else { return };
    assert_eq!(said.code, 1, "{said:?}");
    assert!(said.out.contains("to be approved before") && said.err.contains("cannot see who changed"), "{said:?}");
    let refused = loa_as_another(&station, &["approve", "a"]).unwrap();
    assert_eq!(refused.code, 77, "who has touched what has to be seen before one decides: {refused:?}");
}

#[test]
#[ignore = "long"]
fn the_files_are_attacked_after_an_approval_and_nothing_unapproved_is_heard() {
    let at = |seconds| whole_second_in(seconds);
    let (edited, swapped, good) = (at(45), at(48), at(51));
    let schedule = |play: &str| {
        [
            broadcast_at("sua", edited, play, ""),
            broadcast_at("trao", swapped, "\"b\"", ""),
            broadcast_at("dung", good, "\"c\"", ""),
        ]
        .concat()
    };
    let station = station(&schedule("\"c\""));
    station.tone("c.wav", 0.4, 660.0);
    let daemon = station.run();
    let digests: Vec<String> = ["sua", "trao", "dung"].iter().map(|id| digest(&station, id)).collect();
    for (id, digest) in ["sua", "trao", "dung"].iter().zip(&digests) {
        // The daemon has to have examined the sounds.
        daemon.wait_until("it is approved", || approve(&station, id, digest)["status"]["kind"] == "approve");
    }
    assert!(waiting(&station, "sua").is_none(), "it is approved");
    // By hand, after the approval.
    station.write("schedules/a.toml", &format!("{ANY_HOUR}# thêm một dòng\n{}", schedule("\"a\"")));
    // The same name, the same size, the same date.
    let file = station.path("audio/b.wav");
    let meta = std::fs::metadata(&file).unwrap();
    let mut bytes = std::fs::read(&file).unwrap();
    bytes[200..].iter_mut().for_each(|byte| *byte = byte.wrapping_add(1));
    std::fs::write(&file, &bytes).unwrap();
    let handle = std::fs::File::options().write(true).open(&file).unwrap();
    handle.set_modified(UNIX_EPOCH + Duration::new(meta.mtime() as u64, meta.mtime_nsec() as u32)).unwrap();
    assert_eq!(std::fs::metadata(&file).unwrap().len(), meta.len());
    // The old approval once more, for what is another by now.
    daemon.wait_until("the edit is seen", || waiting(&station, "sua").is_some());
    daemon.wait_until("the daemon has it too", || approve(&station, "sua", &digests[0])["answer"] == "refused");
    let airings = || -> Vec<Json> {
        let rows = station.loa(&["journal", "--json"]).rows();
        rows.into_iter().filter(|row| row["kind"] == "airing").collect()
    };
    daemon.wait_until("all is over", || airings().len() == 3);
    let rows = airings();
    let of = |id: &str| rows.iter().find(|row| row["broadcast"] == id).unwrap();
    assert_eq!((&of("sua")["outcome"], &of("sua")["reason"]), (&json!("refused"), &json!("not_approved: changed")));
    assert_ne!(of("trao")["outcome"], "played", "{}", of("trao"));
    assert_eq!(of("trao")["seconds_played"].as_f64(), Some(0.0));
    assert_eq!(of("dung")["outcome"], "played", "{}", of("dung"));
    assert!(of("dung")["approved_by"].as_str().unwrap().starts_with("Bà Hai ("), "{}", of("dung"));
    assert_eq!(daemon.end(), 0);
    assert_eq!(station.loa(&["journal", "verify"]).code, 0);
}

#[test]
fn an_approval_outlives_a_restart_and_not_yesterday_s_journal() {
    let station = station(&broadcast("a", "05:30", "\"a\"", ""));
    let daemon = station.run();
    let was = digest(&station, "a");
    daemon.wait_until("it is approved", || approve(&station, "a", &was)["answer"] == "done");
    daemon.wait_until("it is written", || waiting(&station, "a").is_none());
    assert_eq!(daemon.end(), 0);
    let journal = station.path("state/journal.db");
    let yesterday = std::fs::read(&journal).unwrap();
    let daemon = station.run();
    assert!(waiting(&station, "a").is_none(), "a restart changes nothing");
    // Today it is another, and that is approved.
    station.write("schedules/a.toml", &format!("{ANY_HOUR}{}", broadcast("a", "05:31", "\"a\"", "")));
    let answer = || waiting(&station, "a").map(|row| approve(&station, "a", row["digest"].as_str().unwrap()));
    daemon.wait_until("the new one is approved", || answer().is_some_and(|answer| answer["answer"] == "done"));
    daemon.wait_until("it is written", || waiting(&station, "a").is_none());
    assert_eq!(daemon.end(), 0);
    // Yesterday's file and yesterday's journal.
    station.write("schedules/a.toml", &format!("{ANY_HOUR}{}", broadcast("a", "05:30", "\"a\"", "")));
    let row = waiting(&station, "a").expect("the newest decision is on the other");
    assert_eq!(row["reason"], "changed");
    std::fs::write(&journal, &yesterday).unwrap();
    for log in ["-wal", "-shm"] {
        let _ = std::fs::remove_file(station.path(&format!("state/journal.db{log}")));
    }
    let daemon = station.run();
    let row = waiting(&station, "a").expect("the journal is another than the station had left");
    assert_eq!(row["reason"], "never");
    let plan = station.loa(&["plan", "--json", "--from", "2026-12-01T05:29", "--to", "2026-12-01T05:32"]).rows();
    assert_eq!(plan[0]["reason"], "not_approved");
    assert_eq!(daemon.end(), 0);
}

#[test]
fn whoever_wrote_it_cannot_approve_it_another_can_and_paper_serves_once() {
    let station = station("");
    written_by(&station, "Trần Văn Nam", "tin", "05:30", "a");
    written_by(&station, "Trần Văn Nam", "hop", "17:00", "b");
    let says = |said: &Said, words: &str| said.out.contains(words) || said.err.contains(words);
    let row = waiting(&station, "tin").unwrap_or_else(|| {
        panic!(
            "{:?} {:?}",
            std::fs::read_to_string(station.path("schedules/trang-web.toml")),
            station.loa(&["approve"])
        )
    });
    // The sounds lie there by the account of whoever runs this; only that one is also at the machine.
    let changed: Vec<&str> = row["changed_by"].as_array().unwrap().iter().filter_map(Json::as_str).collect();
    assert!(changed.contains(&"Trần Văn Nam") && changed.len() == 2, "{changed:?}");
    let own = station.loa(&["approve", "tin", "--by", "tran van nam"]);
    assert!(own.code == 1 && says(&own, "cannot approve it himself"), "{own:?}");
    let account = station.loa(&["approve", "tin", "--by", "Bà Hai"]);
    assert!(
        account.code == 1 && says(&account, "cannot approve it himself"),
        "its account put the sound there: {account:?}"
    );
    // A slip, for whoever is not at the machine; printed without a daemon.
    let slip = station.loa(&["approve", "tin", "--slip", "--lang", "vi"]);
    assert!(slip.code == 0 && says(&slip, "PHIẾU DUYỆT MỤC PHÁT") && says(&slip, "MÃ DUYỆT: "), "{slip:?}");
    let code = slip.out.split("MÃ DUYỆT: ").nth(1).unwrap()[..9].to_owned();
    let wrong = station.loa(&["approve", "--code", "AAAA-BBBB", "--by", "Bà Hai"]);
    assert!(wrong.code == 1 && says(&wrong, "no slip has this code"), "{wrong:?}");
    let entered = station.loa(&["approve", "--code", &code, "--by", "Bà Hai"]);
    assert!(
        entered.code == 1 && says(&entered, "cannot approve it himself"),
        "nor may who touched it enter it: {entered:?}"
    );
    let unknown = station.loa(&["approve", "khong-co"]);
    assert!(unknown.code == 2 && says(&unknown, "no broadcast with the id"), "{unknown:?}");
    let nothing = station.loa(&["approve", "--slip"]);
    assert_eq!(nothing.code, 2, "{nothing:?}");
    // Somebody else put the sounds there: only an administrator can make it so.
    let given =
        ["a.wav", "b.wav"].map(|file| std::os::unix::fs::chown(station.path("audio").join(file), Some(65_533), None));
    if given.iter().any(Result::is_err) {
        eprintln!("not run by an administrator: who else may approve is not tried");
        return;
    }
    let asleep = station.loa(&["approve", "tin", "--by", "Bà Hai"]);
    assert!(asleep.code == 74 && says(&asleep, "loa run"), "an approval is an order: {asleep:?}");
    let daemon = station.run();
    let stale = station.loa(&["approve", "tin", "--by", "Bà Hai", "--digest", "00000000-00000000"]);
    assert!(stale.code == 1 && says(&stale, "has changed since"), "{stale:?}");
    daemon.wait_until("the sounds are known", || {
        let said = station.loa(&["approve", "tin", "--by", "Bà Hai", "--return", "x"]);
        said.code == 0
    });
    let returned = station.loa(&["approve", "tin", "--by", "Bà Hai", "--return", "xin đọc chậm hơn"]);
    assert!(returned.code == 0 && says(&returned, "Returned: \"tin\""), "{returned:?}");
    daemon.wait_until("it is written", || waiting(&station, "tin").unwrap()["note"] == "xin đọc chậm hơn");
    assert_eq!(waiting(&station, "tin").unwrap()["reason"], "returned");
    let done = station.loa(&["approve", "tin", "--by", "Bà Hai"]);
    assert!(done.code == 0 && says(&done, "Approved: \"tin\""), "{done:?}");
    daemon.wait_until("it is written", || waiting(&station, "tin").is_none());
    assert!(says(&station.loa(&["approve", "tin"]), "approved as it is"));
    let slip = |id: &str| station.loa(&["approve", id, "--slip", "--json"]).json()["code"].as_str().unwrap().to_owned();
    let code = slip("hop");
    let entered = station.loa(&["approve", "--code", &code, "--by", "Ông Năm", "--json"]);
    assert_eq!((entered.code, &entered.json()["kind"]), (0, &json!("approve")), "{entered:?}");
    let again = station.loa(&["approve", "--code", &code, "--by", "Ông Năm"]);
    assert!(again.code == 1 && says(&again, "entered before"), "{again:?}");
    daemon.wait_until("it is written", || waiting(&station, "hop").is_none());
    let rows = station.loa(&["journal", "--json"]).rows();
    let note = rows.iter().rev().find(|row| row["broadcast"] == "hop").unwrap();
    let reason = note["reason"].as_str().unwrap();
    assert!(reason.starts_with("approved: v1:") && reason.contains(": Ông Năm: paper: "), "{reason}");
    assert_eq!((&note["approved_by"], &note["audio"][0]["file"]), (&json!("Ông Năm"), &json!("b.wav")));
    // What was moved since is told in words, and a slip of before is void.
    let text = std::fs::read_to_string(station.path("schedules/trang-web.toml")).unwrap();
    station.write("schedules/trang-web.toml", &text.replace("17:00", "17:15"));
    let row = waiting(&station, "hop").unwrap();
    assert_eq!((&row["reason"], &row["changes"][0]["vi"]), (&json!("changed"), &json!("giờ 17:00 thành 17:15")));
    let old = slip("hop");
    station.write("schedules/trang-web.toml", &text.replace("17:00", "17:30"));
    let void = station.loa(&["approve", "--code", &old, "--by", "Ông Năm"]);
    assert!(void.code == 1 && says(&void, "void"), "{void:?}");
    // What was changed by hand, by whom the file belongs to.
    let own = station.loa(&["approve", "hop", "--by", "Bà Hai"]);
    assert!(own.code == 1 && says(&own, "cannot approve it himself"), "{own:?}");
    assert_eq!(daemon.end(), 0);
}

#[test]
fn an_account_of_the_group_decides_for_itself_alone() {
    let station = station(&broadcast("a", "05:30", "\"a\"", ""));
    let daemon = station.run();
    let digest = digest(&station, "a");
    let ask = |more: &str| {
        let line = format!("{{\"broadcast\":\"a\",\"digest\":\"{digest}\",{more}}}");
        asked_by_another(&station, &line)
    };
    for forged in [
        r#""command":"approve","by":"Bà Hai""#,
        r#""command":"approve","by":"Bà Hai","entered_by":"""#,
        r#""command":"return","by":"Bà Hai","note":"x""#,
    ] {
        let Some(answer) = ask(forged) else { return };
        assert!(answer.contains("refused") && answer.contains("không"), "{forged}: {answer}");
    }
    for forged in
        [r#"{"command":"mark","what":"agreed","title":"Lũ","by":"Bà Hai"}"#, r#"{"command":"confirm","by":"Bà Hai"}"#]
    {
        assert!(asked_by_another(&station, forged).unwrap().contains("refused"), "{forged}");
    }
    assert!(waiting(&station, "a").is_some(), "nothing was decided");
    // In its own name it may, and what horns are to say is taken on any name.
    daemon.wait_until("its own word is taken", || ask(r#""command":"approve""#).unwrap().contains("done"));
    let stop = asked_by_another(&station, r#"{"command":"stop","by":"Bà Hai"}"#).unwrap();
    assert!(stop.contains("done"), "{stop}");
    daemon.wait_until("the account stands beside the name", || {
        let rows = station.loa(&["journal", "--json"]).rows();
        let has = |reason: &str| rows.iter().any(|row| row["reason"].as_str().is_some_and(|own| own.contains(reason)));
        has("Bà Hai (") && has("approved: ")
    });
}

#[test]
fn an_account_approves_nothing_that_it_may_have_changed_whatever_program_it_asks_with() {
    let station = station(&broadcast("a", "05:30", "\"a\"", ""));
    let daemon = station.run();
    let digest = digest(&station, "a");
    let ask = || {
        asked_by_another(&station, &format!("{{\"command\":\"approve\",\"broadcast\":\"a\",\"digest\":\"{digest}\"}}"))
    };
    let of = |file: &str, account: u32, mode: u32| {
        let path = station.path(file);
        std::os::unix::fs::chown(&path, Some(account), Some(account)).unwrap();
        std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(mode)).unwrap();
    };
    if asked_by_another(&station, r#"{"command":"status"}"#).is_none() {
        return;
    }
    let own = "Người đã sửa mục này không tự duyệt được";
    for (file, account, mode, why) in [
        // Its own sound.
        ("audio/a.wav", 12_345, 0o644, own),
        // Anybody may have written into it.
        ("audio/a.wav", 0, 0o666, "không biết ai đã sửa"),
        ("schedules/a.toml", 0, 0o664, "không biết ai đã sửa"),
    ] {
        of(file, account, mode);
        let answer = ask().unwrap();
        assert!(answer.contains("refused") && answer.contains(why), "{file} {account} {mode:o}: {answer}");
        of(file, 0, 0o644);
    }
    // Where people log in on the page, they approve there.
    station.write("state/console.db", "");
    let answer = ask().unwrap();
    assert!(answer.contains("refused") && answer.contains("duyệt trên trang"), "{answer}");
    std::fs::remove_file(station.path("state/console.db")).unwrap();
    assert!(waiting(&station, "a").is_some(), "nothing was decided");
    daemon.wait_until("what others have written it approves", || ask().unwrap().contains("done"));
}

#[test]
fn a_station_that_was_set_up_from_a_backup_asks_for_every_approval_again() {
    let station = station(&broadcast("a", "05:30", "\"a\"", ""));
    let daemon = station.run();
    let digest = digest(&station, "a");
    daemon.wait_until("it is approved", || approve(&station, "a", &digest)["answer"] == "done");
    daemon.wait_until("it is written", || waiting(&station, "a").is_none());
    let elsewhere = tempfile::tempdir().unwrap();
    let (file, new) = (elsewhere.path().join("dai.tar"), elsewhere.path().join("moi"));
    assert_eq!(station.loa(&["backup", file.to_str().unwrap()]).code, 0);
    assert_eq!(daemon.end(), 0);
    let new = new.to_str().unwrap();
    let said = station.loa(&["restore", file.to_str().unwrap(), "--dir", new]);
    assert!(said.code == 0 && said.out.contains("approved again"), "{said:?}");
    assert_eq!(station.loa(&["approve", "--json", "--dir", new]).rows()[0]["broadcast"], "a");
}

#[test]
fn a_written_emergency_sounds_unapproved_and_every_command_says_that_it_passed() {
    let day = whole_second_in(24 * 3600).date();
    let until = day.tomorrow().unwrap();
    let urgent = format!("class = \"emergency\"\nby = \"Bà Hai\"\nwhy = \"lũ\"\nfrom = {day}\nuntil = {until}");
    let station = station(&broadcast("a", "05:30", "\"a\"", &urgent));
    let (from, to) = (format!("{day}T05:29"), format!("{day}T05:32"));
    let window = ["--from", &from, "--to", &to];
    let plan = station.loa(&[&["plan", "--json"][..], &window].concat()).rows();
    assert_eq!((&plan[0]["verdict"], &plan[0]["reason"]), (&json!("play"), &json!("passed_as_emergency")));
    assert!(plan[0]["because"].as_str().unwrap().contains("without an approval"), "{plan:?}");
    let rows = station.loa(&[&["simulate", "--json"][..], &window].concat()).rows();
    let airing = rows.iter().find(|row| row["kind"] == "airing").unwrap();
    assert_eq!((&airing["outcome"], &airing["approved_by"]), (&json!("played"), &Json::Null));
    assert_eq!(airing["reason"], "warrant: Bà Hai: lũ");
    let passed: Vec<&Json> =
        rows.iter().map(|row| &row["reason"]).filter(|reason| reason.to_string().contains("passed")).collect();
    assert_eq!(passed, [&json!("passed_as_emergency: not_approved: never")]);
    assert!(!is_silent(&station, window[1], window[3]));
    let found = station.loa(&["check", "--json"]).rows();
    let codes: Vec<&Json> = found.iter().map(|one| &one["code"]).collect();
    assert!(codes.contains(&&json!("emergency_unapproved")) && !codes.contains(&&json!("not_approved")), "{codes:?}");
    // It can be approved all the same, and says that it does not wait for that.
    let listed = station.loa(&["approve"]);
    assert!(listed.out.contains("it sounds at 05:30"), "{listed:?}");
}
