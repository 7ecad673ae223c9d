use std::path::Path;

use jiff::tz::TimeZone;
use loa_core::bundle::{Endorsed, Freight, KeyList, Locality, PublicKey, Rejection, Trusted};
use loa_core::diag::{Text, shown, text};
use loa_core::station::BundleRoots;
use loa_site::Folder;
use serde::{Deserialize, Serialize};

use super::DispatchError;

/// The form of the file.
const FORMAT: u32 = 1;
const FILE: &str = "trust.json";
/// Lists of two thousand keys for each change of the roots, and revocations.
const FILE_MOST: u64 = 64 << 20;
/// Lists that are kept: one for each change of the roots that a box may have slept through, and of each commune.
const KEYS_MOST: usize = 64;

/// Whom the boxes of the fleet believe, as the centre knows it: the roots that stand in their `loa.toml`, and the newest papers of the
/// roots. No secret. With it the centre judges what it sends as a box will.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct CentreTrust {
    format: u32,
    /// The roots' public keys.
    pub roots: Vec<PublicKey>,
    /// So many of them sign.
    pub needed: u8,
    /// Lists of keys, the oldest first.
    #[serde(default)]
    pub keys: Vec<Endorsed>,
    /// The newest revocations.
    #[serde(default)]
    pub revoked: Option<Endorsed>,
}

impl CentreTrust {
    /// With these roots and no papers yet.
    pub const fn of(roots: Vec<PublicKey>, needed: u8) -> Self {
        Self { format: FORMAT, roots, needed, keys: Vec::new(), revoked: None }
    }

    /// As it lies in the fleet's directory.
    pub fn read(dir: &Path) -> Result<Self, DispatchError> {
        let bytes = loa_site::read(&dir.join(FILE), FILE_MOST).map_err(|why| {
            if why.is_absent() {
                return DispatchError::Unset(text!(
                    "trung tâm chưa biết các đài tin khóa gốc nào: loa fleet roots goc-a.pub goc-b.pub goc-c.pub --keys khoa.json",
                    "the centre does not know which roots the boxes believe: loa fleet roots a.pub b.pub c.pub --keys keys.json"
                ));
            }
            let Text { vi, en } = why.text();
            DispatchError::File(text!("không đọc được {FILE}: {vi}", "{FILE} cannot be read: {en}"))
        })?;
        let read = serde_json::from_slice::<Self>(&bytes).ok().filter(|read| read.format == FORMAT);
        read.ok_or_else(|| {
            DispatchError::File(text!(
                "{FILE} không đúng dạng: gõ lại loa fleet roots",
                "{FILE} has another form: type loa fleet roots again"
            ))
        })
    }

    /// Write it down.
    pub fn write(&self, dir: &Path) -> Result<(), DispatchError> {
        let said = serde_json::to_vec_pretty(self).unwrap_or_default();
        let done = Folder::open(dir).and_then(|folder| folder.replace(FILE, &said));
        done.map_err(|error| {
            let Text { vi, en } = loa_core::diag::system(&error);
            DispatchError::File(text!("không ghi được {FILE}: {vi}", "{FILE} cannot be written: {en}"))
        })
    }

    /// The same with the papers that come with a bundle, or were given by hand.
    #[must_use]
    pub fn with(&self, keys: &[Endorsed], revoked: Option<&Endorsed>) -> Self {
        let mut with = self.clone();
        for paper in keys {
            if !with.keys.iter().any(|known| known.text == paper.text) {
                with.keys.push(paper.clone());
            }
        }
        let version = |paper: &Endorsed| KeyList::read(&paper.text).map_or(0, |list| list.version);
        with.keys.sort_by_key(version);
        let over = with.keys.len().saturating_sub(KEYS_MOST);
        with.keys.drain(..over);
        if let Some(paper) = revoked {
            let number =
                |paper: &Endorsed| loa_core::bundle::Revocations::read(&paper.text).map_or(0, |list| list.version);
            if with.revoked.as_ref().is_none_or(|known| number(known) < number(paper)) {
                with.revoked = Some(paper.clone());
            }
        }
        with
    }

    /// Whether a box under its roots takes every list of keys.
    pub fn is_sound(&self) -> Result<(), Rejection> {
        for list in self.keys.iter().filter_map(|paper| KeyList::read(&paper.text).ok()) {
            self.trusted_at(&list.place, None)?;
        }
        Ok(())
    }

