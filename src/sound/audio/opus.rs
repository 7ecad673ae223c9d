use std::sync::Mutex;

use rusty_opus::OpusDecoder;
use symphonia::core::audio::{AsGenericAudioBufferRef, AudioBuffer, AudioMut, AudioSpec, GenericAudioBufferRef};
use symphonia::core::codecs::CodecInfo;
use symphonia::core::codecs::audio::well_known::CODEC_ID_OPUS;
use symphonia::core::codecs::audio::{AudioCodecParameters, AudioDecoder, AudioDecoderOptions, FinalizeResult};
use symphonia::core::codecs::registry::{RegisterableAudioDecoder, SupportedAudioCodec};
use symphonia::core::errors::{Error, Result};
use symphonia::core::packet::PacketRef;

/// Opus always decodes at this rate here, whatever the recorder's was (RFC 7845 §5.1).
pub(super) const RATE: u32 = 48_000;

/// The longest packet: 120 ms (RFC 6716 §3.2).
const PACKET_FRAMES: usize = 5_760;

/// Frames at the start that only warm the decoder up, from the identification header
/// (RFC 7845 §5.1, bytes 10 and 11); the usual 312 where there is none to read.
pub(super) fn pre_skip(header: Option<&[u8]>) -> u64 {
    match header {
        Some(bytes) if bytes.len() >= 12 && bytes.starts_with(b"OpusHead") => {
            u64::from(u16::from_le_bytes([bytes[10], bytes[11]]))
        }
        _ => 312,
    }
}

/// Frames that a packet decodes to (RFC 6716 §3.1), by its first two bytes.
pub(super) fn frames(packet: &[u8]) -> u64 {
    let Some(first) = packet.first() else { return 0 };
    let one = match first >> 3 {
        mode @ 0..=11 => [480, 960, 1_920, 2_880][usize::from(mode & 3)],
        mode @ 12..=15 => [480, 960][usize::from(mode & 1)],
        mode => 120 << (mode & 3),
    };
    let count = match first & 3 {
        0 => 1,
        1 | 2 => 2,
        _ => packet.get(1).map_or(0, |second| u64::from(second & 0x3F)),
    };
    (one * count).min(PACKET_FRAMES as u64)
}

/// Output gain in the identification header, in decibels (RFC 7845 §5.1: Q7.8).
pub(super) fn header_gain_db(header: Option<&[u8]>) -> f32 {
    match header {
        Some(bytes) if bytes.len() >= 18 && bytes.starts_with(b"OpusHead") => {
            f32::from(i16::from_le_bytes([bytes[16], bytes[17]])) / 256.0
        }
        _ => 0.0,
    }
}

/// The same as a factor.
fn header_gain(header: Option<&[u8]>) -> f32 {
    10.0_f32.powf(header_gain_db(header) / 20.0)
}

/// Opus for symphonia, through the pure-Rust `rusty-opus`: mono and stereo, as phones and messengers
/// record it. Surround is refused.
pub(super) struct OpusAdapter {
    // The codec is Send but makes no promise of Sync, which symphonia asks for; never contended.
    decoder: Mutex<OpusDecoder>,
    params: AudioCodecParameters,
    channels: usize,
    gain: f32,
    interleaved: Vec<f32>,
    buf: AudioBuffer<f32>,
}

impl OpusAdapter {
    fn decode_inner(&mut self, packet: &PacketRef<'_>) -> Result<()> {
        self.buf.clear();
        // An empty packet asks the codec to invent sound for a lost one; a file has no lost packets.
        if packet.data.is_empty() {
            return Err(Error::DecodeError("opus: empty packet"));
        }
        let decoder = self.decoder.get_mut().map_err(|_| Error::DecodeError("opus: decoder broke earlier"))?;
        let frames = decoder
            .decode(packet.data, PACKET_FRAMES, &mut self.interleaved)
            .map_err(|_| Error::DecodeError("opus: bad packet"))?
            .min(PACKET_FRAMES);
        self.buf.render_uninit(Some(frames));
        for channel in 0..self.channels {
            let plane = self.buf.plane_mut(channel).ok_or(Error::DecodeError("opus: no such channel"))?;
            let source = self.interleaved.iter().skip(channel).step_by(self.channels);
            for (sample, value) in plane.iter_mut().zip(source) {
                *sample = *value * self.gain;
            }
        }
        Ok(())
    }
}

impl AudioDecoder for OpusAdapter {
    fn reset(&mut self) {
        if let Ok(fresh) = OpusDecoder::new(RATE.cast_signed(), self.channels) {
            self.decoder = Mutex::new(fresh);
        }
        self.buf.clear();
    }

    fn codec_info(&self) -> &CodecInfo {
        &SUPPORTED[0].info
    }

    fn codec_params(&self) -> &AudioCodecParameters {
        &self.params
    }

    fn decode_ref(&mut self, packet: &PacketRef<'_>) -> Result<GenericAudioBufferRef<'_>> {
        match self.decode_inner(packet) {
            Ok(()) => Ok(self.buf.as_generic_audio_buffer_ref()),
            Err(error) => {
                self.buf.clear();
                Err(error)
            }
        }
    }

    fn finalize(&mut self) -> FinalizeResult {
        FinalizeResult::default()
    }

    fn last_decoded(&self) -> GenericAudioBufferRef<'_> {
        self.buf.as_generic_audio_buffer_ref()
    }
}

static SUPPORTED: [SupportedAudioCodec; 1] = [SupportedAudioCodec {
    id: CODEC_ID_OPUS,
    info: CodecInfo { short_name: "opus", long_name: "Opus", profiles: &[] },
}];

impl RegisterableAudioDecoder for OpusAdapter {
    fn try_registry_new(params: &AudioCodecParameters, _: &AudioDecoderOptions) -> Result<Box<dyn AudioDecoder>> {
        let layout = params.channels.clone().ok_or(Error::Unsupported("opus: channels unknown"))?;
        let channels = layout.count();
        let decoder = OpusDecoder::new(RATE.cast_signed(), channels)
            .map_err(|_| Error::Unsupported("opus: more than two channels"))?;
        let mut params = params.clone();
        params.with_sample_rate(RATE);
        Ok(Box::new(Self {
            decoder: Mutex::new(decoder),
            gain: header_gain(params.extra_data.as_deref()),
            params,
            channels,
            interleaved: vec![0.0; PACKET_FRAMES * channels],
            buf: AudioBuffer::new(AudioSpec::new(RATE, layout), PACKET_FRAMES),
        }))
    }

    fn supported_codecs() -> &'static [SupportedAudioCodec] {
        &SUPPORTED
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_says_how_much_to_skip_and_how_loud() {
        let mut header = b"OpusHead\x01\x02".to_vec();
        header.extend(3840_u16.to_le_bytes());
        header.extend(48_000_u32.to_le_bytes());
        header.extend((-6 * 256_i16).to_le_bytes());
        header.push(0);
        assert_eq!(pre_skip(Some(&header)), 3840);
        assert!((header_gain(Some(&header)) - 0.501).abs() < 0.001);
        assert_eq!(pre_skip(Some(b"OpusHead")), 312);
        assert_eq!(pre_skip(None), 312);
    }
}
