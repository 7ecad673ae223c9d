use std::collections::VecDeque;
use std::time::Duration;

use crate::earshot::{
    Correlator, HEARING_RATE, LAG_LEAST_MS, LAG_MOST_MS, LearntLag, MicrophoneSound, heard_needed, learn, measure,
};
use crate::instant::Wall;
use crate::output::{SentOutlet, SentReader, SentStretch};
use crate::player::{Event, Playing, ProofNote};
use crate::proof::{ProofTally, ProofVerdict};
use crate::reason::Reason;
use crate::schedule::{Class, Kind};

/// What the microphone heard has come by then, with its lag: pieces of a twentieth of a second, on a machine that is busy.
const COMES_WITHIN: Duration = Duration::from_millis(700);
/// What an output had sent when its airing ended is heard, and taken, by then.
const SENT_WITHIN: Duration = Duration::from_secs(1);
/// The sweep, at the end of the test tones.
const SWEEP: usize = HEARING_RATE as usize;
/// Airings that are not judged yet; one is, within ten seconds of its end.
const AIRINGS: usize = 16;

/// One zone and what is heard of it: which airing sounds, what was sent of it, what the stretches have said.
pub(super) struct ZoneProof {
    outlet: SentOutlet,
    reader: Option<SentReader>,
    learnt: Option<LearntLag>,
    airings: VecDeque<ProofAiring>,
    pending: VecDeque<SentStretch>,
}

/// An airing that is listened to.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct ProofAiring {
    broadcast: String,
    pub(super) title: String,
    class: Class,
    planned: Wall,
    pub(super) started: Wall,
    /// Test tones: to be learnt from.
    teaches: bool,
    /// And somebody was told what was learnt.
    is_taught: bool,
    ended: Option<Wall>,
    is_drained: bool,
    tally: ProofTally,
}

/// What came of one look.
pub(super) struct ProofJudged {
    /// Of which airing.
    pub(super) airing: ProofAiring,
    /// What.
    pub(super) found: ProofFound,
}

/// What a look has found.
pub(super) enum ProofFound {
    /// By test tones: how the microphone hears these horns, where it does.
    Learnt(Option<LearntLag>),
    /// By test tones nothing: not all that was heard of them came.
    Missed,
    /// What the stretches of an airing say, so far or in the end.
    Heard {
        /// Together.
        verdict: ProofVerdict,
        /// Stretches with the horn, and all that said something.
        counts: (u32, u32),
        /// The airing is over.
        is_over: bool,
    },
}

impl ProofAiring {
    fn of(playing: &Playing) -> Self {
        Self {
            broadcast: playing.broadcast.clone(),
            title: playing.title.clone(),
            class: playing.class,
            planned: playing.planned,
            started: playing.started,
            teaches: playing.kind == Kind::Test,
            is_taught: false,
            ended: None,
            is_drained: false,
            tally: ProofTally::default(),
        }
    }

    /// For the journal.
    pub(super) fn note(&self, zone: String, reason: Reason) -> Event {
        Event::Proof(Box::new(ProofNote {
            zone,
            broadcast: self.broadcast.clone(),
            title: self.title.clone(),
            class: self.class,
            planned: self.planned,
            reason,
        }))
    }

    /// Another part of the same: it was interrupted, and goes on.
    fn is(&self, playing: &Playing) -> bool {
        self.broadcast == playing.broadcast && self.planned == playing.planned
    }

    fn has(&self, at: Wall) -> bool {
        self.started <= at && self.ended.is_none_or(|ended| at < ended)
    }
}

impl ZoneProof {
    pub(super) fn new(outlet: SentOutlet, learnt: Option<LearntLag>) -> Self {
        Self { outlet, reader: None, learnt, airings: VecDeque::new(), pending: VecDeque::new() }
    }

    /// Something sounds, or is not judged yet.
    pub(super) fn is_busy(&self) -> bool {
        !self.airings.is_empty()
    }

