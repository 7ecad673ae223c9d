use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use cpal::traits::{DeviceTrait, HostTrait, StreamTrait};
use cpal::{BufferSize, ErrorKind, OutputCallbackInfo, SampleFormat, SizedSample, StreamConfig};
use cpal::{SupportedBufferSize, SupportedStreamConfigRange};

use super::OutputLane;
use super::buffer_depth::BufferDepth;
use super::callback_watch::CallbackWatch;
use super::card::{Card, Lost, OpenedCard};
use super::control::Control;
use super::device_name::{DeviceName, is_alsa_worth_naming};
use super::device_text as say;
use super::feed::OpenReader;
use super::paced::channels;
use super::realtime;
use super::renderer::{Renderer, StreamHealth};
use crate::clock::Clock;
use crate::diag::{Text, text};
use crate::instant::{Frames, Now, Rate};
use crate::voice::{NoticeSink, Output, VoiceId, VoiceOrder};

/// Frames mixed at once; larger callbacks take several rounds.
const ROUND: usize = 4_096;
/// How long a server may take to make a stream.
const BUILD_LIMIT: Duration = Duration::from_secs(5);
/// Errors between two callbacks that mean the device is gone, whatever it calls them. The ALSA
/// pulse plugin makes some 130 passing ones while a stream starts.
const ERRORS_AT_MOST: u32 = 1_000;
/// So many of them, and its thread is spinning: it must not do that before everybody else.
const ERRORS_SPIN: u32 = 500;

/// A sound card, through ALSA or a PulseAudio server.
///
/// Opened when a voice is first prepared, closed after [`super::IDLE_CLOSE`] without one. If it
/// cannot be opened it is tried again for as long as voices wait, which are told why.
pub struct Device(Control);

impl Device {
    /// An output on a sound card, on which each of `lanes` plays.
    pub fn new(
        name: DeviceName,
        lanes: Vec<OutputLane>,
        open: OpenReader,
        clock: Arc<dyn Clock>,
        sink: NoticeSink,
    ) -> Self {
        let card = CpalCard { name, clock: Arc::clone(&clock), depth: Arc::new(BufferDepth::default()) };
        Self(Control::new(Arc::new(card), lanes, open, clock, sink))
    }

    /// Whether the device can be found and says what it can play, without making a sound: how it
    /// would be opened (`48000 Hz, 2 channels, f32`), or what is wrong. May block for as long as the
    /// device does.
    pub fn probe(name: &DeviceName, lanes: &[OutputLane]) -> Result<Text, Text> {
        let device = find(name)?;
        let choice = choose(name, &device, channels(lanes), BufferDepth::default().next())?;
        let (rate, channels, format) = (choice.config.sample_rate, choice.config.channels, choice.format);
        Ok(text!("{rate} Hz, {channels} kênh, {format}", "{rate} Hz, {channels} channels, {format}"))
    }
}

impl Output for Device {
    fn order(&mut self, voice: VoiceId, order: VoiceOrder) {
        self.0.order(voice, order);
    }
}

struct CpalCard {
    name: DeviceName,
    clock: Arc<dyn Clock>,
    depth: Arc<BufferDepth>,
}

/// How a device is opened.
struct Choice {
    config: StreamConfig,
    format: SampleFormat,
    rate: Rate,
}

impl Card for CpalCard {
    fn open(&self, lanes: &[OutputLane], lost: Lost) -> Result<OpenedCard, Text> {
        let device = find(&self.name)?;
        let choice = choose(&self.name, &device, channels(lanes), self.depth.next())?;
        let lost = Arc::new(lost);
        let attempt = |buffer_size| {
            let config = StreamConfig { buffer_size, ..choice.config };
            let (clock, depth) = (&self.clock, &self.depth);
            let reports_underruns = matches!(self.name, DeviceName::Pulse(_));
            let (device, rate, lost) = (&device, choice.rate, &lost);
            let setup = Setup { device, config, rate, lanes, clock, depth, lost, reports_underruns };
            match choice.format {
                SampleFormat::F32 => setup.build::<f32>(),
                SampleFormat::I32 => setup.build::<i32>(),
                _ => setup.build::<i16>(),
            }
        };
        let built = match attempt(choice.config.buffer_size) {
            // Some plugins refuse every size but their own.
            Err(error) if error.kind() == ErrorKind::UnsupportedConfig => attempt(BufferSize::Default),
            built => built,
        };
        let (stream, handle) = built.map_err(|error| say::cannot_open(&self.name, &error))?;
        stream.play().map_err(|error| say::cannot_open(&self.name, &error))?;
        Ok(OpenedCard { renderer: handle, stream: Box::new(stream) })
    }
}

