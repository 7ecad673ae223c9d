use crate::kit::{Said, Station};

const RULES: &str = "[rules]\nhours = [\"05:00-06:30\"]\n";
const RELAY: &str = "[relays.dai-tinh]\ntitle = \"Đài tỉnh\"\nurl = \"http://nghe:matkhau@127.0.0.1:9/live.mp3?token=bimat\"\nelse = [\"cho\", \"silence\"]\n";

fn checked(toml: &str, play: &str) -> (Vec<String>, Said) {
    let station = Station::new();
    station.tone("cho.wav", 2.0, 300.0).write("loa.toml", toml);
    let broadcast = format!("[[broadcast]]\nid = \"tiep\"\nat = \"05:30\"\nplay = [{play}]\n");
    station.write("schedules/a.toml", &[RULES, &broadcast].concat());
    let said = station.loa(&["check", "--json"]);
    let word = |row: &serde_json::Value, key: &str| row[key].as_str().unwrap_or_default().to_owned();
    (said.rows().iter().map(|row| format!("{}: {}", word(row, "code"), word(row, "help"))).collect(), said)
}

#[test]
#[ignore = "long"]
fn a_relay_is_an_item_with_a_booked_length_that_check_plan_and_render_know() {
    let (found, said) = checked(RELAY, "\"chime\", { relay = \"dai-tinh\", for = \"30m\" }");
    assert!(found.is_empty(), "{found:?}");
    assert_eq!(said.code, 0);
    let station = Station::new();
    station.tone("cho.wav", 2.0, 300.0).write("loa.toml", &format!("[zones.a]\noutput = \"null\"\n{RELAY}"));
    let play = "\"chime\", { relay = \"dai-tinh\", for = \"10s\" }, \"cho\"";
    let broadcast = format!("[[broadcast]]\nid = \"tiep\"\nat = \"05:30\"\nplay = [{play}]\n");
    station.write("schedules/a.toml", &[RULES, &broadcast].concat());
    let (from, to) = ("2026-12-01T05:00", "2026-12-01T06:00");
    let rows = station.loa(&["plan", "--json", "--from", from, "--to", to]).rows();
    let items = rows[0]["items"].as_array().unwrap();
    assert_eq!(
        items[1],
        serde_json::json!({ "name": "relay dai-tinh", "file": serde_json::Value::Null, "seconds": 10.0 })
    );
    assert_eq!(rows[0]["end"].as_str().unwrap(), "2026-12-01T05:30:15.000+07:00");
    let out = station.path("a.wav");
    let out = out.to_str().unwrap();
    let said = station.loa(&["render", "--from", from, "--to", to, "--zone", "a", "--out", out]);
    assert_eq!(said.code, 0, "{said:?}");
    let said = [said.out, said.err].concat();
    assert!(said.contains("dai-tinh"), "it is said that nothing was fetched: {said}");
    let wav = hound::WavReader::open(out).unwrap();
    let channels = usize::from(wav.spec().channels);
    let samples: Vec<i16> = wav.into_samples::<i16>().step_by(channels).map(Result::unwrap).collect();
    let loud =
        |from: usize, to: usize| samples[(1_800 + from) * 48_000..(1_800 + to) * 48_000].iter().any(|s| s.abs() > 500);
    // Chime, what is to be heard instead, silence, and the sound that follows on its second.
    assert!(loud(0, 3) && loud(3, 5) && !loud(6, 13) && loud(13, 15) && !loud(16, 20));
}

