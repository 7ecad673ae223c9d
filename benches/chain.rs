//! How many zones one core can play at once: `loa render` of a zone that decodes, levels and limits an MP3,
//! beside Liquidsoap doing the same, one after the other; seconds of processor time, so that other work on
//! the machine counts for neither. What starting costs is taken off by rendering a short and a long one.
//!
//! `cargo bench --bench chain`

#[path = "kit/processor.rs"]
mod processor;
#[path = "kit/program.rs"]
mod program;

use std::path::Path;
use std::process::Command;

use processor::processor_seconds;

/// How often each is run; the best of them counts.
const ROUNDS: usize = 3;

/// Minutes of the short and of the long sound.
const MINUTES: [u32; 2] = [1, 11];

/// What is done to the sound in each zone: a name, and the lines of `loa.toml`.
const CHAINS: [(&str, &str); 3] =
    [("untouched", "loudness = \"off\""), ("levelled and limited", ""), ("speech chain", "chain = \"speech\"")];

fn ffmpeg(before: &[&str], from: &Path, after: &[&str], to: &Path) {
    let mut command = Command::new("ffmpeg");
    command.args(["-nostdin", "-v", "error", "-y"]).args(before).arg("-i").arg(from).args(after).arg(to);
    assert!(command.status().expect("ffmpeg is installed").success());
}

/// Speech that has to be limited, at 44.1 kHz, with 64 kbit/s; a broadcast for each length.
fn station(dir: &Path) {
    std::fs::create_dir_all(dir.join("audio")).expect("room");
    std::fs::create_dir_all(dir.join("schedules")).expect("room");
    let speech = Path::new(env!("CARGO_MANIFEST_DIR")).join("audio/ban-tin-sang.mp3");
    let broadcasts = MINUTES.map(|minutes| {
        let (length, hour) = ((minutes * 60).to_string(), minutes % 24);
        let mp3 =
            ["-t", &length, "-af", "volume=-6dB", "-ar", "44100", "-ac", "1", "-c:a", "libmp3lame", "-b:a", "64k"];
        ffmpeg(&["-stream_loop", "-1"], &speech, &mp3, &dir.join(format!("audio/dai-{minutes}.mp3")));
        format!("[[broadcast]]\nid = \"b{minutes}\"\nat = \"{hour:02}:00\"\nplay = \"dai-{minutes}\"\n")
    });
    let broadcasts = broadcasts.concat();
    let zones = [0, 1, 2].map(|place: usize| {
        format!("[zones.z{place}]\noutput = \"null\"\nchannel = {}\n{}\n", place + 1, CHAINS[place].1)
    });
    let schedule = format!("[rules]\nhours = [\"00:00-24:00\"]\n{broadcasts}");
    std::fs::write(dir.join("loa.toml"), zones.concat()).expect("room");
    std::fs::write(dir.join("schedules/a.toml"), schedule).expect("room");
}

fn loa(dir: &Path, zone: usize, minutes: u32) -> f64 {
    let (from, to) = (minutes % 24, minutes);
    let mut command = Command::new(program::program());
    command.arg("--dir").arg(dir).args(["render", "--zone", &format!("z{zone}")]);
    command.args(["--from", &format!("2026-12-01T{from:02}:00"), "--to", &format!("2026-12-01T{from:02}:{to:02}")]);
    processor_seconds(command.arg("--out").arg(dir.join("out.wav")))
}

/// The nearest that Liquidsoap has: its own normalisation and limiter, into a file as fast as it can.
fn liquidsoap(dir: &Path, minutes: u32) -> f64 {
    let (script, sound, out) = (dir.join("a.liq"), dir.join(format!("audio/dai-{minutes}.mp3")), dir.join("out.wav"));
    let (sound, out) = (sound.display(), out.display());
    let text = format!(
        "settings.init.allow_root.set(true)\nsettings.log.stdout.set(false)\nsettings.log.file.set(false)\n\
         settings.frame.audio.samplerate.set(48000)\nsettings.frame.audio.channels.set(1)\n\
         s = limit(threshold=-1., normalize(target=-16., once(single(\"{sound}\"))))\n\
         clock.assign_new(sync=\"none\", [s])\n\
         output.file(%wav(stereo=false,channels=1,samplesize=16,samplerate=48000), fallible=true, \
         on_stop=shutdown, \"{out}\", s)\n"
    );
    std::fs::write(&script, text).expect("room");
    processor_seconds(Command::new("liquidsoap").arg(&script))
}

/// Zones that one core can play, from what a short and a long sound take.
fn zones(measure: impl Fn(u32) -> f64) -> f64 {
    let [short, long] = MINUTES.map(|minutes| (0..ROUNDS).map(|_| measure(minutes)).fold(f64::INFINITY, f64::min));
    f64::from((MINUTES[1] - MINUTES[0]) * 60) / (long - short)
}

fn main() {
    let dir = tempfile::tempdir().expect("a directory");
    station(dir.path());
    for (zone, (name, _)) in CHAINS.iter().enumerate() {
        // The first finds the gains.
        let _ = MINUTES.map(|minutes| loa(dir.path(), zone, minutes));
        println!("loa, {name}: {:.0} zones per core", zones(|minutes| loa(dir.path(), zone, minutes)));
    }
    if Command::new("liquidsoap").arg("--version").output().is_ok() {
        let zones = zones(|minutes| liquidsoap(dir.path(), minutes));
        println!("Liquidsoap, normalised and limited: {zones:.0} zones per core");
    } else {
        println!("Liquidsoap is not installed: skipped");
    }
}
