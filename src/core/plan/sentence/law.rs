use std::time::Duration;

use jiff::tz::TimeZone;

use super::{Audience, FactAndCure, Sentence, both, length, moment, written};
use crate::diag::figure::civil;
use crate::diag::{Text, text};
use crate::instant::Wall;
use crate::plan::Verdict;
use crate::plan::nearest::NEAREST_WITHIN;
use crate::schedule::Cancel;

/// What the law forbids, or cuts short.
impl Sentence<'_> {
    pub(super) fn outside_hours(&self) -> FactAndCure {
        let (a, zone) = (self.subject(), self.airing.zone);
        let is_lawful_day = self.ground.guard(zone).is_lawful_day(self.airing.start);
        let fact = if let Some(none) = self.ground.no_hours(zone, self.reader).filter(|_| is_lawful_day) {
            both(format!("{} bị từ chối: {}", a.vi, none.vi), format!("{} is refused: {}", a.en, none.en))
        } else {
            let rule = self.ground.rule_broken_at(zone, self.airing.start, self.reader);
            both(
                format!("{} bị từ chối: nằm ngoài {}", a.vi, rule.vi),
                format!("{} is refused: it is outside {}", a.en, rule.en),
            )
        };
        let cure = if is_lawful_day {
            let lawful = self.lawful_time("hours");
            text!(
                lawful = lawful;
                "{lawful}; việc khẩn cấp thì dùng: loa alert",
                "{lawful}; for an emergency use: loa alert"
            )
        } else {
            self.lawful_time("days")
        };
        FactAndCure { fact, cure: Some(cure) }
    }

    pub(super) fn cancelled(&self, cancel: &Cancel) -> FactAndCure {
        let (a, place) = (self.subject(), self.reader.place(&cancel.place));
        let why = |open: &str, close: &str| match cancel.why.as_str() {
            "" => String::new(),
            why => format!(" {open}{why}{close}"),
        };
        let (vi, en) = (why("«", "»"), why("\"", "\""));
        if let Some(hours) = &cancel.hours {
            let [from, until] = [hours.start, hours.end].map(civil);
            let fact = both(
                format!("{} bị từ chối: nghỉ phát từ {} đến {}{vi}{place}; khẩn cấp vẫn phát", a.vi, from.vi, until.vi),
                format!(
                    "{} is refused: quiet from {} to {}{en}{place}; emergencies sound all the same",
                    a.en, from.en, until.en
                ),
            );
            let cure = text!("nếu không nghỉ nữa, xóa đoạn [[cancel]] ấy", "if it is over, delete that [[cancel]]");
            return FactAndCure { fact, cure: Some(cure) };
        }
        let fact = both(
            format!("{} bị từ chối: ngày này nghỉ phát{vi}{place}; khẩn cấp vẫn phát", a.vi),
            format!("{} is refused: the day is called off{en}{place}; emergencies sound all the same", a.en),
        );
        let cure =
            text!("nếu không nghỉ nữa, xóa đoạn [[cancel]] ấy", "if the day is on again, delete that [[cancel]]");
        FactAndCure { fact, cure: Some(cure) }
    }

    /// It begins before something is called off, and would run into it.
    pub(super) fn runs_into(&self, cancel: &Cancel) -> Option<FactAndCure> {
        let from = cancel.begins_in(self.tz).filter(|from| self.airing.start < *from)?;
        let (a, start, end) = (self.subject(), self.time(self.airing.start), self.time(self.airing.end));
        let (quiet, place) = (moment(from, self.tz), self.reader.place(&cancel.place));
        let Text { vi: why_vi, en: why_en } = cancel.told_why();
        let fact = both(
            format!(
                "{} bị từ chối: phát từ {start} thì đến {end} mới hết, mà từ {} nghỉ phát{why_vi}{place}",
                a.vi, quiet.vi
            ),
            format!(
                "{} is refused: from {start} it would run until {end}, and from {} on all is quiet{why_en}{place}",
                a.en, quiet.en
            ),
        );
        let nearest = self.ground.nearest(self.airing).map(|at| moment(at, self.tz));
        let Text { vi, en } = nearest.map_or_else(
            || text!("cho phát sớm hơn", "start it earlier"),
            |at| text!(at = at; "đổi sang {at} là lúc được phép gần nhất", "move it to {at}, the nearest lawful time"),
        );
        let cure = text!(
            "rút ngắn nội dung, {vi}, hoặc xóa đoạn [[cancel]] ấy nếu không nghỉ nữa",
            "shorten it, {en}, or delete that [[cancel]] if it is over"
        );
        Some(FactAndCure { fact, cure: Some(cure) })
    }

    pub(super) fn cut_by_cancel(&self, cancel: &Cancel) -> FactAndCure {
        let (a, end, place) = (self.subject(), self.time(self.airing.end), self.reader.place(&cancel.place));
        let Text { vi: why_vi, en: why_en } = cancel.told_why();
        let cut = self.airing.breaks.iter().find_map(|cut| cut.by.rival()).map_or(a, |by| self.cut(by));
        let fact = both(
            format!("{}, dừng lúc {end} khi chưa hết vì từ đó nghỉ phát{why_vi}{place}", cut.vi),
            format!("{}, and stops at {end} before its end, as all is quiet from then on{why_en}{place}", cut.en),
        );
        FactAndCure { fact, cure: Some(earlier()) }
    }

    pub(super) fn past_hours(&self) -> FactAndCure {
        let (a, start, end) = (self.subject(), self.time(self.airing.start), self.time(self.airing.end));
        let rule = self.ground.hours(self.airing.zone, self.reader);
        let late = self.delay();
        let fact = both(
            format!("{} bị từ chối: phát từ {start} thì đến {end}{} mới hết, quá {}", a.vi, late.vi, rule.vi),
            format!("{} is refused: from {start} it would run until {end}{}, past {}", a.en, late.en, rule.en),
        );
        FactAndCure { fact, cure: Some(self.shorten_or_move("hours")) }
    }

    pub(super) fn cut_by_hours(&self) -> FactAndCure {
        let (end, rule) = (self.time(self.airing.end), self.ground.hours(self.airing.zone, self.reader));
        let cut =
            self.airing.breaks.iter().find_map(|cut| cut.by.rival()).map_or_else(|| self.subject(), |by| self.cut(by));
        let fact = both(
            format!("{}, dừng lúc {end} khi chưa hết vì đã hết {}", cut.vi, rule.vi),
            format!("{}, and stops at {end} before its end, at the end of {}", cut.en, rule.en),
        );
        FactAndCure { fact, cure: Some(earlier()) }
    }

    pub(super) fn session_too_long(&self, most: Duration) -> FactAndCure {
        let (a, start, end) = (self.subject(), self.time(self.airing.start), self.time(self.airing.end));
        let (most, rule) = (length(most), self.rule("max_session"));
        let fact = both(
            format!("{} bị từ chối: phát từ {start} đến {end} thì buổi phát dài quá {}{}", a.vi, most.vi, rule.vi),
            format!(
                "{} is refused: from {start} to {end} it would make the session longer than {}{}",
                a.en, most.en, rule.en
            ),
        );
        FactAndCure { fact, cure: Some(self.shorten_or_move("max_session")) }
    }

    pub(super) fn cut_by_session(&self, most: Duration) -> FactAndCure {
        let (a, end, most) = (self.subject(), self.time(self.airing.end), length(most));
        let rule = self.rule("max_session");
        let fact = both(
            format!("{} dừng lúc {end} khi chưa hết: buổi phát đã đủ {}{}", a.vi, most.vi, rule.vi),
            format!("{} stops at {end} before its end: the session has lasted {}{}", a.en, most.en, rule.en),
        );
        FactAndCure { fact, cure: Some(earlier()) }
    }

    pub(super) fn too_many_sessions(&self, most: u32) -> FactAndCure {
        let (a, start, rule) = (self.subject(), self.time(self.airing.start), self.rule("max_sessions_per_day"));
        let told = if most == 1 { "one session".to_owned() } else { format!("{most} sessions") };
        if self.airing.verdict == Verdict::Refuse {
            let fact = both(
                format!(
                    "{} bị từ chối: trong ngày đã đủ {most} buổi phát{}, phát lúc {start} là thêm một buổi nữa",
                    a.vi, rule.vi
                ),
                format!(
                    "{} is refused: the day has had its {told}{}, and at {start} another would begin",
                    a.en, rule.en
                ),
            );
            return FactAndCure { fact, cure: Some(self.lawful_time("max_sessions_per_day")) };
        }
        let fact = both(
            format!("{} không phát tiếp: trong ngày đã đủ {most} buổi phát{}", a.vi, rule.vi),
            format!("{} does not go on: the day has had its {told}{}", a.en, rule.en),
        );
        FactAndCure { fact, cure: Some(earlier()) }
    }

    /// `, cộng thêm 500 ms cụm loa này phát chậm lại (delay_ms),` where the zone is heard later than its plan says.
    fn delay(&self) -> Text {
        let millis = self.ground.guard(self.airing.zone).delay().as_millis();
        if millis == 0 {
            return both(String::new(), String::new());
        }
        if self.reader == Audience::Page {
            return text!(
                ", cộng thêm {millis} phần nghìn giây cụm loa này phát chậm lại,",
                ", and {millis} ms later in this zone"
            );
        }
        text!(
            ", cộng thêm {millis} ms cụm loa này phát chậm lại (delay_ms),",
            ", and {millis} ms later in this zone (delay_ms)"
        )
    }

    /// The key of a rule, and where it is written: ` (max_session, schedules/luat.toml:4)`.
    fn rule(&self, key: &str) -> Text {
        if self.reader == Audience::Page {
            return text!("", "");
        }
        let places = &self.ground.rules(self.airing.zone).places;
        let (place, is_narrowed) = if key == "max_session" {
            (&places.max_session, places.is_session_narrowed)
        } else {
            (&places.max_sessions_per_day, places.are_sessions_narrowed)
        };
        let place = place.as_ref().map_or_else(|| key.to_owned(), |place| format!("{key}, {}", written(place)));
        if is_narrowed {
            return text!(
                " ({place}, viết sai nên lấy mức chặt nhất)",
                " ({place}, which cannot be read, so that the narrowest rule holds)"
            );
        }
        text!(" ({place})", " ({place})")
    }

    fn shorten_or_move(&self, key: &str) -> Text {
        let nearest = self.ground.nearest(self.airing);
        let lawful = self.moved(nearest, key);
        if nearest.is_some() {
            text!(lawful = lawful; "rút ngắn nội dung, {lawful}", "shorten it, {lawful}")
        } else {
            text!(lawful = lawful; "rút ngắn nội dung, hoặc {lawful}", "shorten it, or {lawful}")
        }
    }

    /// `đổi sang 06:25 ngày 01/12/2026 là lúc được phép gần nhất, hoặc sửa … trong [rules]`.
    fn lawful_time(&self, key: &str) -> Text {
        self.moved(self.ground.nearest(self.airing), key)
    }

    fn moved(&self, nearest: Option<Wall>, key: &str) -> Text {
        if let Some(at) = nearest {
            return text!(
                at = moment(at, self.tz);
                "đổi sang {at} là lúc được phép gần nhất, hoặc sửa `{key}` trong [rules]",
                "move it to {at}, the nearest lawful time, or change `{key}` in [rules]"
            );
        }
        let days = NEAREST_WITHIN.as_secs() / 86_400;
        text!(
            "sửa `{key}` trong [rules]: trong {days} ngày trước và sau không có lúc nào được phép, trống và đủ dài cho mục này",
            "change `{key}` in [rules]: within {days} days before and after no time is lawful, free and long enough for it"
        )
    }
}

impl Cancel {
    /// When it begins, in this time zone.
    fn begins_in(&self, tz: &TimeZone) -> Option<Wall> {
        let from = self.hours.as_ref().map_or_else(|| self.first.at(0, 0, 0, 0), |hours| hours.start);
        from.to_zoned(tz.clone()).ok().map(|from| from.timestamp().into())
    }

    /// ` «tang lễ»`, or nothing.
    fn told_why(&self) -> Text {
        match self.why.as_str() {
            "" => text!("", ""),
            why => text!(" «{why}»", " \"{why}\""),
        }
    }
}

fn earlier() -> Text {
    text!("cho phát sớm hơn, hoặc rút ngắn nội dung", "start it earlier, or shorten it")
}
