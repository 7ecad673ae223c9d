//! Who may do what. A person has one role; a role has rights, in its zones where it is bound to zones.

use std::str::FromStr;

use crate::diag::{Text, text};

/// What a person is at this station.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Role {
    /// A hamlet head: hands in sound, stops, says and alerts in his own zones.
    Operator,
    /// The culture officer: schedules, sounds, orders in every zone.
    Official,
    /// Reads and prints everything; approves where marked so.
    Reviewer,
    /// People and the machine, and all else.
    Admin,
}

/// Something that not everybody may do.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Right {
    /// See how the station stands, and what plays.
    See,
    /// Silence, and let it go on.
    Stop,
    /// Play a sound now.
    Say,
    /// Alert.
    Alert,
    /// Hand in, replace and take away sounds.
    Sounds,
    /// Write the schedule.
    Schedule,
    /// See what waits for approval, and print a slip; who decides is marked as one who does.
    Approvals,
    /// Read the journal, hear what was sent, take it away as a table.
    Journal,
    /// Let people in, and put them out.
    People,
    /// The machine: clock, cards, findings.
    Machine,
}

/// The rights of each role, as design and law have them.
const RIGHTS: [(Role, &[Right]); 4] = [
    (Role::Operator, &[Right::See, Right::Stop, Right::Say, Right::Alert, Right::Sounds]),
    (
        Role::Official,
        &[
            Right::See,
            Right::Stop,
            Right::Say,
            Right::Alert,
            Right::Sounds,
            Right::Schedule,
            Right::Approvals,
            Right::Journal,
            Right::Machine,
        ],
    ),
    (Role::Reviewer, &[Right::See, Right::Approvals, Right::Journal]),
    (
        Role::Admin,
        &[
            Right::See,
            Right::Stop,
            Right::Say,
            Right::Alert,
            Right::Sounds,
            Right::Schedule,
            Right::Approvals,
            Right::Journal,
            Right::People,
            Right::Machine,
        ],
    ),
];

impl Role {
    /// Every role, from the least to the most.
    pub const ALL: [Self; 4] = [Self::Operator, Self::Official, Self::Reviewer, Self::Admin];

    /// Whether it has this right somewhere.
    pub fn may(self, right: Right) -> bool {
        RIGHTS.iter().any(|(role, rights)| *role == self && rights.contains(&right))
    }

    /// Its name on the command line and in the file.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Operator => "operator",
            Self::Official => "official",
            Self::Reviewer => "reviewer",
            Self::Admin => "admin",
        }
    }

    /// Whether it may be bound to some of the zones.
    pub const fn has_zones(self) -> bool {
        matches!(self, Self::Operator)
    }

    /// What people call it.
    pub fn title(self) -> Text {
        match self {
            Self::Operator => text!("trưởng thôn", "hamlet head"),
            Self::Official => text!("cán bộ văn hóa", "official"),
            Self::Reviewer => text!("người kiểm tra", "reviewer"),
            Self::Admin => text!("quản trị", "administrator"),
        }
    }
}

impl FromStr for Role {
    type Err = String;

    fn from_str(written: &str) -> Result<Self, Self::Err> {
        let known = Self::ALL.into_iter().find(|role| role.name() == written);
        known.ok_or_else(|| Self::ALL.map(Self::name).join(" | "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_role_has_its_row_and_its_name_is_read_back() {
        for role in Role::ALL {
            assert!(role.may(Right::See), "{role:?}");
            assert_eq!(role.name().parse(), Ok(role));
        }
        assert_eq!("root".parse::<Role>(), Err("operator | official | reviewer | admin".to_owned()));
    }

    #[test]
    fn who_only_reads_makes_no_sound_and_only_an_administrator_lets_people_in() {
        for right in [Right::Stop, Right::Say, Right::Alert, Right::Sounds, Right::Schedule, Right::People] {
            assert!(!Role::Reviewer.may(right), "{right:?}");
        }
        let lets_in: Vec<Role> = Role::ALL.into_iter().filter(|role| role.may(Right::People)).collect();
        assert_eq!(lets_in, [Role::Admin]);
    }
}
