use jiff::Timestamp;

use super::running::{ORDER_MOST, Watching, forbidden};
use super::stage::{CapDeed, CapStage};
use super::standing::{KnownCap, KnownPart};
use super::taken::received;
use crate::checkup::Words;
use crate::daemon::client::{self, Unanswered};
use crate::daemon::protocol::{AlarmMark, Command};
use crate::daemon::receipt::Receipt;
use crate::diag::{Text, shown, text};
use crate::journal::Reader;
use crate::station::CapAct;

/// An alarm that sounds so long after it was sent is told as late: whoever hears it must know.
const LATE: i64 = 5 * 60;
/// So long after an order nobody knows whether it was taken: the daemon's watchdog is quicker.
const SETTLED: i64 = 40;
/// Letters of the name of who ordered it, and of why, as the order takes them.
const BY_MOST: usize = 200;
const WHY_MOST: usize = 300;
/// What was refused is tried again after so many times the usual wait, at most.
const PATIENCE_MOST: u32 = 32;

/// What the journal knows of an order.
enum Found {
    /// It was taken: its id.
    Taken(String),
    /// A person decided that it does not sound: who, and why.
    Declined(String),
    /// It was not.
    Nothing,
    /// The journal cannot be read.
    Unknown,
}

/// An order that was taken.
struct OrderTaken {
    order: Option<String>,
    by_itself: bool,
    /// Zones in which another order is the same.
    shared: Vec<(String, String)>,
}

impl OrderTaken {
    const fn by_a_person(order: String) -> Self {
        Self { order: Some(order), by_itself: false, shared: Vec::new() }
    }
}

