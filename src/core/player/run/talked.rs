use crate::fact::AudioRef;
use crate::reason::Reason;

/// What is known of somebody who speaks live in a run.
#[derive(Debug, Default)]
pub(in crate::player) struct Talked {
    /// What was kept of him.
    pub(in crate::player) kept: Vec<AudioRef>,
    /// Why it broke off, where it was not he who ended it.
    pub(in crate::player) lost: Option<Reason>,
}
