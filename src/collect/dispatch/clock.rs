use std::time::Duration;

use jiff::tz::TimeZone;
use loa_core::diag::{figure, text};
use loa_core::instant::Wall;

use super::{DispatchError, Dispatcher};

/// So far may the centre's clock be from the server's. A message takes seconds; nobody gives an alarm for less than this.
const APART_MOST: Duration = Duration::from_mins(5);

/// Whether the time by which something is to be signed or judged is the server's too. Where the server does not say, nobody waits for it.
pub async fn compare_clock(dispatcher: &Dispatcher, now: Wall, tz: &TimeZone) -> Result<(), DispatchError> {
    dispatcher.time().await.map_or(Ok(()), |server| judge_clock(now, server, tz))
}

/// One of the two is wrong: boxes would take an alarm for over, or hold it for hours too long, and nobody would know why.
fn judge_clock(own: Wall, server: Wall, tz: &TimeZone) -> Result<(), DispatchError> {
    let apart = own.after(server).max(server.after(own));
    if apart <= APART_MOST {
        return Ok(());
    }
    Err(DispatchError::Refused(text!(
        own = figure::moment(own, tz), server = figure::moment(server, tz), apart = figure::length(apart);
        "chưa gửi: đồng hồ của máy này là {own}, của máy chủ là {server}, lệch nhau {apart}. Gửi đi thì đài coi là đã hết hạn, hay giữ quá lâu. Sai ở máy này: sudo timedatectl set-ntp true, rồi gõ lại; chắc chắn máy này đúng: thêm --clock-is-right, rồi sửa giờ máy chủ",
        "not sent: the clock of this machine says {own}, that of the server {server}, which is {apart} apart. Stations would take it for over, or hold it too long. Where this machine is wrong: sudo timedatectl set-ntp true, then type it again; where it is surely right: add --clock-is-right, and mend the server's clock"
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_is_hours_off_is_told_with_both_times_and_the_cure() {
        let now = Wall::from_secs(1_796_000_000);
        let judge = |own: Wall| judge_clock(own, now, &TimeZone::UTC);
        for fine in [now, now + APART_MOST, now - APART_MOST] {
            assert!(judge(fine).is_ok(), "{fine:?}");
        }
        let hours = Duration::from_hours(3);
        for wrong in [now + hours, now - hours] {
            let said = judge(wrong).unwrap_err().text().vi;
            let own = figure::moment(wrong, &TimeZone::UTC).vi;
            for part in [own.as_str(), "lệch nhau 3 giờ", "timedatectl", "--clock-is-right"] {
                assert!(said.contains(part), "{part}: {said}");
            }
        }
    }
}
