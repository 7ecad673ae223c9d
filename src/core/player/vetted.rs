//! What is about to sound, against what was approved: once more, at the instant of playing.

use super::event::World;
use crate::approval::Clearance;
use crate::plan;
use crate::reason::Reason;

/// What is about to sound, and was not approved: the files or the decision have changed since it was planned, or what was got
/// ready is not what the files hold. An emergency passes that.
pub(super) fn unapproved(world: &World, airing: &plan::Airing) -> Option<Reason> {
    let World { station, schedule, library } = world;
    if !library.approvals.binds(station, &airing.broadcast) {
        return None;
    }
    let what = plan::approvable_in(&airing.broadcast, schedule, station, library);
    let sounds = airing.programme.needed().filter_map(plan::Item::source);
    let is_known = |(file, sha256): (&str, &str)| what.sounds.iter().any(|known| known.0 == file && known.1 == sha256);
    match library.approvals.standing(&airing.broadcast.id, airing.broadcast.class, &what.digest) {
        Clearance::Lacking(lack) | Clearance::Waived(lack) => Some(plan::Cause::NotApproved(lack).reason()),
        Clearance::Approved(_) if !sounds.into_iter().all(is_known) => {
            Some(Reason::NotApproved(crate::reason::NotApproved::Sound))
        }
        Clearance::Approved(_) | Clearance::Free => None,
    }
}
