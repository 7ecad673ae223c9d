//! The station's files as the pages show them: what would play, by the same reading and the same plan as the daemon's. A
//! look is kept for a moment, so that fifty phones cost as much as one. Sounds that nobody has measured yet are the
//! daemon's to measure; here they are named.

use std::sync::Arc;
use std::time::Duration;

use super::one_for_all::Ages;
use crate::audio::library;
use crate::checkup::alarms::{self, Unrecorded};
use crate::daemon;
use crate::diag::{Diagnostic, SourceFile};
use crate::disk;
use crate::edit::FileEntry;
use crate::instant::Wall;
use crate::journal;
use crate::plan::{self, Airing, Library, Wanted};
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
    /// Broadcasts in which something is wrong, each with the file and the line that says so.
    pub(super) wrong: Vec<WrongEntry>,
    /// Schedules that are broken: their last good version plays, where there is one.
    pub(super) broken: Vec<String>,
    /// Sounds that nobody has measured yet.
    pub(super) unmeasured: Vec<String>,
    loaded: Loaded,
}

/// A broadcast in which something is wrong.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct WrongEntry {
    pub(super) file: String,
    pub(super) line: usize,
    /// What people call it.
    pub(super) title: String,
    /// Nothing of it plays.
    pub(super) is_silent: bool,
}

/// So many are named.
const WRONG_MOST: usize = 40;

/// The broadcasts that errors are about.
fn wrong(diagnostics: &[Diagnostic], loaded: &Loaded) -> Vec<WrongEntry> {
    let named = |one: &Diagnostic| {
        let source = loaded.sources.iter().find(|source| source.path == one.file)?;
        let entry = FileEntry::at_line(&source.path, &source.text, one.line)?;
        let is_silent = !loaded.schedule.broadcasts.iter().any(|known| known.id == entry.name);
        Some(WrongEntry { file: one.file.clone(), line: one.line, title: entry.title().to_owned(), is_silent })
    };
    let errors = diagnostics.iter().filter(|one| one.is_error() && one.line > 0);
    errors.take(WRONG_MOST).filter_map(named).collect()
}

/// Whether a file is meant by a name, in whichever language.
fn is_named(file: &str, name: &str) -> bool {
    plan::is_version(plan::without_ending(file).unwrap_or(file), name)
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
        let wrong = wrong(&diagnostics, &loaded);
        let world = World { station: Arc::new(station), schedule, library: Arc::new(library) };
        Self { world, diagnostics, wrong, broken, unmeasured, loaded }
    }

    /// The sounds as an alarm has them under this name. What nobody has measured yet is among them: the station sounds it too.
    pub(super) fn at_hand(&self, name: &str) -> Library {
        let mut near = self.world.library.around_at_once(name);
        for file in self.unmeasured.iter().filter(|file| is_named(file, name)) {
            near.sounds.entry(file.clone()).or_insert_with(|| library::unexamined(file));
        }
        near
    }

    /// Whether a file lies there whose length nobody knows yet.
    pub(super) fn is_unmeasured(&self, file: &str) -> bool {
        self.unmeasured.iter().any(|own| own == file)
    }

    /// The sounds that alarms lack. One that lies there and that nobody has measured yet is not missing.
    pub(super) fn unrecorded(&self) -> Vec<Unrecorded<'_>> {
        let mut missing = alarms::unrecorded(&self.world.station, &self.world.library);
        missing.retain(|one| !self.unmeasured.iter().any(|file| is_named(file, one.sound.name)));
        missing
    }

    /// The text from which a broadcast plays whose file is broken: as it last was right.
    pub(super) fn last_good(&self, id: &str) -> Option<&SourceFile> {
        let known = self.world.schedule.broadcasts.iter().find(|one| one.id == id)?;
        let place = known.place()?;
        let file = self.broken.iter().find(|file| **file == place.file)?;
        self.loaded.good.files.iter().find(|good| good.path == *file)
    }

    /// What is planned from one instant up to another, in every zone.
    pub(super) fn plan(&self, from: Wall, to: Wall) -> Vec<Airing> {
        plan::plan(&self.world.schedule, &self.world.station, &self.world.library, from, to)
    }
}
