//! What waits for a second person, on the page: seen, heard, approved, returned, signed on paper; and not by who wrote it.

use super::kit::{Answer, Browser, Console};
use super::schedule::{form, send, set};
use super::sounds;
use crate::kit::Station;

pub(crate) fn station() -> Station {
    let station = Station::new();
    station.tone("a.wav", 1.0, 440.0);
    station.write(
        "loa.toml",
        "approval = \"required\"\n[zones.thon-1]\ntitle = \"Thôn 1\"\noutput = \"null\"\n[clock]\ntrust = \"always\"\n",
    );
    station.write("schedules/a.toml", "[rules]\nhours = [\"00:00-24:00\"]\n");
    station
}

/// The value of a hidden field.
fn hidden(page: &Answer, name: &str) -> String {
    let begin = format!("name=\"{name}\" value=\"");
    let rest = page.body.split_once(&begin).unwrap_or_else(|| panic!("{name}: {}", page.body)).1;
    rest.split('"').next().unwrap().to_owned()
}

/// Somebody writes a broadcast by the form.
pub(crate) fn write(browser: &mut Browser, at: &str) -> Answer {
    let mut new = form(&browser.get("/schedule/new"));
    for (name, value) in [("title", "Bản tin sáng"), ("at", at), ("for", "some"), ("zone", "thon-1"), ("play", "a")]
    {
        set(&mut new, name, &[value]);
    }
    let week = send(browser, &new, "days:127");
    send(browser, &form(&week), "save")
}

#[test]
#[ignore = "long"]
fn a_change_is_heard_and_approved_by_another_in_three_taps_and_a_new_sound_voids_it() {
    let station = station();
    let daemon = station.run();
    let console = Console::start(&station);
    let mut nam = console.person("Trần Văn Nam", "official", &[]);
    let mut hai = console.approver("Trần Thị Hai", "reviewer");
    let mut lan = console.person("Lò Thị Lan", "reviewer", &[]);
    daemon.wait_until("the page sees the daemon", || !nam.clone().get("/").body.contains("Đài không chạy"));
    assert!(nam.get("/approvals").body.contains("Không có mục nào chờ duyệt"));
    let saved = write(&mut nam, "05:30");
    assert_eq!(saved.status, 303, "{}", saved.body);
    daemon.wait_until("it waits", || hai.clone().get("/").body.contains("«Bản tin sáng»: cần duyệt trước 05:30"));
    // Tap one: the item, from Today.
    let today = hai.get("/");
    let link = today.values("href").into_iter().find(|link| link.starts_with("/approvals/one?id=")).unwrap().to_owned();
    let item = hai.get(&link);
    assert!(item.body.contains("Cần duyệt trước 05:30") && item.body.contains("Chờ duyệt"), "{}", item.body);
    assert!(item.body.contains("Người đã sửa: ") && item.body.contains("Trần Văn Nam"), "{}", item.body);
    // Tap two: hear it.
    let sound =
        item.values("src").into_iter().find(|link| link.starts_with("/approvals/sound")).unwrap().replace("&amp;", "&");
    let heard = hai.get(&sound);
    assert_eq!((heard.status, heard.header("content-type")), (200, "audio/wav"));
    // Who wrote it, and who is not marked, have no button and no way.
    let (id, digest) = (hidden(&item, "id"), hidden(&item, "digest"));
    let fields = [("id", id.as_str()), ("digest", digest.as_str())];
    let own = nam.get(&link);
    assert!(!own.body.contains("action=\"/approvals/approve\""), "{}", own.body);
    for browser in [&mut nam, &mut lan] {
        let turned = browser.post("/approvals/approve", &fields);
        assert_eq!(turned.status, 422, "{}", turned.body);
    }
    // What was seen is not what is there.
    let other = digest.replace('a', "b");
    let stale = hai.post("/approvals/approve", &[fields[0], ("digest", &other)]);
    assert!(stale.status == 422 && stale.body.contains("đã thay đổi từ lúc xem"), "{}", stale.body);
    // Back with a note, and then, as it is after all, tap three.
    daemon.wait_until("the daemon has it too", || {
        hai.clone().post("/approvals/return", &[fields[0], fields[1], ("note", "xin đọc chậm hơn")]).status == 303
    });
    assert!(nam.get("/approvals").body.contains("Đã trả lại: xin đọc chậm hơn"), "{}", nam.get("/approvals").body);
    let done = hai.post("/approvals/approve", &fields);
    assert_eq!((done.status, done.to()), (303, format!("/approvals?done={id}").as_str()), "{}", done.body);
    assert!(
        hai.get(done.to()).body.contains("«Bản tin sáng». Đã duyệt: Trần Thị Hai, "),
        "{}",
        hai.get(done.to()).body
    );
    assert!(hai.get("/approvals").body.contains("Không có mục nào chờ duyệt"));
    let page = nam.get(&format!("/schedule/broadcast?id={id}"));
    assert!(page.body.contains("Đã duyệt: Trần Thị Hai, "), "{}", page.body);
    assert!(nam.get("/").body.contains("Sáng mai: không ai nghe, chưa cụm nào nối loa"), "{}", nam.get("/").body);
    // Another sound under the same name.
    station.tone("a.wav", 1.0, 880.0);
    daemon.wait_until("the page has it", || {
        hai.clone().get("/approvals").body.contains("Cần duyệt lại: bản ghi đã thay")
    });
    // Whoever looks at the sound is told before when, and led there.
    let sound = nam.get("/sounds/a.wav").body;
    assert!(
        sound.contains("Phải duyệt lại trước <strong>05:30") && sound.contains("nếu không thì không phát"),
        "{sound}"
    );
    assert!(sound.contains("/approvals/one?id=") && !sound.contains("Chưa có lượt phát nào"), "{sound}");
    assert!(hai.get(&link).body.contains("bản ghi «a» đã thay"), "{}", hai.get(&link).body);
    daemon.wait_until("Today has it", || nam.clone().get("/").body.contains("Sáng mai: thiếu 1"));
    let rows = station.loa(&["journal", "--json"]).out;
    assert!(rows.contains("Trần Thị Hai (") && rows.contains("returned: v1:"), "{rows}");
    assert_eq!(daemon.end(), 0);
}

