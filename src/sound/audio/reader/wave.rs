use std::io;
use std::ops::Range;

use symphonia::core::codecs::audio::AudioCodecId;
use symphonia::core::codecs::audio::well_known::{
    CODEC_ID_ADPCM_IMA_WAV, CODEC_ID_ADPCM_MS, CODEC_ID_PCM_ALAW, CODEC_ID_PCM_F32LE, CODEC_ID_PCM_F64LE,
    CODEC_ID_PCM_MULAW, CODEC_ID_PCM_S16LE, CODEC_ID_PCM_S24LE, CODEC_ID_PCM_S32LE, CODEC_ID_PCM_U8,
};

use super::{Bytes, Layout, joined};
use crate::audio::{fault, limit};
use crate::diag::text;
use crate::plan::Fault;

/// Chunks looked at: editors write a dozen.
const CHUNKS: u32 = 1_000;

/// How far too great a length may be and still be the mistake of a program that counts its own header in,
/// rather than a file that lost its end.
const HEADER_COUNTED: u64 = 128;

/// How far from the end chunks are looked for where the sound has no length of its own.
const BEHIND: u64 = 64 * 1024;

/// What a WAV holds.
pub(in crate::audio) enum Wave {
    /// Samples or ADPCM.
    Blocks(Layout),
    /// An MP3, wrapped.
    Mpeg(Range<u64>),
}

/// The three families: RIFF, its 64-bit twin with the lengths in a chunk of their own (EBU Tech 3306), and
/// Sony's Wave64 with 16-byte names.
#[derive(Clone, Copy, PartialEq)]
enum Family {
    Riff,
    Rf64,
    Wave64,
}

/// The second half of every Wave64 name.
const WAVE64: [u8; 12] = [0xF3, 0xAC, 0xD3, 0x11, 0x8C, 0xD1, 0x00, 0xC0, 0x4F, 0x8E, 0xDB, 0x8A];

struct Chunk {
    name: [u8; 4],
    body: u64,
    size: u64,
}

/// Reads the header of a WAV of any family, and finds where its sound lies whatever lengths are written in it.
pub(in crate::audio) fn read(bytes: &mut Bytes) -> Result<Wave, Fault> {
    let unreadable = |error: io::Error| fault::unreadable(&error);
    let Range { start, end } = bytes.range();
    let family = match bytes.array::<4>(start).map_err(unreadable)?.as_ref() {
        Some(b"riff") => Family::Wave64,
        Some(b"RF64" | b"BW64") => Family::Rf64,
        _ => Family::Riff,
    };
    let mut at = start + if family == Family::Wave64 { 40 } else { 12 };
    let (mut format, mut frames, mut long) = (None, None, None);
    for _ in 0..CHUNKS {
        let Some(chunk) = chunk(bytes, family, at).map_err(unreadable)? else { break };
        match &chunk.name {
            b"fmt " => format = Some(bytes.take(chunk.body, chunk.size.min(64) as usize).map_err(unreadable)?),
            b"fact" => frames = bytes.array(chunk.body).map_err(unreadable)?.map(u32::from_le_bytes),
            b"ds64" => long = bytes.array(chunk.body + 8).map_err(unreadable)?.map(u64::from_le_bytes),
            b"data" => {
                let size = if family == Family::Rf64 && chunk.size == u64::from(u32::MAX) {
                    long.unwrap_or(chunk.size)
                } else {
                    chunk.size
                };
                let Some(format) = format.as_deref().and_then(Format::parse) else { return Err(fault::damaged()) };
                if is_joined(bytes, family, &chunk, size).map_err(unreadable)? {
                    return Err(fault::joined());
                }
                let whole = outer(bytes, family).map_err(unreadable)?;
                let data = extent(bytes, family, &chunk, size, whole, &format).map_err(unreadable)?;
                if let Some(missing) = data.missing {
                    return Err(format.truncated(missing, data.range.end - data.range.start));
                }
                return format.wave(data.range, frames.filter(|frames| *frames > 0));
            }
            _ => {}
        }
        at = next(bytes, family, &chunk).map_err(unreadable)?;
        if at >= end {
            break;
        }
    }
    Err(if format.is_some() { fault::truncated() } else { fault::not_audio() })
}

