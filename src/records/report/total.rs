use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Serialize;

use crate::diag::{Text, text};
use crate::fact::{Entry, EntryKind, Outcome, Total, UncountedRows};
use crate::schedule::{Campaign, CampaignTarget, Per};

/// What came of the airings of a zone.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct ZoneTotal {
    /// Its id.
    pub zone: String,
    /// What people call it.
    pub title: String,
    /// Its airings.
    pub total: Total,
}

/// What came of a campaign.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct CampaignTotal {
    /// Its id.
    pub campaign: String,
    /// What people call it.
    pub title: String,
    /// Its airings, each zone for itself.
    pub total: Total,
    /// Occurrences that were heard whole in one zone at least: in several zones at once is once.
    pub reached: u32,
    /// What it is to reach, in its own words: `8 lượt mỗi tuần`.
    #[serde(skip)]
    pub target: Option<Text>,
    /// What that comes to in the days that are over, of those in which the campaign runs.
    pub wanted: Option<u32>,
}

/// What is added up of each campaign.
#[derive(Debug, Default)]
pub(super) struct Campaigns<'r> {
    totals: BTreeMap<String, Total>,
    reached: BTreeSet<(String, &'r str, i64)>,
}

impl<'r> Campaigns<'r> {
    /// One more row of the journal.
    pub(super) fn add(&mut self, row: &'r Entry, uncounted: &UncountedRows) {
        let Some(id) = &row.campaign else { return };
        self.totals.entry(id.clone()).or_default().add(row, uncounted);
        if row.no_horn {
            return;
        }
        if let (Some(Outcome::Played), Some(broadcast), Some(planned)) = (row.outcome, &row.broadcast, row.planned) {
            self.reached.insert((id.clone(), broadcast, planned.nanos().div_euclid(1_000_000_000)));
        }
    }

    /// Those that have rows, and those that run on one of the days from `first` to `last`; a target counts up to `until`,
    /// the last day that is over.
    pub(super) fn totals(
        self,
        known: &BTreeMap<String, Campaign>,
        (first, last): (Date, Date),
        until: Date,
    ) -> Vec<CampaignTotal> {
        let runs = |campaign: &Campaign| {
            campaign.from.is_none_or(|from| from <= last) && campaign.until.is_none_or(|until| until >= first)
        };
        let of_schedule = known.iter().filter(|(_, campaign)| runs(campaign)).map(|(id, _)| id);
        let ids: BTreeSet<String> = self.totals.keys().chain(of_schedule).cloned().collect();
        let total = |id: String| {
            let campaign = known.get(&id);
            let target = campaign.and_then(|campaign| campaign.target);
            let wanted = campaign.zip(target).map(|(campaign, target)| {
                let from = campaign.from.map_or(first, |from| from.max(first));
                let to = campaign.until.map_or(until, |end| end.min(until));
                wanted(target, from, to)
            });
            CampaignTotal {
                title: campaign.map_or_else(|| id.clone(), |campaign| campaign.title.clone()),
                total: self.totals.get(&id).copied().unwrap_or_default(),
                reached: self.reached.iter().filter(|(of, ..)| *of == id).count() as u32,
                target: target.map(words),
                wanted,
                campaign: id,
            }
        };
        ids.into_iter().map(total).collect()
    }
}

/// What a target comes to in the days from `from` to `to`, both counted, rounded up.
fn wanted(target: CampaignTarget, from: Date, to: Date) -> u32 {
    let days = u64::try_from((to - from).get_days() + 1).unwrap_or(0);
    let count = u64::from(target.count);
    let months = |length: u64| (count * days).div_ceil(length);
    let wanted = match target.per {
        Per::Day => count * days,
        Per::Week => months(7),
        Per::Month => months(u64::from(from.days_in_month().unsigned_abs())),
        Per::Year => months(u64::from(from.days_in_year().unsigned_abs())),
    };
    u32::try_from(wanted).unwrap_or(u32::MAX)
}

fn words(target: CampaignTarget) -> Text {
    let (count, per) = (target.count, target.per);
    let (vi, en) = match per {
        Per::Day => ("ngày", "day"),
        Per::Week => ("tuần", "week"),
        Per::Month => ("tháng", "month"),
        Per::Year => ("năm", "year"),
    };
    text!("{count} lượt mỗi {vi}", "{count} a {en}")
}

/// The airings of each zone, in the order of `zones`; those that are gone from `loa.toml` behind them.
pub(super) fn by_zone(rows: &[Entry], uncounted: &UncountedRows, zones: &[(String, String)]) -> Vec<ZoneTotal> {
    let mut totals: BTreeMap<&str, Total> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.kind == EntryKind::Airing && row.outcome.is_some()) {
        totals.entry(row.zone.as_deref().unwrap_or_default()).or_default().add(row, uncounted);
    }
    let mut out: Vec<ZoneTotal> = zones
        .iter()
        .map(|(zone, title)| {
            let total = totals.remove(zone.as_str()).unwrap_or_default();
            ZoneTotal { zone: zone.clone(), title: title.clone(), total }
        })
        .collect();
    let gone = totals.into_iter().map(|(zone, total)| ZoneTotal { zone: zone.into(), title: zone.into(), total });
    out.extend(gone);
    out
}

/// The day that is over at `made`, or the period's last.
pub(super) fn last_day_over(made: crate::instant::Wall, tz: &TimeZone, last: Date) -> Date {
    let today = made.zoned(tz).date();
    if today > last { last } else { today.yesterday().unwrap_or(today) }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_target_is_held_against_the_days_that_are_over() {
        let target = |count, per| CampaignTarget { count, per };
        let (first, last) = (date(2026, 12, 1), date(2026, 12, 31));
        assert_eq!(wanted(target(8, Per::Week), first, last), 36);
        assert_eq!(wanted(target(8, Per::Week), date(2026, 11, 30), date(2026, 12, 6)), 8);
        assert_eq!(wanted(target(2, Per::Day), first, date(2026, 12, 3)), 6);
        assert_eq!(wanted(target(4, Per::Month), first, last), 4);
        assert_eq!(wanted(target(365, Per::Year), first, last), 31);
        // It has not begun.
        assert_eq!(wanted(target(8, Per::Week), first, date(2026, 11, 30)), 0);
    }
}
