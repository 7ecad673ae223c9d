use std::io::SeekFrom;

use symphonia::core::codecs::CodecParameters;
use symphonia::core::codecs::audio::AudioCodecParameters;
use symphonia::core::codecs::audio::well_known::{CODEC_ID_AAC, CODEC_ID_MP2, CODEC_ID_MP3, CODEC_ID_OPUS};
use symphonia::core::common::Limit;
use symphonia::core::errors::Error;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::well_known::{
    FORMAT_ID_ADTS, FORMAT_ID_AIFF, FORMAT_ID_CAF, FORMAT_ID_FLAC, FORMAT_ID_MKV, FORMAT_ID_MP2, FORMAT_ID_MP3,
    FORMAT_ID_OGG, FORMAT_ID_WAVE,
};
use symphonia::core::formats::{FormatId, FormatOptions, FormatReader, Track, TrackType};
use symphonia::core::io::{MediaSource, MediaSourceStream, MediaSourceStreamOptions};
use symphonia::core::meta::{MetadataOptions, RawValue};
use symphonia::core::packet::Packet;
use symphonia::core::units::Duration;

use super::disk::SoundFile;
use super::mp4::{self, Edit};
use super::{fault, kind, limit, opus};
use crate::diag::text;
use crate::plan::Fault;

/// Frames of silence that an AAC-LC encoder puts before the sound: one frame, the overlap of its
/// transform. Encoders that put more say so in the container.
const AAC_PRIMING: u64 = 1_024;

/// Delay of an MP3 without a LAME note: 529 frames of every decoder and 576 of the LAME family's
/// encoders. Others put at least as much before the sound, so nothing that was said is lost.
const MP3_DELAY: u64 = 529 + 576;

/// Delay of Layer II: the filter bank of the encoder and of the decoder.
const MP2_DELAY: u64 = 481;

/// An open sound file as symphonia sees it: packets of its first track with sound, and what the
/// container says of them.
pub(super) struct Container {
    format: Box<dyn FormatReader>,
    track: Track,
    params: AudioCodecParameters,
    header: Option<mp4::Header>,
    /// WebM rather than any other Matroska.
    web: bool,
    note: Option<Edit>,
}

impl Container {
    /// Finds out what kind of file it is, by content alone.
    pub(super) fn open(mut source: impl MediaSource + 'static) -> Result<Self, Fault> {
        let header = mp4::Header::read(&mut source);
        let beginning = kind::beginning(&mut source).map_err(|error| fault::unreadable(&error))?;
        source.seek(SeekFrom::Start(0)).map_err(|error| fault::unreadable(&error))?;
        let stream = MediaSourceStream::new(Box::new(source), MediaSourceStreamOptions::default());
        let mut format = symphonia::default::get_probe()
            .probe(&Hint::new(), stream, FormatOptions::default(), quiet_metadata())
            .map_err(|error| match error {
                Error::IoError(error) if error.kind() != std::io::ErrorKind::UnexpectedEof => fault::unreadable(&error),
                Error::LimitError(_) => fault::damaged(),
                // An MP4 that was an MP4 until its end was missed.
                _ if header.is_some() => fault::truncated(),
                _ => kind::refusal(&beginning),
            })?;
        let note = apple_note(format.as_mut());
        let known = format.first_track_known_codec(TrackType::Audio);
        let track = known.or_else(|| format.first_track(TrackType::Audio)).cloned();
        let track = track.ok_or_else(|| kind::soundless(&beginning))?;
        let Some(CodecParameters::Audio(params)) = track.codec_params.clone() else {
            return Err(kind::unplayable(&beginning));
        };
        let web = kind::is_web(&beginning);
        Ok(Self { format, track, params, header, web, note })
    }

    /// What the decoder needs to know of the track.
    pub(super) fn params(&self) -> &AudioCodecParameters {
        &self.params
    }

    /// The track's next packet; `None` at the end.
    pub(super) fn next_packet(&mut self) -> Result<Option<Packet>, Fault> {
        for _ in 0..limit::SOUNDLESS_PACKETS {
            match self.format.next_packet() {
                Ok(Some(packet)) if packet.track_id != self.track.id => {}
                Ok(Some(packet)) if self.has_guessed_end() => return Ok(Some(untrimmed(packet))),
                Ok(packet) => return Ok(packet),
                Err(Error::IoError(error)) if error.kind() == std::io::ErrorKind::UnexpectedEof => return Ok(None),
                Err(Error::IoError(error)) => return Err(fault::unreadable(&error)),
                Err(Error::ResetRequired) => {
                    return Err(fault::unsupported(&text!("nhiều tệp Ogg ghép nối tiếp", "several Ogg files joined")));
                }
                // What comes next lies beyond the end of a file that lost its end.
                Err(_) if self.header.as_ref().is_some_and(mp4::Header::is_cut) => return Err(fault::truncated()),
                Err(_) => return Err(fault::damaged()),
            }
        }
        Err(fault::damaged())
    }

