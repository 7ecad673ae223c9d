mod amplified;
mod device;
mod follow;
mod lawful;
mod reach;
mod relaying;
mod stand;
mod talked;

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;

pub(super) use device::{ALERT_GRACE, SAY_GRACE};
use lawful::Limit;

use super::event::Action;
use super::record;
use super::scene::ZoneContext;
use crate::diag::Text;
use crate::fact::{Intent, Record};
use crate::instant::Wall;
use crate::plan::{Airing, Guard, Interruption, Piece, SessionCount};
use crate::reason::{Off, Reason};
use crate::schedule::Class;
use crate::voice::{Ending, VoiceId, VoiceOrder};

/// How long before its start a piece is decoded and its output opened: the timeline needs about six
/// seconds of callbacks to settle, a slow box some more to decode.
pub(super) const PREPARE_LEAD: Duration = Duration::from_secs(20);

/// How long before an instant the output is told of it. Placing happens in the output, on the frame;
/// this only has to be longer than the loop can be late and the device's buffer deep.
pub(super) const ARM_LEAD: Duration = Duration::from_secs(2);

/// A start this late still counts as that start (with its error recorded); later is missed.
pub(super) const START_GRACE: Duration = Duration::from_secs(5);

/// Joining in the middle takes this long to decode up to the place and be exact.
const JOIN_LEAD: Duration = Duration::from_secs(3);

/// How long an output may take to report the end of what was given up.
const ANSWER_MOST: Duration = Duration::from_secs(3);

/// So much off the plan still counts as planned: the output joins voices itself, and sessions count as in the plan.
const NEAR: Duration = Duration::from_millis(500);

/// An airing that enters in its middle.
fn is_join(airing: &Airing) -> bool {
    airing.breaks.first().is_some_and(|cut| cut.by == Interruption::Joined && airing.start < cut.from)
}

/// An airing that is being carried out: prepared, sounding, or between two of its pieces.
#[derive(Debug)]
pub(super) struct Run {
    pub(super) airing: Airing,
    /// Names it in the journal until it is finished.
    pub(super) key: String,
    /// The piece at hand and those to come.
    pub(super) pieces: VecDeque<Piece>,
    pub(super) voice: Option<Voice>,
    /// Heard in pieces that have ended (twice counts once), and from where in the programme to where.
    pub(super) heard: Duration,
    reach: Option<(Duration, Duration)>,
    pub(super) started: Option<Wall>,
    pub(super) ended: Option<Wall>,
    pub(super) start_error: Option<SignedDuration>,
    /// Why it must end, or ended, other than as planned.
    pub(super) because: Option<Reason>,
    /// Why its output cannot have its device at present.
    pub(super) hindered: Option<Text>,
    /// Its device went away while it sounded, and why; it goes on when the device is back.
    pub(super) lost: Option<Reason>,
    /// A file of it that was not, or no longer, the one that was planned.
    pub(super) spoiled: Option<Arc<str>>,
    /// How often its sound had dropouts, and how much of it was silence.
    pub(super) holes: (u32, Duration),
    /// Silent in its middle: since when, and why. `None` once it sounds again.
    suspended: Option<(Wall, Interruption)>,
    /// It begins at the place where it would be by now.
    pub(super) joins: bool,
    /// Since when the output owes the end of a voice that was given up.
    gave_up: Option<Wall>,
    /// Its last sample was heard.
    whole: bool,
    /// Since when the voice at hand is heard, by the plan where that is near enough, and how much later it truly began.
    sounding: Option<(Wall, SignedDuration)>,
    /// The intent is in the journal.
    intended: bool,
    /// What the journal was told that it passed as an emergency.
    passed: Vec<Reason>,
    /// What is known of somebody who speaks live in it.
    pub(super) talked: talked::Talked,
    /// What is heard where a relay is booked, and since when.
    pub(super) relaying: relaying::RelayTold,
    /// Silence where a relay is booked.
    pub(super) unrelayed: relaying::Unrelayed,
}

