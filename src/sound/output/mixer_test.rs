#![expect(clippy::float_cmp, reason = "samples pass bit for bit, and that is what is tested")]

use std::num::NonZero;

use rodio::buffer::SamplesBuffer;

use super::When;
use super::fade;
use super::mixer::{FADE, LANE_VOICES, Mixer, QueuedVoice, VoiceEvent, VoiceSound};
use crate::instant::{Rate, Wall};
use crate::plan::Volume;
use crate::station::Channel;
use crate::voice::{Ending, VoiceId};

const FADE_FRAMES: usize = Rate::STANDARD.frames(FADE).0 as usize;

fn sound(samples: Vec<f32>) -> VoiceSound {
    let rate = NonZero::new(48_000).expect("not zero");
    Box::new(SamplesBuffer::new(NonZero::<u16>::MIN, rate, samples))
}

fn part(voice: u64, start: u64, samples: Vec<f32>) -> QueuedVoice {
    QueuedVoice {
        voice: VoiceId(voice),
        sound: sound(samples),
        start: When::Frame(start),
        cut: None,
        soft: false,
        volume: Volume::default(),
    }
}

fn level(level: f32, frames: usize) -> Vec<f32> {
    vec![level; frames]
}

#[derive(PartialEq, Debug)]
enum Seen {
    Started(u64, u64),
    Ended(u64, u64, u64, Ending),
}

/// Instants in these tests are frames.
fn place(at: Wall) -> i64 {
    at.nanos()
}

struct Rig {
    mixer: Mixer,
    channels: usize,
    out: Vec<f32>,
    seen: Vec<Seen>,
}

impl Rig {
    fn new(lanes: &[(Channel, f32)], channels: usize) -> Self {
        let mixer = Mixer::new(lanes.iter().copied(), Rate::STANDARD);
        Self { mixer, channels, out: Vec::new(), seen: Vec::new() }
    }

    fn mono() -> Self {
        Self::new(&[(Channel::Both, 0.0)], 1)
    }

    fn add(&mut self, lane: usize, part: QueuedVoice) {
        assert!(self.mixer.add(lane, part).is_ok(), "room in the lane");
    }

    fn run(&mut self, blocks: &[usize]) {
        for frames in blocks {
            self.run_placed(*frames, &place);
        }
    }

    fn run_placed(&mut self, frames: usize, place: &dyn Fn(Wall) -> i64) {
        let first = (self.out.len() / self.channels) as u64;
        let mut block = vec![9.0; frames * self.channels];
        let seen = &mut self.seen;
        self.mixer.fill(&mut block, self.channels, first, place, &mut |event| {
            seen.push(match event {
                VoiceEvent::Started(voice, frame) => Seen::Started(voice.0, frame),
                VoiceEvent::Ended { voice, frame, played, ending, .. } => Seen::Ended(voice.0, frame, played, ending),
            });
        });
        self.out.extend(block);
    }
}

#[test]
fn a_voice_lies_on_its_frame_and_its_samples_are_untouched() {
    let samples: Vec<f32> = (0_u16..3_000).map(|n| f32::from(n).sin() * 0.999).collect();
    for start in [0, 1, 511, 512, 513, 1_999] {
        let mut rig = Rig::mono();
        rig.add(0, part(1, start, samples.clone()));
        rig.run(&[512; 12]);
        let first = start as usize;
        let bits = |samples: &[f32]| samples.iter().map(|sample| sample.to_bits()).collect::<Vec<_>>();
        assert_eq!(bits(&rig.out[first..first + 3_000]), bits(&samples));
        assert!(rig.out[..first].iter().chain(&rig.out[first + 3_000..]).all(|sample| *sample == 0.0));
        assert_eq!(rig.seen, [Seen::Started(1, start), Seen::Ended(1, start + 3_000, 3_000, Ending::Finished)]);
    }
}

#[test]
fn back_to_back_voices_have_no_gap_and_no_overlap() {
    // The second one's time comes before, with, and long before the first one's end.
    for (start, blocks) in
        [(2_000, vec![480; 10]), (1_990, vec![480; 10]), (1_000, vec![500; 10]), (1_005, vec![333; 20])]
    {
        let mut rig = Rig::mono();
        rig.add(0, part(1, 1_000, level(0.5, 1_000)));
        rig.add(0, part(2, start, level(0.25, 1_000)));
        rig.run(&blocks);
        assert_eq!(rig.out[999..1_001], [0.0, 0.5]);
        assert!(rig.out[1_000..2_000].iter().all(|sample| *sample == 0.5));
        assert!(rig.out[2_000..3_000].iter().all(|sample| *sample == 0.25), "start {start}");
        assert_eq!(rig.out[3_000], 0.0);
        assert_eq!(rig.seen[1..3], [Seen::Ended(1, 2_000, 1_000, Ending::Finished), Seen::Started(2, 2_000)]);
    }
}

