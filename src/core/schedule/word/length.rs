use std::time::Duration;

use super::{Fault, Read};
use crate::diag::document;

/// The unit of a number without one: people who plan broadcasts count in minutes.
const BARE: &str = "m";

/// A length of time: `500ms`, `2s`, `10m`, `1h 30m`; at most `most`.
pub(in crate::schedule) fn length(written: &str, most: Duration) -> Read<Duration> {
    document::length(written, most, BARE).map_err(|bad| Fault::new("bad_length", bad.message, bad.help))
}

/// What `10`, `10 phút`, `2 giây`, `1 tiếng` stand for.
pub(super) fn meant(written: &str) -> Option<String> {
    document::meant(written, BARE)
}
