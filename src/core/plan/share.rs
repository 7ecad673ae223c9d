use std::sync::{Mutex, PoisonError};
use std::thread;

/// More threads than this only wait for the memory.
const THREADS_MOST: usize = 8;

/// Fewer airings than this are settled before a second thread has woken: the two days that a daemon
/// plans never take one.
const WORTH: usize = 50_000;

/// The threads that share a window's zones. Zones know nothing of each other until their airings are
/// joined, so the result is the same for any number.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Workers(usize);

impl Workers {
    /// As many as it pays to use for this many airings.
    pub(super) fn of(airings: usize) -> Self {
        if airings < WORTH {
            return Self(1);
        }
        Self(thread::available_parallelism().map_or(1, |cores| cores.get().min(THREADS_MOST)))
    }

    /// Do `work` on every item, in any order.
    pub(super) fn each<T: Send>(self, items: &mut [T], work: impl Fn(&mut T) + Sync) {
        self.each_beside(items, work, || ());
    }

    /// The same, while this thread does `beside` before it lends a hand.
    pub(super) fn each_beside<T: Send>(self, items: &mut [T], work: impl Fn(&mut T) + Sync, beside: impl FnOnce()) {
        if self.0 == 1 {
            beside();
            return items.iter_mut().for_each(work);
        }
        let left = Mutex::new(items.iter_mut());
        let next = || left.lock().unwrap_or_else(PoisonError::into_inner).next();
        let help = || {
            while let Some(item) = next() {
                work(item);
            }
        };
        thread::scope(|scope| {
            for _ in 1..self.0 {
                // A machine that has no thread to give has this one.
                let _ = thread::Builder::new().name("plan".to_owned()).spawn_scoped(scope, help);
            }
            beside();
            help();
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_item_is_worked_on_once_by_any_number_of_threads() {
        for threads in [1, 2, 5] {
            let mut items: Vec<u32> = (0..1_000).collect();
            Workers(threads).each(&mut items, |item| *item += 1);
            assert!(items.into_iter().eq(1..=1_000), "{threads}");
        }
    }

    #[test]
    fn a_daemon_s_plan_takes_no_thread() {
        assert_eq!(Workers::of(10_000), Workers(1));
    }
}
