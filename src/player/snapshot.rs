use std::time::Duration;

use super::event::{Trust, World};
use crate::instant::Wall;
use crate::plan::Tally;
use crate::schedule::Class;

/// How the station stands at one instant: what readers get, complete and owned.
#[derive(Clone, PartialEq, Debug)]
pub struct Snapshot {
    /// When it was taken.
    pub at: Wall,
    /// Why the clock is not believed, if it is not.
    pub distrust: Option<String>,
    /// What was last found to speak for the clock, or against it.
    pub trust: Trust,
    /// How far the clock had run away when it was last synchronised again since this start, as a reason in
    /// the journal: `clock_drift: +12.300 s: 72h`.
    pub drift: Option<String>,
    /// What the plan is made from.
    pub world: World,
    /// In the station's order.
    pub zones: Vec<ZoneSnapshot>,
}

/// How one zone stands.
#[derive(Clone, PartialEq, Debug)]
pub struct ZoneSnapshot {
    /// Its id.
    pub zone: String,
    /// What is heard now.
    pub playing: Option<Playing>,
    /// What comes next, and when.
    pub next: Option<Coming>,
    /// How far its sessions have come, where they are limited.
    pub tally: Option<Tally>,
    /// How many airings are due and wait, or were interrupted and will go on.
    pub waiting: usize,
}

/// What a zone plays.
#[derive(Clone, PartialEq, Debug)]
pub struct Playing {
    /// Broadcast id.
    pub broadcast: String,
    /// What people call it.
    pub title: String,
    /// How urgent it is.
    pub class: Class,
    /// When its first sample was heard.
    pub started: Wall,
    /// The programme's length.
    pub length: Duration,
}

/// What a zone will play.
#[derive(Clone, PartialEq, Debug)]
pub struct Coming {
    /// Broadcast id.
    pub broadcast: String,
    /// What people call it.
    pub title: String,
    /// When its first sample is heard.
    pub start: Wall,
}
