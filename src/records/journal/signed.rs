use std::fmt;

use ed25519_dalek::{Signature, VerifyingKey};

/// What begins a seal, with the version of its form.
const MARK: &str = "LOA-SEAL:1";

/// The head of a journal as the station has signed it: which journal, which row, its hash, when, and the key. In one
/// line of capital letters and digits, which a QR code holds best:
/// `LOA-SEAL:1 EPOCH ROW HASH TIME KEY SIGNATURE`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Signed {
    /// The journal's own name.
    pub epoch: String,
    /// The row's number.
    pub row: u64,
    /// Its whole hash.
    pub hash: String,
    /// When it was signed, in the station's time, to the second.
    pub time: String,
    /// What it can be checked with: the public half of the station's key.
    pub key: String,
    /// Ed25519 (RFC 8032), over everything before it.
    pub signature: String,
}

impl Signed {
    /// What is signed.
    pub(super) fn message(&self) -> String {
        let Self { epoch, row, hash, time, key, .. } = self;
        format!("{MARK} {epoch} {row} {hash} {time} {key}")
    }

    /// Out of a QR code, or of a file.
    pub fn read(written: &str) -> Option<Self> {
        let written = written.trim().to_ascii_uppercase();
        let parts: Vec<&str> = written.split_ascii_whitespace().collect();
        let [MARK, epoch, row, hash, time, key, signature] = parts[..] else { return None };
        let is_hex =
            |text: &str, length: usize| text.len() == length && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let is_sound = !epoch.is_empty()
            && epoch.len() <= 64
            && time.len() <= 32
            && is_hex(hash, 64)
            && is_hex(key, 64)
            && is_hex(signature, 128);
        is_sound.then_some(Self {
            epoch: epoch.to_owned(),
            row: row.parse().ok()?,
            hash: hash.to_owned(),
            time: time.to_owned(),
            key: key.to_owned(),
            signature: signature.to_owned(),
        })
    }

    /// Whether it was signed with the key that it names.
    pub fn holds(&self) -> bool {
        let (Some(key), Some(signature)) = (digits::<32>(&self.key), digits::<64>(&self.signature)) else {
            return false;
        };
        let Ok(key) = VerifyingKey::from_bytes(&key) else { return false };
        key.verify_strict(self.message().as_bytes(), &Signature::from_bytes(&signature)).is_ok()
    }

    /// The beginning of the key, as people compare it: `A1B2-C3D4-E5F6-0718`.
    pub fn key_name(&self) -> String {
        key_name(&self.key)
    }
}

/// The beginning of a public key, as people compare it.
pub fn key_name(key: &str) -> String {
    let digits: Vec<char> = key.chars().take(16).collect();
    digits.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join("-")
}

impl fmt::Display for Signed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.message(), self.signature)
    }
}

/// Bytes as capital hexadecimal digits.
pub(super) fn written(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    let nibbles = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    nibbles.map(|nibble| char::from(DIGITS[usize::from(nibble)])).collect()
}

/// Hexadecimal digits as so many bytes.
pub(super) fn digits<const N: usize>(hex: &str) -> Option<[u8; N]> {
    if hex.len() != 2 * N || !hex.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let mut bytes = [0; N];
    for (place, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(hex.get(2 * place..2 * place + 2)?, 16).ok()?;
    }
    Some(bytes)
}
