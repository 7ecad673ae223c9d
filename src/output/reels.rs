use std::path::PathBuf;
use std::sync::Arc;

use super::feed::{OpenReader, Reader};
use crate::audio::Reel;

impl Reader for Reel {
    fn fill(&mut self, out: &mut [f32]) -> usize {
        Self::fill(self, out)
    }
}

/// Opens programmes from the sounds in `audio_dir`: what every output of a real station is given.
pub fn reels(audio_dir: PathBuf) -> OpenReader {
    Arc::new(move |programme, rate, skip| match Reel::open(&audio_dir, programme, rate, skip) {
        Ok(reel) => Ok(Box::new(reel)),
        Err(error) => Err(error.text()),
    })
}
