//! Headers of AAC frames that stand alone (ADTS, ISO/IEC 13818-7 §6.2).

use symphonia::core::codecs::audio::well_known::CODEC_ID_AAC;

use super::header::Header;

const RATES: [u32; 13] =
    [96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350];

/// A frame's header; `None` where these bytes are none.
pub(super) fn header(bytes: [u8; 7]) -> Option<Header> {
    if bytes[0] != 0xFF || bytes[1] & 0xF6 != 0xF0 {
        return None;
    }
    let rate = *RATES.get(usize::from(bytes[2] >> 2 & 0xF))?;
    let configuration = (bytes[2] & 1) << 2 | bytes[3] >> 6;
    let size = u32::from(bytes[3] & 3) << 11 | u32::from(bytes[4]) << 3 | u32::from(bytes[5]) >> 5;
    let skip = if bytes[1] & 1 == 1 { 7 } else { 9 };
    let blocks = u64::from(bytes[6] & 3) + 1;
    let channels = if configuration == 7 { 8 } else { u16::from(configuration) };
    // Zero channels: the frame itself says how many, which no recorder of speech needs.
    (size > skip && channels > 0).then_some(Header {
        codec: CODEC_ID_AAC,
        rate,
        channels,
        frames: 1_024 * blocks,
        size,
        skip,
    })
}

/// Whether the frame is in the low-complexity profile, and is one block: all that phones record.
pub(super) fn is_plain(bytes: [u8; 7]) -> bool {
    bytes[2] >> 6 == 1 && bytes[6].trailing_zeros() >= 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rate_channels_and_length_are_read() {
        let head = header([0xFF, 0xF1, 0x50, 0x40, 0x2E, 0x7F, 0xFC]).unwrap();
        assert_eq!((head.rate, head.channels, head.size, head.skip), (44_100, 1, 371, 7));
        assert!(is_plain([0xFF, 0xF1, 0x50, 0x40, 0x2E, 0x7F, 0xFC]));
        assert!(header([0xFF, 0xFB, 0x90, 0x00, 0, 0, 0]).is_none());
        assert!(header([0xFF, 0xF1, 0x50, 0x00, 0x2E, 0x7F, 0xFC]).is_none(), "no channels");
    }
}
