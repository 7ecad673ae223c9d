use std::time::Duration;

use jiff::tz::TimeZone;

use super::{Airing, Break, Reason, Rival, Verdict};
use crate::diag::{Lang, Text, text};
use crate::instant::Wall;
use crate::schedule::Broadcast;

/// Why an airing is as it is, as a sentence with the cure: both broadcasts, their times, where they
/// are written. `None` for one that plays at its time and undisturbed.
pub fn because(airing: &Airing, tz: &TimeZone) -> Option<Text> {
    let sentence = Sentence { airing, tz };
    Some(match airing.reason.as_deref()? {
        Reason::Waits(by) => sentence.waits(by),
        Reason::WaitExpired(by) => sentence.wait_expired(by),
        Reason::Interrupted(by) => sentence.interrupted(by),
        Reason::OutsideHours => sentence.outside_hours(),
        Reason::PastHours if airing.verdict == Verdict::Refuse => sentence.past_hours(),
        Reason::PastHours => sentence.cut_by_hours(),
        Reason::SessionTooLong(most) if airing.verdict == Verdict::Refuse => sentence.session_too_long(*most),
        Reason::SessionTooLong(most) => sentence.cut_by_session(*most),
        Reason::TooManySessions(most) => sentence.too_many_sessions(*most),
        Reason::NoSound => sentence.no_sound(),
    })
}

struct Sentence<'a> {
    airing: &'a Airing,
    tz: &'a TimeZone,
}

impl Sentence<'_> {
    fn waits(&self, by: &Rival) -> Text {
        let (a, b) = (self.subject(), self.rival(by));
        let start = clock(self.airing.start, self.tz);
        both(
            format!("{} chờ {} phát xong, bắt đầu lúc {start}.", a.vi, b.vi),
            format!("{} waits until {} has ended, and starts at {start}.", a.en, b.en),
        )
    }

    fn wait_expired(&self, by: &Rival) -> Text {
        let (a, b, wait) = (self.subject(), self.rival(by), length(self.airing.broadcast.wait));
        both(
            format!(
                "{} không phát được: phải chờ {} lâu hơn mức cho phép ({}). Hãy đổi giờ một trong hai mục, hoặc tăng `wait`.",
                a.vi, b.vi, wait.vi
            ),
            format!(
                "{} does not play: it would have to wait for {} longer than it may ({}). Move one of the two, or raise `wait`.",
                a.en, b.en, wait.en
            ),
        )
    }

    fn interrupted(&self, by: &Rival) -> Text {
        let (a, b) = (self.subject(), self.rival(by));
        // The reason names the first to interrupt; what became of it is told of the same break.
        let first = self.airing.breaks.iter().find(|cut| cut.by == *by);
        let cut = clock(first.map_or(self.airing.end, |cut| cut.from), self.tz);
        let after = first.map_or_else(|| text!("không phát nốt", "does not go on"), |cut| self.after(cut));
        let more = match self.airing.breaks.len() {
            0 | 1 => text!("", ""),
            count => text!(" Bị ngắt tất cả {count} lần.", " It is interrupted {count} times in all."),
        };
        both(
            format!("{} bị {} ngắt lúc {cut}, {}.{}", a.vi, b.vi, after.vi, more.vi),
            format!("{} is interrupted by {} at {cut}, and {}.{}", a.en, b.en, after.en, more.en),
        )
    }

    fn after(&self, cut: &Break) -> Text {
        let at = clock(cut.to, self.tz);
        if cut.to == cut.from {
            text!("không phát nốt", "does not go on")
        } else if cut.restart {
            text!("phát lại từ đầu lúc {at}", "begins again at {at}")
        } else {
            text!("phát tiếp lúc {at}", "goes on at {at}")
        }
    }

    fn outside_hours(&self) -> Text {
        let a = self.subject();
        both(
            format!(
                "{} bị từ chối: ngoài giờ được phép phát. Hãy đổi giờ phát, hoặc sửa `hours`, `days` trong [rules].",
                a.vi
            ),
            format!(
                "{} is refused: it is outside the lawful hours. Move it, or change `hours` or `days` in [rules].",
                a.en
            ),
        )
    }

    fn past_hours(&self) -> Text {
        let (a, start, end) = (self.subject(), clock(self.airing.start, self.tz), clock(self.airing.end, self.tz));
        both(
            format!(
                "{} bị từ chối: nếu phát từ {start} thì đến {end} mới hết, quá giờ được phép phát. Hãy cho phát sớm hơn, rút ngắn nội dung, hoặc sửa `hours` trong [rules].",
                a.vi
            ),
            format!(
                "{} is refused: from {start} it would run until {end}, past the end of the lawful hours. Start it earlier, shorten it, or change `hours` in [rules].",
                a.en
            ),
        )
    }

    fn cut_by_hours(&self) -> Text {
        let (a, end) = (self.subject(), clock(self.airing.end, self.tz));
        both(
            format!("{} dừng lúc {end} khi chưa hết: đã hết giờ được phép phát.", a.vi),
            format!("{} stops at {end} before its end: the lawful hours are over.", a.en),
        )
    }

    fn session_too_long(&self, most: Duration) -> Text {
        let (a, start, end) = (self.subject(), clock(self.airing.start, self.tz), clock(self.airing.end, self.tz));
        let most = length(most);
        both(
            format!(
                "{} bị từ chối: phát từ {start} đến {end} thì buổi phát dài quá {}. Hãy để cách buổi trước ít nhất 5 phút, rút ngắn nội dung, hoặc sửa `max_session` trong [rules].",
                a.vi, most.vi
            ),
            format!(
                "{} is refused: from {start} to {end} it would make the session longer than {}. Leave at least 5 minutes after the session before, shorten it, or change `max_session` in [rules].",
                a.en, most.en
            ),
        )
    }

    fn cut_by_session(&self, most: Duration) -> Text {
        let (a, end, most) = (self.subject(), clock(self.airing.end, self.tz), length(most));
        both(
            format!("{} dừng lúc {end} khi chưa hết: buổi phát đã đủ {}, mức dài nhất được phép.", a.vi, most.vi),
            format!("{} stops at {end} before its end: the session has lasted {}, the most allowed.", a.en, most.en),
        )
    }

    fn too_many_sessions(&self, most: u32) -> Text {
        let (a, start) = (self.subject(), clock(self.airing.start, self.tz));
        if self.airing.verdict != Verdict::Refuse {
            return both(
                format!("{} không phát tiếp: trong ngày đã đủ {most} buổi phát.", a.vi),
                format!("{} does not go on: the day has had its {most} sessions.", a.en),
            );
        }
        both(
            format!(
                "{} bị từ chối: trong ngày đã đủ {most} buổi phát, phát lúc {start} là thêm một buổi nữa. Hãy cho phát liền với một buổi đã có (cách dưới 5 phút), hoặc sửa `max_sessions_per_day` trong [rules].",
                a.vi
            ),
            format!(
                "{} is refused: the day has had its {most} sessions, and at {start} another would begin. Move it next to one of them (less than 5 minutes apart), or change `max_sessions_per_day` in [rules].",
                a.en
            ),
        )
    }

    fn no_sound(&self) -> Text {
        let a = self.subject();
        let missing = &self.airing.programme.missing;
        if missing.is_empty() {
            return both(
                format!("{} không phát được: nội dung dài 0 giây. Hãy sửa `play`.", a.vi),
                format!("{} does not play: its programme has no length. Change `play`.", a.en),
            );
        }
        let vi: Vec<String> = missing.iter().map(|name| format!("«{name}»")).collect();
        let en: Vec<String> = missing.iter().map(|name| format!("\"{name}\"")).collect();
        both(
            format!(
                "{} không phát được: chưa nạp âm thanh {}, hoặc tệp bị hỏng. Hãy chép tệp tốt vào thư mục audio/.",
                a.vi,
                vi.join(", ")
            ),
            format!(
                "{} does not play: the sound {} is not loaded, or is faulty. Copy a good file into audio/.",
                a.en,
                en.join(", ")
            ),
        )
    }

    /// `«Bản tin» (05:05 ngày 01/12/2026, schedules/a.toml:12)`.
    fn subject(&self) -> Text {
        let when = moment(self.airing.scheduled, self.tz);
        named(&self.airing.broadcast, &when)
    }

    /// The same of the rival, with its date only where it is another.
    fn rival(&self, rival: &Rival) -> Text {
        let date = |at: Wall| at.zoned(self.tz).date();
        let when = if date(rival.scheduled) == date(self.airing.scheduled) {
            let time = clock(rival.scheduled, self.tz);
            Text { vi: time.clone(), en: time }
        } else {
            moment(rival.scheduled, self.tz)
        };
        named(&rival.broadcast, &when)
    }
}

