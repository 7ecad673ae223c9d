//! The list of reasons: what each says, and that each is given somewhere.

use std::fs;
use std::path::Path;

use loa::reason::{CODES, Reason};

/// `power_lost`: `PowerLost`.
fn variant(code: &str) -> String {
    let word = |word: &str| word[..1].to_uppercase() + &word[1..];
    code.split('_').map(word).collect()
}

fn sources(dir: &Path, out: &mut String) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if path.is_dir() && !["reason", "tests"].contains(&name.as_str()) {
            sources(&path, out);
        } else if path.extension().is_some_and(|ending| ending == "rs") && !name.contains("test") {
            let text = fs::read_to_string(&path).unwrap();
            out.push_str(text.split("#[cfg(test)]").next().unwrap());
        }
    }
}

#[test]
fn every_reason_is_given_somewhere() {
    let mut text = String::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut text);
    for code in CODES {
        let made = match *code {
            "late" => "Reason::late".to_owned(),
            "clock_untrusted" => "Reason::untrusted".to_owned(),
            _ => format!("Reason::{}", variant(code)),
        };
        assert!(text.contains(&made), "{made} is given nowhere");
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
