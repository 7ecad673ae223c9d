use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use super::handle::Handle;
use super::tune::Tune;
use super::watch::{Changed, Watch};
use crate::audio::library;
use crate::clock::Clock;
use crate::diag::{Diagnostic, Lang, Look, SourceFile, render, text};
use crate::plan::Library;
use crate::player::{Event, World};
use crate::schedule::{self, Reading};
use crate::station::{self, Station};

/// Files are read once nothing has changed for this long: an editor's burst of saves is one change.
const QUIET: Duration = Duration::from_millis(200);

/// Under a stream of changes (a long copy into `audio/`) the files are read this often all the same.
const BURST_MOST: Duration = Duration::from_secs(2);

/// Without any event the files are looked at this often, for what no watch sees: a directory mounted,
/// a watch lost, a network share.
const LOOK_EVERY: Duration = Duration::from_mins(1);

/// A file that was being written when it was measured is measured again after this.
const CHANGING: Duration = Duration::from_secs(2);

/// Reads the station's files, at the start and again whenever they change, and tells the loop.
///
/// A schedule file that becomes broken keeps its last good version; a new sound is decoded here, on
/// this thread, and enters the plan once its facts are known.
pub(super) struct Reload {
    dir: PathBuf,
    lang: Lang,
    clock: Arc<dyn Clock>,
    station: Arc<Station>,
    world: World,
    last_good: Vec<SourceFile>,
    diagnostics: Vec<Diagnostic>,
    /// Sounds that have to be measured before they may play.
    unmeasured: Vec<String>,
    station_changed: bool,
}

impl Reload {
    /// Read everything for the first time, and show what is wrong with it.
    pub(super) fn new(dir: PathBuf, lang: Lang, clock: Arc<dyn Clock>) -> Self {
        let (station, problems, sources) = station::load(&dir);
        print!("{}", render(&problems, &sources, lang, Look::Plain));
        let station = Arc::new(station);
        let world = World { station: station.clone(), schedule: Arc::default(), library: Arc::default() };
        let mut reload = Self {
            dir,
            lang,
            clock,
            station,
            world,
            last_good: Vec::new(),
            diagnostics: Vec::new(),
            unmeasured: Vec::new(),
            station_changed: false,
        };
        reload.read_schedules();
        reload.read_library();
        reload
    }

    /// The world as last read.
    pub(super) fn world(&self) -> &World {
        &self.world
    }

    /// Go on watching on a thread of its own.
    pub(super) fn start(
        mut self,
        mut watch: Watch,
        changed: Receiver<Changed>,
        handle: Handle,
        tune: Tune,
    ) -> io::Result<()> {
        tune.look(&self.world.library);
        std::thread::Builder::new().name("files".to_owned()).spawn(move || {
            loop {
                let before = Arc::clone(&self.world.library);
                let something_new = self.measure(&changed, &handle);
                if !Arc::ptr_eq(&before, &self.world.library) {
                    tune.look(&self.world.library);
                }
                let wait = match (something_new, self.unmeasured.is_empty()) {
                    (true, _) => Duration::ZERO,
                    (false, true) => LOOK_EVERY,
                    (false, false) => CHANGING,
                };
                match changed.recv_timeout(wait) {
                    // A directory deleted and made again is a new one, which nobody watches yet.
                    Ok(_) => {
                        settle(&changed, self.clock.as_ref());
                        watch.renew(&self.dir);
                    }
                    Err(RecvTimeoutError::Timeout) => watch.renew(&self.dir),
                    Err(RecvTimeoutError::Disconnected) => return,
                }
                let before = Arc::clone(&self.world.library);
                self.look(&handle);
                if !Arc::ptr_eq(&before, &self.world.library) {
                    tune.look(&self.world.library);
                }
            }
        })?;
        Ok(())
    }

    /// Read all files again; tell the loop if it makes a difference.
    fn look(&mut self, handle: &Handle) {
        self.look_at_station();
        let before = self.world.clone();
        self.read_schedules();
        self.read_library();
        self.tell(&before, handle);
    }

    fn tell(&self, before: &World, handle: &Handle) {
        if self.world != *before {
            handle.send(Event::World(self.world.clone()));
        }
    }

    /// `loa.toml` names the outputs, which are open: it is read again at the next start.
    fn look_at_station(&mut self) {
        let (station, _, _) = station::load(&self.dir);
        let differs = station != *self.station;
        if differs && !self.station_changed {
            let said = text!(
                "loa.toml đã thay đổi: khởi động lại loa để áp dụng",
                "loa.toml has changed: restart loa to apply it"
            );
            eprintln!("loa: {}", said.get(self.lang));
        }
        self.station_changed = differs;
    }

    fn read_schedules(&mut self) {
        let today = self.clock.wall().zoned(&self.station.timezone).date();
        let loaded = schedule::reload(&self.dir, &self.station, Reading { today }, &self.last_good);
        self.last_good = loaded.good;
        if loaded.diagnostics != self.diagnostics {
            eprint!("{}", render(&loaded.diagnostics, &loaded.sources, self.lang, Look::Plain));
            self.diagnostics = loaded.diagnostics;
        }
        if loaded.schedule != *self.world.schedule {
            self.world.schedule = Arc::new(loaded.schedule);
        }
    }

    fn read_library(&mut self) {
        let (known, unmeasured) = library::known(&self.dir);
        self.unmeasured = unmeasured;
        if known != *self.world.library {
            self.world.library = Arc::new(known);
        }
    }

    /// Decode the sounds that are not known yet, until something else changes; true if it has.
    fn measure(&mut self, changed: &Receiver<Changed>, handle: &Handle) -> bool {
        let before = self.world.clone();
        let mut findings = Vec::new();
        let mut library: Library = (*self.world.library).clone();
        let mut still = Vec::new();
        let mut something_new = false;
        let mut left = std::mem::take(&mut self.unmeasured).into_iter();
        for file in left.by_ref() {
            let finding = library::examine(&self.dir, &file);
            let changing = finding.sound.facts.as_ref().is_err_and(|fault| fault.code == "changing");
            if changing {
                still.push(file.clone());
            } else if let Err(fault) = &finding.sound.facts {
                eprintln!("loa: audio/{file}: {}", fault.message.get(self.lang));
            }
            library.sounds.insert(file, finding.sound.clone());
            findings.push(finding);
            if changed.try_recv().is_ok() {
                // Look first at what is new; the rest is found unmeasured again.
                something_new = true;
                break;
            }
        }
        if findings.is_empty() {
            return false;
        }
        library::remember(&self.dir, &findings);
        self.unmeasured = still.into_iter().chain(left).collect();
        self.world.library = Arc::new(library);
        self.tell(&before, handle);
        something_new
    }
}

/// Take all changes of one burst together.
fn settle(changed: &Receiver<Changed>, clock: &dyn Clock) {
    let began = clock.mono();
    while clock.mono().after(began) < BURST_MOST && changed.recv_timeout(QUIET).is_ok() {}
}
