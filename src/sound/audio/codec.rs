use std::sync::LazyLock;

use symphonia::core::audio::Channels;
use symphonia::core::codecs::audio::well_known::{
    CODEC_ID_AAC, CODEC_ID_AC3, CODEC_ID_AC4, CODEC_ID_DCA, CODEC_ID_EAC3, CODEC_ID_OPUS, CODEC_ID_SPEEX, CODEC_ID_TTA,
    CODEC_ID_WAVPACK, CODEC_ID_WMA,
};
use symphonia::core::codecs::audio::{AudioCodecId, AudioCodecParameters, AudioDecoder, AudioDecoderOptions};
use symphonia::core::codecs::registry::CodecRegistry;

use super::opus::OpusAdapter;
use super::{channel_table, fault, limit, opus, sbr};
use crate::diag::text;
use crate::plan::Fault;

/// Rates up to which spectral band replication is used; above them it would gain nothing.
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
    let own = params.extra_data.as_deref().filter(|_| params.codec == CODEC_ID_AAC).and_then(channel_table::in_config);
    if let Some(channels) = own {
        return Err(fault::channels("AAC", channels));
    }
    let channels = params.channels.as_ref().map_or(1, Channels::count);
    if channels > limit::CHANNELS {
        return Err(fault::channels("", channels));
    }
    CODECS.make_audio_decoder(params, &AudioDecoderOptions::default()).map_err(|_| {
        let known = CODECS.get_audio_decoder(params.codec).map(|codec| codec.codec.info.short_name);
        let name = known.or_else(|| foreign(params.codec));
        if channels > 2 {
            return fault::channels(&name.unwrap_or_default().to_uppercase(), channels);
        }
        fault::unsupported(&name.map_or_else(
            || text!("bộ mã lạ", "unknown codec"),
            |name| {
                let name = name.to_uppercase();
                text!("{name}", "{name}")
            },
        ))
    })
}

/// What of a sound's level was not made at the microphone.
#[derive(Clone, Copy, Debug)]
pub(super) struct Nature {
    /// By how much the file's own header turns its sound up or down, in dB.
    pub(super) gain_db: f32,
    /// Samples may lie over full scale without anything being cut off.
    pub(super) is_float: bool,
}

/// That of a decoder's sound.
pub(super) fn nature(decoder: &dyn AudioDecoder) -> Nature {
    let params = decoder.codec_params();
    let gain_db = if params.codec == CODEC_ID_OPUS { opus::header_gain_db(params.extra_data.as_deref()) } else { 0.0 };
    Nature { gain_db, is_float: decoder.codec_info().short_name.starts_with("pcm_f") }
}

/// The names of codecs that have no decoder here.
fn foreign(codec: AudioCodecId) -> Option<&'static str> {
    Some(match codec {
        CODEC_ID_AC3 => "AC-3",
        CODEC_ID_EAC3 => "E-AC-3",
        CODEC_ID_AC4 => "AC-4",
        CODEC_ID_DCA => "DTS",
        CODEC_ID_SPEEX => "Speex",
        CODEC_ID_WMA => "WMA",
        CODEC_ID_WAVPACK => "WavPack",
        CODEC_ID_TTA => "TTA",
        _ => return None,
    })
}

/// Whether packets hold codes, of which zeros alone are none, rather than samples as they are.
pub(super) fn is_coded(params: &AudioCodecParameters) -> bool {
    CODECS.get_audio_decoder(params.codec).is_some_and(|codec| !codec.codec.info.short_name.starts_with("pcm"))
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

/// Whether a stream's frames are to be asked for spectral band replication.
pub(super) fn may_replicate(params: &AudioCodecParameters) -> bool {
    params.codec == CODEC_ID_AAC && params.sample_rate.is_none_or(|rate| rate <= REPLICATION_RATE)
}
