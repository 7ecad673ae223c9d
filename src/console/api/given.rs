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
    let local = local(written)?;
    local.to_zoned(tz.clone()).map(|at| at.timestamp().into()).map_err(|_| Problem::unclear(written))
}

/// A time by the station's clock: `2026-12-01T05:30`.
pub(super) fn local(written: &str) -> Result<DateTime, Problem> {
    let date = || written.parse::<Date>().map(|date| date.to_datetime(jiff::civil::Time::midnight()));
    written.parse::<DateTime>().or_else(|_| date()).map_err(|_| Problem::unclear(written))
}

/// A day: `2026-12-01`.
pub(super) fn day(written: &str) -> Result<Date, Problem> {
    written.parse().map_err(|_| Problem::unclear(written))
}
