use std::ops::{Add, Sub};
use std::time::Duration;

/// An instant of monotonic time: the length since an origin that only the clock knows.
///
/// It never steps, so deadlines are kept in it; it says nothing about the hour of the day.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Mono(Duration);

impl Mono {
    /// The instant that lies `length` after the clock's origin.
    pub const fn from_origin(length: Duration) -> Self {
        Self(length)
    }

    /// The length since the clock's origin.
    pub const fn since_origin(self) -> Duration {
        self.0
    }

    /// The length from `earlier` to `self`, zero if `earlier` is later.
    pub const fn after(self, earlier: Self) -> Duration {
        self.0.saturating_sub(earlier.0)
    }
}

impl Add<Duration> for Mono {
    type Output = Self;
    fn add(self, length: Duration) -> Self {
        Self(self.0.saturating_add(length))
    }
}

impl Sub<Duration> for Mono {
    type Output = Self;
    fn sub(self, length: Duration) -> Self {
        Self(self.0.saturating_sub(length))
    }
}
