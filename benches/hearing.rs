//! What it costs to listen to the horns: eight seconds of what was sent and of what a microphone heard, both brought down to
//! 8 kHz and laid over each other. In per cent of a core, since that is to be done once in eight seconds.
//!
//! `cargo bench --bench hearing`

use loa::audio::Resampler;
use loa::clock::Clock as _;
use loa::earshot::{Correlator, HEARING_RATE, heard_needed, measure};
use loa::instant::Rate;
use loa::machine::MachineClock;

/// Seconds of a stretch.
const STRETCH: usize = 8;
const ROUNDS: usize = 21;

/// Noise stands for anything: no step depends on what is heard.
fn noise(count: usize) -> Vec<f32> {
    let mut state = 0x9e37_79b9_u32;
    let step = |_| {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        f32::midpoint(state as f32 / u32::MAX as f32, -0.5)
    };
    (0..count).map(step).collect()
}

fn down(samples: &[f32]) -> Vec<f32> {
    let to = Rate::new(HEARING_RATE).expect("a rate");
    let mut resampler = Resampler::new(Rate::STANDARD, to).expect("rates");
    let mut out = Vec::new();
    // Pieces as they come.
    for piece in samples.chunks(9_600) {
        resampler.push(piece, &mut out).expect("samples");
    }
    resampler.finish(&mut out).expect("samples");
    out
}

fn main() {
    let sent = noise(STRETCH * 48_000);
    let heard = noise(heard_needed(STRETCH * HEARING_RATE as usize) * 6);
    let mut correlator = Correlator::default();
    let mut times: Vec<f64> = (0..ROUNDS)
        .map(|_| {
            let began = MachineClock.mono();
            let (sent, heard) = (down(&sent), down(&heard));
            let measured = measure(&mut correlator, &sent, &heard, 0.0, None);
            assert!(measured.any.score > 0.0);
            MachineClock.mono().after(began).as_secs_f64()
        })
        .collect();
    times.sort_by(f64::total_cmp);
    let (least, middle) = (times[0], times[ROUNDS / 2]);
    let percent = |time: f64| time / STRETCH as f64 * 100.0;
    println!("eight seconds: {:.1} ms (least {:.1} ms)", middle * 1e3, least * 1e3);
    println!("of a core: {:.2} % (least {:.2} %)", percent(middle), percent(least));
}
