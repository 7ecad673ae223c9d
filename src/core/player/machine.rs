use std::collections::BTreeMap;
use std::time::Duration;

use jiff::SignedDuration;

use super::belief::ClockBelief;
use super::event::{Action, Event, World};
use super::lane::{Key, Lane, key_of};
use super::open_orders::OpenOrders;
use super::record;
use super::scene::ZoneContext;
use super::stops::Stops;
use super::went_by::WentBy;
use crate::amplifier::Bank;
use crate::fact::{Entry, Intent};
use crate::instant::{Now, Wall};
use crate::plan::{Airing, Guards, Heard, Job};
use crate::reason::{Reason, Step};
use crate::station::ZoneIx;

/// How far ahead the plan reaches, and how little of it may be left before it is made anew.
pub(super) const HORIZON: Duration = Duration::from_hours(24);
const HORIZON_LEFT: Duration = Duration::from_hours(6);

/// A difference between the two clocks' progress that is a step, not a slew or a late look.
const STEP: SignedDuration = SignedDuration::from_millis(500);

/// The state machine over all zones. See the module's paragraph.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is told or asked by itself; no two make one state")]
pub struct Player {
    pub(super) world: World,
    pub(super) guards: Guards,
    pub(super) lanes: Vec<Lane>,
    /// The number of the last order by hand.
    pub(super) last_order: u32,
    /// How often somebody has decided on a broadcast since the start.
    pub(super) decisions: u64,
    /// What is said of orders.
    pub(super) asked: OpenOrders,
    /// Who has silenced what of late.
    pub(super) stops: Stops,
    /// What the last life was about to start, and has no outcome yet.
    pub(super) intended: Vec<Intent>,
    /// What was given a second chance after its time: until when it may still begin.
    pub(super) late: BTreeMap<(ZoneIx, Key), Wall>,
    next_voice: u64,
    /// The plan reaches to here.
    pub(super) planned_to: Wall,
    /// Nothing that is scheduled from here on is planned.
    pub(super) until: Wall,
    /// What the schedule asks for up to there, by zone.
    pub(super) coming: Vec<Vec<Job>>,
    /// What feeds the horns.
    pub(super) bank: Bank,
    /// Both clocks at the last look.
    pub(super) last: Now,
    /// The newest instant in the journal: time before it is never trusted.
    pub(super) newest: Wall,
    pub(super) belief: ClockBelief,
    /// When the last life was last heard.
    pub(super) heard_before: Wall,
    /// When the station was on for the first time; `Wall::MIN` where nobody knows.
    pub(super) first_on: Wall,
    /// What the last life went by, where it was something else.
    pub(super) went_by: Option<WentBy>,
    /// Everything scheduled before this has its outcome or is under way; it never goes back. Moved by
    /// trusted time only.
    pub(super) passed: Wall,
    /// The clock has been trusted since this start.
    pub(super) trusted_once: bool,
    pub(super) ending: bool,
    /// The sounds are others than those that what waits was planned with.
    pub(super) new_sounds: bool,
    /// The plan was made before something was known that it depends on.
    stale: bool,
}

impl Player {
    /// A player that has just been switched on. `newest` is the journal's newest instant.
    pub fn new(world: World, now: Now, newest: Wall) -> Self {
        Self::new_until(world, now, newest, Wall::MAX)
    }

