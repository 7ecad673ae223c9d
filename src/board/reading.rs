use std::collections::BTreeMap;
use std::time::Duration;

use rusqlite::{OptionalExtension as _, Row};

use crate::district::{AreaNames, FleetBox, LastHeard, NewestBundles};
use crate::instant::Wall;
use crate::line::{BoardLine, RecentRow};
use crate::signature::Locality;
use crate::{Board, BoardError};

/// The centre writes every few seconds; one that has not for so long does not run.
const BEAT_MOST: Duration = Duration::from_mins(2);

/// All that is judged, out of one look.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct BoardFleet {
    /// What people call the fleet.
    pub name: String,
    /// When the centre was last at work.
    pub beat: Option<Wall>,
    /// What is known of each box.
    pub facts: Vec<FleetBox>,
    /// What communes are called.
    pub names: AreaNames,
    /// What the centre has sent, by sender.
    pub wanted: NewestBundles,
}

impl BoardFleet {
    /// Whether the centre is not at work: what stands here is as old as its last word.
    pub fn is_stopped(beat: Option<Wall>, now: Wall) -> bool {
        beat.is_none_or(|beat| now.after(beat) > BEAT_MOST)
    }
}

/// A station, with its last rows.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BoardStation {
    /// What is known of it.
    pub facts: FleetBox,
    /// The name of its journal.
    pub epoch: String,
    /// The newest first.
    pub rows: Vec<RecentRow>,
}

/// The box at a place: what the register says, and what was heard.
pub(crate) const BOXES: &str = "SELECT place.path, title, contact, phone, held, heard, line, lost.since FROM place
       LEFT JOIN station ON station.path = place.path LEFT JOIN lost ON lost.path = place.path WHERE is_area = 0
     UNION ALL SELECT path, '', '', '', 0, heard, line, NULL FROM station
       WHERE NOT EXISTS (SELECT 1 FROM place WHERE place.path = station.path)";

impl Board {
    /// Everything that is judged: a line for each box, whatever they have written in their lives.
    pub fn fleet(&mut self) -> Result<BoardFleet, BoardError> {
        // One moment: the centre may write meanwhile.
        let tx = self.db.transaction()?;
        let told = |name: &str| -> rusqlite::Result<Option<String>> {
            tx.query_row("SELECT value FROM told WHERE name = ?1", [name], |row| row.get(0)).optional()
        };
        let (name, beat) = (told("name")?.unwrap_or_default(), told("beat")?);
        let beat = beat.and_then(|beat| beat.parse().ok()).map(Wall::from_secs);
        let facts = {
            let mut statement = tx.prepare_cached(BOXES)?;
            let rows = statement.query_map([], |row| Ok(facts(row)?.map(|(facts, _)| facts)))?;
            rows.filter_map(Result::transpose).collect::<rusqlite::Result<Vec<_>>>()?
        };
        let mut names = AreaNames::new();
        {
            let mut statement = tx.prepare_cached("SELECT path, title FROM place WHERE is_area = 1 AND title <> ''")?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                names.extend(Locality::read(row.get_ref(0)?.as_str().unwrap_or_default()).zip(row.get(1).ok()));
            }
        }
        let wanted = {
            let mut statement = tx.prepare_cached("SELECT sender, version FROM wanted")?;
            let rows =
                statement.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?.unsigned_abs())))?;
            rows.collect::<rusqlite::Result<BTreeMap<_, _>>>()?
        };
        tx.commit()?;
        Ok(BoardFleet { name, beat, facts, names, wanted })
    }

    /// One station; none where neither the register nor anybody's journal has it.
    pub fn station(&self, path: &Locality) -> Result<Option<BoardStation>, BoardError> {
        let mut statement = self.db.prepare_cached(&format!("SELECT * FROM ({BOXES}) WHERE path = ?1"))?;
        let found = statement.query_row([path.as_str()], facts).optional()?.flatten();
        let Some((facts, epoch)) = found else { return Ok(None) };
        let rows = "SELECT rows FROM recent WHERE path = ?1";
        let rows: Option<String> = self.db.query_row(rows, [path.as_str()], |row| row.get(0)).optional()?;
        let rows = rows.and_then(|rows| serde_json::from_str(&rows).ok()).unwrap_or_default();
        Ok(Some(BoardStation { facts, epoch, rows }))
    }

    /// The lines as they stand, for whoever goes on from them.
    pub fn lines(&self) -> Result<BTreeMap<Locality, BoardLine>, BoardError> {
        let mut statement = self.db.prepare_cached("SELECT path, line FROM station")?;
        let mut rows = statement.query([])?;
        let mut lines = BTreeMap::new();
        while let Some(row) = rows.next()? {
            let (path, line): (String, String) = (row.get(0)?, row.get(1)?);
            lines.extend(Locality::read(&path).zip(serde_json::from_str(&line).ok()));
        }
        Ok(lines)
    }
}

/// Out of a row of [`BOXES`]; none where the path is none.
fn facts(row: &Row<'_>) -> rusqlite::Result<Option<(FleetBox, String)>> {
    let Some(place) = Locality::read(&row.get::<_, String>(0)?) else { return Ok(None) };
    let line: Option<String> = row.get(6)?;
    // What a later version has written and this one cannot read says nothing.
    let line: BoardLine = line.and_then(|line| serde_json::from_str(&line).ok()).unwrap_or_default();
    let heard = line.heard.zip(line.by).map(|(at, by)| LastHeard { at: Wall::from_secs(at), by });
    let facts = FleetBox {
        place,
        title: row.get(1)?,
        contact: row.get(2)?,
        phone: row.get(3)?,
        is_held: row.get(4)?,
        lost: row.get::<_, Option<i64>>(7)?.map(Wall::from_secs),
        heard,
        journal: line.journal,
        bundles: line.bundles,
        sent: line.sent,
        refused: line.refused,
        state: line.state,
        session: line.session,
        proofs: line.proofs,
    };
    Ok(Some((facts, line.epoch)))
}
