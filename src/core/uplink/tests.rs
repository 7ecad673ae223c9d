use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::instant::Mono;

const SECOND: Duration = Duration::from_secs(1);

fn row(seq: u64) -> RowMark {
    let prev = if seq == 1 { ORIGIN.to_owned() } else { format!("h{}", seq - 1) };
    RowMark { seq, prev, hash: format!("h{seq}") }
}

/// What can go wrong in a second.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Mishap {
    /// The link goes; it comes back by itself.
    Cut,
    /// The message arrives, and its acknowledgement does not.
    NoAck,
    /// The message does not arrive.
    NoMessage,
    /// The server loses all that it has stored and acknowledged, and remembers its names.
    Amnesia,
    /// The server loses its names too.
    Reborn,
    /// The collector dies between its database and its word to the server: it reads the same again.
    Twice,
    /// The collector dies after its word to the server and before it publishes the watermark.
    Unpublished,
    /// The collector stands still.
    Stands,
    /// The box loses its power: what it knew of the link is gone, the journal is not.
    Power,
    Nothing,
}

/// A box, a server that stores messages by name, and a collector.
struct World {
    uplink: Uplink,
    up: bool,
    rows: u64,
    stored: VecDeque<Shipment>,
    names: BTreeMap<String, Mono>,
    database: Collected,
    published: u64,
    now: Mono,
    sent: u64,
    taken: u64,
}

impl World {
    fn new() -> Self {
        Self {
            uplink: Uplink::new(0),
            up: false,
            rows: 0,
            stored: VecDeque::new(),
            names: BTreeMap::new(),
            database: Collected::default(),
            published: 0,
            now: Mono::default(),
            sent: 0,
            taken: 0,
        }
    }

    fn second(&mut self, mishap: Mishap, names_have_generations: bool) {
        match mishap {
            Mishap::Cut => {
                self.up = false;
                self.uplink.lost();
            }
            Mishap::Amnesia => self.stored.clear(),
            Mishap::Reborn => {
                self.stored.clear();
                self.names.clear();
            }
            Mishap::Power => {
                self.up = false;
                self.uplink = Uplink::new(0);
            }
            _ => self.link_holds(),
        }
        for _ in 0..4 {
            match self.uplink.next(self.rows, self.now, |_| 200) {
                UplinkStep::Send(shipment) => self.send(shipment, mishap, names_have_generations),
                UplinkStep::Ask => self.uplink.watermark(self.published, self.now),
                UplinkStep::Wait(until) => {
                    assert!(until > self.now, "it waits for what is past");
                    break;
                }
                UplinkStep::Rest => break,
            }
        }
        self.collect(mishap);
        assert!(self.uplink.done() <= self.database.watermark(), "nothing is done with that is not in the database");
        self.now = self.now + SECOND;
    }

    fn link_holds(&mut self) {
        if !std::mem::replace(&mut self.up, true) {
            self.uplink.connected();
        }
    }

    fn send(&mut self, shipment: Shipment, mishap: Mishap, generations: bool) {
        self.sent += 1;
        assert!(shipment.first <= shipment.last && shipment.last <= self.rows);
        assert!(shipment.last - shipment.first < ROWS_MOST);
        if mishap == Mishap::NoMessage {
            return self.uplink.failed(self.now, 0.5);
        }
        let plain = Shipment { generation: 0, ..shipment };
        let name = if generations { shipment } else { plain }.name("p01.c003.h1", "e1");
        // Two minutes by the book; for ever, to be sure that nothing rests on it.
        if self.names.insert(name, self.now).is_none() {
            self.stored.push_back(shipment);
        }
        match mishap {
            Mishap::NoAck => self.uplink.failed(self.now, 0.5),
            _ => self.uplink.acknowledged(shipment),
        }
    }

    fn collect(&mut self, mishap: Mishap) {
        if mishap == Mishap::Stands {
            return;
        }
        let Some(shipment) = self.stored.pop_front() else { return };
        let arrived = self.database.take((shipment.first..=shipment.last).map(row));
        self.taken += arrived.new;
        assert!(arrived.others.is_empty());
        if mishap == Mishap::Twice {
            self.stored.push_front(shipment);
        } else if mishap != Mishap::Unpublished {
            self.published = self.database.watermark();
        }
    }

    fn is_whole(&self) -> bool {
        self.database.watermark() == self.rows && self.database.count() == self.rows && self.uplink.done() == self.rows
    }
}

