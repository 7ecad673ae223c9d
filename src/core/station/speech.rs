use crate::diag::document::{KeyValue, Table, TomlValue};
use crate::diag::{Findings, text};

/// What stands for the file that the program writes.
const OUT: &str = "{out}";

/// A program and a few words.
const WORDS_MOST: usize = 32;
const WORD_MOST: usize = 1_000;

const EXAMPLE: &str = "[\"espeak-ng\", \"-v\", \"vi\", \"-s\", \"120\", \"-w\", \"{out}\"]";

/// `[speech]`: the program that reads, and the station's own words.
pub(super) fn speech(findings: &mut Findings<'_>, table: &Table) -> (Option<Vec<String>>, Vec<(String, String)>) {
    findings.unknown_keys(table, &["command", "words"]);
    let get = |key: &str| table.get(key).filter(|entry| !entry.broken);
    let program = get("command").and_then(|entry| command(findings, entry));
    (program, get("words").map(|entry| words(findings, entry)).unwrap_or_default())
}

/// `command = ["espeak-ng", "-v", "vi", "-w", "{out}"]`: a list of words, one of which has the file in it.
fn command(findings: &mut Findings<'_>, entry: &KeyValue) -> Option<Vec<String>> {
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

/// Entries of a list: the names of a commune, and its offices.
const LIST_MOST: usize = 500;
/// Letters of a short form, and of what it stands for.
const SHORT_MOST: usize = 60;
const SAID_MOST: usize = 200;
const WORDS_EXAMPLE: &str = "\"trung tâm\"";

/// `[speech.words]`: `TT = "trung tâm"`. The longest first, so that none hides one that begins like it.
fn words(findings: &mut Findings<'_>, entry: &KeyValue) -> Vec<(String, String)> {
    let Some(table) = findings.table(entry, "[speech.words]") else { return Vec::new() };
    let mut all = Vec::new();
    for entry in table.entries.iter().filter(|entry| !entry.broken) {
        let Some(said) = findings.text(entry, WORDS_EXAMPLE) else { continue };
        let is_short = |text: &str, most| !text.trim().is_empty() && text.chars().count() <= most;
        if all.len() < LIST_MOST && is_short(&entry.key, SHORT_MOST) && is_short(&said, SAID_MOST) {
            all.push((entry.key.clone(), said));
            continue;
        }
        let said = text!(
            "bảng từ: nhiều nhất {LIST_MOST} từ, mỗi từ {SHORT_MOST} chữ, đọc thành {SAID_MOST} chữ",
            "the list of words: {LIST_MOST} at most, of {SHORT_MOST} letters, read as {SAID_MOST}"
        );
        findings.error("bad_speech", &entry.key_span, said).help =
            Some(text!("viết: TT = {WORDS_EXAMPLE}", "write: TT = {WORDS_EXAMPLE}"));
    }
    all.sort_by_key(|(word, _)| std::cmp::Reverse(word.len()));
    all
}
