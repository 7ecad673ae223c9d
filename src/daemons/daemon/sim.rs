mod chance;
mod mishap;
mod output;

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;

pub use chance::Chance;
pub use mishap::Mishap;
pub use output::{Rendering, Simulated};

use super::stage::{ALIVE_EVERY, Stage, turn};
use super::wake::{History, started_note};
use crate::amplifier;
use crate::clock::{Clock, SimClock};
use crate::fact::Record;
use crate::instant::{Mono, Wall};
use crate::journal::{Journal, JournalError};
use crate::output::POSITION_EVERY;
use crate::player::{Action, ClockTrust, Event, Now, Player, Snapshot, World};
use crate::reason::Reason;
use crate::voice::{Notice, VoiceOrder};

/// The simulated stage: the daemon's own loop, player, mixer and journal, on a clock that jumps from
/// one event to the next. A year takes seconds.
///
/// A power cut ends the loop as it ends the process: at once. [`Self::wake`] then lets the time pass
/// until the power is back, and gives the player of the next start.
pub struct Sim<'a> {
    clock: SimClock,
    stop: Option<Mono>,
    output: &'a mut dyn Simulated,
    journal: &'a mut Journal,
    events: VecDeque<Event>,
    /// By when they happen, on the clock that never steps.
    mishaps: VecDeque<(Mono, Mishap)>,
    /// Records of one transaction, with when they were handed over: a simulated year writes 50,000.
    records: Vec<(Mono, Record)>,
    /// So many of them a start has waited for.
    synced: usize,
    failed: Option<JournalError>,
    /// The files, where a mishap has changed them.
    files: Option<World>,
    /// What there is to say for the clock, for the next start too.
    trust: ClockTrust,
    /// The last sign of life: when it was given, and what the clock said.
    alive: (Mono, Option<Wall>),
    /// The power is about to go, for so long.
    cut: Option<Duration>,
    dark: bool,
    ending: bool,
}

/// The least that a turn of the loop takes.
const LEAST: Duration = Duration::from_millis(1);

/// Records written at once.
const BATCH: usize = 512;

/// What was handed to the journal this shortly before the power went is not on the disk, unless a
/// start has waited for it.
const UNSYNCED: Duration = Duration::from_millis(50);

impl<'a> Sim<'a> {
    /// A stage on which it is `from`. It ends when the player has nothing more to do, or hard, in the
    /// middle of a sound, when a clock that never steps says `stop_at`.
    pub fn new(from: Wall, stop_at: Option<Wall>, output: &'a mut dyn Simulated, journal: &'a mut Journal) -> Self {
        Self {
            clock: SimClock::at(from),
            stop: stop_at.map(|stop| Mono::from_origin(stop.after(from))),
            output,
            journal,
            // What is due at the very first instant is due before time goes on.
            events: VecDeque::from([Event::Tick]),
            mishaps: VecDeque::new(),
            records: Vec::with_capacity(BATCH),
            synced: 0,
            failed: None,
            files: None,
            trust: ClockTrust { believed: true, because: Vec::new() },
            alive: (Mono::default(), None),
            cut: None,
            dark: false,
            ending: false,
        }
    }

    /// Let these happen, each so long after the beginning.
    #[must_use]
    pub fn with_mishaps(mut self, mut mishaps: Vec<(Duration, Mishap)>) -> Self {
        mishaps.sort_by_key(|(after, _)| *after);
        self.mishaps = mishaps.into_iter().map(|(after, what)| (Mono::from_origin(after), what)).collect();
        self
    }

    /// Let the station live through it all, from switch to switch, with these files; what is scheduled
    /// at `until` or later is not begun.
    pub fn live(mut self, world: &World, until: Wall) -> Result<(), JournalError> {
        let now = self.now();
        let mut player = Player::new_until(world.clone(), now, Wall::MIN, until);
        player.assume_heard_as_planned(now.wall);
        self.perform(Action::Record(started_note(now.wall, &world.station)));
        self.events.extend(put_off(world));
        loop {
            turn(&mut player, &mut self);
            match self.wake(world, until)? {
                Some(next) => player = next,
                None => return self.finish(),
            }
        }
    }

