use std::borrow::Cow;

/// Whether a character could make a line look like something else than it is: control characters, which
/// terminals obey; line breaks of every kind; marks that turn the direction of writing or join what should
/// stand apart; marks that nobody sees; and what is no character at all.
pub fn is_deceptive(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{ad}'
                | '\u{61c}'
                | '\u{115f}'
                | '\u{1160}'
                | '\u{17b4}'
                | '\u{17b5}'
                | '\u{180e}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{3164}'
                | '\u{feff}'
                | '\u{ffa0}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e0fff}'
        )
}

/// Text from outside as one line that can be believed: what could deceive is written out (`\u{1b}`). Every name
/// of a file, every word that a person or a program gave goes through here before it is shown, logged or
/// exported; what is stored stays as it was given.
pub fn plain(written: &str) -> Cow<'_, str> {
    escaped(written, |_| false)
}

/// The same for text of several lines, as a message may be: line breaks stay.
pub fn plain_lines(written: &str) -> Cow<'_, str> {
    escaped(written, |c| c == '\n')
}

fn escaped(written: &str, stays: impl Fn(char) -> bool) -> Cow<'_, str> {
    let deceptive = |c: char| is_deceptive(c) && !stays(c);
    if !written.contains(deceptive) {
        return Cow::Borrowed(written);
    }
    let mut out = String::with_capacity(written.len() + 16);
    for c in written.chars() {
        if deceptive(c) {
            out.extend(c.escape_unicode());
        } else {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_obeys_and_what_disguises_a_line_is_written_out() {
        let table = [
            ("Nộp hồ sơ: 5 lượt", "Nộp hồ sơ: 5 lượt"),
            ("a\u{1b}]0;x\u{7}b", r"a\u{1b}]0;x\u{7}b"),
            ("a\nloa: b\r\n", r"a\u{a}loa: b\u{d}\u{a}"),
            ("\u{9b}31m", r"\u{9b}31m"),
            ("nhac\u{202e}3pm.exe", r"nhac\u{202e}3pm.exe"),
            ("a\u{2028}b\u{feff}\u{200d}\u{2066}\u{e0041}", r"a\u{2028}b\u{feff}\u{200d}\u{2066}\u{e0041}"),
            ("tab\there", r"tab\u{9}here"),
        ];
        for (written, expected) in table {
            assert_eq!(plain(written), expected, "{written:?}");
            assert!(!plain(written).contains(is_deceptive));
        }
        // Vietnamese as decomposed letters, and marks of other scripts, are letters.
        let decomposed = "Trâ\u{300}n Thi\u{323} Hoa, K\u{2019}Ho, \u{1780}\u{17b6}";
        assert!(matches!(plain(decomposed), Cow::Borrowed(_)));
        assert_eq!(plain_lines("a\nb\u{1b}"), "a\nb\\u{1b}");
    }
}
