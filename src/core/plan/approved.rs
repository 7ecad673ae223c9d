use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use super::diagnostic::diagnostic;
use super::sentence::{approval_cure, undecided};
use super::{Library, Setting, Shelf, wants};
use crate::approval::{Approvals, Digest, Lack, Part, Standing, meaning};
use crate::calendar::Calendar;
use crate::diag::figure::moment;
use crate::diag::{Diagnostic, Severity, Text, text};
use crate::instant::Wall;
use crate::schedule::{Broadcast, Schedule};
use crate::station::Station;

/// How far ahead an occurrence is sought before which something has to be decided.
const AHEAD: Duration = Duration::from_hours(90 * 24);

/// What there is to approve of a broadcast: what it means, and what it plays in all its zones.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Approvable {
    /// Both, as they are now.
    pub digest: Digest,
    /// Its files, each with the digest of its bytes, by name.
    pub sounds: Vec<(String, String)>,
    /// Names for which nothing can be heard yet: nobody can approve them.
    pub missing: Vec<String>,
}

/// What there is to approve of a broadcast.
pub fn approvable(broadcast: &Broadcast, schedule: &Schedule, station: &Station, shelf: &Shelf<'_>) -> Approvable {
    let (mut parts, mut sounds, mut missing) = (Vec::new(), BTreeMap::new(), Vec::new());
    let zones = broadcast.zones.iter().filter_map(|zone| station.zones.get(usize::from(zone.0)));
    for zone in zones {
        for (place, want) in wants(broadcast, Setting::of(broadcast, zone)).enumerate() {
            let found = shelf.find(want.name, &zone.languages);
            // Of a chime and a bed one file plays, of words each language.
            let most = if want.is_word() { usize::MAX } else { 1 };
            let heard = || found.playable.iter().take(most);
            if found.playable.is_empty() && want.is_word() && !missing.iter().any(|name| name == want.name) {
                missing.push(want.name.to_owned());
            }
            sounds.extend(heard().map(|(sound, facts)| (sound.file.clone(), facts.sha256.clone())));
            let sha256 = heard().map(|(_, facts)| facts.sha256.as_str()).collect();
            parts.push(Part { zone: &zone.id, place, name: want.name, sha256 });
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
        zones.flat_map(|zone| wants(broadcast, Setting::of(broadcast, zone)).map(|want| want.name)).collect();
    for name in names {
        near.sounds.extend(library.around(name).sounds);
    }
    approvable(broadcast, schedule, station, &Shelf::new(&near, station))
}

/// Whether a broadcast may sound as it is now.
pub fn standing(
    broadcast: &Broadcast,
    schedule: &Schedule,
    station: &Station,
    library: &Library,
    shelf: &Shelf<'_>,
) -> Standing {
    if !library.approvals.binds(station, broadcast) {
        return Standing::Free;
    }
    library.approvals.standing(&broadcast.id, &approvable(broadcast, schedule, station, shelf).digest)
}

/// The same programme, by what was decided on it.
pub(super) fn marked(programme: Arc<super::Programme>, standing: &Standing) -> Arc<super::Programme> {
    match standing {
        Standing::Free => programme,
        standing => Arc::new(super::Programme { standing: standing.clone(), ..Arc::unwrap_or_clone(programme) }),
    }
}

/// What waits for a decision, in the order of the files: each with why, and its next occurrence from `now` on, before which it
/// has to be decided. What is not due in the time ahead waits too, without one.
pub fn waiting<'a>(
    schedule: &'a Schedule,
    station: &Station,
    library: &Library,
    now: Wall,
) -> Vec<(&'a Arc<Broadcast>, Lack, Option<Wall>)> {
    if !library.approvals.is_asked_for(station) {
        return Vec::new();
    }
    let shelf = Shelf::new(library, station);
    let calendar = Calendar::new(&station.timezone, schedule, now, now + AHEAD);
    let waits = schedule.broadcasts.iter().filter_map(|broadcast| {
        let lack = standing(broadcast, schedule, station, library, &shelf).lack()?.clone();
        let next = calendar.occurrences(broadcast, now, now + AHEAD).first().copied();
        Some((broadcast, lack, next))
    });
    waits.collect()
}

/// What waits and is due, as findings; and the sounds for those who look at everything else as if it were approved.
pub(super) fn findings(schedule: &Schedule, station: &Station, library: &Library, now: Wall) -> Vec<Diagnostic> {
    let tz = &station.timezone;
    let due = waiting(schedule, station, library, now).into_iter().filter_map(|(broadcast, lack, next)| {
        let (why, Text { vi, en }, title) = (undecided(&lack, tz), moment(next?, tz), &broadcast.title);
        let (why_vi, why_en) = (why.vi, why.en);
        let message = text!(
            "«{title}» chờ duyệt: {why_vi}; cần duyệt trước {vi}, nếu không lần ấy không phát",
            "\"{title}\" waits for approval: {why_en}; it has to be approved before {en}, or it does not play then"
        );
        let cure = approval_cure(&lack, &broadcast.id);
        Some(diagnostic("not_approved", Severity::Warning, broadcast.place()?, message, Some(cure)))
    });
    due.collect()
}

/// The same sounds, with everything approved: what would meet what then.
pub fn assumed<'a>(station: &Station, library: &'a Library) -> Cow<'a, Library> {
    if !library.approvals.is_asked_for(station) {
        return Cow::Borrowed(library);
    }
    Cow::Owned(Library { approvals: Approvals::assumed(), ..library.clone() })
}
