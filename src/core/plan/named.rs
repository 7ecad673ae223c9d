//! What the names of sound files tell: their endings, and what is somebody's copy of what.

use unicode_normalization::UnicodeNormalization;

/// Endings of sounds, and of videos that have one.
pub const ENDINGS: [&str; 35] = [
    "3g2", "3gp", "3gpp", "aac", "aif", "aifc", "aiff", "amr", "avi", "bin", "caf", "dat", "flac", "m4a", "m4b", "m4r",
    "m4v", "mka", "mkv", "mov", "mp2", "mp3", "mp4", "mpeg", "mpga", "oga", "ogg", "opus", "qta", "spx", "wav", "wave",
    "webm", "wma", "wmv",
];

/// What programs and people put behind the name of a copy. Lower case.
const BEHIND: [&str; 15] = [
    "copy",
    "copie",
    "bản sao",
    "ban sao",
    "sao chép",
    "sao chep",
    "bak",
    "backup",
    "old",
    "orig",
    "original",
    "cũ",
    "cu",
    "save",
    "saved",
];

/// What they put before it.
const BEFORE: [&str; 5] = ["copy of ", "bản sao của ", "bản sao - ", "bản sao ", "sao chép "];

/// What a program for shared folders puts behind the name of the version that lost.
const CONFLICT: [&str; 4] = [".sync-conflict-", "conflicted copy", "xung đột", "_conf("];

/// The name without the ending of a sound, if it has one.
pub fn without_ending(file: &str) -> Option<&str> {
    let (stem, ending) = file.rsplit_once('.')?;
    (!stem.is_empty() && ENDINGS.contains(&ending.to_ascii_lowercase().as_str())).then_some(stem)
}

/// The name that a stem is by all appearance a copy of, in NFC and lower case: `tin` of `tin (1)`, `tin - Copy`,
/// `Bản sao của tin`, `tin.sync-conflict-20261201-053000-ABCDEFG`, `tin.wav`.
pub fn copy_of(stem: &str) -> Option<String> {
    let whole: String = stem.nfc().collect::<String>().to_lowercase();
    let mut rest = whole.trim();
    for mark in CONFLICT {
        if let Some(at) = rest.find(mark) {
            // The mark may stand in brackets, behind the name of a machine.
            let before = rest.get(..at).unwrap_or_default();
            rest = before.rsplit_once(" (").map_or(before, |(name, _)| name);
        }
    }
    loop {
        let shorter = BEFORE.iter().find_map(|mark| rest.strip_prefix(mark)).or_else(|| one_less(rest));
        match shorter.map(str::trim).filter(|shorter| !shorter.is_empty()) {
            Some(shorter) => rest = shorter,
            None => break,
        }
    }
    let rest = rest.trim_end_matches(SEPARATORS);
    (rest != whole && !rest.is_empty()).then(|| rest.to_owned())
}

const SEPARATORS: [char; 5] = [' ', '-', '_', '.', '–'];

/// Without the last mark of a copy.
fn one_less(name: &str) -> Option<&str> {
    if let Some((before, number)) = name.strip_suffix(')').and_then(|name| name.rsplit_once('(')) {
        let counts = (1..=3).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit());
        return counts.then(|| before.trim_end_matches(SEPARATORS));
    }
    if let Some(stem) = without_ending(name) {
        return Some(stem);
    }
    // `tin - Copy 2`
    let name = match name.rsplit_once(' ') {
        Some((before, number)) if number.len() <= 2 && number.bytes().all(|byte| byte.is_ascii_digit()) => {
            BEHIND.iter().any(|mark| before.ends_with(mark)).then_some(before)?
        }
        _ => name,
    };
    let before = BEHIND.iter().find_map(|mark| name.strip_suffix(mark))?;
    before.ends_with(SEPARATORS).then(|| before.trim_end_matches(SEPARATORS))
}

/// A name as names are compared: composed letters, and every blank the usual one, as in schedules. Chats and phones put
/// others into file names (`Ghi âm 10.05 PM` with a narrow one), which nobody sees.
pub(super) fn composed(name: &str) -> String {
    let shown = name.nfc().filter(|c| !matches!(c, '\u{200b}' | '\u{feff}' | '\u{ad}'));
    shown.map(|c| if c.is_whitespace() { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_are_known_by_what_programs_and_people_call_them() {
        for copy in [
            "tin (1)",
            "Tin (12)",
            "tin - Copy",
            "tin - Copy (2)",
            "tin - Copy 2",
            "tin copy",
            "Copy of tin",
            "tin - Bản sao",
            "tin - Ba\u{309}n sao (3)",
            "Bản sao của tin",
            "tin_cu",
            "tin cũ",
            "tin.old",
            "tin.bak",
            "tin.wav",
            "tin.sync-conflict-20261201-053000-ABCDEFG",
            "tin (conflicted copy 2026-12-01 053000)",
            "tin (Máy Thôn 1's conflicted copy 2026-12-01)",
        ] {
            assert_eq!(copy_of(copy).as_deref(), Some("tin"), "{copy}");
        }
        for own in ["tin", "tin 2", "tin-1", "thoi-su", "bancu", "phan (chinh)", "copy", "(1)", "tin (2026)", "tin.vi"]
        {
            assert_eq!(copy_of(own), None, "{own}");
        }
    }

    #[test]
    fn only_the_ending_of_a_sound_is_one() {
        assert_eq!(without_ending("tin.MP3"), Some("tin"));
        assert_eq!(without_ending("ban.tin.m4a"), Some("ban.tin"));
        for none in ["tin", "tin.vi", ".mp3", "tin.pdf", ""] {
            assert_eq!(without_ending(none), None, "{none}");
        }
    }
}
