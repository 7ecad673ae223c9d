use std::fs::File;
use std::io;
use std::time::Duration;

use crate::audio::OpusFile;
use crate::incoming::SentPart;
use crate::incoming::wire::WIRE_RATE;
use crate::instant::{Mono, Wall};

/// No recording is longer: the next one goes on where it ends.
const LONGEST: Duration = Duration::from_hours(1);
/// So long nothing is sent, and the recording is over; what comes later is another.
const STILL: Duration = Duration::from_secs(15);
/// Less than this is no gap: what is sent comes in pieces.
const GAP_LEAST: Duration = Duration::from_millis(250);

/// A file that is being written: one stretch of a relay, with silence where it was not sent for a moment.
pub(super) struct Recording {
    file: OpusFile<File>,
    /// The name that it is to have.
    pub(super) name: String,
    pub(super) from: Wall,
    since: Mono,
    last: Mono,
    /// The number of the sample that comes next, if nothing is left out.
    next: u64,
    frames: u64,
}

impl Recording {
    pub(super) fn begin(file: File, name: String, now: (Wall, Mono), first: u64) -> io::Result<Self> {
        let ((from, since), file) = (now, OpusFile::begin(file)?);
        Ok(Self { file, name, from, since, last: since, next: first, frames: 0 })
    }

    /// Nothing was sent for a while, or it is long enough.
    pub(super) fn is_over(&self, now: Mono) -> bool {
        now.after(self.last) > STILL || self.length() >= LONGEST
    }

    /// Bytes that it has taken so far, about: four thousand a second.
    pub(super) const fn bytes(&self) -> u64 {
        self.frames / 12
    }

    fn length(&self) -> Duration {
        Duration::from_secs_f64(self.frames as f64 / f64::from(WIRE_RATE))
    }

    pub(super) fn add(&mut self, part: &SentPart, now: Mono) -> io::Result<()> {
        if part.from != self.next {
            let gap = now.after(self.since).saturating_sub(self.length());
            if gap > GAP_LEAST {
                let frames = (gap.min(STILL * 2).as_secs_f64() * f64::from(WIRE_RATE)) as usize;
                self.file.push(&vec![0; frames])?;
                self.frames += frames as u64;
            }
        }
        self.file.push(&part.samples)?;
        self.frames += part.samples.len() as u64;
        (self.next, self.last) = (part.from + part.samples.len() as u64, now);
        Ok(())
    }

    /// The end of it: its name, and from when to when.
    pub(super) fn finish(self) -> io::Result<(String, Wall, Wall)> {
        let (from, to) = (self.from, self.from + self.length());
        self.file.finish()?;
        Ok((self.name, from, to))
    }
}