#[test]
fn whoever_handed_in_a_sound_approves_it_no_more_once_another_hands_it_in_again() {
    let station = station();
    let daemon = station.run();
    let console = Console::start(&station);
    let mut nam = console.person("Trần Văn Nam", "official", &[]);
    let mut hai = console.approver("Trần Thị Hai", "official");
    for browser in [&mut hai, &mut nam] {
        let sent = sounds::form(browser, "a", "a.wav", &sounds::wav(2.0));
        sounds::outcome(browser, sent.to());
    }
    assert_eq!(write(&mut nam, "05:30").status, 303);
    daemon.wait_until("it waits", || hai.clone().get("/approvals").body.contains("/approvals/one?id="));
    let list = hai.get("/approvals");
    let link = list.values("href").into_iter().find(|link| link.starts_with("/approvals/one?id=")).unwrap().to_owned();
    daemon.wait_until("the sound is measured", || hai.clone().get(&link).body.contains("Trần Thị Hai, Trần Văn Nam"));
    let item = hai.get(&link);
    assert!(!item.body.contains("action=\"/approvals/approve\""), "{}", item.body);
    assert_eq!(daemon.end(), 0);
}

#[test]
fn a_slip_is_printed_once_signed_and_entered_once_by_somebody_who_did_not_write_it() {
    let station = station();
    let daemon = station.run();
    let console = Console::start(&station);
    let mut nam = console.person("Trần Văn Nam", "official", &[]);
    let mut lan = console.person("Lò Thị Lan", "official", &[]);
    daemon.wait_until("the page sees the daemon", || !nam.clone().get("/").body.contains("Đài không chạy"));
    assert_eq!(write(&mut nam, "05:30").status, 303);
    let list = nam.get("/approvals");
    let link = list.values("href").into_iter().find(|link| link.starts_with("/approvals/one?id=")).unwrap().to_owned();
    let item = nam.get(&link);
    let (id, digest) = (hidden(&item, "id"), hidden(&item, "digest"));
    let slip = nam.post("/approvals/slip", &[("id", &id), ("digest", &digest)]);
    assert!(
        slip.status == 200 && slip.body.contains("Phiếu duyệt mục phát") && slip.body.contains("<svg"),
        "{}",
        slip.body
    );
    // What is signed names what is signed: when, on which days, where.
    for word in ["05:30", "mọi ngày", "Thôn 1"] {
        assert!(slip.body.split("class=\"slip\"").nth(1).unwrap().contains(word), "{word}: {}", slip.body);
    }
    let code = slip.body.split("class=\"code\">").nth(1).unwrap()[..9].to_owned();
    let own = nam.post("/approvals/code", &[("code", &code), ("by", "Bà Hai")]);
    assert!(own.status == 422 && own.body.contains("không nhập mã phiếu của mục này được"), "{}", own.body);
    let signed = lan.post("/approvals/code", &[("code", &code), ("by", "Trần Văn Nam")]);
    assert!(signed.status == 422 && signed.body.contains("không ký phiếu của mục này được"), "{}", signed.body);
    let wrong = lan.post("/approvals/code", &[("code", "AAAA-BBBB"), ("by", "Bà Hai")]);
    assert!(wrong.status == 422 && wrong.body.contains("Không có phiếu nào mang mã này"), "{}", wrong.body);
    assert!(wrong.body.contains("value=\"Bà Hai\""), "what was typed is kept: {}", wrong.body);
    // The daemon has to have examined the sound; what it does not take uses nothing up.
    daemon.wait_until("the code is taken", || {
        lan.clone().post("/approvals/code", &[("code", &code.to_lowercase()), ("by", "Bà Hai")]).status == 303
    });
    assert!(lan.get("/approvals").body.contains("Không có mục nào chờ duyệt"));
    let again = lan.post("/approvals/code", &[("code", &code), ("by", "Bà Hai")]);
    assert!(again.status == 422 && again.body.contains("đã được nhập rồi"), "{}", again.body);
    let rows = station.loa(&["journal", "--json"]).out;
    assert!(rows.contains(": Bà Hai: paper: Lò Thị Lan ("), "{rows}");
    // Whoever guesses waits, and nobody else does.
    let guess = [("code", "BBBB-CCCC"), ("by", "Bà Hai")];
    let tries: Vec<u16> = (0..6).map(|_| lan.post("/approvals/code", &guess).status).collect();
    assert!(tries.starts_with(&[422]) && tries.ends_with(&[429]), "{tries:?}");
    assert_eq!(nam.post("/approvals/code", &guess).status, 422);
    assert_eq!(daemon.end(), 0);
}

