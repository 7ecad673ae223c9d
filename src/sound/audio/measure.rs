use std::path::Path;

use super::disk::{self, Links, SoundFile, Stamp};
use super::meter::{Measures, Meter, Trace};
use super::{Decoder, fault, verdict};
use crate::plan::{Facts, Fault};

/// All that a full decode of a file found.
pub struct Measured {
    /// What the plan needs.
    pub facts: Facts,
    /// What it is like.
    pub measures: Measures,
    /// What its picture is drawn from.
    pub trace: Trace,
    /// Endings of a file name that say truly what the file is, the usual one first: `mp3`.
    pub endings: &'static [&'static str],
}

/// How far a measurement has come: frames decoded, and frames promised where the file says so.
pub type DecodeProgress<'a> = &'a mut dyn FnMut(u64, Option<u64>);

/// Decodes a whole file for its facts. Takes as long as that takes: a hundredth of the sound's
/// length or so. A file that is written to meanwhile is a fault, `changing`, that will pass.
pub fn measure(path: &Path) -> Result<Facts, Fault> {
    examine(path, &mut |_, _| {}).map(|measured| measured.facts)
}

/// The same with everything that was measured. The verdict is the one for every sound, however it
/// came into the station: an `Err` must not play.
pub fn examine(path: &Path, heard: DecodeProgress<'_>) -> Result<Measured, Fault> {
    measure_stamped(path, Links::Follow, heard).1
}

/// What was found, with the state of the file that it was found of; no state where it cannot be told.
pub(super) fn measure_stamped(
    path: &Path,
    links: Links,
    heard: DecodeProgress<'_>,
) -> (Option<Stamp>, Result<Measured, Fault>) {
    let before = disk::stamp(path, links);
    let mut measured = SoundFile::open(path, links).and_then(|file| {
        let opened = file.stamp();
        let measured = decode(file, heard);
        if before == Some(opened) { measured } else { Err(fault::changing()) }
    });
    if before != disk::stamp(path, links) {
        measured = Err(fault::changing());
    }
    (before, measured)
}

fn decode(file: SoundFile, heard: DecodeProgress<'_>) -> Result<Measured, Fault> {
    let sha256 = file.digest()?;
    listen(Decoder::open_file(file)?, sha256, heard)
}

/// [`examine`] for a sound in memory; its facts have the digest of nothing.
pub fn examine_bytes(bytes: Vec<u8>) -> Result<Measured, Fault> {
    listen(Decoder::open_bytes(bytes)?, String::new(), &mut |_, _| {})
}

fn listen(mut decoder: Decoder, sha256: String, heard: DecodeProgress<'_>) -> Result<Measured, Fault> {
    let (rate, channels) = (decoder.rate().hz(), decoder.channels());
    let mut meter = Meter::new(rate, channels).ok_or_else(fault::damaged)?;
    let (promised, nature) = (decoder.promised(), decoder.nature());
    meter.expect(nature.gain_db, nature.is_float);
    let mut frames = 0;
    while let Some(interleaved) = decoder.next()? {
        frames += (interleaved.len() / usize::from(channels)) as u64;
        meter.push(interleaved);
        heard(frames, promised);
    }
    decoder.verdict()?;
    if frames == 0 {
        return Err(fault::no_frames());
    }
    let (mut measures, trace) = meter.finish();
    measures.gain_db = f64::from(nature.gain_db);
    measures.gaps = decoder.skipped();
    measures.lost = decoder.lost().to_vec();
    measures.unfinished = decoder.is_doubtful();
    verdict::refuse(&measures)?;
    let facts =
        Facts { sha256, frames, rate, channels, codec: decoder.codec().to_owned(), loudness: Some(measures.folded()) };
    Ok(Measured { facts, measures, trace, endings: decoder.endings() })
}
