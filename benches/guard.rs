//! Has the work of a thing grown that people wait for? Instructions, counted by valgrind's callgrind, of a block of the
//! mixer, a plan of a year, a row of the journal, a second of MP3 and the opening of a big journal, held against the
//! figures of `benches/guard.toml`. Instructions do not depend on what else the machine does:
//!
//! ```sh
//! CARGO_INCREMENTAL=0 cargo bench --locked --profile dev --bench guard
//! ```
//!
//! It ends with 1 where a figure is more than a twentieth off, up or down: a gain that is not written down is lost
//! unseen. `LOA_GUARD=write` in front of the command writes the figures of today, after a change that is worth them or
//! under another compiler.
//!
//! Each piece of work is done once and a few times more in processes of its own; what is between them is the piece, and
//! what starting costs counts for nothing.

use std::collections::BTreeMap;
use std::hint::black_box;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Duration;

use jiff::tz::TimeZone;
use loa::audio::Decoder;
use loa::fact::{AudioRef, Entry, EntryKind, Intent, Outcome};
use loa::instant::{Rate, Wall};
use loa::journal::Journal;
use loa::output::{Mixer, QueuedVoice, When};
use loa::plan::{Volume, plan};
use loa::schedule::Class;
use loa::station::{Channel, ZoneIx};
use loa::voice::VoiceId;
use rodio::buffer::SamplesBuffer;

#[path = "kit/commune.rs"]
mod commune;
#[path = "kit/rows.rs"]
mod rows;

/// How far a figure may be off: what hash maps, whose seeds are new each time, and another C library make of it stays
/// under a hundredth.
const BAND: f64 = 0.05;
/// Later than any row that is made here, and an instant before.
const NOW: Wall = Wall::from_secs(1_900_000_000);
const PAST: Wall = Wall::from_secs(1_796_000_000);
/// How many times more the work is done for the second count.
const MORE: u32 = 4;
/// Rows of the small and of the big journal: what opening reads must not grow with them.
const ROWS: [u64; 2] = [2_000, 200_000];

