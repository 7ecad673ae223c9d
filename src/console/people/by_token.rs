use rusqlite::{OptionalExtension as _, params};

use super::{ApiToken, People, PeopleError, Person, token};
use crate::digest::hex;
use crate::instant::Wall;

/// Acts of programs that are remembered beside where they stand, the last ones: as many as are listed.
const DONE_MOST: i64 = 20_000;

/// What a program did that stands somewhere else under its person's name alone.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DoneByToken {
    /// An order, by its id; a decision on a broadcast is one too.
    Order,
    /// A version of the schedules, by its number.
    Version,
}

impl DoneByToken {
    const fn code(self) -> &'static str {
        match self {
            Self::Order => "order",
            Self::Version => "version",
        }
    }
}

/// Whom a program has let in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LetInByToken {
    /// Whom.
    pub person: Person,
    /// What the token was for.
    pub purpose: String,
    /// It was taken back.
    pub has_ended: bool,
}

/// What is kept of letting somebody in: a person who was added, a link that was made, a password that was set by one.
const ADDED: &str = "added";
const LINK: &str = "link";
const ENTERED: &str = "entered";

impl People {
    fn mark(&self, what: &str, key: &str, by: &ApiToken, now: Wall) -> Result<(), PeopleError> {
        self.db
            .prepare_cached("INSERT OR REPLACE INTO by_token (what, key, token, at) VALUES (?1, ?2, ?3, ?4)")?
            .execute(params![what, key, by.id, now.timestamp().as_second()])?;
        Ok(())
    }

    /// Keep by which token something was done.
    pub fn keep_done(&mut self, what: DoneByToken, key: &str, by: &ApiToken, now: Wall) -> Result<(), PeopleError> {
        let tx = self.db.savepoint()?;
        tx.execute(
            "INSERT OR REPLACE INTO by_token (what, key, token, at) VALUES (?1, ?2, ?3, ?4)",
            params![what.code(), key, by.id, now.timestamp().as_second()],
        )?;
        tx.execute(
            "DELETE FROM by_token WHERE what NOT IN (?1, ?2, ?3) AND id <= (SELECT max(id) FROM by_token) - ?4",
            params![ADDED, LINK, ENTERED, DONE_MOST],
        )?;
        Ok(tx.commit()?)
    }

    /// What the token was for by which something was done; none where a person did it himself.
    pub fn done_by(&self, what: DoneByToken, key: &str) -> Result<Option<String>, PeopleError> {
        let mut statement = self.db.prepare_cached(
            "SELECT purpose FROM token JOIN by_token ON token.id = by_token.token WHERE what = ?1 AND key = ?2",
        )?;
        Ok(statement.query_row(params![what.code(), key], |row| row.get(0)).optional()?)
    }

    /// A program has let this person in.
    pub fn added_by(&mut self, person: i64, by: &ApiToken, now: Wall) -> Result<(), PeopleError> {
        self.mark(ADDED, &person.to_string(), by, now)
    }

    /// A program has made the link of this word: it ends with the token, unless it was used.
    pub fn linked_by(&mut self, word: &str, by: &ApiToken, now: Wall) -> Result<(), PeopleError> {
        self.mark(LINK, &hex(&token::hash(word)), by, now)
    }

    /// A link was used: whose password came by a program's link is known by that until he gets another one.
    pub(super) fn entered(&self, word: &str, person: i64, now: Wall) -> Result<(), PeopleError> {
        let (link, person) = (hex(&token::hash(word)), person.to_string());
        self.db.execute("DELETE FROM by_token WHERE what = ?1 AND key = ?2", params![ENTERED, person])?;
        self.db.execute(
            "INSERT INTO by_token (what, key, token, at)
             SELECT ?1, ?2, token, ?3 FROM by_token WHERE what = ?4 AND key = ?5",
            params![ENTERED, person, now.timestamp().as_second(), LINK, link],
        )?;
        Ok(())
    }

    /// The links that this token has made and that nobody has used are void.
    pub(super) fn end_links_of(&self, id: i64) -> Result<(), PeopleError> {
        let links: Vec<String> = {
            let mut statement = self.db.prepare_cached("SELECT key FROM by_token WHERE what = ?1 AND token = ?2")?;
            let rows = statement.query_map(params![LINK, id], |row| row.get(0))?;
            rows.collect::<Result<_, _>>()?
        };
        for link in links {
            self.db.execute("DELETE FROM invite WHERE used IS NULL AND lower(hex(hash)) = ?1", [link])?;
        }
        Ok(())
    }

