use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;

use super::Programme;
use crate::approval::Lack;
use crate::instant::Wall;
use crate::reason::{NotApproved, Reason};
use crate::schedule::{Broadcast, Cancel, Mourning};
use crate::station::{ZoneIx, unusable_output};

/// An occurrence with its place in one zone's timeline.
///
/// A year's plan holds millions of them, so what is rare stands behind a pointer.
#[derive(Clone, PartialEq, Debug)]
pub struct Airing {
    /// Where.
    pub zone: ZoneIx,
    /// What.
    pub broadcast: Arc<Broadcast>,
    /// What it plays there.
    pub programme: Arc<Programme>,
    /// When the schedule says it starts; for an order by hand, when it was given.
    pub scheduled: Wall,
    /// When its first sample is heard; `scheduled` unless it waits. For `Refuse` and `Miss`, when it
    /// would have started.
    pub start: Wall,
    /// When its last sample has been heard, breaks included. For `Refuse` and `Miss`, `start` plus
    /// the programme's length.
    pub end: Wall,
    /// What silenced it meanwhile, in order.
    pub breaks: Box<[Break]>,
    /// What becomes of it.
    pub verdict: Verdict,
    /// Why, where there is something to say.
    pub reason: Option<Box<Cause>>,
}

/// The code of one that sounds against a rule, as an emergency.
const PASSED: &str = "passed_as_emergency";

impl Airing {
    /// Somebody ordered it by hand.
    pub fn is_ordered(&self) -> bool {
        self.broadcast.ordered().is_some()
    }

    /// What of an approval is lacking, where it sounds all the same since it is an emergency.
    pub fn waived(&self) -> Option<&Lack> {
        self.programme.standing.waived().filter(|_| matches!(self.verdict, Verdict::Play | Verdict::Wait))
    }

    /// The code of why it is as it is, which JSON uses.
    pub fn code(&self) -> Option<&'static str> {
        let passed = self.waived().map(|_| PASSED);
        self.reason.as_deref().map(Cause::code).or(passed)
    }

    /// The clock has stepped by `by`, and this airing goes by what has passed, not by what the clock says.
    pub fn shift(&mut self, by: SignedDuration) {
        for at in [&mut self.scheduled, &mut self.start, &mut self.end] {
            *at = at.moved(by);
        }
        for cut in &mut self.breaks {
            (cut.from, cut.to) = (cut.from.moved(by), cut.to.moved(by));
        }
    }

    /// The stretches in which it sounds, in order; none for `Refuse` and `Miss`.
    pub fn pieces(&self) -> impl Iterator<Item = Piece> {
        let sounds = matches!(self.verdict, Verdict::Play | Verdict::Wait);
        let mut next = (self.start, Duration::ZERO);
        let ends = self.breaks.iter().map(|cut| (cut.from, Some(cut))).chain([(self.end, None)]);
        ends.filter_map(move |(end, cut)| {
            let (start, offset) = next;
            if let Some(cut) = cut {
                next = (cut.to, if cut.restart { Duration::ZERO } else { offset + end.after(start) });
            }
            (sounds && start < end).then_some(Piece { start, end, offset })
        })
    }
}

impl Piece {
    /// The part of it that sounds from `at` on, if any.
    pub fn from(self, at: Wall) -> Option<Self> {
        if at <= self.start {
            return Some(self);
        }
        (at < self.end).then(|| Self { start: at, end: self.end, offset: self.offset + at.after(self.start) })
    }
}

/// What becomes of an occurrence.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Verdict {
    /// It starts at its time.
    Play,
    /// It starts late, behind another airing.
    Wait,
    /// A rule forbids it.
    Refuse,
    /// It cannot happen.
    Miss,
}

/// A silence of this airing from `from` until `to`.
#[derive(Clone, PartialEq, Debug)]
pub struct Break {
    /// When it falls silent.
    pub from: Wall,
    /// When it goes on; equal to the airing's `end` and to `from` where it does not.
    pub to: Wall,
    /// It begins again at `to` instead of going on.
    pub restart: bool,
    /// Why.
    pub by: Interruption,
}

/// What silences an airing in its middle.
#[derive(Clone, PartialEq, Debug)]
pub enum Interruption {
    /// A broadcast that goes first.
    Rival(Rival),
    /// Nothing did: it enters late, at the place where it would be by now.
    Joined,
    /// Its device went away.
    DeviceLost,
}

