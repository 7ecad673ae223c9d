use std::io;
use std::ops::Range;

use symphonia::core::audio::Channels;
use symphonia::core::codecs::audio::AudioCodecParameters;
use symphonia::core::codecs::audio::well_known::CODEC_ID_FLAC;

use super::head::{self, FrameHeader};
use super::step::{Coded, Demuxed};
use super::{Bytes, joined};
use crate::audio::{fault, limit};
use crate::plan::Fault;

/// How a FLAC begins (RFC 9639 §6).
const MARK: &[u8; 4] = b"fLaC";

/// Bytes of STREAMINFO (§8.2).
const INFORMATION: usize = 34;

/// The kind of a block that holds a picture.
const PICTURE: u8 = 6;

/// Metadata blocks looked at: a cover picture and some more.
const BLOCKS: u32 = 1_000;

/// Bytes that a frame needs beside its samples: the headers of its channels, and its checksum.
const BESIDE: u64 = 256;

/// Zeros behind the last frame that are no padding but a hole: a sector of a disk's.
const ZEROS: u64 = 4_096;

/// Places that look like a frame and are none, before the file is given up: what a header promises is read to its end
/// each time.
const TRIES: u32 = 256;

/// The frames of a FLAC, one after the other, and those of others that were joined behind it.
///
/// A frame ends where its own checksum is right and the next begins, so that what stands behind the last one costs
/// nothing of it. What is missing between two frames their numbers tell; what is missing at the end the header does.
pub(in crate::audio) struct Flac {
    bytes: Bytes,
    at: u64,
    part: Part,
    params: AudioCodecParameters,
    /// Frames that all files so far promise.
    claim: Option<u64>,
    tries: u32,
    /// It ends early, or in the middle of a frame, and cannot be held to what it says.
    doubtful: bool,
    /// Its last frame has no end.
    is_half: bool,
}

/// One of the files that are joined.
#[derive(Default)]
struct Part {
    /// Samples per channel; `None` where it is not written.
    total: Option<u64>,
    /// Frames of every block; `None` until the first where the header does not say.
    block: Option<u64>,
    rate: u32,
    /// Position of the first frame.
    base: Option<u64>,
    /// Samples per channel so far, with those told as missing, and bytes of frames.
    count: u64,
    size: u64,
}

/// Where a frame ends.
enum End {
    /// There, and with these bytes.
    Whole(Vec<u8>),
    /// Its checksum is wrong; the next one begins at this place.
    Damaged(u64),
    /// Nothing known follows: it may end at any place of these, the first and the last by which its checksum is right.
    Last(Option<Range<u64>>),
}

impl Flac {
    pub(in crate::audio) fn open(bytes: Bytes) -> Result<Self, Fault> {
        let at = bytes.range().start;
        let (part, params) = (Part::default(), AudioCodecParameters::new());
        let mut this = Self { bytes, at, part, params, claim: None, tries: 0, doubtful: false, is_half: false };
        this.begin()?;
        Ok(this)
    }

    /// Reads the header that begins here.
    fn begin(&mut self) -> Result<(), Fault> {
        let unreadable = |error: io::Error| fault::unreadable(&error);
        let front = self.bytes.take(self.at, 8 + INFORMATION).map_err(unreadable)?;
        if front.len() < 8 + INFORMATION {
            return Err(fault::truncated());
        }
        // The first block is STREAMINFO, and always as long.
        match (front[4].trailing_zeros() >= 7, front[5..8] == [0, 0, INFORMATION as u8]) {
            (true, _) => {}
            (false, true) => return Err(fault::damaged()),
            (false, false) => return Err(fault::not_audio()),
        }
        let mut information = front[8..].to_vec();
        let half = |at: usize| u64::from(u16::from_be_bytes([information[at], information[at + 1]]));
        let (least, most) = (half(0), half(2));
        let rate = u32::from_be_bytes([0, information[10], information[11], information[12]]) >> 4;
        let channels = u16::from(information[12] >> 1 & 7) + 1;
        let low = u32::from_be_bytes([information[14], information[15], information[16], information[17]]);
        let total = u64::from(information[13] & 0x0F) << 32 | u64::from(low);
        // Neither the number of samples nor their checksum is the decoder's affair; both are wrong in many files.
        information[13] &= 0xF0;
        information[14..].fill(0);
        self.part = Part {
            total: (total > 0).then_some(total),
            block: (least == most && least > 0).then_some(least),
            rate,
            ..Part::default()
        };
        self.claim = self.part.total.map(|total| total.saturating_add(self.claim.unwrap_or(0)));
        self.params = AudioCodecParameters::new();
        self.params
            .for_codec(CODEC_ID_FLAC)
            .with_sample_rate(rate)
            .with_channels(Channels::Discrete(channels))
            .with_extra_data(information.into());
        self.at += 4;
        for _ in 0..BLOCKS {
            let Some([kind, a, b, c]) = self.bytes.array::<4>(self.at).map_err(unreadable)? else { break };
            let written = u64::from(u32::from_be_bytes([0, a, b, c]));
            let is_picture = kind & 0x7F == PICTURE;
            let size = if is_picture { self.picture(written).map_err(unreadable)? } else { written };
            self.at += 4 + size;
            if kind & 0x80 != 0 {
                break;
            }
        }
        Ok(())
    }

