//! Clicks: a sound that says exactly when it began.

use std::sync::Arc;
use std::time::Duration;

use loa::output::{OpenReader, ProgrammeReader};
use loa::plan::Programme;

/// How loud a click is.
const LEVEL: f32 = 0.8;
/// What is louder than this is a click.
pub(crate) const LOUD: f32 = LEVEL / 2.0;
/// Frames of silence that part two clicks.
pub(crate) const QUIET: usize = 480;

/// A programme of `length`.
pub(crate) fn programme(length: Duration) -> Arc<Programme> {
    Arc::new(Programme { length, ..Programme::default() })
}

/// Opens any programme as a click of 1 ms followed by silence.
pub(crate) fn open() -> OpenReader {
    Arc::new(|_, programme, rate, skip| {
        let left = rate.frames(programme.length.saturating_sub(skip)).0;
        Ok(Box::new(Click { loud: u64::from(rate.hz()) / 1_000, left }))
    })
}

struct Click {
    loud: u64,
    left: u64,
}

impl ProgrammeReader for Click {
    fn fill(&mut self, out: &mut [f32]) -> usize {
        let count = out.len().min(self.left as usize);
        for sample in &mut out[..count] {
            *sample = if self.loud > 0 { LEVEL } else { 0.0 };
            self.loud = self.loud.saturating_sub(1);
        }
        self.left -= count as u64;
        count
    }
}
