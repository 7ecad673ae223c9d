use std::io::{self, Seek as _, SeekFrom};

use symphonia::core::codecs::CodecParameters;
use symphonia::core::codecs::audio::AudioCodecParameters;
use symphonia::core::codecs::audio::well_known::{
    CODEC_ID_AAC, CODEC_ID_ALAC, CODEC_ID_FLAC, CODEC_ID_MP2, CODEC_ID_MP3, CODEC_ID_OPUS,
};
use symphonia::core::common::Limit;
use symphonia::core::errors::Error;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, FormatReader, Track};
use symphonia::core::io::{MediaSource, MediaSourceStream, MediaSourceStreamOptions};
use symphonia::core::meta::{MetadataOptions, RawValue};
use symphonia::core::packet::Packet;
use symphonia::core::units::Duration;

use super::cut::EditList;
use super::matroska::Matroska;
use super::reader::{self, Bytes, Coded, Demuxed};
use super::{codec, fault, kind, limit, mp4, opus};
use crate::diag::text;
use crate::plan::Fault;

/// Frames of silence that an AAC-LC encoder puts before the sound: one frame, the overlap of its
/// transform. Encoders that put more say so in the container.
const AAC_PRIMING: u64 = 1_024;

/// Delay of an MP3 in a container: 529 frames of every decoder and 576 of the LAME family's encoders.
const MP3_DELAY: u64 = 529 + 576;

/// Delay of Layer II: the filter bank of the encoder and of the decoder.
const MP2_DELAY: u64 = 481;

/// Frames in a packet that does not say how many: those of AAC and of MP3, and the most that others have.
const AAC_FRAMES: u64 = 1_024;
const MP3_FRAMES: u64 = 1_152;
const LONGEST: u64 = 8_192;

/// Packets of nothing but zeros from this size on are a hole in the file: no codec writes them.
const HOLE_BYTES: usize = 16;

/// An MP4 or Matroska as symphonia reads it.
pub(super) struct Demuxer {
    /// Gone only while it is opened anew.
    format: Option<Box<dyn FormatReader>>,
    track: Track,
    params: AudioCodecParameters,
    header: Option<mp4::Header>,
    matroska: Option<Matroska>,
    note: Option<EditList>,
    /// How many gaps between fragments were told.
    told: usize,
    /// Where the packet that comes next should begin by the time stamps of a Matroska, in ticks.
    next: Option<i64>,
    /// A packet before which something is missing.
    waiting: Option<Packet>,
}

impl Demuxer {
    pub(super) fn open(mut bytes: Bytes, beginning: &[u8]) -> Result<Self, Fault> {
        let unreadable = |error: io::Error| fault::unreadable(&error);
        let matroska = Matroska::read(&mut bytes).map_err(unreadable)?;
        let header = if matroska.is_none() { mp4::Header::read(&mut bytes) } else { None };
        let end = header.as_ref().map(mp4::Header::end).or(matroska.as_ref().map(|matroska| matroska.end));
        let is_joined = header.as_ref().is_some_and(mp4::Header::is_joined);
        if let Some(end) = end
            && (is_joined || reader::file_begins(&mut bytes, end).map_err(unreadable)?)
        {
            return Err(fault::joined());
        }
        let start = bytes.range().start;
        bytes.narrow(start, end.unwrap_or(u64::MAX));
        let padding = header.as_ref().map(mp4::Header::padding).unwrap_or_default();
        Self::of(Box::new(bytes.into_window(padding)), header, matroska, beginning)
    }

