use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use crate::bundle::Purpose;
use crate::diag::SourceFile;
use crate::plan::Wanted;
use crate::schedule::{self, DayType, Holiday, Place, Reading, RulePlaces, Rules, Schedule};
use crate::station::{Station, ZoneIx};

/// What these schedules and sounds bring, by what they mean and not by what they say of themselves. Sounds by their names
/// in `audio/`.
pub fn purposes<'a>(
    texts: &BTreeMap<String, String>,
    sounds: impl IntoIterator<Item = &'a str>,
    station: &Station,
    today: Date,
) -> BTreeSet<Purpose> {
    let sources: Vec<SourceFile> =
        texts.iter().map(|(path, text)| SourceFile { path: path.clone(), text: text.clone() }).collect();
    let (schedule, _) = schedule::check(&sources, station, Reading { today });
    let mut purposes = BTreeSet::from([Purpose::Schedule]);
    let urgent = Wanted::urgent(&schedule, station);
    let says_an_alarm = sounds.into_iter().any(|file| urgent.has(file));
    if says_an_alarm || schedule.broadcasts.iter().any(|broadcast| broadcast.passes_hours()) {
        purposes.insert(Purpose::Emergency);
    }
    if is_another_law(&schedule, &Schedule::default()) {
        purposes.insert(Purpose::Rules);
    }
    purposes
}

/// The same of a station before and after, by what is heard then: a file that says little by itself may say more beside
/// those that are there, and one that goes takes the law along that it had brought. `sounds` are those that come and go: a
/// version in a language is heard instead of the words of an alarm, and an alarm without its words says nothing.
pub(super) fn purposes_of<'a>(
    [was, after]: [&Schedule; 2],
    station: &Station,
    brings: impl Fn(&str) -> bool,
    sounds: impl IntoIterator<Item = &'a str>,
) -> BTreeSet<Purpose> {
    let mut purposes = BTreeSet::new();
    let urgent = Wanted::urgent(after, station);
    if sounds.into_iter().any(|file| urgent.has(file)) {
        purposes.insert(Purpose::Emergency);
    }
    let urgent = after.broadcasts.iter().filter(|broadcast| broadcast.passes_hours());
    if urgent.filter_map(|broadcast| broadcast.place()).any(|place| brings(&place.file)) {
        purposes.insert(Purpose::Emergency);
    }
    if is_another_law(after, was) {
        purposes.insert(Purpose::Rules);
    }
    purposes
}

/// Whether the lawful hours, days and sessions are others, or days are called off, or days of rest, of mourning or of a name
/// are others: each of them silences what others wrote, too.
fn is_another_law(schedule: &Schedule, was: &Schedule) -> bool {
    let bare = |rules: &Rules| Rules { places: RulePlaces::default(), ..rules.clone() };
    let zones = |schedule: &Schedule| -> Vec<(ZoneIx, Rules)> {
        schedule.rules.zones.iter().map(|(zone, rules)| (*zone, bare(rules))).collect()
    };
    bare(&schedule.rules.station) != bare(&was.rules.station)
        || zones(schedule) != zones(was)
        || is_another_calendar(schedule, was)
}

/// By what the days are, wherever they are written.
fn is_another_calendar(schedule: &Schedule, was: &Schedule) -> bool {
    let holidays = |schedule: &Schedule| -> Vec<Holiday> {
        let unplaced = |holiday: &Holiday| Holiday { place: Place::default(), ..holiday.clone() };
        schedule.holidays.iter().map(unplaced).collect()
    };
    let day_types = |schedule: &Schedule| -> BTreeMap<String, DayType> {
        let unplaced = |days: &DayType| DayType { place: Place::default(), ..days.clone() };
        schedule.day_types.iter().map(|(name, days)| (name.clone(), unplaced(days))).collect()
    };
    schedule.mourning != was.mourning || holidays(schedule) != holidays(was) || day_types(schedule) != day_types(was)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn to_call_days_off_takes_the_key_of_the_law() {
        let today = Date::constant(2026, 12, 1);
        let of = |text: &str| {
            let texts = BTreeMap::from([("schedules/a.toml".to_owned(), text.to_owned())]);
            purposes(&texts, [], &Station::default(), today).contains(&Purpose::Rules)
        };
        assert!(of("[[cancel]]\nfrom = 2026-12-01\nuntil = 2027-12-01\nwhy = \"x\"\n"));
        assert!(of("[mourning]\nfrom = 2026-12-01\nuntil = 2027-12-01\n"));
        assert!(of("[[holiday]]\nname = \"Tết\"\ndate = 2026-12-02\n"));
        assert!(of("[days.cho-phien]\ndates = [\"2026-12-01..2027-12-01\"]\n"));
        assert!(!of("[[broadcast]]\nid = \"a\"\nat = \"05:30\"\nplay = [\"tin\"]\n"));
    }

    #[test]
    fn the_words_of_an_alarm_take_the_key_of_emergencies_in_every_language() {
        let today = Date::constant(2026, 12, 1);
        let siren = "[[broadcast]]\nid = \"lu\"\nclass = \"emergency\"\nby = \"Chủ tịch\"\nwhy = \"lũ\"\nfrom = \"2026-12-01\"\nuntil = \"2026-12-02\"\nat = \"05:30\"\nplay = [\"coi\"]\n";
        let texts = BTreeMap::from([("schedules/a.toml".to_owned(), siren.to_owned())]);
        let (schedule, _) = schedule::check(
            &[SourceFile { path: "schedules/a.toml".to_owned(), text: siren.to_owned() }],
            &Station::default(),
            Reading { today },
        );
        let of = |file: &str| purposes(&BTreeMap::new(), [file], &Station::default(), today);
        let heard = |file: &str, after: &Schedule| {
            let was = Schedule::default();
            purposes_of([&was, after], &Station::default(), |_| false, [file]).contains(&Purpose::Emergency)
        };
        let none = Schedule::default();
        for file in ["tin.mp3", "canh-bao-lut.mp3", "lu.kho.mp3"] {
            assert!(!of(file).contains(&Purpose::Emergency) && !heard(file, &schedule), "{file}");
        }
        assert!(
            heard("coi.kho.mp3", &schedule)
                && !heard("coi.kho.mp3", &none)
                && !of("coi.kho.mp3").contains(&Purpose::Emergency)
        );
        assert!(purposes(&texts, [], &Station::default(), today).contains(&Purpose::Emergency));
    }
}
