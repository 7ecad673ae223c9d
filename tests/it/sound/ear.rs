//! Makes sounds to test with, and listens to what came of them.

use std::path::{Path, PathBuf};
use std::process::Command;

use loa::audio::Decoder;

use crate::kit::{recorded_earlier, wav_file};

/// Where the tone begins in every burst.
pub(super) const ONSET_MS: u64 = 500;

/// How loud the tone is.
pub(super) const LEVEL: f32 = 0.5;

/// Half a second of nothing, 0.7 s of a 1 kHz cosine, then nothing up to 1.5 s and a bit.
pub(super) fn burst(rate: u32) -> Vec<f32> {
    let at = |ms: u64| (u64::from(rate) * ms / 1000) as usize;
    (0..at(1_500) + 123)
        .map(|n| {
            let phase = (n.saturating_sub(at(ONSET_MS))) as f64 * 1000.0 / f64::from(rate) * std::f64::consts::TAU;
            if (at(ONSET_MS)..at(1_200)).contains(&n) { LEVEL * phase.cos() as f32 } else { 0.0 }
        })
        .collect()
}

/// Writes 16-bit WAV, the same samples in every channel.
pub(crate) fn write_wav(path: &Path, rate: u32, channels: u16, samples: &[f32]) {
    let whole = samples.iter().map(|sample| (sample * 32_768.0).round().clamp(-32_768.0, 32_767.0) as i16);
    wav_file(path, rate, channels, whole.flat_map(|sample| std::iter::repeat_n(sample, usize::from(channels))));
    recorded_earlier(path);
}

/// Turns a file into another with ffmpeg.
pub(crate) fn convert(from: &Path, to: &Path, arguments: &[&str]) {
    let done = Command::new("ffmpeg")
        .args(["-nostdin", "-v", "error", "-y", "-i"])
        .arg(from)
        .args(arguments)
        .arg(to)
        .output()
        .expect("ffmpeg is installed");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    recorded_earlier(to);
}

/// The burst in another format: `name` gives the container, `arguments` the codec.
pub(super) fn burst_as(dir: &Path, name: &str, rate: u32, channels: u16, arguments: &[&str]) -> PathBuf {
    let source = dir.join(format!("{name}.source.wav"));
    write_wav(&source, rate, channels, &burst(rate));
    let made = dir.join(name);
    convert(&source, &made, arguments);
    made
}

/// A machine's Vietnamese voice, 22,050 Hz, one channel.
pub(crate) fn speak(path: &Path, words: &str) {
    let spoken =
        Command::new("espeak-ng").args(["-v", "vi", "-s", "150", "-a", "60", "-w"]).arg(path).arg(words).status();
    assert!(spoken.expect("espeak-ng is installed").success());
    recorded_earlier(path);
}

/// Length of a step of [`scale`], in seconds.
pub(super) const STEP_S: f64 = 0.25;

/// A scale by which one hears where in it one is: every quarter of a second another tone.
pub(super) fn scale(rate: u32, seconds: f64) -> Vec<f32> {
    let mut phase = 0.0;
    (0..(seconds * f64::from(rate)).round() as u32)
        .map(|n| {
            let step = (f64::from(n) / f64::from(rate) / STEP_S).floor();
            phase += pitch(step) / f64::from(rate);
            LEVEL * (phase * std::f64::consts::TAU).sin() as f32
        })
        .collect()
}

fn pitch(step: f64) -> f64 {
    400.0 + 100.0 * step
}

/// Which steps of a scale are heard in which order, by how often the middle of each crosses zero.
pub(super) fn steps(samples: &[f32], rate: u32) -> Vec<u32> {
    let at = |seconds: f64| ((seconds * f64::from(rate)) as usize).min(samples.len());
    let count = (samples.len() as f64 / f64::from(rate) / STEP_S).round() as u32;
    (0..count)
        .map(|step| {
            let middle = (f64::from(step) + 0.5) * STEP_S;
            let heard = &samples[at(middle - 0.05)..at(middle + 0.05)];
            let crossings = heard.windows(2).filter(|pair| (pair[0] < 0.0) != (pair[1] < 0.0)).count();
            ((crossings as f64 / 0.2 - 400.0) / 100.0).round().max(0.0) as u32
        })
        .collect()
}

/// Decodes a whole file.
pub(super) fn hear(path: &Path) -> (Decoder, Vec<f32>) {
    let mut decoder = Decoder::open(path).unwrap_or_else(|fault| panic!("{}: {}", path.display(), fault.message));
    let mut samples = Vec::new();
    while decoder.read(&mut samples).unwrap() {}
    (decoder, samples)
}

/// The first sample at half the tone's level: its onset, if pre-echo is fainter than that.
pub(super) fn onset(samples: &[f32]) -> usize {
    samples.iter().position(|sample| sample.abs() > LEVEL / 2.0).expect("a tone")
}
