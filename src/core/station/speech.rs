use crate::diag::document::{KeyValue, TomlValue};
use crate::diag::{Findings, text};

/// What stands for the file that the program writes.
const OUT: &str = "{out}";

/// A program and a few words.
const WORDS_MOST: usize = 32;
const WORD_MOST: usize = 1_000;

const EXAMPLE: &str = "[\"espeak-ng\", \"-v\", \"vi\", \"-s\", \"120\", \"-w\", \"{out}\"]";

/// `command = ["espeak-ng", "-v", "vi", "-w", "{out}"]`: a list of words, one of which has the file in it.
pub(super) fn command(findings: &mut Findings<'_>, entry: &KeyValue) -> Option<Vec<String>> {
    let TomlValue::List(items) = &entry.node.value else {
        let wanted = text!("một danh sách chữ", "a list of words");
        findings.wrong_type(&entry.key, &entry.node, &wanted, EXAMPLE);
        return None;
    };
    let mut words = Vec::new();
    for item in items {
        let word = findings.text_node(&entry.key, item, EXAMPLE)?;
        words.push(word);
    }
    let is_good = words.first().is_some_and(|program| !program.trim().is_empty())
        && words.len() <= WORDS_MOST
        && words.iter().all(|word| word.len() <= WORD_MOST);
    let has_out = words.iter().skip(1).any(|word| word.contains(OUT));
    if is_good && has_out {
        return Some(words);
    }
    let message = if is_good {
        text!(
            "lệnh đọc không có {OUT}: loa không biết tiếng được ghi vào đâu",
            "the reading command has no {OUT}: loa does not know where the sound is written"
        )
    } else {
        text!(
            "lệnh đọc phải là tên chương trình và vài từ, nhiều nhất {WORDS_MOST} từ",
            "the reading command is a program and some words, {WORDS_MOST} at most"
        )
    };
    findings.error("bad_speech", &entry.node.span, message).help =
        Some(text!("viết: command = {EXAMPLE}", "write: command = {EXAMPLE}"));
    None
}
