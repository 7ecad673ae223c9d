//! How long is the start of a station whose journal has grown? A journal of five million rows, made by plain SQL, and
//! the release daemon, from its start until it says READY and until `loa status`, `loa clock` and `loa doctor` have
//! answered: `cargo bench --bench journal_start`. `LOA_ROWS` asks for another number of rows.

use std::time::Duration;

use loa::clock::Clock;
use loa::machine::MachineClock;

#[path = "kit/daemon.rs"]
mod daemon;
#[path = "kit/rows.rs"]
mod rows;
use daemon::{Daemon, loa};

const ROWS: u64 = 5_000_000;
const RUNS: usize = 5;

fn main() {
    let rows = std::env::var("LOA_ROWS").ok().and_then(|rows| rows.parse().ok()).unwrap_or(ROWS);
    let station = tempfile::tempdir().expect("a directory for the station");
    std::fs::create_dir_all(station.path().join("schedules")).expect("a directory");
    std::fs::create_dir_all(station.path().join("audio")).expect("a directory");
    let told = "name = \"Đài\"\n[zones.thon-1]\noutput = \"null\"\n[clock]\ntrust = \"always\"\n";
    std::fs::write(station.path().join("loa.toml"), told).expect("written");
    let path = station.path().join("state/journal.db");
    rows::fill(&path, rows);
    let bytes = std::fs::metadata(&path).expect("a journal").len();
    println!("{rows} rows, {} MB", bytes >> 20);

    let (mut ready, mut answers) =
        (Vec::new(), [("status", Vec::new()), ("clock", Vec::new()), ("doctor", Vec::new())]);
    for _ in 0..RUNS {
        let began = MachineClock.mono();
        let daemon = Daemon::start(station.path());
        daemon.wait_until_ready();
        ready.push(MachineClock.mono().after(began));
        for (command, times) in &mut answers {
            let began = MachineClock.mono();
            let _ = loa(station.path()).arg(*command).status().expect("loa runs");
            times.push(MachineClock.mono().after(began));
        }
        daemon.end();
    }
    show("READY", ready);
    for (command, times) in answers {
        show(command, times);
    }
}

fn show(what: &str, mut times: Vec<Duration>) {
    times.sort();
    let ms = |time: Duration| time.as_secs_f64() * 1e3;
    let (least, most) = (times[0], times[times.len() - 1]);
    println!("{what}: median {:.0} ms, {:.0} to {:.0} ms", ms(times[times.len() / 2]), ms(least), ms(most));
}
