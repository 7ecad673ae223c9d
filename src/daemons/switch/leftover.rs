use std::sync::Once;
use std::sync::atomic::{AtomicUsize, Ordering};

use rustix::process::{Signal, WaitOptions, getpid, kill_process, set_child_subreaper, waitpid};

use crate::diag::{Text, text};
use crate::machine::Strays;

/// A program that holds a relay's line as long as it runs may stay; more than these are a fault of the command.
const A_FEW: usize = 8;

/// A tree of processes that is deeper than this is left to the service manager.
const ROUNDS: usize = 16;

/// Strays at the last look, and as last told.
static FOUND: AtomicUsize = AtomicUsize::new(0);
static TOLD: AtomicUsize = AtomicUsize::new(0);

/// What has lost its parent comes to this process from now on, and not out of sight. An older kernel does without.
pub(super) fn adopt() {
    static ADOPTS: Once = Once::new();
    ADOPTS.call_once(|| {
        let _ = set_child_subreaper(Some(getpid()));
    });
}

/// Look for processes that programs left behind in sessions of their own, where their group's end does not reach
/// them. They are ended where `end` says so, or where they are more than a few.
pub(super) fn look(end: bool) {
    let strays = Strays::hold();
    let mut found = 0;
    // What is ended leaves its own children behind.
    for _ in 0..ROUNDS {
        let living = strays.living();
        found = found.max(living.len());
        if living.is_empty() || (!end && found <= A_FEW) {
            break;
        }
        for pid in living {
            let _ = kill_process(pid, Signal::KILL);
            let _ = waitpid(Some(pid), WaitOptions::empty());
        }
    }
    FOUND.store(found, Ordering::Relaxed);
}

/// What was found at the last look, in words, if that has not been told yet.
pub(crate) fn told() -> Option<Text> {
    let found = FOUND.load(Ordering::Relaxed);
    if TOLD.swap(found, Ordering::Relaxed) == found || found == 0 {
        return None;
    }
    Some(if found > A_FEW {
        text!(
            "lệnh trong loa.toml (tăng âm, nguồn tiếng) bỏ lại {found} tiến trình chạy ngầm: đã dừng hết; hãy sửa lệnh ấy",
            "commands of loa.toml (amplifier, sources) left {found} processes running in the background: they were ended; mend the command"
        )
    } else {
        text!(
            "lệnh trong loa.toml (tăng âm, nguồn tiếng) bỏ lại {found} tiến trình chạy ngầm (chúng dừng khi loa dừng)",
            "commands of loa.toml (amplifier, sources) left {found} process(es) running in the background (they end with loa)"
        )
    })
}
