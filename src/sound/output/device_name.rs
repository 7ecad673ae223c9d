use crate::station::OutputName;

/// Where a [`Device`](super::Device) is found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum DeviceName {
    /// An ALSA name as `aplay -L` lists them; `default` is the system's choice.
    Alsa(String),
    /// A sink of a PulseAudio server, as `pactl list short sinks` lists them. Needs the feature
    /// `pulseaudio`.
    Pulse(String),
}

impl DeviceName {
    /// The device behind an output's name, where it is one.
    pub fn of(output: &OutputName) -> Option<Self> {
        match output {
            OutputName::Device(name) => Some(Self::Alsa(name.clone())),
            OutputName::Pulse(sink) => Some(Self::Pulse(sink.clone())),
            OutputName::Wav(_) | OutputName::Null | OutputName::Unusable => None,
        }
    }

    /// As `loa.toml` writes it after `output =`.
    pub fn written(&self) -> String {
        match self {
            Self::Alsa(name) => format!("device:{name}"),
            Self::Pulse(sink) => format!("pulse:{sink}"),
        }
    }

    /// It names a card of its own, not a choice of the system's.
    pub(super) fn is_card(&self) -> bool {
        matches!(self, Self::Alsa(name) if name.contains(':'))
    }

    pub(super) fn is_default(&self) -> bool {
        matches!(self, Self::Alsa(name) | Self::Pulse(name) if name == "default" || name.is_empty())
    }
}

/// ALSA's own tools, which lead to no card by themselves.
const PLUMBING: [&str; 9] = ["jack", "null", "lavrate", "samplerate", "speexrate", "speex", "upmix", "vdownmix", "oss"];

/// Names that say something: not the tools that every ALSA has, and of a card's dozen names the one that
/// converts whatever it is given and stays when the card is plugged in elsewhere.
pub(super) fn is_alsa_worth_naming(id: &str) -> bool {
    match id.split_once(':') {
        None => !PLUMBING.contains(&id),
        Some(("plughw", place)) => {
            let card = place.split(',').next().unwrap_or(place).trim_start_matches("CARD=");
            card.parse::<u32>().is_err()
        }
        Some(_) => false,
    }
}
