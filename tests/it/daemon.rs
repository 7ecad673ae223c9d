//! The running daemon, as its people meet it: files change under it, commands come over the socket,
//! signals end it. Zones play into WAV files, in real time.

use crate::kit::late::{TwoClocks, is_on_time, slack};
use crate::kit::{Station, broadcast_at, onsets, wait_for, whole_second_in};

const ANY_HOUR: &str = "[rules]\nhours = [\"00:00-24:00\"]\n";
const TWO_ZONES: &str = "[zones.thon-1]\noutput = \"wav:thon-1.wav\"\nloudness = \"off\"\n[zones.thon-2]\noutput = \"null\"\n[groups]\nca-xa = [\"thon-1\", \"thon-2\"]\n";

fn entries(station: &Station) -> Vec<serde_json::Value> {
    station.loa(&["journal", "--json"]).rows()
}

/// `(zone, broadcast, outcome, reason)` of every airing, in the journal's order.
fn airings(station: &Station) -> Vec<[String; 4]> {
    let word = |entry: &serde_json::Value, key: &str| entry[key].as_str().unwrap_or("-").to_owned();
    entries(station)
        .iter()
        .filter(|entry| entry["kind"] == "airing")
        .map(|entry| ["zone", "broadcast", "outcome", "reason"].map(|key| word(entry, key)))
        .collect()
}

/// Orders that were refused: why, and what, without who.
fn refusals(station: &Station) -> Vec<String> {
    let reasons = entries(station).into_iter().filter_map(|entry| entry["reason"].as_str().map(str::to_owned));
    let refused = reasons.filter(|reason| reason.starts_with("order_refused"));
    refused.filter_map(|reason| Some(reason.rsplit_once(": ")?.0.to_owned())).collect()
}

fn playing(station: &Station, zone: &str) -> Option<String> {
    let status = station.loa(&["status", "--json"]).json();
    let zones = status["zones"].as_array().cloned().unwrap_or_default();
    let zone = zones.iter().find(|row| row["zone"] == zone)?;
    zone["playing"]["broadcast"].as_str().map(str::to_owned)
}

#[test]
#[ignore = "long"]
fn a_schedule_saved_while_it_runs_is_played_on_time_and_recorded() {
    let station = Station::new();
    station.tone("a.wav", 0.5, 440.0).write("loa.toml", TWO_ZONES).write("schedules/a.toml", ANY_HOUR);
    let daemon = station.run();
    let (first, clocks) = (whole_second_in(3), TwoClocks::now());
    let second = first.checked_add(jiff::Span::new().seconds(2)).unwrap();
    let text = [
        ANY_HOUR.to_owned(),
        broadcast_at("mot", first, "\"a\"", "zones = [\"thon-1\"]"),
        broadcast_at("hai", second, "\"a\"", "zones = [\"thon-1\"]"),
    ];
    // Twenty saves in a second, half of them broken in the middle: only the last one counts.
    for cut in 0..20 {
        let text = text.concat();
        let text = if cut % 2 == 0 { &text[..text.len() - 20] } else { &text[..] };
        station.write("schedules/a.toml", text);
    }
    daemon.wait_until("both are recorded", || airings(&station).len() == 2);
    assert_eq!(
        airings(&station),
        [["thon-1", "mot", "played", "-"], ["thon-1", "hai", "played", "-"]].map(|row| row.map(str::to_owned))
    );
    for entry in entries(&station).iter().filter(|entry| entry["kind"] == "airing") {
        let error = entry["start_error_ms"].as_f64().expect("measured");
        assert!(is_on_time(error, 50.0), "{entry}");
        assert!((entry["seconds_played"].as_f64().unwrap() - 0.5).abs() < 0.01, "{entry}");
        assert_eq!(entry["audio"][0]["file"], "a.wav");
        assert_eq!(entry["audio"][0]["sha256"].as_str().unwrap().len(), 64);
    }
    assert_eq!(daemon.end(), 0);
    let mut wav = hound::WavReader::open(station.path("thon-1.wav")).unwrap();
    let samples: Vec<f32> = wav.samples::<i16>().map(|sample| f32::from(sample.unwrap()) / 32_768.0).collect();
    let onsets = onsets(&samples, 0.2, 4800);
    assert_eq!(onsets.len(), 2, "{onsets:?}");
    assert!(clocks.are_apart(onsets[1] - onsets[0], 96_000, 48_000), "two seconds apart: {onsets:?}");
    assert_eq!(station.loa(&["journal", "verify"]).code, 0);
}

