//! What Today needs of the files and of the journal: recordings that are still to come, what meets what, tomorrow's
//! morning, what was not heard today, who is quiet. Worked out once for everybody, and kept for a while: fifty phones cost
//! as much as one.

use std::collections::{BTreeMap, HashSet};
use std::time::Duration;

use jiff::civil::DateTime;
use jiff::{ToSpan as _, Zoned};
use tokio::sync::OnceCell;

use super::look::Look;
use super::one_for_all::Ages;
use super::past_week::PastWeek;
use crate::approval::Lack;
use crate::diag::Text;
use crate::edit::{Editor, FileEntry, FileView, Of, Target};
use crate::fact::{Entry, Outcome, UncountedRows};
use crate::instant::Wall;
use crate::journal::{Reader, today};
use crate::plan::{self, Airing, Cause, Plain, PlanContext, Rousing, SoundIndex, Verdict};
use crate::schedule::{Class, Place};
use crate::site::Site;
use crate::station::ZoneIx;

/// So long a day serves everybody who asks, if nothing is written meanwhile.
pub(super) const DAY_AGES: Ages = Ages { good: Duration::from_secs(20), given: Duration::from_secs(30) };

/// Recordings are asked for so many days ahead.
const DAYS: i32 = 14;

/// What meets something else is told so many days ahead.
const MEETING_DAYS: i32 = 7;

/// After so many airings no further day is looked at: a province's plan on one machine. What is near comes first.
const AIRINGS_MOST: usize = 100_000;

/// Whoever waits less than this stands in line.
const LINE: Duration = Duration::from_mins(1);

/// Sentences about what meets what.
const MEETINGS_MOST: usize = 40;

/// A recording that a broadcast names and that nobody can play yet.
#[derive(Debug)]
pub(super) struct SoundTask {
    /// Its name, as `play` has it.
    pub(super) name: String,
    /// What people call the broadcast that names it first.
    pub(super) title: String,
    /// When it is first needed, zone by zone.
    pub(super) by: BTreeMap<ZoneIx, Wall>,
    /// What is wrong with the file that is there.
    pub(super) fault: Option<Text>,
    /// It is there, and being copied or examined.
    pub(super) is_coming: bool,
}

/// Something that does not go as it is written, and why; in the plan's own words.
#[derive(Debug)]
pub(super) struct Hindrance {
    /// What the plan says of the first time, and what cures it.
    pub(super) plain: Plain,
    /// When that is.
    pub(super) at: Wall,
    /// At how many times.
    pub(super) times: usize,
    /// Where.
    pub(super) zones: Vec<ZoneIx>,
    /// It does not sound at all.
    pub(super) is_silent: bool,
    /// Which broadcast.
    pub(super) broadcast: String,
    code: &'static str,
    last: Wall,
}

/// Something of tomorrow's morning.
#[derive(Debug)]
pub(super) struct MorningAiring {
    /// Where.
    pub(super) zone: ZoneIx,
    /// Which broadcast.
    pub(super) broadcast: String,
    /// When by its own time.
    pub(super) scheduled: Wall,
    /// When it starts, behind others where it waits.
    pub(super) start: Wall,
    /// It will sound, as things stand.
    pub(super) sounds: bool,
}

/// A broadcast that waits for approval.
#[derive(Debug)]
pub(super) struct Unapproved {
    /// Its id.
    pub(super) id: String,
    /// Its title.
    pub(super) title: String,
    /// It sounds all the same.
    pub(super) is_emergency: bool,
    /// Why.
    pub(super) lack: Lack,
    /// Before when it has to be decided.
    pub(super) next: Wall,
}

/// A time in which a zone is quiet.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Quiet {
    /// From when, in the station's time.
    pub(super) from: DateTime,
    /// Until when.
    pub(super) until: DateTime,
    /// Why; may be empty.
    pub(super) why: String,
    /// Where.
    pub(super) zones: Vec<ZoneIx>,
    /// Where it is written.
    pub(super) place: Place,
    /// The entry that says so, as it was read; none where no form can take it out.
    pub(super) entry: Option<Target>,
}