    /// Like [`Self::new`], for a day that ends: nothing scheduled at `until` or later is begun, and
    /// once all before is over there is no [`Self::deadline`].
    pub fn new_until(world: World, now: Now, newest: Wall, until: Wall) -> Self {
        let lanes = (0..world.station.zones.len()).map(|place| Lane::new(ZoneIx(place as u16))).collect();
        let guards = Guards::new(&world.schedule.rules, &world.station);
        let bank = Bank::new(&world.station, now);
        let mut player = Self {
            world,
            guards,
            bank,
            lanes,
            last_order: 0,
            decisions: 0,
            asked: OpenOrders::default(),
            stops: Stops::default(),
            late: BTreeMap::new(),
            intended: Vec::new(),
            next_voice: 0,
            planned_to: now.wall,
            until,
            coming: Vec::new(),
            last: now,
            newest,
            belief: ClockBelief::new(now.mono),
            heard_before: Wall::MIN,
            first_on: Wall::MIN,
            went_by: None,
            passed: now.wall.max(newest),
            trusted_once: false,
            ending: false,
            new_sounds: false,
            stale: false,
        };
        // The journal was asked no further back than this.
        player.forget(newest);
        player.replan(now.wall, &mut Vec::new());
        player
    }

    /// An airing that already has its outcome in the journal: never play it again.
    pub fn already_settled(&mut self, zone: ZoneIx, scheduled: Wall, broadcast: &str) {
        if let Some(lane) = self.lanes.get_mut(usize::from(zone.0)) {
            // The clock may read earlier than the journal, and then the first plan holds it again.
            let key = Key::Due(scheduled, broadcast.to_owned());
            lane.future.retain(|airing| key_of(airing) != key);
            lane.settle(key);
        }
    }

    /// What a zone has heard before this start: its sessions count (see [`crate::plan::SessionRule`]).
    pub fn already_heard(&mut self, zone: ZoneIx, heard: Heard) {
        if let Some(lane) = self.lanes.get_mut(usize::from(zone.0)) {
            lane.remember(heard);
            self.heard_before = self.heard_before.max(heard.to);
            self.stale = true;
        }
    }

    /// When the station was on for the first time: nothing before it was missed.
    pub fn was_first_on(&mut self, at: Wall) {
        self.first_on = at;
    }

    /// What the last life went by, where the files were changed since: nothing else was missed before this start.
    pub fn went_by(&mut self, before: Option<WentBy>) {
        self.went_by = before;
    }

    /// Take an event; returns what must be done, in order.
    pub fn handle(&mut self, now: Now, event: Event) -> Vec<Action> {
        let mut actions = Vec::new();
        self.forget_asked();
        self.tell_trust(now.wall, &mut actions);
        if std::mem::take(&mut self.stale) {
            self.replan(now.wall, &mut actions);
        }
        self.look_at_clocks(now, &mut actions);
        self.catch_up(now.wall, &Reason::late(), &mut actions);
        match event {
            Event::Tick | Event::Reload => {}
            Event::World(_) | Event::Away { .. } | Event::Clock { .. } | Event::Confirm { .. } if self.ending => {}
            Event::Clock { trust, drift } => self.judged(now, trust, drift, &mut actions),
            Event::Confirm { by, settled } => self.confirmed(now, &by, settled, &mut actions),
            Event::Notice(notice) => self.notice(now.wall, &notice, &mut actions),
            Event::World(world) => {
                let world = self.with_approvals(world);
                self.change(now.wall, world, &mut actions);
            }
            Event::Away { since } => self.was_off(now.wall, since, &mut actions),
            Event::Request(request) => self.request(now, &request, &mut actions),
            Event::Decide(ruling) => self.decide(now, &ruling, &mut actions),
            Event::Stop { zones, by, orders, ticket } => {
                self.stop(now, &zones, (&by, &orders), ticket, &mut actions);
            }
            Event::Switched { amplifier, on, done } => self.switched(now, amplifier, on, &done, &mut actions),
            Event::Mark { reason, title, order } => self.mark(now, reason, (title, order), &mut actions),
            Event::Spoken { order, by, audio } => self.spoken(now, (&order, &by), audio, &mut actions),
            Event::Proof(proof) => actions.push(record::noted(record::proven(now.wall, *proof))),
            Event::Note { reason, title } => actions.push(record::noted(record::note(now.wall, reason, title))),
            Event::Kept { reason, title, order, audio } => {
                let note = record::note(now.wall, reason, title);
                actions.push(record::noted(Entry { order, audio: vec![audio], ..note }));
            }
            Event::Shutdown => self.shut_down(now.wall, &mut actions),
        }
        self.regain(now, &mut actions);
        if self.may_look_further() && now.wall + HORIZON_LEFT > self.planned_to {
            self.replan(now.wall, &mut actions);
        }
        self.step(now.wall, &mut actions);
        self.settle_intended(now.wall, &mut actions);
        self.forget_late();
        // Only time that was trusted moves the floor.
        if self.distrust(now.wall).is_none() {
            self.trusted_once = true;
            self.passed = self.passed.max(now.wall);
            self.forget(self.passed);
            if actions.iter().any(|action| matches!(action, Action::Record(_))) {
                self.newest = self.newest.max(now.wall);
            }
        }
        self.feed(now, &mut actions);
        if self.is_over() && self.bank.is_put_off(now) {
            actions.push(record::noted(record::note(now.wall, Reason::Shutdown, "loa dừng")));
            actions.push(Action::Done);
        }
        self.asked.follow(&actions);
        actions
    }

