/// A part of a sentence as it stands alone: with a capital. A name of a file stays as it is.
pub fn capital(said: &str) -> String {
    let word = said.split(' ').next().unwrap_or_default();
    let mut letters = said.chars();
    match letters.next() {
        Some(first) if !word.contains(['.', '/']) => first.to_uppercase().chain(letters).collect(),
        _ => said.to_owned(),
    }
}
