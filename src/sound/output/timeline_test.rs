//! A card with a clock of its own, and what the timeline makes of its stamps.

use std::collections::HashMap;
use std::num::NonZero;
use std::time::Duration;

use proptest::prelude::*;
use rodio::source::Zero;

use super::{Mixer, QueuedVoice, Timeline, VoiceEvent, When};
use crate::instant::{Rate, Wall};
use crate::plan::Volume;
use crate::station::Channel;
use crate::voice::{Ending, VoiceId};

const BLOCK: u64 = 1024;
const EPOCH: i64 = 1_800_000_000_000_000_000;

/// A sound card whose clock is off by `ppm` and whose stamps jitter by up to `jitter` seconds.
struct Card {
    ppm: f64,
    jitter: f64,
    step: f64,
    seed: u64,
}

impl Card {
    fn steady(ppm: f64, jitter: f64) -> Self {
        Self { ppm, jitter, step: 0.0, seed: 1 }
    }

    fn truth(&self, frame: f64) -> Wall {
        let seconds = frame / 48_000.0 * (1.0 + self.ppm * 1e-6) + self.step;
        Wall::from_nanos(EPOCH + (seconds * 1e9).round() as i64)
    }

    fn noise(&mut self) -> f64 {
        self.seed = self.seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.seed >> 33) as f64 / f64::from(1_u32 << 31) * 2.0 - 1.0) * self.jitter
    }

    fn play(&mut self, timeline: &mut Timeline, blocks: std::ops::Range<u64>) {
        for block in blocks {
            let noise = (self.noise() * 1e9) as i64;
            let heard = self.truth((block * BLOCK) as f64);
            timeline.observe(block * BLOCK, Wall::from_nanos(heard.nanos() + noise));
        }
    }
}

fn off(timeline: &Timeline, card: &Card, frame: u64) -> f64 {
    timeline.wall_at(frame).expect("observed").since(card.truth(frame as f64)).as_secs_f64()
}

#[test]
fn nothing_is_known_before_the_first_observation() {
    let timeline = Timeline::new(Rate::STANDARD);
    assert_eq!(timeline.frame_at(Wall::from_nanos(EPOCH)), None);
    assert_eq!(timeline.wall_at(0), None);
    assert!(!timeline.settled());
}

#[test]
fn clean_stamps_give_exact_frames_both_ways() {
    let mut timeline = Timeline::new(Rate::STANDARD);
    let mut card = Card::steady(0.0, 0.0);
    card.play(&mut timeline, 0..200);
    assert!(timeline.settled());
    assert!(off(&timeline, &card, 480_000).abs() < 1e-8);
    let frame = timeline.frame_at(card.truth(480_000.5)).expect("observed");
    assert!((frame - 480_000.5).abs() < 1e-3, "{frame}");
}

#[test]
fn the_first_stamps_of_an_empty_buffer_are_discarded() {
    let mut timeline = Timeline::new(Rate::STANDARD);
    let mut card = Card::steady(0.0, 0.0);
    for block in 0..3 {
        timeline.observe(block * BLOCK, Wall::from_nanos(EPOCH - 1_300_000_000));
    }
    assert!(!timeline.settled());
    card.play(&mut timeline, 3..8);
    assert!(timeline.settled());
    assert!(off(&timeline, &card, 8 * BLOCK).abs() < 1e-6);
}

#[test]
fn a_device_that_never_calms_down_is_used_all_the_same() {
    let mut timeline = Timeline::new(Rate::STANDARD);
    let mut card = Card::steady(0.0, 0.030);
    card.play(&mut timeline, 0..200);
    assert!(timeline.settled());
    assert!(off(&timeline, &card, 200 * BLOCK).abs() < 0.030);
}

#[test]
fn one_late_stamp_moves_nothing() {
    let mut timeline = Timeline::new(Rate::STANDARD);
    let mut card = Card::steady(0.0, 0.0);
    card.play(&mut timeline, 0..300);
    for late in [15_000_000, 400_000_000] {
        timeline.observe(300 * BLOCK, Wall::from_nanos(card.truth((300 * BLOCK) as f64).nanos() + late));
        assert!(off(&timeline, &card, 310 * BLOCK).abs() < 0.1e-3);
        card.play(&mut timeline, 301..303);
    }
    assert_eq!(timeline.epoch(), 0);
}

