use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::FORMAT;
use super::{
    AdmittedAlarms, AlarmPaper, Endorsed, KeyList, Locality, Manifest, PublicKey, Purpose, Rejection, Revocations,
    Signing, UtcSecond,
};
use crate::digest::sha256;
use crate::instant::Wall;
use crate::station::BundleRoots;

/// What a box remembers of whom it believes: the papers of the roots, and the highest number of each key.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Trusted {
    /// The roots of `loa.toml` that the rest goes back to; with others there the rest is void.
    #[serde(default)]
    anchor: String,
    /// The newest list of keys.
    #[serde(default)]
    keys: Option<String>,
    /// The number of the newest revocations, and what they said.
    #[serde(default)]
    revoked: Option<(u64, String)>,
    /// Every key that was ever revoked.
    #[serde(default)]
    barred: BTreeSet<PublicKey>,
    /// The newest that each key has signed.
    #[serde(default)]
    seen: BTreeMap<PublicKey, KeyMark>,
    /// The newest paper of the roots was made then: it is no earlier now, whatever the clock says.
    #[serde(default)]
    floor: Option<UtcSecond>,
}

/// The newest bundle of a key.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
struct KeyMark {
    version: u64,
    sha256: String,
    made: UtcSecond,
}

/// A bundle that may be taken, by its papers.
#[derive(Clone, PartialEq, Debug)]
pub struct Admitted {
    /// What it holds.
    pub manifest: Manifest,
    /// Of the very text that was signed.
    pub sha256: String,
    /// Whose signatures count.
    pub by: Vec<(PublicKey, String)>,
    /// It was taken before.
    pub again: bool,
}

impl Admitted {
    /// Who signed it, in one line.
    pub fn signed_by(&self) -> String {
        self.by.iter().map(|(_, name)| name.as_str()).collect::<Vec<_>>().join(", ")
    }
}

impl Trusted {
    /// What is remembered, as far as it goes back to these roots. Numbers and revocations stay whatever the roots are.
    #[must_use]
    pub fn under(&self, roots: &BundleRoots) -> Self {
        let anchor = sha256(format!("{} {} {}", roots.place, roots.needed, roots.keys.join(" ")).as_bytes());
        if anchor == self.anchor {
            return self.clone();
        }
        let Self { barred, seen, .. } = self.clone();
        Self { anchor, barred, seen, ..Self::default() }
    }

    /// By which keys it goes: another digest where they are others, or others are barred. What was judged by one may be judged otherwise by
    /// another.
    pub fn mark(&self, roots: &BundleRoots) -> String {
        let Self { anchor, keys, revoked, barred, .. } = self.under(roots);
        let barred = barred.iter().map(PublicKey::as_str).collect::<Vec<_>>().join(" ");
        let (keys, revoked) = (keys.unwrap_or_default(), revoked.map_or(0, |(number, _)| number));
        sha256(format!("{anchor} {revoked} {barred} {keys}").as_bytes())
    }

    /// What it knows after these papers: lists of keys, the oldest first, and revocations. What is older than what is
    /// known says nothing; what is newer and not signed by the roots spoils the whole.
    pub fn learn(&self, roots: &BundleRoots, keys: &[Endorsed], revoked: Option<&Endorsed>) -> Result<Self, Rejection> {
        let own = own_place(roots)?;
        let mut known = self.under(roots);
        let mut lists =
            keys.iter().map(|paper| Ok((KeyList::read(&paper.text)?, paper))).collect::<Result<Vec<_>, _>>()?;
        lists.sort_by_key(|(list, _)| list.version);
        for (list, paper) in lists {
            known.learn_keys(&own, roots, &list, paper)?;
        }
        if let Some(paper) = revoked {
            known.learn_revoked(&own, roots, paper)?;
        }
        Ok(known)
    }

    fn learn_keys(
        &mut self,
        own: &Locality,
        roots: &BundleRoots,
        list: &KeyList,
        paper: &Endorsed,
    ) -> Result<(), Rejection> {
        if !list.place.covers(own) {
            return Err(Rejection::OtherPlace(vec![list.place.clone()]));
        }
        if let (Some(held), Some(text)) = (self.list(), &self.keys) {
            if list.version == held.version && paper.text != *text {
                return Err(Rejection::TwiceNumbered(list.version));
            }
            if list.version <= held.version {
                return Ok(());
            }
        }
        let signers = paper.signers(Signing::Keys);
        let has = |of: &BTreeSet<PublicKey>, needed: u8| {
            let own = signers.iter().filter(|key| of.contains(**key) && !self.barred.contains(**key));
            own.count() >= usize::from(needed)
        };
        let (before, needed) = self.roots(roots)?;
        let after: BTreeSet<PublicKey> = list.roots.iter().cloned().collect();
        if !has(&before, needed) || !has(&after, list.needed) {
            return Err(Rejection::RootsUnsigned);
        }
        self.keys = Some(paper.text.clone());
        self.floor = self.floor.max(Some(list.made));
        Ok(())
    }

