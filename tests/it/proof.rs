//! Whether what was sent was heard: the real daemon, `loa relay` beside it, and a microphone that is a program: it hears what
//! the zone sends, in a room with echoes and noise, or the noise alone.

use std::path::Path;

use serde_json::Value;

use crate::kit::late::is_on_time;
use crate::kit::{Daemon, Station, broadcast_at, whole_second_in};

/// Twenty-eight seconds of a bulletin: three stretches and a half.
const SOUND: &str = "audio/ban-tin-sang.mp3";
/// What a microphone adds of its own where it is quiet.
const HISS: &str = "anoisesrc=color=pink:amplitude=0.002:sample_rate=48000";
/// Rain, as loud as the horn as the microphone has it.
const RAIN: &str = "anoisesrc=color=pink:amplitude=0.02:sample_rate=48000";

/// A station whose zone goes into a file, with a microphone that a script is. `None`, aloud, where there is no ffmpeg.
fn station() -> Option<Station> {
    if std::process::Command::new("ffmpeg").arg("-version").output().is_err() {
        eprintln!("SKIPPED: needs ffmpeg");
        return None;
    }
    let station = Station::new();
    let ear = station.path("ear.sh");
    station.write(
        "loa.toml",
        &format!(
            "[zones.thon-1]\ntitle = \"Thôn 1\"\noutput = \"wav:thon-1.wav\"\n[proof.san-xa]\ntitle = \"Sân xã\"\nzones = [\"thon-1\"]\ncommand = [\"sh\", \"{}\"]\n",
            ear.display()
        ),
    );
    station.write("schedules/a.toml", "[rules]\nhours = [\"00:00-24:00\"]\nmax_sessions_per_day = 50\n");
    std::fs::copy(Path::new(env!("CARGO_MANIFEST_DIR")).join(SOUND), station.path("audio/ban-tin.mp3")).unwrap();
    Some(station)
}

/// The microphone hears the horn at this level, with this noise; without a level the noise alone. The one before ends: who
/// listens gets this one.
fn listen(station: &Station, level_db: Option<i32>, noise: &str) {
    let out = "-f s16le -ac 1 -ar 48000 -flush_packets 1 -";
    let quiet = "ffmpeg -nostdin -loglevel quiet";
    let script = match level_db {
        None => format!("exec {quiet} -re -f lavfi -i {noise} {out}\n"),
        Some(level) => format!(
            "sh -c 'echo $$ > {}; exec tail -c 0 -F {}' 2>/dev/null | {quiet} -probesize 32 -f s16le -ar 48000 -ac 1 -i - -f lavfi -i {noise} \
             -filter_complex '[0]aecho=0.8:0.7:23|61|110:0.4|0.3|0.2,volume={level}dB[a];[a][1]amix=inputs=2:normalize=0:duration=first' {out}\n",
            station.path("ear.pid").display(),
            station.path("thon-1.wav").display()
        ),
    };
    station.write("ear.sh", &script);
    if let Ok(before) = std::fs::read_to_string(station.path("ear.pid")) {
        // It may have ended by itself.
        let _ = std::process::Command::new("kill").arg(before.trim()).stderr(std::process::Stdio::null()).status();
    }
}

/// A second hamlet, to which nobody listens: a tone every ten seconds, for as long as this may take. How many there are.
fn beside(station: &Station) -> usize {
    const TONES: i64 = 48;
    let own = std::fs::read_to_string(station.path("loa.toml")).unwrap();
    station.tone("tieng.wav", 1.0, 440.0);
    station.write("loa.toml", &format!("{own}[zones.thon-2]\noutput = \"null\"\n"));
    let one = |number: i64| {
        let at = whole_second_in(10 * (number + 1));
        broadcast_at(&format!("tieng-{number}"), at, "\"tieng\"", "zones = [\"thon-2\"]\n")
    };
    station.write("schedules/tieng.toml", &(0..TONES).map(one).collect::<String>());
    TONES as usize
}

/// The reasons of what the microphone has said so far.
fn said(station: &Station) -> Vec<String> {
    let rows = station.loa(&["journal", "--json"]).rows();
    let reasons =
        rows.into_iter().filter_map(|row| Some((row["kind"] == "note").then(|| row["reason"].as_str())??.to_owned()));
    reasons.filter(|reason| reason.starts_with("proof_")).collect()
}

fn standing(station: &Station) -> Value {
    station.loa(&["status", "--json"]).json()["proof"][0].clone()
}

/// Let it sound and wait until the microphone has said something of it in the end.
fn sound(station: &Station, daemon: &Daemon<'_>, order: &[&str]) -> String {
    let before = said(station).len();
    let given = station.loa(order);
    // Of test tones its code tells whether the microphone heard them.
    let is_said = given.code == 0 || order == TEST && given.code == 1;
    assert!(is_said, "{} {} {}", given.out, given.err, daemon.log());
    daemon.wait_until("the microphone says something", || said(station).len() > before);
    said(station).remove(before)
}

/// The same, again where the machine was too busy to tell, until it says this; it must never say that.
fn until(station: &Station, daemon: &Daemon<'_>, order: &[&str], wanted: &str, never: &str) {
    for _ in 0..8 {
        let reason = sound(station, daemon, order);
        assert!(!reason.starts_with(never), "{reason}: {}", daemon.log());
        if reason.starts_with(wanted) {
            return;
        }
    }
    panic!("never {wanted}: {:?} {}", said(station), daemon.log());
}

