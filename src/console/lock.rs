use std::path::Path;
use std::time::Duration;

use crate::clock::Clock;
use crate::diag::{Text, text};
use crate::site::{Folder, Holder, Lock, OWN_DIR_MODE, Site, Unlocked};

/// Beside what the page keeps of people and alarms: who has it is the station's page.
const NAME: &str = "console.lock";

/// So long a page waits for one that is just ending.
const ENDING_MOST: Duration = Duration::from_secs(2);

/// How often a page that waits for its turn looks again.
const AGAIN: Duration = Duration::from_secs(1);

/// Held while a page of a station runs: two would write over each other what they keep of alarms.
#[derive(Debug)]
pub struct PageLock {
    /// None where no lock can be made, as on a full disk: nobody is kept out by that.
    _file: Option<Lock>,
}

/// Another page of this station runs; which process, where that can be seen.
#[derive(Debug)]
pub struct PageRuns(Option<Holder>);

impl PageLock {
    /// Take it, or say who has it.
    pub fn take(site: &Site) -> Result<Self, PageRuns> {
        Self::within(site, ENDING_MOST)
    }

    /// Take it once nobody else has it, however long that is; `tell` is told of it once where it has to wait.
    pub fn wait(site: &Site, clock: &dyn Clock, tell: impl FnOnce(&PageRuns)) -> Self {
        let (mut tell, mut most) = (Some(tell), ENDING_MOST);
        loop {
            match Self::within(site, most) {
                Ok(lock) => return lock,
                Err(other) => {
                    if let Some(tell) = tell.take() {
                        tell(&other);
                    }
                    most = Duration::ZERO;
                    clock.wait(AGAIN);
                }
            }
        }
    }

    fn within(site: &Site, most: Duration) -> Result<Self, PageRuns> {
        let people = site.people();
        let folder = Folder::make(people.parent().unwrap_or(Path::new(".")), OWN_DIR_MODE);
        match folder.map_err(Unlocked::Io).and_then(|folder| folder.lock(NAME, most)) {
            Ok(lock) => Ok(Self { _file: Some(lock) }),
            Err(Unlocked::Held(holder)) => Err(PageRuns(holder)),
            Err(Unlocked::Io(_)) => Ok(Self { _file: None }),
        }
    }
}

impl PageRuns {
    /// What to tell a person.
    pub fn text(&self) -> Text {
        match &self.0 {
            None => text!(
                "trang của đài này đang chạy rồi: mở trang ấy, hoặc dừng tiến trình kia trước khi mở trang khác",
                "the page of this station runs already: open that one, or end the other process first"
            ),
            Some(holder) => {
                let Text { vi, en } = holder.text();
                text!(
                    "trang của đài này đang chạy rồi, là {vi}: mở trang ấy, hoặc dừng tiến trình ấy trước khi mở trang khác",
                    "the page of this station runs already, {en}: open that one, or end that process first"
                )
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_station_has_one_page_at_a_time() {
        let dir = tempfile::tempdir().unwrap();
        let site = Site::new(dir.path());
        let first = PageLock::take(&site).unwrap();
        let second = PageLock::within(&site, Duration::ZERO).unwrap_err();
        assert!(second.text().en.contains("runs already"), "{second:?}");
        drop(first);
        PageLock::within(&site, Duration::ZERO).unwrap();
    }
}
