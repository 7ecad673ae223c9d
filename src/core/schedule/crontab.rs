mod meant;

use std::str::FromStr;

use chrono::{Datelike, NaiveDate, TimeZone, Timelike, Utc};
use cron::{Schedule, TimeUnitSpec};
use jiff::civil::Date;

use self::meant::{apart, cured, firings_per_day, named, names_of, six_of_five};
use super::times::MANY_PER_HOUR;
use super::word::weekday_name;
use crate::diag::document::Node;
use crate::diag::{Findings, Lang, Text, shown, text};

/// Every quarter of an hour, all day. More is a slip of a star: `0 * * * * *` means 60 times in each hour.
const MAX_FIRINGS_PER_DAY: u64 = 96;
/// A line of cron is short; a longer one is something else.
const MAX_CHARS: usize = 200;
/// How many of the next days a warning shows.
const SHOWN_FIRINGS: usize = 5;

/// The fields in order: name in both languages, what may stand there.
const FIELDS: [(&str, &str, &str); 7] = [
    ("giây", "second", "0-59"),
    ("phút", "minute", "0-59"),
    ("giờ", "hour", "0-23"),
    ("ngày trong tháng", "day of the month", "1-31"),
    ("tháng", "month", "1-12, Jan-Dec"),
    ("thứ", "day of the week", "Mon-Sun"),
    ("năm", "year", "1970-2100"),
];
const DAY_OF_MONTH: usize = 3;
/// How many days each month has, in a year that is no leap year.
const MONTHS: [u32; 12] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
/// The place of the day of the week.
const DAY_OF_WEEK: usize = 5;

/// Check `cron`, as the cron crate reads it (six fields, seconds first, or seven with the year).
pub(super) fn crontab(findings: &mut Findings<'_>, node: &Node, written: &str, today: Date) -> Option<Box<Schedule>> {
    let fields: Vec<&str> = written.split_whitespace().collect();
    if written.chars().count() > MAX_CHARS || !(fields.len() == 6 || fields.len() == 7) {
        count_of_fields(findings, node, &fields);
        return None;
    }
    let Ok(schedule) = Schedule::from_str(&fields.join(" ")) else {
        bad_field(findings, node, &fields);
        return None;
    };
    if is_too_dense(findings, node, &schedule, &fields) {
        return None;
    }
    if schedule.after(&Utc.timestamp_opt(0, 0).single()?).next().is_none() {
        findings
            .error(
                "cron_never",
                &node.span,
                text!(
                    "không có ngày nào như thế: mục này không bao giờ phát",
                    "there is no such day: this would never play"
                ),
            )
            .help =
            Some(text!("xem lại ngày và tháng (30 tháng 2?)", "look at the day and the month (the 30th of February?)"));
        return None;
    }
    let next = upcoming(&schedule, today);
    if next.is_empty() {
        findings
            .warning(
                "cron_over",
                &node.span,
                text!("mục này không còn lần phát nào từ hôm nay trở đi", "this does not play any more from today on"),
            )
            .help = Some(text!("xóa mục này, hoặc sửa năm ở cuối", "delete it, or change the year at its end"));
    }
    both_days(findings, node, &fields);
    short_months(findings, node, &fields, &schedule);
    weekday_number(findings, node, &fields, &next);
    Some(Box::new(schedule))
}

