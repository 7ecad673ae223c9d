use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use rtrb::{Consumer, Producer, PushError, RingBuffer};

use super::When;
use super::mixer::{LANE_VOICES, Mixer, QueuedVoice, VoiceEvent};
use super::{OutputLane, Timeline};
use crate::instant::{Mono, Now, Rate, Wall};
use crate::voice::VoiceId;

/// Snapshots of the timeline under way to the controller; it may sleep through a few seconds.
const MARKS: usize = 256;
/// Orders under way to the renderer.
const ORDERS: usize = 256;

/// How a stream fares, counted by whoever runs it, in or beside the callback.
#[derive(Debug, Default)]
pub(super) struct StreamHealth {
    /// Times that its time line may have broken.
    discontinuities: AtomicU32,
    /// Times that its buffer ran dry.
    underruns: AtomicU32,
}

impl StreamHealth {
    /// It went another way, or began anew: what was known of its time may be wrong.
    pub(super) fn discontinuity(&self) {
        self.discontinuities.fetch_add(1, Ordering::Relaxed);
    }

    /// Its buffer ran dry: a moment was silent.
    pub(super) fn underrun(&self) {
        self.underruns.fetch_add(1, Ordering::Relaxed);
    }

    /// How often that was so.
    pub(super) fn underruns(&self) -> u32 {
        self.underruns.load(Ordering::Relaxed)
    }
}

/// What the controller asks of the renderer.
pub(super) enum RendererOrder {
    /// Queue a voice in a lane.
    Add(usize, QueuedVoice),
    /// Fade a voice out.
    Cut(VoiceId, When),
}

/// The callback's side of an open output: mixer, timeline and the frame counter. It neither locks,
/// allocates, frees nor logs.
pub(super) struct Renderer {
    mixer: Mixer,
    timeline: Timeline,
    frame: u64,
    channels: usize,
    rate: Rate,
    orders: Consumer<RendererOrder>,
    events: Producer<VoiceEvent>,
    marks: Producer<(Timeline, Mono)>,
    health: Arc<StreamHealth>,
    discontinuities_seen: u32,
}

/// The controller's side of it.
pub(super) struct RendererHandle {
    /// The stream's rate.
    pub(super) rate: Rate,
    /// Orders to the renderer.
    pub(super) orders: Producer<RendererOrder>,
    /// What came of them.
    pub(super) events: Consumer<VoiceEvent>,
    /// The timeline after each fill, and when that was.
    pub(super) marks: Consumer<(Timeline, Mono)>,
    /// How the stream fares.
    pub(super) health: Arc<StreamHealth>,
}

impl Renderer {
    /// A renderer and its handle, for a stream of `channels` at `rate`. Whoever owns the stream tells
    /// `health`.
    pub(super) fn new(
        lanes: &[OutputLane],
        rate: Rate,
        channels: usize,
        health: &Arc<StreamHealth>,
    ) -> (Self, RendererHandle) {
        let (order, orders) = RingBuffer::new(ORDERS);
        // A voice makes two events, and the controller reads them before it sends it more voices.
        let (event, events) = RingBuffer::new(2 * LANE_VOICES * lanes.len().max(1));
        let (mark, marks) = RingBuffer::new(MARKS);
        let mut mixer = Mixer::new(lanes.iter().map(|lane| (lane.channel, lane.gain_db)), rate);
        for (place, lane) in lanes.iter().enumerate() {
            if let Some(outlet) = &lane.sent {
                mixer.tell(place, outlet.open(rate));
            }
        }
        let renderer = Self {
            mixer,
            timeline: Timeline::new(rate),
            frame: 0,
            channels,
            rate,
            orders,
            events: event,
            marks: mark,
            health: Arc::clone(health),
            discontinuities_seen: 0,
        };
        (renderer, RendererHandle { rate, orders: order, events, marks, health: Arc::clone(health) })
    }

