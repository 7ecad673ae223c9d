use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use symphonia::core::codecs::audio::AudioDecoder;
use symphonia::core::io::MediaSource;
use symphonia::core::packet::Packet;

use super::container::Container;
use super::disk::SoundFile;
use super::mp4::Edit;
use super::{codec, fault, limit, sbr};
use crate::diag::text;
use crate::instant::{Frames, Rate};
use crate::plan::Fault;

/// A sound file, decoded piece by piece to one channel.
///
/// The first sample it gives is the first that was recorded: codec delay is trimmed, and the padding
/// at the end where the container tells how much there is. The container is found by content; the
/// file's name is never looked at. Of several tracks the first with sound is read. A panic inside a
/// decoder comes out as a [`Fault`], like any other damage.
pub struct Decoder {
    container: Container,
    engine: Box<dyn AudioDecoder>,
    rate: Rate,
    channels: u16,
    edit: Edit,
    claim: Option<u64>,
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
        guard(|| {
            let container = Container::open(source)?;
            let mut this = Self {
                engine: codec::make(container.params())?,
                vote: codec::may_replicate(container.params()).then(sbr::Vote::default),
                claim: container.claim(),
                container,
                rate: Rate::STANDARD,
                channels: 0,
                edit: Edit::default(),
                first: Vec::new(),
                interleaved: Vec::new(),
                decoded: 0,
                good: 0,
                bad: 0,
                beyond: 0,
                over: false,
            };
            this.begin()?;
            Ok(this)
        })
    }

    fn begin(&mut self) -> Result<(), Fault> {
        let mut first = Vec::new();
        if !self.read_packet(&mut first)? {
            return Err(fault::no_frames());
        }
        let rate = self.rate.hz();
        if self.vote.is_some() && self.container.runs_double(rate) {
            return Err(fault::he_aac());
        }
        self.edit = self.container.edit(rate);
        self.trim(&mut first, 0);
        self.first = first;
        Ok(())
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
        self.container.is_unfinished()
            || cut
            || (self.edit.keep != Some(0) && claim.is_some_and(|claim| self.decoded + slack < claim))
    }

    /// Decodes packets until one gives samples, and appends those, folded, to `out`.
    fn read_packet(&mut self, out: &mut Vec<f32>) -> Result<bool, Fault> {
        for _ in 0..limit::SOUNDLESS_PACKETS {
            match self.container.next_packet()? {
                Some(packet) if self.decode(&packet, out)? => return Ok(true),
                Some(_) => {}
                None => return Ok(false),
            }
        }
        Err(fault::damaged())
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

fn check_shape(rate: u32, channels: usize) -> Result<(), Fault> {
    if channels == 0 || channels > limit::CHANNELS {
        return Err(fault::unsupported(&text!("{channels} kênh", "{channels} channels")));
    }
    if !limit::RATES.contains(&rate) {
        return Err(fault::unsupported(&text!("{rate} Hz", "{rate} Hz")));
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

/// Runs `act`; a panic in it becomes a fault, so that a hostile file stops nothing but itself.
fn guard<T>(act: impl FnOnce() -> Result<T, Fault>) -> Result<T, Fault> {
    catch_unwind(AssertUnwindSafe(act)).unwrap_or_else(|_| Err(fault::damaged()))
}
