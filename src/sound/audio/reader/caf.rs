use std::io;
use std::ops::Range;

use symphonia::core::audio::Channels;
use symphonia::core::codecs::audio::well_known::{
    CODEC_ID_AAC, CODEC_ID_ADPCM_IMA_QT, CODEC_ID_ALAC, CODEC_ID_OPUS, CODEC_ID_PCM_ALAW, CODEC_ID_PCM_F32BE,
    CODEC_ID_PCM_F32LE, CODEC_ID_PCM_F64BE, CODEC_ID_PCM_F64LE, CODEC_ID_PCM_MULAW, CODEC_ID_PCM_S8,
    CODEC_ID_PCM_S16BE, CODEC_ID_PCM_S16LE, CODEC_ID_PCM_S24BE, CODEC_ID_PCM_S24LE, CODEC_ID_PCM_S32BE,
    CODEC_ID_PCM_S32LE,
};
use symphonia::core::codecs::audio::{AudioCodecId, AudioCodecParameters};

use super::step::{Coded, Demuxed};
use super::{Bytes, Layout, joined};
use crate::audio::cut::EditList;
use crate::audio::{fault, limit};
use crate::diag::text;
use crate::plan::Fault;

/// Chunks looked at: a recorder writes six.
const CHUNKS: u32 = 1_000;

/// Largest packet table: four hours in packets of 20 ms need 1.5 MB.
const TABLE_BYTES: u64 = 16 * 1024 * 1024;

/// How far from the end the packet table is looked for where the sound has no length of its own.
const BEHIND: u64 = 2 * 1024 * 1024;

/// Largest magic cookie: that of AAC has some dozens of bytes.
const COOKIE_BYTES: u64 = 4_096;

/// What a CAF (Apple's Core Audio Format) holds.
pub(in crate::audio) enum Caf {
    /// Samples or ADPCM.
    Blocks(Layout),
    /// Packets of a codec.
    Packets(Packets),
}

/// Reads the header of a CAF.
pub(in crate::audio) fn read(mut bytes: Bytes) -> Result<(Caf, Bytes), Fault> {
    let parts = Parts::read(&mut bytes).map_err(|error| fault::unreadable(&error))?;
    let Some(desc) = parts.desc.as_deref().and_then(Desc::parse) else { return Err(fault::damaged()) };
    let Some((data, missing)) = parts.data.clone() else { return Err(fault::truncated()) };
    let have = data.end - data.start;
    // All that the packet table names outweighs the length of the chunk.
    let named = desc.named_bytes(&parts);
    let missing = named.map_or(missing, |(named, last)| {
        // One packet less is padding.
        Some(named.saturating_sub(have)).filter(|missing| *missing > last).unwrap_or(0)
    });
    let named = named.map(|(named, _)| named);
    if missing > 0 {
        let share = missing as f64 / named.unwrap_or(have + missing).max(1) as f64;
        let cut = |all: f64| fault::cut_off(all * share, Some(all * (1.0 - share)));
        return Err(desc.seconds(have + missing, &parts).map_or_else(fault::truncated, cut));
    }
    let behind = named.map(|named| joined::begins(&mut bytes, data.start + named)).transpose();
    if parts.is_joined || behind.map_err(|error| fault::unreadable(&error))? == Some(true) {
        return Err(fault::joined());
    }
    let caf = match desc.samples() {
        Some((codec, bytes, frames)) => Caf::Blocks(desc.layout(codec, bytes, frames, data, &parts)?),
        None => Caf::Packets(desc.packets(data, parts)?),
    };
    Ok((caf, bytes))
}

#[derive(Default)]
struct Parts {
    desc: Option<Vec<u8>>,
    cookie: Vec<u8>,
    table: Vec<u8>,
    /// Where the sound lies, and how many bytes of it are missing.
    data: Option<(Range<u64>, u64)>,
    /// Another file stands behind it.
    is_joined: bool,
}

