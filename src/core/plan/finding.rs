use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::time::Duration;

use jiff::tz::TimeZone;

use super::diagnostic::{self, diagnostic};
use super::gap::{Claims, gap};
use super::horizon::horizon;
use super::never::Never;
use super::sentence::{FactAndCure, clock, date, joined, told};
use super::tunes::named_by;
use super::{
    Airing, Cause, HeardSoFar, Library, PlanContext, SoundIndex, Verdict, approved, faulty, off, target, unapproved,
    want,
};
use crate::calendar::Calendar;
use crate::diag::{Diagnostic, Severity, text};
use crate::instant::Wall;
use crate::schedule::{Broadcast, Place, Recurrence, Schedule};
use crate::station::Station;

/// A sound that is not there is an error where it is due within this; later there is time to bring it.
const SOON: Duration = Duration::from_hours(7 * 24);

/// More conflicts than this are not told: nobody reads them, and each costs a search for a better time.
const CONFLICTS_MOST: usize = 500;

/// For so many conflicts a better time is sought; who has more has other troubles.
const GAPS_MOST: usize = 50;

/// More findings about broadcasts than this are not told.
const FINDINGS_MOST: usize = 2_000;

/// What is wrong with the plan of `from..to`, in the order in which the broadcasts are written, and what
/// never comes in the year from `from` on.
///
/// The same conflict on ninety days is one finding, with its count and its first date.
pub fn findings(schedule: &Schedule, station: &Station, library: &Library, from: Wall, to: Wall) -> Vec<Diagnostic> {
    findings_knowing(schedule, station, library, &HeardSoFar::at(from), to)
}

/// The same from now on, by what has been heard before.
pub fn findings_knowing(
    schedule: &Schedule,
    station: &Station,
    library: &Library,
    known: &HeardSoFar,
    to: Wall,
) -> Vec<Diagnostic> {
    let from = known.now();
    let mut found = Vec::new();
    // What waits would hide what it will meet.
    let waiting = unapproved::findings(schedule, station, library, from);
    let library = &*approved::assumed(station, library);
    let calendar = Calendar::new(&station.timezone, schedule, from, to);
    let end = horizon(schedule, &calendar, from, to);
    if end < to {
        found.push(shortened(&station.timezone, end));
    }
    let ground = PlanContext::knowing(schedule, station, library, known.clone());
    let airings = ground.plan(from, end);
    let (mut told, untold) = conflicts(&airings, &ground, from);
    let unlawful = faulty::unlawful(schedule, station, library, known, end, &airings);
    let (beside, _) = conflicts(&unlawful, &ground, from);
    for (id, mut found) in beside {
        told.entry(id).or_default().append(&mut found);
    }
    let never = Never::new(schedule, station, from);
    let shelf = SoundIndex::new(library, station);
    let due = |broadcast: &Broadcast, to: Wall| !calendar.occurrences(broadcast, from, to).is_empty();
    for broadcast in schedule.broadcasts.iter().chain(&schedule.faulty) {
        if found.len() >= FINDINGS_MOST {
            break;
        }
        // Where an error hides when it plays, that may be soon.
        let is_hidden = broadcast.recurrence == Recurrence::Now;
        let soon = is_hidden || due(broadcast, to.min(from + SOON));
        if !soon && !due(broadcast, to) {
            found.extend(never.broadcast(broadcast));
        } else {
            want::sounds(broadcast, station, &shelf, soon, &mut found);
        }
        found.append(&mut told.remove(&broadcast.id).unwrap_or_default());
    }
    if untold > 0 || found.len() >= FINDINGS_MOST {
        found.push(too_many());
    }
    found.extend(waiting);
    found.extend(off::days(&airings));
    found.extend(target::short(schedule, station, &airings, from, end));
    found.extend(never.holidays());
    want::chimes(station, &shelf, &mut found);
    found
}

fn shortened(tz: &TimeZone, end: Wall) -> Diagnostic {
    let day = date(end, tz);
    let (vi, en) = (day.vi, day.en);
    let message = text!(
        "có quá nhiều lượt phát, nên chỉ xem trước đến ngày {vi}",
        "there are too many airings, so that they are looked at until {en} only"
    );
    let help = text!(
        "xóa những mục đã cũ, hoặc chia đài thành nhiều máy",
        "delete what is over, or divide the station among several machines"
    );
    Diagnostic::of_file("schedules", Severity::Warning, "too_much", message).with_help(help)
}

fn too_many() -> Diagnostic {
    let message = text!(
        "có quá nhiều chỗ va nhau hoặc thiếu; chỉ những chỗ đầu hiện ra",
        "there are too many conflicts or things missing; only the first are shown"
    );
    let help = text!("chữa những chỗ đầu trước rồi kiểm tra lại", "cure the first, then check again");
    Diagnostic::of_file("schedules", Severity::Error, "too_many_problems", message).with_help(help)
}

/// What happens again and again to a broadcast for one reason.
struct Conflict<'a> {
    first: &'a Airing,
    /// Scheduled starts: the same occurrence in several zones counts once.
    occurrences: BTreeSet<Wall>,
}