impl Quiet {
    /// By what a page calls it, whatever else is written above it meanwhile.
    pub(super) fn word(&self) -> Option<String> {
        let entry = self.entry.as_ref()?;
        Some(format!("{}:{}", entry.file, entry.seen.as_ref()?))
    }
}

/// A day.
#[derive(Debug)]
pub(super) struct Day {
    /// When it was worked out.
    pub(super) at: Wall,
    /// What is planned from midnight to midnight, in every zone.
    pub(super) plan: Vec<Airing>,
    /// Recordings that are still to come, the first first.
    pub(super) wanted: Vec<SoundTask>,
    /// What meets what.
    pub(super) meetings: Vec<Hindrance>,
    /// What waits for approval and is due, the first first.
    pub(super) unapproved: Vec<Unapproved>,
    /// Emergencies of the schedule that are still to sound outside the lawful hours.
    pub(super) rousing: Vec<Rousing>,
    /// Tomorrow until noon.
    pub(super) tomorrow: Vec<MorningAiring>,
    /// Who is quiet, or will be today.
    pub(super) quiet: Vec<Quiet>,
    /// The journal's airings of today; or why it cannot be read.
    pub(super) rows: Result<Vec<Entry>, Text>,
    /// Which of them stand in no total.
    pub(super) uncounted: UncountedRows,
    /// When a drill was last heard this month; or why nobody can tell.
    pub(super) drill: Result<Option<Wall>, Text>,
    /// The week behind, counted when the first asks for it.
    pub(super) week: OnceCell<Result<PastWeek, Text>>,
}

impl Day {
    pub(super) fn take(look: &Look, site: &Site, now: Wall) -> Self {
        let world = &look.world;
        let tz = &world.station.timezone;
        let midnight = now.zoned(tz).start_of_day().unwrap_or_else(|_| now.zoned(tz));
        let start = |days: i32| wall(&midnight, days);
        let ground = PlanContext::new(&world.schedule, &world.station, &world.library, now);
        let plan = look.plan(start(0), start(1));
        let mut ahead = Ahead::new(look, now);
        let mut seen = plan.len();
        ahead.add(&plan, &ground, true);
        let mut tomorrow = Vec::new();
        for day in 1..DAYS {
            if seen > AIRINGS_MOST {
                break;
            }
            let airings = look.plan(start(day), start(day + 1));
            seen += airings.len();
            ahead.add(&airings, &ground, day < MEETING_DAYS);
            if day == 1 {
                tomorrow = airings.iter().filter(|airing| airing.scheduled.zoned(tz).hour() < 12).map(due).collect();
            }
        }
        let mut wanted: Vec<SoundTask> = ahead.wanted.into_values().collect();
        wanted.sort_by_key(|one| one.by.values().min().copied());
        let waiting = plan::waiting(&world.schedule, &world.station, &world.library, now).into_iter();
        let waiting = waiting.filter_map(|(broadcast, lack, next)| {
            let (id, title) = (broadcast.id.clone(), broadcast.title.clone());
            let is_emergency = broadcast.class == Class::Emergency;
            Some(Unapproved { id, title, is_emergency, lack, next: next? })
        });
        let mut unapproved: Vec<Unapproved> = waiting.collect();
        unapproved.sort_by_key(|one| one.next);
        let (quiet, week) = (quiet(look, site, now), OnceCell::new());
        let (rows, uncounted) = match rows(site, now, tz) {
            Ok((rows, uncounted)) => (Ok(rows), uncounted),
            Err(why) => (Err(why), UncountedRows::default()),
        };
        let month = midnight.first_of_month().map_or(now, |first| first.timestamp().into());
        let drill = drill(site, month);
        Self {
            at: now,
            rousing: plan::rousing(&world.schedule, &world.station, &world.library, now),
            unapproved,
            plan,
            wanted,
            meetings: ahead.meetings,
            tomorrow,
            quiet,
            rows,
            uncounted,
            drill,
            week,
        }
    }

