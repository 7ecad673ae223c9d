use std::sync::LazyLock;

use symphonia::core::audio::Channels;
use symphonia::core::codecs::audio::well_known::CODEC_ID_AAC;
use symphonia::core::codecs::audio::{AudioCodecParameters, AudioDecoder, AudioDecoderOptions};
use symphonia::core::codecs::registry::CodecRegistry;

use super::opus::OpusAdapter;
use super::{fault, limit, sbr};
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
    let channels = params.channels.as_ref().map_or(1, Channels::count);
    if channels > limit::CHANNELS {
        return Err(fault::unsupported(&text!("{channels} kênh", "{channels} channels")));
    }
    CODECS.make_audio_decoder(params, &AudioDecoderOptions::default()).map_err(|_| {
        let known = CODECS.get_audio_decoder(params.codec).map(|codec| codec.codec.info.short_name);
        fault::unsupported(&known.map_or_else(|| text!("bộ mã lạ", "unknown codec"), |name| text!("{name}", "{name}")))
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

/// Whether a stream's frames are to be asked for spectral band replication.
pub(super) fn may_replicate(params: &AudioCodecParameters) -> bool {
    params.codec == CODEC_ID_AAC && params.sample_rate.is_none_or(|rate| rate <= REPLICATION_RATE)
}
