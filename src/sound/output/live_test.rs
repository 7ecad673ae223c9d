//! A voice that is a higher station: fed by a simulated source, pulled as a card would pull it, sample by sample.

use std::sync::{Arc, mpsc};
use std::time::Duration;

use super::feed::{Feed, FeedSource, OpenReader};
use super::open_programmes;
use crate::audio::chain::{GainSearch, Treatment};
use crate::audio::{ProgrammeStream, Sounds};
use crate::clock::SimClock;
use crate::diag::text;
use crate::incoming::{LiveBuffer, RelayHub};
use crate::instant::{Rate, Wall};
use crate::plan::{Item, ItemSound, Programme, Under};
use crate::schedule::Chime;
use crate::station::{Relay, RelaySource, SoundTarget, Station, ZoneIx};
use crate::voice::{RelayHeard, RelayNews};

/// Samples of one tick of the simulation: 20 ms.
const TICK: usize = 960;

struct Bench {
    buffer: Arc<LiveBuffer>,
    feed: Feed,
    source: FeedSource,
    ready: mpsc::Receiver<Result<(), crate::diag::Text>>,
    news: mpsc::Receiver<RelayNews>,
    /// Samples that the simulated station has sent.
    sent: u64,
}

fn relay(seconds: u64) -> Item {
    let relay = Relay {
        id: "dai-tinh".to_owned(),
        title: "Đài tỉnh".to_owned(),
        source: RelaySource::Command(vec!["true".to_owned()]),
        otherwise: Vec::new(),
    };
    Item {
        name: "relay dai-tinh".to_owned(),
        sound: ItemSound::Relay { relay: Arc::new(relay), otherwise: Arc::default() },
        length: Duration::from_secs(seconds),
        bed: Under::Silent,
    }
}

fn chime() -> Item {
    let (sound, length) = (ItemSound::Chime(Chime::Rising), Duration::from_secs(3));
    Item { name: "chime".to_owned(), sound, length, bed: Under::Silent }
}

impl Bench {
    fn new(items: Vec<Item>) -> Self {
        let buffer = Arc::new(LiveBuffer::default());
        buffer.hold(1_000);
        let sounds = Sounds::new("/nonexistent").with_relays(RelayHub::fed(&[("dai-tinh", &buffer)]));
        let mut station = Station::default();
        station.zones[0].tone = SoundTarget { loudness_lufs: None, speech: false };
        let open: OpenReader = open_programmes(&sounds, &station, &GainSearch::live("/nonexistent".as_ref()));
        let length = items.iter().map(|item| item.length).sum();
        let programme = Arc::new(Programme { items, length, ..Programme::default() });
        let ((tell, ready), (post, news)) = (mpsc::channel(), mpsc::channel());
        let (feed, source) = Feed::spawn(
            open,
            (ZoneIx(0), programme),
            Rate::STANDARD,
            Duration::ZERO,
            move |result| tell.send(result).expect("the test listens"),
            move |told| drop(post.send(told)),
        )
        .expect("a thread");
        Self { buffer, feed, source, ready, news, sent: 0 }
    }

    /// The station sends `seconds` of a ramp that tells the place of each sample.
    fn send(&mut self, seconds: f64) {
        let until = self.sent + (seconds * 48_000.0) as u64;
        let samples: Vec<i16> = (self.sent..until).map(ramp).collect();
        self.sent = until;
        self.buffer.push(&samples);
    }

    /// The feeder, which is a thread of its own, has done what it can.
    fn settle(&self) {
        for _ in 0..3 {
            self.feed.nudge();
            std::thread::park_timeout(Duration::from_millis(15));
        }
    }

    fn pull(&mut self, count: usize) -> Vec<f32> {
        self.source.by_ref().take(count).collect()
    }

    fn heard(&self) -> Vec<String> {
        let word = |told: RelayNews| match told.heard {
            RelayHeard::Own => "own".to_owned(),
            RelayHeard::Instead { what, .. } => format!("instead:{what}"),
            RelayHeard::Over => "over".to_owned(),
        };
        self.news.try_iter().map(word).collect()
    }
}

/// A triangle of 100 s: its height tells the place, and no limiter touches it.
fn ramp(at: u64) -> i16 {
    let place = (at % 4_800_000) as i64;
    (if place < 2_400_000 { place / 100 - 12_000 } else { 36_000 - place / 100 }) as i16
}

/// Where in the stream a sample that is heard was sent, in seconds.
fn place(sample: f32) -> f64 {
    (f64::from(sample) * 32_768.0 + 12_000.0) / 480.0
}

