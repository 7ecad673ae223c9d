use std::sync::Arc;

use super::gpio::Line;
use super::program::Programs;
use crate::clock::Clock;
use crate::diag::Text;
use crate::station::Switch;

/// What moves the contact. May block for some seconds.
pub(super) trait Relay: Send {
    /// Put it on or off; why that cannot be done, with the cure.
    fn set(&mut self, on: bool) -> Result<(), Text>;
}

/// The relay that `switch` names; nothing is touched before it is set.
pub(super) fn relay(switch: &Switch, clock: Arc<dyn Clock>) -> Box<dyn Relay> {
    match switch {
        Switch::Gpio { chip, line, active_low } => Box::new(Line::new(chip, *line, *active_low)),
        Switch::Commands { on, off } => Box::new(Programs::new(on.clone(), off.clone(), clock)),
    }
}

/// Whether `switch` could be moved, without moving it: what was found there, or why not, with the cure.
/// Programs that are named without a path are looked for in `path`, as `PATH` has it.
pub fn probe(switch: &Switch, path: &str) -> Result<Text, Text> {
    match switch {
        Switch::Gpio { chip, line, .. } => super::gpio::probe(chip, *line),
        Switch::Commands { on, off } => [on, off]
            .into_iter()
            .map(|command| super::program::probe(command, path))
            .find(Result::is_err)
            .unwrap_or_else(|| super::program::probe(on, path)),
    }
}
