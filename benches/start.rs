//! How soon is a large station ready? A thousand schedule files, a thousand sounds that are known
//! already, and the release daemon, from its start until it says READY and until `loa status` has
//! answered: `cargo bench --bench start`.

use std::fs;
use std::path::Path;
use std::time::Duration;

use loa::clock::Clock;
use loa::machine::MachineClock;

#[path = "kit/daemon.rs"]
mod daemon;
use daemon::{Daemon, loa};

/// Schedule files, and as many sounds.
const FILES: u32 = 1_000;
const ZONES: u32 = 10;
const RUNS: usize = 11;

fn main() {
    let station = tempfile::tempdir().expect("a directory for the station");
    make(station.path());
    let known = loa(station.path()).arg("check").status().expect("loa check runs");
    println!("{FILES} schedule files, {FILES} sounds, {ZONES} zones; loa check: {known}");

    let (mut ready, mut answered) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        let began = MachineClock.mono();
        let daemon = Daemon::start(station.path());
        daemon.wait_until_ready();
        ready.push(MachineClock.mono().after(began));
        let status = loa(station.path()).arg("status").status().expect("loa status runs");
        answered.push(MachineClock.mono().after(began));
        assert!(status.success(), "a ready daemon answers: {status}");
        daemon.end();
    }
    show("READY", ready);
    show("loa status answered", answered);
}

fn show(what: &str, mut times: Vec<Duration>) {
    times.sort();
    let ms = |time: Duration| time.as_secs_f64() * 1e3;
    let (least, most) = (times[0], times[times.len() - 1]);
    println!("{what}: median {:.0} ms, {:.0} to {:.0} ms", ms(times[times.len() / 2]), ms(least), ms(most));
}

fn make(dir: &Path) {
    fs::create_dir_all(dir.join("schedules")).expect("a directory");
    fs::create_dir_all(dir.join("audio")).expect("a directory");
    let zone = |number| format!("[zones.thon-{number}]\ntitle = \"Thôn {number}\"\noutput = \"null\"\n\n");
    let zones: String = (1..=ZONES).map(zone).collect();
    fs::write(dir.join("loa.toml"), format!("name = \"Đài\"\n\n{zones}[clock]\ntrust = \"always\"\n"))
        .expect("written");
    for number in 0..FILES {
        let minute = 5 * 60 + number * 7 % 900;
        let (hour, minute) = (minute / 60, minute % 60);
        let schedule = format!(
            "[[broadcast]]\nid = \"muc-{number}\"\ntitle = \"Mục {number}\"\nat = \"{hour:02}:{minute:02}\"\n\
             days = \"daily\"\nzones = [\"thon-{}\"]\nplay = [\"chime\", \"tin-{number}\"]\nwait = \"30m\"\n",
            number % ZONES + 1
        );
        fs::write(dir.join(format!("schedules/muc-{number:04}.toml")), schedule).expect("written");
        sound(&dir.join(format!("audio/tin-{number}.wav")), number);
    }
}

/// Half a second of a tone of its own.
fn sound(path: &Path, number: u32) {
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: 8_000,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut wav = hound::WavWriter::create(path, spec).expect("a file");
    for frame in 0..4_000_u32 {
        let sample = (frame * (100 + number) % 8_000) as i16;
        wav.write_sample(sample).expect("written");
    }
    wav.finalize().expect("written");
}
