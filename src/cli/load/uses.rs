use std::collections::BTreeMap;
use std::time::Duration;

use super::outcome::{Next, Outcome};
use crate::audio::library;
use crate::cli::Context;
use crate::cli::check::gather;
use crate::diag::{Text, text};
use crate::instant::Wall;
use crate::plan::{self, Airing, Item, Programme, Setting, Shelf, Verdict, Wanted};
use crate::station::Station;

/// How far it looks for the next time: what comes once a fortnight is found.
const AHEAD: Duration = Duration::from_hours(14 * 24);

/// Which broadcast plays which sound, and when next: what the daemon will do once it has seen the files.
pub(super) struct Uses {
    by_file: BTreeMap<String, Vec<String>>,
    airings: Vec<Airing>,
    station: Station,
}

impl Uses {
    /// Looks through the station's schedules as at `now`. Measures nothing: only sounds that are known
    /// already can be found, and those just loaded are.
    pub(super) fn find(context: &Context, now: Wall) -> Self {
        let gathered = gather(context, now);
        let schedule = &gathered.loaded.schedule;
        let (library, _) = library::known(&context.dir, &Wanted::new(schedule, &gathered.station));
        let shelf = Shelf::new(&library, &gathered.station);
        let mut by_file: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for broadcast in &schedule.broadcasts {
            let zones = broadcast.zones.iter().filter_map(|zone| gathered.station.zones.get(usize::from(zone.0)));
            let mut heard: Vec<String> = zones
                .map(|zone| Programme::new(&broadcast.play, Setting::of(broadcast, zone), &shelf))
                .flat_map(|programme| programme.sounds().filter_map(file_of).map(str::to_owned).collect::<Vec<_>>())
                .collect();
            heard.sort_unstable();
            heard.dedup();
            for file in heard {
                by_file.entry(file).or_default().push(broadcast.id.clone());
            }
        }
        let airings = plan::plan(schedule, &gathered.station, &library, now, now + AHEAD);
        Self { by_file, airings, station: gathered.station }
    }

    /// Puts what was found of an outcome's file into it.
    pub(super) fn tell(&self, outcome: &mut Outcome) {
        let Some(file) = outcome.file().map(str::to_owned) else { return };
        let used_by = self.by_file.get(&file).cloned().unwrap_or_default();
        let plays = |airing: &&Airing| {
            matches!(airing.verdict, Verdict::Play | Verdict::Wait)
                && airing.programme.sounds().any(|item| file_of(item) == Some(&*file))
        };
        let next = self.airings.iter().filter(plays).min_by_key(|airing| airing.start).map(|airing| {
            let timezone = &self.station.timezone;
            let clock = plan::clock(airing.start, timezone);
            let Text { vi, en } = plan::date(airing.start, timezone);
            Next {
                broadcast: airing.broadcast.id.clone(),
                rfc3339: airing.start.rfc3339(timezone),
                words: text!("{clock} ngày {vi}", "{clock} on {en}"),
            }
        });
        outcome.set_uses(used_by, next);
    }
}

fn file_of(item: &Item) -> Option<&str> {
    item.source().map(|(file, _)| file)
}
