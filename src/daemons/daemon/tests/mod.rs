//! The player on the simulated stage: what the journal says of a day with mishaps.

mod alarm;
mod approval;
mod asked;
mod bench;
mod delay;
mod faults;
mod late;
mod mourning;
mod order;
mod outage;
mod power;
mod promises;
mod property;
mod queue;
mod relayed;
mod rule;
mod session;
mod trust;
mod turn;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;

use crate::calendar::sample::{at, daily};
use crate::clock::Clock;
use crate::daemon::{Mishap, Sim, Stage, turn};
use crate::fact::{Entry, EntryKind, Record};
use crate::instant::Now;
use crate::instant::{Mono, Wall};
use crate::journal::{Filter, Journal};
use crate::output::{Counting, OutputLane};
use crate::plan::Heard;
use crate::plan::sample::{library, station};
use crate::player::{Action, Event, Player, Request, Snapshot, World};
use crate::reason::Reason;
use crate::schedule::{Broadcast, Class, Hours, Rules, Schedule};
use crate::station::{Channel, ZoneIx};
use crate::voice::{Notice, VoiceOrder};

/// More turns than any day of these tests needs: a loop that takes more does not end.
const TURNS_MOST: usize = 20_000;

/// What a life of the daemon did and was told, by both clocks.
#[derive(Default)]
struct Life {
    seen: Vec<(Mono, Wall, Seen)>,
}

#[derive(Clone, Debug)]
enum Seen {
    Did(Action),
    Told(Notice),
    /// The wall clock has stepped, from this.
    Stepped(Wall),
}

/// What a stage was told and told.
#[derive(Default)]
struct Log {
    turns: usize,
    lives: Vec<Life>,
    last: Option<Now>,
    days: usize,
    actions: Vec<(Wall, Action)>,
    notices: Vec<(Mono, Wall, Notice)>,
    done: bool,
}

struct Watched<'a> {
    sim: Sim<'a>,
    log: &'a mut Log,
}

impl Watched<'_> {
    /// A person's word comes with what the journal has.
    fn informed(&mut self, event: Event) -> Event {
        match event {
            Event::Confirm { by, settled } if settled.is_empty() => {
                let rows = self.sim.outcomes_since(self.sim.clock().wall() - Duration::from_hours(48));
                let named = rows.into_iter().filter_map(|row| {
                    let zone = row.zone?.strip_prefix("thon-")?.parse::<u16>().ok()?;
                    Some((ZoneIx(zone - 1), row.planned?, row.broadcast?))
                });
                Event::Confirm { by, settled: named.collect() }
            }
            event => event,
        }
    }

    fn note(&mut self, seen: Seen) {
        let now = (self.clock().mono(), self.clock().wall());
        if self.log.lives.is_empty() {
            self.log.lives.push(Life::default());
        }
        self.log.lives.last_mut().unwrap().seen.push((now.0, now.1, seen));
    }
}

impl Stage for Watched<'_> {
    fn clock(&self) -> &dyn Clock {
        self.sim.clock()
    }

    fn next(&mut self, deadline: Option<Wall>) -> Option<Event> {
        self.log.turns += 1;
        assert!(
            self.log.turns < TURNS_MOST * (1 + self.log.days),
            "the loop does not end; deadline {deadline:?}, now {:?}",
            self.clock().wall()
        );
        let event = self.sim.next(deadline).map(|event| self.informed(event));
        let now = Now { wall: self.clock().wall(), mono: self.clock().mono() };
        // After a power cut the clock has gone on in the dark.
        if let Some(last) = self.log.last.replace(now).filter(|_| event.is_some()) {
            let expected = last.wall + now.mono.after(last.mono);
            if expected != now.wall {
                self.note(Seen::Stepped(expected));
            }
        }
        if let Some(Event::Notice(notice)) = &event {
            self.note(Seen::Told(notice.clone()));
        }
        if let Some(Event::Notice(notice)) = &event {
            self.log.notices.push((self.clock().mono(), self.clock().wall(), notice.clone()));
        }
        event
    }

    fn perform(&mut self, action: Action) {
        self.log.done |= matches!(action, Action::Done);
        self.log.actions.push((self.clock().wall(), action.clone()));
        self.note(Seen::Did(action.clone()));
        self.sim.perform(action);
    }

    fn publish(&mut self, look: &dyn Fn() -> Snapshot) {
        look();
    }
}

/// A day as it was played.
struct Day {
    world: World,
    journal: Journal,
    log: Log,
}

/// 1 December 2026, in Vietnam.
fn clock(time: &str) -> Wall {
    at(&format!("2026-12-01T{time}"), &station(1).timezone)
}

