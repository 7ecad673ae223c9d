//! What people order by hand: an alert, a say. An order means now, whatever a clock says, said or will
//! say. So it is known by its number, never by its time; a step of the clock takes it along; and nothing
//! that was settled by another clock concerns it.

use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;

use super::asked::{Fate, One, Share};
use super::event::{Action, Request, World, signed};
use super::lane::{Key, journal_key, lacks_sound, will_sound};
use super::machine::Player;
use super::ordered::broadcast_of;
use super::record;
use super::run::Run;
use super::stand::{Refusal, Stand};
use crate::fact::{Intent, Record};
use crate::instant::{Now, Wall};
use crate::plan::{self, Airing, Carried, Cause, Job, Library, OrderNumber, Programme, Setting, Shelf, Verdict};
use crate::reason::{Ordered, Reason, Refused};
use crate::schedule::{Broadcast, Class, IfInterrupted, Play};
use crate::station::ZoneIx;

/// A say is heard this long after it is ordered: enough to decode it, so that its start is exact.
pub(super) const SAY_LEAD: Duration = Duration::from_millis(300);

/// Orders of one sound within one millisecond are set a millisecond apart, as far as this: so that each
/// row of the journal has an instant of its own. Beyond it they differ by their number only.
const APART_MOST: u32 = 100;

/// Alerts, and other orders, of one account that may be under way in one zone. A person needs one or two; what goes on
/// ordering fills the zone for hours.
const ORDERS_MOST: usize = 4;

/// A test keeps this far from what is to come: it is three seconds long.
const TEST_APART: Duration = Duration::from_secs(10);

/// So far ahead it is looked when something that is forbidden now may sound.
const EARLIEST_MOST: Duration = Duration::from_hours(8 * 24);

/// What was ordered by hand and has no outcome yet, by zone and number.
pub(super) type Orders = BTreeMap<(ZoneIx, OrderNumber), Order>;

/// One zone's share of an order.
#[derive(Debug)]
pub(super) struct Order {
    /// Who and why, as the journal has it.
    asked: Reason,
    /// Names it in the journal. It was made when the order was given and stays, whatever the clock does.
    key: String,
    /// The account that gave it.
    account: String,
    /// An alert: what waits of says keeps none out.
    urgent: bool,
}

/// One zone's share of an order, before it is taken.
#[derive(Clone, Copy)]
struct Wanted<'a> {
    zone: ZoneIx,
    request: &'a Request,
    broadcast: &'a Arc<Broadcast>,
    scheduled: Wall,
    number: OrderNumber,
}

/// Who asked, and why, as the journal has it.
fn asked_by(request: &Request) -> Reason {
    let by = Ordered::by(&signed(&request.by, &request.account));
    match request.class {
        Class::Emergency => Reason::Alert(Ordered { why: request.why.clone(), ..by }),
        _ if request.test => Reason::TestTone(by),
        _ => Reason::Say(by),
    }
}

/// What the journal says of an order that changed nothing. A say or a test given too often is told to its sender only;
/// of an alert there is always who and why.
fn unheeded(request: &Request, one: &One) -> Option<Reason> {
    let because = one.shares.iter().find_map(|share| match &share.fate {
        Fate::Settled(Stand::Refused(Refusal::TooMany(_) | Refusal::Busy(_))) if request.class != Class::Emergency => {
            None
        }
        Fate::Settled(Stand::Refused(refusal)) => Some(refusal.reason()),
        Fate::Open(..) if share.same_as.is_some() => Some(Reason::SameOrder),
        _ => None,
    })?;
    Some(Reason::OrderRefused(Refused { because: Box::new(because), order: Box::new(asked_by(request)) }))
}

/// The journal's name of an airing, and who asked for it where somebody did.
pub(super) fn name(orders: &Orders, world: &World, airing: &Airing) -> (String, Option<Reason>) {
    let order = airing.order.and_then(|number| orders.get(&(airing.zone, number)));
    match order {
        Some(order) => (order.key.clone(), Some(order.asked.clone())),
        None => (journal_key(world, airing), None),
    }
}

/// Whether the journal's name of an airing is that of an order: it has its number behind the instant.
pub fn is_order(key: &str) -> bool {
    key.rsplit('/').next().is_some_and(|last| !last.is_empty() && last.bytes().all(|byte| byte.is_ascii_digit()))
}

