//! What stands behind the reasons of relays.

use jiff::civil::DateTime;

use super::words;
use crate::diag::{Text, text};

/// A stretch of a relay: which, from when to when, and what was heard instead where it was silent, and why it was.
/// `dai-tinh: 2026-12-01 05:30:00..05:58:10: nhac-cho.mp3 | máy chủ không trả lời | the server does not answer`.
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
    /// Why it was silent, as far as that was known; rows of older versions do not say.
    pub why: Option<Text>,
}

/// Between what was heard instead and why, and between the two languages of that.
const BETWEEN: &str = " | ";

impl RelayStretch {
    pub(super) fn of(written: &str) -> Option<Self> {
        let (relay, rest) = written.split_once(": ")?;
        let (span, instead) = rest.split_once(": ").unwrap_or((rest, ""));
        let (from, to) = words::ends(span)?;
        let (instead, why) = instead.split_once(BETWEEN).map_or((instead, None), |(instead, why)| (instead, Some(why)));
        let why = why.map(|why| why.split_once(BETWEEN).unwrap_or((why, why)));
        let why = why.map(|(vi, en)| Text { vi: vi.to_owned(), en: en.to_owned() });
        Some(Self { relay: relay.to_owned(), from, to, instead: instead.to_owned(), why })
    }

    pub(super) fn written(&self) -> String {
        let Self { relay, from, to, instead, why } = self;
        let to = to.strftime(if from.date() == to.date() { "%T" } else { "%F %T" });
        let span = format!("{}..{to}", from.strftime("%F %T"));
        let plain = |said: &str| said.replace(BETWEEN, ", ");
        match why {
            Some(Text { vi, en }) => {
                format!("{relay}: {span}: {instead}{BETWEEN}{}{BETWEEN}{}", plain(vi), plain(en))
            }
            None if instead.is_empty() => format!("{relay}: {span}"),
            None => format!("{relay}: {span}: {instead}"),
        }
    }

    pub(super) fn said(&self) -> Text {
        let Self { relay, from, to, instead, why } = self;
        let Text { vi, en } = words::span(*from, *to);
        let Text { vi, en } = if instead.is_empty() {
            text!("«{relay}» {vi}", "\"{relay}\" {en}")
        } else {
            text!("«{relay}» {vi}, phát thay: {instead}", "\"{relay}\" {en}, heard instead: {instead}")
        };
        match why {
            Some(why) => text!(why = why; "{vi} ({why})", "{en} ({why})"),
            None => text!("{vi}", "{en}"),
        }
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
            ("relay_silent", "dai-tinh: 2026-12-01 05:30:00..05:58:10: chờ.mp3 | mất: 404 | gone: 404"),
            ("relay_silent", "dai-tinh: 2026-12-01 05:30:00..05:58:10:  | mất sóng | gone"),
        ] {
            let whole = format!("{code}: {written}");
            let reason = Reason::from(whole.as_str());
            assert!(!matches!(reason, Reason::Unknown(_)), "{whole}");
            assert_eq!(reason.to_string(), whole);
        }
    }
}
