use super::{Off, Ordered, Reason, Step};

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
            Self::Stopped(ordered) => Self::Stopped(with(ordered)),
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
            | Self::Stopped(ordered) => ordered.befell.as_deref(),
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

    /// A rule of the lawful hours and sessions, or of what was approved.
    pub const fn is_law(&self) -> bool {
        matches!(
            self,
            Self::OutsideHours | Self::PastHours | Self::SessionTooLong | Self::TooManySessions | Self::NotApproved(_)
        )
    }

    /// A note of a start, of the clock or of the journal: the time of the rows behind it may be another than that of the
    /// rows before it.
    pub const fn explains_the_time(&self) -> bool {
        matches!(
            self,
            Self::Started
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
        matches!(self, Self::Alert(_) | Self::Say(_) | Self::TestTone(_))
    }
}