#[test]
#[ignore = "long"]
fn what_plays_goes_on_when_its_file_is_deleted_or_broken() {
    let station = Station::new();
    let start = whole_second_in(3);
    station
        .tone("dai.wav", 3.0, 440.0)
        .write("loa.toml", TWO_ZONES)
        .write("schedules/rules.toml", ANY_HOUR)
        .write("schedules/a.toml", &broadcast_at("dai", start, "\"dai\"", "zones = [\"thon-2\"]"));
    let daemon = station.run();
    daemon.wait_until("it plays", || playing(&station, "thon-2").as_deref() == Some("dai"));
    std::fs::remove_file(station.path("schedules/a.toml")).unwrap();
    daemon.wait_until("it is recorded", || airings(&station).len() == 1);
    assert_eq!(airings(&station), [["thon-2", "dai", "played", "-"].map(str::to_owned)]);
}

#[test]
#[ignore = "long"]
fn stop_silences_at_once_and_says_who() {
    let station = Station::new();
    let start = whole_second_in(3);
    station
        .tone("dai.wav", 20.0, 440.0)
        .write("loa.toml", TWO_ZONES)
        .write("schedules/a.toml", &[ANY_HOUR.to_owned(), broadcast_at("dai", start, "\"dai\"", "")].concat());
    let daemon = station.run();
    daemon.wait_until("both play", || playing(&station, "thon-1").is_some() && playing(&station, "thon-2").is_some());
    assert_eq!(station.loa(&["stop", "--zone", "thon-1"]).code, 0);
    daemon.wait_until("thon-1 is silent", || playing(&station, "thon-1").is_none());
    assert!(playing(&station, "thon-2").is_some(), "the other zone goes on");
    assert_eq!(station.loa(&["stop"]).code, 0);
    daemon.wait_until("both are recorded", || airings(&station).len() == 2);
    for row in airings(&station) {
        assert_eq!(row[2], "partial");
        assert!(row[3].starts_with("stopped: "), "{row:?}");
    }
}

#[test]
#[ignore = "long"]
fn an_alert_interrupts_at_once_at_any_hour_and_the_rest_goes_on_after_it() {
    let station = Station::new();
    let start = whole_second_in(3);
    // Long enough to be under way still when a busy machine has got the alert off.
    let long = 4.0 + 2.0 * slack() as f64;
    station
        .tone("dai.wav", long, 440.0)
        .tone("lu.wav", 1.0, 880.0)
        .write("loa.toml", TWO_ZONES)
        .write("schedules/a.toml", &[ANY_HOUR.to_owned(), broadcast_at("dai", start, "\"dai\"", "")].concat());
    let daemon = station.run();
    daemon.wait_until("it plays", || playing(&station, "thon-1").is_some());
    let said = station.loa(&["alert", "lu", "--zone", "thon-1", "--by", "Nguyễn Văn A", "--why", "lũ về"]);
    assert_eq!(said.code, 0, "{said:?}");
    daemon.wait_until("all three are recorded", || airings(&station).len() == 3);
    let mut rows = airings(&station);
    rows.sort();
    assert_eq!(rows[0], ["thon-1", "dai", "played", "interrupted: lu"].map(str::to_owned));
    assert_eq!(rows[1][..3], ["thon-1", "lu", "played"].map(str::to_owned));
    // Who, in words and by account.
    assert!(rows[1][3].starts_with("alert: Nguyễn Văn A (") && rows[1][3].ends_with("): lũ về"), "{:?}", rows[1]);
    assert_eq!(rows[2], ["thon-2", "dai", "played", "-"].map(str::to_owned));
    // A busy machine may have a note of holes beside it.
    let is_dai = |entry: &&serde_json::Value| entry["kind"] == "airing" && entry["broadcast"] == "dai";
    let whole = entries(&station).iter().find(is_dai).unwrap()["seconds_played"].clone();
    assert!((whole.as_f64().unwrap() - long).abs() < 0.05, "{whole}");
}

#[test]
fn a_say_outside_the_hours_is_refused_and_recorded_but_an_alert_sounds() {
    let station = Station::new();
    let hour = whole_second_in(0).hour();
    // Lawful hours that are never now.
    let hours = format!("[rules]\nhours = [\"{:02}:00-{:02}:30\"]\n", (hour + 12) % 24, (hour + 12) % 24);
    station.tone("a.wav", 0.5, 440.0).write("loa.toml", TWO_ZONES).write("schedules/a.toml", &hours);
    let daemon = station.run();
    let said = station.loa(&["say", "a", "--zone", "thon-2"]);
    assert_eq!(said.code, 1);
    assert!(said.err.contains("loa alert"), "{}", said.err);
    daemon.wait_until("the say is recorded", || refusals(&station) == ["order_refused: outside_hours: say"]);
    assert_eq!(station.loa(&["alert", "a", "--zone", "thon-2", "--by", "A", "--why", "b"]).code, 0);
    daemon.wait_until("the alert is recorded", || airings(&station).len() == 1);
    assert_eq!(airings(&station)[0][2], "played");
}

