use super::chain::{ChainSettings, Treatment};
use super::clip::Clip;
use super::duck::Duck;
use super::{AudioError, Sounds};
use crate::instant::Rate;
use crate::plan::Item;

/// Music under a programme: from its beginning again as often as it takes, without a gap, as loud as the
/// items above it leave room for. Begins with the first item that it can be heard under.
pub(super) struct Bed {
    sounds: Sounds,
    item: Item,
    rate: Rate,
    recipe: ChainSettings,
    duck: Duck,
    /// None where it cannot be had.
    clip: Option<Clip>,
    /// The next frame of the programme.
    frame: u64,
    music: Vec<f32>,
    gains: Vec<f32>,
    fault: Option<AudioError>,
}

impl Bed {
    /// The bed of `items`, from frame `from` of the programme.
    pub(super) fn open(
        sounds: &Sounds,
        music: &Item,
        items: &[Item],
        rate: Rate,
        from: u64,
        tuning: &Treatment,
    ) -> Self {
        let mut this = Self {
            sounds: sounds.clone(),
            item: music.clone(),
            rate,
            recipe: tuning.recipe(music),
            duck: Duck::new(items, rate),
            clip: None,
            frame: from,
            music: Vec::new(),
            gains: Vec::new(),
            fault: None,
        };
        this.again();
        let mut skip = from.saturating_sub(this.duck.begins()) % rate.frames(music.length).0.max(1);
        while skip > 0 && this.clip.is_some() {
            let count = skip.min(rate.hz().into());
            this.pull(count as usize);
            skip -= count;
        }
        this
    }

    /// What kept it from sounding, if anything did.
    pub(super) const fn fault(&self) -> Option<&AudioError> {
        self.fault.as_ref()
    }

    /// Adds what belongs under these samples, the next of the programme.
    pub(super) fn add(&mut self, samples: &mut [f32]) {
        let silent = self.duck.begins().saturating_sub(self.frame).min(samples.len() as u64);
        self.frame += silent;
        let samples = &mut samples[silent as usize..];
        if self.clip.is_none() || samples.is_empty() {
            self.frame += samples.len() as u64;
            return;
        }
        self.pull(samples.len());
        self.gains.resize(samples.len(), 0.0);
        self.duck.gains(self.frame, &mut self.gains);
        for ((sample, music), gain) in samples.iter_mut().zip(&self.music).zip(&self.gains) {
            *sample += music * gain;
        }
        self.frame += samples.len() as u64;
    }

    /// The next so many frames of the music into `self.music`; silence where there is no more to be had.
    fn pull(&mut self, count: usize) {
        self.music.clear();
        self.music.resize(count, 0.0);
        let (mut filled, mut fresh) = (0, false);
        while filled < count {
            let Some(clip) = &mut self.clip else { return };
            match clip.fill(&mut self.music[filled..]) {
                // A sound without a sample has no beginning to go back to.
                Ok(0) if fresh => self.clip = None,
                Ok(0) => {
                    self.again();
                    fresh = true;
                }
                Ok(more) => {
                    filled += more;
                    fresh = false;
                }
                Err(error) => self.give_up(error),
            }
        }
    }

    /// Back to its beginning.
    fn again(&mut self) {
        match Clip::open(&self.sounds, &self.item, self.rate, self.recipe) {
            Ok(clip) => self.clip = Some(clip),
            Err(error) => self.give_up(error),
        }
    }

    fn give_up(&mut self, error: AudioError) {
        self.clip = None;
        self.fault.get_or_insert(error);
    }
}
