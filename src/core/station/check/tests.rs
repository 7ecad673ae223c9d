//! `loa.toml` key by key: what is read, what falls back, and what is said.

use super::*;
use crate::station::{OutputName, Switch, ZoneIx};

fn read(text: &str) -> (Station, Vec<&'static str>) {
    let (station, found) = check(&SourceFile { path: "loa.toml".to_owned(), text: text.to_owned() });
    (station, found.into_iter().map(|one| one.code).collect())
}

#[test]
fn an_approval_that_was_asked_for_by_a_slip_is_asked_for() {
    for text in [
        "aproval = \"required\"",
        "approvals = \"required\"",
        "phe_duyet = \"co\"",
        "Approval = true",
        "approval = required",
        "approval = \"required",
        "[station]\napproval = \"required\"",
        "[console]\nlisten = \"127.0.0.1:8080\"\napproval = \"required\"",
    ] {
        let (station, found) = read(text);
        assert_eq!(station.approval, Approval::Required, "{text}: {found:?}");
        assert!(!found.is_empty(), "{text}");
    }
    for text in ["", "approval = \"none\"", "aproval = \"none\"", "[zones.approval]\noutput = \"null\"", "nam = \"x\""]
    {
        assert_eq!(read(text).0.approval, Approval::None, "{text}");
    }
}

#[test]
fn rules_that_stand_in_loa_toml_are_known_to_be_meant() {
    let (station, found) = read("[rules]\nhours = [\"05:00-06:30\"]");
    assert!(station.has_misplaced_rules && found == ["wrong_file"], "{found:?}");
    assert_eq!(read("[[cancel]]\ndate = 2026-12-01\nwhy = \"x\"").1, ["wrong_file"]);
}

#[test]
fn every_key_of_loa_toml_is_read() {
    let (station, found) = read(
        r#"
        name = "Đài truyền thanh xã Đông Giang"
        timezone = "Asia/Bangkok"
        approval = "required"
        [zones.thon-2]
        title = "Thôn 2"
        output = "device:plughw:CARD=Device,DEV=0"
        channel = "right"
        languages = ["vi", "kho"]
        gain_db = -3
        delay_ms = 350
        code = "D-17"
        [zones.thon-1]
        output = "pulse:loa"
        channel = 3
        languages = "vi"
        gain_db = 1.5
        [zones.thon-3]
        output = "wav:out/thon-3.wav"
        [zones.thon-4]
        output = "null"
        [groups]
        vung-cao = ["thon-3", "thon-2"]
        mot = "thon-1"
        [clock]
        trust = "always"
        [console]
        listen = "127.0.0.1:8080"
        cert = "state/cert/page.crt"
        key = "/etc/ssl/loa.key"
        "#,
    );
    assert!(found.is_empty(), "{found:?}");
    assert_eq!(station.name, "Đài truyền thanh xã Đông Giang");
    assert_eq!(station.timezone.iana_name(), Some("Asia/Bangkok"));
    assert_eq!((station.approval, station.trust), (Approval::Required, Trust::Always));
    assert_eq!(station.console, Some(([127, 0, 0, 1], 8080).into()));
    let files = station.certificate.unwrap();
    assert_eq!((files.cert, files.key), ("state/cert/page.crt".into(), "/etc/ssl/loa.key".into()));
    // In the order written, and not of the alphabet.
    assert_eq!(
        station.zones.iter().map(|zone| zone.id.as_str()).collect::<Vec<_>>(),
        ["thon-2", "thon-1", "thon-3", "thon-4"]
    );
    let outputs = station.zones.iter().map(|zone| zone.output.clone()).collect::<Vec<_>>();
    let wav = OutputName::Wav("out/thon-3.wav".into());
    assert_eq!(
        outputs,
        [OutputName::Device("plughw:CARD=Device,DEV=0".into()), OutputName::Pulse("loa".into()), wav, OutputName::Null]
    );
    let expected = Zone {
        title: "Thôn 2".into(),
        output: OutputName::Device("plughw:CARD=Device,DEV=0".into()),
        channel: Channel::One(2),
        languages: vec!["vi".into(), "kho".into()],
        gain_db: -3.0,
        delay: std::time::Duration::from_millis(350),
        code: "D-17".into(),
        ..Zone::named("thon-2".into())
    };
    assert_eq!(station.zones[0], expected);
    assert_eq!(station.groups["vung-cao"], [ZoneIx(0), ZoneIx(2)]);
    assert_eq!(station.groups["mot"], [ZoneIx(1)]);
}

