use std::path::Path;
use std::sync::mpsc::Sender;

use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher};

/// Watches the station's directories (never single files: an atomic save replaces the file and the
/// watch would stay with the dead one) and says only that something changed; what changed is found
/// by reading.
pub struct Watch {
    watcher: Option<RecommendedWatcher>,
}

impl Watch {
    /// Start to watch `dir`, its `schedules` and its `audio`; each change sends a [`Changed`].
    /// Where the kernel has no watch to give, the caller's own look every minute has to do.
    pub fn start(dir: &Path, changed: Sender<Changed>) -> Self {
        let watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
            let reading = event.as_ref().is_ok_and(|event| matches!(event.kind, EventKind::Access(_)));
            if !reading {
                // The receiver is gone only while the daemon ends.
                let _ = changed.send(Changed::OnDisk);
            }
        });
        let mut watch = Self { watcher: watcher.ok() };
        watch.renew(dir);
        watch
    }

    /// Watch again what may have been replaced (a directory unmounted, renamed, made anew).
    pub fn renew(&mut self, dir: &Path) {
        if let Some(watcher) = &mut self.watcher {
            for path in [dir.to_path_buf(), dir.join("schedules"), dir.join("audio")] {
                let _ = watcher.unwatch(&path);
                let _ = watcher.watch(&path, RecursiveMode::NonRecursive);
            }
        }
    }
}

/// Why to look at the files again.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Changed {
    /// Something in the station's directories changed.
    OnDisk,
    /// Somebody asked.
    ByHand,
}
