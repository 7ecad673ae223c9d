use super::nearest::{NEAREST_WITHIN, Played, nearest};
use super::sentence::{clock, date};
use super::{Airing, Cause, Guard, Verdict};
use crate::diag::{Label, Text, text};
use crate::instant::Wall;
use crate::schedule::{Place, Rules};
use crate::station::Station;

/// A broadcast against the law of a zone: what to say of it.
pub(super) struct Breach<'a> {
    pub(super) airing: &'a Airing,
    pub(super) rules: &'a Rules,
    pub(super) guard: &'a Guard,
    /// The zone and the broadcast's other ones, with what each plays beside emergencies.
    pub(super) zones: Vec<Played<'a>>,
    pub(super) station: &'a Station,
    /// No time before this is proposed.
    pub(super) earliest: Wall,
}

impl Breach<'_> {
    /// Where the rule that `airing` breaks is written; `None` for what breaks none, or a built-in rule.
    pub(super) fn place<'r>(airing: &Airing, rules: &'r Rules, guard: &Guard) -> Option<&'r Place> {
        let places = &rules.places;
        match airing.reason.as_deref()? {
            Cause::OutsideHours if !guard.is_lawful_day(airing.scheduled) => places.days.as_ref(),
            Cause::OutsideHours | Cause::PastHours => places.hours.as_ref(),
            Cause::SessionTooLong(_) => places.max_session.as_ref(),
            Cause::TooManySessions(_) => places.max_sessions_per_day.as_ref(),
            _ => None,
        }
    }

    /// Whether the law forbids it outright; else it is cut short.
    pub(super) fn is_refused(&self) -> bool {
        self.airing.verdict == Verdict::Refuse
    }

    /// What to do about it.
    pub(super) fn cure(&self) -> Option<Text> {
        Some(match self.airing.reason.as_deref()? {
            Cause::OutsideHours if !self.guard.is_lawful_day(self.airing.scheduled) => {
                text!(
                    "đổi ngày phát, hoặc sửa `days` trong [rules]",
                    "move it to another day, or change `days` in [rules]"
                )
            }
            Cause::OutsideHours => {
                text!(
                    "đổi giờ phát, hoặc sửa `hours` trong [rules]; việc khẩn cấp thì dùng: loa alert",
                    "move it, or change `hours` in [rules]; for an emergency use: loa alert"
                )
            }
            Cause::PastHours if self.is_refused() => text!(
                "cho phát sớm hơn, rút ngắn nội dung, hoặc sửa `hours` trong [rules]",
                "start it earlier, shorten it, or change `hours` in [rules]"
            ),
            Cause::SessionTooLong(_) if self.is_refused() => text!(
                "để cách buổi trước ít nhất 5 phút, rút ngắn nội dung, hoặc sửa `max_session` trong [rules]",
                "leave at least 5 minutes after the session before, shorten it, or change `max_session` in [rules]"
            ),
            Cause::PastHours | Cause::SessionTooLong(_) => {
                text!("cho phát sớm hơn, hoặc rút ngắn nội dung", "start it earlier, or shorten it")
            }
            Cause::TooManySessions(_) => text!(
                "cho phát liền với một buổi đã có (cách dưới 5 phút), hoặc sửa `max_sessions_per_day` trong [rules]",
                "move it next to a session of the day (less than 5 minutes apart), or change `max_sessions_per_day` in [rules]"
            ),
            _ => return None,
        })
    }

    /// The rule's own line, to show beside the broadcast's.
    pub(super) fn label(&self) -> Option<Label> {
        let place = Self::place(self.airing, self.rules, self.guard)?;
        let message = text!("quy định ở đây", "the rule is here");
        Some(Label { file: place.file.clone(), span: place.span.clone(), line: place.line, message })
    }

    /// `; giờ gần nhất được phép: 05:00`, with the date where it is another; nothing for what is only cut.
    pub(super) fn nearest(&self) -> Text {
        if !self.is_refused() {
            return text!("", "");
        }
        let (tz, wanted) = (&self.station.timezone, self.airing.scheduled);
        let Some(at) = nearest(&self.zones, self.earliest, wanted, self.airing.programme.length) else {
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
}
