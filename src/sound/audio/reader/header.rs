use symphonia::core::codecs::audio::AudioCodecId;

/// What the header of a frame says.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Header {
    pub(super) codec: AudioCodecId,
    pub(super) rate: u32,
    pub(super) channels: u16,
    /// Samples per channel that it decodes to.
    pub(super) frames: u64,
    /// Bytes with the header; zero where it does not say (free format).
    pub(super) size: u32,
    /// Bytes at its start that a decoder does not take.
    pub(super) skip: u32,
}

impl Header {
    pub(super) fn is_like(&self, other: &Self) -> bool {
        self.codec == other.codec && self.rate == other.rate && self.channels == other.channels
    }
}