impl Parts {
    fn read(bytes: &mut Bytes) -> io::Result<Self> {
        let Range { start, end } = bytes.range();
        let mut parts = Self::default();
        let mut at = start + 8;
        for _ in 0..CHUNKS {
            if parts.data.is_some() && joined::begins(bytes, at)? {
                parts.is_joined = true;
                break;
            }
            let Some(head) = bytes.array::<12>(at)? else { break };
            let [a, b, c, d, ..] = head;
            let mut size = u64::from_be_bytes(head[4..].try_into().unwrap_or_default());
            let body = at + 12;
            let room = end.saturating_sub(body);
            match &[a, b, c, d] {
                b"desc" => parts.desc = Some(bytes.take(body, size.min(64) as usize)?),
                b"kuki" => parts.cookie = bytes.take(body, size.min(COOKIE_BYTES) as usize)?,
                b"pakt" if size <= TABLE_BYTES => parts.table = bytes.take(body, size as usize)?,
                b"data" => {
                    // Minus one is "to the end", as a recorder leaves it that was cut short; what no file reaches is no
                    // length either.
                    let unknown = size >= limit::PLACEHOLDER_BYTES || size == 0;
                    size = match if unknown || size > room { table_behind(bytes, body)? } else { None } {
                        Some(table) => table - body,
                        None if unknown => room,
                        None => size,
                    };
                    let from = (body + 4).min(end);
                    parts.data = Some((from..body.saturating_add(size).min(end).max(from), size.saturating_sub(room)));
                }
                _ => {}
            }
            let Some(next) = body.checked_add(size).filter(|next| *next < end) else { break };
            at = next;
        }
        Ok(parts)
    }

    /// Packets, frames that count, and those before and after them, by the packet table.
    fn counts(&self) -> Option<(u64, u64, u64, u64)> {
        let long = |at: usize| Some(u64::from_be_bytes(self.table.get(at..at + 8)?.try_into().ok()?));
        let word = |at: usize| Some(u64::from(u32::from_be_bytes(self.table.get(at..at + 4)?.try_into().ok()?)));
        Some((long(0)?, long(8)?, word(16)?, word(20)?))
    }
}

/// Where the packet table stands behind a sound that has no length, or too great a one: chunks from there on end where
/// the file does.
fn table_behind(bytes: &mut Bytes, from: u64) -> io::Result<Option<u64>> {
    let end = bytes.range().end;
    let start = end.saturating_sub(BEHIND).max(from);
    let tail = bytes.take(start, BEHIND as usize)?;
    let places =
        tail.windows(4).enumerate().filter(|(_, name)| *name == b"pakt").map(|(place, _)| start + place as u64);
    for place in places {
        let mut at = place;
        for _ in 0..CHUNKS {
            let Some(head) = bytes.array::<12>(at)?.filter(|head| head[..4].iter().all(u8::is_ascii)) else { break };
            let size = u64::from_be_bytes(head[4..].try_into().unwrap_or_default());
            let Some(next) = (at + 12).checked_add(size).filter(|next| *next <= end) else { break };
            if next == end {
                return Ok(Some(place));
            }
            at = next;
        }
    }
    Ok(None)
}

/// The `desc` chunk.
struct Desc {
    rate: u32,
    kind: [u8; 4],
    flags: u32,
    packet_bytes: u32,
    packet_frames: u32,
    channels: u32,
    bits: u32,
}

impl Desc {
    fn parse(chunk: &[u8]) -> Option<Self> {
        let word = |at: usize| Some(u32::from_be_bytes(chunk.get(at..at + 4)?.try_into().ok()?));
        let rate = f64::from_be_bytes(chunk.get(..8)?.try_into().ok()?);
        let rate = if (1.0..1e7).contains(&rate) { rate.round() as u32 } else { return None };
        Some(Self {
            rate,
            kind: chunk.get(8..12)?.try_into().ok()?,
            flags: word(12)?,
            packet_bytes: word(16)?,
            packet_frames: word(20)?,
            channels: word(24)?,
            bits: word(28)?,
        })
    }

    /// Codec, bytes and frames of a block, for what lies there in blocks of one size.
    fn samples(&self) -> Option<(AudioCodecId, u64, u64)> {
        let channels = u64::from(self.channels);
        let (float, little) = (self.flags & 1 != 0, self.flags & 2 != 0);
        let width = u64::from(self.bits.div_ceil(8));
        let codec = match (&self.kind, float, little, width) {
            (b"lpcm", true, true, 4) => CODEC_ID_PCM_F32LE,
            (b"lpcm", true, false, 4) => CODEC_ID_PCM_F32BE,
            (b"lpcm", true, true, 8) => CODEC_ID_PCM_F64LE,
            (b"lpcm", true, false, 8) => CODEC_ID_PCM_F64BE,
            (b"lpcm", false, _, 1) => CODEC_ID_PCM_S8,
            (b"lpcm", false, true, 2) => CODEC_ID_PCM_S16LE,
            (b"lpcm", false, false, 2) => CODEC_ID_PCM_S16BE,
            (b"lpcm", false, true, 3) => CODEC_ID_PCM_S24LE,
            (b"lpcm", false, false, 3) => CODEC_ID_PCM_S24BE,
            (b"lpcm", false, true, 4) => CODEC_ID_PCM_S32LE,
            (b"lpcm", false, false, 4) => CODEC_ID_PCM_S32BE,
            (b"ulaw", ..) => return Some((CODEC_ID_PCM_MULAW, channels, 1)),
            (b"alaw", ..) => return Some((CODEC_ID_PCM_ALAW, channels, 1)),
            (b"ima4", ..) if channels <= 2 => return Some((CODEC_ID_ADPCM_IMA_QT, 34 * channels, 64)),
            _ => return None,
        };
        Some((codec, width * channels, 1))
    }

