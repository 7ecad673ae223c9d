use std::sync::Arc;
use std::sync::mpsc;
use std::thread::JoinHandle;

use super::OutputLane;
use super::card::Card;
use super::controller::Controller;
use super::feed::OpenReader;
use super::message::Message;
use crate::clock::Clock;
use crate::diag::text;
use crate::voice::{Notice, NoticeSink, Output, VoiceId, VoiceOrder};

/// An [`Output`] whose thread owns a card and its voices. Dropping it closes the card.
pub(super) struct Control {
    mailbox: mpsc::Sender<Message>,
    sink: NoticeSink,
    thread: Option<JoinHandle<()>>,
}

impl Control {
    pub(super) fn new(
        card: Arc<dyn Card>,
        lanes: Vec<OutputLane>,
        open: OpenReader,
        clock: Arc<dyn Clock>,
        sink: NoticeSink,
    ) -> Self {
        let (mailbox, mail) = mpsc::channel();
        let controller = Controller::new(card, lanes, open, clock, Arc::clone(&sink), mailbox.clone());
        let work = move || controller.run(&mail);
        // Without its thread the output answers every prepare with a failure, see `order`.
        let thread = std::thread::Builder::new().name("loa-output".to_owned()).spawn(work).ok();
        Self { mailbox, sink, thread }
    }
}

impl Output for Control {
    fn order(&mut self, voice: VoiceId, order: VoiceOrder) {
        if self.mailbox.send(Message::Order(voice, order)).is_err() {
            let why = text!(
                "đầu ra âm thanh đã ngừng chạy; hãy khởi động lại loa",
                "the sound output has stopped; restart loa",
            );
            (self.sink)(Notice::Failed(voice, why));
        }
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
