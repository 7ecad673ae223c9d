use argon2::password_hash::phc::{Output, ParamsString, Salt};
use argon2::{ARGON2ID_IDENT, Algorithm, Argon2, Block, Params, PasswordHash, Version};
use rusqlite::{OptionalExtension as _, params};

use super::{People, PeopleError, Person, token};

/// Letters of a password, at least: NIST SP 800-63B asks for eight and no rules of composition.
pub(crate) const PASSWORD_LEAST: usize = 8;

/// More is not read.
pub(crate) const PASSWORD_MOST: usize = 200;

/// OWASP's first choice for argon2id: 19 MiB, two passes.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;

/// The hash of nobody's password.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5bm9ib2R5bm9ib2R5$X3wJc2g0kF2nM0YJ1m9V2m8e3q6r5t7u8i9o0p1a2s4";

/// An allocation of this size goes back to the system when it is freed: the allocator of Linux keeps what is smaller, and,
/// since these blocks are aligned, does not find it again; each try to log in would take 19 MiB for good. What is not
/// written to takes no memory.
const GIVEN_BACK: usize = 33 << 20;

/// Letters of a salt: RFC 9106 asks for sixteen.
const SALT: usize = 16;

fn work(params: &Params, password: &str, salt: &Salt, length: usize) -> Option<Output> {
    let blocks = params.block_count();
    let mut room: Vec<Block> = Vec::with_capacity(blocks.max(GIVEN_BACK / Block::SIZE));
    room.resize(blocks, Block::default());
    let mut out = [0; 64];
    let out = out.get_mut(..length)?;
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params.clone());
    argon2.hash_password_into_with_memory(password.as_bytes(), salt, out, room).ok()?;
    Output::new(out).ok()
}

impl People {
    /// What is kept of a password. Takes 19 MiB and some tens of milliseconds.
    pub fn hashed(password: &str) -> Result<String, PeopleError> {
        let mut salt = [0; SALT];
        getrandom::fill(&mut salt)?;
        let made = || {
            let params = Params::new(MEMORY_KIB, PASSES, 1, None).ok()?;
            let salt = Salt::new(&salt).ok()?;
            let hash = work(&params, password, &salt, Params::DEFAULT_OUTPUT_LEN)?;
            let kept = PasswordHash {
                algorithm: ARGON2ID_IDENT,
                version: Some(Version::V0x13.into()),
                params: ParamsString::try_from(&params).ok()?,
                salt: Some(salt),
                hash: Some(hash),
            };
            Some(kept.to_string())
        };
        made().ok_or(PeopleError::Hash)
    }

    /// Whether a password is the one that `kept` was made of. For somebody who is not there it takes as long.
    pub fn is_password(kept: Option<&str>, password: &str) -> bool {
        let is_right = || {
            let hash =
                PasswordHash::new(kept.unwrap_or(NOBODY)).ok().filter(|hash| hash.algorithm == ARGON2ID_IDENT)?;
            let (salt, expected) = (hash.salt?, hash.hash?);
            // Compared in a time that says nothing about where they differ.
            Some(work(&Params::try_from(&hash).ok()?, password, &salt, expected.len())? == expected)
        };
        is_right() == Some(true) && kept.is_some()
    }

    /// He chose another password: his other phones are logged out.
    pub fn set_password(&mut self, id: i64, hashed: &str, keep: &str) -> Result<(), PeopleError> {
        let tx = self.db.transaction()?;
        tx.execute("UPDATE person SET password = ?2 WHERE id = ?1 AND ended IS NULL", params![id, hashed])?;
        tx.execute("DELETE FROM session WHERE person = ?1 AND hash <> ?2", params![id, token::hash(keep)])?;
        Ok(tx.commit()?)
    }

    /// The person who is called so, and what is kept of his password.
    pub fn credentials(&self, name: &str) -> Result<Option<(Person, Option<String>)>, PeopleError> {
        let Some(person) = self.named(name)?.filter(|person| !person.has_ended) else { return Ok(None) };
        let mut statement = self.db.prepare_cached("SELECT password FROM person WHERE id = ?1")?;
        let kept = statement.query_row([person.id], |row| row.get::<_, Option<String>>(0)).optional()?;
        Ok(Some((person, kept.flatten())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_password_itself_opens_and_nobodys_never_does() {
        let kept = People::hashed("trâu đen ăn cỏ").unwrap();
        assert!(kept.starts_with("$argon2id$"));
        assert!(People::is_password(Some(&kept), "trâu đen ăn cỏ"));
        assert!(!People::is_password(Some(&kept), "trâu đen ăn cơm"));
        // Else the answer for somebody who is not there would come sooner.
        assert!(PasswordHash::new(NOBODY).is_ok());
        assert!(!People::is_password(None, "trâu đen ăn cỏ") && !People::is_password(Some("nonsense"), "x"));
    }
}
