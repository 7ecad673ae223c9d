use std::io;

use super::{Bytes, run};
use crate::audio::kind::{self, Family};

/// Bytes that tell the families of containers apart.
const ENOUGH: usize = 64;

/// Whether another sound file begins at this place, as it does where somebody put several into one.
pub(in crate::audio) fn begins(bytes: &mut Bytes, at: u64) -> io::Result<bool> {
    Ok(container_begins(bytes, at)? || run::begin(bytes, at)?)
}

/// The same for one that is no mere row of frames.
pub(super) fn container_begins(bytes: &mut Bytes, at: u64) -> io::Result<bool> {
    Ok(kind::family(&bytes.take(at, ENOUGH)?) != Family::Other)
}
