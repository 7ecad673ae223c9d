use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::instant::Mono;

/// Requests at once after a pause: a program that reads a month page by page.
const BURST: f64 = 300.0;

/// Requests a second after that; the same as ten people who tap as fast as they can.
const A_SECOND: f64 = 20.0;

/// Who is counted, at most: every token there can be, and addresses.
const COUNTED_MOST: usize = 1_024;

/// How much each token, and each address without one, may still ask now.
#[derive(Debug, Default)]
pub(crate) struct Rates(Mutex<HashMap<String, (Mono, f64)>>);

impl Rates {
    /// Count one request. `Err` says in how many seconds there is room for another.
    pub(crate) fn ask(&self, who: &str, now: Mono) -> Result<(), u64> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= COUNTED_MOST && !all.contains_key(who) {
            // Who has not asked for so long that all of it is there again needs no place.
            let whole = Duration::from_secs_f64(BURST / A_SECOND);
            all.retain(|_, (at, _)| now.after(*at) < whole);
            if all.len() >= COUNTED_MOST {
                return Err(1);
            }
        }
        let (at, left) = all.entry(who.to_owned()).or_insert((now, BURST));
        *left = (*left + now.after(*at).as_secs_f64() * A_SECOND).min(BURST);
        *at = now;
        if *left < 1.0 {
            return Err(1);
        }
        *left -= 1.0;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Mono {
        Mono::from_origin(Duration::from_secs(seconds))
    }

    #[test]
    fn who_asks_too_much_waits_and_nobody_else_does() {
        let rates = Rates::default();
        let taken = (0..1_000).filter(|_| rates.ask("1", at(10)).is_ok()).count();
        assert_eq!((taken, rates.ask("2", at(10))), (300, Ok(())));
        let later = (0..1_000).filter(|_| rates.ask("1", at(12)).is_ok()).count();
        assert_eq!(later, 40);
    }

    #[test]
    fn a_flood_of_names_takes_no_more_room_than_there_is() {
        let rates = Rates::default();
        let taken = (0..5_000).filter(|name| rates.ask(&name.to_string(), at(10)).is_ok()).count();
        assert_eq!(taken, COUNTED_MOST);
        assert_eq!(rates.ask("later", at(60)), Ok(()));
    }
}
