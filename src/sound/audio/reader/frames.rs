use std::io;

use symphonia::core::audio::Channels;
use symphonia::core::codecs::audio::AudioCodecParameters;
use symphonia::core::codecs::audio::well_known::{CODEC_ID_AAC, CODEC_ID_MP2, CODEC_ID_MP3};

use super::header::Header;
use super::mpeg::{self, Info};
use super::run::{header, is_run};
use super::step::{Coded, Demuxed};
use super::{Bytes, adts, joined, tag};
use crate::audio::cut::EditList;
use crate::audio::{fault, limit};
use crate::diag::text;
use crate::plan::Fault;

/// Bytes at the start in which the first frame is looked for, once the tags are off.
const SEARCHED: u64 = 64 * 1024;

/// Bytes of the longest header.
const HEADER: usize = 7;

/// Zeros behind the last frame that are no padding of an encoder's but a hole: a sector of a disk's.
const ZEROS: u64 = 4_096;

/// Frames of silence that an AAC-LC encoder puts before the sound: one frame, the overlap of its transform.
const AAC_PRIMING: u64 = 1_024;

/// Delay of an MP3 without a LAME note: 529 frames of every decoder and 576 of the LAME family's encoders. Others
/// put at least as much before the sound, so nothing that was said is lost.
const MP3_DECODER: u64 = 529;
const MP3_ENCODER: u64 = 576;

/// Delay of Layer II: the filter bank of the encoder and of the decoder.
const MP2_DELAY: u64 = 481;

/// Frames of MP3, Layer II or AAC that stand one behind the other without a container.
///
/// Where the next frame should begin and does not, it looks for one further on, and tells how much sound is
/// missing between.
pub(in crate::audio) struct FrameReader {
    bytes: Bytes,
    at: u64,
    /// Where the first frame was found.
    first: u64,
    shape: Header,
    info: Option<Info>,
    /// Frames read, and their bytes: what a hole is measured with.
    count: u64,
    total: u64,
    /// Where the last frame ended.
    last: u64,
    /// Packets that are missing.
    lost: u64,
    /// A last frame is there by half.
    cut: bool,
}

impl FrameReader {
    /// Finds the first frame; `None` where there is none, and it is something else.
    pub(in crate::audio) fn open(bytes: Bytes) -> Result<Result<Self, Bytes>, Fault> {
        Self::find(bytes).map_err(|error| fault::unreadable(&error))?.map_or_else(
            |bytes| Ok(Err(bytes)),
            |mut this| {
                this.check()?;
                this.begin().map_err(|error| fault::unreadable(&error))?;
                Ok(Ok(this))
            },
        )
    }

    fn find(mut bytes: Bytes) -> io::Result<Result<Self, Bytes>> {
        let range = bytes.range();
        let sound = bytes.find(range.start, range.end, |byte| byte != 0)?.unwrap_or(range.end);
        let until = sound.saturating_add(SEARCHED);
        let mut at = sound;
        while let Some(place) = bytes.find(at, until, |byte| byte == 0xFF)? {
            if let Some(shape) = header(&mut bytes, place)? {
                let is_free = shape.size == 0 && place == range.start;
                if is_free || is_run(&mut bytes, place, shape)? {
                    // A hole at the very beginning is told like any other.
                    let is_hole = sound - range.start >= ZEROS && place - sound <= ZEROS;
                    let begin = if is_hole { range.start } else { place };
                    let found = Self {
                        bytes,
                        at: begin,
                        first: place,
                        shape,
                        info: None,
                        count: 0,
                        total: 0,
                        last: place,
                        lost: 0,
                        cut: false,
                    };
                    return Ok(Ok(found));
                }
            }
            at = place + 1;
        }
        Ok(Err(bytes))
    }

    /// What cannot be played is named before the first packet.
    fn check(&mut self) -> Result<(), Fault> {
        let name = if self.shape.codec == CODEC_ID_AAC { "AAC" } else { "MP3" };
        if self.shape.size == 0 {
            return Err(fault::unsupported(&text!("MP3 kiểu free-format", "free-format MP3")));
        }
        if self.shape.codec == CODEC_ID_MP2 && mpeg::is_odd_layer_two(&self.shape) {
            let what = text!(
                "MPEG Layer II (MP2) với tốc độ bit không đúng chuẩn",
                "MPEG Layer II (MP2) at a bit rate that the standard does not allow"
            );
            return Err(fault::unsupported(&what));
        }
        if self.shape.codec == CODEC_ID_AAC {
            let head = self.bytes.array::<7>(self.first).map_err(|error| fault::unreadable(&error))?;
            if !head.is_some_and(adts::is_plain) {
                return Err(fault::unsupported(&text!("AAC không phải AAC-LC", "AAC that is not AAC-LC")));
            }
            if self.shape.channels > 2 {
                return Err(fault::channels(name, usize::from(self.shape.channels)));
            }
        }
        Ok(())
    }

