use std::collections::VecDeque;
use std::io;

use symphonia::core::codecs::audio::AudioCodecParameters;
use symphonia::core::codecs::audio::well_known::CODEC_ID_OPUS;

use super::page::{self, OggFound, OggPage};
use super::step::{Coded, Demuxed};
use super::voice::OggStream;
use super::{Bytes, joined};
use crate::audio::cut::EditList;
use crate::audio::{fault, kind, limit};
use crate::plan::Fault;

/// Largest packet that is kept: a setup of Vorbis has some kilobytes, a frame of FLAC less than a megabyte.
const PACKET_BYTES: usize = 4 * 1024 * 1024;

/// Bytes of a header packet that tell which one it is.
const HEADER_START: usize = 16;

/// Pages in a row that may go by without a packet of the sound's: those of a film's pictures.
const OTHER_PAGES: u32 = 100_000;

/// The first sound in an Ogg (RFC 3533), and those chained behind it.
///
/// Positions on pages are believed only where they can be: they say how much is missing after a damaged page, and
/// what the last page has too much. A sound that starts at an hour (a radio, recorded from its middle) starts at
/// once. An end mark is not asked for; a last page that is there by half is.
pub(in crate::audio) struct Ogg {
    bytes: Bytes,
    at: u64,
    /// Whether checksums are right in this file at all: some programs write none.
    is_summed: bool,
    serial: u32,
    voice: OggStream,
    /// Number of the page that should come next.
    number: u32,
    /// A packet that goes on on the next page.
    open: Option<Vec<u8>>,
    /// Frames that lie before the first page's end mark, so that positions count from zero; unknown until then.
    base: Option<i128>,
    /// Frames given so far, or told as missing.
    count: u64,
    /// Something was missing or damaged before the page that comes next.
    broken: bool,
    ended: bool,
    ready: VecDeque<Demuxed>,
}

impl Ogg {
    /// Reads the headers of the first sound.
    pub(in crate::audio) fn open(mut bytes: Bytes, beginning: &[u8]) -> Result<Self, Fault> {
        let at = bytes.range().start;
        let is_summed = match page::read(&mut bytes, at).map_err(|error| fault::unreadable(&error))? {
            OggFound::Page(page) => page.is_whole,
            _ => return Err(fault::truncated()),
        };
        let mut this = Self {
            bytes,
            at,
            is_summed,
            serial: 0,
            voice: OggStream::default(),
            number: 0,
            open: None,
            base: None,
            count: 0,
            broken: false,
            ended: false,
            ready: VecDeque::new(),
        };
        if this.link()? == Link::Known { Ok(this) } else { Err(kind::soundless(beginning)) }
    }

    pub(in crate::audio) fn params(&self) -> AudioCodecParameters {
        self.voice.params()
    }

    pub(in crate::audio) fn is_opus(&self) -> bool {
        self.voice.params().codec == CODEC_ID_OPUS
    }

    /// What of the first sound is none at its start. The end is trimmed packet by packet.
    pub(in crate::audio) fn edit(&self) -> EditList {
        EditList::from(self.voice.pre_skip())
    }

    pub(in crate::audio) fn next(&mut self) -> Result<Option<Demuxed>, Fault> {
        for _ in 0..OTHER_PAGES {
            if let Some(step) = self.ready.pop_front() {
                return Ok(Some(step));
            }
            let Some(page) = self.page()? else { return Ok(None) };
            if page.page.is_first() {
                // Another file behind this one. Its headers begin with this very page.
                self.at = page.at;
                let before = self.voice.params();
                match self.link()? {
                    Link::Known => {}
                    Link::Strange => return Err(fault::joined()),
                    // A beginning of its headers is no sound.
                    Link::Nothing => return Ok(None),
                }
                let skip = self.voice.pre_skip();
                if !is_same(&before, &self.voice.params()) || skip > 0 {
                    self.ready.push_back(Demuxed::Stream(Box::new(self.voice.params())));
                }
                self.voice.skip_at_start(skip);
                continue;
            }
            if page.page.serial == self.serial {
                self.take(page.page);
            }
        }
        Err(fault::damaged())
    }

    /// The next page that is whole; `None` at the end.
    fn page(&mut self) -> Result<Option<Placed>, Fault> {
        let unreadable = |error: io::Error| fault::unreadable(&error);
        loop {
            let at = self.at;
            match page::read(&mut self.bytes, at).map_err(unreadable)? {
                OggFound::Page(page) if page.is_whole || !self.is_summed => {
                    self.at = page.next;
                    return Ok(Some(Placed { at, page }));
                }
                OggFound::Other if at >= self.bytes.range().end => return Ok(None),
                OggFound::Other if joined::begins(&mut self.bytes, at).map_err(unreadable)? => {
                    return Err(fault::joined());
                }
                // What lies behind the end mark is no part of the sound.
                _ if self.ended => match page::find(&mut self.bytes, at + 1).map_err(unreadable)? {
                    Some(next) => self.at = next,
                    None => return Ok(None),
                },
                _ => {
                    self.broken = true;
                    match page::find(&mut self.bytes, at + 1).map_err(unreadable)? {
                        Some(next) => self.at = next,
                        // The end of the file is no end of the sound.
                        None => return Err(fault::truncated()),
                    }
                }
            }
        }
    }

