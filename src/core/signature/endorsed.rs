use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::key::{PublicKey, SecretKey, Signing};

/// Nothing here needs more signatures: three roots and some to spare.
const SIGNATURES_MOST: usize = 16;

/// A text with signatures on it. What is signed are its very bytes, so that no two ways to write the same are at play.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Endorsed {
    /// What is signed.
    pub text: String,
    /// Whose signatures are on it, true or not.
    pub signatures: Vec<Endorsement>,
}

/// One signature.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Endorsement {
    /// Whose it is said to be.
    pub key: PublicKey,
    /// Ed25519 (RFC 8032), in hexadecimal digits.
    pub signature: String,
}

impl Endorsed {
    /// Unsigned yet.
    pub const fn new(text: String) -> Self {
        Self { text, signatures: Vec::new() }
    }

    /// As a file has it: JSON.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice::<Self>(bytes).ok().filter(Self::is_bearable)
    }

    /// The same, to be written.
    pub fn line(&self) -> String {
        serde_json::to_string(self).unwrap_or_default() + "\n"
    }

    /// No more signatures than any paper has.
    pub fn is_bearable(&self) -> bool {
        self.signatures.len() <= SIGNATURES_MOST
    }

    /// Put one more signature on it; a second one of the same key takes the place of the first.
    pub fn sign(&mut self, context: Signing, key: &SecretKey) {
        let public = key.public();
        self.signatures.retain(|known| known.key != public);
        self.signatures.push(Endorsement { signature: key.sign(context, &self.text), key: public });
    }

    /// Whose signatures on it are true; each key once, however often it stands there.
    pub fn signers(&self, context: Signing) -> BTreeSet<&PublicKey> {
        let holds = |one: &&Endorsement| one.key.holds(context, &self.text, &one.signature);
        self.signatures.iter().take(SIGNATURES_MOST).filter(holds).map(|one| &one.key).collect()
    }
}
