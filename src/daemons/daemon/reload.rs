use std::collections::BTreeSet;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use super::alert_cache::Hold;
use super::background::give_way;
use super::handle::Handle;
use super::last_good::{FileChange, Kept};
use super::log::{Log, LogLevel};
use super::news::{is_told, new_copies, other_law, told};
use super::prepare_gains::Tune;
use super::saved::Saved;
use super::stock::Stock;
use super::system_log::LogField;
use super::unset::Unset;
use super::watch::{Changed, Watch};
use super::writers::Writers;
use crate::audio::{library, stray};
use crate::checkup::{BrokenFile, Finding};
use crate::clock::Clock;
use crate::diag::{Colours, Diagnostic, SourceFile, Text, render, text};
use crate::disk;
use crate::instant::{Now, Wall};
use crate::plan::{Library, Wanted};
use crate::player::{Event, WentBy, World};
use crate::reason::Reason;
use crate::schedule::{Law, Loaded, Reading};
use crate::station::Station;

/// Files are read once nothing has changed for this long: an editor's burst of saves is one change.
const QUIET: Duration = Duration::from_millis(200);

/// Under a stream of changes (a long copy into `audio/`) the files are read this often all the same.
const BURST_MOST: Duration = Duration::from_secs(2);

/// Without any event the files are looked at this often, for what no watch sees: a directory mounted,
/// a watch lost, a network share.
const LOOK_EVERY: Duration = Duration::from_mins(1);

/// Sounds examined before what was found is written down.
const BATCH: usize = 32;

/// The loop is told of new sounds when they are this part of all, so that ten thousand of them give it a few plans to
/// make and no hundreds.
const TOLD_PART: usize = 4;

/// So many of the files' problems stand in the status; `loa check` shows all.
const PROBLEMS_MOST: usize = 10;

/// Reads the station's files, at the start and again whenever they change, and tells the loop.
///
/// A schedule file that becomes broken keeps its last good version for some days ([`Kept`]); a new sound is decoded here, on
/// this thread, and enters the plan once its facts are known.
pub(super) struct Reload {
    dir: PathBuf,
    log: Log,
    clock: Arc<dyn Clock>,
    station: Arc<Station>,
    world: World,
    kept: Kept,
    /// What the last reading found; its schedule and diagnostics stand in `world` and `diagnostics`.
    loaded: Loaded,
    diagnostics: Vec<Diagnostic>,
    /// What the journal has to be told: reason and sentence.
    notes: Vec<(Reason, Text)>,
    stock: Stock,
    /// Since when `loa.toml` is another than the one in use.
    station_changed: Option<Wall>,
    /// What is wrong with `loa.toml` as it is now.
    station_problems: Vec<Diagnostic>,
    /// Since when `loa.toml` cannot be used as it is.
    station_broken: Option<Wall>,
    /// Copies that the journal has been told of.
    copies: BTreeSet<String>,
    /// The law as it was last told.
    rules: Option<Law>,
    /// No sound is left of those that there were.
    sounds_gone: bool,
    unset: Unset,
    saved: Saved,
}

impl Reload {
    /// Read everything for the first time, and show what is wrong with it.
    pub(super) fn new(dir: PathBuf, log: Log, clock: Arc<dyn Clock>, writers: Writers) -> Self {
        let mut kept = Kept::load(&dir);
        let read = disk::station::load_or(&dir, kept.station());
        if let Some(text) = read.good() {
            kept.keep_station(text);
        }
        let station = Arc::new(read.station.clone());
        let world = World { station: station.clone(), schedule: Arc::default(), library: Arc::default() };
        let mut reload = Self {
            stock: Stock::new(dir.clone(), writers),
            dir,
            log,
            clock,
            station,
            world,
            kept,
            loaded: Loaded::default(),
            diagnostics: Vec::new(),
            notes: Vec::new(),
            station_changed: None,
            station_problems: Vec::new(),
            station_broken: None,
            copies: BTreeSet::new(),
            rules: None,
            sounds_gone: false,
            unset: Unset::default(),
            saved: Saved::default(),
        };
        reload.show(&read.diagnostics, &read.sources);
        reload.unset = Unset::new(&read, &reload.dir);
        reload.take_station(read);
        reload.read_schedules();
        reload.read_library();
        reload
    }

    /// The world as last read.
    pub(super) fn world(&self) -> &World {
        &self.world
    }

    /// What the station went by as `last` was written down, where it is not this.
    pub(super) fn went_by(&self, last: &Kept) -> Option<WentBy> {
        last.went_by(&self.kept, self.reading())
    }

