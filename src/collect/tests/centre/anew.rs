//! The centre's database was lost and made anew: what is in the stream and in the boxes' words is told as such, and an alarm that holds can be ended.

use std::time::Duration;

use loa_collect::fleet::Desk;
use loa_collect::ledger::{BookKind, BookPage, Ledger as _, SqliteLedger};
use loa_collect::{PulseRecord, StreamRecord};
use loa_core::signature::UtcSecond;
use loa_core::uplink::Pulse;
use serde_json::json;

use crate::command::{run, said};
use crate::kit::{PATH, locality};
use crate::office::{BAO, Office, wall};

#[test]
fn a_book_that_was_lost_says_so_and_has_the_alarms_and_letters_that_others_know_of() {
    let dir = tempfile::tempdir().unwrap();
    let hosts = ["127.0.0.1".to_owned()];
    let now = wall();
    let mut desk = Desk::init(dir.path(), "Tỉnh 01", locality("p01"), &hosts, false, now).unwrap();
    desk.place(&locality(PATH), None, &[]).unwrap();
    desk.issue(&locality(PATH)).unwrap();
    let mut ledger = SqliteLedger::open(&dir.path().join("collect.db")).unwrap();
    let status = || run(dir.path(), &["fleet", "alarm", "status"]);
    let held = || run(dir.path(), &["fleet", "held"]);
    assert!(said(&status()).contains("chưa phát báo động nào") && said(&held()).contains("0 trên 0"));
    let moment = |later: Duration| UtcSecond::of(now + later);
    // As a centre of before has written it, and as this one does.
    for (id, more) in [("a8", json!({})), ("a9", json!({ "sound": "lu", "times": 3, "tone": true }))] {
        let mut given = json!({
            "id": id, "title": "Lũ", "places": ["vn.p01.c003"], "made": moment(Duration::ZERO),
            "expires": moment(Duration::from_hours(1)),
        });
        given.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        ledger.write_pages(&[BookPage::of(BookKind::Given, id, &given, now)]).unwrap();
    }
    // One that was ended since then says so, whoever ended it.
    let given = json!({
        "id": "a7", "title": "Bão", "places": ["vn.p01.c003"], "made": moment(Duration::ZERO),
        "expires": moment(Duration::from_hours(1)), "ended": { "vn.p01.c003": moment(Duration::ZERO) },
    });
    ledger.write_pages(&[BookPage::of(BookKind::Given, "a7", &given, now)]).unwrap();
    let ended = run(dir.path(), &["fleet", "alarm", "status", "a7"]);
    assert!(said(&ended).contains("Đã kết thúc lúc") && !said(&ended).contains("Còn hiệu lực"), "{}", said(&ended));
    let stream = StreamRecord { last: 4, ..StreamRecord::default() };
    let pulse = Pulse { bundles: [("vn.p01".to_owned(), 12)].into(), ..Pulse::default() };
    let pulse = PulseRecord::after(None, pulse, now).0;
    let pages =
        [BookPage::of(BookKind::Stream, "LOA_SCHED", &stream, now), BookPage::of(BookKind::Pulse, PATH, &pulse, now)];
    ledger.write_pages(&pages).unwrap();
    let told = said(&status());
    for part in ["(số a9)", "không rõ ai phát lúc", "0 trên 1 đài đã nghe", "Sổ không ghi ai phát", "Còn hiệu lực"]
    {
        assert!(told.contains(part), "{part}: {told}");
    }
    // Who gave it may be whoever stands by it now.
    let second = run(dir.path(), &["fleet", "alarm", "second", "a9", "--by", "Phó chủ tịch"]);
    assert!(second.status.code() == Some(1) && said(&second).contains("không ghi ai phát"), "{}", said(&second));
    let told = held();
    assert_eq!(told.status.code(), Some(1));
    for part in ["Sổ không ghi lịch nào đã gửi", "đang có lịch của vn.p01, số 12"] {
        assert!(said(&told).contains(part), "{part}: {}", said(&told));
    }
}

#[test]
fn an_end_makes_no_database() {
    let dir = tempfile::tempdir().unwrap();
    let hosts = ["127.0.0.1".to_owned()];
    drop(Desk::init(dir.path(), "Tỉnh 01", locality("p01"), &hosts, false, wall()).unwrap());
    let office = Office::open(dir.path());
    office.introduce(dir.path());
    let key = office.file(&format!("{BAO}.key"));
    let ended = run(dir.path(), &["fleet", "alarm", "end", "a1", "--by", "Chủ tịch", "--with", &key]);
    assert!(ended.status.code() == Some(1) && said(&ended).contains("chưa có cơ sở dữ liệu"), "{}", said(&ended));
    assert!(!dir.path().join("collect.db").exists(), "an empty one would say that no alarm was ever given");
}
