use std::time::Duration;

use crate::plan::{Airing, Cause, Verdict};
use crate::schedule::{Broadcast, IfMissed};

/// For how long after its time an airing whose sound is not there waits for it, by its rule. Nobody knows how long a
/// sound is that is not there; one that joins waits for it as long as it would for its turn.
pub(super) fn patience(broadcast: &Broadcast) -> Duration {
    match broadcast.if_missed {
        IfMissed::Skip => Duration::ZERO,
        IfMissed::Late(most) => most,
        IfMissed::Join => broadcast.wait,
    }
}

/// It is missed only for want of sound.
pub(super) fn lacks_sound(airing: &Airing) -> bool {
    airing.verdict == Verdict::Miss && airing.reason.as_deref().is_some_and(Cause::is_want_of_sound)
}
