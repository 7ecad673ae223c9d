//! How long a book takes. A month of twenty zones with thirty broadcasts a day, as the command makes it, in each form; and a
//! journal of ten years, of which a week is asked for, and which is verified from end to end:
//! `cargo bench --bench report`. `LOA_ROWS` asks for another number of rows than four million.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use jiff::civil::date;
use jiff::tz::TimeZone;
use loa::clock::Clock;
use loa::fact::{AudioRef, Entry, EntryKind, Outcome};
use loa::instant::Wall;
use loa::journal::{Journal, Reader};
use loa::machine::MachineClock;

#[path = "kit/program.rs"]
mod program;

const ROWS: u64 = 4_000_000;
const RUNS: usize = 5;
/// Rows of one transaction.
const TOGETHER: u64 = 20_000;

fn tz() -> TimeZone {
    TimeZone::get("Asia/Ho_Chi_Minh").expect("a zone")
}

/// The airing of this number: each day so many broadcasts in so many zones, from 05:00 on, a minute apart.
fn row(number: u64, (zones, broadcasts): (u64, u64)) -> Entry {
    let (zone, of) = (number % zones, number / zones % broadcasts);
    let day = number / zones / broadcasts;
    let first = date(2016, 1, 1).to_zoned(tz()).expect("a day").timestamp().as_second();
    let planned = Wall::from_secs(first + i64::try_from(day * 86_400 + 5 * 3_600 + of * 60).expect("fits"));
    let ended = planned + Duration::from_secs(40);
    Entry {
        kind: EntryKind::Airing,
        written: ended,
        zone: Some(format!("thon-{}", zone + 1)),
        broadcast: Some(format!("ban-tin-{of}")),
        title: format!("Bản tin số {of} của xã"),
        planned: Some(planned),
        started: Some(planned),
        ended: Some(ended),
        start_error_ms: Some(0.1),
        seconds_planned: Some(40.0),
        seconds_played: Some(40.0),
        outcome: Some(Outcome::Played),
        audio: vec![AudioRef { file: format!("ban-tin-{of}.mp3"), sha256: format!("{of:064x}") }],
        campaign: of.is_multiple_of(5).then(|| "cai-cach".to_owned()),
        approved_by: Some("ông Năm".to_owned()),
        ..Entry::default()
    }
}

fn fill(dir: &Path, rows: u64, shape: (u64, u64)) {
    std::fs::create_dir_all(dir.join("schedules")).expect("a directory");
    let mut zones = String::new();
    for zone in 1..=shape.0 {
        let _ = writeln!(zones, "[zones.thon-{zone}]\noutput = \"null\"");
    }
    std::fs::write(dir.join("loa.toml"), format!("name = \"Đài truyền thanh xã A\"\n{zones}")).expect("written");
    let campaign = "[campaigns.cai-cach]\ntitle = \"Cải cách\"\ntarget = \"8 per week\"\n";
    std::fs::write(dir.join("schedules/a.toml"), campaign).expect("written");
    let first = row(0, shape).planned.expect("planned");
    let path = dir.join("state/journal.db");
    let mut journal = Journal::open_loose(&path, first, &tz()).expect("a journal").journal;
    for begin in (0..rows).step_by(usize::try_from(TOGETHER).expect("fits")) {
        let end = (begin + TOGETHER).min(rows);
        let written =
            journal.batch(|batch| (begin..end).try_for_each(|number| batch.note(&row(number, shape)).map(drop)));
        written.expect("written");
    }
}

fn took(mut what: impl FnMut()) -> Vec<Duration> {
    let mut times: Vec<Duration> = (0..RUNS)
        .map(|_| {
            let began = MachineClock.mono();
            what();
            MachineClock.mono().after(began)
        })
        .collect();
    times.sort();
    times
}

fn show(what: &str, times: &[Duration]) {
    let millis = |time: Duration| time.as_secs_f64() * 1e3;
    println!("{what}: {:.0} ms ({:.0} to {:.0})", millis(times[RUNS / 2]), millis(times[0]), millis(times[RUNS - 1]));
}

fn report(dir: &Path, arguments: &[&str]) {
    let mut command = Command::new(program::program());
    let done = command.arg("--dir").arg(dir).arg("report").args(arguments).output().expect("loa runs");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}

fn main() {
    let out = tempfile::tempdir().expect("a directory");
    let file = |end: &str| out.path().join(format!("so.{end}")).to_string_lossy().into_owned();

    let month = tempfile::tempdir().expect("a directory");
    fill(month.path(), 20 * 30 * 31, (20, 30));
    let (html, docx, xlsx) = (file("html"), file("docx"), file("xlsx"));
    show(
        "a month of 20 zones x 30 broadcasts, on the terminal",
        &took(|| report(month.path(), &["--month", "2016-01"])),
    );
    for (option, file) in [("--html", &html), ("--docx", &docx), ("--xlsx", &xlsx)] {
        show(option, &took(|| report(month.path(), &["--month", "2016-01", option, file])));
    }
    show("a week of the same, --docx", &took(|| report(month.path(), &["--week", "2016-W02", "--docx", &docx])));

    // Ten years of four zones with nearly 300 broadcasts a day, or what comes to as much.
    let rows = std::env::var("LOA_ROWS").ok().and_then(|rows| rows.parse().ok()).unwrap_or(ROWS);
    let years = tempfile::tempdir().expect("a directory");
    fill(years.path(), rows, (20, 55));
    let path = years.path().join("state/journal.db");
    println!("{rows} rows, {} MB", std::fs::metadata(&path).expect("a journal").len() >> 20);
    let week = ["--week", "2018-W20", "--html", &html];
    show("a week of it, --html", &took(|| report(years.path(), &week)));
    let reader = Reader::open(&path).expect("readable").expect("there");
    let began = MachineClock.mono();
    let verified = reader.verify().expect("readable");
    let length = MachineClock.mono().after(began).as_secs_f64();
    assert!(verified.is_sound(), "{:?}", verified.breaches);
    println!("verify: {:.1} s, {:.0} rows a second", length, verified.rows as f64 / length);
}
