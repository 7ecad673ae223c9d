use std::collections::BTreeMap;

use crate::diag::{Text, text};
use crate::journal::Names;
use crate::reason::OwnAccounts;
use crate::schedule::Schedule;
use crate::station::{Emergency, Station};

/// What the zones, campaigns and sounds of a station are called by people; `own` are its own accounts.
pub fn names(station: &Station, schedule: &Schedule, own: OwnAccounts) -> Names {
    let zones = station.zones.iter().map(|zone| (zone.id.clone(), zone.title.clone()));
    let campaigns = schedule.campaigns.iter().map(|(id, campaign)| (id.clone(), campaign.title.clone()));
    let broadcasts = schedule.broadcasts.iter().map(|broadcast| (broadcast.id.clone(), broadcast.title.clone()));
    Names {
        zones: zones.collect(),
        campaigns: campaigns.collect(),
        sounds: sounds(&station.emergency),
        broadcasts: broadcasts.collect(),
        own,
    }
}

/// The sounds of alarms by their danger.
fn sounds(emergency: &Emergency) -> BTreeMap<String, Text> {
    let mut named = BTreeMap::new();
    for preset in &emergency.presets {
        let Text { vi, en } = &preset.title;
        named.insert(preset.sound.clone(), text!("Báo động: {vi}", "Alarm: {en}"));
        if let Some(drill) = &preset.drill {
            named.insert(drill.clone(), text!("Diễn tập: {vi}", "Drill: {en}"));
        }
    }
    named.insert(emergency.correction.clone(), text!("Đính chính báo động", "Correction of an alarm"));
    named.insert(emergency.lifted.clone(), text!("Hết báo động", "The alarm is over"));
    named.insert(emergency.drill.clone(), text!("Diễn tập", "Drill"));
    named
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::diag::Lang;
    use crate::fact::Entry;
    use crate::schedule::Broadcast;

    #[test]
    fn what_was_written_is_told_whatever_plays_the_sound_today() {
        let daily = |title: &str| Broadcast {
            title: title.to_owned(),
            ..crate::calendar::sample::daily("tin-sang", &["05:00"])
        };
        for title in ["Bản tin sáng", "Bản tin chiều"] {
            let schedule = Schedule { broadcasts: vec![Arc::new(daily(title))], ..Schedule::default() };
            let names = names(&Station::default(), &schedule, OwnAccounts::default());
            let row = |order: Option<&str>, title: &str| Entry {
                title: title.to_owned(),
                order: order.map(str::to_owned),
                ..Entry::default()
            };
            assert_eq!(names.title(&row(Some("7"), "tin-sang"), Lang::Vi), "tin-sang");
            assert_eq!(names.title(&row(None, "Bản tin xưa"), Lang::Vi), "Bản tin xưa");
            assert_eq!(names.sound("tin-sang.vi.mp3", Lang::Vi), "tin-sang");
        }
    }

    #[test]
    fn the_sound_of_an_alarm_has_the_name_of_its_danger_and_an_unknown_one_its_own() {
        let names = names(&Station::default(), &Schedule::default(), OwnAccounts::default());
        for (name, said) in [
            ("canh-bao-lu", "Báo động: Lũ"),
            ("canh-bao-lu.kho.m4a", "Báo động: Lũ"),
            ("dien-tap", "Diễn tập"),
            ("ban-tin.vi.mp3", "ban-tin"),
        ] {
            assert_eq!(names.sound(name, Lang::Vi), said);
        }
    }
}
