use std::time::Duration;

use crate::instant::Wall;
use crate::journal::{Entry, Filter, Journal, JournalError, Kind, Reader, Record};
use crate::player::{Event, Now, Player, World};
use crate::station::{Station, ZoneIx};

/// How far back from its last sign of life the journal is asked what has its outcome already. The
/// player takes all before that as settled.
const REMEMBER: Duration = Duration::from_hours(48);

/// What the journal knew before a start.
#[derive(Debug, Default)]
pub(super) struct History {
    /// The newest instant at which something was written: time before it is never trusted.
    newest: Option<Wall>,
    /// The last sign of life, where it is later.
    since: Option<Wall>,
    settled: Vec<Entry>,
}

impl History {
    /// Of a journal that others may hold too.
    pub(super) fn read(reader: &Reader) -> Result<Self, JournalError> {
        Self::gather(reader.newest()?, reader.alive()?, |filter| reader.select(filter))
    }

    /// Of the simulation's own.
    pub(super) fn of(journal: &Journal) -> Result<Self, JournalError> {
        Self::gather(journal.newest()?, journal.alive()?, |filter| journal.select(filter))
    }

    fn gather(
        newest: Option<Wall>,
        alive: Option<Wall>,
        select: impl FnOnce(&Filter) -> Result<Vec<Entry>, JournalError>,
    ) -> Result<Self, JournalError> {
        let from = newest.map(|newest| newest - REMEMBER);
        let settled = select(&Filter { from, kind: Some(Kind::Airing), ..Filter::default() })?;
        Ok(Self { newest, since: newest.max(alive), settled })
    }

    /// The player of a station that is switched on at `now`, for what is scheduled before `until`.
    /// `recovered` is what opening the journal put right.
    pub(super) fn player(&self, world: &World, now: Now, until: Wall, recovered: &[Entry]) -> Player {
        let mut player = Player::new_until(world.clone(), now, self.newest.unwrap_or(Wall::MIN), until);
        for entry in self.settled.iter().chain(recovered) {
            remember(&mut player, &world.station, entry);
        }
        player
    }

    /// What the player is told first: since when the station was off. Nothing on a first start.
    pub(super) fn away(&self) -> Option<Event> {
        self.since.map(|since| Event::Away { since })
    }
}

/// What has its outcome and was planned at `from` or later.
pub(super) fn settled_since(
    reader: &Reader,
    station: &Station,
    from: Wall,
) -> Result<Vec<(ZoneIx, Wall, String)>, JournalError> {
    let filter = Filter { from: Some(from), kind: Some(Kind::Airing), ..Filter::default() };
    Ok(reader.select(&filter)?.iter().filter_map(|entry| settled(station, entry)).collect())
}

/// The note of a start.
pub(super) fn started_note(now: Wall, name: &str) -> Record {
    Record::Note(Box::new(Entry {
        kind: Kind::Note,
        written: now,
        title: format!("{name}: loa {} bắt đầu chạy", env!("CARGO_PKG_VERSION")),
        reason: Some("started".to_owned()),
        ..Entry::default()
    }))
}

fn remember(player: &mut Player, station: &Station, entry: &Entry) {
    if let Some((zone, planned, broadcast)) = settled(station, entry) {
        player.already_settled(zone, planned, &broadcast);
    }
}

fn settled(station: &Station, entry: &Entry) -> Option<(ZoneIx, Wall, String)> {
    let zone = station.zones.iter().position(|zone| Some(&zone.id) == entry.zone.as_ref())?;
    Some((ZoneIx(zone as u16), entry.planned?, entry.broadcast.clone()?))
}
