use super::judged::{Consequence, JudgedBox};
use crate::instant::Wall;
use crate::signature::Locality;

/// Which boxes are shown: each number of the first sentence is one of these, and a word of an address.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FleetShow {
    /// Every one.
    All,
    /// Heard within ten minutes.
    Lately,
    /// Not heard by when it should have been.
    Late,
    /// Something will be silent at the next session.
    Silent,
    /// Something was silent in the last session.
    Unplayed,
    /// Nothing is known past its own limit.
    Unknown,
    /// Its journal contradicts itself.
    Unproven,
    /// Not by the newest schedule.
    Behind,
    /// Rows are missing.
    Gaps,
    /// No box was ever heard there.
    Vacant,
}

/// What is shown: which boxes, where, and by which words.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FleetShown {
    /// Which.
    pub show: FleetShow,
    /// Only in this place.
    pub area: Option<Locality>,
    /// Only with these words in name or place; small letters.
    pub words: String,
}

impl FleetShow {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::All,
        Self::Lately,
        Self::Late,
        Self::Silent,
        Self::Unplayed,
        Self::Unknown,
        Self::Unproven,
        Self::Behind,
        Self::Gaps,
        Self::Vacant,
    ];

    /// As it stands in an address.
    pub const fn word(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Lately => "lately",
            Self::Late => "late",
            Self::Silent => "silent",
            Self::Unplayed => "unplayed",
            Self::Unknown => "unknown",
            Self::Unproven => "unproven",
            Self::Behind => "behind",
            Self::Gaps => "gaps",
            Self::Vacant => "vacant",
        }
    }

    /// Out of an address; everything where it is not known.
    pub fn read(word: &str) -> Self {
        Self::ALL.into_iter().find(|show| show.word() == word).unwrap_or(Self::All)
    }

    /// Whether it shows this box.
    pub fn has(self, own: &JudgedBox, now: Wall) -> bool {
        match self {
            Self::All => true,
            Self::Lately => own.facts.heard.is_some_and(|heard| is_lately(heard.at, now)),
            Self::Late => own.is_late,
            Self::Silent => own.consequence == Consequence::SilentNext,
            Self::Unplayed => own.consequence == Consequence::DidNotPlay,
            Self::Unknown => own.consequence == Consequence::Unknown,
            Self::Unproven => own.consequence == Consequence::Unproven,
            Self::Behind => !own.wanted.is_empty() || !own.facts.refused.is_empty(),
            Self::Gaps => !own.facts.journal.gaps.is_empty(),
            Self::Vacant => own.facts.heard.is_none(),
        }
    }
}

impl FleetShown {
    /// Whether it shows this box.
    pub fn has(&self, own: &JudgedBox, now: Wall) -> bool {
        let facts = &own.facts;
        self.show.has(own, now)
            && self.area.as_ref().is_none_or(|area| area.covers(&facts.place))
            && (self.words.is_empty()
                || facts.place.as_str().contains(&self.words)
                || facts.title.to_lowercase().contains(&self.words))
    }
}

/// Ten minutes: what the first sentence counts.
pub(super) fn is_lately(heard: Wall, now: Wall) -> bool {
    now.after(heard) <= super::BoxHabit::of(super::HeardBy::Network).expected
}
