use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;

use crate::approval::{ApprovalDigest, Said};
use crate::diag::Text;
use crate::fact::{AudioRef, Record};
use crate::instant::Wall;
use crate::plan::Library;
use crate::reason::Reason;
use crate::schedule::{Class, Schedule};
use crate::station::{Station, ZoneIx};
use crate::voice::{Notice, VoiceId, VoiceOrder};

/// What the plan is made from, as last read.
#[derive(Clone, PartialEq, Debug)]
pub struct World {
    /// This machine.
    pub station: Arc<Station>,
    /// What officials wrote.
    pub schedule: Arc<Schedule>,
    /// What operators loaded.
    pub library: Arc<Library>,
}

/// Everything that can change the station.
#[derive(Clone, Debug)]
pub enum Event {
    /// The deadline, or simply time to look again.
    Tick,
    /// Somebody asks for the files to be read again; the shell does it.
    Reload,
    /// An output reports.
    Notice(Notice),
    /// Files changed: plan anew; what is playing goes on.
    World(World),
    /// Whether there is a reason to believe the clock has been looked at again.
    Clock {
        /// What was found.
        trust: ClockTrust,
        /// It was synchronised again after so long without, and had run away by so much meanwhile.
        drift: Option<(SignedDuration, Duration)>,
    },
    /// A person has compared the clock with another and found it right.
    Confirm {
        /// Who.
        by: String,
        /// What has its outcome in the journal, from two days before the clock's own time on: zone,
        /// scheduled instant, broadcast.
        settled: Vec<(ZoneIx, Wall, String)>,
    },
    /// The station was off, or could not know the time, since this instant.
    Away {
        /// The last instant at which it is known to have been on.
        since: Wall,
    },
    /// Play a sound now, on somebody's word.
    Request(Request),
    /// A person has decided on a broadcast.
    Decide(Box<DecisionOrder>),
    /// Something that people did about an order, to be recorded with it.
    Mark {
        /// What, by whom.
        reason: Reason,
        /// What it was about, as people call it.
        title: String,
        /// The order's id; none where none was given yet.
        order: Option<String>,
    },
    /// Silence these zones now: what sounds, what was interrupted and what waits.
    Stop {
        /// Where.
        zones: Vec<ZoneIx>,
        /// On whose word: the account.
        by: String,
        /// Only what was ordered by these; what they have interrupted goes on as it says. None: everything.
        orders: Vec<String>,
        /// What the shell calls the order, to be answered by [`crate::player::Snapshot::orders`].
        ticket: u64,
    },
    /// What was heard of somebody who spoke live is kept as this file.
    Spoken {
        /// The order's id.
        order: String,
        /// Who spoke.
        by: String,
        /// The file.
        audio: AudioRef,
    },
    /// The shell has something to record of itself.
    Note {
        /// What.
        reason: Reason,
        /// Its sentence.
        title: String,
    },
    /// What was sent of a higher station is kept, or what was spoken before a start.
    Kept {
        /// From when to when; who spoke.
        reason: Reason,
        /// What people call the station.
        title: String,
        /// The order by which somebody spoke.
        order: Option<String>,
        /// The file, and its digest.
        audio: AudioRef,
    },
    /// Whether an airing was heard, or what was learnt of a zone's horns, by the microphone that listens to them.
    Proof(Box<ProofNote>),
    /// A switch answers: it is as it was told to be, or why it is not. A stage begins with every
    /// amplifier off, and says so.
    Switched {
        /// Which, by its place in [`crate::amplifier::units`].
        amplifier: usize,
        /// What it was told.
        on: bool,
        /// Whether it obeyed.
        done: Result<(), Text>,
    },
    /// Fade out, record, and end.
    Shutdown,
}

/// What a microphone has to say of an airing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ProofNote {
    /// The zone's id.
    pub zone: String,
    /// The broadcast's id.
    pub broadcast: String,
    /// What people call it.
    pub title: String,
    /// How urgent it was.
    pub class: Class,
    /// When it was to begin.
    pub planned: Wall,
    /// What is said.
    pub reason: Reason,
}

/// Whether there is a reason to believe the clock, whatever the journal says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ClockTrust {
    /// There is.
    pub believed: bool,
    /// What speaks for it, or against it.
    pub because: Vec<Reason>,
}

/// A sound to be played now.
#[derive(Clone, PartialEq, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each says one thing of an order, and none excludes another")]
pub struct Request {
    /// A name in `audio/`, as `play` would have it.
    pub name: String,
    /// Where.
    pub zones: Vec<ZoneIx>,
    /// `Emergency` for an alert; `Normal` for a say, which queues and keeps the hours.
    pub class: Class,
    /// How many times it is heard, from 1.
    pub times: u32,
    /// A few tones in place of a sound of `audio/`, to hear which horns these are: they pass the hours, and are
    /// refused where anything else sounds.
    pub test: bool,
    /// The tone of an alarm is heard before the first word of an alert.
    pub tone: bool,
    /// A drill: the name of the sound that says so, with which it begins and ends.
    pub drill: Option<String>,
    /// Somebody speaks live, in place of a sound of `audio/`: refused where anything else sounds.
    pub talk: Option<Talk>,
    /// Its file is there and not known yet: it is waited for as one that is still being copied.
    pub coming: bool,
    /// A program gives it again and again until it is taken: why it is not is written down once, and again when that is something else.
    pub insists: bool,
    /// On whose word, as it was given.
    pub by: String,
    /// The account that gave it, as the kernel names it.
    pub account: String,
    /// Why; empty for a say.
    pub why: String,
    /// What the shell calls the order, to be answered by [`crate::player::Snapshot::orders`].
    pub ticket: u64,
}

impl Request {
    /// To play a sound once in its turn, on nobody's word yet.
    pub fn of(name: &str, zones: Vec<ZoneIx>) -> Self {
        Self {
            name: name.to_owned(),
            zones,
            class: Class::Normal,
            times: 1,
            test: false,
            tone: false,
            drill: None,
            talk: None,
            coming: false,
            insists: false,
            by: String::new(),
            account: String::new(),
            why: String::new(),
            ticket: 0,
        }
    }
}

/// Somebody who speaks live.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Talk {
    /// What his sound is known by where it comes in.
    pub voice: String,
    /// So long at most.
    pub most: Duration,
}

/// A person's decision on a broadcast, as it was handed in.
#[derive(Clone, PartialEq, Debug)]
pub struct DecisionOrder {
    /// Its id.
    pub broadcast: String,
    /// What the person has seen and heard.
    pub digest: ApprovalDigest,
    /// What was decided.
    pub said: Said,
    /// Who decided, with the account that the order came from.
    pub by: String,
    /// What the shell calls the order, to be answered by [`crate::player::Snapshot::orders`].
    pub ticket: u64,
}

/// A person's name with the account that gave it, as the journal has both: `ông Năm (hoa)`; the account alone
/// where it gave no other name.
pub fn signed(by: &str, account: &str) -> String {
    if by == account || account.is_empty() { by.to_owned() } else { format!("{by} ({account})") }
}

/// What the shell must do, in order.
#[derive(Clone, PartialEq, Debug)]
pub enum Action {
    /// Ask this of a voice.
    Voice(VoiceId, VoiceOrder),
    /// Put an amplifier on or off. Answered by [`Event::Switched`].
    Switch {
        /// Which, by its place in [`crate::amplifier::units`].
        amplifier: usize,
        /// On, or off.
        on: bool,
    },
    /// Write this in the journal.
    Record(Record),
    /// After a shutdown: nothing sounds any more and everything is recorded.
    Done,
}
