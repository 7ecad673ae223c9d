use std::io::{Seek as _, SeekFrom};

use symphonia::core::codecs::CodecParameters;
use symphonia::core::codecs::audio::AudioCodecParameters;
use symphonia::core::codecs::audio::well_known::{
    CODEC_ID_AAC, CODEC_ID_ALAC, CODEC_ID_FLAC, CODEC_ID_MP2, CODEC_ID_MP3, CODEC_ID_OPUS,
};
use symphonia::core::common::Limit;
use symphonia::core::errors::Error;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::well_known::FORMAT_ID_MKV;
use symphonia::core::formats::{FormatOptions, FormatReader, Track};
use symphonia::core::io::{MediaSource, MediaSourceStream, MediaSourceStreamOptions};
use symphonia::core::meta::{MetadataOptions, RawValue};
use symphonia::core::packet::Packet;
use symphonia::core::units::Duration;

use super::cut::Edit;
use super::reader::{self, Bytes, Coded, Flac, Step};
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

/// Packets of nothing but zeros from this size on are a hole in the file: no codec writes them.
const HOLE_BYTES: usize = 16;

/// A FLAC, MP4 or Matroska as symphonia reads it.
pub(super) struct Demuxer {
    /// Gone only while it is opened anew.
    format: Option<Box<dyn FormatReader>>,
    track: Track,
    params: AudioCodecParameters,
    header: Option<mp4::Header>,
    flac: Option<Flac>,
    note: Option<Edit>,
    /// Frames by the packets' time stamps so far, where those count frames.
    at: u64,
    /// Bytes and frames of packets so far.
    bytes: u64,
    count: u64,
    /// A packet before which something is missing.
    waiting: Option<Packet>,
}

impl Demuxer {
    pub(super) fn flac(bytes: Bytes, beginning: &[u8]) -> Result<Self, Fault> {
        let (flac, window) = reader::open_flac(bytes)?;
        Self::open(Box::new(window), None, Some(flac), beginning)
    }

    pub(super) fn film(bytes: Bytes, beginning: &[u8]) -> Result<Self, Fault> {
        let mut window = bytes.into_window(Vec::new());
        let header = mp4::Header::read(&mut window);
        Self::open(Box::new(window), header, None, beginning)
    }

    fn open(
        mut source: Box<dyn MediaSource>,
        header: Option<mp4::Header>,
        flac: Option<Flac>,
        beginning: &[u8],
    ) -> Result<Self, Fault> {
        source.seek(SeekFrom::Start(0)).map_err(|error| fault::unreadable(&error))?;
        let stream = MediaSourceStream::new(source, MediaSourceStreamOptions::default());
        let mut format = probe(stream).map_err(|error| refused(error, header.as_ref(), beginning))?;
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
        Ok(Self { format: Some(format), track, params, header, flac, note, at: 0, bytes: 0, count: 0, waiting: None })
    }

    pub(super) fn params(&self) -> AudioCodecParameters {
        self.params.clone()
    }

