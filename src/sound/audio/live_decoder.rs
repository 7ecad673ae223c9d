use std::io::Read;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use symphonia::core::codecs::CodecParameters;
use symphonia::core::codecs::audio::AudioDecoder;
use symphonia::core::codecs::audio::well_known::CODEC_ID_MP3;
use symphonia::core::errors::Error;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, FormatReader, TrackType};
use symphonia::core::io::{MediaSourceStream, MediaSourceStreamOptions, ReadOnlySource};
use symphonia::core::meta::MetadataOptions;
use symphonia::core::units::Duration;

use super::bridge::{check_shape, fold};
use super::{Resampler, codec, limit, sbr};
use crate::diag::{Text, text};
use crate::incoming::wire::WIRE_RATE;
use crate::instant::Rate;
use crate::plan::Fault;

/// Packets in a row without a sample: it is no sound, or no longer.
const SOUNDLESS: u32 = 400;
/// Samples that wait for what is known of their stream at most: five seconds.
const HELD_MOST: usize = 5 * WIRE_RATE as usize;
/// Packets in a row that cannot be decoded: two seconds. Then all begins anew, with another connection.
const FAILED_MOST: u32 = 80;
/// After so many of them the decoder is made anew once more: what it began with was no sound, but a picture in between.
const ANEW_EVERY: u32 = 8;

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
    /// Heard once it is known that it is no HE-AAC.
    held: Vec<i16>,
    sides: Sides,
}

impl LiveDecoder {
    /// Finds out what comes. `kind` is what the sender says that it is: a media type, or the ending of a file.
    pub fn open(source: impl Read + Send + Sync + 'static, kind: &str) -> Result<Self, Text> {
        safely(|| {
            let is_still = Arc::new(AtomicBool::new(false));
            let source = Watched { source, is_still: Arc::clone(&is_still) };
            let source = Box::new(ReadOnlySource::new(source));
            let stream = MediaSourceStream::new(source, MediaSourceStreamOptions::default());
            let mut hint = Hint::new();
            hint.with_extension(ending(kind));
            let (format_options, meta) = (FormatOptions::default(), MetadataOptions::default());
            let probed = symphonia::default::get_probe().probe(&hint, stream, format_options, meta);
            // Whoever tries to find out what it is does not say why he could not.
            let why = || if is_still.load(Ordering::Acquire) { still() } else { unknown() };
            let format = probed.map_err(|_| why())?;
            let (track, engine, vote) = begin(format.as_ref())?;
            let (block, folded, ready, held) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
            let sides = Sides::default();
            Ok(Self { format, engine, track, vote, shape: None, block, folded, ready, held, sides })
        })
    }

    /// Appends what comes next to `out`, which may be nothing; false at the end. Waits for as long as its source does.
    pub fn read(&mut self, out: &mut Vec<i16>) -> Result<bool, Text> {
        safely(|| self.advance(out))
    }

    fn advance(&mut self, out: &mut Vec<i16>) -> Result<bool, Text> {
        let mut failed = 0_u32;
        for _ in 0..SOUNDLESS {
            let mut packet = match self.format.next_packet() {
                Ok(Some(packet)) if packet.track_id == self.track => packet,
                Ok(Some(_)) => continue,
                Ok(None) => return Ok(false),
                Err(Error::ResetRequired) => {
                    (self.track, self.engine, self.vote) = begin(self.format.as_ref())?;
                    continue;
                }
                Err(Error::IoError(error)) if error.kind() == std::io::ErrorKind::UnexpectedEof => return Ok(false),
                Err(error) if is_still(&error) => return Err(still()),
                Err(Error::IoError(error)) => return Err(crate::diag::system(&error)),
                Err(_) => return Err(unknown()),
            };
            // How long the first frame of an MP3 says that it is (Xing, Info, VBRI) is the length of a file: a stream goes on.
            if self.engine.codec_params().codec == CODEC_ID_MP3 {
                packet.trim_end = Duration::ZERO;
            }
            if self.vote.as_mut().is_some_and(|vote| vote.cast(&packet.data)) {
                return Err(he_aac());
            }
            let mut is_decoded = self.engine.decode(&packet).is_ok();
            if !is_decoded && failed.is_multiple_of(ANEW_EVERY) {
                // Another song, in stereo or at another rate: this decoder knows the shape of the first one only.
                (self.track, self.engine, _) = begin(self.format.as_ref())?;
                is_decoded = self.engine.decode(&packet).is_ok();
            }
            if !is_decoded {
                failed += 1;
                if failed > FAILED_MOST {
                    break;
                }
                continue;
            }
            let buffer = self.engine.last_decoded();
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
            self.sides.fold(&self.block, channels, &mut self.folded);
            // What may turn out to be HE-AAC is not heard before that is known.
            let mut held = std::mem::take(&mut self.held);
            self.hand(rate, &mut held)?;
            if self.vote.as_ref().is_some_and(sbr::Vote::is_open) && held.len() < HELD_MOST {
                self.held = held;
            } else {
                out.append(&mut held);
            }
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

/// Two channels of which one is the other turned over would be silence together: then one of them is heard.
#[derive(Default)]
struct Sides {
    /// Power of the two together, and of each for itself, of late.
    together: f32,
    apart: f32,
    is_one: bool,
}

/// How much of what was counted before counts beside a packet more.
const KEPT: f32 = 0.9;
/// Together so much quieter than apart (26 dB, 10 dB): one side is heard, and both again.
const OPPOSED: f32 = 0.002_5;
const AGREED: f32 = 0.1;

impl Sides {
    fn fold(&mut self, frames: &[f32], channels: usize, out: &mut Vec<f32>) {
        let at = out.len();
        fold(frames, channels, out);
        if channels != 2 {
            return;
        }
        let power =
            |samples: &[f32]| samples.iter().map(|sample| sample * sample).sum::<f32>() / samples.len().max(1) as f32;
        self.together = self.together * KEPT + power(&out[at..]);
        self.apart = self.apart * KEPT + power(frames);
        let least = if self.is_one { AGREED } else { OPPOSED };
        self.is_one = self.together < self.apart * least;
        if self.is_one {
            out.truncate(at);
            out.extend(frames.chunks_exact(2).map(|frame| frame[0]));
        }
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
            "command = [\"ffmpeg\", \"-loglevel\", \"error\", \"-re\", \"-i\", \"{address}\", \"-ac\", \"1\", \"-ar\", \"48000\", \"-f\", \"s16le\", \"-\"]"
        )
    };
    let (vi, en) = (by("ĐỊA-CHỈ"), by("ADDRESS"));
    text!(
        "luồng này là HE-AAC, loa không giải mã được; hãy thay bằng: {vi}",
        "this is HE-AAC, which loa does not decode; use instead: {en}"
    )
}

/// A source that remembers whether it has given nothing for as long as it waits.
struct Watched<R> {
    source: R,
    is_still: Arc<AtomicBool>,
}

impl<R: Read> Read for Watched<R> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        let read = self.source.read(out);
        if read.as_ref().is_err_and(|error| error.kind() == std::io::ErrorKind::TimedOut) {
            self.is_still.store(true, Ordering::Release);
        }
        read
    }
}