    /// Bytes of the picture whose block begins here and is said to have so many. A block's length has three bytes: of a
    /// picture above 16 MiB some programs write the rest of it, but within it stands how long its parts are (§8.8).
    fn picture(&mut self, written: u64) -> io::Result<u64> {
        let mut at = self.at + 8;
        for beside in [0, 16] {
            let Some(length) = self.bytes.array(at)? else { return Ok(written) };
            at += 4 + u64::from(u32::from_be_bytes(length)) + beside;
        }
        let Some(length) = self.bytes.array(at)? else { return Ok(written) };
        let whole = at + 4 + u64::from(u32::from_be_bytes(length)) - (self.at + 4);
        Ok(if whole > written && whole % (1 << 24) == written { whole } else { written })
    }

    pub(in crate::audio) fn params(&self) -> AudioCodecParameters {
        self.params.clone()
    }

    /// Samples per channel that it promises.
    pub(in crate::audio) fn claim(&self) -> Option<u64> {
        self.claim
    }

    /// Whether it ends sooner than it says with a whole frame, or in the middle of one where it says nothing.
    pub(in crate::audio) fn is_doubtful(&self) -> bool {
        self.doubtful
    }

    pub(in crate::audio) fn next(&mut self) -> Result<Option<Demuxed>, Fault> {
        let unreadable = |error: io::Error| fault::unreadable(&error);
        loop {
            let end = self.bytes.range().end;
            if self.at >= end {
                return self.finish();
            }
            let front = self.bytes.take(self.at, head::MOST).map_err(unreadable)?;
            let Some(head) = head::read(&front) else {
                if front.starts_with(MARK) {
                    return self.join().map(Some);
                }
                if joined::begins(&mut self.bytes, self.at).map_err(unreadable)? {
                    return Err(fault::joined());
                }
                if self.resync()? {
                    continue;
                }
                return self.finish();
            };
            let block = *self.part.block.get_or_insert(head.frames);
            let position = if head.is_variable { head.number } else { head.number.saturating_mul(block) };
            let base = *self.part.base.get_or_insert(position);
            let expected = base.wrapping_add(self.part.count);
            if position < expected {
                // Frames of another file without its header: their numbers begin anew.
                self.part.base = Some(position.wrapping_sub(self.part.count));
            } else if position > expected && position - expected < limit::LOST_FRAMES {
                return Ok(Some(self.lose(position - expected)));
            }
            match self.end(&head).map_err(unreadable)? {
                End::Whole(frame) => {
                    self.at += frame.len() as u64;
                    return Ok(Some(self.packet(frame, &head)));
                }
                End::Damaged(next) => {
                    self.at = next;
                    return Ok(Some(self.lose(head.frames)));
                }
                End::Last(Some(ends)) => {
                    // A decoder stops where the frame does, wherever its checksum is right by chance.
                    let size = usize::try_from(ends.end - self.at).unwrap_or(0);
                    let frame = self.bytes.take(self.at, size).map_err(unreadable)?;
                    self.at = ends.start;
                    return Ok(Some(self.packet(frame, &head)));
                }
                End::Last(None) => {
                    if !self.resync()? {
                        return self.half(&head).map(Some);
                    }
                }
            }
        }
    }

    fn packet(&mut self, frame: Vec<u8>, head: &FrameHeader) -> Demuxed {
        self.part.count += head.frames;
        self.part.size += frame.len() as u64;
        Demuxed::Packet(Coded::new(frame, head.frames))
    }

    fn lose(&mut self, frames: u64) -> Demuxed {
        self.part.count += frames;
        Demuxed::Lost(frames)
    }

    /// The last frame, without its end: what is there may be all but its checksum, or a beginning of it, which a decoder
    /// refuses.
    fn half(&mut self, head: &FrameHeader) -> Result<Demuxed, Fault> {
        let unreadable = |error: io::Error| fault::unreadable(&error);
        let end = self.bytes.range().end;
        let from = std::mem::replace(&mut self.at, end);
        let most = BESIDE + head.frames * head.channels * 5;
        let rest = self.bytes.take(from, most as usize).map_err(unreadable)?;
        let sound = rest.iter().rposition(|byte| *byte != 0).map_or(0, |last| last as u64 + 1);
        let zeros =
            self.bytes.find(from + sound, end, |byte| byte != 0).map_err(unreadable)?.unwrap_or(end) - from - sound;
        if self.part.total.is_none() && zeros >= ZEROS && self.part.size > 0 {
            // What a card that was pulled out leaves.
            let frames = zeros * self.part.count / self.part.size;
            return Ok(self.lose(frames));
        }
        self.is_half = true;
        self.doubtful |= self.part.total.is_none();
        Ok(self.packet(rest, head))
    }

