use std::collections::BTreeSet;

use super::{Facts, Library, Sound, SoundIndex, ZoneVoices, wants};
use crate::schedule::{Broadcast, Class, Schedule};
use crate::station::Station;

/// The sounds that an alert may want, the likeliest first: those that are ready for one (`[emergency]`), and those of
/// emergency broadcasts; then those that no broadcast
/// plays, which lie there for somebody to order them, the shortest first. What only ordinary broadcasts play is not
/// among them.
pub fn for_alerts<'l>(
    schedule: &Schedule,
    station: &Station,
    library: &'l Library,
) -> impl Iterator<Item = (&'l Sound, &'l Facts)> {
    let shelf = SoundIndex::new(library, station);
    let mut languages: Vec<String> = station.zones.iter().flat_map(|zone| zone.languages.clone()).collect();
    languages.sort();
    languages.dedup();
    let played = |broadcast: &Broadcast| {
        let (chime, bed) = (broadcast.chime.as_deref(), broadcast.bed.as_deref());
        let setting = ZoneVoices { languages: &languages, chime, bed };
        let names: Vec<_> = wants(broadcast, setting).map(|want| want.name).collect();
        names.into_iter().flat_map(|name| shelf.find(name, &languages).playable).collect::<Vec<_>>()
    };
    let (urgent, ordinary): (Vec<_>, Vec<_>) =
        schedule.broadcasts.iter().partition(|broadcast| broadcast.class == Class::Emergency);
    let mut seen = BTreeSet::new();
    let mut first = Vec::new();
    let ready = &station.emergency;
    let names = ready.presets.iter().map(|preset| &preset.sound).chain([&ready.correction, &ready.lifted]);
    for (sound, facts) in names.flat_map(|name| shelf.find(name, &languages).playable) {
        if seen.insert(&sound.file) {
            first.push((sound, facts));
        }
    }
    for (sound, facts) in urgent.iter().flat_map(|broadcast| played(broadcast)) {
        if seen.insert(&sound.file) {
            first.push((sound, facts));
        }
    }
    seen.extend(ordinary.iter().flat_map(|broadcast| played(broadcast)).map(|(sound, _)| &sound.file));
    let playable = library.sounds.values().filter_map(|sound| Some((sound, sound.facts.as_ref().ok()?)));
    let mut others: Vec<_> = playable.filter(|(sound, _)| !seen.contains(&sound.file)).collect();
    others.sort_by_key(|(_, facts)| facts.frames / u64::from(facts.rate.max(1)));
    first.into_iter().chain(others)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::calendar::sample::daily;
    use crate::plan::sample::{library, station};

    #[test]
    fn emergencies_come_first_then_what_no_broadcast_plays_and_never_what_is_only_ordinary() {
        let broadcast = |id: &str, class| Arc::new(Broadcast { class, ..daily(id, &["05:30"]) });
        let broadcasts = vec![
            broadcast("tin", Class::Normal),
            broadcast("bao", Class::Emergency),
            broadcast("lu", Class::Emergency),
        ];
        let schedule = Schedule { broadcasts, ..Schedule::default() };
        let library = library(&[("tin.mp3", 9), ("bao.mp3", 30), ("lu.mp3", 20), ("dai.mp3", 60), ("coi.mp3", 5)]);
        let found: Vec<_> =
            for_alerts(&schedule, &station(1), &library).map(|(sound, _)| sound.file.as_str()).collect();
        assert_eq!(found, ["bao.mp3", "lu.mp3", "coi.mp3", "dai.mp3"]);
        let library = crate::plan::sample::library(&[("coi.mp3", 5), ("canh-bao-lu.mp3", 90), ("lu.mp3", 20)]);
        let found: Vec<_> =
            for_alerts(&schedule, &station(1), &library).map(|(sound, _)| sound.file.as_str()).collect();
        assert_eq!(found, ["canh-bao-lu.mp3", "lu.mp3", "coi.mp3"], "what is ready for an alarm goes first");
    }
}
