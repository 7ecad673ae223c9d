use std::ops::{Add, AddAssign, Sub};
use std::time::Duration;

/// A count of sample frames (one sample of every channel), or a position counted in them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Frames(pub u64);

/// Frames per second, never zero.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Rate(u32);

impl Rate {
    /// 48,000 Hz: what loa asks of every output, and what it writes to files.
    pub const STANDARD: Self = Self(48_000);

    /// A rate of `hz` frames per second; `None` for zero.
    pub const fn new(hz: u32) -> Option<Self> {
        if hz == 0 { None } else { Some(Self(hz)) }
    }

    /// Frames per second.
    pub const fn hz(self) -> u32 {
        self.0
    }

    /// The number of frames nearest to `length`.
    pub const fn frames(self, length: Duration) -> Frames {
        let scaled = length.as_nanos() * self.0 as u128;
        Frames(((scaled + 500_000_000) / 1_000_000_000) as u64)
    }

    /// The length of `frames`, to the nearest nanosecond.
    pub const fn length(self, frames: Frames) -> Duration {
        let nanos = (frames.0 as u128 * 1_000_000_000 + self.0 as u128 / 2) / self.0 as u128;
        Duration::from_nanos(nanos as u64)
    }
}

impl Add for Frames {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl AddAssign for Frames {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Sub for Frames {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}
