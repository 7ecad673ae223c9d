use std::collections::BTreeMap;

use loa_core::district::{FleetCause, FleetTrouble, commune};
use loa_core::instant::Wall;
use loa_core::signature::Locality;

use crate::lost::StreamRecord;
use crate::rivals::RivalRecord;
use crate::room::RoomRecord;
use crate::standing::FleetRows;

/// What no box is to blame for, and what two of them are: by the book.
pub(crate) fn of_the_centre(known: &FleetRows, now: Wall) -> Vec<FleetTrouble> {
    let mut twins: BTreeMap<Locality, Vec<Locality>> = BTreeMap::new();
    for place in known.stations.iter().filter(|own| own.is_twin).filter_map(|own| Locality::read(&own.station)) {
        twins.entry(commune(&place)).or_default().push(place);
    }
    let twin = |(area, boxes)| FleetTrouble { area, cause: FleetCause::Twin, boxes, since: now };
    let mut wrong: Vec<FleetTrouble> = twins.into_iter().map(twin).collect();
    let mut rubbish: BTreeMap<Locality, Vec<Locality>> = BTreeMap::new();
    for place in known.refused.iter().filter_map(|refused| Locality::read(&refused.station)) {
        rubbish.entry(commune(&place)).or_default().push(place);
    }
    wrong.extend(rubbish.into_iter().map(|(area, mut boxes)| {
        boxes.sort();
        FleetTrouble { area, cause: FleetCause::Rubbish, boxes, since: now }
    }));
    let since = known.rivals.iter().filter_map(RivalRecord::since).min();
    let province = known.stations.first().and_then(|own| Locality::read(own.station.split('.').next()?));
    let rival = |(since, area)| FleetTrouble { area, cause: FleetCause::TwoCollectors, boxes: Vec::new(), since };
    wrong.extend(since.zip(province.clone()).map(rival));
    let since = known.lost.values().filter_map(StreamRecord::since).min();
    let lost = |(since, area)| FleetTrouble { area, cause: FleetCause::LostStreams, boxes: Vec::new(), since };
    wrong.extend(since.zip(province.clone()).map(lost));
    let since = known.full.values().filter_map(RoomRecord::since).min();
    let full = |(since, area)| FleetTrouble { area, cause: FleetCause::FullStreams, boxes: Vec::new(), since };
    wrong.extend(since.zip(province).map(full));
    wrong
}
