use std::fmt;
use std::time::Duration;

use jiff::SignedDuration;
use jiff::civil::DateTime;

use super::Reason;
use super::form::Detail;
use super::words;
use crate::diag::{Text, text};

/// Two readings of the station's clock, in its own time: `2026-12-01 04:59:10..05:19:10`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Span {
    /// The earlier one; of a step, the one before it.
    pub from: DateTime,
    /// The other.
    pub to: DateTime,
}

impl Span {
    fn read(written: &str) -> Option<Self> {
        words::ends(written).map(|(from, to)| Self { from, to })
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let same_day = self.from.date() == self.to.date();
        write!(f, "{}..{}", self.from.strftime("%F %T"), self.to.strftime(if same_day { "%T" } else { "%F %T" }))
    }
}

/// From when to when the station was off; of a note that only counts what was missed, how many, by zone and broadcast.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Off {
    /// From when to when, where that is known.
    pub span: Option<Span>,
    /// `3: thon-1/a 2, thon-2/a 1`; empty where nothing is counted.
    pub counts: String,
}

impl Detail for Off {
    fn read(written: &str) -> Option<Self> {
        let (first, rest) = written.split_once(": ").unwrap_or((written, ""));
        Some(match Span::read(first) {
            Some(span) => Self { span: Some(span), counts: rest.to_owned() },
            None => Self { span: None, counts: written.to_owned() },
        })
    }

    fn text(&self) -> String {
        behind(self.span, &self.counts)
    }

    fn words(&self) -> Text {
        let Some(span) = self.span else { return same(&self.counts) };
        followed(words::span(span.from, span.to), &self.counts)
    }
}

/// How far the clock was set, from which reading to which; and what is counted, as in [`Off`].
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Step {
    /// How far, negative where it went back; not said where it is the reason of a missed airing.
    pub by: Option<SignedDuration>,
    /// From which reading to which.
    pub span: Option<Span>,
    /// As in [`Off`].
    pub counts: String,
}

impl Detail for Step {
    fn read(written: &str) -> Option<Self> {
        let parted = written.split_once(" s: ").and_then(|(by, rest)| {
            let by = SignedDuration::try_from_secs_f64(by.parse().ok()?).ok()?;
            Some((Some(by), rest))
        });
        let (by, rest) = parted.unwrap_or((None, written));
        let Off { span, counts } = Off::read(rest)?;
        Some(Self { by, span, counts })
    }

    fn text(&self) -> String {
        let rest = behind(self.span, &self.counts);
        match self.by {
            Some(by) => format!("{:+.3} s: {rest}", by.as_secs_f64()),
            None => rest,
        }
    }

    fn words(&self) -> Text {
        let Some(Span { from, to }) = self.span else { return same(&self.counts) };
        let Some(by) = self.by else { return followed(words::span(from, to), &self.counts) };
        let (from, to) = (words::moment(from), words::moment(to));
        let ((from_vi, to_vi), (from_en, to_en)) = ((from.vi, to.vi), (from.en, to.en));
        let Text { vi, en } = words::length(by.abs().as_secs_f64());
        let step = if by.is_negative() {
            text!("lùi {vi}, từ {from_vi} về {to_vi}", "back by {en}, from {from_en} to {to_en}")
        } else {
            text!("tiến {vi}, từ {from_vi} đến {to_vi}", "ahead by {en}, from {from_en} to {to_en}")
        };
        followed(step, &self.counts)
    }
}

/// Who vouched for the clock; where the journal was ahead of it, how far it had come and what is right.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Confirmed {
    /// Who.
    pub by: String,
    /// From the newest row of the journal to the right time.
    pub span: Option<Span>,
}

impl Detail for Confirmed {
    fn read(written: &str) -> Option<Self> {
        let parted = written.rsplit_once(": ").and_then(|(by, span)| Some((by, Span::read(span)?)));
        let (by, span) = parted.map_or((written, None), |(by, span)| (by, Some(span)));
        Some(Self { by: by.to_owned(), span })
    }

    fn text(&self) -> String {
        self.span.map_or_else(|| self.by.clone(), |span| format!("{}: {span}", self.by))
    }

