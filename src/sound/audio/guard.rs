//! A panic in a decoder ends the file that caused it, and nothing else.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Once;

use super::fault;
use crate::plan::Fault;

/// Where loa's own source lies, as the compiler was told it.
const OWN: &str = {
    let (own, _) = file!().split_at(file!().len() - "audio/guard.rs".len());
    own
};

thread_local! {
    static INSIDE: Cell<bool> = const { Cell::new(false) };
}

/// Runs `act`; a panic in it becomes a fault, so that a hostile file stops nothing but itself.
pub(super) fn guard<T>(act: impl FnOnce() -> Result<T, Fault>) -> Result<T, Fault> {
    let outer = INSIDE.replace(true);
    let outcome = catch_unwind(AssertUnwindSafe(act));
    INSIDE.set(outer);
    outcome.unwrap_or_else(|_| Err(fault::damaged()))
}

/// From now on a panic of a decoder that was asked to read a damaged file says nothing of its own: the file's
/// fault says it. One in loa's own code is reported as always.
pub fn hush_decoders() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let usual = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            let is_foreign = panic.location().is_some_and(|at| !at.file().starts_with(OWN));
            if !(INSIDE.get() && is_foreign) {
                usual(panic);
            }
        }));
    });
}
