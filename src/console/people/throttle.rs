use std::collections::HashMap;
use std::time::Duration;

use crate::instant::Mono;

/// Tries that nobody waits for: a person who mistypes is no attacker.
const FREE: u32 = 4;

/// The longest wait. It is short, and of the account and the address together: nobody can lock a village out.
const WAIT_MOST: Duration = Duration::from_mins(5);

/// The first wait; each further wrong try doubles it.
const WAIT_FIRST: Duration = Duration::from_secs(15);

/// Wrong tries of one account from everywhere, in the last while, after which each further try waits a moment.
const ANYWHERE_FREE: u32 = 100;
const ANYWHERE_WAIT: Duration = Duration::from_secs(30);

/// So long wrong tries are remembered.
const REMEMBERED: Duration = Duration::from_mins(30);

/// So many pairs are remembered at most: 10,000 tries from one address fill one.
const PAIRS_MOST: usize = 10_000;

/// Counts wrong tries to log in, for each account from each address, and for each account from everywhere. In memory only.
#[derive(Debug, Default)]
pub(crate) struct Throttle {
    tries: HashMap<(String, String), Tries>,
}

#[derive(Clone, Copy, Debug)]
struct Tries {
    wrong: u32,
    last: Mono,
}

/// Not yet: so long.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Wait(pub(crate) Duration);

impl Tries {
    fn wait(self, free: u32, first: Duration, most: Duration, now: Mono) -> Option<Wait> {
        let over = self.wrong.checked_sub(free)?;
        let length = first.saturating_mul(1 << over.min(10)).min(most);
        let passed = now.after(self.last);
        (passed < length).then(|| Wait(length.saturating_sub(passed)))
    }
}

impl Throttle {
    /// Whether `login` may be tried from `address` now.
    pub(crate) fn may(&self, login: &str, address: &str, now: Mono) -> Result<(), Wait> {
        let of = |address: &str| self.tries.get(&(login.to_owned(), address.to_owned()));
        let here = of(address).and_then(|tries| tries.wait(FREE, WAIT_FIRST, WAIT_MOST, now));
        // Somebody who never tried from here before waits for what others did elsewhere, but a moment only.
        let anywhere = of("").and_then(|tries| tries.wait(ANYWHERE_FREE, ANYWHERE_WAIT, ANYWHERE_WAIT, now));
        let elsewhere = anywhere.filter(|_| of(address).is_some());
        here.or(elsewhere).map_or(Ok(()), Err)
    }

    /// It was wrong.
    pub(crate) fn wrong(&mut self, login: &str, address: &str, now: Mono) {
        if self.tries.len() + 2 > PAIRS_MOST {
            self.forget(now);
        }
        for address in [address, ""] {
            let tries =
                self.tries.entry((login.to_owned(), address.to_owned())).or_insert(Tries { wrong: 0, last: now });
            *tries = Tries { wrong: tries.wrong.saturating_add(1), last: now };
        }
    }

    /// Let go of what is old; where that is not enough, of the older half.
    fn forget(&mut self, now: Mono) {
        self.tries.retain(|_, tries| now.after(tries.last) < REMEMBERED);
        if self.tries.len() > PAIRS_MOST / 2 {
            let mut times: Vec<Mono> = self.tries.values().map(|tries| tries.last).collect();
            let middle = times.len() / 2;
            let (_, middle, _) = times.select_nth_unstable(middle);
            let middle = *middle;
            self.tries.retain(|_, tries| tries.last > middle);
        }
    }

    /// It was right: this account is known here.
    pub(crate) fn right(&mut self, login: &str, address: &str) {
        self.tries.remove(&(login.to_owned(), address.to_owned()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Mono {
        Mono::from_origin(Duration::from_secs(seconds))
    }

    #[test]
    fn who_mistypes_waits_a_little_and_who_attacks_locks_out_nobody_else() {
        let mut throttle = Throttle::default();
        for _ in 0..FREE {
            assert_eq!(throttle.may("hai", "a", at(0)), Ok(()));
            throttle.wrong("hai", "a", at(0));
        }
        assert_eq!(throttle.may("hai", "a", at(0)), Err(Wait(WAIT_FIRST)));
        assert_eq!(throttle.may("hai", "a", at(15)), Ok(()));
        for second in 0..10_000 {
            throttle.wrong("hai", "a", at(second / 100));
        }
        assert_eq!(throttle.may("hai", "a", at(100)), Err(Wait(WAIT_MOST.saturating_sub(Duration::from_secs(1)))));
        assert_eq!(throttle.may("hai", "b", at(100)), Ok(()), "his own phone");
        assert_eq!(throttle.may("bay", "a", at(100)), Ok(()), "another person");
        assert_eq!(throttle.may("hai", "a", at(3_000)), Ok(()));
    }

    #[test]
    fn ten_thousand_names_from_as_many_addresses_take_no_more_room_than_is_kept_for_them() {
        let mut throttle = Throttle::default();
        for number in 0..20_000u64 {
            throttle.wrong(&format!("n{}", number % 300), &number.to_string(), at(number / 1_000));
        }
        assert!(throttle.tries.len() <= PAIRS_MOST);
    }
}
