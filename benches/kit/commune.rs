//! A commune to plan: stations of any size, and broadcasts each day at times of their own.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::civil::Time;
use jiff::tz::TimeZone;
use loa::plan::{Facts, Library, Sound};
use loa::schedule::{
    Broadcast, Class, DaySet, IfInterrupted, IfMissed, Kind, Origin, Place, Play, Recurrence, Schedule,
};
use loa::station::{Approval, Channel, OutputName, SoundTarget, Station, Trust, Zone, ZoneIx};

pub(crate) fn station(zones: u16) -> Station {
    let zone = |number: u16| Zone {
        id: format!("thon-{number}"),
        title: format!("Thôn {number}"),
        output: OutputName::Null,
        channel: Channel::Both,
        languages: vec!["vi".to_owned()],
        gain_db: 0.0,
        tone: SoundTarget::default(),
        chime: None,
        delay: std::time::Duration::ZERO,
        amplifier: None,
        code: String::new(),
        contact: String::new(),
        phone: String::new(),
        place: loa::station::CapPlace::default(),
    };
    Station {
        name: "Đài".to_owned(),
        timezone: TimeZone::get("Asia/Ho_Chi_Minh").expect("the time zones are bundled"),
        approval: Approval::None,
        zones: (0..zones).map(zone).collect(),
        trust: Trust::Always,
        ..Station::default()
    }
}

pub(crate) fn library() -> Library {
    let facts = Facts {
        sha256: "0".repeat(64),
        frames: 45 * 48_000,
        rate: 48_000,
        channels: 1,
        codec: "mp3".to_owned(),
        loudness: None,
    };
    let sound = Sound { file: "tin.mp3".to_owned(), facts: Ok(facts) };
    Library { sounds: BTreeMap::from([(sound.file.clone(), sound)]), ..Library::default() }
}

/// Every day at a time of its own in the lawful hours.
pub(crate) fn broadcast(number: u32, zones: Vec<ZoneIx>) -> Broadcast {
    let minute = 5 * 60 + (number / 100 * 7 + number) % 950;
    let time = Time::new((minute / 60) as i8, (minute % 60) as i8, 0, 0).expect("a time of day");
    Broadcast {
        id: format!("muc-{number}"),
        title: format!("Mục {number}"),
        campaign: None,
        zones,
        recurrence: Recurrence::At { times: vec![time], days: DaySet::Weekdays(0x7f) },
        from: None,
        until: None,
        except: Vec::new(),
        except_at: Vec::new(),
        also: Vec::new(),
        only: Vec::new(),
        kind: Kind::Bulletin,
        play: vec![Play::Sound("tin".to_owned())],
        named: Vec::new(),
        chime: None,
        bed: None,
        class: if number.is_multiple_of(50) { Class::Priority } else { Class::Normal },
        warrant: None,
        order: 0,
        wait: Duration::from_mins(10),
        if_missed: IfMissed::Skip,
        if_interrupted: IfInterrupted::Resume,
        origin: Origin::Written(Place::default()),
    }
}

pub(crate) fn schedule(broadcasts: impl Iterator<Item = Broadcast>) -> Schedule {
    Schedule { broadcasts: broadcasts.map(Arc::new).collect(), ..Schedule::default() }
}
