use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use jiff::civil::{Date, DateTime, Time};

use super::sentence::{both, clock, date, goes_first};
use super::{Airing, Audience, CARRY_MAX, Cause, PlanContext, Rival, Verdict, weekday_name};
use crate::calendar::{Calendar, day_of, weekday_of};
use crate::diag::{Text, text};
use crate::instant::Wall;
use crate::schedule::{Broadcast, DaySet, Recurrence, Schedule};
use crate::station::ZoneIx;

/// One occurrence, explained: whether it is due, whom it meets in each zone, what becomes of it.
#[derive(Clone, PartialEq, Debug)]
pub struct Why {
    /// What was asked about.
    pub broadcast: Arc<Broadcast>,
    /// The occurrence; where there is none, the instant that was asked about.
    pub at: Wall,
    /// What keeps it from being due then, every reason; empty where it is due.
    pub obstacles: Vec<Obstacle>,
    /// Its last occurrence before, within [`REACH_DAYS`].
    pub before: Option<Wall>,
    /// Its next occurrence after, within [`REACH_DAYS`].
    pub after: Option<Wall>,
    /// Where it is due, the zones that were asked about and hear it.
    pub zones: Vec<WhyZone>,
}

/// Something in a schedule by which a broadcast is not due.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Obstacle {
    /// The key that says so: `at`, `days`, `dates`, `lunar`, `cron`, `from`, `until`, `except`, `only`,
    /// `zones`; `rule` for anything else.
    pub key: &'static str,
    /// What it says.
    pub message: Text,
}

/// One zone's part of the story.
#[derive(Clone, PartialEq, Debug)]
pub struct WhyZone {
    /// What becomes of it here.
    pub airing: Airing,
    /// The lawful stretch that holds its time, if one does; up to [`Wall::MAX`] where it never ends.
    pub lawful: Option<Range<Wall>>,
    /// Every other airing within [`NEAR`] of it, in order of time.
    pub meets: Vec<Meeting>,
}

/// Another airing in the same minutes.
#[derive(Clone, PartialEq, Debug)]
pub struct Meeting {
    /// The other.
    pub airing: Airing,
    /// Whether both want to sound at the same time, and could.
    pub clash: bool,
    /// Whether the other goes first.
    pub first: bool,
    /// Why the one that goes first does.
    pub because: Text,
}

/// How far around an airing its neighbours are told of.
pub const NEAR: Duration = Duration::from_mins(10);

/// How far the occurrences before and after are sought: over the eight years without a 29 February
/// around 2100 and the like.
pub const REACH_DAYS: u32 = 366 * 9;

/// The steps of that search.
const STEPS: [u32; 4] = [8, 62, 400, REACH_DAYS];

const DAY: Duration = Duration::from_hours(24);

/// Explain the occurrence of `broadcast` at `at`, in those of its zones that are among `zones`. An instant on a full
/// minute also means an occurrence within that minute.
pub fn why(ground: &PlanContext<'_>, broadcast: &Arc<Broadcast>, at: Wall, zones: &[ZoneIx]) -> Why {
    let schedule = ground.schedule();
    let calendar = Calendar::new(ground.tz(), schedule, at - DAY, at + DAY);
    let found = near(&calendar, broadcast, at);
    let instant = found.unwrap_or(at);
    let here = zones.iter().any(|zone| broadcast.zones.contains(zone));
    let mut obstacles = if found.is_some() { Vec::new() } else { obstacles(ground, &calendar, broadcast, at) };
    if !here {
        obstacles.push(Obstacle {
            key: "zones",
            message: text!("mục này không phát ở cụm loa ấy", "it does not play in that zone"),
        });
    }
    let before = STEPS.iter().find_map(|days| {
        let from = instant - DAY * *days;
        Calendar::new(ground.tz(), schedule, from, instant).occurrences(broadcast, from, instant).pop()
    });
    let start = instant + Duration::from_nanos(1);
    let after = STEPS.iter().find_map(|days| {
        let to = instant + DAY * *days;
        let due = Calendar::new(ground.tz(), schedule, start, to).occurrences(broadcast, start, to);
        due.first().copied()
    });
    let mut told = Vec::new();
    if found.is_some() && here {
        // Twelve hours back: one that began then may still sound.
        let airings = ground.plan(instant - CARRY_MAX, instant + DAY);
        let own = airings.iter().filter(|airing| airing.scheduled == instant && airing.broadcast.id == broadcast.id);
        for airing in own.filter(|airing| zones.contains(&airing.zone)) {
            let lawful = ground.guard(airing.zone).stretch(airing.start);
            told.push(WhyZone { airing: airing.clone(), lawful, meets: meets(airing, &airings) });
        }
        told.sort_by_key(|zone| zone.airing.zone);
    }
    Why { broadcast: Arc::clone(broadcast), at: instant, obstacles, before, after, zones: told }
}

