use std::time::Duration;

use jiff::SignedDuration;

use super::voucher::{Voucher, Word};
use crate::diag::{Text, text};
use crate::instant::Wall;
use crate::reason::Reason;

/// No loa was built before 2026: a clock that reads less was never set.
const EARLIEST: Wall = Wall::from_secs(1_767_225_600);

/// The clocks of two looks may disagree by the length of a write.
const BEHIND_MOST: Duration = Duration::from_secs(1);

/// A battery clock that differs by more than this was not what set the clock, or is not to be believed
/// itself. Cheap ones drift by seconds a day, and the kernel reads whole seconds.
const BATTERY_MOST: SignedDuration = SignedDuration::from_mins(2);

/// A clock that was once right is still as right as its quartz; further from where it should be than
/// this, and one part in [`DRIFT`] of the time since, somebody has set it.
const MOVED_LEAST: Duration = Duration::from_mins(1);

/// The worst quartz of a cheap board: 200 parts in a million, or 17 seconds a day.
const DRIFT: u32 = 5_000;

/// What speaks for the machine's clock, and against it.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Evidence {
    /// The kernel says that the clock is being synchronised now.
    pub synchronised: bool,
    /// When it last was, since this boot.
    pub synchronised_at: Option<Voucher>,
    /// What the battery clock reads.
    pub battery: Option<Wall>,
    /// The sign of a virtual machine or container, whose host keeps the time.
    pub host: Option<String>,
    /// A person's word, given since this boot.
    pub word: Option<Word>,
    /// How long the machine has been on.
    pub up: Duration,
    /// The newest row of the journal that counts.
    pub newest: Option<Wall>,
}

/// Whether the clock is believed.
#[derive(Clone, PartialEq, Debug)]
pub enum ClockVerdict {
    /// It is, for this reason.
    Trusted(Basis),
    /// It is not; these speak against it, never none.
    Untrusted(Vec<Doubt>),
}

/// Why the clock is believed. `Display` gives the code that the journal has.
#[derive(Clone, PartialEq, Debug)]
pub enum Basis {
    /// Synchronised now.
    Ntp,
    /// Synchronised earlier in this boot, and not set since.
    NtpEarlier,
    /// A battery clock says the same.
    Battery,
    /// A virtual machine or container, by this sign.
    HostClock(String),
    /// A person's word, given in this boot; the clock was not set since.
    Person(String),
    /// `[clock] trust = "always"`.
    Always,
}

/// Why the clock is not believed. `Display` gives the code that the journal has.
#[derive(Clone, PartialEq, Debug)]
pub enum Doubt {
    /// Earlier than the newest row of the journal.
    EarlierThanJournal,
    /// Earlier than any loa: it was never set.
    NeverSet,
    /// Not synchronised since the machine was switched on.
    NoNtp,
    /// No battery clock.
    NoBattery,
    /// A battery clock says something else: the clock minus the battery's.
    BatteryDiffers(SignedDuration),
    /// It was right, or a person said so, and somebody has set it since.
    Moved,
}

/// What to say to a person who vouches for a clock that was never set; `None` where it may be right.
pub fn never_set(now: Wall) -> Option<Text> {
    (now < EARLIEST).then(|| ClockVerdict::Untrusted(vec![Doubt::NeverSet]).cure())?
}

/// Weigh the evidence. A clock earlier than the newest row, or than any loa, is believed by
/// nobody, `always` included: no real afternoon lies before what has been written down already.
pub fn judge(evidence: &Evidence, always: bool, now: Wall) -> ClockVerdict {
    if evidence.newest.is_some_and(|newest| now < newest - BEHIND_MOST) {
        return ClockVerdict::Untrusted(vec![Doubt::EarlierThanJournal]);
    }
    if now < EARLIEST {
        return ClockVerdict::Untrusted(vec![Doubt::NeverSet]);
    }
    if let Some(reason) = reason(evidence, always, now) {
        return ClockVerdict::Trusted(reason);
    }
    let battery = evidence.battery.map_or(Doubt::NoBattery, |battery| Doubt::BatteryDiffers(now.since(battery)));
    let mut doubts = vec![Doubt::NoNtp, battery];
    if evidence.word.is_some() || evidence.synchronised_at.is_some() {
        // What held once holds no more.
        doubts[0] = Doubt::Moved;
    }
    ClockVerdict::Untrusted(doubts)
}

