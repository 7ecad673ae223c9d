use std::path::Path;

use symphonia::core::codecs::audio::AudioDecoder;
use symphonia::core::io::MediaSource;
use symphonia::core::packet::Packet;

use super::container::Container;
use super::disk::{Links, SoundFile};
use super::guard::guard;
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
    size: Option<u64>,
    /// Frames that are decoded and trimmed, as recorded: channels interleaved.
    frames: Vec<f32>,
    /// Whether `frames` has not been given yet: the first packet, which opening decoded.
    waiting: bool,
    decoded: u64,
    good: u64,
    bad: u64,
    beyond: u32,
    over: bool,
}

impl Decoder {
    /// Opens a sound and decodes its first packet, which is where rate and channels are learnt.
    pub fn open(path: &Path) -> Result<Self, Fault> {
        Self::open_file(SoundFile::open(path, Links::Follow)?)
    }

    /// The same for a file that is open and at its beginning.
    pub(super) fn open_file(file: SoundFile) -> Result<Self, Fault> {
        Self::open_source(file)
    }

    /// The same for a sound in memory.
    pub fn open_bytes(bytes: Vec<u8>) -> Result<Self, Fault> {
        Self::open_source(std::io::Cursor::new(bytes))
    }

    pub(super) fn open_source(source: impl MediaSource + 'static) -> Result<Self, Fault> {
        guard(|| {
            let size = source.byte_len();
            let container = Container::open(source)?;
            let mut this = Self {
                engine: codec::make(container.params())?,
                vote: codec::may_replicate(container.params()).then(sbr::Vote::default),
                claim: container.claim(),
                container,
                rate: Rate::STANDARD,
                channels: 0,
                edit: Edit::default(),
                size,
                frames: Vec::new(),
                waiting: false,
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
        if !self.read_packet()? {
            return Err(fault::no_frames());
        }
        let rate = self.rate.hz();
        if self.vote.is_some() && self.container.runs_double(rate) {
            return Err(fault::he_aac());
        }
        self.edit = self.container.edit(rate);
        self.trim();
        self.waiting = true;
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

    /// The ending that a file with this content should have: `mp3`, `m4a`, `ogg`.
    pub fn endings(&self) -> &'static [&'static str] {
        self.container.endings(self.codec())
    }

    /// Frames that the file promises, of which [`Self::read`] gives a little less; `None` where it does
    /// not say. Good for a progress bar, and no more.
    pub fn promised(&self) -> Option<u64> {
        self.claim
    }

    /// Appends the next samples (of one channel, within -1 and 1) to `out`. False at the end, and
    /// ever after.
    pub fn read(&mut self, out: &mut Vec<f32>) -> Result<bool, Fault> {
        let channels = usize::from(self.channels.max(1));
        let Some(frames) = self.next()? else { return Ok(false) };
        let before = out.len();
        fold(frames, channels, out);
        for sample in &mut out[before..] {
            *sample = sample.clamp(-1.0, 1.0);
        }
        Ok(true)
    }

    /// The same without holding the overshoots of lossy codecs at full scale: for a chain that turns them
    /// down.
    pub(super) fn read_free(&mut self, out: &mut Vec<f32>) -> Result<bool, Fault> {
        let channels = usize::from(self.channels.max(1));
        let Some(frames) = self.next()? else { return Ok(false) };
        fold(frames, channels, out);
        Ok(true)
    }

    /// The next frames as they were recorded: channels interleaved, overshoots of lossy codecs
    /// included. `None` at the end, and ever after.
    pub(super) fn next(&mut self) -> Result<Option<&[f32]>, Fault> {
        if std::mem::take(&mut self.waiting) && !self.frames.is_empty() {
            return Ok(Some(&self.frames));
        }
        while !self.over && self.edit.keep != Some(0) {
            match guard(|| self.read_packet()) {
                Ok(true) => self.trim(),
                Ok(false) => break,
                Err(fault) => {
                    self.over = true;
                    return Err(fault);
                }
            }
            if !self.frames.is_empty() {
                return Ok(Some(&self.frames));
            }
        }
        self.over = true;
        Ok(None)
    }

    /// Once the end is reached: whether the sound stopped clearly before the container's promise.
    pub fn is_short(&self) -> bool {
        let slack = self.rate.frames(limit::SHORTFALL).0;
        let claim = self.claim.filter(|claim| !self.is_placeholder(*claim));
        let cut = self.edit.keep.is_some_and(|left| left > slack);
        self.container.is_unfinished()
            || cut
            || (self.edit.keep != Some(0) && claim.is_some_and(|claim| self.decoded + slack < claim))
    }

    /// Whether a promise is the greatest size that the header can hold: a recorder that never went back
    /// to write the length.
    fn is_placeholder(&self, claim: u64) -> bool {
        let size = u128::from(self.size.unwrap_or(0));
        let promised = u128::from(claim) * size / u128::from(self.decoded.max(1));
        self.container.may_hold_placeholder() && promised > u128::from(limit::PLACEHOLDER_BYTES)
    }

    /// Decodes packets until one gives frames. False at the end.
    fn read_packet(&mut self) -> Result<bool, Fault> {
        for _ in 0..limit::SOUNDLESS_PACKETS {
            match self.container.next_packet()? {
                Some(packet) if self.decode(&packet)? => return Ok(true),
                Some(_) => {}
                None => return Ok(false),
            }
        }
        Err(fault::damaged())
    }

    /// Decodes one packet into `frames`. False where it holds none, or only damage.
    fn decode(&mut self, packet: &Packet) -> Result<bool, Fault> {
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
        buffer.copy_to_vec_interleaved(&mut self.frames);
        for sample in &mut self.frames {
            *sample = if sample.is_nan() { 0.0 } else { sample.clamp(-limit::LOUDEST, limit::LOUDEST) };
        }
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

    /// Applies the edit to what was just decoded.
    fn trim(&mut self) {
        let channels = usize::from(self.channels.max(1));
        let skip = self.edit.skip.min((self.frames.len() / channels) as u64);
        if skip > 0 {
            self.frames.drain(..skip as usize * channels);
            self.edit.skip -= skip;
        }
        if let Some(keep) = &mut self.edit.keep {
            let kept = (*keep).min((self.frames.len() / channels) as u64);
            self.frames.truncate(kept as usize * channels);
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
/// lossy codecs are held at full scale.
fn fold(interleaved: &[f32], channels: usize, out: &mut Vec<f32>) {
    let share = 1.0 / channels as f32;
    if channels == 1 {
        return out.extend_from_slice(interleaved);
    }
    out.extend(interleaved.chunks_exact(channels).map(|frame| frame.iter().sum::<f32>() * share));
}
