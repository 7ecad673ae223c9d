use rusqlite::params;

use crate::district::FleetRollout;
use crate::{Board, BoardError};

/// Roll-outs that are remembered.
const KEPT_MOST: i64 = 50;

impl Board {
    /// How roll-outs stand.
    pub fn keep_rollouts(&mut self, rollouts: &[FleetRollout]) -> Result<(), BoardError> {
        if rollouts.is_empty() {
            return Ok(());
        }
        let tx = self.db.transaction()?;
        for rollout in rollouts {
            let body = serde_json::to_string(rollout).unwrap_or_default();
            tx.execute(
                "INSERT OR REPLACE INTO rollout (id, made, body) VALUES (?1, ?2, ?3)",
                params![rollout.id, rollout.made, body],
            )?;
        }
        tx.execute(
            "DELETE FROM rollout WHERE id IN (SELECT id FROM rollout ORDER BY made DESC LIMIT -1 OFFSET ?1)",
            [KEPT_MOST],
        )?;
        Ok(tx.commit()?)
    }

    /// The last roll-outs, the newest first; one of a later version is left out.
    pub fn rollouts(&self) -> Result<Vec<FleetRollout>, BoardError> {
        let mut statement = self.db.prepare_cached("SELECT body FROM rollout ORDER BY made DESC, id")?;
        let bodies = statement.query_map([], |row| row.get::<_, String>(0))?.collect::<Result<Vec<_>, _>>()?;
        Ok(bodies.iter().filter_map(|body| serde_json::from_str(body).ok()).collect())
    }
}
