//! How punctual are starts? Sixty clicks through ALSA and a sound server of its own, judged by the
//! recorded sound and by what the output itself reports, on a quiet machine and with two busy loops for each core:
//! `cargo bench --bench punctuality`.
//!
//! The recording knows no absolute time, and its seconds are the sink's own: its figures are distances
//! from the straight line through all clicks, whose slope is the drift between sink and wall clock.

use std::sync::{Arc, mpsc};
use std::time::Duration;

use loa::clock::Clock;
use loa::machine::MachineClock;
use loa::output::{Device, DeviceName, OutputLane};
use loa::station::{Channel, ZoneIx};
use loa::voice::{Notice, Output, VoiceId, VoiceOrder};

#[path = "../tests/it/kit/click.rs"]
mod click;
#[path = "../tests/it/kit/ear.rs"]
mod ear;
#[allow(dead_code, reason = "the tests use more of it")]
#[path = "../tests/it/kit/late.rs"]
mod late;
#[path = "../tests/it/kit/pulse.rs"]
mod pulse;
#[path = "../tests/it/kit/strain.rs"]
#[allow(dead_code, reason = "only the busy loops are needed here")]
mod strain;

/// Clicks measured.
const CLICKS: u64 = 60;
/// From one to the next: no multiple of a buffer.
const APART: Duration = Duration::from_micros(503_117);
/// How long the timeline may settle before the first.
const SETTLE: Duration = Duration::from_secs(10);
/// Further from where it is due than this an onset is another click, or none.
const FAR_MS: f64 = 100.0;
/// Longer than anything here takes.
const LIMIT: Duration = Duration::from_mins(1);

fn main() {
    if let Some(rig) = pulse::inside(&[]) {
        let quiet = measure(&rig, "quiet");
        let hog = strain::Hog::beside();
        let busy = measure(&rig, "every core wanted twice");
        drop(hog);
        println!("median as recorded, busy to quiet: {:.1}", busy / quiet);
    }
}

/// The median distance from the line, in milliseconds.
fn measure(rig: &pulse::Rig, how: &str) -> f64 {
    let (tell, notices) = mpsc::channel();
    let clock: Arc<dyn Clock> = Arc::new(MachineClock);
    let lanes =
        vec![OutputLane { zone: ZoneIx(0), channel: Channel::Both, gain_db: 0.0, delay: Duration::ZERO, sent: None }];
    let sink = Arc::new(move |notice| {
        let _ = tell.send(notice);
    });
    let name = DeviceName::Alsa("default".to_owned());
    let mut device = Device::new(name, lanes, click::open(), Arc::clone(&clock), sink);
    let holes = std::cell::Cell::new(0);
    let ended = |wanted: u64| {
        loop {
            match notices.recv_timeout(LIMIT).expect("a notice in time") {
                Notice::Stumbled { times, .. } => holes.set(holes.get() + times),
                Notice::Ended { voice, start_error, .. } if voice == VoiceId(wanted) => return start_error,
                Notice::Failed(_, why) => panic!("{why}"),
                _ => {}
            }
        }
    };

    let recorder = rig.record();
    device.order(
        VoiceId(0),
        VoiceOrder::Prepare { zone: ZoneIx(0), programme: click::programme(SETTLE), skip: Duration::ZERO },
    );
    device.order(VoiceId(0), VoiceOrder::Start(clock.wall()));
    ended(0);
    let first = clock.wall() + Duration::from_secs(1);
    let mut reported = Vec::new();
    for n in 0..CLICKS {
        device.order(
            VoiceId(n + 1),
            VoiceOrder::Prepare {
                zone: ZoneIx(0),
                programme: click::programme(Duration::from_millis(400)),
                skip: Duration::ZERO,
            },
        );
        device.order(VoiceId(n + 1), VoiceOrder::Start(first + APART * n as u32));
        if n > 0 {
            reported.extend(ended(n));
        }
    }
    reported.extend(ended(CLICKS));
    let heard = recorder.stop();

    // A hole swallows a click, and its end may sound like one: each click is looked for where it is due, counted
    // from the first that is heard.
    let onsets = ear::onsets(&ear::one_channel(&heard, pulse::CHANNELS, 0), click::LOUD, click::QUIET);
    let at = |onset: usize| onset as f64 / f64::from(pulse::RATE) * 1e3;
    let origin = onsets.first().map_or(0.0, |onset| at(*onset));
    let late: Vec<(f64, f64)> = (0..CLICKS)
        .filter_map(|n| {
            let due = origin + n as f64 * APART.as_secs_f64() * 1e3;
            let off = onsets.iter().map(|onset| at(*onset) - due).min_by(|a, b| a.abs().total_cmp(&b.abs()))?;
            (off.abs() < FAR_MS).then_some((n as f64, off))
        })
        .collect();
    let (offset, slope) = line_through(&late);
    let off_the_line: Vec<f64> = late.iter().map(|(n, late)| (late - offset - slope * n).abs()).collect();
    println!("{how}: {} of {CLICKS} clicks heard, {} holes counted by the output", late.len(), holes.get());
    println!("the sink's clock against the wall clock: {:+.1} ppm", slope / APART.as_secs_f64() * 1e3);
    println!("start error of {CLICKS} clicks, in ms    p50      p99      max");
    let median = row("as recorded (distance from the line)", &off_the_line);
    let reported: Vec<f64> = reported.iter().map(|error| error.as_secs_f64().abs() * 1e3).collect();
    row("as reported by the output", &reported);
    median
}

/// Least squares through points: offset and slope.
fn line_through(points: &[(f64, f64)]) -> (f64, f64) {
    let count = points.len() as f64;
    let middle = points.iter().map(|(x, _)| x).sum::<f64>() / count;
    let mean = points.iter().map(|(_, y)| y).sum::<f64>() / count;
    let (mut joint, mut spread) = (0.0, 0.0);
    for (x, y) in points {
        joint += (x - middle) * (y - mean);
        spread += (x - middle).powi(2);
    }
    let slope = joint / spread;
    (mean - slope * middle, slope)
}

/// Print a row; its median.
fn row(name: &str, errors: &[f64]) -> f64 {
    let mut errors = errors.to_vec();
    errors.sort_by(f64::total_cmp);
    let at = |share: f64| {
        let place = (errors.len().saturating_sub(1) as f64 * share).round() as usize;
        errors.get(place).copied().unwrap_or(f64::NAN)
    };
    println!("{name:<36} {:7.3}  {:7.3}  {:7.3}", at(0.5), at(0.99), at(1.0));
    at(0.5)
}
