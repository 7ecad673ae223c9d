use std::path::Path;

use super::disk::SoundFile;
use super::{AudioError, Decoder, Resampler, fault};
use crate::instant::Rate;

/// One file of a programme at the output's rate: decoded as it is asked for, never longer than the
/// plan says.
pub(super) struct Clip {
    file: String,
    decoder: Decoder,
    resampler: Resampler,
    decoded: Vec<f32>,
    ready: Vec<f32>,
    at: usize,
    left: u64,
    ended: bool,
}

impl Clip {
    /// Opens `file` of the directory, whose bytes must still have the digest that was planned: what
    /// plays is what was approved, and what the journal says.
    pub(super) fn open(
        directory: &Path,
        file: &str,
        sha256: &str,
        rate: Rate,
        frames: u64,
    ) -> Result<Self, AudioError> {
        let wrong = |fault| AudioError::Sound { file: file.to_owned(), fault };
        // A name is a name in the directory, never a way out of it.
        if Path::new(file).file_name().is_none_or(|name| name != file) {
            return Err(wrong(fault::not_audio()));
        }
        let mut opened = SoundFile::open(&directory.join(file)).map_err(wrong)?;
        if opened.digest().map_err(wrong)? != sha256 {
            return Err(wrong(fault::changed()));
        }
        let decoder = Decoder::open_file(opened).map_err(wrong)?;
        let resampler = Resampler::new(decoder.rate(), rate)?;
        let (decoded, ready) = (Vec::new(), Vec::new());
        Ok(Self { file: file.to_owned(), decoder, resampler, decoded, ready, at: 0, left: frames, ended: false })
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
        match self.decoder.read(&mut self.decoded) {
            Ok(true) => self.resampler.push(&self.decoded, &mut self.ready),
            Ok(false) => {
                self.ended = true;
                self.resampler.finish(&mut self.ready)
            }
            Err(fault) => {
                self.ended = true;
                self.resampler.finish(&mut self.ready)?;
                // Said once: the missing rest is no second fault.
                self.left = self.left.min(self.ready.len() as u64);
                Err(AudioError::Sound { file: self.file.clone(), fault })
            }
        }
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
