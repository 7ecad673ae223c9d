use std::time::Duration;

use rusqlite::{OptionalExtension as _, Row, params};

use super::{People, PeopleError, Person, token};
use crate::instant::Wall;

/// So long a phone stays logged in without being used.
pub(in crate::console) const SESSION_MOST: Duration = Duration::from_hours(30 * 24);

/// So long after the password was typed dangerous things need it no more.
const SURE_FOR: Duration = Duration::from_mins(15);

/// Use is written down this often: each writing is a sync of the disk.
const SEEN_EVERY: Duration = Duration::from_hours(6);

/// Phones of one person at most; the one that was not used for longest goes.
const PHONES_MOST: i64 = 20;

/// Letters of a browser's name that are kept.
const AGENT_MOST: usize = 200;

/// A phone that is logged in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Session {
    /// Whose.
    pub person: Person,
    /// When the password was last typed.
    sure: Wall,
    seen: Wall,
}

/// A phone, for the list of them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Phone {
    /// Names it among the others: the beginning of what is kept of it, in hex.
    pub name: String,
    /// What the browser calls itself.
    pub agent: String,
    /// Where it came from when it logged in.
    pub address: String,
    /// When it logged in.
    pub made: Wall,
    /// When it was last used, to some hours.
    pub seen: Wall,
}

impl Session {
    /// The password was typed so lately that dangerous things may be done. A clock that was set says nothing.
    pub fn is_sure(&self, now: Wall) -> bool {
        self.sure <= now && now < self.sure + SURE_FOR
    }
}

fn phone(row: &Row<'_>) -> rusqlite::Result<Phone> {
    let name: String = row.get(0)?;
    let at = |column| Ok::<_, rusqlite::Error>(Wall::from_secs(row.get(column)?));
    Ok(Phone { name, agent: row.get(1)?, address: row.get(2)?, made: at(3)?, seen: at(4)? })
}

impl People {
    /// Log a phone in; what is returned goes into its cookie.
    pub fn log_in(&mut self, person: i64, agent: &str, address: &str, now: Wall) -> Result<String, PeopleError> {
        let token = token::make()?;
        let agent: String = agent.chars().take(AGENT_MOST).collect();
        let tx = self.db.transaction()?;
        tx.execute(
            "DELETE FROM session WHERE person = ?1 AND hash NOT IN
                 (SELECT hash FROM session WHERE person = ?1 ORDER BY seen DESC LIMIT ?2)",
            params![person, PHONES_MOST - 1],
        )?;
        tx.execute(
            "INSERT INTO session (hash, person, made, seen, sure, agent, address) VALUES (?1, ?2, ?3, ?3, ?3, ?4, ?5)",
            params![token::hash(&token), person, now.timestamp().as_second(), agent, address],
        )?;
        tx.commit()?;
        Ok(token)
    }

    /// Whose phone this is. A clock that was set back logs nobody out.
    pub fn session(&self, token: &str, now: Wall) -> Result<Option<Session>, PeopleError> {
        let mut statement = self.db.prepare_cached("SELECT person, seen, sure FROM session WHERE hash = ?1")?;
        let found = statement.query_row([token::hash(token)], |row| {
            Ok((row.get::<_, i64>(0)?, Wall::from_secs(row.get(1)?), Wall::from_secs(row.get(2)?)))
        });
        let Some((id, seen, sure)) = found.optional()? else { return Ok(None) };
        let person = self.person(id)?.filter(|person| !person.has_ended && now < seen + SESSION_MOST);
        Ok(person.map(|person| Session { person, sure, seen }))
    }

    /// It was used: written down now and then.
    pub fn used(&mut self, token: &str, session: &Session, now: Wall) -> Result<(), PeopleError> {
        if now < session.seen + SEEN_EVERY && session.seen <= now {
            return Ok(());
        }
        let at = now.timestamp().as_second();
        self.db.execute("UPDATE session SET seen = ?2 WHERE hash = ?1", params![token::hash(token), at])?;
        let old = (now - SESSION_MOST).timestamp().as_second();
        self.db.execute("DELETE FROM session WHERE seen < ?1", [old])?;
        Ok(())
    }

