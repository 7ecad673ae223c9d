use std::collections::VecDeque;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::chain::{CEILING_DBTP, Ear, Tuning};
use super::clip::Clip;
use super::{AudioError, limit, tone};
use crate::instant::{Frames, Rate};
use crate::plan::{Item, ItemSound, Programme};

/// Samples decoded at a time where they are asked for one by one, or thrown away.
const BLOCK: usize = 2_048;

/// How much higher the chime's curve may be than its samples, in dB: its notes are low.
const CHIME_SWING_DB: f64 = 0.1;

/// A programme as one mono stream at the output's rate: its items joined without a gap and without
/// an overlap, each exactly as long as planned.
///
/// Files are opened one ahead of the sound, so that the next is ready when the present one ends.
/// Reads and decodes when it is asked: keep it away from audio callbacks.
pub struct Reel {
    directory: PathBuf,
    rate: Rate,
    tuning: Tuning,
    items: VecDeque<Item>,
    now: Option<Part>,
    next: Option<Part>,
    whole: Frames,
    left: Frames,
    fault: Option<AudioError>,
    block: Vec<f32>,
    at: usize,
}

/// The chime as loud as what follows it, as far as the ceiling lets it.
fn chime(rate: Rate, target_lufs: Option<f64>) -> Vec<f32> {
    let mut samples = tone::chime(rate);
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

/// An item being played.
enum Part {
    File(Box<Clip>),
    Chime { samples: Vec<f32>, at: usize },
    Silence { left: u64 },
}

impl Reel {
    /// The programme from `skip` into it, at `rate`, brought to the zone's tone. What lies before is skipped by whole items,
    /// then decoded and thrown away, so that the samples are the very ones of the whole programme.
    /// Errors where sound is missing or the first file to be heard cannot be opened.
    pub fn open(
        audio_dir: &Path,
        programme: &Programme,
        rate: Rate,
        skip: Duration,
        tuning: &Tuning,
    ) -> Result<Self, AudioError> {
        if !programme.missing.is_empty() {
            return Err(AudioError::Missing(programme.missing.clone()));
        }
        if !limit::RATES.contains(&rate.hz()) {
            return Err(AudioError::Rate(rate.hz()));
        }
        let mut items: VecDeque<_> = programme.items.iter().cloned().collect();
        let mut skip = rate.frames(skip).0;
        while let Some(frames) = items.front().map(|item| rate.frames(item.length).0).filter(|frames| *frames <= skip) {
            items.pop_front();
            skip -= frames;
        }
        let rest = items.iter().fold(Frames(0), |sum, item| sum + rate.frames(item.length));
        let mut this = Self {
            directory: audio_dir.to_owned(),
            rate,
            tuning: tuning.clone(),
            items,
            now: None,
            next: None,
            whole: rest - Frames(skip),
            left: rest - Frames(skip),
            fault: None,
            block: Vec::new(),
            at: 0,
        };
        if let Some(item) = this.items.pop_front() {
            let mut part = this.part(&item)?;
            part.discard(skip)?;
            this.now = Some(part);
            this.next = this.open_next();
        }
        Ok(this)
    }

    /// Frames that are still to come, as planned.
    pub fn left(&self) -> Frames {
        self.left
    }

    /// The rate at which the samples are to be played.
    pub fn rate(&self) -> Rate {
        self.rate
    }

    /// The first thing that went wrong, if any: a file that changed, broke off or could not be
    /// opened. Its item is shorter by that much; the items after it play all the same.
    pub fn fault(&self) -> Option<&AudioError> {
        self.fault.as_ref()
    }

    /// Fills `out` from its start and gives the number of samples: less than asked only at the end,
    /// zero from then on.
    pub fn fill(&mut self, out: &mut [f32]) -> usize {
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
        self.left = if self.now.is_some() { self.left - Frames(filled as u64) } else { Frames(0) };
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
                Ok(Part::File(Box::new(Clip::open(&self.directory, item, self.rate, recipe)?)))
            }
            ItemSound::Chime => {
                let mut samples = chime(self.rate, self.tuning.target_lufs());
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

impl Iterator for Reel {
    type Item = f32;

    fn next(&mut self) -> Option<f32> {
        if self.at == self.block.len() {
            let mut block = std::mem::take(&mut self.block);
            block.resize(BLOCK, 0.0);
            let filled = self.fill(&mut block);
            block.truncate(filled);
            (self.block, self.at) = (block, 0);
        }
        let sample = self.block.get(self.at).copied();
        self.at += usize::from(sample.is_some());
        sample
    }
}

impl rodio::Source for Reel {
    fn current_span_len(&self) -> Option<usize> {
        None
    }

    fn channels(&self) -> rodio::ChannelCount {
        NonZero::<u16>::MIN
    }

    fn sample_rate(&self) -> rodio::SampleRate {
        NonZero::new(self.rate.hz()).unwrap_or(NonZero::<u32>::MIN)
    }

    fn total_duration(&self) -> Option<Duration> {
        Some(self.rate.length(self.whole))
    }
}