    /// When [`Self::handle`] wants to be called even if nothing happens.
    pub fn deadline(&self) -> Option<Wall> {
        // A nanosecond past the edge, where `handle` sees it passed.
        let look_ahead = self.may_look_further().then(|| self.planned_to - HORIZON_LEFT + Duration::from_nanos(1));
        self.lanes
            .iter()
            .filter_map(|lane| lane.deadline(self.last.wall, self.guards.of(lane.zone)))
            .chain(look_ahead)
            .chain(self.feed_deadline())
            .min()
    }

    fn may_look_further(&self) -> bool {
        !self.ending && self.planned_to < self.until
    }

    /// Let go of outcomes long before `passed`.
    pub(super) fn forget(&mut self, passed: Wall) {
        self.lanes.iter_mut().for_each(|lane| lane.forget(passed));
    }

    pub(super) fn step(&mut self, now: Wall, actions: &mut Vec<Action>) {
        let trusted_from = self.trusted_from();
        for lane in &mut self.lanes {
            let mut scene = ZoneContext {
                now,
                world: &self.world,
                guard: self.guards.of(lane.zone),
                tally: lane.tally_ahead(now, self.guards.of(lane.zone)),
                trusted_from,
                heard_from: self.bank.heard_from(lane.zone, self.last),
                next_voice: &mut self.next_voice,
                actions,
            };
            lane.begin_due(&mut scene);
            lane.step(&mut scene);
        }
    }

    fn notice(&mut self, now: Wall, notice: &crate::voice::Notice, actions: &mut Vec<Action>) {
        let trusted_from = self.trusted_from();
        for place in 0..self.lanes.len() {
            let lane = &self.lanes[place];
            let guard = self.guards.of(lane.zone);
            let mut scene = ZoneContext {
                now,
                world: &self.world,
                guard,
                tally: lane.tally_ahead(now, guard),
                trusted_from,
                heard_from: self.bank.heard_from(lane.zone, self.last),
                next_voice: &mut self.next_voice,
                actions,
            };
            if let Some(freed) = self.lanes[place].notice(notice, &mut scene) {
                if freed {
                    self.replan_lane(place, now, Vec::new(), actions);
                }
                return;
            }
        }
    }

