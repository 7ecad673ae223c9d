use std::collections::VecDeque;

use super::chain::{CEILING_DBTP, Ear, Tuning};
use super::clip::Clip;
use super::{AudioError, Sounds, tone};
use crate::instant::Rate;
use crate::plan::{Item, ItemSound, Programme};
use crate::schedule::Chime;

/// Samples thrown away at a time.
const BLOCK: usize = 2_048;

/// How much higher the chime's curve may be than its samples, in dB: its notes are low.
const CHIME_SWING_DB: f64 = 0.1;

/// The items of a programme as one stream: joined without a gap and without an overlap, each exactly as
/// long as planned.
///
/// Files are opened one ahead of the sound, so that the next is ready when the present one ends.
pub(super) struct Strip {
    sounds: Sounds,
    rate: Rate,
    tuning: Tuning,
    items: VecDeque<Item>,
    now: Option<Part>,
    next: Option<Part>,
    fault: Option<AudioError>,
}

/// An item being played.
enum Part {
    File(Box<Clip>),
    Chime { samples: Vec<f32>, at: usize },
    Silence { left: u64 },
}

impl Strip {
    /// From frame `skip` on. What lies before is skipped by whole items, then decoded and thrown away, so
    /// that the samples are the very ones of the whole. Errors where the first file to be heard cannot be
    /// opened.
    pub(super) fn open(
        sounds: &Sounds,
        programme: &Programme,
        rate: Rate,
        mut skip: u64,
        tuning: &Tuning,
    ) -> Result<Self, AudioError> {
        let mut items: VecDeque<_> = programme.items.iter().cloned().collect();
        while let Some(frames) = items.front().map(|item| rate.frames(item.length).0).filter(|frames| *frames <= skip) {
            items.pop_front();
            skip -= frames;
        }
        let (sounds, tuning) = (sounds.clone(), tuning.clone());
        let mut this = Self { sounds, rate, tuning, items, now: None, next: None, fault: None };
        if let Some(item) = this.items.pop_front() {
            let mut part = this.part(&item)?;
            part.discard(skip)?;
            this.now = Some(part);
            this.next = this.open_next();
        }
        Ok(this)
    }

    /// The first thing that went wrong, if any: its item is shorter by that much.
    pub(super) const fn fault(&self) -> Option<&AudioError> {
        self.fault.as_ref()
    }

    /// Fills `out` from its start and gives the number of samples: less than asked only at the end.
    pub(super) fn fill(&mut self, out: &mut [f32]) -> usize {
        let mut filled = 0;
        while filled < out.len() {
            let Some(part) = &mut self.now else { break };
            match part.fill(&mut out[filled..]) {
                Ok(0) => {
                    self.now = self.next.take();
                    self.next = self.open_next();
                }
                Ok(count) => filled += count,
                Err(error) => self.note(error),
            }
        }
        filled
    }

    /// Opens the next item that can be opened.
    fn open_next(&mut self) -> Option<Part> {
        while let Some(item) = self.items.pop_front() {
            match self.part(&item) {
                Ok(part) => return Some(part),
                Err(error) => self.note(error),
            }
        }
        None
    }

    fn part(&self, item: &Item) -> Result<Part, AudioError> {
        let frames = self.rate.frames(item.length).0;
        match &item.sound {
            ItemSound::File { .. } => {
                let recipe = self.tuning.recipe(item);
                Ok(Part::File(Box::new(Clip::open(&self.sounds, item, self.rate, recipe)?)))
            }
            ItemSound::Chime(way) => {
                let mut samples = chime(self.rate, *way, self.tuning.target_lufs());
                samples.truncate(frames as usize);
                Ok(Part::Chime { samples, at: 0 })
            }
            ItemSound::Pause => Ok(Part::Silence { left: frames }),
        }
    }

    fn note(&mut self, error: AudioError) {
        self.fault.get_or_insert(error);
    }
}

impl Part {
    fn fill(&mut self, out: &mut [f32]) -> Result<usize, AudioError> {
        match self {
            Self::File(clip) => clip.fill(out),
            Self::Chime { samples, at } => {
                let count = (samples.len() - *at).min(out.len());
                out[..count].copy_from_slice(&samples[*at..*at + count]);
                *at += count;
                Ok(count)
            }
            Self::Silence { left } => {
                let count = (*left).min(out.len() as u64) as usize;
                out[..count].fill(0.0);
                *left -= count as u64;
                Ok(count)
            }
        }
    }

    /// Throws the first `frames` away.
    fn discard(&mut self, mut frames: u64) -> Result<(), AudioError> {
        let mut waste = vec![0.0; BLOCK];
        while frames > 0 {
            let most = frames.min(BLOCK as u64) as usize;
            match self.fill(&mut waste[..most])? {
                0 => break,
                count => frames -= count as u64,
            }
        }
        Ok(())
    }
}

/// The chime as loud as what follows it, as far as the ceiling lets it.
fn chime(rate: Rate, way: Chime, target_lufs: Option<f64>) -> Vec<f32> {
    let mut samples = tone::chime(rate, way);
    if let Some(target) = target_lufs {
        let mut ear = Ear::new(rate);
        ear.hear(&samples);
        let most = CEILING_DBTP - CHIME_SWING_DB - tone::PEAK_DB;
        let gain = 10.0_f64.powf((target - ear.lufs()).min(most) / 20.0) as f32;
        for sample in &mut samples {
            *sample *= gain;
        }
    }
    samples
}
