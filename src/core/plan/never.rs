use std::collections::BTreeMap;
use std::sync::OnceLock;
use std::time::Duration;

use super::diagnostic::diagnostic;
use super::sentence::date;
use crate::calendar::{Calendar, date_of, day_of};
use crate::diag::{Diagnostic, Severity, Text, text};
use crate::instant::Wall;
use crate::schedule::{Broadcast, DaySet, Holiday, Schedule};
use crate::station::Station;

/// A lunar year of thirteen months, and some days to spare: whatever comes every year comes in it.
const YEAR: Duration = Duration::from_hours(397 * 24);

/// How far a day that does not come this year is sought: the twelfth month has had no 30th for eight.
const FAR: Duration = Duration::from_hours(12 * 366 * 24);

/// What does not happen in the year ahead, and why.
pub(super) struct Never<'a> {
    schedule: &'a Schedule,
    station: &'a Station,
    now: Wall,
    year: OnceLock<Calendar>,
}

impl<'a> Never<'a> {
    pub(super) const fn new(schedule: &'a Schedule, station: &'a Station, now: Wall) -> Self {
        Self { schedule, station, now, year: OnceLock::new() }
    }

    fn year(&self) -> &Calendar {
        let new = || Calendar::new(&self.station.timezone, self.schedule, self.now, self.now + YEAR);
        self.year.get_or_init(new)
    }

    fn plays(&self, broadcast: &Broadcast) -> bool {
        !self.year().occurrences(broadcast, self.now, self.now + YEAR).is_empty()
    }

    /// Why nothing of a broadcast is due in the year ahead; nothing to say of one that is yet to begin.
    pub(super) fn broadcast(&self, broadcast: &Broadcast) -> Option<Diagnostic> {
        let tz = &self.station.timezone;
        let (today, last) = (self.now.zoned(tz).date(), (self.now + YEAR).zoned(tz).date());
        let (mut first_date, mut last_date) = (None, None);
        if let Some(DaySet::Dates(dates)) = broadcast.recurrence.days() {
            first_date = dates.iter().map(|range| range.first).min();
            last_date = dates.iter().map(|range| range.last).max();
        }
        if broadcast.from.is_some_and(|from| from > last) || first_date.is_some_and(|first| first > last) {
            return None;
        }
        // A name that nothing has is an error of its own.
        if self.plays(broadcast) || names(broadcast).any(|name| !self.schedule.has_days(name)) {
            return None;
        }
        let title = &broadcast.title;
        let end = [broadcast.until, last_date].into_iter().flatten().min();
        let (code, message, help) = if let Some(end) = end.filter(|end| *end <= today) {
            let (vi, en) = (end.strftime("%d/%m/%Y"), end);
            (
                "never_plays",
                Text {
                    vi: format!("«{title}» đã qua ngày {vi}, không phát nữa; xóa được"),
                    en: format!("\"{title}\" was over on {en} and does not play any more; it may be deleted"),
                },
                text!("xóa mục này, hoặc sửa ngày", "remove it, or change its dates"),
            )
        } else if !broadcast.only.is_empty() && self.plays(&Broadcast { only: Vec::new(), ..broadcast.clone() }) {
            (
                "only_leaves_nothing",
                text!(
                    "«{title}» không có lần phát nào: ngày phát của nó không bao giờ rơi vào những ngày trong `only`",
                    "\"{title}\" never plays: none of its days is one of those in `only`"
                ),
                text!(
                    "xem lại `only` và `days`, `dates`, `lunar`",
                    "look at `only`, and at `days`, `dates` or `lunar`"
                ),
            )
        } else if !(broadcast.except.is_empty() && broadcast.except_at.is_empty())
            && self.plays(&Broadcast { except: Vec::new(), except_at: Vec::new(), ..broadcast.clone() })
        {
            (
                "except_leaves_nothing",
                text!(
                    "«{title}» không có lần phát nào: `except` bỏ hết các ngày phát của nó",
                    "\"{title}\" never plays: `except` takes all of its days"
                ),
                text!("bỏ bớt trong `except`", "take something out of `except`"),
            )
        } else if matches!(broadcast.recurrence.days(), Some(DaySet::Lunar(_))) {
            let next = self.next(broadcast);
            (
                "lunar_never",
                text!(
                    "«{title}» không có lần phát nào trong mười ba tháng tới: năm ấy không có ngày âm lịch này",
                    "\"{title}\" does not play in the thirteen months ahead: they have no such lunar day"
                ),
                with_next(
                    next,
                    "ngày cuối tháng viết \"last\", ví dụ lunar = \"last/12\"",
                    "write the last of a month as \"last\", such as lunar = \"last/12\"",
                ),
            )
        } else {
            (
                "never_plays",
                text!(
                    "«{title}» không có lần phát nào trong thời gian tới",
                    "\"{title}\" never plays in the time ahead"
                ),
                with_next(
                    self.next(broadcast),
                    "xem lại `days`, `dates`, `cron`, `except`, `from` và `until`",
                    "look at `days`, `dates`, `cron`, `except`, `from` and `until`",
                ),
            )
        };
        Some(diagnostic(code, Severity::Warning, broadcast.place()?, message, Some(help)))
    }

