use std::io;
use std::ops::Range;

use symphonia::core::codecs::audio::AudioCodecId;
use symphonia::core::codecs::audio::well_known::{
    CODEC_ID_ADPCM_IMA_QT, CODEC_ID_PCM_ALAW, CODEC_ID_PCM_F32BE, CODEC_ID_PCM_F64BE, CODEC_ID_PCM_MULAW,
    CODEC_ID_PCM_S8, CODEC_ID_PCM_S16BE, CODEC_ID_PCM_S16LE, CODEC_ID_PCM_S24BE, CODEC_ID_PCM_S24LE,
    CODEC_ID_PCM_S32BE, CODEC_ID_PCM_S32LE, CODEC_ID_PCM_U8,
};

use super::{Bytes, Layout, joined};
use crate::audio::{fault, limit};
use crate::diag::text;
use crate::plan::Fault;

/// Chunks looked at: editors write a dozen.
const CHUNKS: u32 = 1_000;

/// Reads the header of an AIFF or AIFF-C (Apple, 1991), and finds where its sound lies whatever lengths are
/// written in it.
pub(in crate::audio) fn read(bytes: &mut Bytes) -> Result<Layout, Fault> {
    let unreadable = |error: io::Error| fault::unreadable(&error);
    let Range { start, end } = bytes.range();
    let mut at = start + 12;
    let (mut common, mut sound) = (None, None);
    for _ in 0..CHUNKS {
        let Some(name) = bytes.array::<4>(at).map_err(unreadable)? else { break };
        let Some(size) = bytes.array(at + 4).map_err(unreadable)? else { break };
        let size = u64::from(u32::from_be_bytes(size));
        let body = at + 8;
        match &name {
            b"COMM" => common = Common::parse(&bytes.take(body, size.min(64) as usize).map_err(unreadable)?),
            b"SSND" => {
                let offset = bytes.array(body).map_err(unreadable)?.map_or(0, u32::from_be_bytes);
                sound = Some((body + 8 + u64::from(offset), body.saturating_add(size), size));
                // A length that is not written, or too great, hides all that follows.
                if size <= 8 || body + size > end {
                    break;
                }
            }
            _ => {}
        }
        at = body.saturating_add(size).saturating_add(size % 2);
        if at >= end || (common.is_some() && sound.is_some()) {
            break;
        }
    }
    let (Some(common), Some((from, to, size))) = (common, sound) else { return Err(fault::truncated()) };
    let from = from.min(end);
    let block = common.block().ok_or_else(|| common.foreign())?;
    let counted = u64::from(common.frames) * block.bytes;
    let unknown = size <= 8 || size >= limit::PLACEHOLDER_BYTES;
    let to = match (unknown, counted) {
        (true, 0) => end,
        (true, counted) if counted < limit::PLACEHOLDER_BYTES => from + counted,
        (true, _) => end,
        (false, _) => to,
    };
    // Of the two lengths the smaller is believed where both are written.
    let stated = if counted > 0 && !unknown { to.min(from + counted) } else { to };
    if !unknown && is_joined(bytes, to, size % 2).map_err(unreadable)? {
        return Err(fault::joined());
    }
    if stated > end + block.bytes {
        let second = (f64::from(common.rate) / block.frames as f64 * block.bytes as f64).max(1.0);
        return Err(fault::cut_off((stated - end) as f64 / second, Some((end - from) as f64 / second)));
    }
    let layout = Layout {
        codec: block.codec,
        rate: common.rate,
        channels: common.channels,
        block_bytes: block.bytes,
        block_frames: block.frames,
        data: from..stated.min(end),
        most_frames: None,
    };
    layout.check().ok_or_else(fault::damaged)
}

/// Whether another file stands behind the sound that ends here, at once or behind further chunks.
fn is_joined(bytes: &mut Bytes, mut at: u64, mut pad: u64) -> io::Result<bool> {
    for _ in 0..CHUNKS {
        if joined::begins(bytes, at)? || (pad > 0 && joined::begins(bytes, at + pad)?) {
            return Ok(true);
        }
        at += pad;
        let Some(head) = bytes.array::<8>(at)?.filter(|head| head[..4].iter().all(u8::is_ascii_graphic)) else { break };
        let size = u64::from(u32::from_be_bytes([head[4], head[5], head[6], head[7]]));
        (at, pad) = (at + 8 + size, size % 2);
    }
    Ok(false)
}