#[test]
fn an_empty_file_is_the_default_station() {
    assert_eq!(read(""), (Station::default(), vec![]));
    let station = Station::default();
    assert_eq!((station.name.as_str(), station.timezone.iana_name()), ("Đài truyền thanh", Some("Asia/Ho_Chi_Minh")));
    assert_eq!(station.zones, [Zone::named("loa".to_owned())]);
}

#[test]
fn a_card_that_is_counted_and_not_named_is_warned_of_and_plays() {
    for (name, counted) in [
        ("hw:1,0", true),
        ("plughw:0", true),
        ("plughw:CARD=1,DEV=0", true),
        ("plughw:CARD=Device,DEV=0", false),
        ("hw:Device,0", false),
        ("default", false),
    ] {
        let (station, found) = read(&format!("[zones.a]\noutput = \"device:{name}\"\n"));
        assert_eq!(found, if counted { vec!["card_number"] } else { vec![] }, "{name}");
        assert_eq!(station.zones[0].output, OutputName::Device(name.to_owned()));
    }
}

#[test]
fn an_amplifier_is_a_line_or_two_commands_and_one_that_cannot_be_read_leaves_the_zone_its_sound() {
    let read_one = |written: &str| {
        let (station, found) = read(&format!("[zones.a]\noutput = \"null\"\namplifier = {written}\n"));
        (station.zones[0].amplifier.clone(), found)
    };
    let (line, found) = read_one(r#"{ gpio = "/dev/gpiochip4:17", active_low = true, warm_up = "500ms" }"#);
    let line = line.expect("an amplifier");
    assert_eq!(line.switch, Switch::Gpio { chip: "gpiochip4".to_owned(), line: 17, active_low: true });
    assert_eq!((line.warm_up.as_millis(), line.cool_down.as_secs(), found.len()), (500, 3, 0));
    let (commands, found) =
        read_one(r#"{ on = ["usbrelay", "A_1=1"], off = "/usr/bin/relay-off", cool_down = "10m" }"#);
    let commands = commands.expect("an amplifier");
    assert_eq!(commands.switch.name(), "usbrelay A_1=1");
    assert_eq!((commands.warm_up.as_secs(), commands.cool_down.as_secs(), found.len()), (5, 600, 0));
    for written in [
        "\"gpiochip0:17\"",
        "{}",
        "{ gpio = \"gpiochip0\" }",
        "{ gpio = \"gpio chip:1\" }",
        "{ gpio = \"../x:1\" }",
        "{ gpio = \"gpiochip0:99999\" }",
        "{ gpio = \"gpiochip0:1\", off = [\"a\"] }",
        "{ gpio = \"gpiochip0:1\", active_low = 1 }",
        "{ on = [\"a\"] }",
        "{ on = [\"a\"], off = [\"a\"] }",
        "{ on = [\"a b\"], off = [\"a\"] }",
        "{ on = [\"a\", \"&&\", \"b\"], off = [\"a\"] }",
        "{ on = [\"./a\"], off = [\"a\"] }",
        "{ on = [\"\"], off = [\"a\"] }",
    ] {
        let (amplifier, found) = read_one(written);
        assert_eq!((amplifier, found.len()), (None, 1), "{written}: {found:?}");
    }
    // A length that cannot be read falls back to its default.
    let (kept, found) = read_one("{ gpio = \"gpiochip0:1\", warm_up = \"61s\" }");
    assert_eq!((kept.expect("an amplifier").warm_up.as_secs(), found), (5, vec!["bad_length"]));
}

#[test]
fn zones_share_an_amplifier_and_may_not_move_one_relay_in_two_ways() {
    let two = |second: &str| {
        let text = format!(
            "[zones.a]\noutput = \"null\"\namplifier = {{ gpio = \"gpiochip0:17\" }}\n[zones.b]\noutput = \"null\"\namplifier = {second}\n"
        );
        let (station, found) = read(&text);
        (station.zones[1].amplifier.is_some(), found)
    };
    assert_eq!(two("{ gpio = \"gpiochip0:17\", warm_up = \"9s\" }"), (true, vec![]));
    assert_eq!(two("{ gpio = \"gpiochip0:18\", active_low = true }"), (true, vec![]));
    assert_eq!(two("{ gpio = \"gpiochip0:17\", active_low = true }"), (false, vec!["bad_amplifier"]));
}

#[test]
fn a_zone_is_delayed_by_two_seconds_at_most() {
    for (written, expected) in [("0", Some(0)), ("2000", Some(2_000)), ("2001", None), ("-1", None), ("1.5", None)] {
        let (station, found) = read(&format!("[zones.a]\ndelay_ms = {written}\n"));
        assert_eq!(found.is_empty(), expected.is_some(), "{written}: {found:?}");
        assert_eq!(station.zones[0].delay, std::time::Duration::from_millis(expected.unwrap_or(0)));
    }
}

#[test]
fn a_zone_whose_output_cannot_be_read_sounds_nowhere() {
    for line in
        ["output = 5", "output = \"device:\"", "output = \"hw:0\"", "channel = 0", "channel = 65", "channel = 1.5"]
    {
        let (station, found) = read(&format!("[zones.a]\n{line}\n[zones.b]\n"));
        let outputs: Vec<&OutputName> = station.zones.iter().map(|zone| &zone.output).collect();
        let default = OutputName::Device("default".to_owned());
        assert_eq!(outputs, [&OutputName::Unusable, &default], "{line}: it is there, silent, so that it can be named");
        assert_eq!(found.len(), 1, "{line}: {found:?}");
    }
}

#[test]
fn a_key_that_is_wrong_costs_itself_only() {
    for line in [
        "gain_db = 21",
        "gain_db = nan",
        "loudness = 0",
        "loudness = \"to\"",
        "chain = \"rock\"",
        "gain_db = \"1\"",
        "languages = []",
        "languages = [\"vi\", \"vi\"]",
        "titel = 1",
    ] {
        let (station, found) = read(&format!("[zones.a]\n{line}\n"));
        assert_eq!((station.zones, found.len()), (vec![Zone::named("a".to_owned())], 1), "{line}");
    }
}

#[test]
fn a_zone_has_a_loudness_and_a_chain_of_its_own() {
    let tone = |lines: &str| {
        let (station, found) = read(&format!("[zones.a]\n{lines}\n"));
        assert_eq!(found, [] as [&str; 0], "{lines}");
        (station.zones[0].tone.loudness_lufs, station.zones[0].tone.speech)
    };
    assert_eq!(tone(""), (Some(-16.0), false));
    assert_eq!(tone("loudness = -18.5"), (Some(-18.5), false));
    assert_eq!(tone("loudness = \"tắt\"\nchain = \"speech\""), (None, true));
}

#[test]
fn two_zones_on_one_channel_are_warned_of() {
    let two = |a: &str, b: &str| read(&format!("[zones.a]\n{a}\n[zones.b]\n{b}\n")).1;
    assert_eq!(two("", ""), ["shared_output"]);
    assert_eq!(two("channel = 1", "channel = \"both\""), ["shared_output"]);
    assert_eq!(two("channel = \"left\"", "channel = 2"), [] as [&str; 0]);
    assert_eq!(two("output = \"null\"", "output = \"null\""), [] as [&str; 0]);
}

#[test]
fn no_station_has_more_zones_than_one_machine_can_feed() {
    let zones: Vec<String> = (0..=MAX_ZONES).map(|at| format!("[zones.z{at}]\noutput = \"null\"\n")).collect();
    let text = zones.concat();
    let (station, found) = read(&text);
    assert_eq!((station.zones.len(), found), (MAX_ZONES, vec!["too_many_zones"]));
}

#[test]
fn a_reading_command_is_words_with_a_place_for_the_file_and_says_what_it_lacks() {
    let (station, found) = read("[speech]\ncommand = [\"espeak-ng\", \"-w\", \"{out}\"]\n");
    assert_eq!(station.speech, Some(vec!["espeak-ng".to_owned(), "-w".to_owned(), "{out}".to_owned()]));
    assert_eq!(found, [""; 0]);
    for (written, code) in [
        ("command = \"espeak-ng -w {out}\"", "wrong_type"),
        ("command = [\"espeak-ng\", 120, \"{out}\"]", "wrong_type"),
        ("command = [\"espeak-ng\"]", "bad_speech"),
        ("command = [\"{out}\"]", "bad_speech"),
        ("command = []", "bad_speech"),
    ] {
        let (station, found) = read(&format!("[speech]\n{written}\n"));
        assert_eq!((station.speech, found), (None, vec![code]), "{written}");
    }
    let (station, found) = read("[speech]\ncomand = [\"a\", \"{out}\"]\n");
    assert_eq!((station.speech, found), (None, vec!["unknown_key"]));
}

#[test]
fn whose_bundles_are_taken_is_read_whole_or_not_at_all() {
    let root = |letter: &str| letter.repeat(64);
    let table = |place: &str, roots: &[String], needed: &str| {
        format!("[bundle]\nplace = \"{place}\"\nroots = {roots:?}\n{needed}[courier]\ntell = [\"/bin/true\", \"x\"]\n")
    };
    let three = [root("a"), root("B"), root("c")];
    let (station, found) = read(&table("vn.p01.c003.h1", &three, "needed = 3\n"));
    assert!(found.is_empty(), "{found:?}");
    assert_eq!((station.bundle.needed, station.bundle.keys[1].as_str()), (3, root("b").as_str()));
    assert_eq!(station.courier_tell.unwrap(), ["/bin/true", "x"]);
    assert_eq!(read(&table("vn", &three, "")).0.bundle.needed, 2);
    for (text, code) in [
        (table("VN", &three, ""), "bad_place"),
        (table("vn..p01", &three, ""), "bad_place"),
        (table("vn", &three[..1], ""), "bad_roots"),
        (table("vn", &[root("a"), root("A")], ""), "bad_roots"),
        (table("vn", &[root("a"), "b".to_owned()], ""), "bad_roots"),
        (table("vn", &three, "needed = 1\n"), "out_of_range"),
        (table("vn", &three, "needed = 4\n"), "bad_roots"),
        (table("vn", &three, "neded = 2\n"), "unknown_key"),
        ("[courier]\ntell = []\n".to_owned(), "bad_tell"),
        ("[courier]\ntell = \"/bin/true\"\n".to_owned(), "wrong_type"),
    ] {
        let (station, found) = read(&text);
        assert_eq!(found, [code], "{text}");
        assert!(code == "unknown_key" || station.bundle.keys.is_empty(), "{text}");
    }
    // Half of it is nothing.
    assert!(read("[bundle]\nplace = \"vn\"\n").0.bundle.keys.is_empty());
}

#[test]
fn where_the_fleet_lies_is_read_and_what_lacks_says_so() {
    let (station, found) = read("[fleet]\ndir = \"/srv/mang-p01\"\n");
    assert_eq!((station.fleet, found.len()), (Some("/srv/mang-p01".into()), 0));
    for (written, code) in
        [("[fleet]\n", "missing_key"), ("[fleet]\ndir = 7\n", "wrong_type"), ("[fleet]\ndri = \"x\"\n", "unknown_key")]
    {
        let (station, found) = read(written);
        assert!(station.fleet.is_none() && found.contains(&code), "{written} {found:?}");
    }
}

#[test]
fn what_can_keep_nothing_is_refused_with_a_cure_that_passes() {
    for wrong in [0, 1, 19] {
        let text = format!("[kept]\ndays = 60\nmegabytes = {wrong}\n");
        let (station, found) = check(&SourceFile { path: "loa.toml".to_owned(), text: text.clone() });
        let [one] = &found[..] else { panic!("{wrong}: {found:?}") };
        assert_eq!((one.code, one.line, one.column, one.is_error()), ("out_of_range", 3, 13, true));
        assert_eq!((station.kept.days, station.kept.bytes), (60, 1_000_000_000));
        let help = &one.help.as_ref().unwrap().vi;
        let cure = help.strip_prefix("viết: ").unwrap();
        assert!(read(&text.replace(&format!("megabytes = {wrong}"), cure)).1.is_empty(), "{help}");
    }
    // Whoever wants nothing kept says so by the days.
    assert_eq!(read("[kept]\ndays = 0\n").1, [""; 0]);
}