impl Interruption {
    /// The broadcast that goes first, where it is one.
    pub const fn rival(&self) -> Option<&Rival> {
        match self {
            Self::Rival(rival) => Some(rival),
            Self::Joined | Self::DeviceLost => None,
        }
    }
}

/// One stretch of unbroken sound of an airing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Piece {
    /// When its first sample is heard.
    pub start: Wall,
    /// When its last sample has been heard.
    pub end: Wall,
    /// How far into the programme it starts.
    pub offset: Duration,
}

/// The other side of a conflict.
#[derive(Clone, PartialEq, Debug)]
pub struct Rival {
    /// The other broadcast.
    pub broadcast: Arc<Broadcast>,
    /// Its scheduled start.
    pub scheduled: Wall,
}

/// Why an airing waits, is refused, is missed or is interrupted.
#[derive(Clone, PartialEq, Debug)]
pub enum Cause {
    /// Waits until the other has ended.
    Waits(Rival),
    /// Would have waited longer than its `wait` behind the other.
    WaitExpired(Rival),
    /// Is cut by a higher class at least once; `breaks` has each.
    Interrupted(Rival),
    /// Starts outside the lawful hours or days.
    OutsideHours,
    /// Would run past the end of the lawful hours.
    PastHours,
    /// Would make its session longer than this, the longest that is allowed; where it plays, it is cut
    /// when its session is that long.
    SessionTooLong(Duration),
    /// Would begin a session more than this many, the most that a day may have.
    TooManySessions(u32),
    /// The output or channel of its zone cannot be used as it is written.
    NoOutput,
    /// Some of its sound is not loaded, or cannot play.
    NoSound,
    /// Some of its sound is still being copied; nothing else of it is missing.
    Changing,
    /// This file of it was replaced after it was planned.
    Changed(Arc<str>),
    /// It is music, in a time of mourning.
    Mourning(Arc<Mourning>),
    /// The day is called off.
    Cancelled(Arc<Cancel>),
    /// Nobody has let it sound, as it is now.
    NotApproved(Lack),
}

impl Cause {
    /// It would sound if its files were there: it may come to that yet.
    pub const fn is_want_of_sound(&self) -> bool {
        matches!(self, Self::NoSound | Self::Changing | Self::Changed(_))
    }

    /// It can end what sounds before its end; not that it only began late.
    pub const fn ends(&self) -> bool {
        !matches!(self, Self::Waits(_))
    }

    /// As the journal has it.
    pub fn reason(&self) -> Reason {
        match self {
            Self::Waits(rival) => Reason::Waits(rival.broadcast.id.clone()),
            Self::WaitExpired(rival) => Reason::WaitExpired(rival.broadcast.id.clone()),
            Self::Interrupted(rival) => Reason::Interrupted(rival.broadcast.id.clone()),
            Self::OutsideHours => Reason::OutsideHours,
            Self::PastHours => Reason::PastHours,
            Self::SessionTooLong(_) => Reason::SessionTooLong,
            Self::TooManySessions(_) => Reason::TooManySessions,
            Self::NoOutput => Reason::DeviceFailed((&unusable_output()).into()),
            Self::NoSound => Reason::NoSound,
            Self::Changing => Reason::Changing,
            Self::Changed(file) => Reason::Changed(file.to_string()),
            Self::Mourning(_) => Reason::Mourning,
            Self::Cancelled(cancel) => Reason::CancelledDay(cancel.why.clone()),
            Self::NotApproved(lack) => Reason::NotApproved(lacking(lack)),
        }
    }

    /// The code of that, which JSON and findings use.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Waits(_) => "waits",
            Self::WaitExpired(_) => "wait_expired",
            Self::Interrupted(_) => "interrupted",
            Self::OutsideHours => "outside_hours",
            Self::PastHours => "past_hours",
            Self::SessionTooLong(_) => "session_too_long",
            Self::TooManySessions(_) => "too_many_sessions",
            Self::NoOutput => "device_failed",
            Self::NoSound => "no_sound",
            Self::Changing => "changing",
            Self::Changed(_) => "changed",
            Self::Mourning(_) => "mourning",
            Self::Cancelled(_) => "cancelled_day",
            Self::NotApproved(_) => "not_approved",
        }
    }
}

fn lacking(lack: &Lack) -> NotApproved {
    match lack {
        // The row of the journal that voids it stands before.
        Lack::Never | Lack::Void => NotApproved::Never,
        Lack::Changed(_) => NotApproved::Changed,
        Lack::Sound(_) => NotApproved::Sound,
        Lack::Returned(decision) => NotApproved::Returned(decision.by.clone()),
    }
}
