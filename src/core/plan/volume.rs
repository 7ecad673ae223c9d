use std::sync::Arc;

use crate::calendar::Days;
use crate::instant::Wall;
use crate::schedule::Level;

/// How much louder or quieter than its zone's level an airing is, as its time goes by.
///
/// Cheap to clone; the default is the zone's level throughout.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Volume(Arc<[(Wall, f32)]>);

impl Volume {
    /// What `levels` say of the local time from `from` to `to`; where two overlap, the quieter.
    pub fn of(levels: &[Level], days: &Days, from: Wall, to: Wall) -> Self {
        if levels.is_empty() {
            return Self::default();
        }
        let db_at = |second| {
            let now = levels.iter().filter(|level| level.hours.contains(&second)).map(|level| level.db);
            now.reduce(f32::min).unwrap_or(0.0)
        };
        let mut edges: Vec<u32> = levels.iter().flat_map(|level| [level.hours.start, level.hours.end]).collect();
        edges.sort_unstable();
        edges.dedup();
        let (first, last) = days.touching(from, to);
        let mut steps: Vec<(Wall, f32)> = Vec::new();
        for day in first..=last {
            for edge in &edges {
                let at = days.instant(day, i64::from(*edge) * 1_000_000_000);
                // Where the clocks go back, what was said of the doubled hour is said once.
                steps.retain(|(earlier, _)| *earlier < at);
                steps.push((at, db_at(*edge)));
            }
        }
        let begun = steps.partition_point(|(at, _)| *at <= from).saturating_sub(1);
        steps.drain(..begun);
        steps.retain(|(at, _)| *at < to);
        steps.dedup_by(|next, before| next.1.total_cmp(&before.1).is_eq());
        if steps.iter().all(|(_, db)| *db == 0.0) { Self::default() } else { Self(steps.into()) }
    }

    /// From when each level in dB holds, ascending; before the first it is 0 dB.
    pub fn steps(&self) -> &[(Wall, f32)] {
        &self.0
    }

    /// Nothing is added at any time.
    pub fn is_flat(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::sample::{at, zone};

    fn levels(written: &[(u32, u32, f32)]) -> Vec<Level> {
        written.iter().map(|(from, to, db)| Level { hours: from * 3600..to * 3600, db: *db }).collect()
    }

    fn told(levels: &[Level], name: &str, from: &str, to: &str) -> Vec<String> {
        let tz = zone(name);
        let days = Days::new(&tz, Wall::MIN, Wall::MIN);
        let volume = Volume::of(levels, &days, at(from, &tz), at(to, &tz));
        volume.steps().iter().map(|(at, db)| format!("{} {db}", at.zoned(&tz).strftime("%d %H:%M"))).collect()
    }

    #[test]
    fn the_level_changes_on_the_local_hour_and_of_two_the_quieter_holds() {
        let levels = levels(&[(5, 6, -6.0), (21, 24, -9.0), (0, 5, -9.0), (23, 24, -12.0)]);
        let day = |from: &str, to: &str| told(&levels, "Asia/Ho_Chi_Minh", from, to);
        assert_eq!(day("2026-12-01T05:55", "2026-12-01T06:05"), ["01 05:00 -6", "01 06:00 0"]);
        assert_eq!(day("2026-12-01T06:00", "2026-12-01T06:05"), Vec::<String>::new());
        assert_eq!(
            day("2026-12-01T20:55", "2026-12-02T00:10"),
            ["01 06:00 0", "01 21:00 -9", "01 23:00 -12", "02 00:00 -9"]
        );
    }

    #[test]
    fn where_the_clocks_change_the_level_does_so_at_the_same_local_time() {
        let levels = levels(&[(1, 3, -6.0)]);
        assert_eq!(
            told(&levels, "Europe/Prague", "2026-10-25T00:30", "2026-10-25T06:00"),
            ["24 03:00 0", "25 01:00 -6", "25 03:00 0"]
        );
        assert_eq!(
            told(&levels, "Europe/Prague", "2026-03-29T00:30", "2026-03-29T06:00"),
            ["28 03:00 0", "29 01:00 -6", "29 03:00 0"]
        );
    }
}
