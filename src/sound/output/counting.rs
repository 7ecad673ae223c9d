use std::time::Duration;

use jiff::SignedDuration;

use super::OutputLane;
use super::mixer::FADE;
use crate::diag::text;
use crate::instant::Wall;
use crate::plan::Programme;
use crate::station::ZoneIx;
use crate::voice::{Ending, Notice, Output, VoiceId, VoiceOrder};

/// An output that only counts: every voice lasts as long as its programme says, to the nanosecond.
///
/// For `loa simulate`: nothing is opened, decoded or mixed, so a year takes seconds. Pure with
/// respect to time: it is told how far to go by [`Counting::advance`], and says by
/// [`Counting::next_event`] when that is worth while. It keeps the lane rule and the fades of the
/// mixer.
pub struct Counting {
    now: Wall,
    lanes: Vec<OutputLane>,
    /// In the order in which they were told to start; those that were not come anywhere.
    voices: Vec<Voice>,
    notices: Vec<Notice>,
}

struct Voice {
    id: VoiceId,
    zone: ZoneIx,
    /// Its lane's.
    delay: Duration,
    length: Duration,
    start: Option<Wall>,
    cut: Option<Wall>,
    began: Option<Wall>,
}

/// What happens next to a voice.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Step {
    Begin,
    End(Ending),
}

impl Counting {
    /// A counter for the zones of `lanes` that stands at `now`.
    pub fn new(now: Wall, lanes: Vec<OutputLane>) -> Self {
        Self { now, lanes, voices: Vec::new(), notices: Vec::new() }
    }

    /// Up to where it has counted.
    pub fn now(&self) -> Wall {
        self.now
    }

    /// When the next notice comes, if nothing is asked for meanwhile.
    pub fn next_event(&self) -> Option<Wall> {
        if self.notices.is_empty() { self.due().map(|(at, ..)| at) } else { Some(self.now) }
    }

    /// Count up to and including `to`, and report what happened, in order.
    pub fn advance(&mut self, to: Wall) -> Vec<Notice> {
        while let Some((at, index, step)) = self.due().filter(|(at, ..)| *at <= to) {
            self.now = at;
            match step {
                Step::Begin => {
                    self.voices[index].began = Some(at);
                    self.notices.push(Notice::Started(self.voices[index].id, at - self.voices[index].delay));
                }
                Step::End(ending) => {
                    let voice = self.voices.remove(index);
                    self.notices.push(voice.over(at, ending));
                }
            }
        }
        self.now = self.now.max(to);
        std::mem::take(&mut self.notices)
    }

    /// The wall clock has stepped by `by`: what sounds goes on, and what was placed stays on its frame.
    pub fn step(&mut self, by: SignedDuration) {
        self.now = self.now.moved(by);
        for voice in &mut self.voices {
            for at in [&mut voice.start, &mut voice.cut, &mut voice.began] {
                *at = at.map(|at| if at == Wall::MAX { at } else { at.moved(by) });
            }
        }
    }

    /// The device goes away: what sounds breaks off, and what was prepared cannot play.
    pub fn lose(&mut self) {
        for voice in std::mem::take(&mut self.voices) {
            let lost = if voice.began.is_some() {
                voice.over(self.now, Ending::DeviceLost)
            } else {
                Notice::Failed(voice.id, text!("thiết bị âm thanh đã mất", "the sound device is gone"))
            };
            self.notices.push(lost);
        }
    }

    /// The power goes: nothing sounds, and nobody is told.
    pub fn cut_power(&mut self) {
        self.voices.clear();
        self.notices.clear();
    }

    /// What sounds, and how much of it has been heard by now.
    pub fn sounding(&self) -> impl Iterator<Item = (VoiceId, Duration)> {
        self.voices.iter().filter_map(|voice| Some((voice.id, self.heard(voice.id)?)))
    }

    /// How much of a sounding voice has been heard by now.
    pub fn heard(&self, voice: VoiceId) -> Option<Duration> {
        let known = self.voices.iter().find(|known| known.id == voice)?;
        known.began.map(|began| self.now.after(began).min(known.length))
    }

