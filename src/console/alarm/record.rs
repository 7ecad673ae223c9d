use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::daemon::receipt::{Receipt, State, ZoneReceipt};
use crate::diag::{Text, is_same_name, text};
use crate::instant::Wall;
use crate::people::taker_of;
use crate::role::Right;
use crate::station::{Scope, Station};

/// After so long an alarm that was made ready and not sent is told on every page and in the journal.
pub(crate) const UNSENT_AFTER: Duration = Duration::from_mins(1);

/// After so long it is given up: what was true then may not be true any more.
pub(crate) const GIVEN_UP_AFTER: Duration = Duration::from_mins(10);

/// Within so long a second person agrees with an alarm afterwards.
pub(crate) const AGREED_WITHIN: Duration = Duration::from_hours(24);

/// The daemon's own word of an order comes a moment behind its answer: so long nothing is over.
const SETTLED_AFTER: Duration = Duration::from_secs(3);

/// What an alarm is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum AlarmKind {
    /// The real one.
    Real,
    /// A drill: it says so, and keeps the law.
    Drill,
    /// It takes back an alarm that was a mistake.
    Correction,
    /// It says that the danger is over.
    Lifted,
}

/// Where it has its pages: what is real and what is a drill have nothing in common, not an address either.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum AlarmPlace {
    /// `/emergency`.
    Emergency,
    /// `/drill`.
    Drill,
}

impl AlarmPlace {
    /// What somebody needs for it.
    pub(crate) const fn right(self) -> Right {
        match self {
            Self::Emergency => Right::Alert,
            Self::Drill => Right::Drill,
        }
    }

    pub(crate) const fn path(self) -> &'static str {
        match self {
            Self::Emergency => "/emergency",
            Self::Drill => "/drill",
        }
    }
}

/// Who did something, and when.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(crate) struct AlarmSign {
    /// As the journal has him.
    pub(crate) name: String,
    /// His number; below zero of a sealed code.
    pub(crate) person: i64,
    /// In milliseconds since 1970.
    pub(crate) at: i64,
}

/// How far it has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum AlarmProgress {
    /// Made ready: it is NOT sent.
    Ready,
    /// One person wants it to sound, and a second one is wanted: it is NOT sent.
    Wanted,
    /// It is on its way to the daemon.
    Going,
    /// The daemon has taken it.
    Sent,
    /// The same was on already in all of its zones: it added nothing.
    Same,
    /// It was given up.
    Dropped,
}

/// An order that it gave.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub(crate) struct AlarmOrder {
    /// Its id in the journal.
    pub(crate) id: String,
    /// What the daemon answered.
    pub(crate) zones: Vec<ZoneReceipt>,
    /// Somebody else gave it before, and it is the same: this alarm added nothing to it.
    #[serde(default)]
    pub(crate) is_others: bool,
}

