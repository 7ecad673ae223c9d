//! Whether the clock can be right, by what can be known without asking the machine for more than the time.

use jiff::tz::TimeZone;

use super::Finding;
use crate::diag::{Text, text};
use crate::instant::Wall;

/// The year in which this loa was made: an earlier clock has lost its time.
const MADE: i16 = 2026;

/// A machine that lives longer than this is not run by the same loa.
const LATEST: i16 = MADE + 50;

/// A clock earlier than the newest row by less than this is two looks at once.
const SLACK: std::time::Duration = std::time::Duration::from_secs(1);

/// What `now` cannot be. `newest` is the newest instant in the journal.
pub fn judge(now: Wall, newest: Option<Wall>, tz: &TimeZone) -> Vec<Finding> {
    let (year, said) = (now.zoned(tz).year(), now.zoned(tz).strftime("%H:%M %d/%m/%Y").to_string());
    let set = || {
        text!(
            "chỉnh giờ máy cho đúng: sudo timedatectl set-time 'NĂM-THÁNG-NGÀY GIỜ:PHÚT'",
            "set the machine's clock: sudo timedatectl set-time 'YEAR-MONTH-DAY HOUR:MINUTE'"
        )
    };
    if !(MADE..=LATEST).contains(&year) {
        let message = text!("giờ máy là {said}: không thể đúng", "the clock says {said}, which cannot be right");
        return vec![Finding::error("clock_wrong", message, set())];
    }
    if let Some(newest) = newest.filter(|newest| now + SLACK < *newest) {
        let newest = newest.zoned(tz).strftime("%H:%M %d/%m/%Y").to_string();
        let message = text!(
            "giờ máy là {said}, sớm hơn dòng nhật ký mới nhất ({newest}): đài không phát theo lịch cho đến giờ ấy",
            "the clock says {said}, earlier than the newest journal row ({newest}): nothing scheduled plays until then"
        );
        let help = text!(
            "so với đồng hồ khác và chỉnh giờ máy nếu sai; nếu giờ máy đúng, gõ: loa clock confirm",
            "compare it with another clock and set the machine's where it is wrong; if it is right, type: loa clock confirm"
        );
        return vec![Finding::error("clock_earlier", message, help)];
    }
    Vec::new()
}

/// What it means that nobody vouches for the clock; `why` is the reason in words, `help` the cure.
pub fn distrusted(why: &Text, help: Text) -> Finding {
    let (vi, en) = (&why.vi, &why.en);
    let message = text!(
        "đài không tin giờ máy ({vi}), nên không phát theo lịch",
        "the station does not believe the clock ({en}), so nothing scheduled plays"
    );
    Finding::error("clock_untrusted", message, help)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::sample::at;

    #[test]
    fn a_clock_that_cannot_be_right_is_told() {
        let tz = TimeZone::get("Asia/Ho_Chi_Minh").unwrap();
        let codes = |now: &str, newest: Option<&str>| -> Vec<String> {
            judge(at(now, &tz), newest.map(|newest| at(newest, &tz)), &tz).into_iter().map(|one| one.code).collect()
        };
        assert_eq!(codes("2026-12-01T05:00", None), [""; 0]);
        assert_eq!(codes("2026-12-01T05:00", Some("2026-12-01T05:00")), [""; 0]);
        assert_eq!(codes("2026-12-01T05:00", Some("2026-12-01T05:01")), ["clock_earlier"]);
        assert_eq!(codes("1970-01-01T07:00", Some("2026-12-01T05:01")), ["clock_wrong"]);
        assert_eq!(codes("2099-01-01T07:00", None), ["clock_wrong"]);
    }
}