    fn learn_revoked(&mut self, own: &Locality, roots: &BundleRoots, paper: &Endorsed) -> Result<(), Rejection> {
        let list = Revocations::read(&paper.text)?;
        if !list.place.covers(own) {
            return Err(Rejection::OtherPlace(vec![list.place.clone()]));
        }
        let sum = sha256(paper.text.as_bytes());
        if let Some((version, known)) = &self.revoked {
            if list.version == *version && sum != *known {
                return Err(Rejection::TwiceNumbered(list.version));
            }
            if list.version <= *version {
                return Ok(());
            }
        }
        let (of, needed) = self.roots(roots)?;
        let signers = paper.signers(Signing::Revoked);
        if signers.iter().filter(|key| of.contains(**key) && !self.barred.contains(**key)).count() < usize::from(needed)
        {
            return Err(Rejection::RootsUnsigned);
        }
        self.barred.extend(list.keys.into_iter().map(|revoked| revoked.key));
        self.revoked = Some((list.version, sum));
        self.floor = self.floor.max(Some(list.made));
        Ok(())
    }

    /// Whether this bundle may be taken, by its papers alone, at this time; none where the clock is not believed.
    pub fn admit(&self, roots: &BundleRoots, paper: &Endorsed, now: Option<Wall>) -> Result<Admitted, Rejection> {
        let own = own_place(roots)?;
        let manifest = Manifest::read(&paper.text)?;
        debug_assert_eq!(manifest.format, FORMAT);
        let list = self.list().ok_or(Rejection::NoKeys)?;
        let asked = AskedSignatures {
            signing: Signing::Manifest,
            purposes: &manifest.purposes,
            scope: &manifest.scope,
            place: &manifest.place,
        };
        let by = self.signers(&list, asked, paper)?;
        if !manifest.scope.iter().any(|place| place.covers(&own)) {
            return Err(Rejection::OtherPlace(manifest.scope));
        }
        if let Some(purpose) = manifest.purposes.iter().find(|purpose| **purpose == Purpose::Software) {
            return Err(Rejection::NotHere(*purpose));
        }
        let sha256 = sha256(paper.text.as_bytes());
        let seen: Vec<&KeyMark> = by.iter().filter_map(|(key, _)| self.seen.get(key)).collect();
        let again = seen.iter().any(|seen| seen.sha256 == sha256);
        if let Some(newest) = seen.iter().filter(|seen| seen.sha256 != sha256).max_by_key(|seen| seen.version) {
            if newest.version > manifest.version {
                return Err(Rejection::Older(newest.version, manifest.version));
            }
            if newest.version == manifest.version {
                return Err(Rejection::TwiceNumbered(manifest.version));
            }
        }
        // What was taken before plays on, whatever the date.
        if !again {
            let floor = seen.iter().map(|seen| seen.made).chain(self.floor).max();
            let believed = now.map(UtcSecond::of);
            if let Some(now) = believed.max(floor) {
                in_time(&list, &by, now)?;
                if manifest.not_after < now {
                    return Err(Rejection::Expired(manifest.not_after, now));
                }
            }
        }
        Ok(Admitted { manifest, sha256, by, again })
    }

    /// Whether this paper says which alarms hold in `heard`, one of the places that this box listens to; `seen` is the
    /// newest such paper that it has had. When an alarm is over is each alarm's own affair.
    pub fn admit_alarms(
        &self,
        roots: &BundleRoots,
        paper: &Endorsed,
        heard: &Locality,
        now: Option<Wall>,
        seen: Option<&(u64, String)>,
    ) -> Result<AdmittedAlarms, Rejection> {
        own_place(roots)?;
        let alarms = AlarmPaper::read(&paper.text)?;
        let trusted = self.under(roots);
        let list = trusted.list().ok_or(Rejection::NoKeys)?;
        let purposes = BTreeSet::from([Purpose::Emergency]);
        let scope = std::slice::from_ref(&alarms.place);
        let asked = AskedSignatures { signing: Signing::Alarms, purposes: &purposes, scope, place: &alarms.place };
        let by = trusted.signers(&list, asked, paper)?;
        if alarms.place != *heard {
            return Err(Rejection::OtherPlace(vec![alarms.place]));
        }
        let sha256 = sha256(paper.text.as_bytes());
        match seen {
            Some((version, _)) if *version > alarms.version => {
                return Err(Rejection::Older(*version, alarms.version));
            }
            Some((version, known)) if *version == alarms.version && *known != sha256 => {
                return Err(Rejection::TwiceNumbered(alarms.version));
            }
            _ => {}
        }
        if let Some(now) = now.map(UtcSecond::of).max(trusted.floor) {
            in_time(&list, &by, now)?;
        }
        Ok(AdmittedAlarms { paper: alarms, sha256, by })
    }

