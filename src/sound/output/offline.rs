use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;

use super::When;
use super::feed::{OpenReader, ProgrammeReader, SHORT, Unopened};
use super::mixer::{Mixer, QueuedVoice, VoiceEvent};
use super::one_channel::OneChannel;
use super::paced::channels;
use super::{LANE_VOICES, OutputLane};
use crate::diag::text;
use crate::instant::{Frames, Rate, Wall};
use crate::plan::{Programme, Volume};
use crate::station::ZoneIx;
use crate::voice::{Ending, Notice, Output, VoiceId, VoiceOrder};

/// Frames mixed, and decoded, at once.
const BLOCK: usize = 4_800;

/// The samples an output would send, made as fast as they can be: for `loa render`.
///
/// The same mixer as every output's, pulled without a card, a thread or a ring; instants are exact:
/// the frame heard at `at` is `(at - origin) * rate`, rounded. Pure with respect to time: it is
/// told how far to go by [`Offline::advance`], which also hands over the notices.
pub struct Offline {
    origin: Wall,
    rate: Rate,
    lanes: Vec<OutputLane>,
    channels: usize,
    open: OpenReader,
    mixer: Mixer,
    frame: u64,
    voices: Vec<Voice>,
    notices: Vec<Notice>,
    block: Vec<f32>,
}

struct Voice {
    id: VoiceId,
    lane: usize,
    source: Option<ReaderSource>,
    soft: bool,
    volume: Volume,
    /// Its lane's.
    delay: Duration,
    expected: Frames,
    asked: Option<Wall>,
    began: Option<u64>,
}

impl Offline {
    /// A renderer whose first frame is heard at `origin`.
    pub fn new(origin: Wall, rate: Rate, lanes: Vec<OutputLane>, open: OpenReader) -> Self {
        let channels = usize::from(channels(&lanes));
        Self {
            origin,
            rate,
            channels,
            open,
            mixer: mixer(&lanes, rate),
            lanes,
            frame: 0,
            voices: Vec::new(),
            notices: Vec::new(),
            block: vec![0.0; BLOCK * channels],
        }
    }

    /// Samples per frame: as many as the lanes need.
    pub fn channels(&self) -> usize {
        self.channels
    }

    /// Whether a voice sounds or is about to.
    pub fn is_busy(&self) -> bool {
        !self.voices.is_empty()
    }

    /// Up to where it has rendered.
    pub fn now(&self) -> Wall {
        wall_at(self.origin, self.rate, self.frame)
    }

    /// The wall clock has stepped by `by`: what sounds goes on, and instants mean other frames.
    pub fn step(&mut self, by: SignedDuration) {
        self.origin = self.origin.moved(by);
    }

    /// The device goes away: what sounds breaks off, and what was prepared cannot play.
    pub fn lose(&mut self) {
        let at = self.now();
        for voice in std::mem::take(&mut self.voices) {
            self.notices.push(match voice.began {
                Some(began) => Notice::Ended {
                    voice: voice.id,
                    at,
                    played: self.rate.length(Frames(self.frame - began)),
                    start_error: voice.asked.map(|asked| wall_at(self.origin, self.rate, began).since(asked)),
                    ending: Ending::DeviceLost,
                },
                None => Notice::Failed(voice.id, text!("thiết bị âm thanh đã mất", "the sound device is gone")),
            });
        }
        self.mixer = mixer(&self.lanes, self.rate);
    }

    /// The power goes: nothing sounds, and nobody is told. [`Self::advance`] then gives silence.
    pub fn cut_power(&mut self) {
        self.voices.clear();
        self.notices.clear();
        self.mixer = mixer(&self.lanes, self.rate);
    }

    /// What sounds, and how much of it has been heard.
    pub fn sounding(&self) -> impl Iterator<Item = (VoiceId, Duration)> {
        let heard = |began| self.rate.length(Frames(self.frame - began));
        self.voices.iter().filter_map(move |voice| Some((voice.id, heard(voice.began?))))
    }