/// The sound of one piece.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Voice {
    pub(super) id: VoiceId,
    pub(super) state: VoiceState,
    /// From how far into the programme it plays.
    skip: Duration,
    /// When the output was told to begin, once it was.
    begins: Option<Wall>,
    /// The cut that the output was last told of.
    cut: Option<Wall>,
    /// That cut is the end that a rule sets: which.
    lawful: Option<Limit>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum VoiceState {
    Preparing,
    Ready,
    Armed,
    Playing,
}

impl Run {
    pub(super) fn new(airing: Airing, key: String) -> Self {
        let (joins, intended) = (is_join(&airing), airing.is_ordered());
        let pieces = airing.pieces().skip(usize::from(joins)).collect();
        Self {
            airing,
            key,
            pieces,
            voice: None,
            heard: Duration::ZERO,
            reach: None,
            started: None,
            ended: None,
            start_error: None,
            because: None,
            hindered: None,
            lost: None,
            spoiled: None,
            holes: (0, Duration::ZERO),
            suspended: None,
            joins,
            gave_up: None,
            whole: false,
            sounding: None,
            // An order was written down when it was given.
            intended,
            passed: Vec::new(),
            talked: talked::Talked::default(),
            relaying: relaying::RelayTold::default(),
            unrelayed: relaying::Unrelayed::default(),
        }
    }

    pub(super) fn is_emergency(&self) -> bool {
        self.airing.broadcast.class == Class::Emergency
    }

    /// Do what is due; where it is `held`, it is not told to start. True when nothing more happens and the run can be finished.
    pub(super) fn step(&mut self, held: bool, scene: &mut ZoneContext<'_>) -> bool {
        if self.because.is_some() {
            // An output that does not answer must not keep the lane, nor a shutdown, for ever.
            return self.voice.is_none() || self.gave_up.is_none_or(|since| scene.now >= since + ANSWER_MOST);
        }
        let Some(mut piece) = self.pieces.front().copied() else {
            return self.voice.is_none() && scene.now >= self.over_at();
        };
        match self.voice {
            None if scene.now + PREPARE_LEAD < piece.start => {}
            None if !held && self.is_too_late(scene.now, piece) => {
                self.because = Some(Reason::late());
                return true;
            }
            None => {
                if self.joins && self.started.is_none() {
                    let enter = (piece.start.max(scene.now) + JOIN_LEAD).max(scene.heard_from);
                    // Behind something else it may have its turn only once it would be over.
                    if enter >= piece.end.min(self.airing.start + self.airing.programme.length) {
                        self.because = Some(Reason::StationOff(Off::default()));
                        return true;
                    }
                    piece = Piece { start: enter, offset: enter.after(self.airing.start), ..piece };
                    self.pieces[0] = piece;
                }
                self.prepare(piece, scene);
            }
            Some(Voice { state: VoiceState::Preparing, .. }) if !held && self.is_too_late(scene.now, piece) => {
                let because = self.device_failed().unwrap_or_else(Reason::late);
                self.give_up(because, scene);
            }
            Some(Voice { state: VoiceState::Preparing, .. }) => {}
            Some(voice @ Voice { state: VoiceState::Ready, .. }) => {
                if !held && scene.now + ARM_LEAD >= piece.start {
                    self.arm(voice, piece, scene);
                }
            }
            Some(voice) => match self.device_failed().filter(|_| self.is_kept_too_long(scene.now, piece)) {
                Some(because) => self.give_up(because, scene),
                None => self.keep_its_end(voice, piece, scene),
            },
        }
        false
    }

    fn is_too_late(&self, now: Wall, piece: Piece) -> bool {
        now > piece.start + self.grace()
    }

    fn prepare(&mut self, piece: Piece, scene: &mut ZoneContext<'_>) {
        self.intend_if_near(piece, scene);
        *scene.next_voice += 1;
        let voice = VoiceId(*scene.next_voice);
        self.voice = Some(Voice {
            id: voice,
            state: VoiceState::Preparing,
            skip: piece.offset,
            begins: None,
            cut: None,
            lawful: None,
        });
        let (zone, programme) = (self.airing.zone, self.airing.programme.clone());
        scene.order(voice, VoiceOrder::Prepare { zone, programme, skip: piece.offset });
    }

