use std::path::Path;

use symphonia::core::codecs::audio::AudioDecoder;
use symphonia::core::io::MediaSource;

use super::bridge::{Bridge, check_shape, fold};
use super::container::Container;
use super::cut::{Cut, EditList};
use super::disk::{Links, SoundFile};
use super::guard::guard;
use super::losses::Losses;
use super::meter::SoundSpan;
use super::reader::{Coded, Demuxed};
use super::{codec, fault, limit, sbr};
use crate::instant::{Frames, Rate};
use crate::plan::Fault;

/// A sound file, decoded piece by piece to one channel.
///
/// The first sample it gives is the first that was recorded: codec delay is trimmed, and the padding
/// at the end where the container tells how much there is. Parts that an edit list leaves out are left out. The
/// container is found by content; the file's name is never looked at. Of several tracks the first that can be decoded
/// is read. Where the stream changes its rate or its channels, what follows is brought to those of its beginning. A
/// panic inside a decoder comes out as a [`Fault`], like any other damage.
pub struct Decoder {
    container: Container,
    engine: Box<dyn AudioDecoder>,
    rate: Rate,
    channels: u16,
    cut: Cut,
    /// Brings frames of another shape to the first one's.
    bridge: Option<Bridge>,
    vote: Option<sbr::Vote>,
    /// Frames of a packet, as recorded: channels interleaved.
    block: Vec<f32>,
    /// What is heard of them.
    frames: Vec<f32>,
    /// Whether `frames` has not been given yet: the first packet, which opening decoded.
    waiting: bool,
    /// Frames decoded, those of a second decoding too; the furthest in the file, with those that are missing; and those
    /// given.
    decoded: u64,
    reach: u64,
    given: u64,
    good: u64,
    bad: u64,
    losses: Losses,
    /// Frames of a part that was promised and did not come.
    short: u64,
    /// The end of what is in the file was reached, rather than that of the last part to be heard.
    ran_out: bool,
    over: bool,
}

