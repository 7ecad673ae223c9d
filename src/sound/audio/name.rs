//! What a sound is called in `audio/`. Pure: a name in, a name out, or what is wrong with it.

use std::path::Path;

use unicode_normalization::UnicodeNormalization;

use crate::diag::{Text, is_deceptive, text};
use crate::plan::{ENDINGS, spelled};

/// Endings of what is not finished, as browsers and copying programs write them. Lower case.
const UNFINISHED: [&str; 13] = [
    ".part",
    ".partial",
    ".filepart",
    ".crdownload",
    ".download",
    ".opdownload",
    ".tmp",
    ".~tmp",
    ".!ut",
    ".!qb",
    ".aria2",
    ".bc!",
    ".dwnl",
];

/// Endings of what lies beside sounds and is none: words, marks, pictures, lists, an older version. Lower case.
const BESIDE: [&str; 40] = [
    ".txt",
    ".md",
    ".lrc",
    ".srt",
    ".vtt",
    ".ass",
    ".sub",
    ".cue",
    ".reapeaks",
    ".sfk",
    ".pkf",
    ".asd",
    ".xmp",
    ".ini",
    ".url",
    ".lnk",
    ".nfo",
    ".log",
    ".m3u",
    ".m3u8",
    ".pls",
    ".xspf",
    ".json",
    ".xml",
    ".csv",
    ".toml",
    ".html",
    ".jpg",
    ".jpeg",
    ".png",
    ".gif",
    ".webp",
    ".bmp",
    ".sha256",
    ".md5",
    ".sfv",
    ".bak",
    ".old",
    ".orig",
    "~",
];

/// What a name in `audio/` promises.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Promise {
    /// A sound, perhaps.
    Sound,
    /// A download or a copy that is not finished.
    Unfinished,
    /// Nothing to hear: hidden, beside a sound, or left behind by an office program or a stick.
    Nothing,
}

/// What this name promises.
pub(super) fn promise(name: &str) -> Promise {
    let lower = name.to_lowercase();
    let ends = |endings: &[&str]| endings.iter().any(|ending| lower.ends_with(ending));
    if lower.starts_with('.')
        || lower.starts_with("~$")
        || ["thumbs.db", "desktop.ini", "ehthumbs.db"].contains(&&*lower)
    {
        Promise::Nothing
    } else if ends(&UNFINISHED) {
        Promise::Unfinished
    } else if ends(&BESIDE) {
        Promise::Nothing
    } else {
        Promise::Sound
    }
}

/// Longest stem in bytes: file systems take 255, and loa puts an ending and a mark of its own around it.
const STEM_BYTES: usize = 200;

/// The name in `audio/` for a sound that somebody calls `wanted` (a path, a name, with or without an
/// ending) and that by its content has one of `endings`; or what is wrong with the name, with the cure.
///
/// Names are in Unicode NFC, so that a name typed in a schedule finds them; what a USB stick, a shell or
/// a web address would trip over becomes a hyphen: one for as much of it as stands together, none at the ends.
pub fn stored(wanted: &str, endings: &[&str]) -> Result<String, Text> {
    let name: String = Path::new(wanted).file_name().unwrap_or_default().to_string_lossy().nfc().collect();
    let (stem, written) = match name.rsplit_once('.') {
        Some((stem, ending)) if ENDINGS.contains(&ending.to_lowercase().as_str()) => (stem, ending.to_lowercase()),
        _ => (name.as_str(), String::new()),
    };
    let parts = stem.split(|c: char| !is_safe(c)).filter(|part| part.chars().any(char::is_alphanumeric));
    let safe = parts.collect::<Vec<_>>().join("-");
    let words: Vec<&str> = safe.split_whitespace().collect();
    let stem = words.join(" ");
    let stem = stem.trim_matches(|c| c == '.' || c == ' ' || c == '~');
    if !stem.chars().any(char::is_alphanumeric) {
        return Err(text!(
            "tên «{wanted}» không dùng được; hãy đặt tên bằng chữ và số: --as ten-moi",
            "the name \"{wanted}\" cannot be used; give one of letters and digits: --as new-name"
        ));
    }
    if stem.len() > STEM_BYTES {
        return Err(text!(
            "tên «{wanted}» quá dài; hãy đặt tên ngắn hơn: --as ten-moi",
            "the name \"{wanted}\" is too long; give a shorter one: --as new-name"
        ));
    }
    if is_word_of_play(stem) {
        return Err(text!(
            "trong dòng play, «{stem}» đã có nghĩa khác nên không gọi được tệp này; hãy đặt tên khác: --as ten-moi",
            "in a play line \"{stem}\" means something else, so that this file could not be called; give another name: --as new-name"
        ));
    }
    let ending = endings.iter().find(|ending| **ending == written).or(endings.first()).unwrap_or(&"wav");
    Ok(format!("{stem}.{ending}"))
}

