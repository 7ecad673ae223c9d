use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::thread::Thread;
use std::time::Duration;

use rtrb::{Consumer, Producer, RingBuffer};

use super::fade::falling;
use super::live_start::{LIVE_LEAD, LIVE_LOOK, LivePull, LiveStart, VOICE_LEAD};
use super::mixer::FADE;
use crate::diag::{Text, system, text};
use crate::instant::{Frames, Rate};
use crate::plan::Programme;
use crate::station::ZoneIx;
use crate::voice::RelayNews;

/// Decoded sound kept ahead of each voice: enough for a slow disk or a busy moment, 1.9 MB.
pub const AHEAD: Duration = Duration::from_secs(10);
/// Decoded sound that makes a voice ready.
pub const READY: Duration = Duration::from_secs(2);
/// A voice whose sound does not come for this long is given up; until then it is silent.
pub const STARVED: Duration = Duration::from_secs(2);
/// Feeder threads alive in this process, hung ones included: three for each of 64 zones, and some. More
/// than this many means that reading hangs for good, and another thread would not help.
pub const FEEDERS: usize = 256;
/// Frames asked of a reader at once: 100 ms.
const CHUNK: usize = 4_800;
/// How much shorter than its programme a sound may come out before it counts as broken off.
pub(super) const SHORT: Duration = Duration::from_millis(100);

/// A programme's samples, pulled: mono, at the rate asked for.
pub trait ProgrammeReader: Send {
    /// Fill `out` from its front and say how many samples that was; 0 is the end.
    fn fill(&mut self, out: &mut [f32]) -> usize;

    /// The file of which something is missing because it is not, or no longer, the one that was planned.
    fn spoiled(&self) -> Option<Arc<str>> {
        None
    }

    /// What comes next is live: it is pulled as it is heard, and not ahead. Where it begins, [`Self::fill`] gives less than
    /// asked, or nothing, and that is no end.
    fn is_live(&self) -> bool {
        false
    }

    /// What is live is somebody who speaks and hears himself: it is pulled as little ahead as the machine bears.
    fn is_voice(&self) -> bool {
        false
    }

    /// Its end came before its time, and that is as it was meant.
    fn is_cut_short(&self) -> bool {
        false
    }

    /// Of something live that has not begun: how many samples have come that are not to be held back.
    fn arrived(&mut self) -> usize {
        0
    }

    /// Something live begins, and so many of the samples that were pulled of it are heard. Said again, it means nothing.
    fn begin(&mut self, _: u64) {}

    /// What has changed in what is heard of a higher station.
    fn news(&mut self) -> Option<RelayNews> {
        None
    }
}

/// Why a programme cannot be opened.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Unopened {
    /// For a person.
    pub why: Text,
    /// The file that is not the one that was planned, where that is why.
    pub spoiled: Option<Arc<str>>,
}

impl From<Text> for Unopened {
    fn from(why: Text) -> Self {
        Self { why, spoiled: None }
    }
}

/// Opens a zone's programme at a rate, from an offset into it.
pub type OpenReader =
    Arc<dyn Fn(ZoneIx, &Programme, Rate, Duration) -> Result<Box<dyn ProgrammeReader>, Unopened> + Send + Sync>;

static ALIVE: AtomicUsize = AtomicUsize::new(0);

/// A thread that decodes one voice ahead of its time into a ring.
///
/// One thread per voice, so that a decode that hangs hurts only its own voice: dropping the feed
/// abandons the thread, which ends as soon as it looks up. Sleeps (parked) while the ring is full.
pub struct Feed {
    thread: Thread,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    /// All of the programme is in the ring.
    complete: AtomicBool,
    /// The sound broke off or did not come in time.
    broken: AtomicBool,
    /// Nobody wants it any more.
    unwanted: AtomicBool,
    /// Frames of silence played in its place.
    silent: AtomicU64,
    /// Stretches of such silence.
    gaps: AtomicU32,
    /// The file that was not, or no longer, the one that was planned. Set before `complete`.
    spoiled: OnceLock<Arc<str>>,
    live: LiveStart,
}

