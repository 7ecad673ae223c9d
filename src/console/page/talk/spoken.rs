use std::io::{self, BufRead as _, BufReader, Read};
use std::os::unix::net::UnixStream;

use axum::body::Bytes;
use tokio::sync::mpsc;
use tokio::sync::mpsc::error::TrySendError;

use crate::clock::Clock;
use crate::daemon::protocol::TalkNews;
use crate::diag::{Text, system, text};
use crate::relay::SpokenVoice;

/// TalkPieces that wait to be decoded: a browser sends one each 60 ms, and some at once where its line had stood still.
const WAITING_MOST: usize = 128;
/// What is told to one who speaks, and not taken yet.
const NEWS_MOST: usize = 16;

/// Somebody who speaks over the page: what his browser records goes in, what he is told comes out. Decoded here, on a thread of
/// its own: the sound gets samples.
pub(super) struct PageVoice {
    pieces: Option<mpsc::Sender<Bytes>>,
    voice: SpokenVoice,
    /// What he is told; nothing more comes once it is over.
    pub(super) news: mpsc::Receiver<TalkNews>,
}

impl PageVoice {
    /// Begins, over the connection on which his order was taken.
    pub(super) fn begin(
        answers: BufReader<UnixStream>,
        kind: String,
        clock: std::sync::Arc<dyn Clock>,
    ) -> io::Result<Self> {
        let voice = SpokenVoice::begin(answers.get_ref().try_clone()?, clock)?;
        let (pieces, waiting) = mpsc::channel(WAITING_MOST);
        let (tell, news) = mpsc::channel(NEWS_MOST);
        std::thread::Builder::new().name("news".to_owned()).spawn(move || hear(answers, &tell))?;
        let own = voice.clone();
        std::thread::Builder::new().name("voice".to_owned()).spawn(move || {
            match own.recorded(TalkPieces { waiting, rest: Bytes::new() }, &kind) {
                Err(why) if !own.is_over() => own.fail(why),
                _ => own.end(),
            }
        })?;
        Ok(Self { pieces: Some(pieces), voice, news })
    }

    /// A piece of what his browser records.
    pub(super) fn push(&mut self, piece: Bytes) {
        let Some(pieces) = &self.pieces else { return };
        match pieces.try_send(piece) {
            Ok(()) => {}
            Err(TrySendError::Full(_)) => {
                self.fail(text!("gửi nhanh hơn tiếng thật", "it comes faster than anybody speaks"));
            }
            // It could not be decoded, and he is told why.
            Err(TrySendError::Closed(_)) => self.pieces = None,
        }
    }

    /// He holds the button: something comes of him all the time.
    pub(super) const fn is_held(&self) -> bool {
        self.pieces.is_some()
    }

    /// He has let go of the button.
    pub(super) fn release(&mut self) {
        self.pieces = None;
    }

    /// He is ended, for this reason.
    pub(super) fn fail(&mut self, why: Text) {
        self.voice.fail(why);
        self.pieces = None;
    }
}

impl Drop for PageVoice {
    fn drop(&mut self) {
        if self.pieces.take().is_some() {
            self.voice.fail(text!("trang đã đóng", "the page was closed"));
        }
    }
}

/// What the daemon tells, to the last.
fn hear(answers: BufReader<UnixStream>, tell: &mpsc::Sender<TalkNews>) {
    for line in answers.lines() {
        let Ok(line) = line else { return };
        let Ok(news) = serde_json::from_str::<TalkNews>(&line) else { continue };
        let is_last = matches!(news, TalkNews::Over { .. });
        if tell.blocking_send(news).is_err() || is_last {
            return;
        }
    }
}

/// TalkPieces as one stream; its end is the end of the last.
struct TalkPieces {
    waiting: mpsc::Receiver<Bytes>,
    rest: Bytes,
}

impl Read for TalkPieces {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while self.rest.is_empty() {
            match self.waiting.blocking_recv() {
                Some(piece) => self.rest = piece,
                None => return Ok(0),
            }
        }
        let count = out.len().min(self.rest.len());
        out[..count].copy_from_slice(&self.rest.split_to(count));
        Ok(count)
    }
}

/// What became of the way to the daemon.
pub(super) fn broken(error: &io::Error) -> Text {
    let Text { vi, en } = system(error);
    text!("không nối được tới đài: {vi}", "the station cannot be reached: {en}")
}
