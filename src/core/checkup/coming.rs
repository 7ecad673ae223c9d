//! What is planned in the time to come, and what of it will not sound.

use std::collections::{BTreeMap, BTreeSet};

use super::Finding;
use crate::diag::text;
use crate::instant::Wall;
use crate::plan::{
    self, Airing, Cause, FactAndCure, Fault, HeardSoFar, Library, PlanContext, SoundIndex, SoundRole, Verdict, Want,
    ZoneVoices,
};
use crate::schedule::Schedule;
use crate::station::Station;

/// Further findings of one kind than this are counted: nobody reads them.
const TOLD_MOST: usize = 20;

/// The plan of some hours or days to come.
pub struct ComingDays {
    /// Airings that will sound.
    pub airings: usize,
    /// The first of them.
    pub first: Option<Wall>,
    /// Files in `audio/` that they play, each with the title of one that plays it.
    pub files: BTreeMap<String, String>,
    /// Names that they would play and that no file of the library has.
    pub unknown: BTreeSet<String>,
    /// What will not sound, or not whole.
    pub findings: Vec<Finding>,
}

impl ComingDays {
    /// The plan from now until `to`.
    pub fn new(schedule: &Schedule, station: &Station, library: &Library, known: HeardSoFar, to: Wall) -> Self {
        let from = known.now();
        let ground = PlanContext::knowing(schedule, station, library, known);
        let airings = ground.plan(from, to);
        let sounds = |airing: &&Airing| matches!(airing.verdict, Verdict::Play | Verdict::Wait);
        let mut coming = Self {
            airings: airings.iter().filter(sounds).count(),
            first: airings.iter().filter(sounds).map(|airing| airing.start).min(),
            files: BTreeMap::new(),
            unknown: BTreeSet::new(),
            findings: Vec::new(),
        };
        if airings.is_empty() {
            coming.findings.push(Finding::warning(
                "nothing_planned",
                text!("không có mục phát nào trong thời gian tới", "nothing is planned in the time to come"),
                text!(
                    "xem lại ngày và giờ của các mục trong schedules/; «loa plan» cho thấy kế hoạch",
                    "look at the days and times in schedules/; \"loa plan\" shows what is planned"
                ),
            ));
        }
        coming.sounds(&airings, station, &SoundIndex::new(library, station));
        coming.refused(&airings, &ground);
        coming
    }

    fn sounds(&mut self, airings: &[Airing], station: &Station, shelf: &SoundIndex<'_>) {
        let mut faulty: BTreeMap<&str, (&str, &Fault)> = BTreeMap::new();
        let mut missing: BTreeMap<&str, (&str, SoundRole)> = BTreeMap::new();
        for airing in airings {
            let Some(zone) = station.zones.get(usize::from(airing.zone.0)) else { continue };
            let title = airing.broadcast.title.as_str();
            for Want { name, role } in plan::wants(&airing.broadcast, ZoneVoices::of(&airing.broadcast, zone)) {
                let heard = shelf.find(name, &zone.languages);
                self.files.extend(heard.playable.iter().map(|(sound, _)| (sound.file.clone(), title.to_owned())));
                for sound in &heard.faulty {
                    if let Err(fault) = &sound.facts {
                        faulty.entry(&sound.file).or_insert((title, fault));
                    }
                }
                if heard.playable.is_empty() && heard.faulty.is_empty() {
                    let first = missing.entry(name).or_insert((title, role));
                    // Words weigh more than what adorns them.
                    if role == SoundRole::Word {
                        first.1 = role;
                    }
                }
            }
        }
        let faulty = faulty.into_iter().map(|(file, (title, fault))| self::faulty(file, title, fault));
        self.tell(faulty.collect());
        self.unknown = missing.keys().map(|name| (*name).to_owned()).collect();
        let missing = missing.into_iter().map(|(name, (title, role))| {
            let (vi, en) = role.instead();
            let message = text!(
                "«{title}»: chưa nạp âm thanh «{name}»{vi}",
                "\"{title}\": the sound \"{name}\" is not loaded{en}"
            );
            let help = match role {
                SoundRole::Word => plan::word_cure(name, true, shelf),
                SoundRole::Chime | SoundRole::Bed | SoundRole::Instead => plan::missing_cure(name, shelf),
            };
            let tell = if role == SoundRole::Word { Finding::error } else { Finding::warning };
            tell("sound_missing", message, help)
        });
        self.tell(missing.collect());
    }

