//! People: who is let in, and how.

use super::kit::{Console, PASSWORD};
use crate::kit::Station;

fn station() -> Station {
    let station = Station::new();
    station.write(
        "loa.toml",
        r#"
        name = "Xã Đông Giang"
        [[zones]]
        id = "thon-1"
        output = "null"
        [[zones]]
        id = "thon-2"
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
    assert!(hai.get(&link).body.contains("Trần Thị Hai"));
    let entered = hai.post(&link, &[("password", PASSWORD), ("again", PASSWORD)]);
    assert_eq!((entered.status, entered.to()), (303, "/"), "{}", entered.body);
    assert_eq!(hai.get("/").status, 200);
    assert_eq!(console.browser().get(&link).status, 410, "used");
    let mut other = console.browser();
    let tried = other.post("/login", &[("name", "tran thi hai"), ("password", PASSWORD), ("next", "/")]);
    assert_eq!((tried.status, tried.to()), (303, "/"), "{}", tried.body);
}