/// A name in `benches/guard.toml`, and the work done so many times.
type Work = (&'static str, fn(u32));

const WORKS: &[Work] = &[
    ("mixer-block-of-64-voices", mixer_block),
    ("plan-of-a-year-20-zones", plan_of_a_year),
    ("journal-row", journal_row),
    ("decode-a-second-of-mp3", decode_a_second),
    ("open-a-journal-of-2000-rows", |times| open_journal(ROWS[0], times)),
    ("open-a-journal-of-200000-rows", |times| open_journal(ROWS[1], times)),
];

fn main() -> ExitCode {
    if let Ok(name) = std::env::var("LOA_GUARD_WORK") {
        let (_, work) = WORKS.iter().find(|(known, _)| *known == name).expect("a work of the list");
        work(std::env::var("LOA_GUARD_TIMES").expect("a number").parse().expect("a number"));
        return ExitCode::SUCCESS;
    }
    for rows in ROWS {
        let path = journal_of(rows);
        if !path.exists() {
            rows::fill(&path, rows);
            // A row by loa itself, as any journal has: what the rows say of the clock is kept beside them from then on.
            let mut journal = Journal::open_loose(&path, NOW, &TimeZone::UTC).expect("a journal").journal;
            journal.note(&Entry { written: NOW, title: "Ghi chú".to_owned(), ..Entry::default() }).expect("written");
        }
    }
    let counted: BTreeMap<String, u64> = WORKS.iter().map(|(name, _)| ((*name).to_owned(), count(name))).collect();
    let figures = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/guard.toml");
    if std::env::var("LOA_GUARD").is_ok_and(|said| said == "write") {
        write(&figures, &counted);
        return ExitCode::SUCCESS;
    }
    if judge(&std::fs::read_to_string(figures).expect("the figures kept"), &counted) {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// Instructions of doing it once more, by two runs under callgrind.
fn count(name: &str) -> u64 {
    let instructions = |times: u32| {
        let program = std::env::current_exe().expect("this program");
        let out = Command::new("valgrind")
            .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
            .arg(program)
            .env("LOA_GUARD_WORK", name)
            .env("LOA_GUARD_TIMES", times.to_string())
            .output()
            .expect("valgrind is installed: deploy/setup test brings it");
        let said = String::from_utf8_lossy(&out.stderr);
        assert!(out.status.success(), "{name}: {said}");
        let collected = said.lines().find_map(|line| line.split_once("Collected : ")).expect("a count").1;
        collected.trim().parse::<u64>().expect("a number")
    };
    (instructions(1 + MORE) - instructions(1)) / u64::from(MORE)
}

fn write(figures: &Path, counted: &BTreeMap<String, u64>) {
    let mut text = "# Instructions, by `cargo bench --profile dev --bench guard` (see there) on x86-64.\n".to_owned();
    text.extend(counted.iter().map(|(name, count)| format!("{name} = {count}\n")));
    std::fs::write(figures, &text).expect("written");
    print!("{text}");
}

/// Whether all are where they were.
fn judge(kept: &str, counted: &BTreeMap<String, u64>) -> bool {
    let kept: BTreeMap<String, u64> = toml::from_str(kept).expect("names and numbers");
    let mut good = true;
    for (name, count) in counted {
        let Some(before) = kept.get(name) else {
            println!("{name}: {count}, and no figure is kept of it");
            good = false;
            continue;
        };
        let ratio = *count as f64 / *before as f64;
        let within = (ratio - 1.0).abs() <= BAND;
        good &= within;
        let word = if within { "" } else { "   <- more than a twentieth off" };
        println!("{name}: {count} instructions, kept {before}, ratio {ratio:.3}{word}");
    }
    let grown = counted["open-a-journal-of-200000-rows"] as f64 / counted["open-a-journal-of-2000-rows"] as f64;
    let flat = grown <= 1.0 + BAND;
    println!(
        "a hundred times the rows, opened: {grown:.3} times the instructions{}",
        if flat { "" } else { "   <- it grows" }
    );
    good && flat
}

/// A voice in each of 64 zones, added up to a block of 1,024 frames.
fn mixer_block(times: u32) {
    const ZONES: u16 = 64;
    const FRAMES: usize = 1_024;
    let channel = |zone: u16| (Channel::One(zone + 1), -3.0);
    let mut mixer = Mixer::new((0..ZONES).map(channel), Rate::STANDARD);
    let (one, rate) = (NonZero::<u16>::MIN, NonZero::new(Rate::STANDARD.hz()).expect("not zero"));
    for zone in 0..ZONES {
        let sound = SamplesBuffer::new(one, rate, vec![0.25_f32; FRAMES * 8]);
        let part = QueuedVoice {
            voice: VoiceId(u64::from(zone)),
            sound: Box::new(sound),
            start: When::Frame(0),
            cut: None,
            soft: false,
            volume: Volume::default(),
        };
        assert!(mixer.add(usize::from(zone), part).is_ok(), "room in the lane");
    }
    let mut out = vec![0.0; FRAMES * usize::from(ZONES)];
    for block in 0..times {
        let first = u64::from(block) * FRAMES as u64;
        mixer.fill(&mut out, usize::from(ZONES), first, &|_| i64::MAX, &mut |_| {});
        black_box(&out);
    }
}

/// Twenty zones with thirty broadcasts a day in each.
fn plan_of_a_year(times: u32) {
    let (from, library) = (PAST, commune::library());
    let station = commune::station(20);
    let all: Vec<ZoneIx> = (0..20).map(ZoneIx).collect();
    let thirty = commune::schedule((0..30).map(|number| commune::broadcast(number * 37, all.clone())));
    for _ in 0..times {
        black_box(plan(&thirty, &station, &library, from, from + Duration::from_hours(24 * 365)));
    }
}

/// What an airing writes: what is about to sound, that it sounds, and what became of it.
fn journal_row(times: u32) {
    const AIRINGS: u32 = 20;
    let now = PAST;
    let mut journal = Journal::in_memory(now, &TimeZone::UTC).expect("a journal");
    let entry = Entry {
        kind: EntryKind::Airing,
        written: now,
        zone: Some("thon-1".to_owned()),
        broadcast: Some("ban-tin".to_owned()),
        title: "Bản tin buổi sáng".to_owned(),
        class: Some(Class::Normal),
        planned: Some(now),
        started: Some(now),
        ended: Some(now + Duration::from_mins(1)),
        start_error_ms: Some(0.1),
        seconds_planned: Some(60.0),
        seconds_played: Some(60.0),
        outcome: Some(Outcome::Played),
        audio: vec![AudioRef { file: "ban-tin.mp3".to_owned(), sha256: "0".repeat(64) }],
        ..Entry::default()
    };
    for number in 0..times * AIRINGS {
        let key = format!("thon-1/ban-tin/{number}");
        let draft = Entry { started: None, ended: None, outcome: None, ..entry.clone() };
        journal.intend(&Intent { key: key.clone(), at: now, draft }).expect("written");
        journal.begin(&key, now, now).expect("written");
        black_box(journal.finish(&key, &entry).expect("written"));
    }
}

/// A second of the morning bulletin, from the file's bytes to samples.
fn decode_a_second(times: u32) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("audio/ban-tin-sang.mp3");
    let mut decoder = Decoder::open(&path).expect("a sound");
    let (mut block, mut frames) = (Vec::new(), 0);
    while frames < times as usize * 44_100 && decoder.read(&mut block).expect("no damage") {
        frames += block.len();
        block.clear();
    }
    assert!(frames >= times as usize * 44_100, "the bulletin is long enough");
}

/// What every start does first.
fn open_journal(rows: u64, times: u32) {
    for _ in 0..times {
        let opened = Journal::open_loose(&journal_of(rows), NOW, &TimeZone::UTC);
        let journal = opened.expect("a journal").journal;
        black_box((
            journal.newest().expect("read"),
            journal.alive().expect("read"),
            journal.approvals().expect("read"),
        ));
    }
}

fn journal_of(rows: u64) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("guard-{rows}.db"))
}
