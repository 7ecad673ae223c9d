//! The canonical form of a broadcast: one line for each thing that it says, in a fixed order, and none for what is as it is
//! unless written. `docs/decisions/0050-what-an-approval-binds.md` says what belongs to it and what does not.

use std::fmt::Write as _;
use std::time::Duration;

use cron::TimeUnitSpec;
use jiff::civil::Time;
use unicode_normalization::UnicodeNormalization as _;

use super::ApprovalDigest;
use crate::schedule::{
    Broadcast, Chime, Class, DaySet, IfInterrupted, IfMissed, Kind, Leap, Play, Recurrence, Schedule,
};
use crate::station::{Relay, RelayElse, Station, ZoneIx};

/// A sound as one zone hears it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct HeardSound<'a> {
    /// The zone's id.
    pub zone: &'a str,
    /// Its place among what the zone hears.
    pub place: usize,
    /// As it is written.
    pub name: &'a str,
    /// The digest of each file that plays for it, in the zone's languages; empty where none does.
    pub sha256: Vec<&'a str>,
}

/// The digest of what a broadcast means, with the sounds that it plays.
pub fn meaning(
    broadcast: &Broadcast,
    schedule: &Schedule,
    station: &Station,
    mut sounds: Vec<HeardSound<'_>>,
) -> ApprovalDigest {
    let mut heard = String::new();
    sounds.sort();
    for HeardSound { zone, place, name, sha256 } in sounds {
        line(&mut heard, zone, &format!("{place}\t{}\t{}", plain(name), sha256.join(",")));
    }
    ApprovalDigest::of(&said(broadcast, schedule, station), &heard)
}

/// All that it says.
fn said(broadcast: &Broadcast, schedule: &Schedule, station: &Station) -> String {
    // A key that is forgotten here could be changed behind an approval: the compiler asks for each. Where it is written, and
    // where its sounds are named, is none of its meaning.
    let Broadcast {
        id,
        title,
        campaign,
        zones,
        recurrence,
        from,
        until,
        except,
        except_at,
        also,
        only,
        kind,
        play,
        named: _,
        chime,
        bed,
        class,
        warrant,
        order,
        wait,
        if_missed,
        if_interrupted,
        origin: _,
    } = broadcast;
    let mut text = String::new();
    let mut say = |key: &str, value: &str| line(&mut text, key, value);
    say("id", &plain(id));
    say("title", &plain(title));
    lines(&mut say, "campaign", campaign.iter().map(|campaign| plain(campaign)));
    let zone = |ix: &ZoneIx| station.zones.get(usize::from(ix.0)).map_or("?", |zone| &zone.id);
    say("zones", &sorted(zones.iter().map(|ix| plain(zone(ix)))));
    when(recurrence, schedule, &mut say);
    lines(&mut say, "from", from.iter().map(ToString::to_string));
    lines(&mut say, "until", until.iter().map(ToString::to_string));
    // What only silences is named and not spelled out: a new year's holidays void no approval.
    lines(&mut say, "except", except.iter().map(|days| day_set(days, None)));
    lines(&mut say, "except at", except_at.iter().map(ToString::to_string));
    lines(&mut say, "also", also.iter().map(ToString::to_string));
    lines(&mut say, "only", only.iter().map(|days| day_set(days, Some(schedule))));
    match kind {
        Kind::Bulletin => {}
        Kind::Music => say("kind", "music"),
        Kind::Test => say("kind", "test"),
        Kind::Drill => say("kind", "drill"),
    }
    for play in play {
        match play {
            Play::Sound(name) => say("play", &plain(name)),
            Play::Music(name) => say("music", &plain(name)),
            Play::Chime(Chime::Rising) => say("chime", "rising"),
            Play::Chime(Chime::Falling) => say("chime", "falling"),
            Play::Chime(Chime::Alarm) => say("chime", "alarm"),
            Play::Chime(Chime::Sweep) => say("chime", "sweep"),
            Play::Pause(length) => say("pause", &span(*length)),
            Play::Relay(relay, length) => relayed(relay, *length, &mut say),
        }
    }
    lines(&mut say, "chime sound", chime.iter().map(|name| plain(name)));
    lines(&mut say, "bed", bed.iter().map(|name| plain(name)));
    match class {
        Class::Normal => {}
        Class::Priority => say("class", "priority"),
        Class::Emergency => say("class", "emergency"),
    }
    if let Some(warrant) = warrant {
        say("by", &plain(&warrant.by));
        say("why", &plain(&warrant.why));
    }
    if *order != 0 {
        say("order", &order.to_string());
    }
    say("wait", &span(*wait));
    match if_missed {
        IfMissed::Skip => {}
        IfMissed::Late(most) => say("late", &span(*most)),
        IfMissed::Join => say("if_missed", "join"),
    }
    match if_interrupted {
        IfInterrupted::Resume => {}
        IfInterrupted::Restart => say("if_interrupted", "restart"),
        IfInterrupted::Drop => say("if_interrupted", "drop"),
    }
    text
}

