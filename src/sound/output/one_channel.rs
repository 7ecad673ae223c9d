use std::num::NonZero;
use std::time::Duration;

use crate::instant::Rate;

/// Samples one by one as a rodio source: mono, at the output's rate.
pub(super) struct OneChannel<I> {
    samples: I,
    rate: Rate,
}

impl<I> OneChannel<I> {
    pub(super) const fn new(samples: I, rate: Rate) -> Self {
        Self { samples, rate }
    }
}

impl<I: Iterator<Item = f32>> Iterator for OneChannel<I> {
    type Item = f32;

    #[inline]
    fn next(&mut self) -> Option<f32> {
        self.samples.next()
    }
}

impl<I: Iterator<Item = f32>> rodio::Source for OneChannel<I> {
    fn current_span_len(&self) -> Option<usize> {
        None
    }

    fn channels(&self) -> rodio::ChannelCount {
        NonZero::<u16>::MIN
    }

    fn sample_rate(&self) -> rodio::SampleRate {
        NonZero::new(self.rate.hz()).unwrap_or(NonZero::<u32>::MIN)
    }

    fn total_duration(&self) -> Option<Duration> {
        None
    }
}
