//! What is a part of a sentence elsewhere, as it stands alone on a page.

pub(super) use crate::diag::capital;

use crate::diag::Lang;
use crate::edit;

/// With a capital and a full stop.
pub(super) fn sentence(said: &str) -> String {
    let end = if said.is_empty() || said.ends_with(['.', '?', '!']) { "" } else { "." };
    capital(said) + end
}

/// What is said of a file's words, for a person who has never seen the file: no backticks, no `[rules]`, and a key by what
/// people call it.
pub(super) fn for_people(said: &str, lang: Lang) -> String {
    let mut out = said.replace("trong [rules]", "trong phần quy định").replace("in [rules]", "in the rules");
    out = out.replace("of [rules]", "of the rules").replace("[rules]", "«rules»");
    let mut opens = true;
    while let Some(at) = out.find('`') {
        out.replace_range(at..=at, if opens { "«" } else { "»" });
        opens = !opens;
    }
    with_keys_named(&out, lang)
}

/// `«ngày âm lịch»` for `«lunar»`: what stands in quotation marks and is a key of a file, as people call it.
fn with_keys_named(said: &str, lang: Lang) -> String {
    let (mut out, mut rest) = (String::with_capacity(said.len()), said);
    while let Some((before, (word, after))) =
        rest.split_once('«').and_then(|(before, after)| Some((before, after.split_once('»')?)))
    {
        let name = edit::name(word).get(lang).to_owned();
        // What is no key is told with marks of its own.
        let name = if name.contains(['«', '`']) { word } else { name.as_str() };
        for part in [before, "«", name, "»"] {
            out.push_str(part);
        }
        rest = after;
    }
    out + rest
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
        for (said, lang, told) in [
            ("sửa `hours` trong [rules]", Lang::Vi, "sửa «giờ được phát» trong phần quy định"),
            (
                "«lunar» và «days» không đi cùng nhau",
                Lang::Vi,
                "«ngày âm lịch» và «ngày trong tuần» không đi cùng nhau",
            ),
            ("`if_missed` of «Bản tin»", Lang::En, "«if missed» of «Bản tin»"),
            ("không có «gì", Lang::Vi, "không có «gì"),
            ("không có gì", Lang::Vi, "không có gì"),
        ] {
            assert_eq!(for_people(said, lang), told);
        }
    }
}
