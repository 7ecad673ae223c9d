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
