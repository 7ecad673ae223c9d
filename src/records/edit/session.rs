use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::civil::Time;

use super::change::{Change, Target, Texts};
use super::entry::{Of, seat};
use super::layout::FileLayout;
use super::{Refusal, Surroundings, Value};
use crate::diag::text;
use crate::instant::Wall;
use crate::plan::{self, SESSION_GAP, Verdict};
use crate::schedule::{Schedule, time_of};
use crate::station::ZoneIx;

/// Broadcasts, each with the time at which it is due.
type Occurrences = BTreeSet<(String, Wall)>;

/// A session is no longer than this on either side of an instant in it.
const AROUND: Duration = Duration::from_hours(12);

/// The session of `zone` that sounds at `at`, all of it moved so that what was at `at` is at `to`: this time only.
///
/// What plays in other zones as well moves there too: it is one occurrence.
pub fn moved(world: &Surroundings<'_>, schedule: &Schedule, zone: ZoneIx, at: Wall, to: Wall) -> Vec<Change> {
    let (tz, by) = (&world.station.timezone, to.since(at));
    let change = |(broadcast, scheduled): (String, Wall)| {
        let at = target(schedule, &broadcast)?;
        let (when, to) = (scheduled.zoned(tz).datetime(), scheduled.moved(by).zoned(tz).datetime());
        Some(Change::Move { at, when, to })
    };
    session(world, schedule, zone, at).into_iter().filter_map(change).collect()
}

/// The same for good: the times in `at` that these occurrences come from are others from now on.
pub fn moved_for_good(
    world: &Surroundings<'_>,
    schedule: &Schedule,
    texts: &Texts,
    (zone, at, to): (ZoneIx, Wall, Wall),
) -> Result<Vec<Change>, Refusal> {
    let (tz, by) = (&world.station.timezone, to.since(at));
    let mut changes: BTreeMap<String, Vec<(Time, Time)>> = BTreeMap::new();
    for (broadcast, scheduled) in session(world, schedule, zone, at) {
        let times = (scheduled.zoned(tz).time(), scheduled.moved(by).zoned(tz).time());
        changes.entry(broadcast).or_default().push(times);
    }
    changes.into_iter().map(|(broadcast, times)| retimed(schedule, texts, &broadcast, &times)).collect()
}

/// The broadcast with other times in the places of these.
fn retimed(schedule: &Schedule, texts: &Texts, broadcast: &str, times: &[(Time, Time)]) -> Result<Change, Refusal> {
    let at = target(schedule, broadcast).ok_or_else(|| Refusal::gone(broadcast))?;
    let text = texts.get(&at.file).ok_or_else(|| Refusal::gone(broadcast))?;
    let layout = FileLayout::of(&at.file, text)?;
    let entry = seat(&layout, Of::Broadcast, broadcast)?.entry(&layout, &at.file);
    let said = entry.field("at").map(|field| field.value.items().to_vec()).unwrap_or_default();
    let mut moved = 0;
    let new: Vec<Value> = said
        .into_iter()
        .map(|value| {
            let time = match &value {
                Value::Text(written) => time_of(written),
                Value::Time(time) => Some(*time),
                _ => None,
            };
            let to = time.and_then(|time| times.iter().find(|(from, _)| *from == time));
            moved += usize::from(to.is_some());
            to.map_or(value, |(_, to)| Value::Text(clock(*to)))
        })
        .collect();
    if moved < times.len() {
        let refusal = Refusal::by_hand(&entry.name);
        return Err(Refusal {
            help: Box::new(text!(
                "giờ của mục này viết tay; dời riêng mục này trong tệp",
                "its times are written by hand; move this one in the file"
            )),
            ..refusal
        });
    }
    let at = Target { seen: Some(entry.digest), ..at };
    Ok(Change::Keys { at, keys: vec![("at".to_owned(), Some(Value::List(new)))] })
}

fn clock(time: Time) -> String {
    time.strftime(if time.second() == 0 { "%H:%M" } else { "%H:%M:%S" }).to_string()
}

/// Which occurrences make up the session, with their scheduled times.
fn session(world: &Surroundings<'_>, schedule: &Schedule, zone: ZoneIx, at: Wall) -> Occurrences {
    // A session that waits for approval is moved as a whole, too.
    let library = plan::assumed(world.station, world.library);
    let airings = plan::plan(schedule, world.station, &library, at - AROUND, at + AROUND);
    let sounds =
        |airing: &&plan::Airing| airing.zone == zone && matches!(airing.verdict, Verdict::Play | Verdict::Wait);
    let mut runs: Vec<(Wall, Wall, Occurrences)> = Vec::new();
    for airing in airings.iter().filter(sounds) {
        let one = (airing.broadcast.id.clone(), airing.scheduled);
        match runs.last_mut().filter(|(_, end, _)| airing.start < *end + SESSION_GAP) {
            Some((_, end, run)) => {
                *end = airing.end.max(*end);
                run.insert(one);
            }
            None => runs.push((airing.start, airing.end, BTreeSet::from([one]))),
        }
    }
    let holds = |(start, end, run): &(Wall, Wall, Occurrences)| {
        (*start <= at && at < *end) || run.iter().any(|(_, scheduled)| *scheduled == at)
    };
    runs.into_iter().find(holds).map(|(.., run)| run).unwrap_or_default()
}

fn target(schedule: &Schedule, broadcast: &str) -> Option<Target> {
    let found = schedule.broadcasts.iter().find(|one| one.id == broadcast)?;
    Some(Target { file: found.place()?.file.clone(), of: Of::Broadcast, name: found.id.clone(), seen: None })
}
