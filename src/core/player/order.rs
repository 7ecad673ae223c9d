//! What people order by hand: an alert, a say. An order means now, whatever a clock says, said or will
//! say. So it is known by its number, never by its time; a step of the clock takes it along; and nothing
//! that was settled by another clock concerns it.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;

use super::event::{Action, Request, World};
use super::lane::{Key, lacks_sound, will_sound};
use super::machine::Player;
use super::open_orders::{Fate, One, Share};
use super::ordered;
use super::record;
use super::run::Run;
use super::stand::{OrderRefusal, Stand};
use crate::fact::{Intent, Record};
use crate::instant::{Now, Wall};
use crate::plan::{self, Airing, Carried, Cause, Job, Library, Programme, SoundIndex, Verdict, ZoneVoices};
use crate::reason::{Reason, Refused};
use crate::schedule::{Broadcast, Class, IfInterrupted, Order, OrderNumber, Play};
use crate::station::ZoneIx;

/// A say is heard this long after it is ordered: enough to decode it, so that its start is exact.
pub(super) const SAY_LEAD: Duration = Duration::from_millis(300);

/// Somebody holds a button: the chime before his words is made, not decoded.
const TALK_LEAD: Duration = Duration::from_millis(80);

/// Orders of one sound within one millisecond are set a millisecond apart, as far as this: so that each
/// row of the journal has an instant of its own. Beyond it they differ by their number only.
const APART_MOST: u32 = 100;

/// Orders, but for alerts, of one account that may be under way in one zone. A person needs one or two; what goes on
/// ordering fills the zone for hours.
const ORDERS_MOST: usize = 4;

/// A test, and whoever speaks live, keeps this far from what is to come: a test is three seconds long.
const TEST_APART: Duration = Duration::from_secs(10);

/// So far ahead it is looked when something that is forbidden now may sound.
const EARLIEST_MOST: Duration = Duration::from_hours(8 * 24);

/// One zone's share of an order, before it is taken.
#[derive(Clone, Copy)]
struct Wanted<'a> {
    zone: ZoneIx,
    request: &'a Request,
    broadcast: &'a Arc<Broadcast>,
    scheduled: Wall,
}

impl Wanted<'_> {
    fn is_urgent(&self) -> bool {
        self.broadcast.class == Class::Emergency
    }

    /// An airing that waits for its turn, as far as it is known before it is planned.
    fn airing(&self, programme: Arc<Programme>) -> Airing {
        Airing {
            zone: self.zone,
            broadcast: self.broadcast.clone(),
            scheduled: self.scheduled,
            start: self.scheduled,
            end: self.scheduled + programme.length,
            programme,
            breaks: Box::default(),
            verdict: Verdict::Play,
            reason: None,
        }
    }

    fn job(&self, programme: Arc<Programme>) -> Job {
        Job {
            broadcast: self.broadcast.clone(),
            programme,
            scheduled: self.scheduled,
            rank: 0,
            not_before: self.scheduled,
            latest: self.scheduled + self.broadcast.wait,
            carried: Carried::Waiting,
        }
    }
}

/// What the journal says of an order that changed nothing. A say or a test given too often is told to its sender only;
/// of an alert there is always who and why.
fn unheeded(broadcast: &Broadcast, one: &One) -> Option<Reason> {
    let because = one.shares.iter().find_map(|share| match &share.fate {
        Fate::Settled(Stand::Refused(OrderRefusal::TooMany(_) | OrderRefusal::Busy(_)))
            if broadcast.class != Class::Emergency =>
        {
            None
        }
        Fate::Settled(Stand::Refused(refusal)) => Some(refusal.reason()),
        Fate::Open(..) if share.same_as.is_some() => Some(Reason::SameOrder),
        _ => None,
    })?;
    let order = Box::new(record::asked(broadcast)?);
    Some(Reason::OrderRefused(Refused { because: Box::new(because), order }))
}

