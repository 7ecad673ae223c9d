//! Why an airing is as it is, said to people: one sentence that names both sides, their lines and the cure.
//! Pure; called by the preview, the check and the picture. It decides nothing.

mod audience;
mod ground;
mod lack;
mod law;
mod remedy;

use jiff::ToSpan;
use jiff::civil::{DateTime, Time};
use jiff::tz::TimeZone;

pub use self::audience::Audience;
pub(super) use self::ground::joined;
pub use self::ground::weekday_name;
pub use self::lack::undecided;
pub(super) use self::lack::{cure as approval_cure, take_out};
pub use self::remedy::{Plain, Remedy, plainly, said};
use super::tunes::named_by;
use super::{Airing, Break, Cause, PlanContext, Rival, Verdict};
use crate::diag::figure::{civil, moment};
pub use crate::diag::figure::{clock, date, length};
use crate::diag::{Lang, Text, text};
use crate::instant::Wall;
use crate::schedule::{Broadcast, Class, Mourning, Place, Recurrence};

/// Why an airing is as it is, as a sentence with the cure: both broadcasts, their times, where they
/// are written, and why the other goes first. `None` for one that plays at its time, undisturbed.
pub fn because(airing: &Airing, ground: &PlanContext<'_>) -> Option<Text> {
    let FactAndCure { fact: Text { vi, en }, cure } = told(airing, ground)?;
    Some(match cure {
        None => text!("{vi}.", "{en}."),
        Some(cure) => both(format!("{vi}. Cách sửa: {}.", cure.vi), format!("{en}. Cure: {}.", cure.en)),
    })
}

/// What is to be said of an airing: neither part has a full stop.
pub struct FactAndCure {
    /// What happens, and why.
    pub fact: Text,
    /// What to do about it, where something should be done.
    pub cure: Option<Text>,
}

/// The parts of [`because`]: a preview joins them, `loa check` and `loa doctor` show the second as their help.
pub fn told(airing: &Airing, ground: &PlanContext<'_>) -> Option<FactAndCure> {
    spoken(airing, ground, Audience::Files)
}

/// The same for one reader: only somebody at the files is told of ids, lines and keys.
fn spoken(airing: &Airing, ground: &PlanContext<'_>, reader: Audience) -> Option<FactAndCure> {
    let sentence = Sentence { airing, ground, tz: ground.tz(), reader };
    let Some(cause) = airing.reason.as_deref() else { return sentence.waived() };
    let told = match cause {
        Cause::Waits(by) | Cause::WaitExpired(by) if by.broadcast.id == airing.broadcast.id => {
            sentence.behind_itself(by)
        }
        Cause::Waits(by) => sentence.waits(by),
        Cause::WaitExpired(by) => sentence.wait_expired(by),
        Cause::Interrupted(by) => sentence.interrupted(by),
        Cause::OutsideHours => sentence.outside_hours(),
        Cause::PastHours if airing.verdict == Verdict::Refuse => sentence.past_hours(),
        Cause::PastHours => sentence.cut_by_hours(),
        Cause::SessionTooLong(most) if airing.verdict == Verdict::Refuse => sentence.session_too_long(*most),
        Cause::SessionTooLong(most) => sentence.cut_by_session(*most),
        Cause::TooManySessions(most) => sentence.too_many_sessions(*most),
        Cause::NoOutput => sentence.no_output(),
        Cause::NoSound | Cause::Changing | Cause::Changed(_) => sentence.no_sound(),
        Cause::Mourning(mourning) => sentence.mourning(mourning),
        Cause::Cancelled(cancel) if airing.verdict == Verdict::Refuse => {
            sentence.runs_into(cancel).unwrap_or_else(|| sentence.cancelled(cancel))
        }
        Cause::Cancelled(cancel) => sentence.cut_by_cancel(cancel),
        Cause::NotApproved(lack) => sentence.not_approved(lack),
    };
    Some(sentence.with_waiver(told))
}

