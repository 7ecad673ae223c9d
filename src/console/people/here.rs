use std::collections::HashMap;
use std::time::Duration;

use crate::instant::{Mono, Wall};

/// So long a phone stays logged in without being used.
pub(crate) const SESSION_MOST: Duration = Duration::from_hours(30 * 24);

/// Phones that are remembered: a commune's, several times.
const PHONES_MOST: usize = 4_096;

/// Phones that the disk had no room for, at once.
const UNWRITTEN_MOST: usize = 256;

/// What this run of the page knows of phones beside what is written down: that one was in use a moment ago, whatever the
/// clock has been set to since; and those that a full disk had no room for. By the hash of the session's token.
#[derive(Debug, Default)]
pub(super) struct Here(HashMap<[u8; 32], Kept>);

#[derive(Debug, Default)]
struct Kept {
    used: Option<Mono>,
    sure: Option<Wall>,
    unwritten: Option<Unwritten>,
}

/// A session that could not be written: it ends with the page.
#[derive(Clone, Debug)]
pub(super) struct Unwritten {
    pub(super) person: i64,
    pub(super) agent: String,
    pub(super) address: String,
    pub(super) made: Wall,
}

impl Here {
    /// It is in use.
    pub(super) fn used(&mut self, hash: [u8; 32], now: Mono) {
        if self.0.len() >= PHONES_MOST && !self.0.contains_key(&hash) {
            self.0.retain(|_, kept| kept.unwritten.is_some());
        }
        self.0.entry(hash).or_default().used = Some(now);
    }

    /// Whether it was in use lately, by the clock that nobody sets.
    pub(super) fn was_used(&self, hash: &[u8; 32], now: Mono) -> bool {
        self.0.get(hash).and_then(|kept| kept.used).is_some_and(|used| now.after(used) < SESSION_MOST)
    }

    /// The password was typed, and that could not be written.
    pub(super) fn sure(&mut self, hash: [u8; 32], at: Wall) {
        self.0.entry(hash).or_default().sure = Some(at);
    }

    /// When, where that is known here only.
    pub(super) fn when_sure(&self, hash: &[u8; 32]) -> Option<Wall> {
        self.0.get(hash)?.sure
    }

    /// Keep one that cannot be written. `false` where there are too many.
    pub(super) fn keep(&mut self, hash: [u8; 32], one: Unwritten) -> bool {
        if self.0.values().filter(|kept| kept.unwritten.is_some()).count() >= UNWRITTEN_MOST {
            return false;
        }
        let sure = Some(one.made);
        self.0.insert(hash, Kept { used: None, sure, unwritten: Some(one) });
        true
    }

    /// One that is not written.
    pub(super) fn unwritten(&self, hash: &[u8; 32]) -> Option<&Unwritten> {
        self.0.get(hash)?.unwritten.as_ref()
    }

    /// All of a person that are not written.
    pub(super) fn of(&self, person: i64) -> impl Iterator<Item = (&[u8; 32], &Unwritten)> {
        let all = self.0.iter().filter_map(|(hash, kept)| Some((hash, kept.unwritten.as_ref()?)));
        all.filter(move |(_, one)| one.person == person)
    }

    /// It is logged out.
    pub(super) fn forget(&mut self, is_meant: impl Fn(&[u8; 32]) -> bool) {
        self.0.retain(|hash, _| !is_meant(hash));
    }
}
