use std::time::Duration;

use rusqlite::{OptionalExtension as _, Row, params};

use super::here::{SESSION_MOST, Unwritten};
use super::{People, PeopleError, Person, token};
use crate::digest::hex;
use crate::instant::{Now, Wall};

/// So long a phone that nobody uses is kept in the list.
const KEPT_FOR: Duration = Duration::from_hours(365 * 24);

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

/// How it is called where its owner reads it.
fn named(hash: &[u8; 32]) -> String {
    hex(&hash[..8])
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
        match self.write_down(&token, (person, &agent, address), now) {
            Ok(()) => Ok(token),
            // Whoever comes to silence a horn is let in on a full disk too; he logs in again when the page has ended.
            Err(error) if error.is_of_the_disk() => {
                let one = Unwritten { person, agent, address: address.to_owned(), made: now };
                if self.here.keep(token::hash(&token), one) { Ok(token) } else { Err(error) }
            }
            Err(error) => Err(error),
        }
    }

    fn write_down(&mut self, token: &str, whose: (i64, &str, &str), now: Wall) -> Result<(), PeopleError> {
        let (person, agent, address) = whose;
        let tx = self.db.transaction()?;
        // What nobody has used for a year is gone; by a clock that runs ahead for a while, nobody's phone is.
        let old = (now - KEPT_FOR).timestamp().as_second();
        tx.execute(
            "DELETE FROM session WHERE person = ?1 AND (seen < ?3 OR hash NOT IN
                 (SELECT hash FROM session WHERE person = ?1 ORDER BY seen DESC LIMIT ?2))",
            params![person, PHONES_MOST - 1, old],
        )?;
        tx.execute(
            "INSERT INTO session (hash, person, made, seen, sure, agent, address) VALUES (?1, ?2, ?3, ?3, ?3, ?4, ?5)",
            params![token::hash(token), person, now.timestamp().as_second(), agent, address],
        )?;
        Ok(tx.commit()?)
    }

    /// Whose phone this is. A clock that was set, back or ahead, logs nobody out who is using the page.
    pub fn session(&self, token: &str, now: Now) -> Result<Option<Session>, PeopleError> {
        let hash = token::hash(token);
        let mut statement = self.db.prepare_cached("SELECT person, seen, sure FROM session WHERE hash = ?1")?;
        let found = statement.query_row([hash], |row| {
            Ok((row.get::<_, i64>(0)?, Wall::from_secs(row.get(1)?), Wall::from_secs(row.get(2)?)))
        });
        let unwritten = || self.here.unwritten(&hash).map(|one| (one.person, one.made, one.made));
        let Some((id, seen, sure)) = found.optional()?.or_else(unwritten) else { return Ok(None) };
        let is_fresh = now.wall < seen + SESSION_MOST || self.here.was_used(&hash, now.mono);
        let sure = self.here.when_sure(&hash).map_or(sure, |here| here.max(sure));
        let person = self.person(id)?.filter(|person| !person.has_ended && is_fresh);
        Ok(person.map(|person| Session { person, sure, seen }))
    }

    /// It was used: written down now and then.
    pub fn used(&mut self, token: &str, session: &Session, now: Now) -> Result<(), PeopleError> {
        self.here.used(token::hash(token), now.mono);
        if now.wall < session.seen + SEEN_EVERY && session.seen <= now.wall {
            return Ok(());
        }
        let at = now.wall.timestamp().as_second();
        self.db.execute("UPDATE session SET seen = ?2 WHERE hash = ?1", params![token::hash(token), at])?;
        Ok(())
    }

    /// The password was typed again.
    pub fn sure(&mut self, token: &str, now: Wall) -> Result<(), PeopleError> {
        let at = now.timestamp().as_second();
        let written = self.db.execute("UPDATE session SET sure = ?2 WHERE hash = ?1", params![token::hash(token), at]);
        match written.map_err(PeopleError::from) {
            Ok(0) => self.here.sure(token::hash(token), now),
            Ok(_) => {}
            Err(error) if error.is_of_the_disk() => self.here.sure(token::hash(token), now),
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// Log this phone out.
    pub fn log_out(&mut self, token: &str) -> Result<(), PeopleError> {
        self.end_night(token)?;
        let gone = token::hash(token);
        self.here.forget(|hash| *hash == gone);
        self.db.execute("DELETE FROM session WHERE hash = ?1", [gone])?;
        Ok(())
    }

    /// The phones of a person, the one that was used last first.
    pub fn phones(&self, person: i64) -> Result<Vec<Phone>, PeopleError> {
        let mut statement = self.db.prepare_cached(
            "SELECT lower(hex(substr(hash, 1, 8))), agent, address, made, seen FROM session WHERE person = ?1 ORDER BY seen DESC",
        )?;
        let rows = statement.query_map([person], phone)?;
        let mut phones: Vec<Phone> = rows.collect::<Result<_, _>>()?;
        phones.extend(self.here.of(person).map(|(hash, one)| Phone {
            name: named(hash),
            agent: one.agent.clone(),
            address: one.address.clone(),
            made: one.made,
            seen: one.made,
        }));
        Ok(phones)
    }

    /// How many phones are logged in, of all people.
    pub fn phones_in_use(&self, now: Wall) -> Result<u32, PeopleError> {
        let since = (now - SESSION_MOST).timestamp().as_second();
        Ok(self.db.query_row("SELECT count(*) FROM session WHERE seen > ?1", [since], |row| row.get(0))?)
    }

    /// How a phone is called among the phones of a person.
    pub fn phone_of(token: &str) -> String {
        named(&token::hash(token))
    }

    /// Log a phone of a person out by its name.
    pub fn forget_phone(&mut self, person: i64, name: &str) -> Result<(), PeopleError> {
        let own: Vec<[u8; 32]> =
            self.here.of(person).map(|(hash, _)| *hash).filter(|hash| named(hash) == name).collect();
        self.here.forget(|hash| own.contains(hash));
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
    use crate::instant::Mono;
    use crate::people::NewPerson;
    use crate::role::Role;

    /// Both clocks, where nobody has set one.
    fn at(wall: Wall) -> Now {
        let since = wall.timestamp().as_second() - 1_700_000_000;
        Now { wall, mono: Mono::from_origin(Duration::from_secs(since.unsigned_abs())) }
    }

    const NOW: Wall = Wall::from_secs(1_796_100_000);
    const DAY: Duration = Duration::from_hours(24);

    fn with_hai() -> (People, i64) {
        let mut people = People::in_memory();
        let new = NewPerson { name: "Hai", role: Role::Official, zones: &[], approves: false };
        let hai = people.add(&new, NOW).unwrap().unwrap().id;
        (people, hai)
    }

    #[test]
    fn a_phone_stays_for_thirty_days_of_not_being_used() {
        let (mut people, hai) = with_hai();
        let token = people.log_in(hai, "Firefox", "10.0.0.2", NOW).unwrap();
        let later = |people: &People, days| people.session(&token, at(NOW + DAY * days)).unwrap();
        assert!(later(&people, 29).is_some() && later(&people, 30).is_none());
        let session = later(&people, 20).unwrap();
        people.used(&token, &session, at(NOW + DAY * 20)).unwrap();
        assert!(later(&people, 49).is_some() && later(&people, 50).is_none());
        assert!(!session.is_sure(Wall::from_secs(3_600)) && !session.is_sure(NOW + DAY));
        people.sure(&token, NOW + DAY * 20).unwrap();
        assert!(later(&people, 20).unwrap().is_sure(NOW + DAY * 20));
        assert_eq!(people.phones(hai).unwrap().len(), 1);
        people.forget_phone(hai, &people.phones(hai).unwrap()[0].name).unwrap();
        assert!(later(&people, 20).is_none());
    }

    #[test]
    fn a_clock_that_jumps_logs_nobody_out_who_uses_the_page_and_lets_in_nobody_who_does_not() {
        let (mut people, hai) = with_hai();
        let (used, left) = (people.log_in(hai, "a", "x", NOW).unwrap(), people.log_in(hai, "b", "x", NOW).unwrap());
        let session = people.session(&used, at(NOW)).unwrap().unwrap();
        people.used(&used, &session, at(NOW)).unwrap();
        // A minute later the clock says 2036, then 1970, then what is right again.
        let mono = at(NOW + Duration::from_mins(1)).mono;
        for wall in [NOW + DAY * 3_650, Wall::from_secs(3_600), NOW + Duration::from_mins(1)] {
            let now = Now { wall, mono };
            let session = people.session(&used, now).unwrap().unwrap();
            people.used(&used, &session, now).unwrap();
            assert!(!session.is_sure(wall) || wall == NOW + Duration::from_mins(1), "{wall:?}");
        }
        assert!(people.session(&left, Now { wall: NOW + DAY * 3_650, mono }).unwrap().is_none());
        assert!(
            people.session(&left, Now { wall: NOW + DAY, mono }).unwrap().is_some(),
            "it was not deleted meanwhile"
        );
        // Thirty days by the clock that nobody sets.
        assert!(people.session(&used, at(NOW + DAY * 40)).unwrap().is_none());
    }

    #[test]
    fn on_a_disk_without_room_a_person_comes_in_and_is_put_out_like_any_other() {
        let (mut people, hai) = with_hai();
        // What SQLite says where a page cannot be added.
        let pages: i64 = people.db.query_row("PRAGMA page_count", [], |row| row.get(0)).unwrap();
        people.db.pragma_update(None, "max_page_count", pages).unwrap();
        let long = "x".repeat(4_000);
        let tokens: Vec<String> = (0..12).map(|_| people.log_in(hai, &long, &long, NOW).unwrap()).collect();
        let last = tokens.last().unwrap();
        assert!(people.here.unwritten(&token::hash(last)).is_some(), "the disk is full by now");
        let session = people.session(last, at(NOW)).unwrap().unwrap();
        assert!(session.is_sure(NOW) && people.session(last, at(NOW + DAY * 31)).unwrap().is_none());
        people.sure(last, NOW + DAY).unwrap();
        assert!(people.session(last, at(NOW + DAY)).unwrap().unwrap().is_sure(NOW + DAY));
        let phone = People::phone_of(last);
        assert!(people.phones(hai).unwrap().iter().any(|one| one.name == phone));
        people.forget_phone(hai, &phone).unwrap();
        assert!(people.session(last, at(NOW)).unwrap().is_none());
    }

    #[test]
    fn a_person_has_twenty_phones_at_most_and_the_one_not_used_goes() {
        let (mut people, hai) = with_hai();
        let tokens: Vec<String> =
            (0..40).map(|n| people.log_in(hai, "x", "y", NOW + Duration::from_secs(n)).unwrap()).collect();
        let left = tokens.iter().filter(|token| people.session(token, at(NOW)).unwrap().is_some()).count();
        assert_eq!((left, people.session(&tokens[0], at(NOW)).unwrap()), (20, None));
    }
}
