//! What somebody meant by a line of cron that is none, or that plays too often: the fields as they should stand.

use std::str::FromStr;

use super::{DAY_OF_WEEK, MAX_FIRINGS_PER_DAY, Schedule, TimeUnitSpec};
use crate::schedule::meaning::listed;
use crate::schedule::times::MANY_PER_HOUR;
use crate::schedule::word;

/// As the cron crate counts: 1 is Sunday.
const NAMES: [&str; 7] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

/// More fields than this are no time and days.
const APART_MOST: usize = 8;

/// `5:30 T2-T6`: what `at` and `days` are for, as they are written there.
pub(super) fn apart(fields: &[&str]) -> Option<(String, String)> {
    (1..=fields.len().min(APART_MOST)).find_map(|at| {
        let (first, rest) = fields.split_at_checked(at)?;
        let is_time = first.iter().any(|part| part.contains([':', 'h', 'g']));
        let times = word::meant_times(&first.join(" ")).filter(|_| is_time)?;
        let days = rest.join(" ");
        let days = match word::days(&days) {
            Ok(_) => days,
            Err(_) if rest.is_empty() => "daily".to_owned(),
            Err(_) => word::meant_days(&days)?,
        };
        Some((listed(&times), days))
    })
}

/// The same fields with the English names of the weekdays that are named otherwise, `T2-T6`.
pub(super) fn named(fields: &[&str]) -> Option<String> {
    let days = word::days(fields.get(DAY_OF_WEEK)?).ok()?;
    let names: Vec<&str> = (0..7).filter(|day| days >> day & 1 == 1).map(|day| NAMES[(day + 1) % 7]).collect();
    let names = names.join(",");
    let mut whole: Vec<&str> = fields.to_vec();
    whole[DAY_OF_WEEK] = &names;
    let whole = whole.join(" ");
    Schedule::from_str(&whole).is_ok().then_some(whole)
}

/// The six fields that five of crontab(5) mean: seconds in front, weekday numbers (0 or 7 is Sunday
/// there, 1 is Sunday here) by name.
pub(super) fn six_of_five(fields: &[&str]) -> Option<String> {
    let (weekday, rest) = fields.split_last()?;
    let six = format!("0 {} {}", rest.join(" "), names_of(weekday, |number| usize::from(number % 7), 7)?);
    Schedule::from_str(&six).is_ok().then_some(six)
}

/// A weekday field with names for numbers. `day` maps a number to a place in [`NAMES`]; `None` where
/// it holds something that cannot be mapped.
pub(super) fn names_of(field: &str, day: impl Fn(u8) -> usize, most: u8) -> Option<String> {
    let number = |part: &str| part.parse::<u8>().ok().filter(|number| *number <= most);
    let parts: Option<Vec<String>> = field
        .split(',')
        .map(|part| {
            if !part.bytes().any(|byte| byte.is_ascii_digit()) {
                return Some(part.to_owned());
            }
            if let Some(one) = number(part) {
                return Some(NAMES[day(one)].to_owned());
            }
            let (first, last) = part.split_once('-')?;
            let (first, last) = (day(number(first)?), day(number(last)?));
            // A range that runs over the end of the crate's week (Saturday) is written out.
            if first < last {
                return Some(format!("{}-{}", NAMES[first], NAMES[last]));
            }
            let length = (last + 7 - first) % 7;
            Some((0..=length).map(|step| NAMES[(first + step) % 7]).collect::<Vec<_>>().join(","))
        })
        .collect();
    parts.map(|parts| parts.join(","))
}

pub(super) fn firings_per_day(schedule: &Schedule) -> u64 {
    u64::from(schedule.seconds().count()) * u64::from(schedule.minutes().count()) * u64::from(schedule.hours().count())
}

/// The same fields, at one second of one minute, and of one hour where that is not enough.
pub(super) fn cured(fields: &[&str]) -> String {
    let number = |field: &str| field.parse::<u8>().is_ok();
    let mut fields: Vec<String> = fields.iter().map(|field| (*field).to_owned()).collect();
    for at in 0..3 {
        if !number(&fields[at]) {
            let calm = |fields: &[String]| {
                Schedule::from_str(&fields.join(" ")).is_ok_and(|schedule| {
                    schedule.seconds().count() == 1
                        && schedule.minutes().count() as usize <= MANY_PER_HOUR
                        && firings_per_day(&schedule) <= MAX_FIRINGS_PER_DAY
                })
            };
            if calm(&fields) {
                break;
            }
            if at == 2 { "5" } else { "0" }.clone_into(&mut fields[at]);
        }
    }
    fields.join(" ")
}
