use std::time::Duration;

use super::{Fault, Read, length};
use crate::diag::{shown, text};
use crate::schedule::{Chime, Play};

/// A pause inside an airing is a breath; a longer one is two broadcasts, and holds the zone for nothing.
const MAX_PAUSE: Duration = Duration::from_mins(10);
/// File systems take 255 bytes for a name; this leaves room for a language and an extension.
const MAX_NAME_BYTES: usize = 200;

/// One thing that `play` names: `chime`, `chime-up`, `chime-down`, `pause 2s`, or a sound of `audio/`. A
/// plain `chime` rises, until its place in `play` says that it closes.
pub(in crate::schedule) fn play(written: &str) -> Read<Play> {
    let lower = written.to_lowercase();
    match lower.as_str() {
        "chime" | "chime-up" => return Ok(Play::Chime(Chime::Rising)),
        "chime-down" => return Ok(Play::Chime(Chime::Falling)),
        _ => {}
    }
    if let Some(rest) = lower.strip_prefix("pause").filter(|rest| is_length_of_pause(rest)) {
        return pause(rest.trim());
    }
    let name = shown(written);
    if written.is_empty() || written.len() > MAX_NAME_BYTES || written.contains(char::is_control) {
        return Err(Fault::new(
            "bad_sound",
            text!("«{name}» không phải là tên tệp âm thanh", "\"{name}\" is not the name of a sound"),
            text!(
                "viết tên tệp trong audio/, có hoặc không có đuôi: \"nop-ho-so\"",
                "write the name of a file in audio/, with or without its ending: \"nop-ho-so\""
            ),
        ));
    }
    if written.contains(['/', '\\']) || written.starts_with('.') || (written.as_bytes().get(1) == Some(&b':')) {
        let last = shown(written.rsplit(['/', '\\']).next().unwrap_or("").trim_start_matches('.'));
        return Err(Fault::new(
            "sound_path",
            text!(
                "«{name}» là đường dẫn; chỉ được viết tên tệp nằm ngay trong audio/",
                "\"{name}\" is a path; only the name of a file in audio/ itself can be written"
            ),
            if last.is_empty() {
                text!("chép tệp vào audio/ rồi viết tên tệp", "copy the file into audio/ and write its name")
            } else {
                text!("chép tệp vào audio/ rồi viết \"{last}\"", "copy the file into audio/ and write \"{last}\"")
            },
        ));
    }
    Ok(Play::Sound(written.to_owned()))
}

/// `pause`, `pause 2s`, `pause2s`, `pause -1s`; but not `pause-music`.
fn is_length_of_pause(rest: &str) -> bool {
    let rest = rest.trim_start_matches([' ', ':', '=']);
    rest.is_empty() || rest.trim_start_matches('-').starts_with(|c: char| c.is_ascii_digit())
}

fn pause(rest: &str) -> Read<Play> {
    let rest = rest.trim_start_matches([':', '=']).trim();
    if rest.is_empty() {
        return Err(Fault::new(
            "bad_pause",
            text!("quãng nghỉ thiếu độ dài", "the pause has no length"),
            text!("viết: \"pause 2s\"", "write: \"pause 2s\""),
        ));
    }
    match length(rest, MAX_PAUSE) {
        Ok(pause) if !pause.is_zero() => Ok(Play::Pause(pause)),
        Ok(_) => Err(Fault::new(
            "bad_pause",
            text!("quãng nghỉ dài 0 giây", "the pause is 0 seconds long"),
            text!("xóa nó, hoặc viết \"pause 2s\"", "delete it, or write \"pause 2s\""),
        )),
        Err(fault) => {
            // A bare number beside `pause` is seconds: nobody rests for two minutes.
            let meant = super::length::meant(rest).map(|meant| match rest.parse::<u32>() {
                Ok(seconds) => format!("{seconds}s"),
                Err(_) => meant,
            });
            let meant = meant.filter(|meant| length(meant, MAX_PAUSE).is_ok_and(|pause| !pause.is_zero()));
            let help = match meant {
                Some(meant) => text!("viết: \"pause {meant}\"", "write: \"pause {meant}\""),
                None => fault.help,
            };
            Err(Fault { code: "bad_pause", message: fault.message, help })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn play_names_chimes_pauses_and_sounds() {
        let pause = |millis| Some(Play::Pause(Duration::from_millis(millis)));
        let sound = |name: &str| Some(Play::Sound(name.to_owned()));
        let table = [
            ("chime", Some(Play::Chime(Chime::Rising))),
            ("Chime", Some(Play::Chime(Chime::Rising))),
            ("chime-up", Some(Play::Chime(Chime::Rising))),
            ("Chime-Down", Some(Play::Chime(Chime::Falling))),
            ("chime-nho", sound("chime-nho")),
            ("pause 2s", pause(2_000)),
            ("pause 500ms", pause(500)),
            ("pause 1m", pause(60_000)),
            ("Pause 2s", pause(2_000)),
            ("pause 10m", pause(600_000)),
            ("pause 11m", None),
            ("pause", None),
            ("pause 0s", None),
            ("pause 2", None),
            ("pause -2s", None),
            ("pause-music", sound("pause-music")),
            ("nop-ho-so", sound("nop-ho-so")),
            ("nop-ho-so.vi.mp3", sound("nop-ho-so.vi.mp3")),
            ("Thông báo số 3", sound("Thông báo số 3")),
            ("../x", None),
            ("..", None),
            ("/etc/x", None),
            ("a\\b", None),
            ("C:x", None),
            ("a\0b", None),
            ("", None),
        ];
        for (written, expected) in table {
            assert_eq!(play(written).ok(), expected, "{written:?}");
        }
        assert_eq!(play("nhac/bai-1.mp3").unwrap_err().help.en, "copy the file into audio/ and write \"bai-1.mp3\"");
    }
}
