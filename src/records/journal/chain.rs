use rusqlite::{Connection, OptionalExtension as _};

use super::error::JournalError;

/// What the first row of a chain names as the row before it.
pub(super) const ORIGIN: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// The end of a chain: the number and the hash of its last row; 0 and [`ORIGIN`] where it has none.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Head {
    pub(super) number: u64,
    pub(super) hash: String,
}

impl Head {
    /// The head of the chain whose last row `last` gives, as number and hash.
    pub(super) fn of(conn: &Connection, last: &str) -> Result<Self, JournalError> {
        let row = conn
            .prepare_cached(last)?
            .query_row([], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?)))
            .optional()?;
        match row {
            None => Ok(Self::origin()),
            Some((number, hash)) => match u64::try_from(number) {
                Ok(number) => Ok(Self { number, hash }),
                Err(_) => Err(JournalError::Damaged { seq: 0, what: format!("number {number}") }),
            },
        }
    }

    /// The head of a chain without rows.
    pub(super) fn origin() -> Self {
        Self { number: 0, hash: ORIGIN.to_owned() }
    }
}
