//! How fast `loa load` takes in an hour of MP3, beside `ffmpeg -af ebur128=peak=true` on the same hour, in
//! turns, each on one core: seconds of processor time, so that other work on the machine counts for neither.
//!
//! `cargo bench --bench load`

#[path = "kit/processor.rs"]
mod processor;
#[path = "kit/program.rs"]
mod program;

use std::path::Path;
use std::process::Command;

use processor::processor_seconds;

/// How often each is run; the best of them counts.
const ROUNDS: usize = 3;

/// What is asked for: `loa load` this many times as fast. Not kept:
/// docs/decisions/0167-an-hour-taken-in-twice-as-fast-as-by-ffmpeg.md says why.
const GOAL: f64 = 4.0;

/// An hour of speech with pauses, 44.1 kHz, two channels, 128 kbit/s: the station's own sounds, over and
/// over.
fn hour(dir: &Path) -> std::path::PathBuf {
    let audio = Path::new(env!("CARGO_MANIFEST_DIR")).join("audio");
    let list = ["ban-tin-sang", "ban-tin-chieu", "gio-tiep-dan", "phong-chay-rung"]
        .map(|name| format!("file '{}/{name}.mp3'\n", audio.display()))
        .concat();
    std::fs::write(dir.join("list.txt"), list).expect("room");
    let joined = dir.join("joined.wav");
    ffmpeg(&["-f", "concat", "-safe", "0"], &dir.join("list.txt"), &["-ar", "44100", "-ac", "2"], &joined);
    let path = dir.join("hour.mp3");
    let mp3 = ["-t", "3600", "-c:a", "libmp3lame", "-b:a", "128k", "-compression_level", "9"];
    ffmpeg(&["-stream_loop", "-1"], &joined, &mp3, &path);
    path
}

fn ffmpeg(before: &[&str], from: &Path, after: &[&str], to: &Path) {
    let mut command = Command::new("ffmpeg");
    command.args(["-nostdin", "-v", "error", "-y"]).args(before).arg("-i").arg(from).args(after).arg(to);
    assert!(command.status().expect("ffmpeg is installed").success());
}

fn main() {
    let dir = tempfile::tempdir().expect("a directory");
    let station = tempfile::tempdir().expect("a directory");
    let told = "name = \"Đài\"\n[zones.thon-1]\noutput = \"null\"\n";
    std::fs::write(station.path().join("loa.toml"), told).expect("a station");
    let path = hour(dir.path());
    let (mut loa, mut ffmpeg) = (f64::INFINITY, f64::INFINITY);
    for round in 0..ROUNDS {
        let mut ours = Command::new(program::program());
        ours.arg("--dir").arg(station.path()).arg("load").arg(&path).args(["--as", &format!("gio-{round}")]);
        let mut theirs = Command::new("ffmpeg");
        theirs.args(["-nostdin", "-threads", "1", "-filter_threads", "1", "-i"]).arg(&path);
        theirs.args(["-af", "ebur128=peak=true", "-f", "null", "-"]);
        let now = (processor_seconds(&mut ours), processor_seconds(&mut theirs));
        println!("round {}: loa load {:.2} s, ffmpeg ebur128 {:.2} s", round + 1, now.0, now.1);
        (loa, ffmpeg) = (loa.min(now.0), ffmpeg.min(now.1));
        let _ = std::fs::remove_dir_all(station.path().join("audio"));
    }
    let ratio = ffmpeg / loa;
    println!("an hour of MP3: loa load {loa:.2} s, ffmpeg {ffmpeg:.2} s; {ratio:.2} times as fast (goal {GOAL})");
}
