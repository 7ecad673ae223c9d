//! What the pages of alarms say is so: an alarm that was on already, one that is silenced in a zone, old ones beside new
//! ones, what is not recorded, and two pages of one station.

use std::fs;
use std::net::{TcpListener, TcpStream};

use loa::clock::Clock as _;
use loa::machine::MachineClock;

use super::alarm::{ready, reasons, station};
use super::kit::{Console, until};

#[test]
#[ignore = "long"]
fn an_alarm_that_is_on_already_adds_nothing_and_says_so_and_its_end_ends_no_other() {
    let station = station("[emergency]\nalone_up_to = 3\n");
    let daemon = station.run();
    let console = Console::start(&station);
    let mut hai = console.person("Trần Thị Hai", "official", &[]);
    let mut tu = console.person("Phạm Văn Tư", "official", &[]);
    let mut two = console.person("Lò Văn Hai", "operator", &["thon-2"]);
    daemon.wait_until("the sounds are known", || hai.clone().get("/emergency").body.contains("0:04"));
    let lu = |zones: &[&'static str]| {
        let zones = zones.iter().map(|zone| ("zone", *zone));
        [("preset", "lu"), ("times", "20")].into_iter().chain(zones).collect::<Vec<_>>()
    };
    let first = ready(&mut hai, "/emergency", &lu(&["thon-1", "thon-2"]));
    hai.post(&format!("{first}/go"), &[]);
    let again = ready(&mut tu, "/emergency", &lu(&["thon-1"]));
    assert_eq!(tu.post(&format!("{again}/go"), &[]).to(), again);
    let page = tu.get(&again);
    for said in ["KHÔNG PHÁT THÊM: lời này đang được phát rồi.", "«Lũ» do Trần Thị Hai phát lúc", first.as_str()]
    {
        assert!(page.body.contains(said), "{said}: {}", page.body);
    }
    assert_eq!(page.body.matches("ĐANG BÁO ĐỘNG: LŨ, 2 cụm loa").count(), 1, "one bar for one alarm: {}", page.body);
    // The station's own word of it, a moment later, makes no second one.
    let told = station.loa(&["status", "--json"]).json();
    assert_eq!(told["orders"].as_array().map(Vec::len), Some(1), "{told}");
    // There is nothing of it to end, to read or to agree with.
    assert_eq!(tu.post(&format!("{again}/end"), &[]).to(), again);
    assert!(tu.get(&again).body.contains("ĐANG BÁO ĐỘNG: LŨ, 2 cụm loa"));

    // One that meets it in a zone and is new in another says which is which, and ends by itself.
    let more = ready(&mut tu, "/emergency", &lu(&["thon-2", "thon-3"]));
    tu.post(&format!("{more}/go"), &[]);
    assert!(tu.get("/").body.contains("ĐANG BÁO ĐỘNG: LŨ, 2 cụm loa"));
    assert!(two.get("/").body.contains("Kết thúc báo động"), "it is on where he may stop it");
    assert_eq!(tu.post(&format!("{more}/end"), &[]).to(), more);
    daemon.wait_until("it is over", || tu.clone().get(&more).body.contains("Đã đọc kết quả"));
    // Silenced in his zone, it is his no more, and on in the other.
    let page = two.get("/");
    assert!(page.body.contains("ĐANG BÁO ĐỘNG: LŨ, 1 cụm loa"), "{}", page.body);
    assert!(page.body.contains("Đã thôi ở Thôn 2.") && !page.body.contains("Kết thúc báo động"), "{}", page.body);
    // The red button ends it as well, and no page that follows says that it is on.
    let stopped = hai.post("/stop", &[("zone", "thon-1")]);
    assert_eq!(stopped.status, 303);
    let receipt = hai.get(stopped.to()).body;
    assert!(
        receipt.contains("Về trang Hôm nay") && !receipt.contains("Cho phát tiếp"),
        "an alarm is not said again: {receipt}"
    );
    assert!(!hai.clone().get("/").body.contains("ĐANG BÁO ĐỘNG"));
    let given = reasons(&station).into_iter().filter(|reason| reason.starts_with("order_refused: same_order"));
    assert_eq!(given.count(), 1, "the journal has the one that added nothing");
}

