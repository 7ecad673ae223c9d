use std::sync::Arc;

use crate::diag::Text;
use crate::instant::Wall;
use crate::plan::Cause;
use crate::reason::{Ordered, Reason};
use crate::schedule::Broadcast;
use crate::station::ZoneIx;

/// How one order by hand stands: the player's own word on it, not a guess from outside.
#[derive(Clone, PartialEq, Debug)]
pub struct OrderStand {
    /// What the shell called it when it handed it over.
    pub ticket: u64,
    /// Its id in the journal.
    pub id: String,
    /// What people call what it plays; empty for a stop.
    pub title: String,
    /// When it was taken.
    pub at: Wall,
    /// In the order in which they were named, each once.
    pub zones: Vec<ZoneStand>,
    /// A decision on a broadcast that was not taken, and why.
    pub refused: Option<Text>,
    /// A stop that was to end some orders only: those that it has not ended, by id, and why not.
    pub left: Vec<(String, OrderLeft)>,
    /// What it plays, and on whose word; none of a stop and of a decision.
    pub broadcast: Option<Arc<Broadcast>>,
}

/// How an order stands in one zone.
#[derive(Clone, PartialEq, Debug)]
pub struct ZoneStand {
    /// Where.
    pub zone: ZoneIx,
    /// The length of what it plays there, in seconds; zero for a stop.
    pub seconds: f64,
    /// How it stands.
    pub stand: Stand,
    /// An order that was given before, not at its end yet, which is the same: this one adds nothing to it.
    pub same_as: Option<String>,
    /// An emergency that it breaks into there, and that goes on after it: its title.
    pub interrupts: Option<String>,
    /// Older alerts of the same account that ended for it there, as there were too many: titles.
    pub dropped: Vec<String>,
}

/// What becomes of an order in a zone.
#[derive(Clone, PartialEq, Debug)]
pub enum Stand {
    /// It is being got ready, and is heard in a moment.
    Begins,
    /// It is heard.
    Sounds {
        /// When its first sample was heard.
        started: Wall,
    },
    /// Its turn comes later.
    Waits {
        /// When, as things stand.
        start: Wall,
        /// Behind what: the title. `None` where its amplifier warms up.
        behind: Option<String>,
    },
    /// Its output has no device at present. It is tried again until then.
    Hindered {
        /// What is wrong with the device.
        why: Text,
        /// Until when.
        until: Wall,
    },
    /// Its sound is still being copied. It is heard once that is whole, until then.
    Copied {
        /// Until when it is waited for.
        until: Wall,
    },
    /// It has its outcome.
    Over {
        /// When its first sample was heard, where it was.
        started: Option<Wall>,
        /// How much of it was heard, in seconds.
        seconds: f64,
        /// That was all of it, by its row.
        whole: bool,
        /// The reason in the journal.
        reason: Option<Reason>,
    },
    /// It was not taken, and nothing of it will be heard.
    Refused(OrderRefusal),
    /// A stop: what sounded or waited is ending, or has ended.
    Stopped {
        /// The titles of what was ended; none where all was quiet.
        what: Vec<String>,
        /// Nothing sounds any more.
        quiet: bool,
    },
}

/// Why an order that a stop names was not ended by it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OrderLeft {
    /// There was none of this id, as far as the station remembers: since it was started.
    Unknown,
    /// It was at its end before.
    Over,
    /// It is under way, in zones that the stop did not name.
    Elsewhere,
}

/// Why an order was not taken in a zone.
#[derive(Clone, PartialEq, Debug)]
pub enum OrderRefusal {
    /// A rule forbids it: which, and when the rule would let it begin, if it ever does.
    Unlawful {
        /// Which.
        reason: Cause,
        /// The next lawful start within eight days.
        earliest: Option<Wall>,
    },
    /// So many orders of one account already wait in the zone.
    TooMany(usize),
    /// A test keeps quiet where something sounds, or is about to: its title.
    Busy(String),
    /// It cannot play there: the names that have no sound.
    NoSound,
    /// This account stopped the zone after the order was given, and before it was taken.
    Stopped(String),
    /// The station is ending.
    Ending,
}

impl OrderRefusal {
    /// As the journal has it.
    pub fn reason(&self) -> Reason {
        match self {
            Self::Unlawful { reason, .. } => reason.reason(),
            Self::TooMany(_) => Reason::TooManyOrders,
            Self::Busy(_) => Reason::Busy,
            Self::NoSound => Reason::NoSound,
            Self::Stopped(by) => Reason::Stopped(Ordered::by(by)),
            Self::Ending => Reason::Shutdown,
        }
    }
}

impl Stand {
    /// It will not change by waiting a moment: it sounds, or it is known why not.
    pub fn is_decided(&self) -> bool {
        !matches!(self, Self::Begins | Self::Hindered { .. } | Self::Stopped { quiet: false, .. })
    }
}

impl OrderStand {
    /// Nothing more is said of it: it is decided; of somebody who speaks live, who is told to the end, it is over.
    pub fn is_last(&self) -> bool {
        match &self.broadcast {
            Some(broadcast) if broadcast.is_talk() => self.is_over(),
            _ => self.is_decided(),
        }
    }

    /// It has its outcome in every zone.
    pub fn is_over(&self) -> bool {
        self.zones.iter().all(|zone| matches!(zone.stand, Stand::Over { .. } | Stand::Refused(_)))
    }

    /// So it is in every zone.
    pub fn is_decided(&self) -> bool {
        self.zones.iter().all(|zone| zone.stand.is_decided())
    }
}
