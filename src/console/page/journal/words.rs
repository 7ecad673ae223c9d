//! The journal's facts as a person reads them on the page.

use std::time::Duration;

use jiff::tz::TimeZone;

use crate::diag::{Text, figure, plain, text};
use crate::fact::{Entry, EntryKind, Outcome};
use crate::instant::Wall;
use crate::reason::{OwnAccounts, Reason};

/// A whole number as people write it: `1.284`, `1,284`.
pub(super) fn count(number: u64) -> Text {
    let digits = number.to_string();
    let mut vi = String::new();
    for (ix, digit) in digits.chars().enumerate() {
        if ix > 0 && (digits.len() - ix).is_multiple_of(3) {
            vi.push('.');
        }
        vi.push(digit);
    }
    Text { en: vi.replace('.', ","), vi }
}

/// `0:27`.
fn minutes(seconds: f64) -> String {
    let seconds = seconds.max(0.0).round() as u64;
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

/// What became of an airing: `Phát một phần: 0:27 trên 0:40`.
pub(in crate::page) fn outcome(entry: &Entry) -> Text {
    outcomes(entry, &[entry].into_iter())
}

/// The same of an airing in several zones, which are told together: `Phát một phần: 0:02 đến 0:05 trên 0:06`.
pub(in crate::page) fn outcomes<'a>(entry: &Entry, rows: &(impl Iterator<Item = &'a Entry> + Clone)) -> Text {
    let played = || rows.clone().filter_map(|row| row.seconds_played);
    let (least, most) = (minutes(played().fold(f64::INFINITY, f64::min)), minutes(played().fold(0.0, f64::max)));
    match (entry.outcome, entry.seconds_played, entry.seconds_planned) {
        (Some(Outcome::Played | Outcome::Partial), ..) if entry.no_horn => {
            text!("Không ai nghe: chưa nối loa", "Heard by nobody: no horn")
        }
        (Some(Outcome::Played), ..) => text!("Đã phát", "Played"),
        (Some(Outcome::Partial | Outcome::Missed), ..) if matches!(entry.reason, Some(Reason::Recalled(_))) => {
            text!("Hủy kịp", "Taken back in time")
        }
        (Some(Outcome::Partial), Some(_), Some(planned)) if least != most => {
            let planned = minutes(planned);
            text!("Phát một phần: {least} đến {most} trên {planned}", "Partly played: {least} to {most} of {planned}")
        }
        (Some(Outcome::Partial), Some(_), Some(planned)) => {
            let (played, planned) = (most, minutes(planned));
            text!("Phát một phần: {played} trên {planned}", "Partly played: {played} of {planned}")
        }
        (Some(Outcome::Partial), ..) => text!("Phát một phần", "Partly played"),
        (Some(Outcome::Missed), ..) => text!("Bị lỡ", "Missed"),
        (Some(Outcome::Refused), ..) => text!("Bị từ chối", "Refused"),
        (None, ..) => text!("Ghi chú", "Note"),
    }
}

/// Why, if anything is known; `own` are the station's own accounts.
pub(crate) fn why(entry: &Entry, own: &OwnAccounts) -> Option<Text> {
    let reason = entry.reason.as_ref()?;
    let Text { vi, en } = match reason {
        // Behind these stands the id of a broadcast, which nobody at a page knows.
        Reason::Waits(_) | Reason::WaitExpired(_) | Reason::Interrupted(_) => reason.brief(),
        reason => own.words(reason),
    };
    let said = Text { vi: plain(&vi).into_owned(), en: plain(&en).into_owned() };
    (!said.vi.is_empty()).then_some(said)
}

/// What a colour says as well.
pub(in crate::page) const fn kind(entry: &Entry) -> &'static str {
    match entry.outcome {
        Some(Outcome::Played | Outcome::Partial) if entry.no_horn => "missed",
        Some(Outcome::Played) => "played",
        Some(Outcome::Partial) => "partial",
        Some(Outcome::Missed) => "missed",
        Some(Outcome::Refused) => "refused",
        None => "note",
    }
}

