//! What is a part of a sentence elsewhere, as it stands alone on a page.

/// With a capital. A name of a file stays as it is.
pub(super) fn capital(said: &str) -> String {
    let word = said.split(' ').next().unwrap_or_default();
    let mut letters = said.chars();
    match letters.next() {
        Some(first) if !word.contains(['.', '/']) => first.to_uppercase().chain(letters).collect(),
        _ => said.to_owned(),
    }
}

/// With a capital and a full stop.
pub(super) fn sentence(said: &str) -> String {
    let end = if said.is_empty() || said.ends_with(['.', '?', '!']) { "" } else { "." };
    capital(said) + end
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
}
