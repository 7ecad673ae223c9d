use std::io::Write as _;
use std::process::{Command, Stdio};

use super::{kept, rows, station, written};
use crate::kit::{Mic, Station, pulse};

#[test]
#[ignore = "long"]
fn somebody_at_the_machine_speaks_from_what_comes_in_and_feedback_is_told() {
    let station = station("");
    let daemon = station.run();
    let mut child =
        station.command(&["talk", "--zone", "thon-2", "--from", "-"]).stdin(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    Mic::give(&Mic::howl(8.0), |piece| {
        let bytes: Vec<u8> = piece.iter().flat_map(|sample| sample.to_le_bytes()).collect();
        stdin.write_all(&bytes).is_ok()
    });
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    // The horn of this hamlet is a file, which is said before and while he speaks: he was done, and nobody heard him.
    assert_eq!(output.status.code(), Some(1), "{out}{err}");
    assert!(err.contains("there is no horn here") && err.contains("Feedback") && !err.contains("ON AIR"), "{err}");
    assert!(out.contains("nobody hears it") && !out.contains("loa stop"), "{out}");
    assert_eq!(rows(&station, "talk_howl").len(), 1);
    let order = rows(&station, "talk_howl")[0]["order"].as_str().unwrap().to_owned();
    let row = written(&station, &order);
    assert_eq!((&row["zone"], &row["outcome"]), (&"thon-2".into(), &"played".into()), "{row}");
    assert_eq!(kept(&station, &row).len(), 1);
    assert_eq!(daemon.end(), 0);
}

#[test]
#[ignore = "long"]
fn a_talk_that_breaks_off_ends_the_command_with_1() {
    let station = station("");
    let daemon = station.run();
    let mut talk = station.command(&["talk", "--zone", "thon-2", "--from", "-"]);
    let mut child = talk.stdin(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    // Twenty seconds at once: whoever speaks takes twenty for it.
    let bytes = 1_000_i16.to_le_bytes().repeat(20 * 48_000);
    let _ = stdin.write_all(&bytes);
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(err.contains("it comes faster than anybody speaks"), "{out}{err}");
    assert_eq!(output.status.code(), Some(1), "{out}{err}");
    assert_eq!(daemon.end(), 0);
}

#[test]
#[ignore = "long"]
fn somebody_speaks_from_a_line_in_of_the_machine() {
    let arguments = ["--exact", "talk::command::somebody_speaks_from_a_line_in_of_the_machine", "--nocapture"];
    let Some(rig) = pulse::inside(&arguments) else { return };
    if Command::new("arecord").arg("--version").stdout(Stdio::null()).status().is_err() {
        return eprintln!("SKIPPED: needs the package alsa-utils");
    }
    assert!(rig.pactl(&["info"]).contains("horn"));
    let station = station("");
    let daemon = station.run();
    // What is not there sounds nowhere, not even its chime.
    let none = station.loa(&["talk", "--zone", "thon-2", "--from", "khong-co"]);
    assert!(none.code != 0 && none.err.contains("khong-co"), "{none:?}");
    assert!(rows(&station, "talk").is_empty(), "{:?}", rows(&station, "talk"));
    // What is played into the sink comes out of its monitor, as it would of a microphone.
    let voice = station.path("giong.wav");
    Mic::file(&voice, 90.0);
    let mut player = Command::new("paplay").arg("--device=horn").arg(&voice).spawn().unwrap();
    let child = station.command(&["talk", "--zone", "thon-2", "--from", "line"]).spawn().unwrap();
    daemon.wait_until("he is heard", || loud(&station) > 48_000);
    assert_eq!(station.loa(&["stop"]).code, 0);
    let output = child.wait_with_output().unwrap();
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(err.contains("there is no horn here") && out.contains("Thôn 2: partly played"), "{out}{err}");
    let _ = player.kill();
    let _ = player.wait();
    let airing = || rows(&station, "").into_iter().find(|row| row["kind"] == "airing");
    let row = crate::console::until("its row is written", airing);
    assert_eq!((&row["zone"], &row["outcome"]), (&"thon-2".into(), &"partial".into()), "{row}");
    let is_kept = || !kept(&station, &row).is_empty() || !rows(&station, "talk_kept").is_empty();
    daemon.wait_until("it is kept", is_kept);
    assert_eq!(daemon.end(), 0);
}

/// Samples in the horn's file that are heard behind the chime.
fn loud(station: &Station) -> usize {
    let Ok(mut wav) = hound::WavReader::open(station.path("thon-2.wav")) else { return 0 };
    let heard = wav.samples::<i16>().map_while(Result::ok).skip_while(|sample| *sample == 0).skip(4 * 48_000);
    heard.filter(|sample| sample.unsigned_abs() > 300).count()
}
