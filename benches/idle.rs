//! What does a daemon cost that has nothing to do? The shipped station, its outputs closed, watched
//! for a minute: `cargo bench --bench idle`. While a broadcast of the station is due (05:00 to 06:30,
//! 11:00 to 11:45, 17:00 to 18:30 in Vietnam), what is measured is that broadcast.

use std::fs;
use std::path::Path;
use std::time::Duration;

use loa::clock::Clock;
use loa::machine::MachineClock;

#[path = "kit/daemon.rs"]
mod daemon;
use daemon::{Daemon, loa};

/// What a start costs is over by then.
const SETTLE: Duration = Duration::from_secs(5);
const WATCH: Duration = Duration::from_mins(1);

fn main() {
    let station = tempfile::tempdir().expect("a directory for the station");
    let home = Path::new(env!("CARGO_MANIFEST_DIR"));
    fs::copy(home.join("loa.toml"), station.path().join("loa.toml")).expect("copied");
    for part in ["schedules", "audio"] {
        copy_all(&home.join(part), &station.path().join(part));
    }
    let known = loa(station.path()).arg("check").status().expect("loa check runs");
    println!("the shipped station; loa check: {known}");

    let first = Daemon::start(station.path());
    first.wait_until_ready();
    MachineClock.wait(SETTLE);
    println!("after a first start, which examines every sound:");
    show_memory(first.id());
    first.end();

    let daemon = Daemon::start(station.path());
    daemon.wait_until_ready();
    MachineClock.wait(SETTLE);
    println!("after any other start:");
    let (began, before) = (MachineClock.mono(), processor_time(daemon.id()));
    MachineClock.wait(WATCH);
    let (watched, used) = (MachineClock.mono().after(began), processor_time(daemon.id()).saturating_sub(before));
    let share = used.as_secs_f64() / watched.as_secs_f64() * 100.0;
    println!("processor: {:.2} ms in {:.1} s, {share:.4} % of a core", used.as_secs_f64() * 1e3, watched.as_secs_f64());
    show_memory(daemon.id());
    daemon.end();
}

fn show_memory(id: u32) {
    let status = fs::read_to_string(format!("/proc/{id}/status")).expect("a running daemon");
    let wanted = ["VmRSS", "VmHWM", "RssAnon", "RssFile", "Threads"];
    for line in status.lines().filter(|line| wanted.iter().any(|name| line.starts_with(name))) {
        println!("{}", line.split_whitespace().collect::<Vec<_>>().join(" "));
    }
}

/// What all threads of a process have computed, in user and kernel.
fn processor_time(id: u32) -> Duration {
    let tasks = fs::read_dir(format!("/proc/{id}/task")).expect("a running daemon");
    let nanos = tasks.map(|task| {
        let path = task.expect("a thread").path().join("schedstat");
        let text = fs::read_to_string(path).unwrap_or_default();
        text.split(' ').next().and_then(|field| field.parse::<u64>().ok()).unwrap_or(0)
    });
    Duration::from_nanos(nanos.sum())
}

fn copy_all(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a directory");
    for entry in fs::read_dir(from).expect("a part of the shipped station") {
        let entry = entry.expect("a file");
        fs::copy(entry.path(), to.join(entry.file_name())).expect("copied");
    }
}
