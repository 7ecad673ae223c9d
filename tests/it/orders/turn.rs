//! An alert in the last second before a broadcast is due, when that has been told to start already.

use jiff::Timestamp;

use super::{ANY_HOUR, Value};
use crate::kit::late::slack;
use crate::kit::{Station, broadcast_at, wait_for, whole_second_in};

/// Longer than anybody waits for an alert.
const LONG: f64 = 12.0;

#[test]
#[ignore = "long"]
fn an_alert_just_before_a_broadcast_is_due_sounds_first_and_not_after_all_of_it() {
    let station = Station::new();
    let zones: Vec<String> = (1..=8).map(|number| format!("thon-{number}")).collect();
    let toml: Vec<String> = zones.iter().map(|zone| format!("[zones.{zone}]\noutput = \"null\"\n")).collect();
    let due = whole_second_in(6);
    station
        .tone("dai.wav", LONG, 440.0)
        .tone("lu.wav", 1.0, 880.0)
        .tone("bao.wav", 2.0, 880.0)
        .write("loa.toml", &toml.concat())
        .write("schedules/a.toml", &[ANY_HOUR.to_owned(), broadcast_at("dai", due, "\"dai\"", "")].concat());
    let daemon = station.run();
    wait_for(due.checked_sub(jiff::Span::new().milliseconds(1_800)).unwrap());
    for (place, zone) in zones.iter().enumerate() {
        // One is over before the broadcast is due, or soon after; the other puts it off.
        let name = if place % 2 == 0 { "lu" } else { "bao" };
        let said = station.loa(&["alert", name, "--zone", zone, "--by", "A", "--why", "b"]);
        assert!(said.code == 0 || slack() > 0, "{zone}: {said:?}");
    }
    let airings = || {
        let rows = station.loa(&["journal", "--json"]).rows();
        rows.into_iter().filter(|row| row["kind"] == "airing").collect::<Vec<Value>>()
    };
    daemon.wait_until("all is heard", || airings().len() >= 2 * zones.len());
    let at = |value: &Value| value.as_str().and_then(|text| text.parse::<Timestamp>().ok());
    for zone in &zones {
        let rows = airings();
        let alert = rows.iter().find(|row| row["zone"] == **zone && row["class"] == "emergency").expect("an alert");
        let (ordered, started) = (at(&alert["planned"]).unwrap(), at(&alert["started"]).expect("it was heard"));
        let waited = started.duration_since(ordered).as_secs_f64();
        assert!(waited < LONG / 2.0, "{zone}: the alert waited {waited} s: {rows:#?}");
        let dai = rows.iter().find(|row| row["zone"] == **zone && row["broadcast"] == "dai").expect("the broadcast");
        assert_eq!(dai["outcome"], "played", "{zone}: {rows:#?}");
    }
}
