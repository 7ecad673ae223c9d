use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Horn;
use super::ground::NewGround;
use crate::diag::{Text, system, text};
use crate::digest::sha256;
use crate::instant::Wall;
use crate::site::{self, Folder, Site};

/// So long a link is good: over a weekend, as one that lets a person in.
const GOOD_FOR: Duration = Duration::from_hours(72);

/// What stands in `state/`, with room for as many cards as a machine has.
const BYTES_MOST: u64 = 64 * 1024;

/// Letters and digits that are not taken for one another when they are typed.
const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";

/// Letters of a token, of 32 each: enough that nobody guesses one.
const LETTERS: usize = 26;

/// What lets somebody set this station up on the page, once, while it is unset. Of the token only its digest is kept,
/// where members of the group can read it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SetupLink {
    sha256: String,
    until: i64,
    /// Where the page listens meanwhile, and afterwards.
    pub listen: String,
    /// What this machine can play on, as the account that plays finds it: the page may not look.
    pub horns: Vec<Horn>,
}

/// Why no link could be made.
#[derive(Debug, thiserror::Error)]
pub enum SetupLinkError {
    /// The machine gives no random bytes.
    #[error("random: {0}")]
    Random(#[from] getrandom::Error),
    /// It cannot be written.
    #[error("state/setup.json: {0}")]
    File(#[from] std::io::Error),
}

impl SetupLinkError {
    /// What to tell a person.
    pub fn text(&self) -> Text {
        match self {
            Self::Random(error) => {
                text!("máy không cho số ngẫu nhiên: {error}", "the machine gives no random bytes: {error}")
            }
            Self::File(error) => {
                let Text { vi, en } = system(error);
                text!("không ghi được state/setup.json: {vi}", "state/setup.json cannot be written: {en}")
            }
        }
    }
}

impl SetupLink {
    /// A new one; older ones are void. Returns what stands in the link, and until when it is good.
    pub fn make(site: &Site, horns: Vec<Horn>, listen: String, now: Wall) -> Result<(String, Wall), SetupLinkError> {
        let mut bytes = [0u8; LETTERS];
        getrandom::fill(&mut bytes)?;
        let token: String = bytes.iter().map(|byte| char::from(ALPHABET[usize::from(byte % 32)])).collect();
        let until = now + GOOD_FOR;
        let link = Self { sha256: sha256(token.as_bytes()), until: until.timestamp().as_second(), listen, horns };
        let text = serde_json::to_vec(&link).map_err(std::io::Error::other)?;
        let ground = NewGround::lay(site, &["state"])?;
        site::replace(&site.setup(), &text)?;
        ground.keep();
        Ok((token, until))
    }

    /// The one there is, while it is good.
    pub fn open(site: &Site, now: Wall) -> Option<Self> {
        let read = site::read(&site.setup(), BYTES_MOST).ok()?;
        let link: Self = serde_json::from_slice(&read).ok()?;
        // A clock that was set back by years makes no link good for years.
        let left = link.until.checked_sub(now.timestamp().as_second())?;
        (left > 0 && left <= i64::try_from(GOOD_FOR.as_secs()).ok()?).then_some(link)
    }

    /// Whether this is what stands in it.
    pub fn is_opened_by(&self, token: &str) -> bool {
        // Digests are compared: how long that takes tells nothing of the token.
        sha256(token.as_bytes()) == self.sha256
    }

    /// It is used up.
    pub fn spend(site: &Site) -> std::io::Result<()> {
        Folder::open(site.state())?.remove("setup.json")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::disk::station::is_unset;

    #[test]
    fn a_link_that_cannot_be_made_leaves_nothing_behind_and_one_that_was_made_can_be_answered() {
        let dir = tempfile::tempdir().unwrap();
        let now = Wall::from_secs(1_796_100_000);
        let make = |site: &Site| SetupLink::make(site, Vec::new(), "127.0.0.1:8080".to_owned(), now);
        // Something of that name is in the way.
        let site = Site::new(dir.path().join("mot"));
        std::fs::create_dir(site.dir()).unwrap();
        std::fs::write(site.dir().join("state"), "").unwrap();
        assert!(make(&site).is_err());
        let left: Vec<_> = std::fs::read_dir(site.dir()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(left, ["state"]);
        // Cut off behind each directory: it is nothing, or waits to be set up, and the next try ends well.
        for there in [&[][..], &["schedules"], &["schedules", "audio"], &["schedules", "audio", "state"]] {
            let site = Site::new(dir.path().join(format!("hai-{}", there.len())));
            std::fs::create_dir(site.dir()).unwrap();
            for name in there {
                std::fs::create_dir(site.dir().join(name)).unwrap();
            }
            assert!(there.is_empty() || is_unset(site.dir()), "{there:?}");
            make(&site).unwrap();
            assert!(is_unset(site.dir()) && SetupLink::open(&site, now).is_some(), "{there:?}");
        }
    }

    #[test]
    fn a_link_is_good_for_three_days_for_its_token_alone_and_a_new_one_voids_it() {
        let dir = tempfile::tempdir().unwrap();
        let (site, now) = (Site::new(dir.path()), Wall::from_secs(1_796_100_000));
        assert_eq!(SetupLink::open(&site, now), None);
        let make = || SetupLink::make(&site, Vec::new(), "127.0.0.1:8080".to_owned(), now).unwrap();
        let (first, _) = make();
        let (second, until) = make();
        let link = SetupLink::open(&site, now).unwrap();
        assert!(link.is_opened_by(&second) && !link.is_opened_by(&first) && !link.is_opened_by(""));
        assert_eq!(SetupLink::open(&site, until), None, "it has ended");
        assert_eq!(SetupLink::open(&site, now - Duration::from_hours(24 * 365)), None, "the clock is wrong");
        let kept = std::fs::read_to_string(site.setup()).unwrap();
        assert!(!kept.contains(&second), "{kept}");
        SetupLink::spend(&site).unwrap();
        assert_eq!(SetupLink::open(&site, now), None);
        std::fs::write(site.setup(), "{").unwrap();
        assert_eq!(SetupLink::open(&site, now), None);
    }
}
