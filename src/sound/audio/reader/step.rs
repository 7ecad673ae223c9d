use symphonia::core::codecs::audio::AudioCodecParameters;
use symphonia::core::packet::Packet;
use symphonia::core::units::{Duration, Timestamp};

/// What comes next out of a container.
pub(in crate::audio) enum Demuxed {
    /// A packet of the present stream.
    Packet(Coded),
    /// From here on another stream: it needs another decoder.
    Stream(Box<AudioCodecParameters>),
    /// So many frames of sound are missing here.
    Lost(u64),
}

/// A packet, and what of it is sound.
pub(in crate::audio) struct Coded {
    pub(in crate::audio) packet: Packet,
    /// Frames at its start and at its end that are none.
    pub(in crate::audio) trim: (u64, u64),
}

impl Coded {
    /// Bytes that decode to `frames`.
    pub(super) fn new(data: Vec<u8>, frames: u64) -> Self {
        Self { packet: Packet::new(0, Timestamp::ZERO, Duration::new(frames), data), trim: (0, 0) }
    }
}
