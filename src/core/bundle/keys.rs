use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::{FORMAT, Locality, PublicKey, Purpose, Rejection, UtcSecond};

/// Roots of one list: three people, and some to spare.
const ROOTS_MOST: usize = 9;
/// No root can let a key in alone.
const ROOTS_LEAST: u8 = 2;
/// Keys of one list: a province with three for each of its communes.
const KEYS_MOST: usize = 2_000;

/// Who may sign what: signed by the roots.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct KeyList {
    /// The form of this paper.
    pub format: u32,
    /// `keys`: it is no other paper.
    pub kind: String,
    /// Whose boxes it is for: those in this place.
    pub place: Locality,
    /// Rises with each list.
    pub version: u64,
    /// When it was made.
    pub made: UtcSecond,
    /// After this a box takes nothing by it.
    pub not_after: UtcSecond,
    /// The roots from now on. Others than before: the list needs the signatures of both.
    pub roots: Vec<PublicKey>,
    /// So many of them sign.
    pub needed: u8,
    /// So many keys sign what is for this; one where nothing is written.
    #[serde(default)]
    pub signers: BTreeMap<Purpose, u8>,
    /// The keys.
    pub keys: Vec<KnownKey>,
}

/// A key that may sign.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct KnownKey {
    /// Whose it is, as people know him.
    pub name: String,
    /// Its public half.
    pub key: PublicKey,
    /// What it may sign.
    pub may: BTreeSet<Purpose>,
    /// For which places.
    pub scope: Vec<Locality>,
    /// After this it signs nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_after: Option<UtcSecond>,
}

/// Whose signature counts no more: signed by the roots, with a number of its own, so that it waits for no list of keys.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Revocations {
    /// The form of this paper.
    pub format: u32,
    /// `revoked`: it is no other paper.
    pub kind: String,
    /// Whose boxes it is for.
    pub place: Locality,
    /// Rises with each.
    pub version: u64,
    /// When it was made.
    pub made: UtcSecond,
    /// The keys. What was revoked once stays so, also where a later paper does not name it.
    pub keys: Vec<RevokedKey>,
}

/// A key that was lost or stolen.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct RevokedKey {
    /// Its public half.
    pub key: PublicKey,
    /// Why, in the words of whoever revoked it.
    #[serde(default)]
    pub why: String,
}

#[derive(Deserialize)]
struct FormOf {
    format: u32,
    kind: String,
}

fn read<T: DeserializeOwned>(text: &str, kind: &str) -> Result<T, Rejection> {
    let foreign = || Rejection::Foreign(format!("{kind}.json"));
    let form: FormOf = serde_json::from_str(text).map_err(|_| foreign())?;
    if form.format != FORMAT {
        return Err(Rejection::NewForm(form.format));
    }
    if form.kind != kind {
        return Err(foreign());
    }
    serde_json::from_str(text).map_err(|_| foreign())
}

impl KeyList {
    /// Read one, and see that it is one that can be.
    pub fn read(text: &str) -> Result<Self, Rejection> {
        let list: Self = read(text, "keys")?;
        let roots: BTreeSet<&PublicKey> = list.roots.iter().collect();
        let keys: BTreeSet<&PublicKey> = list.keys.iter().map(|known| &known.key).collect();
        let is_good = (1..=ROOTS_MOST).contains(&list.roots.len())
            && roots.len() == list.roots.len()
            && list.needed >= ROOTS_LEAST
            && usize::from(list.needed) <= roots.len()
            && list.keys.len() <= KEYS_MOST
            && keys.len() == list.keys.len()
            // A root lies in a safe: one that signs every week is none.
            && keys.is_disjoint(&roots)
            && list.keys.iter().all(|known| known.scope.iter().all(|place| list.place.covers(place)));
        if is_good { Ok(list) } else { Err(Rejection::Foreign("keys.json".to_owned())) }
    }

    /// So many keys sign what is for this.
    pub fn needed_for(&self, purpose: Purpose) -> usize {
        usize::from(self.signers.get(&purpose).copied().unwrap_or(1).max(1))
    }

    /// The key that is known as this.
    pub fn find(&self, key: &PublicKey) -> Option<&KnownKey> {
        self.keys.iter().find(|known| known.key == *key)
    }
}

impl Revocations {
    /// Read one.
    pub fn read(text: &str) -> Result<Self, Rejection> {
        let list: Self = read(text, "revoked")?;
        if list.keys.len() <= KEYS_MOST { Ok(list) } else { Err(Rejection::Foreign("revoked.json".to_owned())) }
    }
}
