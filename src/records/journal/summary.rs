use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::diag::{Lang, Text, figure, text};
use crate::fact::{Entry, EntryKind, Outcome, Uncounted, UncountedRows};
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
    /// Where no horn was fed: heard by nobody, whatever came of them.
    unheard: u32,
    /// In no total, as in the book: tests, drills, alarms that were ended in their tone.
    aside: BTreeMap<Uncounted, u32>,
}

impl Tally {
    /// One more airing; a note is none, and what stands in no total is told beside it.
    pub fn add(&mut self, entry: &Entry, uncounted: &UncountedRows) {
        let (EntryKind::Airing, Some(outcome)) = (entry.kind, entry.outcome) else { return };
        if let Some(why) = uncounted.find(entry) {
            *self.aside.entry(why).or_default() += 1;
            return;
        }
        if entry.no_horn {
            self.unheard += 1;
            return;
        }
        *self.outcomes.entry(outcome).or_default() += 1;
        if outcome != Outcome::Played {
            // Stopped by somebody when its card was not there: it is the card that the village has to know of.
            let told = match &entry.reason {
                Some(reason @ (Reason::Stopped(_) | Reason::Recalled(_))) => Some(reason.trouble().unwrap_or(reason)),
                reason => reason.as_ref(),
            };
            let code = told.map_or("", Reason::code).to_owned();
            *self.reasons.entry((outcome, code)).or_default() += 1;
        }
    }

    /// Of all outcomes.
    pub fn total(&self) -> u32 {
        self.outcomes.values().sum::<u32>() + self.unheard
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
        let unheard = self.unheard;
        if unheard > 0 {
            add(text!("{unheard} ở cụm chưa nối loa, không ai nghe", "{unheard} without a horn, heard by nobody"));
        }
        let aside = |lang| {
            let each = self.aside.iter().map(|(why, count)| format!("{count} {}", aside(*why).get(lang)));
            figure::joined(each.collect::<Vec<_>>().iter().map(String::as_str))
        };
        if !self.aside.is_empty() {
            let (vi, en) = (aside(Lang::Vi), aside(Lang::En));
            add(text!("chưa kể {vi}", "besides {en}"));
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

/// What stands in no total, beside a number.
fn aside(why: Uncounted) -> Text {
    match why {
        Uncounted::Test => text!("lượt thử loa", "of test tones"),
        Uncounted::Drill => text!("lượt diễn tập", "of a drill"),
        Uncounted::Recalled => text!("lượt khẩn cấp hủy kịp", "of an alarm that was taken back in time"),
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
    pub fn add(&mut self, entry: &Entry, tz: &TimeZone, uncounted: &UncountedRows) {
        if entry.kind == EntryKind::Airing && entry.outcome.is_some() {
            let date = entry.planned.or(entry.started).unwrap_or(entry.written).zoned(tz).date();
            self.days.entry((date, entry.zone.clone().unwrap_or_default())).or_default().add(entry, uncounted);
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
            whole.unheard += tally.unheard;
            for (why, count) in &tally.aside {
                *whole.aside.entry(*why).or_default() += count;
            }
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
pub fn looking_back(entries: &[Entry], uncounted: &UncountedRows, now: Wall, tz: &TimeZone) -> Option<Text> {
    let mut tally = Tally::default();
    let from = today(now, tz);
    let is_of_today = |entry: &&Entry| entry.planned.is_some_and(|at| at >= from && at < now);
    // One broadcast in two zones is told as two: whoever has heard it once wonders.
    let (mut seen, mut is_in_many) = (BTreeSet::new(), false);
    for entry in entries.iter().filter(is_of_today) {
        tally.add(entry, uncounted);
        is_in_many |= entry.broadcast.is_some() && !seen.insert((entry.planned, &entry.broadcast));
    }
    let Text { vi, en } = (tally.total() > 0).then(|| tally.sentence())?;
    let (more_vi, more_en) = if is_in_many {
        (" Mỗi cụm loa tính là một lượt.", " Each zone counts by itself.")
    } else {
        ("", "")
    };
    Some(if now.zoned(tz).hour() < 12 {
        text!("Sáng nay: {vi}.{more_vi}", "This morning: {en}.{more_en}")
    } else {
        text!("Hôm nay: {vi}.{more_vi}", "Today: {en}.{more_en}")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-11-30T07:53:20+07:00.
    const NOW: Wall = Wall::from_secs(1_796_000_000);

    fn airing(minutes_ago: u64, zone: &str, outcome: Outcome, reason: &str) -> Entry {
        Entry {
            kind: EntryKind::Airing,
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
        let said = looking_back(&day(), &UncountedRows::default(), NOW, &tz).unwrap();
        assert_eq!(
            said.vi,
            "Sáng nay: 7 lượt, 2 phát đủ, 1 phát một phần, 3 lỡ (2 vì mất điện, 1 vì đài không hoạt động vào giờ đó), 1 bị từ chối vì ngoài giờ được phép phát."
        );
        assert_eq!(
            said.en,
            "This morning: 7 airings, 2 played in full, 1 partly played, 3 missed (2: power lost, 1: the station was off at that time), 1 refused (outside the permitted hours)."
        );
        assert_eq!(looking_back(&[], &UncountedRows::default(), NOW, &tz), None);
        assert!(
            looking_back(&day(), &UncountedRows::default(), NOW + std::time::Duration::from_hours(8), &tz)
                .unwrap()
                .vi
                .starts_with("Hôm nay: 7 lượt")
        );
    }

    #[test]
    fn a_drill_and_test_tones_are_told_beside_what_counts_as_the_book_has_it() {
        let tz = TimeZone::get("Asia/Ho_Chi_Minh").unwrap();
        let by =
            |order: &str, reason: &str| Entry { order: Some(order.into()), ..airing(10, "a", Outcome::Played, reason) };
        let mut rows = day();
        rows.extend([by("1", "drill: Bà Hai"), by("2", "test_tone: hoa"), by("1", "stopped: Bà Hai")]);
        let said = looking_back(&rows, &UncountedRows::of(&rows), NOW, &tz).unwrap();
        assert!(said.vi.starts_with("Sáng nay: 7 lượt, 2 phát đủ,"), "{said:?}");
        assert!(said.vi.ends_with(", chưa kể 1 lượt thử loa, 2 lượt diễn tập."), "{said:?}");
        let of = |zone: &str| Entry { broadcast: Some("tin".into()), ..airing(10, zone, Outcome::Played, "") };
        let said = |rows: &[Entry]| looking_back(rows, &UncountedRows::default(), NOW, &tz).unwrap().vi;
        assert_eq!(said(&[of("a"), of("b")]), "Sáng nay: 2 lượt, 2 phát đủ. Mỗi cụm loa tính là một lượt.");
        assert_eq!(said(&[of("a")]), "Sáng nay: 1 lượt, 1 phát đủ.");
    }

    #[test]
    fn a_summary_has_a_line_for_each_day_and_zone_and_adds_up() {
        let tz = TimeZone::get("Asia/Ho_Chi_Minh").unwrap();
        let mut summary = Summary::default();
        for entry in &day() {
            summary.add(entry, &tz, &UncountedRows::default());
        }
        let lines: Vec<_> = summary.days().map(|(date, zone, tally)| (date.day(), zone, tally.total())).collect();
        assert_eq!(lines, [(29, "a", 1), (30, "a", 5), (30, "b", 2)]);
        assert_eq!(summary.whole().reasons(Outcome::Missed), [("power_lost", 2), ("late", 1), ("station_off", 1)]);
    }
}
