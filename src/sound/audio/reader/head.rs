//! Headers of FLAC frames, and the two checksums by which a frame is known (RFC 9639 §9).

/// Longest header.
pub(super) const MOST: usize = 16;

/// What the header of a frame says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct FrameHeader {
    /// Bytes of the header.
    pub(super) length: usize,
    /// Samples per channel.
    pub(super) frames: u64,
    pub(super) channels: u64,
    /// Of the frame; of its first sample where blocks are of several sizes.
    pub(super) number: u64,
    pub(super) is_variable: bool,
}

impl FrameHeader {
    /// Whether `next` is the frame that should follow this one.
    pub(super) fn is_before(&self, next: &Self) -> bool {
        let step = if self.is_variable { self.frames } else { 1 };
        self.is_variable == next.is_variable && next.number == self.number.wrapping_add(step)
    }
}

/// The header that begins here, if one does: its sync code, fields without contradiction, and its checksum (§9.1).
pub(super) fn read(bytes: &[u8]) -> Option<FrameHeader> {
    let [0xFF, sync @ (0xF8 | 0xF9), sizes, coding, ..] = *bytes else { return None };
    if coding >> 4 > 10 || coding & 1 == 1 || coding >> 1 & 7 == 3 {
        return None;
    }
    let (number, mut at) = number(bytes)?;
    let frames = match sizes >> 4 {
        0 => return None,
        1 => 192,
        code @ 2..=5 => 576 << (code - 2),
        6 => u64::from(*bytes.get(at)?) + 1,
        7 => u64::from(u16::from_be_bytes([*bytes.get(at)?, *bytes.get(at + 1)?])) + 1,
        code => 256 << (code - 8),
    };
    at += match sizes >> 4 {
        6 => 1,
        7 => 2,
        _ => 0,
    };
    at += match sizes & 0x0F {
        12 => 1,
        13 | 14 => 2,
        15 => return None,
        _ => 0,
    };
    let sum = bytes.get(..at)?.iter().fold(0, |sum, byte| short_sum(sum, *byte));
    let channels = if coding >> 4 < 8 { u64::from(coding >> 4) + 1 } else { 2 };
    (*bytes.get(at)? == sum).then_some(FrameHeader {
        length: at + 1,
        frames,
        channels,
        number,
        is_variable: sync == 0xF9,
    })
}

/// The frame's number, written as UTF-8 writes a letter, and where it ends.
fn number(bytes: &[u8]) -> Option<(u64, usize)> {
    let first = *bytes.get(4)?;
    let more = match first.leading_ones() {
        0 => return Some((u64::from(first), 5)),
        ones @ 2..=7 => ones as usize - 1,
        _ => return None,
    };
    let mut value = u64::from(first) & (0x3F >> more);
    for byte in bytes.get(5..5 + more)? {
        if byte >> 6 != 2 {
            return None;
        }
        value = value << 6 | u64::from(byte & 0x3F);
    }
    Some((value, 5 + more))
}

/// CRC-8 with the polynomial 0x07, of a header.
fn short_sum(sum: u8, byte: u8) -> u8 {
    (0..8).fold(sum ^ byte, |sum, _| if sum & 0x80 == 0 { sum << 1 } else { sum << 1 ^ 0x07 })
}

/// CRC-16 with the polynomial 0x8005, of a whole frame.
pub(super) fn sum(sum: u16, byte: u8) -> u16 {
    sum << 8 ^ TABLE[usize::from((sum >> 8) as u8 ^ byte)]
}

static TABLE: [u16; 256] = {
    let mut table = [0; 256];
    let mut at = 0;
    while at < 256 {
        let mut value = (at as u16) << 8;
        let mut bit = 0;
        while bit < 8 {
            value = if value & 0x8000 == 0 { value << 1 } else { value << 1 ^ 0x8005 };
            bit += 1;
        }
        table[at] = value;
        at += 1;
    }
    table
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_the_standard_is_read() {
        // RFC 9639 §D.1: one frame of one sample in two channels, 44.1 kHz, and its checksum.
        let frame = [0xFF, 0xF8, 0x69, 0x18, 0, 0, 0xBF, 0x03, 0x58, 0xFD, 0x03, 0x12, 0x8B, 0xAA, 0x9A];
        let head = FrameHeader { length: 7, frames: 1, channels: 2, number: 0, is_variable: false };
        assert_eq!(read(&frame), Some(head));
        assert_eq!(frame.iter().fold(0, |before, byte| sum(before, *byte)), 0);
        let mut wrong = frame;
        wrong[4] = 1;
        assert_eq!(read(&wrong), None);
        assert_eq!(read(&frame[..6]), None);
    }

    #[test]
    fn numbers_of_every_length_are_read() {
        for (bytes, value) in [
            (vec![0x7F], 0x7F),
            (vec![0xC2, 0x80], 0x80),
            (vec![0xE0, 0xA0, 0x80], 0x800),
            (vec![0xFE, 0xBF, 0xBF, 0xBF, 0xBF, 0xBF, 0xBF], 0xF_FFFF_FFFF),
        ] {
            let length = 4 + bytes.len();
            assert_eq!(number(&[vec![0; 4], bytes].concat()), Some((value, length)));
        }
        assert_eq!(number(&[0, 0, 0, 0, 0x80]), None);
        assert_eq!(number(&[0, 0, 0, 0, 0xC2, 0xC0]), None);
    }
}