pub(super) fn find(name: &DeviceName) -> Result<cpal::Device, Text> {
    let (host, wanted) = match name {
        DeviceName::Alsa(wanted) => (cpal::host_from_id(cpal::HostId::Alsa), wanted.as_str()),
        DeviceName::Pulse(wanted) => (pulse_host(wanted)?, wanted.as_str()),
    };
    let host = host.map_err(|error| say::cannot_open(name, &error))?;
    if wanted == "default" || wanted.is_empty() {
        return host.default_output_device().ok_or_else(|| say::no_default(name));
    }
    let id = cpal::DeviceId::new(host.id(), wanted);
    host.device_by_id(&id).ok_or_else(|| {
        let known = host.devices().map(|devices| devices.filter(DeviceTrait::supports_output).collect::<Vec<_>>());
        let is_alsa = matches!(name, DeviceName::Alsa(_));
        let worth_naming = |id: &cpal::DeviceId| !is_alsa || is_alsa_worth_naming(id.id());
        let known = known.unwrap_or_default();
        let ids: Vec<_> = known.iter().filter_map(|device| device.id().ok()).filter(worth_naming).collect();
        say::unknown(name, &ids)
    })
}

#[cfg(feature = "pulseaudio")]
#[expect(clippy::unnecessary_wraps, reason = "without the feature it fails")]
fn pulse_host(_: &str) -> Result<Result<cpal::Host, cpal::Error>, Text> {
    Ok(cpal::host_from_id(cpal::HostId::PulseAudio))
}

#[cfg(not(feature = "pulseaudio"))]
fn pulse_host(sink: &str) -> Result<Result<cpal::Host, cpal::Error>, Text> {
    Err(say::without_pulse(sink))
}

/// The nearest that the device has to 48 kHz, two channels, f32.
fn choose(name: &DeviceName, device: &cpal::Device, needed: u16, period: u32) -> Result<Choice, Text> {
    let ranges = device.supported_output_configs().map_err(|error| say::cannot_open(name, &error))?;
    let ranges: Vec<_> = ranges.filter(|range| format_rank(range.sample_format()).is_some()).collect();
    let most = ranges.iter().map(SupportedStreamConfigRange::channels).max().unwrap_or(0);
    if most < needed && !ranges.is_empty() {
        return Err(say::too_few_channels(name, most, needed));
    }
    let wanted = needed.max(2);
    let rate_of = |range: &SupportedStreamConfigRange| {
        Rate::STANDARD.hz().clamp(range.min_sample_rate(), range.max_sample_rate())
    };
    // In order of weight: our rate, no fewer channels than wanted and no more than needed, format.
    let rank = |range: &&SupportedStreamConfigRange| {
        (
            rate_of(range).abs_diff(Rate::STANDARD.hz()),
            range.channels() < wanted,
            range.channels().abs_diff(wanted),
            format_rank(range.sample_format()),
        )
    };
    let best = ranges
        .iter()
        .filter(|range| range.channels() >= needed)
        .min_by_key(rank)
        .and_then(|range| Some((range, Rate::new(rate_of(range))?)));
    let Some((range, rate)) = best else { return Err(say::no_format(name)) };
    let period = (u64::from(period) * u64::from(rate.hz())).div_ceil(u64::from(Rate::STANDARD.hz())) as u32;
    let buffer_size = match range.buffer_size() {
        SupportedBufferSize::Range { min, max } if min <= max => BufferSize::Fixed(period.clamp(*min, *max)),
        _ => BufferSize::Fixed(period),
    };
    let config = StreamConfig { channels: range.channels(), sample_rate: rate.hz(), buffer_size };
    Ok(Choice { config, format: range.sample_format(), rate })
}