/// The code of a slip that somebody prints for what waits.
fn printed(browser: &mut Browser, fields: &[(&str, &str)]) -> String {
    let slip = browser.post("/approvals/slip", fields);
    assert_eq!(slip.status, 200, "{}", slip.body);
    slip.body.split("class=\"code\">").nth(1).unwrap()[..9].to_owned()
}

#[test]
fn where_people_are_marked_a_slip_takes_two_who_are_not_and_a_return_voids_it() {
    let station = station();
    let daemon = station.run();
    let console = Console::start(&station);
    let mut nam = console.person("Trần Văn Nam", "official", &[]);
    let mut lan = console.person("Lò Thị Lan", "official", &[]);
    let mut bay = console.person("Vì Văn Bảy", "reviewer", &[]);
    let mut hai = console.approver("Trần Thị Hai", "reviewer");
    daemon.wait_until("the page sees the daemon", || !nam.clone().get("/").body.contains("Đài không chạy"));
    assert_eq!(write(&mut nam, "05:30").status, 303);
    let list = lan.get("/approvals");
    let link = list.values("href").into_iter().find(|link| link.starts_with("/approvals/one?id=")).unwrap().to_owned();
    let item = lan.get(&link);
    let (id, digest) = (hidden(&item, "id"), hidden(&item, "digest"));
    let fields = [("id", id.as_str()), ("digest", digest.as_str())];
    let code = printed(&mut lan, &fields);
    // Alone, with an invented name, or with his own.
    let alone = lan.post("/approvals/code", &[("code", &code), ("by", "Bà Chủ tịch")]);
    assert!(alone.status == 422 && alone.body.contains("đã in phiếu này"), "{}", alone.body);
    let own = bay.post("/approvals/code", &[("code", &code), ("by", "Ông Vì Văn Bảy")]);
    assert!(own.status == 422 && own.body.contains("chưa được ghi là người duyệt"), "{}", own.body);
    // Given back, the slip of before is void; one that is printed now is not.
    daemon.wait_until("it is returned", || {
        hai.clone().post("/approvals/return", &[fields[0], fields[1], ("note", "xin đọc chậm hơn")]).status == 303
    });
    let void = bay.post("/approvals/code", &[("code", &code), ("by", "Bà Chủ tịch")]);
    assert!(void.status == 422 && void.body.contains("đã có quyết định khác"), "{}", void.body);
    let code = printed(&mut lan, &fields);
    let signed = bay.post("/approvals/code", &[("code", &code), ("by", "Bà Chủ tịch")]);
    assert_eq!(signed.status, 303, "{}", signed.body);
    assert!(hai.get("/approvals").body.contains("Không có mục nào chờ duyệt"));
    assert_eq!(daemon.end(), 0);
}

#[test]
fn where_nothing_is_asked_for_nothing_is_shown() {
    let station = station();
    station.write("loa.toml", "[zones.thon-1]\noutput = \"null\"\n");
    let console = Console::start(&station);
    let mut nam = console.person("Trần Văn Nam", "official", &[]);
    let today = nam.get("/");
    assert!(!today.body.contains("/approvals") && !today.body.contains("Chờ duyệt"), "{}", today.body);
    assert!(nam.get("/approvals").body.contains("Đài này không cần duyệt"));
}

#[test]
fn a_sound_whose_broadcast_lacks_approval_says_before_when_it_is_to_be_approved() {
    let station = station();
    station.write(
        "schedules/a.toml",
        "[rules]\nhours = [\"00:00-24:00\"]\n[[broadcast]]\nid = \"tin\"\ntitle = \"Bản tin\"\nat = \"05:30\"\nplay = [\"a\"]\n",
    );
    let daemon = station.run();
    let console = Console::start(&station);
    let mut nam = console.person("Trần Văn Nam", "official", &[]);
    let mut head = console.person("Lò Văn Một", "operator", &["thon-1"]);
    let waits = "Phải duyệt trước <strong>05:30";
    daemon.wait_until("the sound is known", || nam.clone().get("/sounds/a.wav").body.contains(waits));
    assert!(nam.get("/sounds/a.wav").body.contains("href=\"/approvals/one?id=tin\""));
    let own = head.get("/sounds/a.wav").body;
    assert!(own.contains(waits) && !own.contains("/approvals"), "{own}");
    assert!(nam.get("/sounds").body.contains("Phải duyệt trước 05:30"));
    let asked = nam.post("/sounds/a.wav/away", &[]);
    assert!(asked.body.contains("còn phát trong 7 ngày tới"), "{}", asked.body);
}