/// When: of an airing when it was heard, else when it was to be; of a note when it was written.
pub(super) fn when(entry: &Entry) -> Wall {
    match entry.kind {
        EntryKind::Note => entry.written,
        EntryKind::Airing => entry.started.or(entry.planned).unwrap_or(entry.written),
    }
}

/// An instant to the second: `05:30:00 ngày 01/12/2026`.
pub(super) fn instant(at: Wall, tz: &TimeZone) -> Text {
    let time = at.zoned(tz).strftime("%H:%M:%S").to_string();
    let Text { vi, en } = figure::date(at, tz);
    text!("{time} ngày {vi}", "{time} on {en}")
}

/// A length in seconds.
pub(super) fn length(seconds: f64) -> Text {
    figure::length_exact(Duration::try_from_secs_f64(seconds.max(0.0)).unwrap_or_default())
}

/// Who stands behind a row, if a person does.
pub(crate) fn who(entry: &Entry) -> Option<&str> {
    behind(entry.reason.as_ref()?)
}

fn behind(reason: &Reason) -> Option<&str> {
    let by = match reason {
        Reason::Alert(order)
        | Reason::Warrant(order)
        | Reason::Say(order)
        | Reason::TestTone(order)
        | Reason::Drill(order)
        | Reason::Talk(order)
        | Reason::TalkLost(order)
        | Reason::Stopped(order)
        | Reason::Recalled(order)
        | Reason::AlarmUnsent(order)
        | Reason::AlarmDropped(order)
        | Reason::AlarmAgreed(order)
        | Reason::AlarmAlone(order)
        | Reason::AlarmRead(order)
        | Reason::AlarmRemark(order)
        | Reason::AlarmReceived(order)
        | Reason::AlarmDeclined(order)
        | Reason::AlarmUnheard(order)
        | Reason::DrillMeasured(order)
        | Reason::NightCode(order)
        | Reason::NightCodes(order) => &order.by,
        Reason::ClockConfirmed(confirmed) => &confirmed.by,
        Reason::Person(by) => by,
        Reason::Approved(approved) => &approved.by,
        Reason::Returned(returned) => &returned.by,
        Reason::OrderRefused(refused) => return behind(&refused.order),
        _ => return None,
    };
    (!by.is_empty()).then_some(by)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_as_people_write_them() {
        for (number, vi) in [(0, "0"), (999, "999"), (1_284, "1.284"), (1_000_000, "1.000.000")] {
            assert_eq!(count(number), Text { vi: vi.into(), en: vi.replace('.', ",") });
        }
    }

    #[test]
    fn a_person_is_found_behind_an_order_and_behind_one_that_was_refused() {
        let entry = |reason: &str| Entry { reason: Some(reason.into()), ..Entry::default() };
        for (reason, by) in [
            ("alert: ông Năm: lũ", Some("ông Năm")),
            ("stopped: bà Hai", Some("bà Hai")),
            ("talk_lost: bà Hai: mất kết nối", Some("bà Hai")),
            ("power_lost", None),
            ("", None),
        ] {
            assert_eq!(who(&entry(reason)), by, "{reason}");
        }
    }

    #[test]
    fn a_part_says_of_how_much() {
        let entry = Entry {
            outcome: Some(Outcome::Partial),
            seconds_played: Some(27.2),
            seconds_planned: Some(40.0),
            ..Entry::default()
        };
        assert_eq!(outcome(&entry).vi, "Phát một phần: 0:27 trên 0:40");
        let other = Entry { seconds_played: Some(2.2), ..entry.clone() };
        assert_eq!(outcomes(&entry, &[&entry, &other].into_iter()).vi, "Phát một phần: 0:02 đến 0:27 trên 0:40");
    }
}
