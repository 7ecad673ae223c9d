//! How punctual are starts? Sixty clicks through ALSA and a sound server of its own, judged by the
//! recorded sound and by what the output itself reports: `cargo bench --bench punctuality`.
//!
//! The recording knows no absolute time, and its seconds are the sink's own: its figures are distances
//! from the straight line through all clicks, whose slope is the drift between sink and wall clock.

use std::sync::{Arc, mpsc};
use std::time::Duration;

use loa::clock::{Clock, MachineClock};
use loa::output::{Device, DeviceName, Lane, Notice, Output, VoiceId};
use loa::station::{Channel, ZoneIx};

#[path = "../tests/it/kit/click.rs"]
mod click;
#[path = "../tests/it/kit/pulse.rs"]
mod pulse;

/// Clicks measured.
const CLICKS: u64 = 60;
/// From one to the next: no multiple of a buffer.
const APART: Duration = Duration::from_micros(503_117);
/// How long the timeline may settle before the first.
const SETTLE: Duration = Duration::from_secs(10);
/// Longer than anything here takes.
const LIMIT: Duration = Duration::from_mins(1);

fn main() {
    if let Some(rig) = pulse::inside(&[]) {
        measure(&rig);
    }
}

fn measure(rig: &pulse::Rig) {
    let (tell, notices) = mpsc::channel();
    let clock: Arc<dyn Clock> = Arc::new(MachineClock);
    let lanes = vec![Lane { zone: ZoneIx(0), channel: Channel::Both, gain_db: 0.0, delay: Duration::ZERO }];
    let sink = Arc::new(move |notice| {
        let _ = tell.send(notice);
    });
    let name = DeviceName::Alsa("default".to_owned());
    let mut device = Device::new(name, lanes, click::open(), Arc::clone(&clock), sink);
    let ended = |wanted: u64| {
        loop {
            match notices.recv_timeout(LIMIT).expect("a notice in time") {
                Notice::Ended { voice, start_error, .. } if voice == VoiceId(wanted) => return start_error,
                Notice::Failed(_, why) => panic!("{why}"),
                _ => {}
            }
        }
    };

    let recorder = rig.record();
    device.prepare(VoiceId(0), ZoneIx(0), click::programme(SETTLE), Duration::ZERO);
    device.start(VoiceId(0), clock.wall());
    ended(0);
    let first = clock.wall() + Duration::from_secs(1);
    let mut reported = Vec::new();
    for n in 0..CLICKS {
        device.prepare(VoiceId(n + 1), ZoneIx(0), click::programme(Duration::from_millis(400)), Duration::ZERO);
        device.start(VoiceId(n + 1), first + APART * n as u32);
        if n > 0 {
            reported.extend(ended(n));
        }
    }
    reported.extend(ended(CLICKS));
    let heard = recorder.stop();

    let onsets = click::onsets(&heard, pulse::CHANNELS, 0);
    assert_eq!(onsets.len(), CLICKS as usize, "every click is heard, and nothing else");
    let late = |(n, onset): (usize, &usize)| {
        *onset as f64 / f64::from(pulse::RATE) * 1e3 - n as f64 * APART.as_secs_f64() * 1e3
    };
    let recorded: Vec<f64> = onsets.iter().enumerate().map(late).collect();
    let (offset, slope) = line_through(&recorded);
    let off_the_line = recorded.iter().enumerate().map(|(n, late)| (late - offset - slope * n as f64).abs());
    println!("the sink's clock against the wall clock: {:+.1} ppm", slope / APART.as_secs_f64() * 1e3);
    println!("start error of {CLICKS} clicks, in ms    p50      p99      max");
    row("as recorded (distance from the line)", off_the_line);
    row("as reported by the output", reported.iter().map(|error| error.as_secs_f64().abs() * 1e3));
}

/// Least squares through `values` at 0, 1, 2 …: offset and slope.
fn line_through(values: &[f64]) -> (f64, f64) {
    let count = values.len() as f64;
    let middle = (count - 1.0) / 2.0;
    let mean = values.iter().sum::<f64>() / count;
    let (mut joint, mut spread) = (0.0, 0.0);
    for (n, value) in values.iter().enumerate() {
        let x = n as f64 - middle;
        joint += x * (value - mean);
        spread += x * x;
    }
    let slope = joint / spread;
    (mean - slope * middle, slope)
}

fn row(name: &str, errors: impl Iterator<Item = f64>) {
    let mut errors: Vec<f64> = errors.collect();
    errors.sort_by(f64::total_cmp);
    let at = |share: f64| errors.get(((errors.len() - 1) as f64 * share).round() as usize).copied().unwrap_or(f64::NAN);
    println!("{name:<36} {:7.3}  {:7.3}  {:7.3}", at(0.5), at(0.99), at(1.0));
}
