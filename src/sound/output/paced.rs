use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use super::OutputLane;
use super::card::{Card, Lost, OpenedCard};
use super::control::Control;
use super::feed::OpenReader;
use super::renderer::{Renderer, StreamHealth};
use super::wav::Wav;
use crate::clock::Clock;
use crate::diag::{Text, system, text};
use crate::instant::{Frames, Mono, Now, Rate};
use crate::site::{self, Identity};
use crate::station::Channel;
use crate::voice::{NoticeSink, Output, VoiceId, VoiceOrder};

/// Sound is made in blocks of this length.
const BLOCK: Duration = Duration::from_millis(10);
/// A block is made this long before it counts as heard, as a sound card's buffer would have it. Nothing is
/// lost where that is not kept, and an alert waits for it: half of what a card needs.
const LEAD: Duration = Duration::from_millis(20);
/// A thread held up for longer than this (a machine that slept) does not catch up; it goes on.
const HELD_UP: Duration = Duration::from_millis(500);
/// How often a file's header is brought up to date.
const SAVE_EVERY: Frames = Frames(48_000);

/// An output without a sound card: the same mixer in real time, into a WAV file or into nothing.
///
/// A block counts as heard at the instant at which a card would play it. With no voice for
/// [`super::IDLE_CLOSE`] the thread that makes the blocks ends.
pub struct Paced(Control);

impl Paced {
    /// Counted, not heard.
    pub fn null(lanes: Vec<OutputLane>, open: OpenReader, clock: Arc<dyn Clock>, sink: NoticeSink) -> Self {
        Self::new(PacedFile { path: None, state: Arc::default() }, lanes, open, clock, sink)
    }

    /// Into a 16-bit, 48 kHz WAV file with a channel for each that the lanes name.
    ///
    /// The file begins at the first voice, over any file that is there, and from then on runs in
    /// real time: silences are in it, as holes where the output slept. At the 4 GiB that a WAV file
    /// can hold (12 hours of one channel) it goes on in `NAME-2.wav`, and so on.
    pub fn wav(
        path: PathBuf,
        lanes: Vec<OutputLane>,
        open: OpenReader,
        clock: Arc<dyn Clock>,
        sink: NoticeSink,
    ) -> Self {
        Self::new(PacedFile { path: Some(path), state: Arc::default() }, lanes, open, clock, sink)
    }

    fn new(tape: PacedFile, lanes: Vec<OutputLane>, open: OpenReader, clock: Arc<dyn Clock>, sink: NoticeSink) -> Self {
        let card = PacedCard { tape, clock: Arc::clone(&clock) };
        Self(Control::new(Arc::new(card), lanes, open, clock, sink))
    }
}

impl Output for Paced {
    fn order(&mut self, voice: VoiceId, order: VoiceOrder) {
        self.0.order(voice, order);
    }
}

struct PacedCard {
    tape: PacedFile,
    clock: Arc<dyn Clock>,
}

impl Card for PacedCard {
    fn open(&self, lanes: &[OutputLane], lost: Lost) -> Result<OpenedCard, Text> {
        let channels = channels(lanes);
        let origin = self.clock.mono() + LEAD;
        self.tape.begin(channels, origin).map_err(|error| self.tape.cannot(&error))?;
        let health = Arc::new(StreamHealth::default());
        let (renderer, handle) = Renderer::new(lanes, Rate::STANDARD, usize::from(channels), &health);
        let stop = Arc::new(AtomicBool::new(false));
        let (tape, clock) = (self.tape.clone(), Arc::clone(&self.clock));
        let run = Run { renderer, health, tape, clock, stop: Arc::clone(&stop), lost };
        let work = move || run.run(origin);
        let thread = std::thread::Builder::new()
            .name("loa-paced".to_owned())
            .spawn(work)
            .map_err(|error| self.tape.cannot(&error))?;
        Ok(OpenedCard { renderer: handle, stream: Box::new(Stream { stop, thread: Some(thread) }) })
    }
}

/// Channels that the lanes need.
pub(super) fn channels(lanes: &[OutputLane]) -> u16 {
    let number = |lane: &OutputLane| match lane.channel {
        Channel::Both => 1,
        Channel::One(number) => number,
    };
    lanes.iter().map(number).max().unwrap_or(1).max(1)
}

/// Ends the thread when dropped.
struct Stream {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Release);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

struct Run {
    renderer: Renderer,
    health: Arc<StreamHealth>,
    tape: PacedFile,
    clock: Arc<dyn Clock>,
    stop: Arc<AtomicBool>,
    lost: Lost,
}

impl Run {
    /// Make block after block; the first is heard at `origin`.
    fn run(mut self, mut origin: Mono) {
        let rate = self.renderer.rate();
        let frames = rate.frames(BLOCK);
        let mut out = vec![0.0; frames.0 as usize * self.renderer.channels()];
        let mut made = Frames(0);
        let mut saved = Frames(0);
        let mut late = false;
        while !self.stop.load(Ordering::Acquire) {
            let due = origin + rate.length(made);
            let now = self.clock.mono();
            if now + LEAD < due {
                self.clock.wait(due.after(now + LEAD).min(BLOCK));
                continue;
            }
            let behind = now.after(due);
            // A card would have run dry by now: a block comes too late, and those that follow at once do
            // so for the same reason.
            if !behind.is_zero() && !std::mem::replace(&mut late, true) {
                self.health.underrun();
            }
            late &= !behind.is_zero();
            if behind > HELD_UP {
                origin = origin + behind;
                self.renderer.disturb();
                if let Err(error) = self.tape.pad(rate.frames(behind)) {
                    return (self.lost)(self.tape.cannot(&error));
                }
                continue;
            }
            let wall = self.clock.wall();
            self.renderer.fill(&mut out, Now { wall, mono: now }, Some(wall + due.after(now) - behind));
            made += frames;
            let save = made - saved >= SAVE_EVERY;
            if save {
                saved = made;
            }
            if let Err(error) = self.tape.write(&out, save) {
                return (self.lost)(self.tape.cannot(&error));
            }
        }
        // The header is brought up to date once more; a full disk keeps what was saved before.
        let _ = self.tape.write(&[], true);
    }
}

