use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use jiff::civil::{Date, DateTime, Time};
use serde::{Deserialize, Serialize};

use super::{CampaignTarget, Chime, DaySet, Law, Origin};
use crate::station::{Relay, ZoneIx};

/// Everything that `schedules/*.toml` says, checked.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Schedule {
    /// In file order: by file name, then by place in the file. Ids are unique.
    pub broadcasts: Vec<Arc<Broadcast>>,
    /// Those that are left out, as far as they can be read: a check looks for what else is wrong with them.
    pub faulty: Vec<Arc<Broadcast>>,
    /// Campaign id to what it is.
    pub campaigns: BTreeMap<String, Campaign>,
    /// Days that people rest or feast on.
    pub holidays: Vec<Holiday>,
    /// `[days.NAME]`, by name.
    pub day_types: BTreeMap<String, DayType>,
    /// Times of mourning, in file order.
    pub mourning: Vec<Mourning>,
    /// The law of the place, and of zones that have their own.
    pub rules: Law,
}

impl Schedule {
    /// Whether a `[days.NAME]` or a holiday bears this name.
    pub fn has_days(&self, name: &str) -> bool {
        self.day_types.contains_key(name) || self.holidays.iter().any(|holiday| holiday.name == name)
    }
}

/// An entry in a schedule file.
///
/// `Eq`, so that two schedules that share their `Arc`s are compared by pointer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Broadcast {
    /// Unique in the station.
    pub id: String,
    /// What people call it; the id unless written.
    pub title: String,
    /// The campaign it counts for.
    pub campaign: Option<String>,
    /// The zones it plays in, in the station's order; groups and "all" are resolved already.
    pub zones: Vec<ZoneIx>,
    /// On which days and at which times.
    pub recurrence: Recurrence,
    /// First day, inclusive.
    pub from: Option<Date>,
    /// Last day, inclusive.
    pub until: Option<Date>,
    /// Days it does not play on.
    pub except: Vec<DaySet>,
    /// Single occurrences that are called off, in the station's time: `except` with a time of day.
    pub except_at: Vec<DateTime>,
    /// Single occurrences beside the others, in the station's time, whatever the days say.
    pub also: Vec<DateTime>,
    /// It plays on no other days than these; empty: on every day.
    pub only: Vec<DaySet>,
    /// What it is in a time of mourning.
    pub kind: Kind,
    /// What it plays, in order; never empty.
    pub play: Vec<Play>,
    /// Where each sound of it is named, once, in order; none where nobody wrote it into a file.
    pub named: Vec<Named>,
    /// The sound of `audio/` that plays where `play` has a chime.
    pub chime: Option<String>,
    /// The music of `audio/` that sounds under what is spoken.
    pub bed: Option<String>,
    /// How urgent it is.
    pub class: Class,
    /// Who ordered an emergency, and why; none for anything else.
    pub warrant: Option<Arc<Warrant>>,
    /// Ties of class and start are settled by the lower number.
    pub order: i64,
    /// How long it may queue behind another airing; 10 minutes unless written.
    pub wait: Duration,
    /// What to do when its time passed while loa could not play.
    pub if_missed: IfMissed,
    /// What to do after a higher class interrupted it.
    pub if_interrupted: IfInterrupted,
    /// Where it comes from.
    pub origin: Origin,
}

/// A sound by the name that is written for it, and where.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Named {
    /// As it is written.
    pub name: String,
    /// Where; of several places the first.
    pub place: Place,
    /// Column from 1, counted in characters.
    pub column: usize,
    /// It is all that stands behind the `=`, and no element of a list.
    pub alone: bool,
}

/// What lets an emergency stand in a schedule.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Warrant {
    /// Who ordered it.
    pub by: String,
    /// For what.
    pub why: String,
}

/// Where something is written.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Place {
    /// Relative to the station: `schedules/thang-12.toml`.
    pub file: String,
    /// Line from 1.
    pub line: usize,
    /// Byte range in the file's text.
    pub span: Range<usize>,
}

impl Broadcast {
    /// Whether the lawful hours, days and sessions do not bind it: an emergency, and a test that somebody stands beside.
    pub fn passes_hours(&self) -> bool {
        self.class == Class::Emergency || self.kind == Kind::Test
    }
}

/// What a broadcast is to a time of mourning.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Kind {
    /// Speech: it plays.
    #[default]
    Bulletin,
    /// Music: it is silent.
    Music,
    /// A few tones that somebody ordered to hear which horns these are; never written in a file.
    Test,
    /// A drill that somebody ordered: it says of itself that it is one, and keeps the law; never written in a file.
    Drill,
}

/// How urgent a broadcast is (Circular 39/2020/TT-BTTTT).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Class {
    /// Thông thường: the commune chooses when.
    #[default]
    Normal,
    /// Ưu tiên: goes first, interrupts normal ones.
    Priority,
    /// Khẩn cấp: at once, over anything, at any hour.
    Emergency,
}

/// On which days and at which times of day.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Recurrence {
    /// `at` with `days`, `dates` or `lunar`.
    At {
        /// Local times, ascending, without doubles; never empty.
        times: Vec<Time>,
        /// The days.
        days: DaySet,
    },
    /// `at` with other times on some weekdays.
    Week {
        /// The times of Monday to Sunday, each ascending and without doubles; one day at least has some.
        times: Box<[Vec<Time>; 7]>,
        /// The days.
        days: DaySet,
    },
    /// `cron`: the cron crate's own fields, in civil time.
    Cron(Box<cron::Schedule>),
    /// Now, by order: no calendar has it.
    Now,
}