/// One alarm.
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own, and kept under its own name")]
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub(crate) struct Alarm {
    /// Names it in addresses.
    pub(crate) token: String,
    /// Names the form that made it: sent twice, it made one.
    pub(crate) form: String,
    pub(crate) kind: AlarmKind,
    /// The alarm that it corrects or ends: its token.
    #[serde(default)]
    pub(crate) of: Option<String>,
    /// The alarm from outside that it sounds: its mark in the journal.
    #[serde(default)]
    pub(crate) outside: Option<String>,
    /// What people call the danger.
    pub(crate) vi: String,
    pub(crate) en: String,
    /// Its sound; of a drill the one that says that it is a drill.
    pub(crate) sound: String,
    /// Of a drill what is heard between.
    #[serde(default)]
    pub(crate) between: Option<String>,
    /// Ids of its zones, never none.
    pub(crate) zones: Vec<String>,
    pub(crate) times: u32,
    /// How many persons it takes.
    pub(crate) scope: Scope,
    /// Who made it ready.
    pub(crate) made: AlarmSign,
    pub(crate) step: AlarmProgress,
    /// The journal was told that it is not sent.
    #[serde(default)]
    pub(crate) unsent_told: bool,
    /// Why the daemon did not take it, when it was last tried.
    #[serde(default)]
    pub(crate) failed: Option<(String, String)>,
    /// It is not known whether it has taken it.
    #[serde(default)]
    pub(crate) unclear: bool,
    /// Who wanted it to sound first, where it takes two.
    #[serde(default)]
    pub(crate) wanted: Option<AlarmSign>,
    /// Who sent it.
    #[serde(default)]
    pub(crate) sent: Option<AlarmSign>,
    #[serde(default)]
    pub(crate) orders: Vec<AlarmOrder>,
    /// The second person.
    #[serde(default)]
    pub(crate) second: Option<AlarmSign>,
    /// Why one person sent what takes two.
    #[serde(default)]
    pub(crate) alone: Option<String>,
    /// Who ended it.
    #[serde(default)]
    pub(crate) ended: Option<AlarmSign>,
    /// When the daemon last took an order of it, in milliseconds since 1970.
    #[serde(default)]
    pub(crate) taken: Option<i64>,
    /// The daemon has told of its newest order by itself, besides the answer.
    #[serde(default)]
    pub(crate) seen: bool,
    /// When the daemon had nothing more of it, in milliseconds since 1970.
    #[serde(default)]
    pub(crate) over: Option<i64>,
    /// First samples, as measured: by zone, in milliseconds since 1970.
    #[serde(default)]
    pub(crate) begun: BTreeMap<String, i64>,
    /// A drill was measured.
    #[serde(default)]
    pub(crate) measured: bool,
    /// Who has read and ticked its outcome.
    #[serde(default)]
    pub(crate) read: Option<AlarmSign>,
    /// What was added afterwards.
    #[serde(default)]
    pub(crate) remarks: Vec<(AlarmSign, String)>,
}

/// An instant as it is kept here.
pub(crate) fn millis(at: Wall) -> i64 {
    at.nanos() / 1_000_000
}

/// The instant that is kept so.
pub(crate) fn instant(millis: i64) -> Wall {
    Wall::from_nanos(millis.saturating_mul(1_000_000))
}

impl AlarmSign {
    /// Whether it is the same person's: by his number, or by his name however it is typed, as on the paper of a sealed code.
    pub(crate) fn is_by(&self, person: i64, name: &str) -> bool {
        self.person == person || is_same_name(taker_of(&self.name), taker_of(name))
    }

    pub(crate) fn is_older(&self, now: Wall, than: Duration) -> bool {
        is_older(self.at, now, than)
    }
}

/// Whether what was at `at`, in milliseconds since 1970, is so long ago.
fn is_older(at: i64, now: Wall, than: Duration) -> bool {
    let most = i64::try_from(than.as_millis()).unwrap_or(i64::MAX);
    // A clock that was set back a little says little; what is from far in the future is old.
    (millis(now) - at).abs() >= most
}

impl AlarmKind {
    pub(crate) const fn place(self) -> AlarmPlace {
        match self {
            Self::Drill => AlarmPlace::Drill,
            Self::Real | Self::Correction | Self::Lifted => AlarmPlace::Emergency,
        }
    }
}

impl Alarm {
    /// Where it is shown.
    pub(crate) fn path(&self) -> String {
        format!("{}/{}", self.kind.place().path(), self.token)
    }

    /// What people call the danger.
    pub(crate) fn title(&self) -> Text {
        Text { vi: self.vi.clone(), en: self.en.clone() }
    }

    /// What it is and of what: `đính chính: Lũ`.
    pub(crate) fn whole_title(&self) -> Text {
        let (vi, en) = (&self.vi, &self.en);
        match self.kind {
            AlarmKind::Real => self.title(),
            AlarmKind::Drill => text!("diễn tập: {vi}", "drill: {en}"),
            AlarmKind::Correction => text!("đính chính: {vi}", "correction: {en}"),
            AlarmKind::Lifted => text!("hết báo động: {vi}", "over: {en}"),
        }
    }

