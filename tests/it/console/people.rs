//! People: who is let in, and how.

use super::kit::{Console, PASSWORD};
use crate::kit::{Station, qr};

pub(super) fn station() -> Station {
    let station = Station::new();
    station.write(
        "loa.toml",
        r#"
        name = "Xã Đông Giang"
        [zones.thon-1]
        title = "Thôn Một"
        output = "null"
        [zones.thon-2]
        title = "Thôn Hai"
        output = "null"
        "#,
    );
    station
}

#[test]
fn a_link_lets_a_person_set_a_password_once_and_the_password_logs_in() {
    let station = station();
    let console = Console::start(&station);
    let link = console.link("Trần Thị Hai", "official", &[]);
    let mut hai = console.browser();
    assert_eq!(hai.get("/").to(), "/login?next=%2F");
    assert!(hai.get("/login").body.contains("Trang này không mã hóa"), "what plain HTTP cannot do is said first");
    assert!(hai.get(&link).body.contains("Trần Thị Hai"));
    let entered = hai.post(&link, &[("password", PASSWORD), ("again", PASSWORD)]);
    assert_eq!((entered.status, entered.to()), (303, "/"), "{}", entered.body);
    assert_eq!(hai.get("/").status, 200);
    assert_eq!(console.browser().get(&link).status, 410, "used");
    let mut other = console.browser();
    let tried = other.post("/login", &[("name", "tran thi hai"), ("password", PASSWORD), ("next", "/")]);
    assert_eq!((tried.status, tried.to()), (303, "/"), "{}", tried.body);
}

#[test]
fn an_administrator_lets_somebody_in_by_the_page_and_the_link_works() {
    let station = station();
    let console = Console::start(&station);
    let mut admin = console.person("Lê Văn Tư", "admin", &[]);
    let wrong = admin.post("/people", &[("name", "Nguyễn Văn Bảy"), ("role", "operator")]);
    assert_eq!(wrong.status, 422);
    assert!(
        wrong.body.contains("Xin chọn ít nhất một cụm loa") && wrong.body.contains("Nguyễn Văn Bảy"),
        "{}",
        wrong.body
    );
    let made = admin.post("/people", &[("name", "Nguyễn Văn Bảy"), ("role", "operator"), ("zone", "thon-2")]);
    assert_eq!(made.status, 200, "{}", made.body);
    assert!(made.body.contains("<svg class=\"qr\""), "{}", made.body);
    let link = made.body.split("<code>").nth(1).unwrap().split("</code>").next().unwrap().to_owned();
    assert!(link.starts_with("http://127.0.0.1:"), "{link}");
    let (_, picture) = made.body.split_once("<svg class=\"qr\"").unwrap();
    assert_eq!(qr::read(picture), link, "as a telephone reads it");
    let path = &link[link.find("/invite/").unwrap()..];
    let mut bay = console.browser();
    assert!(bay.get(path).body.contains("trưởng thôn"));
    assert_eq!(bay.post(path, &[("password", "ngan"), ("again", "ngan")]).status, 200, "too short, asked again");
    assert_eq!(bay.post(path, &[("password", PASSWORD), ("again", "khac hẳn")]).status, 200, "asked again");
    assert_eq!(bay.post(path, &[("password", PASSWORD), ("again", PASSWORD)]).status, 303);
    let own = bay.get("/me").body;
    assert!(own.contains("Thôn Hai") && !own.contains("Thôn Một"), "{own}");
    let same = admin.post("/people", &[("name", "nguyen van BAY"), ("role", "reviewer")]);
    assert_eq!(same.status, 422, "the name is taken");
}

#[test]
fn the_last_administrator_is_not_put_out() {
    let station = station();
    let console = Console::start(&station);
    let mut admin = console.person("Lê Văn Tư", "admin", &[]);
    for (path, fields) in [("/people/1/end", &[][..]), ("/people/1", &[("role", "reviewer")])] {
        let answer = admin.post(path, fields);
        assert_eq!(answer.status, 422, "{path}");
        assert!(answer.body.contains("người quản trị cuối cùng"), "{}", answer.body);
    }
    let mut second = console.person("Phạm Thị Sáu", "admin", &[]);
    let asked = second.post("/people/1/end", &[]);
    assert!(asked.status == 200 && asked.body.contains("Thôi cho Lê Văn Tư dùng trang?"), "{}", asked.body);
    assert_eq!(admin.get("/people").status, 200, "nothing is done by asking");
    assert_eq!(second.post("/people/1/end", &[("sure", "1")]).status, 303);
    assert_eq!(admin.get("/people").to(), "/login?next=%2Fpeople");
}

