use std::io::Read;

use super::listener::{RelayListener, gone};
use crate::audio::LiveDecoder;
use crate::diag::Text;

/// Decode what comes until it ends, and hand it over.
pub(super) fn decode(
    body: impl Read + Send + Sync + 'static,
    kind: &str,
    listener: &RelayListener,
) -> Result<(), Text> {
    let mut sent = listener.begin();
    let mut decoder = LiveDecoder::open(body, kind)?;
    let mut samples = Vec::new();
    while decoder.read(&mut samples)? {
        if listener.is_over() {
            return Err(gone());
        }
        listener.hand(&samples, &mut sent)?;
        samples.clear();
    }
    Ok(())
}