    /// Fill `out` `now`; its first frame is predicted to be heard at `heard`, where that is known
    /// afresh.
    ///
    /// A start that is past begins with `out` even before the timeline can be used: an alert does not
    /// wait for stamps to become steady.
    pub(super) fn fill(&mut self, out: &mut [f32], now: Now, heard: Option<Wall>) {
        let discontinuities = self.health.discontinuities.load(Ordering::Relaxed);
        if std::mem::replace(&mut self.discontinuities_seen, discontinuities) != discontinuities {
            self.timeline.disturb();
        }
        if let Some(heard) = heard {
            self.timeline.observe(self.frame, heard);
        }
        while let Ok(order) = self.orders.pop() {
            match order {
                // The controller keeps count, so a lane is never full; if it were, leaking the part
                // is better than freeing it here.
                RendererOrder::Add(lane, part) => {
                    if let Err(part) = self.mixer.add(lane, part) {
                        std::mem::forget(part);
                    }
                }
                RendererOrder::Cut(voice, at) => self.mixer.cut(voice, at),
            }
        }
        let timeline = self.timeline;
        let place = move |at: Wall| match timeline.frame_at(at) {
            Some(frame) if timeline.usable() => frame.round() as i64,
            _ if at <= now.wall => i64::MIN,
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
        self.mixer.told(self.frame, &self.timeline);
        // Lossy on purpose: the controller only wants the newest.
        let _ = self.marks.push((self.timeline, now.mono));
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

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::output::one_channel::OneChannel;
    use crate::output::{Feed, OpenReader, ProgrammeReader, SentOutlet};
    use crate::plan::Programme;
    use crate::station::{Channel, ZoneIx};

    struct Tone(usize);

    impl ProgrammeReader for Tone {
        fn fill(&mut self, out: &mut [f32]) -> usize {
            let count = out.len().min(self.0);
            out[..count].fill(0.25);
            self.0 -= count;
            count
        }
    }

    /// The real thing from the ring to the callback: 64 zones, starts, joins, cuts and ends.
    #[test]
    fn the_callback_neither_allocates_nor_frees() {
        const FRAMES: usize = 1_024;
        let lanes: Vec<_> = (0..64)
            .map(|zone| OutputLane {
                zone: ZoneIx(zone),
                channel: Channel::Both,
                gain_db: -20.0,
                delay: Duration::ZERO,
                sent: (zone == 0).then(SentOutlet::default),
            })
            .collect();
        let (mut renderer, mut handle) = Renderer::new(&lanes, Rate::STANDARD, 2, &Arc::default());
        let open: OpenReader = Arc::new(|_, _, rate, _| Ok(Box::new(Tone(rate.hz() as usize / 5))));
        let length = Duration::from_millis(200);
        let programme = Arc::new(Programme { length, ..Programme::default() });
        let mut feeds = Vec::new();
        let mut out = vec![0.0; FRAMES * 2];
        let (mut started, mut ended, mut loud) = (0, 0, false);
        // A feeder that is slow to say that it is done costs two seconds of silence.
        for block in 0..250_u64 {
            let now =
                Wall::from_secs(1_800_000_000) + Rate::STANDARD.length(crate::instant::Frames(block * FRAMES as u64));
            if block < 64 {
                let (ready, told) = std::sync::mpsc::channel();
                let tell = move |result: Result<(), _>| ready.send(result.is_ok()).unwrap();
                let (feed, source) = Feed::spawn(
                    Arc::clone(&open),
                    (ZoneIx(0), Arc::clone(&programme)),
                    Rate::STANDARD,
                    Duration::ZERO,
                    tell,
                    |_| (),
                )
                .unwrap();
                assert!(told.recv().unwrap());
                feeds.push(feed);
                let start = When::Wall(now + Duration::from_millis(50));
                let part = QueuedVoice {
                    voice: VoiceId(block),
                    sound: Box::new(OneChannel::new(source, Rate::STANDARD)),
                    start,
                    cut: None,
                    soft: false,
                    volume: crate::plan::Volume::default(),
                };
                assert!(handle.orders.push(RendererOrder::Add(block as usize, part)).is_ok());
                if block % 3 == 0 {
                    assert!(handle.orders.push(RendererOrder::Cut(VoiceId(block / 2), When::Now)).is_ok());
                }
            }
            let heard = Some(now + Duration::from_millis(40));
            let at = Now { wall: now, mono: Mono::from_origin(Duration::ZERO) };
            let used = allocation_counter::measure(|| renderer.fill(&mut out, at, heard));
            assert_eq!((used.count_total, used.count_current), (0, 0), "block {block}");
            loud |= out.iter().any(|sample| *sample != 0.0);
            while let Ok(event) = handle.events.pop() {
                match event {
                    VoiceEvent::Started(..) => started += 1,
                    VoiceEvent::Ended { .. } => ended += 1,
                }
            }
        }
        assert!(loud && started > 32 && ended == 64, "{started} started, {ended} ended");
    }
}
