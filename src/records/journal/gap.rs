use crate::fact::{Entry, EntryKind};
use crate::instant::Wall;
use crate::reason::Reason;

/// Records that a disk had no room for, or no time, and that memory had no room for either.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Gap {
    pub(super) lost: u64,
    from: Wall,
    to: Wall,
}

impl Gap {
    /// Count one more, handed over at `at`.
    pub(super) fn add(gap: &mut Option<Self>, at: Wall) {
        Self { lost: 1, from: at, to: at }.give_back(gap);
    }

    /// Count these once more: their note could not be written.
    pub(super) fn give_back(self, gap: &mut Option<Self>) {
        *gap = Some(match *gap {
            None => self,
            Some(other) => {
                Self { lost: self.lost + other.lost, from: self.from.min(other.from), to: self.to.max(other.to) }
            }
        });
    }

    /// The note that says so: how many, and from when to when.
    pub(super) fn note(self) -> Entry {
        Entry {
            kind: EntryKind::Note,
            written: self.to,
            started: Some(self.from),
            ended: Some(self.to),
            title: "ổ đĩa không ghi được, nhật ký thiếu dòng".to_owned(),
            reason: Some(Reason::JournalGap(self.lost)),
            ..Entry::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gap_says_how_many_and_from_when_to_when() {
        let mut gap = None;
        for seconds in [20, 10, 30] {
            Gap::add(&mut gap, Wall::from_secs(seconds));
        }
        let told = gap.take().unwrap();
        Gap::add(&mut gap, Wall::from_secs(40));
        told.give_back(&mut gap);
        let note = gap.unwrap().note();
        assert_eq!(note.reason, Some(Reason::JournalGap(4)));
        assert_eq!((note.started, note.ended), (Some(Wall::from_secs(10)), Some(Wall::from_secs(40))));
    }
}
