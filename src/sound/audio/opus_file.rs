use std::io::{self, Write};

use rusty_opus::{Application, OpusEncoder};

use crate::incoming::wire::WIRE_RATE;

/// Samples in a packet: 20 ms.
const PACKET: usize = 960;
/// Samples that come out before the first that went in: what the encoder looks ahead (RFC 7845 §4.2 has a player let them go).
const AHEAD: usize = 312;
/// Speech and music of a radio, one channel: 4 kB a second.
const BITS_A_SECOND: i32 = 32_000;
/// Of ten: half of what the best costs, and nobody hears the difference over a horn.
const EFFORT: i32 = 5;
/// The longest packet (RFC 6716 §3.2.1).
const PACKET_MOST: usize = 1_275;
/// Packets in a page: half a second, so that a power cut takes no more.
const PAGE: usize = 25;
/// Pages are found by it; any number will do where a file has one stream.
const SERIAL: u32 = 0x6c6f_6131;
const FIRST: u8 = 2;
const LAST: u8 = 4;

/// Writes sound into an Ogg Opus file (RFC 7845) as it comes: one channel, 48,000 samples a second. What was written can be
/// played at any moment, also where the power went.
pub struct OpusFile<W> {
    to: W,
    encoder: Box<OpusEncoder>,
    pending: Vec<f32>,
    packet: Vec<u8>,
    /// Lengths of the packets in the page, as Ogg writes them, and their bytes.
    lacing: Vec<u8>,
    body: Vec<u8>,
    packets: usize,
    /// Samples in all pages so far, and those that came in.
    coded: u64,
    came: u64,
    pages: u32,
}

impl<W: Write> OpusFile<W> {
    /// Begin a file.
    pub fn begin(to: W) -> io::Result<Self> {
        let mut encoder = OpusEncoder::new(WIRE_RATE as i32, 1, Application::Audio).map_err(strange)?;
        (encoder.bitrate_bps, encoder.complexity, encoder.lsb_depth) = (BITS_A_SECOND, EFFORT, 16);
        let mut file = Self {
            to,
            encoder: Box::new(encoder),
            pending: Vec::new(),
            packet: vec![0; PACKET_MOST],
            lacing: Vec::new(),
            body: Vec::new(),
            packets: 0,
            coded: 0,
            came: 0,
            pages: 0,
        };
        let mut head = b"OpusHead\x01\x01".to_vec();
        head.extend((AHEAD as u16).to_le_bytes());
        head.extend(WIRE_RATE.to_le_bytes());
        // No gain, one channel.
        head.extend([0, 0, 0]);
        file.add(&head);
        file.page(FIRST, 0)?;
        let mut tags = b"OpusTags".to_vec();
        tags.extend(3_u32.to_le_bytes());
        tags.extend(b"loa");
        tags.extend(0_u32.to_le_bytes());
        file.add(&tags);
        file.page(0, 0)?;
        Ok(file)
    }

    /// These samples come next.
    pub fn push(&mut self, samples: &[i16]) -> io::Result<()> {
        self.came += samples.len() as u64;
        self.pending.extend(samples.iter().map(|sample| f32::from(*sample) / 32_768.0));
        self.encode()
    }

    fn encode(&mut self) -> io::Result<()> {
        let whole = self.pending.len() / PACKET * PACKET;
        for at in (0..whole).step_by(PACKET) {
            let length =
                self.encoder.encode(&self.pending[at..at + PACKET], PACKET, &mut self.packet).map_err(strange)?;
            let packet = std::mem::take(&mut self.packet);
            self.add(&packet[..length.min(packet.len())]);
            self.packet = packet;
            self.coded += PACKET as u64;
            if self.packets == PAGE {
                self.page(0, self.coded)?;
            }
        }
        self.pending.drain(..whole);
        Ok(())
    }