impl Player {
    /// Take an order by hand, or say why not.
    pub(super) fn request(&mut self, now: Now, request: &Request, actions: &mut Vec<Action>) {
        let Now { wall, mono } = now;
        let number = self.next_order();
        let broadcast = Arc::new(broadcast_of(request));
        let (id, title) = (self.id_of(wall, number), broadcast.title.clone());
        let mut one = One { ticket: request.ticket, id, title, at: wall, shares: Vec::new() };
        let lead = if request.class == Class::Emergency { Duration::ZERO } else { SAY_LEAD };
        let scheduled = self.apart(wall + lead, request, &broadcast.id);
        let asked = asked_by(request);
        let note_at = actions.len();
        let mut refused = Vec::new();
        for zone in &request.zones {
            if usize::from(zone.0) >= self.lanes.len() || one.shares.iter().any(|share| share.zone == *zone) {
                continue;
            }
            let urgent = request.class == Class::Emergency;
            let account = request.account.clone();
            let order = Order { asked: asked.clone(), key: String::new(), account, urgent };
            let wanted = Wanted { zone: *zone, request, broadcast: &broadcast, scheduled, number };
            let share = match self.take(&wanted, order, wall, actions) {
                Ok(share) => share,
                Err((refusal, airing)) => {
                    refused.extend(airing);
                    let fate = Fate::Settled(Stand::Refused(refusal));
                    Share { zone: *zone, seconds: 0.0, same_as: None, interrupts: None, fate }
                }
            };
            one.shares.push(share);
        }
        let taken = |share: &Share| matches!(share.fate, Fate::Open(..)) && share.same_as.is_none();
        let changes = one.shares.iter().any(taken);
        let reason = if changes { Some(asked) } else { unheeded(request, &one) };
        if let Some(reason) = reason.filter(|_| changes || self.asked.may_note(mono)) {
            let mut note = record::note(wall, reason, broadcast.title.clone());
            note.broadcast = Some(broadcast.id.clone());
            note.class = Some(request.class);
            note.order = Some(one.id.clone());
            if let [only] = one.shares.as_slice() {
                note.zone = Some(self.world.station.zones[usize::from(only.zone.0)].id.clone());
            }
            actions.insert(note_at, record::noted(note));
        }
        if changes {
            // Where others hear it, each zone has its outcome; where nobody does, the note says so.
            for airing in refused {
                let row = record::unplayed(&airing, &self.world.station, wall, None).of_order(&one.id);
                let key = format!("{}/{}", journal_key(&self.world, &airing), number.0);
                actions.push(record::finish(key, row));
            }
        }
        self.asked.push(one);
    }

    /// Let a zone take its share of an order; where it does not, why, and the airing that it would have been.
    fn take(
        &mut self,
        wanted: &Wanted<'_>,
        order: Order,
        now: Wall,
        actions: &mut Vec<Action>,
    ) -> Result<Share, (Refusal, Option<Airing>)> {
        let Wanted { zone, request, broadcast, scheduled, number } = *wanted;
        let place = usize::from(zone.0);
        if self.ending {
            return Err((Refusal::Ending, None));
        }
        if let Some(same) = self.same_alert(place, broadcast) {
            return Ok(same);
        }
        let alike = |other: &Order| other.account == order.account && other.urgent == order.urgent;
        let own = |(at, _): &(ZoneIx, OrderNumber), other: &Order| *at == zone && alike(other);
        if self.orders.iter().filter(|(key, order)| own(key, order)).count() >= ORDERS_MOST {
            return Err((Refusal::TooMany(ORDERS_MOST), None));
        }
        if let Some(title) = request.test.then(|| self.busy(place, now)).flatten() {
            return Err((Refusal::Busy(title), None));
        }
        let programme = self.ordered_programme(request, broadcast, zone, scheduled);
        let airing = Airing {
            zone,
            broadcast: broadcast.clone(),
            programme: programme.clone(),
            scheduled,
            order: Some(number),
            start: scheduled,
            end: scheduled + programme.length,
            breaks: Box::default(),
            verdict: Verdict::Play,
            reason: None,
        };
        let key = format!("{}/{}", journal_key(&self.world, &airing), number.0);
        self.orders.insert((zone, number), Order { key: key.clone(), ..order });
        let job = Job {
            broadcast: broadcast.clone(),
            programme,
            scheduled,
            order: Some(number),
            rank: 0,
            not_before: scheduled,
            latest: scheduled + broadcast.wait,
            carried: Carried::Waiting,
        };
        let interrupts = self.broken_into(place, request);
        self.replan_lane(place, now, vec![job], actions);
        // The plan says at once what it will not let sound: then nothing waits for it to become so.
        let future = &mut self.lanes[place].future;
        // What is still being copied may be whole in a moment: somebody stands beside it.
        let is_copied =
            |own: &Airing| matches!(own.reason.as_deref(), Some(Cause::Changing)) || request.coming && lacks_sound(own);
        let refused = future.iter().position(|own| own.order == Some(number) && !will_sound(own) && !is_copied(own));
        if let Some(airing) = refused.and_then(|at| future.remove(at)) {
            self.orders.remove(&(zone, number));
            return Err((self.refusal(&airing, now), Some(airing)));
        }
        let seconds = airing.programme.length.as_secs_f64();
        // An order has its outcome even if the power goes before its turn comes.
        let draft = record::draft(&airing, &self.world.station, now);
        actions.push(Action::Record(Record::Intend(Box::new(Intent { key: key.clone(), at: scheduled, draft }))));
        Ok(Share { zone, seconds, same_as: None, interrupts, fate: Fate::Open(number, key) })
    }