    fn of(
        mut source: Box<dyn MediaSource>,
        header: Option<mp4::Header>,
        matroska: Option<Matroska>,
        beginning: &[u8],
    ) -> Result<Self, Fault> {
        source.seek(SeekFrom::Start(0)).map_err(|error| fault::unreadable(&error))?;
        let stream = MediaSourceStream::new(source, MediaSourceStreamOptions::default());
        let mut format =
            probe(stream).map_err(|error| refused(error, header.as_ref(), matroska.is_some(), beginning))?;
        let note = apple_note(format.as_mut());
        let (track, params) = choose(format.tracks()).map_err(|fault| {
            // What stands beside a sound that cannot be played is not what is wrong with it.
            let foreign = header.as_ref().and_then(mp4::Header::foreign);
            let named = foreign.map(|name| fault::unsupported(&name));
            fault
                .filter(|_| named.is_none() || !header.as_ref().is_some_and(mp4::Header::is_foreign_first))
                .or(named)
                .unwrap_or_else(|| kind::soundless(beginning))
        })?;
        if header.as_ref().is_some_and(|header| header.is_sped(track.id)) {
            let what = text!("có đoạn được tua nhanh hoặc chậm", "parts of it are sped up or slowed down");
            return Err(fault::unsupported(&what));
        }
        Ok(Self { format: Some(format), track, params, header, matroska, note, told: 0, next: None, waiting: None })
    }

    pub(super) fn params(&self) -> AudioCodecParameters {
        self.params.clone()
    }

    pub(super) fn next(&mut self) -> Result<Option<Demuxed>, Fault> {
        if let Some(packet) = self.waiting.take() {
            return Ok(Some(self.step(packet)));
        }
        for _ in 0..limit::SOUNDLESS_PACKETS {
            let Some(format) = &mut self.format else { return Ok(None) };
            match format.next_packet() {
                Ok(Some(packet)) if packet.track_id != self.track.id => {}
                Ok(Some(packet)) => {
                    let missing = self.missing_before(&packet);
                    if missing > 0 {
                        self.waiting = Some(packet);
                        return Ok(Some(Demuxed::Lost(missing)));
                    }
                    return Ok(Some(self.step(packet)));
                }
                Ok(None) => return self.end(),
                Err(Error::IoError(error)) if error.kind() == std::io::ErrorKind::UnexpectedEof => return self.end(),
                Err(Error::IoError(error)) => return Err(fault::unreadable(&error)),
                // What comes next lies beyond the end of a file that lost its end.
                Err(_) => {
                    let cut = self.header.as_ref().filter(|header| header.is_cut());
                    if cut.is_none() && self.matroska.as_ref().is_some_and(|matroska| matroska.is_cut) {
                        return self.end();
                    }
                    let told = cut.map(mp4::Header::truncated).or_else(|| self.unread());
                    return Err(told.unwrap_or_else(fault::damaged));
                }
            }
        }
        Err(fault::damaged())
    }

    /// What lies behind the last fragment of an MP4 that can be read.
    fn unread(&self) -> Option<Fault> {
        let (missing, have) = self.header.as_ref()?.unread(self.track.id)?;
        (missing > limit::SHORTFALL.as_secs_f64()).then(|| fault::holed(missing, have, 1))
    }

    /// Nothing comes any more. Of fragments no other word says that the last of them should go on.
    fn end(&self) -> Result<Option<Demuxed>, Fault> {
        if let Some(header) = self.header.as_ref().filter(|header| header.is_cut_in_a_fragment()) {
            return Err(header.truncated());
        }
        if let Some(fault) = self.unread() {
            return Err(fault);
        }
        let Some(matroska) = self.matroska.as_ref().filter(|matroska| matroska.is_cut) else { return Ok(None) };
        let have = self.seconds(self.next.unwrap_or(0).unsigned_abs());
        match matroska.length.map(|length| length - have) {
            Some(missing) if missing <= limit::SHORTFALL.as_secs_f64() => Ok(None),
            Some(missing) => Err(fault::cut_off(missing, Some(have))),
            None if matroska.is_live => Ok(None),
            None => Err(fault::truncated()),
        }
    }

