use std::path::Path;

use crate::instant::Wall;
use crate::journal::Reader;
use crate::plan::HeardSoFar;
use crate::player::REMEMBER;
use crate::site::Site;
use crate::station::{Station, ZoneIx};

/// What was heard by the journal of the station at `dir`. Where there is none, or none that can be read, the past
/// counts as planned: who writes schedules on another machine sees what they make.
pub fn heard_so_far(dir: &Path, station: &Station, now: Wall) -> HeardSoFar {
    let reader = Reader::open(&Site::new(dir).journal()).ok().flatten();
    // What was planned before the clock was set back has its outcome as well.
    let Some(rows) = reader.and_then(|reader| reader.airings(now - REMEMBER, now + REMEMBER).ok()) else {
        return HeardSoFar::at(now);
    };
    let mut known = HeardSoFar::written(now);
    for row in rows {
        let place = station.zones.iter().position(|zone| Some(&zone.id) == row.zone.as_ref());
        let Some(zone) = place.and_then(|place| u16::try_from(place).ok()).map(ZoneIx) else { continue };
        if let Some(heard) = row.heard() {
            known.heard(zone, heard);
        }
        if let (Some(broadcast), Some(planned)) = (&row.broadcast, row.planned) {
            known.settled(zone, broadcast, planned);
        }
    }
    known
}