    /// Render every frame heard before `to` into `sink` (interleaved), and report what happened, in
    /// order.
    pub fn advance(&mut self, to: Wall, sink: &mut dyn FnMut(&[f32])) -> Vec<Notice> {
        let (origin, rate) = (self.origin, self.rate);
        let place = move |at: Wall| frame_at(origin, rate, at);
        let target = place(to);
        while (self.frame as i64) < target {
            let frames = (target as u64 - self.frame).min(BLOCK as u64);
            let out = &mut self.block[..frames as usize * self.channels];
            let (voices, notices) = (&mut self.voices, &mut self.notices);
            let mut note = |event| {
                let at = |frame| wall_at(origin, rate, frame);
                match event {
                    VoiceEvent::Started(voice, frame) => {
                        let Some(known) = voices.iter_mut().find(|known| known.id == voice) else { return };
                        known.began = Some(frame);
                        notices.push(Notice::Started(voice, at(frame) - known.delay));
                    }
                    VoiceEvent::Ended { voice, frame, played, ending, .. } => {
                        let Some(index) = voices.iter().position(|known| known.id == voice) else { return };
                        let known = voices.swap_remove(index);
                        let error = |(began, asked): (u64, Wall)| at(began).since(asked);
                        let short = Frames(played) + rate.frames(SHORT) < known.expected;
                        notices.push(Notice::Ended {
                            voice,
                            at: if known.began.is_some() { at(frame) - known.delay } else { at(frame) },
                            played: rate.length(Frames(played)),
                            start_error: known.began.zip(known.asked).map(error),
                            ending: if ending == Ending::Finished && short { Ending::Starved } else { ending },
                        });
                    }
                }
            };
            self.mixer.fill(out, self.channels, self.frame, &place, &mut note);
            self.frame += frames;
            sink(out);
        }
        std::mem::take(&mut self.notices)
    }
}

impl Output for Offline {
    fn order(&mut self, voice: VoiceId, order: VoiceOrder) {
        match order {
            VoiceOrder::Prepare { zone, programme, skip } => self.prepare(voice, zone, &programme, skip),
            VoiceOrder::Level(volume) => self.level(voice, volume),
            VoiceOrder::Start(at) => self.start(voice, at),
            VoiceOrder::Cut(at) => self.cut(voice, at),
        }
    }
}

impl Offline {
    fn prepare(&mut self, voice: VoiceId, zone: ZoneIx, programme: &Arc<Programme>, skip: Duration) {
        if self.voices.iter().any(|known| known.id == voice) {
            return;
        }
        let Some(lane) = self.lanes.iter().position(|lane| lane.zone == zone) else {
            return self.notices.push(Notice::Failed(voice, OutputLane::none_here()));
        };
        match (self.open)(zone, programme, self.rate, skip) {
            Ok(reader) => {
                let source = ReaderSource { reader, chunk: vec![0.0; BLOCK], at: 0, filled: 0 };
                self.voices.push(Voice {
                    id: voice,
                    lane,
                    source: Some(source),
                    soft: !skip.is_zero(),
                    volume: Volume::default(),
                    delay: self.lanes[lane].delay,
                    expected: self.rate.frames(programme.length.saturating_sub(skip)),
                    asked: None,
                    began: None,
                });
                self.notices.push(Notice::Ready(voice));
            }
            Err(Unopened { why, spoiled }) => {
                self.notices.extend(spoiled.map(|file| Notice::Spoiled(voice, file)));
                self.notices.push(Notice::Failed(voice, why));
            }
        }
    }

    fn level(&mut self, voice: VoiceId, volume: Volume) {
        if let Some(known) = self.voices.iter_mut().find(|known| known.id == voice) {
            known.volume = volume;
        }
    }

    fn start(&mut self, voice: VoiceId, at: Wall) {
        let Some(index) = self.voices.iter().position(|known| known.id == voice) else { return };
        let known = &mut self.voices[index];
        let Some(source) = known.source.take() else { return };
        let at = at + known.delay;
        known.asked = Some(at);
        let part = QueuedVoice {
            voice,
            sound: Box::new(OneChannel::new(source, self.rate)),
            start: When::Wall(at),
            cut: None,
            soft: known.soft,
            volume: known.volume.clone(),
        };
        if self.mixer.add(known.lane, part).is_err() {
            self.voices.swap_remove(index);
            let why = text!(
                "đã có {LANE_VOICES} mục đang chờ phát ở cụm loa này; hãy dừng bớt",
                "{LANE_VOICES} voices already wait in this zone; stop some of them",
            );
            self.notices.push(Notice::Failed(voice, why));
        }
    }

    fn cut(&mut self, voice: VoiceId, at: Option<Wall>) {
        let Some(index) = self.voices.iter().position(|known| known.id == voice) else { return };
        if self.voices[index].source.is_none() {
            return self.mixer.cut(voice, at.map_or(When::Now, When::Wall));
        }
        self.voices.swap_remove(index);
        let at = self.now();
        self.notices.push(Notice::Ended { voice, at, played: Duration::ZERO, start_error: None, ending: Ending::Cut });
    }
}

fn mixer(lanes: &[OutputLane], rate: Rate) -> Mixer {
    Mixer::new(lanes.iter().map(|lane| (lane.channel, lane.gain_db)), rate)
}

fn frame_at(origin: Wall, rate: Rate, at: Wall) -> i64 {
    let nanos = i128::from(at.nanos()) - i128::from(origin.nanos());
    let frame = (nanos * i128::from(rate.hz()) + 500_000_000).div_euclid(1_000_000_000);
    i64::try_from(frame).unwrap_or(if frame < 0 { i64::MIN } else { i64::MAX })
}