    fn begin(&mut self) -> io::Result<()> {
        if self.shape.codec == CODEC_ID_MP3 {
            let frame = self.bytes.take(self.first, self.shape.size as usize)?;
            self.info = mpeg::info(&frame);
            if self.info.is_some() && self.at == self.first {
                self.at += u64::from(self.shape.size);
                // The note may be of another shape than the sound.
                if let Some(shape) = header(&mut self.bytes, self.at)?.filter(|shape| shape.size > 0) {
                    self.shape = shape;
                }
            }
        }
        Ok(())
    }

    pub(in crate::audio) fn params(&self) -> AudioCodecParameters {
        let mut params = AudioCodecParameters::new();
        params
            .for_codec(self.shape.codec)
            .with_sample_rate(self.shape.rate)
            .with_channels(Channels::Discrete(self.shape.channels));
        params
    }

    /// Samples that the file promises.
    pub(in crate::audio) fn claim(&self) -> Option<u64> {
        Some(self.info?.count? * self.shape.frames)
    }

    /// What of it is sound. The end is trimmed packet by packet.
    pub(in crate::audio) fn edit(&self) -> EditList {
        let delay = self.info.and_then(|info| info.gaps).map_or(MP3_ENCODER, |(before, _)| before);
        EditList::from(match self.shape.codec {
            CODEC_ID_AAC => AAC_PRIMING,
            CODEC_ID_MP3 => MP3_DECODER + delay,
            CODEC_ID_MP2 => MP2_DELAY,
            _ => 0,
        })
    }

