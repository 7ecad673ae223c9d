use std::sync::Arc;
use std::sync::mpsc;
use std::time::Duration;

use super::When;
use super::feed::{Feed, OpenReader};
use super::message::Message;
use super::mixer::{LANE_VOICES, QueuedVoice, VoiceEvent};
use super::one_channel::OneChannel;
use super::prepared::{Phase, PreparedVoice};
use super::{OutputLane, Timeline};
use crate::diag::{Text, text};
use crate::instant::{Mono, Rate, Wall};
use crate::plan::{Programme, Volume};
use crate::voice::{Ending, Notice, RelayNews, VoiceId};

/// Voices an output holds at once, prepared ones included: 64 zones on one card, each with a voice that
/// sounds, the next one ready, and an alert that comes between.
pub const VOICES: usize = 192;
/// How long a voice's first two seconds may take to decode.
pub const DECODE_LIMIT: Duration = Duration::from_secs(20);

/// The voices of one output, each on its way from being prepared to being over.
///
/// Knows neither the card nor the renderer: it is told what came of them, and answers with notices.
#[derive(Default)]
pub(super) struct Voices {
    slots: Vec<PreparedVoice>,
    counter: u64,
}

/// What a cut means for a voice.
pub(super) enum CutFate {
    /// The renderer has it and must be told.
    InRenderer,
    /// Noted, or nobody of that name.
    Settled,
    /// It never sounded and is gone.
    Dropped(Notice),
}

impl Voices {
    pub(super) fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// Whether a voice is on the renderer.
    pub(super) fn any_placed(&self) -> bool {
        self.slots.iter().any(|slot| slot.phase == Phase::Placed)
    }

    /// Take in a voice of `lane`, with the lane's delay; refused where there are too many, nothing where it is in already.
    pub(super) fn prepare(
        &mut self,
        voice: VoiceId,
        lane: (usize, Duration),
        programme: Arc<Programme>,
        skip: Duration,
        now: Mono,
    ) -> Option<Notice> {
        if self.slots.iter().any(|slot| slot.voice == voice) {
            return None;
        }
        if self.slots.len() >= VOICES {
            let why = text!(
                "đã có {VOICES} mục đang chờ phát trên đầu ra này; hãy dừng bớt",
                "{VOICES} voices already wait on this output; stop some of them",
            );
            return Some(Notice::Failed(voice, why));
        }
        self.slots.push(PreparedVoice::new(voice, lane, programme, skip, now));
        None
    }

    /// Note how loud a voice that is not on the renderer yet is to be.
    pub(super) fn level(&mut self, voice: VoiceId, volume: Volume) {
        if let Some(slot) = self.slots.iter_mut().find(|slot| slot.voice == voice && slot.phase != Phase::Placed) {
            slot.volume = volume;
        }
    }

    /// Note when a voice that is not on the renderer yet is to start.
    pub(super) fn start(&mut self, voice: VoiceId, at: Wall) {
        self.counter += 1;
        let order = self.counter;
        if let Some(slot) = self.slots.iter_mut().find(|slot| slot.voice == voice && slot.phase != Phase::Placed) {
            slot.ask(order, at);
        }
    }

    pub(super) fn cut(&mut self, voice: VoiceId, at: Option<Wall>, wall: Wall) -> CutFate {
        let Some(index) = self.slots.iter().position(|slot| slot.voice == voice && slot.over.is_none()) else {
            return CutFate::Settled;
        };
        let slot = &mut self.slots[index];
        if slot.phase == Phase::Placed {
            // The renderer may die with the order; what was silenced must not sound on the next one.
            slot.cut = Some(at.unwrap_or(wall));
            return CutFate::InRenderer;
        }
        // A start that is asked for and comes before the cut is still meant to be heard.
        let meant = |at: &Wall| *at > wall && slot.start.is_some_and(|(_, start)| start < *at);
        if let Some(at) = at.filter(meant) {
            slot.cut = Some(at);
            return CutFate::Settled;
        }
        let slot = self.slots.remove(index);
        CutFate::Dropped(slot.notice(wall, Duration::ZERO, Ending::Cut))
    }

