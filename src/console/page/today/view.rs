use std::sync::Arc;

use jiff::tz::TimeZone;

use crate::alarm::his;
use crate::app::App;
use crate::checkup::Finding;
use crate::day::Day;
use crate::disk;
use crate::door::Age;
use crate::gate::Who;
use crate::instant::Wall;
use crate::look::Look;
use crate::reason::OwnAccounts;
use crate::role::Right;
use crate::station::{Station, Zone, ZoneIx};
use crate::status::{Status, ZoneStatus};

/// The station as one person sees it at one moment.
pub(super) struct View {
    pub(super) who: Who,
    pub(super) status: Option<Arc<Status>>,
    /// How old that is.
    pub(super) age: Age,
    pub(super) look: Arc<Look>,
    pub(super) day: Arc<Day>,
    pub(super) now: Wall,
    /// What is short on its disks.
    pub(super) short: Vec<Finding>,
    /// Alarms from outside that wait for him.
    pub(super) outside: usize,
    /// The station's own accounts.
    pub(super) own: OwnAccounts,
}

impl View {
    pub(super) async fn of(app: &App, who: Who) -> Self {
        let (look, day) = (app.look().await, app.day().await);
        let now = app.now();
        let (status, age) = (app.door().status(), app.door().age(now.mono));
        let short = disk::space::short(&disk::space::disks(app.site()));
        let outside = his(app, &who, &look.world.station).len();
        Self { who, status, age, look, day, now: now.wall, short, outside, own: app.own_accounts() }
    }

    /// Of which moment it is what the daemon said.
    pub(super) fn seen(&self) -> Wall {
        self.now - self.age.0
    }

    pub(super) fn station(&self) -> &Station {
        &self.look.world.station
    }

    pub(super) fn tz(&self) -> &TimeZone {
        &self.station().timezone
    }

    /// The zones that he sees, in the station's order.
    pub(super) fn zones(&self) -> Vec<(ZoneIx, &Zone)> {
        let person = self.who.person();
        let all = (0..).map(ZoneIx).zip(&self.station().zones);
        all.filter(|(_, zone)| person.may_in(Right::See, &zone.id)).collect()
    }

    /// Whether he sees one of these.
    pub(super) fn sees_any(&self, zones: impl IntoIterator<Item = ZoneIx>) -> bool {
        let own = self.zones();
        zones.into_iter().any(|zone| own.iter().any(|(known, _)| *known == zone))
    }

    /// How his zones stand; none where the station does not run.
    pub(super) fn standing(&self) -> Vec<&ZoneStatus> {
        let person = self.who.person();
        let zones = self.status.iter().flat_map(|status| &status.zones);
        zones.filter(|zone| person.may_in(Right::See, &zone.zone)).collect()
    }

    /// What people call these zones: all of them, or each.
    pub(super) fn titles(&self, zones: &[ZoneIx]) -> String {
        let title = |zone: &ZoneIx| self.station().zones.get(usize::from(zone.0)).map(|zone| zone.title.as_str());
        zones.iter().filter_map(title).collect::<Vec<_>>().join(", ")
    }
}
