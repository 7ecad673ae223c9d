use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;

use super::Timeline;
use super::feed::{Feed, FeedSource};
use crate::diag::Text;
use crate::instant::{Frames, Mono, Rate, Wall};
use crate::plan::{Programme, Volume};
use crate::voice::{Ending, Notice, VoiceId};

/// How often a sounding voice says how far it is: so much is known after a power cut.
pub const POSITION_EVERY: Duration = Duration::from_secs(1);
/// How long after its start a voice's start error is measured, so that the timeline knows better
/// than it did when the start was placed.
const MEASURE_AFTER: Duration = Duration::from_secs(1);
/// A stream that has taken this much plays: more than the two deepest periods that it takes at once, whether
/// or not anything is heard of them. Until then nothing is told of a voice that was given to it.
const PROOF: Duration = Duration::from_millis(500);

/// How far a voice is on its way to the renderer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Phase {
    /// No device is open that would tell the rate to decode for.
    Waiting,
    /// Being decoded.
    Feeding,
    /// Enough is decoded.
    Ready,
    /// Handed to the renderer.
    Placed,
}

/// A voice as the controller sees it.
pub(super) struct PreparedVoice {
    pub(super) voice: VoiceId,
    pub(super) lane: usize,
    /// Its lane's: all that is heard of it is heard this much later than is asked for and reported.
    delay: Duration,
    pub(super) programme: Arc<Programme>,
    pub(super) skip: Duration,
    pub(super) phase: Phase,
    /// When it was prepared, or when its feed was started (again).
    pub(super) since: Mono,
    /// Tells the feeds of one voice apart.
    pub(super) generation: u64,
    pub(super) feed: Option<Feed>,
    pub(super) source: Option<FeedSource>,
    pub(super) rate: Rate,
    /// Ready has been told.
    pub(super) announced: bool,
    /// Why its device cannot be had, as last told.
    hindered: Option<Text>,
    /// Its place among the starts, and the instant at which it is to be heard.
    pub(super) start: Option<(u64, Wall)>,
    pub(super) cut: Option<Wall>,
    pub(super) volume: Volume,
    pub(super) began: Option<Began>,
    pub(super) over: Option<Over>,
    /// A file of it that was not, or no longer, the one that was planned.
    spoiled: Option<Arc<str>>,
}

/// A voice's start, as it was and as it is measured.
#[derive(Clone, Copy, Debug)]
pub(super) struct Began {
    frame: u64,
    asked: Wall,
    epoch: u32,
    error: Option<SignedDuration>,
    measured: bool,
    /// Its start has been told.
    told: bool,
    next_position: Mono,
    /// Underruns of its stream before it.
    underruns: u32,
    /// When that was known. Not more of it can have been heard than time has passed since.
    since: Mono,
}

/// A voice's end, held back until it has been heard.
#[derive(Clone, Copy, Debug)]
pub(super) struct Over {
    frame: u64,
    played: Frames,
    ending: Ending,
    heard: Mono,
    stumbled: Stumbled,
}

/// Where the sound of a voice had dropouts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Stumbled {
    times: u32,
    silent: Frames,
}

impl PreparedVoice {
    pub(super) fn new(
        voice: VoiceId,
        (lane, delay): (usize, Duration),
        programme: Arc<Programme>,
        skip: Duration,
        now: Mono,
    ) -> Self {
        Self {
            voice,
            lane,
            delay,
            programme,
            skip,
            phase: Phase::Waiting,
            since: now,
            generation: 0,
            feed: None,
            source: None,
            rate: Rate::STANDARD,
            announced: false,
            hindered: None,
            start: None,
            cut: None,
            volume: Volume::default(),
            began: None,
            over: None,
            spoiled: None,
        }
    }

    /// Back to where it needs a device and a decoder.
    pub(super) fn rewind(&mut self, now: Mono) {
        self.began = None;
        self.over = None;
        self.feed = None;
        self.source = None;
        self.phase = Phase::Waiting;
        self.since = now;
        self.hindered = None;
    }

    /// Let it start at `at`, as the one numbered `order`.
    pub(super) fn ask(&mut self, order: u64, at: Wall) {
        self.start = Some((order, at + self.delay));
        if let Some(feed) = &self.feed {
            feed.arm();
        }
    }

    /// Its device cannot be had: the notice, where this is news.
    pub(super) fn hinder(&mut self, why: &Text) -> Option<Notice> {
        if self.hindered.as_ref() == Some(why) {
            return None;
        }
        self.hindered = Some(why.clone());
        Some(Notice::Hindered(self.voice, why.clone()))
    }

    /// Its first sample lies on `frame`, of a stream that has run dry this often.
    pub(super) fn begin(&mut self, frame: u64, underruns: u32, wall: Wall, now: Mono) {
        let asked = self.start.map_or(wall, |(_, asked)| asked);
        self.began = Some(Began {
            frame,
            asked,
            epoch: 0,
            error: None,
            measured: false,
            told: false,
            next_position: now,
            underruns,
            since: now,
        });
    }

