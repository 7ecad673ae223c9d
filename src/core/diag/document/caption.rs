use super::{KeyValue, TomlValue, clean};
use crate::diag::{Findings, text};

impl Findings<'_> {
    /// A name for people, fit to stand on one line of at most `most` letters; `None` where nothing is left
    /// of it, and then the caller has something else to call it by.
    ///
    /// A label never silences what it stands on: what cannot be shown is left out, what is too long is cut,
    /// and a warning says so.
    pub fn caption(&mut self, entry: &KeyValue, most: usize, example: &str) -> Option<String> {
        let written = match &entry.node.value {
            TomlValue::Text(written) => clean(written),
            TomlValue::List(_) | TomlValue::Table(_) => {
                self.wrong_type(&entry.key, &entry.node, &text!("chữ trong ngoặc kép", "a text in quotes"), example);
                return None;
            }
            // `title = 2026`: what stands there is what is meant.
            _ => self.file().text.get(entry.node.span.clone()).map(clean).unwrap_or_default(),
        };
        let tidy = tidied(&written);
        let kept = cut(&tidy, most);
        let key = &entry.key;
        let message = if kept.is_empty() {
            text!("«{key}» trống, nên không dùng", "`{key}` is empty, so it is not used")
        } else if kept != tidy {
            text!(
                "«{key}» dài quá {most} chữ, phần sau bị cắt",
                "`{key}` is longer than {most} characters, the rest is cut"
            )
        } else if tidy != written {
            text!(
                "«{key}» có ký tự không hiện được (tab, xuống dòng…), loa thay bằng dấu cách",
                "`{key}` holds characters that cannot be shown (a tab, a line break…); a blank stands for them"
            )
        } else if matches!(entry.node.value, TomlValue::Text(_)) {
            return Some(kept);
        } else {
            text!("«{key}» viết thiếu ngoặc kép", "`{key}` is written without quotes")
        };
        let shown = if kept.is_empty() || kept.contains(['"', '\\']) || kept.chars().count() > SHOWN_CHARS {
            example.to_owned()
        } else {
            format!("\"{kept}\"")
        };
        self.warning("bad_title", &entry.node.span, message).help =
            Some(text!("viết trên một dòng: {key} = {shown}", "write it on one line: {key} = {shown}"));
        (!kept.is_empty()).then_some(kept)
    }
}

/// Whether a name for people is kept as it is written: it can be shown, and has at most `most` letters.
pub fn is_caption(written: &str, most: usize) -> bool {
    let written = clean(written);
    let tidy = tidied(&written);
    tidy == written && cut(&tidy, most) == tidy
}

/// A longer name is not repeated in its cure: the way to write it is shown.
const SHOWN_CHARS: usize = 80;

/// Control characters and marks that turn the direction of writing become blanks, and no blank follows another.
fn tidied(written: &str) -> String {
    let odd = |c: char| {
        c.is_control() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    if !written.contains(odd) {
        return written.to_owned();
    }
    let blank: String = written.chars().map(|c| if odd(c) { ' ' } else { c }).collect();
    blank.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// At most `most` letters, the last one an ellipsis where something is cut.
fn cut(written: &str, most: usize) -> String {
    if written.chars().count() <= most {
        return written.to_owned();
    }
    let mut kept: String = written.chars().take(most.saturating_sub(1)).collect();
    kept.push('…');
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::SourceFile;
    use crate::diag::document::parse;

    fn read(line: &str) -> (Option<String>, Vec<&'static str>) {
        let file = SourceFile { path: "schedules/a.toml".to_owned(), text: line.to_owned() };
        let mut findings = Findings::of(&file);
        let document = parse(&mut findings);
        let label = findings.caption(&document.root.entries[0], 10, "\"Thông báo\"");
        (label, findings.finish().into_iter().map(|one| one.code).collect())
    }

    #[test]
    fn a_label_is_cleaned_or_cut_and_told_never_refused() {
        let table = [
            ("x = \"Họp dân\"", Some("Họp dân"), vec![]),
            ("x = \"Họp\\tdân\"", Some("Họp dân"), vec!["bad_title"]),
            ("x = \"Họp\\r\\n  dân\\u0007\"", Some("Họp dân"), vec!["bad_title"]),
            ("x = \"a\\u202Eb\"", Some("a b"), vec!["bad_title"]),
            ("x = \"\"\"Họp\ndân\"\"\"", Some("Họp dân"), vec!["bad_title"]),
            ("x = \"0123456789\"", Some("0123456789"), vec![]),
            ("x = \"0123456789a\"", Some("012345678…"), vec!["bad_title"]),
            ("x = 2026", Some("2026"), vec!["bad_title"]),
            ("x = true", Some("true"), vec!["bad_title"]),
            ("x = 2026-12-01", Some("2026-12-01"), vec!["bad_title"]),
            ("x = \" \"", None, vec!["bad_title"]),
            ("x = \"\\t\"", None, vec!["bad_title"]),
            ("x = [\"a\"]", None, vec!["wrong_type"]),
        ];
        for (line, label, codes) in table {
            assert_eq!(read(line), (label.map(str::to_owned), codes), "{line}");
        }
        let table = [("Họp dân", true), (" Họp dân ", true), ("Họp\tdân", false), ("0123456789a", false)];
        for (written, is_kept) in table {
            assert_eq!(is_caption(written, 10), is_kept, "{written:?}");
        }
    }
}