    /// Frames that are missing before a packet: between fragments of an MP4, or by the time stamps of a Matroska. A
    /// sound may begin at any time.
    fn missing_before(&mut self, packet: &Packet) -> u64 {
        let at = packet.pts.get();
        if let Some(header) = &self.header {
            let Some((place, ticks)) = header.gaps(self.track.id).get(self.told) else { return 0 };
            if at.unsigned_abs() < *place {
                return 0;
            }
            self.told += 1;
            let ticks = *ticks;
            return self.heard(ticks);
        }
        let frames = self.length_of(packet).unwrap_or(LONGEST) as f64;
        let length = frames / f64::from(self.rate()) / self.seconds(1).max(1e-9);
        let next = self.next.replace(at.saturating_add(length as i64));
        let ticks = next.and_then(|next| at.checked_sub(next)).and_then(|ticks| u64::try_from(ticks).ok());
        ticks.map_or(0, |ticks| self.heard(ticks))
    }

    /// Frames that a packet decodes to, where it or its codec says so.
    fn length_of(&self, packet: &Packet) -> Option<u64> {
        match self.params.codec {
            CODEC_ID_OPUS => Some(opus::frames(&packet.data)),
            _ if packet.dur.get() > 0 => Some(self.frames(packet.dur.get())),
            CODEC_ID_AAC => Some(AAC_FRAMES),
            CODEC_ID_MP3 => Some(MP3_FRAMES),
            _ => None,
        }
    }

    /// So many ticks in frames, where they are more than recorders jitter, and can be.
    fn heard(&self, ticks: u64) -> u64 {
        let is_gap = self.seconds(ticks) >= limit::GAP.as_secs_f64();
        if is_gap { self.frames(ticks) } else { 0 }.min(limit::LOST_FRAMES)
    }

    fn step(&mut self, mut packet: Packet) -> Demuxed {
        let frames = self.length_of(&packet).unwrap_or(AAC_FRAMES);
        packet.dur = Duration::new(frames);
        let is_coded = ![CODEC_ID_FLAC, CODEC_ID_ALAC].contains(&self.params.codec) && codec::is_coded(&self.params);
        if is_coded && packet.data.len() >= HOLE_BYTES && packet.data.iter().all(|byte| *byte == 0) {
            return Demuxed::Lost(frames);
        }
        // All that it decodes to: what is heard of it the edit says.
        packet.trim_start = Duration::ZERO;
        packet.trim_end = Duration::ZERO;
        Demuxed::Packet(Coded { packet, trim: (0, 0) })
    }

    /// Ticks of the track's time in seconds.
    fn seconds(&self, ticks: u64) -> f64 {
        let base = self.track.time_base.map_or(1e-3, |base| f64::from(base.numer.get()) / f64::from(base.denom.get()));
        ticks as f64 * base
    }

    /// The rate of what is decoded.
    fn rate(&self) -> u32 {
        self.params.sample_rate.filter(|_| self.params.codec != CODEC_ID_OPUS).unwrap_or(opus::RATE)
    }

    /// Ticks of the track's time in frames.
    fn frames(&self, ticks: u64) -> u64 {
        let Some(base) = self.track.time_base else { return ticks };
        let (numerator, denominator) = (u128::from(base.numer.get()), u128::from(base.denom.get()));
        u64::try_from(u128::from(ticks) * numerator * u128::from(self.rate()) / denominator).unwrap_or(ticks)
    }

    /// What of the decoded frames is to be heard.
    pub(super) fn edit(&self, rate: u32) -> EditList {
        let listed = || self.header.as_ref().and_then(|header| header.edit(self.track.id, rate));
        let stated = self.note.clone().or_else(listed);
        stated.unwrap_or_else(|| {
            EditList::from(match self.params.codec {
                CODEC_ID_AAC => AAC_PRIMING,
                CODEC_ID_OPUS => opus::pre_skip(self.params.extra_data.as_deref()),
                CODEC_ID_MP3 => MP3_DELAY,
                CODEC_ID_MP2 => MP2_DELAY,
                _ => 0,
            })
        })
    }
}

