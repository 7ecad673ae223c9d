//! What a day must keep to, whatever befell it: read from what was done, told and written down.

use std::collections::{BTreeMap, BTreeSet};

use super::faults::SIREN;
use super::*;
use crate::plan::{Guard, Programme, plan};
use crate::player::is_order;
use crate::voice::VoiceId;

/// One line, where a promise is broken.
pub(super) fn broken(
    world: &World,
    from: Wall,
    to: Wall,
    mishaps: Vec<(Duration, Mishap)>,
) -> Result<Vec<Entry>, String> {
    let day = play(world, from, to, Wall::MIN, mishaps);
    let tz = &world.station.timezone;
    let zone = |zone: ZoneIx| world.station.zones[usize::from(zone.0)].id.clone();
    // One outcome each, and none forgotten.
    let mut outcomes: BTreeMap<_, Vec<Entry>> = BTreeMap::new();
    for entry in day.airings() {
        if entry.outcome.is_none() {
            return Err(format!("no outcome: {entry:?}"));
        }
        let key = (entry.zone.clone().unwrap(), entry.broadcast.clone().unwrap(), entry.planned.unwrap());
        // Orders go by their number, not by their time. What is written in the files is called `b0`, `b1` here.
        if key.1.starts_with('b') {
            outcomes.entry(key).or_default().push(entry);
        }
    }
    if let Some((key, entries)) = outcomes.iter().find(|(_, entries)| entries.len() > 1) {
        return Err(format!("twice: {key:?}:\n{}\n{}", around(&day, &entries[0]), around(&day, &entries[1])));
    }
    let mut counted = counted(&day);
    for airing in plan(&world.schedule, &world.station, &world.library, from, to) {
        let key = (zone(airing.zone), airing.broadcast.id.clone(), airing.scheduled);
        if !outcomes.contains_key(&key) {
            // What an outage of more than a week swallowed first is counted, not listed.
            let left = counted.entry(format!("{}/{}", key.0, key.1)).or_default();
            *left =
                left.checked_sub(1).ok_or_else(|| format!("forgotten: {key:?} {}", airing.scheduled.rfc3339(tz)))?;
        }
    }
    if let Some(row) = day.unexplained() {
        return Err(format!("no reason: {row:?}"));
    }
    if let Some(key) = day.told_twice() {
        return Err(format!("two outcomes: {key}"));
    }
    // Each order has as many outcomes as zones.
    let done = |wanted: &dyn Fn(&Record) -> Option<String>| -> BTreeSet<String> {
        let records = day.log.actions.iter().filter_map(|(_, action)| match action {
            Action::Record(record) => wanted(record),
            _ => None,
        });
        records.collect()
    };
    let finished = done(&|record| match record {
        Record::Finish { key, .. } => Some(key.clone()),
        _ => None,
    });
    let ordered = done(&|record| match record {
        Record::Intend(intent) if is_order(&intent.key) => Some(intent.key.clone()),
        _ => None,
    });
    // After a power cut it is the journal that closes what was open.
    let lost = day.log.lives.len() > 1;
    if let Some(key) = ordered.difference(&finished).next().filter(|_| !lost) {
        return Err(format!("an order without an outcome: {key}"));
    }
    prompt(&day)?;
    let verified = day.journal.verify().map_err(|error| error.to_string())?;
    if !verified.is_sound() {
        return Err(format!("{:?}", verified.breaches));
    }
    let guard = Guard::new(&world.schedule.rules.station, tz);
    let mut begun = BTreeSet::new();
    for life in &day.log.lives {
        heard(life, &guard, &mut begun)?;
    }
    Ok(day.journal.select(&Filter::default()).unwrap())
}

/// Each order begins within a second where its zone is free: nothing else sounds there or goes on, and no
/// other order waits.
fn prompt(day: &Day) -> Result<(), String> {
    const PROMPT: Duration = Duration::from_secs(1);
    for life in &day.log.lives {
        let mut zones: BTreeMap<VoiceId, ZoneIx> = BTreeMap::new();
        let mut sounding: BTreeMap<ZoneIx, usize> = BTreeMap::new();
        // Alerts that wait, by the journal's name: their zone, and since when it is free for them.
        let mut waiting: BTreeMap<String, (String, Option<Mono>)> = BTreeMap::new();
        let busy = |sounding: &BTreeMap<ZoneIx, usize>, zone: &str| {
            let place = day.world.station.zones.iter().position(|known| known.id == zone);
            place.is_some_and(|place| sounding.get(&ZoneIx(place as u16)).is_some_and(|count| *count > 0))
        };
        for (mono, _, seen) in &life.seen {
            if let Some((key, (_, since))) =
                waiting.iter().find(|(_, (_, since))| since.is_some_and(|since| mono.after(since) > PROMPT))
            {
                return Err(format!("{key} does not begin, and its zone is free since {since:?}; it is {mono:?}"));
            }
            match seen {
                Seen::Did(Action::Voice(voice, VoiceOrder::Prepare { zone, .. })) => {
                    zones.insert(*voice, *zone);
                }
                Seen::Did(Action::Record(Record::Intend(intent)))
                    if is_order(&intent.key) && intent.draft.class == Some(Class::Emergency) =>
                {
                    let zone = intent.draft.zone.clone().unwrap();
                    waiting.insert(intent.key.clone(), (zone, None));
                }
                Seen::Did(Action::Record(Record::Begin { key, .. } | Record::Finish { key, .. })) => {
                    waiting.remove(key);
                }
                Seen::Told(Notice::Started(voice, _)) => *sounding.entry(zones[voice]).or_default() += 1,
                Seen::Told(Notice::Ended { voice, .. }) => {
                    sounding.entry(zones[voice]).and_modify(|count| *count = count.saturating_sub(1));
                }
                _ => {}
            }
            // What waits behind another alert of its zone is not free to begin.
            let mut first = BTreeSet::new();
            for (zone, since) in waiting.values_mut() {
                let free = !busy(&sounding, zone) && first.insert(zone.clone());
                *since = if free { since.or(Some(*mono)) } else { None };
            }
        }
    }
    Ok(())
}

