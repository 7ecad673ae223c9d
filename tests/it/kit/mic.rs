use std::time::Duration;

use loa::clock::Clock as _;
use loa::machine::MachineClock;

use super::wav::wav_file;

/// Samples of one piece: 20 ms.
const PIECE: usize = 960;

/// A microphone with somebody in front of it: pieces of 20 ms, given as fast as they are spoken.
pub(crate) struct Mic;

impl Mic {
    /// Hand over so much of a voice, piece by piece, as long as `take` wants more of it.
    pub(crate) fn speak(seconds: f64, take: impl FnMut(&[i16]) -> bool) {
        Self::give(&Self::voice(seconds), take);
    }

    /// The same of any sound.
    pub(crate) fn give(sound: &[i16], mut take: impl FnMut(&[i16]) -> bool) {
        let began = MachineClock.mono();
        for (number, piece) in sound.chunks(PIECE).enumerate() {
            let due = Duration::from_millis(20) * number as u32;
            while let Some(left) = due.checked_sub(MachineClock.mono().after(began)).filter(|left| !left.is_zero()) {
                MachineClock.wait(left);
            }
            if !take(piece) {
                return;
            }
        }
    }

    /// So much of a voice, at 48,000 samples a second: harmonics of a pitch that moves, in syllables.
    pub(crate) fn voice(seconds: f64) -> Vec<i16> {
        let mut turn = 0.0_f64;
        let sample = |at: usize| {
            let time = at as f64 / 48_000.0;
            let pitch = 140.0 + 25.0 * (time * 9.0).sin();
            turn += std::f64::consts::TAU * pitch / 48_000.0;
            let voice: f64 = (1..9).map(|over| (turn * f64::from(over)).sin() / f64::from(over)).sum();
            (voice * (time * 14.0).sin().abs() * 6_000.0) as i16
        };
        (0..(seconds * 48_000.0) as usize).map(sample).collect()
    }

    /// So much of a tone that stands still, as a horn in its own microphone makes it.
    pub(crate) fn howl(seconds: f64) -> Vec<i16> {
        let sample = |at: usize| ((at as f64 * std::f64::consts::TAU * 1_850.0 / 48_000.0).sin() * 12_000.0) as i16;
        (0..(seconds * 48_000.0) as usize).map(sample).collect()
    }

    /// A voice as a file for a browser that is to hear it.
    pub(crate) fn file(path: &std::path::Path, seconds: f64) {
        Self::written(path, &Self::voice(seconds));
    }

    /// These samples as a file.
    pub(crate) fn written(path: &std::path::Path, samples: &[i16]) {
        wav_file(path, 48_000, 1, samples.iter().copied());
    }
}