impl Demuxer {
    /// Opens it anew from its beginning.
    pub(super) fn rewind(&mut self) -> Result<bool, Fault> {
        let Some(format) = self.format.take() else { return Ok(false) };
        let mut stream = format.into_inner();
        stream.seek(SeekFrom::Start(0)).map_err(|error| fault::unreadable(&error))?;
        self.format = Some(probe(stream).map_err(|_| fault::damaged())?);
        (self.told, self.next, self.waiting) = (0, None, None);
        Ok(true)
    }

    /// Frames that the container promises; `None` where it says nothing, or symphonia's number is a guess.
    pub(super) fn claim(&self) -> Option<u64> {
        self.track.num_frames.filter(|frames| *frames > 0 && self.matroska.is_none())
    }

    /// About how many frames an MP4's header promises, at this rate: good for telling how much of a file that lost its
    /// end is missing, and no more.
    pub(super) fn length(&self, rate: u32) -> Option<u64> {
        self.header.as_ref().map(|header| header.length(self.track.id, rate))
    }

    /// Whether it ends in the middle of what a browser wrote while it recorded, which says nowhere how long it is.
    pub(super) fn is_doubtful(&self) -> bool {
        self.matroska.as_ref().is_some_and(|matroska| matroska.is_cut && matroska.is_live && matroska.length.is_none())
    }

    /// File name endings that fit, the usual one first.
    pub(super) fn endings(&self, beginning: &[u8]) -> &'static [&'static str] {
        match &self.header {
            Some(header) => header.endings(),
            None if self.matroska.is_some() && kind::is_web(beginning) => &["webm"],
            None if self.matroska.is_some() => &["mkv", "mka"],
            None => &["m4a"],
        }
    }

    /// Whether its time stamps run twice as fast as samples at `rate`: AAC with replication that
    /// nobody announced.
    pub(super) fn runs_double(&self, rate: u32) -> bool {
        self.header.as_ref().is_some_and(|header| header.timescale(self.track.id) == 2 * rate)
    }
}

fn probe(stream: MediaSourceStream<'static>) -> Result<Box<dyn FormatReader>, Error> {
    symphonia::default::get_probe().probe(&Hint::new(), stream, FormatOptions::default(), quiet_metadata())
}

/// Why symphonia could not open it.
fn refused(error: Error, header: Option<&mp4::Header>, is_matroska: bool, beginning: &[u8]) -> Fault {
    match error {
        Error::IoError(error) if error.kind() != std::io::ErrorKind::UnexpectedEof => fault::unreadable(&error),
        Error::LimitError(_) => fault::damaged(),
        _ => match header {
            // An MP4 that was an MP4 until its end was missed.
            Some(header) if header.is_cut() => header.truncated(),
            Some(header) => header.foreign().map_or_else(fault::truncated, |name| fault::unsupported(&name)),
            // One was, until its end was missed.
            None if is_matroska => fault::truncated(),
            None => kind::refusal(beginning),
        },
    }
}

/// The first track that can be decoded; where there is none, what is wrong with the first that has sound.
fn choose(tracks: &[Track]) -> Result<(Track, AudioCodecParameters), Option<Fault>> {
    let mut wrong = None;
    for track in tracks {
        let Some(CodecParameters::Audio(params)) = &track.codec_params else { continue };
        match codec::make(params) {
            Ok(_) => return Ok((track.clone(), params.clone())),
            Err(fault) => wrong = wrong.or(Some(fault)),
        }
    }
    Err(wrong)
}

/// Titles and cover pictures are of no use here, so none takes up memory.
fn quiet_metadata() -> MetadataOptions {
    let most = Limit::Maximum(limit::TAG_BYTES);
    MetadataOptions::default().limit_tag_bytes(most).limit_visual_bytes(most)
}

/// What iTunes and its kin write about priming, wherever in the metadata it stands.
fn apple_note(format: &mut dyn FormatReader) -> Option<EditList> {
    let metadata = format.metadata();
    let tags = &metadata.current()?.media.tags;
    let tag = tags.iter().find(|tag| tag.raw.key.ends_with("iTunSMPB"))?;
    match &tag.raw.value {
        RawValue::String(note) => mp4::parse_smpb(note),
        _ => None,
    }
}
