use std::collections::BTreeSet;

use super::running::Watching;
use super::stage::CapStage;
use super::standing::KnownPart;
use crate::daemon::protocol::AlarmMark;
use crate::fact::{Entry, EntryKind};
use crate::journal::Reader;

/// So long after an alarm is over its outcome is in the journal, or never will be.
const GIVEN_UP_AFTER: i64 = 3_600;

impl Watching<'_> {
    /// Once an alarm was ordered and is at its end everywhere, tell where nobody heard it.
    pub(super) async fn settle(&self) {
        loop {
            tokio::time::sleep(self.watch.pace.again).await;
            let ordered: Vec<KnownPart> = {
                let memory = self.memory();
                let all = memory.alarms().iter().flat_map(|alarm| &alarm.parts);
                all.filter(|part| part.stage == CapStage::Ordered && part.order.is_some()).cloned().collect()
            };
            for part in ordered {
                self.settle_one(&part).await;
            }
        }
    }

    async fn settle_one(&self, part: &KnownPart) {
        if part.ends {
            // It holds no longer: nobody is called because of it.
            self.remember(|memory| {
                if let Some(part) = memory.part(&part.mark) {
                    part.stage = CapStage::Settled;
                }
            });
            return;
        }
        let Some(rows) = self.rows_of(part) else { return };
        let is_known = |zone: &&String| rows.iter().any(|row| row.zone.as_ref() == Some(zone));
        let is_late = self.believed().is_some_and(|now| now.duration_since(part.until).as_secs() > GIVEN_UP_AFTER);
        if !is_late && !part.zones.iter().all(|zone| is_known(&zone)) {
            return;
        }
        let station = &self.watch.station;
        let was_heard = |zone: &&String| {
            let sounded =
                |row: &Entry| row.zone.as_ref() == Some(zone) && row.seconds_played.is_some_and(|length| length > 0.0);
            station.is_horn(zone) && rows.iter().any(sounded)
        };
        let unheard: Vec<String> = part.zones.iter().filter(|zone| !was_heard(zone)).cloned().collect();
        self.remember(|memory| {
            if let Some(part) = memory.part(&part.mark) {
                (part.stage, part.unheard) = (CapStage::Settled, unheard.clone());
            }
        });
        let told = KnownPart { unheard, ..part.clone() };
        if let Some(line) = told.unheard_line(station) {
            self.note(AlarmMark::Unheard, part.order.clone(), &part.title, line.vi.trim()).await;
        }
    }

    /// What the journal has of what sounded for it; none where it cannot be read.
    fn rows_of(&self, part: &KnownPart) -> Option<Vec<Entry>> {
        let reader = Reader::open(&self.watch.site.journal()).ok().flatten()?;
        let sounds = part.sounds();
        let orders: BTreeSet<&str> = sounds.iter().map(|(_, order)| *order).collect();
        let mut rows = Vec::new();
        for order in orders {
            rows.extend(reader.rows_of_order(order).ok()?);
        }
        rows.retain(|row| {
            let (zone, order) = (row.zone.as_deref(), row.order.as_deref());
            row.kind == EntryKind::Airing && zone.zip(order).is_some_and(|own| sounds.contains(&own))
        });
        Some(rows)
    }
}