    /// Reads the headers that begin at this place: of all sounds that begin together the first that is known.
    fn link(&mut self) -> Result<Link, Fault> {
        let mut chosen: Option<(u32, OggStream)> = None;
        let mut open: Option<Vec<u8>> = None;
        // All sounds that belong together begin before anything else.
        let mut is_beginning = true;
        self.ended = false;
        for _ in 0..OTHER_PAGES {
            let Some(Placed { page, .. }) = self.page()? else {
                return Ok(if chosen.is_some() { Link::Nothing } else { Link::Strange });
            };
            let Some((serial, voice)) = &mut chosen else {
                if !page.is_first() {
                    is_beginning = false;
                } else if !is_beginning {
                    // A whole sound went by that nobody here can read; what follows is another file.
                    return Ok(Link::Strange);
                } else {
                    let voice = page.packets.first().and_then(|packet| OggStream::identify(packet)).transpose()?;
                    chosen = voice.map(|voice| (page.serial, voice));
                    self.number = page.number.wrapping_add(1);
                }
                continue;
            };
            if page.serial != *serial || page.is_first() {
                continue;
            }
            let last = page.packets.len().saturating_sub(1);
            let OggPage { is_open, number, packets, .. } = page;
            self.number = number.wrapping_add(1);
            for (place, packet) in packets.into_iter().enumerate() {
                let mut whole = open.take().unwrap_or_default();
                whole.extend_from_slice(&packet);
                if !OggStream::needs(&whole) {
                    // A comment, with a cover picture of whatever size: read over, never held.
                    whole.truncate(HEADER_START);
                }
                if whole.len() > PACKET_BYTES {
                    return Err(fault::damaged());
                }
                if place == last && is_open {
                    open = Some(whole);
                } else {
                    voice.header(&whole)?;
                }
            }
            if voice.is_ready() {
                break;
            }
        }
        self.broken = false;
        if chosen.is_none() {
            return Ok(Link::Strange);
        }
        let Some((serial, voice)) = chosen.filter(|(_, voice)| voice.is_ready()) else { return Ok(Link::Nothing) };
        (self.serial, self.voice, self.open, self.base, self.count) = (serial, voice, None, None, 0);
        Ok(Link::Known)
    }

    /// The packets of a page, trimmed by what it says of its position.
    fn take(&mut self, page: OggPage) {
        let (is_continued, is_last) = (page.is_continued(), page.is_last());
        self.broken |= page.number != self.number;
        self.number = page.number.wrapping_add(1);
        let carried = self.open.take().filter(|_| is_continued && !self.broken);
        let last = page.packets.len().saturating_sub(1);
        let mut packets = Vec::new();
        for (place, packet) in page.packets.into_iter().enumerate() {
            let whole = match (place, &carried) {
                (0, Some(carried)) => [carried.as_slice(), &packet].concat(),
                // Its beginning is not there.
                (0, None) if is_continued => continue,
                _ => packet,
            };
            if place == last && page.is_open {
                self.open = Some(whole).filter(|whole| whole.len() <= PACKET_BYTES);
            } else if self.voice.is_sound(&whole) {
                packets.push(whole);
            }
        }
        let mut coded: Vec<Coded> = packets
            .into_iter()
            .map(|packet| {
                let frames = self.voice.frames(&packet);
                Coded::new(packet, frames)
            })
            .collect();
        let length: u64 = coded.iter().map(|packet| packet.packet.dur.get()).sum();
        self.account(page.granule, length, is_last, &mut coded);
        self.ended |= is_last;
        for packet in &mut coded {
            let skip = self.voice.take_skip(packet.packet.dur.get().saturating_sub(packet.trim.1));
            packet.trim.0 += skip;
        }
        self.count += length;
        self.ready.extend(coded.into_iter().map(Demuxed::Packet));
    }

    /// What is missing before the page, and what it has too much at its end.
    fn account(&mut self, granule: Option<u64>, length: u64, is_last: bool, coded: &mut [Coded]) {
        let broken = std::mem::take(&mut self.broken);
        let Some(granule) = granule.filter(|_| !coded.is_empty()).map(i128::from) else {
            self.broken = broken;
            return;
        };
        let after = i128::from(self.count) + i128::from(length);
        let Some(base) = self.base else {
            // The first page. A short one that is the last too has its end trimmed.
            self.base = Some(if is_last && granule < after { 0 } else { granule - after });
            if is_last {
                trim_end(coded, after - granule);
            } else if granule > 0 && granule < after && after - granule <= self.voice.most_in_front() {
                self.base = Some(0);
                let surplus = (after - granule) as u64;
                self.voice.skip_at_start(surplus);
                self.count = self.count.saturating_sub(surplus);
            }
            return;
        };
        let missing = granule - base - after;
        if broken && missing > 0 && missing < i128::from(limit::LOST_FRAMES) {
            self.ready.push_back(Demuxed::Lost(missing as u64));
            self.count += missing as u64;
        } else if broken && missing != 0 {
            // Nothing says how much; that something is missing is known.
            let mean = length / coded.len().max(1) as u64;
            self.ready.push_back(Demuxed::Lost(mean));
        }
        if is_last && missing < 0 && -missing < i128::from(length) {
            trim_end(coded, -missing);
        }
    }
}

/// What begins at a place.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Link {
    Known,
    /// Something that nobody here can read.
    Strange,
    /// Some of the headers, and nothing behind them.
    Nothing,
}

/// A page, and where it begins.
struct Placed {
    at: u64,
    page: OggPage,
}

fn is_same(one: &AudioCodecParameters, other: &AudioCodecParameters) -> bool {
    one.codec == other.codec && one.extra_data == other.extra_data && one.channels == other.channels
}

/// Takes frames off the end, packet by packet.
fn trim_end(coded: &mut [Coded], surplus: i128) {
    let mut surplus = u64::try_from(surplus).unwrap_or(0);
    if surplus >= coded.iter().map(|packet| packet.packet.dur.get()).sum() {
        return;
    }
    for packet in coded.iter_mut().rev() {
        let off = surplus.min(packet.packet.dur.get());
        packet.trim.1 = off;
        surplus -= off;
    }
}
