use std::collections::VecDeque;
use std::time::Duration;

use rodio::Source;

use super::fade;
use super::fader::{Course, Fader, GLIDE};
use super::{SentWriter, Timeline, When};
use crate::instant::{Rate, Wall};
use crate::plan::Volume;
use crate::station::Channel;
use crate::voice::{Ending, VoiceId};

/// Voices that may be queued in one lane; room for them is made once, at the start.
pub const LANE_VOICES: usize = 32;

/// How long a fade takes: short enough to sound like an end, long enough not to click.
pub const FADE: Duration = Duration::from_millis(5);

/// Frames of a block that somebody is told of: more than any card asks for at a time.
const TOLD_MOST: usize = 1 << 15;

/// A voice's sound: mono, at the output's rate.
pub type VoiceSound = Box<dyn Source + Send>;

/// A voice as it is handed to the mixer.
pub struct QueuedVoice {
    /// Which.
    pub voice: VoiceId,
    /// Its samples.
    pub sound: VoiceSound,
    /// Where its first sample goes.
    pub start: When,
    /// Where it must be silent.
    pub cut: Option<When>,
    /// It begins in the middle of its programme and must be faded in.
    pub soft: bool,
    /// How loud it is beside its lane's own level.
    pub volume: Volume,
}

/// What is left of a voice that is over. Dropping it frees memory, so that is not done in a callback.
pub struct Remains {
    _sound: VoiceSound,
    _volume: Volume,
}

/// What came of a voice in one call of [`Mixer::fill`].
pub enum VoiceEvent {
    /// Its first sample lies on this frame.
    Started(VoiceId, u64),
    /// It is over.
    Ended {
        /// Which.
        voice: VoiceId,
        /// The frame after its last sample.
        frame: u64,
        /// Frames of it that were rendered.
        played: u64,
        /// [`Ending::Finished`] or [`Ending::Cut`].
        ending: Ending,
        /// Its samples and their levels, to be dropped where dropping is allowed.
        remains: Remains,
    },
}

/// Places voices on exact frames and adds them up, one lane per zone.
///
/// A voice of a lane never starts before what sounds in the lane is over, nor before one that is to start earlier; where one
/// ends in the middle of a block the next can start on that very frame. Pure, and after [`Mixer::new`] it
/// neither allocates nor frees: it may run in an audio callback.
pub struct Mixer {
    lanes: Vec<Lane>,
}

struct Lane {
    channel: Channel,
    gain: f32,
    fade: u64,
    glide: u64,
    queue: VecDeque<Playing>,
    /// Where the newest voice that is over ended: what starts right there is joined to it.
    joint: u64,
    /// Who is told what it sends.
    told: Option<Told>,
    /// The frames of this block on which a voice sounds: from the first to behind the last.
    span: Option<(u64, u64)>,
}

/// Whoever is told what a lane sends, by what it adds to a block: a lane that nobody listens to pays nothing.
struct Told {
    sent: SentWriter,
    /// What stood in the block before.
    before: Vec<f32>,
}

struct Playing {
    part: QueuedVoice,
    began: Option<u64>,
    rising: bool,
    fader: Fader,
    /// The fade-out, once it is certain: from this frame until that one.
    falling: Option<(u64, u64)>,
}

/// The block being filled.
struct Block<'a> {
    out: &'a mut [f32],
    channels: usize,
    first: u64,
    end: u64,
    place: &'a dyn Fn(Wall) -> i64,
}

impl Mixer {
    /// A mixer with a lane for each channel and level in dB, for streams of `rate`.
    pub fn new(lanes: impl IntoIterator<Item = (Channel, f32)>, rate: Rate) -> Self {
        let lane = |(channel, gain_db): (Channel, f32)| Lane {
            channel,
            gain: 10_f32.powf(gain_db / 20.0),
            fade: rate.frames(FADE).0,
            glide: rate.frames(GLIDE).0,
            queue: VecDeque::with_capacity(LANE_VOICES),
            joint: u64::MAX,
            told: None,
            span: None,
        };
        Self { lanes: lanes.into_iter().map(lane).collect() }
    }

    /// Tell somebody what a lane sends.
    pub(super) fn tell(&mut self, lane: usize, sent: SentWriter) {
        if let Some(lane) = self.lanes.get_mut(lane) {
            lane.told = Some(Told { sent, before: Vec::with_capacity(TOLD_MOST) });
        }
    }

    /// A fill is over, before this frame: whoever is told of it may have it.
    pub(super) fn told(&mut self, end: u64, timeline: &Timeline) {
        for told in self.lanes.iter_mut().filter_map(|lane| lane.told.as_mut()) {
            told.sent.end(end, timeline);
        }
    }

