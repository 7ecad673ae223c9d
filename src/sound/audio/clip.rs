use super::chain::{ChainSettings, SoundChain};
use super::disk::Spoilt;
use super::sounds::OpenSound;
use super::{AudioError, Decoder, Resampler, Sounds, fault};
use crate::instant::Rate;
use crate::plan::{Item, ItemSound};

/// One file of a programme at the output's rate and in the zone's tone: decoded as it is asked for, never
/// longer than the plan says.
pub(super) struct Clip {
    file: String,
    decoder: Decoder,
    spoilt: Spoilt,
    resampler: Resampler,
    chain: Option<SoundChain>,
    decoded: Vec<f32>,
    resampled: Vec<f32>,
    ready: Vec<f32>,
    at: usize,
    left: u64,
    ended: bool,
}

impl Clip {
    /// Opens the file of an item, whose bytes must still have the digest that was planned.
    pub(super) fn open(sounds: &Sounds, item: &Item, rate: Rate, recipe: ChainSettings) -> Result<Self, AudioError> {
        let ItemSound::File { file, sha256, .. } = &item.sound else {
            return Err(AudioError::Missing(vec![item.name.clone()]));
        };
        let file: &str = file;
        let wrong = |fault| AudioError::Sound { file: file.to_owned(), fault };
        let OpenSound { decoder, spoilt } = sounds.open(file, sha256).map_err(wrong)?;
        let resampler = Resampler::new(decoder.rate(), rate)?;
        Ok(Self {
            file: file.to_owned(),
            decoder,
            spoilt,
            resampler,
            chain: SoundChain::new(rate, recipe),
            decoded: Vec::new(),
            resampled: Vec::new(),
            ready: Vec::new(),
            at: 0,
            left: rate.frames(item.length).0,
            ended: false,
        })
    }

    /// Fills `out` from its start and gives the number of samples: zero at the end. An error comes
    /// once; what was decoded before it can still be had.
    pub(super) fn fill(&mut self, out: &mut [f32]) -> Result<usize, AudioError> {
        while self.left > 0 && !out.is_empty() {
            let ready = &self.ready[self.at..];
            if !ready.is_empty() {
                let count = ready.len().min(out.len()).min(self.left as usize);
                out[..count].copy_from_slice(&ready[..count]);
                self.at += count;
                self.left -= count as u64;
                return Ok(count);
            }
            if self.ended {
                return self.run_dry();
            }
            self.decode()?;
        }
        Ok(0)
    }

    fn decode(&mut self) -> Result<(), AudioError> {
        self.ready.clear();
        self.decoded.clear();
        self.at = 0;
        let read = match &self.chain {
            Some(_) => self.decoder.read_free(&mut self.decoded),
            None => self.decoder.read(&mut self.decoded),
        };
        // However the decoder takes it that its file gave it nothing more: what it has decoded is of the old bytes.
        let read = if self.spoilt.is_set() { Err(fault::overwritten()) } else { read };
        match read {
            Ok(true) => self.shape(false),
            Ok(false) => {
                self.ended = true;
                self.shape(true)
            }
            Err(fault) => {
                self.ended = true;
                self.shape(true)?;
                // Said once: the missing rest is no second fault.
                self.left = self.left.min(self.ready.len() as u64);
                Err(AudioError::Sound { file: self.file.clone(), fault })
            }
        }
    }

    /// From what was decoded to what is ready; `last` where nothing follows.
    fn shape(&mut self, last: bool) -> Result<(), AudioError> {
        let Some(chain) = &mut self.chain else {
            self.resampler.push(&self.decoded, &mut self.ready)?;
            return if last { self.resampler.finish(&mut self.ready) } else { Ok(()) };
        };
        self.resampled.clear();
        self.resampler.push(&self.decoded, &mut self.resampled)?;
        if last {
            self.resampler.finish(&mut self.resampled)?;
        }
        chain.push(&self.resampled, &mut self.ready);
        if last {
            chain.finish(&mut self.ready);
        }
        Ok(())
    }

    /// The file gave less than was planned: the item ends here, unpadded.
    fn run_dry(&mut self) -> Result<usize, AudioError> {
        let missing = std::mem::take(&mut self.left);
        if missing > 1 {
            return Err(AudioError::Sound { file: self.file.clone(), fault: fault::wrong_length(&self.file) });
        }
        Ok(0)
    }
}