    /// The same papers under these roots, with those that are given anew. Where none is given, those that are there have to count under the new
    /// roots too, or nothing changes; where lists are given, earlier revocations stay if they count.
    pub fn under(
        &self,
        roots: Vec<PublicKey>,
        needed: u8,
        keys: &[Endorsed],
        revoked: Option<&Endorsed>,
    ) -> Result<Self, Rejection> {
        if keys.is_empty() || (self.roots == roots && self.needed == needed) {
            let kept = Self { roots, needed, ..self.clone() }.with(keys, revoked);
            return kept.is_sound().map(|()| kept);
        }
        let new = Self::of(roots, needed).with(keys, revoked);
        new.is_sound()?;
        let kept = new.with(&[], self.revoked.as_ref());
        Ok(if kept.is_sound().is_ok() { kept } else { new })
    }

    /// What stands in the `loa.toml` of a box there.
    pub fn roots_at(&self, own: &Locality) -> BundleRoots {
        let keys = self.roots.iter().map(|key| key.as_str().to_owned()).collect();
        BundleRoots { place: own.to_string(), keys, needed: self.needed }
    }

    /// What a box there knows that has had all papers of the centre, and those of `freight`.
    pub fn trusted_at(&self, own: &Locality, freight: Option<&Freight>) -> Result<Trusted, Rejection> {
        let all = match freight {
            Some(freight) => self.with(&freight.keys, freight.revoked.as_ref()),
            None => self.clone(),
        };
        let is_here = |paper: &&Endorsed| KeyList::read(&paper.text).is_ok_and(|list| list.place.covers(own));
        let keys: Vec<Endorsed> = all.keys.iter().filter(is_here).cloned().collect();
        Trusted::default().learn(&self.roots_at(own), &keys, all.revoked.as_ref())
    }

    /// Why a box would not take it, for whoever sends.
    pub fn refusal(what: &str, why: &Rejection, tz: &TimeZone) -> DispatchError {
        let (what, Text { vi, en }) = (shown(what), why.text(tz));
        DispatchError::Refused(text!(
            "không gửi «{what}», vì đài sẽ không nhận: {vi}",
            "\"{what}\" is not sent, since no box would take it: {en}"
        ))
    }
}

#[cfg(test)]
mod tests {
    use loa_core::bundle::{SecretKey, Signing, UtcSecond};
    use loa_core::instant::Wall;

    use super::*;

    fn key(letter: u8) -> SecretKey {
        SecretKey::of([letter; 32])
    }

    fn roots(letters: [u8; 3]) -> Vec<PublicKey> {
        letters.map(|letter| key(letter).public()).to_vec()
    }

    /// A list of keys of these roots, signed by the first two.
    fn list(letters: [u8; 3], version: u64) -> Endorsed {
        let at = |days: i64| UtcSecond::of(Wall::from_secs(1_796_000_000 + days * 86_400));
        let list = KeyList {
            format: loa_core::bundle::FORMAT,
            kind: "keys".to_owned(),
            place: Locality::read("vn.p01").unwrap(),
            version,
            made: at(0),
            not_after: at(300),
            roots: roots(letters),
            needed: 2,
            signers: [].into(),
            keys: Vec::new(),
        };
        let mut paper = Endorsed::new(serde_json::to_string(&list).unwrap());
        for letter in &letters[..2] {
            paper.sign(Signing::Keys, &key(*letter));
        }
        paper
    }

    #[test]
    fn a_wrong_root_does_not_take_the_list_of_keys_away() {
        let (own, other) = ([1, 2, 3], [7, 8, 9]);
        let known = CentreTrust::of(roots(own), 2).with(&[list(own, 1)], None);
        assert!(known.under(roots(other), 2, &[], None).is_err(), "the list is not theirs");
        // The same ones in another order, or one more: the list counts on.
        let again = known.under(roots([3, 1, 2]), 2, &[], None).unwrap();
        assert_eq!(again.keys, known.keys);
        // Others on purpose, with a list of theirs.
        let new = known.under(roots(other), 2, &[list(other, 2)], None).unwrap();
        assert_eq!((new.roots, new.keys.len()), (roots(other), 1));
    }
}