impl Player {
    /// Take an order by hand, or say why not.
    pub(super) fn request(&mut self, now: Now, request: &Request, actions: &mut Vec<Action>) {
        let Now { wall, mono } = now;
        let number = self.next_order();
        let id = self.id_of(wall, number);
        let lead = match request.class {
            Class::Emergency => Duration::ZERO,
            _ if request.talk.is_some() => TALK_LEAD,
            _ => SAY_LEAD,
        };
        let scheduled = self.apart(wall + lead, request);
        let order = Order {
            number,
            id: id.clone(),
            by: request.by.clone(),
            account: request.account.clone(),
            why: request.why.clone(),
            given: scheduled.rfc3339(&self.world.station.timezone),
        };
        let station = &self.world.station;
        let learns = request.zones.iter().any(|zone| station.proof_of(*zone).is_some());
        let broadcast = Arc::new(ordered::broadcast(request, order, learns));
        let title = broadcast.title.clone();
        let mut one = One { broadcast: Some(broadcast.clone()), ..One::of(request.ticket, id, title, wall) };
        let note_at = actions.len();
        let mut refused = Vec::new();
        for zone in &request.zones {
            if usize::from(zone.0) >= self.lanes.len() || one.shares.iter().any(|share| share.zone == *zone) {
                continue;
            }
            let wanted = Wanted { zone: *zone, request, broadcast: &broadcast, scheduled };
            let share = self.take(wanted, wall, actions).unwrap_or_else(|(refusal, airing)| {
                refused.extend(airing);
                Share::of(*zone, 0.0, Fate::Settled(Stand::Refused(refusal)))
            });
            one.shares.push(share);
        }
        let taken = |share: &Share| matches!(share.fate, Fate::Open(..)) && share.same_as.is_none();
        let changes = one.shares.iter().any(taken);
        let mut reason = if changes { record::asked(&broadcast) } else { unheeded(&broadcast, &one) };
        if let Some(Reason::OrderRefused(Refused { because, .. })) = reason.as_ref().filter(|_| request.insists) {
            // How late it is by now stands behind its mark.
            let own = format!("{} {}", request.name, request.why.split(']').next().unwrap_or_default());
            if self.asked.is_told(&own, &because.to_string()) {
                reason = None;
            }
        }
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
                let row = record::unplayed(&airing, &self.world.station, wall, None);
                actions.push(record::finish(record::key(&airing, &self.world.station), row));
            }
        }
        self.asked.push(one);
    }

    /// Let a zone take its share of an order; where it does not, why, and the airing that it would have been.
    fn take(
        &mut self,
        wanted: Wanted<'_>,
        now: Wall,
        actions: &mut Vec<Action>,
    ) -> Result<Share, (OrderRefusal, Option<Airing>)> {
        let Wanted { zone, request, broadcast, scheduled } = wanted;
        let place = usize::from(zone.0);
        let number = broadcast.number();
        if self.ending {
            return Err((OrderRefusal::Ending, None));
        }
        if let Some(by) = self.lanes[place].stopped_since(request.ticket) {
            return Err((OrderRefusal::Stopped(by.to_owned()), None));
        }
        let former = self.same_alert(place, broadcast);
        let newest = self.alerts(place).first().and_then(|airing| airing.broadcast.number());
        if let Some(newest) = former.filter(|airing| airing.broadcast.number() == newest) {
            return Ok(Share::same_as(newest, record::key(newest, &self.world.station)));
        }
        let former = former.and_then(|airing| airing.broadcast.number());
        if !wanted.is_urgent() && self.under_way(place, &request.account) >= ORDERS_MOST {
            return Err((OrderRefusal::TooMany(ORDERS_MOST), None));
        }
        let keeps_out = request.test || request.talk.is_some();
        if let Some(title) = keeps_out.then(|| self.busy(place, now)).flatten() {
            return Err((OrderRefusal::Busy(title), None));
        }
        let programme = self.ordered_programme(request, broadcast, zone, scheduled);
        let mut dropped = Vec::new();
        if wanted.is_urgent() && (programme.is_playable() || programme.is_coming || request.coming) {
            let gone: Vec<(OrderNumber, String)> = self.overtaken(place, broadcast, &request.account, former);
            let id = broadcast.ordered().map(|order| order.id.clone()).unwrap_or_default();
            for (old, title) in gone {
                let is_old = |airing: &Airing| airing.broadcast.number() == Some(old);
                self.end(place, now, &Reason::Superseded(id.clone()), &is_old, actions);
                dropped.extend(Some(title).filter(|_| Some(old) != former));
            }
        }
        let airing = wanted.airing(programme.clone());
        let key = record::key(&airing, &self.world.station);
        let interrupts = self.broken_into(place, request, now);
        self.replan_lane(place, now, vec![wanted.job(programme)], actions);
        // The plan says at once what it will not let sound: then nothing waits for it to become so.
        let future = &mut self.lanes[place].future;
        // What is still being copied may be whole in a moment: somebody stands beside it.
        let is_copied =
            |own: &Airing| matches!(own.reason.as_deref(), Some(Cause::Changing)) || request.coming && lacks_sound(own);
        let is_own = |own: &Airing| own.broadcast.number() == number;
        let refused = future.iter().position(|own| is_own(own) && !will_sound(own) && !is_copied(own));
        if let Some(airing) = refused.and_then(|at| future.remove(at)) {
            return Err((self.refusal(&airing, now), Some(airing)));
        }
        let seconds = airing.programme.length.as_secs_f64();
        // An order has its outcome even if the power goes before its turn comes.
        let draft = record::draft(&airing, &self.world.station, now);
        actions.push(Action::Record(Record::Intend(Box::new(Intent { key: key.clone(), at: scheduled, draft }))));
        let fate = number.map_or(Fate::Settled(Stand::Begins), |number| Fate::Open(number, key));
        Ok(Share { interrupts, dropped, ..Share::of(zone, seconds, fate) })
    }

    /// Orders, but for alerts, that an account has under way in a lane; those too that are falling silent.
    fn under_way(&self, place: usize, account: &str) -> usize {
        let own = |airing: &&Airing| {
            let order = airing.broadcast.ordered();
            airing.broadcast.class != Class::Emergency && order.is_some_and(|order| order.account == account)
        };
        self.lanes[place].airings().filter(own).count()
    }

    /// The emergency that sounds in a lane and goes on after an alert that breaks into it.
    fn broken_into(&self, place: usize, request: &Request, now: Wall) -> Option<String> {
        let goes_on = |run: &&Run| {
            let broadcast = &run.airing.broadcast;
            let resumes = broadcast.if_interrupted == IfInterrupted::Resume;
            run.because.is_none() && run.is_on_air(now) && broadcast.class == Class::Emergency && resumes
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
        if request.test || request.talk.is_some() {
            // Loa's own chime: three seconds, and no louder than any other.
            let setting = ZoneVoices::speaking(&station.zones[usize::from(zone.0)].languages);
            return Arc::new(Programme::new(&broadcast.play, setting, &SoundIndex::new(&Library::default(), station)));
        }
        // A library of ten thousand must not keep an alert waiting. In a mourning a say is held against all the music
        // that there is.
        let all = !schedule.mourning.is_empty() || request.drill.is_some();
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
    fn refusal(&self, airing: &Airing, now: Wall) -> OrderRefusal {
        let Some(reason) = airing.reason.as_deref().filter(|reason| **reason != Cause::NoSound) else {
            return OrderRefusal::NoSound;
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
        OrderRefusal::Unlawful { reason: reason.clone(), earliest }
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
    fn apart(&self, at: Wall, request: &Request) -> Wall {
        let id = ordered::name(request);
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
        self.lanes.iter_mut().for_each(|lane| lane.take_orders_along(moved));
        for ((_, key), latest) in &mut self.late {
            if matches!(key, Key::Order(_)) {
                *latest = latest.moved(moved);
            }
        }
    }

    /// Let go of what has its outcome.
    pub(super) fn forget_late(&mut self) {
        let lanes = &self.lanes;
        self.late.retain(|(zone, key), _| lanes[usize::from(zone.0)].awaits(key));
    }
}
