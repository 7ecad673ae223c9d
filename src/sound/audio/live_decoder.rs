use std::io::Read;
use std::panic::{AssertUnwindSafe, catch_unwind};

use symphonia::core::codecs::CodecParameters;
use symphonia::core::codecs::audio::AudioDecoder;
use symphonia::core::errors::Error;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, FormatReader, TrackType};
use symphonia::core::io::{MediaSourceStream, MediaSourceStreamOptions, ReadOnlySource};
use symphonia::core::meta::MetadataOptions;

use super::bridge::{check_shape, fold};
use super::{Resampler, codec, limit, sbr};
use crate::diag::{Text, text};
use crate::incoming::wire::WIRE_RATE;
use crate::instant::Rate;
use crate::plan::Fault;

/// Packets in a row without a sample: it is no sound, or no longer.
const SOUNDLESS: u32 = 400;

/// A stream that does not end, decoded as it comes: one channel at 48,000 samples a second, whatever it was sent as. What
/// changes in its middle (the next song of a chained Ogg) is followed.
pub struct LiveDecoder {
    format: Box<dyn FormatReader>,
    engine: Box<dyn AudioDecoder>,
    track: u32,
    vote: Option<sbr::Vote>,
    shape: Option<(u32, Resampler)>,
    block: Vec<f32>,
    folded: Vec<f32>,
    ready: Vec<f32>,
}

impl LiveDecoder {
    /// Finds out what comes. `kind` is what the sender says that it is: a media type, or the ending of a file.
    pub fn open(source: impl Read + Send + Sync + 'static, kind: &str) -> Result<Self, Text> {
        safely(|| {
            let source = Box::new(ReadOnlySource::new(source));
            let stream = MediaSourceStream::new(source, MediaSourceStreamOptions::default());
            let mut hint = Hint::new();
            hint.with_extension(ending(kind));
            let (format_options, meta) = (FormatOptions::default(), MetadataOptions::default());
            let probed = symphonia::default::get_probe().probe(&hint, stream, format_options, meta);
            let format = probed.map_err(|_| unknown())?;
            let (track, engine, vote) = begin(format.as_ref())?;
            let (block, folded, ready) = (Vec::new(), Vec::new(), Vec::new());
            Ok(Self { format, engine, track, vote, shape: None, block, folded, ready })
        })
    }

    /// Appends what comes next to `out`, which may be nothing; false at the end. Waits for as long as its source does.
    pub fn read(&mut self, out: &mut Vec<i16>) -> Result<bool, Text> {
        safely(|| self.advance(out))
    }

    fn advance(&mut self, out: &mut Vec<i16>) -> Result<bool, Text> {
        for _ in 0..SOUNDLESS {
            let packet = match self.format.next_packet() {
                Ok(Some(packet)) if packet.track_id == self.track => packet,
                Ok(Some(_)) => continue,
                Ok(None) => return Ok(false),
                Err(Error::ResetRequired) => {
                    (self.track, self.engine, self.vote) = begin(self.format.as_ref())?;
                    continue;
                }
                Err(Error::IoError(error)) if error.kind() == std::io::ErrorKind::UnexpectedEof => return Ok(false),
                Err(Error::IoError(error)) if error.kind() == std::io::ErrorKind::TimedOut => {
                    return Err(text!("máy chủ không gửi gì trong mấy giây", "nothing came for some seconds"));
                }
                Err(Error::IoError(error)) => return Err(crate::diag::system(&error)),
                Err(_) => return Err(unknown()),
            };
            if self.vote.as_mut().is_some_and(|vote| vote.cast(&packet.data)) {
                return Err(he_aac());
            }
            let Ok(buffer) = self.engine.decode(&packet) else { continue };
            let (rate, channels, frames) = (buffer.spec().rate(), buffer.num_planes(), buffer.frames());
            if frames == 0 {
                continue;
            }
            if frames > limit::PACKET_FRAMES {
                return Err(unknown());
            }
            check_shape(rate, channels).map_err(|fault| fault.message)?;
            self.block.clear();
            buffer.copy_to_vec_interleaved(&mut self.block);
            self.folded.clear();
            fold(&self.block, channels, &mut self.folded);
            self.hand(rate, out)?;
            return Ok(true);
        }
        Err(unknown())
    }

    /// What was folded, at the rate of the wire.
    fn hand(&mut self, rate: u32, out: &mut Vec<i16>) -> Result<(), Text> {
        let resampler = match &mut self.shape {
            Some((known, resampler)) if *known == rate => resampler,
            shape => {
                let (from, to) = (Rate::new(rate).unwrap_or(Rate::STANDARD), Rate::new(WIRE_RATE));
                let made = Resampler::new(from, to.unwrap_or(Rate::STANDARD)).map_err(|error| error.text())?;
                &mut shape.insert((rate, made)).1
            }
        };
        self.ready.clear();
        resampler.push(&self.folded, &mut self.ready).map_err(|error| error.text())?;
        let whole = |sample: &f32| (sample.clamp(-1.0, 1.0) * 32_767.0).round() as i16;
        out.extend(self.ready.iter().map(whole));
        Ok(())
    }
}

type Begun = (u32, Box<dyn AudioDecoder>, Option<sbr::Vote>);

/// A decoder for the sound that comes.
fn begin(format: &dyn FormatReader) -> Result<Begun, Text> {
    let track = format.default_track(TrackType::Audio).ok_or_else(unknown)?;
    let Some(CodecParameters::Audio(params)) = &track.codec_params else { return Err(unknown()) };
    let engine = codec::make(params).map_err(refused)?;
    Ok((track.id, engine, codec::may_replicate(params).then(sbr::Vote::default)))
}

/// The same refusal as of a file, with another cure.
fn refused(fault: Fault) -> Text {
    if fault == super::fault::he_aac() { he_aac() } else { fault.message }
}

fn he_aac() -> Text {
    let by = |address: &str| {
        format!(
            "command = [\"ffmpeg\", \"-loglevel\", \"error\", \"-i\", \"{address}\", \"-ac\", \"1\", \"-ar\", \"48000\", \"-f\", \"s16le\", \"-\"]"
        )
    };
    let (vi, en) = (by("ĐỊA-CHỈ"), by("ADDRESS"));
    text!(
        "luồng này là HE-AAC, loa không giải mã được; hãy thay bằng: {vi}",
        "this is HE-AAC, which loa does not decode; use instead: {en}"
    )
}

fn unknown() -> Text {
    text!("luồng này không phải tiếng loa đọc được", "this is no sound that loa reads")
}

/// The ending of a file of this media type.
fn ending(kind: &str) -> &'static str {
    // `audio/webm;codecs=opus`.
    match kind.split(';').next().unwrap_or_default().trim() {
        "audio/mpeg" | "audio/mp3" | "mp3" => "mp3",
        "audio/aac" | "audio/aacp" | "audio/x-aac" | "aac" => "aac",
        "audio/flac" | "audio/x-flac" => "flac",
        "audio/mp4" | "video/mp4" | "mp4" => "mp4",
        "audio/webm" | "video/webm" => "webm",
        _ => "ogg",
    }
}

/// A panic inside a decoder ends the stream that caused it, and nothing else.
fn safely<T>(act: impl FnOnce() -> Result<T, Text>) -> Result<T, Text> {
    catch_unwind(AssertUnwindSafe(act)).unwrap_or_else(|_| Err(unknown()))
}
