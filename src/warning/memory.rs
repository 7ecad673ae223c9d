use std::io;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::stage::CapStage;
use super::standing::{CapStanding, FeedStanding, KnownCap, KnownPart};
use crate::cap::CapIdentity;
use crate::site::{Folder, Site};

/// Alarms that are remembered; all but a few of them were over long ago.
const ALARMS_MOST: usize = 300;
/// Alarms that were taken back before they came.
const WITHDRAWN_MOST: usize = 300;
/// Documents that were refused, so that each is told once.
const REFUSED_MOST: usize = 200;

/// What the watch remembers over a power cut: `state/cap/cap.json`. Written before each order.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub(super) struct CapMemory {
    /// Alarms that came, as they are shown.
    #[serde(flatten)]
    pub(super) standing: CapStanding,
    /// Alarms that were taken back: they may come later than that.
    #[serde(default)]
    pub(super) withdrawn: Vec<(String, CapIdentity)>,
    /// Refused documents by their SHA-256.
    #[serde(default)]
    pub(super) refusals: Vec<String>,
}

impl CapMemory {
    /// As it lies on the disk; nothing yet where it cannot be read.
    pub(super) fn read(site: &Site) -> Self {
        let bytes =
            Folder::open(site.cap()).ok().and_then(|folder| folder.read(CapStanding::FILE, CapStanding::MOST).ok());
        bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default()
    }

    /// Write it down.
    pub(super) fn write(&self, folder: &Folder) -> io::Result<()> {
        folder.replace(CapStanding::FILE, &serde_json::to_vec(self).map_err(io::Error::from)?)
    }

    pub(super) fn alarms(&self) -> &[KnownCap] {
        &self.standing.alarms
    }

    pub(super) fn feed(&mut self, name: &str) -> &mut FeedStanding {
        self.standing.feeds.entry(name.to_owned()).or_default()
    }

    /// The part of this mark.
    pub(super) fn part(&mut self, mark: &str) -> Option<&mut KnownPart> {
        let mut parts = self.standing.alarms.iter_mut().flat_map(|alarm| &mut alarm.parts);
        parts.find(|part| part.mark == mark)
    }

    /// Whether this sender took this one back before it came.
    pub(super) fn is_withdrawn(&self, sender: &str, identity: &CapIdentity) -> bool {
        self.withdrawn.iter().any(|(by, one)| by == sender && one == identity)
    }

    /// Take back what this sender sent before: parts that have not sounded, and the orders of those that do.
    pub(super) fn withdraw(&mut self, sender: &str, about: &[CapIdentity]) -> Vec<String> {
        let mut orders = Vec::new();
        for identity in about {
            if !self.is_withdrawn(sender, identity) {
                self.withdrawn.push((sender.to_owned(), identity.clone()));
            }
            let is_meant = |alarm: &&mut KnownCap| alarm.from == sender && alarm.identity == *identity;
            for part in self.standing.alarms.iter_mut().filter(is_meant).flat_map(|alarm| &mut alarm.parts) {
                match part.stage {
                    // What a person has sounded is a person's to end.
                    CapStage::Ordered if part.by_itself => orders.extend(part.order.clone()),
                    CapStage::Open | CapStage::Shown => part.stage = CapStage::Withdrawn,
                    // Whether it was ordered is looked up first.
                    CapStage::Ordering => part.ends = true,
                    _ => {}
                }
            }
        }
        let over = self.withdrawn.len().saturating_sub(WITHDRAWN_MOST);
        self.withdrawn.drain(..over);
        orders
    }

    /// Whether a document is refused for the first time.
    pub(super) fn is_new_refusal(&mut self, sha256: &str) -> bool {
        if self.refusals.iter().any(|known| known == sha256) {
            return false;
        }
        self.refusals.push(sha256.to_owned());
        let over = self.refusals.len().saturating_sub(REFUSED_MOST);
        self.refusals.drain(..over);
        self.standing.refused += 1;
        true
    }