#[test]
fn a_say_that_would_make_the_session_too_long_is_refused_at_once_and_also_after_a_restart() {
    let station = Station::new();
    let rules = "[rules]\nhours = [\"00:00-24:00\"]\nmax_session = \"1s\"\n";
    station.tone("a.wav", 0.7, 440.0).write("loa.toml", TWO_ZONES).write("schedules/a.toml", rules);
    let say = || station.loa(&["say", "a", "--zone", "thon-2"]);
    let daemon = station.run();
    assert_eq!(say().code, 0);
    daemon.wait_until("it is played", || airings(&station).len() == 1);
    let refused = || {
        let said = say();
        assert_eq!(said.code, 1);
        assert!(said.err.contains("the session would be longer than 1 s"), "{}", said.err);
    };
    let note = "order_refused: session_too_long: say";
    refused();
    daemon.wait_until("it is recorded", || refusals(&station) == [note]);
    assert_eq!(daemon.end(), 0);
    let again = station.run();
    refused();
    again.wait_until("it is recorded again", || refusals(&station) == [note, note]);
    assert_eq!((airings(&station).len(), airings(&station)[0][2].as_str()), (1, "played"));
}

#[test]
fn the_tired_hamlet_head_is_told_what_to_do() {
    let station = Station::new();
    station.tone("a.wav", 0.5, 440.0).write("loa.toml", TWO_ZONES).write("schedules/a.toml", ANY_HOUR);
    let off = station.loa(&["status"]);
    assert_eq!(off.code, 74);
    assert!(off.err.contains("loa run"), "{}", off.err);
    let _daemon = station.run();
    let twice = station.loa(&["run"]);
    assert_eq!(twice.code, 74, "{twice:?}");
    assert!(twice.err.contains("already runs"), "{}", twice.err);
    let unknown = station.loa(&["say", "b"]);
    assert_eq!(unknown.code, 1);
    assert!(unknown.err.contains("audio/"), "{}", unknown.err);
    let zone = station.loa(&["stop", "--zone", "thon-11"]);
    assert_eq!(zone.code, 2, "as of every command that is called with a zone that is none");
    assert!(zone.err.contains("thon-1"), "{}", zone.err);
    let nameless = station.loa(&["alert", "a", "--by", " ", "--why", "b"]);
    assert_eq!(nameless.code, 1);
    assert!(nameless.err.contains("--by"), "{}", nameless.err);
}

#[test]
#[ignore = "long"]
fn a_kill_in_the_middle_is_a_partial_with_power_lost_and_never_plays_again() {
    let station = Station::new();
    let start = whole_second_in(3);
    station.tone("dai.wav", 20.0, 440.0).write("loa.toml", TWO_ZONES).write(
        "schedules/a.toml",
        &[ANY_HOUR.to_owned(), broadcast_at("dai", start, "\"dai\"", "zones = [\"thon-2\"]\nif_missed = \"late 10m\"")]
            .concat(),
    );
    let daemon = station.run();
    daemon.wait_until("it plays", || playing(&station, "thon-2").is_some());
    daemon.signal("KILL");
    drop(daemon);
    let _daemon = station.run();
    let rows = airings(&station);
    assert_eq!(rows, [["thon-2", "dai", "partial", "power_lost"].map(str::to_owned)]);
    assert!(playing(&station, "thon-2").is_none());
    assert_eq!(station.loa(&["journal", "verify"]).code, 0);
}

