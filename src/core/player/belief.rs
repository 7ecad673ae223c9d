use super::event::ClockTrust;
use crate::instant::Mono;
use crate::reason::Reason;

/// What is known of the clock itself, whatever the journal says.
#[derive(Debug)]
pub(super) struct ClockBelief {
    /// Whether there is a reason to believe it.
    pub(super) trust: ClockTrust,
    /// The last of it that the journal was told.
    pub(super) told: Option<ClockTrust>,
    /// There was a time without a reason; what came due in it is not told yet.
    pub(super) owes: bool,
    /// How far it had run away when it was last synchronised again, as the journal has it.
    pub(super) drift: Option<Reason>,
    /// When this player was made, on the clock that never steps.
    pub(super) born: Mono,
}

impl ClockBelief {
    /// Believed until something else is found.
    pub(super) const fn new(born: Mono) -> Self {
        Self { trust: ClockTrust { believed: true, because: Vec::new() }, told: None, owes: false, drift: None, born }
    }
}
