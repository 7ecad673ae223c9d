//! What a danger is called: whether a rule means it, and whether it says of itself that it is over. Senders forget the element that is
//! for that; people read the words.

use loa_core::diag::fold;

use crate::info::CapInfo;

/// A danger that is over, anywhere in its name.
const OVER: &[&str] =
    &["ket thuc", "cham dut", "huy bo", "bai bo", "go bo", "all clear", "cancelled", "canceled", "ended", "no longer"];
/// The same, where a headline begins so; in its middle they may be about something else.
const OVER_FIRST: &[&str] = &["ket thuc", "cham dut", "huy bo", "bai bo", "all clear", "cancelled", "canceled"];

/// Whether the danger is called so: the words stand in its name one after the other, or it is the value of one of its codes.
pub(crate) fn is_event(wanted: &str, info: &CapInfo) -> bool {
    let is_code = info.event_codes.iter().any(|(_, value)| value == wanted);
    is_code || stands(&folded_words(wanted), &folded_words(&info.event))
}

/// Whether it says that a danger is over: as CAP has it (§3.2.2 `responseType`), or by its name.
pub(crate) fn says_over(info: &CapInfo) -> bool {
    let (event, headline) = (folded_words(&info.event), folded_words(&info.headline));
    // `Hết lũ`, and not `hết sức nguy hiểm`.
    let is_ended = |words: &[String]| {
        let mut words = words.iter().map(String::as_str);
        words.next() == Some("het") && words.next() != Some("suc")
    };
    let begins = |phrase: &&str| headline.starts_with(&folded_words(phrase));
    info.responses.iter().any(|response| response.eq_ignore_ascii_case("AllClear"))
        || is_ended(&event)
        || is_ended(&headline)
        || OVER.iter().any(|phrase| stands(&folded_words(phrase), &event))
        || OVER_FIRST.iter().any(begins)
}

/// Whether these words stand in those, one after the other.
fn stands(wanted: &[String], words: &[String]) -> bool {
    !wanted.is_empty() && words.windows(wanted.len()).any(|window| window == wanted)
}

/// The words of a sentence, with the marks that stand behind their letters.
pub(crate) fn split(said: &str) -> impl Iterator<Item = &str> {
    let is_between = |c: char| !c.is_alphanumeric() && !('\u{300}'..='\u{36f}').contains(&c);
    said.split(is_between).filter(|word| !word.is_empty())
}

pub(crate) fn folded_words(said: &str) -> Vec<String> {
    split(said).map(fold).filter(|word| !word.is_empty()).collect()
}
