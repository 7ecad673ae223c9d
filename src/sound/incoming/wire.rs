//! What `loa relay`, and whoever hands over somebody who speaks, says to the sound: frames of a letter, a length and so many bytes. Both ends are of one program, so an
//! unknown letter is passed over, and a frame that is too long ends the conversation.

use std::io::{self, Write};

use crate::diag::Text;

/// Samples a second, one channel.
pub const WIRE_RATE: u32 = 48_000;
/// A frame with more bytes is none of loa's: a third of a second of sound.
pub const FRAME_MOST: usize = 32 * 1_024;
/// The longest id of a relay that is asked for.
pub const ID_MOST: usize = 200;
/// A letter and a length.
const HEAD: usize = 5;

/// One thing that `loa relay` says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum WireFrame {
    /// So many milliseconds of sound are to be held, so that none is missed: said before the first of it.
    Hold(u32),
    /// Sound.
    Samples(Vec<i16>),
    /// Why there is none.
    Trouble(Text),
    /// It is there, and has nothing to say.
    Alive,
    /// Whoever speaks is done.
    Over,
}

impl WireFrame {
    /// Say it.
    pub fn write(&self, to: &mut impl Write) -> io::Result<()> {
        let (letter, body) = match self {
            Self::Hold(millis) => (b'H', millis.to_le_bytes().to_vec()),
            Self::Samples(samples) => (b'S', samples.iter().flat_map(|sample| sample.to_le_bytes()).collect()),
            Self::Trouble(Text { vi, en }) => (b'T', cut(&format!("{}\n{}", one_line(vi), one_line(en)))),
            Self::Alive => (b'A', Vec::new()),
            Self::Over => (b'O', Vec::new()),
        };
        let mut frame = Vec::with_capacity(HEAD + body.len());
        frame.push(letter);
        frame.extend((body.len() as u32).to_le_bytes());
        frame.extend(body);
        to.write_all(&frame)
    }

    fn read(letter: u8, body: &[u8]) -> Option<Self> {
        match letter {
            b'H' => Some(Self::Hold(u32::from_le_bytes(body.try_into().ok()?))),
            b'S' => {
                let sample = |pair: &[u8]| i16::from_le_bytes([pair[0], pair[1]]);
                Some(Self::Samples(body.chunks_exact(2).map(sample).collect()))
            }
            b'T' => {
                let said = String::from_utf8_lossy(body);
                let (vi, en) = said.split_once('\n').unwrap_or((&said, &said));
                Some(Self::Trouble(Text { vi: vi.to_owned(), en: en.to_owned() }))
            }
            b'A' => Some(Self::Alive),
            b'O' => Some(Self::Over),
            _ => None,
        }
    }
}

fn one_line(said: &str) -> String {
    said.replace(['\n', '\r'], " ")
}

fn cut(said: &str) -> Vec<u8> {
    said.bytes().take(FRAME_MOST).collect()
}

/// Frames out of bytes as they come.
#[derive(Debug, Default)]
pub struct WireReader {
    pending: Vec<u8>,
}

impl WireReader {
    /// Take bytes in.
    pub fn push(&mut self, bytes: &[u8]) {
        self.pending.extend_from_slice(bytes);
    }

    /// The next whole frame; `None` until more has come, an error where it is none of loa's.
    pub fn frame(&mut self) -> io::Result<Option<WireFrame>> {
        loop {
            let Some(&[letter, a, b, c, d]) = self.pending.first_chunk::<HEAD>() else { return Ok(None) };
            let length = u32::from_le_bytes([a, b, c, d]) as usize;
            if length > FRAME_MOST {
                return Err(io::Error::from(io::ErrorKind::InvalidData));
            }
            if self.pending.len() < HEAD + length {
                return Ok(None);
            }
            let frame = WireFrame::read(letter, &self.pending[HEAD..HEAD + length]);
            self.pending.drain(..HEAD + length);
            if frame.is_some() {
                return Ok(frame);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::text;

    #[test]
    fn frames_come_through_in_any_pieces_and_what_is_unknown_is_passed_over() {
        let said = [
            WireFrame::Hold(2_000),
            WireFrame::Samples(vec![0, 1, -1, i16::MIN, i16::MAX]),
            WireFrame::Trouble(text!("mất sóng", "gone")),
            WireFrame::Alive,
            WireFrame::Over,
        ];
        let mut bytes = Vec::new();
        for frame in &said {
            frame.write(&mut bytes).unwrap();
            bytes.extend([b'Z', 2, 0, 0, 0, 9, 9]);
        }
        for piece in [1, 3, 7, bytes.len()] {
            let (mut reader, mut heard) = (WireReader::default(), Vec::new());
            for piece in bytes.chunks(piece) {
                reader.push(piece);
                while let Some(frame) = reader.frame().unwrap() {
                    heard.push(frame);
                }
            }
            assert_eq!(heard, said);
        }
    }

    #[test]
    fn a_frame_that_is_too_long_ends_it() {
        let mut reader = WireReader::default();
        reader.push(&[b'S', 0xff, 0xff, 0xff, 0x7f]);
        assert!(reader.frame().is_err());
    }
}
