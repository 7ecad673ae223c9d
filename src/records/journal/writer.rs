use std::collections::VecDeque;
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use jiff::tz::TimeZone;

use super::batch::RowWritten;
use super::error::JournalError;
use super::event::WriterEvent;
use super::gap::Gap;
use super::journal_file::JournalFile;
use super::store::Journal;
use crate::fact::Record;
use crate::instant::Wall;

/// Records kept in memory while the disk is slow or fails: some hours of a busy station.
const MAX_WAITING: usize = 1_024;
/// Positions are not evidence: they are let go once half of the room is taken.
const MAX_WAITING_POSITIONS: usize = MAX_WAITING / 2;
/// Intents and starts are let go once three quarters are taken: the rest is for outcomes and notes,
/// which stand without them.
const MAX_WAITING_STEPS: usize = MAX_WAITING / 4 * 3;
/// Records of one transaction, so that the first of a long queue does not wait for the last.
const MAX_BATCH: usize = 128;
/// First and longest pause before a failed write is tried again.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// Without anything to write, the file is looked at this often: whether it is still in its place.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// Of so many rounds, one looks at the log: once in some seconds while something plays, in a minute otherwise.
const FOLD_EVERY: u32 = 16;

/// The thread that writes the journal, so that a slow disk never keeps the loop from the sound.
///
/// Records are written in the order they were given, many in one transaction where many wait.
#[derive(Debug)]
pub struct Writer {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    /// The queue has grown, or the end has come.
    work: Condvar,
    /// Something was written or given up.
    settled: Condvar,
}

#[derive(Debug, Default)]
struct State {
    queue: VecDeque<Record>,
    /// Records taken from the queue that are not on the disk yet.
    in_hand: usize,
    /// How many records have been queued so far, and the number among them of the newest intent.
    queued: u64,
    newest_intent: u64,
    /// Writes have failed, and not all that waited is written yet.
    failing: bool,
    /// Records for which there was no room.
    gap: Option<Gap>,
    closing: bool,
}

impl State {
    fn waiting(&self) -> usize {
        self.queue.len() + self.in_hand
    }

    fn is_settled(&self) -> bool {
        self.waiting() == 0
    }

    /// Records are settled in the order in which they were queued.
    fn is_intended(&self) -> bool {
        self.queued - self.waiting() as u64 >= self.newest_intent
    }
}

impl Shared {
    /// Nothing panics while the lock is held, so a poisoned one is as good as any.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Wait for the disk while `is_open` holds, at most for `patience`.
    fn wait(&self, patience: Duration, is_open: impl Fn(&State) -> bool) -> MutexGuard<'_, State> {
        let waited = self.settled.wait_timeout_while(self.lock(), patience, |state| is_open(state));
        waited.unwrap_or_else(PoisonError::into_inner).0
    }
}

impl Writer {
    /// Start the thread. `report` is called on it, and must not wait for it.
    pub fn start(journal: Journal, report: impl Fn(WriterEvent) + Send + 'static) -> Result<Self, std::io::Error> {
        Self::start_on(JournalFile::fixed(journal), report)
    }

    /// The same for the journal at `path`, which is opened anew where it turns out to be damaged, and
    /// later where it cannot be opened yet (`None`): the disk is full, or may not be written.
    pub fn start_at(
        path: &Path,
        tz: &TimeZone,
        journal: Option<Journal>,
        report: impl Fn(WriterEvent) + Send + 'static,
    ) -> Result<Self, std::io::Error> {
        Self::start_on(JournalFile::at(path, tz, journal), report)
    }

    fn start_on(file: JournalFile, report: impl Fn(WriterEvent) + Send + 'static) -> Result<Self, std::io::Error> {
        let shared = Arc::new(Shared::default());
        let thread = WriterThread {
            file,
            shared: Arc::clone(&shared),
            report: Box::new(report),
            latest: Wall::MIN,
            is_lost: false,
            log_held: false,
            is_head_kept: false,
            rounds: 0,
        };
        let thread = std::thread::Builder::new().name("journal".to_owned()).spawn(move || thread.run())?;
        Ok(Self { shared, thread: Some(thread) })
    }

