use loa_core::district::{FleetRollout, FleetRolloutBox, FleetRolloutWave};

use super::{BoxStage, RolloutBoxRecord, RolloutRecord, RolloutState};

/// Boxes that are named; the others are counted.
const NAMED_MOST: usize = 200;

impl RolloutRecord {
    /// As it is looked at: on a terminal, and on the district's page.
    pub fn shown(&self, boxes: &[RolloutBoxRecord]) -> FleetRollout {
        let wave = |(number, wave): (usize, &super::RolloutWave)| {
            let count = |is: BoxStage| boxes.iter().filter(|one| one.wave == number && one.state == is).count();
            FleetRolloutWave {
                name: wave.name.clone(),
                stations: wave.stations.len(),
                sent: wave.sent.map(loa_core::signature::UtcSecond::seconds),
                back: wave.back,
                used: count(BoxStage::Used),
                received: count(BoxStage::Received),
                refused: count(BoxStage::Refused),
            }
        };
        let is_wrong = |one: &&RolloutBoxRecord| matches!(one.state, BoxStage::Refused | BoxStage::Overdue);
        let named = boxes.iter().filter(is_wrong).take(NAMED_MOST).map(|one| {
            let said = one.text();
            FleetRolloutBox { place: one.station.to_string(), vi: said.vi, en: said.en }
        });
        FleetRollout {
            id: self.id.clone(),
            title: self.title.clone(),
            place: self.place.to_string(),
            version: self.version,
            state: self.state.word().to_owned(),
            why: self.why.clone(),
            by: self.by.clone(),
            made: self.made.seconds(),
            until: self.until.seconds(),
            waves: self.waves.iter().enumerate().map(wave).collect(),
            boxes: named.collect(),
        }
    }
}

impl RolloutState {
    /// As the book has it.
    const fn word(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Stopping => "stopping",
            Self::Stopped => "stopped",
            Self::Done => "done",
            Self::Superseded => "superseded",
            Self::Over => "over",
        }
    }
}