fn world(zones: u16, broadcasts: Vec<Broadcast>, hours: &[(u32, u32)], minutes: &[(&str, u64)]) -> World {
    let hours = Hours(hours.iter().map(|(from, to)| from * 60..to * 60).collect());
    let rules = Rules { hours, ..Rules::default() };
    let broadcasts = broadcasts.into_iter().map(Arc::new).collect();
    let files: Vec<(String, u64)> = minutes.iter().map(|(name, long)| (format!("{name}.mp3"), long * 60)).collect();
    let library = library(&files.iter().map(|(file, long)| (file.as_str(), *long)).collect::<Vec<_>>());
    World {
        station: Arc::new(station(zones)),
        schedule: Arc::new(Schedule { broadcasts, rules: rules.into(), ..Schedule::default() }),
        library: Arc::new(library),
    }
}

/// One zone, lawful from 05:00 to 06:30; `a` lasts ten minutes, `b` five, `c` one.
fn simple(broadcasts: Vec<Broadcast>) -> World {
    world(1, broadcasts, &[(300, 390)], &[("a", 10), ("b", 5), ("c", 1)])
}

fn play(world: &World, from: Wall, to: Wall, newest: Wall, mishaps: Vec<(Duration, Mishap)>) -> Day {
    play_after(&[], world, from, to, newest, mishaps)
}

/// The same on a station whose first zone has heard something before it was switched on.
fn play_after(
    heard: &[Heard],
    world: &World,
    from: Wall,
    to: Wall,
    newest: Wall,
    mishaps: Vec<(Duration, Mishap)>,
) -> Day {
    let mut journal = Journal::in_memory(from, &world.station.timezone).unwrap();
    let delay = |zone: u16| world.station.zones[usize::from(zone)].delay;
    let lane =
        |zone| OutputLane { zone: ZoneIx(zone), channel: Channel::Both, gain_db: 0.0, delay: delay(zone), sent: None };
    let mut output = Counting::new(from, (0..world.station.zones.len() as u16).map(lane).collect());
    let mut player = Player::new_until(world.clone(), Now { wall: from, mono: Mono::default() }, newest, to);
    for heard in heard {
        player.already_heard(ZoneIx(0), *heard);
    }
    let mut log = Log { days: (to.after(from).as_secs() / 86_400) as usize, ..Log::default() };
    let sim = Sim::new(from, None, &mut output, &mut journal).with_mishaps(mishaps);
    let mut stage = Watched { sim, log: &mut log };
    loop {
        turn(&mut player, &mut stage);
        match stage.sim.wake(world, to).unwrap() {
            Some(next) => player = next,
            None => break,
        }
        stage.log.lives.push(Life::default());
        // What the clock did in the dark is no step to the next life.
        stage.log.last = None;
    }
    stage.sim.finish().unwrap();
    assert!(log.done, "everything ends with Done");
    Day { world: world.clone(), journal, log }
}

impl Day {
    fn airings(&self) -> Vec<Entry> {
        let filter = Filter { kind: Some(EntryKind::Airing), ..Filter::default() };
        self.journal.select(&filter).unwrap()
    }

    /// A row that does not say why not all was heard.
    fn unexplained(&self) -> Option<Entry> {
        let all_heard = |row: &Entry| row.outcome == Some(crate::fact::Outcome::Played);
        let says = |row: &Entry| row.reason.is_some();
        self.airings().into_iter().find(|row| !all_heard(row) && !says(row))
    }

    /// The journal's name of an airing that was given two outcomes.
    fn told_twice(&self) -> Option<String> {
        let mut told = std::collections::BTreeSet::new();
        self.log.actions.iter().find_map(|(_, action)| match action {
            Action::Record(Record::Finish { key, .. }) if !told.insert(key) => Some(key.clone()),
            _ => None,
        })
    }

    /// The reasons of notes, in the order of the journal.
    fn notes(&self) -> Vec<String> {
        let filter = Filter { kind: Some(EntryKind::Note), ..Filter::default() };
        self.journal.select(&filter).unwrap().into_iter().filter_map(|entry| entry.reason_text()).collect()
    }

    /// `thon-1 a 05:00:00 > 05:00:00-05:10:00 played 600 reason`, in the order of the journal.
    fn lines(&self) -> Vec<String> {
        let tz = &self.world.station.timezone;
        let short = |at: Option<Wall>| at.map_or("-".to_owned(), |at| at.zoned(tz).strftime("%H:%M:%S").to_string());
        let line = |entry: Entry| {
            let reason = entry.reason_text().unwrap_or_default();
            format!(
                "{} {} > {}-{} {} {:.0} {}",
                entry.broadcast.unwrap_or_default(),
                short(entry.planned),
                short(entry.started),
                short(entry.ended),
                format!("{:?}", entry.outcome.unwrap()).to_lowercase(),
                entry.seconds_played.unwrap_or_default(),
                reason
            )
        };
        self.airings().into_iter().map(line).map(|line| line.trim_end().to_owned()).collect()
    }
}

fn say(class: Class, name: &str) -> Event {
    Event::Request(Request {
        class,
        by: "chi-lan".to_owned(),
        why: if class == Class::Emergency { "lũ".to_owned() } else { String::new() },
        ..Request::of(name, vec![ZoneIx(0)])
    })
}

fn stop() -> Event {
    Event::Stop { zones: vec![ZoneIx(0)], by: "chi-lan".to_owned(), orders: Vec::new(), ticket: 0 }
}
