//! What people order by hand: an alert, a say. An order means now, whatever a clock says, said or will
//! say. So it is known by its number, never by its time; a step of the clock takes it along; and nothing
//! that was settled by another clock concerns it.

use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;

use super::event::{Action, Request, World};
use super::lane::{Key, journal_key};
use super::machine::Player;
use super::record::{self, Row};
use crate::instant::Wall;
use crate::journal::{Intent, Record};
use crate::plan::{Airing, Carried, Job, OrderNumber, Verdict};
use crate::schedule::{Broadcast, Class, DaySet, IfInterrupted, IfMissed, Kind, Place, Play, Recurrence};
use crate::station::ZoneIx;

/// A say is heard this long after it is ordered: enough to decode it, so that its start is exact.
pub(super) const SAY_LEAD: Duration = Duration::from_millis(300);

/// Silence between the repeats of an alert.
const REPEAT_GAP: Duration = Duration::from_secs(2);

/// How long a say may queue behind what is playing.
const SAY_WAIT: Duration = Duration::from_mins(10);

/// How long an alert may queue behind another alert, which may be twenty long repeats: it is not
/// dropped before somebody stops it.
const ALERT_WAIT: Duration = Duration::from_hours(12);

/// Orders of one sound within one millisecond are set a millisecond apart, as far as this: so that each
/// row of the journal has an instant of its own. Beyond it they differ by their number only.
const APART_MOST: u32 = 100;

/// What was ordered by hand and has no outcome yet, by zone and number.
pub(super) type Orders = BTreeMap<(ZoneIx, OrderNumber), Order>;

/// One zone's share of an order.
#[derive(Debug)]
pub(super) struct Order {
    /// Who and why, as the journal has it.
    asked: String,
    /// Names it in the journal. It was made when the order was given and stays, whatever the clock does.
    key: String,
}

/// The journal's name of an airing, and who asked for it where somebody did.
pub(super) fn name(orders: &Orders, world: &World, airing: &Airing) -> (String, Option<String>) {
    let order = airing.order.and_then(|number| orders.get(&(airing.zone, number)));
    match order {
        Some(order) => (order.key.clone(), Some(order.asked.clone())),
        None => (journal_key(world, airing), None),
    }
}

/// Whether the journal's name of an airing is that of an order: it has its number behind the instant.
pub(super) fn is_order(key: &str) -> bool {
    key.rsplit('/').next().is_some_and(|last| !last.is_empty() && last.bytes().all(|byte| byte.is_ascii_digit()))
}

impl Player {
    /// Take an order by hand.
    pub(super) fn request(&mut self, now: Wall, request: &Request, actions: &mut Vec<Action>) {
        let emergency = request.class == Class::Emergency;
        let broadcast = Arc::new(request.broadcast());
        let asked = note_order(now, request, &broadcast, actions);
        let scheduled = self.apart(if emergency { now } else { now + SAY_LEAD }, request, &broadcast.id);
        let number = self.next_order();
        for zone in &request.zones {
            let place = usize::from(zone.0);
            if place >= self.lanes.len() || self.orders.contains_key(&(*zone, number)) {
                continue;
            }
            let airing = self.ordered(&broadcast, *zone, scheduled, number);
            let key = self.order_key(&airing, number);
            self.orders.insert((*zone, number), Order { asked: asked.clone(), key: key.clone() });
            // An order has its outcome even if the power goes before its turn comes.
            let draft = record::draft(&airing, &self.world.station, now);
            actions.push(Action::Record(Record::Intend(Box::new(Intent { key, at: scheduled, draft }))));
            let job = Job {
                broadcast: broadcast.clone(),
                programme: airing.programme,
                scheduled,
                order: Some(number),
                rank: 0,
                not_before: scheduled,
                latest: scheduled + broadcast.wait,
                carried: Carried::Waiting,
            };
            self.replan_lane(place, now, vec![job], actions);
        }
    }

    /// Record an order that is not carried out, and why.
    pub(super) fn decline(&mut self, now: Wall, request: &Request, because: &str, actions: &mut Vec<Action>) {
        let broadcast = Arc::new(request.broadcast());
        note_order(now, request, &broadcast, actions);
        let number = self.next_order();
        for zone in request.zones.iter().filter(|zone| usize::from(zone.0) < self.lanes.len()) {
            let airing = self.ordered(&broadcast, *zone, now, number);
            let row = Row::declined(&airing, &self.world.station, now, because);
            actions.push(record::finish(self.order_key(&airing, number), row));
        }
    }