/// Let the bulletin sound to its end: whether it was told as not heard before that.
fn is_told_while_it_sounds(station: &Station, daemon: &Daemon<'_>) -> bool {
    let before = said(station).len();
    assert_eq!(station.loa(SAY).code, 0);
    let is_told = || {
        let status = station.loa(&["status", "--json"]).json();
        let (told, playing) = (&status["proof"][0], &status["zones"][0]["playing"]);
        // Of this airing, which sounds; not of the one before it.
        told["said"] == "not_heard" && playing["started"].is_string() && told["since"] == playing["started"]
    };
    daemon.wait_until("it is told", || is_told() || said(station).len() > before);
    let is_under_way = is_told();
    daemon.wait_until("it is recorded", || said(station).len() > before);
    let reason = said(station).remove(before);
    assert!(!reason.starts_with("proof_heard"), "{reason}: {}", daemon.log());
    is_under_way
}

const TEST: &[&str] = &["devices", "--test", "thon-1"];
const SAY: &[&str] = &["say", "ban-tin", "--zone", "thon-1"];

#[test]
#[ignore = "long"]
fn a_horn_is_heard_one_that_is_off_is_told_while_it_is_silent_and_one_that_is_soft_is_never_told_as_silent() {
    let Some(station) = station() else { return };
    listen(&station, Some(-20), HISS);
    let beside = beside(&station);
    let daemon = station.run();
    assert_eq!(
        (standing(&station)["learnt"].clone(), standing(&station)["said"].clone()),
        (false.into(), "nothing".into())
    );
    assert!(station.loa(&["status"]).out.contains("has not learnt these horns"));

    // A microphone that has not learnt says so, or hears.
    until(&station, &daemon, TEST, "proof_learnt", "proof_heard");
    assert_eq!(standing(&station)["learnt"], true);
    until(&station, &daemon, SAY, "proof_heard", "proof_not_heard");
    assert_eq!(standing(&station)["said"], "heard", "{}", daemon.log());

    // In rain as loud as the horn.
    listen(&station, Some(-20), RAIN);
    until(&station, &daemon, SAY, "proof_heard", "proof_not_heard");

    // Turned down by twenty decibels, in noise: heard, or nobody can say.
    listen(&station, Some(-40), HISS);
    let soft = sound(&station, &daemon, SAY);
    assert!(!soft.starts_with("proof_not_heard"), "{soft}");

    // Unplugged: told while the bulletin is still under way, again where the machine was too busy to tell; and in the end.
    listen(&station, None, RAIN);
    assert!((0..8).any(|_| is_told_while_it_sounds(&station, &daemon)), "{:?} {}", said(&station), daemon.log());
    if !said(&station).last().is_some_and(|reason| reason.starts_with("proof_not_heard")) {
        until(&station, &daemon, SAY, "proof_not_heard", "proof_heard");
    }
    let status = station.loa(&["status"]);
    assert!(status.out.contains("did NOT hear the horns"), "{}", status.out);

    // The other hamlet has begun on the second all the while.
    let rows = station.loa(&["journal", "--json"]).rows();
    let begun: Vec<&Value> = rows.iter().filter(|row| row["zone"] == "thon-2" && row["kind"] == "airing").collect();
    assert!((3..=beside).contains(&begun.len()), "{}", begun.len());
    for row in begun {
        assert!(is_on_time(row["start_error_ms"].as_f64().unwrap(), 5.0), "{row}");
    }

    // The airing's own row is as ever, and the journal holds.
    let rows = station.loa(&["journal", "--json"]).rows();
    let airings = rows.iter().filter(|row| row["kind"] == "airing");
    assert!(airings.clone().count() >= 5 && airings.clone().all(|row| row["outcome"] == "played"), "{rows:?}");
    assert_eq!(station.loa(&["journal", "verify"]).code, 0);
    let book = station.loa(&["report", "--month", &rows[0]["started"].as_str().unwrap()[..7], "--json"]);
    assert!(book.out.contains("\"unheard\""), "{}", book.out);
    assert_eq!(daemon.end(), 0);
}

#[test]
#[ignore = "long"]
fn a_microphone_that_is_gone_changes_nothing_of_the_sound() {
    let station = Station::new();
    station.write(
        "loa.toml",
        "[zones.thon-1]\noutput = \"wav:thon-1.wav\"\n[proof.a]\ncommand = [\"/nonexistent/microphone\"]\n",
    );
    station.write("schedules/a.toml", "[rules]\nhours = [\"00:00-24:00\"]\n");
    std::fs::copy(Path::new(env!("CARGO_MANIFEST_DIR")).join(SOUND), station.path("audio/ban-tin.mp3")).unwrap();
    let daemon = station.run();
    assert_eq!(sound(&station, &daemon, SAY), "proof_unclear: missing");
    let rows = station.loa(&["journal", "--json"]).rows();
    let row = rows.iter().find(|row| row["kind"] == "airing").unwrap();
    assert_eq!(row["outcome"], "played", "{row}");

    // Why is said wherever somebody looks.
    let why = "the command \"/nonexistent/microphone\" cannot be run: no such file or directory";
    let one_line = |said: String| said.split_whitespace().collect::<Vec<_>>().join(" ");
    for asked in [&["status"][..], TEST, &["status"], &["doctor"]] {
        let told = station.loa(asked);
        let said = one_line(told.out);
        assert!(said.contains(why), "{asked:?}: {said}");
        assert!(asked != TEST || told.code == 1, "nobody knows whether it sounded: {said}");
    }
    daemon.wait_until("the test tones say so too", || {
        said(&station).iter().filter(|reason| *reason == "proof_unclear: missing").count() == 2
    });
    assert_eq!(daemon.end(), 0);
}
