use std::collections::VecDeque;
use std::sync::Arc;

use super::Sounds;
use super::chain::{Limiter, LiveTone, Treatment};
use super::clip::Clip;
use crate::diag::{Text, text};
use crate::incoming::Tap;
use crate::instant::Rate;
use crate::plan::{Instead, Item};
use crate::station::Relay;
use crate::voice::{RelayHeard, RelayNews};

/// News that nobody has taken: more than these are not kept.
const NEWS_MOST: usize = 64;

/// A higher station in a programme, exactly as long as it is booked: its own sound while it has any, else what is to be heard
/// instead, in the order written. Goes over from one to the other in two hundredths of a second, and back as soon as it can.
///
/// Where there is nobody to fetch it ([`Sounds`] without a hub, as when a file is rendered) it is silent from the beginning.
#[expect(clippy::struct_excessive_bools, reason = "what it is, and how far it has come: no two make one state")]
pub(super) struct RelayItem {
    relay: Arc<str>,
    sources: Vec<Source>,
    /// Whether the first of the sources is the relay itself.
    is_live: bool,
    /// Which of them is heard; none yet, before the first sample.
    on: Option<usize>,
    sounds: Sounds,
    rate: Rate,
    tuning: Treatment,
    limiter: Limiter,
    block: Vec<f32>,
    ready: Vec<f32>,
    at: usize,
    /// Frames still to be heard, counted from when it began.
    left: u64,
    began: bool,
    /// Somebody speaks, as long as he does.
    is_voice: bool,
    /// He is done, or gone, and nothing more is made.
    over: bool,
    news: VecDeque<RelayNews>,
}

/// What may be heard.
enum Source {
    Tap { name: Arc<str>, tap: Box<Tap>, tone: Box<LiveTone> },
    Sound { item: Item, clip: Option<Box<Clip>>, over: bool },
    Silence,
}

impl RelayItem {
    pub(super) fn new(
        sounds: &Sounds,
        (relay, otherwise, frames): (&Relay, &[Instead], u64),
        rate: Rate,
        tuning: &Treatment,
    ) -> Self {
        let is_voice = relay.is_voice();
        let tap = |id: &str| {
            let hub = sounds.relays()?;
            let tap = Tap::new(if is_voice { hub.voice(id)? } else { hub.listen(id) }, rate)?;
            let tone = LiveTone::new(tuning.tone(), rate);
            Some(Source::Tap { name: Arc::from(id), tap: Box::new(tap), tone: Box::new(tone) })
        };
        let own = tap(&relay.id);
        let is_live = own.is_some();
        let instead = otherwise.iter().filter_map(|instead| match instead {
            Instead::Sound(item) => Some(Source::Sound { item: item.clone(), clip: None, over: false }),
            Instead::Relay(id) => tap(id),
            Instead::Silence => Some(Source::Silence),
        });
        Self {
            relay: Arc::from(relay.id.as_str()),
            sources: own.into_iter().chain(instead).chain([Source::Silence]).collect(),
            is_live,
            on: None,
            sounds: sounds.clone(),
            rate,
            tuning: tuning.clone(),
            limiter: Limiter::new(rate),
            block: vec![0.0; (rate.hz() / 100).max(1) as usize],
            ready: Vec::new(),
            at: 0,
            left: frames,
            began: !is_live,
            is_voice,
            over: is_voice && !is_live,
            news: VecDeque::new(),
        }
    }

    /// Its sound cannot be had ahead of its time.
    pub(super) const fn is_live(&self) -> bool {
        self.is_live
    }

    /// It ended before its time, as whoever spoke was done.
    pub(super) const fn is_cut_short(&self) -> bool {
        self.over
    }

    /// Whether somebody speaks, who hears himself.
    pub(super) const fn is_voice(&self) -> bool {
        self.is_voice
    }

    /// So much of it is over already.
    pub(super) fn skip(&mut self, frames: u64) {
        self.left = self.left.saturating_sub(frames);
    }

    /// It begins, and so many of the frames that were taken are heard.
    pub(super) fn begin(&mut self, frames: u64) {
        if !self.began {
            self.began = true;
            self.skip(frames);
            if let Some(Source::Tap { tap, .. }) = self.on.and_then(|place| self.sources.get_mut(place)) {
                tap.send(frames);
            }
        }
    }

    /// Before it begins: how many frames have come that are not to be held.
    pub(super) fn arrived(&mut self) -> usize {
        let wanted = self.choose();
        match &self.sources[wanted] {
            Source::Tap { tap, .. } if self.on == Some(wanted) => tap.surplus(),
            Source::Tap { tap, .. } => tap.block(),
            Source::Sound { .. } | Source::Silence => 0,
        }
    }

    /// What has changed in what is heard.
    pub(super) fn news(&mut self) -> Option<RelayNews> {
        self.news.pop_front()
    }

    /// Fills `out` from its start and gives the number of samples: less than asked only at the end.
    pub(super) fn fill(&mut self, out: &mut [f32]) -> usize {
        let most = if self.began { self.left.min(out.len() as u64) as usize } else { out.len() };
        let mut filled = 0;
        while filled < most {
            if self.at == self.ready.len() {
                if self.over {
                    break;
                }
                self.ready.clear();
                self.at = 0;
                self.make();
                continue;
            }
            let count = (self.ready.len() - self.at).min(most - filled);
            out[filled..filled + count].copy_from_slice(&self.ready[self.at..self.at + count]);
            self.at += count;
            filled += count;
        }
        if self.began {
            self.fade_out(&mut out[..filled]);
            self.left -= filled as u64;
            if self.left == 0 && filled > 0 {
                self.tell(RelayHeard::Over);
            }
        }
        filled
    }