#[test]
fn a_step_of_the_wall_clock_is_taken_over_once_it_is_confirmed() {
    for step in [3_600.0, -0.5, 0.030] {
        let mut timeline = Timeline::new(Rate::STANDARD);
        let mut card = Card::steady(0.0, 0.0);
        card.play(&mut timeline, 0..300);
        card.step = step;
        card.play(&mut timeline, 300..303);
        assert_eq!(timeline.epoch(), 0, "three stamps prove nothing");
        card.play(&mut timeline, 303..305);
        assert_eq!(timeline.epoch(), 1);
        assert!(off(&timeline, &card, 305 * BLOCK).abs() < 1e-5);
    }
}

#[test]
fn a_small_move_that_nobody_announced_is_taken_over_within_a_quarter_second() {
    for step in [0.004, -0.002] {
        let mut timeline = Timeline::new(Rate::STANDARD);
        let mut card = Card::steady(20.0, 0.05e-3);
        card.play(&mut timeline, 0..500);
        card.step = step;
        card.play(&mut timeline, 500..512);
        assert_eq!(timeline.epoch(), 1);
        assert!(off(&timeline, &card, 512 * BLOCK).abs() < 0.2e-3);
    }
}

#[test]
fn jitter_that_leans_to_no_side_is_no_move() {
    let mut timeline = Timeline::new(Rate::STANDARD);
    let mut card = Card::steady(0.0, 0.004);
    card.play(&mut timeline, 0..2_000);
    assert_eq!(timeline.epoch(), 0);
    assert!(off(&timeline, &card, 2_000 * BLOCK).abs() < 1e-3);
}

#[test]
fn a_hiccup_is_forgotten_within_a_few_stamps() {
    let mut timeline = Timeline::new(Rate::STANDARD);
    let mut card = Card::steady(0.0, 0.0);
    card.play(&mut timeline, 0..300);
    card.step = 0.012;
    timeline.disturb();
    assert!(!timeline.settled() && timeline.usable());
    card.play(&mut timeline, 300..306);
    assert!(timeline.settled());
    assert!(off(&timeline, &card, 306 * BLOCK).abs() < 1e-5);
}

#[test]
fn a_slewing_wall_clock_is_followed_within_two_milliseconds() {
    let mut timeline = Timeline::new(Rate::STANDARD);
    let mut card = Card::steady(0.0, 0.05e-3);
    card.play(&mut timeline, 0..1000);
    let knee = 1000 * BLOCK;
    let mut worst = 0.0_f64;
    for block in 1000..3000 {
        let frame = block * BLOCK;
        let heard = card.truth(frame as f64).nanos() + ((frame - knee) as f64 / 48_000.0 * 500e-6 * 1e9) as i64;
        timeline.observe(frame, Wall::from_nanos(heard));
        let off = timeline.wall_at(frame).expect("observed").since(Wall::from_nanos(heard)).as_secs_f64();
        worst = worst.max(off.abs());
    }
    assert!(worst < 2e-3, "{worst}");
    assert!((timeline.drift() - 500e-6).abs() < 20e-6, "{}", timeline.drift());
}

/// So many frames of silence from this instant on.
fn silence(voice: u64, start: Wall, frames: usize) -> QueuedVoice {
    let rate = NonZero::new(48_000).expect("not zero");
    QueuedVoice {
        voice: VoiceId(voice),
        sound: Box::new(Zero::new_samples(NonZero::<u16>::MIN, rate, frames)),
        start: When::Wall(start),
        cut: None,
        soft: false,
        volume: Volume::default(),
    }
}