impl Feed {
    /// Start decoding. `ready` is called once, from the feeder's thread, when [`READY`] or all of
    /// it is decoded, or with the reason why it cannot be.
    pub fn spawn(
        open: OpenReader,
        (zone, programme): (ZoneIx, Arc<Programme>),
        rate: Rate,
        skip: Duration,
        ready: impl FnOnce(Result<(), Text>) + Send + 'static,
        news: impl Fn(RelayNews) + Send + 'static,
    ) -> Result<(Self, FeedSource), Text> {
        let alive = Alive::enter()?;
        let (producer, consumer) = RingBuffer::new(rate.frames(AHEAD).0 as usize);
        let shared = Arc::new(Shared::default());
        let expected = rate.frames(programme.length.saturating_sub(skip));
        let ours = Arc::clone(&shared);
        let work = move || {
            let _alive = alive;
            let reader = match open(zone, &programme, rate, skip) {
                Ok(reader) => reader,
                Err(Unopened { why, spoiled }) => {
                    ours.note(spoiled);
                    return ready(Err(why));
                }
            };
            pump((reader, producer), &ours, rate, expected, (ready, news));
        };
        let thread = std::thread::Builder::new().name("loa-feed".to_owned()).spawn(work).map_err(|error| {
            text!(
                error = system(&error);
                "máy không tạo thêm được luồng để đọc âm thanh ({error}); hãy khởi động lại máy",
                "the machine cannot start another thread to read sound ({error}); restart the machine",
            )
        })?;
        let source = FeedSource { ring: consumer, shared: Arc::clone(&shared), rate, starving: 0, begun: false };
        Ok((Self { thread: thread.thread().clone(), shared }, source))
    }

    /// Its start is set: what is live is pulled from now on.
    pub(super) fn arm(&self) {
        self.shared.live.arm();
        self.thread.unpark();
    }

    /// Tell the thread that there may be room in the ring again.
    pub fn nudge(&self) {
        self.thread.unpark();
    }

    /// Whether the sound broke off or did not come in time.
    pub fn broken(&self) -> bool {
        self.shared.broken.load(Ordering::Acquire)
    }

    /// Frames of silence that were played in place of sound.
    pub fn silent(&self) -> Frames {
        Frames(self.shared.silent.load(Ordering::Relaxed))
    }

    /// The file that was not, or no longer, the one that was planned.
    pub(super) fn spoiled(&self) -> Option<Arc<str>> {
        self.shared.spoiled.get().cloned()
    }

    /// How often that was so.
    pub(super) fn gaps(&self) -> u32 {
        self.shared.gaps.load(Ordering::Relaxed)
    }
}

impl Shared {
    fn note(&self, spoiled: Option<Arc<str>>) {
        if let Some(file) = spoiled {
            // The first one is told.
            let _ = self.spoiled.set(file);
        }
    }
}

impl Drop for Feed {
    fn drop(&mut self) {
        self.shared.unwanted.store(true, Ordering::Release);
        self.thread.unpark();
    }
}

/// Counts the threads, and counts down when one ends, however it ends.
struct Alive;

impl Alive {
    fn enter() -> Result<Self, Text> {
        if ALIVE.fetch_add(1, Ordering::AcqRel) >= FEEDERS {
            ALIVE.fetch_sub(1, Ordering::AcqRel);
            return Err(text!(
                "{FEEDERS} lần đọc âm thanh đang treo; ổ đĩa hoặc USB có thể đã hỏng: hãy kiểm tra rồi khởi động lại máy",
                "{FEEDERS} reads of sound hang; the disk or USB stick may be failing: check it, then restart the machine",
            ));
        }
        Ok(Self)
    }
}

impl Drop for Alive {
    fn drop(&mut self) {
        ALIVE.fetch_sub(1, Ordering::AcqRel);
    }
}

