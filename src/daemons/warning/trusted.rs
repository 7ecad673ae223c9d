use std::path::Path;

use crate::cap::{CapKey, CapTrust};
use crate::diag::{Text, shown, text};
use crate::site::{Site, read};
use crate::station::{CapKeySource, CapSettings};

/// A public key in PEM, and what people write around it.
const KEY_MOST: u64 = 64 * 1024;

/// A sender whose key cannot be used: he does not count.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UnusableKey {
    /// His id.
    pub sender: String,
    /// Why, with the cure.
    pub why: Text,
}

/// Those whose alarms count here, and those whose key cannot be used.
pub fn trusted(site: &Site, settings: &CapSettings) -> (CapTrust, Vec<UnusableKey>) {
    let (mut senders, mut unusable) = (Vec::new(), Vec::new());
    for sender in &settings.senders {
        let key = match &sender.key {
            CapKeySource::Written(pem) => CapKey::from_pem(pem).map_err(|why| (None, why.text())),
            CapKeySource::File(path) => in_file(site, path),
        };
        match key {
            Ok(key) => senders.push((sender.clone(), key)),
            Err((path, Text { vi, en })) => {
                let id = shown(&sender.id);
                let (vi_path, en_path) =
                    path.map_or_else(Default::default, |path| (format!(" ({path})"), format!(" ({path})")));
                unusable.push(UnusableKey {
                    sender: sender.id.clone(),
                    why: text!(
                        "khóa của nơi gửi «{id}»{vi_path} không dùng được: {vi}",
                        "the key of the sender \"{id}\"{en_path} cannot be used: {en}"
                    ),
                });
            }
        }
    }
    (CapTrust::new(senders), unusable)
}

fn in_file(site: &Site, path: &Path) -> Result<CapKey, (Option<String>, Text)> {
    let named = Some(shown(&path.display().to_string()));
    let whole = site.dir().join(path);
    let bytes = read(&whole, KEY_MOST).map_err(|why| (named.clone(), why.text()))?;
    CapKey::from_pem(&String::from_utf8_lossy(&bytes)).map_err(|why| (named, why.text()))
}
