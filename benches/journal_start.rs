//! How long is the start of a station whose journal has grown? A journal of five million rows, made by plain SQL, and
//! the release daemon, from its start until it says READY and until `loa status`, `loa clock` and `loa doctor` have
//! answered: `cargo bench --bench journal_start`. `LOA_ROWS` asks for another number of rows.

use std::path::Path;
use std::time::Duration;

use jiff::tz::TimeZone;
use loa::clock::Clock;
use loa::journal::Journal;
use loa::machine::MachineClock;
use rusqlite::Connection;

#[path = "kit/daemon.rs"]
mod daemon;
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
    fill(&path, rows);
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

/// Rows as a station writes them that runs without a restart: an hour of five airings each, and no word on the clock
/// but the first. The chain is left out: no start follows it in a file of this size.
fn fill(path: &Path, rows: u64) {
    let now = MachineClock.wall();
    let journal = Journal::open_loose(path, now, &TimeZone::UTC).expect("a journal").journal;
    drop(journal);
    let mut conn = Connection::open(path).expect("opened");
    conn.pragma_update(None, "synchronous", "OFF").expect("set");
    let first = now.nanos() / 1_000_000_000 - i64::try_from(rows).expect("fits") * 720;
    let tx = conn.transaction().expect("begun");
    {
        let mut insert = tx.prepare("INSERT INTO entry (seq, body, hash) VALUES (?1, ?2, ?3)").expect("prepared");
        for seq in 1..=rows {
            let at = jiff::Timestamp::from_second(first + i64::try_from(seq).expect("fits") * 720).expect("a time");
            let reason = if seq == 1 { "\"clock_trusted: always\"" } else { "null" };
            let (kind, broadcast) = if seq == 1 { ("note", "null") } else { ("airing", "\"ban-tin\"") };
            let body = format!(
                "{{\"seq\":{seq},\"written\":\"{at}\",\"prev\":\"{seq:064x}\",\"marks\":\"{seq:064x}\",\"kind\":\"{kind}\",\
                 \"zone\":\"thon-1\",\"broadcast\":{broadcast},\"title\":\"Bản tin\",\"class\":\"normal\",\"planned\":\"{at}\",\
                 \"started\":\"{at}\",\"ended\":\"{at}\",\"start_error_ms\":0.1,\"seconds_planned\":60,\"seconds_played\":60,\
                 \"outcome\":\"played\",\"reason\":{reason},\"audio\":[],\"campaign\":null,\"order\":null,\"approved_by\":null}}"
            );
            insert.execute((i64::try_from(seq).expect("fits"), body, format!("{seq:064x}"))).expect("inserted");
        }
    }
    tx.commit().expect("written");
}

fn show(what: &str, mut times: Vec<Duration>) {
    times.sort();
    let ms = |time: Duration| time.as_secs_f64() * 1e3;
    let (least, most) = (times[0], times[times.len() - 1]);
    println!("{what}: median {:.0} ms, {:.0} to {:.0} ms", ms(times[times.len() / 2]), ms(least), ms(most));
}
