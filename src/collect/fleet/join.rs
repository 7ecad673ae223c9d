use std::fmt;

use loa_core::digest::sha256;
use loa_core::signature::Locality;

use super::{FleetError, FleetKey, KeyKind};

/// Letters of a code: sixty bits, which nobody tries through in three days.
const LETTERS: usize = 12;
/// Digits and letters that nobody takes for another (Crockford's base 32).
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// How a request begins, with the version of its form.
const MARK: &str = "LOA-JOIN:1";
/// A request is a line of two hundred letters; what `loa fleet join` prints around it, with its picture, is a few kilobytes.
const REQUEST_MOST: usize = 64 * 1024;

/// A code that somebody types at a box, once: `7K3M-9QXA-T2WB`.
#[derive(Clone, PartialEq, Eq)]
pub struct JoinCode(String);

/// It is a secret: only its own line on the slip has it.
impl fmt::Debug for JoinCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JoinCode(…)")
    }
}

impl fmt::Display for JoinCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, letter) in self.0.chars().enumerate() {
            if place > 0 && place % 4 == 0 {
                f.write_str("-")?;
            }
            write!(f, "{letter}")?;
        }
        Ok(())
    }
}

impl JoinCode {
    /// Made of the machine's chance.
    pub fn make() -> Result<Self, FleetError> {
        let mut random = [0; LETTERS];
        getrandom::fill(&mut random).map_err(|_| FleetError::Key)?;
        Ok(Self(random.iter().map(|byte| char::from(ALPHABET[usize::from(byte & 31)])).collect()))
    }

    /// As a person types it: small letters, without strokes, O for 0.
    pub fn read(typed: &str) -> Option<Self> {
        let mut code = String::new();
        for letter in typed.chars().filter(|letter| !letter.is_whitespace() && !matches!(letter, '-' | '–' | '.')) {
            let letter = match letter.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                letter => letter,
            };
            if !letter.is_ascii() || !ALPHABET.contains(&(letter as u8)) || code.len() == LETTERS {
                return None;
            }
            code.push(letter);
        }
        (code.len() == LETTERS).then_some(Self(code))
    }

    /// What the centre keeps of it.
    pub fn proof(&self) -> String {
        sha256(format!("loa-code:1 {}", self.0).as_bytes())
    }
}

/// A box that has made its key asks for a place: `LOA-JOIN:1 PATH KEY PROOF`. It holds no secret: whoever reads it on the way has
/// neither the code nor the key.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct JoinRequest {
    /// Which place.
    pub path: Locality,
    /// The box's public key.
    pub key: String,
    proof: String,
}

impl JoinRequest {
    /// With the code that was typed.
    pub fn of(path: Locality, key: &FleetKey, code: &JoinCode) -> Self {
        let (key, code) = (key.public(), code.proof());
        let proof = proof(&path, &key, &code);
        Self { path, key, proof }
    }

    /// Out of a message, a file or a picture, whatever stands around it; blanks and line breaks do not matter. Where there are several, the last
    /// one: the code was typed again.
    pub fn read(written: &str) -> Result<Self, FleetError> {
        if written.len() > REQUEST_MOST {
            return Err(FleetError::NoRequest);
        }
        let begins = written.rfind(MARK).ok_or(FleetError::NoRequest)?;
        let parts: Vec<&str> = written[begins..].split_ascii_whitespace().take(4).collect();
        let [MARK, path, key, proof] = parts[..] else { return Err(FleetError::NoRequest) };
        let path = Locality::read(path).ok_or(FleetError::NoRequest)?;
        if !FleetKey::is_public(key, KeyKind::User) {
            return Err(FleetError::NoRequest);
        }
        Ok(Self { path, key: key.to_owned(), proof: proof.to_ascii_lowercase() })
    }

    /// Whether who made it knew the code of which `code` is kept.
    pub fn knows(&self, code: &str) -> bool {
        proof(&self.path, &self.key, code) == self.proof
    }
}

impl fmt::Display for JoinRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, key, proof } = self;
        write!(f, "{MARK} {path} {key} {proof}")
    }
}

fn proof(path: &Locality, key: &str, code: &str) -> String {
    sha256(format!("loa-join:1\n{path}\n{key}\n{code}").as_bytes())
}
