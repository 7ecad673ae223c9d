use std::io::SeekFrom;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use symphonia::core::codecs::CodecParameters;
use symphonia::core::codecs::audio::AudioDecoder;
use symphonia::core::common::Limit;
use symphonia::core::errors::Error;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, FormatReader, TrackType};
use symphonia::core::io::{MediaSource, MediaSourceStream};
use symphonia::core::meta::{MetadataOptions, RawValue};
use symphonia::core::packet::Packet;

use super::disk::SoundFile;
use super::mp4::{self, Edit};
use super::{codec, fault, limit, sbr};
use crate::instant::{Frames, Rate};
use crate::plan::Fault;

/// A sound file, decoded piece by piece to one channel.
///
/// The first sample it gives is the first that was recorded: codec delay is trimmed, and the padding
/// at the end where the container tells how much there is. The container is found by content; the
/// file's name is never looked at. Of several tracks the first with sound is read. A panic inside a
/// decoder comes out as a [`Fault`], like any other damage.
pub struct Decoder {
    format: Box<dyn FormatReader>,
    engine: Box<dyn AudioDecoder>,
    track: u32,
    rate: Rate,
    channels: u16,
    edit: Edit,
    claim: Option<u64>,
    unfinished: bool,
    vote: Option<sbr::Vote>,
    first: Vec<f32>,
    interleaved: Vec<f32>,
    decoded: u64,
    good: u64,
    bad: u64,
    beyond: u32,
    over: bool,
}

impl Decoder {
    /// Opens a sound and decodes its first packet, which is where rate and channels are learnt.
    pub fn open(path: &Path) -> Result<Self, Fault> {
        Self::open_file(SoundFile::open(path)?)
    }

    /// The same for a file that is open and at its beginning.
    pub(super) fn open_file(file: SoundFile) -> Result<Self, Fault> {
        Self::open_source(file)
    }

    /// The same for a sound in memory.
    pub fn open_bytes(bytes: Vec<u8>) -> Result<Self, Fault> {
        Self::open_source(std::io::Cursor::new(bytes))
    }

    fn open_source(source: impl MediaSource + 'static) -> Result<Self, Fault> {
        guard(|| Self::probe(source))
    }

    fn probe(mut source: impl MediaSource + 'static) -> Result<Self, Fault> {
        let header = mp4::Header::read(&mut source);
        source.seek(SeekFrom::Start(0)).map_err(|error| fault::unreadable(&error))?;
        let stream = MediaSourceStream::new(Box::new(source), symphonia::core::io::MediaSourceStreamOptions::default());
        let mut format = symphonia::default::get_probe()
            .probe(&Hint::new(), stream, FormatOptions::default(), quiet_metadata())
            .map_err(|error| match error {
                Error::IoError(error) if error.kind() != std::io::ErrorKind::UnexpectedEof => fault::unreadable(&error),
                Error::LimitError(_) => fault::damaged(),
                // An MP4 whose header (at its end) was never copied has no tracks yet.
                _ if header.is_some() => fault::truncated(),
                _ => fault::not_audio(),
            })?;
        let note = apple_note(format.as_mut());
        let track = format.first_track_known_codec(TrackType::Audio).or_else(|| format.first_track(TrackType::Audio));
        let track = track.cloned().ok_or_else(fault::no_frames)?;
        let Some(CodecParameters::Audio(params)) = &track.codec_params else {
            return Err(fault::unsupported("codec?"));
        };
        let mut this = Self {
            engine: codec::make(params)?,
            track: track.id,
            rate: Rate::STANDARD,
            channels: 0,
            edit: Edit::default(),
            claim: codec::claim(format.as_ref(), &track),
            unfinished: codec::must_end(format.as_ref()) && track.num_frames.is_none(),
            format,
            vote: codec::may_replicate(params).then(sbr::Vote::default),
            first: Vec::new(),
            interleaved: Vec::new(),
            decoded: 0,
            good: 0,
            bad: 0,
            beyond: 0,
            over: false,
        };
        let mut first = Vec::new();
        if !this.read_packet(&mut first)? {
            return Err(fault::no_frames());
        }
        let rate = this.rate.hz();
        // Time stamps that run twice as fast as the samples: replication that nobody announced.
        if this.vote.is_some() && header.as_ref().is_some_and(|header| header.timescale() == 2 * rate) {
            return Err(fault::he_aac());
        }
        this.edit = codec::edit(this.format.as_ref(), &track, params, header.as_ref(), note, rate);
        this.trim(&mut first, 0);
        this.first = first;
        Ok(this)
    }

    /// The file's own sample rate, at which it is given.
    pub fn rate(&self) -> Rate {
        self.rate
    }

    /// The file's own number of channels, before they are folded to one.
    pub fn channels(&self) -> u16 {
        self.channels
    }

