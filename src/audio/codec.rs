use std::sync::LazyLock;

use symphonia::core::codecs::audio::well_known::{CODEC_ID_AAC, CODEC_ID_MP2, CODEC_ID_MP3, CODEC_ID_OPUS};
use symphonia::core::codecs::audio::{AudioCodecParameters, AudioDecoder, AudioDecoderOptions};
use symphonia::core::codecs::registry::CodecRegistry;
use symphonia::core::formats::well_known::{
    FORMAT_ID_ADTS, FORMAT_ID_MKV, FORMAT_ID_MP2, FORMAT_ID_MP3, FORMAT_ID_OGG,
};
use symphonia::core::formats::{FormatReader, Track};

use super::mp4::{self, Edit};
use super::opus::{self, OpusAdapter};
use super::{fault, limit, sbr};
use crate::plan::Fault;

/// Frames of silence that an AAC-LC encoder puts before the sound: one frame, the overlap of its
/// transform. Encoders that put more say so in the container.
const AAC_PRIMING: u64 = 1_024;

/// Delay of an MP3 without a LAME note: 529 frames of every decoder and 576 of the LAME family's
/// encoders. Others put at least as much before the sound, so nothing that was said is lost.
const MP3_DELAY: u64 = 529 + 576;

/// Delay of Layer II: the filter bank of the encoder and of the decoder.
const MP2_DELAY: u64 = 481;

/// Rates from which spectral band replication starts out; above them nobody uses it.
const REPLICATION_RATE: u32 = 24_000;

static CODECS: LazyLock<CodecRegistry> = LazyLock::new(|| {
    let mut registry = CodecRegistry::new();
    symphonia::default::register_enabled_codecs(&mut registry);
    registry.register_audio_decoder::<OpusAdapter>();
    registry
});

/// A decoder for a track's parameters, or why there is none.
pub(super) fn make(params: &AudioCodecParameters) -> Result<Box<dyn AudioDecoder>, Fault> {
    if params.codec == CODEC_ID_AAC && params.extra_data.as_deref().is_some_and(sbr::announced) {
        return Err(fault::he_aac());
    }
    if params.channels.as_ref().is_some_and(|channels| channels.count() > limit::CHANNELS) {
        return Err(fault::unsupported(&format!("> {} channels", limit::CHANNELS)));
    }
    CODECS.make_audio_decoder(params, &AudioDecoderOptions::default()).map_err(|_| {
        let known = CODECS.get_audio_decoder(params.codec).map(|codec| codec.codec.info.short_name);
        fault::unsupported(known.unwrap_or("codec?"))
    })
}

/// The short name that facts carry: `mp3`, `vorbis`, `aac`, `opus`, `flac`, `pcm`.
pub(super) fn name(decoder: &dyn AudioDecoder) -> &'static str {
    let short = decoder.codec_info().short_name;
    match short.split('_').next() {
        Some("pcm") => "pcm",
        Some("adpcm") => "adpcm",
        _ => short,
    }
}

/// What of the decoded frames is to be heard. Where symphonia trims by itself (MP3 with a LAME
/// note, Vorbis, the end of Opus in Ogg) nothing is left to do here.
pub(super) fn edit(
    format: &dyn FormatReader,
    track: &Track,
    params: &AudioCodecParameters,
    header: Option<&mp4::Header>,
    note: Option<Edit>,
    rate: u32,
) -> Edit {
    let stated = note.or_else(|| header.and_then(|header| header.edit(rate)));
    let usual = |skip| stated.unwrap_or(Edit { skip, keep: None });
    match params.codec {
        CODEC_ID_AAC => usual(AAC_PRIMING),
        CODEC_ID_OPUS => usual(opus::pre_skip(params.extra_data.as_deref())),
        CODEC_ID_MP3 if format.format_info().format == FORMAT_ID_MP3 && track.delay.is_some() => Edit::default(),
        CODEC_ID_MP3 => usual(MP3_DELAY),
        CODEC_ID_MP2 => usual(MP2_DELAY),
        _ => usual(0),
    }
}

/// The number of frames that the container promises to decode to, before [`edit`]; `None` where
/// it says nothing, or symphonia's number is a guess from the bit rate.
pub(super) fn claim(format: &dyn FormatReader, track: &Track) -> Option<u64> {
    let container = format.format_info().format;
    let guessed = [FORMAT_ID_ADTS, FORMAT_ID_MKV].contains(&container)
        || ([FORMAT_ID_MP2, FORMAT_ID_MP3].contains(&container) && track.delay.is_none());
    if guessed { None } else { track.num_frames.filter(|frames| *frames > 0) }
}

/// Whether the container always marks its end, so that no promise at all means a cut-off file.
pub(super) fn must_end(format: &dyn FormatReader) -> bool {
    format.format_info().format == FORMAT_ID_OGG
}

/// Whether a stream's frames are to be asked for spectral band replication.
pub(super) fn may_replicate(params: &AudioCodecParameters) -> bool {
    params.codec == CODEC_ID_AAC && params.sample_rate.is_none_or(|rate| rate <= REPLICATION_RATE)
}
