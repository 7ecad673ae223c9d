use std::time::Duration;

use super::{Read, WordFault};
use crate::diag::document;

/// A length this long at most is counted in seconds, as gaps and pauses are; a longer one in minutes.
const COUNTED_IN_SECONDS: Duration = Duration::from_mins(10);

/// A length of time: `500ms`, `2s`, `10m`, `1h 30m`; at most `most`.
pub(in crate::schedule) fn length(written: &str, most: Duration) -> Read<Duration> {
    length_within(written, [Duration::ZERO, most])
}

/// The same, and at least the first of the bounds.
pub(in crate::schedule) fn length_within(written: &str, [least, most]: [Duration; 2]) -> Read<Duration> {
    let bare = if most <= COUNTED_IN_SECONDS { "s" } else { "m" };
    document::length_within(written, [least, most], bare)
        .map_err(|bad| WordFault::new("bad_length", bad.message, bad.help))
}
