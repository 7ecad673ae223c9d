//! What waits for the one who looks after the clock: few at a time, one word of each account, and each with an
//! answer. A word whose sender was told "no", or is gone, is never taken.

use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use tokio::sync::watch;

/// People who may vouch at the same time. Each word costs a look into the journal and a write to the disk; with
/// more of them waiting, the last would take effect long after it was given.
const ASKS_MOST: usize = 8;

/// What can be asked.
#[derive(Debug)]
pub(super) enum SocketQuery {
    /// The clock has been set: look again now.
    Look,
    /// Take the word of a person.
    Confirm(PersonsWord),
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Stand {
    Waits,
    Revoked,
    Taken,
    Done,
}

/// A person's word, for the one who takes it.
#[derive(Debug)]
pub(super) struct PersonsWord {
    by: String,
    stand: Arc<watch::Sender<Stand>>,
}

impl PersonsWord {
    /// Who gives it, once; `None` where it was taken back.
    pub(super) fn take(&self) -> Option<&str> {
        let taken = self.stand.send_if_modified(|stand| {
            let waits = *stand == Stand::Waits;
            if waits {
                *stand = Stand::Taken;
            }
            waits
        });
        taken.then_some(self.by.as_str())
    }

    /// What it is for has been done.
    pub(super) fn done(self) {
        self.stand.send_replace(Stand::Done);
    }
}

/// A word, for the one who gave it; he takes it back by going away.
#[derive(Debug)]
pub(super) struct Given {
    stand: Arc<watch::Sender<Stand>>,
    changes: watch::Receiver<Stand>,
}

impl Given {
    /// Take it back. False where it has been taken, or where another waits for the same word.
    pub(super) fn revoke(&self) -> bool {
        self.stand.receiver_count() <= 1
            && self.stand.send_if_modified(|stand| {
                let waits = *stand == Stand::Waits;
                if waits {
                    *stand = Stand::Revoked;
                }
                waits
            })
    }

    /// Until it is done.
    pub(super) async fn done(&mut self) {
        // The sender is held by this value, too.
        let _ = self.changes.wait_for(|stand| *stand == Stand::Done).await;
    }
}

impl Drop for Given {
    fn drop(&mut self) {
        self.revoke();
    }
}

/// Why a word was not taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum NotGiven {
    /// Too many wait, or this account's other word does.
    Full,
    /// Nobody takes it any more.
    Ending,
}

/// A word that waits: its account, who it names, and how it stands.
type Waiting = (u32, String, Weak<watch::Sender<Stand>>);

/// The way there.
#[derive(Clone, Debug)]
pub(super) struct Asks {
    to: SyncSender<SocketQuery>,
    waiting: Arc<Mutex<Vec<Waiting>>>,
}

impl Asks {
    /// A way, and its end.
    pub(super) fn new() -> (Self, Receiver<SocketQuery>) {
        let (to, asks) = sync_channel(ASKS_MOST);
        (Self { to, waiting: Arc::default() }, asks)
    }

    /// Have the clock looked at. Where no more can wait, it is about to be.
    pub(super) fn look(&self) {
        let _ = self.to.try_send(SocketQuery::Look);
    }

    /// Give an account's word; the same one again, while it waits, is the same word.
    pub(super) fn confirm(&self, account: u32, by: String) -> Result<Given, NotGiven> {
        let mut waiting = self.waiting();
        // The one who takes a word lets go of it when it is done; one that was taken back waits for that in vain.
        waiting.retain(|(.., stand)| {
            stand.upgrade().is_some_and(|stand| matches!(*stand.borrow(), Stand::Waits | Stand::Taken))
        });
        if let Some((_, named, stand)) = waiting.iter().find(|(of, ..)| *of == account) {
            let stand = stand.upgrade().filter(|_| *named == by).ok_or(NotGiven::Full)?;
            return Ok(Given { changes: stand.subscribe(), stand });
        }
        let (stand, changes) = watch::channel(Stand::Waits);
        let stand = Arc::new(stand);
        let known = (account, by.clone(), Arc::downgrade(&stand));
        self.to.try_send(SocketQuery::Confirm(PersonsWord { by, stand: stand.clone() })).map_err(
            |error| match error {
                TrySendError::Full(_) => NotGiven::Full,
                TrySendError::Disconnected(_) => NotGiven::Ending,
            },
        )?;
        waiting.push(known);
        Ok(Given { stand, changes })
    }

    fn waiting(&self) -> MutexGuard<'_, Vec<Waiting>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_of_one_account_is_one_word_and_leaves_room_for_another() {
        let (asks, inbox) = Asks::new();
        let flood: Vec<_> = (0..10_000).map(|_| asks.confirm(7, "w".to_owned()).unwrap()).collect();
        assert_eq!(asks.confirm(7, "another name".to_owned()).unwrap_err(), NotGiven::Full);
        let other = asks.confirm(8, "hoa".to_owned()).unwrap();
        let words: Vec<_> = inbox.try_iter().collect();
        let named: Vec<_> =
            words.iter().map(|ask| if let SocketQuery::Confirm(word) = ask { word.take() } else { None }).collect();
        assert_eq!(named, [Some("w"), Some("hoa")]);
        assert!(!other.revoke(), "what was taken stands");
        drop(flood);
    }

    #[test]
    fn no_more_wait_than_can_be_answered_and_what_was_taken_back_is_never_done() {
        let (asks, inbox) = Asks::new();
        let given: Vec<_> = (0..100).map(|account| asks.confirm(account, "x".to_owned())).collect();
        assert_eq!(given.iter().filter(|given| given.is_ok()).count(), ASKS_MOST);
        assert!(given[ASKS_MOST..].iter().all(|given| matches!(given, Err(NotGiven::Full))));
        drop(given);
        let done =
            inbox.try_iter().filter(|ask| matches!(ask, SocketQuery::Confirm(word) if word.take().is_some())).count();
        assert_eq!(done, 0);
        // Taken back and given again is a new word.
        assert!(asks.confirm(1, "x".to_owned()).is_ok());
        drop(inbox);
        assert_eq!(asks.confirm(2, "x".to_owned()).unwrap_err(), NotGiven::Ending);
    }
}
