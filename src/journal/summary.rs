use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::diag::{Text, text};
use crate::fact::{Entry, Kind, Outcome};
use crate::instant::Wall;
use crate::reason::Reason;

/// So many reasons are named in one sentence; the others are counted together.
const REASONS_MOST: usize = 3;

/// How many airings there were, what came of them, and why those that were not heard whole were not.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Tally {
    outcomes: BTreeMap<Outcome, u32>,
    /// By outcome and the code of the reason, empty where there is none.
    reasons: BTreeMap<(Outcome, String), u32>,
}

impl Tally {
    /// One more airing; a note is none.
    pub fn add(&mut self, entry: &Entry) {
        let (Kind::Airing, Some(outcome)) = (entry.kind, entry.outcome) else { return };
        *self.outcomes.entry(outcome).or_default() += 1;
        if outcome != Outcome::Played {
            // Stopped by somebody when its card was not there: it is the card that the village has to know of.
            let told = match &entry.reason {
                Some(reason @ Reason::Stopped(_)) => Some(reason.trouble().unwrap_or(reason)),
                reason => reason.as_ref(),
            };
            let code = told.map_or("", Reason::code).to_owned();
            *self.reasons.entry((outcome, code)).or_default() += 1;
        }
    }

    /// Of all outcomes.
    pub fn total(&self) -> u32 {
        self.outcomes.values().sum()
    }

    /// With this outcome.
    pub fn with(&self, outcome: Outcome) -> u32 {
        self.outcomes.get(&outcome).copied().unwrap_or(0)
    }

    /// The codes of why airings ended with this outcome, and how many, the most frequent first.
    pub fn reasons(&self, outcome: Outcome) -> Vec<(&str, u32)> {
        let mut reasons: Vec<(&str, u32)> = self
            .reasons
            .iter()
            .filter(|((of, _), _)| *of == outcome)
            .map(|((_, code), count)| (code.as_str(), *count))
            .collect();
        reasons.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        reasons
    }

    /// `6 lượt, 4 phát đủ, 2 lỡ vì mất điện`.
    pub fn sentence(&self) -> Text {
        let total = self.total();
        let noun = if total == 1 { "airing" } else { "airings" };
        let mut said = text!("{total} lượt", "{total} {noun}");
        let mut add = |more: Text| {
            said.vi = format!("{}, {}", said.vi, more.vi);
            said.en = format!("{}, {}", said.en, more.en);
        };
        let played = self.with(Outcome::Played);
        if played > 0 {
            add(text!("{played} phát đủ", "{played} played in full"));
        }
        for outcome in [Outcome::Partial, Outcome::Missed, Outcome::Refused] {
            let count = self.with(outcome);
            if count > 0 {
                let (Text { vi, en }, because) = (short(outcome), self.because(outcome));
                let (because_vi, because_en) = (because.vi, because.en);
                add(text!("{count} {vi}{because_vi}", "{count} {en}{because_en}"));
            }
        }
        said
    }

    /// ` vì mất điện`, or ` (2 vì mất điện, 1 vì trễ giờ)`; nothing where no reason stands in the journal.
    fn because(&self, outcome: Outcome) -> Text {
        let reasons = self.reasons(outcome);
        if let [(code, _)] = reasons[..] {
            if code.is_empty() {
                return text!("", "");
            }
            let Text { vi, en } = Reason::from(code).brief();
            return text!(" vì {vi}", " ({en})");
        }
        let parts: Vec<Text> = reasons
            .iter()
            .take(REASONS_MOST)
            .map(|&(code, count)| {
                if code.is_empty() {
                    return text!("{count} không rõ vì sao", "{count} for no reason given");
                }
                let Text { vi, en } = Reason::from(code).brief();
                text!("{count} vì {vi}", "{count}: {en}")
            })
            .collect();
        let left: u32 = reasons.iter().skip(REASONS_MOST).map(|(_, count)| count).sum();
        let mut joined = text!("", "");
        for part in parts {
            let comma = if joined.vi.is_empty() { "" } else { ", " };
            joined = Text { vi: joined.vi + comma + &part.vi, en: joined.en + comma + &part.en };
        }
        let (vi, en) = (joined.vi, joined.en);
        if left > 0 {
            text!(" ({vi}, {left} vì lý do khác)", " ({en}, {left} for other reasons)")
        } else {
            text!(" ({vi})", " ({en})")
        }
    }
}

/// In one word, beside a number.
fn short(outcome: Outcome) -> Text {
    match outcome {
        Outcome::Played => text!("phát đủ", "played in full"),
        Outcome::Partial => text!("phát một phần", "partly played"),
        Outcome::Missed => text!("lỡ", "missed"),
        Outcome::Refused => text!("bị từ chối", "refused"),
    }
}

/// What came of the airings of each day, zone by zone.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Summary {
    days: BTreeMap<(Date, String), Tally>,
}

