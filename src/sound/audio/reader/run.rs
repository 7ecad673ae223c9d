//! Rows of frames without a container: whether such a row begins at a place of a file.

use std::io;

use super::header::Header;
use super::{Bytes, adts, mpeg, tag};

/// Frames in a row, each beginning where the one before ends, that cannot be chance.
const RUN: u32 = 3;

/// The header of a frame at this place, of whichever kind.
pub(super) fn header(bytes: &mut Bytes, at: u64) -> io::Result<Option<Header>> {
    let Some(head) = bytes.array::<7>(at)? else { return Ok(None) };
    let [a, b, c, d, ..] = head;
    Ok(adts::header(head).or_else(|| mpeg::header([a, b, c, d])))
}

/// Whether frames begin at this place, behind a tag or at once.
pub(super) fn begin(bytes: &mut Bytes, mut at: u64) -> io::Result<bool> {
    at = at.saturating_add(tag::within(bytes, at)?.unwrap_or(0));
    let Some(head) = header(bytes, at)?.filter(|head| head.size > 0) else { return Ok(false) };
    is_run(bytes, at, head)
}

/// Whether frames like this one follow one another from here, or the file ends with them.
pub(super) fn is_run(bytes: &mut Bytes, mut at: u64, first: Header) -> io::Result<bool> {
    let end = bytes.range().end;
    let mut head = first;
    for number in 1..=RUN {
        if head.size == 0 {
            return Ok(false);
        }
        at += u64::from(head.size);
        if number == RUN || (at == end && number > 1) {
            return Ok(true);
        }
        match header(bytes, at)? {
            Some(next) if next.codec == first.codec && next.rate == first.rate => head = next,
            _ => return Ok(false),
        }
    }
    Ok(true)
}
