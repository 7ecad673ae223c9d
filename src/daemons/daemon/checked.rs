use std::path::Path;
use std::time::Duration;

use super::heard_so_far::heard_so_far;
use crate::audio;
use crate::checkup::alarms;
use crate::diag::Diagnostic;
use crate::instant::Wall;
use crate::plan::{self, Wanted};
use crate::player::World;

/// How far `loa check` looks ahead.
const AHEAD: Duration = Duration::from_hours(90 * 24);

/// What `loa check` finds beyond what is written wrong: in the plan of the next 90 days, by what the journal of the station
/// at `dir` knows of the last two, and in its sounds. It takes as long as such a plan takes.
pub fn checked(dir: &Path, world: &World, now: Wall) -> Vec<Diagnostic> {
    let World { station, schedule, library } = world;
    let wanted = Wanted::new(schedule, station);
    let known = heard_so_far(dir, station, now);
    let mut found = plan::findings_knowing(schedule, station, library, &known, now + AHEAD);
    found.extend(audio::library::warnings(dir, &wanted));
    found.extend(audio::stray::strays(library, &wanted));
    if station.emergency.is_written {
        found.extend(alarms::diagnostic(&alarms::unrecorded(station, library)));
    }
    found
}
