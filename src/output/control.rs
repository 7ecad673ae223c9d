use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread::JoinHandle;
use std::time::Duration;

use super::feed::{Feed, OpenReader};
use super::link::{Card, Link, Opened, discard};
use super::mixer::{Event, LANE_VOICES, Part, When};
use super::slot::{Phase, Slot};
use super::stage::Order;
use super::{Ending, Lane, Notice, NoticeSink, Output, VoiceId};
use crate::clock::Clock;
use crate::diag::{Text, text};
use crate::instant::{Mono, Wall};
use crate::plan::Programme;
use crate::station::ZoneIx;

/// An output without voices is closed after this long, so that an amplifier or a laptop can rest,
/// but the pauses inside a session never close it.
pub const IDLE_CLOSE: Duration = Duration::from_secs(30);
/// How long a voice waits for a device that cannot be opened before it fails.
pub const PATIENCE: Duration = Duration::from_secs(5);
/// How long a voice's first two seconds may take to decode.
pub const DECODE_LIMIT: Duration = Duration::from_secs(20);
/// Voices an output holds at once, prepared ones included; a station needs two or three per zone.
pub const VOICES: usize = 64;
/// An open device that takes no samples for this long is gone. A sleeping sink may take 1.3 s.
const STALLED: Duration = Duration::from_secs(4);
/// How often the controller looks at a stage with voices.
const TICK: Duration = Duration::from_millis(20);
/// How often it looks while voices are only on their way.
const SLOW_TICK: Duration = Duration::from_millis(100);

/// What the controller's thread is told.
pub(super) enum Message {
    Prepare(VoiceId, ZoneIx, Arc<Programme>, Duration),
    Start(VoiceId, Wall),
    Cut(VoiceId, Option<Wall>),
    Fed(VoiceId, u64, Result<(), Text>),
    Opened(u64, Result<Opened, Text>),
    Lost(u64, Text),
    Close,
}

/// An [`Output`] whose thread owns a card and its voices. Dropping it closes the card.
pub(super) struct Control {
    mailbox: mpsc::Sender<Message>,
    sink: NoticeSink,
    thread: Option<JoinHandle<()>>,
}

impl Control {
    pub(super) fn new(
        card: Arc<dyn Card>,
        lanes: Vec<Lane>,
        open: OpenReader,
        clock: Arc<dyn Clock>,
        sink: NoticeSink,
    ) -> Self {
        let (mailbox, mail) = mpsc::channel();
        let desk = Controller {
            link: Link::new(card, lanes.clone(), mailbox.clone()),
            lanes,
            open,
            clock,
            sink: Arc::clone(&sink),
            mailbox: mailbox.clone(),
            slots: Vec::new(),
            backlog: Vec::new(),
            counter: 0,
        };
        let work = move || desk.run(&mail);
        // Without its thread the output answers every prepare with a failure, see `send`.
        let thread = std::thread::Builder::new().name("loa-output".to_owned()).spawn(work).ok();
        Self { mailbox, sink, thread }
    }

    fn send(&self, voice: VoiceId, message: Message) {
        if self.mailbox.send(message).is_err() {
            let why = text!(
                "đầu ra âm thanh đã ngừng chạy; hãy khởi động lại loa",
                "the sound output has stopped; restart loa",
            );
            (self.sink)(Notice::Failed(voice, why));
        }
    }
}

impl Output for Control {
    fn prepare(&mut self, voice: VoiceId, zone: ZoneIx, programme: Arc<Programme>, skip: Duration) {
        self.send(voice, Message::Prepare(voice, zone, programme, skip));
    }

    fn start(&mut self, voice: VoiceId, at: Wall) {
        self.send(voice, Message::Start(voice, at));
    }

    fn cut(&mut self, voice: VoiceId, at: Option<Wall>) {
        self.send(voice, Message::Cut(voice, at));
    }
}