/// Decode into the ring until the end, or until nobody wants it.
fn pump(
    (mut reader, mut ring): (Box<dyn ProgrammeReader>, Producer<f32>),
    shared: &Shared,
    rate: Rate,
    expected: Frames,
    (ready, news): (impl FnOnce(Result<(), Text>), impl Fn(RelayNews)),
) {
    let mut ready = Some(ready);
    let enough = rate.frames(READY).min(expected);
    let mut chunk = vec![0.0; CHUNK];
    let mut decoded = Frames(0);
    loop {
        let mut most = CHUNK;
        if reader.is_live() {
            // No more can be decoded ahead.
            if let Some(ready) = ready.take() {
                ready(Ok(()));
            }
            if shared.unwanted.load(Ordering::Acquire) {
                return;
            }
            let lead = if reader.is_voice() { VOICE_LEAD } else { LIVE_LEAD };
            most = match shared.live.pull(&ring, decoded, (rate, lead)) {
                LivePull::Nothing => 0,
                LivePull::Early { most, lead } => match reader.arrived() {
                    0 => lead,
                    come => come.min(most),
                },
                LivePull::Now { early, most } => {
                    reader.begin(early);
                    most
                }
            }
            .min(CHUNK);
            if most == 0 {
                std::thread::park_timeout(LIVE_LOOK);
                continue;
            }
        }
        let count = reader.fill(&mut chunk[..most]).min(most);
        while let Some(told) = reader.news() {
            news(told);
        }
        if count == 0 && reader.is_live() {
            continue;
        }
        decoded += Frames(count as u64);
        let mut rest = &chunk[..count];
        while !rest.is_empty() {
            if shared.unwanted.load(Ordering::Acquire) {
                return;
            }
            let (_, left) = ring.push_partial_slice(rest);
            rest = left;
            if !rest.is_empty() {
                std::thread::park();
            }
        }
        if count == 0 {
            shared.note(reader.spoiled());
            if decoded + rate.frames(SHORT) < expected && !reader.is_cut_short() {
                shared.broken.store(true, Ordering::Release);
            }
            // After the samples: who sees this flag sees them all.
            shared.complete.store(true, Ordering::Release);
        }
        if (count == 0 || decoded >= enough)
            && let Some(ready) = ready.take()
        {
            ready(if decoded == Frames(0) && expected > Frames(0) { Err(no_sound()) } else { Ok(()) });
        }
        if count == 0 {
            return;
        }
    }
}

fn no_sound() -> Text {
    text!(
        "không giải mã được âm thanh nào; hãy chép lại tệp vào audio/",
        "no sound could be decoded; copy the file into audio/ again",
    )
}

/// The other end of the ring: the samples one by one, mono, at the output's rate, safe in a callback.
pub struct FeedSource {
    ring: Consumer<f32>,
    shared: Arc<Shared>,
    rate: Rate,
    starving: u64,
    /// A sample was asked for.
    begun: bool,
}

impl Iterator for FeedSource {
    type Item = f32;

    fn next(&mut self) -> Option<f32> {
        if !self.begun {
            self.begun = true;
            self.shared.live.begin(&mut self.ring, self.rate);
        }
        if let Ok(sample) = self.ring.pop() {
            self.starving = 0;
            return Some(sample * self.fade());
        }
        if self.shared.complete.load(Ordering::Acquire) {
            // The last samples may have come between the two looks.
            return self.ring.pop().ok();
        }
        self.starving += 1;
        if self.starving == 1 {
            self.shared.gaps.fetch_add(1, Ordering::Relaxed);
        }
        if self.ring.is_abandoned() || self.starving > self.rate.frames(STARVED).0 {
            self.shared.broken.store(true, Ordering::Release);
            return None;
        }
        self.shared.silent.fetch_add(1, Ordering::Relaxed);
        Some(0.0)
    }
}

