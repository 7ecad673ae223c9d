use std::time::Duration;

use crate::instant::Mono;

/// Rows of one message: what a server stores a hundred thousand of in a second.
pub const ROWS_MOST: u64 = 100;
/// Bytes of one message: two seconds on a slow link, so that an alarm does not wait behind it for longer.
pub const BYTES_MOST: usize = 64 * 1024;
/// Without an acknowledgement for so long a message is sent again: 64 KiB at 8 kB/s, eight times over.
const ACK_MOST: Duration = Duration::from_mins(1);
/// The first pause after a failure, and the longest.
const PAUSE_LEAST: Duration = Duration::from_millis(200);
const PAUSE_MOST: Duration = Duration::from_mins(1);
/// The watermark is asked for at least so often.
const ASK_EVERY: Duration = Duration::from_mins(5);
/// A watermark that stands still for so long, while rows were sent that lie above it: they were lost on the way.
const STILL_MOST: Duration = Duration::from_mins(10);

/// Rows that go out in one message.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Shipment {
    /// The first.
    pub first: u64,
    /// The last.
    pub last: u64,
    /// How often the rows had to be sent from the watermark on anew.
    pub generation: u64,
}

impl Shipment {
    /// What a server knows it by, so that one that is sent twice within minutes is stored once. It has the generation in it:
    /// a server that has acknowledged a message and then lost it would take the same name for a repetition, and never
    /// store it.
    pub fn name(&self, station: &str, epoch: &str) -> String {
        let Self { first, last, generation } = self;
        format!("{station}.{epoch}.{first}.{last}.{generation}")
    }
}

/// What is to be done now.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum UplinkStep {
    /// Send these rows.
    Send(Shipment),
    /// Ask for the watermark.
    Ask,
    /// Nothing before this instant, unless something happens.
    Wait(Mono),
    /// Nothing until something happens.
    Rest,
}

/// The box's side: what was sent, and what has arrived for good.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Uplink {
    /// Every row up to this one lies in the collector's database.
    watermark: u64,
    /// Every row up to this one was acknowledged by somebody on the way.
    sent: u64,
    generation: u64,
    connected: bool,
    flight: Option<(Shipment, Mono)>,
    failures: u32,
    not_before: Option<Mono>,
    /// When the watermark was asked for last since the link is up.
    asked: Option<Mono>,
    /// It was asked for and has not come.
    awaited: bool,
    /// When the watermark last moved, or nothing lay above it.
    moved: Option<Mono>,
}

impl Uplink {
    /// Where the collector is known to be, from an earlier life; 0 where nothing is known.
    pub fn new(watermark: u64) -> Self {
        Self { watermark, sent: watermark, ..Self::default() }
    }

    /// The link is up. What was on its way when it went is not known to have arrived.
    pub fn connected(&mut self) {
        let Self { watermark, generation, moved, .. } = *self;
        *self = Self { watermark, sent: watermark, generation, moved, connected: true, ..Self::default() };
    }

    /// The link is down.
    pub fn lost(&mut self) {
        self.connected = false;
        self.flight = None;
    }

    /// The message was acknowledged: it was taken by somebody on the way, which is not for good.
    pub fn acknowledged(&mut self, shipment: Shipment) {
        if self.flight.is_some_and(|(flying, _)| flying == shipment) {
            self.flight = None;
            self.failures = 0;
            self.sent = self.sent.max(shipment.last);
            // So that the journal's end is known soon.
            self.asked = None;
        }
    }

    /// It was refused, or nobody answered. `chance` lies between 0 and 1, and keeps three thousand boxes from trying again
    /// together.
    pub fn failed(&mut self, now: Mono, chance: f64) {
        self.flight = None;
        let pause = PAUSE_LEAST.saturating_mul(1 << self.failures.min(9)).min(PAUSE_MOST);
        self.failures = self.failures.saturating_add(1);
        self.not_before = Some(now + pause.mul_f64(0.5 + 0.5 * chance.clamp(0.0, 1.0)));
    }

    /// The collector has every row up to this one. An older word of its says nothing.
    pub fn watermark(&mut self, row: u64, now: Mono) {
        self.awaited = false;
        if row > self.watermark {
            self.watermark = row;
            self.sent = self.sent.max(row);
            self.moved = Some(now);
        }
    }

    /// Rows up to this one need not be kept for the collector any more.
    pub const fn done(&self) -> u64 {
        self.watermark
    }

    /// What to do, where the journal has so many rows; `size` gives the bytes of one.
    pub fn next(&mut self, rows: u64, now: Mono, mut size: impl FnMut(u64) -> usize) -> UplinkStep {
        if !self.connected {
            return UplinkStep::Rest;
        }
        if rows <= self.watermark || self.sent <= self.watermark {
            self.moved = Some(now);
        }
        if let Some((_, at)) = self.flight {
            return if now.after(at) < ACK_MOST { UplinkStep::Wait(at + ACK_MOST) } else { self.unanswered(now) };
        }
        if let Some(until) = self.not_before.filter(|until| *until > now) {
            return UplinkStep::Wait(until);
        }
        self.not_before = None;
        let since = *self.moved.get_or_insert(now);
        if self.sent > self.watermark && now.after(since) >= STILL_MOST {
            self.sent = self.watermark;
            self.generation += 1;
            self.moved = Some(now);
        }
        if self.asked.is_none_or(|asked| now.after(asked) >= ASK_EVERY) {
            self.asked = Some(now);
            self.awaited = true;
            return UplinkStep::Ask;
        }
        if self.sent < rows {
            let shipment = self.shipment(rows, &mut size);
            self.flight = Some((shipment, now));
            return UplinkStep::Send(shipment);
        }
        let ask = self.asked.unwrap_or(now) + ASK_EVERY;
        UplinkStep::Wait(if self.sent > self.watermark { ask.min(since + STILL_MOST) } else { ask })
    }

    fn unanswered(&mut self, now: Mono) -> UplinkStep {
        self.failed(now, 1.0);
        UplinkStep::Wait(self.not_before.unwrap_or(now))
    }

    fn shipment(&self, rows: u64, size: &mut impl FnMut(u64) -> usize) -> Shipment {
        let first = self.sent + 1;
        let (mut last, mut bytes) = (first, size(first));
        while last < rows && last - first + 1 < ROWS_MOST {
            bytes = bytes.saturating_add(size(last + 1));
            if bytes > BYTES_MOST {
                break;
            }
            last += 1;
        }
        Shipment { first, last, generation: self.generation }
    }
}