/// Three zones of one card: a programme of three hours; the same one, cut where by the wall clock three hours are over; and a
/// start every three minutes.
#[test]
#[ignore = "long"]
fn a_card_200_ppm_off_begins_within_a_millisecond_for_three_hours_and_a_programme_ends_with_its_last_frame() {
    const HOURS: Duration = Duration::from_hours(3);
    const EVERY: Duration = Duration::from_mins(3);
    const FIRST_START: u64 = 10;
    let frames = Rate::STANDARD.frames(HOURS).0;
    for ppm in [-200.0, 200.0] {
        let mut timeline = Timeline::new(Rate::STANDARD);
        let mut card = Card::steady(ppm, 0.5e-3);
        let mut mixer = Mixer::new([(Channel::Both, 0.0); 3], Rate::STANDARD);
        let begin = Wall::from_nanos(EPOCH) + Duration::from_mins(1);
        let (whole, cut) = (silence(0, begin, frames as usize), silence(1, begin, frames as usize));
        assert!(mixer.add(0, whole).is_ok());
        assert!(mixer.add(1, QueuedVoice { cut: Some(When::Wall(begin + HOURS)), ..cut }).is_ok());
        let (mut started, mut ended) = (HashMap::new(), HashMap::new());
        let (mut due, mut next) = (HashMap::from([(0, begin), (1, begin)]), begin);
        let mut out = [0.0; BLOCK as usize];
        let mut block = 0;
        while !mixer.is_idle() {
            card.play(&mut timeline, block..block + 1);
            let first = block * BLOCK;
            // Ordered two seconds before it is due, as the player does.
            if next < begin + HOURS && card.truth(first as f64) + Duration::from_secs(2) > next {
                let voice = FIRST_START + due.len() as u64;
                due.insert(voice, next);
                assert!(mixer.add(2, silence(voice, next, 480)).is_ok());
                next = next + EVERY;
            }
            let place = |at: Wall| match timeline.frame_at(at) {
                Some(frame) if timeline.usable() => frame.round() as i64,
                _ => i64::MAX,
            };
            mixer.fill(&mut out, 1, first, &place, &mut |event| match event {
                VoiceEvent::Started(voice, frame) => {
                    started.insert(voice.0, frame);
                }
                VoiceEvent::Ended { voice, frame, ending, .. } => {
                    ended.insert(voice.0, (frame, ending));
                }
            });
            block += 1;
        }
        let late = |frame: u64, asked: Wall| card.truth(frame as f64).since(asked).as_secs_f64();
        assert_eq!((started.len(), due.len(), timeline.epoch()), (62, 62, 0), "{ppm} ppm");
        for (voice, asked) in due {
            let error = late(started[&voice], asked);
            assert!(error.abs() < 1e-3, "{ppm} ppm, voice {voice}: {error}");
        }
        // No frame is left out or played twice: the programme takes 2.16 s more or less than three hours of the wall clock.
        assert_eq!(ended[&0], (started[&0] + frames, Ending::Finished), "{ppm} ppm");
        let over = late(ended[&0].0, begin + HOURS);
        assert!((over - HOURS.as_secs_f64() * ppm * 1e-6).abs() < 1e-3, "{ppm} ppm: {over}");
        assert!(off(&timeline, &card, ended[&0].0).abs() < 1e-3, "the journal has its true end");
        // A cut is the wall clock's. A card that is fast has played everything before.
        if ppm > 0.0 {
            assert_eq!(ended[&1].1, Ending::Cut);
            assert!(late(ended[&1].0, begin + HOURS).abs() < 1e-3);
        } else {
            assert_eq!(ended[&1], ended[&0]);
        }
    }
}

proptest! {
    #[test]
    fn jitter_and_drift_leave_less_than_a_quarter_millisecond(
        ppm in -200.0..200.0_f64,
        jitter in 0.0..0.5e-3_f64,
        seed in any::<u64>(),
    ) {
        let mut timeline = Timeline::new(Rate::STANDARD);
        let mut card = Card { ppm, jitter, step: 0.0, seed };
        card.play(&mut timeline, 0..1000);
        for block in 1000..1500 {
            card.play(&mut timeline, block..block + 1);
            // Half a second ahead: what a start is placed by.
            prop_assert!(off(&timeline, &card, block * BLOCK + 24_000).abs() < 0.25e-3);
        }
        prop_assert!((timeline.drift() - ppm * 1e-6).abs() < 50e-6);
    }

    #[test]
    fn frames_and_instants_are_inverse(frame in 0_u64..48_000 * 86_400 * 30, ppm in -200.0..200.0_f64) {
        let mut timeline = Timeline::new(Rate::STANDARD);
        Card::steady(ppm, 0.0).play(&mut timeline, 0..200);
        let there = timeline.wall_at(frame).expect("observed");
        let back = timeline.frame_at(there).expect("observed");
        prop_assert!((back - frame as f64).abs() < 0.01, "{back} {frame}");
    }
}