#[test]
#[ignore = "long"]
fn it_joins_on_the_first_frame_with_what_is_sent_then_and_ends_on_the_last() {
    let mut bench = Bench::new(vec![relay(6)]);
    assert_eq!(bench.ready.recv().unwrap(), Ok(()), "nothing of it is decoded ahead");
    bench.send(20.0);
    bench.settle();
    // Two seconds pass between the order and the start, as the daemon has it.
    bench.feed.arm();
    for _ in 0..100 {
        bench.send(0.02);
        bench.settle();
    }
    let first = bench.pull(TICK);
    assert_eq!(first.len(), TICK);
    assert!(first.iter().all(|sample| *sample != 0.0), "silence at the start");
    // What is held, and what is ahead of the card.
    let behind = 22.0 - place(first[0]);
    assert!((1.2..1.8).contains(&behind), "{behind} s behind");
    let mut heard = first;
    loop {
        bench.send(0.02);
        bench.settle();
        let more = bench.pull(TICK);
        heard.extend_from_slice(&more);
        if more.len() < TICK {
            break;
        }
    }
    assert_eq!(heard.len(), 6 * 48_000, "exactly as long as it is booked");
    // It does not break off, but fades in its last hundredth of a second.
    let (before, last) = (heard[heard.len() - 500].abs(), heard[heard.len() - 1].abs());
    assert!(before > 0.01 && last < 0.001, "{before} {last}");
    assert_eq!(bench.feed.silent().0, 0);
    assert_eq!(bench.heard(), ["own", "over"]);
    assert!(!bench.feed.broken());
}

#[test]
#[ignore = "long"]
fn a_station_that_falls_silent_is_left_and_gone_back_to_and_the_end_stays_where_it_is() {
    let mut bench = Bench::new(vec![chime(), relay(8), chime()]);
    assert_eq!(bench.ready.recv().unwrap(), Ok(()));
    bench.send(20.0);
    bench.feed.arm();
    let (mut heard, mut tick) = (Vec::new(), 0);
    loop {
        // The line breaks from the fifth to the seventh second.
        if !(250..350).contains(&tick) {
            bench.send(0.02);
        } else if tick == 250 {
            bench.buffer.trouble(text!("đứt", "broken"));
        }
        tick += 1;
        bench.settle();
        let more = bench.pull(TICK);
        heard.extend_from_slice(&more);
        if more.len() < TICK {
            break;
        }
    }
    assert_eq!(heard.len(), 14 * 48_000);
    assert_eq!(bench.heard(), ["own", "instead:", "own", "over"]);
    let loud = |from: f64, to: f64| {
        let part = &heard[(from * 48_000.0) as usize..(to * 48_000.0) as usize];
        part.iter().filter(|sample| sample.abs() > 0.000_1).count() as f64 / part.len() as f64
    };
    assert!(loud(3.1, 5.2) > 0.99 && loud(6.8, 7.4) < 0.01 && loud(9.2, 10.9) > 0.99);
    // Nothing clicks where it goes over: no step is larger than a fade of 10 ms makes it.
    let step = heard[3 * 48_000..11 * 48_000].windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(0.0, f32::max);
    assert!(step < 0.01, "a step of {step}");
}

#[test]
#[ignore = "long"]
fn a_card_that_runs_200_ppm_off_never_runs_dry_and_is_never_late() {
    for ppm in [-200.0, 200.0] {
        let buffer = Arc::new(LiveBuffer::default());
        let sounds = Sounds::new("/nonexistent").with_relays(RelayHub::fed(&[("dai-tinh", &buffer)]));
        let programme = Programme { items: vec![relay(300)], length: Duration::from_mins(5), ..Programme::default() };
        let (rate, plain) = (Rate::STANDARD, Treatment::untouched());
        let mut stream = ProgrammeStream::open(&sounds, &programme, rate, Duration::ZERO, &plain).unwrap();
        let (mut sent, mut written) = (0.0, 0);
        let mut send = |seconds: f64| {
            sent += seconds * 48_000.0 * (1.0 + ppm * 1e-6);
            let samples: Vec<i16> = (written..sent as u64).map(ramp).collect();
            written = sent as u64;
            buffer.push(&samples);
            sent / 48_000.0
        };
        send(10.0);
        stream.begin(0);
        let mut block = [0.0; TICK];
        for tick in 0..14_900 {
            // Packets come late and at once.
            let now = send(if tick % 10 == 9 { 0.2 } else { 0.0 });
            assert_eq!(stream.fill(&mut block), TICK);
            let behind = (now - place(block[TICK - 1])).rem_euclid(50.0);
            // On the way up of the triangle its place is certain.
            if tick > 1_000 && (now % 100.0) < 45.0 && (now % 100.0) > 5.0 {
                assert!((1.5..2.5).contains(&behind), "{ppm} ppm, tick {tick}: {behind} s behind");
            }
        }
        let news: Vec<_> = std::iter::from_fn(|| stream.news()).map(|news| news.heard).collect();
        assert_eq!(news, [RelayHeard::Own], "{ppm} ppm");
    }
}

