//! Who is connected, and who has to go when too many are: counted by account, as the kernel names it. A
//! connection that has said nothing is worth the least; nobody's takes another account's place.

use std::collections::BTreeMap;

/// Connections of one account at once. The console orders for many people and has one each.
pub(super) const OF_ONE: usize = 64;

/// Connections of all accounts: well under the descriptors that a service may open (1,024).
pub(super) const OF_ALL: usize = 384;

/// The connections there are, by number: a later one has a greater.
#[derive(Debug, Default)]
pub(super) struct Seats {
    last: u64,
    taken: BTreeMap<u64, Seat>,
}

#[derive(Clone, Copy, Debug)]
struct Seat {
    account: u32,
    /// It has not said what it wants yet.
    silent: bool,
}

impl Seats {
    /// A new connection of an account sits down: its number, and the one that has to go for it.
    pub(super) fn take(&mut self, account: u32) -> (u64, Option<u64>) {
        let own = self.of(account);
        let goes = if own >= OF_ONE {
            self.least_of(account)
        } else if self.taken.len() >= OF_ALL {
            self.fullest().and_then(|fullest| self.least_of(fullest))
        } else {
            None
        };
        if let Some(goes) = goes {
            self.taken.remove(&goes);
        }
        self.last += 1;
        self.taken.insert(self.last, Seat { account, silent: true });
        (self.last, goes)
    }

    /// It has said what it wants.
    pub(super) fn speaks(&mut self, number: u64) {
        if let Some(seat) = self.taken.get_mut(&number) {
            seat.silent = false;
        }
    }

    /// It is over.
    pub(super) fn leave(&mut self, number: u64) {
        self.taken.remove(&number);
    }

    fn of(&self, account: u32) -> usize {
        self.taken.values().filter(|seat| seat.account == account).count()
    }

    fn fullest(&self) -> Option<u32> {
        let mut counts: BTreeMap<u32, usize> = BTreeMap::new();
        for seat in self.taken.values() {
            *counts.entry(seat.account).or_default() += 1;
        }
        counts.into_iter().max_by_key(|(_, count)| *count).map(|(account, _)| account)
    }

    /// The oldest that has said nothing; else the oldest.
    fn least_of(&self, account: u32) -> Option<u64> {
        let own = self.taken.iter().filter(|(_, seat)| seat.account == account);
        own.min_by_key(|(number, seat)| (!seat.silent, **number)).map(|(number, _)| *number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_with_too_many_loses_its_oldest_silent_one_and_no_one_else_s() {
        let mut seats = Seats::default();
        let (other, _) = seats.take(2);
        let own: Vec<u64> = (0..OF_ONE).map(|_| seats.take(1).0).collect();
        seats.speaks(own[0]);
        assert_eq!(seats.take(1).1, Some(own[1]), "the oldest has spoken; the next goes");
        for number in &own {
            seats.speaks(*number);
        }
        for _ in 0..10_000 {
            assert_ne!(seats.take(1).1, Some(other));
        }
        assert_eq!((seats.of(1), seats.of(2)), (OF_ONE, 1));
    }

    #[test]
    fn where_all_are_taken_the_fullest_account_gives_way() {
        let mut seats = Seats::default();
        for _ in 0..OF_ONE {
            for account in 1..=(OF_ALL / OF_ONE) as u32 {
                seats.take(account);
            }
        }
        seats.leave(1);
        seats.take(100);
        let (_, goes) = seats.take(100);
        assert!(goes.is_some_and(|goes| goes > 1));
        assert_eq!(seats.taken.len(), OF_ALL);
        assert_eq!(seats.of(100), 2);
    }
}