    /// Start to decode at `rate` for the voices that wait for it; the results go to `mailbox`.
    pub(super) fn feed(
        &mut self,
        open: &OpenReader,
        lanes: &[OutputLane],
        rate: Rate,
        mailbox: &mpsc::Sender<Message>,
        now: Mono,
    ) -> Vec<Notice> {
        let mut failed = Vec::new();
        for slot in self.slots.iter_mut().filter(|slot| slot.phase == Phase::Waiting) {
            self.counter += 1;
            let (voice, generation, mailbox) = (slot.voice, self.counter, mailbox.clone());
            let post = mailbox.clone();
            let news = move |news| {
                let _ = post.send(Message::Relay(voice, generation, news));
            };
            let ready = move |result| {
                // Nobody listens once the output is gone, and nobody needs to.
                let _ = mailbox.send(Message::Fed(voice, generation, result));
            };
            let zone = lanes[slot.lane].zone;
            match Feed::spawn(Arc::clone(open), (zone, Arc::clone(&slot.programme)), rate, slot.skip, ready, news) {
                Ok((feed, source)) => {
                    if slot.start.is_some() {
                        feed.arm();
                    }
                    slot.feed = Some(feed);
                    slot.source = Some(source);
                    slot.rate = rate;
                    slot.generation = generation;
                    slot.phase = Phase::Feeding;
                    slot.since = now;
                }
                Err(why) => failed.push((voice, why)),
            }
        }
        self.fail(failed)
    }

    /// What is heard of a higher station.
    pub(super) fn relayed(&self, voice: VoiceId, generation: u64, news: RelayNews) -> Option<Notice> {
        let is_it = |slot: &PreparedVoice| slot.voice == voice && slot.generation == generation;
        self.slots.iter().any(is_it).then_some(Notice::Relay(voice, news))
    }

    /// What came of decoding a voice.
    pub(super) fn fed(&mut self, voice: VoiceId, generation: u64, result: Result<(), Text>) -> Vec<Notice> {
        let fits =
            |slot: &PreparedVoice| slot.voice == voice && slot.generation == generation && slot.phase == Phase::Feeding;
        let Some(index) = self.slots.iter().position(fits) else { return Vec::new() };
        match result {
            Ok(()) => {
                let slot = &mut self.slots[index];
                slot.phase = Phase::Ready;
                let news = !std::mem::replace(&mut slot.announced, true);
                news.then_some(Notice::Ready(voice)).into_iter().collect()
            }
            Err(why) => {
                let spoiled = self.slots.remove(index).spoiled();
                spoiled.into_iter().chain([Notice::Failed(voice, why)]).collect()
            }
        }
    }

    /// The next voice of `lane` for the renderer: the one that starts first, of those of one instant the one that was told so
    /// first.
    pub(super) fn place(&mut self, lane: usize) -> Option<QueuedVoice> {
        let placed = |slot: &&PreparedVoice| slot.lane == lane && slot.phase == Phase::Placed;
        if self.slots.iter().filter(placed).count() >= LANE_VOICES {
            return None;
        }
        let (at, _, slot) = self
            .slots
            .iter_mut()
            .filter(|slot| slot.lane == lane && slot.phase != Phase::Placed)
            .filter_map(|slot| slot.start.map(|(order, at)| (at, order, slot)))
            .min_by_key(|(at, order, _)| (*at, *order))?;
        let source = slot.source.take_if(|_| slot.phase == Phase::Ready)?;
        slot.phase = Phase::Placed;
        Some(QueuedVoice {
            voice: slot.voice,
            sound: Box::new(OneChannel::new(source, slot.rate)),
            start: When::Wall(at),
            cut: slot.cut.map(When::Wall),
            soft: !slot.skip.is_zero(),
            volume: slot.volume.clone(),
        })
    }

    /// What happened on the renderer, whose stream has run dry `underruns` times.
    pub(super) fn hear(
        &mut self,
        event: &VoiceEvent,
        underruns: u32,
        timeline: Option<&Timeline>,
        wall: Wall,
        now: Mono,
    ) -> Option<Notice> {
        let (VoiceEvent::Started(voice, _) | VoiceEvent::Ended { voice, .. }) = event;
        let slot = self.slots.iter_mut().find(|slot| slot.voice == *voice)?;
        match event {
            VoiceEvent::Started(_, frame) => {
                slot.begin(*frame, underruns, wall, now);
                slot.started(timeline, wall, now)
            }
            VoiceEvent::Ended { frame, played, ending, .. } => {
                slot.end(*frame, (*played, underruns), *ending, timeline, wall, now);
                None
            }
        }
    }