impl Why {
    /// Whether it sounds anywhere that was asked about.
    pub fn plays(&self) -> bool {
        self.zones.iter().any(|zone| matches!(zone.airing.verdict, Verdict::Play | Verdict::Wait))
    }
}

fn near(calendar: &Calendar, broadcast: &Broadcast, at: Wall) -> Option<Wall> {
    let minute = at.nanos().rem_euclid(60_000_000_000) == 0;
    let reach = if minute { Duration::from_mins(1) } else { Duration::from_secs(1) };
    calendar.occurrences(broadcast, at, at + reach).first().copied()
}

/// The order of precedence, as [`super::Job::precedence`] has it.
fn order(airing: &Airing) -> impl Ord + '_ {
    let Broadcast { class, order, .. } = &*airing.broadcast;
    let place = airing.broadcast.place().map(|place| (&place.file, place.line));
    (Reverse(*class), airing.scheduled, *order, place)
}

fn meets(own: &Airing, airings: &[Airing]) -> Vec<Meeting> {
    // It wants to sound from its time; one that does not play wanted to as well.
    let span = |airing: &Airing| {
        let length = airing.programme.length;
        (airing.scheduled, airing.end.max(airing.scheduled + length))
    };
    let (from, to) = span(own);
    let others = airings.iter().filter(|other| other.zone == own.zone && !std::ptr::eq(*other, own));
    let near = others.filter(|other| span(other).1 + NEAR >= from && span(other).0 <= to + NEAR);
    let rival = |airing: &Airing| Rival { broadcast: Arc::clone(&airing.broadcast), scheduled: airing.scheduled };
    let mut meets: Vec<Meeting> = near
        .map(|other| {
            let (begin, end) = span(other);
            let first = order(other) < order(own);
            let because = if first {
                goes_first(own, &rival(other), Audience::Files)
            } else {
                goes_first(other, &rival(own), Audience::Files)
            };
            Meeting {
                airing: other.clone(),
                clash: begin < to && from < end && competes(other) && competes(own),
                first,
                because,
            }
        })
        .collect();
    meets.sort_by_key(|meeting| meeting.airing.scheduled);
    meets
}

/// What a rule refuses, or what has no sound, stands in nobody's way.
fn competes(airing: &Airing) -> bool {
    match airing.verdict {
        Verdict::Play | Verdict::Wait => true,
        Verdict::Refuse | Verdict::Miss => matches!(airing.reason.as_deref(), Some(Cause::WaitExpired(_))),
    }
}

/// Without any condition but this time of day.
fn lifted(broadcast: &Broadcast, time: Time) -> Broadcast {
    Broadcast {
        recurrence: Recurrence::At { times: vec![time], days: DaySet::Weekdays(0x7f) },
        from: None,
        until: None,
        except: Vec::new(),
        except_at: Vec::new(),
        also: Vec::new(),
        only: Vec::new(),
        ..broadcast.clone()
    }
}

