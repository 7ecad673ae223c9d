//! Real-time priority for the one thread that must never be late: the one that fills a card's buffer.

use std::sync::OnceLock;

use thread_priority::unix::{
    NormalThreadSchedulePolicy, RealtimeThreadSchedulePolicy, ThreadSchedulePolicy, set_thread_priority_and_policy,
    thread_native_id,
};
use thread_priority::{ThreadPriority, ThreadPriorityValue};

/// Above every ordinary program, below the kernel's own threads and a sound server's. `LimitRTPRIO=` in
/// deploy/loa.service grants this much and no more.
const PRIORITY: u8 = 5;
/// The middle of the ordinary ones: nice 0.
const ORDINARY: u8 = 50;

/// Give the calling thread real-time priority (round robin); whether the machine allows it. A thread
/// that has it must sleep most of the time: nothing else runs on its core meanwhile.
pub(super) fn claim() -> bool {
    let Ok(value) = ThreadPriorityValue::try_from(PRIORITY) else { return false };
    let policy = ThreadSchedulePolicy::Realtime(RealtimeThreadSchedulePolicy::RoundRobin);
    set_thread_priority_and_policy(thread_native_id(), ThreadPriority::Crossplatform(value), policy).is_ok()
}

/// Give it back: the calling thread has been found not to sleep.
pub(super) fn release() {
    let Ok(value) = ThreadPriorityValue::try_from(ORDINARY) else { return };
    let policy = ThreadSchedulePolicy::Normal(NormalThreadSchedulePolicy::Other);
    // A thread that has no such priority loses nothing by it.
    let _ = set_thread_priority_and_policy(thread_native_id(), ThreadPriority::Crossplatform(value), policy);
}

/// Whether [`claim`] will be granted: tried once, on a thread that ends at once.
pub(super) fn is_allowed() -> bool {
    static ALLOWED: OnceLock<bool> = OnceLock::new();
    *ALLOWED.get_or_init(|| std::thread::spawn(claim).join().unwrap_or(false))
}