fn count_of_fields(findings: &mut Findings<'_>, node: &Node, fields: &[&str]) {
    let count = fields.len();
    let apart = apart(fields);
    let six = (count == 5).then(|| six_of_five(fields)).flatten();
    findings
        .error(
            "cron_fields",
            &node.span,
            text!(
                "cron ở đây có 6 trường (giây phút giờ ngày tháng thứ), dòng này có {count}",
                "cron has 6 fields here (second minute hour day month weekday); this has {count}"
            ),
        )
        .help = Some(match six {
        None if apart.is_some() => {
            let (times, days) = apart.unwrap_or_default();
            let (times, days) = (shown(&times), shown(&days));
            text!(
                "bỏ dòng này, viết hai dòng: at = {times} và days = \"{days}\"",
                "in its place write two lines: at = {times} and days = \"{days}\""
            )
        }
        Some(six) => {
            let six = shown(&six);
            text!(
                "thêm giây ở đầu, ghi tên thứ; viết: cron = \"{six}\"",
                "seconds go first, weekdays by name; write: cron = \"{six}\""
            )
        }
        None => text!(
            "ví dụ 05:30 từ thứ Hai đến thứ Sáu: cron = \"0 30 5 * * Mon-Fri\"",
            "for example 05:30 from Monday to Friday: cron = \"0 30 5 * * Mon-Fri\""
        ),
    });
}

/// The crate tells its mistake in one English line; which field is wrong shows when each is tried alone.
fn bad_field(findings: &mut Findings<'_>, node: &Node, fields: &[&str]) {
    let alone = |at: usize| {
        let tried: Vec<&str> = (0..fields.len()).map(|other| if other == at { fields[at] } else { "*" }).collect();
        Schedule::from_str(&tried.join(" ")).is_ok()
    };
    let wrong = (0..fields.len()).find(|at| !alone(*at)).unwrap_or(0);
    let (vi, en, allowed) = FIELDS[wrong.min(FIELDS.len() - 1)];
    let (number, field) = (wrong + 1, shown(fields[wrong]));
    let message = text!(
        "trường thứ {number} của cron ({vi}) không nhận «{field}»",
        "field {number} of cron ({en}) does not take \"{field}\""
    );
    let help = if wrong == DAY_OF_WEEK
        && let Some(whole) = named(fields)
    {
        let whole = shown(&whole);
        text!(
            "tên thứ viết bằng tiếng Anh, viết: cron = \"{whole}\"",
            "weekdays have English names, write: cron = \"{whole}\""
        )
    } else if wrong == DAY_OF_WEEK {
        text!(
            "viết tên tiếng Anh: Mon-Fri, hoặc Mon,Thu; khoảng không được vắt qua Chủ nhật (viết Fri,Sat,Sun,Mon); hoặc bỏ cron, dùng at và days",
            "write names: Mon-Fri, or Mon,Thu; a range cannot run over Sunday (write Fri,Sat,Sun,Mon); or use at and days instead"
        )
    } else {
        text!(
            "ở đó chỉ được viết {allowed}, dấu *, khoảng 1-5, danh sách 1,3 hoặc bước */10",
            "it takes {allowed}, *, a range 1-5, a list 1,3 or a step */10"
        )
    };
    findings.error("bad_cron", &node.span, message).help = Some(help);
}

/// More than once in a minute, or too often in a day, is an error; more than every five minutes in an hour is
/// asked about. True for an error.
fn is_too_dense(findings: &mut Findings<'_>, node: &Node, schedule: &Schedule, fields: &[&str]) -> bool {
    let (per_minute, per_hour, per_day) =
        (schedule.seconds().count(), schedule.minutes().count(), firings_per_day(schedule));
    let cured = cured(fields);
    let write = |cured: &str| text!("viết: cron = \"{cured}\"", "write: cron = \"{cured}\"");
    if per_minute > 1 {
        let field = shown(fields[0]);
        let Text { vi, en } = write(&cured);
        let message = text!(
            "ô đầu của cron là giây: «{field}» nghĩa là phát {per_minute} lần trong mỗi phút",
            "the first field of cron is the second: \"{field}\" means {per_minute} times within each minute"
        );
        findings.error("cron_within_minute", &node.span, message).help =
            Some(text!("ô đầu viết 0; {vi}", "write 0 in the first field; {en}"));
        return true;
    }
    let hour = per_hour as usize > MANY_PER_HOUR;
    if per_day > MAX_FIRINGS_PER_DAY {
        let Text { vi, en } = write(&cured);
        let cause = match (hour, fields[1]) {
            (true, "*" | "?") => {
                text!("dấu * ở ô thứ hai nghĩa là mỗi phút; {vi}", "the * in the second field means every minute; {en}")
            }
            _ => text!("bớt số lần đi, ví dụ {vi}", "play it less often, for example {en}"),
        };
        let message = text!(
            "dòng cron này phát {per_day} lần một ngày (nhiều nhất {MAX_FIRINGS_PER_DAY})",
            "this cron plays {per_day} times a day (at most {MAX_FIRINGS_PER_DAY})"
        );
        findings.error("cron_too_often", &node.span, message).help = Some(cause);
        return true;
    }
    if hour {
        let Text { vi, en } = write(&cured);
        let message = text!(
            "dòng cron này phát {per_hour} lần trong một giờ; có đúng ý không?",
            "this cron plays {per_hour} times in one hour; is that meant?"
        );
        findings.warning("cron_every_minute", &node.span, message).help =
            Some(text!("nếu chỉ muốn một lần trong giờ ấy, {vi}", "if once in that hour is meant, {en}"));
    }
    false
}

