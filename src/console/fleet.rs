//! The fleet as the district's page shows it: read from its board, judged, and shared by everybody who asks within a few seconds.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::one_for_all::Ages;
use crate::board::{Board, BoardError, BoardFleet, SentAlarm, Unheard};
use crate::diag::{Text, shown};
use crate::district::{AreaNames, FleetAlarm, FleetRollout, FleetView};
use crate::instant::Wall;
use crate::signature::Locality;

/// One look serves everybody who asks meanwhile: the board is brought up every few seconds.
pub(super) const DISTRICT_AGES: Ages = Ages { good: Duration::from_secs(3), given: Duration::from_secs(20) };

/// Alarms in force of which it is told who has not heard them: more at one time are given by nobody.
const IN_FORCE_MOST: usize = 8;

/// The fleet at one moment; or why it cannot be read.
pub(super) type District = Result<Arc<DistrictFleet>, Text>;

/// The fleet at one moment.
#[derive(Clone, Debug)]
pub(super) struct DistrictFleet {
    /// What people call it.
    pub(super) name: String,
    /// When the centre was last at work.
    pub(super) beat: Option<Wall>,
    /// Every box, the worst first.
    pub(super) view: FleetView,
    names: AreaNames,
    /// The alarms that nobody has closed, the worst first.
    pub(super) alarms: Vec<FleetAlarm>,
    /// Alarms that the centre has sent, the newest first.
    pub(super) sent: Vec<SentAlarm>,
    /// Of these, the ones that hold now, with who has not heard them.
    pub(super) in_force: Vec<AlarmInForce>,
    /// Schedules that go out in waves, the newest first.
    pub(super) rollouts: Vec<FleetRollout>,
}

/// An alarm that holds now.
#[derive(Clone, Debug)]
pub(super) struct AlarmInForce {
    /// Which.
    pub(super) sent: SentAlarm,
    /// Where it was not heard, as far as anybody knows.
    pub(super) unheard: Vec<Unheard>,
    /// At so many places it was.
    pub(super) heard: usize,
}

impl DistrictFleet {
    /// Out of the board in `dir`: a line for each box, and the alarms; whatever the boxes have written in their lives.
    pub(super) fn read(dir: &Path, now: Wall) -> District {
        let read = || -> Result<Arc<Self>, BoardError> {
            let mut board = Board::find(dir)?;
            let BoardFleet { name, beat, facts, names, wanted } = board.fleet()?;
            let view = FleetView::judge(facts, &wanted, now);
            let mut alarms = board.open_alarms()?;
            alarms.sort_by(|one, other| (&one.cause, one.raised).cmp(&(&other.cause, other.raised)));
            let (sent, rollouts) = (board.sent()?, board.rollouts()?);
            let holds = |sent: &&SentAlarm| sent.made <= now && now < sent.expires;
            let in_force = sent.iter().filter(holds).take(IN_FORCE_MOST).map(|sent| {
                let (unheard, heard) = board.unheard(sent)?;
                Ok(AlarmInForce { sent: sent.clone(), unheard, heard })
            });
            let in_force = in_force.collect::<Result<_, BoardError>>()?;
            Ok(Arc::new(Self { name, beat, view, names, alarms, sent, in_force, rollouts }))
        };
        read().map_err(|error| error.text())
    }

    /// What communes are called, where somebody has said.
    pub(super) const fn names(&self) -> &AreaNames {
        &self.names
    }

    /// The alarms that have not passed.
    pub(super) fn standing(&self) -> impl Iterator<Item = &FleetAlarm> + Clone {
        self.alarms.iter().filter(|alarm| alarm.over.is_none())
    }

    /// What a place is called: its name, else its path.
    pub(super) fn area(&self, area: &Locality) -> String {
        self.names.get(area).map_or_else(|| area.to_string(), |name| shown(name))
    }
}
