use super::amplitude;
use super::search::LoudnessProbe;
use super::settings::{GAIN_MOST_DB, SPEECH_MAKEUP_DB};
use super::speech::Speech;
use crate::instant::Rate;
use crate::station::SoundTarget;

/// How often it is looked how loud a stream has been so far.
const LOOK_S: f64 = 0.5;
/// Most that the gain moves from one look to the next: three decibels a second, which nobody hears as a jump.
const STEP_DB: f64 = 1.5;
/// Most that a stream is turned down.
const LEAST_DB: f64 = -30.0;
/// What is softer than this is no programme, and says nothing of one.
const PROGRAMME_LUFS: f64 = -60.0;

/// Brings a stream that nobody has heard before to a zone's tone: by how loud all of it has been so far, looked at twice a
/// second. A limiter has to follow.
pub(in crate::audio) struct LiveTone {
    target: Option<f64>,
    speech: Option<Speech>,
    makeup: f32,
    ear: LoudnessProbe,
    gain_db: f64,
    next_db: f64,
    /// Samples until the next look, and between two.
    left: usize,
    every: usize,
}

impl LiveTone {
    pub(in crate::audio) fn new(tone: SoundTarget, rate: Rate) -> Self {
        let every = ((LOOK_S * f64::from(rate.hz())) as usize).max(1);
        let speech = tone.speech.then(|| Speech::new(rate));
        let makeup = if speech.is_some() && tone.loudness_lufs.is_some() { SPEECH_MAKEUP_DB } else { 0.0 };
        Self {
            target: tone.loudness_lufs.map(f64::from),
            speech,
            makeup: amplitude(makeup),
            ear: LoudnessProbe::new(rate),
            gain_db: 0.0,
            next_db: 0.0,
            left: every,
            every,
        }
    }

    /// What has come lately, before the first of it is heard: the gain begins where it belongs.
    pub(in crate::audio) fn learn(&mut self, samples: &[f32]) {
        self.ear.hear(samples);
        self.gain_db = self.wanted().unwrap_or(self.gain_db);
        self.next_db = self.gain_db;
    }

    fn wanted(&self) -> Option<f64> {
        let lufs = self.ear.lufs();
        let gain = (self.target? - lufs).clamp(LEAST_DB, GAIN_MOST_DB);
        (lufs > PROGRAMME_LUFS).then_some(gain)
    }

    pub(in crate::audio) fn shape(&mut self, block: &mut [f32]) {
        let mut rest = block;
        while !rest.is_empty() {
            let (now, later) = rest.split_at_mut(self.left.min(rest.len()));
            self.ear.hear(now);
            for sample in now.iter_mut() {
                let done = 1.0 - self.left as f64 / self.every as f64;
                self.left -= 1;
                let gained = *sample * amplitude(self.gain_db + (self.next_db - self.gain_db) * done);
                *sample = self.speech.as_mut().map_or(gained, |speech| speech.shape(gained) * self.makeup);
            }
            if self.left == 0 {
                self.left = self.every;
                self.gain_db = self.next_db;
                let wanted = self.wanted().unwrap_or(self.gain_db);
                self.next_db = wanted.clamp(self.gain_db - STEP_DB, self.gain_db + STEP_DB);
            }
            rest = later;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tone(level: f32, seconds: usize) -> Vec<f32> {
        (0..48_000 * seconds).map(|at| level * (at as f32 * 0.13).sin()).collect()
    }

    fn lufs(samples: &[f32]) -> f64 {
        let mut ear = LoudnessProbe::new(Rate::STANDARD);
        ear.hear(samples);
        ear.lufs()
    }

    #[test]
    fn a_stream_comes_to_the_target_and_one_that_was_heard_before_begins_there() {
        for level in [0.02, 0.2, 0.9] {
            let target = SoundTarget { loudness_lufs: Some(-20.0), speech: false };
            let mut late = LiveTone::new(target, Rate::STANDARD);
            let mut stream = tone(level, 30);
            late.shape(&mut stream);
            assert!((lufs(&stream[48_000 * 20..]) + 20.0).abs() < 0.5, "{level}: {}", lufs(&stream[48_000 * 20..]));
            let mut early = LiveTone::new(target, Rate::STANDARD);
            early.learn(&tone(level, 2));
            let mut stream = tone(level, 2);
            early.shape(&mut stream);
            assert!((lufs(&stream) + 20.0).abs() < 0.5, "{level}: {}", lufs(&stream));
        }
    }

    #[test]
    fn silence_is_not_blown_up_and_a_zone_without_a_target_changes_nothing() {
        let mut tone_of = LiveTone::new(SoundTarget { loudness_lufs: Some(-16.0), speech: false }, Rate::STANDARD);
        let mut hiss = tone(0.000_1, 5);
        tone_of.shape(&mut hiss);
        assert!(hiss.iter().all(|sample| sample.abs() < 0.000_2));
        let mut plain = LiveTone::new(SoundTarget { loudness_lufs: None, speech: false }, Rate::STANDARD);
        let mut stream = tone(0.3, 2);
        plain.shape(&mut stream);
        assert_eq!(stream, tone(0.3, 2));
    }
}
