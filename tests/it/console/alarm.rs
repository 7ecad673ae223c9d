//! The emergency page and the page of drills, asked as a browser asks them: from the choice to the outcome, and what each
//! of them never does.

use std::thread;

use super::kit::{Answer, Browser, Console};
use crate::kit::Station;

/// Three hamlets, one with a file for its horns; lawful at any hour.
pub(super) fn station(emergency: &str) -> Station {
    let station = Station::new();
    for (name, seconds) in [("canh-bao-lu", 4.0), ("dien-tap", 1.0), ("dinh-chinh", 1.0), ("het-bao-dong", 1.0)] {
        station.tone(&format!("{name}.wav"), seconds, 440.0);
    }
    station.write(
        "loa.toml",
        &format!(
            "[zones.thon-1]\ntitle = \"Thôn 1\"\noutput = \"null\"\ncontact = \"ông Năm, trưởng thôn\"\nphone = \"0912 345 678\"\n\
             [zones.thon-2]\ntitle = \"Thôn 2\"\noutput = \"null\"\n[zones.thon-3]\ntitle = \"Thôn 3\"\noutput = \"null\"\n\
             [clock]\ntrust = \"always\"\n{emergency}"
        ),
    );
    station.write("schedules/a.toml", "[rules]\nhours = [\"00:00-24:00\"]\n");
    station
}

/// Choose, and be where it is confirmed.
pub(super) fn ready(browser: &mut Browser, place: &str, fields: &[(&str, &str)]) -> String {
    let chosen = browser.post(place, fields);
    assert_eq!(chosen.status, 303, "{}", chosen.body);
    let path = chosen.to().to_owned();
    assert!(path.starts_with(&format!("{place}/")), "{path}");
    path
}

/// The reasons of the journal, as they stand in it.
pub(super) fn reasons(station: &Station) -> Vec<String> {
    let rows = station.loa(&["journal", "--json"]).json();
    let rows = rows.as_array().cloned().unwrap_or_default();
    rows.iter().filter_map(|row| row["reason"].as_str().map(str::to_owned)).collect()
}

fn of(page: &Answer, words: &[&str]) {
    for word in words {
        assert!(page.body.contains(word), "{word}: {}", page.body);
    }
}