    /// The end: the last samples are written, and how many there were.
    pub fn finish(mut self) -> io::Result<W> {
        let end = self.came + AHEAD as u64;
        let missing = usize::try_from(end.saturating_sub(self.coded)).unwrap_or(0);
        self.pending.resize(missing.div_ceil(PACKET) * PACKET, 0.0);
        self.encode()?;
        self.page(LAST, end)?;
        self.to.flush()?;
        Ok(self.to)
    }

    fn add(&mut self, packet: &[u8]) {
        self.lacing.resize(self.lacing.len() + packet.len() / 255, 255);
        self.lacing.push((packet.len() % 255) as u8);
        self.body.extend_from_slice(packet);
        self.packets += 1;
    }

    /// Write what waits as a page (RFC 3533 §6); `granule`: samples up to its end.
    fn page(&mut self, kind: u8, granule: u64) -> io::Result<()> {
        let mut page = b"OggS\0".to_vec();
        page.push(kind);
        page.extend(granule.to_le_bytes());
        page.extend(SERIAL.to_le_bytes());
        page.extend(self.pages.to_le_bytes());
        let sum = page.len();
        page.extend([0; 4]);
        page.push(self.lacing.len() as u8);
        page.append(&mut self.lacing);
        page.append(&mut self.body);
        let crc = checksum(&page);
        page[sum..sum + 4].copy_from_slice(&crc.to_le_bytes());
        (self.packets, self.pages) = (0, self.pages + 1);
        self.to.write_all(&page)
    }
}

/// What this encoder refuses it was not given.
fn strange(error: rusty_opus::Error) -> io::Error {
    io::Error::other(error.to_string())
}

/// CRC-32 with the polynomial 0x04c11db7, from the highest bit down, begun with nought (RFC 3533 §6).
fn checksum(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0, |sum, byte| {
        let mut sum = sum ^ u32::from(*byte) << 24;
        for _ in 0..8 {
            sum = sum << 1 ^ if sum >> 31 == 1 { 0x04c1_1db7 } else { 0 };
        }
        sum
    })
}

#[cfg(test)]
mod tests {
    use std::f64::consts::TAU;

    use super::*;
    use crate::audio::LiveDecoder;

    fn tone(samples: usize) -> Vec<i16> {
        (0..samples).map(|at| ((at as f64 * 440.0 * TAU / 48_000.0).sin() * 9_000.0) as i16).collect()
    }

    fn decoded(file: Vec<u8>) -> Vec<i16> {
        let mut decoder = LiveDecoder::open(io::Cursor::new(file), "ogg").unwrap();
        let mut out = Vec::new();
        while decoder.read(&mut out).unwrap() {}
        out
    }

    #[test]
    fn what_was_written_is_heard_again_and_what_the_power_cut_off_up_to_there() {
        let sent = tone(48_000 * 3 + 700);
        let mut file = OpusFile::begin(Vec::new()).unwrap();
        for part in sent.chunks(481) {
            file.push(part).unwrap();
        }
        let whole = file.finish().unwrap();
        assert!(whole.len() < 16_000, "{} bytes", whole.len());
        for (file, least) in [(whole.clone(), 3 * 48_000), (whole[..whole.len() * 2 / 3].to_vec(), 48_000)] {
            let heard = decoded(file);
            assert!(heard.len() >= least && heard.len() < sent.len() + 2 * PACKET, "{}", heard.len());
            let power = |samples: &[i16]| samples.iter().map(|sample| f64::from(*sample).powi(2)).sum::<f64>();
            let (there, expected) = (power(&heard[..least]), power(&sent[..least]));
            assert!((0.8..1.2).contains(&(there / expected)), "{}", there / expected);
        }
    }

    #[test]
    fn the_checksum_is_that_of_ogg() {
        // CRC-32 with this polynomial, unreflected and begun with nought, of the digits that checksums are compared by.
        assert_eq!(checksum(b"123456789"), 0x89a1_897f);
    }
}
