use std::collections::BTreeSet;
use std::fs;
use std::process::{Child, Command};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

use rustix::process::{Pid, Signal, WaitOptions, kill_process, set_child_subreaper, waitpid};

use crate::diag::{Text, text};

/// A program that holds a relay's line as long as it runs may stay; more than these are a fault of the command.
const A_FEW: usize = 8;

/// A tree of processes that is deeper than this is left to the service manager.
const ROUNDS: usize = 16;

/// Strays at the last look, and as last told.
static FOUND: AtomicUsize = AtomicUsize::new(0);
static TOLD: AtomicUsize = AtomicUsize::new(0);

/// One that made so many is ended with the first of them; the rest is found at the next look.
const LOOKED_AT: usize = 256;

/// The programs that this process has started and not yet buried, so that what they leave behind can be told
/// from them.
static CHILDREN: LazyLock<Mutex<BTreeSet<u32>>> = LazyLock::new(|| {
    // What has lost its parent comes to this process then, and not out of sight. An older kernel does without.
    let _ = set_child_subreaper(Some(rustix::process::getpid()));
    Mutex::default()
});

fn children() -> MutexGuard<'static, BTreeSet<u32>> {
    CHILDREN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Start a program that is known from then on.
pub(super) fn start(command: &mut Command) -> std::io::Result<Child> {
    // Held while it starts: nobody may find it before it is known.
    let mut children = children();
    let child = command.spawn()?;
    children.insert(child.id());
    Ok(child)
}

/// It has ended and is buried.
pub(super) fn forget(child: &Child) {
    children().remove(&child.id());
}

/// Look for processes that programs left behind in sessions of their own, where their group's end does not reach
/// them. Those that have ended are buried. The others are ended where `end` says so, or where they are more than
/// a few.
pub(super) fn look(end: bool) {
    let known = children();
    let is_stray = |pid: &Pid| !known.contains(&pid.as_raw_nonzero().get().unsigned_abs());
    let is_living = |pid: &Pid| !matches!(waitpid(Some(*pid), WaitOptions::NOHANG), Ok(Some(_)));
    let mut found = 0;
    // What is ended leaves its own children behind.
    for _ in 0..ROUNDS {
        let strays: Vec<Pid> = orphans().into_iter().filter(is_stray).filter(is_living).collect();
        found = found.max(strays.len());
        if strays.is_empty() || (!end && found <= A_FEW) {
            break;
        }
        for pid in strays {
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
            "lệnh bật tắt tăng âm bỏ lại {found} tiến trình chạy ngầm: đã dừng hết; hãy sửa lệnh ấy",
            "the amplifier's command left {found} processes running in the background: they were ended; mend the command"
        )
    } else {
        text!(
            "lệnh bật tắt tăng âm bỏ lại {found} tiến trình chạy ngầm (chúng dừng khi loa dừng)",
            "the amplifier's command left {found} process(es) running in the background (they end with loa)"
        )
    })
}

/// The processes whose parent is this one, and that are in groups of their own, as whatever a program started is.
fn orphans() -> Vec<Pid> {
    let own = std::process::id().to_string();
    let own_group = rustix::process::getpgrp().as_raw_nonzero().to_string();
    let entries = fs::read_dir("/proc").into_iter().flatten().filter_map(Result::ok);
    let numbers = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok());
    let of_own = numbers.filter(|pid| {
        // "123 (a name) S PARENT GROUP ...": the name may hold anything, brackets too.
        let stat = fs::read(format!("/proc/{pid}/stat")).unwrap_or_default();
        let stat = String::from_utf8_lossy(&stat);
        let mut fields = stat.rsplit_once(')').map_or("", |(_, rest)| rest).split_whitespace().skip(1);
        fields.next() == Some(&*own) && fields.next().is_some_and(|group| group != own_group)
    });
    of_own.filter_map(Pid::from_raw).take(LOOKED_AT).collect()
}