    /// After the loop has ended: the player of the next start, where a power cut has ended it.
    pub fn wake(&mut self, world: &World, until: Wall) -> Result<Option<Player>, JournalError> {
        if !std::mem::take(&mut self.dark) || self.failed.is_some() {
            return Ok(None);
        }
        let now = self.now();
        let history = History::of(self.journal)?;
        let recovered = self.journal.reopen(now.wall)?;
        let mut world = self.files.clone().unwrap_or_else(|| world.clone());
        let decided = self.journal.approvals()?;
        if !decided.is_empty() {
            Arc::make_mut(&mut world.library).approvals.add_all(&decided);
        }
        let world = &world;
        self.alive = (now.mono, None);
        self.events = history.away().into_iter().chain([Event::Tick]).chain(put_off(world)).collect();
        self.perform(Action::Record(started_note(now.wall, &world.station)));
        Ok(Some(history.player(world, now, until, &recovered).with_trust(now, self.trust.clone())))
    }

    /// What has its outcome and was planned at `from` or later, as the shell tells it with a person's word.
    #[cfg(test)]
    pub(crate) fn outcomes_since(&mut self, from: Wall) -> Vec<crate::fact::Entry> {
        self.write();
        let kind = Some(crate::fact::EntryKind::Airing);
        self.journal
            .select(&crate::journal::Filter { from: Some(from), kind, ..Default::default() })
            .unwrap_or_default()
    }

    /// Write what is left; the first failure of the journal, if there was one.
    pub fn finish(mut self) -> Result<(), JournalError> {
        self.write();
        self.failed.map_or(Ok(()), Err)
    }

    fn now(&self) -> Now {
        Now { wall: self.clock.wall(), mono: self.clock.mono() }
    }

    /// What the wall clock, as it stands, will say at `at`.
    fn wall_at(&self, at: Mono) -> Wall {
        self.clock.wall() + at.after(self.clock.mono())
    }

    fn mishap(&mut self) {
        match self.mishaps.pop_front().map(|(_, what)| what) {
            Some(Mishap::Event(event)) => {
                self.remember(&event);
                self.events.push_back(event);
            }
            Some(Mishap::Step(by)) => {
                self.step(by);
                self.events.push_back(Event::Tick);
            }
            Some(Mishap::DeviceLost) => self.output.lose(),
            Some(Mishap::PowerCut(off)) => {
                let positions = self.output.heard().into_iter().map(|(voice, heard)| (voice, known(heard)));
                let told = positions.filter(|(_, heard)| !heard.is_zero());
                self.events.extend(told.map(|(voice, heard)| Event::Notice(Notice::Position(voice, heard))));
                self.cut = Some(off);
            }
            None => {}
        }
    }

    fn remember(&mut self, event: &Event) {
        match event {
            Event::World(world) => self.files = Some(world.clone()),
            Event::Clock { trust, .. } => {
                self.give_signs_of_life();
                self.trust = trust.clone();
            }
            Event::Confirm { .. } => {
                self.trust = ClockTrust { believed: true, because: vec![Reason::Person(String::new())] }
            }
            _ => {}
        }
    }

    fn step(&mut self, by: SignedDuration) {
        self.give_signs_of_life();
        self.clock.step(self.clock.wall().moved(by));
        self.output.step(by);
    }

    /// Catch up with the signs of life that a minute brings, as far as the disk would have them.
    fn give_signs_of_life(&mut self) {
        let (last, _) = self.alive;
        let minutes = self.clock.mono().after(last + UNSYNCED).as_secs() / ALIVE_EVERY.as_secs();
        if let Some(minutes) = u32::try_from(minutes).ok().filter(|minutes| *minutes > 0) {
            let at = last + ALIVE_EVERY * minutes;
            let said = self.clock.wall() - self.clock.mono().after(at);
            // A clock that is not believed dates no sign of life.
            self.alive = (at, if self.trust.believed { Some(said) } else { self.alive.1 });
        }
    }

    /// The power goes now and is back after `off`.
    fn go_dark(&mut self, off: Duration) {
        self.give_signs_of_life();
        let (now, mut place, synced) = (self.clock.mono(), 0, self.synced);
        self.records.retain(|(at, record)| {
            place += 1;
            place <= synced || *at + UNSYNCED <= now || matches!(record, Record::Position { .. })
        });
        if let Some(at) = self.alive.1 {
            self.records.push((now, Record::Alive(at)));
        }
        self.write();
        self.output.cut_power();
        self.events.clear();
        let mut back = now + off;
        while let Some((at, _)) = self.mishaps.front().filter(|(at, _)| *at <= back) {
            let at = *at;
            self.run_to(self.wall_at(at));
            match self.mishaps.pop_front().map(|(_, what)| what) {
                Some(Mishap::Step(by)) => self.step(by),
                Some(Mishap::PowerCut(off)) => back = back.max(at + off),
                // Files are changed on a disk that lies on a desk; nobody else is heard.
                Some(Mishap::Event(event)) => self.remember(&event),
                Some(Mishap::DeviceLost) | None => {}
            }
        }
        self.run_to(self.wall_at(back));
        self.events.clear();
        self.dark = true;
    }

