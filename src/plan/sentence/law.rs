use std::time::Duration;

use super::{Sentence, Told, both, length, moment, written};
use crate::diag::{Text, text};
use crate::plan::Verdict;
use crate::schedule::Cancel;

/// What the law forbids, or cuts short.
impl Sentence<'_> {
    pub(super) fn outside_hours(&self) -> Told {
        let (a, rule) = (self.subject(), self.ground.rule_broken_at(self.airing.zone, self.airing.start));
        let fact = both(
            format!("{} bị từ chối: nằm ngoài {}", a.vi, rule.vi),
            format!("{} is refused: it is outside {}", a.en, rule.en),
        );
        Told { fact, cure: Some(self.lawful_time("`hours`, `days`", "`hours` or `days`")) }
    }

    pub(super) fn cancelled(&self, cancel: &Cancel) -> Told {
        let (a, place) = (self.subject(), written(&cancel.place));
        let why = |open: &str, close: &str| match cancel.why.as_str() {
            "" => String::new(),
            why => format!(" {open}{why}{close}"),
        };
        let (vi, en) = (why("«", "»"), why("\"", "\""));
        if let Some(hours) = &cancel.hours {
            let [from, until] = [hours.start, hours.end].map(|at| at.strftime("%H:%M %d/%m/%Y"));
            let fact = both(
                format!("{} bị từ chối: nghỉ phát từ {from} đến {until}{vi} ({place}). Khẩn cấp vẫn phát", a.vi),
                format!(
                    "{} is refused: quiet from {from} to {until}{en} ({place}). Emergencies sound all the same",
                    a.en
                ),
            );
            let cure = text!("nếu không nghỉ nữa, xóa đoạn [[cancel]] ấy", "if it is over, delete that [[cancel]]");
            return Told { fact, cure: Some(cure) };
        }
        let fact = both(
            format!("{} bị từ chối: ngày này nghỉ phát{vi} ({place}). Khẩn cấp vẫn phát", a.vi),
            format!("{} is refused: the day is called off{en} ({place}). Emergencies sound all the same", a.en),
        );
        let cure =
            text!("nếu không nghỉ nữa, xóa đoạn [[cancel]] ấy", "if the day is on again, delete that [[cancel]]");
        Told { fact, cure: Some(cure) }
    }

    pub(super) fn past_hours(&self) -> Told {
        let (a, start, end) = (self.subject(), self.time(self.airing.start), self.time(self.airing.end));
        let rule = self.ground.hours(self.airing.zone);
        let late = self.delay();
        let fact = both(
            format!("{} bị từ chối: phát từ {start} thì đến {end}{} mới hết, quá {}", a.vi, late.vi, rule.vi),
            format!("{} is refused: from {start} it would run until {end}{}, past {}", a.en, late.en, rule.en),
        );
        let lawful = self.lawful_time("`hours`", "`hours`");
        let cure = both(format!("rút ngắn nội dung, {}", lawful.vi), format!("shorten it, {}", lawful.en));
        Told { fact, cure: Some(cure) }
    }

    pub(super) fn cut_by_hours(&self) -> Told {
        let (end, rule) = (self.time(self.airing.end), self.ground.hours(self.airing.zone));
        let cut = self.airing.breaks.first().map_or_else(|| self.subject(), |cut| self.cut(&cut.by));
        let fact = both(
            format!("{}, dừng lúc {end} khi chưa hết vì đã hết {}", cut.vi, rule.vi),
            format!("{}, and stops at {end} before its end, at the end of {}", cut.en, rule.en),
        );
        Told { fact, cure: Some(text!("cho phát sớm hơn", "start it earlier")) }
    }

    pub(super) fn session_too_long(&self, most: Duration) -> Told {
        let (a, start, end) = (self.subject(), self.time(self.airing.start), self.time(self.airing.end));
        let (most, rule) = (length(most), self.rule("max_session"));
        let fact = both(
            format!("{} bị từ chối: phát từ {start} đến {end} thì buổi phát dài quá {} ({rule})", a.vi, most.vi),
            format!(
                "{} is refused: from {start} to {end} it would make the session longer than {} ({rule})",
                a.en, most.en
            ),
        );
        let cure = text!(
            "để cách buổi trước ít nhất 5 phút, rút ngắn nội dung, hoặc sửa `max_session`",
            "leave at least 5 minutes after the session before, shorten it, or change `max_session`"
        );
        Told { fact, cure: Some(cure) }
    }

    pub(super) fn cut_by_session(&self, most: Duration) -> Told {
        let (a, end, most) = (self.subject(), self.time(self.airing.end), length(most));
        let rule = self.rule("max_session");
        let fact = both(
            format!("{} dừng lúc {end} khi chưa hết: buổi phát đã đủ {} ({rule})", a.vi, most.vi),
            format!("{} stops at {end} before its end: the session has lasted {} ({rule})", a.en, most.en),
        );
        Told { fact, cure: Some(text!("cho phát sớm hơn", "start it earlier")) }
    }

    pub(super) fn too_many_sessions(&self, most: u32) -> Told {
        let (a, start, rule) = (self.subject(), self.time(self.airing.start), self.rule("max_sessions_per_day"));
        let fact = if self.airing.verdict == Verdict::Refuse {
            both(
                format!(
                    "{} bị từ chối: trong ngày đã đủ {most} buổi phát ({rule}), phát lúc {start} là thêm một buổi nữa",
                    a.vi
                ),
                format!(
                    "{} is refused: the day has had its {most} sessions ({rule}), and at {start} another would begin",
                    a.en
                ),
            )
        } else {
            both(
                format!("{} không phát tiếp: trong ngày đã đủ {most} buổi phát ({rule})", a.vi),
                format!("{} does not go on: the day has had its {most} sessions ({rule})", a.en),
            )
        };
        let cure = text!(
            "cho phát liền với một buổi đã có (cách dưới 5 phút), hoặc sửa `max_sessions_per_day`",
            "move it next to one of them (less than 5 minutes apart), or change `max_sessions_per_day`"
        );
        Told { fact, cure: Some(cure) }
    }

    /// `, cộng thêm 500 ms cụm loa này phát chậm lại (delay_ms),` where the zone is heard later than its plan says.
    fn delay(&self) -> Text {
        let millis = self.ground.guard(self.airing.zone).delay().as_millis();
        if millis == 0 {
            return both(String::new(), String::new());
        }
        text!(
            ", cộng thêm {millis} ms cụm loa này phát chậm lại (delay_ms),",
            ", and {millis} ms later in this zone (delay_ms)"
        )
    }

    /// The key of a rule, and where it is written: `max_session, schedules/luat.toml:4`.
    fn rule(&self, key: &str) -> String {
        let places = &self.ground.rules(self.airing.zone).places;
        let place = if key == "max_session" { &places.max_session } else { &places.max_sessions_per_day };
        place.as_ref().map_or_else(|| key.to_owned(), |place| format!("{key}, {}", written(place)))
    }

    /// `đổi sang 06:25 ngày 01/12/2026 (gần nhất được phép), hoặc sửa … trong [rules]`.
    fn lawful_time(&self, vi_keys: &str, en_keys: &str) -> Text {
        let nearest =
            self.ground.guard(self.airing.zone).nearest_start(self.airing.scheduled, self.airing.programme.length);
        match nearest.map(|at| moment(at, self.tz)) {
            Some(at) => both(
                format!("đổi sang {} là lúc được phép gần nhất, hoặc sửa {vi_keys} trong [rules]", at.vi),
                format!("move it to {}, the nearest lawful time, or change {en_keys} in [rules]", at.en),
            ),
            None => both(
                format!("sửa {vi_keys} trong [rules]: không có lúc nào đủ dài để phát mục này"),
                format!("change {en_keys} in [rules]: no time is long enough for it"),
            ),
        }
    }
}
