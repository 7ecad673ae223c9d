use std::num::NonZeroU32;

/// An order by hand: an alert, a say, test tones. What it plays, where and how urgently stands in the broadcast that it
/// is the origin of.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Order {
    /// Names it in the running player.
    pub number: OrderNumber,
    /// Names it in the journal.
    pub id: String,
    /// On whose word, as it was given.
    pub by: String,
    /// The account that gave it, as the kernel names it.
    pub account: String,
    /// Why; empty for a say.
    pub why: String,
    /// When it was to begin, by the clock of that moment, in RFC 3339: a part of its airings' names in the journal, which
    /// stay whatever the clock does.
    pub given: String,
}

/// Names an order by hand among all that one player was given. It does not depend on any clock.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct OrderNumber(pub NonZeroU32);