    fn write(&mut self) {
        let records = std::mem::take(&mut self.records);
        self.synced = 0;
        let written = self.journal.batch(|batch| records.iter().try_for_each(|(_, record)| batch.record(record)));
        if let Err(error) = written {
            self.failed.get_or_insert(error);
        }
    }

    fn stop(&mut self, at: Wall) -> Option<Event> {
        self.run_to(at);
        self.write();
        None
    }

    fn run_to(&mut self, at: Wall) {
        self.clock.advance(at.after(self.clock.wall()));
        let notices: Vec<Notice> = self.output.advance(at);
        for notice in notices {
            self.events.extend(self.last_position(&notice).map(Event::Notice));
            self.events.push_back(Event::Notice(notice));
        }
    }

    /// How far a voice that ends had come by what an output says while it sounds; only asked where the power will go.
    fn last_position(&self, notice: &Notice) -> Option<Notice> {
        let Notice::Ended { voice, played, .. } = notice else { return None };
        let is_asked = self.mishaps.iter().any(|(_, what)| matches!(what, Mishap::PowerCut(_)));
        Some(known(*played)).filter(|known| is_asked && !known.is_zero()).map(|known| Notice::Position(*voice, known))
    }
}

/// So much of what was heard has been said of it: a position is told every few seconds.
fn known(heard: Duration) -> Duration {
    POSITION_EVERY * (heard.as_secs() / POSITION_EVERY.as_secs()) as u32
}

/// A start puts every amplifier off.
fn put_off(world: &World) -> impl Iterator<Item = Event> + use<> {
    let count = amplifier::units(&world.station).len();
    (0..count).map(|amplifier| Event::Switched { amplifier, on: false, done: Ok(()) })
}

impl Stage for Sim<'_> {
    fn clock(&self) -> &dyn Clock {
        &self.clock
    }

    fn next(&mut self, deadline: Option<Wall>) -> Option<Event> {
        if self.failed.is_some() {
            return None;
        }
        if let Some(event) = self.events.pop_front() {
            return Some(event);
        }
        if let Some(off) = self.cut.take() {
            self.go_dark(off);
            return None;
        }
        let now = self.clock.wall();
        // What was asked of the output just now may have its answer already.
        self.run_to(now);
        if let Some(event) = self.events.pop_front() {
            return Some(event);
        }
        let next = deadline.into_iter().chain(self.output.next_event()).min();
        let stop = self.stop.map(|stop| self.wall_at(stop));
        if let Some(at) = self.mishaps.front().map(|(at, _)| self.wall_at(*at))
            && next.is_none_or(|next| at <= next)
            && stop.is_none_or(|stop| at < stop)
        {
            self.run_to(at);
            self.mishap();
            self.run_to(self.clock.wall());
            return Some(self.events.pop_front().unwrap_or(Event::Tick));
        }
        match (next, stop) {
            (Some(at), Some(stop)) if at >= stop => return self.stop(stop),
            (None, Some(stop)) => return self.stop(stop),
            // A deadline that has passed and led to nothing: let time go on as it would outside.
            (Some(at), _) if at <= now => self.run_to(now + LEAST),
            (Some(at), _) => self.run_to(at),
            (None, None) if self.ending => return None,
            (None, None) => {
                self.ending = true;
                self.events.push_back(Event::Shutdown);
            }
        }
        Some(self.events.pop_front().unwrap_or(Event::Tick))
    }

    fn perform(&mut self, action: Action) {
        match action {
            Action::Voice(voice, order) => {
                // A start waits for its intent.
                if let VoiceOrder::Start(_) = order {
                    self.synced = self.records.len();
                }
                self.output.order(voice, order);
            }
            // Its switches obey at once, and move nothing.
            Action::Switch { amplifier, on } => {
                self.events.push_back(Event::Switched { amplifier, on, done: Ok(()) });
            }
            Action::Record(record) => {
                self.records.push((self.clock.mono(), record));
                if self.records.len() >= BATCH {
                    self.write();
                }
            }
            Action::Done => self.write(),
        }
    }

    fn publish(&mut self, _: &dyn Fn() -> Snapshot) {}
}
