use super::decided::{Approved, NotApproved, Returned};
use super::detail::{Confirmed, Refused};
use super::{Off, Ordered, OwnAccounts, Reason, Step};
use crate::diag::Lang;

impl Reason {
    /// The same of airings that are only counted: how many, by zone and broadcast.
    #[must_use]
    pub fn counting(self, counts: String) -> Self {
        match self {
            Self::StationOff(off) => Self::StationOff(Off { counts, ..off }),
            Self::ClockStep(step) => Self::ClockStep(Step { counts, ..step }),
            Self::ClockUntrusted(mut because) => {
                because.push(Self::Unknown(counts));
                Self::ClockUntrusted(because)
            }
            Self::Late(_) => Self::Late(counts),
            other => other,
        }
    }

    /// An order whose device was away: where nothing sounded for want of a card that is why, whoever then stopped it.
    #[must_use]
    pub fn but(self, trouble: Self) -> Self {
        let with = |ordered: Ordered| Ordered { befell: Some(Box::new(trouble)), ..ordered };
        match self {
            Self::Alert(ordered) => Self::Alert(with(ordered)),
            Self::Warrant(ordered) => Self::Warrant(with(ordered)),
            Self::Say(ordered) => Self::Say(with(ordered)),
            Self::TestTone(ordered) => Self::TestTone(with(ordered)),
            Self::Drill(ordered) => Self::Drill(with(ordered)),
            Self::Talk(ordered) => Self::Talk(with(ordered)),
            Self::TalkLost(ordered) => Self::TalkLost(with(ordered)),
            Self::Stopped(ordered) => Self::Stopped(with(ordered)),
            Self::Recalled(ordered) => Self::Recalled(with(ordered)),
            other => other,
        }
    }

    /// What befell the device of an order.
    pub fn trouble(&self) -> Option<&Self> {
        match self {
            Self::Alert(ordered)
            | Self::Warrant(ordered)
            | Self::Say(ordered)
            | Self::TestTone(ordered)
            | Self::Drill(ordered)
            | Self::Talk(ordered)
            | Self::TalkLost(ordered)
            | Self::Stopped(ordered)
            | Self::Recalled(ordered) => ordered.befell.as_deref(),
            _ => None,
        }
    }

    /// Its time had passed.
    pub const fn late() -> Self {
        Self::Late(String::new())
    }

    /// The clock was not believed at that time.
    pub const fn untrusted() -> Self {
        Self::ClockUntrusted(Vec::new())
    }

    /// A rule of the lawful hours and sessions, a day that is called off, or what was approved.
    pub const fn is_law(&self) -> bool {
        matches!(
            self,
            Self::OutsideHours
                | Self::PastHours
                | Self::SessionTooLong
                | Self::TooManySessions
                | Self::CancelledDay(_)
                | Self::NotApproved(_)
        )
    }

    /// A note of a start, of the clock or of the journal: the time of the rows behind it may be another than that of the
    /// rows before it.
    pub const fn explains_the_time(&self) -> bool {
        matches!(
            self,
            Self::Started(_)
                | Self::ClockTrusted(_)
                | Self::ClockUntrusted(_)
                | Self::ClockConfirmed(_)
                | Self::ClockDrift(_)
                | Self::ClockStep(_)
                | Self::ClockMoved
                | Self::JournalRenewed(_)
                | Self::JournalAltered(_)
                | Self::JournalGone(_)
                | Self::JournalRestored(_)
                | Self::StationRestored(_)
                | Self::JournalGap(_)
        )
    }

    /// A person's decision on a broadcast.
    pub const fn is_decision(&self) -> bool {
        matches!(self, Self::Approved(_) | Self::Returned(_))
    }

    /// The journal is another than the one that the station had left: what was decided in it before counts no more.
    pub const fn voids_decisions(&self) -> bool {
        matches!(
            self,
            Self::JournalRenewed(_) | Self::JournalAltered(_) | Self::JournalGone(_) | Self::StationRestored(_)
        )
    }

    /// Somebody ordered it by hand.
    pub const fn is_order(&self) -> bool {
        matches!(self, Self::Alert(_) | Self::Say(_) | Self::TestTone(_) | Self::Drill(_) | Self::Talk(_))
    }

    /// The same for people, who know each other: names, with the accounts behind them where those are not the station's own.
    #[must_use]
    pub fn among_people(&self, own: &OwnAccounts, lang: Lang) -> Self {
        let person = |by: &str| own.named(by, lang);
        let ordered = |order: &Ordered| Ordered { by: person(&order.by), ..order.clone() };
        match self {
            Self::Alert(order) => Self::Alert(ordered(order)),
            Self::Say(order) => Self::Say(ordered(order)),
            Self::TestTone(order) => Self::TestTone(ordered(order)),
            Self::Drill(order) => Self::Drill(ordered(order)),
            Self::Talk(order) => Self::Talk(ordered(order)),
            Self::TalkKept(order) => Self::TalkKept(ordered(order)),
            Self::TalkUnkept(order) => Self::TalkUnkept(ordered(order)),
            Self::TalkHowl(order) => Self::TalkHowl(ordered(order)),
            Self::TalkSilent(order) => Self::TalkSilent(ordered(order)),
            Self::TalkLost(order) => Self::TalkLost(ordered(order)),
            Self::Stopped(order) => Self::Stopped(ordered(order)),
            Self::Recalled(order) => Self::Recalled(ordered(order)),
            Self::AlarmUnsent(order) => Self::AlarmUnsent(ordered(order)),
            Self::AlarmDropped(order) => Self::AlarmDropped(ordered(order)),
            Self::AlarmAgreed(order) => Self::AlarmAgreed(ordered(order)),
            Self::AlarmAlone(order) => Self::AlarmAlone(ordered(order)),
            Self::AlarmRead(order) => Self::AlarmRead(ordered(order)),
            Self::AlarmRemark(order) => Self::AlarmRemark(ordered(order)),
            Self::AlarmReceived(order) => Self::AlarmReceived(ordered(order)),
            Self::AlarmDeclined(order) => Self::AlarmDeclined(ordered(order)),
            Self::AlarmUnheard(order) => Self::AlarmUnheard(ordered(order)),
            Self::DrillMeasured(order) => Self::DrillMeasured(ordered(order)),
            Self::NightCode(order) => Self::NightCode(ordered(order)),
            Self::NightCodes(order) => Self::NightCodes(ordered(order)),
            Self::OrderRefused(refused) => Self::OrderRefused(Refused {
                because: refused.because.clone(),
                order: Box::new(refused.order.among_people(own, lang)),
            }),
            Self::Approved(approved) => Self::Approved(Approved {
                by: person(&approved.by),
                entered_by: approved.entered_by.as_deref().map(person),
                digest: approved.digest.clone(),
            }),
            Self::Returned(returned) => Self::Returned(Returned { by: person(&returned.by), ..returned.clone() }),
            Self::NotApproved(NotApproved::Returned(by)) => Self::NotApproved(NotApproved::Returned(person(by))),
            Self::ClockConfirmed(confirmed) => {
                Self::ClockConfirmed(Confirmed { by: person(&confirmed.by), ..confirmed.clone() })
            }
            Self::ClockTrusted(because) => {
                Self::ClockTrusted(because.iter().map(|one| one.among_people(own, lang)).collect())
            }
            Self::ClockUntrusted(because) => {
                Self::ClockUntrusted(because.iter().map(|one| one.among_people(own, lang)).collect())
            }
            Self::Person(by) => Self::Person(person(by)),
            // Of a schedule: whoever wrote it had no account, and may have used brackets.
            other => other.clone(),
        }
    }
}
