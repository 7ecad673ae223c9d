//! Sound cards that do what real ones do on bad days, under the real daemon: each is noticed within two seconds,
//! stands in the journal with its reason, and plays the next airing; zones on other outputs notice nothing.

use std::time::Duration;

use jiff::ToSpan;
use loa::clock::Clock;
use loa::machine::MachineClock;
use serde_json::Value;

use crate::kit::card::Cards;
use crate::kit::late::is_on_time;
use crate::kit::{Daemon, Station, broadcast_at, onsets, wait_for, whole_second_in};

/// From writing the schedule to the first sound: time to start the daemon, and for a card to be known as one
/// that plays.
const LEAD_S: i64 = 7;
/// A card that does not play any more is noticed this soon.
const NOTICED: Duration = Duration::from_secs(2);
/// The long airing's length in seconds.
const LONG: f64 = 6.0;

const ZONES: &str = "[zones.tinh-lang]\noutput = \"device:standing\"\nloudness = \"off\"\n\
    [zones.rut-day]\noutput = \"device:gone\"\nloudness = \"off\"\n\
    [zones.nuot-tieng]\noutput = \"device:swallowing\"\nloudness = \"off\"\n\
    [zones.sai-nhip]\noutput = \"device:changing\"\nloudness = \"off\"\n\
    [zones.sai-mai]\noutput = \"device:stubborn\"\nloudness = \"off\"\n\
    [zones.bi-chiem]\noutput = \"device:held\"\nloudness = \"off\"\n\
    [zones.yen-on]\noutput = \"null\"\nloudness = \"off\"\n";

#[test]
#[ignore = "long"]
fn a_card_that_stands_goes_swallows_or_is_held_is_noticed_in_two_seconds_told_and_plays_the_next_airing() {
    let Some(cards) = Cards::new(&["standing", "gone", "swallowing", "changing", "stubborn", "held"]) else { return };
    let station = Station::new().with(cards.environment());
    station.tone("dai.wav", LONG, 440.0).tone("ngan.wav", 0.5, 440.0).tone("ca-buoi.wav", 16.0, 440.0);
    let first = whole_second_in(LEAD_S);
    let at = |seconds: i64| first.checked_add(seconds.seconds()).unwrap();
    let sick = "zones = [\"tinh-lang\", \"rut-day\", \"nuot-tieng\", \"sai-nhip\", \"sai-mai\"]";
    let schedule = [
        "[rules]\nhours = [\"00:00-24:00\"]\n".to_owned(),
        broadcast_at("dai", at(0), "\"dai\"", sick),
        broadcast_at("bi-chiem", at(0), "\"ngan\"", "zones = [\"bi-chiem\"]"),
        broadcast_at("ca-buoi", at(0), "\"ca-buoi\"", "zones = [\"yen-on\"]"),
        broadcast_at("sau", at(15), "\"ngan\"", ""),
    ];
    station.write("loa.toml", ZONES).write("schedules/a.toml", &schedule.concat());
    let other = cards.card("held").held();
    let daemon = station.run();
    daemon.wait_until("it says who has the card", || daemon.log().contains("is in use by another program"));

    wait_for(at(2));
    let (standing, gone, swallowing) = (cards.card("standing"), cards.card("gone"), cards.card("swallowing"));
    let (changing, stubborn) = (cards.card("changing"), cards.card("stubborn"));
    let before = MachineClock.mono();
    gone.mood("gone");
    standing.mood("stands");
    swallowing.mood("swallows");
    changing.speed(109);
    stubborn.speed(92);
    for words in ["went away", "swallows sound without", "takes no sound any more", "% too fast", "% too slow"] {
        daemon.wait_until(words, || daemon.log().contains(words));
        let after = MachineClock.mono().after(before);
        println!("\"{words}\" is known after {after:?}");
        assert!(after < NOTICED, "{words}: {after:?}");
    }
    standing.mood("plays");
    swallowing.mood("plays");
    // It comes back as another one.
    gone.mood("plays").rate(44_100);
    // To open it afresh has put it right; the other one plays on at its pitch.
    changing.speed(100);

    let rows = || airings(&station);
    // Its airing has waited for as long as a start may be late.
    daemon.wait_until("it is missed", || rows().iter().any(|row| row["broadcast"] == "bi-chiem"));
    drop(other);
    daemon.wait_until("half of them are over", || rows().len() >= 7);
    daemon.wait_until("all are over", || rows().len() == 14);
    let rows = rows();
    println!("{}", serde_json::to_string_pretty(&rows).unwrap());
    judge(&rows, &daemon);
    let heard = gone.heard();
    let last = *onsets(&heard, 0.2, 4_000).last().expect("something");
    let loud = heard.len() - last - heard.iter().rev().position(|sample| sample.abs() > 0.01).unwrap_or(0);
    assert!((21_900..22_200).contains(&loud), "half a second at the new rate: {loud} frames");
    assert_eq!(daemon.end(), 0);
}

fn judge(rows: &[Value], daemon: &Daemon<'_>) {
    let row = |zone: &str, broadcast: &str| {
        let is = |row: &&Value| row["zone"] == zone && row["broadcast"] == broadcast;
        rows.iter().find(is).unwrap_or_else(|| panic!("{zone}/{broadcast}: {rows:#?}\n{}", daemon.log()))
    };
    for (zone, why) in [
        ("tinh-lang", "takes no sound"),
        ("rut-day", "went away"),
        ("nuot-tieng", "swallows"),
        ("sai-nhip", "% too fast"),
        ("sai-mai", "% too slow"),
    ] {
        let row = row(zone, "dai");
        assert_eq!(row["outcome"], "played", "{row:#}");
        let reason = row["reason"].as_str().unwrap_or_default();
        assert!(reason.starts_with("device_lost: ") && reason.contains(why), "{row:#}");
        // What lay in the card's buffer counts as heard, no more.
        let heard = row["seconds_played"].as_f64().unwrap();
        assert!((LONG - 0.3..LONG + 0.3).contains(&heard), "{row:#}");
    }
    let late = row("bi-chiem", "bi-chiem");
    assert_eq!(late["outcome"], "missed", "{late:#}");
    assert!(late["reason"].as_str().is_some_and(|why| why.contains("in use by another program")), "{late:#}");
    let calm = row("yen-on", "ca-buoi");
    assert_eq!((calm["outcome"].as_str(), calm["reason"].as_str()), (Some("played"), None), "{calm:#}");
    assert!((calm["seconds_played"].as_f64().unwrap() - 16.0).abs() < 0.01, "{calm:#}");
    for zone in ["tinh-lang", "rut-day", "nuot-tieng", "sai-nhip", "bi-chiem"] {
        let next = row(zone, "sau");
        assert_eq!((next["outcome"].as_str(), next["reason"].as_str()), (Some("played"), None), "{next:#}");
        assert!(is_on_time(next["start_error_ms"].as_f64().unwrap(), 50.0), "{next:#}");
    }
    let next = row("sai-mai", "sau");
    assert_eq!(next["outcome"].as_str(), Some("played"), "{next:#}");
}

fn airings(station: &Station) -> Vec<Value> {
    let mut rows = station.loa(&["journal", "--json"]).rows();
    rows.retain(|row| row["kind"] == "airing");
    rows
}