    /// The same alert, where it was given before and is not at its end: given again, it stays one.
    fn same_alert(&self, place: usize, broadcast: &Broadcast) -> Option<Share> {
        let lane = &self.lanes[place];
        let runs = lane.runs.iter().filter(|run| run.because.is_none()).map(|run| &run.airing);
        let mut all = runs.chain(lane.future.iter().filter(|airing| will_sound(airing)));
        let is_same = |own: &&Airing| {
            let (old, new) = (&own.broadcast, broadcast);
            let both = old.class == Class::Emergency && new.class == Class::Emergency;
            own.order.is_some() && both && old.play.first() == new.play.first() && old.play.len() >= new.play.len()
        };
        let airing = all.find(is_same)?;
        let number = airing.order?;
        let key = self.orders.get(&(lane.zone, number))?.key.clone();
        let same_as = Some(self.asked.id_of(&key)?.to_owned());
        let seconds = airing.programme.length.as_secs_f64();
        Some(Share { zone: lane.zone, seconds, same_as, interrupts: None, fate: Fate::Open(number, key) })
    }

    /// The emergency that sounds in a lane and goes on after an alert that breaks into it.
    fn broken_into(&self, place: usize, request: &Request) -> Option<String> {
        let goes_on = |run: &&Run| {
            let broadcast = &run.airing.broadcast;
            let resumes = broadcast.if_interrupted == IfInterrupted::Resume;
            run.because.is_none() && run.started.is_some() && broadcast.class == Class::Emergency && resumes
        };
        let mut runs = self.lanes[place].runs.iter().filter(|_| request.class == Class::Emergency);
        runs.find(goes_on).map(|run| run.airing.broadcast.title.clone())
    }

    /// What sounds in a lane, or is about to: a test keeps out of its way.
    fn busy(&self, place: usize, now: Wall) -> Option<String> {
        let lane = &self.lanes[place];
        let near = |airing: &&Airing| airing.start <= now + TEST_APART;
        let runs = lane.runs.iter().map(|run| &run.airing);
        let all = runs.chain(lane.future.iter().filter(|airing| will_sound(airing)));
        all.filter(near).map(|airing| airing.broadcast.title.clone()).next()
    }

    fn ordered_programme(
        &self,
        request: &Request,
        broadcast: &Broadcast,
        zone: ZoneIx,
        scheduled: Wall,
    ) -> Arc<Programme> {
        let World { schedule, station, library } = &self.world;
        if request.test {
            // Loa's own chime: three seconds, and no louder than any other.
            let setting = Setting::speaking(&station.zones[usize::from(zone.0)].languages);
            return Arc::new(Programme::new(&broadcast.play, setting, &Shelf::new(&Library::default(), station)));
        }
        // A library of ten thousand must not keep an alert waiting. In a mourning a say is held against all the music
        // that there is.
        let all = !schedule.mourning.is_empty();
        if request.class == Class::Emergency {
            return self.alert_programme(broadcast, zone, scheduled);
        }
        let library = if all { Arc::clone(library) } else { Arc::new(library.around(&request.name)) };
        plan::programme(schedule, station, &library, broadcast, zone, scheduled)
    }

    /// What an alert plays: of a file that is being written to, what it was before.
    pub(super) fn alert_programme(&self, broadcast: &Broadcast, zone: ZoneIx, scheduled: Wall) -> Arc<Programme> {
        let World { schedule, station, library } = &self.world;
        let name = broadcast.play.iter().find_map(|play| match play {
            Play::Sound(name) => Some(name.as_str()),
            _ => None,
        });
        let near = library.around_at_once(name.unwrap_or_default());
        plan::programme(schedule, station, &near, broadcast, zone, scheduled)
    }

    /// Why the plan does not let it sound.
    fn refusal(&self, airing: &Airing, now: Wall) -> Refusal {
        let Some(reason) = airing.reason.as_deref().filter(|reason| **reason != Cause::NoSound) else {
            return Refusal::NoSound;
        };
        let length = airing.programme.length;
        let earliest = match reason {
            Cause::OutsideHours | Cause::PastHours => {
                let mut lawful = self.guards.of(airing.zone).lawful(now, now + EARLIEST_MOST).into_iter();
                lawful.find(|stretch| stretch.end.after(stretch.start) >= length).map(|stretch| stretch.start)
            }
            Cause::WaitExpired(_) => Some(airing.start),
            _ => None,
        };
        Refusal::Unlawful { reason: reason.clone(), earliest }
    }

    /// `20261128-101432-7`: when it was given, by the station's clock, and its number since the start.
    pub(super) fn id_of(&self, now: Wall, number: OrderNumber) -> String {
        let at = now.zoned(&self.world.station.timezone);
        format!("{}-{}", at.strftime("%Y%m%d-%H%M%S"), number.0)
    }

    pub(super) fn next_order(&mut self) -> OrderNumber {
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
