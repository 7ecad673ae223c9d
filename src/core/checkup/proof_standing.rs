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
    /// The way to its horns is another than it learnt: it has to learn it anew.
    pub has_changed: bool,
    /// Why nothing comes from the microphone that can be used, as it was last found: what became of its program.
    pub trouble: Option<Words>,
    /// When the test tones began by which it last learnt these horns, or could not.
    pub tested: String,
    /// By those it learnt them.
    pub taught: bool,
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
        if let Some(Words { vi, en }) = &self.trouble {
            return text!(
                "{zone}: micro «{input}» không đưa tiếng dùng được về: {vi}",
                "{zone}: nothing usable comes from the microphone \"{input}\": {en}"
            );
        }
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

    /// What came of the last test tones, in a line.
    pub fn words_of_test(&self) -> Text {
        let (zone, input) = (shown(&self.title), shown(&self.input));
        if self.trouble.is_some() {
            return self.words();
        }
        if self.taught {
            return text!(
                "{zone}: micro «{input}» đã học loa này",
                "{zone}: the microphone \"{input}\" has learnt these horns"
            );
        }
        text!(
            "{zone}: micro «{input}» có tiếng nhưng không nghe ra tiếng thử: xem loa có kêu không, và micro có gần loa không",
            "{zone}: the microphone \"{input}\" hears something, but not the test tones: do the horns sound, and is it near them?"
        )
    }

    /// It heard the last test tones.
    pub const fn has_heard_test(&self) -> bool {
        self.trouble.is_none() && self.taught
    }

    /// What somebody has to look after.
    pub(super) fn finding(&self) -> Option<Finding> {
        let (id, zone, input) = (shown(&self.zone), shown(&self.title), shown(&self.input));
        let (airing, since) = (shown(&self.airing), minute(&self.since));
        if self.trouble.is_some() {
            let code = if self.learnt { "horn_unclear" } else { "proof_unlearnt" };
            return Some(Finding::warning(
                code,
                self.words(),
                text!(
                    "xem micro «{input}», dây của nó, và lệnh hay line-in trong loa.toml; rồi thử: loa devices --test {id}",
                    "look after the microphone \"{input}\", its wire, and its command or line-in in loa.toml; then try: loa devices --test {id}"
                ),
            ));
        }
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
                    if self.has_changed {
                        text!(
                            "cho micro học lại, phát tiếng thử một lần: loa devices --test {id}",
                            "let the microphone learn anew, play the test tones once: loa devices --test {id}"
                        )
                    } else {
                        text!(
                            "xem micro «{input}», dây và mức của nó",
                            "look after the microphone \"{input}\", its wire and its level"
                        )
                    },
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
            ..ProofStanding::default()
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
        let changed = ProofStanding { said: ProofSaid::Unclear, has_changed: true, ..standing.clone() };
        assert!(changed.finding().unwrap().help.vi.ends_with("loa devices --test thon-1"));
        let ended = text!("lệnh «sh» đã tắt: hỏng", "the command \"sh\" has ended: broken");
        for learnt in [false, true] {
            let dead = ProofStanding { learnt, trouble: Some(ended.clone().into()), ..standing.clone() };
            assert!(dead.words_of_test().vi.ends_with(&ended.vi) && dead.words() == dead.words_of_test());
            assert!(!ProofStanding { taught: true, ..dead.clone() }.has_heard_test());
            assert!(dead.finding().unwrap().message.vi.ends_with(&ended.vi));
        }
        // A short airing is no fault of anybody.
        assert!(ProofStanding { said: ProofSaid::Nothing, ..standing }.finding().is_none());
    }
}
