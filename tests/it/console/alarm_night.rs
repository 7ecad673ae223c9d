//! Alarms that take more than one person, those that nobody sends, and the sealed codes for the night.

use std::fs;

use super::alarm::{ready, reasons, station};
use super::kit::Console;
use crate::kit::Station;

/// The page's own list of alarms, with every instant set back by so many seconds, while no page runs.
fn set_back(station: &Station, seconds: i64) {
    let path = station.path("state/alarms.json");
    let mut all: serde_json::Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
    for alarm in all["alarms"].as_array_mut().unwrap() {
        for key in ["made", "wanted"] {
            if let Some(at) = alarm[key]["at"].as_i64() {
                alarm[key]["at"] = (at - seconds * 1_000).into();
            }
        }
    }
    fs::write(&path, all.to_string()).unwrap();
}

#[test]
#[ignore = "long"]
fn the_whole_commune_takes_another_person_within_a_day_and_that_is_shown_until_it_is_done() {
    let station = station("");
    let daemon = station.run();
    let console = Console::start(&station);
    let mut hai = console.person("Trần Thị Hai", "official", &[]);
    let mut tu = console.person("Phạm Văn Tư", "official", &[]);
    daemon.wait_until("the sounds are known", || hai.clone().get("/emergency").body.contains("0:04"));
    let path = ready(&mut hai, "/emergency", &[("preset", "lu"), ("zone", "*"), ("times", "1")]);
    assert!(hai.get(&path).body.contains("một người khác cần xác nhận trong 24 giờ"));
    assert_eq!(hai.post(&format!("{path}/go"), &[]).to(), path);
    daemon.wait_until("it is over", || hai.clone().get(&path).body.contains("Đã đọc kết quả"));
    assert_eq!(hai.post(&format!("{path}/read"), &[("read", "on")]).to(), path);
    assert!(hai.get("/journal").body.contains("Báo động LŨ cần một người khác xác nhận trước"));
    assert_eq!(hai.post(&format!("{path}/agree"), &[]).status, 422, "not by himself");
    assert!(tu.get("/").body.contains("Xin xác nhận báo động LŨ mà Trần Thị Hai đã phát"));
    assert_eq!(tu.post(&format!("{path}/agree"), &[]).to(), path);
    assert_eq!(tu.post(&format!("{path}/agree"), &[]).to(), path);
    assert!(
        !tu.get("/").body.contains("xác nhận báo động") && tu.get(&path).body.contains("Người thứ hai: Phạm Văn Tư")
    );
    let agreed = |all: &[String]| all.iter().filter(|reason| reason.starts_with("alarm_agreed: Phạm Văn Tư")).count();
    daemon.wait_until("it is written down", || agreed(&reasons(&station)) == 1);
}

