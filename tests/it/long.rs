//! A long programme takes no more memory than a short one.

use std::fs;
use std::time::Duration;

use crate::kit::Station;

/// Names the minutes of the long form: `LOA_LONG_MINUTES=180 cargo test --locked --test it long`.
const LONG: &str = "LOA_LONG_MINUTES";

/// What the longer one may take more: the noise of an allocator, and the numbers of a wave's picture. Six
/// minutes of samples would be 66 MiB.
const SLACK_KIB: u64 = 3 * 1_024;

/// The most memory of its own that `loa render` was seen to hold, in KiB, while it read, measured and played so many
/// minutes of speech on a bed of music.
#[expect(clippy::disallowed_methods, reason = "a real process has to be watched in real time")]
fn peak_kib(minutes: u32) -> u64 {
    let station = Station::new();
    let spec =
        hound::WavSpec { channels: 1, sample_rate: 8_000, bits_per_sample: 8, sample_format: hound::SampleFormat::Int };
    let mut wav = hound::WavWriter::create(station.path("audio/dai.wav"), spec).unwrap();
    for n in 0..minutes * 60 * 8_000 {
        wav.write_sample((((n / 16) % 64) as i8 - 32) * i8::from(n % 8_000 < 6_000)).unwrap();
    }
    wav.finalize().unwrap();
    station
        .tone("nen.wav", 3.0, 330.0)
        .write("loa.toml", "[zones.thon-1]\noutput = \"null\"\nloudness = \"off\"\n")
        .write(
            "schedules/a.toml",
            "[[broadcast]]\nid = \"a\"\nat = \"05:00\"\ndates = [2026-12-01]\nplay = [\"dai\"]\nbed = \"nen\"\n",
        );
    let (to, out) = (format!("2026-12-01T{:02}:{:02}", 5 + minutes / 60, minutes % 60), station.path("out.wav"));
    let arguments = ["render", "--zone", "thon-1", "--from", "2026-12-01T05:00", "--to", &to, "--out"];
    let mut child = station.command(&[&arguments[..], &[out.to_str().unwrap()]].concat()).spawn().unwrap();
    let mut peak = 0;
    while child.try_wait().unwrap().is_none() {
        let status = fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
        // How much of the program itself is mapped is the kernel's affair, and changes with what else is read.
        let own = status.lines().find_map(|line| line.strip_prefix("RssAnon:"));
        peak = own.and_then(|kib| kib.split_whitespace().next()?.parse().ok()).unwrap_or(0).max(peak);
        std::thread::sleep(Duration::from_millis(5));
    }
    assert!(child.wait().unwrap().success());
    let heard = hound::WavReader::open(out).unwrap();
    assert_eq!(heard.duration(), minutes * 60 * 48_000);
    peak
}

#[test]
#[ignore = "long"]
fn a_long_programme_on_its_bed_plays_with_flat_memory() {
    let minutes = std::env::var(LONG).ok().and_then(|minutes| minutes.parse().ok()).unwrap_or(6);
    let (short, long) = (peak_kib(1), peak_kib(minutes));
    println!("a minute: {short} KiB at most; {minutes} minutes: {long} KiB");
    assert!(short > 0 && long <= short + SLACK_KIB, "{short} KiB for a minute, {long} KiB for {minutes}");
}
