use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::time::Duration;

use super::handle::Handle;
use super::heartbeat::Heartbeat;
use super::orders::Answers;
use super::outputs::Outputs;
use super::report::Report;
use super::stage::{ALIVE_EVERY, Stage};
use super::watch::Changed;
use crate::clock::Clock;
use crate::fact::Record;
use crate::instant::{Mono, Wall};
use crate::journal::Writer;
use crate::player::{Action, Event, Snapshot};
use crate::reason::Reason;
use crate::switch::Switches;
use crate::voice::{Notice, VoiceOrder};

/// The loop comes round at least this often: a step of the wall clock or a night of suspend is seen
/// this soon after, and the watchdog is fed. A wake a second costs a hundredth of a per mille of a core.
const ROUND: Duration = Duration::from_secs(1);

/// The loop never comes round faster than this for time alone. Instants are placed two seconds ahead,
/// so a millisecond costs nothing, and a deadline that leads to nothing cannot spin.
const LEAST: Duration = Duration::from_millis(1);

/// A start that is handed over ahead of its time waits this long for its intent to reach the disk.
const INTENT_MOST: Duration = Duration::from_millis(50);

/// One that is due already, as an alert is: its first sample has 50 ms from the order, and the thread that
/// fills the card takes most of them.
const INTENT_MOST_WHEN_DUE: Duration = Duration::from_millis(10);

/// After a disk has kept one start waiting in vain, the next ones do not wait, for this long.
const SICK: Duration = Duration::from_secs(5);

/// The real stage: the machine's clock, its outputs, the journal on disk.
pub(super) struct Live {
    pub(super) clock: Arc<dyn Clock>,
    /// Comes before all else: since when the station was off, and whose word the clock has.
    pub(super) first: VecDeque<Event>,
    pub(super) events: Receiver<Event>,
    pub(super) outputs: Outputs,
    pub(super) switches: Switches,
    pub(super) journal: Writer,
    pub(super) handle: Handle,
    pub(super) files: Sender<Changed>,
    pub(super) heartbeat: Heartbeat,
    pub(super) report: Report,
    /// Since when the journal's disk is too slow to wait for.
    pub(super) journal_sick: Option<Mono>,
    /// When the journal was last told that the station is on.
    pub(super) alive: Mono,
    /// What is owed to those who gave an order.
    pub(super) answers: Answers,
    /// An order was taken last: what else there is comes before the next.
    pub(super) others_turn: bool,
}

impl Live {
    /// The intent is on the disk before the sound leaves. A healthy disk needs milliseconds,
    /// and starts are handed over two seconds ahead; for a sick one the sound does not wait.
    fn await_intent(&mut self, start: Wall) {
        let now = self.clock.mono();
        if self.journal_sick.is_some_and(|since| now.after(since) < SICK) {
            return;
        }
        let is_due = start <= self.clock.wall() + INTENT_MOST;
        let patience = if is_due { INTENT_MOST_WHEN_DUE } else { INTENT_MOST };
        self.journal_sick = (!self.journal.await_intents(patience)).then_some(now);
    }
}

impl Live {
    /// A stop or the end goes before all else; of other orders and of what outputs and files say, each has its
    /// turn, so that a flood of one does not keep the other waiting.
    fn ordered(&mut self) -> Option<Event> {
        let orders = self.handle.orders().clone();
        let event = match orders.urgent(&mut self.answers) {
            Some(event) => event,
            None if std::mem::take(&mut self.others_turn) => {
                if let Ok(event) = self.events.try_recv() {
                    return Some(self.heard(event));
                }
                orders.next(&mut self.answers, self.clock.mono())?
            }
            None => orders.next(&mut self.answers, self.clock.mono())?,
        };
        self.others_turn = true;
        if matches!(event, Event::Shutdown) {
            Heartbeat::stopping();
        }
        Some(event)
    }

    /// What the shell does on an event before the player has it.
    fn heard(&mut self, event: Event) -> Event {
        match &event {
            Event::Reload => {
                let _ = self.files.send(Changed::ByHand);
                return Event::Tick;
            }
            Event::Notice(Notice::Spoiled(_, file)) => {
                let _ = self.files.send(Changed::Sound(file.to_string()));
            }
            Event::Notice(Notice::Ended { voice, .. } | Notice::Failed(voice, _)) => self.outputs.forget(*voice),
            _ => {}
        }
        self.report.event(&event);
        event
    }
}

impl Stage for Live {
    fn clock(&self) -> &dyn Clock {
        self.clock.as_ref()
    }

    fn next(&mut self, deadline: Option<Wall>) -> Option<Event> {
        let now = self.clock.mono();
        self.heartbeat.beat(now);
        // A clock that is not believed dates no sign of life.
        if now.after(self.alive) >= ALIVE_EVERY && self.handle.snapshot().distrust.is_none() {
            self.alive = now;
            self.journal.send(Record::Alive(self.clock.wall()));
        }
        if let Some(first) = self.first.pop_front() {
            return Some(first);
        }
        if let Some(event) = self.ordered() {
            return Some(event);
        }
        let held = self.handle.orders().held(now).unwrap_or(ROUND);
        let wait = deadline.map_or(ROUND, |at| at.after(self.clock.wall())).min(held).clamp(LEAST, ROUND);
        match self.events.recv_timeout(wait) {
            Ok(event) => Some(self.heard(event)),
            Err(RecvTimeoutError::Timeout) => Some(Event::Tick),
            Err(RecvTimeoutError::Disconnected) => None,
        }
    }

    fn perform(&mut self, action: Action) {
        self.report.action(&action);
        match action {
            Action::Voice(voice, order) => {
                if let VoiceOrder::Start(at) = order {
                    self.await_intent(at);
                }
                self.outputs.order(voice, order);
            }
            Action::Switch { amplifier, on } => self.switches.set(amplifier, on),
            // Where there is no room the writer counts, and says so in the journal when the disk is back.
            Action::Record(record) => {
                if let Record::Note(note) = &record
                    && let Some(Reason::ClockStep(_)) = note.reason
                {
                    // Who vouched for the clock may not have meant this.
                    self.handle.of_clock().look();
                }
                self.journal.send(record);
            }
            Action::Done => {}
        }
    }

    fn publish(&mut self, look: &dyn Fn() -> Snapshot) {
        let snapshot = look();
        // What the past left is told first.
        if self.first.is_empty() {
            self.report.greet(&snapshot);
        }
        self.answers.tell(&snapshot.orders);
        self.handle.publish(snapshot);
    }
}
