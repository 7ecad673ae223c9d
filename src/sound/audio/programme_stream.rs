use std::time::Duration;

use super::bed::Bed;
use super::chain::{Limiter, Treatment};
use super::item_reader::ItemReader;
use super::loan::Loan;
use super::relay_item::RelayItem;
use super::{AudioError, Sounds, limit};
use crate::instant::{Frames, Rate};
use crate::plan::Programme;
use crate::voice::RelayNews;

/// Samples of items and bed that are added up at a time.
const BLOCK: usize = 2_048;

/// Where a programme with a bed is entered in its middle, the limiter hears this much of what came before,
/// so that it does what it would have done.
const LEAD: Duration = Duration::from_secs(2);

/// A programme as one mono stream at the output's rate: its items joined without a gap and without
/// an overlap, each exactly as long as planned, and its bed of music under them.
///
/// Reads and decodes when it is asked: keep it away from audio callbacks.
pub struct ProgrammeStream {
    strip: ItemReader,
    mix: Option<Mix>,
    /// Kept, so that every item and every repeat is of the bytes that there were at the beginning.
    #[expect(dead_code, reason = "kept, never looked at")]
    loans: Vec<Loan>,
}

/// Items and bed, added up and kept under the ceiling.
struct Mix {
    bed: Bed,
    limiter: Limiter,
    sum: Vec<f32>,
    ready: Vec<f32>,
    at: usize,
    ended: bool,
}

impl ProgrammeStream {
    /// The programme from `skip` into it, at `rate`, brought to the zone's tone: the samples are the very
    /// ones of the whole programme.
    /// Errors where sound is missing or the first file to be heard cannot be opened; a bed that cannot is
    /// left out, and said ([`ProgrammeStream::fault`]).
    pub fn open(
        sounds: &Sounds,
        programme: &Programme,
        rate: Rate,
        skip: Duration,
        tuning: &Treatment,
    ) -> Result<Self, AudioError> {
        if !programme.missing.is_empty() {
            return Err(AudioError::Missing(programme.missing.clone()));
        }
        if !limit::RATES.contains(&rate.hz()) {
            return Err(AudioError::Rate(rate.hz()));
        }
        let loans = sounds.borrow(programme);
        let whole = programme.items.iter().fold(Frames(0), |sum, item| sum + rate.frames(item.length));
        let skip = rate.frames(skip).min(whole);
        let Some(music) = &programme.bed else {
            let strip = ItemReader::open(sounds, programme, rate, skip.0, tuning)?;
            return Ok(Self { strip, mix: None, loans });
        };
        let lead = rate.frames(LEAD).min(skip);
        let from = skip - lead;
        let strip = ItemReader::open(sounds, programme, rate, from.0, tuning)?;
        let bed = Bed::open(sounds, music, &programme.items, rate, from.0, tuning);
        let mix = Mix { bed, limiter: Limiter::new(rate), sum: Vec::new(), ready: Vec::new(), at: 0, ended: false };
        let mut this = Self { strip, mix: Some(mix), loans };
        this.fill(&mut vec![0.0; lead.0 as usize]);
        Ok(this)
    }

    /// The first thing that went wrong, if any: a file that changed, broke off or could not be
    /// opened. Its item is shorter by that much; the items after it play all the same.
    pub fn fault(&self) -> Option<&AudioError> {
        self.strip.fault().or_else(|| self.mix.as_ref()?.bed.fault())
    }

    /// What comes next is a higher station, as it comes: it cannot be had ahead of its time.
    pub fn is_live(&self) -> bool {
        self.strip.is_live()
    }

    /// What comes next is somebody who speaks, and hears himself.
    pub fn is_voice(&self) -> bool {
        self.strip.is_voice()
    }

    /// It is shorter than planned, as somebody who spoke was done before his time.
    pub const fn is_cut_short(&self) -> bool {
        self.strip.is_cut_short()
    }

    /// Of something live that has not begun: how many frames have come that are not to be held.
    pub fn arrived(&mut self) -> usize {
        self.strip.relay().map_or(0, RelayItem::arrived)
    }

    /// What is live begins, and so many of the frames that were taken of it are heard.
    pub fn begin(&mut self, frames: u64) {
        if let Some(relay) = self.strip.relay() {
            relay.begin(frames);
        }
    }

    /// What has changed in what is heard of a higher station.
    pub fn news(&mut self) -> Option<RelayNews> {
        self.strip.news()
    }

    /// Fills `out` from its start and gives the number of samples: less than asked only at the end,
    /// zero from then on, and where something live begins.
    pub fn fill(&mut self, out: &mut [f32]) -> usize {
        match &mut self.mix {
            None => self.strip.fill(out),
            Some(mix) => mix.fill(&mut self.strip, out),
        }
    }
}

impl Mix {
    fn fill(&mut self, strip: &mut ItemReader, out: &mut [f32]) -> usize {
        let mut filled = 0;
        while filled < out.len() {
            if self.at < self.ready.len() {
                let count = (self.ready.len() - self.at).min(out.len() - filled);
                out[filled..filled + count].copy_from_slice(&self.ready[self.at..self.at + count]);
                self.at += count;
                filled += count;
            } else if self.ended {
                break;
            } else {
                self.add(strip);
            }
        }
        filled
    }

    /// The next block.
    fn add(&mut self, strip: &mut ItemReader) {
        self.ready.clear();
        self.at = 0;
        self.sum.resize(BLOCK, 0.0);
        let count = strip.fill(&mut self.sum);
        self.bed.add(&mut self.sum[..count]);
        self.limiter.push(&self.sum[..count], &mut self.ready);
        if count < BLOCK {
            self.limiter.finish(&mut self.ready);
            self.ended = true;
        }
    }
}