fn reason(evidence: &Evidence, always: bool, now: Wall) -> Option<Basis> {
    let holds = |voucher: &Voucher| !is_moved(voucher, now, evidence.up);
    if evidence.synchronised {
        return Some(Basis::Ntp);
    }
    if evidence.battery.is_some_and(|battery| now.since(battery).abs() <= BATTERY_MOST) {
        return Some(Basis::Battery);
    }
    if let Some(word) = evidence.word.as_ref().filter(|word| holds(&word.given)) {
        return Some(Basis::Person(word.by.clone()));
    }
    if evidence.synchronised_at.as_ref().is_some_and(holds) {
        return Some(Basis::NtpEarlier);
    }
    if let Some(host) = &evidence.host {
        return Some(Basis::HostClock(host.clone()));
    }
    always.then_some(Basis::Always)
}

/// The clock is not where it would be if nobody had set it since.
fn is_moved(voucher: &Voucher, now: Wall, up: Duration) -> bool {
    let Some(since) = up.checked_sub(voucher.up) else { return true };
    let expected = voucher.at + since;
    now.since(expected).unsigned_abs() > MOVED_LEAST + since / DRIFT
}

impl ClockVerdict {
    /// What speaks for it, or against it, as the journal has it.
    pub fn reasons(&self) -> Vec<Reason> {
        match self {
            Self::Trusted(basis) => vec![basis.reason()],
            Self::Untrusted(doubts) => doubts.iter().map(Doubt::reason).collect(),
        }
    }

    /// The reason of a note: `clock_trusted: ntp`.
    pub fn note(&self) -> Reason {
        match self {
            Self::Trusted(_) => Reason::ClockTrusted(self.reasons()),
            Self::Untrusted(_) => Reason::ClockUntrusted(self.reasons()),
        }
    }

    /// What to do about it; `None` where there is nothing to do.
    pub fn cure(&self) -> Option<Text> {
        let Self::Untrusted(doubts) = self else { return None };
        Some(match doubts.first() {
            Some(Doubt::NeverSet) => text!(
                "hãy chỉnh giờ máy cho đúng (sudo timedatectl set-time \"2026-12-01 05:00\"), rồi gõ: loa clock confirm",
                "set the machine's clock (sudo timedatectl set-time \"2026-12-01 05:00\"), then type: loa clock confirm"
            ),
            Some(Doubt::EarlierThanJournal) => text!(
                "hãy so với đồng hồ khác và chỉnh giờ máy nếu sai; nếu giờ máy đúng, gõ: loa clock confirm",
                "compare it with another clock and set the machine's where it is wrong; if it is right, type: loa clock confirm"
            ),
            _ => text!(
                "hãy so với đồng hồ khác; nếu giờ máy đúng, gõ: loa clock confirm. Để khỏi phải làm sau mỗi lần mất điện: nối mạng, \
                 gắn pin đồng hồ (RTC), hoặc ghi trust = \"always\" vào mục [clock] của loa.toml",
                "compare it with another clock; if it is right, type: loa clock confirm. So as not to do so after each power cut: \
                 connect a network, fit a battery clock (RTC), or write trust = \"always\" under [clock] in loa.toml"
            ),
        })
    }
}

impl Basis {
    /// As the journal has it.
    pub fn reason(&self) -> Reason {
        match self {
            Self::Ntp => Reason::Ntp,
            Self::NtpEarlier => Reason::NtpEarlier,
            Self::Battery => Reason::Battery,
            Self::HostClock(sign) => Reason::HostClock(sign.clone()),
            Self::Person(by) => Reason::Person(by.clone()),
            Self::Always => Reason::Always,
        }
    }
}

impl Doubt {
    /// As the journal has it.
    pub const fn reason(&self) -> Reason {
        match self {
            Self::EarlierThanJournal => Reason::EarlierThanJournal,
            Self::NeverSet => Reason::NeverSet,
            Self::NoNtp => Reason::NoNtp,
            Self::NoBattery => Reason::NoBattery,
            // Without its figure: it grows by the second, and each change of a code is a note.
            Self::BatteryDiffers(_) => Reason::BatteryDiffers,
            Self::Moved => Reason::ClockMoved,
        }
    }
}

#[cfg(test)]
mod tests;
