//! Whether what alarms are made of has been recorded: nobody finds the time for it at 02:10.

use super::Finding;
use crate::diag::{Diagnostic, Severity, Text, figure, text};
use crate::plan::{Library, SoundIndex, is_version, without_ending};
use crate::station::{EmergencySound, Station};

/// Sounds that are named; of more their number is told.
const TOLD_MOST: usize = 12;

/// A sound of alarms that is not there.
#[derive(Clone, PartialEq, Debug)]
pub struct Unrecorded<'s> {
    /// Which, and what it is for.
    pub sound: EmergencySound<'s>,
    /// What is wrong with the file that is there.
    pub fault: Option<Text>,
    /// Titles of the zones that would hear nothing; empty where that is every one.
    pub zones: Vec<&'s str>,
}

/// The sounds that alarms, corrections and drills cannot be had without, and that would not be heard in some zone. Of
/// sounds of one name the first.
pub fn unrecorded<'s>(station: &'s Station, library: &Library) -> Vec<Unrecorded<'s>> {
    let mut found: Vec<Unrecorded<'s>> = Vec::new();
    for sound in station.emergency.sounds().filter(|sound| sound.role.is_needed()) {
        if found.iter().any(|known| known.sound.name == sound.name) {
            continue;
        }
        // An alarm has its own way to a file that is being written to: what it was before plays.
        let near = library.around_at_once(sound.name);
        let shelf = SoundIndex::new(&near, station);
        let (mut zones, mut fault) = (Vec::new(), None);
        for zone in &station.zones {
            let heard = shelf.find(sound.name, &zone.languages);
            if heard.playable.is_empty() {
                zones.push(zone.title.as_str());
                let broken = heard.faulty.first().and_then(|file| file.facts.as_ref().err());
                fault = fault.or_else(|| broken.map(|broken| broken.message.clone()));
            }
        }
        if zones.is_empty() {
            continue;
        }
        if zones.len() == station.zones.len() {
            zones.clear();
        }
        found.push(Unrecorded { sound, fault, zones });
    }
    found
}

/// What a name, or a file, is heard as in an alarm or a drill, in any language.
pub fn of_an_alarm<'s>(station: &'s Station, name: &str) -> Option<EmergencySound<'s>> {
    let stem = without_ending(name).unwrap_or(name);
    station.emergency.sounds().find(|sound| is_version(stem, sound.name))
}

impl Unrecorded<'_> {
    /// `báo động «Lũ» (canh-bao-lu)`, and where, unless everywhere; with what is wrong with the file.
    pub fn title(&self) -> Text {
        let (Text { vi, en }, name) = (self.sound.role.title(), self.sound.name);
        let (at_vi, at_en) = if self.zones.is_empty() {
            (String::new(), String::new())
        } else {
            let zones = figure::joined(self.zones.iter().copied());
            (format!(", ở {zones}"), format!(", in {zones}"))
        };
        match &self.fault {
            Some(Text { vi: why_vi, en: why_en }) => {
                text!("{vi} ({name}{at_vi}: bản ghi hỏng, {why_vi})", "{en} ({name}{at_en}: broken, {why_en})")
            }
            None => text!("{vi} ({name}{at_vi})", "{en} ({name}{at_en})"),
        }
    }
}

/// All of them in one sentence, and what to do.
fn told(found: &[Unrecorded<'_>]) -> Option<(Text, Text)> {
    let first = found.first()?.sound.name;
    let titles: Vec<Text> = found.iter().take(TOLD_MOST).map(Unrecorded::title).collect();
    let join = |of: fn(&Text) -> &str| titles.iter().map(of).collect::<Vec<_>>().join(", ");
    let (vi, en) = (join(|title| &title.vi), join(|title| &title.en));
    let (more_vi, more_en) = match found.len().saturating_sub(TOLD_MOST) {
        0 => (String::new(), String::new()),
        more => (format!(" và {more} bản nữa"), format!(" and {more} more")),
    };
    let message = text!(
        "chưa có bản ghi để phát khi có việc khẩn cấp: {vi}{more_vi}",
        "what an emergency is sounded with is not recorded: {en}{more_en}"
    );
    let help = text!(
        "ghi âm từng bản rồi nạp, ví dụ: loa load TỆP --as {first}; loại báo động không dùng thì bỏ khỏi [emergency.presets]",
        "record each and load it, as: loa load FILE --as {first}; take alarms that are not used out of [emergency.presets]"
    );
    Some((message, help))
}

/// For whoever looks after the station.
pub fn finding(found: &[Unrecorded<'_>]) -> Option<Finding> {
    told(found).map(|(message, help)| Finding::warning("alarm_unrecorded", message, help))
}

/// The same for the check of the station's files.
pub fn diagnostic(found: &[Unrecorded<'_>]) -> Option<Diagnostic> {
    let (message, help) = told(found)?;
    Some(Diagnostic::of_file("audio", Severity::Warning, "alarm_unrecorded", message).with_help(help))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::sample::{library, station};

    #[test]
    fn what_an_alarm_cannot_do_without_is_told_until_every_zone_can_hear_it() {
        let mut station = station(2);
        let names = |station: &Station, files: &[(&str, u64)]| -> Vec<String> {
            unrecorded(station, &library(files)).iter().map(|one| one.sound.name.to_owned()).collect()
        };
        assert_eq!(
            names(&station, &[]),
            [
                "canh-bao-lu",
                "canh-bao-bao",
                "canh-bao-chay-rung",
                "canh-bao-tim-nguoi",
                "canh-bao-khac",
                "dinh-chinh",
                "het-bao-dong",
                "dien-tap"
            ]
        );
        station.emergency.presets.truncate(1);
        let all = [("canh-bao-lu.mp3", 20), ("dinh-chinh.mp3", 5), ("het-bao-dong.mp3", 5), ("dien-tap.mp3", 5)];
        assert!(names(&station, &all).is_empty(), "a drill goes without a sound of its own");
        assert_eq!(finding(&unrecorded(&station, &library(&all))), None);
        // A file that cannot play is as good as none.
        let mut broken = all;
        broken[0].1 = 0;
        assert_eq!(names(&station, &broken), ["canh-bao-lu"]);
        let said = finding(&unrecorded(&station, &library(&broken))).unwrap();
        assert!(said.message.vi.contains("báo động «Lũ» (canh-bao-lu: bản ghi hỏng"), "{}", said.message.vi);
        assert!(said.help.vi.contains("loa load TỆP --as canh-bao-lu"));
    }

    #[test]
    fn a_name_is_an_alarms_however_it_is_spelled_and_in_every_language() {
        let mut station = station(1);
        station.emergency.presets.truncate(2);
        station.emergency.presets[1].sound = "cảnh báo bão.mp3".to_owned();
        let is = |stem: &str| of_an_alarm(&station, stem).is_some();
        for stem in [
            "canh-bao-lu",
            "Canh-Bao-Lu.m4a",
            "CANH-BAO-LU.vi",
            "ca\u{309}nh ba\u{301}o ba\u{303}o",
            "dien-tap.kho.mp3",
        ] {
            assert!(is(stem), "{stem}");
        }
        for stem in ["canh-bao-lut", "canh-bao", "dien-tap-2", "tin"] {
            assert!(!is(stem), "{stem}");
        }
    }
}
