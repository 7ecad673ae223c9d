use std::sync::Arc;
use std::sync::mpsc;
use std::time::Duration;

use super::card::{Card, Lost, OpenedCard};
use super::message::Message;
use super::rate_watch::RateWatch;
use super::renderer::RendererHandle;
use super::stall_watch::StallWatch;
use super::{OutputLane, Timeline};
use crate::diag::{Text, system, text};
use crate::instant::Mono;

/// The wait before the second attempt at opening; it doubles with each further one.
const RETRY_FIRST: Duration = Duration::from_millis(500);
/// The longest wait between attempts: a card that comes back while an airing may still begin (5 s) is
/// found in time.
const RETRY_LAST: Duration = Duration::from_secs(2);
/// A card that went away sooner than this after it was opened is not opened again at once: a stream
/// that always dies would keep the machine busy.
const STEADY: Duration = Duration::from_secs(5);
/// An opening that takes longer is left to itself, and another one made.
const OPEN_LIMIT: Duration = Duration::from_secs(8);
/// Openings that may hang at the same time; after that one has to come back first.
const HUNG: u32 = 3;
/// How long closing may take before the thread that closes is left to itself.
const CLOSE_LIMIT: Duration = Duration::from_secs(2);

/// The way from the controller to its card: closed, being opened, open, or resting between two
/// attempts.
pub(super) struct Link {
    card: Arc<dyn Card>,
    lanes: Vec<OutputLane>,
    mailbox: mpsc::Sender<Message>,
    state: State,
    generation: u64,
    failures: u32,
    /// Openings that were left to themselves and have not answered.
    hung: u32,
    /// Why it is not open, while somebody wants it to be.
    why: Option<Text>,
    /// It has been opened afresh for its speed: if that is still wrong, a wrong pitch is better than silence.
    resigned: bool,
}

enum State {
    Closed,
    Opening { since: Mono },
    Resting { until: Mono },
    Open(Box<CardStream>),
}

/// An open card with what is known of its stream.
pub(super) struct CardStream {
    pub(super) renderer: RendererHandle,
    stream: Box<dyn Send>,
    /// The newest snapshot, and when it was taken.
    pub(super) mark: Option<(Timeline, Mono)>,
    /// Whether it takes samples as it should.
    pub(super) pace: StallWatch,
    /// Whether it plays as fast as it should; not judged for ever.
    pub(super) speed: Option<RateWatch>,
    opened: Mono,
    /// Since when no voice needs it.
    pub(super) idle: Option<Mono>,
}

impl CardStream {
    pub(super) fn timeline(&self) -> Option<&Timeline> {
        self.mark.as_ref().map(|(timeline, _)| timeline)
    }
}

impl Link {
    pub(super) fn new(card: Arc<dyn Card>, lanes: Vec<OutputLane>, mailbox: mpsc::Sender<Message>) -> Self {
        let state = State::Closed;
        Self { card, lanes, mailbox, state, generation: 0, failures: 0, hung: 0, why: None, resigned: false }
    }

    pub(super) fn line(&mut self) -> Option<&mut CardStream> {
        match &mut self.state {
            State::Open(line) => Some(line),
            _ => None,
        }
    }

    pub(super) fn timeline(&self) -> Option<&Timeline> {
        match &self.state {
            State::Open(line) => line.timeline(),
            _ => None,
        }
    }

    /// Whether a message about the opening numbered `generation` is about the present one.
    pub(super) fn is_current(&self, generation: u64) -> bool {
        self.generation == generation
    }

