use std::collections::VecDeque;
use std::time::Duration;

use jiff::SignedDuration;

use super::event::Action;
use super::record;
use crate::instant::Wall;
use crate::journal::{Intent, Record};
use crate::output::{Ending, VoiceId};
use crate::plan::{Airing, Carried, Guard, Piece, Reason, Verdict};
use crate::schedule::{Class, IfMissed};
use crate::station::Station;

/// How long before its start a piece is decoded and its output opened: the timeline needs about six
/// seconds of callbacks to settle, a slow box some more to decode.
pub(super) const PREPARE_LEAD: Duration = Duration::from_secs(20);

/// How long before an instant the output is told of it. Placing happens in the output, on the frame;
/// this only has to be longer than the loop can be late and the device's buffer deep.
pub(super) const ARM_LEAD: Duration = Duration::from_secs(2);

/// A start this late still counts as that start (with its error recorded); later is missed.
pub(super) const START_GRACE: Duration = Duration::from_secs(5);

/// An airing that is being carried out: prepared, sounding, or between two of its pieces.
#[derive(Debug)]
pub(super) struct Run {
    pub(super) airing: Airing,
    /// Names it in the journal until it is finished.
    pub(super) key: String,
    /// `say` or `alert`, with who and why; `None` for what the schedule asked for.
    pub(super) asked_by: Option<String>,
    /// The piece at hand and those to come.
    pub(super) pieces: VecDeque<Piece>,
    pub(super) voice: Option<Voice>,
    /// Heard in pieces that have ended.
    pub(super) heard: Duration,
    pub(super) started: Option<Wall>,
    pub(super) ended: Option<Wall>,
    pub(super) start_error: Option<SignedDuration>,
    /// Why it must end, or ended, other than as planned: a journal reason.
    pub(super) because: Option<String>,
    /// Its last sample was heard.
    whole: bool,
    /// The intent is in the journal.
    intended: bool,
}

/// The sound of one piece.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Voice {
    pub(super) id: VoiceId,
    pub(super) state: VoiceState,
    /// The cut that the output was last told of.
    cut: Option<Wall>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum VoiceState {
    Preparing,
    Ready,
    Armed,
    Playing,
}

/// What a run needs to know to take its next step.
pub(super) struct Scene<'a> {
    pub(super) now: Wall,
    pub(super) station: &'a Station,
    pub(super) guard: &'a Guard,
    pub(super) next_voice: &'a mut u64,
    pub(super) actions: &'a mut Vec<Action>,
}

impl Run {
    pub(super) fn new(airing: Airing, key: String, asked_by: Option<String>) -> Self {
        let pieces = airing.pieces().collect();
        Self {
            airing,
            key,
            asked_by,
            pieces,
            voice: None,
            heard: Duration::ZERO,
            started: None,
            ended: None,
            start_error: None,
            because: None,
            whole: false,
            intended: false,
        }
    }

    /// It sounds, or the output has been told when it shall.
    pub(super) fn is_on_air(&self) -> bool {
        self.voice.is_some_and(|voice| matches!(voice.state, VoiceState::Armed | VoiceState::Playing))
    }

    /// It was heard before, and is between two pieces.
    pub(super) fn is_suspended(&self) -> bool {
        self.started.is_some() && !self.is_on_air()
    }

    /// As a job for planning again; `None` while nothing of it has been promised to the output.
    pub(super) fn carry(&self) -> Option<Carried> {
        let piece = self.pieces.front()?;
        if self.is_on_air() {
            return Some(Carried::Running { since: piece.start, offset: piece.offset });
        }
        let cut = self.airing.breaks.iter().rev().find(|cut| cut.from < piece.start)?;
        self.is_suspended().then(|| Carried::Suspended { offset: piece.offset, since: cut.from, by: cut.by.clone() })
    }

    /// It is planned again from here, not from the schedule.
    pub(super) fn is_carried(&self, now: Wall) -> bool {
        self.airing.scheduled <= now || self.asked_by.is_some() || self.started.is_some() || self.is_on_air()
    }

    /// Follow a new plan. What sounds goes on, perhaps to another end; what is only prepared stays so
    /// if the new plan wants the same sound from the same place.
    pub(super) fn follow(&mut self, mut airing: Airing, actions: &mut Vec<Action>) {
        let old = self.pieces.front().copied();
        self.pieces = airing.pieces().collect();
        if self.is_on_air() {
            // The plan counts a running airing from its first sample; the voice at hand may have begun
            // in the middle.
            if let (Some(new), Some(old)) = (self.pieces.front_mut(), old) {
                *new = Piece { end: new.end, ..old };
            }
        } else {
            if self.is_suspended() {
                // It begins with the stretch that was heard already.
                self.pieces.pop_front();
            }
            let new = self.pieces.front();
            let same = new.map(|piece| piece.offset) == old.map(|piece| piece.offset)
                && airing.programme == self.airing.programme;
            if !same {
                self.forget_voice(actions);
            }
        }
        // What happened before stays known: that it waited, that it was interrupted.
        airing.reason = airing.reason.or_else(|| self.airing.reason.take());
        if airing.breaks.is_empty() {
            airing.breaks = std::mem::take(&mut self.airing.breaks);
        }
        self.airing = airing;
    }