impl Watching<'_> {
    /// Order what is to be ordered, each once, and see what persons have sounded.
    pub(super) async fn give(&self) {
        let mut waits = 1_u32;
        loop {
            let open: Vec<(KnownCap, KnownPart)> = {
                let memory = self.memory();
                let all = memory.alarms().iter().flat_map(|alarm| alarm.parts.iter().map(move |part| (alarm, part)));
                let open = all.filter(|(_, part)| matches!(part.stage, CapStage::Open | CapStage::Ordering));
                open.map(|(alarm, part)| (alarm.clone(), part.clone())).collect()
            };
            let mut is_refused = false;
            for (alarm, part) in &open {
                is_refused |= self.step(alarm, part).await;
            }
            waits = if is_refused { (waits * 2).min(PATIENCE_MOST) } else { 1 };
            tokio::select! {
                () = self.stirred.notified() => waits = 1,
                () = tokio::time::sleep(self.watch.pace.again * waits), if !open.is_empty() => {}
            }
        }
    }

    /// One step on with a part; whether the daemon has refused it.
    async fn step(&self, alarm: &KnownCap, part: &KnownPart) -> bool {
        let now = self.believed();
        if part.stage == CapStage::Ordering {
            // A daemon that was about to take it has done so by now, and written it down, or was ended by its watchdog.
            let since = |given: Timestamp| self.now().duration_since(given).abs().as_secs();
            if part.given.is_some_and(|given| since(given) < SETTLED) {
                return false;
            }
            match self.in_journal(part) {
                Found::Taken(order) => {
                    self.ordered(part, OrderTaken { order: Some(order), by_itself: true, shared: Vec::new() }, alarm)
                        .await;
                    return false;
                }
                Found::Declined(why) => {
                    self.declined(part, why);
                    return false;
                }
                Found::Nothing if part.ends => {
                    self.set(part, |part| part.stage = CapStage::Withdrawn);
                    return false;
                }
                Found::Nothing => {}
                // Nobody knows: looked at again later.
                Found::Unknown => return false,
            }
        }
        let deed = part.deed(alarm.identity.sent, now);
        if deed == CapDeed::Over {
            self.set(part, |part| part.stage = CapStage::Expired);
            let title = &part.title;
            self.say(&text!("«{title}» đã hết hạn mà chưa phát", "\"{title}\" is over, and was not sounded"));
            return false;
        }
        if deed == CapDeed::Sounds {
            return self.sound(alarm, part).await;
        }
        self.is_decided(alarm, part).await;
        false
    }

    /// Whether a person has sounded it, or decided that it does not sound: then that is remembered.
    pub(super) async fn is_decided(&self, alarm: &KnownCap, part: &KnownPart) -> bool {
        match self.in_journal(part) {
            Found::Taken(order) => self.ordered(part, OrderTaken::by_a_person(order), alarm).await,
            Found::Declined(why) => self.declined(part, why),
            Found::Nothing | Found::Unknown => return false,
        }
        true
    }

    fn declined(&self, part: &KnownPart, why: String) {
        let words = Words { vi: why.clone(), en: why };
        self.set(part, |part| (part.stage, part.why, part.refused) = (CapStage::Declined, words, None));
    }

    async fn sound(&self, alarm: &KnownCap, part: &KnownPart) -> bool {
        let _ordering = self.ordering.lock().await;
        // It may have been taken back while another order was given.
        let is_open = |part: &KnownPart| matches!(part.stage, CapStage::Open | CapStage::Ordering) && !part.ends;
        if !self.memory().part(&part.mark).is_some_and(|part| is_open(part)) {
            return false;
        }
        let Some(command) = self.order(alarm, part) else {
            let why = text!(
                "loa.toml không còn báo động ấy trong [emergency]",
                "loa.toml has no such alarm in [emergency] any more"
            );
            self.refused(part, &why).await;
            return true;
        };
        let now = self.now();
        // A person may have been quicker, while the clock was not believed; or it sounded before the record of alarms was lost.
        if self.is_decided(alarm, part).await {
            return false;
        }
        // More of them may have come at one time than sound by themselves.
        if let Some(why) = self.brake(alarm) {
            let words = Words::from(&why);
            self.set(part, |part| (part.stage, part.act, part.why) = (CapStage::Open, CapAct::Ask, words));
            self.tell_unsounded(part, &why).await;
            return false;
        }
        // Before the order: whatever happens now, it is not given twice.
        let is_kept = self.set(part, |part| (part.stage, part.given) = (CapStage::Ordering, Some(now)));
        if !is_kept {
            self.say(&text!(
                "không ghi được vào state/cap; báo động vẫn được phát ngay",
                "state/cap cannot be written; the alarm is sounded all the same"
            ));
        }
        match client::ask(&self.watch.site.socket(), &command, ORDER_MOST).await {
            Ok(answer) => {
                let receipt = serde_json::from_value::<Receipt>(answer).ok();
                if let Some(receipt) = &receipt {
                    for line in receipt.head().into_iter().chain(receipt.lines()) {
                        self.say(&line);
                    }
                }
                let shared = receipt.iter().flat_map(|receipt| &receipt.zones);
                let shared = shared.filter_map(|zone| Some((zone.zone.clone(), zone.same_as.clone()?))).collect();
                let order = receipt.map(|receipt| receipt.order);
                self.ordered(part, OrderTaken { order, by_itself: true, shared }, alarm).await;
                false
            }
            Err(Unanswered::Unclear) => false,
            Err(Unanswered::Absent) => {
                self.set(part, |part| part.stage = CapStage::Open);
                false
            }
            Err(Unanswered::Forbidden) => {
                self.refused(part, &forbidden()).await;
                true
            }
            // Its sound may come yet.
            Err(Unanswered::Refused(why)) => {
                self.refused(part, &why).await;
                true
            }
        }
    }

    /// That a person is asked after all, for the journal: it has it as one that sounds.
    async fn tell_unsounded(&self, part: &KnownPart, why: &Text) {
        let (why, mark) = (&why.vi, received(&part.mark));
        self.note(AlarmMark::Received, None, &part.title, &format!("CHƯA PHÁT, hỏi người: {why} {mark}")).await;
    }

    async fn refused(&self, part: &KnownPart, why: &Text) {
        let words = Words::from(why);
        self.set(part, |part| (part.stage, part.refused) = (CapStage::Open, Some(words)));
        let (title, Text { vi, en }) = (&part.title, why);
        self.say_once(&part.mark, &text!("CHƯA PHÁT được «{title}»: {vi}", "\"{title}\" is NOT SOUNDED: {en}"));
        // Tried again and again, told once.
        if part.refused.is_none() {
            self.tell_unsounded(part, why).await;
        }
    }

    async fn ordered(&self, part: &KnownPart, given: OrderTaken, alarm: &KnownCap) {
        let mut ends = Vec::new();
        self.remember(|memory| {
            let Some(part) = memory.part(&part.mark) else { return };
            (part.stage, part.by_itself, part.refused) = (CapStage::Ordered, given.by_itself, None);
            (part.order, part.shared) = (given.order, given.shared);
            if part.ends {
                let mark = part.mark.clone();
                ends = memory.ends(&[mark]);
            }
        });
        for end in ends {
            self.end(end, alarm).await;
        }
    }

    /// Change the part as it is remembered now; whether that could be written down.
    fn set(&self, part: &KnownPart, change: impl FnOnce(&mut KnownPart)) -> bool {
        self.remember(|memory| {
            if let Some(part) = memory.part(&part.mark) {
                change(part);
            }
        })
    }

    fn order(&self, alarm: &KnownCap, part: &KnownPart) -> Option<Command> {
        let emergency = &self.watch.station.emergency;
        let preset = part.preset.as_deref().and_then(|id| emergency.preset(id))?;
        let late = self.now().duration_since(alarm.identity.sent).as_secs();
        let (title, mark): (String, _) = (part.title.chars().take(WHY_MOST).collect(), &part.mark);
        let why = if late >= LATE {
            let minutes = late / 60;
            format!("{title} {mark}, đến muộn {minutes} phút")
        } else {
            format!("{title} {mark}")
        };
        Some(Command::Alert {
            name: preset.sound.clone(),
            zones: part.zones.clone(),
            by: shown(&alarm.sender).chars().take(BY_MOST).collect(),
            why,
            times: emergency.repeat,
            wait: true,
            tone: true,
            insists: true,
        })
    }

    /// Whether an order for this part was taken, by whomever, or a person decided against it.
    fn in_journal(&self, part: &KnownPart) -> Found {
        let reader = match Reader::open(&self.watch.site.journal()) {
            Ok(Some(reader)) => reader,
            Ok(None) => return Found::Nothing,
            Err(_) => return Found::Unknown,
        };
        match (reader.order_marked(&part.mark), reader.declined(&part.mark)) {
            (Ok(Some(order)), _) => Found::Taken(order),
            (Ok(None), Ok(Some(why))) => Found::Declined(why),
            (Ok(None), Ok(None)) => Found::Nothing,
            (Err(_), _) | (_, Err(_)) => Found::Unknown,
        }
    }
}