    /// The intent is in the journal before the sound; not so early that an edit of the files could still call the airing off.
    fn intend_if_near(&mut self, piece: Piece, scene: &mut ZoneContext<'_>) {
        if !self.intended && scene.now + ARM_LEAD >= piece.start {
            self.intended = true;
            let draft = record::draft(&self.airing, &scene.world.station, scene.now);
            let intent = Intent { key: self.key.clone(), at: piece.start, draft };
            scene.actions.push(Action::Record(Record::Intend(Box::new(intent))));
        }
    }

    /// The law once more, whatever the plan said (invariant: the law is kept twice); then hand the start to the output.
    fn arm(&mut self, voice: Voice, piece: Piece, scene: &mut ZoneContext<'_>) {
        let heard_from = piece.start.max(scene.now);
        if let Some(because) = self.unlawful(heard_from, scene) {
            self.give_up(because, scene);
            return;
        }
        if self.is_too_late(scene.now, piece) {
            self.give_up(Reason::late(), scene);
            return;
        }
        if let Some(distrust) = scene.distrust(&self.airing, piece.start) {
            self.give_up(distrust, scene);
            return;
        }
        if let Some(because) = self.unapproved(scene) {
            self.give_up(because, scene);
            return;
        }
        self.intend_if_near(piece, scene);
        let volume = self.volume(piece, scene.guard);
        if !volume.is_flat() {
            scene.order(voice.id, VoiceOrder::Level(volume));
        }
        let at = piece.start.max(scene.heard_from);
        scene.order(voice.id, VoiceOrder::Start(at));
        self.voice = Some(Voice { state: VoiceState::Armed, begins: Some(at), ..voice });
        self.keep_its_end(voice, piece, scene);
    }

    /// Tell the output of the cut that ends this piece, once it is near.
    fn keep_its_end(&mut self, voice: Voice, piece: Piece, scene: &mut ZoneContext<'_>) {
        let end = self.cut_of(piece, scene.guard, scene.tally.as_ref());
        let near = end.filter(|(end, _)| scene.now + ARM_LEAD >= *end);
        if let Some((end, lawful)) = near {
            if voice.cut != Some(end) {
                self.tell_cut(end, lawful, scene);
            }
        } else if voice.cut.is_some_and(|cut| cut != Wall::MAX) {
            // The plan has changed and the cut is off, or later.
            self.tell_cut(Wall::MAX, None, scene);
        }
    }

    fn tell_cut(&mut self, at: Wall, lawful: Option<Limit>, scene: &mut ZoneContext<'_>) {
        if let Some(voice) = &mut self.voice {
            (voice.cut, voice.lawful) = (Some(at), lawful);
            scene.order(voice.id, VoiceOrder::Cut(Some(at)));
        }
    }

    /// End it now, for this reason.
    pub(super) fn give_up(&mut self, because: Reason, scene: &mut ZoneContext<'_>) {
        self.because.get_or_insert(because);
        self.gave_up.get_or_insert(scene.now);
        if let Some(voice) = self.voice {
            scene.order(voice.id, VoiceOrder::Cut(None));
        } else {
            self.pieces.clear();
        }
    }