/// A time of day: `05:30`, with seconds where there are any.
pub(crate) fn clock(at: Wall, tz: &TimeZone) -> String {
    let local = at.zoned(tz);
    local.strftime(if local.second() == 0 { "%H:%M" } else { "%H:%M:%S" }).to_string()
}

/// A date as people write it: `01/12/2026`, `2026-12-01`.
pub(crate) fn date(at: Wall, tz: &TimeZone) -> Text {
    let local = at.zoned(tz);
    Text { vi: local.strftime("%d/%m/%Y").to_string(), en: local.strftime("%Y-%m-%d").to_string() }
}

fn moment(at: Wall, tz: &TimeZone) -> Text {
    let (time, date) = (clock(at, tz), date(at, tz));
    both(format!("{time} ngày {}", date.vi), format!("{time} on {}", date.en))
}

fn named(broadcast: &Broadcast, when: &Text) -> Text {
    let (title, place) = (&broadcast.title, &broadcast.place);
    let (file, line) = (&place.file, place.line);
    if file.is_empty() {
        // Said or alerted by hand: it stands in no file.
        return both(format!("«{title}» ({})", when.vi), format!("\"{title}\" ({})", when.en));
    }
    both(format!("«{title}» ({}, {file}:{line})", when.vi), format!("\"{title}\" ({}, {file}:{line})", when.en))
}

/// A length in words: `10 phút`, `10 min`.
pub(crate) fn length(length: Duration) -> Text {
    let (hours, minutes, seconds) = (length.as_secs() / 3600, length.as_secs() / 60 % 60, length.as_secs() % 60);
    let say = |units: [&str; 3]| {
        let parts = [hours, minutes, seconds].into_iter().zip(units).filter(|(count, _)| *count > 0);
        let parts: Vec<String> = parts.map(|(count, unit)| format!("{count} {unit}")).collect();
        if parts.is_empty() { format!("0 {}", units[2]) } else { parts.join(" ") }
    };
    both(say(["giờ", "phút", "giây"]), say(["h", "min", "s"]))
}

const fn both(vi: String, en: String) -> Text {
    Text { vi, en }
}

impl Verdict {
    /// The stable name that JSON uses.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Play => "play",
            Self::Wait => "wait",
            Self::Refuse => "refuse",
            Self::Miss => "miss",
        }
    }

    /// What people are shown.
    pub const fn name(self, lang: Lang) -> &'static str {
        match (self, lang) {
            (Self::Play, Lang::Vi) => "phát",
            (Self::Wait, Lang::Vi) => "chờ",
            (Self::Refuse, Lang::Vi) => "từ chối",
            (Self::Miss, Lang::Vi) => "không phát",
            (_, Lang::En) => self.code(),
        }
    }
}
