//! The list of reasons: what each says, and that each is given somewhere.

use loa::reason::{CODES, Reason};

use crate::tidy::source;

/// `power_lost`: `PowerLost`.
fn variant(code: &str) -> String {
    let word = |word: &str| word[..1].to_uppercase() + &word[1..];
    code.split('_').map(word).collect()
}

/// Whether `text` says `name`, and not only a longer one that begins so.
fn says(text: &str, name: &str) -> bool {
    let goes_on = |at: usize| text[at + name.len()..].starts_with(char::is_alphanumeric);
    text.match_indices(name).any(|(at, _)| !goes_on(at))
}

#[test]
fn every_reason_is_given_somewhere() {
    let texts = source::program();
    for code in CODES {
        let made = match *code {
            "late" => "Reason::late".to_owned(),
            "clock_untrusted" => "Reason::untrusted".to_owned(),
            _ => format!("Reason::{}", variant(code)),
        };
        assert!(texts.iter().any(|text| says(text, &made)), "{made} is given nowhere");
    }
}

#[test]
fn every_reason_has_words_in_both_languages() {
    let line = |code: &&str| {
        let words = Reason::from(*code).brief();
        format!("{code}: {} / {}", words.vi, words.en)
    };
    insta::assert_snapshot!(CODES.iter().map(line).collect::<Vec<_>>().join("\n"));
}
