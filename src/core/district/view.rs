use std::collections::BTreeMap;

use super::facts::FleetBox;
use super::judged::{JudgedBox, NewestBundles};
use super::show::{FleetShow, FleetShown};
use crate::instant::Wall;

/// All boxes of a fleet at one moment, the worst first.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FleetView {
    /// When.
    pub now: Wall,
    /// Each of them.
    pub boxes: Vec<JudgedBox>,
}

/// The numbers of the first sentence.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct FleetCounts {
    /// Places.
    pub all: usize,
    /// Heard within ten minutes.
    pub lately: usize,
    /// Not heard by when they should have been.
    pub late: usize,
    /// Something will be silent at the next session.
    pub silent: usize,
}

impl FleetView {
    /// Judge all of them. `wanted` is what the centre has sent, where it knows; what any box goes by counts as well: who has less than
    /// another under the same sender is behind.
    pub fn judge(facts: Vec<FleetBox>, wanted: &NewestBundles, now: Wall) -> Self {
        let mut newest: NewestBundles = wanted.clone();
        for (sender, version) in facts.iter().flat_map(|facts| &facts.bundles) {
            let known = newest.entry(sender.clone()).or_default();
            *known = (*known).max(*version);
        }
        let mut boxes: Vec<JudgedBox> = facts.into_iter().map(|facts| JudgedBox::judge(facts, &newest, now)).collect();
        boxes.sort_by_cached_key(JudgedBox::rank);
        Self { now, boxes }
    }

    /// So many each.
    pub fn counts(&self) -> FleetCounts {
        let count = |show: FleetShow| self.boxes.iter().filter(|own| show.has(own, self.now)).count();
        FleetCounts {
            all: self.boxes.len(),
            lately: count(FleetShow::Lately),
            late: count(FleetShow::Late),
            silent: count(FleetShow::Silent),
        }
    }

    /// Those that are asked for, the worst first.
    pub fn shown<'v>(&'v self, shown: &'v FleetShown) -> impl Iterator<Item = &'v JudgedBox> {
        self.boxes.iter().filter(|own| shown.has(own, self.now))
    }

    /// By commune, in the order of places; in each the boxes in that order too.
    pub fn communes(&self) -> BTreeMap<crate::signature::Locality, Vec<&JudgedBox>> {
        let mut communes: BTreeMap<_, Vec<&JudgedBox>> = BTreeMap::new();
        for own in &self.boxes {
            communes.entry(super::commune(&own.facts.place)).or_default().push(own);
        }
        for boxes in communes.values_mut() {
            boxes.sort_by(|one, other| one.facts.place.cmp(&other.facts.place));
        }
        communes
    }
}
