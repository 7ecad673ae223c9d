use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::district::{BoxCondition, BoxJournal, BoxSession, HeardBy};
use crate::signature::Locality;

/// What the board has of a box, but for its place.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct BoardLine {
    /// When it was heard last, in seconds since 1970; none where it never was.
    pub heard: Option<i64>,
    /// How.
    pub by: Option<HeardBy>,
    /// How much of its journal is there.
    pub journal: BoxJournal,
    /// The name of that journal.
    pub epoch: String,
    /// Up to which row its last rows were looked at.
    pub looked: u64,
    /// By sender, the number of the bundle that it goes by.
    pub bundles: BTreeMap<String, u64>,
    /// By sender, the newest number that was sent to it; none where nothing was sent by this centre.
    pub sent: Option<BTreeMap<String, u64>>,
    /// By place, why the newest letter was not taken.
    pub refused: BTreeMap<String, String>,
    /// What it said last of how it stands.
    pub state: Option<BoxCondition>,
    /// Its last session.
    pub session: Option<BoxSession>,
    /// By zone, when a horn was last heard: in seconds since 1970.
    pub proofs: BTreeMap<String, i64>,
    /// Zones that feed no horn since the box was started last.
    pub bare: Vec<String>,
    /// None of its zones feeds one: it is being tried out.
    pub is_tried: bool,
}

/// A place of the register.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BoardPlace {
    /// Its path.
    pub path: Locality,
    /// What people call it.
    pub title: String,
    /// Who is called.
    pub contact: String,
    /// By what number.
    pub phone: String,
    /// A box stands there.
    pub is_held: bool,
    /// No box stands there or has stood there, and others lie within: a commune, a district.
    pub is_area: bool,
    /// The box that stood there last was told to be stolen then: in seconds since 1970; none where another stands there by now.
    pub lost: Option<i64>,
}

/// One of the last rows of a box's journal, as a page shows it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct RecentRow {
    /// Its number.
    pub seq: u64,
    /// Where it stands in time: in seconds since 1970.
    pub at: i64,
    /// Its zone; empty for a note of the whole station.
    pub zone: String,
    /// What was to be heard, or the note.
    pub title: String,
    /// `played`, `partial`, `missed`, `refused`; empty for a note.
    pub outcome: String,
    /// The reason as the journal has it.
    pub reason: String,
}