/// Somebody who speaks for so long, behind a chime: what was heard, sample by sample, and how far behind him it was.
#[test]
#[ignore = "long"]
fn somebody_who_speaks_is_heard_behind_the_chime_at_once_and_ends_when_he_does() {
    let hub = RelayHub::new("/nonexistent".into(), Arc::new(SimClock::at(Wall::from_secs(0))), None);
    let voice = hub.speak("voice 7");
    let sounds = Sounds::new("/nonexistent").with_relays(hub);
    let mut station = Station::default();
    station.zones[0].tone = SoundTarget { loudness_lufs: None, speech: false };
    let open: OpenReader = open_programmes(&sounds, &station, &GainSearch::live("/nonexistent".as_ref()));
    let spoken = Item {
        sound: ItemSound::Relay { relay: Arc::new(Relay::of_voice("voice 7")), otherwise: Arc::default() },
        ..relay(60)
    };
    let items = vec![chime(), spoken];
    let programme = Arc::new(Programme { items, length: Duration::from_secs(63), ..Programme::default() });
    let (tell, ready) = mpsc::channel();
    let ready_told = move |result| tell.send(result).expect("the test listens");
    let (feed, mut source) =
        Feed::spawn(open, (ZoneIx(0), programme), Rate::STANDARD, Duration::ZERO, ready_told, |_| ())
            .expect("a thread");
    assert_eq!(ready.recv().unwrap(), Ok(()));
    feed.arm();
    let (mut sent, mut heard) = (0, Vec::new());
    loop {
        // He speaks for six seconds; then he lets go of the button.
        if sent < 6 * 48_000 {
            let samples: Vec<i16> = (sent..sent + TICK as u64).map(ramp).collect();
            sent += TICK as u64;
            voice.push(&samples);
        } else {
            voice.end();
        }
        for _ in 0..3 {
            feed.nudge();
            std::thread::park_timeout(Duration::from_millis(15));
        }
        let more: Vec<f32> = source.by_ref().take(TICK).collect();
        heard.extend_from_slice(&more);
        if more.len() < TICK {
            break;
        }
    }
    let seconds = heard.len() as f64 / 48_000.0;
    assert!((6.0..6.6).contains(&seconds), "it ends with him and not with its time: {seconds}");
    assert!(!feed.broken() && feed.silent().0 == 0);
    let behind = 5.0 - place(heard[5 * 48_000]);
    assert!((0.2..0.45).contains(&behind), "{behind} s behind");
    let from = voice.heard_from().expect("he was heard");
    let mut kept = Vec::new();
    assert_eq!(voice.copy_from(from, &mut kept), sent);
    assert!((kept.len() as f64 / 48_000.0 - 3.2).abs() < 0.4, "what was said under the chime is not kept");
}

#[test]
fn what_comes_faster_than_it_is_heard_is_caught_up_with_and_is_no_news_until_it_stops() {
    let buffer = Arc::new(LiveBuffer::default());
    let sounds = Sounds::new("/nonexistent").with_relays(RelayHub::fed(&[("dai-tinh", &buffer)]));
    let programme = Programme { items: vec![relay(100)], length: Duration::from_secs(100), ..Programme::default() };
    let (rate, plain) = (Rate::STANDARD, Treatment::untouched());
    let mut stream = ProgrammeStream::open(&sounds, &programme, rate, Duration::ZERO, &plain).unwrap();
    let mut written = 0;
    let mut send = |count: u64| {
        let samples: Vec<i16> = (written..written + count).map(ramp).collect();
        written += count;
        buffer.push(&samples);
    };
    send(10 * 48_000);
    stream.begin(0);
    let mut block = [0.0; TICK];
    for tick in 0..3_000 {
        // Half as fast again as sound, and once half a minute at once.
        send(if tick == 1_500 { 30 * 48_000 } else { 1_440 });
        assert_eq!(stream.fill(&mut block), TICK);
    }
    let news = |stream: &mut ProgrammeStream| -> Vec<RelayHeard> {
        std::iter::from_fn(|| stream.news()).map(|news| news.heard).collect()
    };
    assert_eq!(news(&mut stream), [RelayHeard::Own]);
    // No more comes: what is held is heard, and then it is told that it stopped, not that it never came.
    for _ in 0..600 {
        stream.fill(&mut block);
    }
    let [RelayHeard::Instead { why, .. }] = &news(&mut stream)[..] else { panic!("nothing is told") };
    assert_eq!(why.en, "it has stopped sending");
}
