use std::time::Duration;

use super::decode::decode;
use super::listener::{RelayListener, gone};
use super::{hls, http, program};
use crate::diag::{Text, text};
use crate::incoming::wire::WireFrame;
use crate::station::{Relay, RelaySource};

/// Until it is tried again, doubled each time up to the longest: a server that is down is not stormed.
const AGAIN: Duration = Duration::from_millis(500);
const AGAIN_MOST: Duration = Duration::from_secs(8);
/// A source that ran so long was well.
const WELL: Duration = Duration::from_secs(20);
/// Held of a stream: a mobile network stands still for a second or two.
const STREAM_HOLD_MS: u32 = 2_500;
/// Held of a program: a pipe wavers little, and what it gets may come over a network.
const PROGRAM_HOLD_MS: u32 = 1_500;

/// Fetch one relay for as long as somebody listens.
pub(super) fn fetch(relay: &Relay, listener: &RelayListener, log: &(dyn Fn(&Text) + Send + Sync)) {
    let (title, from) = (&relay.title, relay.source.open_part());
    log(&text!("{title}: bắt đầu lấy tiếng từ {from}", "{title}: fetching {from}"));
    let mut again = AGAIN;
    let mut told = None;
    while !listener.is_over() {
        let began = listener.clock().mono();
        let ended = match &relay.source {
            RelaySource::Url(address) => {
                listener.say(&WireFrame::Hold(STREAM_HOLD_MS));
                http::stream(address).and_then(|(body, kind)| decode(body, &kind, listener))
            }
            RelaySource::Hls(address) => hls::play(address, listener),
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
        if listener.clock().mono().after(began) > WELL {
            (again, told) = (AGAIN, None);
        }
        listener.wait(again);
        again = (again * 2).min(AGAIN_MOST);
    }
    log(&text!("{title}: thôi lấy tiếng", "{title}: fetched no more"));
}
