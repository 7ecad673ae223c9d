use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Longer words than this are not compared: nobody mistypes a name of a hundred letters, and the
/// comparison is quadratic.
const MAX_COMPARED_CHARS: usize = 64;

/// More of somebody's text than this is not repeated in a message.
const MAX_SHOWN_CHARS: usize = 80;

/// No sentences of ours are longer.
const MAX_SAID_CHARS: usize = 1_000;

/// The bare letters of a word: lower case, without accents, spaces, hyphens and underscores; `đ` is `d`.
///
/// `Khẩn cấp`, `khan-cap` and `KHAN_CAP` are the same.
pub fn fold(word: &str) -> String {
    word.nfd()
        .filter(|c| !is_combining_mark(*c))
        .flat_map(char::to_lowercase)
        .map(|c| if c == 'đ' { 'd' } else { c })
        .filter(|c| !(c.is_whitespace() || matches!(c, '-' | '_' | '–' | '.')))
        .collect()
}

/// Whether two names are one, as people type them: without marks, case, spaces and signs.
pub fn is_same_name(a: &str, b: &str) -> bool {
    let bare = |name: &str| fold(name).chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    let bare_a = bare(a);
    !bare_a.is_empty() && bare_a == bare(b)
}

/// Whether two titles are read as one: they differ in capitals at most, or in how an accent is kept.
pub fn is_alike(a: &str, b: &str) -> bool {
    let plain = |title: &str| title.nfc().collect::<String>().to_lowercase();
    plain(a) == plain(b)
}

/// The known word that `written` was probably meant to be, if one is near enough.
pub fn nearest<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if written.chars().count() > MAX_COMPARED_CHARS {
        return None;
    }
    let wanted = fold(written);
    let reach = (wanted.chars().count() / 3).max(1);
    known
        .into_iter()
        .filter(|word| !word.is_empty() && word.len() <= MAX_COMPARED_CHARS * 4)
        .map(|word| (strsim::osa_distance(&wanted, &fold(word)), word))
        .filter(|(distance, word)| *distance <= reach && *distance < fold(word).chars().count())
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, word)| word)
}

/// Somebody's text, fit to stand in a message on a terminal: control characters escaped, cut where
/// it is long.
pub fn shown(written: &str) -> String {
    up_to(MAX_SHOWN_CHARS, written)
}

/// The same of whole sentences that another machine of ours has said: with the cure, which stands at their end.
pub fn shown_whole(written: &str) -> String {
    up_to(MAX_SAID_CHARS, written)
}

fn up_to(most: usize, written: &str) -> String {
    let mut out = String::new();
    for (count, c) in written.chars().enumerate() {
        if count == most {
            out.push('…');
            break;
        }
        if super::is_deceptive(c) {
            out.extend(c.escape_unicode());
        } else {
            out.push(c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_word_ignores_case_accents_and_hyphens() {
        let zones = ["thon-1", "thon-2", "vung-cao"];
        let table = [
            ("thôn 1", Some("thon-1")),
            ("THON_2", Some("thon-2")),
            ("thon1", Some("thon-1")),
            ("vung-ca", Some("vung-cao")),
            ("vùng cao", Some("vung-cao")),
            ("cho-trung-tam", None),
            ("", None),
            ("x", None),
        ];
        for (written, expected) in table {
            assert_eq!(nearest(written, zones), expected, "{written:?}");
        }
        assert_eq!(nearest("zone", ["zones", "until"]), Some("zones"));
        assert_eq!(nearest("untill", ["zones", "until"]), Some("until"));
        assert_eq!(nearest(&"x".repeat(1000), ["zones"]), None);
    }

    #[test]
    fn no_text_of_a_file_can_command_the_terminal() {
        assert_eq!(shown("a\u{1b}[2Jb\n"), "a\\u{1b}[2Jb\\u{a}");
        assert_eq!(shown("a\u{202e}b"), "a\\u{202e}b");
        assert_eq!(shown(&"đ".repeat(200)).chars().count(), MAX_SHOWN_CHARS + 1);
        assert_eq!(shown_whole(&"đ".repeat(200)), "đ".repeat(200));
        assert_eq!(shown_whole(&"\u{1b}".repeat(5_000)), format!("{}…", "\\u{1b}".repeat(MAX_SAID_CHARS)));
    }
}
