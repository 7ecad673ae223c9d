//! What is a part of a sentence elsewhere, as it stands alone on a page.

pub(super) use crate::diag::capital;

/// With a capital and a full stop.
pub(super) fn sentence(said: &str) -> String {
    let end = if said.is_empty() || said.ends_with(['.', '?', '!']) { "" } else { "." };
    capital(said) + end
}

/// What is said of a file's words, for a person who has never seen the file: no backticks and no `[rules]`.
pub(super) fn for_people(said: &str) -> String {
    let mut out = said.replace("trong [rules]", "trong phần quy định").replace("in [rules]", "in the rules");
    out = out.replace("of [rules]", "of the rules").replace("[rules]", "«rules»");
    let mut opens = true;
    while let Some(at) = out.find('`') {
        out.replace_range(at..=at, if opens { "«" } else { "»" });
        opens = !opens;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_begins_with_a_capital_and_ends_once() {
        for (part, whole) in [
            ("đồng hồ chưa đáng tin", "Đồng hồ chưa đáng tin."),
            ("Được chưa?", "Được chưa?"),
            ("buoi-sang.toml hỏng", "buoi-sang.toml hỏng."),
            ("", ""),
        ] {
            assert_eq!(sentence(part), whole);
        }
    }

    #[test]
    fn a_files_own_signs_stand_on_no_page() {
        assert_eq!(for_people("sửa `hours` trong [rules]"), "sửa «hours» trong phần quy định");
        assert_eq!(for_people("không có gì"), "không có gì");
    }
}