#[test]
#[ignore = "long"]
fn old_alarms_hide_no_new_one_and_what_is_too_much_is_not_dropped_in_silence() {
    let station = station("[emergency]\nalone_up_to = 3\n");
    let daemon = station.run();
    let (mut hai, path);
    {
        let console = Console::start(&station);
        hai = console.person("Trần Thị Hai", "official", &[]);
        daemon.wait_until("the sounds are known", || hai.clone().get("/emergency").body.contains("0:04"));
        let fields = [("preset", "lu"), ("zone", "thon-1"), ("times", "1")];
        path = ready(&mut hai, "/emergency", &fields);
        hai.post(&format!("{path}/go"), &[]);
        hai.post(&format!("{path}/end"), &[]);
        daemon.wait_until("it is over", || hai.clone().get(&path).body.contains("Đã đọc kết quả"));
        for number in 0..20 {
            let said = format!("điều {number}");
            assert_eq!(hai.post(&format!("{path}/remark"), &[("remark", &said)]).status, 303, "{number}");
        }
        let full = hai.post(&format!("{path}/remark"), &[("remark", "điều thừa")]);
        assert!(full.status == 422 && full.body.contains("KHÔNG được ghi") && full.body.contains("«điều thừa»"));
        assert_eq!(hai.post(&format!("{path}/remark"), &[("remark", "điều 3")]).status, 303, "it is kept already");
        let long = "x".repeat(401);
        assert_eq!(hai.post(&format!("{path}/remark"), &[("remark", &long)]).status, 422);
    }
    // Six of the kind that nobody has read.
    let kept = station.path("state/alarms.json");
    let mut all: serde_json::Value = serde_json::from_str(&fs::read_to_string(&kept).unwrap()).unwrap();
    let alarms = all["alarms"].as_array_mut().unwrap();
    let one = alarms[0].clone();
    for number in 0..5 {
        let mut more = one.clone();
        (more["token"], more["form"]) = (format!("t{number}").into(), format!("f{number}").into());
        alarms.push(more);
    }
    fs::write(&kept, all.to_string()).unwrap();
    let console = Console::start(&station);
    hai = console.browser_as(&hai);
    let page = hai.get("/");
    assert_eq!(page.body.matches("Xin đọc kết quả rồi đánh dấu").count(), 3, "{}", page.body);
    assert!(page.body.contains("Và 3 việc báo động cũ hơn chưa xong."), "{}", page.body);
    assert_eq!(hai.get("/emergency").body.matches("chưa ai đọc kết quả").count(), 6, "each is to be found");
    let new = ready(&mut hai, "/emergency", &[("preset", "lu"), ("zone", "thon-1"), ("times", "20")]);
    hai.post(&format!("{new}/go"), &[]);
    let page = hai.get("/");
    let (on, old) = (page.body.find("ĐANG BÁO ĐỘNG").unwrap(), page.body.find("Xin đọc kết quả").unwrap());
    assert!(on < old, "what sounds stands first");
}

#[test]
fn what_an_emergency_takes_and_nobody_has_recorded_is_asked_for_before_it_happens() {
    let station = station("[emergency]\nrepeat = 2\n");
    let check = station.loa(&["check", "--json"]);
    let row = check.rows().into_iter().find(|row| row["code"] == "alarm_unrecorded").unwrap();
    assert_eq!((check.code, row["severity"].as_str()), (0, Some("warning")), "{row}");
    let said = row["message"].as_str().unwrap();
    assert!(said.contains("canh-bao-bao") && !said.contains("canh-bao-lu"), "{said}");
    let doctor = station.loa(&["doctor", "--json"]).rows();
    assert!(doctor.iter().any(|row| row["code"] == "alarm_unrecorded"), "{doctor:?}");
    let daemon = station.run();
    let console = Console::start(&station);
    let mut hai = console.person("Trần Thị Hai", "official", &[]);
    let mut one = console.person("Lò Văn Một", "operator", &["thon-1"]);
    daemon.wait_until("the sounds are known", || hai.clone().get("/emergency").body.contains("0:04"));
    let today = hai.get("/");
    assert!(
        today.body.contains("Chưa có bản ghi dùng khi khẩn cấp: báo động «Bão», báo động «Cháy rừng»"),
        "{}",
        today.body
    );
    let asked = hai.get("/emergency");
    assert!(asked.body.contains("href=\"/sounds/slot/canh-bao-bao\"") && asked.body.contains("id=\"unrecorded\""));
    assert_eq!(hai.get("/sounds/slot/canh-bao-bao").status, 200);
    // A hamlet head hands in nothing that all hear; that his own horns are none he is told.
    let asked = one.get("/emergency");
    assert!(!asked.body.contains("/sounds/slot/") && asked.body.contains("Xin nhờ cán bộ văn hóa ghi âm và nộp."));
    assert!(one.get("/").body.contains("Đài chưa nối loa nào: phát gì cũng không ai nghe"));
    for (name, seconds) in [("bao", 1.0), ("chay-rung", 1.0), ("tim-nguoi", 1.0), ("khac", 1.0)] {
        station.tone(&format!("canh-bao-{name}.wav"), seconds, 440.0);
    }
    assert!(!station.loa(&["check", "--json"]).rows().iter().any(|row| row["code"] == "alarm_unrecorded"));
}

