//! What the station tells whoever watches it, and what everybody may hear again: without a log-in, and nothing more than
//! that.

use std::fs;

use serde_json::Value;

use super::kit::until;
use super::people::station;
use super::{Browser, Console};
use crate::kit::Station;

fn told(browser: &mut Browser, path: &str, headers: &[(&str, &str)]) -> (u16, String) {
    let answer = browser.ask("GET", path, headers, b"");
    (answer.status, answer.body)
}

/// A station that may be heard, with `[console]` as given.
fn open(console: &str) -> Station {
    let station = station();
    let toml = fs::read_to_string(station.path("loa.toml")).unwrap();
    let toml = toml.replace("name = \"Xã Đông Giang\"", &format!("name = \"Xã Đông Giang\"\n[console]\n{console}\n"));
    station.write("loa.toml", &toml);
    station
}

#[test]
#[ignore = "long"]
fn health_says_when_it_will_be_silent_and_why_and_names_nothing() {
    let station = station();
    station.tone("co-tieng.wav", 1.0, 440.0);
    let schedule = |play: &str| {
        format!(
            "[rules]\nhours = [\"00:00-24:00\"]\n[[broadcast]]\nid = \"bi-mat\"\ntitle = \"Việc bí mật\"\nat = \"05:30\"\nplay = [\"{play}\"]\n"
        )
    };
    station.write("schedules/a.toml", &schedule("thieu-tieng"));
    let console = Console::start(&station);
    let mut anybody = console.browser();
    let (status, said) = told(&mut anybody, "/healthz", &[("Accept", "text/plain")]);
    assert_eq!(status, 503, "{said}");
    assert!(said.starts_with("sẽ im lúc 05:30"), "{said}");
    let (_, said) = told(&mut anybody, "/healthz", &[("Accept", "application/json"), ("Cookie", "lang=en")]);
    let json: Value = serde_json::from_str(&said).unwrap();
    let codes: Vec<&str> =
        json["silences"].as_array().unwrap().iter().map(|one| one["code"].as_str().unwrap()).collect();
    assert!(codes.contains(&"not_running") && codes.contains(&"no_sound"), "{said}");
    assert!(json["said"].as_str().unwrap().starts_with("will be silent at 05:30"), "{said}");
    assert!(!said.contains("bi-mat") && !said.contains("bí mật") && !said.contains("thieu"), "{said}");
    station.write("schedules/a.toml", &schedule("co-tieng"));
    {
        let _daemon = station.run();
        let said = until("it is told what a station without a horn is", || {
            let (status, said) = told(&mut anybody, "/healthz", &[("Accept", "text/plain")]);
            (status == 503 && !said.starts_with("sẽ im")).then_some(said)
        });
        assert!(said.starts_with("không ổn: đài chưa nối loa nào"), "{said}");
    }
    let toml = fs::read_to_string(station.path("loa.toml")).unwrap();
    station.write("loa.toml", &toml.replacen("output = \"null\"", "output = \"device:loa-phuong\"", 1));
    let _daemon = station.run();
    let said = until("it never was well", || {
        let (status, said) = told(&mut anybody, "/healthz", &[("Accept", "text/plain")]);
        (status == 200).then_some(said)
    });
    assert!(said.starts_with("ổn; lượt phát tới lúc 05:30"), "{said}");
}

#[test]
fn a_station_that_nobody_has_set_up_is_not_well_though_its_program_runs() {
    let station = Station::new();
    let console = Console::start(&station);
    let mut anybody = console.browser();
    let mut codes = || {
        let (status, said) = told(&mut anybody, "/healthz", &[("Accept", "application/json")]);
        let json: Value = serde_json::from_str(&said).unwrap();
        let codes = json["silences"].as_array().unwrap().iter().map(|one| one["code"].as_str().unwrap().to_owned());
        (status, codes.collect::<Vec<_>>())
    };
    let (status, before) = codes();
    assert_eq!(status, 503);
    for code in ["not_set_up", "journal_missing", "not_running"] {
        assert!(before.iter().any(|one| one == code), "{code}: {before:?}");
    }
}

#[test]
fn figures_are_told_only_where_they_are_switched_on_and_only_to_this_machine_or_to_a_token() {
    let off = station();
    let console = Console::start(&off);
    assert_eq!(told(&mut console.browser(), "/metrics", &[]).0, 404);
    let station = open("metrics = true");
    let console = Console::start(&station);
    let _daemon = station.run();
    let mut here = console.browser();
    let said = until("the daemon never answered", || {
        let (status, said) = told(&mut here, "/metrics", &[]);
        assert_eq!(status, 200, "{said}");
        said.contains("loa_up 1").then_some(said)
    });
    for name in [
        "loa_healthy",
        "loa_clock_trusted",
        "loa_disk_free_bytes",
        "loa_console_sessions",
        "loa_journal_last_row",
        "loa_underruns_total{zone=\"thon-1\"}",
        "loa_airings_total{outcome=\"played\"}",
        "loa_start_error_seconds_bucket{le=\"+Inf\"}",
        "loa_counting_since_timestamp_seconds 1",
    ] {
        assert!(said.lines().any(|line| line.starts_with(name)), "{name}: {said}");
    }
    // Each figure has its words and its kind, once.
    for line in said.lines().filter(|line| line.starts_with("# TYPE ")) {
        let name = line.split(' ').nth(2).unwrap();
        assert_eq!(said.matches(&format!("# HELP {name} ")).count(), 1, "{name}");
        assert_eq!(said.matches(&format!("{line}\n")).count(), 1, "{name}");
    }
    // Somebody in front of the page speaks for others.
    let forwarded = told(&mut here, "/metrics", &[("X-Forwarded-For", "203.0.113.5")]);
    assert!(forwarded.0 == 401 && !forwarded.1.contains("loa_up"), "{forwarded:?}");
    console.link("Người official", "official", &[]);
    let made = station.loa(&["--json", "user", "token", "Người official", "--for", "prometheus"]).json();
    let bearer = format!("Bearer {}", made["token"].as_str().unwrap());
    let by_token = [("X-Forwarded-For", "203.0.113.5"), ("Authorization", bearer.as_str())];
    assert_eq!(told(&mut here, "/metrics", &by_token).0, 200);
}

#[test]
fn the_public_page_is_off_unless_switched_on_and_leads_nowhere() {
    let off = station();
    let console = Console::start(&off);
    for path in ["/public", "/public/board", "/public/sound/1/0"] {
        assert_eq!(told(&mut console.browser(), path, &[]).0, 404, "{path}");
    }
    let station = open("public = true");
    let console = Console::start(&station);
    let mut anybody = console.browser();
    let page = anybody.get("/public");
    assert_eq!(page.status, 200, "{}", page.body);
    assert!(page.body.contains("Trong 24 giờ qua chưa phát mục nào"), "{}", page.body);
    assert!(page.header("cache-control").starts_with("public"), "{:?}", page.headers);
    let english = anybody.get("/public?lang=en");
    assert!(english.body.contains("Hear it again") && english.header("set-cookie").is_empty());
    let links: Vec<&str> =
        page.values("href").into_iter().filter(|link| !link.contains(".css") && !link.contains(".svg")).collect();
    assert_eq!(links, ["#main", "/public?lang=en"].into_iter().filter(|link| links.contains(link)).collect::<Vec<_>>());
    let board = anybody.get("/public/board");
    assert!(board.body.contains("<svg class=\"qr\"") && board.body.contains("/public</code>"), "{}", board.body);
}
