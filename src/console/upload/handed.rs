//! Who handed in what: a list beside the uploads, newest last, by the digest of what was handed in, so that nobody is
//! named for a file that was put there by hand since.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::Uploads;
use crate::audio::name::same_stem;
use crate::report::Handler;
use crate::site::{Folder, Site};

/// Some years of a commune's recordings.
const MOST: usize = 2_000;

/// As many of some hundred bytes.
const BYTES_MOST: u64 = 2 << 20;

const FILE: &str = "handed.json";

/// Somebody handed a sound in.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(crate) struct Handed {
    /// Its name in `audio/`.
    pub(crate) file: String,
    /// Of its bytes.
    pub(crate) sha256: String,
    /// His number.
    pub(crate) by: i64,
    /// As people call him.
    pub(crate) person: String,
    /// What the token was for by which a program did it; empty where he did it himself.
    #[serde(default)]
    pub(crate) token: String,
    /// In seconds since 1970.
    pub(crate) at: i64,
    /// A machine has read it.
    pub(crate) spoken: bool,
}

impl Uploads {
    /// Everything that was handed in.
    pub(crate) fn handed(&self) -> Vec<Handed> {
        handed(&self.dir)
    }

    /// Who put these bytes there under this name: whoever hands in a copy of them later, or under another name, did not.
    /// Once something else was handed in between, he did who brought them back.
    pub(crate) fn handed_in(&self, file: &str, sha256: &str) -> Option<Handed> {
        let of_name = self.handed().into_iter().rev().filter(|one| same_stem(&one.file, file));
        let since = of_name.skip_while(|one| one.sha256 != sha256);
        since.take_while(|one| one.sha256 == sha256).last()
    }

    /// Write down that somebody handed a sound in. Where that fails, the sound is in its place all the same.
    pub(super) fn was_handed_in(&self, one: Handed) {
        let mut all = self.handed();
        all.push(one);
        let from = all.len().saturating_sub(MOST);
        if let (Ok(text), Ok(folder)) = (serde_json::to_vec(&all[from..]), Folder::open(&self.dir)) {
            let _ = folder.replace(FILE, &text);
        }
    }
}

fn handed(dir: &Path) -> Vec<Handed> {
    let text = Folder::open(dir).ok().and_then(|folder| folder.read(FILE, BYTES_MOST).ok());
    text.and_then(|text| serde_json::from_slice(&text).ok()).unwrap_or_default()
}

/// Who handed in the sound of each digest, first, for the book; nobody where this account may not read what the page keeps.
pub fn handlers(site: &Site) -> BTreeMap<String, Handler> {
    let newest_first = handed(&site.uploads()).into_iter().rev();
    newest_first.map(|one| (one.sha256, Handler { person: one.person, spoken: one.spoken })).collect()
}