    /// The same, as a heading has it: `báo động: Lũ`.
    pub(crate) fn named(&self) -> Text {
        let (vi, en) = (&self.vi, &self.en);
        if self.kind == AlarmKind::Real { text!("báo động: {vi}", "alarm: {en}") } else { self.whole_title() }
    }

    /// It is made ready and not sent.
    pub(crate) const fn is_open(&self) -> bool {
        matches!(self.step, AlarmProgress::Ready | AlarmProgress::Wanted)
    }

    /// What the daemon says no more of is over: what it says of itself comes a moment behind its answer to the newest order.
    pub(crate) fn is_settled(&self, now: Wall) -> bool {
        let last = self.taken.or(self.sent.as_ref().map(|sent| sent.at));
        self.seen || last.is_none_or(|at| is_older(at, now, SETTLED_AFTER))
    }

    /// The same of one zone: what the newest order says nothing of was settled before.
    pub(crate) fn is_settled_in(&self, zone: &str, now: Wall) -> bool {
        let newest = self.orders.last();
        let is_of_newest = newest.is_none_or(|order| order.zones.iter().any(|receipt| receipt.zone == zone));
        !is_of_newest || self.ended.is_some() || self.is_settled(now)
    }

    /// It was sent, and the daemon still has something of it.
    pub(crate) fn is_on(&self) -> bool {
        self.step == AlarmProgress::Sent && self.over.is_none()
    }

    /// A second person has not agreed yet with what one person has sent.
    pub(crate) fn lacks_second(&self) -> bool {
        self.kind == AlarmKind::Real
            && self.step == AlarmProgress::Sent
            && self.scope != Scope::Alone
            && self.second.is_none()
    }

    /// It is over, and nobody has read how it went.
    pub(crate) fn is_unread(&self) -> bool {
        self.kind == AlarmKind::Real && self.over.is_some() && self.read.is_none()
    }

    /// Nothing is to be done about it any more.
    pub(crate) fn is_done(&self) -> bool {
        match self.step {
            AlarmProgress::Dropped | AlarmProgress::Same => true,
            AlarmProgress::Sent => {
                self.over.is_some()
                    && !self.is_unread()
                    && !self.lacks_second()
                    && (self.measured || self.kind != AlarmKind::Drill)
            }
            AlarmProgress::Ready | AlarmProgress::Wanted | AlarmProgress::Going => false,
        }
    }

    /// What the daemon answered to an order of it. Where the same was on before by an order of somebody else, it is that
    /// one that sounds; `is_known` says which orders other alarms have given. Where that is so everywhere, and nothing of
    /// its own was ever taken, it has added nothing.
    pub(crate) fn answer(&mut self, receipt: Receipt, now: Wall, is_known: impl Fn(&str) -> bool) {
        // Sent before without an answer, it meets itself.
        let may_be_own = self.unclear;
        let is_own = |all: &[AlarmOrder], id: &str| {
            all.iter().any(|own| own.id == id && !own.is_others) || may_be_own && !is_known(id)
        };
        let mut adds = self.orders.iter().any(|own| !own.is_others);
        for zone in &receipt.zones {
            match zone.same_as.as_deref() {
                Some(id) => {
                    let is_others = !is_own(&self.orders, id);
                    adds |= !is_others;
                    if !self.orders.iter().any(|known| known.id == id) {
                        self.orders.push(AlarmOrder { id: id.to_owned(), zones: Vec::new(), is_others });
                    }
                }
                None => adds = true,
            }
        }
        self.begun.extend(begun(&receipt.zones));
        self.orders.push(AlarmOrder { id: receipt.order, zones: receipt.zones, is_others: false });
        (self.failed, self.unclear) = (None, false);
        (self.taken, self.seen) = (Some(millis(now)), false);
        self.step = if adds { AlarmProgress::Sent } else { AlarmProgress::Same };
    }