#[test]
#[ignore = "long"]
fn where_it_takes_two_nothing_sounds_before_the_second_and_after_a_minute_one_may_say_why() {
    let station = station("[emergency]\ntwo_from = 3\n");
    let daemon = station.run();
    let mut hai;
    let (alone, agreed);
    {
        let console = Console::start(&station);
        hai = console.person("Trần Thị Hai", "official", &[]);
        let mut tu = console.person("Phạm Văn Tư", "admin", &[]);
        daemon.wait_until("the sounds are known", || hai.clone().get("/emergency").body.contains("0:04"));
        assert!(hai.get("/emergency").body.contains("Từ 3 cụm loa trở lên thì chưa kêu ngay"));
        agreed = ready(&mut hai, "/emergency", &[("preset", "lu"), ("zone", "*"), ("times", "1")]);
        let asked = hai.get(&agreed);
        assert!(asked.body.contains("Bấm xong thì CHƯA kêu") && !asked.body.contains("kêu ngay"), "{}", asked.body);
        for _ in 0..2 {
            assert_eq!(hai.post(&format!("{agreed}/go"), &[("why", "vội")]).to(), agreed);
            assert!(hai.get(&agreed).body.contains("Đang chờ người thứ hai"), "twice by one person is one person");
        }
        assert!(!reasons(&station).iter().any(|reason| reason.starts_with("alert")));
        assert!(tu.get("/journal").body.contains("Trần Thị Hai cần người thứ hai đồng ý"));
        assert!(tu.get(&agreed).body.contains("Đồng ý, phát báo động thật"));
        assert_eq!(tu.post(&format!("{agreed}/go"), &[]).to(), agreed);
        daemon.wait_until("both stand in the journal", || {
            let all = reasons(&station);
            all.iter().any(|reason| reason.starts_with("alert: Trần Thị Hai"))
                && all.iter().any(|reason| reason.starts_with("alarm_agreed: Phạm Văn Tư"))
        });
        assert_eq!(hai.post(&format!("{agreed}/end"), &[]).to(), agreed);
        alone = ready(&mut hai, "/emergency", &[("preset", "lu"), ("zone", "*"), ("times", "1")]);
        assert_eq!(hai.post(&format!("{alone}/go"), &[]).to(), alone);
    }
    set_back(&station, 61);
    let console = Console::start(&station);
    hai = console.browser_as(&hai);
    assert!(hai.get(&alone).body.contains("Phát báo động thật, chưa có người thứ hai"));
    assert_eq!(hai.post(&format!("{alone}/go"), &[]).status, 422, "it says why");
    assert_eq!(hai.post(&format!("{alone}/go"), &[("why", "không gọi được ai")]).to(), alone);
    daemon.wait_until("the journal has why", || {
        reasons(&station)
            .iter()
            .any(|reason| reason.starts_with("alarm_alone: Trần Thị Hai") && reason.ends_with("không gọi được ai"))
    });
    assert!(hai.get("/").body.contains("cần một người khác xác nhận"), "the second one is still wanted");
}

#[test]
fn what_is_made_ready_and_not_sent_is_loud_after_a_minute_and_given_up_after_ten() {
    let station = station("");
    let daemon = station.run();
    let (mut hai, mut ba, path);
    {
        let console = Console::start(&station);
        hai = console.person("Trần Thị Hai", "official", &[]);
        ba = console.person("Lê Văn Ba", "reviewer", &[]);
        daemon.wait_until("the sounds are known", || hai.clone().get("/emergency").body.contains("0:04"));
        path = ready(&mut hai, "/emergency", &[("preset", "lu"), ("zone", "*")]);
        assert!(!ba.get("/").body.contains("CHƯA PHÁT"), "he has a minute");
    }
    set_back(&station, 61);
    {
        let console = Console::start(&station);
        (hai, ba) = (console.browser_as(&hai), console.browser_as(&ba));
        for page in ["/", "/schedule", "/journal"] {
            let page = ba.get(page);
            assert!(
                page.body.contains("CHƯA PHÁT: còn một bước cuối. LŨ, 3 cụm loa, Trần Thị Hai đã soạn"),
                "{}",
                page.body
            );
        }
        daemon.wait_until("the journal has it", || {
            reasons(&station).iter().any(|reason| reason.starts_with("alarm_unsent: Trần Thị Hai"))
        });
    }
    set_back(&station, 600);
    let console = Console::start(&station);
    (hai, ba) = (console.browser_as(&hai), console.browser_as(&ba));
    daemon.wait_until("it is given up", || {
        reasons(&station).iter().any(|reason| {
            reason.starts_with("alarm_dropped: Trần Thị Hai") && reason.contains("không ai bấm phát trong 10 phút")
        })
    });
    assert!(!ba.get("/").body.contains("CHƯA PHÁT"));
    assert_eq!(hai.post(&format!("{path}/go"), &[]).to(), path);
    assert!(hai.get(&path).body.contains("Đã bỏ. Không có gì được phát."), "too late to send it");
    assert!(!reasons(&station).iter().any(|reason| reason.starts_with("alert")));
}

