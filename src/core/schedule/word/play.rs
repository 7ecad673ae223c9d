use std::time::Duration;

use super::{Read, WordFault, length};
use crate::diag::{document, fold, shown, text};
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
        return Err(WordFault::new(
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
        return Err(WordFault::new(
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

/// What people say for a pause, folded, and for a chime.
const PAUSES: [&str; 12] = [
    "nghi",
    "tamnghi",
    "tamdung",
    "dung",
    "ngung",
    "imlang",
    "lang",
    "khoangnghi",
    "quangnghi",
    "silence",
    "break",
    "rest",
];
const CHIMES: [&str; 7] = ["chuong", "tiengchuong", "chuongbao", "hieuchuong", "chimes", "bell", "gong"];

/// The things that somebody means by one text which is the name of no sound: several with commas between, a pause or a
/// chime in other words. `None` where it is none of that.
pub fn meant_play(written: &str) -> Option<Vec<String>> {
    if written.len() > MAX_NAME_BYTES {
        return None;
    }
    let apart = written.replace(" và ", ",");
    let parts: Vec<&str> = apart.split([',', ';', '+', '|']).map(str::trim).filter(|part| !part.is_empty()).collect();
    if parts.is_empty() || parts.len() > MAX_MEANT {
        return None;
    }
    let meant: Vec<String> = parts.iter().map(|part| meant_item(part).unwrap_or_else(|| (*part).to_owned())).collect();
    (meant.len() > 1 || meant[0] != written).then_some(meant)
}

/// More things of one text are not written out.
const MAX_MEANT: usize = 20;

/// `nghỉ 2 giây` is `pause 2s`, `chuông` is `chime`.
fn meant_item(part: &str) -> Option<String> {
    if CHIMES.contains(&fold(part).as_str()) {
        return Some("chime".to_owned());
    }
    let at = part.find(|c: char| c.is_ascii_digit())?;
    let (word, rest) = part.split_at_checked(at)?;
    // `30s`: a length alone. `5h30` is a time, and `tin 30s` has a name before it.
    if word.is_empty() && rest.ends_with(char::is_alphabetic) {
        return meant_pause(rest).map(|pause| format!("pause {pause}"));
    }
    PAUSES.contains(&fold(word).as_str()).then(|| meant_pause(rest)).flatten().map(|pause| format!("pause {pause}"))
}

/// The length of a pause that somebody wrote otherwise; a number alone is seconds: nobody rests for two minutes.
fn meant_pause(rest: &str) -> Option<String> {
    let is_right = |meant: &String| length(meant, MAX_PAUSE).is_ok_and(|pause| !pause.is_zero());
    let own = rest.trim().to_owned();
    Some(own).filter(is_right).or_else(|| document::meant(rest, "s").filter(is_right))
}

/// `pause`, `pause 2s`, `pause2s`, `pause -1s`; but not `pause-music`.
fn is_length_of_pause(rest: &str) -> bool {
    let rest = rest.trim_start_matches([' ', ':', '=']);
    rest.is_empty() || rest.trim_start_matches('-').starts_with(|c: char| c.is_ascii_digit())
}

fn pause(rest: &str) -> Read<Play> {
    let rest = rest.trim_start_matches([':', '=']).trim();
    if rest.is_empty() {
        return Err(WordFault::new(
            "bad_pause",
            text!("quãng nghỉ thiếu độ dài", "the pause has no length"),
            text!("viết: \"pause 2s\"", "write: \"pause 2s\""),
        ));
    }
    match length(rest, MAX_PAUSE) {
        Ok(pause) if !pause.is_zero() => Ok(Play::Pause(pause)),
        Ok(_) => Err(WordFault::new(
            "bad_pause",
            text!("quãng nghỉ dài 0 giây", "the pause is 0 seconds long"),
            text!("xóa nó, hoặc viết \"pause 2s\"", "delete it, or write \"pause 2s\""),
        )),
        Err(fault) => {
            let help = match meant_pause(rest) {
                Some(meant) => text!("viết: \"pause {meant}\"", "write: \"pause {meant}\""),
                None => {
                    text!("viết: \"pause 2s\"; dài nhất là \"pause 10m\"", "write: \"pause 2s\"; at most \"pause 10m\"")
                }
            };
            Err(WordFault { code: "bad_pause", message: fault.message, help })
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

    #[test]
    fn what_people_say_for_a_pause_or_several_sounds_is_understood() {
        let of = |words: &[&str]| Some(words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>());
        for (written, meant) in [
            ("nghỉ 2s", of(&["pause 2s"])),
            ("nghỉ 2 giây", of(&["pause 2s"])),
            ("Nghi\u{309} 5", of(&["pause 5s"])),
            ("tạm dừng 1 phút", of(&["pause 1m"])),
            ("im lặng 2s", of(&["pause 2s"])),
            ("chuông", of(&["chime"])),
            ("tin, tin", of(&["tin", "tin"])),
            ("chime; tin; nghỉ 2s; tin", of(&["chime", "tin", "pause 2s", "tin"])),
            ("tin và nhạc", of(&["tin", "nhạc"])),
            ("tín", None),
            ("nghỉ lễ 2/9", None),
            ("nghỉ 20 phút", None),
            ("", None),
        ] {
            assert_eq!(meant_play(written), meant, "{written:?}");
        }
    }
}
