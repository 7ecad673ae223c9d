use std::ops::Range;

use symphonia::core::audio::Channels;
use symphonia::core::codecs::audio::AudioCodecId;
use symphonia::core::codecs::audio::AudioCodecParameters;

use super::Bytes;
use super::step::{Coded, Demuxed};
use crate::audio::fault;
use crate::plan::Fault;

/// Frames in one packet of samples as they are: some hundredths of a second.
const PACKET_FRAMES: u64 = 2_048;

/// Blocks of equal size: samples as they are (blocks of one frame), or ADPCM.
pub(in crate::audio) struct Layout {
    pub(in crate::audio) codec: AudioCodecId,
    pub(in crate::audio) rate: u32,
    pub(in crate::audio) channels: u16,
    pub(in crate::audio) block_bytes: u64,
    pub(in crate::audio) block_frames: u64,
    /// Where the sound lies in the file.
    pub(in crate::audio) data: Range<u64>,
    /// How many frames there are in it at most, where something says so.
    pub(in crate::audio) most_frames: Option<u64>,
}

impl Layout {
    /// How many frames there are.
    pub(in crate::audio) fn frames(&self) -> u64 {
        let all = (self.data.end - self.data.start) / self.block_bytes * self.block_frames;
        all.min(self.most_frames.unwrap_or(u64::MAX))
    }

    /// Blocks whose numbers make sense; `None` where a header lies.
    pub(super) fn check(self) -> Option<Self> {
        let sound = self.channels > 0 && self.block_bytes > 0 && self.block_frames > 0 && self.block_bytes <= 1 << 16;
        (sound && self.block_frames <= 1 << 17 && self.data.start <= self.data.end).then_some(self)
    }
}

/// Reads such blocks one packet after the other.
pub(in crate::audio) struct Blocks {
    bytes: Bytes,
    layout: Layout,
    at: u64,
    left: u64,
}

impl Blocks {
    pub(in crate::audio) fn new(bytes: Bytes, layout: Layout) -> Self {
        Self { bytes, at: layout.data.start, left: layout.frames(), layout }
    }

    pub(in crate::audio) fn frames(&self) -> u64 {
        self.layout.frames()
    }

    pub(in crate::audio) fn params(&self) -> AudioCodecParameters {
        let Layout { codec, rate, channels, block_frames, .. } = self.layout;
        let mut params = AudioCodecParameters::new();
        params
            .for_codec(codec)
            .with_sample_rate(rate)
            .with_channels(Channels::Discrete(channels))
            .with_frames_per_block(block_frames)
            .with_max_frames_per_packet(block_frames * self.blocks());
        params
    }

    /// Blocks in a packet.
    fn blocks(&self) -> u64 {
        (PACKET_FRAMES / self.layout.block_frames).max(1)
    }

    pub(in crate::audio) fn next(&mut self) -> Result<Option<Demuxed>, Fault> {
        let Layout { block_bytes, block_frames, ref data, .. } = self.layout;
        let blocks = ((data.end - self.at) / block_bytes).min(self.blocks());
        if blocks == 0 || self.left == 0 {
            return Ok(None);
        }
        let read = self.bytes.take(self.at, (blocks * block_bytes) as usize);
        let mut read = read.map_err(|error| fault::unreadable(&error))?;
        let whole = read.len() as u64 / block_bytes;
        if whole == 0 {
            return Ok(None);
        }
        read.truncate((whole * block_bytes) as usize);
        self.at += whole * block_bytes;
        let frames = whole * block_frames;
        let mut coded = Coded::new(read, frames);
        coded.trim.1 = frames.saturating_sub(self.left);
        self.left = self.left.saturating_sub(frames);
        Ok(Some(Demuxed::Packet(coded)))
    }
}
