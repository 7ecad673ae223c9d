use rusqlite::{OptionalExtension as _, Row, params};

use super::{People, PeopleError, Person, token};
use crate::instant::Wall;
use crate::role::Role;

/// What a token begins with, so that it is known wherever it lies about: in a script, in a log.
const MARK: &str = "loa_";

/// Tokens of the whole station: a province's programs, several times.
pub(crate) const TOKENS_MOST: i64 = 200;

/// Letters of what a token is for.
pub const PURPOSE_MOST: usize = 80;

/// Use is written down this often: each writing is a sync of the disk.
const SEEN_EVERY_S: i64 = 60;

/// What lets a program in, in the name of a person and never with more than that person may
/// (docs/decisions/0074-a-token-is-a-persons.md).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ApiToken {
    /// Names it among the others.
    pub id: i64,
    /// Whose: what it does is done in this person's name.
    pub person: Person,
    /// What it is for, as people call it.
    pub purpose: String,
    /// What it may do at most.
    pub role: Role,
    /// Ids of the zones that it is bound to; empty: all of its person's.
    pub zones: Vec<String>,
    /// It may decide on what waits for approval, where its person may.
    pub approves: bool,
    /// When it was made.
    pub made: Wall,
    /// Until when it is good.
    pub until: Wall,
    /// When it was last used, to some minutes; none if never.
    pub seen: Option<Wall>,
    /// It was taken back.
    pub has_ended: bool,
}

/// A token to be made.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewToken<'a> {
    /// Whose.
    pub person: i64,
    /// What for.
    pub purpose: &'a str,
    /// What it may do at most.
    pub role: Role,
    /// Ids of the zones that it is bound to; empty: all of its person's.
    pub zones: &'a [String],
    /// It may decide on what waits for approval.
    pub approves: bool,
    /// Until when it is good.
    pub until: Wall,
}

impl ApiToken {
    /// Who asks with it: its person, with what both may. None where that is nothing any more.
    pub fn bearer(&self, now: Wall) -> Option<Person> {
        let person = &self.person;
        if self.has_ended || person.has_ended || now >= self.until || !person.role.covers(self.role) {
            return None;
        }
        let is_own = |zone: &String| person.zones.is_empty() || person.zones.contains(zone);
        let zones: Vec<String> = match self.zones.as_slice() {
            [] => person.zones.clone(),
            own => own.iter().filter(|zone| is_own(zone)).cloned().collect(),
        };
        // No zone left would be read as every zone.
        let is_bound = !self.zones.is_empty() || !person.zones.is_empty();
        if is_bound && zones.is_empty() {
            return None;
        }
        Some(Person { role: self.role, zones, approves: self.approves && person.approves, ..person.clone() })
    }
}

const COLUMNS: &str = "id, person, purpose, role, zones, approves, made, until, seen, ended IS NOT NULL";

/// A row, with the number of its person.
fn row(row: &Row<'_>) -> rusqlite::Result<(i64, ApiToken)> {
    let (role, zones): (String, String) = (row.get(3)?, row.get(4)?);
    let at = |column| Ok::<_, rusqlite::Error>(row.get::<_, Option<i64>>(column)?.map(Wall::from_secs));
    let nobody = Person {
        id: 0,
        name: String::new(),
        role: Role::Reviewer,
        zones: Vec::new(),
        approves: false,
        is_ready: false,
        has_ended: true,
    };
    Ok((
        row.get(1)?,
        ApiToken {
            id: row.get(0)?,
            person: nobody,
            purpose: row.get(2)?,
            role: role.parse().unwrap_or(Role::Reviewer),
            zones: zones.split(',').filter(|zone| !zone.is_empty()).map(str::to_owned).collect(),
            approves: row.get(5)?,
            made: at(6)?.unwrap_or(Wall::MAX),
            until: at(7)?.unwrap_or(Wall::from_secs(0)),
            seen: at(8)?,
            has_ended: row.get(9)?,
        },
    ))
}

impl People {
    /// Make a token; what is returned beside it is shown once and kept nowhere. `None` where there are too many.
    pub fn make_token(&mut self, new: &NewToken<'_>, now: Wall) -> Result<Option<(String, ApiToken)>, PeopleError> {
        let count: i64 = self.db.query_row("SELECT count(*) FROM token WHERE ended IS NULL", [], |row| row.get(0))?;
        if count >= TOKENS_MOST {
            return Ok(None);
        }
        let word = format!("{MARK}{}", token::make()?);
        let purpose: String = new.purpose.trim().chars().filter(|c| !c.is_control()).take(PURPOSE_MOST).collect();
        self.db.execute(
            "INSERT INTO token (hash, person, purpose, role, zones, approves, made, until) VALUES (?1,?2,?3,?4,?5,?6,?7,?8)",
            params![
                token::hash(&word),
                new.person,
                purpose,
                new.role.name(),
                new.zones.join(","),
                new.approves,
                now.timestamp().as_second(),
                new.until.timestamp().as_second()
            ],
        )?;
        let id = self.db.last_insert_rowid();
        Ok(self.tokens()?.into_iter().find(|one| one.id == id).map(|made| (word, made)))
    }

