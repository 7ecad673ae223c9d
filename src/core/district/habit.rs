use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::instant::Wall;

/// How a box was heard.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum HeardBy {
    /// Over the network.
    Network,
    /// Its journal came on a courier's stick.
    Stick,
}

/// How often a box is heard, by the way in which it was heard last.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct BoxHabit {
    /// It is heard again within this.
    pub expected: Duration,
    /// What is known of it says nothing any more after this.
    pub limit: Duration,
}

impl BoxHabit {
    /// A box with a network says every minute that it is there, and sends rows as it writes them; ten minutes are a bad link, a day is
    /// sessions of which nobody knows. A courier comes every other week, and may miss once.
    pub const fn of(by: HeardBy) -> Self {
        match by {
            HeardBy::Network => Self { expected: Duration::from_mins(10), limit: Duration::from_hours(24) },
            HeardBy::Stick => Self { expected: Duration::from_hours(14 * 24), limit: Duration::from_hours(28 * 24) },
        }
    }

    /// Whether a box that was heard at `heard` should have been heard again.
    pub fn is_late(self, heard: Wall, now: Wall) -> bool {
        now.after(heard) > self.expected
    }

    /// Whether what was known then says nothing any more.
    pub fn is_over(self, heard: Wall, now: Wall) -> bool {
        now.after(heard) > self.limit
    }
}
