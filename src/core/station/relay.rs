use std::fmt;
use std::path::{Path, PathBuf};

use crate::diag::fold;

/// A higher station whose sound is taken over: `[relays.ID]` of `loa.toml`.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Relay {
    /// The key in `[relays.ID]`.
    pub id: String,
    /// What people call it; the id unless written.
    pub title: String,
    /// Where its sound comes from.
    pub source: RelaySource,
    /// What is heard while it is silent, in this order; behind the last of them it is silence.
    pub otherwise: Vec<RelayElse>,
}

/// Where the sound of a higher station comes from.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum RelaySource {
    /// A stream over HTTP: Icecast, and whatever answers like it.
    Url(RelayAddress),
    /// A playlist of segments.
    Hls(RelayAddress),
    /// A capture device of this machine, by its ALSA name: the line-in that a receiver is plugged into.
    LineIn(String),
    /// A program whose output is sound: 16-bit samples, little-endian, one channel, 48,000 a second.
    Command(Vec<String>),
    /// A person who speaks now, by an order: nothing is fetched, and it is written in no file.
    Voice,
}

/// An address on the network. It may have a password in it: no log, no page and no message shows that.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct RelayAddress {
    written: String,
    ca: Option<PathBuf>,
}

/// What is heard in place of a relay that is silent.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum RelayElse {
    /// A sound of `audio/`, once.
    Sound(String),
    /// Another relay.
    Relay(String),
    /// Nothing.
    Silence,
}

impl RelayAddress {
    /// As it is written.
    pub(super) const fn new(written: String) -> Self {
        Self { written, ca: None }
    }

    /// Its server is believed by the authorities of this file alone.
    pub(super) fn certified_by(self, ca: PathBuf) -> Self {
        Self { ca: Some(ca), ..self }
    }

    /// All of it, for whoever fetches it.
    pub fn whole(&self) -> &str {
        &self.written
    }

    /// The authorities (PEM) whose certificate its server has, beside `loa.toml`; those that everybody knows where none are named.
    pub fn ca(&self) -> Option<&Path> {
        self.ca.as_deref()
    }

    /// As much of it as everybody may read: no user, no password, and nothing behind a question mark.
    pub fn open_part(&self) -> String {
        let (scheme, rest) = self.written.split_once("://").unwrap_or(("", &self.written));
        let rest = rest.split(['?', '#']).next().unwrap_or_default();
        let (host, path) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
        let host = host.rsplit('@').next().unwrap_or_default();
        format!("{scheme}://{host}{path}")
    }
}

impl fmt::Debug for RelayAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.open_part())
    }
}

impl RelaySource {
    /// The key under which it is written.
    pub const fn key(&self) -> &'static str {
        match self {
            Self::Url(_) => "url",
            Self::Hls(_) => "hls",
            Self::LineIn(_) => "line-in",
            Self::Command(_) => "command",
            Self::Voice => "voice",
        }
    }

    /// What of it everybody may read.
    pub fn open_part(&self) -> String {
        match self {
            Self::Url(address) | Self::Hls(address) => address.open_part(),
            Self::LineIn(device) => device.clone(),
            // Its words may have a password among them.
            Self::Command(words) => words.first().cloned().unwrap_or_default(),
            Self::Voice => String::new(),
        }
    }

    /// All that an approval binds: each word of it.
    pub fn words(&self) -> Vec<&str> {
        match self {
            Self::Url(address) | Self::Hls(address) => vec![address.whole()],
            Self::LineIn(device) => vec![device],
            Self::Command(words) => words.iter().map(String::as_str).collect(),
            Self::Voice => Vec::new(),
        }
    }
}

impl Relay {
    /// Somebody who speaks now, known by this name where his sound comes in.
    pub fn of_voice(id: &str) -> Self {
        Self { id: id.to_owned(), title: id.to_owned(), source: RelaySource::Voice, otherwise: Vec::new() }
    }

    /// Whether it is somebody who speaks now.
    pub const fn is_voice(&self) -> bool {
        matches!(self.source, RelaySource::Voice)
    }
}

impl RelayElse {
    /// What somebody means by one word of `else`.
    pub(super) fn of_word(written: &str) -> Self {
        match fold(written).as_str() {
            "silence" | "imlang" | "lang" | "khong" | "none" => Self::Silence,
            _ => Self::Sound(written.to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_secret_of_an_address_is_shown() {
        for (whole, open) in [
            ("http://source:hackme@radio.vn:8000/live.mp3?token=abc#x", "http://radio.vn:8000/live.mp3"),
            ("https://a:b@c@radio.vn", "https://radio.vn"),
            ("https://radio.vn/?k=http://u:p@x/", "https://radio.vn/"),
        ] {
            let address = RelayAddress::new(whole.to_owned());
            assert_eq!(address.open_part(), open);
            assert_eq!(format!("{:?}", RelaySource::Hls(address)), format!("Hls({open})"));
        }
    }
}
