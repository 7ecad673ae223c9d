use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::diag::Text;
use crate::journal::SetAside;
use crate::status::{JournalStatus, RestoredStatus, SetAsideStatus};

/// How the journal fares, for whoever asks how things stand. Told by its writer's thread.
#[derive(Clone, Debug, Default)]
pub struct Condition(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    /// Why it cannot be written, and how many records wait.
    failing: Option<(Text, usize)>,
    /// The file that was set aside in this run, and what was wrong with it.
    set_aside: Option<(String, Text)>,
    /// How it was not as the station had left it, at the start or when it was opened later in this run.
    misfit: Option<Text>,
    /// Its file was taken away in this run; whether all rows are in the one that took its place.
    restored: Option<bool>,
    /// Bytes of a log that a reader keeps from being folded in.
    log_held: Option<u64>,
}

impl Condition {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn failing(&self, why: Text, waiting: usize) {
        self.lock().failing = Some((why, waiting));
    }

    pub(super) fn works(&self) {
        self.lock().failing = None;
    }

    pub(super) fn set_aside(&self, aside: &SetAside) {
        let name = aside.file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        self.lock().set_aside = Some((name, aside.why.clone()));
    }

    pub(super) fn misfit(&self, what: Text) {
        self.lock().misfit = Some(what);
    }

    pub(super) fn restored(&self, whole: bool) {
        self.lock().restored = Some(whole);
    }

    pub(super) fn log_held(&self, bytes: Option<u64>) {
        self.lock().log_held = bytes;
    }

    /// For whoever asks how things stand.
    pub(super) fn status(&self) -> JournalStatus {
        let state = self.lock();
        JournalStatus {
            writes: Some(state.failing.is_none()),
            waiting: state.failing.as_ref().map_or(0, |(_, waiting)| *waiting),
            why: state.failing.as_ref().map(|(why, _)| why.clone().into()),
            set_aside: state
                .set_aside
                .as_ref()
                .map(|(file, why)| SetAsideStatus { file: file.clone(), why: why.clone().into() }),
            misfit: state.misfit.clone().map(Into::into),
            restored: state.restored.map(|whole| RestoredStatus { whole }),
            log_bytes: state.log_held,
        }
    }
}
