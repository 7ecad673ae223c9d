use rusqlite::{OptionalExtension as _, Row, TransactionBehavior, params};

use crate::district::{AlarmStep, FleetAlarm, FleetCause, FleetTrouble, TakenAlarm, step};
use crate::instant::Wall;
use crate::signature::Locality;
use crate::writing::seconds;
use crate::{Board, BoardError};

/// Alarms that are open at once: more than there are communes and causes in a country that is well.
const OPEN_MOST: i64 = 5_000;
/// Closed ones that are shown.
const CLOSED_MOST: i64 = 100;
/// Boxes that an alarm names.
const BOXES_MOST: usize = 5_000;

const COLUMNS: &str =
    "id, area, cause, raised, over, boxes, taken_by, taken_at, taken_until, taken_why, closed_by, closed, closed_why";

/// An alarm that somebody has closed on the page, and that the database of the rows does not know to be closed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SettledClosing {
    /// Its number.
    pub id: i64,
    /// What it is about: that alone is closed.
    pub cause: FleetCause,
    /// The stations.
    pub boxes: Vec<Locality>,
    /// Who has closed it.
    pub by: String,
    /// When: what was found after that, nobody has seen.
    pub at: Wall,
    /// What was found.
    pub why: String,
}

impl Board {
    /// The alarms that nobody has closed, the oldest first.
    pub fn open_alarms(&self) -> Result<Vec<FleetAlarm>, BoardError> {
        self.alarms(&format!("SELECT {COLUMNS} FROM alarm WHERE closed IS NULL ORDER BY id LIMIT {OPEN_MOST}"))
    }

    /// The last that were closed, the newest first.
    pub fn closed_alarms(&self) -> Result<Vec<FleetAlarm>, BoardError> {
        self.alarms(&format!(
            "SELECT {COLUMNS} FROM alarm WHERE closed IS NOT NULL ORDER BY closed DESC LIMIT {CLOSED_MOST}"
        ))
    }

    fn alarms(&self, query: &str) -> Result<Vec<FleetAlarm>, BoardError> {
        let mut statement = self.db.prepare_cached(query)?;
        let rows = statement.query_map([], alarm)?;
        Ok(rows.filter_map(Result::transpose).collect::<rusqlite::Result<_>>()?)
    }

    /// One alarm.
    pub fn alarm(&self, id: i64) -> Result<FleetAlarm, BoardError> {
        let query = format!("SELECT {COLUMNS} FROM alarm WHERE id = ?1");
        let found = self.db.prepare_cached(&query)?.query_row([id], alarm).optional()?.flatten();
        found.ok_or(BoardError::NoAlarm)
    }

    /// What is wrong now: alarms are raised, pass and return. Says how many changes that were.
    pub fn keep_troubles(&mut self, troubles: &[FleetTrouble], now: Wall) -> Result<usize, BoardError> {
        let steps = step(&self.open_alarms()?, troubles);
        if steps.is_empty() {
            return Ok(0);
        }
        let tx = self.db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        for step in &steps {
            match step {
                AlarmStep::Raise(FleetTrouble { area, cause, boxes, since }) => tx.execute(
                    "INSERT OR IGNORE INTO alarm (area, cause, raised, boxes) VALUES (?1, ?2, ?3, ?4)",
                    params![area.as_str(), cause.to_string(), seconds(*since), written(boxes)],
                ),
                AlarmStep::Change(id, boxes) => tx.execute(
                    "UPDATE alarm SET boxes = ?2 WHERE id = ?1 AND closed IS NULL",
                    params![id, written(boxes)],
                ),
                AlarmStep::Pass(id) => {
                    tx.execute("UPDATE alarm SET over = ?2 WHERE id = ?1 AND closed IS NULL", params![id, seconds(now)])
                }
                AlarmStep::Return(id, boxes) => tx.execute(
                    "UPDATE alarm SET over = NULL, boxes = ?2 WHERE id = ?1 AND closed IS NULL",
                    params![id, written(boxes)],
                ),
            }?;
        }
        tx.commit()?;
        Ok(steps.len())
    }

    /// Somebody looks after an alarm until then.
    pub fn take_alarm(&mut self, id: i64, by: &str, until: Wall, why: &str, now: Wall) -> Result<(), BoardError> {
        self.handle(id, |alarm| alarm.take(by, until, why, now))
    }