fn mishap() -> impl Strategy<Value = Mishap> {
    use Mishap::{Amnesia, Cut, NoAck, NoMessage, Nothing, Power, Reborn, Stands, Twice, Unpublished};
    prop_oneof![
        6 => Just(Nothing), 2 => Just(Cut), 2 => Just(NoAck), 2 => Just(NoMessage), 1 => Just(Amnesia),
        1 => Just(Reborn), 1 => Just(Twice), 1 => Just(Unpublished), 1 => Just(Stands), 1 => Just(Power),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    #[ignore = "long"]
    fn whatever_breaks_on_the_way_every_row_arrives_once(
        mishaps in proptest::collection::vec((mishap(), 0..40_u64), 1..200),
    ) {
        let mut world = World::new();
        for (mishap, more) in mishaps {
            world.rows += more;
            world.second(mishap, true);
        }
        // The link holds again, for an hour and a half: nobody has to do anything.
        for _ in 0..5_400 {
            world.second(Mishap::Nothing, true);
        }
        prop_assert!(world.is_whole(), "{} of {} rows, known to be: {}", world.database.count(), world.rows, world.uplink.done());
        prop_assert_eq!(world.taken, world.rows);
        prop_assert!(world.database.gaps().is_empty() && world.database.breaks().is_empty());
    }
}

#[test]
fn a_server_that_forgets_what_it_acknowledged_needs_another_name_for_the_same_rows() {
    for (generations, arrives) in [(true, true), (false, false)] {
        let mut world = World::new();
        world.rows = 500;
        world.second(Mishap::Stands, generations);
        world.second(Mishap::Stands, generations);
        world.second(Mishap::Amnesia, generations);
        for _ in 0..7_200 {
            world.second(Mishap::Nothing, generations);
        }
        assert_eq!(world.is_whole(), arrives, "{generations}");
    }
}

#[test]
fn a_box_that_was_away_for_weeks_sends_each_row_once_and_in_few_messages() {
    let mut world = World::new();
    world.rows = 2_500;
    let mut seconds = 0;
    while !world.is_whole() {
        world.second(Mishap::Nothing, true);
        seconds += 1;
        assert!(seconds < 1_000);
    }
    assert_eq!(world.sent, 25);
}

#[test]
fn a_message_holds_no_more_bytes_than_a_slow_link_takes_and_one_row_however_long() {
    let mut uplink = Uplink::new(0);
    uplink.connected();
    let now = Mono::default();
    assert_eq!(uplink.next(1_000, now, |_| 2_000), UplinkStep::Ask);
    uplink.watermark(0, now);
    let UplinkStep::Send(first) = uplink.next(1_000, now, |_| 2_000) else { panic!("nothing is sent") };
    assert_eq!((first.first, first.last), (1, 32));
    uplink.acknowledged(first);
    uplink.next(1_000, now, |_| 100_000);
    let UplinkStep::Send(second) = uplink.next(1_000, now, |_| 100_000) else { panic!("nothing is sent") };
    assert_eq!((second.first, second.last), (33, 33));
}

#[test]
fn pauses_grow_to_a_minute_and_boxes_do_not_try_together() {
    let pauses = |chance: f64| {
        let (mut uplink, mut now, mut pauses) = (Uplink::new(0), Mono::default(), Vec::new());
        uplink.connected();
        uplink.next(1, now, |_| 1);
        for _ in 0..12 {
            assert!(matches!(uplink.next(1, now, |_| 1), UplinkStep::Send(_)), "the same rows again");
            uplink.failed(now, chance);
            let UplinkStep::Wait(until) = uplink.next(1, now, |_| 1) else { panic!("no pause") };
            pauses.push(until.after(now));
            now = until;
        }
        pauses
    };
    let (early, late) = (pauses(0.0), pauses(1.0));
    assert_eq!((late[0], late[11]), (Duration::from_millis(200), Duration::from_mins(1)));
    assert!(early.iter().zip(&late).all(|(early, late)| *early == *late / 2));
}

#[test]
fn rows_that_were_made_anew_and_rows_that_did_not_come_are_told() {
    let told = |collected: &Collected| collected.breaks().iter().copied().collect::<Vec<_>>();
    let mut collected = Collected::default();
    assert_eq!(collected.take((1..=9).map(row)).new, 9);
    collected.take((900..=905).map(row));
    collected.take((1_011..=1_020).map(row));
    assert_eq!((collected.watermark(), collected.gaps()), (9, vec![10..=899, 906..=1_010]));
    let forged = RowMark { hash: "x".to_owned(), ..row(5) };
    assert_eq!(collected.take([forged]).others, [5], "the first one stays");
    assert!(collected.breaks().is_empty());
    collected.take([RowMark { prev: "x".to_owned(), ..row(906) }]);
    assert_eq!(told(&collected), [906]);
    collected.take([RowMark { prev: "x".to_owned(), ..row(910) }]);
    collected.take([
        RowMark { hash: "x".to_owned(), ..row(10) },
        row(11),
        RowMark { prev: String::new(), ..row(1_500) },
    ]);
    assert_eq!(told(&collected), [11, 906, 1_500], "what stands before 910 is not known yet");
    collected.take([row(909)]);
    assert_eq!(told(&collected), [11, 906, 910, 1_500]);
    let names: BTreeSet<String> =
        (0..3).map(|generation| Shipment { first: 1, last: 2, generation }.name("a", "b")).collect();
    assert_eq!(names.len(), 3);
}
