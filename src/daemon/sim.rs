use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;

use super::stage::Stage;
use crate::clock::{Clock, SimClock};
use crate::instant::{Mono, Wall};
use crate::journal::{Journal, JournalError, Record};
use crate::output::{Counting, Notice, Offline, Output, VoiceId};
use crate::plan::{Programme, Volume};
use crate::player::{Action, Event, Snapshot};
use crate::station::ZoneIx;

/// An output that lives by the simulated clock.
pub trait Simulated: Output {
    /// When it has something to report, if it knows.
    fn next_event(&self) -> Option<Wall>;
    /// Let its time run to `to`; returns what happened, in order.
    fn advance(&mut self, to: Wall) -> Vec<Notice>;
    /// The wall clock steps; what sounds goes on.
    fn step(&mut self, by: SignedDuration);
    /// The device goes away.
    fn lose(&mut self);
}

/// What happens to a simulated station from outside.
#[derive(Clone, Debug)]
pub enum Mishap {
    /// Somebody, or the files, say something.
    Event(Event),
    /// The wall clock steps.
    Step(SignedDuration),
    /// The sound device goes away.
    DeviceLost,
}

impl Simulated for Counting {
    fn next_event(&self) -> Option<Wall> {
        Self::next_event(self)
    }

    fn advance(&mut self, to: Wall) -> Vec<Notice> {
        Self::advance(self, to)
    }

    fn step(&mut self, by: SignedDuration) {
        Self::step(self, by);
    }

    fn lose(&mut self) {
        Self::lose(self);
    }
}

/// Mixes every sample, and hands them to `hear`.
pub struct Rendering<'a> {
    /// The mixer.
    pub output: Offline,
    /// Gets the samples, interleaved.
    pub hear: &'a mut (dyn FnMut(&[f32]) + Send),
}

/// A mixer learns of an end only by mixing up to it, so it is run in steps this long while it sounds.
const STEP: Duration = Duration::from_millis(100);

impl Simulated for Rendering<'_> {
    fn next_event(&self) -> Option<Wall> {
        self.output.is_busy().then(|| self.output.now() + STEP)
    }

    fn advance(&mut self, to: Wall) -> Vec<Notice> {
        self.output.advance(to, &mut *self.hear)
    }

    /// A rendering has no mishaps: its samples are those of an undisturbed day.
    fn step(&mut self, _: SignedDuration) {}

    fn lose(&mut self) {}
}

impl Output for Rendering<'_> {
    fn prepare(&mut self, voice: VoiceId, zone: ZoneIx, programme: Arc<Programme>, skip: Duration) {
        self.output.prepare(voice, zone, programme, skip);
    }

    fn level(&mut self, voice: VoiceId, volume: Volume) {
        self.output.level(voice, volume);
    }

    fn start(&mut self, voice: VoiceId, at: Wall) {
        self.output.start(voice, at);
    }

    fn cut(&mut self, voice: VoiceId, at: Option<Wall>) {
        self.output.cut(voice, at);
    }
}

/// The simulated stage: the daemon's own loop, player, mixer and journal, on a clock that jumps from
/// one event to the next. A year takes seconds.
pub struct Sim<'a> {
    clock: SimClock,
    stop_at: Option<Wall>,
    output: &'a mut dyn Simulated,
    journal: &'a mut Journal,
    events: VecDeque<Event>,
    /// By when they happen, on the clock that never steps.
    mishaps: VecDeque<(Mono, Mishap)>,
    /// Records of one transaction: a simulated year writes 50,000.
    records: Vec<Record>,
    failed: Option<JournalError>,
    ending: bool,
}

/// The least that a turn of the loop takes.
const LEAST: Duration = Duration::from_millis(1);

/// Records written at once.
const BATCH: usize = 512;

impl<'a> Sim<'a> {
    /// A stage on which it is `from`. It ends when the player has nothing more to do, or hard, in the
    /// middle of a sound, at `stop_at`.
    pub fn new(from: Wall, stop_at: Option<Wall>, output: &'a mut dyn Simulated, journal: &'a mut Journal) -> Self {
        Self {
            clock: SimClock::at(from),
            stop_at,
            output,
            journal,
            // What is due at the very first instant is due before time goes on.
            events: VecDeque::from([Event::Tick]),
            mishaps: VecDeque::new(),
            records: Vec::with_capacity(BATCH),
            failed: None,
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

    /// The next mishap, by the wall clock as it stands.
    fn next_mishap(&self) -> Option<Wall> {
        self.mishaps.front().map(|(at, _)| self.clock.wall() + at.after(self.clock.mono()))
    }

    fn mishap(&mut self) {
        match self.mishaps.pop_front().map(|(_, what)| what) {
            Some(Mishap::Event(event)) => self.events.push_back(event),
            Some(Mishap::Step(by)) => {
                self.clock.step(self.clock.wall().moved(by));
                self.output.step(by);
                self.events.push_back(Event::Tick);
            }
            Some(Mishap::DeviceLost) => self.output.lose(),
            None => {}
        }
    }

    /// Write what is left; the first failure of the journal, if there was one.
    pub fn finish(mut self) -> Result<(), JournalError> {
        self.write();
        self.failed.map_or(Ok(()), Err)
    }

    fn write(&mut self) {
        let records = std::mem::take(&mut self.records);
        let written = self.journal.batch(|batch| records.iter().try_for_each(|record| batch.record(record)));
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
        self.events.extend(notices.into_iter().map(Event::Notice));
    }
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
        let now = self.clock.wall();
        // What was asked of the output just now may have its answer already.
        self.run_to(now);
        if let Some(event) = self.events.pop_front() {
            return Some(event);
        }
        let next = deadline.into_iter().chain(self.output.next_event()).min();
        if let Some(at) = self.next_mishap()
            && next.is_none_or(|next| at <= next)
            && self.stop_at.is_none_or(|stop| at < stop)
        {
            self.run_to(at);
            self.mishap();
            self.run_to(self.clock.wall());
            return Some(self.events.pop_front().unwrap_or(Event::Tick));
        }
        match (next, self.stop_at) {
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
            Action::Prepare { voice, zone, programme, skip } => self.output.prepare(voice, zone, programme, skip),
            Action::Level { voice, volume } => self.output.level(voice, volume),
            Action::Start { voice, at } => self.output.start(voice, at),
            Action::Cut { voice, at } => self.output.cut(voice, at),
            Action::Record(record) => {
                self.records.push(record);
                if self.records.len() >= BATCH {
                    self.write();
                }
            }
            Action::Done => self.write(),
        }
    }

    fn publish(&mut self, _: &dyn Fn() -> Snapshot) {}
}