    /// Somebody needs the card: see to it that it gets opened.
    pub(super) fn want(&mut self, now: Mono) {
        let due = match self.state {
            State::Closed => true,
            State::Resting { until } => until <= now,
            State::Opening { since } if now.after(since) >= OPEN_LIMIT && self.hung < HUNG => {
                self.hung += 1;
                self.why = Some(no_answer());
                true
            }
            State::Opening { .. } | State::Open(_) => false,
        };
        if !due {
            return;
        }
        self.generation += 1;
        let generation = self.generation;
        let (card, lanes, mailbox) = (Arc::clone(&self.card), self.lanes.clone(), self.mailbox.clone());
        let told = self.mailbox.clone();
        let lost: Lost = Box::new(move |why| {
            // Nobody listens once the output is gone, and nobody needs to.
            let _ = told.send(Message::Lost(generation, why));
        });
        let work = move || {
            let opened = card.open(&lanes, lost);
            if let Err(mpsc::SendError(Message::Opened(_, Ok(opened)))) =
                mailbox.send(Message::Opened(generation, opened))
            {
                drop(opened.stream);
            }
        };
        match std::thread::Builder::new().name("loa-open".to_owned()).spawn(work) {
            Ok(_) => self.state = State::Opening { since: now },
            Err(error) => self.failed(
                text!(
                    error = system(&error);
                    "máy không tạo thêm được luồng để mở thiết bị âm thanh ({error}); hãy khởi động lại máy",
                    "the machine cannot start a thread to open the sound device ({error}); restart the machine",
                ),
                now,
            ),
        }
    }

    /// Nobody needs the card, and it is not open: forget past failures.
    pub(super) fn rest(&mut self) {
        if matches!(self.state, State::Resting { .. } | State::Closed) {
            self.state = State::Closed;
            self.failures = 0;
            self.why = None;
            self.resigned = false;
        }
    }

    /// An opening that was left to itself has come to its end.
    pub(super) fn answered(&mut self) {
        self.hung = self.hung.saturating_sub(1);
    }

    pub(super) fn opened(&mut self, opened: OpenedCard, now: Mono) {
        self.why = None;
        let OpenedCard { renderer, stream } = opened;
        let (pace, speed) =
            (StallWatch::new(renderer.rate, now), (!self.resigned).then(|| RateWatch::new(renderer.rate)));
        self.state =
            State::Open(Box::new(CardStream { renderer, stream, mark: None, pace, speed, opened: now, idle: None }));
    }

    pub(super) fn failed(&mut self, why: Text, now: Mono) {
        let wait = RETRY_FIRST.saturating_mul(1 << self.failures.min(8)).min(RETRY_LAST);
        self.failures = self.failures.saturating_add(1);
        self.why = Some(why);
        self.state = State::Resting { until: now + wait };
    }

    /// The stream is gone; the next attempt is made at once if it lived long enough.
    pub(super) fn lost(&mut self, why: Text, now: Mono) {
        let lived = self.line().is_some_and(|line| now.after(line.opened) >= STEADY);
        self.close();
        if lived {
            self.failures = 0;
            self.why = Some(why);
        } else {
            self.failed(why, now);
        }
    }

    /// Its speed is not judged any more, for as long as somebody needs the card.
    pub(super) fn resign(&mut self) {
        self.resigned = true;
    }

    /// Why the card is not open, where it is wanted and cannot be had.
    pub(super) fn down(&self) -> Option<Text> {
        self.why.clone()
    }

    /// Close the card, on a thread that may be left behind if it hangs.
    pub(super) fn close(&mut self) {
        // From now on, whatever the old stream still says is stale.
        self.generation += 1;
        let State::Open(line) = std::mem::replace(&mut self.state, State::Closed) else { return };
        discard(line.stream);
    }
}

fn no_answer() -> Text {
    text!(
        "thiết bị âm thanh không trả lời; hãy rút ra cắm lại hoặc khởi động lại máy",
        "the sound device does not answer; unplug and replug it, or restart the machine",
    )
}

/// Drop a stream where it cannot hold anybody up, and wait for it a little.
pub(super) fn discard(stream: Box<dyn Send>) {
    let (tell, told) = mpsc::channel::<()>();
    let work = move || {
        drop(stream);
        drop(tell);
    };
    // Where no thread can be had, the stream has been dropped with the closure: closed all the same.
    if std::thread::Builder::new().name("loa-close".to_owned()).spawn(work).is_ok() {
        let _ = told.recv_timeout(CLOSE_LIMIT);
    }
}