    /// Queue a voice in `lane`, before those that start later and have not begun; it comes back where the lane is full or
    /// unknown.
    pub fn add(&mut self, lane: usize, part: QueuedVoice) -> Result<(), QueuedVoice> {
        match self.lanes.get_mut(lane) {
            Some(lane) if lane.queue.len() < LANE_VOICES => {
                let later = |other: &Playing| other.began.is_none() && other.part.start.is_after(part.start);
                let place = lane.queue.iter().position(later).unwrap_or(lane.queue.len());
                let playing = Playing { part, began: None, rising: false, fader: Fader::new(), falling: None };
                lane.queue.insert(place, playing);
                Ok(())
            }
            _ => Err(part),
        }
    }

    /// Fade a voice out so that it is silent at `at`. Replaces an earlier cut, until its fade has
    /// begun. Nothing happens where there is no such voice.
    pub fn cut(&mut self, voice: VoiceId, at: When) {
        for playing in self.lanes.iter_mut().flat_map(|lane| &mut lane.queue) {
            if playing.part.voice == voice {
                playing.part.cut = Some(at);
            }
        }
    }

    /// Whether no voice is queued.
    pub fn is_idle(&self) -> bool {
        self.lanes.iter().all(|lane| lane.queue.is_empty())
    }

    /// Fill `out` (interleaved, `channels` per frame, its first frame being `first`). `place` says
    /// which frame is heard at an instant; [`i64::MAX`] while that is not known.
    pub fn fill(
        &mut self,
        out: &mut [f32],
        channels: usize,
        first: u64,
        place: &dyn Fn(Wall) -> i64,
        note: &mut dyn FnMut(VoiceEvent),
    ) {
        out.fill(0.0);
        if channels == 0 {
            return;
        }
        let end = first + (out.len() / channels) as u64;
        let mut block = Block { out, channels, first, end, place };
        for lane in &mut self.lanes {
            lane.drop_the_cut(&block, note);
            lane.remember(&block);
            lane.fill(&mut block, note);
            lane.tell(&block);
        }
        for sample in out {
            if !(-1.0..=1.0).contains(sample) {
                *sample = if sample.is_nan() { 0.0 } else { sample.clamp(-1.0, 1.0) };
            }
        }
    }
}

impl Lane {
    /// Let go of voices that are cut before they would begin, wherever they stand in the queue.
    fn drop_the_cut(&mut self, block: &Block<'_>, note: &mut dyn FnMut(VoiceEvent)) {
        let mut index = 0;
        while let Some(playing) = self.queue.get(index) {
            if playing.began.is_some() || !block.cut_first(&playing.part) {
                index += 1;
            } else if let Some(playing) = self.queue.remove(index) {
                note(playing.over(block.first, Ending::Cut));
            }
        }
    }

    fn fill(&mut self, block: &mut Block<'_>, note: &mut dyn FnMut(VoiceEvent)) {
        let mut from = block.first;
        while let Some(playing) = self.queue.front_mut() {
            let begin = if playing.began.is_some() {
                from
            } else {
                let asked = block.resolve(playing.part.start);
                let begin = from.max(asked.max(0) as u64);
                if begin >= block.end {
                    return;
                }
                if playing.part.cut.is_some_and(|cut| block.resolve(cut) <= begin as i64) {
                    self.leave(begin, Ending::Cut, note);
                    continue;
                }
                // Late against the clock, not merely behind its lane: it was never joined to
                // anything, so it must not begin with a click.
                let late = asked.saturating_add(self.fade as i64) < begin as i64;
                playing.begin(begin, late && begin != self.joint);
                note(VoiceEvent::Started(playing.part.voice, begin));
                begin
            };
            playing.fall(begin, block, self.fade);
            let rendered = playing.render(begin, block, self.channel, self.gain, (self.fade, self.glide));
            let to = rendered.as_ref().map_or(block.end, |(frame, _)| *frame);
            self.span = Some((self.span.map_or(begin, |(from, _)| from), to));
            match rendered {
                None => return,
                Some((frame, ending)) => {
                    self.leave(frame, ending, note);
                    from = frame;
                }
            }
        }
    }

    /// Before the block is filled: what stands in it, for whoever is told what is added.
    fn remember(&mut self, block: &Block<'_>) {
        self.span = None;
        let Some(told) = &mut self.told else { return };
        told.before.clear();
        told.before.extend(block.column(self.channel).take(TOLD_MOST));
    }

