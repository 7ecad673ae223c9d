use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::ops::{Deref, DerefMut};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rustix::process::{Pid, WaitOptions, waitpid};

/// The programs that this process has started and not yet buried, so that what they leave behind can be told
/// from them.
static CHILDREN: Mutex<BTreeSet<u32>> = Mutex::new(BTreeSet::new());

/// One that made so many is ended with the first of them; the rest is found at the next look.
const LOOKED_AT: usize = 256;

fn children() -> MutexGuard<'static, BTreeSet<u32>> {
    CHILDREN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A program in a group of its own, with what it starts. It is this process's to bury, and no stray, until it is dropped.
#[derive(Debug)]
pub struct GroupChild(Child);

impl GroupChild {
    /// Start it.
    ///
    /// # Errors
    ///
    /// It cannot be started.
    #[expect(clippy::disallowed_methods, reason = "the one place where a group is begun")]
    pub fn start(command: &mut Command) -> io::Result<Self> {
        // Held while it starts: nobody may find it before it is known.
        let mut children = children();
        let child = command.process_group(0).spawn()?;
        children.insert(child.id());
        Ok(Self(child))
    }
}

impl Deref for GroupChild {
    type Target = Child;

    fn deref(&self) -> &Child {
        &self.0
    }
}

impl DerefMut for GroupChild {
    fn deref_mut(&mut self) -> &mut Child {
        &mut self.0
    }
}

impl Drop for GroupChild {
    fn drop(&mut self) {
        children().remove(&self.0.id());
    }
}

/// What came to this process because whoever had started it has ended. Nothing is started as long as this is held.
pub struct Strays(MutexGuard<'static, BTreeSet<u32>>);

impl Strays {
    /// Look for them.
    pub fn hold() -> Self {
        Self(children())
    }

    /// Those that live. Those that have ended are buried.
    pub fn living(&self) -> Vec<Pid> {
        let is_stray = |pid: &Pid| !self.0.contains(&pid.as_raw_nonzero().get().unsigned_abs());
        let is_living = |pid: &Pid| !matches!(waitpid(Some(*pid), WaitOptions::NOHANG), Ok(Some(_)));
        of_other_groups().into_iter().filter(is_stray).filter(is_living).collect()
    }
}

/// The processes whose parent is this one, and that are in groups of their own, as whatever a program started is.
fn of_other_groups() -> Vec<Pid> {
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