    /// Go on watching on a thread of its own.
    pub(super) fn start(
        mut self,
        mut watch: Watch,
        changed: Receiver<Changed>,
        handle: Handle,
        (tune, hold): (Tune, Hold),
    ) -> io::Result<()> {
        tune.look(&self.world.library);
        hold.look(&self.world);
        let follow = move |before: &World, world: &World| {
            let new_sounds = !Arc::ptr_eq(&before.library, &world.library);
            if new_sounds || !Arc::ptr_eq(&before.schedule, &world.schedule) {
                hold.look(world);
            }
            if new_sounds {
                tune.look(&world.library);
            }
        };
        std::thread::Builder::new().name("files".to_owned()).spawn(move || {
            self.report(&handle);
            loop {
                let before = self.world.clone();
                let something_new = self.measure(&changed, &handle);
                follow(&before, &self.world);
                let again = self.stock.again().unwrap_or(LOOK_EVERY).min(LOOK_EVERY);
                let wait = if something_new { Duration::ZERO } else { again };
                match changed.recv_timeout(wait) {
                    Ok(why) => {
                        self.hear(why);
                        self.settle(&changed);
                    }
                    Err(RecvTimeoutError::Timeout) => {}
                    Err(RecvTimeoutError::Disconnected) => return,
                }
                // A directory deleted and made again is a new one, which nobody watches yet.
                watch.renew(&self.dir);
                let before = self.world.clone();
                self.look(&handle);
                follow(&before, &self.world);
            }
        })?;
        Ok(())
    }

    /// Read all files again; tell the loop if it makes a difference.
    fn look(&mut self, handle: &Handle) {
        self.unset.look(&self.dir, &self.log, self.clock.as_ref(), handle);
        self.look_at_station();
        let before = self.world.clone();
        self.read_schedules();
        self.read_library();
        self.tell(&before, handle);
        self.report(handle);
    }

    /// Tell the journal what has changed, and who asks how the files stand.
    fn report(&mut self, handle: &Handle) {
        for (reason, title) in std::mem::take(&mut self.notes) {
            handle.send(Event::Note { reason, title: title.vi });
        }
        let (now, lang) = (self.clock.wall(), self.log.lang());
        self.saved.tell(&self.dir, &self.world, &self.loaded, &self.station_problems, (now, lang));
        let tz = &self.station.timezone;
        let left_out = self.world.library.left_out;
        let sounds = library::warnings(&self.dir, &Wanted::new(&self.world.schedule, &self.station)).len()
            + stray::faulty(&self.world.library).len();
        let (mut broken, changed) = (self.kept.broken(tz), self.station_changed.map(|since| since.rfc3339(tz)));
        if let Some(since) = self.station_broken {
            broken.insert(0, BrokenFile { file: "loa.toml".to_owned(), since: since.rfc3339(tz), kept: true });
        }
        let problems = self.problems(&broken);
        let over = problems.len().saturating_sub(PROBLEMS_MOST);
        let problems: Vec<Finding> = problems.into_iter().take(PROBLEMS_MOST).map(Finding::from).collect();
        handle.change_standing(|standing| {
            standing.sound_warnings = sounds;
            standing.broken = broken;
            standing.restart_needed = changed;
            standing.sounds_left_out = left_out;
            standing.problems = problems;
            standing.problems_more = over;
        });
    }

    /// What of the files is not as it was meant, beside those that are broken as a whole: errors, and what is
    /// left out or stood in for.
    fn problems(&self, broken: &[BrokenFile]) -> Vec<&Diagnostic> {
        let is_open = |one: &&Diagnostic| is_told(one) && !broken.iter().any(|file| file.file == one.file);
        self.station_problems.iter().chain(&self.diagnostics).filter(is_open).collect()
    }

    fn show(&self, problems: &[Diagnostic], sources: &[SourceFile]) {
        if !problems.is_empty() {
            let level = if problems.iter().any(Diagnostic::is_error) { LogLevel::Error } else { LogLevel::Warning };
            let codes = problems.iter().map(|problem| LogField::Code(problem.code.to_owned())).collect();
            self.log.line_about(level, render(problems, sources, self.log.lang(), Colours::Plain), codes);
        }
    }

    fn tell(&self, before: &World, handle: &Handle) {
        if self.world != *before {
            self.world.library.prepare();
            handle.send(Event::World(self.world.clone()));
        }
    }

    /// `loa.toml` names the outputs, which are open: it is read again at the next start.
    fn look_at_station(&mut self) {
        let read = disk::station::load_or(&self.dir, self.kept.station());
        let differs = read.station != *self.station;
        if differs && self.station_changed.is_none() {
            let said = text!(
                "loa.toml đã thay đổi: khởi động lại loa để áp dụng",
                "loa.toml has changed: restart loa to apply it"
            );
            self.log.say(&said);
            self.notes.push((Reason::StationChanged, said));
        }
        self.station_changed = differs.then(|| self.station_changed.unwrap_or_else(|| self.clock.wall()));
        self.take_station(read);
    }

    /// How `loa.toml` stands.
    fn take_station(&mut self, read: disk::station::LoadedStation) {
        if read.kept && self.station_broken.is_none() {
            let said = text!(
                "loa.toml hỏng hoặc không còn: đài chạy theo bản đúng gần nhất của nó",
                "loa.toml is broken or gone: the station runs by its last good version"
            );
            self.log.say(&said);
            self.notes.push((Reason::StationKept, said));
        }
        self.station_broken = read.kept.then(|| self.station_broken.unwrap_or_else(|| self.clock.wall()));
        self.station_problems = read.diagnostics;
    }

