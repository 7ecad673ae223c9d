use std::time::Duration;

use super::event::{ClockTrust, World};
use super::lane::{Lane, will_sound};
use super::machine::Player;
use super::run::Run;
use super::stand::OrderStand;
use super::stops::StopsBy;
use super::want::lacking;
use crate::amplifier::AmplifierState;
use crate::diag::Text;
use crate::instant::{Now, Wall};
use crate::plan::{Airing, SessionCount};
use crate::reason::Reason;
use crate::schedule::{Class, Kind};
use crate::voice::RelayNews;

/// How the station stands at one instant: what readers get, complete and owned.
#[derive(Clone, PartialEq, Debug)]
pub struct Snapshot {
    /// When it was taken.
    pub at: Wall,
    /// The player is ending: it takes no order any more, and records that it did not.
    pub ending: bool,
    /// Why the clock is not believed, if it is not.
    pub distrust: Option<Reason>,
    /// What was last found to speak for the clock, or against it.
    pub trust: ClockTrust,
    /// How far the clock had run away when it was last synchronised again since this start, as a reason in
    /// the journal: `clock_drift: +12.300 s: 72h`.
    pub drift: Option<Reason>,
    /// What the plan is made from.
    pub world: World,
    /// In the station's order.
    pub zones: Vec<ZoneSnapshot>,
    /// What feeds them, where loa switches it.
    pub amplifiers: Vec<AmplifierState>,
    /// Orders by hand: those that this turn has settled, and those that are not over.
    pub orders: Vec<OrderStand>,
    /// Who has stopped what within the last hour.
    pub stops: Vec<StopsBy>,
}

/// How one zone stands.
#[derive(Clone, PartialEq, Debug)]
pub struct ZoneSnapshot {
    /// Its id.
    pub zone: String,
    /// What is heard now.
    pub playing: Option<Playing>,
    /// What comes next, and when.
    pub next: Option<NextAiring>,
    /// What comes first of what will not sound for want of something, with the code of that.
    pub silent: Option<(NextAiring, &'static str)>,
    /// How far its sessions have come, where they are limited.
    pub tally: Option<SessionCount>,
    /// How many airings are due and wait, or were interrupted and will go on.
    pub waiting: usize,
    /// When the next airing begins whose sound is still being got ready, and not for want of its device.
    pub preparing: Option<Wall>,
    /// How often since the start of the daemon sound had dropouts here.
    pub underruns: u64,
    /// What was wrong with its output when it was last used, and since when; `None` once it was heard again.
    pub trouble: Option<(Text, Wall)>,
    /// Its output has been used since the start: before that, nothing is known of it.
    pub tried: bool,
}

/// What a zone plays.
#[derive(Clone, PartialEq, Debug)]
pub struct Playing {
    /// Broadcast id.
    pub broadcast: String,
    /// What people call it.
    pub title: String,
    /// How urgent it is.
    pub class: Class,
    /// The order by hand that it carries out.
    pub order: Option<String>,
    /// What it is.
    pub kind: Kind,
    /// When it was to begin: with zone and broadcast, its name.
    pub planned: Wall,
    /// When its first sample was heard.
    pub started: Wall,
    /// The programme's length.
    pub length: Duration,
    /// What is heard where a higher station is booked.
    pub relay: Option<RelayNews>,
}

/// What a zone will play.
#[derive(Clone, PartialEq, Debug)]
pub struct NextAiring {
    /// Broadcast id.
    pub broadcast: String,
    /// What people call it.
    pub title: String,
    /// When its first sample is heard.
    pub start: Wall,
}

impl NextAiring {
    fn of(airing: &Airing) -> Self {
        let (broadcast, title) = (airing.broadcast.id.clone(), airing.broadcast.title.clone());
        Self { broadcast, title, start: airing.start }
    }
}

impl Player {
    /// For tests: airings that are to come or under way, and those that are late.
    #[cfg(any(test, feature = "sample"))]
    pub fn airings_held(&self) -> (usize, usize) {
        (self.lanes.iter().map(|lane| lane.airings().count()).sum(), self.late.len())
    }

    /// How things stand.
    pub fn snapshot(&self, now: Now) -> Snapshot {
        let zones = self.lanes.iter().map(|lane| self.zone_snapshot(lane, now.wall)).collect();
        Snapshot {
            at: now.wall,
            ending: self.ending,
            distrust: self.distrust_told(now.wall),
            trust: self.belief.trust.clone(),
            drift: self.belief.drift.clone(),
            world: self.world.clone(),
            zones,
            amplifiers: self.bank.look(),
            orders: self.stands(now.wall),
            stops: self.stops.of_late(now.mono),
        }
    }

    fn zone_snapshot(&self, lane: &Lane, now: Wall) -> ZoneSnapshot {
        let heard = lane.runs.iter().filter(|run| run.is_on_air(now) && run.started.is_some());
        // What is broken into fades out for a moment under what breaks in.
        let playing = heard.max_by_key(|run| run.under_way_since());
        let coming = lane
            .runs
            .iter()
            .filter(|run| run.started.is_none())
            .map(|run| &run.airing)
            .chain(lane.future.iter().filter(|airing| will_sound(airing)))
            .min_by_key(|airing| airing.start);
        ZoneSnapshot {
            zone: self.world.station.zones[usize::from(lane.zone.0)].id.clone(),
            playing: playing.and_then(|run| {
                Some(Playing {
                    broadcast: run.airing.broadcast.id.clone(),
                    title: run.airing.broadcast.title.clone(),
                    class: run.airing.broadcast.class,
                    order: run.airing.broadcast.ordered().map(|order| order.id.clone()),
                    kind: run.airing.broadcast.kind,
                    planned: run.airing.scheduled,
                    started: run.started?,
                    length: run.airing.programme.length,
                    relay: run.relaying.now().cloned(),
                })
            }),
            next: coming.map(NextAiring::of),
            silent: lacking(lane.future.iter(), now).map(|(airing, code)| (NextAiring::of(airing), code)),
            tally: lane.tally(now, self.guards.of(lane.zone)),
            waiting: lane.runs.iter().filter(|run| run.is_suspended()).count()
                + lane.future.iter().filter(|airing| will_sound(airing) && airing.scheduled <= now).count(),
            preparing: lane.runs.iter().filter_map(Run::is_preparing_for).min(),
            underruns: lane.underruns,
            trouble: lane.trouble.clone(),
            tried: lane.is_tried,
        }
    }
}
