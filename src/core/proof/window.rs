use super::doubt::ProofDoubt;

/// Above this a peak near the known lag is the horn: with noise as loud as the horn the least that was met with it was 21,
/// and the most that was met without it 7 (docs/proof.md).
const KNOWN_LAG_SCORE: f32 = 8.0;
/// Where the lag is not known, or at another one, more is asked: a thousand places can be taken for it.
const ANY_LAG_SCORE: f32 = 12.0;
/// Between this and what is enough nobody can say.
const FAINT_SCORE: f32 = 5.2;
/// What is sent must be spread over so many Hz: a held tone, or the chime, is like itself at other lags and cannot be placed.
const SPREAD_LEAST_HZ: f32 = 12.0;
/// Nothing that people would hear is sent below this, in dBFS.
const SENT_LEAST_DB: f32 = -55.0;
/// A microphone that is connected hears its own hiss; below this, in dBFS, there is none.
const SILENT_BELOW_DB: f32 = -84.0;
/// So much of the samples at their limit bends the sound too much.
const CLIPPED_MOST: f32 = 0.02;
/// So much of the stretch may be missing: a recorder stumbles.
const MISSING_MOST: f32 = 0.03;
/// As little of what the microphone hears may be the horn, as it was learnt, in dB; with less of it a horn that sounds is
/// no longer always found.
const EXPECTED_LEAST_DB: f32 = -14.0;

/// A place at which what was sent is found again in what was heard.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct HeardAt {
    /// How much later, in milliseconds.
    pub lag_ms: f32,
    /// How far it stands out: the peak over the mean of its surroundings.
    pub score: f32,
}

/// What was measured of one stretch of a few seconds.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct WindowMeasure {
    /// The best place near the lag that was learnt; none where none was learnt.
    pub known: Option<HeardAt>,
    /// The best place of all.
    pub any: HeardAt,
    /// Over how many Hz what was sent is spread: a hundred for a voice, less than one for a held tone.
    pub spread_hz: f32,
    /// Level of what was sent, in dBFS, within the band that a horn carries.
    pub sent_db: f32,
    /// Level of what the microphone heard, in dBFS, all of it.
    pub heard_db: f32,
    /// Which part of what it heard the horn would be, by what was learnt, in dB; none where nothing was learnt.
    pub expected_db: Option<f32>,
    /// Which part of the samples stands at the limit, 0 to 1.
    pub clipped: f32,
    /// Which part of the stretch did not come, 0 to 1.
    pub missing: f32,
}

/// What one stretch says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum WindowVerdict {
    /// The horn is heard.
    Heard,
    /// It is not, though it would have been.
    Nothing,
    /// Nothing worth hearing was sent: it says nothing, of nobody.
    Empty,
    /// Nobody can say, and why.
    Unclear(ProofDoubt),
}

impl WindowMeasure {
    /// What it says.
    pub fn judge(&self) -> WindowVerdict {
        if self.sent_db < SENT_LEAST_DB || self.spread_hz < SPREAD_LEAST_HZ {
            return WindowVerdict::Empty;
        }
        // What is found is there, whatever else is wrong.
        let enough = self.known.map_or((self.any, ANY_LAG_SCORE), |known| (known, KNOWN_LAG_SCORE));
        if enough.0.score > enough.1 {
            return WindowVerdict::Heard;
        }
        let doubt = if self.missing > MISSING_MOST {
            ProofDoubt::Missing
        } else if self.heard_db < SILENT_BELOW_DB {
            ProofDoubt::Silent
        } else if self.clipped > CLIPPED_MOST {
            ProofDoubt::Clipped
        } else {
            match (self.known, self.expected_db) {
                (Some(_), _) if self.any.score > ANY_LAG_SCORE => ProofDoubt::Elsewhere,
                (Some(known), _) if known.score > FAINT_SCORE => ProofDoubt::Noise,
                (Some(_), Some(expected)) if expected < EXPECTED_LEAST_DB => ProofDoubt::Noise,
                (Some(_), _) => return WindowVerdict::Nothing,
                (None, _) => ProofDoubt::Unlearnt,
            }
        };
        WindowVerdict::Unclear(doubt)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HORN: WindowMeasure = WindowMeasure {
        known: Some(HeardAt { lag_ms: 120.0, score: 23.0 }),
        any: HeardAt { lag_ms: 120.0, score: 23.0 },
        spread_hz: 100.0,
        sent_db: -20.0,
        heard_db: -40.0,
        expected_db: Some(-6.0),
        clipped: 0.0,
        missing: 0.0,
    };

    #[test]
    fn each_stretch_says_what_it_can_and_no_more() {
        let known = |score| Some(HeardAt { lag_ms: 120.0, score });
        let any = |score| HeardAt { lag_ms: 300.0, score };
        let deaf = WindowMeasure { known: known(3.0), any: any(4.0), ..HORN };
        for (what, measure, says) in [
            ("a horn", HORN, WindowVerdict::Heard),
            ("a dead horn", deaf, WindowVerdict::Nothing),
            ("a pause", WindowMeasure { sent_db: -70.0, ..deaf }, WindowVerdict::Empty),
            ("a held tone", WindowMeasure { spread_hz: 0.2, ..HORN }, WindowVerdict::Empty),
            ("a horn through a bent sound", WindowMeasure { clipped: 0.2, ..HORN }, WindowVerdict::Heard),
            ("a bent sound", WindowMeasure { clipped: 0.2, ..deaf }, WindowVerdict::Unclear(ProofDoubt::Clipped)),
            ("no microphone", WindowMeasure { heard_db: -120.0, ..deaf }, WindowVerdict::Unclear(ProofDoubt::Silent)),
            ("no sound comes", WindowMeasure { missing: 1.0, ..deaf }, WindowVerdict::Unclear(ProofDoubt::Missing)),
            ("a storm", WindowMeasure { expected_db: Some(-20.0), ..deaf }, WindowVerdict::Unclear(ProofDoubt::Noise)),
            ("a trace", WindowMeasure { known: known(7.0), ..deaf }, WindowVerdict::Unclear(ProofDoubt::Noise)),
            ("another horn", WindowMeasure { any: any(50.0), ..deaf }, WindowVerdict::Unclear(ProofDoubt::Elsewhere)),
            ("never learnt", WindowMeasure { known: None, ..deaf }, WindowVerdict::Unclear(ProofDoubt::Unlearnt)),
            ("never learnt, and heard", WindowMeasure { known: None, ..HORN }, WindowVerdict::Heard),
            (
                "never learnt, hardly heard",
                WindowMeasure { known: None, any: any(10.0), ..HORN },
                WindowVerdict::Unclear(ProofDoubt::Unlearnt),
            ),
        ] {
            assert_eq!(measure.judge(), says, "{what}");
        }
    }
}
