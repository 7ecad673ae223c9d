use crate::diag::document::{KeyValue, Table, TomlValue};
use crate::diag::{Findings, text};

/// Roots: three people, and some to spare.
const ROOTS_MOST: usize = 9;
/// No root is believed alone.
const NEEDED_LEAST: i64 = 2;
const ROOTS_EXAMPLE: &str = "[\"64 chữ số\", \"64 chữ số\", \"64 chữ số\"]";
/// Parts of a place, and letters of a part.
const PARTS_MOST: usize = 8;
const PART_MOST: usize = 32;
/// A program and a few words.
const WORDS_MOST: usize = 32;
const WORD_MOST: usize = 1_000;
const TELL_EXAMPLE: &str = "[\"/usr/local/bin/bao-den\"]";

/// Whose signed bundles this box takes, and which box it is: `[bundle]` of `loa.toml`. Without roots it takes none.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct BundleRoots {
    /// Where this box stands in the tree of boxes: `vn.p01.c003.h00077`; empty where nothing is written.
    pub place: String,
    /// The public keys of the roots, in small hexadecimal digits.
    pub keys: Vec<String>,
    /// So many of them sign.
    pub needed: u8,
}

/// Check `[bundle]`. What is wrong in it takes nothing for granted: then no bundle is taken.
pub(super) fn roots(findings: &mut Findings<'_>, table: &Table) -> BundleRoots {
    findings.unknown_keys(table, &["place", "roots", "needed"]);
    let place = table.get("place").filter(|entry| !entry.broken).and_then(|entry| place(findings, entry));
    let keys = table.get("roots").filter(|entry| !entry.broken).and_then(|entry| keys(findings, entry));
    let needed = match table.get("needed") {
        None => Some(NEEDED_LEAST),
        Some(entry) => findings.integer(entry, NEEDED_LEAST..=ROOTS_MOST as i64, "2"),
    };
    let (Some(place), Some(keys), Some(needed)) = (place, keys, needed) else { return BundleRoots::default() };
    if (keys.len() as i64) < needed {
        if let Some(entry) = table.get("roots") {
            findings
                .error(
                    "bad_roots",
                    &entry.node.span,
                    text!(
                        "cần {needed} khóa gốc cùng ký mà ở đây ghi ít hơn",
                        "{needed} roots have to sign, and fewer are written"
                    ),
                )
                .help =
                Some(text!("ghi đủ các khóa gốc mà tỉnh đã giao", "write all the roots that the province gave out"));
        }
        return BundleRoots::default();
    }
    BundleRoots { place, keys, needed: needed as u8 }
}

/// Small letters, digits, `_` and `-`, with points between.
pub(super) fn is_place(written: &str) -> bool {
    let is_part = |part: &str| {
        (1..=PART_MOST).contains(&part.len())
            && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_-".contains(&byte))
    };
    written.split('.').count() <= PARTS_MOST && written.split('.').all(is_part)
}

fn place(findings: &mut Findings<'_>, entry: &KeyValue) -> Option<String> {
    let place = findings.text(entry, "\"vn.p01.c003.h00077\"")?;
    if is_place(&place) {
        return Some(place);
    }
    findings
        .error(
            "bad_place",
            &entry.node.span,
            text!(
                "nơi đặt máy viết bằng chữ thường không dấu và số, cách nhau bằng dấu chấm",
                "a place is written in small letters and digits, with points between"
            ),
        )
        .help = Some(text!("viết: place = \"vn.p01.c003.h00077\"", "write: place = \"vn.p01.c003.h00077\""));
    None
}

fn keys(findings: &mut Findings<'_>, entry: &KeyValue) -> Option<Vec<String>> {
    let TomlValue::List(items) = &entry.node.value else {
        findings.wrong_type(&entry.key, &entry.node, &text!("một danh sách chữ", "a list of words"), ROOTS_EXAMPLE);
        return None;
    };
    let mut keys: Vec<String> = Vec::new();
    for item in items {
        let key = findings.text_node(&entry.key, item, ROOTS_EXAMPLE)?.to_ascii_lowercase();
        let is_key = key.len() == 64 && key.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !is_key || keys.contains(&key) || keys.len() == ROOTS_MOST {
            findings
                .error(
                    "bad_roots",
                    &item.span,
                    text!(
                        "mỗi khóa gốc là 64 chữ số 0-9, a-f, mỗi khóa ghi một lần, nhiều nhất {ROOTS_MOST} khóa",
                        "a root is 64 digits 0-9, a-f; each stands there once, {ROOTS_MOST} at most"
                    ),
                )
                .help = Some(text!(
                "chép nguyên dòng của tệp khóa công khai (.pub)",
                "copy the digits of the public key's file (.pub)"
            ));
            return None;
        }
        keys.push(key);
    }
    Some(keys)
}

/// `[courier]`: who is told how a courier's stick has fared.
pub(super) fn courier(findings: &mut Findings<'_>, entry: &KeyValue) -> Option<Vec<String>> {
    let table = findings.table(entry, "[courier]")?;
    findings.unknown_keys(table, &["tell"]);
    tell(findings, table.get("tell").filter(|entry| !entry.broken)?)
}

/// `tell = ["/usr/local/bin/bao-den"]`: a program and its words.
fn tell(findings: &mut Findings<'_>, entry: &KeyValue) -> Option<Vec<String>> {
    let TomlValue::List(items) = &entry.node.value else {
        findings.wrong_type(&entry.key, &entry.node, &text!("một danh sách chữ", "a list of words"), TELL_EXAMPLE);
        return None;
    };
    let mut words = Vec::new();
    for item in items {
        words.push(findings.text_node(&entry.key, item, TELL_EXAMPLE)?);
    }
    let is_good = words.first().is_some_and(|program| !program.trim().is_empty())
        && words.len() <= WORDS_MOST
        && words.iter().all(|word| word.len() <= WORD_MOST);
    if is_good {
        return Some(words);
    }
    let message = text!(
        "lệnh báo phải là tên chương trình và vài từ, nhiều nhất {WORDS_MOST} từ",
        "the telling command is a program and some words, {WORDS_MOST} at most"
    );
    findings.error("bad_tell", &entry.node.span, message).help =
        Some(text!("viết: tell = {TELL_EXAMPLE}", "write: tell = {TELL_EXAMPLE}"));
    None
}