/// Whose sound it is, from where, for how long, and what is heard where it is silent. The address is part of a digest and of
/// nothing that is shown.
fn relayed(relay: &Relay, length: Duration, say: &mut dyn FnMut(&str, &str)) {
    say("relay", &plain(&relay.id));
    say("relay for", &span(length));
    for word in relay.source.words() {
        say(&format!("relay {}", relay.source.key()), &plain(word));
    }
    for other in &relay.otherwise {
        match other {
            RelayElse::Sound(name) => say("relay else", &plain(name)),
            RelayElse::Relay(id) => say("relay else relay", &plain(id)),
            RelayElse::Silence => say("relay else silence", ""),
        }
    }
}

fn when(recurrence: &Recurrence, schedule: &Schedule, say: &mut dyn FnMut(&str, &str)) {
    match recurrence {
        Recurrence::At { times, days } => {
            say("at", &moments(times));
            say("days", &day_set(days, Some(schedule)));
        }
        Recurrence::Week { times, days } => {
            for (day, times) in times.iter().enumerate() {
                say(&format!("at_{day}"), &moments(times));
            }
            say("days", &day_set(days, Some(schedule)));
        }
        Recurrence::Cron(cron) => {
            say("cron second", &units(cron.seconds()));
            say("cron minute", &units(cron.minutes()));
            say("cron hour", &units(cron.hours()));
            say("cron day", &units(cron.days_of_month()));
            say("cron month", &units(cron.months()));
            say("cron weekday", &units(cron.days_of_week()));
            say("cron year", &units(cron.years()));
        }
        Recurrence::Now => say("now", ""),
    }
}

fn units(units: &impl TimeUnitSpec) -> String {
    if units.is_all() { "*".to_owned() } else { sorted(units.iter().map(|unit| format!("{unit:04}"))) }
}

fn moments(times: &[Time]) -> String {
    sorted(times.iter().map(ToString::to_string))
}

/// Days, so that the same days in another order are the same. A name is followed to what it means where `schedule` is given.
fn day_set(days: &DaySet, schedule: Option<&Schedule>) -> String {
    match days {
        DaySet::Weekdays(bits) => format!("weekdays {:02x}", bits & 0x7f),
        DaySet::Dates(ranges) => {
            format!("dates {}", sorted(ranges.iter().map(|range| format!("{}..{}", range.first, range.last))))
        }
        DaySet::Lunar(lunar) => {
            let leap = if lunar.leap == Leap::Skip { " skip" } else { "" };
            format!("lunar {}{leap}", sorted(lunar.spans.iter().map(ToString::to_string)))
        }
        DaySet::Holidays => match schedule {
            Some(schedule) => format!("holidays ({})", named(schedule, None)),
            None => "holidays".to_owned(),
        },
        DaySet::Named(name) => match schedule {
            Some(schedule) => format!("named {} ({})", plain(name), named(schedule, Some(name))),
            None => format!("named {}", plain(name)),
        },
        DaySet::Any(sets) => format!("any [{}]", sorted(sets.iter().map(|days| day_set(days, schedule)))),
    }
}

/// What a name stands for: a `[days.NAME]`, and the holidays of that name, or all of them.
fn named(schedule: &Schedule, name: Option<&str>) -> String {
    let day_type = name.and_then(|name| schedule.day_types.get(name)).map(|day_type| {
        let end = |date: Option<jiff::civil::Date>| date.map(|date| date.to_string()).unwrap_or_default();
        format!("{} from {} until {}", day_set(&day_type.days, None), end(day_type.from), end(day_type.until))
    });
    let holidays = schedule.holidays.iter().filter(|holiday| name.is_none_or(|name| holiday.name == name));
    let holidays = holidays.map(|holiday| {
        let year = holiday.from_year.map(|year| format!(" from {year}")).unwrap_or_default();
        format!("{}{year}", day_set(&holiday.dates, None))
    });
    sorted(day_type.into_iter().chain(holidays))
}

fn lines(say: &mut dyn FnMut(&str, &str), key: &str, values: impl Iterator<Item = String>) {
    let mut values: Vec<String> = values.collect();
    values.sort_unstable();
    values.dedup();
    for value in &values {
        say(key, value);
    }
}

fn sorted(values: impl Iterator<Item = String>) -> String {
    let mut values: Vec<String> = values.collect();
    values.sort_unstable();
    values.dedup();
    values.join(", ")
}

fn span(length: Duration) -> String {
    format!("{}.{:09}", length.as_secs(), length.subsec_nanos())
}

/// As two keyboards write the same word.
fn plain(text: &str) -> String {
    text.nfc().collect()
}

/// What a person writes cannot make a line of its own.
fn line(text: &mut String, key: &str, value: &str) {
    let value = value.replace('\\', "\\\\").replace('\n', "\\n");
    let _ = writeln!(text, "{key}={value}");
}
