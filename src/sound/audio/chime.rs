//! The sound that loa makes itself: a gentle chime, without a file that could be missing.

use std::f64::consts::TAU;

use crate::instant::Rate;
use crate::plan::{ALARM_LENGTH, CHIME_LENGTH, SWEEP_LENGTH};
use crate::schedule::Chime;

/// Its loudest sample as made, in dBFS; a zone's loudness moves it.
pub const PEAK_DB: f64 = -12.0;

/// When each note is struck, in seconds.
const STRUCK: [f64; 3] = [0.0, 0.55, 1.1];

/// Their pitches in Hz, rising: G4, C5, E5, a C major chord.
const PITCHES: [f64; 3] = [391.995, 523.251, 659.255];

/// Overtones as multiples of the pitch, with their share: a soft bell.
const OVERTONES: [(f64, f64); 3] = [(1.0, 1.0), (2.0, 0.22), (3.0, 0.07)];

// Seconds in which a note rises, dies down to a third, and the whole fades at the end.
const ATTACK: f64 = 0.015;
const DECAY: f64 = 0.75;
const RELEASE: f64 = 0.35;

/// Where a sweep begins and ends, in Hz: the band in which a microphone looks for it; and how long it takes to rise, in seconds.
const SWEEP_HZ: (f64, f64) = (300.0, 3_000.0);
const SWEEP_RISE: f64 = 0.04;

/// The two pitches of an alarm in Hz, a fourth apart: where horns are loudest, and unlike any chime.
const ALARM_PITCHES: [f64; 2] = [990.0, 742.5];

/// How long each of them sounds before the other takes its turn, in seconds.
const TURN: f64 = 0.5;

/// The chime as mono samples at `rate`: [`CHIME_LENGTH`] long, silent at both ends, the same every
/// time. It rises where something begins and falls where it ends, so that a listener at the door knows
/// which of the two it was. The tone of an alarm is [`ALARM_LENGTH`] long.
pub fn chime(rate: Rate, way: Chime) -> Vec<f32> {
    let mut pitches = PITCHES;
    if way == Chime::Falling {
        pitches.reverse();
    }
    let length = match way {
        Chime::Alarm => ALARM_LENGTH,
        Chime::Sweep => SWEEP_LENGTH,
        Chime::Rising | Chime::Falling => CHIME_LENGTH,
    };
    let frames = rate.frames(length).0;
    let hz = f64::from(rate.hz());
    let end = length.as_secs_f64();
    let raw: Vec<f64> = (0..frames)
        .map(|frame| {
            let at = frame as f64 / hz;
            let last = (frames - 1 - frame) as f64 / hz;
            let fade = if at > end / 2.0 { rise(last / RELEASE) } else { 1.0 };
            match way {
                Chime::Alarm => return fade * turn(at, hz / 2.0),
                Chime::Sweep => return sweep(at, end, hz / 2.0),
                Chime::Rising | Chime::Falling => {}
            }
            let notes = STRUCK.iter().zip(&pitches);
            fade * notes.map(|(struck, pitch)| note(at - struck, *pitch, hz / 2.0)).sum::<f64>()
        })
        .collect();
    let peak = 10.0_f64.powf(PEAK_DB / 20.0);
    let loudest = raw.iter().fold(f64::MIN_POSITIVE, |peak, sample| peak.max(sample.abs()));
    raw.into_iter().map(|sample| (sample * peak / loudest) as f32).collect()
}

/// From the lowest to the highest that a horn carries, each octave as long as the next (Farina 2000), begun and ended softly.
fn sweep(at: f64, end: f64, nyquist: f64) -> f64 {
    let (from, to) = (SWEEP_HZ.0, SWEEP_HZ.1.min(nyquist * 0.9));
    let octaves = (to / from).ln();
    let phase = TAU * from * end / octaves * ((at / end * octaves).exp() - 1.0);
    rise(at / SWEEP_RISE) * rise((end - at) / SWEEP_RISE) * phase.sin()
}

/// High and low by turns, each begun and ended softly enough not to click.
fn turn(at: f64, nyquist: f64) -> f64 {
    let (place, within) = ((at / TURN) as usize, at % TURN);
    let pitch = ALARM_PITCHES[place % ALARM_PITCHES.len()];
    let body = OVERTONES.iter().filter(|(multiple, _)| pitch * multiple < nyquist * 0.9);
    let sound: f64 = body.map(|(multiple, share)| share * (TAU * pitch * multiple * within).sin()).sum();
    rise(within / ATTACK) * rise((TURN - within) / ATTACK) * sound
}

