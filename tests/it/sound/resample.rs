//! How clean the resampler is, beside sox at its best.

use std::f64::consts::TAU;
use std::path::Path;
use std::process::Command;

use loa::audio::Resampler;
use loa::instant::Rate;

/// Where a tone that must pass lies, in parts of half the lower rate; the last is 19,845 Hz at 44.1 kHz.
const PASS: [f64; 4] = [0.02, 0.5, 0.8, 0.9];

/// Where a tone lies that the lower rate cannot carry.
const STOP: [f64; 2] = [1.001, 1.03];

/// Rates of recordings and of cards, and up to which part the passband is looked at.
const WAYS: [(u32, u32, f64); 6] = [
    (44_100, 48_000, 0.9),
    (48_000, 44_100, 0.9),
    (22_050, 48_000, 0.9),
    (8_000, 48_000, 0.9),
    (16_000, 44_100, 0.9),
    // 19,200 Hz: above, its filter already falls, where nobody hears.
    (96_000, 48_000, 0.8),
];

fn tone(hz: f64, rate: u32) -> Vec<f32> {
    (0..rate).map(|n| (0.5 * (f64::from(n) * hz / f64::from(rate) * TAU).sin()) as f32).collect()
}

fn by_loa(samples: &[f32], from: u32, to: u32) -> Vec<f32> {
    let rate = |hz| Rate::new(hz).unwrap();
    let mut resampler = Resampler::new(rate(from), rate(to)).unwrap();
    let mut made = Vec::new();
    resampler.push(samples, &mut made).unwrap();
    resampler.finish(&mut made).unwrap();
    made
}

fn by_sox(dir: &Path, samples: &[f32], from: u32, to: u32) -> Vec<f32> {
    let (source, made) = (dir.join("from.wav"), dir.join("to.wav"));
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: from,
        bits_per_sample: 32,
        sample_format: hound::SampleFormat::Float,
    };
    let mut wav = hound::WavWriter::create(&source, spec).unwrap();
    for sample in samples {
        wav.write_sample(*sample).unwrap();
    }
    wav.finalize().unwrap();
    let mut sox = Command::new("sox");
    sox.arg("-D").arg(&source).args(["-e", "floating-point", "-b", "32"]).arg(&made);
    let done = sox.args(["rate", "-v", &to.to_string()]).output().expect("sox is installed");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    hound::WavReader::open(made).unwrap().samples().map(Result::unwrap).collect()
}

/// The height of a tone in the middle half of what was made, and the power of all else there, both in dB
/// against the tone that went in. The sine is fitted under a Blackman-Harris window.
fn heard(made: &[f32], hz: f64, rate: u32) -> (f64, f64) {
    let middle = &made[made.len() / 4..made.len() * 3 / 4];
    let count = middle.len() as f64;
    let window = |n: usize| {
        let turn = TAU * n as f64 / count;
        0.358_75 - 0.488_29 * turn.cos() + 0.141_28 * (2.0 * turn).cos() - 0.011_68 * (3.0 * turn).cos()
    };
    let wave = |n: usize| (n as f64 * hz / f64::from(rate) * TAU).sin_cos();
    let (mut sines, mut cosines, mut mixed, mut with_sine, mut with_cosine) = (0.0, 0.0, 0.0, 0.0, 0.0);
    for (n, sample) in middle.iter().enumerate() {
        let ((sin, cos), weight, sample) = (wave(n), window(n), f64::from(*sample));
        sines += weight * sin * sin;
        cosines += weight * cos * cos;
        mixed += weight * sin * cos;
        with_sine += weight * sample * sin;
        with_cosine += weight * sample * cos;
    }
    let whole = sines * cosines - mixed * mixed;
    let of_sine = (with_sine * cosines - with_cosine * mixed) / whole;
    let of_cosine = (with_cosine * sines - with_sine * mixed) / whole;
    let (mut rest, mut weights) = (0.0, 0.0);
    for (n, sample) in middle.iter().enumerate() {
        let ((sin, cos), weight) = (wave(n), window(n));
        rest += weight * (f64::from(*sample) - of_sine * sin - of_cosine * cos).powi(2);
        weights += weight;
    }
    let db = |power: f64| 10.0 * power.max(1e-20).log10();
    (db((of_sine * of_sine + of_cosine * of_cosine) / 0.25), db(rest / weights / 0.125))
}

#[test]
fn what_passes_is_flat_what_does_not_is_gone_and_the_noise_lies_under_120_db() {
    let dir = tempfile::tempdir().unwrap();
    let mut wrong = Vec::new();
    for (from, to, far) in WAYS {
        let half = f64::from(from.min(to)) / 2.0;
        // Most that a tone that should pass is off, and most that anything else is heard.
        let (mut ripple, mut noise, mut alias) = ([0.0_f64; 2], [-200.0_f64; 2], [-200.0_f64; 2]);
        for part in PASS.into_iter().filter(|part| *part <= far) {
            let sound = tone(half * part, from);
            for (who, made) in [by_loa(&sound, from, to), by_sox(dir.path(), &sound, from, to)].iter().enumerate() {
                let (height, rest) = heard(made, half * part, to);
                ripple[who] = ripple[who].max(height.abs());
                noise[who] = noise[who].max(rest);
            }
        }
        for part in STOP.iter().filter(|part| half * **part < f64::from(from) / 2.0) {
            let sound = tone(half * part, from);
            for (who, made) in [by_loa(&sound, from, to), by_sox(dir.path(), &sound, from, to)].iter().enumerate() {
                let (_, rest) = heard(made, 1.0, to);
                alias[who] = alias[who].max(rest);
            }
        }
        println!(
            "{from:6} to {to}: passband within {:.4} dB (sox {:.4}), noise {:.0} dB (sox {:.0}), aliases {:.0} dB (sox {:.0})",
            ripple[0], ripple[1], noise[0], noise[1], alias[0], alias[1]
        );
        if ripple[0] > 0.01 || noise[0] > -120.0 || alias[0] > -120.0 {
            wrong.push((from, to));
        }
    }
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[test]
#[ignore = "long"]
fn after_an_hour_a_click_lies_where_it_lay() {
    // In pieces as a decoder gives them; half a second before the end.
    let (from, to) = (44_100_usize, 48_000_usize);
    let mut resampler = Resampler::new(Rate::new(44_100).unwrap(), Rate::STANDARD).unwrap();
    let (silence, mut click) = (vec![0.0; from], vec![0.0; from]);
    click[from / 2] = 0.5;
    let (mut made, mut count, mut found) = (Vec::new(), 0, None);
    for second in 0..3_600 {
        made.clear();
        for piece in if second == 3_599 { &click } else { &silence }.chunks(1_152) {
            resampler.push(piece, &mut made).unwrap();
        }
        if second == 3_599 {
            resampler.finish(&mut made).unwrap();
        }
        let highest = made.iter().enumerate().max_by(|a, b| a.1.abs().total_cmp(&b.1.abs()));
        if let Some((at, height)) = highest.filter(|(_, height)| **height > 0.1) {
            assert!(*height > 0.4);
            found = Some(count + at);
        }
        count += made.len();
    }
    assert_eq!(count, 3_600 * to);
    assert_eq!(found, Some(3_599 * to + to / 2), "not a frame off");
}
