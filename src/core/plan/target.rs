use std::collections::{BTreeMap, BTreeSet};

use jiff::ToSpan;
use jiff::civil::Date;

use super::diagnostic::diagnostic;
use super::{Airing, Verdict};
use crate::diag::{Diagnostic, Severity, Text, text};
use crate::instant::Wall;
use crate::schedule::{Campaign, CampaignTarget, Per, Schedule};
use crate::station::Station;

/// Campaigns that are planned less often than they should be heard: the first day, week or month of
/// `from..to` that falls short. Only whole ones count, within the dates of the campaign; in several zones at once
/// is once.
pub(super) fn short(
    schedule: &Schedule,
    station: &Station,
    airings: &[Airing],
    from: Wall,
    to: Wall,
) -> Vec<Diagnostic> {
    if schedule.campaigns.values().all(|campaign| campaign.target.is_none()) {
        return Vec::new();
    }
    let tz = &station.timezone;
    let mut heard: BTreeSet<(&str, Wall, &str)> = BTreeSet::new();
    for airing in airings.iter().filter(|airing| matches!(airing.verdict, Verdict::Play | Verdict::Wait)) {
        let Some(campaign) = airing.broadcast.campaign.as_deref() else { continue };
        heard.insert((campaign, airing.scheduled, &airing.broadcast.id));
    }
    let mut dates: BTreeMap<&str, Vec<Date>> = BTreeMap::new();
    for (campaign, at, _) in heard {
        dates.entry(campaign).or_default().push(at.zoned(tz).date());
    }
    // Today and the last day are not whole.
    let window = (from.zoned(tz).date().saturating_add(1.day()), to.zoned(tz).date().saturating_sub(1.day()));
    let nothing = Vec::new();
    let campaigns = schedule.campaigns.iter().filter_map(|(id, campaign)| {
        let dates = dates.get(id.as_str()).unwrap_or(&nothing);
        first_short(id, campaign, campaign.target?, dates, window)
    });
    campaigns.collect()
}

/// What to say of a campaign whose broadcasts are due on `dates`, ascending.
fn first_short(
    id: &str,
    campaign: &Campaign,
    target: CampaignTarget,
    dates: &[Date],
    (first, last): (Date, Date),
) -> Option<Diagnostic> {
    let first = campaign.from.map_or(first, |from| from.max(first));
    let last = campaign.until.map_or(last, |until| until.min(last));
    let within = |from: Date, to: Date| {
        let (start, end) = (dates.partition_point(|date| *date < from), dates.partition_point(|date| *date <= to));
        end.saturating_sub(start)
    };
    let (count, title) = (target.count, &campaign.title);
    let message = if target.per == Per::Year {
        let days = usize::try_from((last - first).get_days()).ok().filter(|days| *days >= 28)? + 1;
        let planned = within(first, last) * 365 / days;
        if planned >= count as usize {
            return None;
        }
        text!(
            "đợt «{title}» cần {count} lần một năm, mà theo lịch hiện nay chỉ được khoảng {planned}",
            "the campaign \"{title}\" should be heard {count} times a year; as it is planned it will be about {planned}"
        )
    } else {
        let mut start = first_start(first, target.per);
        let (begin, planned) = loop {
            let next = after(start, target.per);
            if next > last.saturating_add(1.day()) || next <= start {
                return None;
            }
            let planned = within(start, next.saturating_sub(1.day()));
            if planned < count as usize {
                break (start, planned);
            }
            start = next;
        };
        let (per, when) = named(target.per, begin);
        let (per_vi, per_en, when_vi, when_en) = (per.vi, per.en, when.vi, when.en);
        text!(
            "đợt «{title}» cần {count} lần {per_vi}, mà {when_vi} chỉ có {planned} lần trong lịch",
            "the campaign \"{title}\" should be heard {count} times {per_en}; {when_en} has {planned} planned"
        )
    };
    let help = text!(
        "thêm giờ phát cho các mục có campaign = \"{id}\", hoặc sửa target",
        "add times to the broadcasts of campaign = \"{id}\", or change the target"
    );
    Some(diagnostic("target_short", Severity::Warning, &campaign.place, message, Some(help)))
}

/// The first day of the first whole day, week or month from `day` on.
fn first_start(day: Date, per: Per) -> Date {
    match per {
        Per::Week => day.saturating_add((i64::from(7 - day.weekday().to_monday_zero_offset()) % 7).days()),
        Per::Month if day.day() > 1 => after(day.first_of_month(), Per::Month),
        Per::Day | Per::Month | Per::Year => day,
    }
}

fn after(start: Date, per: Per) -> Date {
    match per {
        Per::Day => start.saturating_add(1.day()),
        Per::Week => start.saturating_add(7.days()),
        Per::Month | Per::Year => start.saturating_add(1.month()),
    }
}

fn named(per: Per, begin: Date) -> (Text, Text) {
    let (vi, en) = (begin.strftime("%d/%m/%Y"), begin);
    match per {
        Per::Day => (text!("mỗi ngày", "a day"), text!("ngày {vi}", "{en}")),
        Per::Week => (text!("mỗi tuần", "a week"), text!("tuần từ {vi}", "the week of {en}")),
        Per::Month | Per::Year => {
            let (vi, en) = (begin.strftime("%m/%Y"), begin.strftime("%Y-%m"));
            (text!("mỗi tháng", "a month"), text!("tháng {vi}", "the month {en}"))
        }
    }
}
