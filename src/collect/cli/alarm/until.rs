use jiff::civil::Time;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, ToSpan as _};
use loa_core::instant::Wall;

/// When something is over, as somebody has typed it: `30m`, `2h`, or the next `14:30`.
pub(super) fn until(written: &str, now: Wall, tz: &TimeZone) -> Option<Wall> {
    let written = written.trim();
    if let Ok(time) = written.parse::<Time>() {
        let local = now.zoned(tz);
        let today = local.date().to_datetime(time).to_zoned(tz.clone()).ok()?;
        let at = if today > local { today } else { today.checked_add(1.day()).ok()? };
        return Some(Wall::from(at.timestamp()));
    }
    let (number, unit) = written.split_at(written.len().checked_sub(1).filter(|at| written.is_char_boundary(*at))?);
    let seconds: i64 = match unit {
        "m" => 60,
        "h" => 3_600,
        _ => return None,
    };
    let length = SignedDuration::from_secs(number.parse::<u32>().ok().map(i64::from)?.checked_mul(seconds)?);
    Some(Wall::from(now.timestamp().checked_add(length).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_end_is_a_length_or_the_next_time_of_the_clock() {
        let tz = TimeZone::get("Asia/Ho_Chi_Minh").unwrap();
        // 2026-11-30 07:53:20 there.
        let now = Wall::from_secs(1_796_000_000);
        let read = |written| until(written, now, &tz).map(|at| at.since(now).as_secs());
        assert_eq!([read("30m"), read("2h"), read("08:00")], [Some(1_800), Some(7_200), Some(400)]);
        assert_eq!(read("07:00"), Some(86_400 - 3_200), "tomorrow");
        for wrong in ["", "2", "h", "-1h", "2 ngày", "99999999999h", "25:00", "½"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
