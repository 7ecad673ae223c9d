//! How late the machine itself is. A test that judges real time judges loa and the machine together; this tells them
//! apart.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::thread::JoinHandle;
use std::time::Duration;

use loa::clock::Clock;
use loa::instant::{Mono, Wall};
use loa::machine::MachineClock;

/// A thread that asks to be woken this often notices when it is not.
const TICK: Duration = Duration::from_millis(5);

/// Where a thread that has nothing else to do is woken this much too late, no program is on time.
pub(crate) const LATE: Duration = Duration::from_millis(40);

/// Watches how much too late a sleeping thread is woken.
pub(crate) struct Lateness {
    worst: Arc<AtomicU64>,
    over: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Lateness {
    #[expect(clippy::disallowed_methods, reason = "it is the machine's own sleep that is measured")]
    pub(crate) fn watch() -> Self {
        let (worst, over) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicBool::new(false)));
        let (seen, ended) = (worst.clone(), over.clone());
        let thread = std::thread::spawn(move || {
            while !ended.load(Ordering::Relaxed) {
                let before = MachineClock.mono();
                std::thread::sleep(TICK);
                let late = MachineClock.mono().after(before).saturating_sub(TICK);
                seen.fetch_max(late.as_micros() as u64, Ordering::Relaxed);
            }
        });
        Self { worst, over, thread: Some(thread) }
    }

    /// The latest that a wake has been so far.
    pub(crate) fn worst(&self) -> Duration {
        Duration::from_micros(self.worst.load(Ordering::Relaxed))
    }
}

impl Drop for Lateness {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Judge something in real time, `attempts` times at the most. A failure counts where the machine itself was on time;
/// where it was not in any attempt, nothing is judged, and that is said.
pub(crate) fn judged(what: &str, attempts: usize, mut judge: impl FnMut() -> Result<(), String>) {
    for attempt in 1..=attempts {
        let lateness = Lateness::watch();
        let Err(why) = judge() else { return };
        let worst = lateness.worst();
        eprintln!("{what}, attempt {attempt} of {attempts}: {why} (the machine itself was up to {worst:?} late)");
        // A machine that is on time some of the time gets its chances; one that never is cannot judge.
        if attempt == attempts {
            assert!(worst >= LATE, "{what} failed {attempts} times; the last time the machine was on time");
            eprintln!("NOT JUDGED: {what}: the machine itself was {worst:?} late");
        }
    }
}

/// Watches from the first daemon of this process on.
static ALL_ALONG: OnceLock<Lateness> = OnceLock::new();

/// Begin to watch, for [`is_on_time`].
pub(crate) fn begin() {
    ALL_ALONG.get_or_init(Lateness::watch);
}

/// Whether a start that is `error_ms` off was on time, to `most_ms`; where the machine itself was later than that, it is
/// not judged more strictly, and that is said.
pub(crate) fn is_on_time(error_ms: f64, most_ms: f64) -> bool {
    let machine_ms = ALL_ALONG.get_or_init(Lateness::watch).worst().as_secs_f64() * 1e3;
    if error_ms.abs() >= most_ms && error_ms.abs() < most_ms + machine_ms {
        eprintln!(
            "{error_ms:.1} ms off, to be {most_ms} at most; the machine itself was up to {machine_ms:.1} ms late"
        );
        return true;
    }
    error_ms.abs() < most_ms
}

/// The machine's two clocks, as they were once: a machine that was asleep has its wall clock set little by little, and what
/// begins by it lies nearer together or farther apart then.
pub(crate) struct TwoClocks(Wall, Mono);

impl TwoClocks {
    pub(crate) fn now() -> Self {
        Self(MachineClock.wall(), MachineClock.mono())
    }

    /// Whether two starts that are `found` frames apart were to be `meant` frames apart, to a frame; where the wall clock was
    /// set meanwhile, to as much as that, and that is said.
    pub(crate) fn are_apart(&self, found: usize, meant: usize, rate: usize) -> bool {
        let Self(wall, mono) = Self::now();
        let set = (wall.nanos() - self.0.nanos()).abs_diff(mono.after(self.1).as_nanos() as i64);
        let frames = set as usize * rate / 1_000_000_000;
        if frames > 0 {
            eprintln!("{found} frames apart, to be {meant}; the wall clock was set by {frames} meanwhile");
        }
        found.abs_diff(meant) <= 1 + frames
    }
}

/// Seconds that a start of the daemon and a first look at its sounds take longer here than on an idle machine.
pub(crate) fn slack() -> i64 {
    let load = std::fs::read_to_string("/proc/loadavg").ok();
    let load: f64 = load.and_then(|text| text.split(' ').next()?.parse().ok()).unwrap_or(0.0);
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    ((load / cores as f64) - 1.0).clamp(0.0, 20.0).ceil() as i64
}
