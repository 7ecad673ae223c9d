use super::authority::{encryption, known_time};
use super::centre::{CREDENTIALS_MOST, Unlinked, credentials};
use super::centre_link::CentreLink;
use crate::digest::sha256;
use crate::site::{Folder, read};

/// `loa.toml` is a few kilobytes.
const STATION_MOST: u64 = 1 << 20;

/// What a session is begun with: `loa.toml`, the credentials, the authority. Known by its bytes: a box without a clock writes any time beside
/// a file. What cannot be read is none.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct LinkPapers {
    pub(super) station: Option<String>,
    files: Vec<Option<String>>,
}

impl LinkPapers {
    /// As they lie on the disk.
    pub(super) fn read(link: &CentreLink) -> Self {
        let dir = link.site.dir();
        // An administrator may keep it elsewhere and link it here.
        let station = Folder::open(dir).ok().and_then(|top| top.read_trusted_link("loa.toml", STATION_MOST).ok());
        let own = |bytes: Vec<u8>| sha256(&bytes);
        let files = link.station.link.files().map(|file| read(&dir.join(file), CREDENTIALS_MOST).ok().map(own));
        Self { station: station.map(own), files: files.collect() }
    }

    /// Whether something else lies there than `begun`, and nothing is missing of it: who puts a new one there may have taken the old one away
    /// first.
    pub(super) fn is_other(&self, begun: &Self) -> bool {
        self.station.is_some()
            && (self.station != begun.station || self.files.iter().all(Option::is_some) && self != begun)
    }
}

/// Whether a session can be begun with what lies there.
pub(super) fn usable(link: &CentreLink) -> Result<(), Unlinked> {
    let (dir, settings) = (link.site.dir(), &link.station.link);
    credentials(&dir.join(&settings.credentials))?;
    if let Some(ca) = &settings.ca {
        let ca = dir.join(ca);
        let path = ca.display().to_string();
        let pem = read(&ca, CREDENTIALS_MOST).map_err(|why| Unlinked::Authority(path.clone(), why))?;
        encryption(&pem, known_time(link)).ok_or(Unlinked::NoAuthority(path))?;
    }
    Ok(())
}