/// The chunk at this place, if its header is all there.
fn chunk(bytes: &mut Bytes, family: Family, at: u64) -> io::Result<Option<Chunk>> {
    if family == Family::Wave64 {
        let Some(head) = bytes.array::<24>(at)? else { return Ok(None) };
        let [a, b, c, d, ..] = head;
        let size = u64::from_le_bytes(head[16..].try_into().unwrap_or_default()).saturating_sub(24);
        return Ok((head[4..16] == WAVE64).then_some(Chunk { name: [a, b, c, d], body: at + 24, size }));
    }
    let (name, size) = (bytes.array(at)?, bytes.array(at.saturating_add(4))?);
    let size = size.map(|size| u64::from(u32::from_le_bytes(size)));
    Ok(name.zip(size).map(|(name, size)| Chunk { name, body: at + 8, size }))
}

/// Where the next chunk begins: at an even place, or a multiple of eight. Some programs forget to pad.
fn next(bytes: &mut Bytes, family: Family, chunk: &Chunk) -> io::Result<u64> {
    let end = chunk.body.saturating_add(chunk.size);
    if family == Family::Wave64 {
        return Ok(end.saturating_add(7) / 8 * 8);
    }
    if chunk.size.is_multiple_of(2) {
        return Ok(end);
    }
    let padded = end.saturating_add(1);
    let (after, at_end) = (bytes.array(padded)?, bytes.array(end)?);
    Ok(if likeness(at_end) > likeness(after) { end } else { padded })
}

/// How much four letters are like the name of a chunk: those at a wrong place may look like one, but hardly like one that
/// recorders write.
fn likeness(name: Option<[u8; 4]>) -> u8 {
    const KNOWN: [&[u8; 4]; 11] =
        [b"data", b"fmt ", b"fact", b"LIST", b"bext", b"JUNK", b"id3 ", b"cue ", b"iXML", b"PEAK", b"smpl"];
    name.map_or(0, |name| u8::from(is_name(name)) + u8::from(KNOWN.contains(&&name)))
}

fn is_name(name: [u8; 4]) -> bool {
    name.iter().all(|byte| byte.is_ascii_alphanumeric() || b" _-".contains(byte))
}

/// Where the outermost chunk says that the file ends; `None` where it says nothing.
fn outer(bytes: &mut Bytes, family: Family) -> io::Result<Option<u64>> {
    let start = bytes.range().start;
    Ok(match family {
        Family::Riff => bytes
            .array(start + 4)?
            .map(|size| u64::from(u32::from_le_bytes(size)))
            .filter(|size| *size > 36 && *size < limit::PLACEHOLDER_BYTES)
            .map(|size| start + size + 8),
        _ => None,
    })
}

struct Extent {
    range: Range<u64>,
    /// Bytes that should be there and are not.
    missing: Option<u64>,
}

/// From where to where the sound goes, whatever the length of its chunk.
fn extent(
    bytes: &mut Bytes,
    family: Family,
    data: &Chunk,
    size: u64,
    whole: Option<u64>,
    format: &Format,
) -> io::Result<Extent> {
    let end = bytes.range().end;
    let have = end.saturating_sub(data.body);
    let to = |until: u64| Extent { range: data.body..until.max(data.body), missing: None };
    // A recorder that died before it wrote any length, or one that never writes it.
    let unknown = size == 0 || size >= limit::PLACEHOLDER_BYTES;
    if unknown && !(size == 0 && chain_to(bytes, family, data.body, end)?) {
        return Ok(to(sound_end(bytes, family, data.body, end)?));
    }
    if size > have {
        // The header is counted in, or the whole file is stated right and only the sound is not.
        let counted = size - have <= HEADER_COUNTED || whole == Some(end);
        let missing = (!counted).then_some(size - have);
        return Ok(Extent { range: data.body..end, missing });
    }
    let stated = data.body + size;
    // What lies behind the sound is more chunks; or more sound, written after the lengths were.
    let behind = next(bytes, family, &Chunk { size, ..*data })?;
    let more = end.saturating_sub(stated);
    if family == Family::Riff && more >= format.second() / 10 && !chain_to(bytes, family, behind, end)? {
        let rest = bytes.take(stated, 1 << 16)?;
        let until = sound_end(bytes, family, stated, end)?;
        // Stated as the end of the file: of the sound, where no chunks follow; or of all there is, rightly.
        let is_stated = |whole: u64| [stated, end].iter().any(|at| whole.abs_diff(*at) <= HEADER_COUNTED);
        if whole.is_none_or(is_stated) && format.goes_on(&rest) {
            return Ok(to(until));
        }
    }
    Ok(to(stated))
}