#[test]
#[ignore = "long"]
fn an_alarm_is_said_in_words_sounds_everywhere_on_every_page_and_is_ended_corrected_and_read() {
    let station = station("");
    let daemon = station.run();
    let console = Console::start(&station);
    let mut hai = console.person("Trần Thị Hai", "official", &[]);
    let mut ba = console.person("Lê Văn Ba", "reviewer", &[]);
    daemon.wait_until("the sounds are known", || hai.clone().get("/emergency").body.contains("0:04"));
    of(&hai.get("/emergency"), &["BÁO ĐỘNG THẬT", "chưa có bản ghi «canh-bao-bao»", "Tất cả 3 cụm loa"]);
    let nothing = hai.post("/emergency", &[("preset", "lu")]);
    assert_eq!(nothing.status, 422);
    of(&nothing, &["Xin chọn ít nhất một cụm loa."]);
    let silent = hai.post("/emergency", &[("preset", "bao"), ("zone", "*")]);
    assert_eq!(silent.status, 422, "a sound that is missing");

    let path = ready(&mut hai, "/emergency", &[("preset", "lu"), ("zone", "*"), ("times", "3")]);
    of(
        &hai.get(&path),
        &[
            "CHƯA PHÁT",
            "Phát báo động LŨ, bản ghi 0:04, ra 3 cụm loa, 3 lần hoặc đến khi bấm Kết thúc?",
            "/hear/canh-bao-lu.wav",
            "Phát báo động thật",
        ],
    );
    assert!(!reasons(&station).iter().any(|reason| reason.starts_with("alert")), "nothing sounds yet");
    assert_eq!(hai.get("/hear/canh-bao-lu.wav").status, 200);
    let sent = hai.post(&format!("{path}/go"), &[]);
    assert_eq!((sent.status, sent.to()), (303, path.as_str()), "{}", sent.body);
    // Tapped again it is the same.
    assert_eq!(hai.post(&format!("{path}/go"), &[]).to(), path);

    for page in ["/", "/schedule", "/journal"] {
        of(&ba.get(page), &["ĐANG BÁO ĐỘNG: LŨ, 3 cụm loa"]);
        assert!(!ba.get(page).body.contains(&format!("{path}/end")), "who only reads ends nothing");
    }
    daemon.wait_until("its zones have begun", || hai.clone().get(&path).body.contains("không có loa nào ở đây"));
    let on = hai.get(&path);
    of(&on, &["Kết thúc báo động", "không có loa nào ở đây, không ai nghe"]);
    assert!(!on.body.contains("Máy phát tiếng đầu tiên"), "nobody hears a first sample: {}", on.body);
    of(&hai.get("/alarm"), &["ĐANG BÁO ĐỘNG", "Kết thúc báo động"]);
    assert_eq!(ba.post(&format!("{path}/end"), &[]).status, 403);

    assert_eq!(hai.post(&format!("{path}/end"), &[]).to(), path);
    let over = hai.get(&path);
    assert!(over.body.contains("Đã đọc kết quả"), "it is over at once: {}", over.body);
    of(&over, &["Trần Thị Hai kết thúc lúc"]);
    // Ended in its tone, unless this machine was slow: then nobody is called, and nothing is corrected.
    let offered =
        ["0 trên 3 cụm loa đã kêu đủ lời", "0912 345 678", "tel:0912345678", "Phát lời đính chính", "In danh sách"];
    let is_recalled = over.body.contains("Hủy kịp trong tiếng báo hiệu");
    assert!(offered.iter().all(|said| over.body.contains(said) != is_recalled), "{}", over.body);
    of(&hai.get("/"), &["Xin đọc kết quả rồi đánh dấu"]);
    of(&hai.get(&format!("{path}/list")), &["ông Năm, trưởng thôn", "0912 345 678", "Thôn 3"]);
    assert_eq!(hai.post(&format!("{path}/read"), &[]).status, 422, "it is ticked, not only tapped");

    let right = hai.post(&format!("{path}/correction"), &[]).to().to_owned();
    of(&hai.get(&right), &["LỜI ĐÍNH CHÍNH", "Phát lời đính chính cho báo động LŨ, bản ghi 0:01, ra 3 cụm loa?"]);
    assert_eq!(hai.post(&format!("{path}/correction"), &[]).to(), right, "tapped again it is the same");
    assert_eq!(hai.post(&format!("{right}/go"), &[]).to(), right);
    assert_eq!(hai.post(&format!("{path}/read"), &[("read", "on")]).to(), path);
    assert_eq!(hai.post(&format!("{path}/remark"), &[("remark", "nhầm với xã bên")]).to(), path);
    daemon
        .wait_until("it is written down", || reasons(&station).iter().any(|reason| reason.starts_with("alarm_remark")));
    assert!(!hai.get("/").body.contains("Xin đọc kết quả"));
    let all = reasons(&station);
    let count = |begins: &str| all.iter().filter(|reason| reason.starts_with(begins)).count();
    // The order, and the three that it ended: in their tone, unless this machine was slow.
    assert_eq!(count("stopped: Trần Thị Hai") + count("recalled: Trần Thị Hai"), 4, "{all:?}");
    assert!(all.iter().any(|reason| reason.contains(": đính chính: Lũ")), "{all:?}");
    assert_eq!((count("alarm_read: Trần Thị Hai"), count("alarm_remark: Trần Thị Hai")), (1, 1), "{all:?}");
    assert_eq!(station.loa(&["journal", "verify"]).code, 0);
}