    /// Refusals and misses: one for each broadcast and reason.
    fn refused(&mut self, airings: &[Airing], ground: &PlanContext<'_>) {
        let mut told: BTreeSet<(&str, &str)> = BTreeSet::new();
        let mut found = Vec::new();
        for airing in airings.iter().filter(|airing| matches!(airing.verdict, Verdict::Refuse | Verdict::Miss)) {
            let Some(reason) = airing.reason.as_deref() else { continue };
            // Missing sounds stand above; in a mourning music is silent, and on a day
            // that is called off everything, because somebody wrote so.
            if reason.is_want_of_sound() || matches!(reason, Cause::Mourning(_) | Cause::Cancelled(_)) {
                continue;
            }
            // Of a zone in which nothing sounds the first is told.
            let about = match reason {
                Cause::NoOutput => ground.station().zones.get(usize::from(airing.zone.0)).map_or("", |zone| &zone.id),
                _ => airing.broadcast.id.as_str(),
            };
            if !told.insert((about, reason.code())) {
                continue;
            }
            let Some(FactAndCure { fact, cure }) = plan::told(airing, ground) else { continue };
            let nothing = || text!("", "");
            found.push(Finding::error(reason.code(), fact, cure.unwrap_or_else(nothing)));
        }
        self.tell(found);
    }

    fn tell(&mut self, mut found: Vec<Finding>) {
        let over = found.len().saturating_sub(TOLD_MOST);
        found.truncate(TOLD_MOST);
        if let Some(last) = found.last_mut().filter(|_| over > 0) {
            let more = text!(" (và {over} chỗ khác như vậy)", " (and {over} more like it)");
            last.message.vi.push_str(&more.vi);
            last.message.en.push_str(&more.en);
        }
        self.findings.append(&mut found);
    }
}

/// A sound that is due and cannot play.
pub fn faulty(file: &str, title: &str, fault: &Fault) -> Finding {
    if fault.code == Fault::CHANGING {
        let message = text!(
            "«{title}» dùng audio/{file}, tệp này còn đang chép dở",
            "\"{title}\" uses audio/{file}, which is still being copied"
        );
        let help = text!("đợi chép xong, loa sẽ tự đọc", "wait until that is done, loa will read it by itself");
        return Finding::warning("sound_changing", message, help);
    }
    let (vi, en) = (&fault.message.vi, &fault.message.en);
    let message = text!("«{title}» dùng audio/{file}: {vi}", "\"{title}\" uses audio/{file}: {en}");
    let help =
        text!("thu hoặc chép lại rồi nạp vào: loa load {file}", "record or copy it again, then: loa load {file}");
    Finding::error("sound_faulty", message, help)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::calendar::sample::{at, daily};
    use crate::plan::sample::{library, station};

    #[test]
    fn what_will_not_sound_is_told_once_for_each_reason() {
        let broadcasts = vec![
            Arc::new(daily("a", &["05:30", "06:00"])),
            Arc::new(daily("hong", &["05:40"])),
            Arc::new(daily("thieu", &["05:50", "05:55"])),
            Arc::new(daily("dem", &["03:00", "04:00"])),
        ];
        let schedule = Schedule { broadcasts, ..Schedule::default() };
        let (station, library) = (station(2), library(&[("a.mp3", 20), ("hong.mp3", 0), ("dem.mp3", 20)]));
        let from = at("2026-12-01T00:00", &station.timezone);
        let coming = ComingDays::new(
            &schedule,
            &station,
            &library,
            HeardSoFar::at(from),
            from + std::time::Duration::from_hours(24),
        );
        let codes: Vec<&str> = coming.findings.iter().map(|one| one.code.as_str()).collect();
        assert_eq!(codes, ["sound_faulty", "sound_missing", "outside_hours"]);
        assert_eq!((coming.airings, coming.first), (2, Some(at("2026-12-01T05:30", &station.timezone))));
        assert_eq!(coming.unknown.iter().collect::<Vec<_>>(), ["thieu"]);
        assert!(coming.files.contains_key("a.mp3"));
        let nothing = ComingDays::new(
            &Schedule::default(),
            &station,
            &library,
            HeardSoFar::at(from),
            from + std::time::Duration::from_hours(24),
        );
        assert_eq!(nothing.findings[0].code, "nothing_planned");
    }

    #[test]
    fn a_flood_of_findings_is_counted() {
        let broadcasts: Vec<_> = (0..=TOLD_MOST).map(|n| Arc::new(daily(&format!("x{n:02}"), &["05:30"]))).collect();
        let schedule = Schedule { broadcasts, ..Schedule::default() };
        let station = station(1);
        let from = at("2026-12-01T00:00", &station.timezone);
        let to = from + std::time::Duration::from_hours(24);
        let coming = ComingDays::new(&schedule, &station, &Library::default(), HeardSoFar::at(from), to);
        assert_eq!(coming.findings.iter().filter(|one| one.code == "sound_missing").count(), TOLD_MOST);
        assert!(coming.findings.iter().any(|one| one.message.en.ends_with("(and 1 more like it)")));
    }
}
