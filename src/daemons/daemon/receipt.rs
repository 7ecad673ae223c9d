//! What an order is answered with: per zone, what really sounds, or why not. It says what the loop says
//! ([`OrderStand`]), at the moment of the answer; it judges nothing itself.

mod before;
mod left;
mod refused;
mod words;

use std::time::Duration;

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

pub use left::LeftReceipt;

use super::handle::Handle;
use crate::checkup::Words;
use crate::diag::{Text, shown, text};
use crate::instant::Wall;
use crate::player::{OrderStand, Stand, ZoneStand};
use crate::reason::Reason;
use crate::station::{OutputName, Zone};

/// So long an answer waits for the first sample in each zone: a card that is there has begun by then.
pub(super) const SOUND_MOST: Duration = Duration::from_secs(2);

/// The answer to an order.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Receipt {
    /// The order's id: its rows in the journal carry it.
    pub order: String,
    /// What was ordered.
    pub kind: OrderKind,
    /// The sound's name in `audio/`, of a decision the broadcast's id; empty for a stop and a test.
    pub name: String,
    /// How many times it is heard.
    pub times: u32,
    /// When it was taken, in RFC 3339.
    pub at: String,
    /// Every zone that was named, in the station's order.
    pub zones: Vec<ZoneReceipt>,
    /// A file that is being written to: what plays is what it was when it was last whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub former: Option<String>,
    /// The orders that a stop was to end, by id; none: everything.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub orders: Vec<String>,
    /// Those of them that it has not ended, and why.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left: Vec<LeftReceipt>,
}

/// What can be ordered.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OrderKind {
    /// At once, over anything, at any hour.
    Alert,
    /// In its turn, within the hours.
    Say,
    /// Silence.
    Stop,
    /// A few tones, to hear which horns these are.
    Test,
    /// A drill: in its turn, within the hours, and it says that it is one.
    Drill,
    /// Somebody speaks live, within the hours, where nothing else sounds.
    Talk,
    /// A broadcast may sound.
    Approve,
    /// A broadcast may not, as it is.
    Return,
}

/// What becomes of an order in one zone.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct ZoneReceipt {
    /// Its id.
    pub zone: String,
    /// What people call it.
    pub title: String,
    /// What becomes of it.
    pub state: State,
    /// When its first sample was heard, as measured; in RFC 3339.
    pub started: Option<String>,
    /// When its turn comes, as things stand.
    pub start: Option<String>,
    /// The length of what it plays there.
    pub seconds: f64,
    /// Why it does not sound now, or not yet.
    pub why: Option<ReceiptWhy>,
    /// Of what has been heard: a part only, as its row says.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub partial: bool,
    /// The order that was given before and is the same.
    pub same_as: Option<String>,
    /// What a stop has ended there: titles.
    #[serde(default)]
    pub ended: Vec<String>,
    /// The emergency that it breaks into there, which goes on after it: its title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interrupts: Option<String>,
    /// Older alerts of the same account that ended for it there, as there were too many: titles.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dropped: Vec<String>,
}

/// What becomes of an order in one zone, in a word.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Taken, and being got ready; the answer did not wait for the sound.
    Accepted,
    /// Heard now, from `started` on.
    Sounding,
    /// It plays, or has played, where there is no horn: heard by nobody, and done. Of a talk as soon as it is taken.
    Unheard,
    /// It has been heard.
    Sounded,
    /// Its turn comes at `start`.
    Waits,
    /// It does not sound; `why` says why, and whether it still may.
    Silent,
    /// A stop: nothing that it was to end sounds any more; [`ZoneReceipt::ended`] says whether anything did.
    Stopped,
}

/// A reason, for programs and for people.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ReceiptWhy {
    /// As in the journal: `device_failed`, `outside_hours`, `waits`, …
    pub code: String,
    /// A sentence without its full stop.
    #[serde(flatten)]
    pub words: Words,
    /// It will sound as soon as what hinders it is gone, without being ordered again.
    pub tried_again: bool,
}

/// What was ordered, for the answer.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct OrderAnswer {
    pub(super) kind: OrderKind,
    pub(super) name: String,
    pub(super) times: u32,
    /// The account at the other end.
    pub(super) account: String,
    /// The answer waits for the sound.
    pub(super) waits: bool,
    /// What to say where nothing can play.
    pub(super) refusal: Option<Text>,
    /// The file that is being written to, of which its last whole version plays.
    pub(super) former: Option<String>,
    /// What a stop is to end only; none: everything.
    pub(super) orders: Vec<String>,
}

