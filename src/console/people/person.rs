use rusqlite::{OptionalExtension as _, Row, params};

use super::{People, PeopleError};
use crate::diag::fold;
use crate::instant::Wall;
use crate::pending::KnownPerson;
use crate::role::{Right, Role};

/// Somebody who may use the page.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Person {
    /// Counted from 1; never given to another.
    pub id: i64,
    /// As people call him, and as the journal names him.
    pub name: String,
    /// What he is.
    pub role: Role,
    /// Ids of the zones that he is bound to; empty: every zone.
    pub zones: Vec<String>,
    /// He may approve what others wrote.
    pub approves: bool,
    /// He has set a password.
    pub is_ready: bool,
    /// He may not use the page any more.
    pub has_ended: bool,
}

/// Somebody to be let in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewPerson<'a> {
    /// As people call him.
    pub name: &'a str,
    /// What he is to be.
    pub role: Role,
    /// Ids of the zones that he is bound to; empty: every zone.
    pub zones: &'a [String],
    /// He may approve what others wrote.
    pub approves: bool,
}

impl Person {
    /// Whether he has this right somewhere.
    pub fn may(&self, right: Right) -> bool {
        !self.has_ended && self.role.may(right)
    }

    /// Whether he has this right in the zone of this id.
    pub fn may_in(&self, right: Right, zone: &str) -> bool {
        self.may(right) && (self.zones.is_empty() || self.zones.iter().any(|own| own == zone))
    }
}

/// Letters of a name, at most: "Công Tằng Tôn Nữ Thị Hoàng Anh, thôn Đông Giang Thượng" is under sixty.
pub(crate) const NAME_MOST: usize = 80;

/// What is typed for a name: without marks, case and spaces. Of what is longer than any name, the beginning.
pub(crate) fn login_of(name: &str) -> String {
    let name: String = name.chars().take(4 * NAME_MOST).collect();
    fold(&name).chars().filter(|c| c.is_alphanumeric()).take(NAME_MOST).collect()
}

const COLUMNS: &str = "id, name, role, zones, approves, password IS NOT NULL, ended IS NOT NULL";

fn person(row: &Row<'_>) -> rusqlite::Result<Person> {
    let (role, zones, approves): (String, String, bool) = (row.get(2)?, row.get(3)?, row.get(4)?);
    // Of a role that nobody knows any more, the least is left.
    let role = role.parse().unwrap_or(Role::Reviewer);
    Ok(Person {
        id: row.get(0)?,
        name: row.get(1)?,
        role,
        zones: zones.split(',').filter(|zone| !zone.is_empty()).map(str::to_owned).collect(),
        // An older loa let a role be marked to which it means nothing.
        approves: approves && role.may(Right::Approvals),
        is_ready: row.get(5)?,
        has_ended: row.get(6)?,
    })
}

impl People {
    /// Everybody, the newest last.
    pub fn everybody(&self) -> Result<Vec<Person>, PeopleError> {
        let mut statement = self.db.prepare_cached(&format!("SELECT {COLUMNS} FROM person ORDER BY id"))?;
        let rows = statement.query_map([], person)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// All who may use the page, and who of them approves.
    pub fn known(&self) -> Result<Vec<KnownPerson>, PeopleError> {
        let everybody = self.everybody()?.into_iter().filter(|person| !person.has_ended);
        Ok(everybody.map(|Person { name, approves, .. }| KnownPerson { name, approves }).collect())
    }

    /// The one with this number.
    pub fn person(&self, id: i64) -> Result<Option<Person>, PeopleError> {
        let mut statement = self.db.prepare_cached(&format!("SELECT {COLUMNS} FROM person WHERE id = ?1"))?;
        Ok(statement.query_row([id], person).optional()?)
    }

    /// The one who is called so, however it is typed.
    pub fn named(&self, name: &str) -> Result<Option<Person>, PeopleError> {
        let mut statement = self.db.prepare_cached(&format!("SELECT {COLUMNS} FROM person WHERE login = ?1"))?;
        Ok(statement.query_row([login_of(name)], person).optional()?)
    }

    /// Let somebody in. `None` where somebody is called so already, or the name has no letter or too many.
    pub fn add(&mut self, new: &NewPerson<'_>, now: Wall) -> Result<Option<Person>, PeopleError> {
        let login = login_of(new.name);
        if login.is_empty() || new.name.trim().chars().count() > NAME_MOST || new.name.contains(char::is_control) {
            return Ok(None);
        }
        let made = self.db.execute(
            "INSERT OR IGNORE INTO person (name, login, role, zones, approves, made) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![
                new.name.trim(),
                login,
                new.role.name(),
                new.zones.join(","),
                new.approves,
                now.timestamp().as_second()
            ],
        )?;
        if made == 0 { Ok(None) } else { self.person(self.db.last_insert_rowid()) }
    }

    /// He may not use the page any more: his phones are logged out, his links void. His name stays taken, since the
    /// journal names him.
    pub fn end(&mut self, id: i64, now: Wall) -> Result<(), PeopleError> {
        // Nor do his programs let anybody in any more.
        for token in self.tokens()?.into_iter().filter(|token| token.person.id == id) {
            self.end_links_of(token.id)?;
        }
        let tx = self.db.transaction()?;
        tx.execute(
            "UPDATE person SET ended = ?2, password = NULL WHERE id = ?1",
            params![id, now.timestamp().as_second()],
        )?;
        tx.execute("DELETE FROM session WHERE person = ?1", [id])?;
        tx.execute("DELETE FROM invite WHERE person = ?1", [id])?;
        Ok(tx.commit()?)
    }

    /// Whether somebody else may let people in, and can log in: the last one is not put out.
    pub fn has_other_admin(&self, id: i64) -> Result<bool, PeopleError> {
        Ok(self.everybody()?.iter().any(|other| other.id != id && other.is_ready && other.may(Right::People)))
    }

    /// Give him another role and other zones. He may use the page again.
    pub fn change(&mut self, id: i64, role: Role, zones: &[String], approves: bool) -> Result<(), PeopleError> {
        self.db.execute(
            "UPDATE person SET role = ?2, zones = ?3, approves = ?4, ended = NULL WHERE id = ?1",
            params![id, role.name(), zones.join(","), approves],
        )?;
        Ok(())
    }
}
