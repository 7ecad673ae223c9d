use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::habit::HeardBy;
use super::session::BoxSession;
use crate::instant::Wall;
use crate::signature::Locality;

/// What the centre knows of the box at one place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FleetBox {
    /// Its place, without the country.
    pub place: Locality,
    /// What people call the place; empty where nobody has said.
    pub title: String,
    /// Who is called: `ông Năm, trưởng thôn`; empty where it is not written.
    pub contact: String,
    /// By what number.
    pub phone: String,
    /// The register has a box there.
    pub is_held: bool,
    /// The box that stood there was told to be stolen then, and no other stands there yet.
    pub lost: Option<Wall>,
    /// When it was heard last, and how; none where it never was.
    pub heard: Option<LastHeard>,
    /// How much of its journal is there.
    pub journal: BoxJournal,
    /// By sender, the number of the bundle that it goes by.
    pub bundles: BTreeMap<String, u64>,
    /// By sender, the newest number that was sent to this very box; none where the centre does not know.
    pub sent: Option<BTreeMap<String, u64>>,
    /// By place, the code why the newest letter was not taken.
    pub refused: BTreeMap<String, String>,
    /// What it said last of how it stands; none where it has not said.
    pub state: Option<BoxCondition>,
    /// Its last session, by its journal.
    pub session: Option<BoxSession>,
    /// By zone, when a horn there was last heard, by its journal: in seconds since 1970.
    pub proofs: BTreeMap<String, i64>,
}

/// A moment at which a box was heard.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LastHeard {
    /// By the centre's clock.
    pub at: Wall,
    /// How.
    pub by: HeardBy,
}

/// How much of a box's journal is there.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct BoxJournal {
    /// All rows up to this one are there.
    pub received: u64,
    /// Of what moment that row is: in seconds since 1970.
    pub reaches: Option<i64>,
    /// So many rows the box is known to have.
    pub known: u64,
    /// Rows that are missing though later ones are there.
    pub gaps: Vec<(u64, u64)>,
    /// Rows that do not hold on to the one before.
    pub breaks: Vec<u64>,
    /// Rows that came as two different ones.
    pub others: Vec<u64>,
    /// Rows came after the box was told to be stolen.
    pub after_lost: bool,
}

/// What a box has said of how it stands.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct BoxCondition {
    /// When that came, by the centre's clock: in seconds since 1970.
    pub came: i64,
    /// It believes its clock.
    pub clock_trusted: bool,
    /// It has told what follows; an older box tells its clock alone.
    pub told: bool,
    /// The program that sounds answers.
    pub runs: bool,
    /// When it sounds next, or should: in seconds since 1970.
    pub next: Option<i64>,
    /// Why something will be silent there: codes that `loa explain` knows; empty where all is well.
    pub silent: Vec<String>,
    /// Zones that it has.
    pub zones: u32,
    /// Of these, zones whose card or file takes no sound.
    pub dumb_zones: u32,
    /// Of these, zones that feed no horn: nobody hears what plays there.
    pub bare_zones: u32,
    /// Bytes that are free on its disk.
    pub free_bytes: Option<u64>,
}

impl FleetBox {
    /// A place of which nothing is known.
    pub fn vacant(place: Locality) -> Self {
        Self {
            place,
            title: String::new(),
            contact: String::new(),
            phone: String::new(),
            is_held: false,
            lost: None,
            heard: None,
            journal: BoxJournal::default(),
            bundles: BTreeMap::new(),
            sent: None,
            refused: BTreeMap::new(),
            state: None,
            session: None,
            proofs: BTreeMap::new(),
        }
    }
}

impl BoxJournal {
    /// All that the box is known to have is there.
    pub fn is_complete(&self) -> bool {
        self.received >= self.known
    }

    /// So many rows are known to be missing.
    pub fn missing(&self) -> u64 {
        self.known.saturating_sub(self.received)
    }
}