    /// Look at what sounds, and take what was sent.
    pub(super) fn look(&mut self, now: Wall, playing: Option<&Playing>) {
        if let Some(last) = self.airings.back_mut().filter(|last| last.ended.is_none())
            && playing.is_none_or(|playing| !last.is(playing))
        {
            last.ended = Some(now);
        }
        if let Some(playing) = playing
            && self.airings.back().is_none_or(|last| last.ended.is_some())
        {
            if self.airings.len() >= AIRINGS {
                self.airings.pop_front();
            }
            self.airings.push_back(ProofAiring::of(playing));
        }
        if let Some(reader) = self.outlet.take() {
            self.reader = Some(reader);
        }
        let Some(reader) = &mut self.reader else { return };
        reader.look();
        if let Some(last) = self.airings.back_mut()
            && !last.is_drained
            && last.ended.is_some_and(|ended| now >= ended + SENT_WITHIN)
        {
            last.is_drained = true;
            if last.teaches { reader.finish_from(SWEEP) } else { reader.finish() }
        }
        while let Some(stretch) = reader.stretch() {
            self.pending.push_back(stretch);
        }
    }

    /// The next thing that can be said, if there is one.
    pub(super) fn judge(
        &mut self,
        now: Wall,
        heard: &MicrophoneSound,
        correlator: &mut Option<Box<Correlator>>,
    ) -> Option<ProofJudged> {
        while let Some(stretch) = self.pending.pop_front_if(|stretch| now >= comes(stretch)) {
            let middle = stretch.at + length(stretch.samples.len()) / 2;
            let Some(airing) = self.airings.iter_mut().find(|airing| airing.has(middle)) else { continue };
            let correlator = correlator.get_or_insert_default();
            if airing.teaches {
                let before = stretch.samples.len().saturating_sub(SWEEP);
                let (at, sweep) = (stretch.at + length(before), &stretch.samples[before..]);
                let (segment, missing) = heard.segment(from(at), heard_needed(sweep.len()));
                airing.is_taught = true;
                if missing > 0.0 {
                    return Some(ProofJudged { airing: airing.clone(), found: ProofFound::Missed });
                }
                let found = learn(correlator, sweep, &segment).ok();
                self.learnt = found.or(self.learnt);
                return Some(ProofJudged { airing: airing.clone(), found: ProofFound::Learnt(found) });
            }
            let (segment, missing) = heard.segment(from(stretch.at), heard_needed(stretch.samples.len()));
            let measured = measure(correlator, &stretch.samples, &segment, missing, self.learnt);
            airing.tally.add(measured.judge());
            let found =
                ProofFound::Heard { verdict: airing.tally.verdict(), counts: airing.tally.counts(), is_over: false };
            return Some(ProofJudged { airing: airing.clone(), found });
        }
        // The first that is over, and of which nothing is to come.
        let is_over =
            |airing: &ProofAiring| airing.ended.is_some_and(|ended| now >= ended + SENT_WITHIN + 2 * COMES_WITHIN);
        let waits = self.pending.front().map(|stretch| stretch.at);
        let first = self.airings.front().filter(|first| is_over(first))?;
        if waits.is_some_and(|at| first.ended.is_some_and(|ended| at < ended)) {
            return None;
        }
        let airing = self.airings.pop_front()?;
        if airing.teaches && airing.is_taught {
            return self.judge(now, heard, correlator);
        }
        if airing.teaches {
            return Some(ProofJudged { airing, found: ProofFound::Learnt(None) });
        }
        let found = ProofFound::Heard { verdict: airing.tally.verdict(), counts: airing.tally.counts(), is_over: true };
        Some(ProofJudged { airing, found })
    }
}

/// When the last of what the microphone hears of it has come.
fn comes(stretch: &SentStretch) -> Wall {
    stretch.at + length(stretch.samples.len()) + Duration::from_secs_f32(LAG_MOST_MS / 1_000.0) + COMES_WITHIN
}

/// Where what is laid over it begins: at the least lag.
fn from(at: Wall) -> Wall {
    at - Duration::from_secs_f32(-LAG_LEAST_MS / 1_000.0)
}

fn length(samples: usize) -> Duration {
    Duration::from_secs_f64(samples as f64 / f64::from(HEARING_RATE))
}
