//! Alarms and the clock: an hour off, certificates and keys that are over, the same again after a year.

use super::heard::{alerts, stages};
use super::sender::{Flood, Sender, station};
use crate::console::Console;
use crate::kit::jump::Jump;

#[test]
#[ignore = "long"]
fn a_clock_that_is_an_hour_off_silences_no_alarm_and_two_hours_behind_ask_a_person() {
    let Some(jump) = Jump::new() else { return };
    for (ahead, is_heard) in [(3_600, true), (-3_600, true), (-7_200, false)] {
        jump.ahead(ahead);
        let sender = Sender::new();
        let station = station(&sender, "[\"cap\"]", "sound").with(jump.environment());
        let daemon = station.run();
        station.write("cap/lu.xml", &sender.flood(&Flood { expires: 4 * 3_600, ..Flood::default() }));
        if is_heard {
            daemon.wait_until("it is heard", || alerts(&station).len() == 2);
            let reason = alerts(&station)[0]["reason"].as_str().unwrap().to_owned();
            assert_eq!(reason.contains("đến muộn 60 phút"), ahead > 0, "{ahead}: {reason}");
        } else {
            daemon.wait_until("it waits for a person", || stages(&station) == ["open"]);
            let console = Console::start(&station);
            let mut hai = console.person("Trần Thị Hai", "official", &[]);
            daemon.wait_until("the page says so", || hai.clone().get("/emergency").body.contains("CHƯA PHÁT"));
            assert!(hai.get("/emergency").body.contains("Lũ quét trên sông"), "{ahead}");
            assert!(alerts(&station).is_empty(), "{ahead}");
        }
        assert_eq!(daemon.end(), 0);
    }
}

#[test]
fn a_certificate_that_is_over_says_nothing_and_a_key_that_is_over_does() {
    let sender = Sender::new();
    let station = station(&sender, "[\"cap\"]", "sound");
    let mut old = rcgen::CertificateParams::new(vec!["canhbao.example.vn".to_owned()]).unwrap();
    (old.not_before, old.not_after) = (rcgen::date_time_ymd(2019, 1, 1), rcgen::date_time_ymd(2020, 1, 1));
    let own = old.self_signed(&rcgen::KeyPair::generate().unwrap()).unwrap().pem();
    let packed: String = own.lines().filter(|line| !line.starts_with("-----")).collect();
    let text = Flood::default().text();
    let show = |text: &str| {
        station.write("canh-bao.xml", text);
        station.loa(&["cap", "show", station.path("canh-bao.xml").to_str().unwrap()])
    };
    // Neither one that is over, nor that it is of another key, is looked at: the key is pinned.
    let said = show(&sender.certified(&text, &packed));
    assert!(said.code == 0 && said.out.contains("Signature: true"), "{said:?}");
    assert_eq!(show(&Sender::new().certified(&text, &packed)).code, 1, "and it convinces nobody");
    let toml = std::fs::read_to_string(station.path("loa.toml")).unwrap();
    station.write("loa.toml", &toml.replace("key = \"kttv.pem\"", "key = \"kttv.pem\"\nnot_after = 2020-01-01"));
    let said = show(&sender.flood(&Flood::default()));
    assert!(said.code == 1 && said.out.contains("a key that is over since 2020-01-01"), "{said:?}");
    assert!(station.loa(&["doctor"]).out.contains("not believed"));
}
