use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use super::OutputLane;
use super::When;
use super::card::{Card, OpenedCard};
use super::feed::OpenReader;
use super::link::{Link, discard};
use super::message::Message;
use super::mixer::VoiceEvent;
use super::rate_watch::RateWatch;
use super::renderer::RendererOrder;
use super::voices::{CutFate, Voices};
use crate::clock::Clock;
use crate::diag::Text;
use crate::instant::{Mono, Wall};
use crate::plan::Programme;
use crate::station::ZoneIx;
use crate::voice::{Notice, NoticeSink, VoiceId, VoiceOrder};

/// An output without voices is closed after this long, so that an amplifier or a laptop can rest,
/// but the pauses inside a session never close it.
pub const IDLE_CLOSE: Duration = Duration::from_secs(30);
/// How often the controller looks at a renderer with voices.
const TICK: Duration = Duration::from_millis(20);
/// How often it looks while voices only wait for their time: a card that dies is then opened again
/// before anybody misses it.
const SLOW_TICK: Duration = Duration::from_millis(100);

/// What the output's thread runs: it brings the [`Voices`] and the card together.
pub(super) struct Controller {
    link: Link,
    cast: Voices,
    lanes: Vec<OutputLane>,
    open: OpenReader,
    clock: Arc<dyn Clock>,
    sink: NoticeSink,
    mailbox: mpsc::Sender<Message>,
    /// Orders that did not fit into the renderer's queue.
    backlog: Vec<RendererOrder>,
}

impl Controller {
    pub(super) fn new(
        card: Arc<dyn Card>,
        lanes: Vec<OutputLane>,
        open: OpenReader,
        clock: Arc<dyn Clock>,
        sink: NoticeSink,
        mailbox: mpsc::Sender<Message>,
    ) -> Self {
        let link = Link::new(card, lanes.clone(), mailbox.clone());
        Self { link, cast: Voices::default(), lanes, open, clock, sink, mailbox, backlog: Vec::new() }
    }

    /// Until the output is dropped.
    pub(super) fn run(mut self, mail: &mpsc::Receiver<Message>) {
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
        if self.cast.any_placed() {
            return Some(TICK);
        }
        if !self.cast.is_empty() {
            return Some(SLOW_TICK);
        }
        let idle = self.link.line().and_then(|line| line.idle)?;
        Some((idle + IDLE_CLOSE).after(self.clock.mono()))
    }

    fn take(&mut self, message: Message) {
        let now = self.clock.mono();
        match message {
            Message::Order(voice, order) => match order {
                VoiceOrder::Prepare { zone, programme, skip } => self.prepare(voice, zone, programme, skip, now),
                VoiceOrder::Level(volume) => self.cast.level(voice, volume),
                VoiceOrder::Start(at) => self.cast.start(voice, at),
                VoiceOrder::Cut(at) => self.cut(voice, at),
            },
            Message::Fed(voice, generation, result) => {
                let notice = self.cast.fed(voice, generation, result);
                self.tell(notice);
            }
            Message::Relay(voice, generation, news) => {
                let notice = self.cast.relayed(voice, generation, news);
                self.tell(notice);
            }
            Message::Opened(generation, result) => match result {
                Ok(opened) if self.link.is_current(generation) => self.opened(opened, now),
                Ok(stale) => {
                    self.link.answered();
                    discard(stale.stream);
                }
                Err(why) if self.link.is_current(generation) => self.link.failed(why, now),
                Err(_) => self.link.answered(),
            },
            Message::Lost(generation, why) if self.link.is_current(generation) => self.lose(why, now),
            Message::Lost(..) | Message::Close => {}
        }
    }

    fn prepare(&mut self, voice: VoiceId, zone: ZoneIx, programme: Arc<Programme>, skip: Duration, now: Mono) {
        let notice = match self.lanes.iter().position(|lane| lane.zone == zone) {
            Some(lane) => self.cast.prepare(voice, (lane, self.lanes[lane].delay), programme, skip, now),
            None => Some(Notice::Failed(voice, OutputLane::none_here())),
        };
        self.tell(notice);
    }

