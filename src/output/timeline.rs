use crate::instant::{Rate, Wall};

/// Successive observations that must agree before the first ones are believed: streams start with
/// stamps of an empty buffer, and a sleeping sink takes its time to wake.
const CALM_NEEDED: u8 = 4;
/// How far two successive observations may disagree and still count as calm, in seconds.
const CALM_WITHIN: f64 = 0.005;
/// A device that never calms down is used as it is after this many seconds of frames.
const CALM_PATIENCE: f64 = 3.0;
/// An observation this far from the line is a stray: a late stamp, or a step of the wall clock.
const STRAY_BEYOND: f64 = 0.020;
/// Successive strays that agree among themselves and so prove a step.
const STRAYS_PROVE_STEP: u8 = 4;
/// Strays in a row after which the line is given up even though they do not agree.
const STRAYS_AT_MOST: u8 = 100;
/// Observations this far from the line, in seconds, lean away from it: jitter, or a server that
/// stumbled without saying so.
const LEAN_BEYOND: f64 = 0.001;
/// How far leaning observations may disagree and still lean the same way.
const LEAN_WITHIN: f64 = 0.000_5;
/// Successive observations that lean the same way and so prove that the line has moved.
const LEANS_PROVE_MOVE: u8 = 8;
/// What one observation may pull at most, in seconds: a late stamp of 10 ms must not count for 10.
const PULL_AT_MOST: f64 = 0.002;
/// Variance of one observation, in s²: 0.2 ms, as measured on sound servers; hardware is better.
const NOISE: f64 = 0.2e-3 * 0.2e-3;
/// How fast the drift between the two clocks may wander, in 1/s: 5 ppm per root second, so that an
/// NTP slew of 500 ppm is followed within seconds.
const WANDER: f64 = 5e-6 * 5e-6;
/// What is assumed of a crystal before it is known: 100 ppm.
const DRIFT_PRIOR: f64 = 1e-4 * 1e-4;
/// No clock drifts further; a larger estimate is noise.
const DRIFT_LIMIT: f64 = 1e-3;

/// Joins the frames of one stream and wall time: which frame is heard when.
///
/// Fed with observations (a frame's position and the predicted wall instant at which it is heard),
/// it keeps a straight line through them with a two-state Kalman filter (offset and drift). Pure:
/// the observations bring the time. Small and `Copy`, so that a snapshot can leave the callback.
#[derive(Clone, Copy, Debug)]
pub struct Timeline {
    hz: f64,
    line: Option<Line>,
    settled: bool,
    usable: bool,
    leaning: u8,
    lean: f64,
    calm: u8,
    restless_since: Option<u64>,
    last: Option<(u64, Wall)>,
    strays: u8,
    agreeing: u8,
    stray: f64,
    epoch: u32,
}

/// The line: `frame` is heard at `wall` + `fraction`, and from there on time runs 1 + `drift` as
/// fast as the frame count says. The covariance is `offset`, `joint`, `slope`, in s², s and 1.
#[derive(Clone, Copy, Debug)]
struct Line {
    frame: u64,
    wall: Wall,
    fraction: f64,
    drift: f64,
    offset: f64,
    joint: f64,
    slope: f64,
}

impl Timeline {
    /// A timeline of a stream of `rate` that has not been observed yet.
    pub fn new(rate: Rate) -> Self {
        Self {
            hz: f64::from(rate.hz()),
            line: None,
            settled: false,
            usable: false,
            leaning: 0,
            lean: 0.0,
            calm: 0,
            restless_since: None,
            last: None,
            strays: 0,
            agreeing: 0,
            stray: 0.0,
            epoch: 0,
        }
    }

    /// Take in that `frame` is predicted to be heard at `heard`.
    pub fn observe(&mut self, frame: u64, heard: Wall) {
        let before = self.last.replace((frame, heard));
        let Some(line) = self.line else {
            self.line = Some(Line::through(frame, heard, 0.0, DRIFT_PRIOR));
            self.restless_since = Some(frame);
            return;
        };
        if self.settled {
            self.follow(line, frame, heard);
        } else {
            self.calm_down(line, before, frame, heard);
        }
    }

    /// The stream hiccuped (an underrun, a new route): the line may be wrong from here on. What is
    /// known of the drift stays, and until the stamps are steady again the newest one is the best guess.
    pub fn disturb(&mut self) {
        self.settled = false;
        self.epoch = self.epoch.wrapping_add(1);
        self.calm = 0;
        self.restless_since = self.last.map(|(frame, _)| frame);
    }

    /// Whether the stamps are steady.
    pub fn settled(&self) -> bool {
        self.settled
    }

    /// Whether sound can be placed by it: the stamps are steady, or were and are recovering.
    pub fn usable(&self) -> bool {
        self.usable
    }

    /// The frame heard at `at`, with its fraction; negative before the stream began. `None` before
    /// the first observation.
    pub fn frame_at(&self, at: Wall) -> Option<f64> {
        let line = self.line?;
        let seconds = at.since(line.wall).as_secs_f64() - line.fraction;
        Some(line.frame as f64 + seconds / (1.0 + line.drift) * self.hz)
    }

