use super::Pending;
use super::item::called;
use crate::diag::{Text, text};
use crate::edit;
use crate::player::World;

/// Keys that say on which days; without one of them it is every day.
const DAYS: [&str; 5] = ["days", "date", "dates", "lunar", "cron"];

impl Pending {
    /// All that is decided on but the sounds, as the form names it, each with its value: times, days and zones among them.
    pub fn facts(&self, world: &World) -> Vec<(Text, Text)> {
        let mut facts = Vec::new();
        let written = self.written.iter().flat_map(|entry| &entry.fields);
        // The zones are told by their titles below.
        for field in written.filter(|field| !["id", "zones"].contains(&field.key.as_str())) {
            let said = edit::value_said(&field.key, &field.value, &|key, id| called(world, key, id));
            facts.push((edit::name(&field.key), said));
        }
        let names_days = self.written.as_ref().is_none_or(|entry| DAYS.iter().any(|key| entry.field(key).is_some()));
        if !names_days {
            facts.push((edit::name("days"), text!("mọi ngày", "every day")));
        }
        let title = |zone: &crate::station::ZoneIx| {
            world.station.zones.get(usize::from(zone.0)).map(|zone| zone.title.as_str())
        };
        let zones: Vec<&str> = self.broadcast.zones.iter().filter_map(title).collect();
        let zones = zones.join(", ");
        facts.push((text!("cụm loa", "zones"), text!("{zones}", "{zones}")));
        facts
    }
}
