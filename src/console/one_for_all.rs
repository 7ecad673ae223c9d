//! Something that takes a while to work out, worked out once for everybody who asks. While it is good it is given as it is;
//! for a while after that it is still given, and the next one is made behind it, so that nobody waits in a crowd; what is
//! older is waited for. Whoever has written something says so, and the next who asks gets what is so now.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Mutex as Turn;

use crate::instant::Mono;

/// So long something is good, and so long it is given while the next is made.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ages {
    pub(super) good: Duration,
    pub(super) given: Duration,
}

/// The last one of something.
#[derive(Debug)]
pub(super) struct OneForAll<T>(Arc<Inner<T>>);

#[derive(Debug)]
struct Inner<T> {
    last: Mutex<Last<T>>,
    /// One makes the next.
    turn: Arc<Turn<()>>,
}

#[derive(Debug)]
struct Last<T> {
    /// When it was asked for; none once something was written since.
    at: Option<Mono>,
    one: Option<Arc<T>>,
    /// How often something was written.
    written: u64,
}

impl<T> Default for OneForAll<T> {
    fn default() -> Self {
        let last = Mutex::new(Last { at: None, one: None, written: 0 });
        Self(Arc::new(Inner { last, turn: Arc::default() }))
    }
}

enum Found<T> {
    Good(Arc<T>),
    Old(Arc<T>),
    Nothing,
}

impl<T> Inner<T> {
    fn with<R>(&self, work: impl FnOnce(&mut Last<T>) -> R) -> R {
        work(&mut self.last.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn find(&self, now: Mono, ages: Ages) -> Found<T> {
        self.with(|last| match (last.at, &last.one) {
            (Some(at), Some(one)) if now.after(at) < ages.good => Found::Good(one.clone()),
            (Some(at), Some(one)) if now.after(at) < ages.given => Found::Old(one.clone()),
            _ => Found::Nothing,
        })
    }
}

impl<T: Send + Sync + 'static> OneForAll<T> {
    /// As it is, or was a moment ago. `make` is given the one before, and may wait for the disk.
    pub(super) async fn get(
        &self,
        now: Mono,
        ages: Ages,
        make: impl FnOnce(Option<Arc<T>>) -> T + Send + 'static,
    ) -> Arc<T> {
        match self.0.find(now, ages) {
            Found::Good(one) => return one,
            Found::Old(one) => {
                if let Ok(turn) = self.0.turn.clone().try_lock_owned() {
                    let own = self.0.clone();
                    tokio::spawn(async move {
                        made(&own, now, make).await;
                        drop(turn);
                    });
                }
                return one;
            }
            Found::Nothing => {}
        }
        let _turn = self.0.turn.lock().await;
        // Whoever stood before has made it.
        match self.0.find(now, ages) {
            Found::Good(one) => one,
            _ => made(&self.0, now, make).await,
        }
    }

    /// Something was written: the next one is made anew.
    pub(super) fn forget(&self) {
        self.0.with(|last| {
            last.at = None;
            last.written += 1;
        });
    }
}

async fn made<T: Send + Sync + 'static>(
    inner: &Arc<Inner<T>>,
    now: Mono,
    make: impl FnOnce(Option<Arc<T>>) -> T + Send + 'static,
) -> Arc<T> {
    let (before, written) = inner.with(|last| (last.one.clone(), last.written));
    let one = tokio::task::spawn_blocking(move || Arc::new(make(before))).await;
    let one = one.expect("what is worked out for a page does not panic");
    inner.with(|last| {
        // What was written meanwhile may be missing in it: it serves this one who asked, and no other.
        last.at = (last.written == written).then_some(now);
        last.one = Some(one.clone());
    });
    one
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    const AGES: Ages = Ages { good: Duration::from_secs(2), given: Duration::from_secs(4) };

    fn at(seconds: u64) -> Mono {
        Mono::from_origin(Duration::from_secs(seconds))
    }

    fn on_a_runtime<T>(work: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
    }

    #[test]
    fn it_is_made_once_for_all_and_behind_those_who_ask_while_it_ages() {
        on_a_runtime(async {
            let (shared, made) = (OneForAll::default(), Arc::new(AtomicU32::new(0)));
            let ask = |second| {
                let made = made.clone();
                shared.get(at(second), AGES, move |_| made.fetch_add(1, Ordering::Relaxed))
            };
            let all = futures_util::future::join_all((0..50).map(|_| ask(10))).await;
            assert!(all.iter().all(|one| **one == 0));
            assert_eq!(*ask(11).await, 0);
            assert_eq!(*ask(13).await, 0, "given while the next is made");
            while made.load(Ordering::Relaxed) < 2 {
                tokio::task::yield_now().await;
            }
            let _ = shared.0.turn.lock().await;
            assert_eq!(*ask(13).await, 1);
            assert_eq!(*ask(30).await, 2, "too old to be given");
            shared.forget();
            assert_eq!(*ask(30).await, 3);
        });
    }

    #[test]
    fn what_was_made_while_somebody_wrote_is_made_again() {
        on_a_runtime(async {
            let shared = OneForAll::<u32>::default();
            let other = OneForAll(shared.0.clone());
            let first = shared.get(at(1), AGES, move |before| {
                other.forget();
                before.map_or(7, |before| *before + 1)
            });
            assert_eq!(*first.await, 7);
            assert_eq!(*shared.get(at(1), AGES, |before| before.map_or(0, |before| *before + 1)).await, 8);
        });
    }
}
