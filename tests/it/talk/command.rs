use std::io::Write as _;
use std::process::Stdio;

use super::{kept, rows, station, written};
use crate::kit::Mic;

#[test]
#[ignore = "long"]
fn somebody_at_the_machine_speaks_from_what_comes_in_and_feedback_is_told() {
    let station = station("");
    let daemon = station.run();
    let mut child =
        station.command(&["talk", "--zone", "thon-2", "--from", "-"]).stdin(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let mut at = 0_u32;
    // A tone that stands still, as a horn in its own microphone makes it.
    Mic::speak(8.0, |piece| {
        let tone = |_: &i16| {
            at += 1;
            ((f64::from(at) * std::f64::consts::TAU * 1_850.0 / 48_000.0).sin() * 12_000.0) as i16
        };
        let bytes: Vec<u8> = piece.iter().map(tone).flat_map(i16::to_le_bytes).collect();
        stdin.write_all(&bytes).is_ok()
    });
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(0), "{out}{err}");
    assert!(err.contains("ON AIR.") && err.contains("Feedback"), "{err}");
    assert!(out.contains("Thôn 2: has sounded") || out.contains("nobody hears it"), "{out}");
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
