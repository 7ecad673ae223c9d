//! Names and reasons as people type them, made fit for the journal.

use crate::diag::{Text, is_deceptive, plain, text};

/// Names and reasons longer than this (in characters) are not names and reasons.
pub(super) const WORDS_MOST: usize = 500;

/// The name that was given; the account's where there is none.
pub(super) fn on_word_of(by: &str, account: &str) -> Result<String, Text> {
    if by.trim().is_empty() { Ok(account.to_owned()) } else { person(by, "--by") }
}

pub(super) fn said(words: &str, option: &str) -> Result<String, Text> {
    let words = words.trim();
    if words.is_empty() || words.chars().count() > WORDS_MOST {
        return Err(text!(
            "{option} phải có nội dung, tối đa {WORDS_MOST} ký tự: người kiểm tra sẽ đọc nó trong nhật ký",
            "{option} must say something, at most {WORDS_MOST} characters: an inspector reads it in the journal"
        ));
    }
    if words.contains(is_deceptive) {
        let words = plain(words);
        return Err(text!(
            "{option} có ký tự không nhìn thấy được ({words}): hãy gõ lại trên một dòng, chỉ chữ và dấu câu",
            "{option} has characters that nobody can see ({words}): type it again in one line, letters and signs only"
        ));
    }
    Ok(words.to_owned())
}

/// A person's name. Brackets and colons are the journal's own there: they part the name from the account that gave
/// it, and both from the reason.
pub(super) fn person(name: &str, option: &str) -> Result<String, Text> {
    let name = said(name, option)?;
    Ok(name.replace('(', "[").replace(')', "]").replace(':', ","))
}