    /// Those who may use the page and whom a program has let in, or whose password came by its link.
    pub fn let_in_by_tokens(&self) -> Result<Vec<(i64, LetInByToken)>, PeopleError> {
        let found: Vec<(i64, i64, String, bool)> = {
            let mut statement = self.db.prepare_cached(
                "SELECT DISTINCT CAST(key AS INTEGER), token.id, purpose, ended IS NOT NULL
                 FROM by_token JOIN token ON token.id = by_token.token WHERE what IN (?1, ?2) ORDER BY 1, 2",
            )?;
            let rows = statement
                .query_map(params![ADDED, ENTERED], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?;
            rows.collect::<Result<_, _>>()?
        };
        let mut all = Vec::new();
        for (id, token, purpose, has_ended) in found {
            if let Some(person) = self.person(id)?.filter(|person| !person.has_ended) {
                all.push((token, LetInByToken { person, purpose, has_ended }));
            }
        }
        Ok(all)
    }

    /// Somebody has looked at this person, and answers for him from now on.
    pub fn vouched(&mut self, person: i64) -> Result<(), PeopleError> {
        let key = person.to_string();
        self.db.execute("DELETE FROM by_token WHERE what IN (?1, ?2) AND key = ?3", params![ADDED, ENTERED, key])?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::people::{NewPerson, NewToken};
    use crate::role::Role;

    const NOW: Wall = Wall::from_secs(1_796_100_000);

    fn person(people: &mut People, name: &str, role: Role) -> Person {
        people.add(&NewPerson { name, role, zones: &[], approves: false }, NOW).unwrap().unwrap()
    }

    fn program(people: &mut People, whose: &Person) -> ApiToken {
        let new = NewToken {
            person: whose.id,
            purpose: "máy tỉnh",
            role: Role::Admin,
            zones: &[],
            approves: false,
            until: NOW + Duration::from_hours(24),
        };
        people.make_token(&new, NOW).unwrap().unwrap().1
    }

    #[test]
    fn what_a_program_lets_in_ends_with_its_token_or_is_told_by_name() {
        let mut people = People::in_memory();
        let admin = person(&mut people, "Lê Văn Tư", Role::Admin);
        let token = program(&mut people, &admin);
        let (bay, tam) =
            (person(&mut people, "Nguyễn Văn Bảy", Role::Official), person(&mut people, "Tám", Role::Official));
        people.added_by(bay.id, &token, NOW).unwrap();
        let link = |people: &mut People, person: i64| {
            let word = people.invite(person, NOW).unwrap().token;
            people.linked_by(&word, &token, NOW).unwrap();
            word
        };
        let (used, open) = (link(&mut people, tam.id), link(&mut people, bay.id));
        people.accept(&used, "hash", NOW).unwrap().unwrap();
        let own = people.invite(admin.id, NOW).unwrap().token;
        assert!(people.end_token(token.id, NOW).unwrap());
        assert_eq!(people.invited(&open, NOW).unwrap(), None, "a link that nobody has used is void");
        assert!(people.invited(&own, NOW).unwrap().is_some(), "and no other");
        let names = |people: &People| -> Vec<(String, bool)> {
            let all = people.let_in_by_tokens().unwrap();
            all.into_iter().map(|(_, one)| (one.person.name, one.has_ended)).collect()
        };
        assert_eq!(names(&people), [("Nguyễn Văn Bảy".to_owned(), true), ("Tám".to_owned(), true)]);
        // A new password by an administrator's link, or an administrator's word.
        let again = people.invite(tam.id, NOW).unwrap().token;
        people.accept(&again, "other", NOW).unwrap().unwrap();
        assert_eq!(names(&people).len(), 1);
        people.vouched(bay.id).unwrap();
        assert!(names(&people).is_empty());
    }

    #[test]
    fn who_is_put_out_takes_the_links_of_his_programs_along() {
        let mut people = People::in_memory();
        let admin = person(&mut people, "Lê Văn Tư", Role::Admin);
        let token = program(&mut people, &admin);
        let bay = person(&mut people, "Nguyễn Văn Bảy", Role::Official);
        let word = people.invite(bay.id, NOW).unwrap().token;
        people.linked_by(&word, &token, NOW).unwrap();
        people.end(admin.id, NOW).unwrap();
        assert_eq!(people.invited(&word, NOW).unwrap(), None);
    }

    #[test]
    fn what_a_program_did_is_known_by_its_token_and_the_oldest_goes() {
        let mut people = People::in_memory();
        let admin = person(&mut people, "Lê Văn Tư", Role::Admin);
        let token = program(&mut people, &admin);
        people.keep_done(DoneByToken::Order, "20261128-1", &token, NOW).unwrap();
        people.keep_done(DoneByToken::Version, "7", &token, NOW).unwrap();
        let done = |what, key| people.done_by(what, key).unwrap();
        assert_eq!(done(DoneByToken::Order, "20261128-1").as_deref(), Some("máy tỉnh"));
        assert_eq!(done(DoneByToken::Version, "7").as_deref(), Some("máy tỉnh"));
        assert_eq!((done(DoneByToken::Order, "7"), done(DoneByToken::Version, "8")), (None, None));
    }
}
