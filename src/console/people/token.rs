use sha2::{Digest as _, Sha256};

use super::PeopleError;

/// Letters of a token: enough that nobody guesses one.
const BYTES: usize = 16;

/// Letters and digits that are not taken for one another when they are typed.
const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";

/// A word that opens something, and is kept nowhere but with its holder.
pub(crate) fn make() -> Result<String, PeopleError> {
    let mut bytes = [0u8; BYTES * 8 / 5 + 1];
    getrandom::fill(&mut bytes)?;
    Ok(bytes.iter().map(|byte| char::from(ALPHABET[usize::from(byte % 32)])).collect())
}

/// What is kept of it.
pub(super) fn hash(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}
