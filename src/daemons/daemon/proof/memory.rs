use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::earshot::LearntLag;
use crate::site::{self, Site};

/// A line for each zone; more is none of ours.
const READ_MOST: u64 = 256 * 1_024;

/// What the microphones have learnt of the horns, in `state/proof.json`: where it is lost, it is learnt again.
#[derive(Debug)]
pub(super) struct ProofMemory {
    path: PathBuf,
    zones: BTreeMap<String, Learnt>,
}

/// What is known of one zone, and from which input.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
struct Learnt {
    input: String,
    lag_ms: f32,
    gain_db: f32,
}

impl ProofMemory {
    /// What is there; nothing where it cannot be read.
    pub(super) fn read(site: &Site) -> Self {
        let path = site.proof();
        let zones = site::read(&path, READ_MOST).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
        Self { path, zones: zones.unwrap_or_default() }
    }

    /// What this input has learnt of this zone.
    pub(super) fn learnt(&self, zone: &str, input: &str) -> Option<LearntLag> {
        let learnt = self.zones.get(zone).filter(|learnt| learnt.input == input)?;
        let is_sane = learnt.lag_ms.is_finite() && learnt.gain_db.is_finite();
        is_sane.then_some(LearntLag { lag_ms: learnt.lag_ms, gain_db: learnt.gain_db })
    }

    /// It has learnt it. A disk that cannot keep it costs it at the next start only.
    pub(super) fn learn(&mut self, zone: &str, input: &str, learnt: LearntLag) {
        let LearntLag { lag_ms, gain_db } = learnt;
        self.zones.insert(zone.to_owned(), Learnt { input: input.to_owned(), lag_ms, gain_db });
        if let Ok(text) = serde_json::to_vec_pretty(&self.zones) {
            let _ = site::replace(&self.path, &text);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_one_input_has_learnt_stays_and_is_no_other_inputs() {
        let dir = tempfile::tempdir().unwrap();
        let site = Site::new(dir.path());
        site::make_dir(&site.state()).unwrap();
        let way = LearntLag { lag_ms: 133.5, gain_db: -41.0 };
        ProofMemory::read(&site).learn("thon-1", "san-xa", way);
        let again = ProofMemory::read(&site);
        assert_eq!(again.learnt("thon-1", "san-xa"), Some(way));
        assert_eq!(again.learnt("thon-1", "nha-van-hoa"), None);
        site::replace(&site.proof(), b"{\"thon-1\": 3").unwrap();
        assert_eq!(ProofMemory::read(&site).learnt("thon-1", "san-xa"), None);
    }
}
