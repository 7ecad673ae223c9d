//! What `loa check` says of days that do not come.

use std::time::Duration;

use super::{one, schedule, sounds};
use crate::calendar::sample::{at, cron, daily, day, weekly};
use crate::diag::Severity;
use crate::plan::findings;
use crate::plan::sample::station;
use crate::schedule::Class::Normal;
use crate::schedule::{
    Broadcast, DateRange, DaySet, Holiday, Leap, LunarDay, LunarDays, LunarSpan, Place, Recurrence, Schedule,
};

/// What is found on 1 December 2026, ninety days ahead.
fn told(schedule: &Schedule) -> Vec<crate::diag::Diagnostic> {
    let station = station(1);
    let from = at("2026-12-01T00:00", &station.timezone);
    findings(schedule, &station, &sounds(&[("a", 1), ("b", 1), ("c", 1)]), from, from + Duration::from_hours(90 * 24))
}

fn by_moon(written: &str) -> Broadcast {
    let (day, month) = written.split_once('/').unwrap();
    let day = LunarDay { month: month.parse().ok(), day: day.parse().ok() };
    let spans = vec![LunarSpan { first: day, last: day }];
    let mut broadcast = daily("a", &["05:00"]);
    if let Recurrence::At { days, .. } = &mut broadcast.recurrence {
        *days = DaySet::Lunar(LunarDays { spans, leap: Leap::Repeat });
    }
    broadcast
}

#[test]
fn a_day_that_comes_once_a_year_is_not_called_never() {
    // From December 2026 the tenth of the third month is beyond 90 days, and comes.
    assert_eq!(told(&schedule([by_moon("10/3")])), []);
    assert_eq!(told(&schedule([cron("a", "0 0 5 2 9 *")])), []);
}

#[test]
fn what_leaves_no_day_is_told_with_its_cause() {
    let sunday = || DaySet::Weekdays(0b100_0000);
    let mut only = weekly("a", &["05:00"], 0b000_0001);
    only.only = vec![sunday()];
    let mut except = weekly("b", &["05:00"], 0b100_0000);
    except.except = vec![sunday()];
    let eve = Broadcast { id: "c".to_owned(), ..by_moon("30/12") };
    let mut unknown = daily("d", &["05:00"]);
    unknown.only = vec![DaySet::Named("không ai đặt".to_owned())];
    let found = told(&schedule([only, except, eve, unknown]));
    let codes: Vec<_> = found.iter().map(|one| (one.code, one.severity)).collect();
    let expected =
        ["only_leaves_nothing", "except_leaves_nothing", "lunar_never"].map(|code| (code, Severity::Warning));
    assert_eq!(codes, expected);
    assert!(found.iter().all(|one| one.help.is_some()));
    // 2033 begins with the eve of a year whose last month has thirty days.
    let help = found[2].help.as_ref().unwrap();
    assert!(help.vi.starts_with("lần tới: 30/01/2033; ") && help.vi.contains("last/12"), "{}", help.vi);
}

#[test]
fn a_holiday_that_does_not_come_is_told_once_for_its_name() {
    let holiday = |name: &str, dates| Holiday {
        name: name.to_owned(),
        dates,
        from_year: None,
        place: Place { line: 7, ..Place::default() },
    };
    let dates = |written: &str| {
        let day = day(written);
        DaySet::Dates(vec![DateRange { first: day, last: day }])
    };
    let moon = |written: &str| match by_moon(written).recurrence {
        Recurrence::At { days, .. } => days,
        _ => panic!("not by cron"),
    };
    let mut schedule = schedule([one("a", "05:00", Normal, 0)]);
    schedule.holidays = vec![
        holiday("Quốc khánh", dates("2026-09-02")),
        holiday("Tết Dương lịch", dates("2026-01-01")),
        holiday("Tết Dương lịch", dates("2027-01-01")),
        holiday("Giỗ Tổ", moon("10/3")),
        holiday("Giao thừa", moon("30/12")),
        holiday("Đại lễ", dates("2030-09-02")),
        Holiday { from_year: Some(2030), ..holiday("Lễ mới", moon("1/1")) },
    ];
    let found = told(&schedule);
    let codes: Vec<_> = found.iter().map(|one| (one.code, one.message.vi.split('«').nth(1).unwrap_or(""))).collect();
    assert_eq!(codes.len(), 2, "{found:?}");
    assert!(codes.contains(&("holiday_over", "Quốc khánh» đã qua (02/09/2026); từ nay không còn ngày nào tên ấy")));
    assert!(codes.contains(&("holiday_never", "Giao thừa» không rơi vào ngày nào trong mười ba tháng tới")));
}