#[test]
fn a_drill_never_sounds_as_an_alarm_and_an_alarm_never_as_a_drill() {
    // One with a horn, which is not in this drill: a station without any is only being tried out.
    let station = station("[emergency]\nrepeat = 3\n[zones.thon-9]\noutput = \"device:khong-co\"\n");
    let daemon = station.run();
    let console = Console::start(&station);
    let mut hai = console.person("Trần Thị Hai", "official", &[]);
    daemon.wait_until("the sounds are known", || hai.clone().get("/emergency").body.contains("0:04"));
    let drill = ready(&mut hai, "/drill", &[("preset", "lu"), ("zone", "thon-1"), ("zone", "thon-2")]);
    let real = ready(&mut hai, "/emergency", &[("preset", "lu"), ("zone", "thon-1")]);
    let page = hai.get(&drill);
    of(
        &page,
        &["DIỄN TẬP, không phải báo động thật", "Diễn tập LŨ: phát bản ghi nói rõ là diễn tập", "Bắt đầu diễn tập"],
    );
    assert!(!page.body.contains("Phát báo động thật") && !page.body.contains("canh-bao-lu"), "{}", page.body);
    // The one is not to be had at the other's address.
    for wrong in [drill.replace("/drill/", "/emergency/"), real.replace("/emergency/", "/drill/")] {
        assert_eq!((hai.get(&wrong).status, hai.post(&format!("{wrong}/go"), &[]).status), (404, 404), "{wrong}");
    }
    assert_eq!(hai.post(&format!("{drill}/go"), &[]).to(), drill);
    of(&hai.get("/"), &["DIỄN TẬP, không phải báo động thật: LŨ, 2 cụm loa"]);
    assert!(!hai.get("/").body.contains("ĐANG BÁO ĐỘNG"));
    daemon
        .wait_until("it was measured", || reasons(&station).iter().any(|reason| reason.starts_with("drill_measured")));
    let all = reasons(&station);
    assert!(!all.iter().any(|reason| reason.starts_with("alert")), "{all:?}");
    let measured = all.iter().find(|reason| reason.starts_with("drill_measured")).unwrap();
    // Nobody hears what is only counted.
    assert!(measured.contains("không cụm nào ra tiếng, 0 trên 2 cụm loa, 2 cụm chưa nối loa"), "{measured}");
    daemon.wait_until("both zones have their row", || {
        let rows = station.loa(&["journal", "--json"]).rows();
        rows.iter().filter(|row| row["kind"] == "airing").count() == 2
    });
    let place = station.path("thang.html");
    let month = station.loa(&["report", "--month", "--html", place.to_str().unwrap()]);
    assert_eq!(month.code, 0, "{month:?}");
    let paper = std::fs::read_to_string(place).unwrap();
    assert!(paper.contains("đo được ở buổi diễn tập") && paper.contains("0 trên 2 cụm loa"), "{paper}");
    let total = station.loa(&["report", "--month", "--json"]).json()["total"].clone();
    assert_eq!((&total["unheard"], &total["planned"], &total["seconds_played"]), (&0.into(), &0.into(), &0.into()));
    of(&hai.get("/journal"), &["Không ai nghe: chưa nối loa"]);
    // The page and the command ask the same journal whether there was a drill this month.
    of(&hai.get("/"), &["Tháng này chưa có buổi diễn tập báo động nào kêu ra loa."]);
    let doctor = station.loa(&["doctor", "--json"]).rows();
    assert!(doctor.iter().any(|row| row["code"] == "no_drill"), "{doctor:?}");
    let rows = station.loa(&["journal", "--json"]).json();
    let airing = |row: &&serde_json::Value| row["kind"] == "airing";
    let played: Vec<_> = rows.as_array().unwrap().iter().filter(airing).collect();
    for row in played {
        assert_eq!(
            (row["class"].as_str(), &row["audio"][0]["file"]),
            (Some("normal"), &"dien-tap.wav".into()),
            "{row}"
        );
    }
}

#[test]
fn a_drill_without_the_words_that_say_so_cannot_be_had() {
    let station = station("[emergency]\ndrill = \"chua-co\"\n");
    let console = Console::start(&station);
    let mut hai = console.person("Trần Thị Hai", "official", &[]);
    of(&hai.get("/drill"), &["Chưa có bản ghi «chua-co».", "/sounds/slot/chua-co"]);
    // Nothing runs here: that is told before the last tap.
    of(&hai.get("/emergency"), &["ĐÀI KHÔNG TRẢ LỜI: bấm phát lúc này thì không loa nào kêu."]);
    assert_eq!(hai.post("/drill", &[("preset", "lu"), ("zone", "*")]).status, 422);
}

#[test]
#[ignore = "long"]
fn twenty_taps_at_once_are_one_order() {
    let station = station("");
    let daemon = station.run();
    let console = Console::start(&station);
    let mut hai = console.person("Trần Thị Hai", "official", &[]);
    daemon.wait_until("the sounds are known", || hai.clone().get("/emergency").body.contains("0:04"));
    let form = "0123456789abcdef01234567";
    let fields = [("form", form), ("preset", "lu"), ("zone", "thon-1"), ("times", "1")];
    let path = ready(&mut hai, "/emergency", &fields);
    assert_eq!(ready(&mut hai, "/emergency", &fields), path, "the same form makes one");
    let go = format!("{path}/go");
    thread::scope(|scope| {
        let taps: Vec<_> = (0..20)
            .map(|_| {
                let (mut hai, go) = (hai.clone(), go.clone());
                scope.spawn(move || hai.post(&go, &[]).status)
            })
            .collect();
        assert!(taps.into_iter().all(|tap| tap.join().unwrap() == 303));
    });
    daemon.wait_until("it was heard", || hai.clone().get(&path).body.contains("Đã đọc kết quả"));
    let given = reasons(&station).into_iter().filter(|reason| reason.contains("alert: Trần Thị Hai"));
    assert_eq!(given.count(), 2, "a note and an airing");
}

