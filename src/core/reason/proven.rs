//! What stands behind the reasons of proofs of sound.

use crate::diag::{Text, text};
use crate::proof::ProofDoubt;

/// Stretches of an airing with the horn in them, of those that said something: `5/6`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ProofCount {
    /// With it.
    pub heard: u32,
    /// All.
    pub judged: u32,
}

/// The way from an output to a microphone, as it was learnt: `133.5 ms; -41.2 dB`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ProofWay {
    /// How much later the horn is heard, in tenths of a millisecond.
    pub lag: i32,
    /// How much of it arrives, in tenths of a decibel.
    pub gain: i32,
}

impl ProofCount {
    pub(super) fn of(written: &str) -> Option<Self> {
        let (heard, judged) = written.split_once('/')?;
        Some(Self { heard: heard.parse().ok()?, judged: judged.parse().ok()? })
    }

    pub(super) fn written(self) -> String {
        format!("{}/{}", self.heard, self.judged)
    }

    pub(super) fn said(self) -> Text {
        let Self { heard, judged } = self;
        text!("{heard} trên {judged} đoạn", "{heard} of {judged} stretches")
    }
}

impl ProofWay {
    /// Of these measures, in milliseconds and decibels.
    pub fn of_measures(lag_ms: f32, gain_db: f32) -> Self {
        let tenths = |number: f32| (number * 10.0).round() as i32;
        Self { lag: tenths(lag_ms), gain: tenths(gain_db) }
    }

    pub(super) fn of(written: &str) -> Option<Self> {
        let (lag, gain) = written.strip_suffix(" dB")?.split_once(" ms; ")?;
        let tenths = |number: &str| number.parse::<f64>().ok().map(|number| (number * 10.0).round() as i32);
        Some(Self { lag: tenths(lag)?, gain: tenths(gain)? })
    }

    pub(super) fn written(self) -> String {
        format!("{:.1} ms; {:.1} dB", f64::from(self.lag) / 10.0, f64::from(self.gain) / 10.0)
    }

    pub(super) fn said(self) -> Text {
        let (lag, gain) = (f64::from(self.lag) / 10.0, f64::from(self.gain) / 10.0);
        let (lag_vi, gain_vi) = (format!("{lag:.1}").replace('.', ","), format!("{gain:.1}").replace('.', ","));
        text!("trễ {lag_vi} ms, mức {gain_vi} dB", "{lag:.1} ms later, at {gain:.1} dB")
    }
}

/// A doubt as the journal has it.
pub(super) fn doubt(written: &str) -> Option<ProofDoubt> {
    ProofDoubt::ALL.iter().find(|(_, code)| *code == written).map(|(doubt, _)| *doubt)
}

/// Its code.
pub(super) fn code(doubt: ProofDoubt) -> String {
    ProofDoubt::ALL[doubt as usize].1.to_owned()
}

/// What it says to people.
pub fn said(doubt: ProofDoubt) -> Text {
    match doubt {
        ProofDoubt::Short => text!("phát quá ngắn", "too little was sent"),
        ProofDoubt::Partly => text!("chỉ nghe được một phần", "heard for a part of the time only"),
        ProofDoubt::Missing => {
            text!("micro không đưa tiếng dùng được về", "nothing usable comes from the microphone")
        }
        ProofDoubt::Silent => text!("micro câm", "the microphone is silent"),
        ProofDoubt::Clipped => text!("micro bị quá mức", "the microphone is too loud"),
        ProofDoubt::Noise => text!("xung quanh quá ồn", "too much noise"),
        ProofDoubt::Elsewhere => text!(
            "nghe thấy nhưng lệch giờ so với lúc học: loa khác, hoặc đường tiếng đã đổi",
            "heard at another lag than was learnt: another horn, or the way has changed"
        ),
        ProofDoubt::Unlearnt => text!("micro chưa học loa này", "the microphone has not learnt this horn"),
    }
}