    fn layout(
        &self,
        codec: AudioCodecId,
        block_bytes: u64,
        block_frames: u64,
        data: Range<u64>,
        parts: &Parts,
    ) -> Result<Layout, Fault> {
        let most_frames = parts.counts().map(|(_, valid, ..)| valid).filter(|valid| *valid > 0 && block_frames > 1);
        let channels = u16::try_from(self.channels).map_err(|_| fault::damaged())?;
        let layout = Layout { codec, rate: self.rate, channels, block_bytes, block_frames, data, most_frames };
        layout.check().ok_or_else(fault::damaged)
    }

    fn packets(&self, data: Range<u64>, parts: Parts) -> Result<Packets, Fault> {
        let channels = self.channels;
        if self.channels > limit::CHANNELS as u32 || self.channels == 0 {
            return Err(fault::channels("CAF", channels as usize));
        }
        let (codec, extra) = match &self.kind {
            b"alac" => (CODEC_ID_ALAC, alac_cookie(&parts.cookie).to_vec()),
            b"opus" => (CODEC_ID_OPUS, Vec::new()),
            b"aac " => (CODEC_ID_AAC, aac_config(&parts.cookie).ok_or_else(fault::damaged)?.to_vec()),
            kind => {
                let name = match kind {
                    b"samr" => "AMR".to_owned(),
                    b"ilbc" => "iLBC".to_owned(),
                    b"aach" | b"aacp" => "HE-AAC".to_owned(),
                    b".mp3" => "MP3".to_owned(),
                    other => {
                        String::from_utf8_lossy(other).trim().replace(|letter: char| !letter.is_ascii_graphic(), "")
                    }
                };
                return Err(fault::unsupported(&text!("CAF của iPhone, {name}", "CAF of an iPhone, {name}")));
            }
        };
        let counts = parts.counts();
        // Without a table packets of one size are all that can be found.
        if counts.is_none() && (self.packet_bytes == 0 || self.packet_frames == 0) {
            return Err(fault::unsupported(&text!("CAF không có bảng gói", "CAF without a packet table")));
        }
        let (packets, valid, priming, _) = counts.unwrap_or((u64::MAX, 0, 0, 0));
        let mut params = AudioCodecParameters::new();
        params.for_codec(codec).with_sample_rate(self.rate).with_channels(Channels::Discrete(channels as u16));
        if !extra.is_empty() {
            params.with_extra_data(extra.into());
        }
        Ok(Packets {
            params,
            data: data.clone(),
            at: data.start,
            table: parts.table,
            place: 24,
            left: packets,
            bytes: u64::from(self.packet_bytes),
            frames: u64::from(self.packet_frames),
            edit: EditList::between(priming, (valid > 0).then_some(valid)),
        })
    }

    /// Bytes of all packets that the table names, and of the last; `None` where none is needed, or it names fewer sizes than packets.
    fn named_bytes(&self, parts: &Parts) -> Option<(u64, u64)> {
        let (packets, ..) = parts.counts().filter(|_| self.samples().is_none())?;
        if self.packet_bytes > 0 {
            let size = u64::from(self.packet_bytes);
            return Some((packets.checked_mul(size)?, size));
        }
        let (mut place, mut all, mut last) = (24, 0_u64, 0);
        for _ in 0..packets {
            last = number(&parts.table, &mut place)?;
            all = all.checked_add(last)?;
            if self.packet_frames == 0 {
                number(&parts.table, &mut place)?;
            }
        }
        Some((all, last))
    }

