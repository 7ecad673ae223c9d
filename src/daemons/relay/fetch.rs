use std::time::Duration;

use super::decode::decode;
use super::http::RelayWeb;
use super::listener::{RelayListener, gone};
use super::{hls, program};
use crate::authority::authorities;
use crate::diag::{Text, text};
use crate::incoming::wire::WireFrame;
use crate::site::Site;
use crate::station::{Relay, RelayAddress, RelaySource};

/// Until it is tried again, doubled each time up to the longest: a server that is down is not stormed.
const AGAIN: Duration = Duration::from_millis(500);
const AGAIN_MOST: Duration = Duration::from_secs(8);
/// A source that ran so long was well.
const WELL: Duration = Duration::from_secs(20);
/// One that comes faster than sound is nothing live, and will be none in a moment: it is left out for so long, doubled each
/// time up to the longest. One that went on for so long in between is another matter.
const LEFT_OUT: Duration = Duration::from_mins(2);
const LEFT_OUT_MOST: Duration = Duration::from_mins(30);
const LIVE_AGAIN: Duration = Duration::from_mins(15);
/// Held of a stream: a mobile network stands still for a second or two.
const STREAM_HOLD_MS: u32 = 2_500;
/// Held of a program: a pipe wavers little, and what it gets may come over a network.
const PROGRAM_HOLD_MS: u32 = 1_500;

/// Fetch one relay for as long as somebody listens.
pub(super) fn fetch(site: &Site, relay: &Relay, listener: &RelayListener, log: &(dyn Fn(&Text) + Send + Sync)) {
    let (title, from) = (&relay.title, relay.source.open_part());
    log(&text!("{title}: bắt đầu lấy tiếng từ {from}", "{title}: fetching {from}"));
    let mut pauses = Pauses::default();
    let mut told = None;
    // Read anew each time: whoever mends the file need not start this anew.
    let web = |address: &RelayAddress, is_endless| {
        let ca = format!("[relays.{}] ca", relay.id);
        authorities(site, address.ca(), &ca).map(|known| RelayWeb::new(is_endless, known, ca))
    };
    while !listener.is_over() {
        let began = listener.clock().mono();
        let ended = match &relay.source {
            RelaySource::Url(address) => {
                listener.say(&WireFrame::Hold(STREAM_HOLD_MS));
                web(address, true)
                    .and_then(|web| web.stream(address.whole()))
                    .and_then(|(body, kind)| decode(body, &kind, listener))
            }
            RelaySource::Hls(address) => web(address, false).and_then(|web| hls::play(address.whole(), web, listener)),
            RelaySource::LineIn(device) => {
                listener.say(&WireFrame::Hold(PROGRAM_HOLD_MS));
                program::capture(device, listener)
            }
            RelaySource::Command(words) => {
                listener.say(&WireFrame::Hold(PROGRAM_HOLD_MS));
                program::run(words, listener)
            }
            // Nobody is relayed who speaks by an order.
            RelaySource::Voice => Err(gone()),
        };
        if listener.is_over() {
            break;
        }
        let why = ended.err().unwrap_or_else(|| text!("luồng tiếng đã hết", "the stream has ended"));
        if told.as_ref() != Some(&why) {
            let Text { vi, en } = &why;
            log(&text!("{title}: {vi}", "{title}: {en}"));
            told = Some(why.clone());
        }
        listener.say(&WireFrame::Trouble(why));
        let lasted = listener.clock().mono().after(began);
        if lasted > WELL {
            told = None;
        }
        listener.wait(pauses.after(lasted, listener.was_too_fast()));
    }
    log(&text!("{title}: thôi lấy tiếng", "{title}: fetched no more"));
}

/// How long a source is left alone.
struct Pauses {
    again: Duration,
    left_out: Duration,
}

impl Default for Pauses {
    fn default() -> Self {
        Self { again: AGAIN, left_out: LEFT_OUT }
    }
}

impl Pauses {
    /// One that lasted so long has ended, by itself or because it came faster than sound.
    fn after(&mut self, lasted: Duration, was_too_fast: bool) -> Duration {
        if lasted > WELL {
            self.again = AGAIN;
        }
        if lasted > LIVE_AGAIN {
            self.left_out = LEFT_OUT;
        }
        let (pause, most) =
            if was_too_fast { (&mut self.left_out, LEFT_OUT_MOST) } else { (&mut self.again, AGAIN_MOST) };
        let now = *pause;
        *pause = (now * 2).min(most);
        now
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_faster_than_sound_is_left_out_for_minutes_and_what_is_down_is_tried_soon() {
        let mut pauses = Pauses::default();
        let mut after = |lasted, fast| pauses.after(Duration::from_secs(lasted), fast).as_millis();
        assert_eq!([after(1, false), after(1, false), after(1, false)], [500, 1_000, 2_000]);
        let minutes =
            [after(1, true), after(1, true), after(300, true), after(1, true), after(1, true), after(1, true)];
        assert_eq!(minutes, [2, 4, 8, 16, 30, 30].map(|minutes| minutes * 60_000));
        assert_eq!([after(30, false), after(1_000, true)], [500, 120_000]);
    }
}