    /// Another file begins here: first what the one before still lacks, then its own stream.
    fn join(&mut self) -> Result<Demuxed, Fault> {
        let missing = self.missing();
        if missing > 0 {
            return Ok(self.lose(missing));
        }
        self.begin()?;
        Ok(Demuxed::Stream(Box::new(self.params())))
    }

    /// Where the frame ends whose header is at this place.
    fn end(&mut self, head: &FrameHeader) -> io::Result<End> {
        let (start, end) = (self.at, self.bytes.range().end);
        // No channel takes more than five bytes a sample, whatever its coding.
        let most = (BESIDE + head.frames * head.channels * 5).min(end - start);
        let mut frame: Vec<u8> = Vec::new();
        let (mut sum, mut at, mut ends) = (0_u16, 0_usize, None::<Range<u64>>);
        loop {
            let want = (frame.len() as u64 * 2).max(8_192).min(most + head::MOST as u64);
            let more = self.bytes.take(start + frame.len() as u64, want as usize - frame.len())?;
            let is_all = frame.len() + more.len() < want as usize || want >= most + head::MOST as u64;
            frame.extend(more);
            let until = if is_all { frame.len().min(most as usize) } else { frame.len() - head::MOST };
            while at < until {
                if at > head.length + 2 {
                    let rest = &frame[at..];
                    // Of a frame with its checksum behind it the sum is zero.
                    if sum == 0 && (rest.starts_with(MARK) || head::read(rest).is_some()) {
                        frame.truncate(at);
                        return Ok(End::Whole(frame));
                    }
                    if sum == 0 {
                        let here = start + at as u64;
                        ends = Some(ends.map_or(here, |ends| ends.start)..here);
                    } else if rest[0] == 0xFF && head::read(rest).is_some_and(|next| head.is_before(&next)) {
                        return Ok(End::Damaged(start + at as u64));
                    }
                }
                sum = head::sum(sum, frame[at]);
                at += 1;
            }
            if is_all {
                if sum == 0 && start + at as u64 == end {
                    frame.truncate(at);
                    return Ok(End::Whole(frame));
                }
                return Ok(End::Last(ends));
            }
        }
    }

    /// Goes to the next frame that is whole; false where none follows.
    fn resync(&mut self) -> Result<bool, Fault> {
        let unreadable = |error: io::Error| fault::unreadable(&error);
        let (from, end) = (self.at, self.bytes.range().end);
        let mut at = from + 1;
        while let Some(place) = self.bytes.find(at, end, |byte| byte == 0xFF || byte == MARK[0]).map_err(unreadable)? {
            let front = self.bytes.take(place, head::MOST).map_err(unreadable)?;
            if front.starts_with(MARK) && front.get(4).is_some_and(|kind| kind.trailing_zeros() >= 7) {
                self.at = place;
                return Ok(true);
            }
            if let Some(head) = head::read(&front) {
                self.tries += 1;
                if self.tries > TRIES {
                    return Err(fault::damaged());
                }
                self.at = place;
                let found = self.end(&head).map_err(unreadable)?;
                if matches!(found, End::Whole(_)) || matches!(found, End::Last(Some(_)) if head.number > 0) {
                    return Ok(true);
                }
                self.at = from;
            }
            at = place + 1;
        }
        Ok(false)
    }

    /// Samples per channel that the present file promises and has not given; less than is heard counts for none.
    fn missing(&self) -> u64 {
        let missing = self.part.total.map_or(0, |total| total.saturating_sub(self.part.count));
        if self.seconds(missing) > limit::SHORTFALL.as_secs_f64() { missing } else { 0 }
    }

    fn seconds(&self, frames: u64) -> f64 {
        frames as f64 / f64::from(self.part.rate.max(1))
    }

    /// No frame follows from this place on.
    fn finish(&mut self) -> Result<Option<Demuxed>, Fault> {
        let unreadable = |error: io::Error| fault::unreadable(&error);
        let end = self.bytes.range().end;
        let from = std::mem::replace(&mut self.at, end);
        let (missing, count) = (self.missing(), self.part.count);
        let base = self.part.base.unwrap_or(0);
        if missing > 0 && self.seconds(base.abs_diff(missing)) <= limit::SHORTFALL.as_secs_f64() {
            // What is missing is what its first frame's number says.
            return Err(fault::holed(self.seconds(base), 0.0, 1));
        }
        if missing > 0 && (from < end || self.is_half || count == 0) {
            return Err(fault::cut_off(self.seconds(missing), Some(self.seconds(count))));
        }
        if from < end && self.part.total.is_none() {
            let zeros = self.bytes.find(from, end, |byte| byte != 0).map_err(unreadable)?.unwrap_or(end) - from;
            if zeros >= ZEROS && self.part.size > 0 {
                return Ok(Some(self.lose(zeros * count / self.part.size)));
            }
            // The beginning of a header.
            let front = self.bytes.take(from, head::MOST).map_err(unreadable)?;
            self.doubtful |= front.len() < head::MOST && matches!(front[..], [0xFF, 0xF8 | 0xF9, ..]);
        }
        self.doubtful |= missing > 0;
        Ok(None)
    }
}