#[test]
fn a_voice_that_is_told_later_and_starts_earlier_goes_first() {
    let mut rig = Rig::mono();
    rig.add(0, part(1, 0, level(0.1, 400)));
    rig.run(&[240]);
    rig.add(0, part(2, 3_000, level(0.2, 1_000)));
    rig.add(0, part(3, 300, level(0.3, 1_000)));
    rig.add(0, part(4, 2_000, level(0.4, 100)));
    rig.run(&[480; 10]);
    let started: Vec<_> = rig.seen.iter().filter(|seen| matches!(seen, Seen::Started(..))).collect();
    let expected = [Seen::Started(1, 0), Seen::Started(3, 400), Seen::Started(4, 2_000), Seen::Started(2, 3_000)];
    assert_eq!(started, expected.iter().collect::<Vec<_>>());
}

#[test]
fn a_cut_is_silent_on_its_frame_and_its_fade_has_no_step() {
    for blocks in [vec![480; 20], vec![241; 40], vec![9_600]] {
        let mut rig = Rig::mono();
        rig.add(0, part(1, 100, level(0.8, 9_000)));
        rig.mixer.cut(VoiceId(1), When::Frame(5_000));
        rig.run(&blocks);
        assert_eq!(rig.out[5_000 - FADE_FRAMES], 0.8);
        assert!(rig.out[5_000..].iter().all(|sample| *sample == 0.0));
        let largest = 0.8 * std::f32::consts::FRAC_PI_2 / FADE_FRAMES as f32;
        for pair in rig.out[4_000..5_100].windows(2) {
            assert!(pair[1] <= pair[0] && pair[0] - pair[1] <= largest * 1.001, "{pair:?}");
        }
        assert_eq!(rig.seen, [Seen::Started(1, 100), Seen::Ended(1, 5_000, 4_900, Ending::Cut)]);
    }
}

#[test]
fn a_cut_now_takes_one_fade_and_the_next_voice_follows_it() {
    let mut rig = Rig::mono();
    rig.add(0, part(1, 0, level(0.8, 9_000)));
    rig.add(0, part(2, 0, level(0.1, 10)));
    rig.run(&[480]);
    rig.mixer.cut(VoiceId(1), When::Now);
    rig.run(&[480; 3]);
    let silent = 480 + FADE_FRAMES as u64;
    assert_eq!(
        rig.seen,
        [
            Seen::Started(1, 0),
            Seen::Ended(1, silent, silent, Ending::Cut),
            Seen::Started(2, silent),
            Seen::Ended(2, silent + 10, 10, Ending::Finished),
        ]
    );
    assert_eq!(rig.out[480], 0.8);
    assert!(rig.out[silent as usize - 1] < 0.001);
    assert_eq!(rig.out[silent as usize], 0.1, "joined, so not faded in");
}

#[test]
fn a_later_cut_replaces_an_earlier_one_until_its_fade_has_begun() {
    let mut rig = Rig::mono();
    rig.add(0, part(1, 0, level(0.5, 9_000)));
    rig.mixer.cut(VoiceId(1), When::Frame(8_000));
    rig.run(&[480]);
    rig.mixer.cut(VoiceId(1), When::Frame(1_000));
    rig.run(&[480]);
    rig.mixer.cut(VoiceId(1), When::Frame(3_000));
    rig.run(&[480; 10]);
    assert_eq!(rig.seen[1], Seen::Ended(1, 1_000, 1_000, Ending::Cut));
}

#[test]
fn a_voice_cut_before_it_begins_never_sounds_and_frees_its_lane() {
    for cut in [When::Now, When::Frame(1_000), When::Frame(500)] {
        let mut rig = Rig::mono();
        rig.add(0, part(1, 1_000, level(0.5, 9_000)));
        rig.add(0, part(2, 2_000, level(0.25, 100)));
        rig.mixer.cut(VoiceId(1), cut);
        rig.run(&[480; 6]);
        assert_eq!(rig.seen[..2], [Seen::Ended(1, 0, 0, Ending::Cut), Seen::Started(2, 2_000)]);
        assert!(rig.out[..2_000].iter().all(|sample| *sample == 0.0));
    }
}