    /// By which time of its own a broadcast starts at `start`, today or tomorrow morning; it may wait behind others.
    pub(super) fn scheduled(&self, zone: ZoneIx, broadcast: &str, start: Wall) -> Option<Wall> {
        let today = self.plan.iter().filter(|one| one.zone == zone && one.broadcast.id == broadcast);
        let tomorrow = self.tomorrow.iter().filter(|one| one.zone == zone && one.broadcast == broadcast);
        let mut both =
            today.map(|one| (one.start, one.scheduled)).chain(tomorrow.map(|one| (one.start, one.scheduled)));
        both.find(|(own, _)| *own == start).map(|(_, scheduled)| scheduled)
    }

    /// Airings of today that were not heard whole, in these zones.
    pub(super) fn unheard<'a>(&'a self, zones: &'a [String]) -> impl Iterator<Item = &'a Entry> {
        let of = |row: &&Entry| row.zone.as_ref().is_some_and(|zone| zones.contains(zone));
        let not_whole = |row: &&Entry| row.outcome.is_some_and(|outcome| outcome != Outcome::Played);
        self.rows.iter().flatten().filter(of).filter(not_whole)
    }
}

fn wall(midnight: &Zoned, days: i32) -> Wall {
    let there = midnight.checked_add(days.days()).and_then(|there| there.start_of_day());
    there.map_or(Wall::MAX, |there| there.timestamp().into())
}

fn due(airing: &Airing) -> MorningAiring {
    let sounds = matches!(airing.verdict, Verdict::Play | Verdict::Wait);
    // What somebody has called off is nobody's task.
    let is_called_off = matches!(airing.reason.as_deref(), Some(Cause::Cancelled(_) | Cause::Mourning(_)));
    let (scheduled, start) = (airing.scheduled, airing.start);
    let sounds = sounds || is_called_off;
    MorningAiring { zone: airing.zone, broadcast: airing.broadcast.id.clone(), scheduled, start, sounds }
}

struct Ahead<'a> {
    /// Files that nobody has measured yet, by their names and by these without their endings.
    unmeasured: HashSet<&'a str>,
    shelf: SoundIndex<'a>,
    now: Wall,
    wanted: BTreeMap<String, SoundTask>,
    meetings: Vec<Hindrance>,
}

impl<'a> Ahead<'a> {
    fn new(look: &'a Look, now: Wall) -> Self {
        let shelf = SoundIndex::new(&look.world.library, &look.world.station);
        let unmeasured = look.unmeasured.iter().flat_map(|file| {
            let stem = plan::without_ending(file).unwrap_or(file);
            [file.as_str(), stem]
        });
        Self { unmeasured: unmeasured.collect(), shelf, now, wanted: BTreeMap::new(), meetings: Vec::new() }
    }

    fn add(&mut self, airings: &[Airing], ground: &PlanContext<'_>, tells_meetings: bool) {
        let now = self.now;
        for airing in airings.iter().filter(|airing| airing.scheduled >= now) {
            for name in &airing.programme.missing {
                self.want(name, airing);
            }
            if tells_meetings {
                self.meet(airing, ground);
            }
        }
    }

    fn want(&mut self, name: &str, airing: &Airing) {
        let (unmeasured, shelf) = (&self.unmeasured, &self.shelf);
        let one = self.wanted.entry(name.to_owned()).or_insert_with(|| {
            let found = shelf.find(name, &[]);
            let fault = found.faulty.iter().find(|sound| !sound.is_changing());
            let fault = fault.and_then(|sound| sound.facts.as_ref().err()).map(|fault| fault.message.clone());
            let is_coming = fault.is_none() && (airing.programme.is_coming || unmeasured.contains(name));
            let title = airing.broadcast.title.clone();
            SoundTask { name: name.to_owned(), title, by: BTreeMap::new(), fault, is_coming }
        });
        let first = one.by.entry(airing.zone).or_insert(airing.scheduled);
        *first = airing.scheduled.min(*first);
    }