    /// It is no earlier than this, whatever the clock says.
    pub const fn floor(&self) -> Option<UtcSecond> {
        self.floor
    }

    /// Those whose signatures count, if there are as many as each purpose needs.
    fn signers(
        &self,
        list: &KeyList,
        asked: AskedSignatures<'_>,
        paper: &Endorsed,
    ) -> Result<Vec<(PublicKey, String)>, Rejection> {
        let signers = paper.signers(asked.signing);
        if signers.is_empty() {
            return Err(Rejection::Unsigned);
        }
        let mut by: BTreeMap<PublicKey, String> = BTreeMap::new();
        // What is in the way of the first one that is no good, for when nobody is.
        let mut bad = None;
        for purpose in asked.purposes {
            let mut count = 0;
            for key in &signers {
                let known = list.find(key);
                let name = known.map_or_else(|| key.name(), |known| known.name.clone());
                let covered =
                    |place: &Locality| known.is_some_and(|known| known.scope.iter().any(|own| own.covers(place)));
                let fault = match known {
                    _ if self.barred.contains(*key) => Some(Rejection::RevokedKey(name.clone())),
                    None => Some(Rejection::UnknownKey(name.clone())),
                    Some(known) if !known.may.contains(purpose) => {
                        Some(Rejection::WrongPurpose(name.clone(), *purpose))
                    }
                    Some(_) if !asked.scope.iter().all(covered) => Some(Rejection::WrongScope(name.clone())),
                    // It takes away what the place has brought, so it must be allowed the place itself.
                    Some(_) if !covered(asked.place) => Some(Rejection::WrongScope(name.clone())),
                    Some(_) => None,
                };
                if fault.is_some() {
                    bad = bad.or(fault);
                } else {
                    count += 1;
                    by.insert((*key).clone(), name);
                }
            }
            let needed = list.needed_for(*purpose);
            if count < needed {
                return Err(bad.unwrap_or(Rejection::TooFew(*purpose, needed)));
            }
        }
        Ok(by.into_iter().collect())
    }

    /// Remember that it was taken.
    pub fn took(&mut self, admitted: &Admitted) {
        let Admitted { manifest, sha256, by, .. } = admitted;
        for (key, _) in by {
            let seen = KeyMark { version: manifest.version, sha256: sha256.clone(), made: manifest.made };
            self.seen.insert(key.clone(), seen);
        }
    }

    /// The list of keys that it goes by.
    pub fn list(&self) -> Option<KeyList> {
        KeyList::read(self.keys.as_ref()?).ok()
    }

    /// The highest number of each key.
    pub fn versions(&self) -> impl Iterator<Item = (&PublicKey, u64)> {
        self.seen.iter().map(|(key, seen)| (key, seen.version))
    }

    /// The roots it goes by now: of the newest list, else of `loa.toml`.
    fn roots(&self, roots: &BundleRoots) -> Result<(BTreeSet<PublicKey>, u8), Rejection> {
        if let Some(list) = self.list() {
            return Ok((list.roots.into_iter().collect(), list.needed));
        }
        let keys: Option<BTreeSet<PublicKey>> = roots.keys.iter().map(|key| PublicKey::read(key)).collect();
        Ok((keys.ok_or(Rejection::NoRoots)?, roots.needed))
    }
}

/// What signatures are asked for.
#[derive(Clone, Copy)]
struct AskedSignatures<'a> {
    signing: Signing,
    purposes: &'a BTreeSet<Purpose>,
    scope: &'a [Locality],
    place: &'a Locality,
}

/// Neither the list of keys nor one of these keys is past its end.
fn in_time(list: &KeyList, by: &[(PublicKey, String)], now: UtcSecond) -> Result<(), Rejection> {
    if list.not_after < now {
        return Err(Rejection::OldKeys(list.not_after));
    }
    let is_over = |key: &PublicKey| list.find(key).and_then(|key| key.not_after).is_some_and(|end| end < now);
    match by.iter().find(|(key, _)| is_over(key)) {
        Some((_, name)) => Err(Rejection::ExpiredKey(name.clone())),
        None => Ok(()),
    }
}

fn own_place(roots: &BundleRoots) -> Result<Locality, Rejection> {
    if roots.keys.is_empty() {
        return Err(Rejection::NoRoots);
    }
    Locality::read(&roots.place).ok_or(Rejection::NoRoots)
}
