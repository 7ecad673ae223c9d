use std::collections::VecDeque;

use super::chain::{CEILING_DBTP, LoudnessProbe, Treatment};
use super::clip::Clip;
use super::relay_item::RelayItem;
use super::{AudioError, Sounds, chime};
use crate::instant::Rate;
use crate::plan::{Item, ItemSound, Programme};
use crate::schedule::Chime;
use crate::voice::RelayNews;

/// Samples thrown away at a time.
const BLOCK: usize = 2_048;

/// How much higher the chime's curve may be than its samples, in dB: its notes are low.
const CHIME_SWING_DB: f64 = 0.1;

/// The items of a programme as one stream: joined without a gap and without an overlap, each exactly as
/// long as planned.
///
/// Files are opened one ahead of the sound, so that the next is ready when the present one ends.
pub(super) struct ItemReader {
    sounds: Sounds,
    rate: Rate,
    tuning: Treatment,
    items: VecDeque<Item>,
    now: Option<Part>,
    next: Option<Part>,
    fault: Option<AudioError>,
    /// Somebody who spoke was done before his time.
    is_cut_short: bool,
    /// Of higher stations whose time is over.
    news: VecDeque<RelayNews>,
}

/// An item being played.
enum Part {
    File(Box<Clip>),
    Chime { samples: Vec<f32>, at: usize },
    Silence { left: u64 },
    Relay(Box<RelayItem>),
}

impl ItemReader {
    /// From frame `skip` on. What lies before is skipped by whole items, then decoded and thrown away, so
    /// that the samples are the very ones of the whole. Errors where the first file to be heard cannot be
    /// opened.
    pub(super) fn open(
        sounds: &Sounds,
        programme: &Programme,
        rate: Rate,
        mut skip: u64,
        tuning: &Treatment,
    ) -> Result<Self, AudioError> {
        let mut items: VecDeque<_> = programme.items.iter().cloned().collect();
        while let Some(frames) = items.front().map(|item| rate.frames(item.length).0).filter(|frames| *frames <= skip) {
            items.pop_front();
            skip -= frames;
        }
        let (sounds, tuning) = (sounds.clone(), tuning.clone());
        let (fault, is_cut_short, news) = (None, false, VecDeque::new());
        let mut this = Self { sounds, rate, tuning, items, now: None, next: None, fault, is_cut_short, news };
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

    /// What comes next is a higher station as it comes.
    pub(super) fn is_live(&self) -> bool {
        self.live().is_some()
    }

    /// What comes next, or came last, is somebody who speaks.
    pub(super) fn is_voice(&self) -> bool {
        self.live().is_some_and(RelayItem::is_voice)
    }

    /// It is shorter than planned, as somebody who spoke was done before his time.
    pub(super) const fn is_cut_short(&self) -> bool {
        self.is_cut_short
    }

    fn live(&self) -> Option<&RelayItem> {
        match &self.now {
            Some(Part::Relay(relay)) if relay.is_live() => Some(relay),
            _ => None,
        }
    }

    /// What has changed in what is heard of a higher station.
    pub(super) fn news(&mut self) -> Option<RelayNews> {
        self.news.pop_front().or_else(|| self.relay()?.news())
    }

    /// The higher station that is the present item.
    pub(super) fn relay(&mut self) -> Option<&mut RelayItem> {
        match &mut self.now {
            Some(Part::Relay(relay)) => Some(relay),
            _ => None,
        }
    }

    /// Fills `out` from its start and gives the number of samples: less than asked only at the end, and where something
    /// live begins.
    pub(super) fn fill(&mut self, out: &mut [f32]) -> usize {
        let mut filled = 0;
        while filled < out.len() {
            let Some(part) = &mut self.now else { break };
            match part.fill(&mut out[filled..]) {
                Ok(0) => {
                    while let Some(news) = self.relay().and_then(RelayItem::news) {
                        self.news.push_back(news);
                    }
                    self.is_cut_short |= self.relay().is_some_and(|relay| relay.is_cut_short());
                    self.now = self.next.take();
                    self.next = self.open_next();
                    // What is live is not begun before its time.
                    if self.is_live() {
                        break;
                    }
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
            ItemSound::Relay { relay, otherwise } => {
                let booked = (&**relay, &**otherwise, frames);
                Ok(Part::Relay(Box::new(RelayItem::new(&self.sounds, booked, self.rate, &self.tuning))))
            }
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
            Self::Relay(relay) => Ok(relay.fill(out)),
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
        if let Self::Relay(relay) = self {
            relay.skip(frames);
            return Ok(());
        }
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
    let mut samples = chime::chime(rate, way);
    if let Some(target) = target_lufs {
        let mut ear = LoudnessProbe::new(rate);
        ear.hear(&samples);
        let most = CEILING_DBTP - CHIME_SWING_DB - chime::PEAK_DB;
        let gain = 10.0_f64.powf((target - ear.lufs()).min(most) / 20.0) as f32;
        for sample in &mut samples {
            *sample *= gain;
        }
    }
    samples
}