    fn read_schedules(&mut self) {
        self.reread();
        let changes = self.kept.update(self.clock.wall(), self.clock.mono(), &self.loaded);
        if changes.iter().any(|(_, change)| *change == FileChange::Expired) {
            self.reread();
        }
        for (file, change) in changes {
            self.notes.push(told(&file, change));
        }
        self.notes.extend(new_copies(&self.loaded.left_out, &mut self.copies));
        self.note_rules();
        if self.loaded.diagnostics != self.diagnostics {
            self.show(&self.loaded.diagnostics, &self.loaded.sources);
            self.diagnostics.clone_from(&self.loaded.diagnostics);
        }
        if self.loaded.schedule != *self.world.schedule {
            self.world.schedule = Arc::new(self.loaded.schedule.clone());
        }
    }

    /// Tell the journal of other lawful hours than before.
    fn note_rules(&mut self) {
        let now = &self.loaded.schedule.rules;
        if let Some((reason, said)) = self.rules.as_ref().and_then(|before| other_law(before, now)) {
            self.log.say(&said);
            self.notes.push((reason, said));
        }
        self.rules = Some(now.clone());
    }

    fn reading(&self) -> Reading {
        Reading { today: self.clock.wall().zoned(&self.station.timezone).date() }
    }

    fn reread(&mut self) {
        self.loaded = disk::schedule::reload(&self.dir, &self.station, self.reading(), &self.kept.good(), &self.loaded);
    }

    fn read_library(&mut self) {
        let wanted = Wanted::new(&self.world.schedule, &self.station);
        let now = Now { wall: self.clock.wall(), mono: self.clock.mono() };
        let urgent = Wanted::urgent(&self.world.schedule, &self.station);
        let (known, said) = self.stock.look(&wanted, urgent, now);
        for said in &said {
            self.log.say(said);
        }
        // All sounds gone at once is a disk that was unmounted, not an edit: what is prepared plays, and what
        // comes later says itself what it cannot find.
        let gone = known.sounds.is_empty() && self.stock.is_done() && !self.world.library.sounds.is_empty();
        if gone != self.sounds_gone {
            self.sounds_gone = gone;
            let said = if gone {
                text!(
                    "mọi tệp trong audio/ đã biến mất: hãy xem lại ổ đĩa hoặc thẻ nhớ; những gì đã chuẩn bị vẫn phát",
                    "every file of audio/ is gone: look at the disk or the memory card; what is prepared still plays"
                )
            } else {
                text!("audio/ đã có tệp trở lại", "audio/ has files again")
            };
            self.log.say(&said);
        }
        if gone {
            return;
        }
        if known != *self.world.library {
            self.world.library = Arc::new(known);
        }
    }

    /// Decode the sounds that are not known yet, until something else changes; true if it has.
    fn measure(&mut self, changed: &Receiver<Changed>, handle: &Handle) -> bool {
        let mut library: Option<Library> = None;
        let (mut findings, mut untold, mut something_new) = (Vec::new(), 0, false);
        // The first, which is planned soonest, is told at once; then after twice as many each time.
        let mut told_after = 1;
        while !self.stock.is_done() && !something_new {
            give_way(handle, self.clock.as_ref());
            // At full priority otherwise: a sound cannot be played before it has been examined.
            let now = Now { wall: self.clock.wall(), mono: self.clock.mono() };
            let Some((finding, said)) = self.stock.examine(now) else { break };
            if let Some(said) = &said {
                self.log.say(said);
            }
            let all = library.get_or_insert_with(|| (*self.world.library).clone());
            self.stock.replace(all, &finding.sound);
            untold += 1;
            findings.push(finding);
            if findings.len() >= BATCH {
                self.stock.remember(&std::mem::take(&mut findings));
            }
            if untold >= told_after {
                self.tell_library(all.clone(), handle);
                (untold, told_after) = (0, (told_after * 2).min(BATCH.max(all.sounds.len() / TOLD_PART)));
            }
            if let Ok(why) = changed.try_recv() {
                // Look first at what is new; the rest is found unmeasured again.
                self.hear(why);
                something_new = true;
            }
        }
        if let Some(library) = library {
            self.stock.remember(&findings);
            self.tell_library(library, handle);
            self.report(handle);
        }
        something_new
    }

    fn tell_library(&mut self, library: Library, handle: &Handle) {
        let before = self.world.clone();
        self.world.library = Arc::new(library);
        self.tell(&before, handle);
    }

    fn hear(&mut self, why: Changed) {
        let Changed::Sound(file) = why else { return };
        self.stock.doubt(&file);
    }

    /// Take all changes of one burst together.
    fn settle(&mut self, changed: &Receiver<Changed>) {
        let began = self.clock.mono();
        while self.clock.mono().after(began) < BURST_MOST {
            let Ok(why) = changed.recv_timeout(QUIET) else { return };
            self.hear(why);
        }
    }
}
