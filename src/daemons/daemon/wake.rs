use std::path::Path;

use jiff::tz::TimeZone;

use crate::diag::Text;
use crate::fact::{Entry, EntryKind, Record};
use crate::instant::Wall;
use crate::journal::{self, Journal, JournalError, Opened, Reader, Recovered, Salvage, SetAside};
use crate::player::{Event, Now, Player, REMEMBER, World};
use crate::reason::{Hornless, Reason};
use crate::station::{Station, ZoneIx};

/// So many damaged journals are asked what was settled in them, the last ones: a disk that damages
/// more in two days is past help.
const BEHIND_MOST: usize = 8;

/// What the journal knew before a start.
#[derive(Debug, Default)]
pub(super) struct History {
    /// The newest instant at which something was written: time before it is never trusted.
    newest: Option<Wall>,
    /// The last sign of life, where it is later.
    since: Option<Wall>,
    /// When the station was on for the first time, where this journal has all of its life.
    first_on: Option<Wall>,
    settled: Vec<Entry>,
    /// Names of journals that this one took the place of, of late.
    behind: Vec<String>,
}

/// The journal as a start finds it.
pub(super) struct FoundJournal {
    /// Ready to be written; `None` where it cannot be opened yet, and why.
    pub(super) journal: Result<Journal, JournalError>,
    /// What it knew before.
    pub(super) history: History,
    /// What was under way when the last life ended.
    pub(super) recovered: Recovered,
    /// The damaged one whose place it took.
    pub(super) set_aside: Option<SetAside>,
    /// How it was not as it had been left.
    pub(super) misfit: Option<Text>,
}

/// Open the journal at `path`. Sound goes on whatever is there: a damaged file is set aside, and what
/// can be read of it still keeps anything from being heard twice.
pub(super) fn resume(path: &Path, now: Wall, tz: &TimeZone) -> Result<FoundJournal, JournalError> {
    // Before it is opened for writing, which puts right what the power left open.
    let known = Reader::open(path).and_then(|reader| reader.as_ref().map(History::read).transpose());
    let known = known.ok().flatten();
    let mut found = match Journal::open_or_replace(path, now, tz) {
        Ok(Opened { journal, recovered, set_aside, misfit }) => {
            let salvaged = set_aside.as_ref().map(|aside| History::salvaged(&aside.left));
            let history = salvaged.or(known).unwrap_or_default();
            FoundJournal { journal: Ok(journal), history, recovered, set_aside, misfit }
        }
        Err(error @ JournalError::Newer(_)) => return Err(error),
        Err(error) => {
            let left = journal::salvage(path, now, tz);
            let history = known.unwrap_or_else(|| History::salvaged(&left));
            let recovered = Recovered { closed: left.closed, intended: left.intended };
            FoundJournal { journal: Err(error), history, recovered, set_aside: None, misfit: None }
        }
    };
    found.history.look_behind(path, now, tz);
    Ok(found)
}

impl History {
    /// Of a journal that others may hold too.
    fn read(reader: &Reader) -> Result<Self, JournalError> {
        let mut history = Self::gather(reader.newest()?, reader.alive()?, |from, to| reader.airings(from, to))?;
        // A journal that took another's place says so in its first row.
        let from = history.newest.map(|newest| newest - REMEMBER);
        let first = reader.first()?.filter(|first| from.is_none_or(|from| first.written >= from));
        history.behind = first.iter().filter_map(journal::predecessor).map(str::to_owned).collect();
        history.first_on = first.filter(|_| history.behind.is_empty()).map(|first| first.written);
        Ok(history)
    }

    /// Of one that is damaged.
    fn salvaged(left: &Salvage) -> Self {
        let settled = left.entries.iter().filter(|entry| entry.kind == EntryKind::Airing).cloned().collect();
        let behind = left.entries.iter().filter_map(journal::predecessor).map(str::to_owned).collect();
        Self { newest: left.newest, since: left.newest.max(left.alive), first_on: None, settled, behind }
    }

    /// What a journal began with may have been settled in the one that it took the place of, or in the one
    /// before that.
    fn look_behind(&mut self, path: &Path, now: Wall, tz: &TimeZone) {
        let mut names: Vec<String> = self.behind.iter().rev().cloned().collect();
        for place in 0..BEHIND_MOST {
            let Some(name) = names.get(place) else { return };
            let left = journal::salvage(&path.with_file_name(name), now, tz);
            let older = left.entries.iter().filter_map(journal::predecessor).map(str::to_owned);
            let unknown: Vec<String> = older.filter(|name| !names.contains(name)).collect();
            names.extend(unknown);
            self.settled.extend(left.entries.into_iter().filter(|entry| entry.kind == EntryKind::Airing));
        }
    }

