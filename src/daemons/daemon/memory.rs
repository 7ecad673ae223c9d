use rustix::mm::{MlockAllFlags, mlockall};
use rustix::process::{Resource, getrlimit};
use rustix::thread::{CapabilitySet, capabilities};

/// Keep what the daemon has touched in memory, its program too, from now on: on a machine that is short of memory
/// everything else is swapped out, or dropped and read again, before it.
///
/// Only where locked memory has no limit (`LimitMEMLOCK=infinity` in the service): under a limit, memory that is
/// asked for later would be refused, which ends the process.
pub(super) fn keep() {
    if !is_unlimited() {
        return;
    }
    // On fault: what nobody touches, such as the better part of each thread's stack, takes no memory. Where it is
    // refused, everything works as before.
    let _ = mlockall(MlockAllFlags::CURRENT | MlockAllFlags::FUTURE | MlockAllFlags::ONFAULT);
}

fn is_unlimited() -> bool {
    let has_right = || capabilities(None).is_ok_and(|mine| mine.effective.contains(CapabilitySet::IPC_LOCK));
    getrlimit(Resource::Memlock).current.is_none() || has_right()
}