    /// A card of `rate` is open: what was decoded for another rate, before that one went away, starts over.
    pub(super) fn opened(&mut self, rate: Rate, now: Mono) {
        for slot in &mut self.slots {
            if slot.phase != Phase::Waiting && slot.rate != rate {
                slot.rewind(now);
            }
        }
    }

    /// The card went away: what sounded is over, what did not starts anew on the next one. So does what was given
    /// to a stream that never showed that it plays.
    pub(super) fn lose(
        &mut self,
        why: &Text,
        underruns: u32,
        timeline: Option<&Timeline>,
        wall: Wall,
        now: Mono,
    ) -> Vec<Notice> {
        let mut notices = Vec::new();
        self.slots.retain_mut(|slot| {
            if slot.phase != Phase::Placed {
                return true;
            }
            if slot.is_untold() && (slot.began.is_some() || slot.over.is_none()) {
                slot.rewind(now);
                return true;
            }
            notices.extend(slot.stumbled(underruns));
            if let Some(ended) = slot.ended(timeline, wall, now) {
                notices.push(ended);
            } else {
                let heard = timeline.map_or(Duration::ZERO, |timeline| slot.heard(timeline, wall, now));
                notices.extend(slot.hinder(why));
                notices.push(slot.notice(wall, heard, Ending::DeviceLost));
            }
            false
        });
        notices
    }

    /// Tell the voices that wait for the card why it cannot be had, if it cannot: they go on waiting,
    /// for as long as whoever prepared them wants. Give up on decoding that takes too long.
    pub(super) fn expire(&mut self, down: Option<&Text>, wall: Wall, now: Mono) -> Vec<Notice> {
        let mut hindered = Vec::new();
        let mut failed = Vec::new();
        for slot in self.slots.iter_mut().filter(|slot| slot.phase != Phase::Placed) {
            hindered.extend(down.and_then(|why| slot.hinder(why)));
            if slot.phase == Phase::Feeding && now.after(slot.since) >= DECODE_LIMIT {
                let limit = DECODE_LIMIT.as_secs();
                let why = text!(
                    "không đọc được âm thanh trong {limit} giây; hãy kiểm tra ổ đĩa hoặc nạp lại tệp",
                    "the sound could not be read within {limit} s; check the disk, or load the file again",
                );
                failed.push((slot.voice, why));
            }
        }
        hindered.extend(self.fail(failed));
        let mut notices = hindered;
        let cut = |slot: &mut PreparedVoice| slot.phase != Phase::Placed && slot.cut.is_some_and(|cut| cut <= wall);
        notices.extend(self.slots.extract_if(.., cut).map(|slot| slot.notice(wall, Duration::ZERO, Ending::Cut)));
        notices
    }

    /// How far each voice on the renderer is, and which are over.
    pub(super) fn report(&mut self, timeline: Option<&Timeline>, wall: Wall, now: Mono) -> Vec<Notice> {
        let mut notices = Vec::new();
        self.slots.retain_mut(|slot| {
            if slot.phase != Phase::Placed {
                return true;
            }
            if let Some(feed) = &slot.feed {
                feed.nudge();
            }
            notices.extend(slot.started(timeline, wall, now));
            if let Some(timeline) = timeline {
                slot.measure(timeline);
            }
            if let Some(ended) = slot.ended(timeline, wall, now) {
                // What came before its end is kept since then.
                notices.extend(slot.stumbled(0));
                notices.extend(slot.spoiled());
                notices.push(ended);
                return false;
            }
            if slot.over.is_none()
                && let Some(timeline) = timeline
            {
                notices.extend(slot.position(timeline, wall, now));
            }
            true
        });
        notices
    }

    fn fail(&mut self, failed: Vec<(VoiceId, Text)>) -> Vec<Notice> {
        self.slots.retain(|slot| failed.iter().all(|(voice, _)| *voice != slot.voice));
        failed.into_iter().map(|(voice, why)| Notice::Failed(voice, why)).collect()
    }
}