    /// A step of the wall clock: what is armed for the old time must not sound at the new one.
    fn look_at_clocks(&mut self, now: Now, actions: &mut Vec<Action>) {
        let went = SignedDuration::try_from(now.mono.after(self.last.mono)).unwrap_or(SignedDuration::MAX);
        let moved = now.wall.since(self.last.wall).saturating_sub(went);
        self.last = now;
        if moved.abs() < STEP {
            return;
        }
        let old = now.wall.moved(-moved);
        let span = record::span(old, now.wall, &self.world.station.timezone);
        let step = Reason::ClockStep(Step { by: Some(moved), span: Some(span), ..Step::default() });
        let mut note = record::note(now.wall, step, "đồng hồ nhảy");
        note.planned = Some(old);
        actions.push(record::noted(note));
        self.take_orders_along(moved);
        for lane in &mut self.lanes {
            for run in &mut lane.runs {
                run.clock_stepped(moved, now.wall, self.guards.of(lane.zone), actions);
            }
        }
        if moved.is_negative() {
            if !self.belief.trust.believed {
                self.passed = self.passed.min(now.wall);
            }
            self.put_back_early(now.wall, actions);
        } else {
            // What fell into a jump forward is missed, or brought back by its own rule.
            let because = Reason::ClockStep(Step { span: Some(span), ..Step::default() });
            let since = self.passed;
            self.put_back_overdue(now.wall, actions);
            if self.trusted_once {
                self.catch_up(now.wall, &because, actions);
                self.come_back(now.wall, since, &because, actions);
            } else {
                self.was_off(now.wall, since, actions);
            }
            self.step(now.wall, actions);
        }
        self.replan(now.wall, actions);
    }

    fn shut_down(&mut self, now: Wall, actions: &mut Vec<Action>) {
        self.ending = true;
        let zones: Vec<ZoneIx> = self.lanes.iter().map(|lane| lane.zone).collect();
        for zone in &zones {
            self.end(usize::from(zone.0), now, &Reason::Shutdown, &|_| true, actions);
        }
        for lane in &mut self.lanes {
            // What is yet to come is the next start's: it may be back in time.
            lane.future.clear();
            lane.runs.retain_mut(|run| {
                let goes = run.because.is_none() && !run.is_intended();
                if goes {
                    run.forget_voice(actions);
                }
                !goes
            });
            let mut scene = ZoneContext {
                now,
                world: &self.world,
                guard: self.guards.of(lane.zone),
                tally: lane.tally_ahead(now, self.guards.of(lane.zone)),
                trusted_from: Wall::MIN,
                heard_from: Wall::MIN,
                next_voice: &mut self.next_voice,
                actions,
            };
            lane.runs.iter_mut().for_each(|run| run.give_up(Reason::Shutdown, &mut scene));
        }
    }

    /// End what sounds, what was interrupted and what waits in one lane, of what is `meant`.
    pub(super) fn end(
        &mut self,
        place: usize,
        now: Wall,
        because: &Reason,
        meant: &dyn Fn(&Airing) -> bool,
        actions: &mut Vec<Action>,
    ) {
        let trusted_from = self.trusted_from();
        let Some(lane) = self.lanes.get_mut(place) else { return };
        let mut scene = ZoneContext {
            now,
            world: &self.world,
            guard: self.guards.of(lane.zone),
            tally: lane.tally_ahead(now, self.guards.of(lane.zone)),
            trusted_from,
            heard_from: self.bank.heard_from(lane.zone, self.last),
            next_voice: &mut self.next_voice,
            actions,
        };
        let runs = lane.runs.iter_mut().filter(|run| run.because.is_none() && run.is_carried(now));
        for run in runs.filter(|run| meant(&run.airing)) {
            // Where nothing sounded for want of a card, that is why, whoever then stopped it.
            let because = match run.device_failed() {
                Some(device) => because.clone().but(device),
                None => because.clone(),
            };
            run.give_up(because, &mut scene);
        }
        // An order is due from when it was given.
        let is_due = |airing: &Airing| airing.scheduled <= now || airing.is_ordered();
        let (due, future): (Vec<Airing>, Vec<Airing>) =
            lane.future.drain(..).partition(|airing| is_due(airing) && meant(airing));
        lane.future = future.into();
        for airing in due {
            let entry = record::unplayed(&airing, &self.world.station, now, Some(because));
            actions.push(record::finish(record::key(&airing, &self.world.station), entry));
            lane.settle(key_of(&airing));
        }
    }
}
