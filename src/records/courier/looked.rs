use std::io::{self, Read};

use super::installer::unpacked;
use super::state::BundleState;
use super::underway::{finished, lock};
use super::{Delivery, Installer, Unfit};
use crate::bundle::{Admitted, Manifest, Parcel};

/// A bundle that was looked at, and not installed.
#[derive(Clone, PartialEq, Debug)]
pub struct Looked {
    /// Its papers as they were signed.
    pub admitted: Admitted,
}

/// Read what follows the papers to its end: whether it is what was signed.
pub fn through(manifest: &Manifest, mut parcel: Parcel<impl Read>) -> Result<(), Unfit> {
    for file in manifest.contents() {
        unpacked(parcel.take(file, &mut io::sink()))?;
    }
    Ok(parcel.end()?)
}

impl Installer<'_> {
    /// Whether this bundle would be taken by its papers; nothing is written.
    pub fn look(&self, from: impl Read) -> Result<Looked, Unfit> {
        let (freight, _) = Parcel::open(from)?;
        self.look_at(&freight)
    }

    /// The same, once every byte of it was read: what was changed on the way is changed, whether or not the station has that bundle.
    pub fn look_through(&self, from: impl Read) -> Result<Looked, Unfit> {
        let (freight, parcel) = Parcel::open(from)?;
        through(&Manifest::read(&freight.manifest.text)?, parcel)?;
        self.look_at(&freight)
    }

    fn look_at(&self, freight: &crate::bundle::Freight) -> Result<Looked, Unfit> {
        let state = BundleState::read(self.site)?;
        let trusted = state.trusted.learn(&self.station.bundle, &freight.keys, freight.revoked.as_ref())?;
        let admitted = trusted.admit(&self.station.bundle, &freight.manifest, self.time())?;
        Ok(Looked { admitted })
    }

    /// One that is not needed, since another of its sender was taken: none where it is whole; else it is told and remembered as refused.
    pub fn leave(&self, from: impl Read, file: &str) -> Result<Option<Delivery>, Unfit> {
        let lock = lock(self.site)?;
        let mut state = finished(self.site, &lock, self.steps)?;
        let mut delivery = self.unknown(file);
        match self.is_whole(from, &mut delivery) {
            Ok(()) => Ok(None),
            Err(why) => self.close(delivery, Err(why), &mut state).map(Some),
        }
    }

    fn is_whole(&self, from: impl Read, delivery: &mut Delivery) -> Result<(), Unfit> {
        let (freight, parcel) = Parcel::open(from)?;
        let manifest = Manifest::read(&freight.manifest.text)?;
        let admitted = self.look_at(&freight).map(|seen| seen.admitted);
        delivery.title.clone_from(&manifest.title);
        delivery.place = manifest.place.to_string();
        delivery.version = manifest.version;
        if let Ok(admitted) = admitted {
            delivery.signed_by = admitted.signed_by();
            delivery.sha256 = admitted.sha256;
        }
        through(&manifest, parcel)
    }
}
