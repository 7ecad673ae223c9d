//! Times and dates as people type them on the page, and as they are read back to them.

use jiff::ToSpan as _;
use jiff::civil::{Date, Time, Weekday};

use crate::diag::{Text, text};
use crate::typed::time_of;
pub(super) use crate::typed::{bad_date, bad_time, date, date_of};

/// A time as it stands in a file: `05:30`, with seconds where it has some.
pub(super) fn clock(time: Time) -> String {
    time.strftime(if time.second() == 0 { "%H:%M" } else { "%H:%M:%S" }).to_string()
}

/// A typed time read back in words: `5 giờ 30 sáng`.
pub(super) fn time(time: Time) -> Text {
    let (hour, minute, second) = (time.hour(), time.minute(), time.second());
    let part = match hour {
        0 | 22.. => text!("đêm", "at night"),
        1..=10 => text!("sáng", "in the morning"),
        11 | 12 => text!("trưa", "at noon"),
        13..=17 => text!("chiều", "in the afternoon"),
        _ => text!("tối", "in the evening"),
    };
    let twelve = if hour > 12 { hour - 12 } else { hour };
    let (minutes, seconds) = (
        if minute > 0 || second > 0 { format!(" {minute:02}") } else { String::new() },
        if second > 0 { format!(" phút {second:02} giây") } else { String::new() },
    );
    let exact = clock(time);
    text!(part = part; "{twelve} giờ{minutes}{seconds} {part}", "{exact}, {part}")
}

/// `5h30` read back, or what is wrong with it.
pub(super) fn read_back(written: &str) -> Result<Text, Text> {
    time_of(written).map(time).ok_or_else(bad_time)
}

/// A day that is behind us, and the first that is not.
pub(super) fn over(written: &str, today: Date) -> Text {
    let (written, today) = (crate::diag::shown(written), date(today));
    text!(
        "Ngày {written} đã qua nên sẽ không phát lần nào. Hôm nay là {today}: xin ghi ngày từ hôm nay trở đi.",
        "{written} is over, so that nothing would play. Today is {today}: give a day from today on."
    )
}

/// The last day stands before the first: both as the boxes are called.
pub(super) fn turned(first: Date, last: Date) -> Text {
    let (first, last) = (date(first), date(last));
    text!(
        "«Đến hết ngày» {last} đứng trước «Từ ngày» {first}. Xin xem lại hai ô ấy.",
        "\"Until\" {last} is before \"From\" {first}. Look at the two boxes."
    )
}

/// `thứ Hai 07/12`.
pub(super) fn day(date: Date) -> Text {
    let (vi, en) = weekday(date.weekday());
    let short = date.strftime("%d/%m").to_string();
    text!("{vi} {short}", "{en} {short}")
}

fn weekday(day: Weekday) -> (&'static str, &'static str) {
    match day {
        Weekday::Monday => ("Thứ Hai", "Monday"),
        Weekday::Tuesday => ("Thứ Ba", "Tuesday"),
        Weekday::Wednesday => ("Thứ Tư", "Wednesday"),
        Weekday::Thursday => ("Thứ Năm", "Thursday"),
        Weekday::Friday => ("Thứ Sáu", "Friday"),
        Weekday::Saturday => ("Thứ Bảy", "Saturday"),
        Weekday::Sunday => ("Chủ nhật", "Sunday"),
    }
}

/// The Monday of the week that holds a day.
pub(super) fn monday(date: Date) -> Date {
    date.saturating_sub(i64::from(date.weekday().to_monday_zero_offset()).days())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_read_back_in_the_words_of_the_day() {
        for (written, said) in [
            ("5h30", "5 giờ 30 sáng"),
            ("530", "5 giờ 30 sáng"),
            ("05:30", "5 giờ 30 sáng"),
            ("17h", "5 giờ chiều"),
            ("17h15", "5 giờ 15 chiều"),
            ("11:05", "11 giờ 05 trưa"),
            ("05:30:20", "5 giờ 30 phút 20 giây sáng"),
            ("19:00", "7 giờ tối"),
        ] {
            assert_eq!(read_back(written).map(|text| text.vi), Ok(said.to_owned()), "{written}");
        }
        for wrong in ["", "25:00", "sớm"] {
            assert!(read_back(wrong).is_err(), "{wrong}");
        }
    }
}