    /// The last hundredth of a second, so that it does not end with a click.
    fn fade_out(&self, frames: &mut [f32]) {
        let length = self.block.len().max(1) as u64;
        for (left, sample) in (0..self.left).rev().zip(frames).filter(|(left, _)| *left < length) {
            *sample *= left as f32 / length as f32;
        }
    }

    /// The next block of what is to be heard now.
    fn make(&mut self) {
        if self.is_done() {
            return self.finish();
        }
        let wanted = self.choose();
        let mut block = std::mem::take(&mut self.block);
        if self.on == Some(wanted) && self.is_far_behind(wanted) {
            // It is heard before and after: no news.
            self.give(wanted, &mut block);
            fade(&mut block, |part| 1.0 - part);
            self.limiter.push(&block, &mut self.ready);
            if let Some(Source::Tap { tap, .. }) = self.sources.get_mut(wanted) {
                tap.skip();
            }
            self.give(wanted, &mut block);
            fade(&mut block, |part| part);
        } else if self.on == Some(wanted) {
            self.give(wanted, &mut block);
        } else {
            if let Some(old) = self.on {
                self.give(old, &mut block);
                fade(&mut block, |part| 1.0 - part);
                self.limiter.push(&block, &mut self.ready);
                self.leave(old);
            }
            self.enter(wanted);
            self.give(wanted, &mut block);
            fade(&mut block, |part| part);
        }
        self.limiter.push(&block, &mut self.ready);
        self.block = block;
    }

    /// More of it has come at once than is to be held.
    fn is_far_behind(&self, place: usize) -> bool {
        matches!(self.sources.get(place), Some(Source::Tap { tap, .. }) if tap.is_far_behind())
    }

    /// Whoever spoke is done, and all that came of him was given.
    fn is_done(&self) -> bool {
        match self.sources.first() {
            Some(Source::Tap { tap, .. }) if self.is_voice => tap.is_over(),
            _ => false,
        }
    }

    /// The last of somebody who spoke, faded out.
    fn finish(&mut self) {
        if let Some(on) = self.on.take() {
            let mut block = std::mem::take(&mut self.block);
            self.give(on, &mut block);
            fade(&mut block, |part| 1.0 - part);
            self.limiter.push(&block, &mut self.ready);
            self.limiter.finish(&mut self.ready);
            self.leave(on);
            self.block = block;
        }
        self.over = true;
    }

    /// The first of the sources that can be heard.
    fn choose(&self) -> usize {
        let can = |(place, source): (usize, &Source)| match source {
            Source::Tap { tap, .. } if self.on == Some(place) => tap.can_go_on(),
            Source::Tap { tap, .. } => tap.can_join(),
            Source::Sound { over, .. } => !over,
            Source::Silence => true,
        };
        self.sources.iter().enumerate().position(can).unwrap_or(self.sources.len() - 1)
    }

    fn enter(&mut self, place: usize) {
        let why = self.why();
        let Some(source) = self.sources.get_mut(place) else { return };
        let what: Arc<str> = match source {
            Source::Tap { name, tap, tone } => {
                tone.learn(&tap.join());
                if self.began {
                    tap.send(0);
                }
                Arc::clone(name)
            }
            Source::Sound { item, clip, .. } => {
                let recipe = self.tuning.recipe(item);
                *clip = Clip::open(&self.sounds, item, self.rate, recipe).ok().map(Box::new);
                Arc::from(item.source().map_or(item.name.as_str(), |(file, _)| file))
            }
            Source::Silence => Arc::from(""),
        };
        self.on = Some(place);
        let is_own = self.is_live && place == 0;
        self.tell(if is_own { RelayHeard::Own } else { RelayHeard::Instead { what, why } });
        if is_own {
            // The next time that it is silent, all begins anew.
            for source in &mut self.sources {
                if let Source::Sound { over, .. } = source {
                    *over = false;
                }
            }
        }
    }

    fn leave(&mut self, place: usize) {
        match self.sources.get_mut(place) {
            Some(Source::Tap { tap, .. }) => tap.leave(),
            Some(Source::Sound { clip, .. }) => *clip = None,
            Some(Source::Silence) | None => {}
        }
    }

    /// Fills `block` from a source; silence where it has no more.
    fn give(&mut self, place: usize, block: &mut [f32]) {
        match self.sources.get_mut(place) {
            Some(Source::Tap { tap, tone, .. }) => {
                if tap.give(block) {
                    tone.shape(block);
                }
            }
            Some(Source::Sound { clip, over, .. }) => {
                let mut filled = 0;
                while let Some(clip) = clip.as_mut().filter(|_| filled < block.len()) {
                    match clip.fill(&mut block[filled..]) {
                        Ok(0) | Err(_) => break,
                        Ok(count) => filled += count,
                    }
                }
                *over = filled < block.len();
                block[filled..].fill(0.0);
            }
            Some(Source::Silence) | None => block.fill(0.0),
        }
    }

    /// Why the relay itself is not heard.
    fn why(&self) -> Text {
        match self.sources.first() {
            Some(Source::Tap { tap, .. }) if self.is_live => tap.why(),
            _ => text!("không nối tới đài cấp trên", "the higher station is not fetched here"),
        }
    }

    fn tell(&mut self, heard: RelayHeard) {
        if self.news.len() < NEWS_MOST {
            self.news.push_back(RelayNews { relay: Arc::clone(&self.relay), heard });
        }
    }
}

/// From one end of the block to the other, `gain` of how far that is.
fn fade(block: &mut [f32], gain: impl Fn(f32) -> f32) {
    let length = block.len().max(1) as f32;
    for (at, sample) in block.iter_mut().enumerate() {
        *sample *= gain(at as f32 / length);
    }
}
