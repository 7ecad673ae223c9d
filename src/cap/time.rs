use jiff::{SignedDuration, Timestamp};

/// An alarm that names no end is over after so long: what was true then may not be true any more.
const LASTS: SignedDuration = SignedDuration::from_hours(12);
/// However long an alarm says that it holds, after so long it wants to be sent again.
const LASTS_MOST: SignedDuration = SignedDuration::from_hours(7 * 24);
/// A clock may be an hour wrong, here or there. What comes from further ahead is a mistake that a person looks at.
const AHEAD_MOST: SignedDuration = SignedDuration::from_mins(90);

/// When something that an alarm says holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CapTimes {
    /// When it was sent.
    pub sent: Timestamp,
    /// From when on it holds.
    pub from: Timestamp,
    /// When it is over.
    pub until: Timestamp,
}

/// Where an instant lies in it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CapMoment {
    /// The clock is not believed: nobody can say.
    Unknown,
    /// It was sent later than it can be: one of the clocks is wrong.
    Ahead,
    /// It does not hold yet.
    Early,
    /// It holds.
    Holds,
    /// It is over.
    Over,
}

impl CapTimes {
    /// By what an alarm says: `sent`, `effective`, `expires`.
    pub fn of(sent: Timestamp, effective: Option<Timestamp>, expires: Option<Timestamp>) -> Self {
        let after = |from: Timestamp, most: SignedDuration| from.checked_add(most).unwrap_or(Timestamp::MAX);
        let from = effective.unwrap_or(sent).max(sent);
        let most = after(sent, LASTS_MOST);
        let until = expires.unwrap_or_else(|| after(from, LASTS)).min(most);
        Self { sent, from, until }
    }

    /// Where `now` lies; none where the clock is not believed.
    pub fn at(&self, now: Option<Timestamp>) -> CapMoment {
        let Some(now) = now else { return CapMoment::Unknown };
        if now >= self.until {
            return CapMoment::Over;
        }
        if self.sent.duration_since(now) > AHEAD_MOST {
            return CapMoment::Ahead;
        }
        // What was sent by a clock that goes before, and says no other time, holds at once: it was sent, so it is so.
        if self.from > now && self.from > self.sent { CapMoment::Early } else { CapMoment::Holds }
    }
}
