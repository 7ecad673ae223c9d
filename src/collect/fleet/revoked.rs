//! Keys that were revoked, in a file of its own: an older `fleet.json` that is put back takes no revocation back.

use std::collections::BTreeMap;
use std::path::Path;

use loa_core::diag::text;
use loa_core::signature::UtcSecond;
use loa_site::Folder;
use serde::{Deserialize, Serialize};

use super::FleetError;
use super::authority::write;

const FILE: &str = "revoked.json";
/// A hundred thousand keys.
const FILE_MOST: u64 = 16 << 20;
const MODE: u32 = 0o600;

/// Every key that was ever revoked, with since when. It only grows.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub(super) struct RevokedKeys(BTreeMap<String, UtcSecond>);

impl RevokedKeys {
    pub(super) const fn of(keys: BTreeMap<String, UtcSecond>) -> Self {
        Self(keys)
    }

    /// As it lies in `dir`; empty where nothing was revoked yet.
    pub(super) fn read(dir: &Path) -> Result<Self, FleetError> {
        match loa_site::read(&dir.join(FILE), FILE_MOST) {
            Ok(bytes) => serde_json::from_slice(&bytes).map_err(|_| {
                let why = text!("nội dung không đúng dạng", "what stands in it has another form");
                FleetError::File(FILE.to_owned(), why)
            }),
            Err(why) if why.is_absent() => Ok(Self::default()),
            Err(why) => Err(FleetError::unread(FILE, &why)),
        }
    }

    /// Together with others; of two times the later one counts.
    pub(super) fn with(&self, others: &BTreeMap<String, UtcSecond>) -> BTreeMap<String, UtcSecond> {
        let mut all = self.0.clone();
        for (key, since) in others {
            let known = all.entry(key.clone()).or_insert(*since);
            *known = (*known).max(*since);
        }
        all
    }

    /// Be these, on the disk too.
    pub(super) fn replace(&mut self, keys: BTreeMap<String, UtcSecond>, folder: &Folder) -> Result<(), FleetError> {
        if self.0 == keys {
            return Ok(());
        }
        let text = serde_json::to_string_pretty(&keys).unwrap_or_default();
        write(folder, FILE, &(text + "\n"), MODE)?;
        self.0 = keys;
        Ok(())
    }
}