/// The next firings from `today` on, civil.
fn upcoming(schedule: &Schedule, today: Date) -> Vec<chrono::DateTime<Utc>> {
    let day = NaiveDate::from_ymd_opt(
        today.year().into(),
        today.month().unsigned_abs().into(),
        today.day().unsigned_abs().into(),
    );
    let midnight = day.and_then(|day| day.and_hms_opt(0, 0, 0)).map(|at| at.and_utc() - chrono::TimeDelta::seconds(1));
    midnight.map(|after| schedule.after(&after).take(SHOWN_FIRINGS).collect()).unwrap_or_default()
}

fn both_days(findings: &mut Findings<'_>, node: &Node, fields: &[&str]) {
    let free = |field: &str| field == "*" || field == "?";
    if free(fields[DAY_OF_MONTH]) || free(fields[DAY_OF_WEEK]) {
        return;
    }
    findings
        .warning(
            "cron_both_days",
            &node.span,
            text!(
                "ngày trong tháng và thứ phải trùng nhau mới phát, nên mục này rất ít khi phát",
                "the day of the month and the weekday must both fit, so this rarely plays"
            ),
        )
        .help = Some(text!(
        "để * ở một trong hai trường; nếu muốn cả hai thì viết hai mục phát",
        "leave * in one of the two; for either of them write two broadcasts"
    ));
}

/// Months that have no such day pass without a word, as cron has it: that is asked about.
fn short_months(findings: &mut Findings<'_>, node: &Node, fields: &[&str], schedule: &Schedule) {
    if !matches!(fields[DAY_OF_WEEK], "*" | "?") {
        return;
    }
    // A day by its number; a range or a step takes what there is of it.
    let written = fields[DAY_OF_MONTH].split(',').filter_map(|day| day.parse::<u32>().ok()).max();
    let first = schedule.days_of_month().iter().min();
    let lacks = |month: &u32| {
        let length = MONTHS.get(*month as usize - 1).copied().unwrap_or(31);
        written.is_some_and(|day| day > length) || first.is_some_and(|day| day > length)
    };
    let months: Vec<String> = schedule.months().iter().filter(lacks).map(|month| month.to_string()).collect();
    let Some(day) = written.max(first).filter(|_| !months.is_empty()) else { return };
    let count = months.len();
    let (names, leap) = (months.join(", "), day == 29);
    let message = if leap {
        text!(
            "tháng 2 chỉ có ngày {day} trong năm nhuận: năm khác thì tháng ấy không phát",
            "February has day {day} in leap years only: in other years there is none in it"
        )
    } else {
        text!(
            "{count} tháng không có ngày {day} (tháng {names}): những tháng ấy không phát",
            "months without day {day}: {count} (months {names}); there is none in them"
        )
    };
    findings.warning("cron_short_months", &node.span, message).help = Some(text!(
        "nếu tháng nào cũng phải phát, chọn ngày từ 1 đến 28; nếu đúng ý thì để nguyên",
        "if each month is meant, choose a day from 1 to 28; if this is meant, leave it"
    ));
}

