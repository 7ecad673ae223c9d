use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use rtrb::{Consumer, Producer, PushError, RingBuffer};

use super::mixer::{Event, LANE_VOICES, Mixer, Part, When};
use super::{Lane, Timeline, VoiceId};
use crate::instant::{Rate, Wall};

/// Snapshots of the timeline under way to the controller; it may sleep through a few seconds.
const MARKS: usize = 256;
/// Orders under way to the stage.
const ORDERS: usize = 256;

/// What the controller asks of the stage.
pub(super) enum Order {
    /// Queue a voice in a lane.
    Add(usize, Part),
    /// Fade a voice out.
    Cut(VoiceId, When),
}

/// The callback's side of an open output: mixer, timeline and the frame counter. It neither locks,
/// allocates, frees nor logs.
pub(super) struct Stage {
    mixer: Mixer,
    timeline: Timeline,
    frame: u64,
    channels: usize,
    rate: Rate,
    orders: Consumer<Order>,
    events: Producer<Event>,
    marks: Producer<Timeline>,
    hiccups: Arc<AtomicU32>,
    hiccups_seen: u32,
}

/// The controller's side of it.
pub(super) struct Desk {
    /// The stream's rate.
    pub(super) rate: Rate,
    /// Orders to the stage.
    pub(super) orders: Producer<Order>,
    /// What came of them.
    pub(super) events: Consumer<Event>,
    /// The timeline after each fill.
    pub(super) marks: Consumer<Timeline>,
}

impl Stage {
    /// A stage and its desk, for a stream of `channels` at `rate`. Whoever owns the stream counts
    /// `hiccups` up when it stumbles.
    pub(super) fn new(lanes: &[Lane], rate: Rate, channels: usize, hiccups: Arc<AtomicU32>) -> (Self, Desk) {
        let (order, orders) = RingBuffer::new(ORDERS);
        // A voice makes two events, and the controller reads them before it sends it more voices.
        let (event, events) = RingBuffer::new(2 * LANE_VOICES * lanes.len().max(1));
        let (mark, marks) = RingBuffer::new(MARKS);
        let stage = Self {
            mixer: Mixer::new(lanes.iter().map(|lane| (lane.channel, lane.gain_db)), rate),
            timeline: Timeline::new(rate),
            frame: 0,
            channels,
            rate,
            orders,
            events: event,
            marks: mark,
            hiccups,
            hiccups_seen: 0,
        };
        (stage, Desk { rate, orders: order, events, marks })
    }

    /// Fill `out` at `now`; its first frame is predicted to be heard at `heard`, where that is known
    /// afresh.
    ///
    /// A start that is past begins with `out` even before the timeline can be used: an alert does not
    /// wait for stamps to become steady.
    pub(super) fn fill(&mut self, out: &mut [f32], now: Wall, heard: Option<Wall>) {
        let hiccups = self.hiccups.load(Ordering::Relaxed);
        if hiccups != self.hiccups_seen {
            self.hiccups_seen = hiccups;
            self.timeline.disturb();
        }
        if let Some(heard) = heard {
            self.timeline.observe(self.frame, heard);
        }
        while let Ok(order) = self.orders.pop() {
            match order {
                // The controller keeps count, so a lane is never full; if it were, leaking the part
                // is better than freeing it here.
                Order::Add(lane, part) => {
                    if let Err(part) = self.mixer.add(lane, part) {
                        std::mem::forget(part);
                    }
                }
                Order::Cut(voice, at) => self.mixer.cut(voice, at),
            }
        }
        let timeline = self.timeline;
        let place = move |at: Wall| match timeline.frame_at(at) {
            Some(frame) if timeline.usable() => frame.round() as i64,
            _ if at <= now => i64::MIN,
            _ => i64::MAX,
        };
        let events = &mut self.events;
        let mut note = |event| {
            if let Err(PushError::Full(event)) = events.push(event) {
                std::mem::forget(event);
            }
        };
        self.mixer.fill(out, self.channels, self.frame, &place, &mut note);
        self.frame += (out.len() / self.channels.max(1)) as u64;
        // Lossy on purpose: the controller only wants the newest.
        let _ = self.marks.push(self.timeline);
    }

    /// Channels per frame.
    pub(super) fn channels(&self) -> usize {
        self.channels
    }

    /// The stream's rate.
    pub(super) fn rate(&self) -> Rate {
        self.rate
    }

    /// The time line broke: the stream was held up for longer than its buffer.
    pub(super) fn disturb(&mut self) {
        self.timeline.disturb();
    }
}