#[test]
#[ignore = "long"]
fn what_got_another_name_while_the_station_was_off_is_neither_heard_twice_nor_missed() {
    let station = Station::new();
    let heard = whole_second_in(3);
    let missed = heard.checked_add(jiff::Span::new().seconds(8)).unwrap();
    let schedule = |names: [&str; 2]| {
        let late = |zone: &str| format!("zones = [\"{zone}\"]\nif_missed = \"late 10m\"");
        let file = [
            ANY_HOUR.to_owned(),
            broadcast_at(names[0], heard, "\"a\"", &late("thon-1")),
            broadcast_at("tin-xa", heard, "\"a\"", &late(names[1])),
            broadcast_at("con-no", missed, "\"a\"", &late("thon-1")),
        ];
        station.write("schedules/a.toml", &file.concat());
    };
    station.tone("a.wav", 0.5, 440.0).write("loa.toml", TWO_ZONES);
    schedule(["tin", "thon-2"]);
    let daemon = station.run();
    daemon.wait_until("both are recorded", || airings(&station).len() == 2);
    assert_eq!(daemon.end(), 0);
    station.write("loa.toml", &TWO_ZONES.replace("thon-2", "thon-hai"));
    schedule(["tin-moi", "thon-hai"]);
    wait_for(missed.checked_add(jiff::Span::new().seconds(2)).unwrap());
    let daemon = station.run();
    daemon.wait_until("what was due meanwhile is heard late", || airings(&station).len() > 2);
    assert_eq!(daemon.end(), 0);
    let mut rows = airings(&station);
    rows.sort();
    let played = |zone, broadcast| [zone, broadcast, "played", "-"].map(str::to_owned);
    assert_eq!(rows, [played("thon-1", "con-no"), played("thon-1", "tin"), played("thon-2", "tin-xa")]);
}

#[test]
#[ignore = "long"]
fn a_signal_in_the_middle_fades_out_records_and_ends_cleanly() {
    let station = Station::new();
    let start = whole_second_in(3);
    station.tone("dai.wav", 20.0, 440.0).write("loa.toml", TWO_ZONES).write(
        "schedules/a.toml",
        &[ANY_HOUR.to_owned(), broadcast_at("dai", start, "\"dai\"", "zones = [\"thon-1\"]")].concat(),
    );
    let daemon = station.run();
    daemon.wait_until("it plays", || playing(&station, "thon-1").is_some());
    assert_eq!(daemon.end(), 0);
    assert_eq!(airings(&station), [["thon-1", "dai", "partial", "shutdown"].map(str::to_owned)]);
    assert!(!station.path("state/loa.sock").exists(), "the socket is gone");
    let mut wav = hound::WavReader::open(station.path("thon-1.wav")).unwrap();
    let samples: Vec<i16> = wav.samples::<i16>().map(Result::unwrap).collect();
    let last = samples.iter().rposition(|sample| sample.abs() > 30).unwrap();
    let steps = samples[last - 480..].windows(2).map(|pair| (i32::from(pair[1]) - i32::from(pair[0])).abs());
    // A tone of 440 Hz at half scale moves by at most 944 from sample to sample.
    assert!(steps.max().unwrap() < 1000, "no click at the end");
}

#[test]
fn systemd_is_told_when_it_is_ready_and_that_it_lives() {
    let station = Station::new();
    station.write("loa.toml", TWO_ZONES);
    let path = station.path("notify.sock");
    let socket = std::os::unix::net::UnixDatagram::bind(&path).unwrap();
    socket.set_read_timeout(Some(std::time::Duration::from_secs(20))).unwrap();
    let socket_path = path.display().to_string();
    let station = station.with([("NOTIFY_SOCKET", socket_path), ("WATCHDOG_USEC", "2000000".to_owned())]);
    let daemon = station.run();
    let mut said = Vec::new();
    while said.len() < 3 {
        let mut buffer = [0; 256];
        let length = socket.recv(&mut buffer).expect("systemd hears from it");
        let word = String::from_utf8_lossy(&buffer[..length]).trim().to_owned();
        // Before it is ready it says that its start goes on.
        if !(said.is_empty() && word.starts_with("EXTEND_TIMEOUT_USEC=")) {
            said.push(word);
        }
    }
    assert_eq!(said[0], "READY=1");
    assert!(said[1..].iter().all(|word| word == "WATCHDOG=1"), "{said:?}");
    assert_eq!(daemon.end(), 0);
}

#[test]
fn the_socket_is_for_the_owner_and_the_group_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let station = Station::new();
    station.write("loa.toml", TWO_ZONES);
    let _daemon = station.run();
    let mode = |name: &str| station.path(name).metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!(mode("state/loa.sock"), 0o660);
    assert_eq!(mode("state"), 0o750);
    assert_eq!(mode("state/journal.db"), 0o640);
}