impl FeedSource {
    /// What breaks off in the middle of a word fades out and does not click.
    fn fade(&self) -> f32 {
        if !self.shared.broken.load(Ordering::Relaxed) || !self.shared.complete.load(Ordering::Acquire) {
            return 1.0;
        }
        let (left, all) = (self.ring.slots() as u64, self.rate.frames(FADE).0);
        falling(all.saturating_sub(left), all)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    struct Ramp {
        left: usize,
        next: f32,
    }

    impl ProgrammeReader for Ramp {
        fn fill(&mut self, out: &mut [f32]) -> usize {
            let count = out.len().min(self.left);
            for sample in &mut out[..count] {
                *sample = self.next;
                self.next += 1.0;
            }
            self.left -= count;
            count
        }
    }

    fn programme(length: Duration) -> Arc<Programme> {
        Arc::new(Programme { length, ..Programme::default() })
    }

    fn ramp(frames: usize) -> OpenReader {
        Arc::new(move |_, _, _, _| Ok(Box::new(Ramp { left: frames, next: 1.0 })))
    }

    fn spawn(open: OpenReader, length: Duration) -> (Feed, FeedSource, mpsc::Receiver<Result<(), Text>>) {
        let (tell, told) = mpsc::channel();
        let ready = move |result| tell.send(result).expect("the test listens");
        let (feed, source) =
            Feed::spawn(open, (ZoneIx(0), programme(length)), Rate::STANDARD, Duration::ZERO, ready, |_| ())
                .expect("a thread");
        (feed, source, told)
    }

    #[test]
    fn every_sample_arrives_once_and_in_order_though_the_ring_is_smaller() {
        let frames = 48_000 * 25;
        let (feed, mut source, told) = spawn(ramp(frames), Duration::from_secs(25));
        assert_eq!(told.recv().expect("ready"), Ok(()));
        let (mut expected, mut got) = (1.0, 0);
        loop {
            let before = feed.silent();
            let Some(sample) = source.next() else { break };
            if feed.silent() > before {
                // This loop outruns any decoder: a moment without sound is not an error.
                source.starving = 0;
                std::thread::yield_now();
                continue;
            }
            assert!((sample - expected).abs() < 0.5, "{sample} {expected}");
            expected += 1.0;
            got += 1;
            if got % 4_800 == 0 {
                feed.nudge();
            }
        }
        assert_eq!(got, frames);
        assert!(!feed.broken());
    }

    #[test]
    fn a_sound_shorter_than_its_programme_counts_as_broken_off() {
        let (feed, source, told) = spawn(ramp(48_000), Duration::from_millis(1_500));
        assert_eq!(told.recv().expect("ready"), Ok(()));
        assert_eq!(source.count(), 48_000);
        assert!(feed.broken());
    }

    #[test]
    fn a_sound_that_cannot_be_opened_says_why() {
        let open: OpenReader = Arc::new(|_, _, _, _| Err(text!("hỏng", "broken").into()));
        let (_feed, _source, told) = spawn(open, Duration::from_secs(1));
        assert_eq!(told.recv().expect("an answer").expect_err("a reason").en, "broken");
    }

    #[test]
    fn a_programme_that_decodes_to_nothing_is_not_ready() {
        let (_feed, _source, told) = spawn(ramp(0), Duration::from_secs(1));
        assert!(told.recv().expect("an answer").is_err());
    }

    #[test]
    fn a_hanging_decode_is_silence_for_two_seconds_and_then_the_end() {
        struct Hang(mpsc::Receiver<()>);
        impl ProgrammeReader for Hang {
            fn fill(&mut self, out: &mut [f32]) -> usize {
                let _ = self.0.recv();
                out.fill(0.0);
                0
            }
        }
        let (release, held) = mpsc::channel::<()>();
        let held = std::sync::Mutex::new(Some(held));
        let open: OpenReader = Arc::new(move |_, _, _, _| {
            let held = held.lock().expect("one caller").take().expect("opened once");
            Ok(Box::new(Hang(held)))
        });
        let (feed, source, _told) = spawn(open, Duration::from_mins(1));
        assert_eq!(source.count(), 96_000);
        assert!(feed.broken());
        assert_eq!((feed.silent(), feed.gaps()), (Frames(96_000), 1));
        drop(release);
    }

    #[test]
    fn a_panicking_decoder_ends_its_own_voice_only() {
        struct Bomb;
        impl ProgrammeReader for Bomb {
            fn fill(&mut self, _: &mut [f32]) -> usize {
                std::panic::resume_unwind(Box::new("a decoder's bug"))
            }
        }
        let (feed, mut source, told) = spawn(Arc::new(|_, _, _, _| Ok(Box::new(Bomb))), Duration::from_mins(1));
        assert!(told.recv().is_err(), "it never gets ready");
        while source.next().is_some() {
            std::thread::yield_now();
        }
        assert!(feed.broken());
    }
}