    /// File name endings that fit.
    pub(in crate::audio) fn endings(&self) -> &'static [&'static str] {
        match self.shape.codec {
            CODEC_ID_AAC => &["aac"],
            CODEC_ID_MP3 => &["mp3"],
            CODEC_ID_MP2 => &["mp2"],
            _ => &["mp1"],
        }
    }

    /// Whether the file ends in the middle of a frame and nothing says how many there should be.
    pub(in crate::audio) fn is_cut(&self) -> bool {
        self.cut
    }

    pub(in crate::audio) fn next(&mut self) -> Result<Option<Demuxed>, Fault> {
        let unreadable = |error: io::Error| fault::unreadable(&error);
        let end = self.bytes.range().end;
        loop {
            if self.at >= end {
                return self.finish();
            }
            let Some(head) = header(&mut self.bytes, self.at).map_err(unreadable)?.filter(|head| head.size > 0) else {
                if joined::container_begins(&mut self.bytes, self.at).map_err(unreadable)? {
                    return Err(fault::joined());
                }
                // The beginning of a header is that of a frame.
                let rest = self.bytes.take(self.at, HEADER).map_err(unreadable)?;
                self.cut |= rest.len() < HEADER && matches!(rest[..], [0xFF, 0xE0..=0xFF, ..]);
                match self.resync().map_err(unreadable)? {
                    Some(lost) if lost > 0 => return Ok(Some(self.lose(lost))),
                    Some(_) => continue,
                    None => return self.finish(),
                }
            };
            if !head.is_like(&self.shape) {
                if !is_run(&mut self.bytes, self.at, head).map_err(unreadable)? {
                    self.at += 1;
                    continue;
                }
                if head.codec != self.shape.codec {
                    return Err(fault::joined());
                }
                self.shape = head;
                return Ok(Some(Demuxed::Stream(Box::new(self.params()))));
            }
            let next = self.at + u64::from(head.size);
            if next > end {
                self.cut = true;
                self.at = end;
                return self.finish();
            }
            // A frame that no other follows is the beginning of a hole.
            if next < end && !self.goes_on(next).map_err(unreadable)? {
                let here = std::mem::replace(&mut self.at, next);
                if let Some(lost) = self.resync().map_err(unreadable)? {
                    return Ok(Some(self.lose(lost + 1)));
                }
                // The last one before what programs write at the end.
                self.at = here;
                return self.packet(head, end).map(Some);
            }
            let frame = self.bytes.take(self.at, head.size as usize).map_err(unreadable)?;
            if head.codec == CODEC_ID_MP3 && mpeg::info(&frame).is_some() {
                // Another file was joined here; its note is no sound.
                self.at = next;
                continue;
            }
            return self.packet(head, next).map(Some);
        }
    }

    fn packet(&mut self, head: Header, next: u64) -> Result<Demuxed, Fault> {
        let (from, size) = (self.at + u64::from(head.skip), (head.size - head.skip) as usize);
        let data = self.bytes.take(from, size).map_err(|error| fault::unreadable(&error))?;
        self.last = self.at + u64::from(head.size);
        self.at = next;
        self.count += 1;
        self.total += u64::from(head.size);
        let mut coded = Coded::new(data, head.frames);
        coded.trim.1 = self.padding(head.frames);
        Ok(Demuxed::Packet(coded))
    }

    /// How many samples at the end of the packet just read are padding.
    fn padding(&self, frames: u64) -> u64 {
        let Some(Info { count: Some(count), gaps: Some((_, after)), .. }) = self.info else { return 0 };
        let read = self.count + self.lost;
        // The decoder's own delay pushes the sound back, so that less of the end is padding.
        let after = after.saturating_sub(MP3_DECODER);
        if read > count {
            0
        } else {
            (read * frames).saturating_sub((count * frames).saturating_sub(after)).min(frames)
        }
    }

    fn lose(&mut self, packets: u64) -> Demuxed {
        self.lost += packets;
        Demuxed::Lost(packets * self.shape.frames)
    }

    /// The end of the file: whether something is missing by what its first frame says.
    fn finish(&mut self) -> Result<Option<Demuxed>, Fault> {
        let Some(count) = self.info.and_then(|info| info.count) else { return Ok(None) };
        self.cut = false;
        let read = self.count + self.lost;
        let missing = count.saturating_sub(read);
        let seconds = |packets: u64| packets as f64 * self.shape.frames as f64 / f64::from(self.shape.rate);
        // Some encoders count their own note among the frames.
        if seconds(missing) <= limit::SHORTFALL.as_secs_f64() {
            return Ok(None);
        }
        // The bytes of a hole tell how much is missing only about; this is the rest of it.
        if missing <= self.lost {
            return Ok(Some(self.lose(missing)));
        }
        if self.has_all_bytes() {
            return Ok(None);
        }
        Err(fault::cut_off(seconds(missing), Some(seconds(self.count))))
    }

    /// Whether the file is as long as its first frame says in bytes, which outweighs the number of frames there: an
    /// editor that counted wrong has still written all, and a file that lost its end lacks bytes too.
    fn has_all_bytes(&self) -> bool {
        let Some(stated) = self.info.and_then(|info| info.bytes) else { return false };
        let second =
            f64::from(self.shape.rate) / self.shape.frames as f64 * self.total as f64 / self.count.max(1) as f64;
        stated.abs_diff(self.last - self.first) as f64 <= second * limit::SHORTFALL.as_secs_f64()
    }

    /// Whether as many frames have come as the first one says there are, the one at hand included: what follows is the
    /// room that a recorder or a download had taken in advance, and no hole.
    fn has_all_frames(&self) -> bool {
        self.info.and_then(|info| info.count).is_some_and(|count| self.count + self.lost + 1 >= count)
    }

    /// Whether a frame, a tag, another file or the end follows at this place.
    fn goes_on(&mut self, at: u64) -> io::Result<bool> {
        let end = self.bytes.range().end;
        if end - at < 16 {
            return Ok(true);
        }
        let follows = header(&mut self.bytes, at)?.is_some_and(|head| head.codec == self.shape.codec);
        Ok(follows || tag::within(&mut self.bytes, at)?.is_some() || joined::container_begins(&mut self.bytes, at)?)
    }

    /// Goes to the next frame, which does not begin here, and tells how many packets are missing; `None` where none
    /// follows and what is left is no hole.
    fn resync(&mut self) -> io::Result<Option<u64>> {
        let end = self.bytes.range().end;
        if let Some(size) = tag::within(&mut self.bytes, self.at)? {
            self.at = self.at.saturating_add(size).min(end);
            return Ok(if self.at < end { Some(0) } else { None });
        }
        let from = self.at;
        let mut at = from;
        let mut found = end;
        while let Some(place) = self.bytes.find(at, end, |byte| byte == 0xFF)? {
            if let Some(head) = header(&mut self.bytes, place)?.filter(|head| head.codec == self.shape.codec)
                && head.size > 0
                && is_run(&mut self.bytes, place, head)?
            {
                found = place;
                break;
            }
            at = place + 1;
        }
        self.at = found;
        let mean = self.total.checked_div(self.count).unwrap_or_else(|| u64::from(self.shape.size)).max(1);
        let packets = (found - from + mean / 2) / mean;
        if found < end {
            return Ok(Some(packets));
        }
        if self.has_all_frames() {
            return Ok(None);
        }
        // Only what is a hole for sure: zeros, more than any padding.
        let tail = self.bytes.find(from, end, |byte| byte != 0)?.unwrap_or(end) - from;
        Ok((tail >= ZEROS).then_some(packets))
    }
}