/// The occurrence is called off by itself.
fn push_single(broadcast: &Broadcast, at: DateTime, push: &mut impl FnMut(&'static str, Text)) {
    if broadcast.except_at.contains(&at) {
        push("except", text!("lần phát này đã bỏ riêng", "this one occurrence is excepted"));
    }
}

/// Every condition of the schedule by which nothing is due at `at`, each looked at by itself: all the
/// others are lifted, and the calendar is asked.
fn obstacles(ground: &PlanContext<'_>, calendar: &Calendar, broadcast: &Broadcast, at: Wall) -> Vec<Obstacle> {
    let tz = ground.tz();
    let local = at.zoned(tz);
    let (time, day) = (local.time(), date(at, tz));
    let lifted = lifted(broadcast, time);
    let due = |broadcast: &Broadcast| near(calendar, broadcast, at).is_some();
    let mut found = Vec::new();
    let mut push = |key, message| found.push(Obstacle { key, message });
    if let Some(first) = broadcast.from.filter(|first| *first > local.date()) {
        let vi = first.strftime("%d/%m/%Y");
        push("from", text!("chỉ phát từ ngày {vi}", "it plays from {first} on only"));
    }
    if let Some(last) = broadcast.until.filter(|last| *last < local.date()) {
        let vi = last.strftime("%d/%m/%Y");
        push("until", text!("chỉ phát đến hết ngày {vi}", "it plays until {last} only"));
    }
    let of_day = of_day(&broadcast.recurrence, local.date());
    match of_day.as_ref().unwrap_or(&broadcast.recurrence) {
        // The one was made one of a day above; the other stands in no file, and nobody asks after it.
        Recurrence::Week { .. } | Recurrence::Now => {}
        Recurrence::At { times, .. } if times.is_empty() => {
            let Text { vi, en } = weekday_name(at, tz);
            push("at", text!("`at` không có giờ nào cho {vi}", "`at` has no time for {en}"));
        }
        Recurrence::At { times, days } => {
            let every_day = Recurrence::At { times: times.clone(), days: DaySet::Weekdays(0x7f) };
            if !due(&Broadcast { recurrence: every_day, ..lifted.clone() }) {
                let said: Vec<String> = times.iter().map(|time| time.strftime("%H:%M:%S").to_string()).collect();
                let said =
                    said.iter().map(|time| time.strip_suffix(":00").unwrap_or(time)).collect::<Vec<_>>().join(", ");
                let asked = clock(at, tz);
                push("at", text!("giờ phát là {said}, không có {asked}", "its times are {said}, not {asked}"));
            }
            let this_time = Recurrence::At { times: vec![time], days: days.clone() };
            if !due(&Broadcast { recurrence: this_time, ..lifted.clone() }) {
                let name = weekday_name(at, tz);
                let key = match days {
                    DaySet::Dates(_) => "dates",
                    DaySet::Lunar(_) => "lunar",
                    _ => "days",
                };
                push(
                    key,
                    both(
                        format!("không phát vào {} {}", name.vi, day.vi),
                        format!("it does not play on {} {}", name.en, day.en),
                    ),
                );
            }
        }
        recurrence @ Recurrence::Cron(fields) => {
            if !due(&Broadcast { recurrence: recurrence.clone(), ..lifted.clone() }) {
                let (name, time) = (weekday_name(at, tz), clock(at, tz));
                push(
                    "cron",
                    both(
                        format!("biểu thức «{fields}» không rơi vào {time} {} {}", name.vi, day.vi),
                        format!("the expression \"{fields}\" does not fall on {time}, {} {}", name.en, day.en),
                    ),
                );
            }
        }
    }
    push_single(broadcast, local.datetime(), &mut push);
    for except in &broadcast.except {
        if !due(&Broadcast { except: vec![except.clone()], ..lifted.clone() }) {
            let named = names(ground.schedule(), calendar, except, local.date());
            push(
                "except",
                named.map_or_else(
                    || both(format!("trừ ngày {}", day.vi), format!("{} is excepted", day.en)),
                    |names| match except {
                        DaySet::Holidays => text!("nghỉ ngày lễ: {names}", "it keeps holidays: {names}"),
                        _ => text!("không phát vào ngày: {names}", "it does not play on: {names}"),
                    },
                ),
            );
        }
    }
    if !broadcast.only.is_empty() && !due(&Broadcast { only: broadcast.only.clone(), ..lifted.clone() }) {
        push(
            "only",
            both(
                format!("chỉ phát vào những ngày viết ở `only`, không có {}", day.vi),
                format!("it plays only on the days of `only`, not on {}", day.en),
            ),
        );
    }
    if found.is_empty() {
        // The hour does not exist on that day, or a condition that is not looked at above.
        found.push(Obstacle {
            key: "rule",
            message: text!("lịch của mục này không có lần phát nào lúc ấy", "its schedule has no occurrence then"),
        });
    }
    found
}

/// The times of one day, where `at` differs by weekday.
fn of_day(recurrence: &Recurrence, day: Date) -> Option<Recurrence> {
    let Recurrence::Week { times, days } = recurrence else { return None };
    let times = times[usize::from(weekday_of(day_of(day)))].clone();
    Some(Recurrence::At { times, days: days.clone() })
}

/// What the day that a set holds is called: the holidays of that day, or the set's own name.
fn names(schedule: &Schedule, calendar: &Calendar, set: &DaySet, day: Date) -> Option<String> {
    match set {
        DaySet::Named(name) => Some(name.clone()),
        DaySet::Holidays => {
            let day = day_of(day);
            let falls = |name: &str| calendar.days_of(&DaySet::Named(name.to_owned()), day, day).next().is_some();
            let names: BTreeSet<&str> = schedule.holidays.iter().map(|holiday| holiday.name.as_str()).collect();
            let names: Vec<&str> = names.into_iter().filter(|name| falls(name)).collect();
            (!names.is_empty()).then(|| names.join(", "))
        }
        _ => None,
    }
}