    /// About how long the sound in `bytes` is.
    fn seconds(&self, bytes: u64, parts: &Parts) -> Option<f64> {
        if let Some((_, block, frames)) = self.samples() {
            return Some(bytes as f64 / block.max(1) as f64 * frames as f64 / f64::from(self.rate));
        }
        parts.counts().map(|(_, valid, ..)| valid as f64 / f64::from(self.rate))
    }
}

/// The 24 bytes of ALAC's own, without the older wrapping.
fn alac_cookie(cookie: &[u8]) -> &[u8] {
    let cookie = if cookie.get(4..8) == Some(b"frma") { cookie.get(12..).unwrap_or(&[]) } else { cookie };
    if cookie.get(4..8) == Some(b"alac") { cookie.get(12..).unwrap_or(&[]) } else { cookie }
}

/// The AudioSpecificConfig in an elementary stream descriptor (ISO/IEC 14496-1 §7.2.6).
fn aac_config(cookie: &[u8]) -> Option<&[u8]> {
    let mut at = 0;
    for _ in 0..16 {
        let tag = *cookie.get(at)?;
        at += 1;
        let mut size = 0_usize;
        for _ in 0..4 {
            let byte = *cookie.get(at)?;
            at += 1;
            size = size << 7 | usize::from(byte & 0x7F);
            if byte < 0x80 {
                break;
            }
        }
        match tag {
            3 => at += 3,
            4 => at += 13,
            5 => return cookie.get(at..at.checked_add(size)?),
            _ => at = at.checked_add(size)?,
        }
    }
    None
}

/// Packets one behind the other, their sizes in a table.
pub(in crate::audio) struct Packets {
    pub(in crate::audio) params: AudioCodecParameters,
    pub(in crate::audio) edit: EditList,
    data: Range<u64>,
    at: u64,
    table: Vec<u8>,
    place: usize,
    left: u64,
    /// Bytes and frames of every packet; zero where each has its own.
    bytes: u64,
    frames: u64,
}

impl Packets {
    pub(in crate::audio) fn next(&mut self, bytes: &mut Bytes) -> Result<Option<Demuxed>, Fault> {
        if self.left == 0 || self.at >= self.data.end {
            // A table that names more than there is was cut off; one packet less is padding.
            return if self.left > 1 && self.left < u64::MAX / 2 { Err(fault::truncated()) } else { Ok(None) };
        }
        self.left -= 1;
        let size = if self.bytes > 0 { Some(self.bytes) } else { number(&self.table, &mut self.place) };
        let frames = if self.frames > 0 { Some(self.frames) } else { number(&self.table, &mut self.place) };
        let (Some(size), Some(frames)) = (size, frames) else { return Ok(None) };
        if size > limit::PACKET_BYTES || frames > limit::PACKET_FRAMES as u64 {
            return Err(fault::damaged());
        }
        let most = size.min(self.data.end - self.at);
        let data = bytes.take(self.at, most as usize).map_err(|error| fault::unreadable(&error))?;
        if (data.len() as u64) < size {
            return Err(fault::truncated());
        }
        self.at += size;
        let hole = size >= 16 && data.iter().all(|byte| *byte == 0);
        Ok(Some(if hole { Demuxed::Lost(frames) } else { Demuxed::Packet(Coded::new(data, frames)) }))
    }
}

/// The next number of a packet table: seven bits a byte, the highest first.
fn number(table: &[u8], place: &mut usize) -> Option<u64> {
    let mut value = 0_u64;
    for _ in 0..9 {
        let byte = *table.get(*place)?;
        *place += 1;
        value = value << 7 | u64::from(byte & 0x7F);
        if byte < 0x80 {
            return Some(value);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookies_are_unwrapped() {
        let plain = [1_u8; 24];
        let old = [b"\0\0\0\x0Cfrmaalac\0\0\0\x24alac\0\0\0\0".as_slice(), &plain].concat();
        assert_eq!(alac_cookie(&old), plain);
        assert_eq!(alac_cookie(&plain), plain);
        let esds = b"\x03\x80\x80\x80\x22\0\0\0\x04\x80\x80\x80\x14\x40\x14\0\x18\0\0\0\xFA\0\0\0\xFA\0\x05\x80\x80\x80\x02\x12\x10\x06\x80\x80\x80\x01\x02";
        assert_eq!(aac_config(esds), Some(&b"\x12\x10"[..]));
        assert_eq!(aac_config(b"\x05\x7F"), None);
    }
}
