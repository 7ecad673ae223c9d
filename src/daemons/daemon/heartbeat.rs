use std::time::Duration;

use sd_notify::NotifyState;

use crate::instant::Mono;

/// Tells systemd that loa is ready and alive. The beat comes from the loop itself, so that a loop
/// that hangs is restarted; without systemd every call does nothing.
#[derive(Debug)]
pub(super) struct Heartbeat {
    every: Option<Duration>,
    last: Mono,
}

/// Each stage of a start may take so long before systemd takes it for hung. A full card whose library is
/// examined again takes minutes; a start that was ended would only begin again.
const STAGE: Duration = Duration::from_mins(10);

impl Heartbeat {
    /// The start has come a stage further.
    pub(super) fn starting() {
        let more = u32::try_from(STAGE.as_micros()).unwrap_or(u32::MAX);
        let _ = sd_notify::notify(&[NotifyState::ExtendTimeoutUsec(more)]);
    }

    /// Ready: the files are read, the socket is bound, the plan is made.
    pub(super) fn ready(now: Mono) -> Self {
        let _ = sd_notify::notify(&[NotifyState::Ready]);
        // Half the interval that systemd waits, as sd_watchdog_enabled(3) advises.
        let every = sd_notify::watchdog_enabled().map(|interval| interval / 2);
        Self { every, last: now }
    }

    /// The loop has come round.
    pub(super) fn beat(&mut self, now: Mono) {
        if self.every.is_some_and(|every| now.after(self.last) >= every) {
            self.last = now;
            let _ = sd_notify::notify(&[NotifyState::Watchdog]);
        }
    }

    /// The loop ends on purpose.
    pub(super) fn stopping() {
        let _ = sd_notify::notify(&[NotifyState::Stopping]);
    }
}