impl Drop for Control {
    fn drop(&mut self) {
        let _ = self.mailbox.send(Message::Close);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// The thread's own state.
struct Controller {
    link: Link,
    lanes: Vec<Lane>,
    open: OpenReader,
    clock: Arc<dyn Clock>,
    sink: NoticeSink,
    mailbox: mpsc::Sender<Message>,
    slots: Vec<Slot>,
    /// Orders that did not fit into the stage's queue.
    backlog: Vec<Order>,
    counter: u64,
}

impl Controller {
    fn run(mut self, mail: &mpsc::Receiver<Message>) {
        loop {
            let first = match self.wake() {
                None => mail.recv().map_err(|_| RecvTimeoutError::Disconnected),
                Some(length) => mail.recv_timeout(length),
            };
            match first {
                Ok(message) => {
                    for message in std::iter::once(message).chain(mail.try_iter()) {
                        if matches!(message, Message::Close) {
                            return self.link.close();
                        }
                        self.take(message);
                    }
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return self.link.close(),
            }
            self.tick();
        }
    }

    /// How long the thread may sleep; `None` until somebody says something.
    fn wake(&mut self) -> Option<Duration> {
        if self.slots.iter().any(|slot| slot.phase == Phase::Placed) {
            return Some(TICK);
        }
        if self.slots.iter().any(|slot| slot.phase != Phase::Ready || slot.start.is_some()) {
            return Some(SLOW_TICK);
        }
        let idle = self.link.line().and_then(|line| line.idle)?;
        Some((idle + IDLE_CLOSE).after(self.clock.mono()))
    }

    fn take(&mut self, message: Message) {
        let now = self.clock.mono();
        match message {
            Message::Prepare(voice, zone, programme, skip) => self.prepare(voice, zone, programme, skip, now),
            Message::Start(voice, at) => self.start(voice, at),
            Message::Cut(voice, at) => self.cut(voice, at),
            Message::Fed(voice, generation, result) => self.fed(voice, generation, result),
            Message::Opened(generation, result) => match result {
                Ok(opened) if self.link.is_current(generation) => self.opened(opened, now),
                Ok(stale) => discard(stale.stream),
                Err(why) if self.link.is_current(generation) => self.link.failed(why, now),
                Err(_) => {}
            },
            Message::Lost(generation, why) if self.link.is_current(generation) => self.lose(why, now),
            Message::Lost(..) | Message::Close => {}
        }
    }

    fn prepare(&mut self, voice: VoiceId, zone: ZoneIx, programme: Arc<Programme>, skip: Duration, now: Mono) {
        if self.slots.iter().any(|slot| slot.voice == voice) {
            return;
        }
        let Some(lane) = self.lanes.iter().position(|lane| lane.zone == zone) else {
            return self.tell(Notice::Failed(
                voice,
                text!("cụm loa này không dùng đầu ra này", "this zone does not play on this output"),
            ));
        };
        if self.slots.len() >= VOICES {
            return self.tell(Notice::Failed(
                voice,
                text!(
                    "đã có {VOICES} mục đang chờ phát trên đầu ra này; hãy dừng bớt",
                    "{VOICES} voices already wait on this output; stop some of them",
                ),
            ));
        }
        self.slots.push(Slot::new(voice, lane, programme, skip, now));
    }

    fn start(&mut self, voice: VoiceId, at: Wall) {
        self.counter += 1;
        let order = self.counter;
        if let Some(slot) = self.slots.iter_mut().find(|slot| slot.voice == voice && slot.phase != Phase::Placed) {
            slot.start = Some((order, at));
        }
    }

    fn cut(&mut self, voice: VoiceId, at: Option<Wall>) {
        let wall = self.clock.wall();
        let Some(index) = self.slots.iter().position(|slot| slot.voice == voice && slot.over.is_none()) else {
            return;
        };
        let slot = &mut self.slots[index];
        if slot.phase == Phase::Placed {
            return self.order(Order::Cut(voice, at.map_or(When::Now, When::Wall)));
        }
        // A start that is asked for and comes before the cut is still meant to be heard.
        let meant = |at: &Wall| *at > wall && slot.start.is_some_and(|(_, start)| start < *at);
        if let Some(at) = at.filter(meant) {
            slot.cut = Some(at);
            return;
        }
        let slot = self.slots.remove(index);
        self.tell(slot.notice(wall, Duration::ZERO, Ending::Cut));
    }

    fn fed(&mut self, voice: VoiceId, generation: u64, result: Result<(), Text>) {
        let fits = |slot: &Slot| slot.voice == voice && slot.generation == generation && slot.phase == Phase::Feeding;
        let Some(index) = self.slots.iter().position(fits) else { return };
        match result {
            Ok(()) => {
                self.slots[index].phase = Phase::Ready;
                if !std::mem::replace(&mut self.slots[index].announced, true) {
                    self.tell(Notice::Ready(voice));
                }
            }
            Err(why) => {
                self.slots.remove(index);
                self.tell(Notice::Failed(voice, why));
            }
        }
    }

    fn opened(&mut self, opened: Opened, now: Mono) {
        let rate = opened.desk.rate;
        self.backlog.clear();
        self.link.opened(opened, now);
        for slot in &mut self.slots {
            // Decoded for a device of another rate, before that one went away.
            if slot.phase != Phase::Waiting && slot.rate != rate {
                slot.rewind(now);
            }
        }
    }

    /// The device went away: what sounded is over, what did not starts anew on the next one.
    fn lose(&mut self, why: Text, now: Mono) {
        self.read_desk(now);
        let wall = self.clock.wall();
        let timeline = self.link.timeline().copied();
        self.backlog.clear();
        self.link.lost(why, now);
        for mut slot in std::mem::take(&mut self.slots) {
            if slot.phase != Phase::Placed {
                self.slots.push(slot);
            } else if slot.began.is_none() && slot.over.is_none() {
                slot.rewind(now);
                self.slots.push(slot);
            } else {
                let notice = match (slot.ended(timeline.as_ref(), wall, now), &timeline) {
                    (Some(ended), _) => ended,
                    (None, Some(timeline)) => slot.notice(wall, slot.heard(timeline, wall), Ending::DeviceLost),
                    (None, None) => slot.notice(wall, Duration::ZERO, Ending::DeviceLost),
                };
                self.tell(notice);
            }
        }
    }

    fn tick(&mut self) {
        let now = self.clock.mono();
        self.read_desk(now);
        self.keep_link(now);
        self.feed_waiting(now);
        self.place_ready();
        self.expire(now);
        self.report(now);
    }

    /// Hear what the stage says.
    fn read_desk(&mut self, now: Mono) {
        let wall = self.clock.wall();
        let mut notices = Vec::new();
        let slots = &mut self.slots;
        let Some(line) = self.link.line() else { return };
        let mut events = Vec::new();
        while let Ok(event) = line.desk.events.pop() {
            events.push(event);
        }
        // After the events, so that the timeline is at least as new as they are.
        while let Ok(timeline) = line.desk.marks.pop() {
            line.timeline = Some(timeline);
            line.alive = now;
        }
        let timeline = line.timeline.as_ref();
        for event in events {
            match event {
                Event::Started(voice, frame) => {
                    if let Some(slot) = slots.iter_mut().find(|slot| slot.voice == voice) {
                        notices.push(slot.begin(frame, timeline, wall, now));
                    }
                }
                Event::Ended { voice, frame, played, ending, sound } => {
                    drop(sound);
                    if let Some(slot) = slots.iter_mut().find(|slot| slot.voice == voice) {
                        slot.end(frame, played, ending, timeline, wall, now);
                    }
                }
            }
        }
        for notice in notices {
            self.tell(notice);
        }
    }

    /// Open the device for those who need it, close it for those who do not, notice its death.
    fn keep_link(&mut self, now: Mono) {
        let needed = !self.slots.is_empty();
        let placed = self.slots.iter().any(|slot| slot.phase == Phase::Placed);
        if needed {
            self.link.want(now);
        } else {
            self.link.rest();
        }
        let Some(line) = self.link.line() else { return };
        if needed {
            line.idle = None;
            if placed && now.after(line.alive) > STALLED {
                let why = text!(
                    "thiết bị âm thanh không nhận âm thanh nữa; hãy kiểm tra dây và card âm thanh",
                    "the sound device takes no sound any more; check the cable and the sound card",
                );
                self.lose(why, now);
            }
        } else if now.after(*line.idle.get_or_insert(now)) >= IDLE_CLOSE {
            self.link.close();
        }
    }

    /// Start to decode for the voices that wait for it.
    fn feed_waiting(&mut self, now: Mono) {
        let Some(rate) = self.link.line().map(|line| line.desk.rate) else { return };
        let mut failed = Vec::new();
        for slot in self.slots.iter_mut().filter(|slot| slot.phase == Phase::Waiting) {
            self.counter += 1;
            let (voice, generation, mailbox) = (slot.voice, self.counter, self.mailbox.clone());
            let ready = move |result| {
                // Nobody listens once the output is gone, and nobody needs to.
                let _ = mailbox.send(Message::Fed(voice, generation, result));
            };
            match Feed::spawn(Arc::clone(&self.open), Arc::clone(&slot.programme), rate, slot.skip, ready) {
                Ok((feed, source)) => {
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
        for (voice, why) in failed {
            self.fail(voice, why);
        }
    }

    /// Hand ready voices to the stage, in each lane in the order in which they were started.
    fn place_ready(&mut self) {
        for order in std::mem::take(&mut self.backlog) {
            self.order(order);
        }
        if self.link.line().is_none() {
            return;
        }
        for lane in 0..self.lanes.len() {
            loop {
                let placed = |slot: &&Slot| slot.lane == lane && slot.phase == Phase::Placed;
                if self.slots.iter().filter(placed).count() >= LANE_VOICES {
                    break;
                }
                let next = self
                    .slots
                    .iter_mut()
                    .filter(|slot| slot.lane == lane && slot.phase != Phase::Placed)
                    .filter_map(|slot| slot.start.map(|(order, at)| (order, at, slot)))
                    .min_by_key(|(order, ..)| *order);
                let Some((_, at, slot)) = next else { break };
                let Some(source) = slot.source.take_if(|_| slot.phase == Phase::Ready) else { break };
                slot.phase = Phase::Placed;
                let part = Part {
                    voice: slot.voice,
                    sound: Box::new(source),
                    start: When::Wall(at),
                    cut: slot.cut.map(When::Wall),
                    soft: !slot.skip.is_zero(),
                };
                self.order(Order::Add(lane, part));
            }
        }
    }

    fn order(&mut self, order: Order) {
        if !self.backlog.is_empty() {
            return self.backlog.push(order);
        }
        let Some(line) = self.link.line() else { return };
        if let Err(rtrb::PushError::Full(order)) = line.desk.orders.push(order) {
            self.backlog.push(order);
        }
    }

    /// Give up on voices that have waited long enough.
    fn expire(&mut self, now: Mono) {
        let wall = self.clock.wall();
        let down = self.link.down(now);
        let mut failed = Vec::new();
        for slot in self.slots.iter().filter(|slot| slot.phase != Phase::Placed) {
            let waited = now.after(slot.since);
            if let Some((length, why)) = &down
                && waited.min(*length) >= PATIENCE
            {
                failed.push((slot.voice, why.clone()));
            } else if slot.phase == Phase::Feeding && waited >= DECODE_LIMIT {
                let limit = DECODE_LIMIT.as_secs();
                let why = text!(
                    "không đọc được âm thanh trong {limit} giây; hãy kiểm tra ổ đĩa hoặc nạp lại tệp",
                    "the sound could not be read within {limit} s; check the disk, or load the file again",
                );
                failed.push((slot.voice, why));
            }
        }
        for (voice, why) in failed {
            self.fail(voice, why);
        }
        let cut = |slot: &mut Slot| slot.phase != Phase::Placed && slot.cut.is_some_and(|cut| cut <= wall);
        for slot in self.slots.extract_if(.., cut).collect::<Vec<_>>() {
            self.tell(slot.notice(wall, Duration::ZERO, Ending::Cut));
        }
    }

    /// Say how far each voice is, and which are over.
    fn report(&mut self, now: Mono) {
        let wall = self.clock.wall();
        let timeline = self.link.timeline().copied();
        let mut notices = Vec::new();
        self.slots.retain_mut(|slot| {
            if slot.phase != Phase::Placed {
                return true;
            }
            if let Some(feed) = &slot.feed {
                feed.nudge();
            }
            if let Some(timeline) = &timeline {
                slot.measure(timeline);
            }
            if let Some(ended) = slot.ended(timeline.as_ref(), wall, now) {
                notices.push(ended);
                return false;
            }
            if slot.over.is_none()
                && let Some(timeline) = &timeline
            {
                notices.extend(slot.position(timeline, wall, now));
            }
            true
        });
        for notice in notices {
            self.tell(notice);
        }
    }

    fn fail(&mut self, voice: VoiceId, why: Text) {
        self.slots.retain(|slot| slot.voice != voice);
        self.tell(Notice::Failed(voice, why));
    }

    fn tell(&self, notice: Notice) {
        (self.sink)(notice);
    }
}