impl OrderAnswer {
    /// Of an order by an account; it waits for the sound or not.
    pub(super) fn of(kind: OrderKind, name: &str, times: u32, (account, waits): (&str, bool)) -> Self {
        let (name, account) = (name.to_owned(), account.to_owned());
        Self { kind, name, times, account, waits, refusal: None, former: None, orders: Vec::new() }
    }
}

impl Receipt {
    /// It sounds everywhere, or will in its turn; for a stop, all is quiet.
    pub fn is_good(&self) -> bool {
        let good = |zone: &ZoneReceipt| match zone.state {
            State::Sounding | State::Unheard | State::Stopped => true,
            // Somebody ended it, or its device went away.
            State::Sounded => zone.why.is_none(),
            // An alert that waits is not what was ordered.
            State::Accepted | State::Waits => self.kind != OrderKind::Alert || zone.is_warming(),
            State::Silent => false,
        };
        self.zones.iter().all(good) && self.left.iter().all(LeftReceipt::is_over)
    }

    /// A stop of orders of which there is none.
    pub fn is_for_nothing(&self) -> bool {
        let is_none = self.left.iter().all(LeftReceipt::is_unknown);
        !self.orders.is_empty() && self.left.len() == self.orders.len() && is_none
    }

    pub(super) fn of(ordered: &OrderAnswer, stand: &OrderStand, handle: &Handle) -> Self {
        let station = &handle.snapshot().world.station;
        let now = handle.now();
        let zones = stand.zones.iter().filter_map(|zone| {
            let known = station.zones.get(usize::from(zone.zone.0))?;
            let teller = Teller { ordered, now, tz: &station.timezone };
            Some(teller.zone(known, zone))
        });
        Self {
            order: stand.id.clone(),
            kind: ordered.kind,
            name: ordered.name.clone(),
            times: ordered.times,
            at: stand.at.rfc3339(&station.timezone),
            zones: zones.collect(),
            former: ordered.former.clone(),
            orders: ordered.orders.clone(),
            left: stand.left.iter().map(|(order, why)| LeftReceipt::of(order, *why)).collect(),
        }
    }
}

impl ZoneReceipt {
    /// It waits for its amplifier only.
    fn is_warming(&self) -> bool {
        self.state == State::Accepted || self.why.as_ref().is_some_and(|why| why.code == WARMING)
    }
}

/// An amplifier that was just put on.
const WARMING: &str = "amplifier_warming";

struct Teller<'a> {
    ordered: &'a OrderAnswer,
    now: Wall,
    tz: &'a TimeZone,
}

impl Teller<'_> {
    fn zone(&self, known: &Zone, stand: &ZoneStand) -> ZoneReceipt {
        let instant = |at: Wall| Some(at.rfc3339(self.tz));
        let mut receipt = ZoneReceipt {
            zone: known.id.clone(),
            title: known.title.clone(),
            state: State::Silent,
            started: None,
            start: None,
            seconds: stand.seconds,
            why: None,
            partial: false,
            same_as: stand.same_as.clone(),
            ended: Vec::new(),
            interrupts: stand.interrupts.clone(),
            dropped: stand.dropped.iter().map(|title| shown(title)).collect(),
        };
        match &stand.stand {
            Stand::Begins if !self.ordered.waits => receipt.state = State::Accepted,
            Stand::Begins => receipt.why = Some(not_begun()),
            Stand::Sounds { started } => (receipt.state, receipt.started) = (State::Sounding, instant(*started)),
            Stand::Waits { start, behind } => {
                (receipt.state, receipt.start) = (State::Waits, instant(*start));
                receipt.why = Some(self.waits(*start, behind.as_deref()));
            }
            // It stays so until `loa.toml` is another.
            Stand::Hindered { why: trouble, .. } if known.output == OutputName::Unusable => {
                receipt.why = Some(why("device_failed", trouble.clone(), false));
            }
            Stand::Hindered { why, until } => receipt.why = Some(self.hindered(why, *until)),
            Stand::Copied { until } => receipt.why = Some(self.copied(*until)),
            Stand::Over { started: Some(started), whole, reason, .. } => {
                (receipt.state, receipt.started) = (State::Sounded, instant(*started));
                receipt.partial = !whole;
                receipt.why = reason.as_ref().filter(|reason| !is_own(reason)).map(over);
            }
            Stand::Over { reason, .. } => receipt.why = Some(over(reason.as_ref().unwrap_or(&Reason::Cancelled))),
            Stand::Refused(refusal) => receipt.why = Some(self.refused(refusal)),
            Stand::Stopped { what, quiet } => {
                receipt.ended = what.iter().map(|title| shown(title)).collect();
                if *quiet {
                    receipt.state = State::Stopped;
                } else {
                    receipt.why = Some(not_quiet());
                }
            }
        }
        // Whoever speaks is told before he does.
        let begins = receipt.state == State::Accepted && self.ordered.kind == OrderKind::Talk;
        let plays = begins || (matches!(receipt.state, State::Sounding | State::Sounded) && receipt.why.is_none());
        if let Some(hornless) = hornless(&known.output).filter(|_| plays) {
            (receipt.state, receipt.why) = (State::Unheard, Some(hornless));
        }
        receipt
    }

    fn clock(&self, at: Wall) -> Text {
        moment(at, self.now, self.tz)
    }

    fn waits(&self, start: Wall, behind: Option<&str>) -> ReceiptWhy {
        let Text { vi, en } = self.clock(start);
        match behind {
            Some(title) => {
                let title = shown(title);
                why(
                    "waits",
                    text!("chờ «{title}» phát xong, khoảng {vi}", "waits for \"{title}\" to end, about {en}"),
                    true,
                )
            }
            None => why(
                WARMING,
                text!("tăng âm đang khởi động, kêu lúc {vi}", "the amplifier warms up, heard at {en}"),
                true,
            ),
        }
    }

    fn hindered(&self, trouble: &Text, until: Wall) -> ReceiptWhy {
        let Text { vi, en } = self.clock(until);
        let (trouble_vi, trouble_en) = (&trouble.vi, &trouble.en);
        why(
            "device_failed",
            text!(
                "{trouble_vi}; loa còn thử đến {vi}, có card là phát ngay",
                "{trouble_en}; tried again until {en}, heard as soon as the card is there"
            ),
            true,
        )
    }

    fn copied(&self, until: Wall) -> ReceiptWhy {
        let Text { vi, en } = self.clock(until);
        why(
            "changing",
            text!(
                "tệp âm thanh còn đang được chép hoặc kiểm tra; xong là phát ngay, chờ đến {vi}",
                "its sound is still being copied or examined; heard as soon as it is whole, waited for until {en}"
            ),
            true,
        )
    }
}

