use super::doubt::ProofDoubt;
use super::window::WindowVerdict;

/// From so many stretches without the horn on, it may be said that it was not heard: never from one.
const NOTHING_LEAST: u32 = 2;
/// So many of them at the end, and a third of all, are a horn that fell silent on the way.
const FELL_SILENT: u32 = 3;
const FELL_SILENT_PART: u32 = 3;
/// One stretch in so many with the horn is enough: where people talk beside the microphone it is often not found.
const HEARD_PART: u32 = 5;
/// Fewer than one in so many is an accident.
const ACCIDENT_PART: u32 = 10;

/// Whether an airing was heard.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ProofVerdict {
    /// The microphone heard it.
    Heard,
    /// It would have heard it, and did not.
    NotHeard,
    /// Nobody can say, and why.
    Unclear(ProofDoubt),
}

/// What the stretches of one airing have said so far.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ProofTally {
    heard: u32,
    nothing: u32,
    /// Of the last ones, how many in a row were without the horn.
    lately: u32,
    doubts: [u32; ProofDoubt::ALL.len()],
}

impl ProofTally {
    /// Another stretch.
    pub fn add(&mut self, window: WindowVerdict) {
        match window {
            WindowVerdict::Heard => {
                self.heard += 1;
                self.lately = 0;
            }
            WindowVerdict::Nothing => {
                self.nothing += 1;
                self.lately += 1;
            }
            WindowVerdict::Unclear(doubt) => self.doubts[doubt as usize] += 1,
            WindowVerdict::Empty => {}
        }
    }

    /// Stretches with the horn, and all that said something of it.
    pub const fn counts(&self) -> (u32, u32) {
        (self.heard, self.heard + self.nothing)
    }

    /// What they say together.
    pub fn verdict(&self) -> ProofVerdict {
        let judged = self.heard + self.nothing;
        let unclear: u32 = self.doubts.iter().sum();
        // The one that was met most often; of two the graver.
        let doubts = ProofDoubt::ALL.iter().zip(self.doubts).filter(|(_, times)| *times > 0);
        let doubt = doubts.max_by_key(|(_, times)| *times).map_or(ProofDoubt::Short, |((doubt, _), _)| *doubt);
        let fell_silent = self.lately >= FELL_SILENT && self.lately * FELL_SILENT_PART >= judged;
        let needed = if judged <= 1 { 1 } else { 2.max(judged.div_ceil(HEARD_PART)) };
        if judged == 0 {
            ProofVerdict::Unclear(doubt)
        } else if self.heard >= needed && !fell_silent {
            ProofVerdict::Heard
        } else if self.heard * ACCIDENT_PART >= judged {
            ProofVerdict::Unclear(ProofDoubt::Partly)
        } else if self.nothing >= NOTHING_LEAST && self.nothing >= unclear {
            ProofVerdict::NotHeard
        } else {
            ProofVerdict::Unclear(doubt)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `h` heard, `n` nothing, `e` empty, `s` silent, `c` clipped, `z` noise.
    fn verdict(windows: &str) -> ProofVerdict {
        let mut tally = ProofTally::default();
        for window in windows.chars() {
            tally.add(match window {
                'h' => WindowVerdict::Heard,
                'n' => WindowVerdict::Nothing,
                'e' => WindowVerdict::Empty,
                's' => WindowVerdict::Unclear(ProofDoubt::Silent),
                'c' => WindowVerdict::Unclear(ProofDoubt::Clipped),
                _ => WindowVerdict::Unclear(ProofDoubt::Noise),
            });
        }
        tally.verdict()
    }

    #[test]
    fn an_airing_is_heard_or_not_heard_or_nobody_can_say() {
        use ProofVerdict::{Heard, NotHeard, Unclear};
        for (windows, says) in [
            ("", Unclear(ProofDoubt::Short)),
            ("eee", Unclear(ProofDoubt::Short)),
            ("h", Heard),
            ("hhh", Heard),
            ("hze", Heard),
            // Never from one.
            ("n", Unclear(ProofDoubt::Short)),
            ("nz", Unclear(ProofDoubt::Noise)),
            ("nn", NotHeard),
            ("nnnz", NotHeard),
            ("nnzzz", Unclear(ProofDoubt::Noise)),
            ("sss", Unclear(ProofDoubt::Silent)),
            ("sccc", Unclear(ProofDoubt::Clipped)),
            ("zzz", Unclear(ProofDoubt::Noise)),
            ("hn", Unclear(ProofDoubt::Partly)),
            // People talk beside the microphone.
            ("hnnhnnhn", Heard),
            // One in many is an accident.
            ("nnnnnhnnnnnnnn", NotHeard),
            // It fell silent on the way.
            ("hhhhnnn", Unclear(ProofDoubt::Partly)),
            ("hhhhhhhhhhnn", Heard),
        ] {
            assert_eq!(verdict(windows), says, "{windows}");
        }
    }
}