    /// Hand over a record; returns at once. False where there is no room, and the record is lost:
    /// it is counted, and [`WriterEvent::Recovered`] will tell.
    pub fn send(&self, record: Record) -> bool {
        let mut state = self.shared.lock();
        let waiting = state.waiting();
        if matches!(record, Record::Position { .. } | Record::Alive(_)) {
            if waiting >= MAX_WAITING_POSITIONS {
                return true;
            }
        } else {
            let is_step = matches!(record, Record::Intend(_) | Record::Begin { .. });
            let room = if is_step { MAX_WAITING_STEPS } else { MAX_WAITING };
            if waiting >= room || state.closing {
                Gap::add(&mut state.gap, record.written());
                return false;
            }
        }
        state.queued += 1;
        if matches!(record, Record::Intend(_)) {
            state.newest_intent = state.queued;
        }
        state.queue.push_back(record);
        self.shared.work.notify_one();
        true
    }

    /// Wait until all that was handed over is on the disk, at most for `patience`. True if it is.
    pub fn flush(&self, patience: Duration) -> bool {
        self.shared.wait(patience, |state| !state.is_settled()).is_settled()
    }

    /// Wait until every intent that was handed over is on the disk, whatever came after it, at most for
    /// `patience`. True if they are; false at once where the disk is known to fail.
    pub fn await_intents(&self, patience: Duration) -> bool {
        self.shared.wait(patience, |state| !state.is_intended() && !state.failing).is_intended()
    }

    /// Write what waits and end the thread, at most for `patience`. Returns how many records could
    /// not be written.
    pub fn close(mut self, patience: Duration) -> usize {
        let flushed = self.flush(patience);
        let left = {
            let mut state = self.shared.lock();
            state.closing = true;
            state.waiting()
        };
        self.shared.work.notify_all();
        // A thread that hangs in a dead disk is left to the end of the process.
        if flushed && let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
        left
    }
}

/// A dropped writer lets its thread write what waits, try a failing disk once more, and end.
impl Drop for Writer {
    fn drop(&mut self) {
        self.shared.lock().closing = true;
        self.shared.work.notify_all();
    }
}

/// The thread's side.
struct WriterThread {
    file: JournalFile,
    shared: Arc<Shared>,
    report: Box<dyn Fn(WriterEvent) + Send>,
    /// When the newest record was handed over: no clock is asked here.
    latest: Wall,
    /// It was told that the file cannot be put in its place again.
    is_lost: bool,
    /// It was told that the log is held.
    log_held: bool,
    /// The head of all that was written stands outside of the file.
    is_head_kept: bool,
    /// Times that the file was looked at.
    rounds: u32,
}

impl WriterThread {
    fn run(mut self) {
        while let Some(records) = self.take() {
            if let Some(newest) = records.iter().map(Record::written).max() {
                self.latest = newest;
            }
            self.look_at_the_file();
            if !records.is_empty() {
                self.is_head_kept = false;
                self.persist(&records);
                self.caught_up();
            }
            self.shared.lock().in_hand = 0;
            self.shared.settled.notify_all();
            self.look_at_the_log();
            // Nobody waits for this, and where nothing was written there is nothing new to keep.
            if !self.is_head_kept {
                self.is_head_kept = self.file.keep_head(self.latest, false);
            }
        }
        self.file.keep_head(self.latest, true);
    }