    /// The orders of others that were the same, where it met them.
    pub(crate) fn met(&self) -> impl Iterator<Item = &str> {
        self.orders.iter().filter(|order| order.is_others).map(|order| order.id.as_str())
    }

    /// Whether what is heard of it in a zone is an order of somebody else, given before.
    pub(crate) fn met_in(&self, zone: &str) -> bool {
        let receipts = self.orders.iter().flat_map(|order| &order.zones).filter(|receipt| receipt.zone == zone);
        let mut same = receipts.filter_map(|receipt| receipt.same_as.as_deref());
        let mut met = self.met();
        same.next_back().is_some_and(|same| met.any(|id| id == same))
    }

    /// Seconds from the tap to the first sample that somebody could hear: where there is a horn, and by it, not by what
    /// was on before. None where there was none.
    pub(crate) fn seconds_to_sound(&self, station: &Station) -> Option<f64> {
        let sent = self.sent.as_ref()?.at;
        let heard = self.begun.iter().filter(|(zone, at)| station.is_horn(zone) && **at >= sent);
        Some((heard.map(|(_, at)| *at).min()? - sent) as f64 / 1_000.0)
    }
}

/// First samples that the answer to an order tells of.
fn begun(zones: &[ZoneReceipt]) -> impl Iterator<Item = (String, i64)> {
    let heard = zones.iter().filter(|zone| matches!(zone.state, State::Sounding | State::Unheard | State::Sounded));
    heard.filter_map(|zone| {
        let started: Timestamp = zone.started.as_deref()?.parse().ok()?;
        Some((zone.zone.clone(), started.as_millisecond()))
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::store::tests::alarm;
    use super::*;

    #[test]
    fn the_second_person_is_not_the_first_under_another_spelling() {
        let first = AlarmSign { name: "Lê Thị Tư".to_owned(), person: 3, at: 0 };
        for (person, name) in [(3, "Lê Thị Tư"), (-1, "lê thị  tư, mã niêm phong số 2"), (-1, "le thi tu")]
        {
            assert!(first.is_by(person, name), "{name}");
        }
        let by_code = AlarmSign { name: "Lê Thị Tư, mã niêm phong số 1".to_owned(), person: -1, at: 0 };
        assert!(by_code.is_by(3, "Lê Thị Tư") && by_code.is_by(-2, "LÊ THỊ TƯ, mã niêm phong số 2"));
        assert!(!by_code.is_by(-2, "Lê Thị Tám, mã niêm phong số 2") && !first.is_by(4, "Trần Thị Hai"));
    }

    #[test]
    fn a_zone_that_was_just_added_is_not_over_before_the_daemon_has_told_of_it() {
        let mut alarm = alarm("a", "f", 1);
        let receipt = |order: &str, zones: &[&str]| {
            let zone = |zone: &&str| json!({ "zone": zone, "title": zone, "state": "sounding", "seconds": 4.0 });
            let zones: Vec<Value> = zones.iter().map(zone).collect();
            let receipt =
                json!({ "order": order, "kind": "alert", "name": "lu", "times": 1, "at": "", "zones": zones });
            serde_json::from_value::<Receipt>(receipt).unwrap()
        };
        alarm.answer(receipt("1", &["thon-2"]), instant(1_000), |_| false);
        alarm.seen = true;
        assert!(alarm.is_settled_in("thon-2", instant(60_000)));
        alarm.answer(receipt("2", &["thon-1"]), instant(60_000), |_| false);
        assert!(!alarm.is_settled_in("thon-1", instant(60_500)), "taken half a second ago");
        assert!(alarm.is_settled_in("thon-2", instant(60_500)), "nothing new was ordered there");
        assert!(alarm.is_settled_in("thon-1", instant(63_000)), "and never told of");
    }
}
