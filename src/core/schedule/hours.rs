use super::word::weekday_name;
use super::{Hours, Rules};
use crate::diag::{Lang, Text};

impl Rules {
    /// The lawful hours as people write them: `05:00-06:30, 17:00-18:30`, and by weekday where they differ.
    pub fn told(&self) -> Text {
        let of = |lang| {
            let days: Vec<(usize, &Hours)> = (0..7).map(|day| (day, self.hours_of(day as u8))).collect();
            if days.iter().all(|(_, hours)| *hours == days[0].1) {
                return days[0].1.told(lang);
            }
            let runs = days.chunk_by(|a, b| a.1 == b.1).map(|run| {
                let (first, last) = (run[0].0, run[run.len() - 1].0);
                let names = if first == last {
                    weekday_name(first, lang).to_owned()
                } else {
                    format!("{}-{}", weekday_name(first, lang), weekday_name(last, lang))
                };
                format!("{names} {}", run[0].1.told(lang))
            });
            runs.collect::<Vec<_>>().join("; ")
        };
        Text { vi: of(Lang::Vi), en: of(Lang::En) }
    }
}

impl Rules {
    /// Whether no hour of any day is lawful.
    pub fn has_no_hours(&self) -> bool {
        (0..7).all(|day| self.hours_of(day).0.is_empty())
    }
}

impl Hours {
    /// `05:00-06:30, 17:00-18:30`.
    pub fn told(&self, lang: Lang) -> String {
        let clock = |seconds: u32| {
            let minutes = format!("{:02}:{:02}", seconds / 3600, seconds / 60 % 60);
            if seconds.is_multiple_of(60) { minutes } else { format!("{minutes}:{:02}", seconds % 60) }
        };
        let ranges = self.0.iter().map(|range| format!("{}-{}", clock(range.start), clock(range.end)));
        match (ranges.collect::<Vec<_>>().join(", "), lang) {
            (none, Lang::Vi) if none.is_empty() => "không giờ nào".to_owned(),
            (none, Lang::En) if none.is_empty() => "none".to_owned(),
            (ranges, _) => ranges,
        }
    }
}
