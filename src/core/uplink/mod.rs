//! How the rows of a journal get to a collector and none is lost: the box's side ([`Uplink`]) and the collector's
//! ([`Collected`]), and the form in which rows and watermarks travel ([`RowBatch`], [`Watermark`]; on a stick [`SentRow`], under a
//! [`StationReport`]). The journal
//! itself is what waits to be sent; a row is done with when the collector says that it has
//! all rows up to it (the watermark), never when something on the way has acknowledged it. No network here: rows are
//! numbers and hashes, time comes in.

mod collected;
mod report;
mod sending;
#[cfg(test)]
mod tests;
mod told;
mod wire;

pub use collected::{Arrived, Collected, JudgedRows, ORIGIN, RowMark, judge};
pub use report::{BoxVouch, REPORT_MOST, ROWS_FILE_MOST, RowFile, StationReport, slot};
pub use sending::{BYTES_MOST, ROWS_MOST, Shipment, Uplink, UplinkStep};
pub use told::{
    ALARM_STREAM, AlarmHeard, Pulse, PulseStanding, SCHEDULE_STREAM, SOUND_STREAM, ZoneHeard, alarm_mark,
    alarm_subject, heard_subject, pulse_subject, schedule_subject,
};
pub use wire::{
    EPOCH_HEADER, FIRST_HEADER, HEAD_HEADER, LAST_HEADER, LOG_STREAM, NoBatch, RowBatch, SentRow, WATERMARK_STREAM,
    Watermark, is_epoch, log_subject, sender, watermark_subject,
};
