//! What stands behind the reasons of relays.

use jiff::civil::DateTime;

use super::words;
use crate::diag::{Text, text};

/// A stretch of a relay: which, from when to when, and what was heard instead where it was silent.
/// `dai-tinh: 2026-12-01 05:30:00..05:58:10: nhac-cho.mp3`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RelayStretch {
    /// The relay's id.
    pub relay: String,
    /// From when, in the station's time.
    pub from: DateTime,
    /// To when.
    pub to: DateTime,
    /// What was heard instead; empty where it was the relay itself, or silence.
    pub instead: String,
}

impl RelayStretch {
    pub(super) fn of(written: &str) -> Option<Self> {
        let (relay, rest) = written.split_once(": ")?;
        let (span, instead) = rest.split_once(": ").unwrap_or((rest, ""));
        let (from, to) = words::ends(span)?;
        Some(Self { relay: relay.to_owned(), from, to, instead: instead.to_owned() })
    }

    pub(super) fn written(&self) -> String {
        let Self { relay, from, to, instead } = self;
        let to = to.strftime(if from.date() == to.date() { "%T" } else { "%F %T" });
        let span = format!("{}..{to}", from.strftime("%F %T"));
        if instead.is_empty() { format!("{relay}: {span}") } else { format!("{relay}: {span}: {instead}") }
    }

    pub(super) fn said(&self) -> Text {
        let Self { relay, from, to, instead } = self;
        let Text { vi, en } = words::span(*from, *to);
        if instead.is_empty() {
            return text!("«{relay}» {vi}", "\"{relay}\" {en}");
        }
        text!("«{relay}» {vi}, phát thay: {instead}", "\"{relay}\" {en}, heard instead: {instead}")
    }
}

#[cfg(test)]
mod tests {
    use crate::reason::Reason;

    #[test]
    fn a_stretch_reads_back_as_it_is_written() {
        for (code, written) in [
            ("relayed", "dai-tinh: 2026-12-01 05:30:00..05:58:10"),
            ("relay_silent", "dai-tinh: 2026-12-01 23:58:10..2026-12-02 00:00:01: nhạc chờ.mp3"),
        ] {
            let whole = format!("{code}: {written}");
            let reason = Reason::from(whole.as_str());
            assert!(!matches!(reason, Reason::Unknown(_)), "{whole}");
            assert_eq!(reason.to_string(), whole);
        }
    }
}