#[test]
fn a_waiting_voice_whose_cut_passes_is_dropped_from_behind() {
    let mut rig = Rig::mono();
    rig.add(0, part(1, 0, level(0.5, 4_000)));
    rig.add(0, part(2, 100, level(0.25, 4_000)));
    rig.mixer.cut(VoiceId(2), When::Frame(2_000));
    rig.run(&[480; 20]);
    assert_eq!(rig.seen[1], Seen::Ended(2, 2_400, 0, Ending::Cut));
    assert_eq!(rig.seen[2], Seen::Ended(1, 4_000, 4_000, Ending::Finished));
}

#[test]
fn a_voice_cut_right_after_its_start_gets_a_shorter_fade() {
    let mut rig = Rig::mono();
    rig.add(0, part(1, 100, level(0.5, 4_000)));
    rig.mixer.cut(VoiceId(1), When::Frame(150));
    rig.run(&[480]);
    assert_eq!(rig.out[100], 0.5);
    assert_eq!(rig.out[150], 0.0);
    assert_eq!(rig.seen, [Seen::Started(1, 100), Seen::Ended(1, 150, 50, Ending::Cut)]);
}

#[test]
fn only_what_starts_in_the_middle_or_late_is_faded_in() {
    let mut rig = Rig::mono();
    rig.add(0, QueuedVoice { soft: true, ..part(1, 10, level(0.5, 1_000)) });
    rig.run(&[4_800]);
    assert_eq!(rig.out[10], 0.0);
    assert_eq!(rig.out[10 + FADE_FRAMES], 0.5);
    for pair in rig.out[..500].windows(2) {
        assert!((pair[1] - pair[0]).abs() <= 0.5 * std::f32::consts::FRAC_PI_2 / FADE_FRAMES as f32 * 1.001);
    }

    rig.add(0, part(2, 100, level(0.5, 1_000)));
    rig.run(&[4_800]);
    assert_eq!(rig.seen[2], Seen::Started(2, 4_800), "late, so at once");
    assert_eq!(rig.out[4_800], 0.0);

    rig.add(0, part(3, 9_599, level(0.5, 1_000)));
    rig.run(&[4_800]);
    assert_eq!(rig.out[9_600], 0.5, "one frame of estimator noise is not late");
}

#[test]
fn a_voice_joined_across_a_block_border_is_not_faded_in() {
    let mut rig = Rig::mono();
    rig.add(0, part(1, 0, level(0.5, 960)));
    rig.add(0, part(2, 3, level(0.25, 960)));
    rig.run(&[480; 6]);
    assert_eq!(rig.out[959..961], [0.5, 0.25]);
}

#[test]
fn lanes_keep_to_their_channels_and_levels() {
    let mut rig = Rig::new(&[(Channel::One(1), 0.0), (Channel::One(2), -6.0), (Channel::One(7), 0.0)], 2);
    rig.add(0, part(1, 0, level(0.5, 10)));
    rig.add(1, part(2, 5, level(0.5, 10)));
    rig.add(2, part(3, 0, level(0.5, 10)));
    rig.run(&[20]);
    let left: Vec<f32> = rig.out.iter().copied().step_by(2).collect();
    let right: Vec<f32> = rig.out.iter().copied().skip(1).step_by(2).collect();
    assert_eq!(left, [level(0.5, 10), level(0.0, 10)].concat());
    assert_eq!(right[4], 0.0);
    assert!((right[5] - 0.250_594).abs() < 1e-6);
}

#[test]
fn sums_beyond_full_scale_are_limited_and_nonsense_is_silence() {
    let mut rig = Rig::new(&[(Channel::Both, 0.0), (Channel::Both, 0.0)], 1);
    rig.add(0, part(1, 0, vec![0.75, 0.5, -0.75, f32::NAN, f32::INFINITY]));
    rig.add(1, part(2, 0, vec![0.75, 0.25, -0.75, 0.5, 0.0]));
    rig.run(&[6]);
    assert_eq!(rig.out, [1.0, 0.75, -1.0, 0.0, 1.0, 0.0]);
}