    fn ordered(&self, broadcast: &Arc<Broadcast>, zone: ZoneIx, scheduled: Wall, number: OrderNumber) -> Airing {
        let programme = self.programme(broadcast, zone, scheduled);
        Airing {
            zone,
            broadcast: Arc::clone(broadcast),
            end: scheduled + programme.length,
            programme,
            scheduled,
            order: Some(number),
            start: scheduled,
            breaks: Box::default(),
            verdict: Verdict::Play,
            reason: None,
        }
    }

    fn order_key(&self, airing: &Airing, number: OrderNumber) -> String {
        format!("{}/{}", journal_key(&self.world, airing), number.0)
    }

    fn next_order(&mut self) -> OrderNumber {
        let number = self.last_order.checked_add(1).unwrap_or(1);
        self.last_order = number;
        OrderNumber(NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN))
    }

    /// The first instant from `at` on that no airing of this name has in the journal of these zones, as
    /// far as that is known here and near.
    fn apart(&self, at: Wall, request: &Request, id: &str) -> Wall {
        let is_taken = |at: Wall| {
            let key = Key::Due(at, id.to_owned());
            request.zones.iter().filter_map(|zone| self.lanes.get(usize::from(zone.0))).any(|lane| {
                let ordered = lane.airings().any(|own| own.scheduled == at && own.broadcast.id == id);
                ordered || lane.has_outcome(&key)
            })
        };
        let places = (0..APART_MOST).map(|place| at + Duration::from_millis(1) * place);
        places.into_iter().find(|at| !is_taken(*at)).unwrap_or(at)
    }

    /// The wall clock has stepped: what was ordered by hand waits and sounds as if it had not.
    pub(super) fn take_orders_along(&mut self, moved: SignedDuration) {
        if self.orders.is_empty() {
            return;
        }
        self.lanes.iter_mut().for_each(|lane| lane.take_orders_along(moved));
        for ((_, key), latest) in &mut self.late {
            if matches!(key, Key::Order(_)) {
                *latest = latest.moved(moved);
            }
        }
    }

    /// Let go of what has its outcome.
    pub(super) fn forget_orders(&mut self) {
        let lanes = &self.lanes;
        let awaits = |zone: ZoneIx, key: &Key| lanes[usize::from(zone.0)].awaits(key);
        self.orders.retain(|(zone, number), _| awaits(*zone, &Key::Order(*number)));
        self.late.retain(|(zone, key), _| awaits(*zone, key));
    }
}

impl Request {
    /// The broadcast that an order amounts to.
    pub fn broadcast(&self) -> Broadcast {
        let mut play = vec![Play::Sound(self.name.clone())];
        for _ in 1..self.times {
            play.extend([Play::Pause(REPEAT_GAP), Play::Sound(self.name.clone())]);
        }
        let stem = self.name.split('.').next().unwrap_or(&self.name).to_owned();
        Broadcast {
            id: stem.clone(),
            title: stem,
            campaign: None,
            zones: self.zones.clone(),
            recurrence: Recurrence::At { times: Vec::new(), days: DaySet::Weekdays(0) },
            from: None,
            until: None,
            except: Vec::new(),
            only: Vec::new(),
            kind: Kind::Bulletin,
            play,
            chime: None,
            bed: None,
            class: self.class,
            order: 0,
            wait: if self.class == Class::Emergency { ALERT_WAIT } else { SAY_WAIT },
            if_missed: IfMissed::Skip,
            if_interrupted: IfInterrupted::Resume,
            place: Place::default(),
        }
    }
}

/// The note of an order: who gave it and why. Returns that in the journal's words.
fn note_order(now: Wall, request: &Request, broadcast: &Broadcast, actions: &mut Vec<Action>) -> String {
    let Request { by, why, class, .. } = request;
    let asked = if *class == Class::Emergency { format!("alert: {by}: {why}") } else { format!("say: {by}") };
    let mut note = record::note(now, asked.clone(), broadcast.title.clone());
    note.broadcast = Some(broadcast.id.clone());
    note.class = Some(*class);
    actions.push(record::noted(note));
    asked
}
