use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::files::Gathered;
use crate::diag::{Text, text};
use crate::instant::Wall;
use crate::plan::{self, Airing, Item, Library, Programme, SoundIndex, Verdict, ZoneVoices, wants};
use crate::station::Station;

/// How far it looks for the next time: what comes once a fortnight is found.
const AHEAD: Duration = Duration::from_hours(14 * 24);

/// Which broadcast plays which sound, and when next: what the daemon will do once it has seen the files.
pub(super) struct Uses {
    by_file: BTreeMap<String, Vec<String>>,
    /// What is heard where a name could mean the file as well.
    instead: BTreeMap<String, BTreeSet<String>>,
    airings: Vec<Airing>,
    station: Station,
}

/// When a sound plays next.
pub(super) struct Next {
    pub(super) broadcast: String,
    pub(super) at: Wall,
    pub(super) rfc3339: String,
    pub(super) words: Text,
}

impl Uses {
    /// Looks through the station's schedules as at `now`.
    pub(super) fn find(gathered: &Gathered, library: &Library, now: Wall) -> Self {
        let schedule = &gathered.loaded.schedule;
        let shelf = SoundIndex::new(library, &gathered.station);
        let mut by_file: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let mut instead: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for broadcast in &schedule.broadcasts {
            let zones = broadcast.zones.iter().filter_map(|zone| gathered.station.zones.get(usize::from(zone.0)));
            let mut heard: Vec<String> = zones
                .map(|zone| Programme::new(&broadcast.play, ZoneVoices::of(broadcast, zone), &shelf))
                .flat_map(|programme| programme.needed().filter_map(file_of).map(str::to_owned).collect::<Vec<_>>())
                .collect();
            for zone in broadcast.zones.iter().filter_map(|zone| gathered.station.zones.get(usize::from(zone.0))) {
                for want in wants(broadcast, ZoneVoices::of(broadcast, zone)) {
                    let playable = shelf.find(want.name, &zone.languages).playable;
                    let played = || playable.iter().map(|(sound, _)| sound.file.clone());
                    for sound in shelf.all(want.name) {
                        instead.entry(sound.file.clone()).or_default().extend(played());
                    }
                }
            }
            heard.sort_unstable();
            heard.dedup();
            for file in heard {
                by_file.entry(file).or_default().push(broadcast.id.clone());
            }
        }
        let airings = plan::plan(schedule, &gathered.station, library, now, now + AHEAD);
        Self { by_file, instead, airings, station: gathered.station.clone() }
    }

    /// The broadcasts that play a file of `audio/`.
    pub(super) fn of(&self, file: &str) -> Vec<String> {
        self.by_file.get(file).cloned().unwrap_or_default()
    }

    /// The files that are heard where a schedule's name could mean this one as well.
    pub(super) fn instead(&self, file: &str) -> Vec<String> {
        let heard = self.instead.get(file).into_iter().flatten();
        heard.filter(|heard| heard.as_str() != file).cloned().collect()
    }

    /// When it is heard next.
    pub(super) fn next(&self, file: &str) -> Option<Next> {
        let sounds = |airing: &&Airing| matches!(airing.verdict, Verdict::Play | Verdict::Wait);
        let airing = self.with(file).filter(sounds).min_by_key(|airing| airing.start)?;
        let timezone = &self.station.timezone;
        let clock = plan::clock(airing.start, timezone);
        let Text { vi, en } = plan::date(airing.start, timezone);
        Some(Next {
            broadcast: airing.broadcast.id.clone(),
            at: airing.start,
            rfc3339: airing.start.rfc3339(timezone),
            words: text!("{clock} ngày {vi}", "{clock} on {en}"),
        })
    }

    /// The sounds for want of which what plays it is not heard.
    pub(super) fn lacks(&self, file: &str) -> BTreeSet<String> {
        self.with(file).flat_map(|airing| airing.programme.missing.iter().cloned()).collect()
    }

    fn with<'a>(&'a self, file: &'a str) -> impl Iterator<Item = &'a Airing> {
        self.airings.iter().filter(move |airing| airing.programme.sounds().any(|item| file_of(item) == Some(file)))
    }
}

fn file_of(item: &Item) -> Option<&str> {
    item.source().map(|(file, _)| file)
}
