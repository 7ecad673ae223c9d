//! Instants and names as Today says them.

use std::time::Duration;

use jiff::tz::TimeZone;

use crate::diag::{Text, figure, text};
use crate::instant::Wall;
use crate::plan;

/// What the daemon wrote as RFC 3339.
pub(super) fn instant(written: &str) -> Option<Wall> {
    written.parse::<jiff::Timestamp>().ok().map(Wall::from)
}

/// `05:30` today; `05:30 ngày mai`; `05:30 thứ Hai 07/12`.
pub(super) fn when(at: Wall, now: Wall, tz: &TimeZone) -> Text {
    on_its_day(&at.zoned(tz).strftime("%H:%M").to_string(), at, now, tz)
}

/// The same to the second, where it is no whole minute: before that somebody has to do something.
pub(super) fn before(at: Wall, now: Wall, tz: &TimeZone) -> Text {
    on_its_day(&figure::clock(at, tz), at, now, tz)
}

fn on_its_day(time: &str, at: Wall, now: Wall, tz: &TimeZone) -> Text {
    let (there, here) = (at.zoned(tz), now.zoned(tz));
    if there.date() == here.date() {
        return text!("{time}", "{time}");
    }
    if here.date().tomorrow().is_ok_and(|tomorrow| tomorrow == there.date()) {
        return text!("{time} ngày mai", "{time} tomorrow");
    }
    let (day, vi, en) = (plan::weekday_name(at, tz), there.strftime("%d/%m"), there.strftime("%F"));
    let (day_vi, day_en) = (day.vi, day.en);
    text!("{time} {day_vi} {vi}", "{time} {day_en} {en}")
}

/// `còn 12 phút`; nothing where it is far away or past.
pub(super) fn left(at: Wall, now: Wall) -> Option<Text> {
    const FAR: Duration = Duration::from_hours(12);
    let left = if at > now { at.after(now) } else { return None };
    let minutes = left.as_secs().div_ceil(60);
    Some(match (left > FAR, minutes) {
        (true, _) => return None,
        (_, 0..=1) => text!("chưa đến một phút nữa", "in less than a minute"),
        (_, 2..=90) => text!("còn {minutes} phút", "in {minutes} min"),
        _ => {
            let hours = minutes / 60;
            text!("còn hơn {hours} giờ", "in over {hours} h")
        }
    })
}

/// `0:40`, `12:05`, `1:02:03`.
pub(super) fn span(seconds: f64) -> String {
    let whole = seconds.max(0.0).round() as u64;
    let (hours, minutes, seconds) = (whole / 3600, whole / 60 % 60, whole % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::sample::{at, zone};

    #[test]
    fn an_instant_is_said_as_people_say_it() {
        let tz = zone("Asia/Ho_Chi_Minh");
        let now = at("2026-12-05T05:18", &tz);
        let said = |there: &str| when(at(there, &tz), now, &tz).vi;
        assert_eq!(said("2026-12-05T05:30"), "05:30");
        assert_eq!(said("2026-12-06T05:30"), "05:30 ngày mai");
        assert_eq!(said("2026-12-07T05:30"), "05:30 thứ Hai 07/12");
        let left = |there: &str| left(at(there, &tz), now).map(|text| text.vi);
        assert_eq!(left("2026-12-05T05:30").as_deref(), Some("còn 12 phút"));
        assert_eq!(left("2026-12-05T09:30").as_deref(), Some("còn hơn 4 giờ"));
        assert_eq!((left("2026-12-05T05:00"), left("2026-12-06T05:30")), (None, None));
        assert_eq!([span(27.4), span(40.0), span(3723.0)], ["0:27", "0:40", "1:02:03"]);
    }
}
