use std::fmt;

/// What an alarm of a fleet is about. Written as one word, with a code after a colon where there is one.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum FleetCause {
    /// Most boxes of the fleet have gone silent: the centre's own server or line.
    Centre,
    /// Most boxes of a commune have gone silent at about the same time.
    Outage,
    /// Something will be silent at the next session, for this reason.
    SilentNext(String),
    /// Something was silent in the last session, for this reason.
    DidNotPlay(String),
    /// Nothing is known of a box past its own limit.
    Unknown,
    /// A journal's chain is broken.
    Break,
    /// A row came as two different ones.
    Other,
    /// Rows came of a box that was stolen.
    AfterLost,
    /// Two boxes speak with one key.
    Twin,
    /// What came in a box's name was not taken: it is none, or of a key that does not count.
    Rubbish,
    /// Two collectors take the rows of the same boxes into two databases.
    TwoCollectors,
    /// The centre's server has lost what the centre had sent.
    LostStreams,
    /// The centre's server has hardly any room for rows or sounds, or none.
    FullStreams,
    /// A schedule was refused, for this reason.
    Refused(String),
}

impl FleetCause {
    /// Out of what was written.
    pub fn read(written: &str) -> Option<Self> {
        let (word, code) = written.split_once(':').unwrap_or((written, ""));
        let code = code.to_owned();
        Some(match word {
            "centre" => Self::Centre,
            "outage" => Self::Outage,
            "silent_next" => Self::SilentNext(code),
            "did_not_play" => Self::DidNotPlay(code),
            "unknown" => Self::Unknown,
            "break" => Self::Break,
            "other" => Self::Other,
            "after_lost" => Self::AfterLost,
            "twin" => Self::Twin,
            "rubbish" => Self::Rubbish,
            "collectors" => Self::TwoCollectors,
            "streams" => Self::LostStreams,
            "full" => Self::FullStreams,
            "refused" => Self::Refused(code),
            _ => return None,
        })
    }

    /// It is closed by a person who has looked at it, and does not pass by itself: what is written down in the
    /// journals stays so, and so does a key that two boxes have, and what the server has lost.
    pub const fn stays(&self) -> bool {
        matches!(self, Self::Break | Self::Other | Self::Twin | Self::Rubbish | Self::LostStreams)
    }
}

impl fmt::Display for FleetCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (word, code) = match self {
            Self::Centre => ("centre", ""),
            Self::Outage => ("outage", ""),
            Self::SilentNext(code) => ("silent_next", code.as_str()),
            Self::DidNotPlay(code) => ("did_not_play", code.as_str()),
            Self::Unknown => ("unknown", ""),
            Self::Break => ("break", ""),
            Self::Other => ("other", ""),
            Self::AfterLost => ("after_lost", ""),
            Self::Twin => ("twin", ""),
            Self::Rubbish => ("rubbish", ""),
            Self::TwoCollectors => ("collectors", ""),
            Self::LostStreams => ("streams", ""),
            Self::FullStreams => ("full", ""),
            Self::Refused(code) => ("refused", code.as_str()),
        };
        if code.is_empty() { f.write_str(word) } else { write!(f, "{word}:{code}") }
    }
}