#[test]
fn a_sealed_code_alerts_once_without_any_other_log_in_and_says_who_took_it() {
    let station = station("");
    let daemon = station.run();
    let console = Console::start(&station);
    let mut admin = console.person("Phạm Văn Tư", "admin", &[]);
    let mut hai = console.person("Trần Thị Hai", "official", &[]);
    assert_eq!(hai.get("/emergency/codes").status, 403);
    let printed = admin.post("/emergency/codes", &[]);
    let codes: Vec<String> = printed
        .body
        .split("<strong class=\"code\">")
        .skip(1)
        .filter_map(|rest| rest.split('<').next())
        .map(str::to_owned)
        .filter(|code| code.len() == 14)
        .collect();
    assert_eq!(codes.len(), 6, "{}", printed.body);
    assert!(printed.body.contains("/night</strong>") && printed.body.contains("class=\"qr\""), "where to type them");
    assert!(!admin.get("/emergency/codes").body.contains(&codes[0]), "they are shown once");
    let kept = fs::read(station.path("state/console.db")).unwrap();
    assert!(!kept.windows(14).any(|bytes| bytes.eq_ignore_ascii_case(codes[0].as_bytes())), "only a hash is kept");

    let mut night = console.browser();
    // A form of an alarm whose log-in has ended meanwhile leads to the envelope too.
    assert!(night.post("/emergency", &[("preset", "lu"), ("zone", "*")]).body.contains("/night"));
    assert!(night.get("/login").body.contains("/night"));
    assert_eq!(night.post("/night", &[("code", &codes[1])]).status, 422, "he says who he is");
    let entered = night.post("/night", &[("code", &codes[1].to_lowercase()), ("name", "ông Năm")]);
    assert_eq!((entered.status, entered.to()), (303, "/emergency"), "{}", entered.body);
    assert_eq!(console.browser().post("/night", &[("code", &codes[1]), ("name", "kẻ lạ")]).status, 401, "used");
    daemon.wait_until("the sounds are known", || night.clone().get("/emergency").body.contains("0:04"));
    // It alerts and it stops. Nobody's mourning is ended by it, none is made up, and no drill is held.
    for closed in ["/people", "/machine", "/schedule/new", "/sounds", "/say", "/quiet", "/drill"] {
        assert_eq!(night.get(closed).status, 403, "{closed}");
    }
    let quiet = [("zone", "thon-2"), ("until", "23:59"), ("why", "x")];
    for closed in ["/quiet", "/quiet/end", "/drill"] {
        assert_eq!(night.post(closed, &quiet).status, 403, "{closed}");
    }
    for page in ["/", "/emergency"] {
        let drawn = night.get(page).body;
        assert!(!drawn.contains("/quiet") && !drawn.contains("/drill"), "{page}: {drawn}");
    }
    let path = ready(&mut night, "/emergency", &[("preset", "lu"), ("zone", "thon-1"), ("times", "1")]);
    assert_eq!(night.post(&format!("{path}/go"), &[]).to(), path);
    daemon.wait_until("it is written down", || {
        let all = reasons(&station);
        all.iter().any(|reason| reason.starts_with("night_code: ông Năm") && reason.ends_with(": 2"))
            && all.iter().any(|reason| reason.starts_with("alert: ông Năm, mã niêm phong số 2"))
    });
    assert!(admin.get("/emergency/codes").body.contains("Mã số 2: ông Năm"));
    assert_eq!(night.post("/logout", &[]).status, 303);
    assert!(night.get("/emergency").to().starts_with("/login"));

    let mut guesser = console.browser();
    let tries: Vec<_> = (0..8)
        .map(|number| guesser.post("/night", &[("code", &format!("AAAA-AAAA-AAA{number}")), ("name", "x")]))
        .collect();
    let wait = tries.iter().find(|answer| answer.status == 429).expect("who guesses waits");
    assert!(wait.body.contains("Gõ sai mã nhiều lần") && !wait.body.contains("Sai mật khẩu"), "{}", wait.body);
    admin.post("/emergency/codes", &[]);
    let mut late = console.browser_at("127.0.0.9");
    assert_eq!(late.post("/night", &[("code", &codes[5]), ("name", "x")]).status, 401, "the old envelope is void");
}