fn weekday_number(findings: &mut Findings<'_>, node: &Node, fields: &[&str], next: &[chrono::DateTime<Utc>]) {
    let weekday = fields[DAY_OF_WEEK];
    let days = weekday.split('/').next().unwrap_or("");
    if !days.bytes().any(|byte| byte.is_ascii_digit()) {
        return;
    }
    let dates = |lang: Lang| next.iter().map(|at| firing(at, lang)).collect::<Vec<_>>().join(", ");
    let (vi, en) = (dates(Lang::Vi), dates(Lang::En));
    let named = weekday
        .split_once('/')
        .is_none()
        .then(|| names_of(weekday, |number| usize::from((number + 6) % 7), 7))
        .flatten()
        .map(|names| {
            fields
                .iter()
                .enumerate()
                .map(|(at, field)| if at == DAY_OF_WEEK { names.as_str() } else { *field })
                .collect::<Vec<_>>()
                .join(" ")
        });
    let weekday = shown(weekday);
    findings
        .warning(
            "cron_weekday_number",
            &node.span,
            text!(
                "thứ viết bằng số «{weekday}»: ở đây 1 là Chủ nhật, 2 là thứ Hai, 7 là thứ Bảy. Các lần phát tới: {vi}",
                "the weekday is a number, \"{weekday}\": here 1 is Sunday, 2 is Monday, 7 is Saturday. It plays next on: {en}"
            ),
        )
        .help = Some(name_them(named));
}

fn name_them(named: Option<String>) -> Text {
    match named {
        Some(named) => {
            let named = shown(&named);
            text!(
                "nếu đúng ý thì viết bằng tên cho chắc: cron = \"{named}\"; nếu không, sửa lại bằng tên (Mon-Fri)",
                "if that is meant, say it by name: cron = \"{named}\"; if not, correct it by name (Mon-Fri)"
            )
        }
        None => text!("viết tên thứ: Mon,Tue,Wed,Thu,Fri,Sat,Sun", "write the names: Mon,Tue,Wed,Thu,Fri,Sat,Sun"),
    }
}