    fn meet(&mut self, airing: &Airing, ground: &PlanContext<'_>) {
        let Some(cause) = airing.reason.as_deref() else { return };
        // What waits for approval has a list of its own.
        let is_told =
            matches!(cause, Cause::Cancelled(_) | Cause::Mourning(_) | Cause::NotApproved(_) | Cause::NoOutput);
        if cause.is_want_of_sound() || is_told {
            return;
        }
        // Within a session one stands in line behind the other: that is nobody's task.
        if airing.verdict == Verdict::Wait && airing.start.after(airing.scheduled) < LINE {
            return;
        }
        let (id, code) = (&airing.broadcast.id, cause.code());
        if let Some(known) = self.meetings.iter_mut().find(|known| known.broadcast == *id && known.code == code) {
            // In several zones at once it is one time.
            known.times += usize::from(known.last != airing.scheduled);
            known.last = airing.scheduled;
            if !known.zones.contains(&airing.zone) {
                known.zones.push(airing.zone);
            }
        } else if self.meetings.len() < MEETINGS_MOST
            && let Some(plain) = plan::plainly(airing, ground)
        {
            let is_silent = matches!(airing.verdict, Verdict::Refuse | Verdict::Miss);
            let (zones, broadcast) = (vec![airing.zone], id.clone());
            self.meetings.push(Hindrance {
                plain,
                at: airing.scheduled,
                times: 1,
                zones,
                is_silent,
                broadcast,
                code,
                last: airing.scheduled,
            });
        }
    }
}

/// The times of quiet that are not over today.
fn quiet(look: &Look, site: &Site, now: Wall) -> Vec<Quiet> {
    let station = &look.world.station;
    let here = now.zoned(&station.timezone).datetime();
    let mut found: Vec<Quiet> = Vec::new();
    for place in 0..station.zones.len() {
        let Ok(zone) = u16::try_from(place).map(ZoneIx) else { break };
        for cancel in &look.world.schedule.rules.of(zone).cancelled {
            let Some(hours) = cancel.hours.as_ref().filter(|hours| hours.end > here) else { continue };
            if hours.start.date() > here.date() {
                continue;
            }
            match found.iter_mut().find(|known| known.place == cancel.place) {
                Some(known) => known.zones.push(zone),
                None => found.push(Quiet {
                    from: hours.start,
                    until: hours.end,
                    why: cancel.why.clone(),
                    zones: vec![zone],
                    place: cancel.place.clone(),
                    entry: None,
                }),
            }
        }
    }
    // The files are looked through only where somebody is quiet.
    let pages = if found.is_empty() { Vec::new() } else { Editor::new(site.clone()).read().unwrap_or_default() };
    for one in &mut found {
        one.entry = pages.iter().find(|page| page.file == one.place.file).and_then(|page| entry_of(page, &one.place));
    }
    found
}

/// The entry of a file that a line belongs to.
fn entry_of(page: &FileView, place: &Place) -> Option<Target> {
    let is_it = |entry: &&FileEntry| entry.of == Of::Cancel && entry.holds(place.line);
    let entry = page.entries.iter().find(is_it)?;
    Some(Target { file: entry.file.clone(), of: entry.of, name: entry.name.clone(), seen: Some(entry.digest.clone()) })
}

fn drill(site: &Site, since: Wall) -> Result<Option<Wall>, Text> {
    let reader = Reader::open(&site.journal()).map_err(|error| error.text())?;
    reader.map_or(Ok(None), |reader| reader.last_drill(since).map_err(|error| error.text()))
}

/// The airings of today, and which of them stand in no total.
fn rows(site: &Site, now: Wall, tz: &jiff::tz::TimeZone) -> Result<(Vec<Entry>, UncountedRows), Text> {
    let from = today(now, tz);
    let read = Reader::open(&site.journal()).and_then(|reader| {
        let Some(reader) = reader else { return Ok((Vec::new(), UncountedRows::default())) };
        let (mut rows, horns) = (reader.airings(from, now)?, reader.horns(from)?);
        rows.retain(|row| row.planned.is_some_and(|at| at >= from && at < now));
        for row in &mut rows {
            horns.mark(row);
        }
        Ok((rows, reader.uncounted(from)?))
    });
    read.map_err(|error| error.text())
}
