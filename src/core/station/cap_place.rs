use super::CapPlace;
use crate::diag::document::{KeyValue, Table, TomlValue};
use crate::diag::{Findings, shown, text};

/// Names and codes of one place, words of one rule.
const WORDS_MOST: usize = 50;
/// A name or a code.
const WORD_MOST: usize = 200;
pub(super) const AREAS_EXAMPLE: &str = "[\"24778\", \"xã Đông Giang\"]";
pub(super) const AT_EXAMPLE: &str = "[11.94, 108.44]";

/// By what a place is found: `at` and `areas`, in `[cap]` or in a zone.
pub(super) fn place(findings: &mut Findings<'_>, table: &Table) -> CapPlace {
    let get = |key: &str| table.get(key).filter(|entry| !entry.broken);
    let at = get("at").and_then(|entry| point(findings, entry));
    let areas = get("areas").map(|entry| words(findings, entry, AREAS_EXAMPLE).0).unwrap_or_default();
    CapPlace { at, areas }
}

/// A text or a list of texts, and whether all of it could be read.
pub(super) fn words(findings: &mut Findings<'_>, entry: &KeyValue, example: &str) -> (Vec<String>, bool) {
    let mut all: Vec<String> = Vec::new();
    let mut is_whole = true;
    for node in entry.node.items() {
        match findings.text_node(&entry.key, node, example) {
            Some(word) if (1..=WORD_MOST).contains(&word.trim().len()) && all.len() < WORDS_MOST => {
                all.push(word.trim().to_owned());
            }
            Some(word) => {
                is_whole = false;
                let (key, word) = (&entry.key, shown(&word));
                findings
                    .error(
                        "bad_word",
                        &node.span,
                        text!(
                            "«{key}»: «{word}» để trống, dài quá, hoặc quá {WORDS_MOST} mục",
                            "`{key}`: \"{word}\" is empty, too long, or one of more than {WORDS_MOST}"
                        ),
                    )
                    .help = Some(text!("viết: {key} = {example}", "write: {key} = {example}"));
            }
            None => is_whole = false,
        }
    }
    (all, is_whole)
}

/// `[11.94, 108.44]`: latitude, longitude.
fn point(findings: &mut Findings<'_>, entry: &KeyValue) -> Option<(f64, f64)> {
    let number = |value: &TomlValue| match value {
        TomlValue::Float(number) => Some(*number),
        TomlValue::Integer(number) => Some(*number as f64),
        _ => None,
    };
    let numbers: Vec<Option<f64>> = entry.node.items().iter().map(|node| number(&node.value)).collect();
    let (help_vi, help_en) = match numbers.as_slice() {
        [Some(latitude), Some(longitude)] => {
            if (-90.0..=90.0).contains(latitude) && (-180.0..=180.0).contains(longitude) {
                return Some((*latitude, *longitude));
            }
            ("vĩ độ đứng trước, kinh độ đứng sau", "latitude first, then longitude")
        }
        _ => ("hai số trong ngoặc vuông, vĩ độ trước", "two numbers in brackets, latitude first"),
    };
    findings
        .error(
            "bad_point",
            &entry.node.span,
            text!("«at» không phải một điểm trên bản đồ", "`at` is no point on the map"),
        )
        .help = Some(text!("{help_vi}: at = {AT_EXAMPLE}", "{help_en}: at = {AT_EXAMPLE}"));
    None
}
