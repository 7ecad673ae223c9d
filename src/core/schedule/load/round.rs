//! One reading of `schedules/`, held against what was read before: which texts need no second look, which files were
//! there, and which of several keeps an id.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::{Good, Loaded};
use crate::diag::{Diagnostic, SourceFile};
use crate::schedule::{FilePart, Reading, check_file};
use crate::station::Station;

/// One text of a file, and what checking it found.
#[derive(PartialEq, Debug)]
pub(super) struct Checked {
    pub(super) part: FilePart,
    pub(super) found: Vec<Diagnostic>,
    pub(super) reading: Reading,
}

/// What one reading of the directory goes by.
pub(super) struct Round<'a> {
    pub(super) station: &'a Station,
    pub(super) reading: Reading,
    pub(super) held: &'a Good,
    pub(super) before: &'a Loaded,
}

impl Round<'_> {
    pub(super) fn check(&self, source: &SourceFile) -> Arc<Checked> {
        let same = |known: &&Arc<Checked>| known.reading == self.reading && known.part.source() == source;
        if let Some(known) = self.before.checked.iter().find(same) {
            return Arc::clone(known);
        }
        let (part, found) = check_file(source, self.station, self.reading);
        Arc::new(Checked { part, found, reading: self.reading })
    }

    /// The file was there before.
    pub(super) fn knows(&self, relative: &str) -> bool {
        self.held.files.iter().any(|source| source.path == relative)
    }

    /// Nothing stands in the file, and something did.
    pub(super) fn was_emptied(&self, part: &FilePart) -> bool {
        let mut held = self.held.files.iter().filter(|source| source.path == part.path());
        part.is_blank()
            && (self.held.lost.contains(part.path()) || held.any(|source| self.check(source).part.decides()))
    }

    /// Which of the files `among` keeps an id: the one whose broadcast is on the air, else the first.
    pub(super) fn owner<'p>(&self, id: &str, among: &[&'p str]) -> Option<&'p str> {
        let is_among = |path: &str| among.iter().copied().find(|one| *one == path);
        let on_air = self.before.schedule.broadcasts.iter().find(|broadcast| broadcast.id == id);
        if let Some(path) = on_air.and_then(|broadcast| is_among(&broadcast.place()?.file)) {
            return Some(path);
        }
        if let Some(path) = self.held.owners.get(id).and_then(|path| is_among(path)) {
            return Some(path);
        }
        let held = self.held.files.iter().filter(|source| is_among(&source.path).is_some());
        let mut had = held.filter(|source| {
            // A text that does not hold the id's letters does not hold the id.
            source.text.contains(id) && self.check(source).part.broadcasts.iter().any(|one| one.broadcast.id == id)
        });
        had.next().and_then(|source| is_among(&source.path)).or_else(|| among.first().copied())
    }
}

/// Ids that stand in several of the files, and the file that keeps each.
pub(super) fn owners(used: &[&FilePart], round: &Round<'_>) -> BTreeMap<String, String> {
    let mut files: HashMap<&str, Vec<&str>> = HashMap::new();
    for part in used {
        for written in &part.broadcasts {
            let among = files.entry(&written.broadcast.id).or_default();
            if among.last() != Some(&part.path()) {
                among.push(part.path());
            }
        }
    }
    let contested = files.into_iter().filter(|(_, among)| among.len() > 1);
    let owner = |(id, among): (&str, Vec<&str>)| Some((id.to_owned(), round.owner(id, &among)?.to_owned()));
    contested.filter_map(owner).collect()
}
