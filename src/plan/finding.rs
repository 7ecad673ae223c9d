use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::breach::Breach;
use super::never::Never;
use super::sentence::{Told, told};
use super::{Airing, Ground, Library, Reason, Rival, Shelf, plan, want};
use crate::calendar::Calendar;
use crate::diag::{Diagnostic, Label, Severity, Text, text};
use crate::instant::Wall;
use crate::schedule::{Class, Place, Schedule};
use crate::station::{Station, ZoneIx};

/// What is wrong with the plan of `from..to`, in the order in which the broadcasts are written, and what
/// never comes in the year from `from` on.
///
/// The same conflict on ninety days is one finding, with its count and its first date.
pub fn findings(schedule: &Schedule, station: &Station, library: &Library, from: Wall, to: Wall) -> Vec<Diagnostic> {
    let airings = plan(schedule, station, library, from, to);
    let mut conflicts = conflicts(&airings, &Ground::new(schedule, station, library), from);
    let calendar = Calendar::new(&station.timezone, schedule, from, to);
    let never = Never::new(schedule, station, from);
    let shelf = Shelf::new(library, station);
    let mut found = Vec::new();
    for broadcast in &schedule.broadcasts {
        if calendar.occurrences(broadcast, from, to).is_empty() {
            found.extend(never.broadcast(broadcast));
        } else {
            want::sounds(broadcast, station, &shelf, &mut found);
        }
        found.append(&mut conflicts.remove(&broadcast.id).unwrap_or_default());
    }
    found.extend(never.holidays());
    want::chimes(station, &shelf, &mut found);
    found
}

/// What happens again and again to a broadcast for one reason.
struct Conflict<'a> {
    first: &'a Airing,
    /// Scheduled starts: the same occurrence in several zones counts once.
    occurrences: BTreeSet<Wall>,
}

/// Tells conflicts apart: the broadcast, the reason, the rival or where the broken rule is written.
type Same<'a> = (&'a str, &'static str, &'a str, Option<(&'a str, usize)>);

/// Waits, refusals and misses, by broadcast id, one for each reason and rival or rule.
fn conflicts(airings: &[Airing], ground: &Ground<'_>, earliest: Wall) -> BTreeMap<String, Vec<Diagnostic>> {
    let mut groups: BTreeMap<Same<'_>, Conflict<'_>> = BTreeMap::new();
    for airing in airings {
        let Some(reason) = airing.reason.as_deref() else { continue };
        let (rival, place) = match reason {
            Reason::Waits(by) | Reason::WaitExpired(by) => (by.broadcast.id.as_str(), None),
            Reason::OutsideHours | Reason::PastHours | Reason::SessionTooLong(_) | Reason::TooManySessions(_) => {
                ("", Breach::place(airing, ground.rules(airing.zone), ground.guard(airing.zone)))
            }
            // Missing sound has its own findings; to be interrupted is what lower classes are for; music
            // is silent in a mourning because somebody wrote so.
            Reason::NoSound | Reason::Changing | Reason::Changed(_) | Reason::Interrupted(_) | Reason::Mourning(_) => {
                continue;
            }
        };
        let place = place.map(|place| (place.file.as_str(), place.line));
        groups
            .entry((airing.broadcast.id.as_str(), reason.code(), rival, place))
            .or_insert_with(|| Conflict { first: airing, occurrences: BTreeSet::new() })
            .occurrences
            .insert(airing.scheduled);
    }
    let mut played: BTreeMap<ZoneIx, Vec<Range<Wall>>> = BTreeMap::new();
    let mut found: BTreeMap<String, Vec<Diagnostic>> = BTreeMap::new();
    for ((id, ..), conflict) in groups {
        let zone = conflict.first.zone;
        let breach = Breach {
            airing: conflict.first,
            rules: ground.rules(zone),
            guard: ground.guard(zone),
            sounds: played.entry(zone).or_insert_with(|| sounds_of(airings, zone)),
            station: ground.station(),
            earliest,
        };
        if let Some(diagnostic) = conflict.diagnostic(ground, &breach) {
            found.entry(id.to_owned()).or_default().push(diagnostic);
        }
    }
    found
}

/// What a zone plays beside emergencies, ascending, without overlap.
fn sounds_of(airings: &[Airing], zone: ZoneIx) -> Vec<Range<Wall>> {
    let ordinary = airings.iter().filter(|airing| airing.zone == zone && airing.broadcast.class != Class::Emergency);
    let mut sounds: Vec<_> = ordinary.flat_map(Airing::pieces).map(|piece| piece.start..piece.end).collect();
    sounds.sort_unstable_by_key(|sound| (sound.start, sound.end));
    sounds
}

impl Conflict<'_> {
    /// What there is to say of the first, with how often it happens.
    fn diagnostic(&self, ground: &Ground<'_>, breach: &Breach<'_>) -> Option<Diagnostic> {
        let airing = self.first;
        let reason = airing.reason.as_deref()?;
        let Told { fact: Text { mut vi, mut en }, cure } = told(airing, ground)?;
        let count = self.occurrences.len();
        if count > 1 {
            let often = text!(" ({count} lần như vậy, đây là lần đầu)", " ({count} times, this is the first)");
            vi.push_str(&often.vi);
            en.push_str(&often.en);
        }
        let (severity, cure, other) = match reason {
            // One that waits for itself has no other side.
            Reason::Waits(by) | Reason::WaitExpired(by) => {
                let other = (by.broadcast.id != airing.broadcast.id).then(|| related(by));
                (Severity::Warning, cure, other)
            }
            _ => {
                let nearest = breach.nearest();
                vi.push_str(&nearest.vi);
                en.push_str(&nearest.en);
                let severity = if breach.is_refused() { Severity::Error } else { Severity::Warning };
                (severity, Some(breach.cure()?), breach.label())
            }
        };
        let message = Text { vi, en };
        let mut diagnostic = diagnostic(reason.code(), severity, &airing.broadcast.place, message, cure);
        diagnostic.related.extend(other);
        Some(diagnostic)
    }
}

fn related(rival: &Rival) -> Label {
    let (title, place) = (&rival.broadcast.title, &rival.broadcast.place);
    let message = text!("«{title}» ở đây", "\"{title}\" is here");
    Label { file: place.file.clone(), span: place.span.clone(), line: place.line, message }
}

pub(super) fn diagnostic(
    code: &'static str,
    severity: Severity,
    place: &Place,
    message: Text,
    help: Option<Text>,
) -> Diagnostic {
    Diagnostic {
        code,
        severity,
        file: place.file.clone(),
        span: Some(place.span.clone()),
        line: place.line,
        // A broadcast begins at the start of its line.
        column: 1,
        message,
        help,
        related: Vec::new(),
    }
}