    /// The voice has ended. True when the run is over.
    pub(super) fn voice_ended(
        &mut self,
        at: Wall,
        played: Duration,
        start_error: Option<SignedDuration>,
        ending: Ending,
        guard: &Guard,
    ) -> bool {
        // A cut that comes within the last frames of the programme takes nothing from the village.
        const TAIL: Duration = Duration::from_millis(20);
        let voice = self.voice.take();
        let skip = voice.map_or(Duration::ZERO, |voice| voice.skip);
        let lawful = voice.and_then(|voice| voice.lawful.zip(voice.cut));
        self.correct_start(voice.and_then(|voice| voice.begins), start_error);
        self.reach = self.reach_with(skip, played);
        self.heard = self.reach.map_or(Duration::ZERO, |(from, to)| to.saturating_sub(from));
        self.start_error = self.start_error.or(start_error);
        if !played.is_zero() {
            self.ended = Some(at);
        }
        let reached_end = skip + played + TAIL >= self.airing.programme.length;
        match ending {
            Ending::Finished => self.pieces.clear(),
            Ending::Cut if reached_end && !played.is_zero() => self.pieces.clear(),
            Ending::Cut => {
                let end = self.pieces.pop_front().map(|piece| piece.end);
                let cut = self.airing.breaks.iter().find(|cut| Some(cut.from) == end);
                self.suspended = cut.map(|cut| (cut.from, cut.by.clone())).filter(|_| self.started.is_some());
                if let Some((limit, at)) = lawful.filter(|_| self.pieces.is_empty() && !played.is_zero()) {
                    self.because.get_or_insert_with(|| limit.reason(at, guard));
                }
            }
            Ending::Starved => {
                let changed = |file: &Arc<str>| Reason::Changed(file.to_string());
                self.broke_off(self.spoiled.as_ref().map_or(Reason::Starved, changed));
            }
            Ending::DeviceLost => self.device_lost(at, skip + played),
        }
        self.whole = ending == Ending::Finished || (ending == Ending::Cut && reached_end && !played.is_zero());
        self.pieces.is_empty() || self.because.is_some()
    }

    /// The sound could not go on.
    pub(super) fn broke_off(&mut self, because: Reason) {
        self.voice = None;
        self.pieces.clear();
        self.because.get_or_insert(because);
    }

    /// The next instant at which [`Self::step`] has something to do; `None` if it waits for a notice, or for what is before it.
    pub(super) fn deadline(&self, held: bool, guard: &Guard, tally: Option<&SessionCount>) -> Option<Wall> {
        if self.because.is_some() {
            return Some(self.gave_up.filter(|_| self.voice.is_some()).map_or(Wall::MIN, |since| since + ANSWER_MOST));
        }
        let Some(piece) = self.pieces.front() else {
            return self.voice.is_none().then(|| self.over_at());
        };
        match self.voice {
            None => Some(piece.start - PREPARE_LEAD),
            Some(Voice { state: VoiceState::Preparing | VoiceState::Ready, .. }) if held => None,
            Some(Voice { state: VoiceState::Preparing, .. }) => {
                Some(piece.start + self.grace() + Duration::from_millis(1))
            }
            Some(Voice { state: VoiceState::Ready, .. }) => Some(piece.start - ARM_LEAD),
            Some(Voice { state: VoiceState::Armed, .. }) if self.hindered.is_some() => {
                Some(piece.start + self.grace() + Duration::from_millis(1))
            }
            Some(voice) => {
                let (end, _) = self.cut_of(*piece, guard, tally)?;
                (voice.cut != Some(end)).then(|| end - ARM_LEAD)
            }
        }
    }

    /// Its first sample, or the first after a break, is heard at `at`. True where that is so late that the lane is planned again.
    pub(super) fn voice_started(&mut self, at: Wall) -> bool {
        self.suspended = None;
        self.hindered = None;
        let Some(piece) = self.pieces.front_mut() else { return false };
        let late = at.after(piece.start);
        self.sounding = Some((piece.start, SignedDuration::ZERO));
        if late < Duration::from_millis(20) {
            return false;
        }
        let again = late > NEAR;
        // Its place is counted from where it truly began.
        let left = self.airing.programme.length.saturating_sub(piece.offset);
        if again {
            self.sounding = Some((at, SignedDuration::ZERO));
        }
        if piece.start + left <= piece.end {
            if !again {
                self.sounding = Some((piece.start, at.since(piece.start)));
            }
            piece.end = at + left;
        }
        piece.start = at;
        again
    }
}
