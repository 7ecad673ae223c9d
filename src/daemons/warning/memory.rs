use std::io;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::full::LostCap;
use super::stage::CapStage;
use super::standing::{CapStanding, FeedStanding, KnownCap, KnownPart};
use crate::cap::CapIdentity;
use crate::site::{Folder, ReadRefused};

/// Alarms that are remembered; all but a few of them were over long ago.
const ALARMS_MOST: usize = 300;
/// Alarms that were taken back before they came.
const WITHDRAWN_MOST: usize = 300;
/// Documents that were refused, so that each is told once.
const REFUSED_MOST: usize = 200;
/// Alarms that there was no room for, so that each is told once.
const LOST_MOST: usize = 100;

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

/// An order that is to end, and in which zones.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct OrderEnd {
    pub(super) order: String,
    pub(super) zones: Vec<String>,
}

impl CapMemory {
    /// As it lies on the disk, or nothing yet; what cannot be read is set aside, and told. `now` by the machine's clock.
    pub(super) fn read(folder: &Folder, now: Timestamp) -> Self {
        let read = match folder.read(CapStanding::FILE, CapStanding::MOST) {
            Ok(bytes) => serde_json::from_slice(&bytes).ok(),
            Err(ReadRefused::Io(error)) if error.kind() == io::ErrorKind::NotFound => Some(Self::default()),
            Err(_) => None,
        };
        read.unwrap_or_else(|| {
            // Where it cannot be moved, it is replaced by what comes.
            let _ = folder.rename(CapStanding::FILE, CapStanding::DAMAGED);
            let standing = CapStanding { damaged: Some(now), ..CapStanding::default() };
            Self { standing, ..Self::default() }
        })
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

    /// Take back what this sender sent before: parts that have not sounded, and what sounds for the others.
    pub(super) fn withdraw(&mut self, sender: &str, about: &[CapIdentity]) -> Vec<OrderEnd> {
        let mut marks = Vec::new();
        for identity in about {
            if !self.is_withdrawn(sender, identity) {
                self.withdrawn.push((sender.to_owned(), identity.clone()));
            }
            let is_meant = |alarm: &&mut KnownCap| alarm.from == sender && alarm.identity == *identity;
            for part in self.standing.alarms.iter_mut().filter(is_meant).flat_map(|alarm| &mut alarm.parts) {
                match part.stage {
                    CapStage::Open | CapStage::Shown => part.stage = CapStage::Withdrawn,
                    // Whether it was ordered is looked up first. Nobody is called any more because of it.
                    CapStage::Ordering | CapStage::Ordered | CapStage::Settled => {
                        (part.ends, part.unheard) = (true, Vec::new());
                        marks.push(part.mark.clone());
                    }
                    CapStage::Expired | CapStage::Withdrawn | CapStage::Declined => {}
                }
            }
        }
        let over = self.withdrawn.len().saturating_sub(WITHDRAWN_MOST);
        self.withdrawn.drain(..over);
        self.ends(&marks)
    }

    /// Which orders are to end, and where, now that the parts of these marks were taken back: those that the station itself has
    /// given, but where they sound for another alarm too, which still holds. What a person has sounded is a person's to end.
    pub(super) fn ends(&self, marks: &[String]) -> Vec<OrderEnd> {
        let parts = || self.standing.alarms.iter().flat_map(|alarm| &alarm.parts);
        let ordered = || parts().filter(|part| part.stage == CapStage::Ordered);
        let is_own = |order: &str| parts().any(|part| part.by_itself && part.order.as_deref() == Some(order));
        let holds = |one: &(&str, &str)| ordered().any(|part| !part.ends && part.sounds().contains(one));
        let mut ends: Vec<OrderEnd> = Vec::new();
        for part in ordered().filter(|part| part.by_itself && marks.contains(&part.mark)) {
            for (zone, order) in part.sounds().into_iter().filter(|one| is_own(one.1) && !holds(one)) {
                match ends.iter_mut().find(|end| end.order == order) {
                    Some(end) if end.zones.iter().any(|known| known == zone) => {}
                    Some(end) => end.zones.push(zone.to_owned()),
                    None => ends.push(OrderEnd { order: order.to_owned(), zones: vec![zone.to_owned()] }),
                }
            }
        }
        ends
    }

    /// How many others were ordered by themselves within the hour before `now`: of this one's name, and of its sender. What only
    /// waited, or was refused, has not sounded.
    pub(super) fn sounded(&self, alarm: &KnownCap, now: Timestamp) -> (usize, usize) {
        let is_late = |at: Timestamp| now.duration_since(at).abs().as_secs() < 3_600;
        let is_other = |own: &&KnownCap| own.from == alarm.from && own.identity != alarm.identity;
        // One that is being ordered most likely sounds already.
        let is_ordered = |part: &KnownPart| part.by_itself || part.stage == CapStage::Ordering;
        let sounds =
            |own: &&KnownCap| own.parts.iter().any(|part| is_ordered(part) && is_late(part.given.unwrap_or(own.came)));
        let own: Vec<&KnownCap> = self.alarms().iter().filter(is_other).filter(sounds).collect();
        let same = own.iter().filter(|own| own.identity.identifier == alarm.identity.identifier).count();
        (same, own.len())
    }

    /// Whether a document is refused for the first time; `is_signed` where somebody whose alarms count has signed it.
    pub(super) fn is_new_refusal(&mut self, sha256: &str, is_signed: bool) -> bool {
        if self.refusals.iter().any(|known| known == sha256) {
            return false;
        }
        self.refusals.push(sha256.to_owned());
        let over = self.refusals.len().saturating_sub(REFUSED_MOST);
        self.refusals.drain(..over);
        *(if is_signed { &mut self.standing.unread } else { &mut self.standing.refused }) += 1;
        true
    }

    /// Room for the one that comes. What is over goes first, then what is only shown, then what was decided; of these the oldest. One
    /// that sounds or asks goes for no other, and one that is only shown for none that is older: a long feed would bring them in turn, for
    /// ever. False where nothing may go.
    pub(super) fn make_room(&mut self, coming: &KnownCap, now: Option<Timestamp>) -> bool {
        if self.standing.alarms.len() < ALARMS_MOST {
            return true;
        }
        let is_past = |alarm: &KnownCap| now.is_some_and(|now| alarm.until <= now);
        let rank = |alarm: &KnownCap| {
            let are = |is: fn(CapStage) -> bool| alarm.parts.iter().all(|part| is(part.stage));
            if is_past(alarm) && are(CapStage::is_done) {
                Some((0, alarm.until))
            } else if alarm.is_shown() {
                Some((1, alarm.identity.sent))
            } else if are(|stage| stage.is_done() && stage != CapStage::Expired) {
                // The journal knows what became of it, should it come again.
                Some((2, alarm.identity.sent))
            } else {
                None
            }
        };
        let most = if is_past(coming) {
            Some((0, coming.until))
        } else {
            coming.is_shown().then_some((1, coming.identity.sent))
        };
        let all = self.standing.alarms.iter().enumerate();
        let first = all.filter_map(|(place, alarm)| Some((rank(alarm)?, place))).min();
        match first.filter(|(one, _)| most.is_none_or(|most| *one < most)) {
            Some((_, place)) => {
                self.standing.alarms.remove(place);
                true
            }
            None => false,
        }
    }

    /// That there was no room for one: whether it would have sounded or asked, and that is new.
    pub(super) fn lose(&mut self, alarm: &KnownCap, now: Option<Timestamp>) -> bool {
        let lost = &mut self.standing.lost;
        let holds = |until: Timestamp| now.is_none_or(|now| now < until);
        lost.retain(|one| holds(one.until));
        let is_open = alarm.parts.iter().any(|part| !part.stage.is_done());
        let is_known = lost.iter().any(|one| one.identity == alarm.identity);
        if !is_open || is_known || !holds(alarm.until) {
            return false;
        }
        let (identity, title, sender) = (alarm.identity.clone(), alarm.title.clone(), alarm.sender.clone());
        lost.push(LostCap { identity, title, sender, came: alarm.came, until: alarm.until });
        let over = lost.len().saturating_sub(LOST_MOST);
        lost.drain(..over);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::super::opinion::PartOpinion;
    use super::*;
    use crate::cap::CapTimes;
    use crate::checkup::Words;
    use crate::diag::text;
    use crate::station::{CapAct, Station};

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
            shared: Vec::new(),
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
            note: String::new(),
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
    fn what_waits_for_a_person_is_told_as_that_and_what_is_over_as_over() {
        let known = alarm(1, "kttv", "2026-11-29T09:00:00+07:00");
        let (sent, part, station) = (known.identity.sent, &known.parts[0], Station::default());
        for (now, told) in [
            (None, "CHƯA PHÁT, chờ người quyết định (đồng hồ"),
            (Some("2026-11-29T01:00:00+07:00"), "CHƯA PHÁT, chờ người quyết định (giờ gửi"),
            (Some("2026-11-29T04:00:00+07:00"), "chưa phát, sẽ tự phát (thử)"),
            (Some("2026-11-29T09:00:00+07:00"), "hết hạn, không phát (thử)"),
        ] {
            let said = part.line(&station, sent, now.map(at)).vi;
            assert!(said.contains(told), "{now:?}: {said}");
        }
        let now = Some(at("2026-11-29T04:00:00+07:00"));
        let (from, until) = (at("2026-11-29T05:00:00+07:00"), at("2026-11-29T04:30:00+07:00"));
        let never = KnownPart { from, until, ..part.clone() };
        assert!(never.asks(sent, now), "it is over before it holds");
        assert!(never.line(&station, sent, now).en.contains("NOT SOUNDED, waits for a person"));
        let early = KnownPart { from, ..part.clone() };
        assert!(!early.asks(sent, now));
        assert!(early.line(&station, sent, now).en.contains("will sound by itself"));
    }

    #[test]
    fn alarms_that_wait_are_counted_with_since_when_and_where_they_are_decided() {
        let (mut first, mut second) =
            (alarm(1, "kttv", "2026-11-29T09:00:00+07:00"), alarm(2, "kttv", "2026-11-29T09:00:00+07:00"));
        first.parts.push(first.parts[0].clone());
        (second.came, second.title) = (at("2026-11-29T03:30:00+07:00"), "Bão".to_owned());
        let standing = CapStanding { alarms: vec![first, second], ..CapStanding::default() };
        let station = Station::default();
        let now = Some(at("2026-11-29T04:00:00+07:00"));
        assert!(standing.finding(&station, now).is_none(), "they sound by themselves");
        let found = standing.finding(&station, None).unwrap();
        let (said, help) = (&found.message.vi, &found.help.vi);
        assert_eq!(found.code, "cap_waits");
        assert!(said.starts_with("2 báo động từ ngoài CHƯA PHÁT") && said.contains("03:00"), "{said}");
        assert!(said.ends_with("«Bão»"), "{said}");
        assert!(help.contains("Báo khẩn cấp") && help.contains("loa cap --status"), "{help}");
    }

    #[test]
    fn all_that_waits_is_told_first_however_many_came_after_it() {
        let waits = |number: usize| {
            let mut known = alarm(number, "kttv", "2026-11-29T09:00:00+07:00");
            known.title = format!("Lũ {number}");
            known
        };
        let mut alarms: Vec<KnownCap> = (0..40).map(waits).collect();
        for known in &mut alarms[5..35] {
            known.parts[0].stage = CapStage::Settled;
        }
        let standing = CapStanding { alarms, ..CapStanding::default() };
        let said: Vec<String> = standing.lines(&Station::default(), None, 3).into_iter().map(|line| line.vi).collect();
        let told: Vec<&str> =
            said.iter().filter_map(|line| Some(line.split_once("«Lũ ")?.1.split_once('»')?.0)).collect();
        assert_eq!(told, ["39", "38", "37", "36", "35", "4", "3", "2", "1", "0", "34", "33", "32"]);
    }

    #[test]
    fn the_journal_has_what_was_decided_and_not_what_a_rule_alone_would_do() {
        let mut known = alarm(1, "kttv", "2026-11-29T09:00:00+07:00").parts.remove(0);
        let mut judged = PartOpinion {
            zones: known.zones.clone(),
            act: CapAct::Sound,
            why: Words::from(text!("theo quy tắc 1", "by rule 1")),
            preset: Some("lu".to_owned()),
            from: known.from,
            until: known.until,
            not_now: None,
            is_over: false,
            times: CapTimes { sent: known.from, from: known.from, until: known.until },
            now: Some(at("2026-11-29T04:00:00+07:00")),
        };
        let station = Station::default();
        assert!(judged.line(&station).vi.contains("phát ngay"), "{judged:?}");
        // What is done is what is said: by a clock that is not believed, or that is behind, a person is asked.
        for (now, told) in [
            (None, "hỏi người có phát «"),
            (Some("2026-11-29T01:00:00+07:00"), "hỏi người có phát «"),
            (Some("2026-11-29T04:00:00+07:00"), "phát ngay «"),
            (Some("2026-11-29T09:00:00+07:00"), "KHÔNG phát, đã hết hạn"),
        ] {
            let now = now.map(at);
            let said = PartOpinion { now, ..judged.clone() }.line(&station).vi;
            assert!(said.starts_with(&format!("thon-1: {told}")), "{now:?}: {said}");
            assert_eq!(known.asks(judged.times.sent, now), said.contains("nên hỏi người"), "{now:?}: {said}");
        }
        (known.act, known.why) = (CapAct::Ask, Words::from(text!("đã phát 12 lần", "sounded 12 times")));
        judged.decide(&known);
        let said = judged.line(&station).vi;
        assert!(said.contains("hỏi người") && said.contains("đã phát 12 lần"), "{said}");
        assert!(!said.contains("phát ngay") && !said.contains("theo quy tắc"), "{said}");
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
        let ended = OrderEnd { order: "1".to_owned(), zones: vec!["thon-1".to_owned()] };
        assert_eq!(memory.withdraw("kttv", &own), [ended]);
        assert_eq!(memory.alarms()[0].parts[0].stage, CapStage::Withdrawn);
        assert!(memory.alarms()[3].parts[0].ends, "once it is known whether it was ordered");
        assert!(memory.is_withdrawn("kttv", &own[0]));
    }

    /// X is for Thôn 1; Y, of the same sound, for Thôn 1 and Thôn 2: in Thôn 1 the order of X sounds for both.
    #[test]
    fn what_is_taken_back_silences_no_other_that_sounds_by_the_same_order() {
        let until = "2026-11-29T09:00:00+07:00";
        let both = || {
            let mut memory = CapMemory::default();
            memory.standing.alarms.extend((0..2).map(|number| alarm(number, "kttv", until)));
            for (number, alarm) in memory.standing.alarms.iter_mut().enumerate() {
                let part = &mut alarm.parts[0];
                (part.stage, part.by_itself, part.order) = (CapStage::Ordered, true, Some(number.to_string()));
            }
            let y = &mut memory.standing.alarms[1].parts[0];
            y.zones.push("thon-2".to_owned());
            y.shared.push(("thon-1".to_owned(), "0".to_owned()));
            memory
        };
        let end = |order: &str, zones: &[&str]| OrderEnd {
            order: order.to_owned(),
            zones: zones.iter().map(|zone| (*zone).to_owned()).collect(),
        };
        let mut memory = both();
        let own: Vec<CapIdentity> = memory.alarms().iter().map(|alarm| alarm.identity.clone()).collect();
        assert_eq!(memory.withdraw("kttv", &own[..1]), [], "Y still holds in Thôn 1");
        assert_eq!(memory.withdraw("kttv", &own[1..]), [end("0", &["thon-1"]), end("1", &["thon-2"])]);
        let mut memory = both();
        assert_eq!(memory.withdraw("kttv", &own[1..]), [end("1", &["thon-2"])], "X still holds in Thôn 1");
        assert_eq!(memory.withdraw("kttv", &own[..1]), [end("0", &["thon-1"])]);
        // The order that sounds for it is a person's.
        let mut memory = both();
        memory.standing.alarms[0].parts[0].by_itself = false;
        assert_eq!(memory.withdraw("kttv", &own), [end("1", &["thon-2"])]);
        assert!(memory.alarms().iter().all(|alarm| alarm.parts[0].ends));
    }

    #[test]
    fn alarms_of_one_name_and_of_one_sender_are_counted_for_an_hour() {
        let mut memory = CapMemory::default();
        let until = "2026-11-29T12:00:00+07:00";
        for number in [1, 1, 2, 3] {
            memory.standing.alarms.push(alarm(number, "kttv", until));
        }
        memory.standing.alarms.push(alarm(1, "thuy-dien", until));
        // The same name, sent at another time, as each of them is.
        let mut one = alarm(1, "kttv", until);
        one.identity.sent = at("2026-11-29T03:20:00+07:00");
        let (soon, later) = (at("2026-11-29T03:30:00+07:00"), at("2026-11-29T04:00:00+07:00"));
        assert_eq!(memory.sounded(&one, soon), (0, 0), "they wait, and have not sounded");
        for own in &mut memory.standing.alarms {
            (own.parts[0].stage, own.parts[0].by_itself) = (CapStage::Ordered, true);
        }
        // One that a person has sounded, and one of which nobody knows yet.
        memory.standing.alarms[3].parts[0].by_itself = false;
        (memory.standing.alarms[2].parts[0].stage, memory.standing.alarms[2].parts[0].by_itself) =
            (CapStage::Ordering, false);
        assert_eq!(memory.sounded(&one, soon), (2, 3));
        assert_eq!(memory.sounded(&one, later), (0, 0));
        // It came long before it was ordered.
        memory.standing.alarms[0].parts[0].given = Some(at("2026-11-29T03:50:00+07:00"));
        assert_eq!(memory.sounded(&one, later), (1, 1));
        let itself = memory.alarms()[2].clone();
        assert_eq!(memory.sounded(&itself, soon), (0, 2), "another part of it is no other alarm");
    }

    #[test]
    fn a_record_that_cannot_be_read_is_set_aside_and_told() {
        let dir = tempfile::tempdir().unwrap();
        let folder = Folder::open(dir.path()).unwrap();
        let now = at("2026-11-29T10:00:00+07:00");
        assert_eq!(CapMemory::read(&folder, now), CapMemory::default(), "there was none");
        let mut memory = CapMemory::default();
        memory.standing.alarms.push(alarm(1, "kttv", "2026-11-29T12:00:00+07:00"));
        memory.write(&folder).unwrap();
        assert_eq!(CapMemory::read(&folder, now), memory);
        for bytes in [&b""[..], b"{\"alarms\":[{", b"\xff\x00"] {
            std::fs::write(dir.path().join(CapStanding::FILE), bytes).unwrap();
            let read = CapMemory::read(&folder, now);
            assert_eq!((read.standing.damaged, read.alarms().len()), (Some(now), 0));
            assert_eq!(std::fs::read(dir.path().join(CapStanding::DAMAGED)).unwrap(), bytes);
            assert!(!dir.path().join(CapStanding::FILE).exists());
        }
    }

    #[test]
    fn one_that_holds_is_never_forgotten() {
        let mut memory = CapMemory::default();
        let now = Some(at("2026-11-29T10:00:00+07:00"));
        for number in 0..ALARMS_MOST {
            memory.standing.alarms.push(alarm(number, "kttv", "2026-11-29T12:00:00+07:00"));
        }
        let coming = alarm(ALARMS_MOST, "kttv", "2026-11-29T12:00:00+07:00");
        assert!(!memory.make_room(&coming, now));
        (memory.standing.alarms[7].until, memory.standing.alarms[7].parts[0].stage) =
            (at("2026-11-29T09:00:00+07:00"), CapStage::Expired);
        assert!(!memory.make_room(&coming, None), "nobody knows what is over");
        assert!(memory.make_room(&coming, now));
        assert!(memory.alarms().iter().all(|alarm| alarm.digest != "7"));
        for digest in 0..REFUSED_MOST * 2 {
            assert!(memory.is_new_refusal(&digest.to_string(), false));
        }
        assert!(!memory.is_new_refusal(&(REFUSED_MOST * 2 - 1).to_string(), true));
        assert_eq!(memory.refusals.len(), REFUSED_MOST);
    }
    /// A feed of more alarms than are remembered, the newest first, nearly all of them only to be read.
    #[test]
    fn what_is_only_shown_goes_for_what_sounds_and_takes_no_newer_ones_place() {
        let (until, now) = ("2026-11-29T12:00:00+07:00", Some(at("2026-11-29T10:00:00+07:00")));
        let one = |number: usize, stage: CapStage| {
            let mut known = alarm(number, "kttv", until);
            let sent = known.identity.sent.as_second() - i64::try_from(number).unwrap();
            known.identity.sent = Timestamp::from_second(sent).unwrap();
            known.parts[0].stage = stage;
            known
        };
        let digests = |memory: &CapMemory| memory.alarms().iter().map(|one| one.digest.clone()).collect::<Vec<_>>();
        let mut memory = CapMemory::default();
        for number in 0..ALARMS_MOST {
            memory.standing.alarms.push(one(number, CapStage::Shown));
        }
        let before = digests(&memory);
        let older = one(499, CapStage::Shown);
        assert!(!memory.make_room(&older, now), "it is older than all of them");
        assert!(!memory.lose(&older, now), "nobody misses it");
        assert_eq!(digests(&memory), before);
        // Entry 499 of the feed sounds.
        let flood = one(499, CapStage::Open);
        assert!(memory.make_room(&flood, now));
        memory.standing.alarms.push(flood);
        assert!(!digests(&memory).contains(&(ALARMS_MOST - 1).to_string()), "the oldest one has gone");
        assert!(digests(&memory).contains(&"499".to_owned()));
        // What was decided goes once nothing is left that is only shown; what waits or sounds goes for nothing.
        for (place, known) in memory.standing.alarms.iter_mut().enumerate() {
            known.parts[0].stage = if place == 5 { CapStage::Declined } else { CapStage::Ordered };
        }
        let flood = one(501, CapStage::Open);
        assert!(!memory.make_room(&one(0, CapStage::Shown), now));
        assert!(memory.make_room(&flood, now));
        assert!(!digests(&memory).contains(&"5".to_owned()));
        memory.standing.alarms.push(flood);
        let lost = one(502, CapStage::Open);
        assert!(!memory.make_room(&lost, now));
        assert!(memory.lose(&lost, now) && !memory.lose(&lost, now), "it is told, once");
        let (station, standing) = (Station::default(), &memory.standing);
        let found = standing.lost_finding(now).unwrap();
        assert!(found.code == "cap_full" && found.message.vi.contains("«Lũ»"), "{}", found.message.vi);
        assert!(standing.lines(&station, now, 3).iter().any(|line| line.vi.contains("KHÔNG NHẬN ĐƯỢC")));
        assert!(standing.lost_finding(Some(at(until))).is_none(), "it is over");
    }
}
