use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::period::Period;
use crate::instant::Wall;
use crate::site::{self, Folder, OWN_DIR_MODE, ReadRefused, Site};

/// So many periods are remembered: fifty years of weeks and months, in some 200 KB.
const MOST: usize = 3_300;
/// As many of some sixty bytes, with room.
const BYTES_MOST: u64 = 1 << 20;

/// How often each book was printed: `state/prints.json`, so that a second print says that it is one. Whoever makes
/// papers writes it, the page and the command line. It is a help for honest people and no evidence: that is what the
/// journal's code on the paper is for.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Prints {
    /// By the code of the period.
    prints: BTreeMap<String, Printed>,
}

/// How often a period was printed, and when last, in seconds since 1970.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
struct Printed {
    times: u32,
    last: i64,
}

impl Prints {
    /// As they are remembered; none where nothing is, or nothing that can be read.
    pub fn read(site: &Site) -> Self {
        let text = site::read(&site.prints(), BYTES_MOST).ok();
        text.and_then(|text| serde_json::from_slice(&text).ok()).unwrap_or_default()
    }

    /// How often `period` was printed.
    pub fn of(&self, period: Period) -> u32 {
        self.prints.get(&period.code()).map_or(0, |printed| printed.times)
    }

    /// One more print of `period`: the how manieth it is. `Err` where that could not be written down; the number is
    /// right all the same, this once.
    pub fn one_more(site: &Site, period: Period, now: Wall) -> Result<u32, (u32, ReadRefused)> {
        let path = site.prints();
        let lock = path.parent().map(|folder| Folder::make(folder, OWN_DIR_MODE));
        // Two who print at once are two prints.
        let _held = lock.and_then(Result::ok).and_then(|folder| folder.lock("prints.lock", WAIT).ok());
        let mut prints = Self::read(site);
        let printed = prints.prints.entry(period.code()).or_default();
        *printed = Printed { times: printed.times.saturating_add(1), last: now.nanos().div_euclid(1_000_000_000) };
        let times = printed.times;
        while prints.prints.len() > MOST {
            prints.prints.pop_first();
        }
        let text = serde_json::to_vec(&prints).unwrap_or_default();
        site::replace(&path, &text).map_err(|error| (times, error.into())).map(|()| times)
    }
}

/// Whoever holds it writes a few kilobytes.
const WAIT: std::time::Duration = std::time::Duration::from_secs(2);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_are_counted_by_period_and_what_is_broken_counts_anew() {
        let dir = tempfile::tempdir().unwrap();
        let site = Site::new(dir.path());
        let (week, month) = (Period::of_code("2026-W49").unwrap(), Period::of_code("2026-12").unwrap());
        let now = Wall::from_secs(1_796_000_000);
        assert_eq!(Prints::read(&site).of(week), 0);
        for times in 1..=3 {
            assert_eq!(Prints::one_more(&site, week, now).unwrap(), times);
        }
        assert_eq!(Prints::one_more(&site, month, now).unwrap(), 1);
        assert_eq!((Prints::read(&site).of(week), Prints::read(&site).of(month)), (3, 1));
        std::fs::write(site.prints(), "{").unwrap();
        assert_eq!(Prints::one_more(&site, week, now).unwrap(), 1);
    }
}