/// The airings that the journal counts in its notes, by zone and broadcast.
fn counted(day: &Day) -> BTreeMap<String, usize> {
    let mut counted = BTreeMap::new();
    for note in day.notes() {
        let is_count =
            ["station_off", "clock_step", "clock_untrusted", "late"].iter().any(|code| note.starts_with(code));
        let Some((_, counts)) = note.rsplit_once(": ").filter(|_| is_count) else { continue };
        for one in counts.split(", ") {
            if let Some((what, count)) = one.rsplit_once(' ')
                && what.contains("/b")
                && count.parse::<usize>().is_ok()
            {
                *counted.entry(what.to_owned()).or_default() += count.parse::<usize>().unwrap();
            }
        }
    }
    counted
}

/// The journal's rows about this one.
fn around(day: &Day, entry: &Entry) -> String {
    let tz = &day.world.station.timezone;
    let all = day.journal.select(&Filter::default()).unwrap();
    let place = all.iter().position(|one| one.seq == entry.seq).unwrap_or_default();
    let at = |at: Option<Wall>| at.map_or_else(|| "-".to_owned(), |at| at.rfc3339(tz)[5..23].to_owned());
    let line = |entry: &Entry| {
        let Entry { seq, zone, broadcast, title, planned, started, ended, outcome, reason, .. } = entry;
        let what = broadcast.as_ref().unwrap_or(title);
        let (written, planned, started, ended) = (at(Some(entry.written)), at(*planned), at(*started), at(*ended));
        format!("{seq} @{written} {zone:?} {what} {planned} > {started}..{ended} {outcome:?} {reason:?}")
    };
    all[place.saturating_sub(12)..(place + 4).min(all.len())].iter().map(line).collect::<Vec<_>>().join("\n")
}

/// What one life let be heard: nothing twice, one voice a zone at a time, and nothing outside the
/// lawful hours by the clock of that moment.
fn heard(life: &Life, guard: &Guard, begun: &mut BTreeSet<String>) -> Result<(), String> {
    /// The journal has what was handed to it so long ago, also if the power goes.
    const KNOWN_AFTER: Duration = Duration::from_millis(50);
    /// A fade, and a frame.
    const FADING: Duration = Duration::from_millis(6);
    let mut voices: BTreeMap<VoiceId, (ZoneIx, Arc<Programme>)> = BTreeMap::new();
    // Since when it sounds unbroken, by the wall clock as it now stands.
    let mut sounding: BTreeMap<VoiceId, Wall> = BTreeMap::new();
    let lawful = |voice: &VoiceId, from: Wall, to: Wall, voices: &BTreeMap<VoiceId, (ZoneIx, Arc<Programme>)>| {
        let siren = voices[voice].1.items.iter().any(|item| item.name == SIREN);
        let until = guard.end_of_hours(from).unwrap_or(Wall::MAX);
        if siren || to.after(from) <= FADING * 2 || (guard.allows(from) && to <= until + FADING) {
            return Ok(());
        }
        Err(format!("outside the hours: {voice:?} {from:?}..{to:?}: {:?}", voices[voice].1))
    };
    let mut began: BTreeMap<String, Mono> = BTreeMap::new();
    for (mono, now, seen) in &life.seen {
        match seen {
            Seen::Did(Action::Voice(voice, VoiceOrder::Prepare { zone, programme, .. })) => {
                voices.insert(*voice, (*zone, programme.clone()));
            }
            Seen::Did(Action::Record(Record::Begin { key, .. }))
                if begun.contains(key) || began.insert(key.clone(), *mono).is_some() =>
            {
                return Err(format!("began twice: {key}"));
            }
            Seen::Told(Notice::Started(voice, at)) => {
                if let Some(other) = sounding.keys().find(|other| voices[other].0 == voices[voice].0) {
                    return Err(format!("{voice:?} over {other:?} at {at:?}"));
                }
                sounding.insert(*voice, *at);
            }
            Seen::Told(Notice::Ended { voice, at, .. }) => {
                if let Some(since) = sounding.remove(voice) {
                    lawful(voice, since, *at, &voices)?;
                }
            }
            Seen::Stepped(from) => {
                for (voice, since) in &mut sounding {
                    lawful(voice, *since, *from, &voices)?;
                    *since = *now;
                }
            }
            _ => {}
        }
    }
    // What sounded for less than the journal takes to know of it is not begun: its rule may bring it back.
    let end = life.seen.last().map_or(Mono::default(), |(mono, ..)| *mono);
    begun.extend(began.into_iter().filter(|(_, at)| *at + KNOWN_AFTER <= end).map(|(key, _)| key));
    Ok(())
}
