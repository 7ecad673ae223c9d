//! Stations and libraries for tests.

use std::collections::BTreeMap;
use std::time::Duration;

use super::{Facts, Fault, Library, Sound};
use crate::diag::text;
use crate::station::{Approval, Channel, OutputName, Station, Trust, Zone};

/// Files with their length in seconds; zero is a file that cannot play.
pub(crate) fn library(files: &[(&str, u64)]) -> Library {
    let sound = |(file, seconds): &(&str, u64)| {
        let facts = if *seconds == 0 {
            Err(Fault { code: "truncated".to_owned(), message: text!("bị cụt", "cut short") })
        } else {
            let (sha256, codec) = (format!("{file:0>64}"), "mp3".to_owned());
            Ok(Facts { sha256, frames: seconds * 48_000, rate: 48_000, channels: 1, codec })
        };
        ((*file).to_owned(), Sound { file: (*file).to_owned(), facts })
    };
    Library { sounds: files.iter().map(sound).collect() }
}

/// A station in Vietnam with this many zones: `thon-1`, `thon-2` ...
pub(crate) fn station(zones: u16) -> Station {
    let zone = |number: u16| Zone {
        id: format!("thon-{number}"),
        title: format!("Thôn {number}"),
        output: OutputName::Null,
        channel: Channel::Both,
        languages: vec!["vi".to_owned()],
        gain_db: 0.0,
        delay: Duration::ZERO,
        code: String::new(),
    };
    Station {
        name: "Đài thử".to_owned(),
        timezone: crate::calendar::sample::zone("Asia/Ho_Chi_Minh"),
        approval: Approval::None,
        zones: (1..=zones).map(zone).collect(),
        groups: BTreeMap::new(),
        trust: Trust::Always,
        console: None,
    }
}
