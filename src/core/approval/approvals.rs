use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{ApprovalDigest, Decision, Said};
use crate::schedule::{Broadcast, Class};
use crate::station::{Approval, Station};

/// The newest decision on each broadcast: it alone counts. An older approval is never in force again, whatever the files
/// say; and where nobody has said what was approved, nothing was.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Approvals {
    newest: BTreeMap<String, Arc<Decision>>,
    /// The last approval of each, whatever was decided since.
    approved: BTreeMap<String, Arc<Decision>>,
    /// Decided on in a journal that is another now: none of that counts.
    void: BTreeSet<String>,
    /// All counts as approved: what would play once it is.
    assumed: bool,
    /// What was found before the schedule was cut to a part of the station.
    pinned: BTreeMap<String, Clearance>,
}

/// Whether a broadcast may sound.
#[derive(Clone, PartialEq, Debug, Default)]
pub enum Clearance {
    /// Nobody has to let it.
    #[default]
    Free,
    /// Somebody has.
    Approved(Arc<Decision>),
    /// Nobody has, as it is now, and it sounds all the same: it is an emergency.
    Waived(Lack),
    /// Nobody has, as it is now.
    Lacking(Lack),
}

/// Why what was decided does not let a broadcast sound as it is now.
#[derive(Clone, PartialEq, Debug)]
pub enum Lack {
    /// Nothing was decided.
    Never,
    /// What was decided stood in a journal that is another now.
    Void,
    /// It says something else since.
    Changed(Arc<Decision>),
    /// It says the same, and plays other sounds since.
    Sound(Arc<Decision>),
    /// It was returned as it is.
    Returned(Arc<Decision>),
}

impl Approvals {
    /// What would be if everything were approved: for whoever asks what would play then.
    pub fn assumed() -> Self {
        Self { assumed: true, ..Self::default() }
    }

    /// A decision, where none that is newer is known.
    pub fn add(&mut self, broadcast: &str, decision: Decision) {
        let decision = Arc::new(decision);
        let places = [Some(&mut self.newest), Some(&mut self.approved).filter(|_| decision.is_approval())];
        for newest in places.into_iter().flatten() {
            match newest.get(broadcast) {
                Some(known) if known.row > decision.row => {}
                _ => drop(newest.insert(broadcast.to_owned(), Arc::clone(&decision))),
            }
        }
    }

    /// What was decided on a broadcast counts no more, unless something is decided since.
    pub fn void(&mut self, broadcast: &str) {
        self.void.insert(broadcast.to_owned());
    }

    /// The same for a part of the station, in which each broadcast means less than it does: it stands as it did in the whole.
    #[must_use]
    pub fn pinned(&self, standings: impl Iterator<Item = (String, Clearance)>) -> Self {
        Self { pinned: standings.collect(), ..self.clone() }
    }

    /// Decisions that were taken after all that are known.
    pub fn add_all(&mut self, later: &Self) {
        let both = [(&mut self.newest, &later.newest), (&mut self.approved, &later.approved)];
        self.void.extend(later.void.iter().cloned());
        for (known, later) in both {
            known.extend(later.iter().map(|(id, decision)| (id.clone(), Arc::clone(decision))));
        }
    }

    /// The newest decision on a broadcast.
    pub fn newest(&self, broadcast: &str) -> Option<&Arc<Decision>> {
        self.newest.get(broadcast)
    }

    /// The last approval of a broadcast, whatever was decided since: what changes are told against.
    pub fn last_approval(&self, broadcast: &str) -> Option<&Arc<Decision>> {
        self.approved.get(broadcast)
    }

    /// Nothing was ever decided.
    pub fn is_empty(&self) -> bool {
        self.newest.is_empty()
    }

    /// Whether approvals are asked for at all.
    pub fn is_asked_for(&self, station: &Station) -> bool {
        station.approval == Approval::Required && !self.assumed
    }

    /// Whether the approval of a broadcast is asked for: not of what a person orders at this moment.
    pub fn binds(&self, station: &Station, broadcast: &Broadcast) -> bool {
        self.is_asked_for(station) && broadcast.ordered().is_none()
    }

    /// Whether a broadcast that [is bound](Self::binds) may sound, if this is what it means and plays now. An emergency may,
    /// whatever was decided on it, and whoever asks is told that nobody let it.
    pub fn standing(&self, broadcast: &str, class: Class, now: &ApprovalDigest) -> Clearance {
        match self.decided(broadcast, now) {
            Clearance::Lacking(lack) if class == Class::Emergency => Clearance::Waived(lack),
            decided => decided,
        }
    }

