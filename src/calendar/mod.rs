//! On which days and at which instants a broadcast is due: weekdays, dates, cron in civil time,
//! validity, exceptions, and the rule for hours that a time zone skips or repeats. Pure.