/// The journal gives what was ordered by hand its order as the reason, where nothing went wrong.
fn is_own(reason: &Reason) -> bool {
    reason.is_order() && !matches!(reason.trouble(), Some(Reason::DeviceLost(_)))
}

/// What became of it, from the journal's reason.
fn over(reason: &Reason) -> ReceiptWhy {
    why(reason.code(), reason.words(), false)
}

fn not_begun() -> ReceiptWhy {
    let most = SOUND_MOST.as_secs();
    let words = text!(
        "sau {most} giây vẫn chưa kêu (card âm thanh không trả lời, hoặc máy quá bận); loa còn thử",
        "not heard after {most} s (the sound card does not answer, or the machine is too busy); still tried"
    );
    why("not_begun", words, true)
}

/// Why nobody hears what plays on an output, if it is no horn.
fn hornless(output: &OutputName) -> Option<ReceiptWhy> {
    let words = match output {
        OutputName::Null => {
            text!("output = \"null\", chỉ ghi vào nhật ký", "output = \"null\", written in the journal only")
        }
        OutputName::Wav(file) => {
            let file = shown(&file.to_string_lossy());
            text!("output là tệp «{file}», chỉ ghi ra tệp", "the output is the file \"{file}\"")
        }
        OutputName::Device(_) | OutputName::Pulse(_) | OutputName::Unusable => return None,
    };
    Some(why("no_horn", words, false))
}

fn not_quiet() -> ReceiptWhy {
    let words = text!(
        "đã ra lệnh dừng, nhưng card âm thanh chưa báo là đã im",
        "told to be silent; the sound card has not said yet that it is"
    );
    why("not_quiet", words, true)
}

fn why(code: &str, words: Text, tried_again: bool) -> ReceiptWhy {
    ReceiptWhy { code: code.to_owned(), words: words.into(), tried_again }
}

/// `11:00`; with seconds within ten minutes; with its date where that is another.
fn moment(at: Wall, now: Wall, tz: &TimeZone) -> Text {
    const NEAR: Duration = Duration::from_mins(10);
    let (zoned, today) = (at.zoned(tz), now.zoned(tz).date());
    let near = at > now && at.after(now) < NEAR;
    let clock = zoned.strftime(if near { "%H:%M:%S" } else { "%H:%M" }).to_string();
    if zoned.date() == today {
        return text!("{clock}", "{clock}");
    }
    let (vi, en) = (zoned.strftime("%d/%m").to_string(), zoned.strftime("%F").to_string());
    text!("{clock} ngày {vi}", "{clock} on {en}")
}
