use std::io;

use super::{Bytes, Window};
use crate::audio::fault;
use crate::plan::Fault;

/// What a FLAC's own header says of its length.
pub(in crate::audio) struct Flac {
    /// Samples per channel; `None` where it is not written.
    pub(in crate::audio) total: Option<u64>,
    /// Where the first frame begins, and where the file (without its tags) ends.
    pub(in crate::audio) frames: std::ops::Range<u64>,
}

/// Metadata blocks looked at: a cover picture and some more.
const BLOCKS: u32 = 1_000;

/// A FLAC whose tags are off, for symphonia: without the number of samples, by which it would leave out what lies
/// behind a wrong one.
pub(in crate::audio) fn open(mut bytes: Bytes) -> Result<(Flac, Window), Fault> {
    let (flac, front) = read(&mut bytes).map_err(|error| fault::unreadable(&error))?;
    Ok((flac, bytes.into_window(front)))
}

fn read(bytes: &mut Bytes) -> io::Result<(Flac, Vec<u8>)> {
    let range = bytes.range();
    // "fLaC", the header of the first block, and the block itself (RFC 9639 §8.2).
    let mut front = bytes.take(range.start, 42)?;
    let mut flac = Flac { total: None, frames: range.start..range.end };
    if front.len() == 42 && front[4].trailing_zeros() >= 7 {
        let low = u32::from_be_bytes([front[22], front[23], front[24], front[25]]);
        let total = u64::from(front[21] & 0x0F) << 32 | u64::from(low);
        flac.total = (total > 0).then_some(total);
        front[21] &= 0xF0;
        front[22..26].fill(0);
        // A checksum of all samples is of no use without their number, and wrong in many files.
        front[26..42].fill(0);
    }
    let mut at = range.start + 4;
    for _ in 0..BLOCKS {
        let Some([kind, a, b, c]) = bytes.array::<4>(at)? else { break };
        at += 4 + u64::from(u32::from_be_bytes([0, a, b, c]));
        if kind & 0x80 != 0 {
            break;
        }
    }
    flac.frames.start = at.min(range.end);
    Ok((flac, front))
}
