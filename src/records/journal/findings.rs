//! What following the chains of a journal has found.

use std::collections::{BTreeMap, BTreeSet};

use super::times::Times;
use crate::diag::Text;

/// So many findings are told; a file with more is as well proved to be broken.
pub(super) const MAX_BREACHES: usize = 100;
/// Most airings under way at once: many times more than a station has zones.
pub(super) const MAX_OPEN: usize = 10_000;

/// What following both chains from end to end has shown.
#[derive(Clone, PartialEq, Debug)]
pub struct Verified {
    /// Entries there are.
    pub rows: u64,
    /// Hash of the last entry; 64 zeros where there is none. Kept elsewhere, it proves later that
    /// nothing up to here was cut off.
    pub head: String,
    /// Marks there are.
    pub marks: u64,
    /// What does not hold, in order; the first hundred.
    pub breaches: Vec<Breach>,
}

impl Verified {
    /// Nothing was found.
    pub fn is_sound(&self) -> bool {
        self.breaches.is_empty()
    }
}

/// One thing that does not hold.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Breach {
    /// The entry's number; 0 where it is not about one entry.
    pub seq: u64,
    /// What, and what it means.
    pub what: Text,
    /// A start has found it, written it down and gone on: it is told for good, and is nothing that a journal cannot go on with.
    pub is_told: bool,
    /// It is of what somebody has written down or printed, which does not fit; the journal itself may be whole.
    pub is_of_paper: bool,
}

impl Breach {
    /// Something that a row, or the whole file, shows.
    pub fn new(seq: u64, what: Text) -> Self {
        Self { seq, what, is_told: false, is_of_paper: false }
    }
}

/// What has been found so far.
#[derive(Default)]
pub(super) struct VerifyFindings {
    pub(super) breaches: Vec<Breach>,
    /// Airings whose intent has been seen and whose end has not: key to the intent's number.
    pub(super) under_way: BTreeMap<String, u64>,
    /// Entries that are found by their number in `meta`.
    pub(super) decided: BTreeSet<u64>,
    /// When the entries were written, so far; where that is looked at.
    pub(super) times: Option<Times>,
}

impl VerifyFindings {
    pub(super) fn add(&mut self, seq: u64, what: Text) {
        self.breaches.push(Breach::new(seq, what));
    }

    pub(super) fn is_full(&self) -> bool {
        self.breaches.len() >= MAX_BREACHES
    }
}
