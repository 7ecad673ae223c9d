use serde::{Deserialize, Serialize};

use super::minute::minute;
use super::{Finding, Words};
use crate::diag::{Text, shown, text};

/// What the microphone that listens to a zone's horns has last said.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ProofStanding {
    /// The zone's id.
    pub zone: String,
    /// What people call it.
    pub title: String,
    /// What people call the microphone.
    pub input: String,
    /// It has learnt these horns.
    pub learnt: bool,
    /// What it said of the last airing that it could say something of, or of the one that sounds.
    pub said: ProofSaid,
    /// That airing, as people call it.
    pub airing: String,
    /// When it began.
    pub since: String,
    /// Why it cannot be told, where it cannot.
    pub why: Option<Words>,
}

/// What a microphone says of an airing.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProofSaid {
    /// Nothing since the start.
    #[default]
    Nothing,
    /// It was heard.
    Heard,
    /// It was not.
    NotHeard,
    /// It cannot tell.
    Unclear,
}

impl ProofStanding {
    /// How it stands, in a line.
    pub fn words(&self) -> Text {
        let (zone, input) = (shown(&self.title), shown(&self.input));
        let (airing, since) = (shown(&self.airing), minute(&self.since));
        match self.said {
            ProofSaid::Nothing if self.learnt => text!(
                "{zone}: micro «{input}» đang canh, chưa có lượt nào để nói",
                "{zone}: the microphone \"{input}\" listens, and has nothing to say yet"
            ),
            ProofSaid::Nothing => text!(
                "{zone}: micro «{input}» chưa học loa này",
                "{zone}: the microphone \"{input}\" has not learnt these horns"
            ),
            ProofSaid::Heard => text!(
                "{zone}: micro «{input}» nghe thấy loa, «{airing}» lúc {since}",
                "{zone}: the microphone \"{input}\" heard the horns, \"{airing}\" at {since}"
            ),
            ProofSaid::NotHeard => text!(
                "{zone}: micro «{input}» KHÔNG nghe thấy loa, «{airing}» lúc {since}",
                "{zone}: the microphone \"{input}\" did NOT hear the horns, \"{airing}\" at {since}"
            ),
            ProofSaid::Unclear => text!(
                "{zone}: micro «{input}» chưa rõ loa có kêu không, «{airing}» lúc {since}",
                "{zone}: the microphone \"{input}\" cannot tell whether the horns sounded, \"{airing}\" at {since}"
            ),
        }
    }

    /// What somebody has to look after.
    pub(super) fn finding(&self) -> Option<Finding> {
        let (id, zone, input) = (shown(&self.zone), shown(&self.title), shown(&self.input));
        let (airing, since) = (shown(&self.airing), minute(&self.since));
        Some(match self.said {
            ProofSaid::NotHeard => Finding::warning(
                "horn_not_heard",
                text!(
                    "{zone}: micro «{input}» KHÔNG nghe thấy loa trong «{airing}» lúc {since}",
                    "{zone}: the microphone \"{input}\" did NOT hear the horns in \"{airing}\" at {since}"
                ),
                text!(
                    "ra xem loa, dây và tăng âm; thử: loa devices --test {id}",
                    "look after horns, wires and amplifier; try: loa devices --test {id}"
                ),
            ),
            _ if !self.learnt => Finding::warning(
                "proof_unlearnt",
                text!(
                    "{zone}: micro «{input}» chưa học loa này nên chưa biết được loa có kêu không",
                    "{zone}: the microphone \"{input}\" has not learnt these horns, so nobody knows whether they sound"
                ),
                text!(
                    "khi loa và micro đã nối xong, phát tiếng thử một lần: loa devices --test {id}",
                    "once horns and microphone are connected, play the test tones once: loa devices --test {id}"
                ),
            ),
            ProofSaid::Unclear => {
                let (vi, en) = self.why.as_ref().map_or(("", ""), |why| (why.vi.as_str(), why.en.as_str()));
                Finding::warning(
                    "horn_unclear",
                    text!(
                        "{zone}: không biết loa có kêu không trong «{airing}» lúc {since}: {vi}",
                        "{zone}: it cannot be told whether the horns sounded in \"{airing}\" at {since}: {en}"
                    ),
                    text!(
                        "xem micro «{input}», dây và mức của nó",
                        "look after the microphone \"{input}\", its wire and its level"
                    ),
                )
            }
            ProofSaid::Nothing | ProofSaid::Heard => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_silent_horn_is_told_and_one_that_sounds_is_not() {
        let standing = ProofStanding {
            zone: "thon-1".to_owned(),
            title: "Thôn 1".to_owned(),
            input: "Sân xã".to_owned(),
            learnt: true,
            said: ProofSaid::Heard,
            airing: "Bản tin sáng".to_owned(),
            since: "2026-12-01T05:30:00.000+07:00".to_owned(),
            why: None,
        };
        assert!(standing.finding().is_none());
        let silent = ProofStanding { said: ProofSaid::NotHeard, ..standing.clone() }.finding().unwrap();
        assert_eq!(silent.code, "horn_not_heard");
        assert!(
            silent.message.vi.contains("KHÔNG nghe thấy loa trong «Bản tin sáng» lúc 05:30 01/12/2026"),
            "{silent:?}"
        );
        let unlearnt = ProofStanding { learnt: false, ..standing.clone() }.finding().unwrap();
        assert_eq!(unlearnt.code, "proof_unlearnt");
        // A short airing is no fault of anybody.
        assert!(ProofStanding { said: ProofSaid::Nothing, ..standing }.finding().is_none());
    }
}
