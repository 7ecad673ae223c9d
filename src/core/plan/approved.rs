use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{Library, SoundIndex, ZoneVoices, wants};
use crate::approval::{ApprovalDigest, Approvals, Clearance, HeardSound, meaning};
use crate::schedule::{Broadcast, Schedule};
use crate::station::Station;

/// What there is to approve of a broadcast: what it means, and what it plays in all its zones.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Approvable {
    /// Both, as they are now.
    pub digest: ApprovalDigest,
    /// Its files, each with the digest of its bytes, by name.
    pub sounds: Vec<(String, String)>,
    /// Names for which nothing can be heard yet: nobody can approve them.
    pub missing: Vec<String>,
}

/// What there is to approve of a broadcast.
pub fn approvable(broadcast: &Broadcast, schedule: &Schedule, station: &Station, shelf: &SoundIndex<'_>) -> Approvable {
    let (mut parts, mut sounds, mut missing) = (Vec::new(), BTreeMap::new(), Vec::new());
    let zones = broadcast.zones.iter().filter_map(|zone| station.zones.get(usize::from(zone.0)));
    for zone in zones {
        for (place, want) in wants(broadcast, ZoneVoices::of(broadcast, zone)).enumerate() {
            let found = shelf.find(want.name, &zone.languages);
            // Of a chime and a bed one file plays, of words each language.
            let most = if want.is_word() { usize::MAX } else { 1 };
            let heard = || found.playable.iter().take(most);
            if found.playable.is_empty() && want.is_word() && !missing.iter().any(|name| name == want.name) {
                missing.push(want.name.to_owned());
            }
            sounds.extend(heard().map(|(sound, facts)| (sound.file.clone(), facts.sha256.clone())));
            let sha256 = heard().map(|(_, facts)| facts.sha256.as_str()).collect();
            parts.push(HeardSound { zone: &zone.id, place, name: want.name, sha256 });
        }
    }
    let digest = meaning(broadcast, schedule, station, parts);
    Approvable { digest, sounds: sounds.into_iter().collect(), missing }
}

/// The same for who asks of one broadcast only: what it costs does not grow with the library.
pub fn approvable_in(broadcast: &Broadcast, schedule: &Schedule, station: &Station, library: &Library) -> Approvable {
    let mut near = Library::default();
    let zones = broadcast.zones.iter().filter_map(|zone| station.zones.get(usize::from(zone.0)));
    let names: BTreeSet<&str> =
        zones.flat_map(|zone| wants(broadcast, ZoneVoices::of(broadcast, zone)).map(|want| want.name)).collect();
    for name in names {
        near.sounds.extend(library.around(name).sounds);
    }
    approvable(broadcast, schedule, station, &SoundIndex::new(&near, station))
}

/// Whether a broadcast may sound as it is now.
pub fn standing(
    broadcast: &Broadcast,
    schedule: &Schedule,
    station: &Station,
    library: &Library,
    shelf: &SoundIndex<'_>,
) -> Clearance {
    if !library.approvals.binds(station, broadcast) {
        return Clearance::Free;
    }
    let now = approvable(broadcast, schedule, station, shelf).digest;
    library.approvals.standing(&broadcast.id, broadcast.class, &now)
}

/// The same programme, by what was decided on it.
pub(super) fn marked(programme: Arc<super::Programme>, standing: &Clearance) -> Arc<super::Programme> {
    match standing {
        Clearance::Free => programme,
        standing => Arc::new(super::Programme { standing: standing.clone(), ..Arc::unwrap_or_clone(programme) }),
    }
}

/// The same sounds, with everything approved: what would meet what then.
pub fn assumed<'a>(station: &Station, library: &'a Library) -> Cow<'a, Library> {
    if !library.approvals.is_asked_for(station) {
        return Cow::Borrowed(library);
    }
    Cow::Owned(Library { approvals: Approvals::assumed(), ..library.clone() })
}