#[test]
fn an_instant_is_turned_into_a_frame_in_the_last_block_before_it() {
    let mut rig = Rig::mono();
    let start = When::Wall(Wall::from_nanos(1_000));
    rig.add(0, QueuedVoice { start, ..part(1, 0, level(0.5, 100)) });
    rig.run_placed(480, &|_| i64::MAX);
    rig.run_placed(480, &|at| at.nanos() + 300);
    rig.run_placed(480, &|at| at.nanos() - 7);
    rig.run_placed(480, &|at| at.nanos() + 900);
    assert_eq!(rig.seen, [Seen::Started(1, 993), Seen::Ended(1, 1_093, 100, Ending::Finished)]);
}

#[test]
fn a_full_or_unknown_lane_gives_the_voice_back() {
    let mut rig = Rig::mono();
    for voice in 0..LANE_VOICES as u64 {
        rig.add(0, part(voice, 0, Vec::new()));
    }
    assert!(rig.mixer.add(0, part(99, 0, Vec::new())).is_err());
    assert!(rig.mixer.add(1, part(99, 0, Vec::new())).is_err());
    rig.run(&[1]);
    assert_eq!(rig.seen.len(), 2 * LANE_VOICES, "voices of no length are over at once");
    assert!(rig.mixer.is_idle());
}

#[test]
fn fades_run_from_one_to_nothing_and_back() {
    assert_eq!(fade::falling(0, 240), 1.0);
    assert_eq!(fade::falling(240, 240), 0.0);
    assert_eq!(fade::rising(0, 240), 0.0);
    assert_eq!(fade::rising(240, 240), 1.0);
    for index in 0..240 {
        assert!((fade::falling(index, 240) + fade::rising(index, 240) - 1.0).abs() < 1e-6);
    }
}

#[test]
fn a_change_of_level_is_a_short_glide_on_its_frame_however_the_blocks_are_cut() {
    let volume = || {
        let days = crate::calendar::Days::new(&jiff::tz::TimeZone::UTC, Wall::MIN, Wall::MIN);
        let second = 1_000_000_000;
        let quiet = [crate::schedule::Level { hours: 0..1, db: -6.0 }];
        let volume = Volume::of(&quiet, &days, Wall::from_nanos(0), Wall::from_nanos(3 * second));
        assert_eq!(volume.steps().len(), 2);
        volume
    };
    // The frame of an instant, at 48 kHz; the first second is quiet.
    let place = |at: Wall| at.nanos() / 1_000 * 48 / 1_000;
    let played = |blocks: &[usize]| {
        let mut rig = Rig::mono();
        rig.add(0, QueuedVoice { volume: volume(), ..part(1, 10, level(0.5, 96_000)) });
        for frames in blocks {
            rig.run_placed(*frames, &place);
        }
        rig.out
    };
    let whole = played(&[96_000]);
    assert_eq!(whole, played(&[1_000, 46_990, 7, 2_003, 46_000]));
    let quiet = 0.5 * 10_f32.powf(-6.0 / 20.0);
    assert_eq!((whole[9], whole[10], whole[47_999]), (0.0, quiet, quiet));
    assert_eq!((whole[48_000 + 4_800], whole[95_999]), (0.5, 0.5));
    let steps = whole[10..].windows(2).map(|pair| pair[1] - pair[0]);
    let largest = steps.fold(0.0_f32, f32::max);
    assert!(largest > 0.0 && largest < 0.000_1, "{largest}");
}

#[test]
fn a_timeline_that_wavers_changes_no_level_and_a_step_of_the_clock_does() {
    let mut rig = Rig::mono();
    let days = crate::calendar::Days::new(&jiff::tz::TimeZone::UTC, Wall::MIN, Wall::MIN);
    let quiet = [crate::schedule::Level { hours: 0..1, db: -6.0 }];
    let volume = Volume::of(&quiet, &days, Wall::from_nanos(0), Wall::from_nanos(9_000_000_000));
    rig.add(0, QueuedVoice { volume, ..part(1, 0, level(0.5, 480_000)) });
    let placed = |by: i64| move |at: Wall| at.nanos() / 1_000 * 48 / 1_000 + by;
    rig.run_placed(48_000 + 4_800, &placed(0));
    rig.run_placed(4_800, &placed(4_900));
    assert_eq!(*rig.out.last().unwrap(), 0.5, "two milliseconds of doubt are none");
    rig.run_placed(9_600, &placed(100_000));
    assert!(*rig.out.last().unwrap() < 0.26, "it is that hour again");
}
