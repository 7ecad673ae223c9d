//! Listens to a whole sound in one pass and says in numbers what it is like: loudness, peaks, clipping,
//! pauses, noise, bandwidth, faults of single channels. Takes frames as they were recorded; opens no
//! file and judges nothing (that is [`super::verdict`]). Called by [`super::measure`].
//!
//! Memory is flat but for two bytes per hundredth of a second, from which pauses are found and the
//! picture is drawn, and sixteen per twentieth, from which noise is told: 8 MB for the longest sound that loa takes.

mod band;
mod clipping;
mod level;
mod loudness;
mod measures;
mod noise;
mod peak;
mod sums;

pub use level::MeterLevel;
pub(super) use loudness::LoudnessMeter;
pub use loudness::Point;
pub use measures::{Measures, SoundSpan};
pub(super) use peak::{Filters as PeakFilters, GROUP, REACH};
pub(super) use sums::Sums;

use band::Band;
use clipping::Clipping;
use level::Levels;
use noise::Noise;
use peak::TruePeak;

/// Frames worked on at a time: a packet of most codecs, small enough for a processor's nearest memory.
const PIECE: usize = 2_048;

/// One pass over a sound.
pub(super) struct Meter {
    rate: u32,
    frames: u64,
    channels: Vec<Channel>,
    plane: Vec<f32>,
    mono: Vec<f32>,
    loudness: LoudnessMeter,
    levels: Levels,
    band: Band,
    noise: Noise,
    /// Of the sound folded to one channel: sum of squares, highest sample.
    middle: f64,
    middle_peak: f32,
    /// The same for loudness and the curve, where there is more than one channel to fold.
    folded: Option<(LoudnessMeter, TruePeak)>,
}

/// What is measured of each channel by itself.
struct Channel {
    sum: f64,
    square: f64,
    peak: TruePeak,
    clipping: Clipping,
}

/// What the picture is drawn from.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Trace {
    /// One level per hundredth of a second.
    pub levels: Vec<MeterLevel>,
    /// Loudness along the sound, in order.
    pub line: Vec<Point>,
    /// Where it is clipped, in seconds; at most a few hundred places.
    pub clipped: Vec<SoundSpan>,
    /// Where nothing is to be heard, in seconds.
    pub silent: Vec<SoundSpan>,
}

impl Meter {
    /// For a sound of this rate and number of channels; `None` where there are none, or the rate is
    /// beyond reason.
    pub(super) fn new(rate: u32, channels: u16) -> Option<Self> {
        let channel = || Channel { sum: 0.0, square: 0.0, peak: TruePeak::new(rate), clipping: Clipping::new(rate) };
        (channels > 0).then_some(())?;
        Some(Self {
            rate,
            frames: 0,
            channels: (0..channels).map(|_| channel()).collect(),
            plane: Vec::new(),
            mono: Vec::new(),
            loudness: LoudnessMeter::new(rate, channels)?,
            levels: Levels::new(rate),
            band: Band::new(rate),
            noise: Noise::new(rate),
            middle: 0.0,
            middle_peak: 0.0,
            folded: if channels > 1 { Some((LoudnessMeter::new(rate, 1)?, TruePeak::new(rate))) } else { None },
        })
    }

    /// What full scale means in the sound to come: its file turns it up by so much, and floats may lie over it.
    pub(super) fn expect(&mut self, gain_db: f32, is_float: bool) {
        for channel in &mut self.channels {
            channel.clipping.expect(10.0_f32.powf(-gain_db / 20.0), is_float);
        }
    }

    /// Takes in the next frames, channels interleaved.
    pub(super) fn push(&mut self, interleaved: &[f32]) {
        for piece in interleaved.chunks(PIECE * self.channels.len()) {
            self.piece(piece);
        }
    }