    /// Wait for records, but come round now and then without any; `None` at the end.
    fn take(&self) -> Option<Vec<Record>> {
        let state = self.shared.lock();
        let is_idle = |state: &mut State| state.queue.is_empty() && !state.closing;
        let waited = self.shared.work.wait_timeout_while(state, LOOK_EVERY, is_idle);
        let (mut state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        if state.queue.is_empty() && state.closing {
            return None;
        }
        let count = state.queue.len().min(MAX_BATCH);
        state.in_hand = count;
        Some(state.queue.drain(..count).collect())
    }

    /// A file that has lost its name takes rows that nobody will ever read.
    fn look_at_the_file(&mut self) {
        if !self.file.is_taken_away() {
            return;
        }
        match self.file.restore(self.latest) {
            Ok(restored) => {
                (self.is_lost, self.is_head_kept) = (false, false);
                (self.report)(WriterEvent::Restored(restored));
            }
            Err(error) if !self.is_lost => {
                self.is_lost = true;
                (self.report)(WriterEvent::Unrestored { why: error.text() });
            }
            Err(_) => {}
        }
    }

    /// A log that a reader keeps from being folded in is told, and folding is tried now and then.
    fn look_at_the_log(&mut self) {
        self.rounds = self.rounds.wrapping_add(1);
        if !self.rounds.is_multiple_of(FOLD_EVERY) {
            return;
        }
        // Now and then all the same: somebody else may have written.
        self.is_head_kept = false;
        let held = self.file.overgrown_log();
        if held.is_some() != self.log_held {
            self.log_held = held.is_some();
            (self.report)(WriterEvent::LogHeld(held));
        }
    }

    /// Write `records`, however often it takes.
    fn persist(&mut self, records: &[Record]) {
        let mut pause = FIRST_PAUSE;
        loop {
            match self.write(records) {
                Ok(done) => {
                    self.tell(done);
                    break;
                }
                Err(error) if error.is_passing() || error.is_damage() => {
                    let waiting = self.fails();
                    (self.report)(WriterEvent::Failing { why: error.text(), waiting });
                    if !self.pause(pause) {
                        return;
                    }
                    pause = (pause * 2).min(LONGEST_PAUSE);
                }
                // One record spoils the transaction: find it, and keep the others.
                Err(error) if records.len() == 1 => {
                    (self.report)(WriterEvent::Unfit { why: error.text() });
                    break;
                }
                Err(_) => {
                    for record in records {
                        self.persist(std::slice::from_ref(record));
                    }
                    break;
                }
            }
        }
    }

    /// Nobody needs to wait for this disk; how many records do.
    fn fails(&self) -> usize {
        let mut state = self.shared.lock();
        state.failing = true;
        self.shared.settled.notify_all();
        state.waiting()
    }

    /// Once all that waited is written: say so, and what there was no room for.
    fn caught_up(&mut self) {
        if !self.shared.lock().queue.is_empty() {
            return;
        }
        // A disk that is merely slow can lose records too.
        let lost = self.tell_gap();
        let had_failed = std::mem::take(&mut self.shared.lock().failing);
        if had_failed || lost > 0 {
            (self.report)(WriterEvent::Recovered { lost });
        }
    }

    fn write(&mut self, records: &[Record]) -> Result<Vec<RowWritten>, JournalError> {
        let now = records.last().map_or(Wall::MIN, Record::written);
        if let Some(opened) = self.file.ready(now)? {
            self.tell(opened.closed.into_iter().map(|entry| RowWritten::Entry(Box::new(entry))).collect());
            if let Some(aside) = opened.set_aside {
                (self.report)(WriterEvent::SetAside(Box::new(aside)));
            }
            if let Some(misfit) = opened.misfit {
                (self.report)(WriterEvent::Misfit(misfit));
            }
        }
        self.file.write(|batch| records.iter().map(|record| batch.write(record)).collect())
    }

    /// Note in the journal what there was no room for; returns how much that was.
    fn tell_gap(&mut self) -> u64 {
        let Some(gap) = self.shared.lock().gap.take() else { return 0 };
        match self.file.write(|batch| batch.note(&gap.note())) {
            Ok(note) => self.tell(vec![RowWritten::Entry(Box::new(note))]),
            // Told with the next ones.
            Err(_) => gap.give_back(&mut self.shared.lock().gap),
        }
        gap.lost
    }

    /// Wait before another try, whatever arrives meanwhile. False where the end has come: there is
    /// no more waiting then.
    fn pause(&self, pause: Duration) -> bool {
        let state = self.shared.lock();
        let waited = self.shared.work.wait_timeout_while(state, pause, |state| !state.closing);
        let (state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        !state.closing
    }

    fn tell(&self, done: Vec<RowWritten>) {
        let (mut intents, mut entries) = (Vec::new(), Vec::new());
        for done in done {
            match done {
                RowWritten::Intent(key) => intents.push(key),
                RowWritten::Entry(entry) => entries.push(*entry),
                RowWritten::Nothing => {}
            }
        }
        if !intents.is_empty() || !entries.is_empty() {
            (self.report)(WriterEvent::Written { intents, entries });
        }
    }
}