    /// Somebody has looked at an alarm, and closes it.
    pub fn close_alarm(&mut self, id: i64, by: &str, why: &str, now: Wall) -> Result<(), BoardError> {
        self.handle(id, |alarm| alarm.close(by, why, now))
    }

    fn handle(
        &mut self,
        id: i64,
        act: impl FnOnce(&mut FleetAlarm) -> Result<(), crate::district::NotHandled>,
    ) -> Result<(), BoardError> {
        let tx = self.db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let query = format!("SELECT {COLUMNS} FROM alarm WHERE id = ?1");
        let found = tx.prepare_cached(&query)?.query_row([id], alarm).optional()?.flatten();
        let mut alarm = found.ok_or(BoardError::NoAlarm)?;
        act(&mut alarm).map_err(BoardError::NotHandled)?;
        let taken = alarm.taken.as_ref();
        let closed = alarm.closed.as_ref();
        tx.execute(
            "UPDATE alarm SET taken_by = ?2, taken_at = ?3, taken_until = ?4, taken_why = ?5, closed_by = ?6, closed = ?7, closed_why = ?8
             WHERE id = ?1",
            params![
                id,
                taken.map(|taken| &taken.by),
                taken.map(|taken| seconds(taken.at)),
                taken.map(|taken| seconds(taken.until)),
                taken.map(|taken| &taken.why),
                closed.map(|(by, ..)| by),
                closed.map(|(_, at, _)| seconds(*at)),
                closed.map(|(.., why)| why),
            ],
        )?;
        Ok(tx.commit()?)
    }

    /// What was closed here and stands open in the database of the rows.
    pub fn unsettled(&self) -> Result<Vec<SettledClosing>, BoardError> {
        let query = format!(
            "SELECT {COLUMNS} FROM alarm WHERE closed IS NOT NULL AND settled = 0 ORDER BY id LIMIT {OPEN_MOST}"
        );
        let closed = self.alarms(&query)?.into_iter();
        Ok(closed
            .filter_map(|alarm| {
                let (by, at, why) = alarm.closed?;
                // What passes by itself was written down nowhere else.
                let boxes = if alarm.cause.stays() { alarm.boxes } else { Vec::new() };
                Some(SettledClosing { id: alarm.id, cause: alarm.cause, boxes, by, at, why })
            })
            .collect())
    }

    /// The database of the rows knows now that these are closed.
    pub fn settle(&mut self, ids: &[i64]) -> Result<(), BoardError> {
        let tx = self.db.transaction()?;
        for id in ids {
            tx.execute("UPDATE alarm SET settled = 1 WHERE id = ?1", [id])?;
        }
        Ok(tx.commit()?)
    }
}

fn written(boxes: &[Locality]) -> String {
    boxes.iter().take(BOXES_MOST).map(Locality::as_str).collect::<Vec<_>>().join(" ")
}

/// Out of a row; none where it is of a later version.
fn alarm(row: &Row<'_>) -> rusqlite::Result<Option<FleetAlarm>> {
    let wall = |column: usize| -> rusqlite::Result<Option<Wall>> {
        Ok(row.get::<_, Option<i64>>(column)?.map(Wall::from_secs))
    };
    let (area, cause): (String, String) = (row.get(1)?, row.get(2)?);
    let Some((area, cause)) = Locality::read(&area).zip(FleetCause::read(&cause)) else { return Ok(None) };
    let boxes: String = row.get(5)?;
    let taken = match (row.get::<_, Option<String>>(6)?, wall(7)?, wall(8)?, row.get::<_, Option<String>>(9)?) {
        (Some(by), Some(at), Some(until), Some(why)) => Some(TakenAlarm { by, at, until, why }),
        _ => None,
    };
    let closed = match (row.get::<_, Option<String>>(10)?, wall(11)?, row.get::<_, Option<String>>(12)?) {
        (Some(by), Some(at), Some(why)) => Some((by, at, why)),
        _ => None,
    };
    Ok(Some(FleetAlarm {
        id: row.get(0)?,
        area,
        cause,
        raised: wall(3)?.unwrap_or_default(),
        over: wall(4)?,
        boxes: boxes.split(' ').filter_map(Locality::read).collect(),
        taken,
        closed,
    }))
}
