use std::sync::atomic::Ordering;

use super::authority::{encryption, known_time};
use super::centre::{CREDENTIALS_MOST, Unlinked, credentials};
use super::running::{CentreLink, Running};
use crate::diag::{Text, text};
use crate::digest::sha256;
use crate::site::{Folder, read};

/// `loa.toml` is a few kilobytes.
const STATION_MOST: u64 = 1 << 20;

/// What a session is begun with: `loa.toml`, the credentials, the authority. Known by its bytes: a box without a clock writes any time beside
/// a file. What cannot be read is none.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct LinkPapers {
    station: Option<String>,
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
    fn is_other(&self, begun: &Self) -> bool {
        self.station.is_some()
            && (self.station != begun.station || self.files.iter().all(Option::is_some) && self != begun)
    }
}

/// Whether a session can be begun with what lies there.
fn usable(link: &CentreLink) -> Result<(), Unlinked> {
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

impl Running<'_> {
    /// Wait until something else lies there than this session was begun with, whole and of use: looked at now and then, and whenever a connection is
    /// refused or lost. What is of no use ends no session that may be well.
    pub(super) async fn watch_papers(&self, begun: &LinkPapers) {
        let (mut hindered, mut up) = (self.centre.hindered(), self.centre.up());
        let mut seen = begun.clone();
        loop {
            tokio::select! {
                changed = hindered.changed() => if changed.is_err() { return },
                changed = up.changed() => if changed.is_err() { return },
                () = tokio::time::sleep(self.link.pace.again) => {}
            }
            // Minutes on an old card: whoever is connected hears an alarm meanwhile.
            if self.is_assembling.load(Ordering::Relaxed) {
                continue;
            }
            let now = LinkPapers::read(self.link);
            // The same twice: nobody is in the middle of copying it.
            let is_settled = now == seen;
            seen = now;
            if !is_settled || !seen.is_other(begun) {
                continue;
            }
            // Another `loa.toml` may name other files.
            let is_same_station = seen.station == begun.station;
            match if is_same_station { usable(self.link) } else { Ok(()) } {
                Ok(()) => {
                    self.say(&text!(
                        "giấy vào mạng, chứng nhận hay loa.toml đã đổi: nối về trung tâm lại bằng cái mới",
                        "the credentials, the certificate or loa.toml are others now: connecting to the centre anew with them"
                    ));
                    return;
                }
                Err(why) => {
                    let why = why.text();
                    if self.is_news("papers", &why) {
                        let Text { vi, en } = why;
                        self.say(&text!(
                            "tệp mới của đường về trung tâm chưa dùng được, vẫn nối bằng cái cũ: {vi}",
                            "what is new for the link to the centre cannot be used, it goes on with what it has: {en}"
                        ));
                    }
                }
            }
        }
    }
}