#[test]
fn each_slip_has_its_cure() {
    let item = "{ relay = \"dai-tinh\", for = \"30m\" }";
    for (toml, play, code, cure) in [
        ("", item, "unknown_relay", "[relays."),
        (RELAY, "{ relay = \"dai-tin\", for = \"30m\" }", "unknown_relay", "dai-tinh"),
        (RELAY, "{ relay = \"dai-tinh\" }", "missing_key", "for = \"30m\""),
        (RELAY, "{ for = \"30m\" }", "missing_key", "relay = "),
        (RELAY, "{ relay = \"dai-tinh\", for = \"9h\" }", "bad_length", ""),
        (RELAY, "{ relay = \"dai-tinh\", for = \"1s\" }", "bad_length", "5s"),
        (RELAY, "{ relay = \"dai-tinh\", for = \"30m\", file = \"cho\" }", "bad_relay", "two items"),
        ("[relays.dai-tinh]\ntitle = \"x\"\n", item, "bad_relay", "url = "),
        ("[relays.dai-tinh]\nurl = \"http://a/b\"\ncommand = [\"x\"]\n", item, "bad_relay", "else"),
        ("[relays.dai-tinh]\nurl = \"a/b\"\n", item, "bad_relay", "https://"),
        ("[relays.dai-tinh]\nurl = \"http://a/b c\"\n", item, "bad_relay", "delete the blank"),
        ("[relays.dai-tinh]\nurl = \"http://a/b.m3u8\"\n", item, "bad_relay", "`hls`"),
        ("[relays.dai-tinh]\nurl = \"http://a/b.xspf\"\n", item, "bad_relay", "editor"),
        ("[relays.dai-tinh]\nurl = \"http://a/b\"\nelse = [{ relay = \"x\" }]\n", item, "unknown_relay", "[relays"),
        ("[relays.dai-tinh]\nurl = \"http://a/b\"\nelse = [{ relay = \"dai-tinh\" }]\n", item, "bad_relay", "silence"),
        ("[relays.dai-tinh]\ncommand = []\n", item, "bad_relay", "ffmpeg"),
        ("[relays.dai-tinh]\ncommand = [\"x\"]\nca = \"a.pem\"\n", item, "bad_relay", "delete the line `ca`"),
        ("[relays.dai-tinh]\nline-in = \"default\"\nca = \"a.pem\"\n", item, "bad_relay", "delete the line `ca`"),
        ("[relays.dai-tinh]\nurl = \"https://a/b\"\nca = \"\"\n", item, "bad_relay", "ca = \"dai-tinh.pem\""),
    ] {
        let (found, said) = checked(toml, play);
        let expected = |line: &String| line.starts_with(&format!("{code}: ")) && line.contains(cure);
        assert!(found.iter().any(expected), "{toml}{play}: {found:#?}");
        assert_eq!(said.code, 1, "{toml}{play}");
    }
}

#[test]
fn an_address_of_a_list_that_loa_reads_is_good() {
    for ending in ["m3u", "pls", "M3U?a=b"] {
        let toml = format!("[relays.dai-tinh]\nurl = \"http://a/live.mp3.{ending}\"\n");
        let (found, said) = checked(&toml, "{ relay = \"dai-tinh\", for = \"30m\" }");
        assert!(found.iter().all(|line| !line.contains("relay")) && said.code == 0, "{ending}: {found:?}");
    }
}

#[test]
fn an_authority_is_good_beside_any_address_since_one_may_lead_to_another() {
    for address in ["url = \"http://a/b\"", "url = \"HTTPS://a/b\"", "hls = \"http://a/b.m3u8\""] {
        let toml = format!("[relays.dai-tinh]\n{address}\nca = \"dai-tinh.pem\"\n");
        let (found, said) = checked(&toml, "{ relay = \"dai-tinh\", for = \"30m\" }");
        assert!(found.iter().all(|line| !line.contains("relay")) && said.code == 0, "{address}: {found:?}");
    }
}

#[test]
fn a_relay_that_is_bad_is_called_bad_and_no_other_is_proposed() {
    let toml = "[relays.dai-tinh]\nurl = \"http://a/b.m3u8\"\n[relays.dai-huyen]\nurl = \"http://a/b\"\n";
    let (found, said) = checked(toml, "{ relay = \"dai-tinh\", for = \"30m\" }");
    assert!(
        found.iter().any(|line| line.starts_with("bad_relay: ") && line.contains("[relays.dai-tinh]")),
        "{found:?}"
    );
    assert!(found.iter().all(|line| !line.starts_with("unknown_relay") && !line.contains("dai-huyen")), "{found:?}");
    assert_eq!(said.code, 1);
    let (found, _) = checked(toml, "{ relay = \"dai-tin\", for = \"30m\" }");
    assert!(found.iter().any(|line| line.starts_with("unknown_relay: ") && line.contains("dai-tinh")), "{found:?}");
}

#[test]
fn a_fallback_that_is_not_there_is_told_and_silences_nothing() {
    let (found, said) = checked(&RELAY.replace("cho", "khong-co"), "{ relay = \"dai-tinh\", for = \"30m\" }");
    assert!(found.iter().any(|line| line.starts_with("sound_missing")), "{found:?}");
    assert_eq!(said.code, 0, "{found:?}");
}

#[test]
fn no_secret_of_an_address_is_said() {
    let station = Station::new();
    station.write("loa.toml", RELAY).write("schedules/a.toml", RULES);
    for arguments in [&["check"][..], &["check", "--json"], &["doctor"], &["plan"], &["status"]] {
        let said = station.loa(arguments);
        assert!(![said.out, said.err].concat().contains("matkhau"), "{arguments:?}");
    }
}
