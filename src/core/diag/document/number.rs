use crate::diag::fold;

/// Numbers that people write out, folded.
const WORDS: [(&str, i64); 20] = [
    ("mot", 1),
    ("hai", 2),
    ("ba", 3),
    ("bon", 4),
    ("nam", 5),
    ("sau", 6),
    ("bay", 7),
    ("tam", 8),
    ("chin", 9),
    ("muoi", 10),
    ("one", 1),
    ("once", 1),
    ("two", 2),
    ("twice", 2),
    ("three", 3),
    ("four", 4),
    ("five", 5),
    ("six", 6),
    ("eight", 8),
    ("ten", 10),
];

/// The number that a word means: `hai`, `ten`.
pub(super) fn number_word(folded: &str) -> Option<i64> {
    WORDS.iter().find(|(word, _)| *word == folded).map(|(_, number)| *number)
}

/// The one whole number in what somebody wrote: `3 lần`, `x2`, `"hai lần"`, `2,0`. `None` where there is none, or more
/// than one.
pub fn counted(written: &str) -> Option<i64> {
    let plain = written.trim().trim_matches(['"', '\'']);
    let whole = plain.split_once(['.', ',']).map_or(plain, |(whole, fraction)| {
        let is_number = !fraction.is_empty() && fraction.trim().bytes().all(|byte| byte.is_ascii_digit());
        if is_number { whole } else { plain }
    });
    let mut runs = whole.split(|c: char| !c.is_ascii_digit()).filter(|run| !run.is_empty());
    if let Some(first) = runs.next() {
        let minus = whole.trim_start().starts_with('-');
        let number: i64 = first.parse().ok().filter(|_| runs.next().is_none() && first.len() <= 9)?;
        return Some(if minus { -number } else { number });
    }
    let mut words = whole.split_whitespace().filter_map(|word| number_word(&fold(word)));
    words.next().filter(|_| words.next().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_number_is_found_among_words_and_of_two_none() {
        for (written, number) in [
            ("3 lần", Some(3)),
            ("x2", Some(2)),
            ("2x", Some(2)),
            ("\"4\"", Some(4)),
            ("hai lần", Some(2)),
            ("Ba", Some(3)),
            ("2.0", Some(2)),
            ("1,5", Some(1)),
            ("-2", Some(-2)),
            ("2-3", None),
            ("2 hoặc 3 lần", None),
            ("hai ba lần", None),
            ("vài lần", None),
            ("", None),
        ] {
            assert_eq!(counted(written), number, "{written:?}");
        }
    }
}
