use std::fmt;

use nkeys::{KeyPair, KeyPairType};

use super::FleetError;

/// Whose key it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum KeyKind {
    /// Signs for the accounts.
    Operator,
    /// An account's own, or one with which it signs its users.
    Account,
    /// A box's, a person's or a program's.
    User,
}

impl KeyKind {
    const fn letter(self) -> char {
        match self {
            Self::Operator => 'O',
            Self::Account => 'A',
            Self::User => 'U',
        }
    }
}

/// A key as NATS has it. The seed is the secret half.
pub struct FleetKey(KeyPair);

impl fmt::Debug for FleetKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FleetKey({})", self.public())
    }
}

impl FleetKey {
    /// Made of the machine's chance.
    pub fn make(kind: KeyKind) -> Result<Self, FleetError> {
        let mut random = [0; 32];
        getrandom::fill(&mut random).map_err(|_| FleetError::Key)?;
        let kind = match kind {
            KeyKind::Operator => KeyPairType::Operator,
            KeyKind::Account => KeyPairType::Account,
            KeyKind::User => KeyPairType::User,
        };
        KeyPair::new_from_raw(kind, random).map(Self).map_err(|_| FleetError::Key)
    }

    /// Out of its seed.
    pub fn read(seed: &str) -> Result<Self, FleetError> {
        KeyPair::from_seed(seed.trim()).map(Self).map_err(|_| FleetError::Key)
    }

    /// The half that everybody may know.
    pub fn public(&self) -> String {
        self.0.public_key()
    }

    /// The secret half, to be written into its own file and nowhere else.
    pub fn seed(&self) -> Result<String, FleetError> {
        self.0.seed().map_err(|_| FleetError::Key)
    }

    /// Ed25519 over these bytes.
    pub(super) fn sign(&self, bytes: &[u8]) -> Result<Vec<u8>, FleetError> {
        self.0.sign(bytes).map_err(|_| FleetError::Key)
    }

    /// Whether the key with this public half has signed these bytes: Ed25519, in digits of sixteen.
    pub fn has_signed(public: &str, bytes: &[u8], signature: &str) -> bool {
        let is_plain = signature.len().is_multiple_of(2) && signature.bytes().all(|byte| byte.is_ascii_hexdigit());
        let at = |place: usize| u8::from_str_radix(&signature[place..place + 2], 16).unwrap_or_default();
        let signature: Vec<u8> = if is_plain { (0..signature.len()).step_by(2).map(at).collect() } else { Vec::new() };
        KeyPair::from_public_key(public).is_ok_and(|key| key.verify(bytes, &signature).is_ok())
    }

    /// Whether `public` is the public half of a key of this kind.
    pub fn is_public(public: &str, kind: KeyKind) -> bool {
        public.starts_with(kind.letter()) && KeyPair::from_public_key(public).is_ok()
    }
}

/// The first letters of a key behind the one that says whose it is, as people compare them: `ABCD-EFGH`.
pub fn letters(public: &str) -> String {
    let (first, second) = (public.get(1..5).unwrap_or_default(), public.get(5..9).unwrap_or_default());
    format!("{first}-{second}")
}