    /// The date on which a broadcast plays next, however long that takes.
    fn next(&self, broadcast: &Broadcast) -> Option<Text> {
        let to = self.now + FAR;
        let calendar = Calendar::new(&self.station.timezone, self.schedule, self.now, to);
        let first = calendar.occurrences(broadcast, self.now + YEAR, to).first().copied()?;
        Some(date(first, &self.station.timezone))
    }

    /// Holidays that fall on no day of the year ahead: a name for each.
    pub(super) fn holidays(&self) -> Vec<Diagnostic> {
        let mut names: BTreeMap<&str, Vec<&Holiday>> = BTreeMap::new();
        for holiday in &self.schedule.holidays {
            names.entry(&holiday.name).or_default().push(holiday);
        }
        let mut found: Vec<Diagnostic> = names.into_values().filter_map(|all| self.holiday(&all)).collect();
        Diagnostic::sort(&mut found);
        found
    }

    /// What to say of the holidays of one name.
    fn holiday(&self, all: &[&Holiday]) -> Option<Diagnostic> {
        let tz = &self.station.timezone;
        let (today, last) = (day_of(self.now.zoned(tz).date()), day_of((self.now + YEAR).zoned(tz).date()));
        let comes = |holiday: &Holiday| {
            let from = holiday.from_year.unwrap_or(i16::MIN);
            self.year().days_of(&holiday.dates, today, last).any(|day| date_of(day).year() >= from)
        };
        let is_ahead = |holiday: &Holiday| match &holiday.dates {
            DaySet::Dates(dates) => dates.iter().any(|range| day_of(range.first) > last),
            _ => holiday.from_year.is_some_and(|year| year > date_of(last).year()),
        };
        if all.iter().any(|holiday| comes(holiday) || is_ahead(holiday)) {
            return None;
        }
        let holiday = all.last()?;
        let name = &holiday.name;
        let (code, message, help) = match &holiday.dates {
            DaySet::Dates(dates) => {
                let over = dates.iter().map(|range| range.last).max()?;
                let vi = over.strftime("%d/%m/%Y");
                (
                    "holiday_over",
                    Text {
                        vi: format!("ngày nghỉ «{name}» đã qua ({vi}); từ nay không còn ngày nào tên ấy"),
                        en: format!("the holiday \"{name}\" is over ({over}); no day to come bears the name"),
                    },
                    text!(
                        "viết thêm ngày của năm tới, hoặc xóa đoạn này",
                        "write the next year's date as well, or delete it"
                    ),
                )
            }
            _ => (
                "holiday_never",
                text!(
                    "ngày nghỉ «{name}» không rơi vào ngày nào trong mười ba tháng tới",
                    "the holiday \"{name}\" falls on no day of the thirteen months ahead"
                ),
                text!(
                    "xem lại lunar; ngày cuối tháng viết \"last\", ví dụ \"last/12\"",
                    "look at lunar; write the last of a month as \"last\", such as \"last/12\""
                ),
            ),
        };
        Some(diagnostic(code, Severity::Warning, &holiday.place, message, Some(help)))
    }
}

fn with_next(next: Option<Text>, vi: &str, en: &str) -> Text {
    match next {
        Some(next) => Text { vi: format!("lần tới: {}; {vi}", next.vi), en: format!("next on {}; {en}", next.en) },
        None => Text { vi: vi.to_owned(), en: en.to_owned() },
    }
}

/// The names of days that a broadcast uses.
fn names(broadcast: &Broadcast) -> impl Iterator<Item = &str> {
    let days = match broadcast.recurrence.days() {
        Some(DaySet::Any(sets)) => sets.as_slice(),
        Some(days) => std::slice::from_ref(days),
        None => &[],
    };
    days.iter().chain(&broadcast.only).filter_map(|set| match set {
        DaySet::Named(name) => Some(name.as_str()),
        _ => None,
    })
}