impl Summary {
    /// One more row of the journal.
    pub fn add(&mut self, entry: &Entry, tz: &TimeZone) {
        if entry.kind == Kind::Airing && entry.outcome.is_some() {
            let date = entry.planned.or(entry.started).unwrap_or(entry.written).zoned(tz).date();
            self.days.entry((date, entry.zone.clone().unwrap_or_default())).or_default().add(entry);
        }
    }

    /// Day by day, and within a day by zone id.
    pub fn days(&self) -> impl Iterator<Item = (Date, &str, &Tally)> {
        self.days.iter().map(|((date, zone), tally)| (*date, zone.as_str(), tally))
    }

    /// All of it together.
    pub fn whole(&self) -> Tally {
        let mut whole = Tally::default();
        for tally in self.days.values() {
            for (outcome, count) in &tally.outcomes {
                *whole.outcomes.entry(*outcome).or_default() += count;
            }
            for (reason, count) in &tally.reasons {
                *whole.reasons.entry(reason.clone()).or_default() += count;
            }
        }
        whole
    }
}

/// The beginning of what `looking_back` looks at: the day that `now` is in.
pub fn today(now: Wall, tz: &TimeZone) -> Wall {
    let zoned = now.zoned(tz);
    zoned.start_of_day().map_or(now, |start| start.timestamp().into())
}

/// `Sáng nay: 6 lượt, 4 phát đủ, 2 lỡ vì mất điện`: what came of the airings that were planned today and
/// before `now`. `None` where there were none.
pub fn looking_back(entries: &[Entry], now: Wall, tz: &TimeZone) -> Option<Text> {
    let mut tally = Tally::default();
    let from = today(now, tz);
    entries
        .iter()
        .filter(|entry| entry.planned.is_some_and(|at| at >= from && at < now))
        .for_each(|entry| tally.add(entry));
    let Text { vi, en } = (tally.total() > 0).then(|| tally.sentence())?;
    Some(if now.zoned(tz).hour() < 12 {
        text!("Sáng nay: {vi}.", "This morning: {en}.")
    } else {
        text!("Hôm nay: {vi}.", "Today: {en}.")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-11-30T07:53:20+07:00.
    const NOW: Wall = Wall::from_secs(1_796_000_000);

    fn airing(minutes_ago: u64, zone: &str, outcome: Outcome, reason: &str) -> Entry {
        Entry {
            kind: Kind::Airing,
            zone: Some(zone.into()),
            planned: Some(NOW - std::time::Duration::from_secs(minutes_ago * 60)),
            outcome: Some(outcome),
            reason: (!reason.is_empty()).then(|| reason.into()),
            ..Entry::default()
        }
    }

    fn day() -> Vec<Entry> {
        use Outcome::{Missed, Partial, Played, Refused};
        vec![
            airing(60, "a", Played, ""),
            airing(60, "b", Played, "waits: x"),
            airing(50, "a", Missed, "power_lost"),
            airing(50, "b", Missed, "station_off: 2026-11-30 06:00:00..06:50:00"),
            airing(40, "a", Missed, "power_lost"),
            airing(30, "a", Partial, ""),
            airing(20, "a", Refused, "outside_hours"),
            // Yesterday, a note, and what is to come.
            airing(1_440, "a", Missed, "late"),
            Entry { reason: Some("started".into()), ..Entry::default() },
        ]
    }

    #[test]
    fn a_morning_is_one_sentence() {
        let tz = TimeZone::get("Asia/Ho_Chi_Minh").unwrap();
        let said = looking_back(&day(), NOW, &tz).unwrap();
        assert_eq!(
            said.vi,
            "Sáng nay: 7 lượt, 2 phát đủ, 1 phát một phần, 3 lỡ (2 vì mất điện, 1 vì đài không hoạt động vào giờ đó), 1 bị từ chối vì ngoài giờ được phép phát."
        );
        assert_eq!(
            said.en,
            "This morning: 7 airings, 2 played in full, 1 partly played, 3 missed (2: power lost, 1: the station was off at that time), 1 refused (outside the permitted hours)."
        );
        assert_eq!(looking_back(&[], NOW, &tz), None);
        assert!(
            looking_back(&day(), NOW + std::time::Duration::from_hours(8), &tz)
                .unwrap()
                .vi
                .starts_with("Hôm nay: 7 lượt")
        );
    }

    #[test]
    fn a_summary_has_a_line_for_each_day_and_zone_and_adds_up() {
        let tz = TimeZone::get("Asia/Ho_Chi_Minh").unwrap();
        let mut summary = Summary::default();
        for entry in &day() {
            summary.add(entry, &tz);
        }
        let lines: Vec<_> = summary.days().map(|(date, zone, tally)| (date.day(), zone, tally.total())).collect();
        assert_eq!(lines, [(29, "a", 1), (30, "a", 5), (30, "b", 2)]);
        assert_eq!(summary.whole().reasons(Outcome::Missed), [("power_lost", 2), ("late", 1), ("station_off", 1)]);
    }
}
