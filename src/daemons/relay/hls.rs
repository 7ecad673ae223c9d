use std::io::{self, Read};
use std::time::Duration;

use super::address::joined;
use super::decode::decode;
use super::http::{RelayWeb, by_command, recording};
use super::listener::{RelayListener, gone};
use super::segments::{ListKind, Segments, read};
use super::ts::{TsExtractor, TsSound};
use crate::diag::{Text, text};
use crate::incoming::wire::WireFrame;

/// A playlist, and a segment: half a minute at a megabit, and more than any radio sends.
const LIST_MOST: u64 = 1 << 20;
const SEGMENT_MOST: u64 = 16 << 20;
/// A playlist that names another one, and no further.
const VARIANTS: usize = 2;
/// So many target lengths without a new segment, and it stands still.
const STILL: u32 = 4;

/// Play a live playlist until it ends, stands still or becomes another stream.
pub(super) fn play(address: &str, web: RelayWeb, listener: &RelayListener) -> Result<(), Text> {
    let mut base = address.to_owned();
    for _ in 0..VARIANTS {
        match read(&web.whole(&base, LIST_MOST)?)? {
            ListKind::Variant(named) => base = joined(&base, &named).ok_or_else(bad_address)?,
            // One that is over before anybody listens would be played anew and anew.
            ListKind::Media(segments) if segments.is_ended => return Err(recording()),
            ListKind::Media(segments) => {
                listener.say(&WireFrame::Hold(segments.hold_ms()));
                let next = segments.begin();
                let mut body = Body {
                    web,
                    base,
                    segments,
                    next,
                    listener: listener.clone(),
                    ts: None,
                    map: None,
                    ready: Vec::new(),
                    at: 0,
                    is_first: true,
                    failed: None,
                };
                // What it is shows in its first segment.
                let kind = body.begin()?;
                let failed = std::sync::Arc::new(std::sync::Mutex::new(None));
                body.failed = Some(std::sync::Arc::clone(&failed));
                let ended = decode(body, kind, listener);
                let why = failed.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take();
                return match why {
                    Some(why) => Err(why),
                    None => ended,
                };
            }
        }
    }
    Err(bad_address())
}

fn bad_address() -> Text {
    text!("danh sách HLS chỉ tới chỗ không đọc được", "the HLS playlist leads nowhere")
}

/// The sound of one segment after the other, as one stream.
struct Body {
    web: RelayWeb,
    base: String,
    segments: Segments,
    next: u64,
    listener: RelayListener,
    ts: Option<TsExtractor>,
    map: Option<String>,
    ready: Vec<u8>,
    at: usize,
    is_first: bool,
    failed: Option<std::sync::Arc<std::sync::Mutex<Option<Text>>>>,
}

