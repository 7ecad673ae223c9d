//! The station's files as the pages show them: what would play, by the same reading and the same plan as the daemon's. A
//! look is kept for a moment, so that fifty phones cost as much as one. Sounds that nobody has measured yet are the
//! daemon's to measure; here they are named.

use std::sync::Arc;
use std::time::Duration;

use super::one_for_all::Ages;
use crate::audio::library;
use crate::daemon;
use crate::diag::Diagnostic;
use crate::disk;
use crate::instant::Wall;
use crate::journal;
use crate::plan::{self, Airing, Wanted};
use crate::player::World;
use crate::schedule::{Loaded, Reading};
use crate::site::Site;
use crate::station::Approval;

/// So long a look serves everybody who asks.
pub(super) const LOOK_AGES: Ages = Ages { good: Duration::from_secs(2), given: Duration::from_secs(4) };

/// What the station's files say.
#[derive(Debug)]
pub(super) struct Look {
    /// What plays, where, from which sounds; a broken file counts as it last was right.
    pub(super) world: World,
    /// What is wrong with the files, `loa.toml` among them.
    pub(super) diagnostics: Vec<Diagnostic>,
    /// Schedules that are broken: their last good version plays, where there is one.
    pub(super) broken: Vec<String>,
    /// Sounds that nobody has measured yet.
    pub(super) unmeasured: Vec<String>,
    loaded: Loaded,
}

impl Look {
    /// Read everything; what has not changed since `before` is not checked again.
    pub(super) fn take(site: &Site, now: Wall, before: Option<&Self>) -> Self {
        let dir = site.dir();
        let (last_station, held) = daemon::last_good(dir);
        let station = disk::station::load_or(dir, last_station.as_deref());
        let (mut diagnostics, station) = (station.diagnostics, station.station);
        let reading = Reading { today: now.zoned(&station.timezone).date() };
        let nothing = Loaded::default();
        // What was checked for another loa.toml was checked for other zones.
        let same = before.filter(|before| *before.world.station == station).map_or(&nothing, |before| &before.loaded);
        let loaded = disk::schedule::reload(dir, &station, reading, &held, same);
        diagnostics.extend(loaded.diagnostics.iter().cloned());
        let wanted = Wanted::new(&loaded.schedule, &station);
        let (mut library, unmeasured) = library::known(dir, &wanted);
        if station.approval == Approval::Required {
            library.approvals = journal::approvals(&site.journal());
        }
        library.prepare();
        let schedule = Arc::new(loaded.schedule.clone());
        let broken = loaded.broken.clone();
        let world = World { station: Arc::new(station), schedule, library: Arc::new(library) };
        Self { world, diagnostics, broken, unmeasured, loaded }
    }

    /// What is planned from one instant up to another, in every zone.
    pub(super) fn plan(&self, from: Wall, to: Wall) -> Vec<Airing> {
        plan::plan(&self.world.schedule, &self.world.station, &self.world.library, from, to)
    }
}