    fn piece(&mut self, interleaved: &[f32]) {
        let count = self.channels.len();
        self.loudness.push(interleaved);
        if count == 1 {
            self.channels[0].push(interleaved);
            self.mono.clear();
            self.mono.extend_from_slice(interleaved);
        } else {
            let share = 1.0 / count as f32;
            self.mono.clear();
            self.mono.extend(interleaved.chunks_exact(count).map(|frame| frame.iter().sum::<f32>() * share));
            for (at, channel) in self.channels.iter_mut().enumerate() {
                self.plane.clear();
                self.plane.extend(interleaved.chunks_exact(count).map(|frame| frame[at]));
                channel.push(&self.plane);
            }
        }
        let sums = Sums::of(&self.mono);
        self.middle += f64::from(sums.square);
        self.middle_peak = self.middle_peak.max(sums.peak);
        if let Some((loudness, peak)) = &mut self.folded {
            loudness.push(&self.mono);
            peak.push(&self.mono, sums.peak);
        }
        self.levels.push(&self.mono);
        self.band.push(&self.mono);
        self.noise.push(&self.mono);
        self.frames += self.mono.len() as u64;
    }

    /// The end: what it was like.
    pub(super) fn finish(mut self) -> (Measures, Trace) {
        self.levels.finish();
        let gaps = self.levels.gaps();
        let noise = self.noise.finish();
        let frames = self.frames.max(1) as f64;
        let squares: Vec<f64> = self.channels.iter().map(|channel| channel.square / frames).collect();
        let loudest = squares.iter().copied().fold(0.0, f64::max);
        let sides = squares.iter().sum::<f64>() / squares.len() as f64;
        let (clipped, clipped_runs) = Clipping::all(self.channels.iter().map(|channel| &channel.clipping));
        let decibels = |power: f64| if power > 1e-15 { round(10.0 * power.log10()) } else { -150.0 };
        let peak = |of: fn(&TruePeak) -> f32| {
            let highest = self.channels.iter().map(|channel| of(&channel.peak)).fold(0.0, f32::max);
            decibels(f64::from(highest).powi(2))
        };
        let (folded, folded_peak) = match &self.folded {
            Some((loudness, peak)) => (loudness.integrated(), decibels(f64::from(peak.highest()).powi(2))),
            None => (self.loudness.integrated(), peak(TruePeak::highest)),
        };
        let measures = Measures {
            seconds: self.frames as f64 / f64::from(self.rate),
            loudness_lufs: self.loudness.integrated().map(round),
            range_lu: round(self.loudness.range()),
            true_peak_db: peak(TruePeak::highest),
            sample_peak_db: peak(TruePeak::highest_sample),
            clipped_runs,
            clipped_first: clipped.first().copied(),
            head_s: round(gaps.head),
            tail_s: round(gaps.tail),
            gap: gaps.longest,
            hole: gaps.hole,
            silent_s: round(gaps.total),
            speech_db: self.levels.speech(),
            noise_db: self.levels.noise(),
            over_noise_db: noise.over.map(round),
            noise_alone: noise.alone,
            band_hz: self.band.limit().round(),
            dc: self.channels.iter().map(|channel| (channel.sum / frames).abs()).fold(0.0, f64::max),
            dead_channel: dead(&squares, loudest),
            // Two equal channels keep their power when averaged, unrelated ones half of it, opposite ones none.
            folded_peak_db: decibels(f64::from(self.middle_peak).powi(2)),
            folded_lufs: round(folded.unwrap_or_else(|| LoudnessMeter::of_power(self.middle / frames))),
            folded_true_peak_db: folded_peak,
            gaps: 0,
            lost: Vec::new(),
            gain_db: 0.0,
            unfinished: false,
            cancelled_db: (squares.len() > 1 && sides > 0.0).then(|| decibels(self.middle / frames / sides)),
        };
        let trace =
            Trace { levels: self.levels.into_levels(), line: self.loudness.into_line(), clipped, silent: gaps.places };
        (measures, trace)
    }
}

