use cpal::traits::{DeviceTrait, HostTrait};

use super::device::{find, format_rank};
use super::device_name::{DeviceName, is_alsa_worth_naming};
use super::device_text as say;
use crate::diag::Text;

/// Rates that cards are made for; a range that a device names is shown by those in it.
const RATES: [u32; 7] = [16_000, 22_050, 32_000, 44_100, 48_000, 96_000, 192_000];
/// Devices listed at most: a machine with more has been configured by somebody who knows them.
const MOST: usize = 64;
/// A sound device of this machine that a zone can play on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Playable {
    /// How `loa.toml` names it.
    pub name: DeviceName,
    /// What its maker, or the system, calls it.
    pub title: String,
    /// The most channels it has; 0 where that cannot be asked.
    pub channels: u16,
    /// The usual sample rates it takes, in Hz.
    pub rates: Vec<u32>,
    /// Why it cannot be played on at present: in use, no rights, no format.
    pub trouble: Option<Text>,
}

impl Playable {
    /// Ask one device what it can; an error where there is none of that name.
    pub fn ask(name: DeviceName) -> Result<Self, Text> {
        let device = find(&name)?;
        Ok(Self::of(name, &device))
    }

    fn of(name: DeviceName, device: &cpal::Device) -> Self {
        let title = device.description().map(|description| description.name().to_owned()).unwrap_or_default();
        let mut playable = Self { name, title, channels: 0, rates: Vec::new(), trouble: None };
        match device.supported_output_configs() {
            Ok(ranges) => {
                let ranges: Vec<_> = ranges.filter(|range| format_rank(range.sample_format()).is_some()).collect();
                playable.channels = ranges.iter().map(cpal::SupportedStreamConfigRange::channels).max().unwrap_or(0);
                let fits = |rate: &u32| {
                    ranges.iter().any(|range| (range.min_sample_rate()..=range.max_sample_rate()).contains(rate))
                };
                playable.rates = RATES.into_iter().filter(fits).collect();
                playable.trouble = ranges.is_empty().then(|| say::no_format(&playable.name));
            }
            Err(error) => playable.trouble = Some(say::cannot_open(&playable.name, &error)),
        }
        playable
    }
}

/// What this machine can play on: ALSA's default, each card by its own name, what an `asound.conf`
/// adds; and, with the feature `pulseaudio`, the sinks of the sound server. Makes no sound. May block
/// for as long as a device does.
pub fn playable() -> Vec<Playable> {
    let mut found = listed(cpal::HostId::Alsa, &DeviceName::Alsa, &is_alsa_worth_naming);
    #[cfg(feature = "pulseaudio")]
    found.extend(listed(cpal::HostId::PulseAudio, &DeviceName::Pulse, &|_| true));
    found.truncate(MOST);
    found
}

fn listed(host: cpal::HostId, name: &dyn Fn(String) -> DeviceName, keep: &dyn Fn(&str) -> bool) -> Vec<Playable> {
    let Ok(devices) = cpal::host_from_id(host).and_then(|host| host.devices()) else { return Vec::new() };
    let id = |device: cpal::Device| Some((device.id().ok()?.id().to_owned(), device));
    devices
        .filter(DeviceTrait::supports_output)
        .filter_map(id)
        .filter(|(id, _)| keep(id))
        .take(MOST)
        .map(|(id, device)| Playable::of(name(id), &device))
        // ALSA lists a default that leads nowhere even where there is no card.
        .filter(|playable| playable.trouble.is_none() || playable.name.is_card())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_cards_many_names_the_one_that_stays_is_listed() {
        for (id, listed) in [
            ("default", true),
            ("horn", true),
            ("null", false),
            ("jack", false),
            ("plughw:CARD=Device,DEV=0", true),
            ("plughw:CARD=0,DEV=0", false),
            ("hw:CARD=Device,DEV=0", false),
            ("surround51:CARD=Device,DEV=0", false),
        ] {
            assert_eq!(is_alsa_worth_naming(id), listed, "{id}");
        }
    }
}