/// Tells conflicts apart: the broadcast, the reason, the rival or where the broken rule is written.
type Same<'a> = (&'a str, &'static str, &'a str, Option<(&'a str, usize)>);

/// Waits, refusals and misses, by broadcast id, one for each reason and rival or rule; and how many more there
/// are. What is refused is told before what only waits.
fn conflicts(
    airings: &[Airing],
    ground: &PlanContext<'_>,
    earliest: Wall,
) -> (BTreeMap<String, Vec<Diagnostic>>, usize) {
    let mut groups: BTreeMap<Same<'_>, Conflict<'_>> = BTreeMap::new();
    for airing in airings {
        let Some(reason) = airing.reason.as_deref() else { continue };
        let (rival, place) = match reason {
            Cause::Waits(by) | Cause::WaitExpired(by) => (by.broadcast.id.as_str(), None),
            Cause::OutsideHours | Cause::PastHours | Cause::SessionTooLong(_) | Cause::TooManySessions(_) => {
                ("", broken_rule(airing, ground))
            }
            // Nobody has written of this one that it is music.
            Cause::Mourning(_) => {
                let Some(other) = named_by(ground.schedule(), ground.shelf(), &airing.broadcast) else { continue };
                (other.id.as_str(), other.place())
            }
            Cause::Cancelled(cancel) if airing.verdict != Verdict::Refuse => ("", Some(&cancel.place)),
            // Missing sound has its own findings; to be interrupted is what lower classes are for; music
            // is silent in a mourning because somebody wrote so.
            // A zone without an output is told where that is written.
            Cause::NoOutput
            | Cause::NoSound
            | Cause::Changing
            | Cause::Changed(_)
            | Cause::Interrupted(_)
            | Cause::Cancelled(_)
            | Cause::NotApproved(_) => continue,
        };
        let place = place.map(|place| (place.file.as_str(), place.line));
        groups
            .entry((airing.broadcast.id.as_str(), reason.code(), rival, place))
            .or_insert_with(|| Conflict { first: airing, occurrences: BTreeSet::new() })
            .occurrences
            .insert(airing.scheduled);
    }
    let total = groups.len();
    let mut groups: Vec<(Same<'_>, Conflict<'_>)> = groups.into_iter().collect();
    if total > CONFLICTS_MOST {
        groups.sort_by_key(|(_, conflict)| conflict.first.verdict != Verdict::Refuse);
        groups.truncate(CONFLICTS_MOST);
    }
    let ids: HashSet<&str> = groups.iter().map(|((id, ..), _)| *id).collect();
    let mut own: HashMap<&str, Vec<&Airing>> = HashMap::new();
    if !groups.is_empty() {
        for airing in airings.iter().filter(|airing| ids.contains(airing.broadcast.id.as_str())) {
            own.entry(&airing.broadcast.id).or_default().push(airing);
        }
    }
    let claims = OnceCell::new();
    let mut found: BTreeMap<String, Vec<Diagnostic>> = BTreeMap::new();
    for (told, ((id, ..), conflict)) in groups.into_iter().enumerate() {
        let mine = own.get(id).filter(|_| told < GAPS_MOST);
        let free = || gap(conflict.first, mine?, claims.get_or_init(|| Claims::of(airings)), ground, earliest);
        if let Some(diagnostic) = conflict.diagnostic(ground, &free) {
            found.entry(id.to_owned()).or_default().push(diagnostic);
        }
    }
    (found, total.saturating_sub(CONFLICTS_MOST))
}

/// Where the rule that `airing` breaks is written; `None` for what breaks none, or a built-in rule.
fn broken_rule<'r>(airing: &Airing, ground: &PlanContext<'r>) -> Option<&'r Place> {
    let places = &ground.rules(airing.zone).places;
    match airing.reason.as_deref()? {
        Cause::OutsideHours if !ground.guard(airing.zone).is_lawful_day(airing.scheduled) => places.days.as_ref(),
        Cause::OutsideHours | Cause::PastHours => places.hours.as_ref(),
        Cause::SessionTooLong(_) => places.max_session.as_ref(),
        Cause::TooManySessions(_) => places.max_sessions_per_day.as_ref(),
        _ => None,
    }
}

impl Conflict<'_> {
    /// The sentence and the cure of the first, as every preview has them; how often it happens, and for one that waits
    /// when it would not have to on any of the days that are looked at.
    fn diagnostic(&self, ground: &PlanContext<'_>, free: &dyn Fn() -> Option<Wall>) -> Option<Diagnostic> {
        let airing = self.first;
        let reason = airing.reason.as_deref()?;
        let FactAndCure { fact, cure } = told(airing, ground)?;
        let rival = match reason {
            // One that waits for itself has no other side.
            Cause::Waits(by) | Cause::WaitExpired(by) if by.broadcast.id != airing.broadcast.id => Some(by),
            _ => None,
        };
        let mut more = Vec::new();
        let count = self.occurrences.len();
        if count > 1 {
            more.push(text!("{count} lần như vậy, đây là lần đầu", "{count} times, this is the first"));
        }
        if let Some(at) = rival.and_then(|_| free()) {
            let (at, title) = (clock(at, ground.tz()), &airing.broadcast.title);
            more.push(text!("«{title}» phát lúc {at} thì không vướng ai", "at {at} \"{title}\" would meet nobody"));
        }
        let message = if more.is_empty() {
            fact
        } else {
            text!(fact = fact, more = joined(&more); "{fact} ({more})", "{fact} ({more})")
        };
        let severity = match airing.verdict {
            Verdict::Refuse if !matches!(reason, Cause::Mourning(_)) => Severity::Error,
            _ => Severity::Warning,
        };
        let mut found = diagnostic(reason.code(), severity, airing.broadcast.place()?, message, cure);
        found
            .related
            .extend(rival.and_then(diagnostic::rival).or_else(|| broken_rule(airing, ground).map(diagnostic::rule)));
        Some(found)
    }
}