    /// What of the decoded frames is to be heard. Where symphonia trims by itself (MP3 with a LAME
    /// note, Vorbis, the end of Opus in Ogg) nothing is left to do here.
    pub(super) fn edit(&self, rate: u32) -> Edit {
        let stated = self.note.or_else(|| self.header.as_ref().and_then(|header| header.edit(rate)));
        let usual = |skip| stated.unwrap_or(Edit { skip, keep: None });
        match self.params.codec {
            CODEC_ID_AAC => usual(AAC_PRIMING),
            CODEC_ID_OPUS => usual(opus::pre_skip(self.params.extra_data.as_deref())),
            CODEC_ID_MP3 if self.is(&[FORMAT_ID_MP3]) && self.track.delay.is_some() => Edit::default(),
            CODEC_ID_MP3 => usual(MP3_DELAY),
            CODEC_ID_MP2 => usual(MP2_DELAY),
            _ => usual(0),
        }
    }

    /// The number of frames that the container promises to decode to, before [`Self::edit`]; `None`
    /// where it says nothing, or symphonia's number is a guess from the bit rate.
    pub(super) fn claim(&self) -> Option<u64> {
        let guessed = self.is(&[FORMAT_ID_ADTS, FORMAT_ID_MKV]) || self.has_guessed_end();
        if guessed { None } else { self.track.num_frames.filter(|frames| *frames > 0) }
    }

    /// Whether symphonia reckoned the length of an MP3 from the bit rate of its first frames, which for a
    /// variable one is wrong by half, and trims what comes later.
    fn has_guessed_end(&self) -> bool {
        self.is(&[FORMAT_ID_MP2, FORMAT_ID_MP3]) && self.track.delay.is_none()
    }

    /// Whether the end that this kind of container always marks is missing.
    pub(super) fn is_unfinished(&self) -> bool {
        self.is(&[FORMAT_ID_OGG]) && self.track.num_frames.is_none()
    }

    /// Whether its length may be a placeholder that says nothing.
    pub(super) fn may_hold_placeholder(&self) -> bool {
        self.is(&[FORMAT_ID_WAVE, FORMAT_ID_AIFF])
    }

    /// File name endings that say truly what this is, the usual one first.
    pub(super) fn endings(&self, codec: &str) -> &'static [&'static str] {
        match self.format.format_info().format {
            FORMAT_ID_WAVE => &["wav"],
            FORMAT_ID_AIFF => &["aiff", "aif"],
            FORMAT_ID_CAF => &["caf"],
            FORMAT_ID_FLAC => &["flac"],
            FORMAT_ID_MP2 => &["mp2"],
            FORMAT_ID_MP3 => &["mp3"],
            FORMAT_ID_ADTS => &["aac"],
            FORMAT_ID_OGG if codec == "opus" => &["opus", "ogg"],
            FORMAT_ID_OGG => &["ogg", "oga"],
            FORMAT_ID_MKV if self.web => &["webm"],
            FORMAT_ID_MKV => &["mkv", "mka"],
            _ => self.header.as_ref().map_or(&["m4a"], mp4::Header::endings),
        }
    }

    /// Whether its time stamps run twice as fast as samples at `rate`: AAC with replication that
    /// nobody announced.
    pub(super) fn runs_double(&self, rate: u32) -> bool {
        self.header.as_ref().is_some_and(|header| header.timescale() == 2 * rate)
    }

    fn is(&self, kinds: &[FormatId]) -> bool {
        kinds.contains(&self.format.format_info().format)
    }
}

/// The packet with all that it decodes to.
fn untrimmed(mut packet: Packet) -> Packet {
    packet.dur = packet.dur.saturating_add(packet.trim_start).saturating_add(packet.trim_end);
    packet.trim_start = Duration::ZERO;
    packet.trim_end = Duration::ZERO;
    packet
}

impl MediaSource for SoundFile {
    fn is_seekable(&self) -> bool {
        true
    }

    fn byte_len(&self) -> Option<u64> {
        Some(self.stamp().size)
    }
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
