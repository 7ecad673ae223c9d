use std::fmt;

use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use serde::{Deserialize, Serialize};

use crate::digest::hex;

/// What begins the file of a secret key, and that of its public half, with the version of their form.
const SECRET_MARK: &str = "loa-sign-secret:1";
const PUBLIC_MARK: &str = "loa-sign-public:1";

/// What a signature is given for: it stands before what is signed, so that a signature of one kind is none of another.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Signing {
    /// A bundle's list of files.
    Manifest,
    /// Who may sign what.
    Keys,
    /// Whose signature counts no more.
    Revoked,
    /// What a box tells of itself.
    Report,
    /// Which alarms hold in a place.
    Alarms,
}

impl Signing {
    const fn mark(self) -> &'static str {
        match self {
            Self::Manifest => "loa-signed:1 manifest\n",
            Self::Keys => "loa-signed:1 keys\n",
            Self::Revoked => "loa-signed:1 revoked\n",
            Self::Report => "loa-signed:1 report\n",
            Self::Alarms => "loa-signed:1 alarms\n",
        }
    }

    /// What is signed where `text` is.
    pub fn message(self, text: &str) -> Vec<u8> {
        [self.mark().as_bytes(), text.as_bytes()].concat()
    }
}

/// A public key: what signatures are checked with. One that would accept anything is none.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PublicKey(String);

impl PublicKey {
    /// Sixty-four hexadecimal digits, alone or as the file of a public key has them.
    pub fn read(written: &str) -> Option<Self> {
        let written = written.trim();
        let hex = written.strip_prefix(PUBLIC_MARK).unwrap_or(written).trim().to_ascii_lowercase();
        let bytes = digits::<32>(&hex)?;
        let key = VerifyingKey::from_bytes(&bytes).ok()?;
        // One point has one way to be written, or a revoked key had a second name.
        let is_plain = key.to_edwards().compress().to_bytes() == bytes;
        (is_plain && !key.is_weak()).then_some(Self(hex))
    }

    /// In small hexadecimal digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Its beginning, as people compare it: `A1B2-C3D4-E5F6-0718`.
    pub fn name(&self) -> String {
        let digits: Vec<char> = self.0.to_ascii_uppercase().chars().take(16).collect();
        digits.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join("-")
    }

    /// The line of its file.
    pub fn line(&self) -> String {
        format!("{PUBLIC_MARK} {}\n", self.0)
    }

    /// Whether `signature` is this key's, of `text`, for `context`; strictly, so that no second form of it is one too.
    pub fn holds(&self, context: Signing, text: &str, signature: &str) -> bool {
        let key = digits::<32>(&self.0).and_then(|bytes| VerifyingKey::from_bytes(&bytes).ok());
        let (Some(key), Some(signature)) = (key, digits::<64>(signature)) else { return false };
        key.verify_strict(&context.message(text), &Signature::from_bytes(&signature)).is_ok()
    }
}

impl TryFrom<String> for PublicKey {
    type Error = &'static str;

    fn try_from(written: String) -> Result<Self, Self::Error> {
        Self::read(&written).ok_or("no public key")
    }
}

impl From<PublicKey> for String {
    fn from(key: PublicKey) -> Self {
        key.0
    }
}

/// The secret half; never printed but into its own file.
pub struct SecretKey(SigningKey);

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretKey({})", self.public().name())
    }
}

impl SecretKey {
    /// Of thirty-two random bytes.
    pub fn of(random: [u8; 32]) -> Self {
        Self(SigningKey::from_bytes(&random))
    }

    /// As its file has it.
    pub fn read(written: &str) -> Option<Self> {
        digits::<32>(written.trim().strip_prefix(SECRET_MARK)?.trim()).map(Self::of)
    }

    /// The line of its file.
    pub fn line(&self) -> String {
        format!("{SECRET_MARK} {}\n", hex(&self.0.to_bytes()))
    }

    /// What its signatures are checked with.
    pub fn public(&self) -> PublicKey {
        PublicKey(hex(self.0.verifying_key().as_bytes()))
    }

    /// Sign `text` for `context`.
    pub fn sign(&self, context: Signing, text: &str) -> String {
        hex(&self.0.sign(&context.message(text)).to_bytes())
    }
}

fn digits<const N: usize>(hex: &str) -> Option<[u8; N]> {
    if hex.len() != 2 * N || !hex.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let mut bytes = [0; N];
    for (place, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(hex.get(2 * place..2 * place + 2)?, 16).ok()?;
    }
    Some(bytes)
}
