use std::sync::Arc;
use std::sync::mpsc::SyncSender;

/// A part of a relay's sound that was sent to the horns: each sample once, however many zones play it.
#[derive(Debug)]
pub struct SentPart {
    /// The relay's id.
    pub relay: Arc<str>,
    /// The number of its first sample. Where it is not that behind the part before, what was between was not sent.
    pub from: u64,
    /// Samples as they came.
    pub samples: Vec<i16>,
}

/// Whom the parts of one relay go to.
#[derive(Debug)]
pub(super) struct SentSink {
    relay: Arc<str>,
    to: SyncSender<SentPart>,
}

impl SentSink {
    pub(super) const fn new(relay: Arc<str>, to: SyncSender<SentPart>) -> Self {
        Self { relay, to }
    }

    /// Hand a part over. The sound waits for nobody: where there is no room it is not kept, and the next part's number shows that.
    pub(super) fn hand(&self, from: u64, samples: Vec<i16>) {
        let _ = self.to.try_send(SentPart { relay: Arc::clone(&self.relay), from, samples });
    }
}