    /// The earliest thing that happens; among those of one instant the first voice's.
    fn due(&self) -> Option<(Wall, usize, Step)> {
        let mut due: Option<(Wall, usize, Step)> = None;
        for (index, voice) in self.voices.iter().enumerate() {
            let Some(start) = voice.start else { continue };
            let earlier = |(place, other): (usize, &Voice)| {
                let asked = other.start.is_some_and(|at| (at, place) < (start, index));
                other.zone == voice.zone && place != index && (other.began.is_some() || asked)
            };
            let first = !self.voices.iter().enumerate().any(earlier);
            let next = match voice.began {
                Some(began) => Some(voice.end(began)),
                None => voice.before(start, first, self.now),
            };
            if let Some((at, step)) = next
                && due.is_none_or(|(earliest, ..)| at < earliest)
            {
                due = Some((at, index, step));
            }
        }
        due
    }
}

impl Voice {
    /// The end of a voice that sounds since `began`.
    fn end(&self, began: Wall) -> (Wall, Step) {
        let end = began + self.length;
        match self.cut {
            Some(cut) if cut < end => (cut, Step::End(Ending::Cut)),
            _ => (end, Step::End(Ending::Finished)),
        }
    }

    /// What happens next to a voice that has not begun; nothing while it waits for its lane.
    fn before(&self, start: Wall, first: bool, now: Wall) -> Option<(Wall, Step)> {
        let begin = start.max(now);
        match self.cut {
            Some(cut) if cut <= begin => Some((now, Step::End(Ending::Cut))),
            Some(cut) if !first => Some((cut, Step::End(Ending::Cut))),
            _ => first.then_some((begin, Step::Begin)),
        }
    }

    fn over(&self, at: Wall, ending: Ending) -> Notice {
        let error = |(began, start): (Wall, Wall)| -> SignedDuration { began.since(start) };
        Notice::Ended {
            voice: self.id,
            at: if self.began.is_some() { at - self.delay } else { at },
            played: self.began.map_or(Duration::ZERO, |began| at.after(began)),
            start_error: self.began.zip(self.start).map(error),
            ending,
        }
    }
}

impl Output for Counting {
    fn order(&mut self, voice: VoiceId, order: VoiceOrder) {
        match order {
            VoiceOrder::Prepare { zone, programme, skip } => self.prepare(voice, zone, &programme, skip),
            // It makes no samples.
            VoiceOrder::Level(_) => {}
            VoiceOrder::Start(at) => self.start(voice, at),
            VoiceOrder::Cut(at) => self.cut(voice, at),
        }
    }
}

impl Counting {
    fn prepare(&mut self, voice: VoiceId, zone: ZoneIx, programme: &Programme, skip: Duration) {
        if self.voices.iter().any(|known| known.id == voice) {
            return;
        }
        let Some(delay) = self.lanes.iter().find(|lane| lane.zone == zone).map(|lane| lane.delay) else {
            return self.notices.push(Notice::Failed(voice, OutputLane::none_here()));
        };
        if !programme.missing.is_empty() {
            let names = programme.missing.join(", ");
            let why = text!(
                "chưa có tệp âm thanh: {names}; hãy chép tệp vào audio/",
                "no sound is loaded for: {names}; copy the file into audio/",
            );
            return self.notices.push(Notice::Failed(voice, why));
        }
        let length = programme.length.saturating_sub(skip);
        self.voices.push(Voice { id: voice, zone, delay, length, start: None, cut: None, began: None });
        self.notices.push(Notice::Ready(voice));
    }

    fn start(&mut self, voice: VoiceId, at: Wall) {
        let Some(index) = self.voices.iter().position(|known| known.id == voice && known.began.is_none()) else {
            return;
        };
        // Behind every voice that was told so before it, where they start at one instant.
        let mut known = self.voices.remove(index);
        known.start = Some(at + known.delay);
        self.voices.push(known);
    }

