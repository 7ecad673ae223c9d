//! Stations and libraries for tests.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::tz::TimeZone;

use super::{Facts, Fault, Library, Sound};
use crate::diag::text;
use crate::instant::Wall;
use crate::schedule::Rules;
use crate::station::{Approval, Channel, OutputName, Station, Trust, Zone};

/// Files with their length in seconds; zero is a file that cannot play.
pub fn library(files: &[(&str, u64)]) -> Library {
    let sound = |(file, seconds): &(&str, u64)| {
        let facts = if *seconds == 0 {
            Err(Fault { code: "truncated".to_owned(), message: text!("bị cụt", "cut short") })
        } else {
            let (sha256, codec) = (format!("{file:0>64}"), "mp3".to_owned());
            Ok(Facts { sha256, frames: seconds * 48_000, rate: 48_000, channels: 1, codec, loudness: None })
        };
        ((*file).to_owned(), Sound { file: (*file).to_owned(), facts })
    };
    Library { sounds: files.iter().map(sound).collect(), ..Library::default() }
}

/// What in a zone's sounds (from, to, whether an emergency) is against the rule of sessions, worked out
/// another way than the plan does: on a clock that stands still while an emergency sounds.
pub fn broken_sessions(mut sounds: Vec<(Wall, Wall, bool)>, rules: &Rules, tz: &TimeZone) -> Vec<String> {
    sounds.sort_unstable();
    // A silence that was planned as five minutes is short of them by as much as the sound before it ended late.
    let as_measured = broken_with(&sounds, Duration::ZERO, rules, tz);
    if as_measured.is_empty() { as_measured } else { broken_with(&sounds, LATE, rules, tz) }
}

/// A fade takes 5 ms, and a start may be as much late.
const LATE: Duration = Duration::from_millis(20);

fn broken_with(sounds: &[(Wall, Wall, bool)], late: Duration, rules: &Rules, tz: &TimeZone) -> Vec<String> {
    let emergencies: Vec<(Wall, Wall)> =
        sounds.iter().filter(|sound| sound.2).map(|(from, to, _)| (*from, *to)).collect();
    let stopped = |at: Wall| -> Duration { emergencies.iter().map(|(from, to)| at.min(*to).after(*from)).sum() };
    let mut sessions: Vec<(Wall, Wall, Wall)> = Vec::new();
    for (from, to, _) in sounds.iter().filter(|sound| !sound.2) {
        let (begin, end) = (*from - stopped(*from), *to - stopped(*to));
        match sessions.last_mut().filter(|(_, _, last)| begin + late < *last + Duration::from_mins(5)) {
            Some((.., last)) => *last = end.max(*last),
            None => sessions.push((*from, begin, end)),
        }
    }
    let mut broken = Vec::new();
    let mut days: BTreeMap<jiff::civil::Date, u32> = BTreeMap::new();
    for (from, begin, end) in sessions {
        *days.entry(from.zoned(tz).date()).or_default() += 1;
        if rules.max_session.is_some_and(|longest| end.after(begin) > longest + LATE) {
            broken.push(format!("{from:?} lasts {:?}", end.after(begin)));
        }
    }
    let many = days.into_iter().filter(|(_, count)| rules.max_sessions_per_day.is_some_and(|most| *count > most));
    broken.extend(many.map(|(day, count)| format!("{day} has {count}")));
    broken
}

/// A station in Vietnam with this many zones: `thon-1`, `thon-2` ...
pub fn station(zones: u16) -> Station {
    let zone = |number: u16| Zone {
        id: format!("thon-{number}"),
        title: format!("Thôn {number}"),
        output: OutputName::Null,
        channel: Channel::Both,
        languages: vec!["vi".to_owned()],
        gain_db: 0.0,
        tone: crate::station::SoundTarget::default(),
        chime: None,
        delay: Duration::ZERO,
        amplifier: None,
        code: String::new(),
        contact: String::new(),
        phone: String::new(),
        place: crate::station::CapPlace::default(),
    };
    Station {
        name: "Đài thử".to_owned(),
        proof: Vec::new(),
        speech_words: Vec::new(),
        timezone: crate::calendar::sample::zone("Asia/Ho_Chi_Minh"),
        language: None,
        approval: Approval::None,
        has_misplaced_rules: false,
        zones: (1..=zones).map(zone).collect(),
        groups: BTreeMap::new(),
        trust: Trust::Always,
        console: None,
        certificate: None,
        shows_metrics: false,
        is_public: false,
        speech: None,
        talk_most: crate::station::DEFAULT_TALK,
        bundle: crate::station::BundleRoots::default(),
        courier_tell: None,
        emergency: crate::station::Emergency::default(),
        link: crate::station::LinkSettings::default(),
        cap: crate::station::CapSettings::default(),
        fleet: None,
        letterhead: crate::station::Letterhead::default(),
        relays: BTreeMap::new(),
        bad_relays: BTreeSet::new(),
        kept: crate::station::KeptLimits::default(),
    }
}
