use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::instant::Wall;

/// An instant as a signed paper has it: RFC 3339, in universal time, to the second.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct UtcSecond(i64);

/// Seconds of which no station is: the year 2200.
const LAST: i64 = 7_258_118_400;

impl UtcSecond {
    /// Of the second that this instant lies in.
    pub fn of(at: Wall) -> Self {
        Self(at.timestamp().as_second())
    }

    /// The instant.
    pub const fn wall(self) -> Wall {
        Wall::from_secs(self.0)
    }

    /// Seconds since 1970.
    pub const fn seconds(self) -> i64 {
        self.0
    }
}

impl fmt::Display for UtcSecond {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match Timestamp::from_second(self.0) {
            Ok(at) => at.fmt(f),
            Err(_) => f.write_str("?"),
        }
    }
}

impl TryFrom<String> for UtcSecond {
    type Error = &'static str;

    fn try_from(written: String) -> Result<Self, Self::Error> {
        let at = written.parse::<Timestamp>().map_err(|_| "no instant")?.as_second();
        if (0..LAST).contains(&at) { Ok(Self(at)) } else { Err("no instant of a station") }
    }
}

impl From<UtcSecond> for String {
    fn from(at: UtcSecond) -> Self {
        at.to_string()
    }
}