    pub(super) fn next(&mut self) -> Result<Option<Step>, Fault> {
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
                        self.at += missing;
                        self.waiting = Some(packet);
                        return Ok(Some(Step::Lost(missing)));
                    }
                    return Ok(Some(self.step(packet)));
                }
                Ok(None) => return self.end(),
                Err(Error::IoError(error)) if error.kind() == std::io::ErrorKind::UnexpectedEof => return self.end(),
                Err(Error::IoError(error)) => return Err(fault::unreadable(&error)),
                // What comes next lies beyond the end of a file that lost its end.
                Err(_) => {
                    let cut = self.header.as_ref().filter(|header| header.is_cut());
                    return Err(cut.map_or_else(fault::damaged, mp4::Header::truncated));
                }
            }
        }
        Err(fault::damaged())
    }

    /// Nothing comes any more. Of fragments no other word says that the last of them should go on.
    fn end(&self) -> Result<Option<Step>, Fault> {
        let cut = self.header.as_ref().filter(|header| header.is_cut_in_a_fragment());
        cut.map_or(Ok(None), |header| Err(header.truncated()))
    }

    /// Frames that are missing before a packet of a FLAC, whose time stamps stand in the packets themselves. One cut
    /// out of a longer sound begins where it began there.
    fn missing_before(&mut self, packet: &Packet) -> u64 {
        if self.flac.is_none() {
            return 0;
        }
        let at = u64::try_from(packet.pts.get()).unwrap_or(0);
        if self.bytes == 0 {
            self.at = at;
        }
        at.checked_sub(self.at).filter(|missing| *missing < limit::LOST_FRAMES).unwrap_or(0)
    }

    fn step(&mut self, mut packet: Packet) -> Step {
        self.bytes += packet.data.len() as u64;
        self.at += packet.dur.get();
        self.count += packet.dur.get();
        let is_coded = ![CODEC_ID_FLAC, CODEC_ID_ALAC].contains(&self.params.codec) && codec::is_coded(&self.params);
        if is_coded && packet.data.len() >= HOLE_BYTES && packet.data.iter().all(|byte| *byte == 0) {
            return Step::Lost(self.frames(packet.dur.get()));
        }
        // All that it decodes to: what is heard of it the edit says.
        packet.trim_start = Duration::ZERO;
        packet.trim_end = Duration::ZERO;
        Step::Packet(Coded { packet, trim: (0, 0) })
    }

    /// Ticks of the track's time in frames.
    fn frames(&self, ticks: u64) -> u64 {
        let (Some(base), Some(rate)) = (self.track.time_base, self.params.sample_rate) else { return ticks };
        let (numerator, denominator) = (u128::from(base.numer.get()), u128::from(base.denom.get()));
        u64::try_from(u128::from(ticks) * numerator * u128::from(rate) / denominator).unwrap_or(ticks)
    }

    /// What of the decoded frames is to be heard.
    pub(super) fn edit(&self, rate: u32) -> Edit {
        let listed = || self.header.as_ref().and_then(|header| header.edit(self.track.id, rate));
        let stated = self.note.clone().or_else(listed);
        stated.unwrap_or_else(|| {
            Edit::from(match self.params.codec {
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
        (self.at, self.bytes, self.waiting) = (0, 0, None);
        Ok(true)
    }

    /// Frames that the container promises; `None` where it says nothing, or symphonia's number is a guess.
    pub(super) fn claim(&self) -> Option<u64> {
        match &self.flac {
            Some(flac) => flac.total,
            None if self.is_matroska() => None,
            None => self.track.num_frames.filter(|frames| *frames > 0),
        }
    }

    /// About how many frames an MP4's header promises, at this rate: good for telling how much of a file that lost its
    /// end is missing, and no more.
    pub(super) fn length(&self, rate: u32) -> Option<u64> {
        self.header.as_ref().map(|header| header.length(self.track.id, rate))
    }

    /// Whether a sound shorter than that has lost its end: not a FLAC that ends with a whole frame.
    pub(super) fn is_bound_by_claim(&self) -> bool {
        self.flac.as_ref().is_none_or(|flac| self.bytes < flac.frames.end - flac.frames.start)
    }

    /// Whether a FLAC says that it is longer and yet ends with a whole frame.
    pub(super) fn is_doubtful(&self) -> bool {
        let stated = self.flac.as_ref().and_then(|flac| flac.total);
        !self.is_bound_by_claim() && stated.is_some_and(|total| total > self.count)
    }

    /// File name endings that fit, the usual one first.
    pub(super) fn endings(&self, beginning: &[u8]) -> &'static [&'static str] {
        match &self.header {
            Some(header) => header.endings(),
            None if self.is_matroska() && kind::is_web(beginning) => &["webm"],
            None if self.is_matroska() => &["mkv", "mka"],
            None => &["m4a"],
        }
    }

    /// Whether its time stamps run twice as fast as samples at `rate`: AAC with replication that
    /// nobody announced.
    pub(super) fn runs_double(&self, rate: u32) -> bool {
        self.header.as_ref().is_some_and(|header| header.timescale(self.track.id) == 2 * rate)
    }

    fn is_matroska(&self) -> bool {
        self.format.as_ref().is_some_and(|format| format.format_info().format == FORMAT_ID_MKV)
    }
}

fn probe(stream: MediaSourceStream<'static>) -> Result<Box<dyn FormatReader>, Error> {
    symphonia::default::get_probe().probe(&Hint::new(), stream, FormatOptions::default(), quiet_metadata())
}

/// Why symphonia could not open it.
fn refused(error: Error, header: Option<&mp4::Header>, beginning: &[u8]) -> Fault {
    /// How a Matroska or WebM begins (RFC 9559 §4): one was, until its end was missed.
    const EBML: [u8; 4] = [0x1A, 0x45, 0xDF, 0xA3];
    match error {
        Error::IoError(error) if error.kind() != std::io::ErrorKind::UnexpectedEof => fault::unreadable(&error),
        Error::LimitError(_) => fault::damaged(),
        _ => match header {
            // An MP4 that was an MP4 until its end was missed.
            Some(header) if header.is_cut() => header.truncated(),
            Some(header) => header.foreign().map_or_else(fault::truncated, |name| fault::unsupported(&name)),
            None if beginning.starts_with(&EBML) => fault::truncated(),
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
fn apple_note(format: &mut dyn FormatReader) -> Option<Edit> {
    let metadata = format.metadata();
    let tags = &metadata.current()?.media.tags;
    let tag = tags.iter().find(|tag| tag.raw.key.ends_with("iTunSMPB"))?;
    match &tag.raw.value {
        RawValue::String(note) => mp4::parse_smpb(note),
        _ => None,
    }
}