    /// Every token that was not taken back, the newest last.
    pub fn tokens(&self) -> Result<Vec<ApiToken>, PeopleError> {
        let sql = format!("SELECT {COLUMNS} FROM token WHERE ended IS NULL ORDER BY id");
        let mut statement = self.db.prepare_cached(&sql)?;
        let rows = statement.query_map([], row)?.collect::<Result<Vec<_>, _>>()?;
        rows.into_iter().filter_map(|(person, one)| self.whose(person, one).transpose()).collect()
    }

    /// The token of this word, good or not any more.
    pub fn token(&self, word: &str) -> Result<Option<ApiToken>, PeopleError> {
        if !word.starts_with(MARK) {
            return Ok(None);
        }
        let sql = format!("SELECT {COLUMNS} FROM token WHERE hash = ?1");
        let found = self.db.prepare_cached(&sql)?.query_row([token::hash(word)], row).optional()?;
        found.map_or(Ok(None), |(person, one)| self.whose(person, one))
    }

    fn whose(&self, person: i64, one: ApiToken) -> Result<Option<ApiToken>, PeopleError> {
        Ok(self.person(person)?.map(|person| ApiToken { person, ..one }))
    }

    /// It was used: written down now and then.
    pub fn token_used(&mut self, one: &ApiToken, now: Wall) -> Result<(), PeopleError> {
        let at = now.timestamp().as_second();
        if one.seen.is_some_and(|seen| (0..SEEN_EVERY_S).contains(&(at - seen.timestamp().as_second()))) {
            return Ok(());
        }
        self.db.execute("UPDATE token SET seen = ?2 WHERE id = ?1", params![one.id, at])?;
        Ok(())
    }

    /// Take it back, and with it the links that it has made and that nobody has used. `false` where there is no such token,
    /// or it was taken back before.
    pub fn end_token(&mut self, id: i64, now: Wall) -> Result<bool, PeopleError> {
        let at = now.timestamp().as_second();
        self.end_links_of(id)?;
        Ok(self.db.execute("UPDATE token SET ended = ?2 WHERE id = ?1 AND ended IS NULL", params![id, at])? > 0)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::people::NewPerson;
    use crate::role::Right;

    const NOW: Wall = Wall::from_secs(1_796_100_000);
    const YEAR: Duration = Duration::from_hours(365 * 24);

    fn made(people: &mut People, person: i64, role: Role, zones: &[&str]) -> (String, ApiToken) {
        let zones: Vec<String> = zones.iter().map(|zone| (*zone).to_owned()).collect();
        let new = NewToken { person, purpose: "máy tỉnh", role, zones: &zones, approves: true, until: NOW + YEAR };
        people.make_token(&new, NOW).unwrap().unwrap()
    }

    fn person(people: &mut People, name: &str, role: Role, zones: &[&str]) -> Person {
        let zones: Vec<String> = zones.iter().map(|zone| (*zone).to_owned()).collect();
        people.add(&NewPerson { name, role, zones: &zones, approves: false }, NOW).unwrap().unwrap()
    }

    #[test]
    fn a_token_is_kept_as_a_hash_and_is_good_until_its_day_or_until_it_is_taken_back() {
        let mut people = People::in_memory();
        let hai = person(&mut people, "Hai", Role::Official, &[]);
        let (word, one) = made(&mut people, hai.id, Role::Official, &[]);
        let kept: Vec<u8> = people.db.query_row("SELECT hash FROM token", [], |row| row.get(0)).unwrap();
        assert!(kept.len() == 32 && kept != word.as_bytes());
        assert_eq!((one.seen, people.token(&word).unwrap().unwrap().purpose), (None, "máy tỉnh".to_owned()));
        let bearer = |people: &People, at| people.token(&word).unwrap().unwrap().bearer(at);
        let asks = bearer(&people, NOW).unwrap();
        assert!(asks.name == "Hai" && asks.may(Right::Schedule) && !asks.approves, "its person does not approve");
        assert!(bearer(&people, NOW + YEAR).is_none());
        people.token_used(&one, NOW).unwrap();
        assert_eq!(people.tokens().unwrap()[0].seen, Some(NOW));
        assert!(people.end_token(one.id, NOW).unwrap() && !people.end_token(one.id, NOW).unwrap());
        assert!(bearer(&people, NOW).is_none() && people.tokens().unwrap().is_empty());
        assert!(people.token("loa_x").unwrap().is_none() && people.token("").unwrap().is_none());
    }

    #[test]
    fn a_token_never_has_more_than_its_person_whatever_becomes_of_him() {
        let mut people = People::in_memory();
        let bay = person(&mut people, "Bảy", Role::Operator, &["thon-1", "thon-2"]);
        let (word, _) = made(&mut people, bay.id, Role::Operator, &["thon-2", "thon-3"]);
        let (all, _) = made(&mut people, bay.id, Role::Operator, &[]);
        let (more, _) = made(&mut people, bay.id, Role::Admin, &[]);
        let zones =
            |people: &People, word: &str| people.token(word).unwrap().unwrap().bearer(NOW).map(|person| person.zones);
        assert_eq!(zones(&people, &word), Some(vec!["thon-2".to_owned()]));
        assert_eq!(zones(&people, &all), Some(bay.zones.clone()));
        assert_eq!(zones(&people, &more), None);
        people.change(bay.id, Role::Operator, &["thon-1".to_owned()], false).unwrap();
        assert_eq!(zones(&people, &word), None, "no zone left is not every zone");
        people.end(bay.id, NOW).unwrap();
        assert_eq!(zones(&people, &all), None);
    }
}
