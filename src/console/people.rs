//! Who may use the page: people, the links that let them in once, and the phones that are logged in. All in
//! `state/console.db`; of what opens a door (links, sessions, tokens) only the hash is kept, of passwords only argon2id's.
//! And what they did that no file and no row of the journal tells of.
//! Never holds a password or a token longer than the call. Used by the console and by `loa user`.

mod act;
mod api_token;
mod by_token;
mod here;
mod invite;
mod night;
mod password;
mod person;
mod schema;
mod session;
mod throttle;
mod token;
mod weak;

use std::path::Path;

use rusqlite::Connection;

pub use act::{Deed, KeptAct};
pub use api_token::{ApiToken, NewToken, PURPOSE_MOST};
pub use by_token::{DoneByToken, LetInByToken};
pub(super) use here::SESSION_MOST;
pub use invite::Invite;
pub(super) use night::{NIGHT_FOR, taker_of};
pub(super) use password::{PASSWORD_LEAST, PASSWORD_MOST};
pub(super) use person::NAME_MOST;
pub(super) use person::login_of;
pub use person::{NewPerson, Person};
pub use schema::PeopleError;
pub use session::{Phone, Session};
pub(super) use throttle::{Throttle, Wait};
pub(super) use token::make as new_word;
pub(super) use weak::is_weak;

/// The people of a station.
#[derive(Debug)]
pub struct People {
    db: Connection,
    here: here::Here,
}

impl People {
    /// Of the station's file at `path`, which is made where there is none.
    pub fn open(path: &Path) -> Result<Self, PeopleError> {
        schema::open(path).map(|db| Self { db, here: here::Here::default() })
    }

    /// Nobody, in memory.
    #[cfg(test)]
    pub(crate) fn in_memory() -> Self {
        let db = Connection::open_in_memory().expect("memory");
        schema::prepare(&db).expect("a fresh database");
        Self { db, here: here::Here::default() }
    }

    /// Changes whenever another process has written the file.
    pub fn version(&self) -> Result<i64, PeopleError> {
        Ok(self.db.query_row("PRAGMA data_version", [], |row| row.get(0))?)
    }
}
