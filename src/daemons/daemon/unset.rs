use std::path::Path;
use std::time::Duration;

use super::handle::Handle;
use super::log::Log;
use crate::clock::Clock;
use crate::diag::text;
use crate::disk::station::{LoadedStation, is_unset, load_or};

/// Between the first `loa.toml` and the new start by it: whoever did it on the page sees the next page first.
const BEGIN_AGAIN: Duration = Duration::from_secs(3);

/// A station that nobody had set up when loa began: its first `loa.toml` is taken at once. Nothing is planned that a new
/// start could cut; of any other, loa.toml waits for the next start.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Unset(bool);

impl Unset {
    /// As the files were `read` at the start.
    pub(super) fn new(read: &LoadedStation, dir: &Path) -> Self {
        Self(!read.kept && is_unset(dir))
    }

    /// Begin again where the station has its first `loa.toml`, with nothing wrong in it.
    pub(super) fn look(&mut self, dir: &Path, log: &Log, clock: &dyn Clock, handle: &Handle) {
        if !self.0 || load_or(dir, None).good().is_none() {
            return;
        }
        self.0 = false;
        log.say(&text!(
            "đài đã được cài đặt: chạy lại theo loa.toml",
            "the station is set up: loa begins again by its loa.toml"
        ));
        clock.wait(BEGIN_AGAIN);
        handle.begin_again();
    }
}