    fn decided(&self, broadcast: &str, now: &ApprovalDigest) -> Clearance {
        if let Some(pinned) = self.pinned.get(broadcast) {
            return pinned.clone();
        }
        let Some(newest) = self.newest.get(broadcast) else {
            return Clearance::Lacking(if self.void.contains(broadcast) { Lack::Void } else { Lack::Never });
        };
        let newest = Arc::clone(newest);
        match (&newest.said, newest.digest == *now) {
            (Said::Approved { .. }, true) => Clearance::Approved(newest),
            (Said::Returned { .. }, true) => Clearance::Lacking(Lack::Returned(newest)),
            (Said::Approved { .. }, false) if newest.digest.means_the_same(now) => {
                Clearance::Lacking(Lack::Sound(newest))
            }
            (_, false) => Clearance::Lacking(Lack::Changed(newest)),
        }
    }
}

impl Clearance {
    /// Why it may not sound.
    pub const fn lack(&self) -> Option<&Lack> {
        match self {
            Self::Lacking(lack) => Some(lack),
            Self::Free | Self::Approved(_) | Self::Waived(_) => None,
        }
    }

    /// What is lacking, where it sounds all the same.
    pub const fn waived(&self) -> Option<&Lack> {
        match self {
            Self::Waived(lack) => Some(lack),
            Self::Free | Self::Approved(_) | Self::Lacking(_) => None,
        }
    }

    /// Who let it, as the journal's rows name it.
    pub fn approved_by(&self) -> Option<&str> {
        match self {
            Self::Approved(decision) => Some(&decision.by),
            Self::Free | Self::Waived(_) | Self::Lacking(_) => None,
        }
    }
}

impl Lack {
    /// What was decided last.
    pub const fn decision(&self) -> Option<&Arc<Decision>> {
        match self {
            Self::Never | Self::Void => None,
            Self::Changed(decision) | Self::Sound(decision) | Self::Returned(decision) => Some(decision),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::instant::Wall;

    fn decision(row: u64, meaning: &str, sounds: &str, said: Said) -> Decision {
        let digest = ApprovalDigest::of(meaning, sounds);
        Decision { digest, said, by: "Bà Hai (hoa)".to_owned(), at: Wall::MIN, row, sounds: Vec::new() }
    }

    #[test]
    fn only_the_newest_decision_counts_and_an_older_one_is_never_in_force_again() {
        let approved = || Said::Approved { entered_by: None };
        let mut approvals = Approvals::default();
        let standing = |approvals: &Approvals, meaning: &str, sounds: &str| {
            approvals.standing("tin", Class::Normal, &ApprovalDigest::of(meaning, sounds))
        };
        assert_eq!(standing(&approvals, "a", "1"), Clearance::Lacking(Lack::Never));
        approvals.add("tin", decision(7, "a", "1", approved()));
        assert_eq!(standing(&approvals, "a", "1").approved_by(), Some("Bà Hai (hoa)"));
        assert!(matches!(standing(&approvals, "b", "1"), Clearance::Lacking(Lack::Changed(_))));
        assert!(matches!(standing(&approvals, "a", "2"), Clearance::Lacking(Lack::Sound(_))));
        // Approved anew, and then the old file comes back, and somebody tells the old decision again.
        approvals.add("tin", decision(9, "b", "1", approved()));
        approvals.add("tin", decision(7, "a", "1", approved()));
        assert!(matches!(standing(&approvals, "a", "1"), Clearance::Lacking(Lack::Changed(_))));
        approvals.add("tin", decision(10, "b", "1", Said::Returned { note: "chậm hơn".to_owned() }));
        assert!(matches!(standing(&approvals, "b", "1"), Clearance::Lacking(Lack::Returned(_))));
        let urgent = |meaning: &str| approvals.standing("tin", Class::Emergency, &ApprovalDigest::of(meaning, "1"));
        assert!(matches!(urgent("b").waived(), Some(Lack::Returned(_))) && urgent("a").lack().is_none());
        assert_eq!(urgent("a").approved_by(), None, "nobody let it");
        assert_eq!(approvals.newest("tin").unwrap().name(), "Bà Hai");
    }
}
