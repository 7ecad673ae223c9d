//! AAC whose channels stand in a table of its own (a program config element, ISO/IEC 14496-3 §4.4.1.1), as four channels
//! or a low one beside two do: no decoder here reads it, and nothing else says how many there are.

use super::limit;

/// How many channels an AudioSpecificConfig (§1.6.2.1) names in a table of its own; `None` where it has none.
pub(super) fn in_config(config: &[u8]) -> Option<usize> {
    let mut bits = Bits { bytes: config, at: 0 };
    let _object_type = bits.take(5);
    if bits.take(4) == 15 {
        bits.at += 24;
    }
    if bits.take(4) != 0 {
        return None;
    }
    // How long a frame is, whether another decoder comes first, whether more follows.
    let _length = bits.take(1);
    if bits.take(1) == 1 {
        bits.at += 14;
    }
    let _more = bits.take(1);
    bits.channels()
}

/// The same of a frame that stands alone (ADTS) at the beginning of these bytes.
pub(super) fn in_frame(bytes: &[u8]) -> Option<usize> {
    let head = bytes.get(..7)?;
    let is_frame = head[0] == 0xFF && head[1] & 0xF6 == 0xF0 && head[2] & 1 == 0 && head[3] >> 6 == 0;
    let skip = if head[1] & 1 == 1 { 7 } else { 9 };
    let mut bits = Bits { bytes: bytes.get(skip..)?, at: 0 };
    if !is_frame || bits.take(3) != 5 {
        return None;
    }
    bits.channels()
}

struct Bits<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Bits<'_> {
    /// The next bits, most significant first; zero beyond the end.
    fn take(&mut self, count: usize) -> usize {
        (0..count).fold(0, |value, _| {
            let byte = self.bytes.get(self.at / 8).copied().unwrap_or_default();
            let set = byte >> (7 - self.at % 8) & 1;
            self.at += 1;
            value << 1 | usize::from(set)
        })
    }

    /// The channels of the table that stands here.
    fn channels(&mut self) -> Option<usize> {
        // Its number, the profile, the rate.
        self.at += 4 + 2 + 4;
        let [front, side, back, low] = [4, 4, 4, 2].map(|width| self.take(width));
        // Data beside the sound, and couplings.
        self.at += 3 + 4;
        for width in [4, 4, 3] {
            if self.take(1) == 1 {
                self.at += width;
            }
        }
        let channels = (0..front + side + back).fold(0, |sum, _| {
            let is_pair = self.take(1) == 1;
            self.at += 4;
            sum + if is_pair { 2 } else { 1 }
        }) + low;
        let is_whole = self.at <= self.bytes.len() * 8;
        (is_whole && (1..=8 * limit::CHANNELS).contains(&channels)).then_some(channels)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Four channels: a pair in front and a pair behind, as ffmpeg writes them.
    const TABLE: &str = "0000 01 0011 0001 0000 0001 00 000 0000 0 0 0 1 0000 1 0000 000";

    fn bytes(bits: &str) -> Vec<u8> {
        let bits: Vec<u8> = bits.bytes().filter(|bit| *bit != b' ').map(|bit| bit - b'0').collect();
        bits.chunks(8).map(|byte| byte.iter().enumerate().fold(0, |sum, (at, bit)| sum | bit << (7 - at))).collect()
    }

    #[test]
    fn a_table_says_how_many_channels_there_are() {
        assert_eq!(in_config(&bytes(&format!("00010 0011 0000 0 0 0 {TABLE}"))), Some(4));
        assert_eq!(in_config(&bytes("00010 0011 0010 0 0 0")), None, "two channels, without a table");
        assert_eq!(in_config(&bytes("00010 0011 0000 0 0 0")), None, "it is cut off");
        assert_eq!(in_config(b""), None);
        let head = bytes("11111111 11110001 01001100 00000000 00101110 01111111 11111100");
        assert_eq!(in_frame(&[head.clone(), bytes(&format!("101 {TABLE}"))].concat()), Some(4));
        assert_eq!(in_frame(&[head, bytes("001 0000")].concat()), None);
    }
}
