//! Broadcasts for tests, and instants as people write them.

use std::time::Duration;

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;

use crate::instant::Wall;
use crate::schedule::{
    Broadcast, Class, DateRange, DaySet, IfInterrupted, IfMissed, Kind, Origin, Place, Play, Recurrence,
};
use crate::station::ZoneIx;

/// Every day, in zone 0, playing the sound of its own name.
pub fn daily(id: &str, times: &[&str]) -> Broadcast {
    let mut times: Vec<Time> = times.iter().map(|time| time.parse().unwrap()).collect();
    times.sort_unstable();
    Broadcast {
        id: id.to_owned(),
        title: id.to_owned(),
        campaign: None,
        zones: vec![ZoneIx(0)],
        recurrence: Recurrence::At { times, days: DaySet::Weekdays(0x7f) },
        from: None,
        until: None,
        except: Vec::new(),
        except_at: Vec::new(),
        also: Vec::new(),
        only: Vec::new(),
        kind: Kind::Bulletin,
        play: vec![Play::Sound(id.to_owned())],
        named: Vec::new(),
        chime: None,
        bed: None,
        class: Class::Normal,
        warrant: None,
        order: 0,
        wait: Duration::from_mins(10),
        if_missed: IfMissed::Skip,
        if_interrupted: IfInterrupted::Resume,
        origin: Origin::Written(Place { file: "schedules/thu.toml".to_owned(), line: 1, span: 0..1 }),
    }
}

/// On these weekdays: bit 0 is Monday.
pub fn weekly(id: &str, times: &[&str], mask: u8) -> Broadcast {
    let mut broadcast = daily(id, times);
    if let Recurrence::At { days, .. } = &mut broadcast.recurrence {
        *days = DaySet::Weekdays(mask);
    }
    broadcast
}

/// After a cron expression.
pub fn cron(id: &str, expression: &str) -> Broadcast {
    let recurrence = Recurrence::Cron(Box::new(expression.parse().unwrap()));
    Broadcast { recurrence, ..daily(id, &["00:00"]) }
}

/// `2026-12-01`.
pub fn day(written: &str) -> Date {
    written.parse().unwrap()
}

/// Both days included.
pub fn range(first: &str, last: &str) -> DateRange {
    DateRange { first: day(first), last: day(last) }
}

/// A time zone by name.
pub fn zone(name: &str) -> TimeZone {
    TimeZone::get(name).unwrap()
}

/// `2026-12-01T05:00`, in a time zone.
pub fn at(written: &str, tz: &TimeZone) -> Wall {
    written.parse::<DateTime>().unwrap().to_zoned(tz.clone()).unwrap().timestamp().into()
}
