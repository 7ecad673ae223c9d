//! What asks a person: it waits on the page, CHƯA PHÁT, and sounds by a person's hand or not at all.

use super::heard::{alerts, notes, stages};
use super::sender::{Flood, Sender, station};
use crate::console::Console;

/// Where the first alarm on the page is decided against.
fn decline_path(page: &str) -> String {
    let mut paths = page.split("action=\"").skip(1).filter_map(|rest| rest.split('"').next());
    paths.find(|path| path.ends_with("/decline")).unwrap_or_else(|| panic!("{page}")).to_owned()
}

#[test]
#[ignore = "long"]
fn what_asks_a_person_waits_on_the_page_and_leaves_when_it_was_sounded_or_is_over() {
    let sender = Sender::new();
    let station = station(&sender, "[\"cap\"]", "ask");
    let daemon = station.run();
    let console = Console::start(&station);
    let mut hai = console.person("Trần Thị Hai", "official", &[]);
    let mut ba = console.person("Lê Văn Ba", "operator", &["thon-3"]);
    station.write("cap/1.xml", &sender.flood(&Flood::default()));
    let waits = "CHƯA PHÁT, báo động từ Đài khí tượng";
    daemon.wait_until("it waits", || hai.clone().get("/").body.contains(waits));
    assert!(!ba.get("/").body.contains(waits), "it is not for his hamlet");
    assert!(!ba.get("/emergency").body.contains("Lũ quét trên sông"), "it is not for his hamlet");
    daemon.wait_until("the sound is known", || hai.clone().get("/emergency").body.contains("Tiếp tục với báo động"));
    let page = hai.get("/emergency");
    for words in ["Báo động từ ngoài, CHƯA PHÁT", "Lũ quét trên sông Đa Nhim", "Rời khỏi bờ sông ngay.", "Ở: Thôn 1"]
    {
        assert!(page.body.contains(words), "{words}: {}", page.body);
    }
    let value = |name: &str| {
        let field = page.body.split(&format!("name=\"{name}\" value=\"")).nth(1).unwrap();
        field.split('"').next().unwrap().to_owned()
    };
    let mark = value("outside");
    let fields = [("outside", mark.as_str()), ("preset", "lu"), ("times", "1"), ("zone", "thon-1"), ("zone", "thon-2")];
    let ready = hai.post("/emergency", &fields);
    assert_eq!(ready.status, 303, "{}", ready.body);
    let path = ready.to().to_owned();
    assert!(hai.get(&path).body.contains("CHƯA PHÁT"));
    assert!(alerts(&station).is_empty() && stages(&station) == ["open"], "nothing sounds yet");
    assert_eq!(hai.post(&format!("{path}/go"), &[]).status, 303);
    assert!(!hai.get("/").body.contains(waits), "it was sounded");
    daemon.wait_until("the watch has seen it", || matches!(stages(&station)[0].as_str(), "ordered" | "settled"));
    daemon.wait_until("it was heard", || alerts(&station).len() == 2);
    let who = alerts(&station)[0]["reason"].as_str().unwrap().to_owned();
    assert!(who.contains("Trần Thị Hai") && who.contains(&mark), "{who}");

    station.write("cap/2.xml", &sender.flood(&Flood { identifier: "lu-2", expires: 12, ..Flood::default() }));
    daemon.wait_until("another one waits", || hai.clone().get("/").body.contains(waits));
    daemon.wait_until("it is over and gone", || {
        !hai.clone().get("/").body.contains(waits) && stages(&station).last().map(String::as_str) == Some("expired")
    });
    assert_eq!(alerts(&station).len(), 2);
}

