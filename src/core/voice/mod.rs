//! What is asked of an output, and what it answers: [`Output`] takes a [`VoiceOrder`] and tells [`Notice`]s. The `player`
//! gives the orders, `output` carries them out.

use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;

use crate::diag::Text;
use crate::instant::Wall;
use crate::plan::{Programme, Volume};
use crate::station::ZoneIx;

/// One unbroken stretch of sound in one zone.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct VoiceId(pub u64);

/// What is asked of a voice.
#[derive(Clone, PartialEq, Debug)]
pub enum VoiceOrder {
    /// Get it ready: open what must be open, decode ahead. Answered by [`Notice::Ready`] or [`Notice::Failed`].
    Prepare {
        /// Where it is to sound.
        zone: ZoneIx,
        /// What it plays.
        programme: Arc<Programme>,
        /// From how far into it.
        skip: Duration,
    },
    /// Be this loud beside its zone's own level: said before its start, and not at all where nothing is added.
    Level(Volume),
    /// Place the first sample of a prepared voice on the frame that is heard then; at once if that is past. Answered
    /// by [`Notice::Started`], later by [`Notice::Ended`]. In a lane with a delay all of it is heard that much later,
    /// and what is reported is free of the delay.
    Start(Wall),
    /// Fade out, so that it is silent at this instant whatever its lane's delay: lawful hours end when they end. At
    /// once (5 ms) where `None`. A voice that has not started is dropped and answers with [`Notice::Ended`] of zero
    /// length. A later one replaces an earlier one.
    Cut(Option<Wall>),
}

/// Where a zone's sound goes. Calls return at once; what comes of them arrives as [`Notice`]s.
///
/// A zone plays one voice at a time: a voice never starts before what sounds in its zone has ended or been cut, nor before
/// one that is to start earlier.
pub trait Output: Send {
    /// Take what is asked of a voice.
    fn order(&mut self, voice: VoiceId, order: VoiceOrder);
}

/// What an output reports, from any thread.
#[derive(Clone, PartialEq, Debug)]
pub enum Notice {
    /// Enough is decoded that the voice can start.
    Ready(VoiceId),
    /// The voice cannot play: its sound cannot be read.
    Failed(VoiceId, Text),
    /// The device of this voice cannot be had, and why; told again where the reason changes. The
    /// device is tried again by itself until the voice is cut: it waits, or, where it sounded, ends
    /// next with [`Ending::DeviceLost`].
    Hindered(VoiceId, Text),
    /// A file of this voice is not, or no longer, the one that was planned: its name in `audio/`. Said once, just before
    /// [`Notice::Failed`], or before the end where the sound broke off there.
    Spoiled(VoiceId, Arc<str>),
    /// Its first sample is on its way to be heard at this instant.
    Started(VoiceId, Wall),
    /// How much of it has been heard; about once a second.
    Position(VoiceId, Duration),
    /// The stream of a voice ran dry while it sounded, or its sound was not decoded in time. Said once, just
    /// before its end, and not at all where there was nothing of the kind.
    Stumbled {
        /// Which.
        voice: VoiceId,
        /// How often.
        times: u32,
        /// Silence that was played in place of its sound.
        silent: Duration,
    },
    /// What is heard of a higher station that is booked here, whenever that changes.
    Relay(VoiceId, RelayNews),
    /// It is over.
    Ended {
        /// Which.
        voice: VoiceId,
        /// When its last sample was heard.
        at: Wall,
        /// How much of it was heard.
        played: Duration,
        /// Measured start minus asked start, by the timeline as it stood a moment after the start.
        start_error: Option<SignedDuration>,
        /// Why it ended.
        ending: Ending,
    },
}

/// What is heard where a relay is booked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RelayNews {
    /// The id of the relay that is booked.
    pub relay: Arc<str>,
    /// What is heard.
    pub heard: RelayHeard,
}

/// What is heard of a relay.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum RelayHeard {
    /// Its sound.
    Own,
    /// It has none.
    Instead {
        /// What is heard in its place: a file, another relay; empty: silence.
        what: Arc<str>,
        /// Why it has none.
        why: Text,
    },
    /// Its time is over.
    Over,
}

/// Why a voice ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ending {
    /// All of it was heard.
    Finished,
    /// It was cut as asked.
    Cut,
    /// Its sound broke off or was not decoded in time.
    Starved,
    /// The device went away.
    DeviceLost,
}

/// Where notices go.
pub type NoticeSink = Arc<dyn Fn(Notice) + Send + Sync>;
