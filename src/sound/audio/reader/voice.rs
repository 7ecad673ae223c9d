//! The codecs in an Ogg: what their first packets say, and how long each later one is (RFC 7845 for Opus, the Vorbis
//! I specification §4 and its appendix A, RFC 9639 §10.1 for FLAC).

use symphonia::core::audio::Channels;
use symphonia::core::codecs::audio::AudioCodecParameters;
use symphonia::core::codecs::audio::well_known::{CODEC_ID_FLAC, CODEC_ID_OPUS, CODEC_ID_VORBIS};

use crate::audio::{fault, opus};
use crate::plan::Fault;

/// One sound in an Ogg.
#[derive(Default)]
pub(super) struct OggStream {
    codec: Codec,
    params: AudioCodecParameters,
    /// Headers that are still to come; an unknown number for FLAC.
    headers: u32,
    /// Frames at the start that are none, still to be taken off.
    skip: u64,
    pre_skip: u64,
}

#[derive(Default)]
enum Codec {
    #[default]
    Opus,
    Vorbis(Vorbis),
    Flac,
}

#[derive(Default)]
struct Vorbis {
    identification: Vec<u8>,
    /// Block sizes, short and long.
    blocks: [u64; 2],
    /// Whether each mode has long blocks.
    modes: Vec<bool>,
    /// Size of the block before.
    before: Option<u64>,
}

impl OggStream {
    /// From the first packet of a stream; `None` where it is no sound that is known, a fault where it is one that
    /// cannot be played.
    pub(super) fn identify(packet: &[u8]) -> Option<Result<Self, Fault>> {
        if packet.starts_with(b"OpusHead") {
            return Some(Self::opus(packet));
        }
        if packet.starts_with(b"\x01vorbis") && packet.len() >= 30 {
            return Some(Ok(Self::vorbis(packet)));
        }
        if packet.starts_with(b"\x7FFLAC") && packet.get(9..13) == Some(b"fLaC") {
            return Some(Self::flac(packet));
        }
        None
    }

    fn opus(packet: &[u8]) -> Result<Self, Fault> {
        let channels = usize::from(*packet.get(9).ok_or_else(fault::damaged)?);
        if channels > 2 {
            return Err(fault::channels("Opus", channels));
        }
        let mut params = AudioCodecParameters::new();
        params
            .for_codec(CODEC_ID_OPUS)
            .with_sample_rate(opus::RATE)
            .with_channels(Channels::Discrete(channels as u16))
            .with_extra_data(packet.into());
        let pre_skip = opus::pre_skip(Some(packet));
        Ok(Self { codec: Codec::Opus, params, headers: 1, skip: 0, pre_skip })
    }

    fn vorbis(packet: &[u8]) -> Self {
        let rate = u32::from_le_bytes([packet[12], packet[13], packet[14], packet[15]]);
        let blocks = [1 << (packet[28] & 15), 1 << (packet[28] >> 4)];
        let mut params = AudioCodecParameters::new();
        params
            .for_codec(CODEC_ID_VORBIS)
            .with_sample_rate(rate)
            .with_channels(Channels::Discrete(u16::from(packet[11])));
        let vorbis = Vorbis { identification: packet.to_vec(), blocks, ..Vorbis::default() };
        Self { codec: Codec::Vorbis(vorbis), params, headers: 2, skip: 0, pre_skip: 0 }
    }

    fn flac(packet: &[u8]) -> Result<Self, Fault> {
        let headers = u32::from(u16::from_be_bytes([packet[7], packet[8]]));
        let information = packet.get(17..51).ok_or_else(fault::damaged)?;
        let mut params = AudioCodecParameters::new();
        params.for_codec(CODEC_ID_FLAC).with_extra_data(information.into());
        // Zero stands for "unknown": then the first packet that is a frame ends them.
        Ok(Self { codec: Codec::Flac, params, headers, skip: 0, pre_skip: 0 })
    }

    /// Takes in one of the packets that follow the first.
    pub(super) fn header(&mut self, packet: &[u8]) -> Result<(), Fault> {
        self.headers = self.headers.saturating_sub(1);
        if let Codec::Vorbis(vorbis) = &mut self.codec
            && packet.starts_with(b"\x05vorbis")
        {
            vorbis.modes = modes(packet).ok_or_else(fault::damaged)?;
            self.headers = 0;
            let extra = [vorbis.identification.as_slice(), packet].concat();
            self.params.with_extra_data(extra.into());
        }
        Ok(())
    }

    /// Whether more of a header packet that begins so is needed than its beginning: only Vorbis's setup is read.
    pub(super) fn needs(packet: &[u8]) -> bool {
        packet.starts_with(b"\x05vorbis")
    }

    /// Whether all headers have been seen.
    pub(super) fn is_ready(&self) -> bool {
        self.headers == 0 && !matches!(&self.codec, Codec::Vorbis(vorbis) if vorbis.modes.is_empty())
    }

    pub(super) fn params(&self) -> AudioCodecParameters {
        self.params.clone()
    }

    /// Frames that only warm the decoder up.
    pub(super) fn pre_skip(&self) -> u64 {
        self.pre_skip
    }

    /// How many frames a first page may have too many at its start, by its position: a block of Vorbis. More is a
    /// position that cannot be believed.
    pub(super) fn most_in_front(&self) -> i128 {
        if let Codec::Vorbis(vorbis) = &self.codec { i128::from(vorbis.blocks[1]) } else { 0 }
    }

