use std::sync::Arc;

use realfft::num_complex::Complex;
use realfft::{RealFftPlanner, RealToComplex};

use super::wire::WIRE_RATE;

/// Samples of one look: 43 ms, 23 Hz from line to line.
const LOOK: usize = 2_048;
/// Mean power below which nothing is heard of whoever speaks, -50 dBFS: a room lies below, a whisper above.
const HEARD: f64 = 1e-5;
/// Looks without a sound after which he is told: three seconds. A breath is shorter.
const SILENT_AFTER: u32 = 70;
/// Mean power from which on a tone is worth a word, -35 dBFS.
const LOUD: f64 = 3.2e-4;
/// So much of all power lies in one tone where a horn is heard in its own microphone: above every vowel that lasts.
const IN_ONE: f64 = 0.85;
/// Lines of the spectrum that one tone fills, to each side of its middle.
const SPREAD: usize = 2;
/// A tone of feedback stands still: it moves by no more than these lines from look to look.
const STILL: usize = 1;
/// Below 200 Hz it is hum, or a voice.
const FIRST: usize = 9;
/// Looks of the same tone after which it is feedback: three quarters of a second.
const HOWLS_AFTER: u32 = 18;

/// What is to be told to whoever speaks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum VoiceSign {
    /// The horns are heard in his microphone.
    Howl,
    /// Nothing is heard of him.
    Silent,
    /// All is well again.
    Well,
}

/// Listens to somebody who speaks now, for what he does not notice himself.
pub struct VoiceWatch {
    fft: Arc<dyn RealToComplex<f32>>,
    window: Vec<f32>,
    look: Vec<f32>,
    power: Vec<f64>,
    lines: Vec<Complex<f32>>,
    quiet: u32,
    tone: usize,
    howls: u32,
    told: VoiceSign,
}

impl Default for VoiceWatch {
    fn default() -> Self {
        let fft = RealFftPlanner::new().plan_fft_forward(LOOK);
        let turn = |n: usize| n as f32 / LOOK as f32 * std::f32::consts::TAU;
        Self {
            window: (0..LOOK).map(|n| 0.5 - 0.5 * turn(n).cos()).collect(),
            look: Vec::with_capacity(LOOK),
            power: vec![0.0; LOOK / 2 + 1],
            lines: fft.make_output_vec(),
            fft,
            quiet: 0,
            tone: 0,
            howls: 0,
            told: VoiceSign::Well,
        }
    }
}

impl VoiceWatch {
    /// More of him, at the rate of the wire: what is to be told now, if that has changed.
    pub fn hear(&mut self, samples: &[i16]) -> Option<VoiceSign> {
        let before = self.told;
        for sample in samples {
            self.look.push(f32::from(*sample) / 32_768.0);
            if self.look.len() == LOOK {
                self.judge();
                self.look.clear();
            }
        }
        (self.told != before).then_some(self.told)
    }

    /// Nothing came for so long.
    pub fn miss(&mut self, millis: u32) -> Option<VoiceSign> {
        let before = self.told;
        let looks = u64::from(millis) * u64::from(WIRE_RATE) / 1_000 / LOOK as u64;
        self.quiet = self.quiet.saturating_add(looks as u32);
        self.tell();
        (self.told != before).then_some(self.told)
    }

    fn judge(&mut self) {
        let mean = self.look.iter().map(|sample| f64::from(sample * sample)).sum::<f64>() / LOOK as f64;
        self.quiet = if mean < HEARD { self.quiet + 1 } else { 0 };
        self.howls = match self.tone().filter(|_| mean >= LOUD) {
            Some(tone) => {
                let is_same = tone.abs_diff(self.tone) <= STILL;
                self.tone = tone;
                if is_same { self.howls + 1 } else { 1 }
            }
            None => 0,
        };
        self.tell();
    }

    /// The line of the spectrum in which all but all of it lies.
    fn tone(&mut self) -> Option<usize> {
        for (sample, shape) in self.look.iter_mut().zip(&self.window) {
            *sample *= shape;
        }
        // Its lengths are those that it was made for.
        let _ = self.fft.process(&mut self.look, &mut self.lines);
        for (power, line) in self.power.iter_mut().zip(&self.lines) {
            *power = f64::from(line.norm_sqr());
        }
        let whole: f64 = self.power.iter().sum();
        let (middle, _) = self.power.iter().enumerate().max_by(|one, other| one.1.total_cmp(other.1))?;
        let around = middle.saturating_sub(SPREAD)..=(middle + SPREAD).min(self.power.len() - 1);
        let own: f64 = self.power[around].iter().sum();
        (middle >= FIRST && own > whole * IN_ONE).then_some(middle)
    }

    const fn tell(&mut self) {
        self.told = if self.howls >= HOWLS_AFTER {
            VoiceSign::Howl
        } else if self.quiet >= SILENT_AFTER {
            VoiceSign::Silent
        } else {
            VoiceSign::Well
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tone(hz: f32, level: f32, millis: usize) -> Vec<i16> {
        let turn = std::f32::consts::TAU * hz / WIRE_RATE as f32;
        (0..48 * millis).map(|at| ((turn * at as f32).sin() * level * 32_767.0) as i16).collect()
    }

    /// A voice as far as this matters: harmonics of a pitch that moves, in syllables.
    fn speech(millis: usize) -> Vec<i16> {
        let mut turn = 0.0_f32;
        let sample = |at: usize| {
            let time = at as f32 / WIRE_RATE as f32;
            let pitch = 140.0 + 25.0 * (time * 9.0).sin();
            turn += std::f32::consts::TAU * pitch / WIRE_RATE as f32;
            let voice: f32 = (1..9).map(|over| (turn * over as f32).sin() / over as f32).sum();
            (voice * (time * 14.0).sin().abs() * 6_000.0) as i16
        };
        (0..48 * millis).map(sample).collect()
    }

    #[test]
    fn a_tone_that_stands_is_feedback_and_a_voice_is_none() {
        let mut watch = VoiceWatch::default();
        assert_eq!(watch.hear(&speech(5_000)), None);
        assert_eq!(watch.hear(&tone(1_850.0, 0.4, 1_000)), Some(VoiceSign::Howl));
        assert_eq!(watch.hear(&tone(1_850.0, 0.4, 1_000)), None, "told once");
        assert_eq!(watch.hear(&speech(500)), Some(VoiceSign::Well));
        // A whistle that is soft, and a hum.
        assert_eq!(watch.hear(&tone(1_850.0, 0.01, 1_500)), None);
        assert_eq!(watch.hear(&tone(100.0, 0.4, 1_500)), None);
    }

    #[test]
    fn three_seconds_without_a_sound_are_told_whether_zeros_come_or_nothing() {
        let mut watch = VoiceWatch::default();
        assert_eq!(watch.hear(&vec![3; 48 * 2_900]), None);
        assert_eq!(watch.hear(&vec![3; 48 * 200]), Some(VoiceSign::Silent));
        assert_eq!(watch.hear(&speech(300)), Some(VoiceSign::Well));
        assert_eq!(watch.miss(1_500), None);
        assert_eq!(watch.miss(1_600), Some(VoiceSign::Silent));
    }
}