    /// When `frame` is heard, to the nanosecond. `None` before the first observation.
    pub fn wall_at(&self, frame: u64) -> Option<Wall> {
        let line = self.line?;
        let seconds = line.seconds_to(frame, self.hz) * (1.0 + line.drift) + line.fraction;
        Some(Wall::from_nanos(line.wall.nanos().saturating_add((seconds * 1e9).round() as i64)))
    }

    /// How much faster than the stream the wall clock runs, as a ratio: 20e-6 is 20 ppm.
    pub fn drift(&self) -> f64 {
        self.line.map_or(0.0, |line| line.drift)
    }

    /// Counts the times the line broke (a step of the wall clock, a hiccup of the stream): what is
    /// said of a frame of an earlier epoch is no longer true.
    pub fn epoch(&self) -> u32 {
        self.epoch
    }

    /// The newest frame observed.
    pub fn newest(&self) -> u64 {
        self.last.map_or(0, |(frame, _)| frame)
    }

    fn calm_down(&mut self, line: Line, before: Option<(u64, Wall)>, frame: u64, heard: Wall) {
        let agrees = before.is_some_and(|(earlier, at)| {
            let stream = frame.saturating_sub(earlier) as f64 / self.hz;
            (heard.since(at).as_secs_f64() - stream).abs() < CALM_WITHIN
        });
        if agrees && self.calm > 0 {
            self.calm = self.calm.saturating_add(1);
            let moved = line.to(frame, self.hz);
            self.line = Some(moved.pulled(moved.residual(heard)));
        } else {
            self.calm = 1;
            self.line = Some(Line::through(frame, heard, line.drift, line.slope));
        }
        let restless = frame.saturating_sub(self.restless_since.unwrap_or(frame)) as f64 / self.hz;
        if self.calm >= CALM_NEEDED || restless > CALM_PATIENCE {
            self.settled = true;
            self.usable = true;
            self.strays = 0;
            self.agreeing = 0;
            self.leaning = 0;
        }
    }

    fn follow(&mut self, line: Line, frame: u64, heard: Wall) {
        let moved = line.to(frame, self.hz);
        let residual = moved.residual(heard);
        if residual.abs() <= STRAY_BEYOND {
            self.strays = 0;
            self.agreeing = 0;
            let leans = residual.abs() > LEAN_BEYOND;
            let agrees = self.leaning > 0 && (residual - self.lean).abs() < LEAN_WITHIN;
            if !(leans && agrees) {
                self.lean = residual;
                self.leaning = 0;
            }
            self.leaning += u8::from(leans);
            if self.leaning >= LEANS_PROVE_MOVE {
                self.restart(moved, frame, heard);
            } else {
                self.line = Some(moved.pulled(residual));
            }
            return;
        }
        let agrees = self.agreeing > 0 && (residual - self.stray).abs() < CALM_WITHIN;
        self.agreeing = if agrees { self.agreeing + 1 } else { 1 };
        self.strays = self.strays.saturating_add(1);
        self.stray = residual;
        if self.agreeing >= STRAYS_PROVE_STEP || self.strays >= STRAYS_AT_MOST {
            self.restart(moved, frame, heard);
        }
    }

    /// Begin a new line at a proven observation.
    fn restart(&mut self, old: Line, frame: u64, heard: Wall) {
        self.epoch = self.epoch.wrapping_add(1);
        self.strays = 0;
        self.agreeing = 0;
        self.leaning = 0;
        self.line = Some(Line::through(frame, heard, old.drift, old.slope));
    }
}

impl Line {
    fn through(frame: u64, wall: Wall, drift: f64, slope: f64) -> Self {
        Self { frame, wall, fraction: 0.0, drift, offset: NOISE, joint: 0.0, slope }
    }

    fn seconds_to(&self, frame: u64, hz: f64) -> f64 {
        // Through i64, since the line may stand behind or ahead of the frame asked for.
        frame.wrapping_sub(self.frame) as i64 as f64 / hz
    }

    /// The line as predicted at `frame`: the same line, less certain.
    fn to(self, frame: u64, hz: f64) -> Self {
        let dt = self.seconds_to(frame, hz);
        let seconds = dt * (1.0 + self.drift) + self.fraction;
        let nanos = (seconds * 1e9).floor();
        let age = dt.max(0.0);
        Self {
            frame,
            wall: Wall::from_nanos(self.wall.nanos().saturating_add(nanos as i64)),
            fraction: seconds - nanos / 1e9,
            drift: self.drift,
            offset: self.offset + 2.0 * age * self.joint + age * age * self.slope + WANDER * age * age * age / 3.0,
            joint: self.joint + age * self.slope + WANDER * age * age / 2.0,
            slope: self.slope + WANDER * age,
        }
    }

    /// By how much `heard` is later than the line says, in seconds.
    fn residual(&self, heard: Wall) -> f64 {
        heard.since(self.wall).as_secs_f64() - self.fraction
    }

    fn pulled(self, residual: f64) -> Self {
        let residual = residual.clamp(-PULL_AT_MOST, PULL_AT_MOST);
        let total = self.offset + NOISE;
        let (gain, lift) = (self.offset / total, self.joint / total);
        Self {
            fraction: self.fraction + gain * residual,
            drift: (self.drift + lift * residual).clamp(-DRIFT_LIMIT, DRIFT_LIMIT),
            offset: (1.0 - gain) * self.offset,
            slope: self.slope - lift * self.joint,
            joint: (1.0 - gain) * self.joint,
            ..self
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

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
}