/// The file behind a paced output, if there is one; it stays when the output sleeps.
#[derive(Clone)]
struct PacedFile {
    path: Option<PathBuf>,
    state: Arc<Mutex<Option<Reel>>>,
}

struct Reel {
    wav: Wav,
    /// Where it lies, and which file that is: somebody may take it away.
    path: PathBuf,
    identity: Option<Identity>,
    /// When the file's first frame was heard.
    origin: Mono,
    /// Files filled before this one.
    filled: u32,
}

impl PacedFile {
    /// Begin, or go on after a sleep with the silence since.
    fn begin(&self, channels: u16, now: Mono) -> std::io::Result<()> {
        let Some(path) = &self.path else { return Ok(()) };
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        match state.as_mut() {
            None => {
                *state = Some(Reel::create(path.clone(), channels, now, 0)?);
                Ok(())
            }
            Some(reel) => {
                if reel.is_taken_away() {
                    *reel = Reel::create(path.clone(), channels, now, 0)?;
                    return Ok(());
                }
                let silence = Rate::STANDARD.frames(now.after(reel.origin)) - reel.wav.frames();
                reel.turn(path, channels, silence, now)?;
                reel.wav.pad(silence.min(Rate::STANDARD.frames(now.after(reel.origin))))?;
                reel.wav.save()
            }
        }
    }

    fn write(&self, samples: &[f32], save: bool) -> std::io::Result<()> {
        self.with(|reel, path| {
            let channels = reel.wav.channels();
            let frames = Frames((samples.len() / usize::from(channels)) as u64);
            let now = reel.origin + Rate::STANDARD.length(reel.wav.frames());
            if save && reel.is_taken_away() {
                // What follows is not written into a file that nobody can open any more.
                *reel = Reel::create(path.to_owned(), channels, now, 0)?;
            }
            reel.turn(path, channels, frames, now)?;
            reel.wav.write(samples)?;
            if save { reel.wav.save() } else { Ok(()) }
        })
    }

    fn pad(&self, silence: Frames) -> std::io::Result<()> {
        self.with(|reel, path| {
            let now = reel.origin + Rate::STANDARD.length(reel.wav.frames() + silence);
            if reel.turn(path, reel.wav.channels(), silence, now)? { Ok(()) } else { reel.wav.pad(silence) }
        })
    }

    fn with(&self, work: impl FnOnce(&mut Reel, &Path) -> std::io::Result<()>) -> std::io::Result<()> {
        let Some(path) = &self.path else { return Ok(()) };
        match self.state.lock().unwrap_or_else(PoisonError::into_inner).as_mut() {
            Some(reel) => work(reel, path),
            None => Ok(()),
        }
    }

    fn cannot(&self, error: &std::io::Error) -> Text {
        let path = self.path.as_deref().unwrap_or(Path::new("null")).display();
        if error.kind() == std::io::ErrorKind::AlreadyExists {
            return text!(
                "«{path}» đã có sẵn và không phải do loa ghi, nên không ghi đè: hãy đổi output trong loa.toml, hoặc dời tệp ấy đi",
                "\"{path}\" is there already and was not written by loa, which does not write over it: choose another output in loa.toml, or move that file away"
            );
        }
        text!(
            error = system(error);
            "không ghi được âm thanh ra «{path}» ({error}); hãy kiểm tra thư mục, quyền ghi và chỗ trống trên ổ đĩa",
            "cannot write sound to \"{path}\" ({error}); check the directory, the rights and the room on the disk",
        )
    }
}

impl Reel {
    /// One that begins now, over a file that loa wrote there before.
    fn create(path: PathBuf, channels: u16, now: Mono, filled: u32) -> std::io::Result<Self> {
        // As it was meant by whoever wrote the path.
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            site::make_dir(folder)?;
        }
        let wav = Wav::create(&path, Rate::STANDARD, channels)?;
        let identity = Identity::of(&path);
        Ok(Self { wav, path, identity, origin: now, filled })
    }

    /// Its file was deleted, or another one lies in its place.
    fn is_taken_away(&self) -> bool {
        Identity::of(&self.path) != self.identity
    }

    /// Go on in a new file where `more` frames do not fit into this one, and say whether that was so.
    fn turn(&mut self, path: &Path, channels: u16, more: Frames, now: Mono) -> std::io::Result<bool> {
        if self.wav.has_room(more) {
            return Ok(false);
        }
        self.wav.save()?;
        let number = self.filled + 2;
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        let next = path.with_file_name(format!("{stem}-{number}.wav"));
        *self = Self::create(next, channels, now, self.filled + 1)?;
        Ok(true)
    }
}