    /// The block is filled: say what this lane has added to it.
    fn tell(&mut self, block: &Block<'_>) {
        let (Some(told), Some((from, to))) = (&mut self.told, self.span) else { return };
        let frames = (block.first..).zip(block.column(self.channel).zip(&told.before));
        for (frame, (after, before)) in frames.skip((from - block.first) as usize).take((to - from) as usize) {
            told.sent.put(frame, after - before);
        }
    }

    fn leave(&mut self, frame: u64, ending: Ending, note: &mut dyn FnMut(VoiceEvent)) {
        if let Some(playing) = self.queue.pop_front() {
            self.joint = if playing.began.is_some() { frame } else { self.joint };
            note(playing.over(frame, ending));
        }
    }
}

impl Playing {
    fn begin(&mut self, frame: u64, late: bool) {
        self.began = Some(frame);
        self.rising = self.part.soft || late;
        self.part.start = When::Frame(frame);
    }

    /// Settle the fade-out, if it begins in this block; from then on it stays.
    fn fall(&mut self, now: u64, block: &Block<'_>, fade: u64) {
        let (Some(cut), Some(began), None) = (self.part.cut, self.began, self.falling) else {
            return;
        };
        // A voice cut right after it began gets a shorter fade, one that sounds gets a whole one.
        let earliest = if began == now { now + 1 } else { now + fade };
        let silent = block.resolve(cut).max(earliest as i64) as u64;
        if silent.saturating_sub(fade) < block.end {
            self.falling = Some((silent.saturating_sub(fade).max(now), silent));
        }
    }

    /// Add the samples of this block; the frame and the reason where the voice ends in it.
    fn render(
        &mut self,
        begin: u64,
        block: &mut Block<'_>,
        channel: Channel,
        gain: f32,
        (fade, glide): (u64, u64),
    ) -> Option<(u64, Ending)> {
        let began = self.began.unwrap_or(begin);
        let course = Course { steps: self.part.volume.steps(), place: block.place, glide };
        self.fader.look(begin, course);
        let silent = self.falling.map_or(u64::MAX, |(_, silent)| silent);
        for frame in begin..block.end {
            if frame >= silent {
                return Some((frame, Ending::Cut));
            }
            let Some(sample) = self.part.sound.next() else {
                return Some((frame, Ending::Finished));
            };
            let mut sample = sample * (gain * self.fader.gain(frame, course));
            if self.rising && frame - began < fade {
                sample *= fade::rising(frame - began, fade);
            }
            if let Some((from, silent)) = self.falling
                && frame >= from
            {
                sample *= fade::falling(frame - from, silent - from);
            }
            block.add(frame, channel, sample);
        }
        // A voice that ends with the block says so now, so that the next can begin on time.
        (block.end >= silent).then_some((block.end, Ending::Cut))
    }

    fn over(self, frame: u64, ending: Ending) -> VoiceEvent {
        let played = self.began.map_or(0, |began| frame.saturating_sub(began));
        VoiceEvent::Ended {
            voice: self.part.voice,
            frame,
            played,
            ending,
            remains: Remains { _sound: self.part.sound, _volume: self.part.volume },
        }
    }
}

impl Block<'_> {
    fn resolve(&self, when: When) -> i64 {
        match when {
            When::Now => self.first as i64,
            When::Frame(frame) => i64::try_from(frame).unwrap_or(i64::MAX),
            When::Wall(at) => (self.place)(at),
        }
    }

    /// Whether a voice that has not begun is cut before it would begin.
    fn cut_first(&self, part: &QueuedVoice) -> bool {
        match (part.start, part.cut) {
            (_, None) => false,
            (_, Some(When::Now)) => true,
            (When::Wall(start), Some(When::Wall(cut))) if cut <= start => true,
            (start, Some(cut)) => {
                let cut = self.resolve(cut);
                cut != i64::MAX && cut <= self.resolve(start).max(self.first as i64)
            }
        }
    }

    /// What stands where a lane of this channel sounds, frame by frame; nothing where there is no such channel.
    fn column(&self, channel: Channel) -> impl Iterator<Item = f32> + '_ {
        let index = match channel {
            Channel::Both => 0,
            Channel::One(number) => usize::from(number).saturating_sub(1),
        };
        self.out.chunks_exact(self.channels).filter_map(move |frame| frame.get(index).copied())
    }

    fn add(&mut self, frame: u64, channel: Channel, sample: f32) {
        let at = (frame - self.first) as usize * self.channels;
        match channel {
            Channel::Both => {
                for out in &mut self.out[at..at + self.channels] {
                    *out += sample;
                }
            }
            Channel::One(number) => {
                let index = usize::from(number).saturating_sub(1);
                if index < self.channels {
                    self.out[at + index] += sample;
                }
            }
        }
    }
}