fn wall_at(origin: Wall, rate: Rate, frame: u64) -> Wall {
    origin + rate.length(Frames(frame))
}

/// The samples of a reader one by one, decoded as they are pulled.
struct ReaderSource {
    reader: Box<dyn ProgrammeReader>,
    chunk: Vec<f32>,
    at: usize,
    filled: usize,
}

impl Iterator for ReaderSource {
    type Item = f32;

    fn next(&mut self) -> Option<f32> {
        if self.at == self.filled {
            self.filled = self.reader.fill(&mut self.chunk).min(self.chunk.len());
            self.at = 0;
            if self.filled == 0 {
                return None;
            }
        }
        self.at += 1;
        self.chunk.get(self.at - 1).copied()
    }
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "samples pass bit for bit, and that is what is tested")]
mod tests {
    use super::*;
    use crate::station::Channel;

    struct Ones(usize);

    impl ProgrammeReader for Ones {
        fn fill(&mut self, out: &mut [f32]) -> usize {
            let count = out.len().min(self.0);
            out[..count].fill(0.5);
            self.0 -= count;
            count
        }
    }

    fn at(millis: i64) -> Wall {
        Wall::from_nanos(1_800_000_000_000_000_000 + millis * 1_000_000)
    }

    fn programme(millis: u64) -> Arc<Programme> {
        Arc::new(Programme { length: Duration::from_millis(millis), ..Programme::default() })
    }

    fn offline(shortfall: usize) -> Offline {
        let open: OpenReader = Arc::new(move |_, programme, rate, skip| {
            let frames = rate.frames(programme.length.saturating_sub(skip)).0 as usize;
            Ok(Box::new(Ones(frames.saturating_sub(shortfall))))
        });
        let lanes = vec![OutputLane {
            zone: ZoneIx(0),
            channel: Channel::Both,
            gain_db: 0.0,
            delay: Duration::ZERO,
            sent: None,
        }];
        Offline::new(at(0), Rate::STANDARD, lanes, open)
    }

    #[test]
    fn a_voice_lies_on_the_very_frame_and_reports_exact_instants() {
        let mut offline = offline(0);
        offline.prepare(VoiceId(1), ZoneIx(0), &programme(1_000), Duration::ZERO);
        assert_eq!(offline.advance(at(0), &mut |_| ()), [Notice::Ready(VoiceId(1))]);
        offline.start(VoiceId(1), at(250));
        let mut heard = Vec::new();
        let notices = offline.advance(at(3_000), &mut |samples| heard.extend_from_slice(samples));
        assert_eq!(heard.len(), 144_000);
        assert!(heard[..12_000].iter().all(|sample| *sample == 0.0));
        assert!(heard[12_000..60_000].iter().all(|sample| *sample == 0.5));
        assert!(heard[60_000..].iter().all(|sample| *sample == 0.0));
        assert_eq!(
            notices,
            [
                Notice::Started(VoiceId(1), at(250)),
                Notice::Ended {
                    voice: VoiceId(1),
                    at: at(1_250),
                    played: Duration::from_secs(1),
                    start_error: Some(jiff::SignedDuration::ZERO),
                    ending: Ending::Finished,
                },
            ]
        );
        assert_eq!(offline.now(), at(3_000));
    }

    #[test]
    fn a_sound_that_breaks_off_is_told_from_one_that_finishes() {
        for (shortfall, expected) in [(0, Ending::Finished), (100, Ending::Finished), (24_000, Ending::Starved)] {
            let mut offline = offline(shortfall);
            offline.prepare(VoiceId(1), ZoneIx(0), &programme(1_000), Duration::ZERO);
            offline.start(VoiceId(1), at(0));
            let notices = offline.advance(at(2_000), &mut |_| ());
            assert!(matches!(notices.last(), Some(Notice::Ended { ending, .. }) if *ending == expected), "{notices:?}");
        }
    }

    #[test]
    fn a_prepared_voice_that_is_cut_ends_at_once_and_never_sounds() {
        let mut offline = offline(0);
        offline.prepare(VoiceId(1), ZoneIx(0), &programme(1_000), Duration::ZERO);
        offline.cut(VoiceId(1), None);
        offline.start(VoiceId(1), at(10));
        let mut loud = false;
        let notices = offline.advance(at(500), &mut |samples| loud |= samples.iter().any(|sample| *sample != 0.0));
        assert!(!loud);
        assert!(matches!(notices[1], Notice::Ended { played: Duration::ZERO, ending: Ending::Cut, .. }));
    }

    #[test]
    fn a_zone_that_is_not_on_this_output_fails() {
        let mut offline = offline(0);
        offline.prepare(VoiceId(1), ZoneIx(9), &programme(1_000), Duration::ZERO);
        assert!(matches!(offline.advance(at(0), &mut |_| ())[0], Notice::Failed(VoiceId(1), _)));
    }
}