/// Formats that are written, the best first.
pub(super) fn format_rank(format: SampleFormat) -> Option<u8> {
    match format {
        SampleFormat::F32 => Some(0),
        SampleFormat::I32 => Some(1),
        SampleFormat::I16 => Some(2),
        _ => None,
    }
}

struct Setup<'a> {
    device: &'a cpal::Device,
    config: StreamConfig,
    rate: Rate,
    lanes: &'a [OutputLane],
    clock: &'a Arc<dyn Clock>,
    depth: &'a Arc<BufferDepth>,
    lost: &'a Arc<Lost>,
    reports_underruns: bool,
}

impl Setup<'_> {
    fn build<T>(&self) -> Result<(cpal::Stream, super::renderer::RendererHandle), cpal::Error>
    where
        T: SizedSample + cpal::FromSample<f32>,
    {
        let health = Arc::new(StreamHealth::default());
        let errors = Arc::new(AtomicU32::new(0));
        let channels = usize::from(self.config.channels);
        let (renderer, handle) = Renderer::new(self.lanes, self.rate, channels, &health);
        let (lost, depth) = (Arc::clone(self.lost), Arc::clone(self.depth));
        let mut pull = Pull {
            renderer,
            clock: Arc::clone(self.clock),
            mixed: vec![0.0; ROUND * channels],
            errors: Arc::clone(&errors),
            flow: CallbackWatch::new(self.rate, self.reports_underruns),
            health: Arc::clone(&health),
            depth: Arc::clone(&depth),
        };
        let stream = self.device.build_output_stream::<T, _, _>(
            self.config,
            move |out, info| pull.pull(out, info),
            move |error| on_stream_error(&error, &health, &errors, &depth, &lost),
            Some(BUILD_LIMIT),
        )?;
        Ok((stream, handle))
    }
}

/// What runs in the callback.
struct Pull {
    renderer: Renderer,
    clock: Arc<dyn Clock>,
    mixed: Vec<f32>,
    errors: Arc<AtomicU32>,
    flow: CallbackWatch,
    health: Arc<StreamHealth>,
    depth: Arc<BufferDepth>,
}

impl Pull {
    fn pull<T: SizedSample + cpal::FromSample<f32>>(&mut self, out: &mut [T], info: &OutputCallbackInfo) {
        let frames = Frames((out.len() / self.renderer.channels().max(1)) as u64);
        let now = Now { wall: self.clock.wall(), mono: self.clock.mono() };
        if self.flow.look(frames, self.health.underruns(), now.mono) {
            self.health.underrun();
            self.depth.stumbled();
        }
        let stamp = info.timestamp();
        let ahead = stamp.playback.saturating_duration_since(stamp.callback);
        let mut heard = Some(now.wall + ahead);
        self.errors.store(0, Ordering::Relaxed);
        for round in out.chunks_mut(self.mixed.len()) {
            let mixed = &mut self.mixed[..round.len()];
            self.renderer.fill(mixed, now, heard.take());
            for (out, sample) in round.iter_mut().zip(mixed) {
                *out = T::from_sample_(*sample);
            }
        }
    }
}

/// Sort a stream's errors: what only discontinuities the time line, what passes, what is the end.
fn on_stream_error(error: &cpal::Error, health: &StreamHealth, errors: &AtomicU32, depth: &BufferDepth, lost: &Lost) {
    match error.kind() {
        ErrorKind::Xrun => {
            health.discontinuity();
            health.underrun();
            depth.stumbled();
        }
        ErrorKind::DeviceChanged => health.discontinuity(),
        ErrorKind::RealtimeDenied => return,
        ErrorKind::DeviceNotAvailable
        | ErrorKind::HostUnavailable
        | ErrorKind::StreamInvalidated
        | ErrorKind::PermissionDenied => return lost(say::gone(error)),
        _ => {}
    }
    // A device that only ever fails may keep its thread spinning here: say once that it is gone.
    match errors.fetch_add(1, Ordering::Relaxed) {
        ERRORS_SPIN => realtime::release(),
        ERRORS_AT_MOST => lost(say::gone(error)),
        _ => {}
    }
}