    fn words(&self) -> Text {
        let by = &self.by;
        let Some(Span { from, to }) = self.span else { return same(by) };
        let (from, to) = (words::moment(from), words::moment(to));
        let ((from_vi, to_vi), (from_en, to_en)) = ((from.vi, to.vi), (from.en, to.en));
        text!(
            "{by} (nhật ký đã tới {from_vi}, giờ đúng là {to_vi})",
            "{by} (the journal had come to {from_en}, the right time is {to_en})"
        )
    }
}

/// Who ordered something, and why; and that its device was away meanwhile.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Ordered {
    /// The name that was given, with the account behind it.
    pub by: String,
    /// Why; empty where it was not asked.
    pub why: String,
    /// What befell its device.
    pub befell: Option<Box<Reason>>,
}

impl Ordered {
    /// By this person, for no reason that was given.
    pub fn by(by: &str) -> Self {
        Self { by: by.to_owned(), ..Self::default() }
    }
}

/// What may befall a device, behind an order.
const BEFALLEN: [&str; 3] = ["; device_lost", "; device_failed", "; amplifier_failed"];

impl Detail for Ordered {
    fn read(written: &str) -> Option<Self> {
        let at = BEFALLEN.iter().filter_map(|sign| written.find(sign)).min();
        let (asked, befell) = at.map_or((written, None), |at| (&written[..at], written.get(at + 2..)));
        let (by, why) = asked.split_once(": ").unwrap_or((asked, ""));
        let befell = befell.map(|befell| Box::new(Reason::from(befell)));
        Some(Self { by: by.to_owned(), why: why.to_owned(), befell })
    }

    fn text(&self) -> String {
        let Self { by, why, befell } = self;
        let asked = if why.is_empty() { by.clone() } else { format!("{by}: {why}") };
        befell.as_ref().map_or_else(|| asked.clone(), |befell| format!("{asked}; {befell}"))
    }

    fn words(&self) -> Text {
        let asked = Self { befell: None, ..self.clone() }.text();
        let Some(befell) = &self.befell else { return same(&asked) };
        let Text { vi, en } = befell.words();
        text!("{asked}; {vi}", "{asked}; {en}")
    }
}

/// Why an order was refused, and which it was.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Refused {
    /// Why: a reason without a detail.
    pub because: Box<Reason>,
    /// The order.
    pub order: Box<Reason>,
}

impl Detail for Refused {
    const BETWEEN: &'static str = ", ";

    fn read(written: &str) -> Option<Self> {
        let (because, order) = written.split_once(": ")?;
        Some(Self { because: Box::new(because.into()), order: Box::new(order.into()) })
    }

    fn text(&self) -> String {
        format!("{}: {}", self.because.code(), self.order)
    }

    fn words(&self) -> Text {
        let (because, order) = (self.because.brief(), self.order.words());
        let ((vi, en), (order_vi, order_en)) = ((because.vi, because.en), (order.vi, order.en));
        text!("{vi}: {order_vi}", "{en}: {order_en}")
    }
}

/// Holes in the sound: `4; 1.250 s`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Holes {
    /// How often.
    pub times: u32,
    /// How much of it was silence.
    pub silent: Duration,
}

impl Detail for Holes {
    fn read(written: &str) -> Option<Self> {
        let (times, silent) = written.split_once("; ").unwrap_or((written, "0 s"));
        let seconds: f64 = silent.strip_suffix(" s")?.parse().ok()?;
        Some(Self { times: times.parse().ok()?, silent: Duration::try_from_secs_f64(seconds).ok()? })
    }

    fn text(&self) -> String {
        let Self { times, silent } = self;
        if silent.is_zero() { times.to_string() } else { format!("{times}; {:.3} s", silent.as_secs_f64()) }
    }

    fn words(&self) -> Text {
        let times = self.times;
        let noun = if times == 1 { "time" } else { "times" };
        if self.silent.is_zero() {
            return text!("{times} lần", "{times} {noun}");
        }
        let Text { vi, en } = words::length(self.silent.as_secs_f64());
        text!("{times} lần, mất {vi}", "{times} {noun}, {en} lost")
    }
}

