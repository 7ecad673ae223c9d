//! The list of reasons: what each says, and that each is given somewhere.

use loa::reason::{CODES, Reason};

use crate::tidy::source;

/// `power_lost`: `PowerLost`.
fn variant(code: &str) -> String {
    let word = |word: &str| word[..1].to_uppercase() + &word[1..];
    code.split('_').map(word).collect()
}

/// Whether `code` makes `name`: says it, not only a longer one that begins so, and not to look whether something is it.
fn makes(code: &str, name: &str) -> bool {
    let goes_on = |end: usize| code[end..].starts_with(|c: char| c.is_alphanumeric() || c == '_');
    let mut said = code.match_indices(name).map(|(at, _)| (at, at + name.len()));
    said.any(|(at, end)| !goes_on(end) && !is_compared(&code[..at]) && !is_pattern(code, at, end))
}

/// Whether what comes after `before` is compared with it: it stands behind `==` or `!=`.
fn is_compared(before: &str) -> bool {
    let before = before.trim_end().trim_end_matches("Some(").trim_end_matches('&').trim_end();
    before.ends_with("==") || before.ends_with("!=")
}

/// Whether what stands in `code` from `at` to `end` is, or lies in, a pattern: of a `let` before its `=`, in `matches!`, or
/// left of `=>`.
fn is_pattern(code: &str, mut at: usize, mut end: usize) -> bool {
    if code[..at].rfind("let ").is_some_and(|from| !code[from..at].contains([';', '='])) {
        return true;
    }
    // Out of one pair of brackets after the other, until something says what it is.
    loop {
        let rest = &code[end..];
        match sign(rest, &[",", ";", "=>"]).map(|found| &rest[found..]) {
            None => return false,
            Some(rest) if rest.starts_with(';') => return false,
            Some(rest) if rest.starts_with("=>") => return true,
            Some(_) => {}
        }
        let Some(open) = opening(&code[..at]) else { return false };
        let head = code[..open].trim_end();
        if head.ends_with("matches!") {
            return true;
        }
        let name = head.rsplit(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default();
        // A block, unless it is a structure with its fields.
        if code[open..].starts_with('{') && !name.starts_with(char::is_uppercase) {
            return false;
        }
        (at, end) = (open, end + sign(rest, &[]).map_or(rest.len(), |close| close + 1));
    }
}

/// Where the first of `signs` stands in `rest` outside of brackets that open there, or a bracket closes that opened before.
fn sign(rest: &str, signs: &[&str]) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, byte) in rest.bytes().enumerate() {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' if depth > 0 => depth -= 1,
            b')' | b']' | b'}' => return Some(at),
            b',' | b';' | b'=' if depth == 0 && signs.iter().any(|sign| rest[at..].starts_with(sign)) => {
                return Some(at);
            }
            _ => {}
        }
    }
    None
}

/// Where the bracket opens that what comes after `before` stands in.
fn opening(before: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, byte) in before.bytes().enumerate().rev() {
        match byte {
            b')' | b']' | b'}' => depth += 1,
            b'(' | b'[' | b'{' if depth > 0 => depth -= 1,
            b'(' | b'[' | b'{' => return Some(at),
            _ => {}
        }
    }
    None
}

#[test]
fn every_reason_is_given_somewhere() {
    let texts = source::program_code();
    for code in CODES {
        let made = match *code {
            "late" => "Reason::late".to_owned(),
            "clock_untrusted" => "Reason::untrusted".to_owned(),
            _ => format!("Reason::{}", variant(code)),
        };
        assert!(texts.iter().any(|text| makes(text, &made)), "{made} is made nowhere");
    }
}

#[test]
fn what_is_only_looked_for_is_not_given() {
    for text in [
        "fn f() { match r { Reason::Late | Reason::Other => 1, _ => 2 } }",
        "fn f() { match r { None => Reason::Other, Some(Reason::Late(x) | Reason::Other) if x > (1) => x, _ => 2 } }",
        "fn f() { match (a, r) { (Reason::Other, Reason::Late) => 1, _ => 2 } }",
        "fn f() { match e { Entry { reason: Some(Reason::Late), .. } => 1, _ => 2 } }",
        "fn f() { if let Some(Reason::Late(why)) = r { g(why) } }",
        "fn f() { let Entry { reason: Reason::Late(why), .. } = e else { return }; }",
        "fn f() -> bool { matches!(r, Some(Reason::Other | Reason::Late)) }",
        "fn f() -> bool { e.reason == Some(Reason::Late) || r != Reason::Late }",
        "fn f() -> Reason { Reason::Lately }",
    ] {
        assert!(!makes(text, "Reason::Late"), "{text}");
    }
    for text in [
        "fn f() -> Reason { Reason::Late }",
        "fn f() { let why = Reason::Late; }",
        "fn f() { match x { 1 => Reason::Late, 2 => Reason::Other, _ => return } }",
        "fn f() { match x { 1 => g(&[Reason::Late(x)], 2), 2 => Reason::Other } }",
        "fn f() { match x { 1 => Entry { reason: Some(Reason::Late), ..e }, 2 => e } }",
        "fn f() { let made = x.map(Reason::Late).unwrap_or(Reason::Other); match x { 1 => 2 } }",
        "fn f() { if let Some(x) = y { give(Reason::Late) } }",
    ] {
        assert!(makes(text, "Reason::Late"), "{text}");
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
