use std::mem::take;
use std::sync::{MutexGuard, PoisonError};

use super::awaited::{AwaitedAlarm, begin, is_under_way};
use super::running::Running;
use crate::bundle::UtcSecond;
use crate::uplink::AlarmHeard;

impl Running<'_> {
    fn awaited(&self) -> MutexGuard<'_, Vec<AwaitedAlarm>> {
        self.awaited.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Look after an alarm of which the centre was told so, where it is to sound yet.
    pub(super) fn await_sound(&self, said: AlarmHeard, until: UtcSecond) {
        if AwaitedAlarm::is_awaited(&said) {
            self.awaited().push(AwaitedAlarm { said, until });
        }
    }

    /// Tell the centre once more how an alarm stands where it has begun to sound since: else it is told that somebody has to be called, until its row comes.
    pub(super) async fn tell_begun(&self) {
        loop {
            tokio::time::sleep(self.link.pace.look).await;
            let mut awaited = take(&mut *self.awaited());
            let now = UtcSecond::of(self.now());
            awaited.retain(|alarm| alarm.until >= now);
            if awaited.is_empty() {
                continue;
            }
            if let Some(status) = self.status().await {
                for AwaitedAlarm { said, .. } in &mut awaited {
                    if begin(said, &status.orders) {
                        said.at = self.now().rfc3339(&self.link.station.timezone);
                        self.say_heard(said).await;
                    }
                }
                awaited.retain(|alarm| is_under_way(&alarm.said, &status.orders));
            }
            self.awaited().append(&mut awaited);
        }
    }
}
