use super::meter::SoundSpan;
use super::{fault, limit};
use crate::plan::Fault;

/// Places nearer to each other than this, in seconds of what is heard, are one.
const NEAR_S: f64 = 0.1;

/// What a sound lacks inside: packets that could not be decoded, and what should lie between packets and does not.
#[derive(Default)]
pub(super) struct Losses {
    /// Each begins where it would be heard, and is as long as what is missing; the first ones only.
    pub(super) places: Vec<SoundSpan>,
    /// In seconds.
    longest: f64,
    total: f64,
    count: usize,
    /// Frames missing before the first that could be decoded.
    pub(super) early: u64,
    /// Of those, what is no mere beginning of something longer.
    pub(super) early_told: u64,
}

impl Losses {
    /// `missing` seconds are missing at `at`, by the sound that was heard until then.
    pub(super) fn note(&mut self, at: f64, missing: f64) {
        if missing <= 0.0 {
            return;
        }
        self.total += missing;
        if let Some(last) = self.places.last_mut().filter(|last| at - last.from < NEAR_S) {
            last.to += missing;
        } else {
            self.count += 1;
            if self.places.len() < limit::LOST_PLACES {
                self.places.push(SoundSpan { from: at, to: at + missing });
            }
        }
        let last = self.places.last().map_or(0.0, |last| last.to - last.from);
        self.longest = self.longest.max(last).max(missing);
    }

    /// Whether so much is missing that words are.
    pub(super) fn verdict(&self) -> Result<(), Fault> {
        let most = limit::LOST_IN_ALL.as_secs_f64();
        if self.longest < limit::LOST_AT_ONCE.as_secs_f64() && self.total < most {
            return Ok(());
        }
        let first = self.places.first().map_or(0.0, |place| place.from);
        Err(fault::holed(self.total, first, self.count))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stumble_is_borne_and_a_lost_word_is_not() {
        let mut losses = Losses::default();
        assert!(losses.verdict().is_ok());
        losses.note(3.0, 0.05);
        losses.note(3.02, 0.05);
        assert_eq!(losses.places.len(), 1);
        assert!(losses.verdict().is_ok());
        losses.note(5.2, 3.7);
        let fault = losses.verdict().unwrap_err();
        assert!(fault.message.vi.contains("khoảng 3,8 giây") && fault.message.vi.contains("0:03"), "{fault:?}");
        assert_eq!(fault.code, "damaged");
    }

    #[test]
    fn many_stumbles_are_too_many() {
        let mut losses = Losses::default();
        for place in 0..100_u8 {
            losses.note(f64::from(place), 0.026);
        }
        assert!(losses.verdict().unwrap_err().message.vi.contains("100 chỗ"));
        assert_eq!(losses.places.len(), limit::LOST_PLACES);
    }
}
