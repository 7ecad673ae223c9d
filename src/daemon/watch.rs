use std::path::{Path, PathBuf};
use std::sync::mpsc::Sender;

use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher};

/// Watches the station's directories (never single files: an atomic save replaces the file and the
/// watch would stay with the dead one) and says only that something changed; what changed is found
/// by reading.
pub(super) struct Watch {
    watcher: Option<RecommendedWatcher>,
}

impl Watch {
    /// Start to watch `dir`, its `schedules` and its `audio`; each change sends a [`Changed`].
    /// Where the kernel has no watch to give, the caller's own look every minute has to do.
    pub(super) fn start(dir: &Path, changed: Sender<Changed>) -> Self {
        // The events name whole paths, also where `dir` is `.`.
        let home = std::path::absolute(dir).unwrap_or_else(|_| dir.to_owned());
        let watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
            if event.as_ref().map_or(true, |event| matters(event, &home)) {
                // The receiver is gone only while the daemon ends.
                let _ = changed.send(Changed::OnDisk);
            }
        });
        let mut watch = Self { watcher: watcher.ok() };
        watch.renew(dir);
        watch
    }

    /// Watch again what may have been replaced (a directory unmounted, renamed, made anew).
    pub(super) fn renew(&mut self, dir: &Path) {
        if let Some(watcher) = &mut self.watcher {
            for path in [dir.to_path_buf(), dir.join("schedules"), dir.join("audio")] {
                let _ = watcher.unwatch(&path);
                let _ = watcher.watch(&path, RecursiveMode::NonRecursive);
            }
        }
    }
}

/// Reading is no change, and beside the two directories and `loa.toml` nothing counts: an output may
/// write its WAV file right there.
fn matters(event: &notify::Event, home: &Path) -> bool {
    let counts = |path: &PathBuf| {
        let name = path.strip_prefix(home).unwrap_or(path);
        name.starts_with("schedules") || name.starts_with("audio") || name == Path::new("loa.toml")
    };
    !matches!(event.kind, EventKind::Access(_)) && (event.paths.is_empty() || event.paths.iter().any(counts))
}

/// Why to look at the files again.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Changed {
    /// Something in the station's directories changed.
    OnDisk,
    /// Somebody asked.
    ByHand,
}