/// A person's no ends the waiting everywhere, and is a person's: with a name, and why.
#[test]
#[ignore = "long"]
fn what_a_person_decides_against_waits_nowhere_and_the_journal_has_who_and_why() {
    let sender = Sender::new();
    let station = station(&sender, "[\"cap\"]", "ask");
    let daemon = station.run();
    let console = Console::start(&station);
    let mut hai = console.person("Trần Thị Hai", "official", &[]);
    let mut ba = console.person("Lê Văn Ba", "operator", &["thon-3"]);
    for identifier in ["lu-1", "lu-2"] {
        station.write(&format!("cap/{identifier}.xml"), &sender.flood(&Flood { identifier, ..Flood::default() }));
    }
    let both = "CHƯA PHÁT: 2 báo động từ ngoài chờ quyết định";
    daemon.wait_until("both wait in one bar", || hai.clone().get("/").body.contains(both));
    let today = hai.get("/").body;
    assert!(today.contains("href=\"/emergency#outside\">CHƯA PHÁT") && !today.contains("Không có việc gì đang chờ"));
    let page = hai.get("/emergency").body;
    let path = decline_path(&page);
    assert_eq!(ba.post(&path, &[("why", "không phải xã mình")]).status, 422, "it is not for his hamlet");
    assert_eq!(hai.post(&path, &[("why", " ")]).status, 422, "why is needed");
    assert!(hai.get("/").body.contains(both));
    for _ in 0..2 {
        assert_eq!(hai.post(&path, &[("why", "bản tin gửi nhầm xã")]).status, 303);
    }
    assert!(hai.get("/").body.contains("CHƯA PHÁT, báo động từ Đài khí tượng"), "one still waits");
    assert!(!hai.get("/emergency").body.contains(&path));
    daemon.wait_until("the watch has seen it", || stages(&station).iter().any(|stage| stage == "declined"));
    let told = notes(&station, "alarm_declined");
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].contains("Trần Thị Hai") && told[0].contains("bản tin gửi nhầm xã"), "{told:?}");
    let status = station.loa(&["cap", "--status"]).out;
    assert!(status.contains("a person decided that it does not sound") && status.contains("Trần Thị Hai"), "{status}");
    let doctor = station.loa(&["doctor"]).out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(doctor.contains("1 alarm from outside NOT SOUNDED"), "{doctor}");
    assert!(alerts(&station).is_empty());
}

/// The watch looks only now and then whether a person has decided: what comes before it has looked does not hide who it was.
#[test]
#[ignore = "long"]
fn what_was_decided_against_stays_so_when_its_sender_sends_another_one() {
    let sender = Sender::new();
    let station = station(&sender, "[\"cap\"]", "ask");
    let daemon = station.run();
    let console = Console::start(&station);
    let mut hai = console.person("Trần Thị Hai", "official", &[]);
    let text = sender.flood(&Flood::default());
    station.write("cap/1.xml", &text);
    daemon.wait_until("it waits", || hai.clone().get("/emergency").body.contains("/decline"));
    let page = hai.get("/emergency").body;
    let decline = decline_path(&page);
    assert_eq!(hai.post(&decline, &[("why", "bản tin gửi nhầm xã")]).status, 303);
    daemon.wait_until("the journal has it", || !notes(&station, "alarm_declined").is_empty());
    let sent = text.split_once("<sent>").unwrap().1.split_once("</sent>").unwrap().0;
    let references = format!("canhbao@example.vn,lu-1,{sent}");
    let update = Flood { identifier: "lu-2", message: "Update", references, ..Flood::default() };
    station.write("cap/2.xml", &sender.flood(&update));
    daemon.wait_until("the other one came", || stages(&station).len() == 2);
    assert_eq!(stages(&station), ["declined", "open"]);
    let page = hai.get("/emergency/outside").body;
    let declined = page
        .split("<p>")
        .find(|part| part.contains("có người quyết định không phát"))
        .unwrap_or_else(|| panic!("{page}"));
    assert!(declined.contains("Trần Thị Hai") && declined.contains("bản tin gửi nhầm xã"), "{declined}");
}