    /// Of the simulation's own.
    pub(super) fn of(journal: &Journal) -> Result<Self, JournalError> {
        Self::gather(journal.newest()?, journal.alive()?, |from, to| journal.airings(from, to))
    }

    fn gather(
        newest: Option<Wall>,
        alive: Option<Wall>,
        airings: impl Fn(Wall, Wall) -> Result<Vec<Entry>, JournalError>,
    ) -> Result<Self, JournalError> {
        let since = newest.max(alive);
        let from = newest.map_or(Wall::MIN, |newest| newest - REMEMBER);
        let settled = around(from, since.map_or(Wall::MAX, |since| since + REMEMBER), airings)?;
        Ok(Self { newest, since, first_on: None, settled, behind: Vec::new() })
    }

    /// The player of a station that is switched on at `now`, for what is scheduled before `until`.
    /// `recovered` is what opening the journal put right.
    pub(super) fn player(&self, world: &World, now: Now, until: Wall, recovered: &Recovered) -> Player {
        let mut player = Player::new_until(world.clone(), now, self.newest.unwrap_or(Wall::MIN), until);
        for entry in self.settled.iter().chain(&recovered.closed) {
            remember(&mut player, &world.station, entry);
        }
        player.was_first_on(self.first_on.unwrap_or(Wall::MIN));
        for intent in &recovered.intended {
            player.already_intended(intent.clone());
        }
        player
    }

    /// The airings of the last days.
    pub(super) fn settled(&self) -> &[Entry] {
        &self.settled
    }

    /// What the player is told first: since when the station was off. Nothing on a first start.
    pub(super) fn away(&self) -> Option<Event> {
        self.since.map(|since| Event::Away { since })
    }
}

/// The airings from `from` up to `to`, and beyond: a clock that ran ahead has told of a time that is still to come.
/// These are asked for by themselves, so that however many there are they push none of the others out.
fn around(
    from: Wall,
    to: Wall,
    airings: impl Fn(Wall, Wall) -> Result<Vec<Entry>, JournalError>,
) -> Result<Vec<Entry>, JournalError> {
    let mut all = airings(from, to)?;
    if to < Wall::MAX {
        all.extend(airings(to, Wall::MAX)?);
    }
    Ok(all)
}

/// What has its outcome and was planned from two days before `now` on. A clock that is set back by years asks for
/// no more than the journal gives at once.
pub(super) fn settled_about(
    reader: &Reader,
    station: &Station,
    now: Wall,
) -> Result<Vec<(ZoneIx, Wall, String)>, JournalError> {
    let airings = around(now - REMEMBER, now + REMEMBER, |from, to| reader.airings(from, to))?;
    Ok(airings.iter().filter_map(|entry| settled(station, entry)).collect())
}

/// The note of a start: what plays in which zones nobody hears, from here on.
pub(super) fn started_note(now: Wall, station: &Station) -> Record {
    let name = &station.name;
    let bare = station.zones.iter().filter(|zone| !zone.output.is_horn()).map(|zone| zone.id.clone()).collect();
    let hornless = Hornless::among(bare, station.zones.len());
    Record::Note(Box::new(Entry {
        kind: EntryKind::Note,
        written: now,
        title: format!("{name}: loa {} bắt đầu chạy", env!("CARGO_PKG_VERSION")),
        reason: Some(Reason::Started(hornless)),
        ..Entry::default()
    }))
}

fn remember(player: &mut Player, station: &Station, entry: &Entry) {
    if let Some((zone, planned, broadcast)) = settled(station, entry) {
        player.already_settled(zone, planned, &broadcast);
    }
    if let (Some(zone), Some(heard)) = (zone_of(station, entry), entry.heard()) {
        player.already_heard(zone, heard);
    }
}

fn settled(station: &Station, entry: &Entry) -> Option<(ZoneIx, Wall, String)> {
    Some((zone_of(station, entry)?, entry.planned?, entry.broadcast.clone()?))
}

fn zone_of(station: &Station, entry: &Entry) -> Option<ZoneIx> {
    let zone = station.zones.iter().position(|zone| Some(&zone.id) == entry.zone.as_ref())?;
    Some(ZoneIx(zone as u16))
}
