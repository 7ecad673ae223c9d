//! What the journal has of an airing, as a sentence.

use std::time::Duration;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use crate::diag::{Text, text};
use crate::fact::{Entry, Outcome};
use crate::instant::Wall;
use crate::plan;
use crate::reason::{Off, Reason, Span, Step};

/// What is to be said while it sounds, waits, or may yet be played late; without its full stop.
pub(super) fn due() -> Text {
    text!(
        "Đang trong giờ của lần phát này; nhật ký chỉ có dòng khi đã xong. Lúc này đang phát gì: loa status",
        "It is due now; the journal has its row when it is over. What sounds at this moment: loa status"
    )
}

/// A row as a sentence, without its full stop: `Nhật ký: không phát, vì đài tắt từ 10:22 đến 10:25`.
pub(super) fn sentence(row: &Entry, tz: &TimeZone) -> Text {
    let because = row.reason.as_ref().map(|reason| because(reason, row, tz));
    let Text { vi: why_vi, en: why_en } = because.map_or_else(
        || text!("", ""),
        |Text { vi, en }| match row.outcome {
            Some(Outcome::Played) => text!(" ({vi})", " ({en})"),
            _ => text!(", vì {vi}", ": {en}"),
        },
    );
    let clock = |at: Option<Wall>| at.map_or_else(|| "?".to_owned(), |at| plan::clock(at, tz));
    let (from, to) = (clock(row.started), clock(row.ended));
    match row.outcome {
        Some(Outcome::Played) => {
            text!("Nhật ký: đã phát từ {from} đến {to}{why_vi}", "Journal: played from {from} until {to}{why_en}")
        }
        Some(Outcome::Partial) => {
            let heard = plan::length(seconds(row.seconds_played));
            let whole = plan::length(seconds(row.seconds_planned));
            let (heard_vi, whole_vi, heard_en, whole_en) = (heard.vi, whole.vi, heard.en, whole.en);
            text!(
                "Nhật ký: chỉ phát được {heard_vi} trong {whole_vi}, từ {from} đến {to}{why_vi}",
                "Journal: only {heard_en} of {whole_en} were heard, from {from} until {to}{why_en}"
            )
        }
        Some(Outcome::Refused) => {
            text!("Nhật ký: bị từ chối, không phát{why_vi}", "Journal: refused, and not played{why_en}")
        }
        Some(Outcome::Missed) | None => text!("Nhật ký: không phát{why_vi}", "Journal: not played{why_en}"),
    }
}

fn seconds(seconds: Option<f64>) -> Duration {
    Duration::try_from_secs_f64(seconds.unwrap_or(0.0).round()).unwrap_or_default()
}

fn because(reason: &Reason, row: &Entry, tz: &TimeZone) -> Text {
    let day = row.planned.map(|at| at.zoned(tz).date());
    let moment = |at: DateTime| {
        let time = at.strftime(if at.second() == 0 { "%H:%M" } else { "%H:%M:%S" });
        if Some(at.date()) == day {
            return text!("{time}", "{time}");
        }
        let (vi, en) = (at.strftime("%d/%m/%Y"), at.strftime("%Y-%m-%d"));
        text!("{time} ngày {vi}", "{time} on {en}")
    };
    match reason {
        Reason::StationOff(Off { span: Some(Span { from, to }), .. }) => {
            let (from, to) = (moment(*from), moment(*to));
            let (from_vi, to_vi, from_en, to_en) = (from.vi, to.vi, from.en, to.en);
            text!("đài tắt từ {from_vi} đến {to_vi}", "the station was off from {from_en} until {to_en}")
        }
        Reason::ClockStep(Step { span: Some(Span { from, to }), .. }) => {
            let (from, to) = (moment(*from), moment(*to));
            let (from_vi, to_vi, from_en, to_en) = (from.vi, to.vi, from.en, to.en);
            text!("đồng hồ được chỉnh từ {from_vi} sang {to_vi}", "the clock was set from {from_en} to {to_en}")
        }
        other => other.words(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::sample::{at, zone};
    use crate::fact::EntryKind;

    fn row(outcome: Outcome, reason: Option<&str>) -> Entry {
        let tz = zone("Asia/Ho_Chi_Minh");
        let heard = matches!(outcome, Outcome::Played | Outcome::Partial);
        Entry {
            kind: EntryKind::Airing,
            outcome: Some(outcome),
            planned: Some(at("2026-11-28T10:24", &tz)),
            started: heard.then(|| at("2026-11-28T10:24", &tz)),
            ended: heard.then(|| at("2026-11-28T10:26:30", &tz)),
            seconds_planned: Some(300.0),
            seconds_played: Some(if heard { 150.0 } else { 0.0 }),
            reason: reason.map(Into::into),
            ..Entry::default()
        }
    }

    #[test]
    fn a_row_is_told_in_words_of_both_languages() {
        let table = [
            (
                row(Outcome::Missed, Some("station_off: 2026-11-28 10:22:00..10:25:00")),
                "Nhật ký: không phát, vì đài tắt từ 10:22 đến 10:25",
                "Journal: not played: the station was off from 10:22 until 10:25",
            ),
            (
                row(Outcome::Missed, Some("station_off: 2026-11-27 22:22:10..2026-11-28 10:25:00")),
                "Nhật ký: không phát, vì đài tắt từ 22:22:10 ngày 27/11/2026 đến 10:25",
                "Journal: not played: the station was off from 22:22:10 on 2026-11-27 until 10:25",
            ),
            (
                row(Outcome::Missed, Some("clock_step: 2026-11-28 10:20:00..10:40:00")),
                "Nhật ký: không phát, vì đồng hồ được chỉnh từ 10:20 sang 10:40",
                "Journal: not played: the clock was set from 10:20 to 10:40",
            ),
            (
                row(Outcome::Refused, Some("past_hours")),
                "Nhật ký: bị từ chối, không phát, vì kéo dài quá giờ được phép phát",
                "Journal: refused, and not played: ran past the end of the permitted hours",
            ),
            (
                row(Outcome::Played, None),
                "Nhật ký: đã phát từ 10:24 đến 10:26:30",
                "Journal: played from 10:24 until 10:26:30",
            ),
            (
                row(Outcome::Played, Some("waits: ban-tin")),
                "Nhật ký: đã phát từ 10:24 đến 10:26:30 (chờ mục khác phát xong: ban-tin)",
                "Journal: played from 10:24 until 10:26:30 (waited for another broadcast: ban-tin)",
            ),
            (
                row(Outcome::Partial, Some("power_lost")),
                "Nhật ký: chỉ phát được 2 phút 30 giây trong 5 phút, từ 10:24 đến 10:26:30, vì mất điện",
                "Journal: only 2 min 30 s of 5 min were heard, from 10:24 until 10:26:30: power lost",
            ),
            (row(Outcome::Missed, None), "Nhật ký: không phát", "Journal: not played"),
        ];
        for (row, vi, en) in table {
            let told = sentence(&row, &zone("Asia/Ho_Chi_Minh"));
            assert_eq!((told.vi.as_str(), told.en.as_str()), (vi, en));
        }
    }
}
