//! What is sent twice does its work once: two taps without script, and two at one instant.

use super::alarm;
use super::kit::{Answer, Browser, Console, PASSWORD};
use crate::kit::Station;

/// The word of the form that goes to `action`.
pub(crate) fn word(page: &Answer, action: &str) -> String {
    let begin = format!("action=\"{action}\"");
    let form = page.body.split_once(&begin).unwrap_or_else(|| panic!("{action}: {}", page.body)).1;
    let word = form.split_once("name=\"once\" value=\"").expect("each form has a word").1;
    word.split('"').next().unwrap().to_owned()
}

/// The same form twice, at one instant.
fn twice(browser: &Browser, path: &str, fields: &[(&str, &str)]) -> [Answer; 2] {
    std::thread::scope(|scope| {
        let send = || {
            let mut browser = browser.clone();
            scope.spawn(move || browser.post(path, fields))
        };
        let both = [send(), send()];
        both.map(|one| one.join().unwrap())
    })
}

fn station() -> Station {
    let station = Station::new();
    station
        .tone("a.wav", 5.0, 440.0)
        .write("loa.toml", "[zones.thon-1]\ntitle = \"Thôn 1\"\noutput = \"null\"\n[clock]\ntrust = \"always\"\n");
    station.write("schedules/a.toml", "[rules]\nhours = [\"00:00-24:00\"]\n");
    station
}

#[test]
fn a_second_tap_on_say_now_is_no_second_order_and_a_later_one_is() {
    let station = station();
    let daemon = station.run();
    let console = Console::start(&station);
    let mut hai = console.person("Trần Thị Hai", "official", &[]);
    daemon.wait_until("the sound is known", || hai.clone().get("/say").body.contains("a (0:"));
    let first = word(&hai.get("/say"), "/say");
    let first = [("once", first.as_str()), ("name", "a.wav"), ("zone", "thon-1")];
    let [one, other] = twice(&hai, "/say", &first);
    assert!(one.status == 303 && one.to().starts_with("/order/"), "{} {}", one.status, one.body);
    assert_eq!(one.to(), other.to(), "one order");
    assert_eq!(hai.post("/say", &first).to(), one.to(), "a moment later too");
    let again = word(&hai.get("/say"), "/say");
    let again = hai.post("/say", &[("once", &again), ("name", "a.wav"), ("zone", "thon-1")]);
    assert!(again.status == 303 && again.to() != one.to(), "a new page is another order");
    // A mistake is no answer for good: what was missing is asked for each time it is missing.
    let none = word(&hai.get("/say"), "/say");
    for _ in 0..2 {
        assert_eq!(hai.post("/say", &[("once", &none), ("name", "a.wav")]).status, 422);
    }
    assert_eq!(hai.post("/say", &[("once", &none), ("name", "a.wav"), ("zone", "thon-1")]).status, 303);
    let orders = |rows: Vec<serde_json::Value>| {
        let is_say =
            |row: &&serde_json::Value| row["reason"].as_str().is_some_and(|reason| reason.starts_with("say: "));
        let orders = rows.iter().filter(is_say).filter_map(|row| row["order"].as_str().map(str::to_owned));
        orders.collect::<std::collections::BTreeSet<_>>().len()
    };
    hai.post("/stop", &[]);
    daemon.wait_until("each is written down", || orders(station.loa(&["journal", "--json"]).rows()) == 3);
}

#[test]
fn a_sealed_code_that_is_sent_twice_lets_its_phone_in_and_no_other() {
    let station = alarm::station("");
    let console = Console::start(&station);
    let mut admin = console.person("Phạm Văn Tư", "admin", &[]);
    let page = admin.get("/emergency/codes");
    let renew = word(&page, "/emergency/codes");
    let [one, other] = twice(&admin, "/emergency/codes", &[("once", &renew)]);
    assert!(
        one.body.contains("<strong class=\"code\">") && one.body == other.body,
        "the envelope that was printed is good"
    );
    let code = one.body.split("<strong class=\"code\">").nth(1).unwrap().split('<').next().unwrap().to_owned();
    let mut phone = console.browser();
    let word = word(&phone.get("/night"), "/night");
    let fields = [("once", word.as_str()), ("code", &code), ("name", "ông Năm")];
    let [one, other] = twice(&phone, "/night", &fields);
    assert_eq!((one.status, other.status, one.to()), (303, 303, "/emergency"), "{} {}", one.body, other.body);
    assert_eq!(one.header("set-cookie"), other.header("set-cookie"));
    assert_eq!(phone.post("/night", &fields).status, 303, "the phone that lost the first answer");
    assert_eq!(phone.get("/emergency").status, 200);
    assert_eq!(
        console.browser_at("127.0.0.9").post("/night", &fields).status,
        401,
        "another machine has the code only"
    );
    assert!(admin.get("/emergency/codes").body.contains("Còn 5 trên 6"));
}

#[test]
fn a_link_that_is_used_twice_at_once_lets_the_person_in() {
    let station = station();
    let console = Console::start(&station);
    let link = console.link("Trần Thị Hai", "official", &[]);
    let mut hai = console.browser();
    let word = word(&hai.get(&link), &link);
    let fields = [("once", word.as_str()), ("password", PASSWORD), ("again", PASSWORD)];
    let answers = twice(&hai, &link, &fields);
    assert!(answers.iter().all(|answer| (answer.status, answer.to()) == (303, "/")), "{answers:?}");
    assert_eq!(hai.post(&link, &[("password", PASSWORD), ("again", PASSWORD)]).status, 410, "it is used");
}