#[test]
#[ignore = "long"]
fn a_phone_is_logged_out_from_another_and_a_new_password_needs_the_old_one() {
    let station = station();
    let console = Console::start(&station);
    let mut hai = console.person("Trần Thị Hai", "official", &[]);
    let mut lost = console.browser();
    assert_eq!(lost.post("/login", &[("name", "Trần Thị Hai"), ("password", PASSWORD)]).status, 303);
    let own = hai.get("/me");
    let phone = own.body.split("name=\"phone\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    assert_eq!(hai.post("/me/phones", &[("phone", &phone)]).to(), "/me");
    assert_eq!(lost.get("/me").to(), "/login?next=%2Fme");
    assert_eq!(hai.get("/me").status, 200);
    assert_eq!(lost.post("/login", &[("name", "Trần Thị Hai"), ("password", PASSWORD)]).status, 303);
    let new = "con mèo trèo cây cau";
    let change = |old| [("old", old), ("password", new), ("again", new)];
    assert_eq!(hai.post("/me/password", &change("không phải")).status, 422);
    assert_eq!(hai.post("/me/password", &change(PASSWORD)).status, 200);
    assert_eq!((hai.get("/me").status, lost.get("/me").status), (200, 303));
    let mut again = console.browser();
    assert_eq!(again.post("/login", &[("name", "Trần Thị Hai"), ("password", PASSWORD)]).status, 401);
    assert_eq!(again.post("/login", &[("name", "Trần Thị Hai"), ("password", new)]).status, 303);
    assert_eq!((again.post("/logout", &[]).to(), again.get("/me").status), ("/login", 303));
}

#[test]
fn the_password_is_asked_again_after_a_while_and_what_was_typed_goes_on() {
    let station = station();
    let console = Console::start(&station);
    let mut admin = console.person("Lê Văn Tư", "admin", &[]);
    // An hour passes.
    let db = rusqlite::Connection::open(station.path("state/console.db")).unwrap();
    db.execute("UPDATE session SET sure = sure - 3600", []).unwrap();
    let asked = admin.post("/people", &[("name", "Phạm Thị Sáu"), ("role", "reviewer")]);
    assert_eq!(asked.status, 401);
    assert!(asked.body.contains("name=\"name\" value=\"Phạm Thị Sáu\"") && asked.body.contains("action=\"/sure\""));
    let form = |word| [("name", "Phạm Thị Sáu"), ("role", "reviewer"), ("then", "/people"), ("own-password", word)];
    let wrong = admin.post("/sure", &form("không phải"));
    assert_eq!(wrong.status, 401);
    assert!(wrong.body.contains("value=\"Phạm Thị Sáu\"") && !wrong.body.contains("không phải"));
    let right = admin.post("/sure", &form(PASSWORD));
    assert_eq!((right.status, right.to()), (307, "/people"), "the browser sends the form on");
    assert!(admin.post("/people", &form(PASSWORD)).body.contains("/invite/"));
    let away = admin.post("/sure", &[("then", "//evil.example"), ("own-password", PASSWORD)]);
    assert_eq!((away.status, away.to()), (307, "/"));
}

#[test]
fn what_was_typed_when_the_session_ended_goes_on_after_the_log_in() {
    let station = station();
    let console = Console::start(&station);
    let mut hai = console.person("Trần Thị Hai", "official", &[]);
    hai.cookies.clear();
    let typed = [("kind", "days"), ("first", "08/01/2038"), ("for", "all"), ("why", "quốc tang"), ("do", "save")];
    let asked = hai.post("/schedule/off", &typed);
    assert_eq!(asked.status, 401, "{}", asked.body);
    assert!(asked.body.contains("cần đăng nhập lại") && asked.body.contains("quốc tang"), "{}", asked.body);
    let send = |browser: &mut super::kit::Browser, password: &str| {
        let mut all = typed.to_vec();
        all.extend([("then", "/schedule/off"), ("own-name", "Trần Thị Hai"), ("own-password", password)]);
        browser.post("/login", &all)
    };
    let wrong = send(&mut hai, "sai mật khẩu này");
    assert!(
        wrong.status == 401 && wrong.body.contains("quốc tang") && !wrong.body.contains("sai mật khẩu"),
        "{}",
        wrong.body
    );
    let right = send(&mut hai, PASSWORD);
    assert_eq!((right.status, right.to()), (307, "/schedule/off"), "{}", right.body);
    // The browser sends the same form on.
    let mut all = typed.to_vec();
    all.extend([("then", "/schedule/off"), ("own-name", "Trần Thị Hai"), ("own-password", PASSWORD)]);
    assert_eq!(hai.post(right.to(), &all).status, 303);
    assert!(hai.get("/schedule/off").body.contains("quốc tang"));
    // Secrets are not drawn, and nobody is led elsewhere.
    hai.cookies.clear();
    assert_eq!(hai.post("/me/password", &[("old", PASSWORD), ("password", "x")]).status, 303);
    let mut all = typed.to_vec();
    all.extend([("then", "//evil.example/"), ("own-name", "Trần Thị Hai"), ("own-password", PASSWORD)]);
    assert_eq!(hai.post("/login", &all).to(), "/");
}

#[test]
fn a_head_of_a_hamlet_is_not_marked_as_one_who_approves_and_both_ways_say_why() {
    let station = station();
    let console = Console::start(&station);
    let mut admin = console.person("Lê Văn Tư", "admin", &[]);
    drop(console.person("Trần Thị Hai", "reviewer", &[]));
    let asked = [("name", "Ba"), ("role", "operator"), ("zone", "thon-1"), ("approves", "on")];
    for path in ["/people", "/people/2"] {
        let refused = admin.post(path, &asked);
        assert_eq!(refused.status, 422, "{path}: {}", refused.body);
        assert!(refused.body.contains("Vai trò trưởng thôn không duyệt mục phát."), "{path}: {}", refused.body);
    }
    let typed = station.loa(&["user", "add", "Ba", "--role", "operator", "--zones", "thon-1", "--approves"]);
    assert!(typed.code == 2 && typed.err.contains("leave --approves out"), "{typed:?}");
    assert!(!station.loa(&["user", "list"]).out.contains("Ba "), "nobody was let in");
}

#[test]
fn who_may_approve_is_shown_and_that_it_was_granted_is_told_as_what_it_is() {
    let station = station();
    let console = Console::start(&station);
    let mut admin = console.person("Lê Văn Tư", "admin", &[]);
    drop(console.person("Trần Thị Hai", "official", &[]));
    let row = |page: &str| page.split("href=\"/people/2\"").nth(1).unwrap().split("</a>").next().unwrap().to_owned();
    assert!(!row(&admin.get("/people").body).contains("Được duyệt"));
    let saved = admin.post("/people/2", &[("role", "official"), ("approves", "on")]);
    assert_eq!((saved.status, saved.to()), (303, "/people?saved=2"), "{}", saved.body);
    let page = admin.get(saved.to()).body;
    assert!(page.contains("Đã lưu: Trần Thị Hai.") && row(&page).contains("Được duyệt"), "{page}");
    let list = station.loa(&["user", "list"]).out;
    let has = |name: &str| list.lines().find(|line| line.contains(name)).unwrap().contains("┆ yes");
    assert!(has("Trần Thị Hai") && !has("Lê Văn Tư"), "{list}");
    let acts = admin.get("/journal?show=acts").body;
    assert!(acts.contains("ho Trần Thị Hai được duyệt mục phát của người khác"), "{acts}");
    assert!(!acts.contains("ổi vai trò, cụm loa"), "{acts}");
    admin.post("/people/2", &[("role", "reviewer")]);
    let acts = admin.get("/journal?show=acts").body;
    assert!(acts.contains("hôi cho Trần Thị Hai duyệt") && acts.contains("ổi vai trò, cụm loa"), "{acts}");
}

#[test]
fn a_link_that_is_used_leads_who_is_in_already_to_today() {
    let station = station();
    let console = Console::start(&station);
    let link = console.link("Trần Thị Hai", "official", &[]);
    let mut hai = console.browser();
    assert_eq!(hai.post(&link, &[("password", PASSWORD), ("again", PASSWORD)]).status, 303);
    let void = |page: &str| page.split("<main").nth(1).unwrap().to_owned();
    let own = void(&hai.get(&link).body);
    assert!(own.contains("Về trang Hôm nay") && !own.contains("/login"), "{own}");
    assert!(void(&console.browser().get(&link).body).contains("/login"));
}