struct Sentence<'a> {
    airing: &'a Airing,
    ground: &'a PlanContext<'a>,
    tz: &'a TimeZone,
    reader: Audience,
}

impl Sentence<'_> {
    fn waits(&self, by: &Rival) -> FactAndCure {
        let (a, b, first) = (self.subject(), self.rival(by), goes_first(self.airing, by, self.reader));
        let start = clock(self.airing.start, self.tz);
        let fact = both(
            format!("{} chờ đến {start} vì {} phát trước: {}", a.vi, b.vi, first.vi),
            format!("{} waits until {start} because {} goes first: {}", a.en, b.en, first.en),
        );
        FactAndCure { fact, cure: Some(text!("đổi giờ một trong hai mục", "move one of the two")) }
    }

    /// Its own times come quicker one after another than it plays.
    fn behind_itself(&self, by: &Rival) -> FactAndCure {
        let (a, before) = (self.subject(), self.rival(by));
        let whole = length(self.airing.programme.length);
        let apart = length(self.airing.scheduled.after(by.scheduled));
        let start = clock(self.airing.start, self.tz);
        let (vi, en) = if self.airing.verdict == Verdict::Wait {
            (format!("chờ đến {start}"), format!("waits until {start}"))
        } else {
            ("không phát được".to_owned(), "does not play".to_owned())
        };
        let fact = both(
            format!(
                "{} {vi} vì lần trước của chính mục này ({}) chưa xong: hai lần chỉ cách nhau {}, mà nội dung dài {}",
                a.vi, before.vi, apart.vi, whole.vi
            ),
            format!(
                "{} {en} because its own airing before ({}) is not over: they are only {} apart, and it plays {}",
                a.en, before.en, apart.en, whole.en
            ),
        );
        let cure = if matches!(self.airing.broadcast.recurrence, Recurrence::Cron(_)) {
            text!(
                "giãn các giờ trong `cron` ra (muốn mỗi phút một lần thì trường đầu, là giây, phải là 0), hoặc rút ngắn nội dung",
                "spread the times of `cron` (the first field is seconds: write 0 for once a minute), or shorten it"
            )
        } else {
            text!("giãn các giờ trong `at` ra, hoặc rút ngắn nội dung", "spread the times of `at`, or shorten it")
        };
        FactAndCure { fact, cure: Some(cure) }
    }

    fn wait_expired(&self, by: &Rival) -> FactAndCure {
        let (a, b, first) = (self.subject(), self.rival(by), goes_first(self.airing, by, self.reader));
        let (free, wait) = (clock(self.airing.start, self.tz), length(self.airing.broadcast.wait));
        let fact = both(
            format!(
                "{} không phát được vì {} phát trước: {}; đến {free} mới tới lượt, mà mục này chỉ được chờ {}",
                a.vi, b.vi, first.vi, wait.vi
            ),
            format!(
                "{} does not play because {} goes first: {}; its turn would come at {free}, and it may wait for {} only",
                a.en, b.en, first.en, wait.en
            ),
        );
        let cure = text!("đổi giờ một trong hai mục, hoặc tăng `wait`", "move one of the two, or raise `wait`");
        FactAndCure { fact, cure: Some(cure) }
    }

    fn interrupted(&self, by: &Rival) -> FactAndCure {
        // The reason names the first to interrupt; what became of it is told of the same break.
        let first = self.airing.breaks.iter().find(|cut| cut.by.rival() == Some(by));
        let after = first.map_or_else(|| text!("không phát nốt", "does not go on"), |cut| self.after(cut));
        let cut = self.cut(by);
        let more = match self.airing.breaks.len() {
            0 | 1 => text!("", ""),
            count => text!("; bị ngắt tất cả {count} lần", "; it is interrupted {count} times in all"),
        };
        let fact =
            both(format!("{}, {}{}", cut.vi, after.vi, more.vi), format!("{}, and {}{}", cut.en, after.en, more.en));
        FactAndCure { fact, cure: None }
    }

    /// `«A» bị «B» ngắt lúc 05:12 (loại ưu tiên đi trước loại thông thường)`.
    fn cut(&self, by: &Rival) -> Text {
        let (a, b, first) = (self.subject(), self.rival(by), goes_first(self.airing, by, self.reader));
        let at =
            self.airing.breaks.iter().find(|cut| cut.by.rival() == Some(by)).map_or(self.airing.end, |cut| cut.from);
        let at = clock(at, self.tz);
        both(
            format!("{} bị {} ngắt lúc {at} ({})", a.vi, b.vi, first.vi),
            format!("{} is interrupted by {} at {at} ({})", a.en, b.en, first.en),
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

    fn no_output(&self) -> FactAndCure {
        let a = self.subject();
        let fact = both(
            format!("{} không ra tiếng: ngõ ra (output hoặc channel) của cụm này trong loa.toml không dùng được", a.vi),
            format!("{} is heard by nobody: the output or channel of this zone in loa.toml cannot be used", a.en),
        );
        let cure = text!(
            "sửa dòng ấy theo «loa check», rồi khởi động lại loa",
            "change that line as \"loa check\" says, then restart loa"
        );
        FactAndCure { fact, cure: Some(cure) }
    }

    fn no_sound(&self) -> FactAndCure {
        let a = self.subject();
        let (why, cure) = if self.airing.programme.missing.is_empty() {
            (text!("nội dung dài 0 giây", "its programme has no length"), text!("sửa `play`", "change `play`"))
        } else {
            self.ground.silence(&self.airing.programme.missing, self.airing.zone, self.reader)
        };
        let fact = both(format!("{} không phát được: {}", a.vi, why.vi), format!("{} does not play: {}", a.en, why.en));
        FactAndCure { fact, cure: Some(cure) }
    }

    fn mourning(&self, mourning: &Mourning) -> FactAndCure {
        let (a, span) = (self.subject(), span(mourning));
        let named = if mourning.name.is_empty() {
            text!("có tang", "of mourning")
        } else {
            let name = &mourning.name;
            text!("có tang («{name}»)", "of mourning (\"{name}\")")
        };
        let fact = both(
            format!("{} bị từ chối: là nhạc, mà {} {}; bản tin vẫn phát", a.vi, span.vi, named.vi),
            format!("{} is refused: it is music, and {} is a time {}; bulletins go on", a.en, span.en, named.en),
        );
        let other = named_by(self.ground.schedule(), self.ground.shelf(), &self.airing.broadcast);
        let cure = if let Some(other) = other {
            let (title, place) =
                (&other.title, other.place().map(|place| self.reader.place(place)).unwrap_or_default());
            text!(
                "bản ghi ấy được gọi là nhạc ở «{title}»{place}: nếu không phải nhạc, bỏ kind = \"music\" hay bed ở đó; nếu hết tang, sửa [mourning]",
                "that recording is called music in \"{title}\"{place}: if it is none, take kind = \"music\" or bed away there; if the mourning is over, change [mourning]"
            )
        } else {
            text!(
                "nếu đây không phải nhạc, bỏ kind = \"music\"; nếu hết tang, sửa [mourning]",
                "if this is no music, take away kind = \"music\"; if the mourning is over, change [mourning]"
            )
        };
        FactAndCure { fact, cure: Some(cure) }
    }

    /// The time of day of an instant.
    fn time(&self, at: Wall) -> String {
        clock(at, self.tz)
    }

    /// `«Bản tin» (05:05 ngày 01/12/2026, schedules/a.toml:12)`.
    fn subject(&self) -> Text {
        let when = moment(self.airing.scheduled, self.tz);
        named(&self.airing.broadcast, &when, self.reader)
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
        named(&rival.broadcast, &when, self.reader)
    }
}

/// A mourning from beginning to end, as it is written: whole days, or to the minute.
fn span(mourning: &Mourning) -> Text {
    let midnight = |at: DateTime| at.time() == Time::midnight();
    let moment = |at: DateTime, vi: bool| {
        let written = civil(at);
        match (midnight(at), vi) {
            (true, true) => at.strftime("%d/%m/%Y").to_string(),
            (true, false) => at.strftime("%F").to_string(),
            (false, true) => written.vi,
            (false, false) => written.en,
        }
    };
    let (from, until) = (mourning.from, mourning.until);
    let last = if midnight(until) { until.saturating_sub(1.day()) } else { until };
    let (all_day, day_vi, day_en) = (midnight(until), moment(last, true), moment(last, false));
    let (from_vi, from_en) = (moment(from, true), moment(from, false));
    if all_day && from == last {
        return text!("ngày {from_vi}", "{from_en}");
    }
    let until_word = if all_day { "hết ngày " } else { "" };
    text!("từ {from_vi} đến {until_word}{day_vi}", "from {from_en} until {day_en}")
}

fn named(broadcast: &Broadcast, when: &Text, reader: Audience) -> Text {
    let Broadcast { id, title, .. } = broadcast;
    if reader == Audience::Page {
        return both(format!("«{title}» ({})", when.vi), format!("\"{title}\" ({})", when.en));
    }
    // A broadcast without a title is called by its id.
    let id = if id == title { String::new() } else { format!("{id}, ") };
    // Said or alerted by hand, it stands in no file.
    let place = broadcast.place().map_or_else(String::new, |place| format!(", {}", written(place)));
    both(format!("«{title}» ({id}{}{place})", when.vi), format!("\"{title}\" ({id}{}{place})", when.en))
}

/// `schedules/thang-12.toml:14`.
pub fn written(place: &Place) -> String {
    format!("{}:{}", place.file, place.line)
}

fn place(broadcast: &Broadcast) -> Option<(&str, usize)> {
    broadcast.place().map(|place| (place.file.as_str(), place.line))
}

/// Why `by` goes before `airing`, after the rules of precedence in their order.
pub(super) fn goes_first(airing: &Airing, by: &Rival, reader: Audience) -> Text {
    let (loser, winner) = (&*airing.broadcast, &*by.broadcast);
    if winner.class > loser.class {
        let [w, l] = [winner.class, loser.class];
        return both(
            format!("loại {} đi trước loại {}", w.name(Lang::Vi), l.name(Lang::Vi)),
            format!("{} goes before {}", w.name(Lang::En), l.name(Lang::En)),
        );
    }
    if winner.class == loser.class && by.scheduled < airing.scheduled {
        return text!("được hẹn giờ sớm hơn", "it is scheduled earlier");
    }
    if winner.class == loser.class && by.scheduled == airing.scheduled {
        let [w, l] = [winner.order, loser.order];
        if reader == Audience::Page && (w < l || (w == l && place(winner) <= place(loser))) {
            return text!("cùng giờ, và đứng trước trong lịch", "same time, and it stands first in the schedule");
        }
        if w < l {
            return text!("cùng giờ, `order` nhỏ hơn ({w} trước {l})", "same time, lower `order` ({w} before {l})");
        }
        if w == l && place(winner) <= place(loser) {
            return text!("cùng giờ, được viết trước trong lịch", "same time, and it is written first");
        }
    }
    text!("đang phát dở", "it is sounding already")
}

pub(super) const fn both(vi: String, en: String) -> Text {
    Text { vi, en }
}

impl Class {
    /// What people are shown.
    pub const fn name(self, lang: Lang) -> &'static str {
        match (self, lang) {
            (Self::Normal, Lang::Vi) => "thông thường",
            (Self::Priority, Lang::Vi) => "ưu tiên",
            (Self::Emergency, Lang::Vi) => "khẩn cấp",
            (Self::Normal, Lang::En) => "normal",
            (Self::Priority, Lang::En) => "priority",
            (Self::Emergency, Lang::En) => "emergency",
        }
    }
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
