use crate::voice::{Ending, Notice, NoticeSink, Output, VoiceId, VoiceOrder};
use std::sync::{Arc, mpsc};
use std::time::Duration;

use super::*;
use crate::clock::{Clock, SimClock};
use crate::diag::{Text, text};
use crate::instant::Wall;
use crate::plan::Programme;
use crate::station::{Channel, ZoneIx};

/// The paced thread runs on a simulated clock, hence free; this only catches a hang, also where each instruction is emulated.
const LIMIT: Duration = Duration::from_mins(3);

struct Level {
    level: f32,
    left: u64,
}

impl ProgrammeReader for Level {
    fn fill(&mut self, out: &mut [f32]) -> usize {
        let count = out.len().min(self.left as usize);
        out[..count].fill(self.level);
        self.left -= count as u64;
        count
    }
}

fn level(level: f32) -> OpenReader {
    Arc::new(move |_, programme, rate, skip| {
        Ok(Box::new(Level { level, left: rate.frames(programme.length.saturating_sub(skip)).0 }))
    })
}

fn programme(millis: u64) -> Arc<Programme> {
    Arc::new(Programme { length: Duration::from_millis(millis), ..Programme::default() })
}

fn lanes() -> Vec<OutputLane> {
    let lane =
        |zone, channel| OutputLane { zone: ZoneIx(zone), channel, gain_db: 0.0, delay: Duration::ZERO, sent: None };
    vec![lane(0, Channel::One(1)), lane(1, Channel::One(2))]
}

struct Rig {
    output: Paced,
    notices: mpsc::Receiver<Notice>,
    clock: Arc<SimClock>,
}

impl Rig {
    fn new(make: impl FnOnce(Arc<dyn Clock>, NoticeSink) -> Paced) -> Self {
        let clock = Arc::new(SimClock::at(Wall::from_secs(1_800_000_000)));
        let (tell, notices) = mpsc::channel();
        let sink: NoticeSink = Arc::new(move |notice| {
            let _ = tell.send(notice);
        });
        let output = make(Arc::clone(&clock) as Arc<dyn Clock>, sink);
        Self { output, notices, clock }
    }

    fn prepare(&mut self, voice: u64, zone: u16, millis: u64) {
        let order = VoiceOrder::Prepare { zone: ZoneIx(zone), programme: programme(millis), skip: Duration::ZERO };
        self.output.order(VoiceId(voice), order);
    }

    fn next(&self) -> Notice {
        loop {
            match self.notices.recv_timeout(LIMIT).expect("a notice in time") {
                Notice::Position(..) => {}
                notice => return notice,
            }
        }
    }

    fn failed(&self) -> Text {
        match self.next() {
            Notice::Failed(_, why) | Notice::Hindered(_, why) => why,
            other => panic!("{other:?}"),
        }
    }
}

fn wav_rig(path: std::path::PathBuf) -> Rig {
    Rig::new(move |clock, sink| Paced::wav(path, lanes(), level(0.5), clock, sink))
}

#[test]
fn a_wav_output_holds_each_zone_on_its_channel_and_closes_well() {
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("loa.wav");
    let mut rig = wav_rig(path.clone());
    rig.prepare(1, 0, 300);
    rig.prepare(2, 1, 200);
    assert!(matches!(rig.next(), Notice::Ready(_)));
    assert!(matches!(rig.next(), Notice::Ready(_)));
    // The simulated clock runs as fast as the file is written, so "in a minute" is soon.
    let at = rig.clock.wall() + Duration::from_mins(1);
    rig.output.order(VoiceId(1), VoiceOrder::Start(at));
    rig.output.order(VoiceId(2), VoiceOrder::Start(at + Duration::from_millis(100)));
    let mut seen = Vec::new();
    while seen.iter().filter(|notice| matches!(notice, Notice::Ended { .. })).count() < 2 {
        seen.push(rig.next());
    }
    drop(rig);
    for notice in &seen {
        if let Notice::Ended { voice, played, start_error, ending, .. } = notice {
            assert_eq!(*ending, Ending::Finished);
            assert_eq!(*played, Duration::from_millis(if *voice == VoiceId(1) { 300 } else { 200 }));
            let error = start_error.expect("measured").unsigned_abs();
            assert!(error < Duration::from_micros(50), "{error:?}");
        }
    }
    let mut reader = hound::WavReader::open(&path).expect("a wav file");
    assert_eq!(reader.spec().channels, 2);
    let samples: Vec<i16> = reader.samples().map(|sample| sample.expect("a sample")).collect();
    let channel = |number: usize| samples.iter().skip(number).step_by(2).copied().collect::<Vec<_>>();
    let (left, right) = (channel(0), channel(1));
    let loud = |samples: &[i16]| {
        let first = samples.iter().position(|sample| *sample != 0).expect("sound");
        let last = samples.iter().rposition(|sample| *sample != 0).expect("sound");
        (first, last + 1 - first)
    };
    let ((first_left, long_left), (first_right, long_right)) = (loud(&left), loud(&right));
    assert_eq!((long_left, long_right), (14_400, 9_600));
    assert!((first_right - first_left).abs_diff(4_800) <= 1, "100 ms apart");
}

