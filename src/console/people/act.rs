use rusqlite::params;

use super::{People, PeopleError};
use crate::diag::{Text, text};
use crate::instant::Wall;

/// Acts that are kept, the last ones: thirty a day for two years.
const ACTS_MOST: i64 = 20_000;

/// What somebody did that no file and no row of the journal tells of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Deed {
    /// Logged in.
    LoggedIn,
    /// Let somebody in.
    PersonAdded,
    /// Gave somebody another role or other zones.
    PersonChanged,
    /// Let somebody approve what others wrote.
    ApprovalGiven,
    /// Lets somebody approve no more.
    ApprovalTaken,
    /// Put somebody out.
    PersonEnded,
    /// Let somebody in again who was put out.
    PersonBack,
    /// Answers for somebody whom a program let in.
    PersonVouched,
    /// Gave somebody a new link.
    LinkMade,
    /// Made a token for a program.
    TokenMade,
    /// Took a token back.
    TokenEnded,
    /// Put a sound away.
    SoundAway,
    /// Brought a sound back.
    SoundBack,
}

impl Deed {
    const ALL: [(Self, &'static str); 13] = [
        (Self::LoggedIn, "logged_in"),
        (Self::PersonAdded, "person_added"),
        (Self::PersonChanged, "person_changed"),
        (Self::ApprovalGiven, "approval_given"),
        (Self::ApprovalTaken, "approval_taken"),
        (Self::PersonEnded, "person_ended"),
        (Self::PersonBack, "person_back"),
        (Self::PersonVouched, "person_vouched"),
        (Self::LinkMade, "link_made"),
        (Self::TokenMade, "token_made"),
        (Self::TokenEnded, "token_ended"),
        (Self::SoundAway, "sound_away"),
        (Self::SoundBack, "sound_back"),
    ];

    /// A stable code.
    pub fn code(self) -> &'static str {
        Self::ALL.iter().find(|(deed, _)| *deed == self).map_or("", |(_, code)| code)
    }

    /// What was done, to whom or to what.
    pub fn words(self, about: &str) -> Text {
        match self {
            Self::LoggedIn => text!("đăng nhập", "logged in"),
            Self::PersonAdded => text!("thêm người dùng {about}", "let {about} in"),
            Self::PersonChanged => {
                text!("đổi vai trò, cụm loa của {about}", "changed the role or the zones of {about}")
            }
            Self::ApprovalGiven => {
                text!("cho {about} được duyệt mục phát của người khác", "let {about} approve what others wrote")
            }
            Self::ApprovalTaken => text!("thôi cho {about} duyệt", "lets {about} approve no more"),
            Self::PersonBack => text!("cho {about} dùng lại trang", "let {about} in again"),
            Self::PersonVouched => {
                text!("xác nhận {about} là người của đài", "answers for {about}, whom a program let in")
            }
            Self::PersonEnded => text!("thôi cho {about} dùng trang", "put {about} out"),
            Self::LinkMade => text!("cấp đường dẫn mới cho {about}", "gave {about} a new link"),
            Self::TokenMade => text!("cấp mã truy cập: {about}", "made a token: {about}"),
            Self::TokenEnded => text!("thu hồi mã truy cập: {about}", "took back a token: {about}"),
            Self::SoundAway => text!("cất bản ghi {about}", "put the sound {about} away"),
            Self::SoundBack => text!("lấy lại bản ghi {about}", "brought the sound {about} back"),
        }
    }
}

/// One of them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct KeptAct {
    /// Its number; later ones are greater.
    pub number: i64,
    /// When.
    pub at: Wall,
    /// Who.
    pub who: String,
    /// By which token, where a program did it.
    pub token: String,
    /// What.
    pub deed: Deed,
    /// To whom, or to what.
    pub about: String,
}

impl People {
    /// Keep what somebody did.
    pub fn keep_act(&mut self, by: (&str, &str), deed: Deed, about: &str, now: Wall) -> Result<(), PeopleError> {
        let tx = self.db.transaction()?;
        tx.execute(
            "INSERT INTO act (at, who, token, deed, about) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![now.nanos(), by.0, by.1, deed.code(), about],
        )?;
        tx.execute("DELETE FROM act WHERE id <= (SELECT max(id) FROM act) - ?1", [ACTS_MOST])?;
        Ok(tx.commit()?)
    }

    /// So many that were done up to an instant, the last first; what was done at the instant of the last of them too.
    pub fn acts(&self, until: Wall, most: usize) -> Result<Vec<KeptAct>, PeopleError> {
        // One that a later loa keeps is left to it, and counts for nothing here.
        let codes: Vec<String> = Deed::ALL.iter().map(|(_, code)| format!("'{code}'")).collect();
        let own = format!("at <= ?1 AND deed IN ({})", codes.join(", "));
        let mut statement = self.db.prepare_cached(&format!(
            "SELECT id, at, who, token, deed, about FROM act WHERE {own} AND at >=
                coalesce((SELECT at FROM act WHERE {own} ORDER BY at DESC LIMIT 1 OFFSET ?2 - 1), {})
             ORDER BY at DESC, id DESC",
            i64::MIN
        ))?;
        let most = i64::try_from(most.max(1)).unwrap_or(i64::MAX);
        let mut rows = statement.query(params![until.nanos(), most])?;
        let mut acts = Vec::new();
        while let Some(row) = rows.next()? {
            let code: String = row.get(4)?;
            let Some((deed, _)) = Deed::ALL.into_iter().find(|(_, known)| *known == code) else { continue };
            acts.push(KeptAct {
                number: row.get(0)?,
                at: Wall::from_nanos(row.get(1)?),
                who: row.get(2)?,
                token: row.get(3)?,
                deed,
                about: row.get(5)?,
            });
        }
        Ok(acts)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn the_last_acts_are_kept_and_told_from_the_last_to_the_first() {
        let (mut people, now) = (People::in_memory(), Wall::from_secs(1_796_100_000));
        for number in 0..30 {
            let at = now + Duration::from_secs(number);
            people.keep_act(("Hai", ""), Deed::PersonAdded, &number.to_string(), at).unwrap();
        }
        let abouts = |people: &People, until, most| {
            people.acts(until, most).unwrap().into_iter().map(|act| act.about).collect::<Vec<_>>()
        };
        assert_eq!(abouts(&people, Wall::MAX, 2), ["29", "28"]);
        assert_eq!(abouts(&people, now + Duration::from_secs(1), 9), ["1", "0"]);
        for number in 0..3 {
            people.keep_act(("Hai", ""), Deed::PersonAdded, &format!("at once {number}"), now).unwrap();
        }
        assert_eq!(abouts(&people, now, 1), ["at once 2", "at once 1", "at once 0", "0"], "one instant stays together");
    }
}