    fn cut(&mut self, voice: VoiceId, at: Option<Wall>) {
        match self.cast.cut(voice, at, self.clock.wall()) {
            CutFate::InRenderer => self.order(RendererOrder::Cut(voice, at.map_or(When::Now, When::Wall))),
            CutFate::Settled => {}
            CutFate::Dropped(notice) => self.tell([notice]),
        }
    }

    fn opened(&mut self, opened: OpenedCard, now: Mono) {
        self.cast.opened(opened.renderer.rate, now);
        self.backlog.clear();
        self.link.opened(opened, now);
    }

    fn lose(&mut self, why: Text, now: Mono) {
        self.poll_renderer(now);
        let timeline = self.link.timeline().copied();
        let underruns = self.link.line().map_or(0, |line| line.renderer.health.underruns());
        self.backlog.clear();
        // Told before the old stream is closed, which may take its time.
        let notices = self.cast.lose(&why, underruns, timeline.as_ref(), self.clock.wall(), now);
        self.tell(notices);
        self.link.lost(why, now);
    }

    fn tick(&mut self) {
        let now = self.clock.mono();
        self.poll_renderer(now);
        self.keep_link(now);
        if let Some(rate) = self.link.line().map(|line| line.renderer.rate) {
            let failed = self.cast.feed(&self.open, &self.lanes, rate, &self.mailbox, now);
            self.tell(failed);
            self.place_ready();
        }
        let wall = self.clock.wall();
        let expired = self.cast.expire(self.link.down().as_ref(), wall, now);
        self.tell(expired);
        let reported = self.cast.report(self.link.timeline(), wall, now);
        self.tell(reported);
    }

    /// Hear what the renderer says.
    fn poll_renderer(&mut self, now: Mono) {
        let wall = self.clock.wall();
        let Some(line) = self.link.line() else { return };
        // Ended voices' samples are dropped with them, far from the callback.
        let mut events = Vec::new();
        while let Ok(event) = line.renderer.events.pop() {
            events.push(event);
        }
        // After the events, so that the timeline is at least as new as they are.
        while let Ok(mark) = line.renderer.marks.pop() {
            line.mark = Some(mark);
        }
        if let Some((timeline, at)) = &line.mark {
            line.pace.read(timeline.newest(), *at, now);
            if let Some(speed) = &mut line.speed {
                speed.read(timeline.newest(), line.renderer.health.underruns(), *at);
            }
        }
        let cast = &mut self.cast;
        let (timeline, underruns) = (line.timeline(), line.renderer.health.underruns());
        let hear = |event: &VoiceEvent| cast.hear(event, underruns, timeline, wall, now);
        let notices: Vec<_> = events.iter().filter_map(hear).collect();
        self.tell(notices);
    }

    /// Open the device for those who need it, close it for those who do not, notice its death.
    fn keep_link(&mut self, now: Mono) {
        let needed = !self.cast.is_empty();
        if needed {
            self.link.want(now);
        } else {
            self.link.rest();
        }
        let Some(line) = self.link.line() else { return };
        if needed {
            line.idle = None;
            let speed = line.speed.as_ref().and_then(RateWatch::fault);
            if let Some(why) = line.pace.fault(now) {
                self.lose(why, now);
            } else if let Some(why) = speed {
                self.link.resign();
                self.lose(why, now);
            }
        } else if now.after(*line.idle.get_or_insert(now)) >= IDLE_CLOSE {
            self.link.close();
        }
    }

    /// Hand ready voices to the renderer.
    fn place_ready(&mut self) {
        for order in std::mem::take(&mut self.backlog) {
            self.order(order);
        }
        for lane in 0..self.lanes.len() {
            while let Some(part) = self.cast.place(lane) {
                self.order(RendererOrder::Add(lane, part));
            }
        }
    }

    fn order(&mut self, order: RendererOrder) {
        if !self.backlog.is_empty() {
            return self.backlog.push(order);
        }
        let Some(line) = self.link.line() else { return };
        if let Err(rtrb::PushError::Full(order)) = line.renderer.orders.push(order) {
            self.backlog.push(order);
        }
    }

    fn tell(&self, notices: impl IntoIterator<Item = Notice>) {
        for notice in notices {
            (self.sink)(notice);
        }
    }
}