/// Whoever has a page still open sounds nothing by it that somebody else has decided against: it says who, and why.
#[test]
#[ignore = "long"]
fn what_was_decided_against_is_sounded_by_no_page_that_is_still_open() {
    let sender = Sender::new();
    let station = station(&sender, "[\"cap\"]", "ask");
    let daemon = station.run();
    let console = Console::start(&station);
    let mut hai = console.person("Trần Thị Hai", "official", &[]);
    let mut tu = console.person("Phạm Văn Tư", "official", &[]);
    station.write("cap/1.xml", &sender.flood(&Flood::default()));
    daemon.wait_until("the sound is known", || hai.clone().get("/emergency").body.contains("Tiếp tục với báo động"));
    let page = hai.get("/emergency").body;
    assert!(page.contains("Vì sao chưa phát: "), "{page}");
    let mark = page.split("name=\"outside\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let decline = decline_path(&page);
    let fields = [("outside", mark.as_str()), ("preset", "lu"), ("times", "1"), ("zone", "thon-1"), ("zone", "thon-2")];
    let path = hai.post("/emergency", &fields).to().to_owned();
    assert!(hai.get(&path).body.contains("Vì sao chưa phát: "));

    assert_eq!(tu.post(&decline, &[("why", "bản tin gửi nhầm xã")]).status, 303);
    let told = "Phạm Văn Tư: bản tin gửi nhầm xã";
    let page = hai.get(&path).body;
    assert!(page.contains(told) && !page.contains("Phát báo động thật"), "{page}");
    let go = format!("{path}/go");
    let answers = [hai.post(&go, &[]), hai.post("/emergency", &fields), hai.post(&decline, &[("why", "nhầm")])];
    for answer in answers {
        assert!(answer.status == 422 && answer.body.contains(told), "{}: {}", answer.status, answer.body);
    }
    assert!(alerts(&station).is_empty());
    // As his own it is asked once more, and sounds as that.
    assert_eq!(hai.post(&go, &[("own", "1")]).status, 303);
    assert!(hai.get(&path).body.contains("Phát báo động thật") && alerts(&station).is_empty());
    assert_eq!(hai.post(&go, &[]).status, 303);
    daemon.wait_until("it was heard", || alerts(&station).len() == 2);
    assert!(!alerts(&station)[0]["reason"].as_str().unwrap().contains(&mark));
    assert_eq!(notes(&station, "alarm_declined").len(), 1);
}

/// Only what has sounded uses up what sounds by itself, and the journal says what was decided.
#[test]
#[ignore = "long"]
fn alarms_that_wait_use_up_no_limit_and_the_fourth_of_one_name_within_an_hour_asks() {
    let sender = Sender::new();
    let station = station(&sender, "[\"cap\"]", "sound");
    let daemon = station.run();
    let lay = |name: &str, sent: i64| {
        let flood = Flood { sent, expires: 6 * 3_600, ..Flood::default() };
        station.write(&format!("cap/{name}.xml"), &sender.flood(&flood));
    };
    for (name, ahead) in [("ahead-1", 1), ("ahead-2", 2), ("ahead-3", 3)] {
        lay(name, 3 * 3_600 + ahead);
    }
    daemon.wait_until("all of them wait", || stages(&station) == ["open"; 3]);
    let told = station.loa(&["cap", "--status"]).out;
    assert!(told.contains("NOT SOUNDED, waits for a person"), "{told}");
    assert!(!told.contains("will sound by itself"), "{told}");
    for asked in ["doctor", "status"] {
        let said = station.loa(&[asked]).out.split_whitespace().collect::<Vec<_>>().join(" ");
        let waits = "3 alarms from outside NOT SOUNDED, waiting for a person since ";
        assert!(said.contains(waits) && said.contains("loa cap --status"), "{asked}: {said}");
    }
    for (name, ago) in [("1", 10), ("2", 20), ("3", 30)] {
        let before = stages(&station).len();
        lay(name, -ago);
        daemon.wait_until("it sounds by itself", || {
            let stages = stages(&station);
            stages.len() > before && stages.last().is_some_and(|stage| matches!(stage.as_str(), "ordered" | "settled"))
        });
    }
    lay("4", -40);
    let asks = |note: &String| note.contains("3 lần trong một giờ");
    daemon.wait_until("a person is asked", || notes(&station, "alarm_received").iter().any(asks));
    let all = notes(&station, "alarm_received");
    let note = all.iter().find(|&note| asks(note)).unwrap();
    assert!(note.contains("hỏi người") && !note.contains("phát ngay"), "{note}");
    assert_eq!(stages(&station).last().map(String::as_str), Some("open"));
}