/// Whether another file stands behind the sound, at once or behind further chunks.
fn is_joined(bytes: &mut Bytes, family: Family, data: &Chunk, size: u64) -> io::Result<bool> {
    let end = bytes.range().end;
    if size >= limit::PLACEHOLDER_BYTES {
        // Without a length the sound goes to the end, and the next header would be heard.
        let mut at = data.body;
        while let Some(place) = bytes.find(at, end, |byte| byte == b'R')? {
            if matches!(bytes.array::<16>(place)?, Some([b'R', b'I', b'F', b'F', _, _, _, _, rest @ ..]) if &rest == b"WAVEfmt ")
            {
                return Ok(true);
            }
            at = place + 1;
        }
        return Ok(false);
    }
    let stated = data.body.saturating_add(size);
    let mut at = next(bytes, family, &Chunk { size, ..*data })?;
    if joined::begins(bytes, stated)? {
        return Ok(true);
    }
    for _ in 0..CHUNKS {
        if joined::begins(bytes, at)? {
            return Ok(true);
        }
        let Some(found) = chunk(bytes, family, at)?.filter(|found| is_name(found.name)) else { break };
        at = next(bytes, family, &found)?;
    }
    Ok(false)
}

/// Whether chunks follow one another from here to the very end.
fn chain_to(bytes: &mut Bytes, family: Family, mut at: u64, end: u64) -> io::Result<bool> {
    if at >= end {
        return Ok(true);
    }
    for _ in 0..CHUNKS {
        let Some(found) = chunk(bytes, family, at)?.filter(|found| is_name(found.name)) else { return Ok(false) };
        at = next(bytes, family, &found)?;
        // A pad byte may be missing at the end of a file.
        if at >= end {
            return Ok(at <= end + 1);
        }
    }
    Ok(false)
}

/// Where sound that goes to the end of the file ends: before chunks that programs write behind it.
fn sound_end(bytes: &mut Bytes, family: Family, start: u64, end: u64) -> io::Result<u64> {
    const USUAL: [&[u8; 4]; 12] =
        [b"LIST", b"id3 ", b"ID3 ", b"bext", b"iXML", b"_PMX", b"cue ", b"smpl", b"afsp", b"FLLR", b"fact", b"SMED"];
    let from = end.saturating_sub(BEHIND).max(start);
    let tail = bytes.take(from, BEHIND as usize)?;
    for (place, name) in tail.windows(4).enumerate() {
        if USUAL.iter().any(|usual| *usual == name) && chain_to(bytes, family, from + place as u64, end)? {
            return Ok(from + place as u64);
        }
    }
    Ok(end)
}

/// The `fmt ` chunk.
struct Format {
    tag: u16,
    channels: u16,
    rate: u32,
    align: u16,
    bits: u16,
    /// Of ADPCM.
    block_frames: u16,
}

impl Format {
    fn parse(chunk: &[u8]) -> Option<Self> {
        let half = |at: usize| Some(u16::from_le_bytes([*chunk.get(at)?, *chunk.get(at + 1)?]));
        let rate = u32::from_le_bytes(chunk.get(4..8)?.try_into().ok()?);
        let mut tag = half(0)?;
        // WAVE_FORMAT_EXTENSIBLE: the true tag begins the name behind the channel mask.
        if tag == 0xFFFE {
            tag = half(24)?;
        }
        let (channels, align, bits) = (half(2)?, half(12)?, half(14).unwrap_or(0));
        let mut this = Self { tag, channels, rate, align, bits, block_frames: half(18).unwrap_or(0) };
        if tag != 2 && tag != 0x11 {
            let stated = u32::from_le_bytes(chunk.get(8..12)?.try_into().ok()?);
            let is_stated = u64::from(stated) == u64::from(rate) * u64::from(align);
            if let Some(frame) = this.sample_bytes(is_stated).checked_mul(channels) {
                this.align = frame;
            }
        }
        Some(this)
    }

    /// Bytes of one second.
    fn second(&self) -> u64 {
        u64::from(self.rate) * u64::from(self.align.max(1)) / self.frames_of_block().max(1)
    }

    fn frames_of_block(&self) -> u64 {
        let (channels, align) = (u64::from(self.channels.max(1)), u64::from(self.align));
        match self.tag {
            // A header of four bytes a channel with the first sample in it, then half bytes.
            0x11 => align.saturating_sub(4 * channels) * 2 / channels + 1,
            // Seven bytes a channel with the first two samples in them.
            0x02 => align.saturating_sub(7 * channels) * 2 / channels + 2,
            _ => 1,
        }
    }

