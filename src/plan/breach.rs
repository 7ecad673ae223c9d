use std::ops::Range;

use super::nearest::{NEAREST_WITHIN, nearest};
use super::sentence::{clock, date, length};
use super::{Airing, Guard, Reason, Verdict};
use crate::diag::{Label, Severity, Text, text};
use crate::instant::Wall;
use crate::schedule::{Place, Rules};
use crate::station::Station;

/// A broadcast against the law of a zone: what to say of it.
pub(super) struct Breach<'a> {
    pub(super) airing: &'a Airing,
    pub(super) rules: &'a Rules,
    pub(super) guard: &'a Guard,
    /// What the zone plays beside emergencies, ascending.
    pub(super) sounds: &'a [Range<Wall>],
    pub(super) station: &'a Station,
    /// No time before this is proposed.
    pub(super) earliest: Wall,
}

/// Severity, message, cure, and where the rule is written.
pub(super) type Told = (Severity, Text, Text, Option<Label>);

impl Breach<'_> {
    /// Where the rule that `airing` breaks is written; `None` for what breaks none, or a built-in rule.
    pub(super) fn place<'r>(airing: &Airing, rules: &'r Rules, guard: &Guard) -> Option<&'r Place> {
        let places = &rules.places;
        match airing.reason.as_deref()? {
            Reason::OutsideHours if !guard.is_lawful_day(airing.scheduled) => places.days.as_ref(),
            Reason::OutsideHours | Reason::PastHours => places.hours.as_ref(),
            Reason::SessionTooLong(_) => places.max_session.as_ref(),
            Reason::TooManySessions(_) => places.max_sessions_per_day.as_ref(),
            _ => None,
        }
    }

    /// What there is to say; `times` is how often and when first.
    pub(super) fn told(&self, times: &Text) -> Option<Told> {
        let airing = self.airing;
        let title = &airing.broadcast.title;
        let refused = airing.verdict == Verdict::Refuse;
        let end = clock(airing.end, &self.station.timezone);
        let (hours, long) = (self.hours(), length(airing.programme.length));
        let (times_vi, times_en, long_vi, long_en) = (&times.vi, &times.en, &long.vi, &long.en);
        let (key, vi, en, help) = match airing.reason.as_deref()? {
            Reason::OutsideHours if !self.guard.is_lawful_day(airing.scheduled) => (
                "days",
                format!("«{title}» rơi vào ngày không được phép phát"),
                format!("\"{title}\" falls on a day on which nothing may sound"),
                text!(
                    "đổi ngày phát, hoặc sửa `days` trong [rules]",
                    "move it to another day, or change `days` in [rules]"
                ),
            ),
            Reason::OutsideHours => (
                "hours",
                format!("«{title}» nằm ngoài giờ được phép phát {hours}"),
                format!("\"{title}\" is outside the lawful hours {hours}"),
                text!("đổi giờ phát, hoặc sửa `hours` trong [rules]", "move it, or change `hours` in [rules]"),
            ),
            Reason::PastHours if refused => (
                "hours",
                format!("«{title}» phát đến {end}, quá giờ được phép phát {hours}"),
                format!("\"{title}\" would run until {end}, past the lawful hours {hours}"),
                text!(
                    "cho phát sớm hơn, rút ngắn nội dung, hoặc sửa `hours` trong [rules]",
                    "start it earlier, shorten it, or change `hours` in [rules]"
                ),
            ),
            Reason::PastHours => (
                "hours",
                format!("«{title}» bị ngắt rồi phải dừng lúc {end} vì hết giờ được phép phát {hours}"),
                format!("\"{title}\" is interrupted and then stops at {end}, when the lawful hours {hours} end"),
                text!("cho phát sớm hơn", "start it earlier"),
            ),
            Reason::SessionTooLong(most) if refused => {
                let most = length(*most);
                (
                    "max_session",
                    format!("«{title}» (dài {long_vi}) làm buổi phát dài quá {}", most.vi),
                    format!("\"{title}\" ({long_en} long) makes its session longer than {}", most.en),
                    text!(
                        "để cách buổi trước ít nhất 5 phút, rút ngắn nội dung, hoặc sửa `max_session` trong [rules]",
                        "leave at least 5 minutes after the session before, shorten it, or change `max_session` in [rules]"
                    ),
                )
            }
            Reason::SessionTooLong(most) => {
                let most = length(*most);
                (
                    "max_session",
                    format!("«{title}» bị ngắt rồi phải dừng lúc {end} vì buổi phát đã đủ {}", most.vi),
                    format!(
                        "\"{title}\" is interrupted and then stops at {end}, when its session has lasted {}",
                        most.en
                    ),
                    text!("cho phát sớm hơn, hoặc rút ngắn nội dung", "start it earlier, or shorten it"),
                )
            }
            Reason::TooManySessions(most) => (
                "max_sessions_per_day",
                format!("«{title}» mở thêm một buổi phát khi trong ngày đã đủ {most} buổi"),
                format!("\"{title}\" begins another session when the day has had its {most}"),
                text!(
                    "cho phát liền với một buổi đã có (cách dưới 5 phút), hoặc sửa `max_sessions_per_day` trong [rules]",
                    "move it next to a session of the day (less than 5 minutes apart), or change `max_sessions_per_day` in [rules]"
                ),
            ),
            _ => return None,
        };
        let place = Self::place(airing, self.rules, self.guard);
        let rule = place.map_or_else(
            || text!("quy định có sẵn", "the built-in rule"),
            |place| {
                let (file, line) = (&place.file, place.line);
                text!("`{key}`, {file}:{line}", "`{key}`, {file}:{line}")
            },
        );
        let nearest = if refused { self.nearest() } else { text!("", "") };
        let message = Text {
            vi: format!("{vi} ({}; {times_vi}){}", rule.vi, nearest.vi),
            en: format!("{en} ({}; {times_en}){}", rule.en, nearest.en),
        };
        let severity = if refused { Severity::Error } else { Severity::Warning };
        Some((severity, message, help, place.map(|place| label(place, key))))
    }

    /// `; giờ gần nhất được phép: 05:00`, with the date where it is another.
    fn nearest(&self) -> Text {
        let (tz, wanted) = (&self.station.timezone, self.airing.scheduled);
        let Some(at) = nearest(self.guard, self.sounds, self.earliest, wanted, self.airing.programme.length) else {
            let days = NEAREST_WITHIN.as_secs() / 86_400;
            return text!(
                "; trong {days} ngày trước và sau không có giờ nào hợp quy định",
                "; no time within {days} days before or after is lawful"
            );
        };
        let (time, day) = (clock(at, tz), date(at, tz));
        if at.zoned(tz).date() == wanted.zoned(tz).date() {
            return text!("; giờ gần nhất được phép: {time}", "; the nearest lawful time: {time}");
        }
        let (vi, en) = (day.vi, day.en);
        text!("; giờ gần nhất được phép: {time} ngày {vi}", "; the nearest lawful time: {time} on {en}")
    }

    /// The lawful hours as they are written.
    fn hours(&self) -> String {
        let time = |second: u32| match second % 60 {
            0 => format!("{:02}:{:02}", second / 3600, second / 60 % 60),
            seconds => format!("{:02}:{:02}:{seconds:02}", second / 3600, second / 60 % 60),
        };
        let ranges = self.rules.hours.0.iter().map(|range| format!("{}-{}", time(range.start), time(range.end)));
        ranges.collect::<Vec<_>>().join(", ")
    }
}

fn label(place: &Place, key: &str) -> Label {
    let message = text!("quy định `{key}` ở đây", "the rule `{key}` is here");
    Label { file: place.file.clone(), span: place.span.clone(), line: place.line, message }
}