#[test]
fn a_hamlet_head_alerts_alone_in_his_hamlet_and_nowhere_else_and_adds_no_other() {
    let station = station("");
    let daemon = station.run();
    let console = Console::start(&station);
    let mut two = console.person("Lò Văn Hai", "operator", &["thon-2"]);
    daemon.wait_until("the sounds are known", || two.clone().get("/emergency").body.contains("0:04"));
    let page = two.get("/emergency");
    assert!(page.body.contains("Thôn 2") && !page.body.contains("Thôn 1"), "{}", page.body);
    for zone in ["thon-1", "khong-co", "group:x", ""] {
        assert_eq!(two.post("/emergency", &[("preset", "lu"), ("zone", zone)]).status, 422, "{zone}");
    }
    let path = ready(&mut two, "/emergency", &[("preset", "lu"), ("zone", "*"), ("times", "5")]);
    let mut one = console.person("Lò Văn Một", "operator", &["thon-1"]);
    assert_eq!(one.post(&format!("{path}/go"), &[]).status, 422, "not his");
    assert_eq!(two.post(&format!("{path}/go"), &[]).to(), path);
    of(&one.get("/"), &["ĐANG BÁO ĐỘNG: LŨ, 1 cụm loa"]);
    assert!(!two.get(&path).body.contains("xác nhận báo động này"), "his own hamlet takes one person");
    assert_eq!(two.post(&format!("{path}/more"), &[("zone", "thon-1")]).status, 422, "not his");
    let mut hai = console.person("Trần Thị Hai", "official", &[]);
    let more = hai.post(&format!("{path}/more"), &[("zone", "thon-1"), ("zone", "thon-3")]);
    assert_eq!((more.status, more.to()), (303, path.as_str()), "{}", more.body);
    of(&hai.get("/"), &["ĐANG BÁO ĐỘNG: LŨ, 3 cụm loa"]);
    assert_eq!(hai.post(&format!("{path}/end"), &[]).to(), path);
}

#[test]
fn an_alarm_of_the_command_line_is_on_every_page_too() {
    let station = station("");
    let daemon = station.run();
    let console = Console::start(&station);
    let mut hai = console.person("Trần Thị Hai", "official", &[]);
    daemon.wait_until("the sounds are known", || hai.clone().get("/emergency").body.contains("0:04"));
    let alert = ["alert", "canh-bao-lu", "--zone", "thon-1,thon-2", "--by", "ông Bảy", "--why", "lũ", "--repeat", "9"];
    assert_eq!(station.loa(&alert).code, 0);
    daemon.wait_until("the page has heard of it", || {
        hai.clone().get("/journal").body.contains("ĐANG BÁO ĐỘNG: LŨ, 2 cụm loa")
    });
    of(&hai.get("/"), &["Người ra lệnh: ông Bảy."]);
    daemon.wait_until("it is kept as those of the page are", || {
        hai.clone().get("/emergency").body.split("id=\"lately\"").nth(1).is_some_and(|lately| lately.contains("Lũ"))
    });
    let page = hai.get("/").body;
    assert!(page.contains("Người ra lệnh: ông Bảy.") && page.contains("trên 9"), "{page}");
    assert_eq!(page.matches("ĐANG BÁO ĐỘNG").count(), 1, "{page}");
    // While it is on nobody begins a drill by mistake.
    let drill = ready(&mut hai, "/drill", &[("preset", "lu"), ("zone", "*")]);
    let said = "đang có báo động thật";
    assert!(hai.get(&drill).body.to_lowercase().contains(said), "{}", hai.get(&drill).body);
    let begun = hai.post(&format!("{drill}/go"), &[]);
    assert!(begun.status == 422 && begun.body.to_lowercase().contains(said), "{}", begun.body);
    assert_eq!(hai.post("/stop", &[("zone", "thon-1"), ("zone", "thon-2")]).status, 303);
    daemon.wait_until("it is gone", || !hai.clone().get("/").body.contains("ĐANG BÁO ĐỘNG"));
}

#[test]
fn nothing_that_is_only_looked_at_sounds() {
    let station = station("");
    let daemon = station.run();
    let console = Console::start(&station);
    let mut hai = console.person("Trần Thị Hai", "official", &[]);
    daemon.wait_until("the sounds are known", || hai.clone().get("/emergency").body.contains("0:04"));
    let real = ready(&mut hai, "/emergency", &[("preset", "lu"), ("zone", "*")]);
    for act in ["go", "end", "drop", "more", "agree", "read", "remark", "correction", "lifted"] {
        let answer = hai.get(&format!("{real}/{act}"));
        assert!(matches!(answer.status, 404 | 405), "{act}: {}", answer.status);
    }
    for asked in ["?preset=lu&zone=*&form=x", "?go=1"] {
        assert_eq!(hai.get(&format!("/emergency{asked}")).status, 200);
    }
    // A form from another site is none of ours.
    let elsewhere = [
        ("Sec-Fetch-Site", "cross-site"),
        ("Origin", "http://evil.example"),
        ("Content-Type", "application/x-www-form-urlencoded"),
    ];
    assert_eq!(hai.ask("POST", &format!("{real}/go"), &elsewhere, b"x=1").status, 403);
    of(&hai.get(&real), &["CHƯA PHÁT"]);
    assert!(!reasons(&station).iter().any(|reason| reason.contains("alert")));
}