/// Nothing has come for as long as its reader waits.
fn is_still(error: &Error) -> bool {
    matches!(error, Error::IoError(error) if error.kind() == std::io::ErrorKind::TimedOut)
}

fn still() -> Text {
    text!("máy chủ không gửi gì trong mấy giây", "nothing came for some seconds")
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

#[cfg(test)]
mod tests {
    use std::io::Cursor;
    use std::process::Command;

    use super::*;

    /// MP3 by ffmpeg, as these words of it say; none where it is not installed.
    fn mp3(words: &str) -> Option<Vec<u8>> {
        let mut ffmpeg = Command::new("ffmpeg");
        ffmpeg.args(["-v", "error", "-f", "lavfi", "-i"]).args(words.split(' ')).args(["-f", "mp3", "-"]);
        let made = ffmpeg.output().ok()?;
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        Some(made.stdout)
    }

    /// For each second whether it is sound.
    fn seconds(bytes: Vec<u8>) -> Vec<bool> {
        let mut decoder = LiveDecoder::open(Cursor::new(bytes), "audio/mpeg").unwrap();
        let mut samples = Vec::new();
        while decoder.read(&mut samples).unwrap() {}
        let power = |part: &[i16]| part.iter().map(|one| f64::from(*one).powi(2)).sum::<f64>() / part.len() as f64;
        samples.chunks_exact(WIRE_RATE as usize).map(|part| power(part).sqrt() > 500.0).collect()
    }

    #[test]
    fn a_stream_that_changes_its_shape_in_the_middle_goes_on_at_once() {
        let tone = "sine=frequency=440:duration=3";
        let songs = [
            format!("{tone} -ac 2 -ar 44100 -b:a 128k -write_xing 0 -id3v2_version 0"),
            format!("{tone} -ac 1 -ar 48000 -b:a 64k"),
            format!("{tone} -ac 2 -ar 22050 -b:a 64k"),
            format!("{tone} -ac 2 -ar 44100 -b:a 128k -metadata title=Hai"),
        ];
        let Some(parts) = songs.iter().map(|words| mp3(words)).collect::<Option<Vec<_>>>() else {
            eprintln!("SKIPPED: needs ffmpeg, which `deploy/setup test` installs");
            return;
        };
        let heard = seconds(parts.concat());
        assert!(heard.len() >= 11, "{heard:?}");
        assert!(heard.iter().all(|is| *is), "{heard:?}");
    }

    #[test]
    fn a_stream_that_begins_with_the_length_of_a_file_goes_on_behind_it() {
        let tone = "sine=frequency=440:duration=4 -ac 1 -ar 44100 -b:a 64k -write_xing 0 -id3v2_version 0";
        let Some(song) = mp3(tone) else {
            eprintln!("SKIPPED: needs ffmpeg, which `deploy/setup test` installs");
            return;
        };
        // A frame of 64 kbit/s without padding, as file writers put it first: 38 frames, which is a second.
        let mut first = vec![0; 208];
        first[..4].copy_from_slice(&song[..4]);
        first[2] &= !2;
        first[21..25].copy_from_slice(b"Info");
        first[25..33].copy_from_slice(&[0, 0, 0, 1, 0, 0, 0, 38]);
        // The same file over and over, as some servers send it.
        let file = [first, song].concat();
        let heard = seconds([file.clone(), file].concat());
        assert!(heard.len() >= 7 && heard.iter().all(|is| *is), "{heard:?}");
    }

    #[test]
    fn two_sides_that_are_each_other_turned_over_are_heard() {
        let opposed = "aevalsrc=0.3*sin(2764*t)|-0.3*sin(2764*t):duration=3:sample_rate=44100 -ac 2 -b:a 128k";
        let Some(bytes) = mp3(opposed) else {
            eprintln!("SKIPPED: needs ffmpeg, which `deploy/setup test` installs");
            return;
        };
        let heard = seconds(bytes);
        assert!(heard.len() >= 2 && heard.iter().all(|is| *is), "{heard:?}");
    }
}