/// What a device complains of.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Trouble {
    /// In both languages: `không có card | there is no card`.
    Told(Text),
    /// In English only, as older rows have it.
    English(String),
}

impl From<&Text> for Trouble {
    fn from(text: &Text) -> Self {
        Self::Told(text.clone())
    }
}

impl Detail for Trouble {
    fn read(written: &str) -> Option<Self> {
        Some(match written.split_once(" | ") {
            Some((vi, en)) => Self::Told(Text { vi: vi.to_owned(), en: en.to_owned() }),
            None => Self::English(written.to_owned()),
        })
    }

    fn text(&self) -> String {
        match self {
            Self::Told(Text { vi, en }) => format!("{vi} | {en}"),
            Self::English(en) => en.clone(),
        }
    }

    fn words(&self) -> Text {
        match self {
            Self::Told(text) => text.clone(),
            Self::English(en) => Text { vi: String::new(), en: en.clone() },
        }
    }
}

/// How a journal does not fit what was kept of it: `shorter: kept 873 4f2a…: found 870`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Misfit(pub String);

impl Detail for Misfit {
    fn read(written: &str) -> Option<Self> {
        Some(Self(written.to_owned()))
    }

    fn text(&self) -> String {
        self.0.clone()
    }

    fn words(&self) -> Text {
        let number = |word: &str| -> Option<u64> {
            self.0.split(word).nth(1)?.split(' ').next()?.trim_end_matches(':').parse().ok()
        };
        let Some(kept) = number("kept ") else { return same(&self.0) };
        let found = number("found ").unwrap_or(0);
        match self.0.split(':').next().unwrap_or_default() {
            "shorter" => text!("trước có {kept} dòng, còn {found}", "it had {kept} rows, {found} were left"),
            "longer" => {
                text!("trước có {kept} dòng, lúc mở có {found}", "it had {kept} rows, {found} when it was opened")
            }
            "changed" => {
                text!(
                    "dòng {kept} hoặc những dòng trước đó đã bị sửa",
                    "row {kept}, or rows before it, had been changed"
                )
            }
            "renamed" => text!("mã nhật ký đã bị đổi", "its id had been changed"),
            _ => text!("trước có {kept} dòng", "it had {kept} rows"),
        }
    }
}

/// The journal that was set aside, and its last row: `journal.db.hong-…: head 870 4f2a…: an English sentence`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Renewed {
    /// The name of its file, in `state/`.
    pub file: String,
    /// Its head and what was wrong with it.
    pub rest: String,
}

impl Detail for Renewed {
    fn read(written: &str) -> Option<Self> {
        let (file, rest) = written.split_once(": ").unwrap_or((written, ""));
        Some(Self { file: file.to_owned(), rest: rest.to_owned() })
    }

    fn text(&self) -> String {
        if self.rest.is_empty() { self.file.clone() } else { format!("{}: {}", self.file, self.rest) }
    }

    fn words(&self) -> Text {
        Text { vi: self.file.clone(), en: self.text() }
    }
}

/// Whether all its rows stand in the new file: `whole` or `anew`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Restored {
    /// They do.
    pub whole: bool,
}

impl Detail for Restored {
    fn read(written: &str) -> Option<Self> {
        match written {
            "whole" => Some(Self { whole: true }),
            "anew" => Some(Self { whole: false }),
            _ => None,
        }
    }

    fn text(&self) -> String {
        if self.whole { "whole" } else { "anew" }.to_owned()
    }

    fn words(&self) -> Text {
        if self.whole {
            text!("đủ mọi dòng", "with all its rows")
        } else {
            text!("bắt đầu lại", "begun anew")
        }
    }
}

fn same(written: &str) -> Text {
    text!("{written}", "{written}")
}

fn behind(span: Option<Span>, counts: &str) -> String {
    match span {
        Some(span) if counts.is_empty() => span.to_string(),
        Some(span) => format!("{span}: {counts}"),
        None => counts.to_owned(),
    }
}

fn followed(text: Text, counts: &str) -> Text {
    if counts.is_empty() {
        return text;
    }
    let Text { vi, en } = text;
    text!("{vi}: {counts}", "{en}: {counts}")
}