    /// Room for one alarm more: those that were over longest ago go. False where all of them still hold.
    pub(super) fn make_room(&mut self, now: Option<Timestamp>) -> bool {
        if self.standing.alarms.len() < ALARMS_MOST {
            return true;
        }
        // One that holds and is forgotten would sound again.
        let is_over = |alarm: &KnownCap| {
            now.is_some_and(|now| alarm.until <= now) && alarm.parts.iter().all(|part| part.stage.is_done())
        };
        let oldest = self
            .standing
            .alarms
            .iter()
            .enumerate()
            .filter(|(_, alarm)| is_over(alarm))
            .min_by_key(|(_, alarm)| alarm.until);
        match oldest.map(|(place, _)| place) {
            Some(place) => {
                self.standing.alarms.remove(place);
                true
            }
            None => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checkup::Words;
    use crate::diag::text;
    use crate::station::CapAct;

    fn at(said: &str) -> Timestamp {
        said.parse().unwrap()
    }

    fn alarm(number: usize, from: &str, until: &str) -> KnownCap {
        let identity = CapIdentity {
            sender: from.to_owned(),
            identifier: number.to_string(),
            sent: at("2026-11-29T03:00:00+07:00"),
        };
        let part = KnownPart {
            mark: format!("[CAP {number}/1]"),
            act: CapAct::Sound,
            why: Words::from(text!("thử", "a test")),
            preset: None,
            zones: vec!["thon-1".to_owned()],
            title: "Lũ".to_owned(),
            words: String::new(),
            from: at("2026-11-29T03:00:00+07:00"),
            until: at(until),
            stage: CapStage::Open,
            by_itself: false,
            ends: false,
            order: None,
            given: None,
            refused: None,
            unheard: Vec::new(),
        };
        KnownCap {
            identity,
            from: from.to_owned(),
            sender: from.to_owned(),
            digest: number.to_string(),
            title: "Lũ".to_owned(),
            came: at("2026-11-29T03:00:00+07:00"),
            until: at(until),
            nothing: None,
            parts: vec![part],
        }
    }

    #[test]
    fn by_a_clock_that_is_not_believed_a_person_is_asked_and_nothing_is_over() {
        let known = alarm(1, "kttv", "2026-11-29T09:00:00+07:00");
        let (sent, part) = (known.identity.sent, &known.parts[0]);
        for (now, asks) in [
            (None, true),
            (Some("2026-11-29T04:00:00+07:00"), false),
            (Some("2026-11-29T02:00:00+07:00"), false),
            (Some("2026-11-29T01:00:00+07:00"), true),
            (Some("2026-11-29T09:00:00+07:00"), false),
        ] {
            assert_eq!(part.asks(sent, now.map(at)), asks, "{now:?}");
        }
        let refused = KnownPart { refused: Some(Words::from(text!("thiếu", "missing"))), ..part.clone() };
        assert!(refused.asks(sent, Some(at("2026-11-29T04:00:00+07:00"))), "what could not be sounded asks a person");
        let sounded = KnownPart { stage: CapStage::Ordered, ..part.clone() };
        assert!(!sounded.asks(sent, None));
    }

    #[test]
    fn a_sender_takes_back_his_own_and_what_a_person_has_sounded_a_person_ends() {
        let mut memory = CapMemory::default();
        let until = "2026-11-29T09:00:00+07:00";
        for number in 0..4 {
            memory.standing.alarms.push(alarm(number, "kttv", until));
        }
        let own: Vec<CapIdentity> = memory.alarms().iter().map(|alarm| alarm.identity.clone()).collect();
        let stages = [
            (CapStage::Open, false),
            (CapStage::Ordered, true),
            (CapStage::Ordered, false),
            (CapStage::Ordering, true),
        ];
        for (alarm, (stage, by_itself)) in memory.standing.alarms.iter_mut().zip(stages) {
            let order = Some(alarm.digest.clone());
            (alarm.parts[0].stage, alarm.parts[0].by_itself, alarm.parts[0].order) = (stage, by_itself, order);
        }
        assert!(memory.withdraw("so-nn", &own).is_empty(), "somebody else's");
        assert!(memory.alarms().iter().all(|alarm| alarm.parts[0].stage != CapStage::Withdrawn));
        assert_eq!(memory.withdraw("kttv", &own), ["1"]);
        assert_eq!(memory.alarms()[0].parts[0].stage, CapStage::Withdrawn);
        assert!(memory.alarms()[3].parts[0].ends, "once it is known whether it was ordered");
        assert!(memory.is_withdrawn("kttv", &own[0]));
    }

    #[test]
    fn one_that_holds_is_never_forgotten() {
        let mut memory = CapMemory::default();
        let now = Some(at("2026-11-29T10:00:00+07:00"));
        for number in 0..ALARMS_MOST {
            memory.standing.alarms.push(alarm(number, "kttv", "2026-11-29T12:00:00+07:00"));
        }
        assert!(!memory.make_room(now));
        (memory.standing.alarms[7].until, memory.standing.alarms[7].parts[0].stage) =
            (at("2026-11-29T09:00:00+07:00"), CapStage::Expired);
        assert!(!memory.make_room(None), "nobody knows what is over");
        assert!(memory.make_room(now));
        assert!(memory.alarms().iter().all(|alarm| alarm.digest != "7"));
        for digest in 0..REFUSED_MOST * 2 {
            assert!(memory.is_new_refusal(&digest.to_string()));
        }
        assert!(!memory.is_new_refusal(&(REFUSED_MOST * 2 - 1).to_string()));
        assert_eq!(memory.refusals.len(), REFUSED_MOST);
    }
}