    /// The password was typed again.
    pub fn sure(&mut self, token: &str, now: Wall) -> Result<(), PeopleError> {
        let at = now.timestamp().as_second();
        self.db.execute("UPDATE session SET sure = ?2 WHERE hash = ?1", params![token::hash(token), at])?;
        Ok(())
    }

    /// Log this phone out.
    pub fn log_out(&mut self, token: &str) -> Result<(), PeopleError> {
        self.db.execute("DELETE FROM session WHERE hash = ?1", [token::hash(token)])?;
        Ok(())
    }

    /// The phones of a person, the one that was used last first.
    pub fn phones(&self, person: i64) -> Result<Vec<Phone>, PeopleError> {
        let mut statement = self.db.prepare_cached(
            "SELECT lower(hex(substr(hash, 1, 8))), agent, address, made, seen FROM session WHERE person = ?1 ORDER BY seen DESC",
        )?;
        let rows = statement.query_map([person], phone)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// How a phone is called among the phones of a person.
    pub fn phone_of(token: &str) -> String {
        token::hash(token)[..8].iter().fold(String::new(), |name, byte| format!("{name}{byte:02x}"))
    }

    /// Log a phone of a person out by its name.
    pub fn forget_phone(&mut self, person: i64, name: &str) -> Result<(), PeopleError> {
        self.db.execute(
            "DELETE FROM session WHERE person = ?1 AND lower(hex(substr(hash, 1, 8))) = ?2",
            params![person, name],
        )?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::people::NewPerson;
    use crate::console::role::Role;

    #[test]
    fn a_phone_stays_for_thirty_days_of_not_being_used_whatever_the_clock_does() {
        let now = Wall::from_secs(1_796_100_000);
        let day = Duration::from_hours(24);
        let mut people = People::in_memory();
        let new = NewPerson { name: "Hai", role: Role::Official, zones: &[], approves: false };
        let hai = people.add(&new, now).unwrap().unwrap().id;
        let token = people.log_in(hai, "Firefox", "10.0.0.2", now).unwrap();
        let later = |people: &People, days| people.session(&token, now + day * days).unwrap();
        assert!(later(&people, 29).is_some() && later(&people, 30).is_none());
        let session = later(&people, 20).unwrap();
        people.used(&token, &session, now + day * 20).unwrap();
        assert!(later(&people, 49).is_some());
        // A clock that stood in 1970 for an hour.
        assert!(people.session(&token, Wall::from_secs(3_600)).unwrap().is_some());
        assert!(!session.is_sure(Wall::from_secs(3_600)) && !session.is_sure(now + day));
        people.sure(&token, now + day * 20).unwrap();
        assert!(later(&people, 20).unwrap().is_sure(now + day * 20));
        assert_eq!(people.phones(hai).unwrap().len(), 1);
        people.forget_phone(hai, &people.phones(hai).unwrap()[0].name).unwrap();
        assert!(later(&people, 20).is_none());
    }

    #[test]
    fn a_person_has_twenty_phones_at_most_and_the_one_not_used_goes() {
        let now = Wall::from_secs(1_796_100_000);
        let mut people = People::in_memory();
        let new = NewPerson { name: "Hai", role: Role::Official, zones: &[], approves: false };
        let hai = people.add(&new, now).unwrap().unwrap().id;
        let tokens: Vec<String> =
            (0..40).map(|n| people.log_in(hai, "x", "y", now + Duration::from_secs(n)).unwrap()).collect();
        let left = tokens.iter().filter(|token| people.session(token, now).unwrap().is_some()).count();
        assert_eq!((left, people.session(&tokens[0], now).unwrap()), (20, None));
    }
}
