//! What the last life was about to start when the power went: its intent stands in the journal, its
//! start does not. It has not begun, so its own rule decides, as for all that an outage swallowed; this
//! sees to it that each has its one outcome, also where the plan no longer knows it.

use super::event::Action;
use super::lane::Key;
use super::machine::Player;
use super::record::{self, OutcomeRow};
use crate::fact::{Entry, Intent, Record};
use crate::instant::Wall;
use crate::station::ZoneIx;

impl Player {
    /// An airing that the last life was about to start. It has not begun.
    pub fn already_intended(&mut self, intent: Intent) {
        self.intended.push(intent);
    }

    /// Give those an outcome that nothing else will give one.
    pub(super) fn settle_intended(&mut self, now: Wall, actions: &mut Vec<Action>) {
        // What is yet to come at the end is the next start's.
        if self.intended.is_empty() || self.ending {
            return;
        }
        for intent in std::mem::take(&mut self.intended) {
            if actions.iter().any(|action| takes_over(action, &intent.key)) {
                continue;
            }
            if self.may_still_come(&intent, now) {
                self.intended.push(intent);
                continue;
            }
            if let Some((zone, key)) = self.place_of(&intent) {
                self.lanes[usize::from(zone.0)].settle(key);
            }
            actions.push(record::finish(intent.key, OutcomeRow::power_lost(intent.draft, now)));
        }
    }

    fn may_still_come(&self, intent: &Intent, now: Wall) -> bool {
        let Some((zone, key)) = self.place_of(intent) else { return false };
        if self.lanes[usize::from(zone.0)].awaits(&key) {
            return true;
        }
        // An order by hand died with the process that had it; so did what the files no longer have.
        let Key::Due(scheduled, id) = key else { return false };
        let is_scheduled = self.world.schedule.broadcasts.iter().any(|broadcast| broadcast.id == id);
        is_scheduled && (self.distrust(now).is_some() || now < scheduled)
    }

    /// Where the files may have it; an order by hand is nowhere.
    fn place_of(&self, intent: &Intent) -> Option<(ZoneIx, Key)> {
        if record::is_order(&intent.key) {
            return None;
        }
        let Entry { zone, planned, broadcast, .. } = &intent.draft;
        let zone = self.world.station.zones.iter().position(|known| Some(&known.id) == zone.as_ref())?;
        Some((ZoneIx(zone as u16), Key::Due((*planned)?, broadcast.clone()?)))
    }
}

/// Whether this gives the airing `own` its outcome, or begins it again.
fn takes_over(action: &Action, own: &str) -> bool {
    match action {
        Action::Record(Record::Finish { key, .. }) => key == own,
        Action::Record(Record::Intend(intent)) => intent.key == own,
        _ => false,
    }
}
