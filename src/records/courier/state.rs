use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::steps::Steps;
use super::{BundleFate, Delivery, Unfit};
use crate::bundle::{Locality, Trusted, UtcSecond};
use crate::edit::WholeFiles;
use crate::site::{Site, read, replace};

/// The papers of the roots, the names of five thousand files, and what is under way.
const STATE_MOST: u64 = 64 << 20;
/// So many deliveries are remembered: two years of one a week.
const DELIVERIES_MOST: usize = 100;

/// What the station remembers of bundles: `state/bundle.json`.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct BundleState {
    /// Whom it believes, and the highest number of each key.
    #[serde(default)]
    pub trusted: Trusted,
    /// By sender, the bundle that it goes by.
    #[serde(default)]
    pub held: BTreeMap<Locality, HeldBundle>,
    /// What came, the newest first.
    #[serde(default)]
    pub deliveries: Vec<Delivery>,
    /// What the journal has not been told yet, the oldest first.
    #[serde(default)]
    pub(super) unnoted: Vec<Delivery>,
    /// The number of the report that was given to a courier last.
    #[serde(default)]
    pub report: u64,
    /// The one that is being installed.
    #[serde(default)]
    pub(super) underway: Option<Underway>,
}

/// A bundle that is in its place.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct HeldBundle {
    /// What people call it.
    pub title: String,
    /// Its number.
    pub version: u64,
    /// Of its list of files, as it was signed.
    pub sha256: String,
    /// Whose signatures are on it.
    pub signed_by: String,
    /// When it was made.
    pub made: UtcSecond,
    /// Until when it could be taken.
    #[serde(default)]
    pub not_after: Option<UtcSecond>,
    /// When it was installed, by the station's clock.
    pub at: UtcSecond,
    /// Its files by path, with the SHA-256 of their bytes.
    pub files: BTreeMap<String, String>,
}

/// What has to be done yet, whatever happens: written down once all of it lies on the disk.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub(super) struct Underway {
    pub(super) place: Locality,
    pub(super) held: HeldBundle,
    pub(super) trusted: Trusted,
    /// The schedules, whole.
    pub(super) schedules: WholeFiles,
    /// Sounds that wait beside their places: name and SHA-256.
    pub(super) sounds: Vec<(String, String)>,
    /// Sounds that nobody wants any more: name, and the SHA-256 that they must have to go.
    pub(super) gone: Vec<(String, String)>,
    /// What to tell of it.
    pub(super) delivery: Delivery,
}

impl BundleState {
    /// As it lies on the disk; nothing yet where there is no such file.
    pub fn read(site: &Site) -> Result<Self, Unfit> {
        match read(&site.bundle(), STATE_MOST) {
            Ok(bytes) => serde_json::from_slice(&bytes).map_err(|_| Unfit::State),
            Err(refused) if refused.is_absent() => Ok(Self::default()),
            Err(refused) => Err(Unfit::Disk(refused.into())),
        }
    }

    /// Write it down.
    pub(super) fn write(&self, site: &Site, steps: &Steps<'_>) -> Result<(), Unfit> {
        steps("state/bundle.json")?;
        let text = serde_json::to_vec(self).map_err(std::io::Error::from)?;
        Ok(replace(&site.bundle(), &text)?)
    }

    /// Remember what came of one.
    pub(super) fn told(&mut self, delivery: Delivery) {
        // The stick that stays in its place, or comes every week, is told once.
        let is_known = |known: &Delivery| {
            (&known.sha256, &known.file, known.fate, &known.code)
                == (&delivery.sha256, &delivery.file, delivery.fate, &delivery.code)
        };
        if !self.deliveries.iter().any(is_known) && delivery.fate != BundleFate::Again {
            self.unnoted.push(delivery.clone());
            let over = self.unnoted.len().saturating_sub(DELIVERIES_MOST);
            self.unnoted.drain(..over);
        }
        self.deliveries.retain(|known| !is_known(known));
        self.deliveries.insert(0, delivery);
        self.deliveries.truncate(DELIVERIES_MOST);
    }

    /// Whether one is under way that the next start finishes.
    pub const fn is_underway(&self) -> bool {
        self.underway.is_some()
    }
}