    /// Whether bytes behind the end of the sound are more of it: neighbouring samples of sound are alike, those of
    /// anything else are not.
    fn goes_on(&self, rest: &[u8]) -> bool {
        if self.tag != 1 || self.bits != 16 || self.channels == 0 {
            return false;
        }
        let samples: Vec<f64> =
            rest.as_chunks::<2>().0.iter().map(|pair| f64::from(i16::from_le_bytes(*pair))).collect();
        let step = usize::from(self.channels);
        let alike: f64 = samples.iter().zip(samples.iter().skip(step)).map(|(a, b)| a * b).sum();
        let power: f64 = samples.iter().map(|sample| sample * sample).sum();
        power > 0.0 && alike > 0.5 * power
    }

    fn truncated(&self, missing: u64, have: u64) -> Fault {
        let second = self.second().max(1) as f64;
        fault::cut_off(missing as f64 / second, Some(have as f64 / second))
    }

    fn wave(&self, data: Range<u64>, fact: Option<u32>) -> Result<Wave, Fault> {
        if matches!(self.tag, 1 | 3 | 6 | 7) && !self.align.is_multiple_of(self.channels) {
            return Err(fault::damaged());
        }
        let codec = match (self.tag, self.align / self.channels.max(1)) {
            (0x50 | 0x55, _) => return Ok(Wave::Mpeg(data)),
            (1, 1) => CODEC_ID_PCM_U8,
            (1, 2) => CODEC_ID_PCM_S16LE,
            (1, 3) => CODEC_ID_PCM_S24LE,
            (1, 4) => CODEC_ID_PCM_S32LE,
            (3, 4) => CODEC_ID_PCM_F32LE,
            (3, 8) => CODEC_ID_PCM_F64LE,
            (6, _) => CODEC_ID_PCM_ALAW,
            (7, _) => CODEC_ID_PCM_MULAW,
            (2, _) => CODEC_ID_ADPCM_MS,
            (0x11, _) => CODEC_ID_ADPCM_IMA_WAV,
            _ => return Err(self.foreign()),
        };
        let is_adpcm = [CODEC_ID_ADPCM_MS, CODEC_ID_ADPCM_IMA_WAV].contains(&codec);
        if is_adpcm && (self.bits != 4 || !(1..=2).contains(&self.channels)) {
            return Err(self.foreign());
        }
        Ok(Wave::Blocks(self.layout(codec, data, fact.filter(|_| is_adpcm)).ok_or_else(fault::damaged)?))
    }

    /// Bytes of one sample: what its bits need. Some programs write a wrong size of a frame beside them; it is believed
    /// where it gives more than 16 bits room in a larger word and the bytes of a second say the same, or where nothing
    /// else says anything.
    fn sample_bytes(&self, is_stated: bool) -> u16 {
        let needed = if self.tag == 6 || self.tag == 7 { 1 } else { self.bits.div_ceil(8) };
        let by_frame =
            self.align.checked_div(self.channels).filter(|_| self.align.is_multiple_of(self.channels.max(1)));
        let is_padded = |bytes: &u16| needed == 0 || (self.bits > 16 && is_stated && (needed..=4).contains(bytes));
        by_frame.filter(is_padded).unwrap_or(needed)
    }

    fn layout(&self, codec: AudioCodecId, data: Range<u64>, fact: Option<u32>) -> Option<Layout> {
        let is_adpcm = self.tag == 2 || self.tag == 0x11;
        let block_frames = if is_adpcm { self.frames_of_block() } else { 1 };
        // A block that is smaller than its header says would be decoded from the next one.
        if is_adpcm && self.block_frames > 0 && u64::from(self.block_frames) != block_frames {
            return None;
        }
        let block_bytes = u64::from(self.align);
        let layout = Layout {
            codec,
            rate: self.rate,
            channels: self.channels,
            block_bytes,
            block_frames,
            data,
            most_frames: None,
        }
        .check()?;
        // The last block is filled up; only the `fact` chunk says with how much.
        let all = layout.frames();
        let most = fact.map(u64::from).filter(|fact| *fact <= all && *fact + layout.block_frames > all);
        Some(Layout { most_frames: most, ..layout })
    }

    fn foreign(&self) -> Fault {
        let name = match self.tag {
            1 | 3 => format!("WAV, {} bit", self.bits),
            0x31 => "WAV, GSM 6.10".to_owned(),
            0x2000 => "WAV, AC-3".to_owned(),
            0x2001 => "WAV, DTS".to_owned(),
            0x160..=0x163 => "WAV, Windows Media".to_owned(),
            0xFF | 0x1600..=0x1610 => "WAV, AAC".to_owned(),
            0x45 | 0x64 | 0x14 | 0x40 => "WAV, G.726".to_owned(),
            0x65 | 0x28F => "WAV, G.722".to_owned(),
            tag => format!("WAV 0x{tag:04X}"),
        };
        fault::unsupported(&text!("{name}", "{name}"))
    }
}