fn is_safe(c: char) -> bool {
    (c.is_alphanumeric() && !is_deceptive(c)) || c == ' ' || "-_.()+,&".contains(c) || is_mark(c)
}

/// Marks that no composed letter exists for, as some minority languages write them.
fn is_mark(c: char) -> bool {
    ('\u{300}'..='\u{36F}').contains(&c)
}

/// `chime`, `chime-up`, `pause`, `pause 2s`: what `play` takes for its own.
fn is_word_of_play(stem: &str) -> bool {
    let lower = stem.to_lowercase();
    let length = |rest: &str| rest.chars().all(|c| c.is_ascii_digit() || " .,hms".contains(c));
    matches!(lower.as_str(), "chime" | "chime-up" | "chime-down") || lower.strip_prefix("pause").is_some_and(length)
}

/// Names that `play` cannot tell apart: one stem, in any case, whatever the ending.
pub fn same_stem(a: &str, b: &str) -> bool {
    spelled_stem(a) == spelled_stem(b)
}

/// Whether `file` is heard where `other` is asked for: it has its stem, perhaps with a language behind it.
pub fn is_version_of(file: &str, other: &str) -> bool {
    let stem = spelled_stem(file);
    stem.strip_prefix(&spelled_stem(other)).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

fn spelled_stem(name: &str) -> String {
    let name = spelled(name);
    name.rsplit_once('.').map_or(name.as_str(), |(stem, _)| stem).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_kept_as_far_as_they_are_safe_and_get_the_true_ending() {
        let table = [
            ("/tmp/usb/nop-ho-so.vi.mp3", "nop-ho-so.vi.m4a"),
            ("Nộp hồ sơ.MP4", "Nộp hồ sơ.mp4"),
            ("no\u{302}\u{323}p.mp3", "nộp.m4a"),
            ("ghi âm 12 (1).bin", "ghi âm 12 (1).m4a"),
            ("nop-ho-so.vi", "nop-ho-so.vi.m4a"),
            ("ban.tin.sang", "ban.tin.sang.m4a"),
            (".hidden.mp3", "hidden.m4a"),
            ("a:b*c?\"d\"\n.mp3", "a-b-c-d.m4a"),
            ("🎉 Tin 🎉🎉 vui 🎉!.mp3", "Tin - vui.m4a"),
            ("tin--xa-.mp3", "tin--xa-.m4a"),
            ("  hai   chữ  .wav", "hai chữ.m4a"),
            ("pause-music.mp3", "pause-music.m4a"),
        ];
        for (wanted, name) in table {
            assert_eq!(stored(wanted, &["m4a", "mp4"]).as_deref(), Ok(name), "{wanted}");
        }
    }

    #[test]
    fn names_that_play_could_not_call_are_refused() {
        for wanted in ["chime.mp3", "Chime-up.wav", "Pause 2s.mp3", "pause", "...mp3", "---", "", &"dài".repeat(100)] {
            assert!(stored(wanted, &["mp3"]).unwrap_err().vi.contains("--as"), "{wanted}");
        }
    }

    #[test]
    fn what_is_no_sound_by_its_name_is_passed_over() {
        for name in
            ["tin.mp3", "TIN.MP3", "tin", "tin.dat", "tin.pdf", "tin.docx", "tải.mp3", "part.wav", "tin.tmp.mp3"]
        {
            assert_eq!(promise(name), Promise::Sound, "{name}");
        }
        for name in ["tin.mp3.crdownload", "tin.mp3.filepart", "tin.wav.PART", "tin.m4a.partial", "a.mp3.~tmp", "b.!ut"]
        {
            assert_eq!(promise(name), Promise::Unfinished, "{name}");
        }
        for name in [
            ".hidden.mp3",
            "._tin.mp3",
            ".DS_Store",
            "Thumbs.db",
            "~$tin.docx",
            "tin.mp3~",
            "tin.lrc",
            "tin.SRT",
            "tin.cue",
            "tin.wav.reapeaks",
            "tin.jpg",
            "đọc.txt",
            "tin.mp3.bak",
            ".syncthing.tin.mp3.tmp",
            ".goutputstream-8XK2",
        ] {
            assert_eq!(promise(name), Promise::Nothing, "{name}");
        }
    }

    #[test]
    fn one_stem_is_one_name_to_play() {
        assert!(same_stem("Chao.MP3", "chao.wav") && same_stem("so\u{302}\u{301}.mp3", "số.ogg"));
        assert!(!same_stem("chao.vi.mp3", "chao.mp3"));
        assert!(is_version_of("Chao.vi.mp3", "chao.wav") && is_version_of("chao.mp3", "chao.wav"));
        assert!(!is_version_of("chao.mp3", "chao.vi.mp3") && !is_version_of("chao-2.mp3", "chao.mp3"));
    }
}
