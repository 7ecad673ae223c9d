//! An order between the one who gave it and the loop that takes it. Until the loop has taken it, whoever
//! gave it can take it back, and does so by going away: an order whose sender was told "no", or is gone,
//! never sounds.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use tokio::sync::watch;

use crate::player::OrderStand;

const HANDED: u8 = 0;
const TAKEN: u8 = 1;
const REVOKED: u8 = 2;
const REPLACED: u8 = 3;

/// The sender's half.
#[derive(Debug)]
pub(super) struct Ticket {
    state: Arc<AtomicU8>,
    stands: watch::Receiver<Option<OrderStand>>,
}

/// The loop's half.
#[derive(Debug)]
pub(super) struct Stub {
    state: Arc<AtomicU8>,
    stands: watch::Sender<Option<OrderStand>>,
}

/// The two halves of a new order.
pub(super) fn ticket() -> (Ticket, Stub) {
    let state = Arc::new(AtomicU8::new(HANDED));
    let (sender, stands) = watch::channel(None);
    (Ticket { state: Arc::clone(&state), stands }, Stub { state, stands: sender })
}

impl Ticket {
    /// Take it back. False where the loop has taken it already: then it stands.
    pub(super) fn revoke(&self) -> bool {
        self.state.compare_exchange(HANDED, REVOKED, Ordering::AcqRel, Ordering::Acquire).is_ok()
    }

    /// A newer one of the same account took its place before the loop took it.
    pub(super) fn was_replaced(&self) -> bool {
        self.state.load(Ordering::Acquire) == REPLACED
    }

    /// How it stands, once that has changed; `None` where the loop lets go of it and will say no more.
    pub(super) async fn next(&mut self) -> Option<OrderStand> {
        self.stands.changed().await.ok()?;
        self.stands.borrow_and_update().clone()
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        self.revoke();
    }
}

impl Stub {
    /// Take the order; false where it was taken back.
    pub(super) fn take(&self) -> bool {
        self.state.compare_exchange(HANDED, TAKEN, Ordering::AcqRel, Ordering::Acquire).is_ok()
    }

    /// It was taken back.
    pub(super) fn is_revoked(&self) -> bool {
        self.state.load(Ordering::Acquire) == REVOKED
    }

    /// A newer one takes its place; its sender is told.
    pub(super) fn replace(self) {
        // One that was taken back meanwhile stays so.
        let _ = self.state.compare_exchange(HANDED, REPLACED, Ordering::AcqRel, Ordering::Acquire);
    }

    /// Say how it stands, where that has changed. False when nobody listens any more.
    pub(super) fn tell(&self, stand: &OrderStand) -> bool {
        self.stands.send_if_modified(|told| {
            let changed = told.as_ref() != Some(stand);
            if changed {
                *told = Some(stand.clone());
            }
            changed
        });
        self.stands.receiver_count() > 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_taken_back_is_never_taken_and_what_was_taken_stands() {
        let (ticket, stub) = ticket();
        assert!(ticket.revoke());
        assert!(!stub.take());
        let (ticket, stub) = super::ticket();
        assert!(stub.take());
        assert!(!ticket.revoke(), "too late");
        // Whoever goes away takes it back.
        let (ticket, stub) = super::ticket();
        drop(ticket);
        assert!(!stub.take());
    }

    #[test]
    fn how_it_stands_is_told_where_it_has_changed_and_to_nobody_once_nobody_listens() {
        let (mut ticket, stub) = ticket();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let stand = OrderStand {
            ticket: 1,
            id: "7".to_owned(),
            title: String::new(),
            at: crate::instant::Wall::MIN,
            zones: Vec::new(),
            refused: None,
            left: Vec::new(),
            broadcast: None,
        };
        assert!(stub.tell(&stand) && stub.tell(&stand));
        assert_eq!(runtime.block_on(ticket.next()), Some(stand.clone()));
        drop(stub);
        assert_eq!(runtime.block_on(ticket.next()), None);
        let (ticket, stub) = super::ticket();
        drop(ticket);
        assert!(!stub.tell(&stand));
    }
}
