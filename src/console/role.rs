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
    /// Nobody who was let in: whoever holds a sealed code for the night. He alerts and stops.
    Night,
}

/// Something that not everybody may do.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Right {
    /// See how the station stands, and what plays.
    See,
    /// Silence now.
    Stop,
    /// Keep a zone silent until a time, and let it go on before.
    Quiet,
    /// Play a sound now.
    Say,
    /// Alert.
    Alert,
    /// Hold a drill.
    Drill,
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
    /// See how a fleet stands, where this station is at its centre.
    District,
    /// Take and close alarms of a fleet.
    Tend,
}

/// The rights of each role, as design and law have them.
const RIGHTS: [(Role, &[Right]); 5] = [
    (Role::Operator, &[Right::See, Right::Stop, Right::Quiet, Right::Say, Right::Alert, Right::Drill, Right::Sounds]),
    (
        Role::Official,
        &[
            Right::See,
            Right::Stop,
            Right::Quiet,
            Right::Say,
            Right::Alert,
            Right::Drill,
            Right::Sounds,
            Right::Schedule,
            Right::Approvals,
            Right::Journal,
            Right::Machine,
            Right::District,
            Right::Tend,
        ],
    ),
    (Role::Night, &[Right::See, Right::Stop, Right::Alert]),
    (Role::Reviewer, &[Right::See, Right::Approvals, Right::Journal, Right::District]),
    (
        Role::Admin,
        &[
            Right::See,
            Right::Stop,
            Right::Quiet,
            Right::Say,
            Right::Alert,
            Right::Drill,
            Right::Sounds,
            Right::Schedule,
            Right::Approvals,
            Right::Journal,
            Right::People,
            Right::Machine,
            Right::District,
            Right::Tend,
        ],
    ),
];

impl Role {
    /// Every role that a person is given, from the least to the most.
    pub const ALL: [Self; 4] = [Self::Operator, Self::Official, Self::Reviewer, Self::Admin];

    /// Whether it has this right somewhere.
    pub fn may(self, right: Right) -> bool {
        RIGHTS.iter().any(|(role, rights)| *role == self && rights.contains(&right))
    }

    /// Whether it has every right that another has.
    pub fn covers(self, other: Self) -> bool {
        RIGHTS.iter().filter(|(role, _)| *role == other).all(|(_, rights)| rights.iter().all(|right| self.may(*right)))
    }

    /// Its name on the command line and in the file.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Operator => "operator",
            Self::Official => "official",
            Self::Reviewer => "reviewer",
            Self::Admin => "admin",
            Self::Night => "night",
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
            Self::Night => text!("mã niêm phong", "sealed code"),
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
        for right in [
            Right::Stop,
            Right::Quiet,
            Right::Say,
            Right::Alert,
            Right::Drill,
            Right::Sounds,
            Right::Schedule,
            Right::People,
        ] {
            assert!(!Role::Reviewer.may(right), "{right:?}");
        }
        let lets_in: Vec<Role> = Role::ALL.into_iter().filter(|role| role.may(Right::People)).collect();
        assert_eq!(lets_in, [Role::Admin]);
    }

    #[test]
    fn a_code_for_the_night_alerts_and_stops_and_does_nothing_else() {
        let his: Vec<Right> = RIGHTS
            .iter()
            .filter(|(role, _)| *role == Role::Night)
            .flat_map(|(_, rights)| rights.iter().copied())
            .collect();
        assert_eq!(his, [Right::See, Right::Stop, Right::Alert]);
    }
}
