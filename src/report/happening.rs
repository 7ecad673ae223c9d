use serde::Serialize;

use crate::diag::{Text, plain, text};
use crate::fact::{Entry, Kind};
use crate::instant::Wall;
use crate::journal::{Names, export};
use crate::reason::{Off, Reason, Step};

/// What kind of thing happened beside the airings, that stands in the book over its whole width.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum HappeningKind {
    /// The station was off.
    Outage,
    /// An emergency was ordered, or passed the rules.
    Alarm,
    /// Something was ordered by hand, or stopped.
    Order,
    /// The clock was not believed, or was set.
    Clock,
    /// A sound card, or an amplifier, failed.
    Card,
    /// Something befell the journal, or its file.
    Journal,
    /// A schedule could not be read, or the lawful hours changed.
    Schedule,
}

impl HappeningKind {
    /// What people call it.
    pub fn word(self) -> Text {
        match self {
            Self::Outage => text!("Mất điện, đài tắt", "Outage"),
            Self::Alarm => text!("Khẩn cấp", "Emergency"),
            Self::Order => text!("Lệnh", "Order"),
            Self::Clock => text!("Đồng hồ", "Clock"),
            Self::Card => text!("Thiết bị âm thanh", "Sound device"),
            Self::Journal => text!("Nhật ký", "Journal"),
            Self::Schedule => text!("Tệp lịch", "Schedule"),
        }
    }

    /// Whether it is a trouble, and not what somebody wanted.
    pub const fn is_trouble(self) -> bool {
        matches!(self, Self::Outage | Self::Clock | Self::Card | Self::Journal | Self::Schedule)
    }
}

/// A note of the journal that a reader of the book has to know.
#[derive(Clone, PartialEq, Debug)]
pub struct Happening {
    /// Its row.
    pub seq: u64,
    /// When: of an outage when it began, else when it was written.
    pub at: Wall,
    /// What kind it is.
    pub kind: HappeningKind,
    /// In which zone, where it was in one.
    pub zone: Option<String>,
    /// What happened, without its full stop.
    pub said: Text,
}

impl Happening {
    /// Of a note; none of what is there only for whoever looks after the machine.
    pub(super) fn of(row: &Entry, names: &Names) -> Option<Self> {
        let (Kind::Note, Some(reason)) = (row.kind, &row.reason) else { return None };
        let kind = kind(reason)?;
        let at = if kind == HappeningKind::Outage { row.started.unwrap_or(row.written) } else { row.written };
        let said = |lang| {
            let title = plain(&export::title(row, lang)).into_owned();
            let words = plain(reason.words().get(lang)).into_owned();
            // A reason that says what the title does has said it all.
            let begins = reason.brief().get(lang).to_lowercase();
            if title.is_empty()
                || words.to_lowercase().starts_with(&title.to_lowercase())
                || kind == HappeningKind::Outage
            {
                words
            } else if begins.starts_with(&title.to_lowercase()) || words.is_empty() {
                title
            } else {
                format!("{title}: {words}")
            }
        };
        let said = Text { vi: said(crate::diag::Lang::Vi), en: said(crate::diag::Lang::En) };
        let zone = row.zone.as_deref().map(|id| plain(names.zone(id)).into_owned());
        Some(Self { seq: row.seq, at, kind, zone, said })
    }
}

fn kind(reason: &Reason) -> Option<HappeningKind> {
    Some(match reason {
        Reason::StationOff(_) | Reason::PowerLost | Reason::Late(_) => HappeningKind::Outage,
        Reason::Alert(_) | Reason::Warrant(_) | Reason::PassedAsEmergency(_) => HappeningKind::Alarm,
        Reason::Say(_) | Reason::Stopped(_) => HappeningKind::Order,
        Reason::OrderRefused(refused) => match *refused.order {
            Reason::Alert(_) => HappeningKind::Alarm,
            _ => HappeningKind::Order,
        },
        Reason::ClockUntrusted(_) | Reason::ClockConfirmed(_) | Reason::ClockStep(_) => HappeningKind::Clock,
        Reason::DeviceLost(_) | Reason::DeviceFailed(_) | Reason::AmplifierFailed(_) => HappeningKind::Card,
        Reason::JournalRenewed(_)
        | Reason::JournalAltered(_)
        | Reason::JournalGone(_)
        | Reason::JournalRestored(_)
        | Reason::StationRestored(_)
        | Reason::JournalGap(_) => HappeningKind::Journal,
        Reason::ScheduleBroken(_) | Reason::LastGoodExpired(_) | Reason::RulesChanged(_) | Reason::StationKept => {
            HappeningKind::Schedule
        }
        _ => return None,
    })
}

/// How many airings a note only counts, since they were too old, or too many, for rows of their own.
pub(super) fn counted(row: &Entry) -> u32 {
    let (
        Kind::Note,
        Some(Reason::StationOff(Off { counts, .. }) | Reason::ClockStep(Step { counts, .. }) | Reason::Late(counts)),
    ) = (row.kind, &row.reason)
    else {
        return 0;
    };
    counts.split(':').next().and_then(|count| count.trim().parse().ok()).unwrap_or(0)
}