    fn is_emergency(&self) -> bool {
        self.airing.broadcast.class == Class::Emergency
    }

    /// How late this airing may still start.
    fn grace(&self) -> Duration {
        match self.airing.broadcast.if_missed {
            IfMissed::Late(most) => most.max(START_GRACE),
            IfMissed::Skip | IfMissed::Join => START_GRACE,
        }
    }

    /// Do what is due. True when nothing more will happen and the run can be finished.
    pub(super) fn step(&mut self, scene: &mut Scene<'_>) -> bool {
        let Some(piece) = self.pieces.front().copied() else {
            return self.voice.is_none() && scene.now >= self.over_at();
        };
        match self.voice {
            None if self.because.is_some() => return true,
            None if scene.now + PREPARE_LEAD < piece.start => {}
            None if self.is_too_late(scene.now, piece) => {
                self.because = Some("late".to_owned());
                return true;
            }
            None => self.prepare(piece, scene),
            Some(Voice { state: VoiceState::Preparing, .. }) if self.is_too_late(scene.now, piece) => {
                self.give_up("late", scene);
            }
            Some(Voice { state: VoiceState::Preparing, .. }) => {}
            Some(voice @ Voice { state: VoiceState::Ready, .. }) => {
                if scene.now + ARM_LEAD >= piece.start {
                    self.arm(voice, piece, scene);
                }
            }
            Some(voice) => self.keep_its_end(voice, piece, scene),
        }
        false
    }

    fn is_too_late(&self, now: Wall, piece: Piece) -> bool {
        now > piece.start + self.grace()
    }

    fn prepare(&mut self, piece: Piece, scene: &mut Scene<'_>) {
        self.intend_if_near(piece, scene);
        *scene.next_voice += 1;
        let voice = VoiceId(*scene.next_voice);
        self.voice = Some(Voice { id: voice, state: VoiceState::Preparing, cut: None });
        scene.actions.push(Action::Prepare {
            voice,
            zone: self.airing.zone,
            programme: self.airing.programme.clone(),
            skip: piece.offset,
        });
    }

    /// Rule 8: the intent is in the journal before the sound; not so early that an edit of the files
    /// could still call the airing off.
    fn intend_if_near(&mut self, piece: Piece, scene: &mut Scene<'_>) {
        if !self.intended && scene.now + ARM_LEAD >= piece.start {
            self.intended = true;
            let draft = record::draft(&self.airing, scene.station, scene.now);
            let intent = Intent { key: self.key.clone(), at: piece.start, draft };
            scene.actions.push(Action::Record(Record::Intend(Box::new(intent))));
        }
    }

    /// Rule 4 at the instant of playing, whatever the plan said; then hand the start to the output.
    fn arm(&mut self, voice: Voice, piece: Piece, scene: &mut Scene<'_>) {
        let heard_from = piece.start.max(scene.now);
        if !self.is_emergency() && !scene.guard.allows(heard_from) {
            self.give_up("outside_hours", scene);
            return;
        }
        self.intend_if_near(piece, scene);
        scene.actions.push(Action::Start { voice: voice.id, at: piece.start });
        self.voice = Some(Voice { state: VoiceState::Armed, ..voice });
        self.keep_its_end(voice, piece, scene);
    }

    /// Tell the output of the cut that ends this piece, once it is near.
    fn keep_its_end(&mut self, voice: Voice, piece: Piece, scene: &mut Scene<'_>) {
        let Some(end) = self.cut_of(piece, scene.guard) else {
            if voice.cut.is_some_and(|cut| cut != Wall::MAX) {
                // The plan has changed and the cut is off.
                self.tell_cut(Wall::MAX, scene);
            }
            return;
        };
        if voice.cut != Some(end) && scene.now + ARM_LEAD >= end {
            self.tell_cut(end, scene);
        }
    }

    fn tell_cut(&mut self, at: Wall, scene: &mut Scene<'_>) {
        if let Some(voice) = &mut self.voice {
            voice.cut = Some(at);
            scene.actions.push(Action::Cut { voice: voice.id, at: Some(at) });
        }
    }

    /// When this piece must be silent, where that is before its programme is over: at an interruption
    /// or at the end of the lawful hours.
    fn cut_of(&self, piece: Piece, guard: &Guard) -> Option<Wall> {
        let left = self.airing.programme.length.saturating_sub(piece.offset);
        let planned = (piece.start + left > piece.end).then_some(piece.end);
        if self.is_emergency() {
            return planned;
        }
        let lawful = guard.end_of_hours(piece.start).filter(|limit| *limit < piece.start + left + START_GRACE);
        match (planned, lawful) {
            (Some(planned), Some(lawful)) => Some(planned.min(lawful)),
            (planned, lawful) => planned.or(lawful),
        }
    }

