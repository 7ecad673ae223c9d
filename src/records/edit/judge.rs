use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::change::Texts;
use super::coming::{Coming, ToApprove};
use super::words::{Part, compare_with};
use crate::calendar::Calendar;
use crate::diag::{Diagnostic, SourceFile, Text};
use crate::instant::Wall;
use crate::plan::{self, Airing, Cause, Library, PlanContext, Rousing, SoundIndex, Verdict};
use crate::schedule::{self, Reading, Schedule};
use crate::station::Station;

/// How far the check looks ahead, as `loa check` does.
const AHEAD: Duration = Duration::from_hours(90 * 24);
/// How far the next airings are looked for: what comes once a lunar year is found.
const COMING_AHEAD: Duration = Duration::from_hours(400 * 24);
/// How many are shown.
pub const COMING_MOST: usize = 10;
/// A sound that is not there yet is no reason to refuse: first the slot, then the recording.
const SOUND_LATER: [&str; 2] = ["sound_missing", "sound_faulty"];

/// What a change is judged by, beside the files.
#[derive(Clone, Copy, Debug)]
pub struct Surroundings<'a> {
    /// The zones.
    pub station: &'a Station,
    /// The sounds.
    pub library: &'a Library,
    /// What time it is.
    pub now: Wall,
}

impl Surroundings<'_> {
    /// What became of a file, with zones as people call them.
    pub(super) fn compare(&self, file: &str, was: &str, is: &str) -> (Vec<Part>, Text) {
        compare_with(file, was, is, &|key, id| self.title(key, id), &self.station.zones)
    }

    fn title(&self, key: &str, id: &str) -> Option<Text> {
        let zone = self.station.zones.iter().find(|zone| key == "zones" && zone.id == id)?;
        (!zone.title.is_empty()).then(|| Text { vi: zone.title.clone(), en: zone.title.clone() })
    }
}

/// The files before and after a change, as `loa check` sees them.
pub(super) struct Judged {
    /// As it was before.
    pub(super) was: Schedule,
    pub(super) schedule: Schedule,
    /// What is wrong now and was not before.
    pub(super) new: Vec<Diagnostic>,
    /// What of that is in the way of the change, in the sentences of the check; the lines are those of the new text.
    pub(super) errors: Vec<Diagnostic>,
}

/// Check both.
pub(super) fn judge(before: &Texts, after: &Texts, world: &Surroundings<'_>) -> Judged {
    let (before, was) = check(before, world);
    let (schedule, is) = check(after, world);
    let mut known: BTreeMap<Known, usize> = BTreeMap::new();
    for found in &was {
        *known.entry(Known::of(found)).or_default() += 1;
    }
    let mut new: Vec<Diagnostic> = Vec::new();
    for found in is {
        match known.get_mut(&Known::of(&found)) {
            Some(left) if *left > 0 => *left -= 1,
            _ => new.push(found),
        }
    }
    let errors: Vec<Diagnostic> =
        new.iter().filter(|found| found.is_error() && !SOUND_LATER.contains(&found.code)).cloned().collect();
    Judged { was: before, schedule, new, errors }
}

/// A problem, wherever it stands by now.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Known {
    file: String,
    code: &'static str,
    message: String,
}

impl Known {
    fn of(found: &Diagnostic) -> Self {
        Self { file: found.file.clone(), code: found.code, message: without_lines(&found.message.vi) }
    }
}

/// A message without the line numbers of other places, which move with every line above them.
fn without_lines(message: &str) -> String {
    let mut parts = message.split(".toml:");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        out.push_str(".toml");
        out.push_str(part.trim_start_matches(|c: char| c.is_ascii_digit()));
    }
    out
}

fn read(texts: &Texts, world: &Surroundings<'_>) -> (Schedule, Vec<Diagnostic>) {
    let sources: Vec<SourceFile> =
        texts.iter().map(|(path, text)| SourceFile { path: path.clone(), text: text.clone() }).collect();
    let today = world.now.zoned(&world.station.timezone).date();
    schedule::check(&sources, world.station, Reading { today })
}

fn check(texts: &Texts, world: &Surroundings<'_>) -> (Schedule, Vec<Diagnostic>) {
    let (schedule, mut found) = read(texts, world);
    found.extend(plan::findings(&schedule, world.station, world.library, world.now, world.now + AHEAD));
    Diagnostic::sort(&mut found);
    (schedule, found)
}

/// The emergencies that these files let sound outside the lawful hours.
pub fn rousing(texts: &Texts, world: &Surroundings<'_>) -> Vec<Rousing> {
    plan::rousing(&read(texts, world).0, world.station, world.library, world.now)
}

/// The next airings of a broadcast, in the words of the plan. Only the moments at which it is due are planned, so that
/// it costs the same in a station of two broadcasts and of two thousand.
pub fn coming(schedule: &Schedule, world: &Surroundings<'_>, broadcast: &str) -> Vec<Coming> {
    let Some(found) = schedule.broadcasts.iter().find(|one| one.id == broadcast) else { return Vec::new() };
    let (now, station) = (world.now, world.station);
    let shelf = SoundIndex::new(world.library, station);
    let standing = plan::standing(found, schedule, station, world.library, &shelf);
    let was_decided = |is_known: bool| if is_known { ToApprove::Again } else { ToApprove::First };
    let to_approve = standing.lack().map(|lack| was_decided(lack.decision().is_some()));
    // Whoever changes it cannot approve it: what is told is what comes of it once somebody has, and that somebody has to.
    let library = &*plan::assumed(station, world.library);
    let calendar = Calendar::new(&station.timezone, schedule, now, now + COMING_AHEAD);
    let due = calendar.occurrences(found, now, now + COMING_AHEAD);
    let ground = PlanContext::new(schedule, station, library, now);
    let mut rows: Vec<Coming> = Vec::new();
    let due: BTreeSet<Wall> = due.into_iter().take(COMING_MOST).collect();
    for at in due {
        let airings = plan::plan(schedule, station, library, at, at + Duration::from_nanos(1));
        for airing in airings.iter().filter(|airing| airing.broadcast.id == broadcast) {
            let row = Coming {
                scheduled: airing.scheduled,
                start: airing.start,
                end: airing.end,
                zones: vec![airing.zone],
                verdict: airing.verdict,
                reason: airing.reason.as_deref().map(Cause::code),
                because: plan::plainly(airing, &ground),
                to_approve: to_approve.filter(|_| matches!(airing.verdict, Verdict::Play | Verdict::Wait)),
                free: free(airing, &ground),
            };
            let alike = |one: &&mut Coming| {
                (one.scheduled, one.start, one.end, one.verdict, &one.because)
                    == (row.scheduled, row.start, row.end, row.verdict, &row.because)
            };
            match rows.iter_mut().find(alike) {
                Some(same) => same.zones.extend(row.zones),
                None => rows.push(row),
            }
        }
    }
    rows
}

fn free(airing: &Airing, ground: &PlanContext<'_>) -> Option<Wall> {
    match (airing.verdict, airing.reason.as_deref()?) {
        (Verdict::Wait, _) | (_, Cause::WaitExpired(_)) => Some(airing.start),
        (Verdict::Refuse, Cause::OutsideHours | Cause::PastHours) => ground.nearest(airing),
        _ => None,
    }
}