struct Block {
    codec: AudioCodecId,
    bytes: u64,
    frames: u64,
}

/// The `COMM` chunk.
struct Common {
    channels: u16,
    frames: u32,
    bits: u16,
    rate: u32,
    kind: [u8; 4],
}

impl Common {
    fn parse(chunk: &[u8]) -> Option<Self> {
        let half = |at: usize| Some(u16::from_be_bytes([*chunk.get(at)?, *chunk.get(at + 1)?]));
        let frames = u32::from_be_bytes(chunk.get(2..6)?.try_into().ok()?);
        let kind = chunk.get(18..22).map_or(*b"NONE", |kind| kind.try_into().unwrap_or(*b"NONE"));
        Some(Self { channels: half(0)?, frames, bits: half(6)?, rate: extended(chunk.get(8..18)?)?, kind })
    }

    fn block(&self) -> Option<Block> {
        let bytes = self.bits.div_ceil(8);
        let codec = match (&self.kind, bytes) {
            (b"NONE" | b"twos" | b"in24" | b"in32" | b"sowt", 1) => CODEC_ID_PCM_S8,
            (b"NONE" | b"twos", 2) => CODEC_ID_PCM_S16BE,
            (b"NONE" | b"twos" | b"in24", 3) => CODEC_ID_PCM_S24BE,
            (b"NONE" | b"twos" | b"in32", 4) => CODEC_ID_PCM_S32BE,
            (b"sowt", 2) => CODEC_ID_PCM_S16LE,
            (b"sowt" | b"42ni", 3) => CODEC_ID_PCM_S24LE,
            (b"sowt" | b"23ni", 4) => CODEC_ID_PCM_S32LE,
            (b"raw ", 1) => CODEC_ID_PCM_U8,
            (b"fl32" | b"FL32", _) => CODEC_ID_PCM_F32BE,
            (b"fl64" | b"FL64", _) => CODEC_ID_PCM_F64BE,
            (b"ulaw" | b"ULAW", _) => CODEC_ID_PCM_MULAW,
            (b"alaw" | b"ALAW", _) => CODEC_ID_PCM_ALAW,
            (b"ima4", _) if self.channels <= 2 => {
                let bytes = 34 * u64::from(self.channels);
                return Some(Block { codec: CODEC_ID_ADPCM_IMA_QT, bytes, frames: 64 });
            }
            _ => return None,
        };
        let bytes = match &self.kind {
            b"fl32" | b"FL32" => 4,
            b"fl64" | b"FL64" => 8,
            b"ulaw" | b"ULAW" | b"alaw" | b"ALAW" => 1,
            _ => u64::from(bytes),
        };
        Some(Block { codec, bytes: bytes * u64::from(self.channels), frames: 1 })
    }

    fn foreign(&self) -> Fault {
        let name = String::from_utf8_lossy(&self.kind).trim().to_owned();
        let name = if name.chars().all(|letter| letter.is_ascii_alphanumeric()) { name } else { String::new() };
        let bits = self.bits;
        fault::unsupported(&text!("AIFF {name} {bits} bit", "AIFF {name} {bits} bit"))
    }
}

/// A rate as an 80-bit number of Motorola's.
fn extended(bytes: &[u8]) -> Option<u32> {
    let exponent = i32::from(u16::from_be_bytes([*bytes.first()? & 0x7F, *bytes.get(1)?])) - 16_383;
    let mantissa = u64::from_be_bytes(bytes.get(2..10)?.try_into().ok()?);
    (0..32).contains(&exponent).then(|| (mantissa >> (63 - exponent)) as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_read() {
        assert_eq!(extended(&[0x40, 0x0E, 0xAC, 0x44, 0, 0, 0, 0, 0, 0]), Some(44_100));
        assert_eq!(extended(&[0x40, 0x0B, 0xFA, 0, 0, 0, 0, 0, 0, 0]), Some(8_000));
        assert_eq!(extended(&[0x7F, 0xFF, 0, 0, 0, 0, 0, 0, 0, 0]), None);
    }
}