    /// End it now, for this reason.
    pub(super) fn give_up(&mut self, because: &str, scene: &mut Scene<'_>) {
        self.because = Some(because.to_owned());
        if let Some(voice) = self.voice {
            scene.actions.push(Action::Cut { voice: voice.id, at: None });
        } else {
            self.pieces.clear();
        }
    }

    /// The wall clock has stepped by `moved` and says `now`. What sounds goes on where the new time
    /// allows it, and ends as much later or earlier as the clock moved; what was armed for the old time
    /// is prepared again for the new one.
    pub(super) fn clock_stepped(&mut self, moved: SignedDuration, now: Wall, guard: &Guard, actions: &mut Vec<Action>) {
        match &mut self.voice {
            Some(voice) if voice.state == VoiceState::Playing => {
                voice.cut = None;
                if let Some(piece) = self.pieces.front_mut() {
                    piece.start = piece.start.moved(moved);
                    piece.end = piece.end.moved(moved);
                }
                if !self.is_emergency() && !guard.allows(now) {
                    self.because = Some("outside_hours".to_owned());
                    self.forget_cut(actions);
                }
            }
            _ => self.forget_voice(actions),
        }
    }

    fn forget_cut(&mut self, actions: &mut Vec<Action>) {
        if let Some(voice) = self.voice {
            actions.push(Action::Cut { voice: voice.id, at: None });
        }
    }

    /// Drop a voice that has not been told to start, so that the piece is prepared again.
    pub(super) fn forget_voice(&mut self, actions: &mut Vec<Action>) {
        if let Some(voice) = self.voice.take() {
            actions.push(Action::Cut { voice: voice.id, at: None });
        }
    }

    /// The voice has ended. True when the run is over.
    pub(super) fn voice_ended(
        &mut self,
        at: Wall,
        played: Duration,
        start_error: Option<SignedDuration>,
        ending: Ending,
    ) -> bool {
        // A cut that comes within the last frames of the programme takes nothing from the village.
        const NEAR: Duration = Duration::from_millis(20);
        self.voice = None;
        self.heard += played;
        self.start_error = self.start_error.or(start_error);
        if !played.is_zero() {
            self.ended = Some(at);
        }
        let offset = self.pieces.front().map_or(Duration::ZERO, |piece| piece.offset);
        let reached_end = offset + played + NEAR >= self.airing.programme.length;
        match ending {
            Ending::Finished => self.pieces.clear(),
            Ending::Cut if reached_end && !played.is_zero() => self.pieces.clear(),
            Ending::Cut => {
                self.pieces.pop_front();
            }
            Ending::Starved => self.broke_off("starved"),
            Ending::DeviceLost => self.broke_off("device_lost"),
        }
        self.whole = ending == Ending::Finished || (ending == Ending::Cut && reached_end && !played.is_zero());
        self.pieces.is_empty() || self.because.is_some()
    }

    /// The sound could not go on.
    pub(super) fn broke_off(&mut self, because: &str) {
        self.voice = None;
        self.pieces.clear();
        self.because.get_or_insert_with(|| because.to_owned());
    }

    /// All of it was heard, to the end.
    pub(super) fn is_whole(&self) -> bool {
        self.whole
    }

    /// When a run without pieces is over: one that a new plan lets wait in vain, when its wait is.
    fn over_at(&self) -> Wall {
        match (self.airing.verdict, self.airing.reason.as_deref()) {
            (Verdict::Miss, Some(Reason::WaitExpired(_))) => self.airing.scheduled + self.airing.broadcast.wait,
            _ => Wall::MIN,
        }
    }

    /// The next instant at which [`Self::step`] has something to do; `None` if it waits for a notice.
    pub(super) fn deadline(&self, guard: &Guard) -> Option<Wall> {
        let Some(piece) = self.pieces.front() else {
            return self.voice.is_none().then(|| self.over_at());
        };
        match self.voice {
            None => Some(piece.start - PREPARE_LEAD),
            Some(Voice { state: VoiceState::Preparing, .. }) => {
                Some(piece.start + self.grace() + Duration::from_millis(1))
            }
            Some(Voice { state: VoiceState::Ready, .. }) => Some(piece.start - ARM_LEAD),
            Some(voice) => self.cut_of(*piece, guard).filter(|end| voice.cut != Some(*end)).map(|end| end - ARM_LEAD),
        }
    }

    /// The length heard so far, the piece at hand included.
    pub(super) fn heard_with(&self, of_voice: Duration) -> f64 {
        (self.heard + of_voice).as_secs_f64()
    }
}
