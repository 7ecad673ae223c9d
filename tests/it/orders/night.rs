//! More than one alert, and those who stop them.

use serde_json::Value;

use super::*;

#[test]
#[ignore = "long"]
fn a_newer_alert_is_heard_at_once_and_the_older_one_goes_on_after_it() {
    let station = station(ZONES);
    let daemon = run(&station);
    assert_eq!(alert(&station, "lu", &["--zone", "thon-1", LONG[0], LONG[1]]).code, 0);
    let newer = alert(&station, "vo-dap", &["--zone", "thon-1", "--repeat", "4", "--json"]);
    assert_eq!((newer.code, states(&newer.json())), (0, owned(&[("thon-1", "unheard", "no_horn")])), "{newer:?}");
    assert_eq!(playing(&station, 0), "vo-dap");
    daemon.wait_until("the older one goes on", || playing(&station, 0) == "lu");
    assert_eq!(station.loa(&["stop"]).code, 0);
}

#[test]
fn the_fifth_and_the_ninth_alert_of_one_account_sound_at_once_and_what_ends_for_them_is_told() {
    let station = station(ZONES);
    let names = ["a1", "a2", "a3", "a4", "a5", "a6", "a7", "a8", "a9"];
    for name in names {
        station.tone(&format!("{name}.wav"), 2.0, 440.0);
    }
    let daemon = station.run();
    daemon.wait_until("it knows the sounds", || station.loa(&["status", "--json"]).json()["sounds"] == 11);
    for name in names {
        let said = alert(&station, name, &["--zone", "thon-1", "--json", LONG[0], LONG[1]]);
        let receipt = said.json();
        assert_eq!((said.code, states(&receipt)), (0, owned(&[("thon-1", "unheard", "no_horn")])), "{name}: {said:?}");
        assert_eq!(playing(&station, 0), name);
        let dropped = if name == "a9" { serde_json::json!(["a1"]) } else { Value::Null };
        assert_eq!(receipt["zones"][0]["dropped"], dropped, "{name}");
    }
    let told = vi(&station, &["alert", "lu", "--zone", "thon-1", "--by", "A", "--why", "b", LONG[0], LONG[1]]);
    assert!(told.out.contains("; thôi lệnh cũ nhất «a2», vì tài khoản này có quá nhiều lệnh khẩn cấp"), "{told:?}");
    assert_eq!(station.loa(&["stop"]).code, 0);
    assert_eq!(daemon.end(), 0);
    let (_, airings) = journal(&station);
    let gone = airings.iter().filter(|(_, reason)| reason.starts_with("superseded: "));
    assert_eq!(gone.map(|(broadcast, _)| broadcast.as_str()).collect::<Vec<_>>(), ["a1", "a2"]);
    assert_eq!(station.loa(&["journal", "verify"]).code, 0);
}

#[test]
fn who_stops_alerts_again_and_again_is_named_in_the_status_and_in_the_answer_to_the_next() {
    let station = station(ZONES);
    let daemon = run(&station);
    for _ in 0..3 {
        assert_eq!(alert(&station, "lu", &["--zone", "thon-1", LONG[0], LONG[1]]).code, 0);
        assert_eq!(station.loa(&["stop"]).code, 0);
    }
    let account = account();
    let stops = &station.loa(&["status", "--json"]).json()["stops"];
    assert_eq!(
        (&stops[0]["by"], &stops[0]["times"], &stops[0]["ended"][0]),
        (&account.into(), &3.into(), &"lu".into())
    );
    let page = vi(&station, &["status"]).out;
    assert!(page.contains("đã dừng 3 lần trong một giờ qua, lần cuối lúc "), "{page}");
    assert_eq!(daemon.end(), 0);
    let (notes, _) = journal(&station);
    assert_eq!(notes.iter().filter(|note| note.starts_with("stopped: ")).count(), 3, "{notes:?}");
}
