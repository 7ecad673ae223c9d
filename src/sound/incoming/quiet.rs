use super::wire::WIRE_RATE;

/// A stretch that is judged as a whole: 100 ms.
const WINDOW: u32 = WIRE_RATE / 10;
/// Mean power of a stretch below which nothing is heard of it, -55 dBFS: hum and hiss of a station off the air lie below,
/// a soft voice above.
const HEARD: f64 = 3.2e-6;
/// Stretches without a sound after which a station counts as silent: ten seconds. Nobody who speaks pauses so long.
const SILENT_AFTER: u32 = 100;
/// Stretches with sound after which it counts as back: a second of them, so that a crackle is no return.
const BACK_AFTER: u32 = 10;
/// So many silent stretches between two loud ones do not matter for that.
const BREATH: u32 = 10;

/// Whether a stream that comes has anything in it.
#[derive(Debug, Default)]
pub(super) struct QuietWatch {
    power: f64,
    counted: u32,
    quiet: u32,
    loud: u32,
    is_silent: bool,
}

impl QuietWatch {
    pub(super) fn hear(&mut self, samples: &[i16]) {
        for sample in samples {
            let sample = f64::from(*sample) / 32_768.0;
            self.power += sample * sample;
            self.counted += 1;
            if self.counted == WINDOW {
                self.judge(self.power / f64::from(WINDOW) > HEARD);
                (self.power, self.counted) = (0.0, 0);
            }
        }
    }

    fn judge(&mut self, is_loud: bool) {
        if is_loud {
            self.loud += 1;
            self.quiet = 0;
        } else {
            self.quiet += 1;
            self.loud = if self.quiet > BREATH { 0 } else { self.loud };
        }
        self.is_silent = if self.is_silent { self.loud < BACK_AFTER } else { self.quiet >= SILENT_AFTER };
    }

    pub(super) const fn is_silent(&self) -> bool {
        self.is_silent
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_silent_seconds_are_silence_and_a_crackle_is_no_return() {
        let second = |level: i16| vec![level; WIRE_RATE as usize];
        let mut watch = QuietWatch::default();
        watch.hear(&second(2_000));
        for _ in 0..9 {
            watch.hear(&second(20));
        }
        assert!(!watch.is_silent());
        watch.hear(&second(20));
        assert!(watch.is_silent());
        watch.hear(&second(9_000)[..WINDOW as usize * 3]);
        watch.hear(&second(0));
        watch.hear(&second(0));
        watch.hear(&second(9_000)[..WINDOW as usize * 9]);
        assert!(watch.is_silent());
        watch.hear(&second(9_000));
        assert!(!watch.is_silent());
    }
}