fn firing(at: &chrono::DateTime<Utc>, lang: Lang) -> String {
    let name = weekday_name(at.weekday().num_days_from_monday() as usize, lang);
    let (day, month, year, hour, minute) = (at.day(), at.month(), at.year(), at.hour(), at.minute());
    match lang {
        Lang::Vi => format!("{name} {day:02}/{month:02}/{year} {hour:02}:{minute:02}"),
        Lang::En => format!("{name} {year}-{month:02}-{day:02} {hour:02}:{minute:02}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::SourceFile;
    use crate::diag::document::TomlValue;

    fn read(cron: &str) -> (bool, Vec<(&'static str, String)>) {
        let file = SourceFile { path: "schedules/a.toml".to_owned(), text: String::new() };
        let mut findings = Findings::of(&file);
        let node = Node { value: TomlValue::Text(cron.to_owned()), span: 0..0 };
        let read = crontab(&mut findings, &node, cron, Date::constant(2026, 12, 1)).is_some();
        let found = findings.finish().into_iter();
        (read, found.map(|one| (one.code, format!("{} | {}", one.message.en, one.help.unwrap().en))).collect())
    }

    #[test]
    fn each_trap_of_cron_is_told() {
        let table = [
            ("0 30 5 * * Mon-Fri", true, None),
            ("0 30 5 * * * 2026-2030", true, None),
            ("0 */15 * * * *", true, None),
            ("0 5 * * 1-5", false, Some("cron_fields")),
            ("0 5 * * * *", true, None),
            ("* 5 * * * *", false, Some("cron_within_minute")),
            ("* * 5 * * *", false, Some("cron_within_minute")),
            ("* 30 5 * * *", false, Some("cron_within_minute")),
            ("0,30 30 5 * * *", false, Some("cron_within_minute")),
            ("*/1 * * * * *", false, Some("cron_within_minute")),
            ("*/30 30 5 * * Mon", false, Some("cron_within_minute")),
            ("0 * * * * *", false, Some("cron_too_often")),
            ("0 * 5 * * *", true, Some("cron_every_minute")),
            ("15 */2 5 * * *", true, Some("cron_every_minute")),
            ("0 0-29 17 * * Mon-Fri", true, Some("cron_every_minute")),
            ("0 */5 5 * * *", true, None),
            ("0 */10 * * * *", false, Some("cron_too_often")),
            ("0 0 5 * * 1-5", true, Some("cron_weekday_number")),
            ("0 0 5 * * Mon/2", false, Some("bad_cron")),
            ("0 0 5 30 2 *", false, Some("cron_never")),
            ("0 0 5 1 1 * 2020", true, Some("cron_over")),
            ("0 0 5 1,15 * Mon", true, Some("cron_both_days")),
            ("0 0 8 31 * *", true, Some("cron_short_months")),
            ("0 0 8 15,30 * *", true, Some("cron_short_months")),
            ("0 0 8 29 2 *", true, Some("cron_short_months")),
            ("0 0 8 30-31 * *", true, Some("cron_short_months")),
            ("0 0 8 31 1,3,12 *", true, None),
            ("0 0 8 25-31 * *", true, None),
            ("0 0 8 */2 * *", true, None),
            ("0 0 8 28 * *", true, None),
            ("0 0 5 * * T2", false, Some("bad_cron")),
            ("0 0 25 * * *", false, Some("bad_cron")),
            ("@daily", false, Some("cron_fields")),
            ("", false, Some("cron_fields")),
        ];
        for (cron, good, code) in table {
            let (read, found) = read(cron);
            assert_eq!((read, found.first().map(|one| one.0)), (good, code), "{cron:?} {found:?}");
        }
    }

    #[test]
    fn what_a_cure_writes_in_place_of_too_many_times_is_accepted() {
        for (cron, cure) in [
            ("* 30 5 * * *", "0 30 5 * * *"),
            ("* 51 13 * * *", "0 51 13 * * *"),
            ("0,30 30 5,17 * * Mon", "0 30 5,17 * * Mon"),
            ("* * 5 * * *", "0 0 5 * * *"),
            ("*/1 * * * * *", "0 0 * * * *"),
            ("0 * * * * *", "0 0 * * * *"),
            ("0 0-29 17 * * Mon-Fri", "0 0 17 * * Mon-Fri"),
            ("0 */10 * * * *", "0 0 * * * *"),
        ] {
            let (_, found) = read(cron);
            assert!(found[0].1.contains(&format!("cron = \"{cure}\"")), "{cron}: {found:?}");
            assert_eq!(read(cure), (true, vec![]), "{cron}");
        }
    }

    #[test]
    fn five_fields_are_answered_with_the_six_that_are_meant() {
        for (five, six) in [
            ("30 5 * * 1-5", "0 30 5 * * Mon-Fri"),
            ("0 5 * * *", "0 0 5 * * *"),
            ("0 5 * * 0,6", "0 0 5 * * Sun,Sat"),
            ("0 5 * * 5-7", "0 0 5 * * Fri,Sat,Sun"),
        ] {
            let (_, found) = read(five);
            assert!(found[0].1.contains(&format!("cron = \"{six}\"")), "{five}: {found:?}");
        }
    }

    #[test]
    fn a_bare_weekday_number_shows_the_days_it_really_means() {
        let (_, found) = read("0 0 5 * * 1-5");
        assert!(found[0].1.contains("Tuesday 2026-12-01 05:00, Wednesday 2026-12-02 05:00, Thursday 2026-12-03 05:00, Sunday 2026-12-06 05:00"), "{found:?}");
        assert!(found[0].1.contains("cron = \"0 0 5 * * Sun-Thu\""), "{found:?}");
    }
}
