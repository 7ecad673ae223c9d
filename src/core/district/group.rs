use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::area::commune;
use super::cause::FleetCause;
use super::habit::HeardBy;
use super::judged::{Consequence, JudgedBox};
use super::view::FleetView;
use crate::instant::Wall;
use crate::signature::Locality;

/// Boxes that go silent one by one are boxes; so many at about one time are a cut.
const OUTAGE_LEAST: usize = 3;
/// About one time: a box says every minute that it is there.
const TOGETHER: Duration = Duration::from_mins(15);
/// Fewer boxes than these say nothing of the centre.
const CENTRE_LEAST: usize = 10;

/// Something that is wrong now, in one place, for one cause.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FleetTrouble {
    /// A commune; for the centre's own, the province.
    pub area: Locality,
    /// What.
    pub cause: FleetCause,
    /// Which boxes, in the order of places.
    pub boxes: Vec<Locality>,
    /// Since when, as far as that is known.
    pub since: Wall,
}

/// What is wrong now, grouped by commune and cause. A cut inhibits what follows from it: that nothing is known of the boxes in it. A box
/// raises one alarm of what is heard there, the worst; what its journal shows is another matter.
pub fn troubles(view: &FleetView) -> Vec<FleetTrouble> {
    let mut groups: BTreeMap<(Locality, FleetCause), FleetTrouble> = BTreeMap::new();
    let mut add = |area: Locality, cause: FleetCause, own: &JudgedBox, since: Wall| {
        let fresh = || FleetTrouble { area: area.clone(), cause: cause.clone(), boxes: Vec::new(), since };
        let trouble = groups.entry((area.clone(), cause.clone())).or_insert_with(fresh);
        trouble.since = trouble.since.min(since);
        trouble.boxes.push(own.facts.place.clone());
    };
    let (centre, cut) = silent_together(view);
    for own in &view.boxes {
        let place = &own.facts.place;
        let own_commune = commune(place);
        let heard = own.facts.heard.map_or(view.now, |heard| heard.at);
        if centre && cut.contains(place) {
            let province = place.as_str().split('.').next().and_then(Locality::read);
            add(province.unwrap_or_else(|| own_commune.clone()), FleetCause::Centre, own, heard);
        } else if cut.contains(place) {
            add(own_commune.clone(), FleetCause::Outage, own, heard);
        }
        match own.consequence {
            Consequence::SilentNext => {
                add(own_commune.clone(), FleetCause::SilentNext(own.code().to_owned()), own, heard);
            }
            Consequence::DidNotPlay => {
                let since = own.facts.session.as_ref().map_or(heard, super::BoxSession::wall);
                add(own_commune.clone(), FleetCause::DidNotPlay(own.code().to_owned()), own, since);
            }
            Consequence::Unknown if !cut.contains(place) => add(own_commune.clone(), FleetCause::Unknown, own, heard),
            _ => {}
        }
        let journal = &own.facts.journal;
        let of_journal = [
            (journal.after_lost, FleetCause::AfterLost),
            (!journal.breaks.is_empty(), FleetCause::Break),
            (!journal.others.is_empty(), FleetCause::Other),
        ];
        for (_, cause) in of_journal.into_iter().filter(|(is, _)| *is) {
            add(own_commune.clone(), cause, own, view.now);
        }
        for code in own.facts.refused.values().collect::<BTreeSet<_>>() {
            add(own_commune.clone(), FleetCause::Refused(code.clone()), own, view.now);
        }
    }
    let mut troubles: Vec<FleetTrouble> = groups.into_values().collect();
    for trouble in &mut troubles {
        trouble.boxes.sort();
    }
    troubles
}

/// Whether it is the centre itself, and the boxes that have gone silent together.
fn silent_together(view: &FleetView) -> (bool, BTreeSet<Locality>) {
    let networked = || {
        let by_network = |own: &&JudgedBox| own.facts.heard.is_some_and(|heard| heard.by == HeardBy::Network);
        view.boxes.iter().filter(by_network)
    };
    let late: BTreeSet<Locality> = networked().filter(|own| own.is_late).map(|own| own.facts.place.clone()).collect();
    let all = networked().count();
    if all >= CENTRE_LEAST && late.len() * 5 >= all * 4 {
        return (true, late);
    }
    let mut communes: BTreeMap<Locality, (usize, Vec<(Wall, Locality)>)> = BTreeMap::new();
    for own in networked() {
        let (all, silent) = communes.entry(commune(&own.facts.place)).or_default();
        *all += 1;
        if let Some(heard) = own.facts.heard.filter(|_| own.is_late) {
            silent.push((heard.at, own.facts.place.clone()));
        }
    }
    let mut cut = BTreeSet::new();
    for (all, mut silent) in communes.into_values() {
        silent.sort();
        let most = silent.iter().enumerate().map(|(first, (from, _))| {
            let until = *from + TOGETHER;
            &silent[first..first + silent[first..].partition_point(|(at, _)| *at <= until)]
        });
        let most = most.max_by_key(|together| together.len()).unwrap_or_default();
        if most.len() >= OUTAGE_LEAST && most.len() * 2 >= all {
            cut.extend(most.iter().map(|(_, place)| place.clone()));
        }
    }
    (false, cut)
}