#[test]
fn a_file_that_cannot_be_written_is_explained() {
    let dir = tempfile::tempdir().expect("a directory");
    std::fs::write(dir.path().join("file"), "x").expect("written");
    let mut rig = wav_rig(dir.path().join("file/no/directory/loa.wav"));
    rig.prepare(1, 0, 300);
    // No block moves the simulated clock, so the test does, a retry's wait at a time.
    let why = loop {
        match rig.notices.recv_timeout(Duration::from_millis(1)) {
            Ok(Notice::Hindered(_, why)) => break why,
            Ok(other) => panic!("{other:?}"),
            Err(_) => rig.clock.advance(Duration::from_millis(100)),
        }
    };
    assert!(why.en.contains("loa.wav") && why.vi.contains("loa.wav"), "{why}");
}

#[test]
fn a_wav_output_makes_the_folder_that_it_is_to_lie_in() {
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("thu/thang-12/thon-1.wav");
    let mut rig = wav_rig(path.clone());
    rig.prepare(1, 0, 300);
    let ready = rig.next();
    assert!(matches!(ready, Notice::Ready(_)) && path.exists(), "{ready:?}");
}

#[test]
fn a_wav_that_is_taken_away_is_begun_anew() {
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("ra/thon-1.wav");
    let mut rig = wav_rig(path.clone());
    rig.prepare(1, 0, 600_000);
    assert!(matches!(rig.next(), Notice::Ready(_)));
    rig.output.order(VoiceId(1), VoiceOrder::Start(rig.clock.wall()));
    assert!(matches!(rig.next(), Notice::Started(..)));
    std::fs::rename(dir.path().join("ra"), dir.path().join("cu")).expect("it is gone");
    // The simulated clock runs as fast as the file is written, so that the voice may stumble.
    while !matches!(rig.next(), Notice::Ended { .. }) {}
    drop(rig);
    let samples = hound::WavReader::open(&path).expect("a new file").samples::<i16>().count();
    assert!(samples > 48_000, "{samples}");
}

#[test]
fn a_sound_that_cannot_be_read_fails_with_its_own_reason() {
    let open: OpenReader = Arc::new(|_, _, _, _| Err(text!("tệp hỏng", "a broken file").into()));
    let mut rig = Rig::new(move |clock, sink| Paced::null(lanes(), open, clock, sink));
    rig.prepare(1, 0, 300);
    assert_eq!(rig.failed().en, "a broken file");
    rig.prepare(2, 7, 300);
    assert!(rig.failed().en.contains("zone"));
}

#[test]
fn a_prepared_voice_that_is_cut_ends_with_nothing_played() {
    let mut rig = Rig::new(|clock, sink| Paced::null(lanes(), level(0.5), clock, sink));
    rig.prepare(1, 0, 300);
    assert_eq!(rig.next(), Notice::Ready(VoiceId(1)));
    rig.output.order(VoiceId(1), VoiceOrder::Cut(None));
    match rig.next() {
        Notice::Ended { voice, played, ending, start_error, .. } => {
            assert_eq!((voice, played, ending), (VoiceId(1), Duration::ZERO, Ending::Cut));
            assert_eq!(start_error, None);
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_cut_set_before_the_start_bounds_the_voice() {
    let mut rig = Rig::new(|clock, sink| Paced::null(lanes(), level(0.5), clock, sink));
    rig.prepare(1, 0, 3_000);
    assert_eq!(rig.next(), Notice::Ready(VoiceId(1)));
    // Long after this thread has said all of it, however late it is: the clock runs as fast as the output.
    let at = rig.clock.wall() + Duration::from_mins(10);
    rig.output.order(VoiceId(1), VoiceOrder::Start(at));
    rig.output.order(VoiceId(1), VoiceOrder::Cut(Some(at + Duration::from_secs(1))));
    let began = rig.next();
    assert!(matches!(began, Notice::Started(VoiceId(1), _)), "{began:?}");
    match rig.next() {
        Notice::Ended { played, ending: Ending::Cut, .. } => {
            assert!(played.abs_diff(Duration::from_secs(1)) < Duration::from_micros(50), "{played:?}");
        }
        other => panic!("{other:?}"),
    }
}