    fn cut(&mut self, voice: VoiceId, at: Option<Wall>) {
        let Some(index) = self.voices.iter().position(|known| known.id == voice) else { return };
        let known = &mut self.voices[index];
        if known.began.is_some() {
            // A fade takes its time, unless the voice began within it.
            known.cut = Some(at.unwrap_or(self.now).max(self.now + FADE));
        } else if let (Some(at), Some(start)) = (at, known.start)
            && at > start.max(self.now)
        {
            known.cut = Some(at);
        } else {
            let known = self.voices.remove(index);
            self.notices.push(known.over(self.now, Ending::Cut));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::station::Channel;

    fn at(seconds: i64) -> Wall {
        Wall::from_secs(1_800_000_000 + seconds)
    }

    fn counting() -> Counting {
        let lane = |zone| OutputLane {
            zone: ZoneIx(zone),
            channel: Channel::Both,
            gain_db: 0.0,
            delay: Duration::ZERO,
            sent: None,
        };
        Counting::new(at(0), vec![lane(0), lane(1)])
    }

    fn start(counting: &mut Counting, voice: u64, zone: u16, start: i64, seconds: u64) {
        let length = Duration::from_secs(seconds);
        let programme = Programme { length, ..Programme::default() };
        counting.prepare(VoiceId(voice), ZoneIx(zone), &programme, Duration::ZERO);
        counting.start(VoiceId(voice), at(start));
    }

    fn ended(voice: u64, end: Wall, played: u64, error: Option<i64>, ending: Ending) -> Notice {
        let played = Duration::from_secs(played);
        Notice::Ended {
            voice: VoiceId(voice),
            at: end,
            played,
            start_error: error.map(SignedDuration::from_secs),
            ending,
        }
    }

    #[test]
    fn a_voice_lasts_as_long_as_its_programme() {
        let mut counting = counting();
        start(&mut counting, 1, 0, 10, 60);
        assert_eq!(counting.next_event(), Some(at(0)));
        assert_eq!(counting.advance(at(0)), [Notice::Ready(VoiceId(1))]);
        assert_eq!(counting.next_event(), Some(at(10)));
        assert_eq!(counting.advance(at(10)), [Notice::Started(VoiceId(1), at(10))]);
        assert_eq!(counting.next_event(), Some(at(70)));
        assert_eq!(counting.advance(at(30)), []);
        assert_eq!(counting.heard(VoiceId(1)), Some(Duration::from_secs(20)));
        assert_eq!(counting.advance(at(70)), [ended(1, at(70), 60, Some(0), Ending::Finished)]);
        assert_eq!(counting.next_event(), None);
    }

    #[test]
    fn a_lane_plays_one_voice_after_the_other_and_lanes_do_not_wait_for_each_other() {
        let mut counting = counting();
        start(&mut counting, 1, 0, 10, 60);
        start(&mut counting, 2, 0, 15, 10);
        start(&mut counting, 3, 1, 20, 10);
        let notices = counting.advance(at(1_000));
        assert_eq!(
            notices[3..],
            [
                Notice::Started(VoiceId(1), at(10)),
                Notice::Started(VoiceId(3), at(20)),
                ended(3, at(30), 10, Some(0), Ending::Finished),
                ended(1, at(70), 60, Some(0), Ending::Finished),
                Notice::Started(VoiceId(2), at(70)),
                ended(2, at(80), 10, Some(55), Ending::Finished),
            ]
        );
    }

    #[test]
    fn a_voice_that_is_told_later_and_starts_earlier_goes_first() {
        let mut counting = counting();
        start(&mut counting, 1, 0, 10, 60);
        start(&mut counting, 2, 0, 5, 20);
        let started = counting.advance(at(1_000)).into_iter().filter_map(|notice| match notice {
            Notice::Started(voice, from) => Some((voice.0, from)),
            _ => None,
        });
        assert_eq!(started.collect::<Vec<_>>(), [(2, at(5)), (1, at(25))]);
    }

    #[test]
    fn cuts_end_what_sounds_and_drop_what_does_not() {
        let mut counting = counting();
        start(&mut counting, 1, 0, 10, 60);
        start(&mut counting, 2, 0, 20, 60);
        start(&mut counting, 3, 1, 50, 60);
        counting.cut(VoiceId(3), Some(at(50)));
        counting.advance(at(15));
        counting.cut(VoiceId(2), Some(at(30)));
        counting.cut(VoiceId(1), Some(at(40)));
        assert_eq!(
            counting.advance(at(100)),
            [ended(2, at(30), 0, None, Ending::Cut), ended(1, at(40), 30, Some(0), Ending::Cut)]
        );
    }

    #[test]
    fn a_cut_now_takes_a_fade() {
        let mut counting = counting();
        start(&mut counting, 1, 0, 0, 60);
        counting.advance(at(10));
        counting.cut(VoiceId(1), None);
        assert_eq!(counting.next_event(), Some(at(10) + FADE));
    }

    #[test]
    fn a_year_of_voices_is_counted_in_no_time() {
        let mut counting = counting();
        let mut ends = 0;
        for hour in 0..8_760 {
            start(&mut counting, hour, (hour % 2) as u16, hour as i64 * 3_600, 600);
            while let Some(next) = counting.next_event() {
                ends += counting.advance(next).iter().filter(|notice| matches!(notice, Notice::Ended { .. })).count();
            }
        }
        assert_eq!(ends, 8_760);
    }
}