impl Channel {
    fn push(&mut self, plane: &[f32]) {
        let sums = Sums::of(plane);
        self.sum += f64::from(sums.sum);
        self.square += f64::from(sums.square);
        self.peak.push(plane, sums.peak);
        self.clipping.push(plane, sums.peak);
    }
}

/// The first channel, from 1, that is 40 dB or more below the loudest.
fn dead(squares: &[f64], loudest: f64) -> Option<u16> {
    let at = squares.iter().position(|square| *square < loudest * 1e-4)?;
    Some(at as u16 + 1)
}

/// To hundredths: what is shown, stored and compared is one number.
fn round(value: f64) -> f64 {
    // Adding zero takes the sign from it.
    (value * 100.0).round() / 100.0 + 0.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measured(rate: u32, channels: &[Vec<f32>]) -> (Measures, Trace) {
        let mut meter = Meter::new(rate, channels.len() as u16).unwrap();
        let frames: Vec<f32> =
            (0..channels[0].len()).flat_map(|n| channels.iter().map(move |channel| channel[n])).collect();
        // Pieces of odd sizes, as packets come.
        for piece in frames.chunks(777 * channels.len()) {
            meter.push(piece);
        }
        meter.finish()
    }

    fn tone(hz: f64, level: f32, rate: u32, seconds: f64) -> Vec<f32> {
        let frames = (seconds * f64::from(rate)) as usize;
        (0..frames).map(|n| level * ((n as f64 * hz / f64::from(rate) * std::f64::consts::TAU).sin() as f32)).collect()
    }

    #[test]
    fn a_full_scale_tone_has_the_loudness_of_the_standard() {
        // BS.1770-4 §1: 0 dBFS at 997 Hz in one front channel is -3.01 LUFS.
        let (measures, _) = measured(48_000, &[tone(997.0, 1.0, 48_000, 5.0)]);
        assert!((measures.loudness_lufs.unwrap() + 3.01).abs() < 0.05, "{measures:?}");
        assert!(measures.true_peak_db.abs() < 0.05 && measures.range_lu < 0.1, "{measures:?}");
        assert_eq!((measures.dead_channel, measures.cancelled_db), (None, None));
    }

    #[test]
    fn a_dead_and_a_reversed_channel_are_found() {
        let voice = tone(500.0, 0.3, 16_000, 2.0);
        let nothing = vec![0.0; voice.len()];
        let reversed: Vec<f32> = voice.iter().map(|sample| -sample).collect();
        assert_eq!(measured(16_000, &[voice.clone(), nothing.clone()]).0.dead_channel, Some(2));
        assert_eq!(measured(16_000, &[nothing, voice.clone()]).0.dead_channel, Some(1));
        assert!(measured(16_000, &[voice.clone(), reversed]).0.cancelled_db.unwrap() < -60.0);
        let same = measured(16_000, &[voice.clone(), voice]).0;
        assert!(same.cancelled_db.unwrap().abs() < 0.1 && same.dead_channel.is_none());
    }

    #[test]
    fn an_offset_is_measured_whatever_sounds_on_it() {
        let shifted: Vec<f32> = tone(440.0, 0.3, 44_100, 3.0).iter().map(|sample| sample + 0.05).collect();
        assert!((measured(44_100, &[shifted]).0.dc - 0.05).abs() < 0.001);
    }

    #[test]
    fn pieces_make_no_difference() {
        let sound = tone(300.0, 0.7, 44_100, 1.5);
        let mut whole = Meter::new(44_100, 1).unwrap();
        whole.push(&sound);
        let (whole, pieces) = (whole.finish(), measured(44_100, &[sound]));
        assert!((whole.0.true_peak_db - pieces.0.true_peak_db).abs() < 0.02);
        assert_eq!(whole.1.levels, pieces.1.levels);
        assert_eq!(whole.0.loudness_lufs, pieces.0.loudness_lufs);
    }
}