/// A struck note, `at` seconds after the stroke; without what a low rate cannot carry.
fn note(at: f64, pitch: f64, nyquist: f64) -> f64 {
    if at < 0.0 {
        return 0.0;
    }
    let body = OVERTONES.iter().filter(|(multiple, _)| pitch * multiple < nyquist * 0.9);
    let sound: f64 = body.map(|(multiple, share)| share * (TAU * pitch * multiple * at).sin()).sum();
    rise(at / ATTACK) * (-at / DECAY).exp() * sound
}

/// From 0 to 1 along half a cosine, flat at both ends.
fn rise(part: f64) -> f64 {
    0.5 - 0.5 * (part.clamp(0.0, 1.0) * TAU / 2.0).cos()
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOTH: [Chime; 2] = [Chime::Rising, Chime::Falling];

    #[test]
    fn the_chime_is_as_long_as_planned_at_any_rate() {
        for hz in [4_000, 8_000, 11_025, 44_100, 48_000, 192_000] {
            let rate = Rate::new(hz).unwrap();
            assert_eq!(BOTH.map(|way| chime(rate, way).len() as u64), [u64::from(hz) * 3; 2], "{hz}");
        }
    }

    #[test]
    fn it_peaks_at_minus_twelve_and_begins_and_ends_in_silence_without_a_click() {
        for (hz, way) in [8_000, 44_100, 48_000].into_iter().flat_map(|hz| BOTH.map(|way| (hz, way))) {
            let made = chime(Rate::new(hz).unwrap(), way);
            let peak = made.iter().fold(0.0_f32, |peak, sample| peak.max(sample.abs()));
            assert!((20.0 * peak.log10() + 12.0).abs() < 0.01, "{hz}: {peak}");
            let (first, last) = (made[0], made[made.len() - 1]);
            assert!(first.abs() < 1.0e-6 && last.abs() < 1.0e-6, "{hz}: {first} {last}");
            // The steepest step a 2 kHz overtone at this level could make.
            let step = made.windows(2).fold(0.0_f32, |most, pair| most.max((pair[1] - pair[0]).abs()));
            assert!(step < peak * std::f32::consts::TAU * 2_000.0 / hz as f32, "{hz}: {step}");
        }
    }

    #[test]
    fn an_alarm_is_high_and_low_by_turns_and_begins_and_ends_without_a_click() {
        for hz in [4_000, 8_000, 48_000] {
            let made = chime(Rate::new(hz).unwrap(), Chime::Alarm);
            assert_eq!(made.len() as u64, u64::from(hz) * 6, "{hz}");
            let peak = made.iter().fold(0.0_f32, |peak, sample| peak.max(sample.abs()));
            assert!((20.0 * peak.log10() + 12.0).abs() < 0.01, "{hz}: {peak}");
            assert!(made[0].abs() < 1.0e-6 && made[made.len() - 1].abs() < 1.0e-6, "{hz}");
        }
        let made = chime(Rate::STANDARD, Chime::Alarm);
        let crossings = |from: usize| {
            made[from..from + 24_000].windows(2).filter(|pair| (pair[0] < 0.0) != (pair[1] < 0.0)).count()
        };
        for second in 0..6 {
            let (high, low) = (crossings(second * 48_000), crossings(second * 48_000 + 24_000));
            assert!((960..1_020).contains(&high) && (720..770).contains(&low), "{second}: {high} {low}");
        }
        let step = made.windows(2).fold(0.0_f32, |most, pair| most.max((pair[1] - pair[0]).abs()));
        assert!(step < 0.2, "{step}");
    }

    #[test]
    fn one_goes_up_and_the_other_down_and_each_is_the_same_every_time() {
        // Zero crossings in the first and in the last note tell their pitch.
        let pitch = |made: &[f32], from: f64| {
            let from = (from * 48_000.0) as usize;
            let crossings = made[from..from + 24_000].windows(2).filter(|pair| (pair[0] < 0.0) != (pair[1] < 0.0));
            crossings.count()
        };
        let [up, down] = BOTH.map(|way| chime(Rate::STANDARD, way));
        assert!(pitch(&up, 0.0) < 420 && pitch(&down, 0.0) > 630, "{} {}", pitch(&up, 0.0), pitch(&down, 0.0));
        assert!(up == chime(Rate::STANDARD, Chime::Rising));
    }
}