impl Recurrence {
    /// The days that are written beside the times; none for `cron`, nor for what was ordered.
    pub const fn days(&self) -> Option<&DaySet> {
        match self {
            Self::At { days, .. } | Self::Week { days, .. } => Some(days),
            Self::Cron(_) | Self::Now => None,
        }
    }
}

/// One thing that `play` names.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Play {
    /// A sound of `audio/`, by stem (or by its whole file name).
    Sound(String),
    /// The same, but music: left out in a time of mourning.
    Music(String),
    /// The chime.
    Chime(Chime),
    /// Silence of this length.
    Pause(Duration),
    /// A higher station, for this long.
    Relay(Arc<Relay>, Duration),
}

/// What to do when an airing's time passed while loa could not play.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum IfMissed {
    /// Nothing: it is missed.
    #[default]
    Skip,
    /// Play it whole, if it can still start within this length of its time.
    Late(Duration),
    /// Enter at the place where it would be by now.
    Join,
}

/// What to do after a higher class interrupted an airing.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum IfInterrupted {
    /// Go on where it was cut.
    #[default]
    Resume,
    /// Begin again.
    Restart,
    /// Leave it.
    Drop,
}

/// A campaign: a tag with a date range and a target.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Campaign {
    /// What people call it; the id unless written.
    pub title: String,
    /// First day, inclusive.
    pub from: Option<Date>,
    /// Last day, inclusive.
    pub until: Option<Date>,
    /// How often it should be heard: `3 per week`.
    pub target: Option<CampaignTarget>,
    /// Where it is written.
    pub place: Place,
}

/// `[[cancel]]`: days, or hours of days, in which nothing but an emergency sounds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Cancel {
    /// First day.
    pub first: Date,
    /// Last day, inclusive.
    pub last: Date,
    /// From when to when, in the station's time, where it is not all of those days.
    pub hours: Option<Range<DateTime>>,
    /// Why, as people are told; may be empty.
    pub why: String,
    /// Where it is written.
    pub place: Place,
}

/// A day, or days, that people rest or feast on; several may bear one name, as one for each year does.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Holiday {
    /// What people call it.
    pub name: String,
    /// When it is.
    pub dates: DaySet,
    /// It is kept from 1 January of this solar year on.
    pub from_year: Option<i16>,
    /// Where it is written.
    pub place: Place,
}

/// `[days.NAME]`: days that go by a name of their own, such as market days.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DayType {
    /// Which days; nothing in it is [`DaySet::Named`].
    pub days: DaySet,
    /// First day, inclusive.
    pub from: Option<Date>,
    /// Last day, inclusive.
    pub until: Option<Date>,
    /// Where it is written.
    pub place: Place,
}

/// A time of mourning: music is silent in it, bulletins are not.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Mourning {
    /// For whom, as people are told; may be empty.
    pub name: String,
    /// When it begins, in the station's time.
    pub from: DateTime,
    /// When it is over: the midnight after its last day, or the time written.
    pub until: DateTime,
}

/// The law of the place: a guard, when files are checked and again when sound is played.
#[derive(Clone, PartialEq, Debug)]
pub struct Rules {
    /// Nothing but `emergency` sounds outside these; of days that have none of their own in `hours_on`.
    pub hours: Hours,
    /// The hours of Monday to Sunday, where a day has its own.
    pub hours_on: [Option<Hours>; 7],
    /// Days, and hours, in which nothing but `emergency` sounds at all.
    pub cancelled: Vec<Arc<Cancel>>,
    /// Weekdays on which anything but `emergency` may sound: bit 0 is Monday.
    pub days: u8,
    /// Longest session, if it is limited.
    pub max_session: Option<Duration>,
    /// Most sessions of a zone in a day, if they are limited.
    pub max_sessions_per_day: Option<u32>,
    /// How much quieter or louder it is at some hours; where two overlap, the quieter holds.
    pub volume: Vec<Level>,
    /// Where each is written.
    pub places: RulePlaces,
}

/// Lawful hours of a day: ascending, merged, half-open ranges in seconds since local midnight,
/// each within 0..=86,400.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Hours(pub Vec<Range<u32>>);

/// How much is added to a zone's level at some hours.
#[derive(Clone, PartialEq, Debug)]
pub struct Level {
    /// Seconds since local midnight, half-open, within 0..=86,400.
    pub hours: Range<u32>,
    /// In dB; negative is quieter.
    pub db: f32,
}

/// Where each rule is written; `None` for one that is built in.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct RulePlaces {
    /// `hours`.
    pub hours: Option<Place>,
    /// `days`.
    pub days: Option<Place>,
    /// `max_session`.
    pub max_session: Option<Place>,
    /// What stands there cannot be read: the narrowest rule holds.
    pub is_session_narrowed: bool,
    /// `max_sessions_per_day`.
    pub max_sessions_per_day: Option<Place>,
    /// The same of that.
    pub are_sessions_narrowed: bool,
    /// `volume`.
    pub volume: Option<Place>,
}

impl Rules {
    /// The lawful hours of a weekday; 0 is Monday.
    pub fn hours_of(&self, weekday: u8) -> &Hours {
        self.hours_on.get(usize::from(weekday)).and_then(Option::as_ref).unwrap_or(&self.hours)
    }
}

impl Default for Rules {
    /// 05:00-21:00 every day: a forgotten rule wakes nobody.
    fn default() -> Self {
        Self {
            hours: Hours(std::iter::once(5 * 3600..21 * 3600).collect()),
            hours_on: [const { None }; 7],
            cancelled: Vec::new(),
            days: 0x7f,
            max_session: None,
            max_sessions_per_day: None,
            volume: Vec::new(),
            places: RulePlaces::default(),
        }
    }
}
