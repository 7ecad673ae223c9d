use jiff::tz::TimeZone;

use super::error::JournalError;
use super::key::StationKey;
use super::reader::Reader;
use super::signed::Signed;
use crate::diag::{Text, text};
use crate::instant::Wall;
use crate::site::Site;

/// Sign the row `row` of the station's journal, as it stands there. `Err` says why it cannot be done; without its full
/// stop.
pub fn sign(site: &Site, row: u64, now: Wall, tz: &TimeZone) -> Result<Signed, Text> {
    let key = StationKey::read(site).map_err(|why| why.text())?;
    let reader = Reader::open(&site.journal()).map_err(|error| error.text())?;
    let found = reader.as_ref().map(|reader| Ok::<_, JournalError>((reader.row(row)?, reader.epoch()?)));
    match found.transpose().map_err(|error| error.text())? {
        Some((Some(entry), epoch)) => Ok(key.seal(&epoch, &entry, now, tz)),
        _ => Err(text!("nhật ký không có dòng {row}", "the journal has no row {row}")),
    }
}
