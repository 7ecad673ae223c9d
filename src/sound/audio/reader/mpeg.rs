//! Headers of MPEG audio frames (ISO/IEC 11172-3 §2.4.1.3, 13818-3 §2.4.2.3), and what encoders write about a whole
//! MP3 into its first frame.

use symphonia::core::codecs::audio::well_known::{CODEC_ID_MP1, CODEC_ID_MP2, CODEC_ID_MP3};

use super::header::Header;

const V1_L1: [u32; 15] = [0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448];
const V1_L2: [u32; 15] = [0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384];
const V1_L3: [u32; 15] = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
const V2_L1: [u32; 15] = [0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256];
const V2_L23: [u32; 15] = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];

/// A frame's header; `None` where these bytes are none. One of free format has no length.
pub(super) fn header(bytes: [u8; 4]) -> Option<Header> {
    let word = u32::from_be_bytes(bytes);
    let pick = |shift: u32, width: u32| (word >> shift & ((1 << width) - 1)) as usize;
    if pick(21, 11) != 0x7FF || pick(0, 2) == 2 {
        return None;
    }
    let version = match pick(19, 2) {
        3 => 1,
        2 => 2,
        0 => 4,
        _ => return None,
    };
    let first = version == 1;
    let rate = [44_100, 48_000, 32_000].get(pick(10, 2))? / version;
    let layer = 4 - pick(17, 2);
    let (table, codec, frames) = match (layer, first) {
        (1, true) => (&V1_L1, CODEC_ID_MP1, 384),
        (1, false) => (&V2_L1, CODEC_ID_MP1, 384),
        (2, true) => (&V1_L2, CODEC_ID_MP2, 1_152),
        (2, false) => (&V2_L23, CODEC_ID_MP2, 1_152),
        (3, true) => (&V1_L3, CODEC_ID_MP3, 1_152),
        (3, false) => (&V2_L23, CODEC_ID_MP3, 576),
        _ => return None,
    };
    let bits = table.get(pick(12, 4))? * 1_000;
    let padding = pick(9, 1) as u32;
    let size = if layer == 1 { (12 * bits / rate + padding) * 4 } else { frames / 8 * bits / rate + padding };
    let channels = if pick(6, 2) == 3 { 1 } else { 2 };
    Some(Header { codec, rate, channels, frames: u64::from(frames), size: if bits == 0 { 0 } else { size }, skip: 0 })
}

/// Layer II in a combination of bit rate and channels that ISO/IEC 11172-3 §2.4.2.3 forbids, and no decoder here takes.
pub(super) fn is_odd_layer_two(shape: &Header) -> bool {
    // A padded frame has one byte more, which is less than half of the next step.
    let kilobits = u64::from(shape.size) * 8 * u64::from(shape.rate) / shape.frames / 1_000;
    let is_first = shape.rate >= 32_000;
    is_first && if shape.channels == 1 { kilobits > 200 } else { matches!(kilobits, 30..=33 | 46..=58 | 78..=82) }
}

/// What the first frame of an MP3 says of the whole, in place of sound.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Info {
    /// Frames (packets) of sound behind it.
    pub(super) count: Option<u64>,
    /// Bytes of the whole, with this frame.
    pub(super) bytes: Option<u64>,
    /// Samples that the encoder put before the sound and behind it.
    pub(super) gaps: Option<(u64, u64)>,
}

/// Reads such a frame: Xing's (its delays by LAME), or VBRI's.
pub(super) fn info(frame: &[u8]) -> Option<Info> {
    let head = header(frame.get(..4)?.try_into().ok()?)?;
    let word = |at: usize| Some(u32::from_be_bytes(frame.get(at..at + 4)?.try_into().ok()?));
    let side = match (head.frames, head.channels) {
        (1_152, 2) => 32,
        (1_152, _) | (_, 2) => 17,
        _ => 9,
    };
    if frame.get(36..40) == Some(b"VBRI") {
        return Some(Info { count: word(50).map(u64::from), bytes: word(46).map(u64::from), gaps: None });
    }
    // With or without a checksum behind the header.
    let tag = [4 + side, 6 + side].into_iter().find(|at| matches!(frame.get(*at..*at + 4), Some(b"Xing" | b"Info")))?;
    let flags = word(tag + 4)?;
    let mut at = tag + 8;
    let (mut count, mut whole) = (None, None);
    for (flag, bytes) in [(1, 4), (2, 4), (4, 100), (8, 4)] {
        if flags & flag != 0 {
            if flag == 1 {
                count = word(at).map(u64::from);
            } else if flag == 2 {
                whole = word(at).map(u64::from);
            }
            at += bytes;
        }
    }
    let named = frame.get(at..at + 4).is_some_and(|name| name.iter().all(u8::is_ascii_graphic));
    let gaps = frame.get(at + 21..at + 24).filter(|_| named).map(|bytes| {
        let all = u64::from(u32::from_be_bytes([0, bytes[0], bytes[1], bytes[2]]));
        (all >> 12, all & 0xFFF)
    });
    Some(Info { count, bytes: whole, gaps: gaps.filter(|gaps| *gaps != (0, 0)) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_rates_and_channels_are_read() {
        let head = header([0xFF, 0xFB, 0x90, 0x00]).unwrap();
        assert_eq!((head.rate, head.channels, head.frames, head.size), (44_100, 2, 1_152, 417));
        // MPEG-2 Layer III, 64 kbit/s at 16 kHz, one channel, padded.
        let head = header([0xFF, 0xF3, 0x8A, 0xC0]).unwrap();
        assert_eq!((head.rate, head.channels, head.frames, head.size), (16_000, 1, 576, 289));
        assert_eq!(header([0xFF, 0xE3, 0x88, 0xC0]).unwrap().rate, 8_000);
        assert_eq!(header([0xFF, 0xFB, 0x00, 0x00]).unwrap().size, 0, "free format");
        for wrong in [[0; 4], [0xFF; 4], [0xFF, 0xFB, 0xF0, 0], [0xFF, 0xFB, 0x9C, 0], [0xFF, 0xF9, 0x50, 0x80]] {
            assert!(header(wrong).is_none(), "{wrong:x?}");
        }
    }

    #[test]
    fn what_the_first_frame_says_is_read() {
        let mut frame = vec![0xFF, 0xFB, 0x90, 0x00];
        frame.extend([0; 32]);
        frame.extend(b"Xing\0\0\0\x0F\0\0\x01\x02\0\0\0\0");
        frame.extend([0; 104]);
        frame.extend(b"LAME3.100");
        frame.extend([0; 12]);
        frame.extend([0x24, 0x05, 0x10]);
        assert_eq!(info(&frame), Some(Info { count: Some(258), bytes: Some(0), gaps: Some((0x240, 0x510)) }));
        assert_eq!(info(&frame[..40]), None);
        assert_eq!(info(&[0xFF, 0xFB, 0x90, 0x00, 0, 0, 0]), None);
    }
}
