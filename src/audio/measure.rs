use std::path::Path;

use super::disk::{self, SoundFile, Stamp};
use super::{Decoder, fault, limit};
use crate::plan::{Facts, Fault};

/// Decodes a whole file for its facts. Takes as long as that takes: a hundredth of the sound's
/// length or so. A file that is written to meanwhile is a fault, `changing`, that will pass.
pub fn measure(path: &Path) -> Result<Facts, Fault> {
    measure_stamped(path).1
}

/// The facts, with the state of the file that they are of; no state where it cannot be told.
pub(super) fn measure_stamped(path: &Path) -> (Option<Stamp>, Result<Facts, Fault>) {
    let before = disk::stamp(path);
    let mut facts = SoundFile::open(path).and_then(|file| {
        let opened = file.stamp();
        let facts = facts_of(file);
        if before == Some(opened) { facts } else { Err(fault::changing()) }
    });
    if before != disk::stamp(path) {
        facts = Err(fault::changing());
    }
    (before, facts)
}

fn facts_of(mut file: SoundFile) -> Result<Facts, Fault> {
    let sha256 = file.digest()?;
    let mut decoder = Decoder::open_file(file)?;
    let mut frames = 0;
    let mut peak = 0.0_f32;
    let mut block = Vec::new();
    while decoder.read(&mut block)? {
        frames += block.len() as u64;
        peak = block.iter().fold(peak, |peak, sample| peak.max(sample.abs()));
        block.clear();
    }
    if decoder.is_short() {
        return Err(fault::truncated());
    }
    if frames == 0 {
        return Err(fault::no_frames());
    }
    if peak < limit::SILENCE_PEAK {
        return Err(fault::silent());
    }
    Ok(Facts {
        sha256,
        frames,
        rate: decoder.rate().hz(),
        channels: decoder.channels(),
        codec: decoder.codec().to_owned(),
    })
}