    /// The codec's short name: `mp3`, `vorbis`, `aac`, `opus`, `flac`, `pcm`.
    pub fn codec(&self) -> &'static str {
        codec::name(self.engine.as_ref())
    }

    /// Packets skipped so far because they could not be decoded.
    pub fn skipped(&self) -> u64 {
        self.bad
    }

    /// Appends the next samples (of one channel, within -1 and 1) to `out`. False at the end, and
    /// ever after.
    pub fn read(&mut self, out: &mut Vec<f32>) -> Result<bool, Fault> {
        if !self.first.is_empty() {
            out.append(&mut self.first);
            return Ok(true);
        }
        while !self.over && self.edit.keep != Some(0) {
            let before = out.len();
            match guard(|| self.read_packet(out)) {
                Ok(true) => self.trim(out, before),
                Ok(false) => self.over = true,
                Err(fault) => {
                    self.over = true;
                    out.truncate(before);
                    return Err(fault);
                }
            }
            if out.len() > before {
                return Ok(true);
            }
        }
        self.over = true;
        Ok(false)
    }

    /// Once the end is reached: whether the sound stopped clearly before the container's promise.
    pub fn is_short(&self) -> bool {
        let longest = self.rate.frames(limit::LENGTH).0;
        let slack = self.rate.frames(limit::SHORTFALL).0;
        // A promise beyond the longest sound is a recorder that never went back to write the length.
        let claim = self.claim.filter(|claim| *claim <= longest);
        let cut = self.edit.keep.is_some_and(|left| left > slack && left <= longest);
        self.unfinished || cut || (self.edit.keep != Some(0) && claim.is_some_and(|claim| self.decoded + slack < claim))
    }

    /// Decodes packets until one gives samples, and appends those, folded, to `out`.
    fn read_packet(&mut self, out: &mut Vec<f32>) -> Result<bool, Fault> {
        let mut soundless = 0;
        while let Some(packet) = self.next_packet()? {
            soundless += 1;
            if soundless > limit::SOUNDLESS_PACKETS {
                return Err(fault::damaged());
            }
            if packet.track_id == self.track && self.decode(&packet, out)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn next_packet(&mut self) -> Result<Option<Packet>, Fault> {
        match self.format.next_packet() {
            Ok(packet) => Ok(packet),
            Err(Error::IoError(error)) if error.kind() == std::io::ErrorKind::UnexpectedEof => Ok(None),
            Err(Error::IoError(error)) => Err(fault::unreadable(&error)),
            Err(Error::ResetRequired) => Err(fault::unsupported("ogg chain")),
            Err(_) => Err(fault::damaged()),
        }
    }

    /// Decodes one packet. False where it holds no samples, or only damage.
    fn decode(&mut self, packet: &Packet, out: &mut Vec<f32>) -> Result<bool, Fault> {
        if self.vote.as_mut().is_some_and(|vote| vote.cast(&packet.data)) {
            return Err(fault::he_aac());
        }
        // An MP3 that goes on after the end its first header states was joined from several: only
        // the first would be heard.
        if packet.trim_end.get() > 0 && packet.trim_end >= packet.dur {
            self.beyond += 1;
            if self.beyond > limit::PACKETS_BEYOND {
                return Err(fault::joined());
            }
        }
        let Ok(buffer) = self.engine.decode(packet) else {
            return self.note_bad();
        };
        let (rate, channels, frames) = (buffer.spec().rate(), buffer.num_planes(), buffer.frames());
        if frames == 0 {
            return Ok(false);
        }
        if frames > limit::PACKET_FRAMES {
            return self.note_bad();
        }
        if self.decoded == 0 {
            check_shape(rate, channels)?;
            self.rate = Rate::new(rate).unwrap_or(Rate::STANDARD);
            self.channels = channels as u16;
        } else if rate != self.rate.hz() || channels != usize::from(self.channels) {
            return self.note_bad();
        }
        buffer.copy_to_vec_interleaved(&mut self.interleaved);
        fold(&self.interleaved, channels, out);
        self.good += 1;
        self.decoded += frames as u64;
        if Frames(self.decoded) > self.rate.frames(limit::LENGTH) {
            return Err(fault::too_long());
        }
        Ok(true)
    }

    fn note_bad(&mut self) -> Result<bool, Fault> {
        self.bad += 1;
        if self.bad > limit::BAD_PACKETS + self.good / limit::GOOD_PER_BAD { Err(fault::damaged()) } else { Ok(false) }
    }

    /// Applies the edit to what was appended to `out` from `from` on.
    fn trim(&mut self, out: &mut Vec<f32>, from: usize) {
        let skip = self.edit.skip.min((out.len() - from) as u64);
        out.drain(from..from + skip as usize);
        self.edit.skip -= skip;
        if let Some(keep) = &mut self.edit.keep {
            let kept = (*keep).min((out.len() - from) as u64);
            out.truncate(from + kept as usize);
            *keep -= kept;
        }
    }
}

impl MediaSource for SoundFile {
    fn is_seekable(&self) -> bool {
        true
    }

    fn byte_len(&self) -> Option<u64> {
        Some(self.stamp().size)
    }
}

fn check_shape(rate: u32, channels: usize) -> Result<(), Fault> {
    if channels == 0 || channels > limit::CHANNELS {
        return Err(fault::unsupported(&format!("{channels} channels")));
    }
    if !limit::RATES.contains(&rate) {
        return Err(fault::unsupported(&format!("{rate} Hz")));
    }
    Ok(())
}

/// Averages the channels: never louder than the loudest of them, so it cannot clip. Overshoots of
/// lossy codecs are held at full scale, and what is no number at all is silence.
fn fold(interleaved: &[f32], channels: usize, out: &mut Vec<f32>) {
    let share = 1.0 / channels as f32;
    out.extend(interleaved.chunks_exact(channels).map(|frame| {
        let mean = if channels == 1 { frame[0] } else { frame.iter().sum::<f32>() * share };
        if mean.is_finite() { mean.clamp(-1.0, 1.0) } else { 0.0 }
    }));
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

/// Runs `act`; a panic in it becomes a fault, so that a hostile file stops nothing but itself.
fn guard<T>(act: impl FnOnce() -> Result<T, Fault>) -> Result<T, Fault> {
    catch_unwind(AssertUnwindSafe(act)).unwrap_or_else(|_| Err(fault::damaged()))
}
