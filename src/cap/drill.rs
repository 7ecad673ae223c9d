//! Whether an alarm that is marked as real says in its words that it is a drill or a test. One that says that it is none, as real
//! ones do at the time of a drill, is none.

use loa_core::diag::fold;

use crate::alert::CapAlert;
use crate::event::{folded_words, split};
use crate::info::CapInfo;

/// In a name or a headline.
const NAMES: &[&str] = &["dien tap", "thu nghiem", "tap duot", "exercise", "drill", "test"];
/// In what is said to those who pass it on.
const NOTES: &[&str] =
    &["dien tap", "thu nghiem", "tap duot", "exercise", "drill", "a test", "test only", "test message"];
/// In whole sentences, which are about much else too: a dam is on test, a gauge is tested.
const TEXTS: &[&str] = &[
    "dien tap",
    "tin thu nghiem",
    "la thu nghiem",
    "exercise",
    "drill",
    "only a test",
    "just a test",
    "is a test",
    "test only",
];

/// Before one of these words: it is no drill.
const DENIALS: &[&str] = &["khong phai", "chang phai", "not", "isn t", "is no"];
/// What may stand between the two.
const AFTER_DENIALS: &[&str] = &[
    "a", "an", "any", "the", "just", "only", "or", "nor", "la", "mot", "chi", "cuoc", "buoi", "dot", "bai", "ban",
    "tin", "hay", "hoac", "dien", "tap", "thu", "nghiem", "duot", "exercise", "drill", "test",
];
/// `Sơ tán như khi diễn tập`, `đã được diễn tập`: an earlier one.
const RECALLS: &[&str] = &["da", "nhu"];
const AFTER_RECALLS: &[&str] = &["khi", "luc", "trong", "duoc", "tung", "cuoc", "buoi", "dot", "lan", "ban", "bai"];
/// `Exercise extreme caution`.
const CARE: &[&str] = &[
    "care",
    "caution",
    "discretion",
    "judgement",
    "judgment",
    "patience",
    "prudence",
    "restraint",
    "sense",
    "vigilance",
];
const MUCH: &[&str] = &[
    "all",
    "common",
    "due",
    "extra",
    "extreme",
    "good",
    "great",
    "heightened",
    "increased",
    "maximum",
    "more",
    "particular",
    "reasonable",
    "utmost",
    "your",
];
/// `Avoid outdoor exercise`, `do not exercise outdoors`.
const BEFORE_SPORT: &[&str] = &["avoid", "hard", "heavy", "intense", "outdoor", "physical", "strenuous", "vigorous"];
const AFTER_SPORT: &[&str] = &["outdoors", "outside"];

/// Whether it calls itself a drill or a test, in any of its languages: each of them may be the only one that says so.
pub(crate) fn says_drill(alert: &CapAlert) -> bool {
    let is_named = |info: &CapInfo| {
        says(NAMES, &info.event, false)
            || says(NAMES, &info.headline, false)
            || is_try(&info.event, usize::MAX)
            || is_try(&info.headline, 3)
    };
    let is_told = |text: &String| says(TEXTS, text, true) || is_try_bulletin(text);
    says(NOTES, &alert.note, false)
        || is_try_bulletin(&alert.note)
        || alert.infos.iter().any(|info| is_named(info) || is_told(&info.description) || is_told(&info.instruction))
}

/// Whether one of these phrases stands there and means a drill: this one, or any that is told of.
fn says(phrases: &[&str], said: &str, is_text: bool) -> bool {
    let words = folded_words(said);
    phrases.iter().any(|phrase| {
        let wanted = folded_words(phrase);
        words.windows(wanted.len()).enumerate().any(|(at, window)| {
            if window != wanted.as_slice() {
                return false;
            }
            let (before, after) = (&words[..at], &words[at + wanted.len()..]);
            let is_denied = ends_in(before, AFTER_DENIALS, DENIALS);
            let is_recalled = is_text && ends_in(before, AFTER_RECALLS, RECALLS);
            let is_another = *phrase == "exercise" && is_verb_or_sport(before, after);
            !is_denied && !is_recalled && !is_another
        })
    })
}

/// Whether one of these ends stands last there, whatever of `between` comes behind it.
fn ends_in(words: &[String], between: &[&str], ends: &[&str]) -> bool {
    let kept = words.iter().rposition(|word| !between.contains(&word.as_str())).map_or(0, |at| at + 1);
    ends.iter().any(|end| words[..kept].ends_with(&folded_words(end)))
}

/// The other meanings of `exercise`.
fn is_verb_or_sport(before: &[String], after: &[String]) -> bool {
    let is_in = |word: Option<&String>, list: &[&str]| word.is_some_and(|word| list.contains(&word.as_str()));
    let (next, then) = (after.first(), after.get(1));
    is_in(next, CARE)
        || is_in(next, MUCH) && is_in(then, CARE)
        || is_in(next, AFTER_SPORT)
        || is_in(before.last(), BEFORE_SPORT)
}

/// Whether `thử` stands among the first words, so many of them.
fn is_try(said: &str, most: usize) -> bool {
    let words: Vec<&str> = split(said).collect();
    words.iter().take(most).enumerate().any(|(at, word)| tries(word) && !is_denied(&words[..at]))
}

/// Whether it says `bản tin thử` or `là tin thử`.
fn is_try_bulletin(said: &str) -> bool {
    let words: Vec<&str> = split(said).collect();
    words.windows(3).enumerate().any(|(at, window)| {
        let is_bulletin = matches!(fold(window[0]).as_str(), "ban" | "la") && fold(window[1]) == "tin";
        is_bulletin && tries(window[2]) && !is_denied(&words[..=at])
    })
}

/// Of `thử`, `thứ` and `thu` the first.
fn tries(word: &str) -> bool {
    fold(word) == "thu" && word.contains(['ử', 'Ử', '\u{309}'])
}

fn is_denied(before: &[&str]) -> bool {
    let before: Vec<String> = before.iter().map(|word| fold(word)).collect();
    ends_in(&before, AFTER_DENIALS, DENIALS)
}