    /// So many frames more are to be taken off the start.
    pub(super) fn skip_at_start(&mut self, frames: u64) {
        self.skip += frames;
    }

    /// How many of the next `frames` are to be taken off.
    pub(super) fn take_skip(&mut self, frames: u64) -> u64 {
        let skip = self.skip.min(frames);
        self.skip -= skip;
        skip
    }

    /// Whether a packet holds sound, rather than another header.
    pub(super) fn is_sound(&self, packet: &[u8]) -> bool {
        packet.first().is_some_and(|first| match self.codec {
            Codec::Opus => true,
            Codec::Vorbis(_) => first & 1 == 0,
            Codec::Flac => *first == 0xFF,
        })
    }

    /// Frames that a packet decodes to.
    pub(super) fn frames(&mut self, packet: &[u8]) -> u64 {
        match &mut self.codec {
            Codec::Opus => opus::frames(packet),
            Codec::Vorbis(vorbis) => vorbis.frames(packet),
            Codec::Flac => flac_frames(packet),
        }
    }
}

impl Vorbis {
    fn frames(&mut self, packet: &[u8]) -> u64 {
        let Some(first) = packet.first().filter(|first| *first & 1 == 0) else { return 0 };
        let width = usize::BITS - (self.modes.len() - 1).leading_zeros();
        let word = u16::from_le_bytes([*first, packet.get(1).copied().unwrap_or(0)]);
        let mode = usize::from(word >> 1 & ((1 << width) - 1));
        let Some(long) = self.modes.get(mode) else { return 0 };
        let block = self.blocks[usize::from(*long)];
        self.before.replace(block).map_or(0, |before| (before + block) / 4)
    }
}

/// Which modes have long blocks: they stand at the end of the setup header, before its last bit, and are found from
/// there backwards (a mode has 41 bits, of which 32 are zero; six bits before them say how many there are).
fn modes(setup: &[u8]) -> Option<Vec<bool>> {
    let bit = |at: usize| setup[at / 8] >> (at % 8) & 1 == 1;
    let number = |at: usize, width: usize| (0..width).fold(0, |value, step| value | u32::from(bit(at + step)) << step);
    let mut at = setup.len().checked_mul(8)?;
    // The framing bit is the last that is set.
    loop {
        at = at.checked_sub(1)?;
        if bit(at) {
            break;
        }
    }
    let (mut found, mut best) = (Vec::new(), None);
    while at >= 41 + 6 + 56 && found.len() < 64 {
        let mode = at - 41;
        if number(mode + 1, 16) != 0 || number(mode + 17, 16) != 0 || number(mode + 33, 8) > 63 {
            break;
        }
        found.push(bit(mode));
        at = mode;
        if number(at - 6, 6) as usize + 1 == found.len() {
            best = Some(found.len());
        }
    }
    found.truncate(best?);
    found.reverse();
    Some(found)
}

/// Samples per channel in a FLAC frame, by its header (RFC 9639 §9.1.1).
fn flac_frames(packet: &[u8]) -> u64 {
    let [0xFF, sync, sizes, _, rest @ ..] = packet else { return 0 };
    if sync & 0xFC != 0xF8 {
        return 0;
    }
    // The number before it is written like a letter of UTF-8, in one to seven bytes.
    let coded = rest.first().map_or(0, |first| first.leading_ones().max(1) as usize);
    let at = |place: usize| rest.get(coded + place).copied().map_or(0, u64::from);
    match sizes >> 4 {
        1 => 192,
        code @ 2..=5 => 576 << (code - 2),
        6 => at(0) + 1,
        7 => (at(0) << 8 | at(1)) + 1,
        code @ 8..=15 => 256 << (code - 8),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bits, the lowest of each number first.
    fn packed(parts: &[(u32, usize)]) -> Vec<u8> {
        let bits: Vec<bool> =
            parts.iter().flat_map(|(value, width)| (0..*width).map(move |bit| value >> bit & 1 == 1)).collect();
        bits.chunks(8)
            .map(|byte| byte.iter().enumerate().fold(0, |sum, (at, bit)| sum | u8::from(*bit) << at))
            .collect()
    }

    #[test]
    fn modes_are_found_from_the_end_of_the_setup() {
        let body = [(0x5A5A_5A5A, 32); 4];
        let mode = |long: u32| [(long, 1), (0, 16), (0, 16), (0, 8)];
        let parts = [&body[..], &[(1, 6)], &mode(0), &mode(1), &[(1, 1)]].concat();
        assert_eq!(modes(&packed(&parts)), Some(vec![false, true]));
        assert_eq!(modes(&[]), None);
        assert_eq!(modes(&[0; 40]), None);
    }

    #[test]
    fn flac_frames_say_how_long_they_are() {
        assert_eq!(flac_frames(&[0xFF, 0xF8, 0xC9, 0x08, 0x00, 0]), 4_096);
        assert_eq!(flac_frames(&[0xFF, 0xF8, 0x79, 0x08, 0xC2, 0x80, 0x01, 0x00]), 257);
        assert_eq!(flac_frames(&[0xFF, 0xF8, 0x69, 0x08, 0x05, 0x0F]), 16);
        assert_eq!(flac_frames(&[1, 2]), 0);
    }
}
