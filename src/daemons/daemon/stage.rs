use std::time::Duration;

use crate::clock::Clock;
use crate::fact::Record;
use crate::instant::Wall;
use crate::player::{Action, Event, Now, Player, Snapshot};

/// The journal is told this often that the station is on, so that an outage is told to the minute. It
/// costs a synced page or two, some 10 MB a day: a cheap 32 GB card that rewrites a block of 4 MB for
/// each of them still lasts fifteen years.
pub(super) const ALIVE_EVERY: Duration = Duration::from_mins(1);

/// Everything that the loop can be told and can do: the machine's (`live`) or a simulated
/// one ([`super::Sim`]).
pub trait Stage {
    /// The clock that this stage lives by.
    fn clock(&self) -> &dyn Clock;
    /// Wait for an event, at most until `deadline`, then answer [`Event::Tick`].
    /// `None` ends the loop at once.
    fn next(&mut self, deadline: Option<Wall>) -> Option<Event>;
    /// Do one thing. Never blocks the loop for long and never fails: what goes wrong comes back as
    /// an event or stands in the journal.
    fn perform(&mut self, action: Action);
    /// Let readers see how things stand; a stage without readers does not look.
    fn publish(&mut self, look: &dyn Fn() -> Snapshot);
}

/// The one loop: wait for an event or the next deadline, ask the player, do what it says; until the
/// player is done.
pub fn turn(player: &mut Player, stage: &mut dyn Stage) {
    let now = |stage: &dyn Stage| Now { wall: stage.clock().wall(), mono: stage.clock().mono() };
    loop {
        let Some(event) = stage.next(player.deadline()) else { return };
        let now = now(stage);
        let changed = !matches!(event, Event::Tick);
        let mut actions = player.handle(now, event);
        // The intent comes first: what is intended goes to the journal before anything sounds.
        actions.sort_by_key(|action| !matches!(action, Action::Record(Record::Intend(_))));
        let done = actions.iter().any(|action| matches!(action, Action::Done));
        let changed = changed || !actions.is_empty();
        for action in actions {
            stage.perform(action);
        }
        if changed {
            stage.publish(&|| player.snapshot(now));
        }
        if done {
            return;
        }
    }
}
