//! Lines of a table that a spreadsheet opens by a double click, in the language of whoever opens it.

use super::{Lang, plain};

/// One line, its fields as they are.
pub fn joined(fields: &[String], lang: Lang) -> String {
    let separator = match lang {
        Lang::Vi => ';',
        Lang::En => ',',
    };
    let line: Vec<_> = fields.iter().map(|field| quoted(field, separator)).collect();
    format!("{}\r\n", line.join(separator.encode_utf8(&mut [0; 4])))
}

/// One line of a table for a spreadsheet in `lang`: texts that it would take for a formula begin with `'`.
pub fn line(fields: &[String], lang: Lang) -> String {
    let fields: Vec<String> = fields.iter().map(|field| guarded(field)).collect();
    joined(&fields, lang)
}

/// `text` such that no spreadsheet takes it for a formula: what begins like one gets a `'` before it,
/// which they show as text; what could deceive who looks is written out. The wide forms count too, since an Asian Excel reads them alike.
pub fn guarded(text: &str) -> String {
    let text = &*plain(text);
    match text.chars().next() {
        Some('=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠') => format!("'{text}"),
        _ => text.to_owned(),
    }
}

/// RFC 4180 §2.6 and §2.7.
fn quoted(field: &str, separator: char) -> String {
    if field.contains([separator, '"', '\r', '\n', '\t']) || field.starts_with(' ') || field.ends_with(' ') {
        format!("\"{}\"", field.replace('"', "\"\""))
    } else {
        field.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_like_a_formula_is_text() {
        for text in ["=1+1", "+84", "-1", "@SUM(A1)", "＝1"] {
            assert_eq!(guarded(text), format!("'{text}"));
        }
        assert_eq!(guarded("nộp = nhanh"), "nộp = nhanh");
        assert_eq!(guarded("\t=1\u{1b}[2J\u{202e}"), r"\u{9}=1\u{1b}[2J\u{202e}");
    }
}
