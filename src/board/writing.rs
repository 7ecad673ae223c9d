use rusqlite::params;

use crate::district::NewestBundles;
use crate::instant::Wall;
use crate::line::{BoardLine, BoardPlace, RecentRow};
use crate::signature::Locality;
use crate::{Board, BoardError};

/// Last rows of a box that are kept.
const RECENT_MOST: usize = 60;

impl Board {
    /// What the register says: the fleet's name and its places.
    pub fn keep_places(&mut self, name: &str, places: &[BoardPlace]) -> Result<(), BoardError> {
        let tx = self.db.transaction()?;
        tell(&tx, "name", name)?;
        tx.execute("DELETE FROM place", [])?;
        tx.execute("DELETE FROM lost", [])?;
        {
            let insert = "INSERT OR REPLACE INTO place (path, title, contact, phone, held, is_area) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
            let mut insert = tx.prepare_cached(insert)?;
            for place in places {
                let BoardPlace { path, title, contact, phone, is_held, is_area, lost } = place;
                insert.execute(params![path.as_str(), title, contact, phone, is_held, is_area])?;
                if let Some(since) = lost {
                    tx.execute(
                        "INSERT OR REPLACE INTO lost (path, since) VALUES (?1, ?2)",
                        params![path.as_str(), since],
                    )?;
                }
            }
        }
        Ok(tx.commit()?)
    }

    /// How these boxes stand, with rows that are new; and that the centre is at work.
    pub fn keep_lines<'l>(
        &mut self,
        lines: impl IntoIterator<Item = (&'l Locality, &'l BoardLine, &'l [RecentRow])>,
        now: Wall,
    ) -> Result<(), BoardError> {
        let tx = self.db.transaction()?;
        tell(&tx, "beat", &seconds(now).to_string())?;
        for (path, line, rows) in lines {
            let text = serde_json::to_string(line).unwrap_or_default();
            tx.prepare_cached("INSERT OR REPLACE INTO station (path, heard, line) VALUES (?1, ?2, ?3)")?
                .execute(params![path.as_str(), line.heard, text])?;
            if rows.is_empty() {
                continue;
            }
            let known = "SELECT rows FROM recent WHERE path = ?1";
            let known: String =
                tx.prepare_cached(known)?.query_row([path.as_str()], |row| row.get(0)).unwrap_or_default();
            let mut all: Vec<RecentRow> = serde_json::from_str(&known).unwrap_or_default();
            all.retain(|row| !rows.iter().any(|new| new.seq == row.seq && new.at == row.at));
            all.extend_from_slice(rows);
            all.sort_by_key(|row| std::cmp::Reverse((row.at, row.seq)));
            all.truncate(RECENT_MOST);
            tx.prepare_cached("INSERT OR REPLACE INTO recent (path, rows) VALUES (?1, ?2)")?
                .execute(params![path.as_str(), serde_json::to_string(&all).unwrap_or_default()])?;
        }
        Ok(tx.commit()?)
    }

    /// What the centre has sent, by sender.
    pub fn keep_wanted(&mut self, wanted: &NewestBundles) -> Result<(), BoardError> {
        let tx = self.db.transaction()?;
        for (sender, version) in wanted {
            tx.execute(
                "INSERT INTO wanted (sender, version) VALUES (?1, ?2)
                 ON CONFLICT (sender) DO UPDATE SET version = max(version, excluded.version)",
                params![sender, i64::try_from(*version).unwrap_or(i64::MAX)],
            )?;
        }
        Ok(tx.commit()?)
    }
}

fn tell(db: &rusqlite::Connection, name: &str, value: &str) -> rusqlite::Result<()> {
    db.prepare_cached("INSERT OR REPLACE INTO told (name, value) VALUES (?1, ?2)")?.execute([name, value])?;
    Ok(())
}

pub(crate) fn seconds(at: Wall) -> i64 {
    at.nanos().div_euclid(1_000_000_000)
}