#[test]
fn a_sound_that_nobody_has_measured_yet_is_not_missing_and_can_be_sent() {
    let station = station("");
    station.tone("tin.wav", 2.0, 440.0);
    let console = Console::start(&station);
    let mut hai = console.person("Trần Thị Hai", "official", &[]);
    let page = hai.get("/emergency").body;
    assert!(page.contains("chưa biết dài bao lâu") && !page.contains("chưa có bản ghi «canh-bao-lu»"), "{page}");
    assert!(page.contains("/sounds/slot/canh-bao-bao") && !page.contains("/sounds/slot/canh-bao-lu"), "{page}");
    let path = ready(&mut hai, "/emergency", &[("preset", "lu"), ("zone", "thon-1"), ("times", "1")]);
    let page = hai.get(&path).body;
    assert!(page.contains("Phát báo động LŨ, bản ghi chưa biết dài bao lâu, ra 1 cụm loa"), "{page}");
    assert!(page.contains("Máy chưa nghe đến bản ghi «canh-bao-lu»"), "{page}");
    let path = ready(&mut hai, "/drill", &[("preset", "lu"), ("zone", "thon-1")]);
    assert!(hai.get(&path).body.contains("diễn tập, chưa biết dài bao lâu, ra 1 cụm loa"));
    assert!(hai.get("/say").body.contains("value=\"tin.wav\""));
}

#[test]
fn that_the_password_will_be_asked_for_is_told_before_it_is() {
    let station = station("");
    let console = Console::start(&station);
    let mut hai = console.person("Trần Thị Hai", "official", &[]);
    let says = "Bước sau sẽ hỏi lại mật khẩu";
    assert!(!hai.get("/emergency").body.contains(says));
    let path = ready(&mut hai, "/emergency", &[("preset", "lu"), ("zone", "thon-1"), ("times", "1")]);
    // An hour passes.
    let db = rusqlite::Connection::open(station.path("state/console.db")).unwrap();
    db.execute("UPDATE session SET sure = sure - 3600", []).unwrap();
    for page in ["/emergency", "/drill", path.as_str()] {
        assert!(hai.get(page).body.contains(says), "{page}");
    }
    let asked = hai.post(&format!("{path}/go"), &[]);
    assert!(asked.status == 401 && asked.body.contains("action=\"/sure\""), "{} {}", asked.status, asked.body);
}

#[test]
fn a_station_has_one_page_and_the_second_says_who_has_it_or_waits_for_its_turn() {
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let station = station(&format!("[console]\nlisten = \"{address}\"\n"));
    let console = Console::start(&station);
    let second = station.loa(&["console", "--listen", "127.0.0.1:0"]);
    assert_eq!(second.code, 74, "{second:?}");
    let pid = console.pid();
    assert!(second.err.contains(&format!("the page of this station runs already, process {pid} (loa)")), "{second:?}");
    // The one beside the sound waits, and neither ends nor complains.
    let daemon = station.run();
    let is_waiting = || {
        let all = fs::read_dir("/proc").unwrap().flatten();
        let of = |id: &str| fs::read_to_string(format!("/proc/{id}/cmdline")).unwrap_or_default();
        let dir = station.dir().to_str().unwrap();
        let found = all.filter_map(|entry| entry.file_name().into_string().ok());
        found.map(|id| of(&id)).any(|line| line.contains(dir) && line.contains("--with-daemon")).then_some(())
    };
    until("the page beside the sound waits", is_waiting);
    let status = station.loa(&["status", "--json"]).json();
    assert_eq!(status["standing"]["page"], serde_json::Value::Null, "{status:#}");
    drop(console);
    daemon.wait_until("it takes its turn", || TcpStream::connect(address).is_ok());
}

#[test]
#[ignore = "long"]
fn a_drill_that_a_mourning_refuses_says_so_while_it_is_on_in_its_outcome_and_in_the_journal() {
    let station = station("");
    let now = MachineClock.wall().zoned(&jiff::tz::TimeZone::get("Asia/Ho_Chi_Minh").unwrap()).date();
    let (from, until) = (now.yesterday().unwrap(), now.tomorrow().unwrap());
    station.write(
        "schedules/tang.toml",
        &format!("[[cancel]]\nfrom = {from}T05:00:00\nuntil = {until}T17:00:00\nwhy = \"tang lễ\"\n"),
    );
    let daemon = station.run();
    let console = Console::start(&station);
    let mut hai = console.person("Trần Thị Hai", "official", &[]);
    daemon.wait_until("the sounds are known", || hai.clone().get("/emergency").body.contains("0:04"));
    let path = ready(&mut hai, "/drill", &[("preset", "lu"), ("zone", "*")]);
    assert_eq!(hai.post(&format!("{path}/go"), &[]).to(), path);
    let is_over = || hai.clone().get(&path).body.contains("đã thôi");
    let on = hai.clone().get(&path).body;
    assert!(on.contains("nghỉ đến 17:00"), "{on}");
    daemon.wait_until("it is over", is_over);
    let over = hai.get(&path).body;
    assert_eq!(over.matches("KHÔNG KÊU: nghỉ đến 17:00").count(), 3, "{over}");
    assert!(!over.contains("không có loa nào ở đây"), "{over}");
    daemon.wait_until("it is written down", || {
        let all = reasons(&station);
        all.iter()
            .any(|reason| reason.starts_with("drill_measured") && reason.contains("3 cụm không phát: nghỉ đến 17:00"))
    });
}
