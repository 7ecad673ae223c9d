use std::time::Duration;

use jiff::civil::DateTime;
use loa::clock::Clock;
use loa::machine::MachineClock;

use super::late::slack;

/// The local time of the station (Asia/Ho_Chi_Minh) at the whole second at least `seconds` from now; later on a machine
/// that is busy, where a daemon takes longer to start and to look at its sounds.
#[expect(clippy::disallowed_methods, reason = "a real daemon lives by the real clock")]
pub(crate) fn whole_second_in(seconds: i64) -> DateTime {
    let now = jiff::Timestamp::now().as_second() + 1;
    let at = jiff::Timestamp::from_second(now + seconds + slack()).unwrap();
    at.in_tz("Asia/Ho_Chi_Minh").unwrap().datetime()
}

/// A `[[broadcast]]` at this local time; `more` is further lines.
pub(crate) fn broadcast_at(id: &str, at: DateTime, play: &str, more: &str) -> String {
    let (date, time) = (at.date(), at.time());
    format!("[[broadcast]]\nid = \"{id}\"\ndates = [{date}]\nat = \"{time}\"\nplay = [{play}]\n{more}\n")
}

/// Wait until the local time of the station is `at`.
#[expect(clippy::disallowed_methods, reason = "a real station is disturbed at a real instant")]
pub(crate) fn wait_for(at: DateTime) {
    let at = at.in_tz("Asia/Ho_Chi_Minh").unwrap().timestamp().as_nanosecond() as i64;
    std::thread::sleep(Duration::from_nanos((at - MachineClock.wall().nanos()).max(0) as u64));
}
