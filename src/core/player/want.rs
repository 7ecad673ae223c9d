use std::time::Duration;

use crate::instant::Wall;
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

/// The first of these that is still to come and will not sound as things are, with the code of what is wanting: a recording, or an approval.
/// What a rule forbids was meant so, and what is just being copied is there in a moment.
pub(super) fn lacking<'a>(future: impl Iterator<Item = &'a Airing>, now: Wall) -> Option<(&'a Airing, &'static str)> {
    let wanting = future.filter(|airing| airing.scheduled > now && !airing.is_ordered()).filter_map(|airing| {
        let cause = airing.reason.as_deref().filter(|_| matches!(airing.verdict, Verdict::Refuse | Verdict::Miss))?;
        matches!(cause, Cause::NoSound | Cause::NotApproved(_)).then(|| (airing, cause.code()))
    });
    wanting.min_by_key(|(airing, _)| airing.scheduled)
}
