use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::SyncSender;
use std::sync::{Arc, Mutex, PoisonError};

use super::asks::Asks;
use super::condition::Condition;
use super::orders::{Orders, Turned};
use super::peer::PeerAccount;
use super::ticket::Ticket;
use crate::checkup::Standing;
use crate::clock::Clock;
use crate::incoming::RelayHub;
use crate::instant::Wall;
use crate::player::{Event, Snapshot};

/// What readers and commanders hold: the last snapshot, and a way into the loop. They own nothing.
#[derive(Clone)]
pub struct Handle {
    snapshot: Arc<Mutex<Arc<Snapshot>>>,
    events: SyncSender<Event>,
    orders: Orders,
    /// Connections that wait for their answer.
    serving: Arc<AtomicUsize>,
    clock: Arc<dyn Clock>,
    station_dir: Arc<Path>,
    condition: Condition,
    standing: Arc<Mutex<Standing>>,
    /// To whoever asks whether the clock is to be believed.
    vouch: Asks,
    /// Where the sound of whoever speaks live comes in.
    incoming: RelayHub,
    /// It ends to begin again.
    again: Arc<AtomicBool>,
}

impl Handle {
    /// A handle whose events go to `events`, and what concerns the clock to `vouch`.
    pub(super) fn new(
        first: Snapshot,
        events: SyncSender<Event>,
        vouch: Asks,
        clock: Arc<dyn Clock>,
        (station_dir, incoming): (&Path, RelayHub),
    ) -> Self {
        Self {
            snapshot: Arc::new(Mutex::new(Arc::new(first))),
            events,
            orders: Orders::default(),
            serving: Arc::default(),
            clock,
            station_dir: station_dir.into(),
            condition: Condition::default(),
            standing: Arc::default(),
            vouch,
            incoming,
            again: Arc::default(),
        }
    }

    /// The way to whoever asks whether the clock is to be believed.
    pub(super) fn of_clock(&self) -> &Asks {
        &self.vouch
    }

    /// How the journal fares; its writer tells it there.
    pub fn condition(&self) -> &Condition {
        &self.condition
    }

    /// Where the sound of whoever speaks live comes in.
    pub(super) const fn incoming(&self) -> &RelayHub {
        &self.incoming
    }

    /// Where the station's files are.
    pub fn station_dir(&self) -> &Path {
        &self.station_dir
    }

    /// The station's clock.
    pub(super) fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }

    /// What the station's clock says now.
    pub fn now(&self) -> Wall {
        self.clock.wall()
    }

    /// How things stood after the loop's last turn.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.snapshot.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What the daemon says of its files and its last rehearsal.
    pub fn standing(&self) -> Standing {
        self.standing.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Each part of it has one thread that changes it: files theirs, the rehearsal its own.
    pub(super) fn change_standing(&self, change: impl FnOnce(&mut Standing)) {
        change(&mut self.standing.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// Replace the snapshot.
    pub(super) fn publish(&self, snapshot: Snapshot) {
        *self.snapshot.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(snapshot);
    }

    /// Hand an order of an account to the loop; `event` is made with its number.
    pub(super) fn order(&self, account: PeerAccount, event: impl FnOnce(u64) -> Event) -> Result<Ticket, Turned> {
        let ticket = self.orders.hand(account.0, event)?;
        self.wake();
        Ok(ticket)
    }

    /// End, before all else and however much waits.
    pub(super) fn end(&self) {
        self.orders.end();
        self.wake();
    }

    /// End, to begin again by other files.
    pub(super) fn begin_again(&self) {
        self.again.store(true, Ordering::Release);
        self.end();
    }

    /// Whether it ends to begin again.
    pub(super) fn begins_again(&self) -> bool {
        self.again.load(Ordering::Acquire)
    }

    /// Let the loop look at its orders. Where its queue is full it is awake.
    fn wake(&self) {
        if self.orders.call() {
            let _ = self.events.try_send(Event::Tick);
        }
    }

    /// The orders that wait for the loop; it takes them from here.
    pub(super) fn orders(&self) -> &Orders {
        &self.orders
    }

    /// How many connections wait for their answer.
    pub(super) fn serving(&self) -> &AtomicUsize {
        &self.serving
    }

    /// Send an event into the loop. False when the loop has ended or has fallen a thousand events
    /// behind.
    pub(super) fn send(&self, event: Event) -> bool {
        self.events.try_send(event).is_ok()
    }
}

/// Events that may wait for the loop. It takes each in microseconds; a thousand waiting means that it
/// hangs, and then refusing is better than growing.
pub(super) const QUEUE: usize = 1024;
