use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::problem::Problem;
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
pub(super) fn instant(written: &str, tz: &TimeZone) -> Result<Wall, Problem> {
    if let Ok(at) = written.parse::<jiff::Timestamp>() {
        return Ok(at.into());
    }
    let local = local(written, tz)?;
    local.to_zoned(tz.clone()).map(|at| at.timestamp().into()).map_err(|_| Problem::unclear(written))
}

/// A time by the station's clock: `2026-12-01T05:30`; one with an offset is the same instant by that clock.
pub(super) fn local(written: &str, tz: &TimeZone) -> Result<DateTime, Problem> {
    if let Ok(at) = written.parse::<jiff::Timestamp>() {
        return Ok(at.to_zoned(tz.clone()).datetime());
    }
    let date = || day(written).map(|date| date.to_datetime(jiff::civil::Time::midnight()));
    let is_bare = written.len() > DAY.len() && !written.contains(['Z', 'z', '+', '[', '.']);
    written.parse::<DateTime>().ok().filter(|_| is_bare).map_or_else(date, Ok)
}

/// A day, and nothing behind it: `2026-12-01`.
pub(super) fn day(written: &str) -> Result<Date, Problem> {
    let read = written.parse().ok().filter(|_| written.len() == DAY.len());
    read.ok_or_else(|| Problem::unclear(written))
}

/// How a day is written.
const DAY: &str = "2026-12-01";
