use std::time::Duration;

use rusqlite::{OptionalExtension as _, params};

use super::{People, PeopleError, Person, token};
use crate::instant::Wall;

/// So long a link lets somebody in: over a weekend.
const GOOD_FOR: Duration = Duration::from_hours(72);

/// A link that lets a person set a password, once.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Invite {
    /// What stands in the link.
    pub token: String,
    /// Until when it is good.
    pub until: Wall,
}

impl People {
    /// A new link for a person; older ones are void.
    pub fn invite(&mut self, person: i64, now: Wall) -> Result<Invite, PeopleError> {
        let invite = Invite { token: token::make()?, until: now + GOOD_FOR };
        let tx = self.db.transaction()?;
        tx.execute("DELETE FROM invite WHERE person = ?1", [person])?;
        tx.execute(
            "INSERT INTO invite (hash, person, until) VALUES (?1, ?2, ?3)",
            params![token::hash(&invite.token), person, invite.until.timestamp().as_second()],
        )?;
        tx.commit()?;
        Ok(invite)
    }

    /// Whom a link lets in, while it is good.
    pub fn invited(&self, token: &str, now: Wall) -> Result<Option<Person>, PeopleError> {
        let mut statement =
            self.db.prepare_cached("SELECT person FROM invite WHERE hash = ?1 AND used IS NULL AND until > ?2")?;
        let id = statement.query_row(params![token::hash(token), now.timestamp().as_second()], |row| row.get(0));
        match id.optional()? {
            Some(id) => Ok(self.person(id)?.filter(|person| !person.has_ended)),
            None => Ok(None),
        }
    }

    /// Use a link up: the person has this password from now on. `None` where it is no good any more.
    pub fn accept(&mut self, token: &str, hashed: &str, now: Wall) -> Result<Option<Person>, PeopleError> {
        let Some(person) = self.invited(token, now)? else { return Ok(None) };
        let tx = self.db.transaction()?;
        let used = tx.execute(
            "UPDATE invite SET used = ?2 WHERE hash = ?1 AND used IS NULL",
            params![token::hash(token), now.timestamp().as_second()],
        )?;
        if used == 0 {
            return Ok(None);
        }
        tx.execute("UPDATE person SET password = ?2 WHERE id = ?1", params![person.id, hashed])?;
        // Whoever had the old password is out.
        tx.execute("DELETE FROM session WHERE person = ?1", [person.id])?;
        tx.commit()?;
        self.entered(token, person.id, now)?;
        self.person(person.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::people::NewPerson;
    use crate::role::Role;

    #[test]
    fn a_link_is_good_once_for_three_days_and_a_new_one_voids_it() {
        let now = Wall::from_secs(1_796_100_000);
        let mut people = People::in_memory();
        let new =
            NewPerson {
                name: "Nguyễn Văn Bảy", role: Role::Operator, zones: &["thon-3".to_owned()], approves: false
            };
        let bay = people.add(&new, now).unwrap().unwrap();
        assert_eq!(people.add(&new, now).unwrap(), None, "the name is taken");
        let first = people.invite(bay.id, now).unwrap();
        let second = people.invite(bay.id, now).unwrap();
        assert_eq!(people.invited(&first.token, now).unwrap(), None);
        assert_eq!(people.invited(&second.token, second.until).unwrap(), None, "it has ended");
        assert_eq!(people.invited(&second.token, now).unwrap().unwrap().name, "Nguyễn Văn Bảy");
        assert!(people.accept(&second.token, "hash", now).unwrap().unwrap().is_ready);
        assert_eq!(people.accept(&second.token, "other", now).unwrap(), None, "used");
        let third = people.invite(bay.id, now).unwrap();
        people.end(bay.id, now).unwrap();
        assert_eq!(people.invited(&third.token, now).unwrap(), None);
        assert!(people.named("nguyen van bay").unwrap().unwrap().has_ended);
    }
}
