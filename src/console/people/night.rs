use std::time::Duration;

use rusqlite::{OptionalExtension as _, params};

use super::{People, PeopleError, Person, token};
use crate::instant::Wall;
use crate::role::Role;

/// So long a code lets a phone alert: a night.
pub(crate) const NIGHT_FOR: Duration = Duration::from_hours(12);

/// Codes in an envelope: a bad winter's.
const COUNT: usize = 6;

/// Letters of a code, in groups of four: sixty bits, typed by hand at night.
const LETTERS: usize = 12;

/// What begins the word in the cookie of a phone that a code has let in.
const SIGN: &str = "night-";

/// Stands between the name of who has used a code and its number.
const BY_CODE: &str = ", mã niêm phong số ";

/// The name that somebody gave, without the code that let him in.
pub(crate) fn taker_of(name: &str) -> &str {
    name.split_once(BY_CODE).map_or(name, |(taker, _)| taker)
}

/// A sealed code.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NightCode {
    /// As it stands on the paper beside it.
    pub number: i64,
    /// When it was used.
    pub used: Option<Wall>,
    /// Who has used it, by his own word.
    pub taker: String,
}

/// What is kept of a code as it is typed: however it is spaced, in small letters or large.
fn hash(code: &str) -> [u8; 32] {
    let plain: String = code.chars().filter(char::is_ascii_alphanumeric).take(4 * LETTERS).collect();
    // A one and an ell are none of its letters, and are read where an I stands.
    token::hash(&plain.to_ascii_lowercase().replace(['1', 'l'], "i"))
}

impl People {
    /// The codes of the envelope that is good now.
    pub fn night_codes(&self) -> Result<Vec<NightCode>, PeopleError> {
        let mut statement =
            self.db.prepare_cached("SELECT number, used, taker FROM night WHERE void = 0 ORDER BY id")?;
        let rows = statement.query_map([], |row| {
            let used: Option<i64> = row.get(1)?;
            Ok(NightCode { number: row.get(0)?, used: used.map(Wall::from_secs), taker: row.get(2)? })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// New codes; those before are void. They are returned this once.
    pub fn renew_night_codes(&mut self, now: Wall) -> Result<Vec<(i64, String)>, PeopleError> {
        let mut codes = Vec::new();
        for number in 1..=COUNT as i64 {
            let word: String = token::make()?.chars().take(LETTERS).collect();
            let large = word.to_ascii_uppercase();
            codes.push((number, [&large[..4], &large[4..8], &large[8..]].join("-")));
        }
        let tx = self.db.transaction()?;
        tx.execute("UPDATE night SET void = 1", [])?;
        for (number, code) in &codes {
            tx.execute(
                "INSERT INTO night (number, hash, made) VALUES (?1, ?2, ?3)",
                params![number, hash(code), now.timestamp().as_second()],
            )?;
        }
        tx.commit()?;
        Ok(codes)
    }

    /// Use a code up: its number, and the word that goes into the cookie. `None` where it is none, or was used.
    pub fn use_night_code(&mut self, code: &str, taker: &str, now: Wall) -> Result<Option<(i64, String)>, PeopleError> {
        let word = format!("{SIGN}{}", token::make()?);
        let at = now.timestamp().as_second();
        let used = self.db.execute(
            "UPDATE night SET used = ?2, taker = ?3, session = ?4 WHERE hash = ?1 AND used IS NULL AND void = 0",
            params![hash(code), at, taker, token::hash(&word)],
        )?;
        if used == 0 {
            return Ok(None);
        }
        let number = self.db.query_row("SELECT number FROM night WHERE hash = ?1", [hash(code)], |row| row.get(0))?;
        Ok(Some((number, word)))
    }

    /// Who holds this word, where a code has let him in and the night is not over.
    pub fn by_night(&self, word: &str, now: Wall) -> Result<Option<Person>, PeopleError> {
        if !word.starts_with(SIGN) {
            return Ok(None);
        }
        let mut statement = self.db.prepare_cached("SELECT id, number, taker, used FROM night WHERE session = ?1")?;
        let found = statement.query_row([token::hash(word)], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?, row.get::<_, String>(2)?, row.get::<_, i64>(3)?))
        });
        let Some((id, number, taker, used)) = found.optional()? else { return Ok(None) };
        let used = Wall::from_secs(used);
        // A clock that is set back ends nobody's night.
        let is_now = now < used + NIGHT_FOR;
        Ok(is_now.then(|| Person {
            // Never a person's own number.
            id: -id,
            name: format!("{taker}{BY_CODE}{number}"),
            role: Role::Night,
            zones: Vec::new(),
            approves: false,
            is_ready: true,
            has_ended: false,
        }))
    }

    /// The phone gives its word back.
    pub(super) fn end_night(&self, word: &str) -> Result<(), PeopleError> {
        self.db.execute("UPDATE night SET session = NULL WHERE session = ?1", [token::hash(word)])?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::role::Right;

    const NOW: Wall = Wall::from_secs(1_796_100_000);

    #[test]
    fn a_sealed_code_lets_one_phone_in_once_and_for_a_night() {
        let mut people = People::in_memory();
        let codes = people.renew_night_codes(NOW).unwrap();
        assert_eq!(codes.len(), 6);
        let typed = codes[2].1.to_ascii_lowercase().replace('-', " ");
        let (number, word) = people.use_night_code(&typed, "ông Năm", NOW).unwrap().unwrap();
        assert_eq!(number, 3);
        assert_eq!(people.use_night_code(&typed, "kẻ lạ", NOW).unwrap(), None, "used");
        let person = people.by_night(&word, NOW).unwrap().unwrap();
        assert_eq!(person.name, "ông Năm, mã niêm phong số 3");
        assert!(person.may(Right::Alert) && person.may(Right::Stop) && !person.may(Right::Schedule) && person.id < 0);
        assert!(people.by_night(&word, NOW + NIGHT_FOR).unwrap().is_none());
        assert!(
            people.by_night(&word, Wall::from_secs(0)).unwrap().is_some(),
            "a clock that is set back ends no night"
        );
        let known = people.night_codes().unwrap();
        assert_eq!((known[2].taker.as_str(), known[2].used, known[0].used), ("ông Năm", Some(NOW), None));
    }

    #[test]
    fn whoever_holds_a_code_is_known_by_the_name_that_he_gave() {
        assert_eq!(taker_of("ông Năm, mã niêm phong số 3"), "ông Năm");
        assert_eq!(taker_of("Lê Thị Tư"), "Lê Thị Tư");
    }

    #[test]
    fn new_codes_make_the_old_ones_void_and_what_is_no_code_opens_nothing() {
        let mut people = People::in_memory();
        let old = people.renew_night_codes(NOW).unwrap();
        people.renew_night_codes(NOW).unwrap();
        for wrong in [old[0].1.as_str(), "", "AAAA-AAAA-AAAA", "' OR 1=1 --"] {
            assert_eq!(people.use_night_code(wrong, "ai", NOW).unwrap(), None, "{wrong}");
        }
        assert!(people.by_night("night-x", NOW).unwrap().is_none() && people.by_night("", NOW).unwrap().is_none());
    }
}
