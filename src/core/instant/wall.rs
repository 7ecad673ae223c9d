use std::fmt;
use std::ops::{Add, Sub};
use std::time::Duration;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, Zoned};

/// An instant of civil ("wall clock") time: nanoseconds since 1970-01-01T00:00:00Z.
///
/// Eight bytes, ordered and copied freely, since a year's plan holds millions of them. Good from
/// 1678 to 2261; arithmetic saturates at the ends.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Wall(i64);

impl Wall {
    /// The earliest instant there is.
    pub const MIN: Self = Self(i64::MIN);
    /// The latest instant there is.
    pub const MAX: Self = Self(i64::MAX);

    /// From nanoseconds since the Unix epoch.
    pub const fn from_nanos(nanos: i64) -> Self {
        Self(nanos)
    }

    /// From whole seconds since the Unix epoch.
    pub const fn from_secs(secs: i64) -> Self {
        Self(secs.saturating_mul(1_000_000_000))
    }

    /// Nanoseconds since the Unix epoch.
    pub const fn nanos(self) -> i64 {
        self.0
    }

    /// The signed distance from `earlier` to `self`.
    pub const fn since(self, earlier: Self) -> SignedDuration {
        SignedDuration::from_nanos(self.0.saturating_sub(earlier.0))
    }

    /// The length from `earlier` to `self`, zero if `earlier` is later.
    pub const fn after(self, earlier: Self) -> Duration {
        let nanos = self.0.saturating_sub(earlier.0);
        Duration::from_nanos(if nanos > 0 { nanos.unsigned_abs() } else { 0 })
    }

    /// This instant moved by a signed length.
    #[must_use]
    pub const fn moved(self, by: SignedDuration) -> Self {
        let nanos = by.as_nanos();
        let nanos = if nanos > i64::MAX as i128 {
            i64::MAX
        } else if nanos < i64::MIN as i128 {
            i64::MIN
        } else {
            nanos as i64
        };
        Self(self.0.saturating_add(nanos))
    }

    /// This instant in a time zone, for a person to read.
    pub fn zoned(self, tz: &TimeZone) -> Zoned {
        self.timestamp().to_zoned(tz.clone())
    }

    /// As jiff's own instant.
    pub fn timestamp(self) -> Timestamp {
        Timestamp::from_nanosecond(i128::from(self.0)).unwrap_or(Timestamp::UNIX_EPOCH)
    }

    /// RFC 3339 (§5.6) with offset and milliseconds: `2026-12-01T05:30:00.000+07:00`.
    pub fn rfc3339(self, tz: &TimeZone) -> String {
        // Rounded to the nearest millisecond, so that 05:29:59.9999 does not read as 05:29:59.999.
        let millis = self.0.saturating_add(500_000).div_euclid(1_000_000);
        Self(millis.saturating_mul(1_000_000)).zoned(tz).strftime("%Y-%m-%dT%H:%M:%S%.3f%:z").to_string()
    }
}

impl From<Timestamp> for Wall {
    fn from(at: Timestamp) -> Self {
        let nanos = at.as_nanosecond();
        Self(i64::try_from(nanos).unwrap_or(if nanos < 0 { i64::MIN } else { i64::MAX }))
    }
}

impl Add<Duration> for Wall {
    type Output = Self;
    fn add(self, length: Duration) -> Self {
        Self(self.0.saturating_add(i64::try_from(length.as_nanos()).unwrap_or(i64::MAX)))
    }
}

impl Sub<Duration> for Wall {
    type Output = Self;
    fn sub(self, length: Duration) -> Self {
        Self(self.0.saturating_sub(i64::try_from(length.as_nanos()).unwrap_or(i64::MAX)))
    }
}

impl fmt::Debug for Wall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.timestamp())
    }
}