impl Body {
    /// Fetch the first segment: what the sound is, by the ending that a file of it would have.
    fn begin(&mut self) -> Result<&'static str, Text> {
        let bytes = self.segment()?.ok_or_else(|| text!("danh sách HLS trống", "the HLS playlist is empty"))?;
        let is_ts = bytes.first() == Some(&0x47) && bytes.get(188).is_none_or(|byte| *byte == 0x47);
        if is_ts {
            self.ts = Some(TsExtractor::default());
        }
        self.take(&bytes)?;
        if let Some(ts) = &self.ts {
            return match ts.sound() {
                Some(TsSound::Mpeg) => Ok("mp3"),
                Some(TsSound::Adts) => Ok("aac"),
                Some(TsSound::Latm) => {
                    let Text { vi, en } = by_command();
                    Err(text!("tiếng AAC/LATM loa chưa đọc được; {vi}", "AAC in LATM is not read; {en}"))
                }
                None => Err(text!("HLS này không có tiếng loa đọc được", "this HLS has no sound that loa reads")),
            };
        }
        let is_mp4 = self.map.is_some() || self.ready.get(4..8).is_some_and(|kind| kind == b"ftyp" || kind == b"styp");
        Ok(if is_mp4 { "mp4" } else { "aac" })
    }

    /// What is heard of a segment.
    fn take(&mut self, bytes: &[u8]) -> Result<(), Text> {
        self.ready.drain(..self.at);
        self.at = 0;
        match &mut self.ts {
            Some(ts) => ts.push(bytes, &mut self.ready),
            // A packed segment begins with a time stamp in an ID3 tag.
            None => self.ready.extend_from_slice(behind_tag(bytes)),
        }
        if self.ready.len() as u64 > 2 * SEGMENT_MOST { Err(bad_address()) } else { Ok(()) }
    }

    /// The next segment, with what goes before it; none where the stream ends, or becomes another.
    fn segment(&mut self) -> Result<Option<Vec<u8>>, Text> {
        let mut waited = Duration::ZERO;
        let length = Duration::from_secs(self.segments.seconds);
        loop {
            if self.listener.is_over() {
                return Err(gone());
            }
            if let Some((number, segment)) = self.segments.at(self.next) {
                let (segment, is_first) = (segment.clone(), std::mem::replace(&mut self.is_first, false));
                // A segment that was missed, or another stream: the decoder begins anew.
                let is_another = number != self.next || segment.breaks || segment.map != self.map;
                if !is_first && is_another {
                    return Ok(None);
                }
                let mut bytes = Vec::new();
                if let Some(map) = segment.map.as_ref().filter(|_| is_first) {
                    let address = joined(&self.base, map).ok_or_else(bad_address)?;
                    bytes = self.web.whole(&address, SEGMENT_MOST)?;
                }
                self.map = segment.map;
                let address = joined(&self.base, &segment.uri).ok_or_else(bad_address)?;
                bytes.extend(self.web.whole(&address, SEGMENT_MOST)?);
                self.next = number + 1;
                return Ok(Some(bytes));
            }
            if self.segments.is_ended {
                return Ok(None);
            }
            if waited > length * STILL {
                return Err(text!("HLS đứng yên, không có đoạn mới", "the HLS stands still: no new segment comes"));
            }
            let pause = (length / 2).clamp(Duration::from_millis(500), Duration::from_secs(5));
            self.listener.wait(pause);
            waited += pause;
            match read(&self.web.whole(&self.base, LIST_MOST)?)? {
                ListKind::Media(segments) => {
                    // A server that was started anew counts from the beginning.
                    if segments.first + (segments.all.len() as u64) < self.next {
                        return Ok(None);
                    }
                    self.segments = segments;
                }
                ListKind::Variant(_) => return Err(bad_address()),
            }
        }
    }
}

impl Read for Body {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while self.at == self.ready.len() {
            let next = self.segment().and_then(|bytes| bytes.map(|bytes| self.take(&bytes)).transpose());
            match next {
                Ok(Some(())) => {}
                Ok(None) => return Ok(0),
                Err(why) => {
                    if let Some(failed) = &self.failed {
                        *failed.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(why);
                    }
                    return Ok(0);
                }
            }
        }
        let count = (self.ready.len() - self.at).min(out.len());
        out[..count].copy_from_slice(&self.ready[self.at..self.at + count]);
        self.at += count;
        Ok(count)
    }
}

/// Behind an ID3v2 tag, where there is one.
fn behind_tag(bytes: &[u8]) -> &[u8] {
    let [b'I', b'D', b'3', _, _, _, a, b, c, d, ..] = *bytes else { return bytes };
    let length = [a, b, c, d].iter().fold(0, |length, byte| length << 7 | usize::from(byte & 0x7f));
    bytes.get(10 + length..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead as _, BufReader, Write as _};
    use std::sync::Arc;

    use super::*;
    use crate::authority::Authorities;
    use crate::machine::MachineClock;

    #[test]
    fn one_that_has_ended_is_a_recording_and_none_of_it_is_fetched() {
        let server = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}/list.m3u8", server.local_addr().unwrap());
        std::thread::spawn(move || {
            let body = "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\na.aac\n#EXT-X-ENDLIST\n";
            for mut stream in server.incoming().flatten() {
                let mut lines = BufReader::new(stream.try_clone().unwrap()).lines().map_while(Result::ok);
                lines.find(String::is_empty);
                let length = body.len();
                let _ =
                    write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}");
            }
        });
        let listener = RelayListener::nobody(Arc::new(MachineClock));
        let why = play(&address, RelayWeb::new(false, Authorities::WebPki, String::new()), &listener).unwrap_err();
        assert_eq!(why, recording());
    }
}
