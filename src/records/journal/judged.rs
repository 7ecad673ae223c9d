//! Rows of a chain, each judged for itself: the hash of its body, and what the body says. That takes most of the time of a
//! verification and needs no other row, so threads beside the one that reads do it, a batch at a time.

use std::collections::VecDeque;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{Scope, available_parallelism, scope};

use rusqlite::Row;
use rusqlite::types::ValueRef;

use crate::digest::sha256;

/// Rows that go to a thread together: handing them over costs nothing beside judging them.
const BATCH: usize = 512;
/// Batches on their way to each thread, and on their way back: some megabytes of rows.
const AHEAD: usize = 4;
/// Threads beside the one that reads: more than these wait for it.
const THREADS_MOST: usize = 3;

/// A row as it stands in the file.
struct ReadRow {
    number: i64,
    /// Body and hash; none where one of them is not text.
    text: Option<(String, String)>,
}

/// A row, judged for itself.
pub(super) struct JudgedRow<L> {
    pub(super) number: u64,
    /// None where body or hash is not text.
    pub(super) text: Option<JudgedText<L>>,
}

/// What a row holds.
pub(super) struct JudgedText<L> {
    pub(super) hash: String,
    /// The hash is the one of the body.
    pub(super) fits: bool,
    /// What the body says of its place; or what no loa writes.
    pub(super) link: Result<L, String>,
}

/// A thread that judges: what it is given, and what it gives back.
struct Judge<L> {
    hand: SyncSender<Vec<ReadRow>>,
    judged: Receiver<Vec<JudgedRow<L>>>,
}

/// The threads that judge: rows go to them in turns and come back in their order.
pub(super) struct Judges<L> {
    threads: Vec<Judge<L>>,
    /// Those that have a batch, in order.
    busy: VecDeque<usize>,
    next: usize,
    batch: Vec<ReadRow>,
}

impl<L: Send> Judges<L> {
    /// Do something with as many as this machine has room for; they end with it.
    pub(super) fn with<R>(read: fn(&str) -> Result<L, String>, work: impl FnOnce(&mut Self) -> R) -> R {
        scope(|scope| work(&mut Self::start(scope, read)))
    }

    fn start<'s>(scope: &'s Scope<'s, '_>, read: fn(&str) -> Result<L, String>) -> Self
    where
        L: 's,
    {
        let count = available_parallelism().map_or(1, |all| all.get() - 1).clamp(1, THREADS_MOST);
        let start = |_| {
            let (hand, handed) = sync_channel::<Vec<ReadRow>>(AHEAD);
            let (give, judged) = sync_channel(AHEAD);
            scope.spawn(move || {
                for rows in handed {
                    if give.send(rows.into_iter().map(|row| judge(row, read)).collect()).is_err() {
                        return;
                    }
                }
            });
            Judge { hand, judged }
        };
        let threads = (0..count).map(start).collect();
        Self { threads, busy: VecDeque::new(), next: 0, batch: Vec::with_capacity(BATCH) }
    }

    /// One more row of the file. Returns rows that have come back, if there are any: those that went first.
    pub(super) fn hand(&mut self, row: &Row) -> Result<Vec<JudgedRow<L>>, rusqlite::Error> {
        let text = |ix| match row.get_ref(ix) {
            Ok(value @ ValueRef::Text(_)) => value.as_str().ok().map(str::to_owned),
            _ => None,
        };
        self.batch.push(ReadRow { number: row.get(0)?, text: text(1).zip(text(2)) });
        if self.batch.len() < BATCH {
            return Ok(Vec::new());
        }
        let back = if self.busy.len() < self.threads.len() * AHEAD { Vec::new() } else { self.back() };
        self.send();
        Ok(back)
    }

    /// What has not come back yet, part by part; nothing once all has.
    pub(super) fn rest(&mut self) -> Vec<JudgedRow<L>> {
        if !self.batch.is_empty() {
            self.send();
        }
        self.back()
    }

    fn send(&mut self) {
        let batch = std::mem::replace(&mut self.batch, Vec::with_capacity(BATCH));
        // A thread that is gone has panicked, and the scope says so.
        if self.threads[self.next].hand.send(batch).is_ok() {
            self.busy.push_back(self.next);
        }
        self.next = (self.next + 1) % self.threads.len();
    }

    fn back(&mut self) -> Vec<JudgedRow<L>> {
        let first = self.busy.pop_front();
        first.and_then(|thread| self.threads[thread].judged.recv().ok()).unwrap_or_default()
    }
}

fn judge<L>(row: ReadRow, read: fn(&str) -> Result<L, String>) -> JudgedRow<L> {
    let text =
        row.text.map(|(body, hash)| JudgedText { fits: sha256(body.as_bytes()) == hash, link: read(&body), hash });
    JudgedRow { number: u64::try_from(row.number).unwrap_or(0), text }
}

/// Two things at once: `aside` on a thread of its own.
pub(super) fn beside<A: Send, B>(aside: impl FnOnce() -> A + Send, here: impl FnOnce() -> B) -> (A, B) {
    scope(|scope| {
        let aside = scope.spawn(aside);
        let here = here();
        (aside.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)), here)
    })
}
