use ebur128::{EbuR128, Mode};

/// Length of one measurement along the sound, in seconds: the momentary loudness of EBU Tech 3341.
const MOMENT_S: f64 = 0.4;

/// Most points kept: twice the number that a picture has room for.
const POINTS: usize = 512;

/// The shortest sound that has a loudness: one block of BS.1770-4.
const SHORTEST_S: f64 = 0.4;

/// Loudness of a stretch of the sound.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Point {
    /// Where the stretch ends, in seconds.
    pub at: f64,
    /// In LUFS; very low where there is silence.
    pub lufs: f64,
}

/// Loudness by EBU R128 (ITU-R BS.1770-4), as a whole and along the sound.
pub(in crate::audio) struct LoudnessMeter {
    meter: EbuR128,
    rate: f64,
    channels: usize,
    frames: u64,
    next: u64,
    /// Moments joined to one point, and those that wait for the point to be full.
    joined: usize,
    waiting: Vec<f64>,
    line: Vec<Point>,
}

impl LoudnessMeter {
    pub(in crate::audio) fn new(rate: u32, channels: u16) -> Option<Self> {
        Some(Self {
            meter: EbuR128::new(u32::from(channels), rate, Mode::I | Mode::LRA).ok()?,
            rate: f64::from(rate),
            channels: usize::from(channels),
            frames: 0,
            next: moment(f64::from(rate)),
            joined: 1,
            waiting: Vec::new(),
            line: Vec::new(),
        })
    }

    pub(in crate::audio) fn push(&mut self, interleaved: &[f32]) {
        let mut rest = interleaved;
        while !rest.is_empty() {
            let until = (self.next - self.frames) as usize * self.channels;
            let (now, later) = rest.split_at(until.min(rest.len()));
            // It refuses only frames that are not whole, and these are.
            let _ = self.meter.add_frames_f32(now);
            self.frames += (now.len() / self.channels) as u64;
            if self.frames == self.next {
                self.next += moment(self.rate);
                self.note();
            }
            rest = later;
        }
    }

    fn note(&mut self) {
        let lufs = self.meter.loudness_momentary().unwrap_or(f64::NEG_INFINITY);
        self.waiting.push(10.0_f64.powf(lufs / 10.0));
        if self.waiting.len() < self.joined {
            return;
        }
        let power = self.waiting.iter().sum::<f64>() / self.waiting.len() as f64;
        self.waiting.clear();
        self.line.push(Point { at: self.frames as f64 / self.rate, lufs: decibels(power) });
        if self.line.len() == POINTS {
            // Twice as coarse from here on, and as coarse as that up to here.
            self.joined *= 2;
            let pairs = self.line.chunks_exact(2);
            self.line = pairs
                .map(|pair| Point {
                    at: pair[1].at,
                    lufs: decibels(f64::midpoint(
                        10.0_f64.powf(pair[0].lufs / 10.0),
                        10.0_f64.powf(pair[1].lufs / 10.0),
                    )),
                })
                .collect();
        }
    }

    /// Of the whole, in LUFS; `None` where nothing is louder than -70 LUFS, or it is too short.
    pub(in crate::audio) fn integrated(&self) -> Option<f64> {
        self.meter.loudness_global().ok().filter(|lufs| lufs.is_finite())
    }

    /// A mean square on the same scale (BS.1770-4 eq. 2, without its filter): for what is too short to have
    /// a loudness.
    pub(in crate::audio) fn of_power(mean_square: f64) -> f64 {
        decibels(mean_square) - 0.691
    }

    /// Between soft and loud parts, in LU (EBU Tech 3342); zero where it is too short for that.
    pub(super) fn range(&self) -> f64 {
        self.meter.loudness_range().ok().filter(|range| range.is_finite()).unwrap_or(0.0)
    }

    pub(super) fn into_line(self) -> Vec<Point> {
        self.line
    }
}

fn moment(rate: f64) -> u64 {
    ((rate * MOMENT_S) as u64).max(1)
}

fn decibels(power: f64) -> f64 {
    10.0 * power.max(1e-12).log10()
}

/// Whether a sound of this many seconds has a loudness at all.
pub(super) fn is_long_enough(seconds: f64) -> bool {
    seconds >= SHORTEST_S
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_stays_short_however_long_the_sound_is() {
        let mut loudness = LoudnessMeter::new(8_000, 1).unwrap();
        let second: Vec<f32> = (0..8_000).map(|n| 0.5 * (n as f32 * 0.6).sin()).collect();
        for _ in 0..600 {
            loudness.push(&second);
        }
        let whole = loudness.integrated().unwrap();
        let line = loudness.into_line();
        assert!((POINTS / 2..POINTS).contains(&line.len()), "{}", line.len());
        assert!(line.iter().all(|point| (point.lufs - whole).abs() < 0.5));
        assert!((line.last().unwrap().at - 600.0).abs() < 3.0);
    }

    #[test]
    fn silence_and_a_click_have_no_loudness() {
        let mut loudness = LoudnessMeter::new(48_000, 2).unwrap();
        assert_eq!(loudness.integrated(), None);
        loudness.push(&vec![0.0; 200_000]);
        assert_eq!(loudness.integrated(), None);
    }
}
