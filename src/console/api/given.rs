use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::problem::Problem;
use crate::diag::text;
use crate::instant::Wall;

/// Nothing is asked or sent.
#[derive(Serialize, Deserialize, ToSchema, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct Nothing {}

/// It was done.
#[derive(Serialize, Deserialize, ToSchema)]
pub(super) struct WasDone {
    /// Always true.
    done: bool,
}

impl WasDone {
    pub(super) const YES: Self = Self { done: true };
}

/// `2026-12-01T05:30:00+07:00`; without an offset by the station's clock; a day alone is its midnight.
pub(super) fn instant(name: &str, written: &str, tz: &TimeZone) -> Result<Wall, Problem> {
    if let Ok(at) = written.parse::<jiff::Timestamp>() {
        return Ok(at.into());
    }
    let local = local(name, written, tz)?;
    local.to_zoned(tz.clone()).map(|at| at.timestamp().into()).map_err(|_| no_time(name))
}

/// A time by the station's clock: `2026-12-01T05:30`; one with an offset is the same instant by that clock.
pub(super) fn local(name: &str, written: &str, tz: &TimeZone) -> Result<DateTime, Problem> {
    if let Ok(at) = written.parse::<jiff::Timestamp>() {
        return Ok(at.to_zoned(tz.clone()).datetime());
    }
    let date = || bare_day(written).map(|date| date.to_datetime(jiff::civil::Time::midnight()));
    let is_bare = written.len() > DAY.len() && !written.contains(['Z', 'z', '+', '[', '.']);
    written.parse::<DateTime>().ok().filter(|_| is_bare).or_else(date).ok_or_else(|| no_time(name))
}

/// A day, and nothing behind it: `2026-12-01`.
pub(super) fn day(name: &str, written: &str) -> Result<Date, Problem> {
    let wanted = || text!("một ngày, ví dụ {DAY}", "a day, such as {DAY}");
    bare_day(written).ok_or_else(|| Problem::has_to_be(name, &wanted()))
}

fn bare_day(written: &str) -> Option<Date> {
    written.parse().ok().filter(|_| written.len() == DAY.len())
}

fn no_time(name: &str) -> Problem {
    let wanted = text!(
        "ngày giờ, ví dụ {DAY}T05:30 theo đồng hồ của đài, hoặc {DAY}T05:30+07:00",
        "a day and a time, such as {DAY}T05:30 by the station's clock, or {DAY}T05:30+07:00"
    );
    Problem::has_to_be(name, &wanted)
}

/// How a day is written.
const DAY: &str = "2026-12-01";