/// Frames of silence given at a time.
const SILENCE: u64 = 4_096;

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
            let container = Container::open(source)?;
            let params = container.params();
            let mut this = Self {
                engine: codec::make(&params)?,
                vote: codec::may_replicate(&params).then(sbr::Vote::default),
                container,
                rate: Rate::STANDARD,
                channels: 0,
                cut: Cut::new(EditList::from(0)),
                bridge: None,
                block: Vec::new(),
                frames: Vec::new(),
                waiting: false,
                decoded: 0,
                reach: 0,
                given: 0,
                good: 0,
                bad: 0,
                losses: Losses::default(),
                short: 0,
                ran_out: false,
                over: false,
            };
            this.begin()?;
            Ok(this)
        })
    }

    fn begin(&mut self) -> Result<(), Fault> {
        if !self.read_packet()? {
            return Err(if self.bad > 0 { fault::damaged() } else { fault::no_frames() });
        }
        let rate = self.rate.hz();
        if self.vote.is_some() && self.container.runs_double(rate) {
            return Err(fault::he_aac());
        }
        self.cut = Cut::new(self.container.edit(rate));
        let (early, told) = (self.losses.early, self.losses.early_told);
        self.cut.lose(early);
        self.losses.note(0.0, self.seconds(told));
        self.hear();
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

    /// What of its level was not made at the microphone.
    pub(super) fn nature(&self) -> codec::Nature {
        codec::nature(self.engine.as_ref())
    }

    /// Packets skipped so far because they could not be decoded.
    pub fn skipped(&self) -> u64 {
        self.bad
    }

    /// What is missing so far, in seconds from the start of what is heard: where, and how much of it.
    pub fn lost(&self) -> &[SoundSpan] {
        &self.losses.places
    }

    /// Whether the file ends in the middle of a packet, or sooner than it says, where what it says counts for nothing.
    pub fn is_doubtful(&self) -> bool {
        self.container.is_cut()
    }

    /// The ending that a file with this content should have: `mp3`, `m4a`, `ogg`.
    pub fn endings(&self) -> &'static [&'static str] {
        self.container.endings()
    }

    /// Frames that the file promises, of which [`Self::read`] gives a little less; `None` where it does
    /// not say. Good for a progress bar, and no more.
    pub fn promised(&self) -> Option<u64> {
        self.container.claim()
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
        while !self.over {
            match guard(|| self.advance()) {
                Ok(()) => {}
                Err(fault) => {
                    self.over = true;
                    return Err(self.measured(fault));
                }
            }
            if !self.frames.is_empty() {
                return Ok(Some(&self.frames));
            }
        }
        Ok(None)
    }

    /// One step: some silence, a decoding from the beginning, or a packet.
    fn advance(&mut self) -> Result<(), Fault> {
        self.frames.clear();
        let silence = self.cut.silence(SILENCE);
        if silence > 0 {
            self.frames.resize(silence as usize * usize::from(self.channels.max(1)), 0.0);
            return self.give(silence);
        }
        if self.cut.is_over() {
            self.over = true;
            return Ok(());
        }
        if self.cut.is_behind() {
            return self.rewind();
        }
        if self.read_packet()? {
            self.hear();
            return self.give(0);
        }
        self.ran_out = true;
        self.short = self.short.max(self.cut.end());
        self.over = self.cut.is_over() || self.short > self.slack();
        Ok(())
    }

    fn rewind(&mut self) -> Result<(), Fault> {
        if !self.container.rewind()? {
            self.over = true;
            return Ok(());
        }
        self.engine.reset();
        self.cut.rewind();
        Ok(())
    }

    /// Counts what is given, and bounds it and the work on it.
    fn give(&mut self, silence: u64) -> Result<(), Fault> {
        self.given += silence;
        let too_long = Frames(self.given) > self.rate.frames(limit::LENGTH);
        if too_long || Frames(self.decoded) > self.rate.frames(limit::WORK) { Err(fault::too_long()) } else { Ok(()) }
    }

    /// A sound that ends too early, told with how much is missing where the file says how long it is.
    fn measured(&self, fault: Fault) -> Fault {
        let length = self.container.length(self.rate.hz());
        match length.and_then(|length| length.checked_sub(self.reach)).filter(|missing| *missing > 0) {
            Some(missing) if fault.code == "truncated" => {
                fault::cut_off(self.seconds(missing), Some(self.seconds(self.reach)))
            }
            _ => fault,
        }
    }

    fn seconds(&self, frames: u64) -> f64 {
        frames as f64 / f64::from(self.rate.hz())
    }

    fn slack(&self) -> u64 {
        self.rate.frames(limit::SHORTFALL).0
    }

    /// Once the end is reached: whether the sound stopped clearly before the container's promise.
    pub fn is_short(&self) -> bool {
        self.missing() > 0
    }

    /// How many frames are missing at the end.
    fn missing(&self) -> u64 {
        let claim = self.container.claim().filter(|_| self.container.is_bound_by_claim());
        let rest = claim.map_or(0, |claim| claim.saturating_sub(self.reach));
        // An edit that ends before the sound does is no loss.
        let missing = if self.ran_out { self.short.max(rest) } else { 0 };
        if missing > self.slack() { missing } else { 0 }
    }

    /// Why the sound, once it has come to its end, must not be played as it is.
    pub(super) fn verdict(&self) -> Result<(), Fault> {
        let missing = self.missing();
        if missing > 0 {
            return Err(fault::cut_off(self.seconds(missing), Some(self.seconds(self.given))));
        }
        self.losses.verdict()
    }

    /// Decodes packets until one gives frames. False at the end.
    fn read_packet(&mut self) -> Result<bool, Fault> {
        for _ in 0..limit::SOUNDLESS_PACKETS {
            match self.container.next()? {
                Some(Demuxed::Packet(coded)) => {
                    if self.decode(coded)? {
                        return Ok(true);
                    }
                }
                Some(Demuxed::Lost(frames)) => self.lose(frames, true),
                Some(Demuxed::Stream(params)) => {
                    self.engine = codec::make(&params)?;
                    self.vote = codec::may_replicate(&params).then(sbr::Vote::default);
                    if self.flush()? {
                        return Ok(true);
                    }
                }
                None => return self.flush(),
            }
        }
        Err(fault::damaged())
    }

    /// What a bridge still holds, into `block`.
    fn flush(&mut self) -> Result<bool, Fault> {
        self.block.clear();
        if let Some(mut bridge) = self.bridge.take() {
            bridge.finish(&mut self.block)?;
        }
        Ok(!self.block.is_empty())
    }

    /// Decodes one packet into `block`. False where it holds nothing, or only damage.
    fn decode(&mut self, Coded { packet, trim }: Coded) -> Result<bool, Fault> {
        if self.vote.as_mut().is_some_and(|vote| vote.cast(&packet.data)) {
            return Err(fault::he_aac());
        }
        let Ok(buffer) = self.engine.decode(&packet) else {
            self.bad += 1;
            // The first frames of an MP3 that was cut from a longer one lack what they lean on.
            let is_told = self.good > 0 || self.bad > limit::BAD_PACKETS;
            self.lose(packet.dur.get().saturating_sub(trim.0 + trim.1), is_told);
            return Ok(false);
        };
        let (rate, channels, frames) = (buffer.spec().rate(), buffer.num_planes(), buffer.frames());
        if frames == 0 {
            return Ok(false);
        }
        if frames > limit::PACKET_FRAMES {
            return Err(fault::damaged());
        }
        check_shape(rate, channels)?;
        self.block.clear();
        buffer.copy_to_vec_interleaved(&mut self.block);
        let last = frames.saturating_sub(usize::try_from(trim.1).unwrap_or(usize::MAX));
        self.block.truncate(last * channels);
        self.block.drain(..usize::try_from(trim.0).unwrap_or(usize::MAX).min(last) * channels);
        for sample in &mut self.block {
            *sample = if sample.is_nan() { 0.0 } else { sample.clamp(-limit::LOUDEST, limit::LOUDEST) };
        }
        if self.good == 0 {
            self.rate = Rate::new(rate).unwrap_or(Rate::STANDARD);
            self.channels = channels as u16;
        }
        self.good += 1;
        self.bring(rate, channels)?;
        self.decoded += frames as u64;
        Ok(!self.block.is_empty())
    }

    /// Brings what was decoded to the shape of the beginning.
    fn bring(&mut self, rate: u32, channels: usize) -> Result<(), Fault> {
        if rate == self.rate.hz() && channels == usize::from(self.channels) {
            return Ok(());
        }
        if self.bridge.as_ref().is_none_or(|bridge| !bridge.takes(rate, channels)) {
            let from = Rate::new(rate).ok_or_else(fault::damaged)?;
            self.bridge = Some(Bridge::new((from, channels), (self.rate, usize::from(self.channels)))?);
        }
        match &mut self.bridge {
            Some(bridge) => bridge.push(&mut self.block),
            None => Ok(()),
        }
    }

    /// Puts what is heard of `block` into `frames`.
    fn hear(&mut self) {
        let channels = usize::from(self.channels.max(1));
        self.frames.clear();
        self.cut.push(&self.block, channels, &mut self.frames);
        self.reach = self.reach.max(self.cut.at());
        self.given += (self.frames.len() / channels) as u64;
    }

    /// Frames are missing here.
    fn lose(&mut self, frames: u64, is_told: bool) {
        if self.good == 0 {
            self.losses.early += frames;
            self.losses.early_told += if is_told { frames } else { 0 };
            return;
        }
        let heard = self.cut.lose(frames);
        self.reach = self.reach.max(self.cut.at());
        self.losses.note(self.seconds(self.given), self.seconds(heard));
    }
}