#[test]
#[ignore = "long"]
fn a_schedule_cut_off_in_the_middle_of_a_save_keeps_its_last_good_version() {
    let station = Station::new();
    station.tone("a.wav", 0.5, 440.0).write("loa.toml", TWO_ZONES);
    let start = whole_second_in(5);
    let text = [ANY_HOUR.to_owned(), broadcast_at("a", start, "\"a\"", "zones = [\"thon-2\"]")].concat();
    station.write("schedules/a.toml", &text);
    let daemon = station.run();
    // The quote of the title never closes: a copy that broke off.
    station.write("schedules/a.toml", &text.replace("id = \"a\"", "id = \"a"));
    daemon.wait_until("the fault is told", || daemon.log().contains("schedules/a.toml"));
    daemon.wait_until("it is recorded", || airings(&station).len() == 1);
    assert_eq!(airings(&station), [["thon-2", "a", "played", "-"].map(str::to_owned)]);
    let check = station.loa(&["check"]);
    assert_eq!(check.code, 1, "{check:?}");
}

#[test]
#[ignore = "long"]
fn a_hang_up_reads_the_files_again() {
    let station = Station::new();
    station.write("loa.toml", TWO_ZONES).write("schedules/a.toml", ANY_HOUR);
    let daemon = station.run();
    daemon.signal("HUP");
    station.tone("a.wav", 0.5, 440.0);
    let start = whole_second_in(3);
    station.write("schedules/b.toml", &broadcast_at("b", start, "\"a\"", "zones = [\"thon-2\"]"));
    daemon.signal("HUP");
    daemon.wait_until("it is recorded", || airings(&station).len() == 1);
    assert_eq!(airings(&station), [["thon-2", "b", "played", "-"].map(str::to_owned)]);
}

#[test]
fn a_signal_that_asks_for_nothing_ends_nothing() {
    let station = Station::new();
    station.write("loa.toml", TWO_ZONES).write("schedules/a.toml", ANY_HOUR);
    let daemon = station.run();
    for signal in ["USR1", "USR2", "HUP"] {
        daemon.signal(signal);
        let said = station.loa(&["status"]);
        assert_eq!(said.code, 0, "{signal}: {said:?}");
    }
    assert_eq!(daemon.end(), 0, "it ends by its own exit code, and by no signal");
}

#[test]
fn an_alert_for_a_sound_copied_in_this_moment_waits_until_it_is_known() {
    let station = Station::new();
    station.write("loa.toml", TWO_ZONES).write("schedules/a.toml", ANY_HOUR);
    let daemon = station.run();
    station.tone("lu.wav", 0.5, 880.0);
    let said = station.loa(&["alert", "lu", "--zone", "thon-2", "--by", "A", "--why", "b"]);
    assert_eq!(said.code, 0, "{said:?}");
    daemon.wait_until("it is recorded", || airings(&station).len() == 1);
    assert_eq!(airings(&station)[0][2], "played");
}

#[test]
#[ignore = "long"]
fn a_say_of_music_in_a_mourning_is_refused_with_that_reason_speech_is_heard_and_an_alert_passes() {
    let station = Station::new();
    let today = whole_second_in(0).date();
    let mourning = format!("[mourning]\nname = \"Quốc tang\"\nfrom = {today}\nuntil = {}\n", today.tomorrow().unwrap());
    // Nothing of it is ever due: it says that the tune is one.
    let tune =
        "[[broadcast]]\nid = \"nhac\"\ndates = [2020-01-01]\nat = \"05:00\"\nplay = [\"hieu\"]\nkind = \"music\"\n";
    station
        .tone("hieu.wav", 0.5, 440.0)
        .tone("tin.wav", 0.5, 880.0)
        .write("loa.toml", TWO_ZONES)
        .write("schedules/a.toml", &[ANY_HOUR, &mourning, tune].concat());
    let daemon = station.run();
    let said = station.loa(&["say", "hieu", "--zone", "thon-2"]);
    assert_eq!(said.code, 1, "{said:?}");
    assert!(said.err.contains("music") && said.err.contains("mourning (Quốc tang)"), "{}", said.err);
    let refused = || {
        let reasons = entries(&station).into_iter().filter_map(|row| row["reason"].as_str().map(str::to_owned));
        reasons.filter(|reason| reason.starts_with("order_refused: mourning: say: ")).count()
    };
    daemon.wait_until("the refusal is recorded", || refused() == 1);
    assert_eq!(station.loa(&["say", "tin", "--zone", "thon-2"]).code, 0);
    daemon.wait_until("speech is recorded", || airings(&station).len() == 1);
    assert_eq!(airings(&station)[0][2], "played");
    assert_eq!(station.loa(&["alert", "hieu", "--zone", "thon-2", "--by", "A", "--why", "b"]).code, 0);
    daemon.wait_until("the alert is recorded", || airings(&station).len() == 2);
    assert_eq!(airings(&station)[1][2], "played");
}