    /// The notice of its start, once it is certain that its stream plays, and since when.
    pub(super) fn started(&mut self, timeline: Option<&Timeline>, wall: Wall, now: Mono) -> Option<Notice> {
        // Nobody waits for proof to hear that it was silenced.
        let cut = self.over.is_some_and(|over| over.ending == Ending::Cut);
        let proof = self.rate.frames(PROOF).0;
        let plays = timeline.is_some_and(|timeline| timeline.usable() && timeline.newest() >= proof);
        let began = self.began.as_mut().filter(|began| !began.told && (plays || cut))?;
        let at = timeline.and_then(|timeline| timeline.wall_at(began.frame)).unwrap_or(wall);
        began.told = true;
        began.epoch = timeline.map_or(0, Timeline::epoch);
        began.error = timeline.map(|_| at.since(began.asked));
        began.next_position = now + at.after(wall) + POSITION_EVERY;
        Some(Notice::Started(self.voice, at - self.delay))
    }

    /// Nobody has been told of its start.
    pub(super) fn is_untold(&self) -> bool {
        self.began.is_none_or(|began| !began.told)
    }

    /// The notice of the holes in it, where there were any.
    pub(super) fn stumbled(&self, underruns: u32) -> Option<Notice> {
        let Stumbled { times, silent } = self.over.map_or_else(|| self.holes(underruns), |over| over.stumbled);
        (times > 0).then(|| Notice::Stumbled { voice: self.voice, times, silent: self.rate.length(silent) })
    }

    /// The notice that a file of it was not the one that was planned.
    pub(super) fn spoiled(&self) -> Option<Notice> {
        let file = self.spoiled.clone().or_else(|| self.feed.as_ref()?.spoiled())?;
        Some(Notice::Spoiled(self.voice, file))
    }

    fn holes(&self, underruns: u32) -> Stumbled {
        let Some(began) = self.began else { return Stumbled { times: 0, silent: Frames(0) } };
        let (gaps, silent) = self.feed.as_ref().map_or((0, Frames(0)), |feed| (feed.gaps(), feed.silent()));
        Stumbled { times: underruns.saturating_sub(began.underruns).saturating_add(gaps), silent }
    }

    /// Measure the start with the timeline as it is now, until the timeline has gone far enough
    /// beyond it, or has broken since and can say nothing about it any more.
    pub(super) fn measure(&mut self, timeline: &Timeline) {
        let Some(began) = self.began.as_mut().filter(|began| began.told) else { return };
        if began.measured || timeline.epoch() != began.epoch {
            return;
        }
        began.error = timeline.wall_at(began.frame).map(|at| at.since(began.asked));
        began.measured = timeline.newest() >= began.frame + self.rate.frames(MEASURE_AFTER).0;
    }

    /// It ended: nothing sounds from `frame` on.
    pub(super) fn end(
        &mut self,
        frame: u64,
        (played, underruns): (u64, u32),
        ending: Ending,
        timeline: Option<&Timeline>,
        wall: Wall,
        now: Mono,
    ) {
        let stumbled = self.holes(underruns);
        let feed = self.feed.take();
        self.spoiled = feed.as_ref().and_then(Feed::spoiled);
        let silent = feed.as_ref().map_or(Frames(0), Feed::silent);
        let starved = ending == Ending::Finished && feed.as_ref().is_some_and(Feed::broken);
        let ahead = timeline.and_then(|timeline| timeline.wall_at(frame)).map_or(Duration::ZERO, |at| at.after(wall));
        // A card that swallows samples is through with them long before anybody could have heard them.
        let earliest = self.began.map_or(now, |began| began.since + self.rate.length(Frames(played)));
        self.over = Some(Over {
            frame,
            played: Frames(played) - silent,
            ending: if starved { Ending::Starved } else { ending },
            // A timeline that has just stepped may say anything; no buffer is longer than this.
            heard: earliest.max(now + ahead.min(Duration::from_secs(2))),
            stumbled,
        });
    }

    /// The notice of its end, once it has been heard.
    pub(super) fn ended(&self, timeline: Option<&Timeline>, wall: Wall, now: Mono) -> Option<Notice> {
        let over = self.over.filter(|over| over.heard <= now)?;
        if self.began.is_some_and(|began| !began.told) {
            return None;
        }
        let at = match self.began {
            Some(_) => timeline.and_then(|timeline| timeline.wall_at(over.frame)).unwrap_or(wall),
            None => wall,
        };
        Some(self.notice(at, self.rate.length(over.played), over.ending))
    }

    /// The notice of an end that nobody placed: dropped before its start, or with its device.
    pub(super) fn notice(&self, at: Wall, played: Duration, ending: Ending) -> Notice {
        let start_error = self.began.and_then(|began| began.error);
        let at = if self.began.is_some() { at - self.delay } else { at };
        Notice::Ended { voice: self.voice, at, played, start_error, ending }
    }

    /// How much has been heard by `wall`.
    pub(super) fn heard(&self, timeline: &Timeline, wall: Wall, now: Mono) -> Duration {
        let frame = timeline.frame_at(wall).unwrap_or(0.0).clamp(0.0, timeline.newest() as f64);
        let began = self.began.map_or(u64::MAX, |began| began.frame);
        let silent = self.feed.as_ref().map_or(Frames(0), Feed::silent);
        let possible = self.began.map_or(Duration::ZERO, |began| now.after(began.since));
        self.rate.length(Frames((frame as u64).saturating_sub(began)) - silent).min(possible)
    }

    /// The notice of how far it is, about once a second.
    pub(super) fn position(&mut self, timeline: &Timeline, wall: Wall, now: Mono) -> Option<Notice> {
        let began = self.began.as_mut().filter(|began| began.told && began.next_position <= now)?;
        began.next_position = now + POSITION_EVERY;
        Some(Notice::Position(self.voice, self.heard(timeline, wall, now)))
    }
}
