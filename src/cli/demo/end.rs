use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::clock::Clock;
use crate::instant::Wall;

/// How often it is looked.
pub(super) const LOOK: Duration = Duration::from_millis(500);

/// Ctrl-C, and what a service manager sends, end a demo in its own order: its processes first, its files then.
pub(super) struct DemoEnd(Arc<AtomicBool>);

impl DemoEnd {
    /// Hear them from now on.
    pub(super) fn on_signal() -> anyhow::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        let ended = Arc::new(AtomicBool::new(false));
        let own = ended.clone();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        // Heard before anything is started or written.
        let (mut term, mut int) = {
            let _inside = runtime.enter();
            (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?)
        };
        std::thread::Builder::new().name("signals".to_owned()).spawn(move || {
            runtime.block_on(async move {
                tokio::select! {
                    _ = term.recv() => {}
                    _ = int.recv() => {}
                }
                own.store(true, Ordering::Relaxed);
            });
        })?;
        Ok(Self(ended))
    }

    /// Whether somebody has had enough.
    pub(super) fn is_so(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// Wait until then, or until somebody has had enough.
    pub(super) fn wait(&self, clock: &dyn Clock, until: Wall) {
        while clock.wall() < until && !self.is_so() {
            clock.wait(LOOK.min(until.after(clock.wall())));
        }
    }
}
