//! Tells HE-AAC from AAC-LC where nothing but the frames themselves says so (ADTS, and MP4 with
//! implicit signalling): played as LC it would lose everything above a quarter of its band.
//!
//! Spectral band replication travels in a fill element (ISO/IEC 14496-3 §4.4.1.1: `110`, a count, an
//! extension type `1101` or `1110`) that ends where the frame's end mark (`111`) begins. Finding it
//! forwards would take a whole decoder; looking backwards from the end mark for a fill element whose
//! count fits exactly is right for every such frame, and wrong by chance for about one in thirty of
//! the others. So frames vote.

/// Frames that vote: half a second or more at any rate that carries replication.
const VOTERS: u32 = 24;

/// Fewest frames that may decide, for very short files.
const QUORUM: u32 = 6;

/// The vote on one stream.
#[derive(Default)]
pub(super) struct Vote {
    seen: u32,
    ayes: u32,
}

impl Vote {
    /// More frames are to be looked at.
    pub(super) const fn is_open(&self) -> bool {
        self.seen < VOTERS
    }

    /// Looks at one frame. True once the stream has turned out to be HE-AAC.
    pub(super) fn cast(&mut self, frame: &[u8]) -> bool {
        if self.seen < VOTERS && frame.len() > 8 {
            self.seen += 1;
            self.ayes += u32::from(ends_with_replication(frame));
        }
        self.seen >= QUORUM && self.ayes * 4 >= self.seen * 3
    }
}

/// `count` bits from bit `at`, most significant first; zero beyond the end.
fn bits(frame: &[u8], at: usize, count: usize) -> usize {
    (at..at + count).fold(0, |value, bit| {
        let set = frame.get(bit / 8).is_some_and(|byte| byte >> (7 - bit % 8) & 1 == 1);
        value << 1 | usize::from(set)
    })
}

fn ends_with_replication(frame: &[u8]) -> bool {
    let length = frame.len() * 8;
    // The end mark is followed by less than a byte of zeros.
    (length - 10..=length - 3).any(|mark| {
        let padded = bits(frame, mark + 3, length - mark - 3) == 0;
        bits(frame, mark, 3) == 0b111 && padded && fill_ends_at(frame, mark)
    })
}

/// Whether a fill element with replication data ends exactly at bit `end`.
fn fill_ends_at(frame: &[u8], end: usize) -> bool {
    let replicates = |at: usize| matches!(bits(frame, at, 4), 0b1101 | 0b1110);
    let short = (1..15).any(|count| {
        let payload = end.checked_sub(count * 8);
        payload.is_some_and(|at| {
            at >= 7 && bits(frame, at - 7, 3) == 0b110 && bits(frame, at - 4, 4) == count && replicates(at)
        })
    });
    let long = || {
        (15..270).any(|count: usize| {
            let payload = end.checked_sub(count * 8);
            payload.is_some_and(|at| {
                at >= 15
                    && bits(frame, at - 15, 3) == 0b110
                    && bits(frame, at - 12, 4) == 15
                    && bits(frame, at - 8, 8) + 14 == count
                    && replicates(at)
            })
        })
    };
    short || long()
}

/// Whether an AudioSpecificConfig (ISO/IEC 14496-3 §1.6.2.1) announces replication: as the object
/// type itself (5 or 29), or after an LC configuration behind the sync word 0x2B7.
pub(super) fn announced(config: &[u8]) -> bool {
    let object_type = bits(config, 0, 5);
    if matches!(object_type, 5 | 29) {
        return true;
    }
    let after = if bits(config, 5, 4) == 15 { 9 + 24 + 4 } else { 9 + 4 } + 3;
    object_type == 2
        && config.len() * 8 >= after + 17
        && bits(config, after, 11) == 0x2B7
        && bits(config, after + 11, 5) == 5
        && bits(config, after + 16, 1) == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A frame of `body` bits, then (perhaps) a fill element with `count` bytes of replication,
    /// then the end mark.
    fn frame(body: &[u8], count: Option<usize>) -> Vec<u8> {
        let mut written: Vec<bool> = Vec::new();
        let mut put = |value: usize, width: usize| written.extend((0..width).rev().map(|bit| value >> bit & 1 == 1));
        for byte in body {
            put(usize::from(*byte), 8);
        }
        put(0b10, 2);
        if let Some(count) = count {
            put(0b110, 3);
            if count < 15 {
                put(count, 4);
            } else {
                put(15, 4);
                put(count - 14, 8);
            }
            put(0b1101, 4);
            put(0b0110, 4);
            for byte in 1..count {
                put(byte * 37 % 256, 8);
            }
        }
        put(0b111, 3);
        while !written.len().is_multiple_of(8) {
            written.push(false);
        }
        written.chunks(8).map(|byte| byte.iter().fold(0, |value, bit| value << 1 | u8::from(*bit))).collect()
    }

    #[test]
    fn frames_with_replication_are_all_found() {
        for count in [1, 9, 14, 15, 40, 269] {
            let mut vote = Vote::default();
            let verdicts = (0..QUORUM).map(|n| vote.cast(&frame(&[n as u8, 0x5A, 0xC3, 1, 2, 3, 4, 5], Some(count))));
            assert_eq!(verdicts.last(), Some(true), "{count} bytes");
        }
    }

    #[test]
    fn ordinary_frames_are_not_taken_for_it() {
        let mut vote = Vote::default();
        let mut noise = 1_u32;
        for _ in 0..VOTERS {
            let body: Vec<u8> = (0..200)
                .map(|_| {
                    noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    (noise >> 24) as u8
                })
                .collect();
            assert!(!vote.cast(&frame(&body, None)));
        }
    }

    #[test]
    fn announcements_are_understood() {
        assert!(announced(&[0x2B, 0x92, 0x08, 0x00]));
        // LC at 22,050 Hz, mono, then the sync word, type 5, present, 44,100 Hz.
        assert!(announced(&[0x13, 0x88, 0x56, 0xE5, 0xA0]));
        assert!(!announced(&[0x13, 0x88, 0x56, 0xE5, 0x00]));
        assert!(!announced(&[0x11, 0x90]));
        assert!(!announced(&[]));
    }
}
