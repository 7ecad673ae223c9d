use std::collections::BTreeSet;

use serde::Serialize;

use crate::diag::{Text, plain, text};
use crate::fact::{Entry, EntryKind};
use crate::instant::Wall;
use crate::journal::Names;
use crate::reason::{Off, Reason, Step};

/// What kind of thing happened beside the airings, that stands in the book over its whole width.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum HappeningKind {
    /// The station was off, since its power went or it broke down.
    Outage,
    /// It was off, since somebody had ended it: stopped, restarted, or switched off with its machine.
    SwitchedOff,
    /// An emergency was ordered, or passed the rules.
    Alarm,
    /// A drill of one.
    Drill,
    /// Something was ordered by hand, or stopped.
    Order,
    /// A sealed code for the night was used, or all were made anew.
    SealedCode,
    /// The clock was not believed, or was set.
    Clock,
    /// A sound card, or an amplifier, failed, or what was heard had gaps.
    Card,
    /// The microphone that listens to the horns did not hear an airing.
    Unheard,
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
            Self::SwitchedOff => text!("Có người tắt đài", "Switched off"),
            Self::Alarm => text!("Khẩn cấp", "Emergency"),
            Self::Drill => text!("Diễn tập", "Drill"),
            Self::Order => text!("Lệnh", "Order"),
            Self::SealedCode => text!("Mã niêm phong", "Sealed code"),
            Self::Clock => text!("Đồng hồ", "Clock"),
            Self::Card => text!("Thiết bị âm thanh", "Sound device"),
            Self::Unheard => text!("Không nghe thấy loa", "Not heard"),
            Self::Journal => text!("Nhật ký", "Journal"),
            Self::Schedule => text!("Tệp lịch", "Schedule"),
        }
    }

    /// Whether it is a trouble, and not what somebody wanted.
    pub const fn is_trouble(self) -> bool {
        matches!(
            self,
            Self::Outage
                | Self::SwitchedOff
                | Self::Clock
                | Self::Card
                | Self::Unheard
                | Self::Journal
                | Self::Schedule
        )
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
    /// An alarm from outside that neither sounded nor asked anybody: a paper counts these.
    pub is_shown: bool,
}

impl Happening {
    /// Of a note; none of what is there only for whoever looks after the machine. `ended` has the rows of outages that
    /// somebody wanted.
    pub(super) fn of(row: &Entry, names: &Names, ended: &BTreeSet<u64>) -> Option<Self> {
        let (EntryKind::Note, Some(reason)) = (row.kind, &row.reason) else { return None };
        let kind = match kind(reason)? {
            HappeningKind::Outage if ended.contains(&row.seq) => HappeningKind::SwitchedOff,
            kind => kind,
        };
        let is_outage = matches!(kind, HappeningKind::Outage | HappeningKind::SwitchedOff);
        let at = if is_outage { row.started.unwrap_or(row.written) } else { row.written };
        let said = |lang| {
            let title = plain(&names.title(row, lang)).into_owned();
            let mut words = plain(told(reason, names, kind).get(lang)).into_owned();
            if kind == HappeningKind::SealedCode {
                // What it is stands before it.
                let brief = reason.brief();
                words = words.strip_prefix(&format!("{}: ", brief.get(lang))).map_or(words.clone(), str::to_owned);
                return if matches!(reason, Reason::NightCode(_)) {
                    words
                } else {
                    format!("{}: {words}", brief.get(lang))
                };
            }
            if matches!(reason, Reason::RulesChanged(_)) && title != reason.brief().get(lang) {
                return title;
            }
            // A reason that says what the title does has said it all.
            let begins = reason.brief().get(lang).to_lowercase();
            if title.is_empty() || words.to_lowercase().contains(&title.to_lowercase()) || is_outage {
                words
            } else if begins.starts_with(&title.to_lowercase()) || words.is_empty() {
                title
            } else {
                format!("{title}: {words}")
            }
        };
        let said = Text { vi: said(crate::diag::Lang::Vi), en: said(crate::diag::Lang::En) };
        let zone = row.zone.as_deref().map(|id| plain(names.zone(id)).into_owned());
        Some(Self { seq: row.seq, at, kind, zone, said, is_shown: is_only_shown(reason) })
    }
}

/// What a reason says in a book. Of an alarm from outside neither the account that took it, nor the marks by which its watch finds it.
fn told(reason: &Reason, names: &Names, kind: HappeningKind) -> Text {
    let Text { vi, en } = match reason {
        Reason::AlarmReceived(order) | Reason::AlarmUnheard(order) if !order.why.is_empty() => {
            let (Text { vi, en }, why) = (reason.brief(), &order.why);
            text!("{vi}: {why}", "{en}: {why}")
        }
        reason => names.why(reason),
    };
    if kind == HappeningKind::Alarm { Text { vi: unmarked(&vi), en: unmarked(&en) } } else { Text { vi, en } }
}

/// Without `[CAP 4f2a9c1d7e03/1]`, and without the number of a rule.
fn unmarked(said: &str) -> String {
    let mut out = said.to_owned();
    let taken = [("[CAP ", "]", ""), ("[nhận ", "]", ""), ("theo quy tắc ", "[[cap.rules]]", "theo quy tắc đã đặt")];
    for (from, to, instead) in taken {
        let mut looked = 0;
        while let Some(at) = out[looked..].find(from).map(|at| looked + at) {
            let Some(end) = out[at..].find(to).map(|end| at + end + to.len()) else { break };
            out.replace_range(at..end, instead);
            looked = at + instead.len();
        }
    }
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether it is an alarm from outside of which nothing was to be done in any zone, as its watch has told it.
fn is_only_shown(reason: &Reason) -> bool {
    let Reason::AlarmReceived(order) = reason else { return false };
    let is_more = |why: &str| ["phát ngay", "hỏi người", "CHƯA PHÁT"].iter().any(|more| why.contains(more));
    order.why.contains(": chỉ để xem, ") && !is_more(&order.why)
}

/// The rows of outages before which the station had come to its own end, among these, which stand by number: the power that
/// goes writes no end.
pub(super) fn ended_by_somebody(rows: &[Entry]) -> BTreeSet<u64> {
    let mut found = BTreeSet::new();
    // The life before this one came to its end.
    let (mut has_ended, mut was_ended) = (false, false);
    for row in rows.iter().filter(|row| row.kind == EntryKind::Note) {
        match &row.reason {
            Some(Reason::Shutdown) => has_ended = true,
            Some(Reason::Started(_)) => (was_ended, has_ended) = (has_ended, false),
            Some(Reason::StationOff(_)) => {
                if was_ended || has_ended {
                    found.insert(row.seq);
                }
                was_ended = false;
            }
            _ => {}
        }
    }
    found
}

fn kind(reason: &Reason) -> Option<HappeningKind> {
    Some(match reason {
        Reason::StationOff(_) | Reason::PowerLost | Reason::Late(_) => HappeningKind::Outage,
        Reason::Alert(_)
        | Reason::Warrant(_)
        | Reason::PassedAsEmergency(_)
        | Reason::AlarmUnsent(_)
        | Reason::AlarmDropped(_)
        | Reason::AlarmAgreed(_)
        | Reason::AlarmAlone(_)
        | Reason::AlarmRead(_)
        | Reason::AlarmRemark(_)
        | Reason::AlarmReceived(_)
        | Reason::AlarmDeclined(_)
        | Reason::AlarmUnheard(_) => HappeningKind::Alarm,
        Reason::NightCode(_) | Reason::NightCodes(_) => HappeningKind::SealedCode,
        Reason::Drill(_) | Reason::DrillMeasured(_) => HappeningKind::Drill,
        Reason::Say(_) | Reason::Talk(_) | Reason::Stopped(_) => HappeningKind::Order,
        Reason::OrderRefused(refused) => match *refused.order {
            Reason::Alert(_) => HappeningKind::Alarm,
            Reason::Drill(_) => HappeningKind::Drill,
            _ => HappeningKind::Order,
        },
        Reason::ClockUntrusted(_) | Reason::ClockConfirmed(_) | Reason::ClockStep(_) => HappeningKind::Clock,
        Reason::DeviceLost(_) | Reason::DeviceFailed(_) | Reason::AmplifierFailed(_) | Reason::Underrun(_) => {
            HappeningKind::Card
        }
        Reason::ProofNotHeard(_) => HappeningKind::Unheard,
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
        EntryKind::Note,
        Some(Reason::StationOff(Off { counts, .. }) | Reason::ClockStep(Step { counts, .. }) | Reason::Late(counts)),
    ) = (row.kind, &row.reason)
    else {
        return 0;
    };
    counts.split(':').next().and_then(|count| count.trim().parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outage_that_somebody_wanted_is_no_power_cut() {
        let note = |seq, reason: &str| Entry { seq, reason: Some(reason.into()), ..Entry::default() };
        let off = "station_off: 2026-10-05 05:30:32..05:40:00";
        let rows = [
            note(1, "started"),
            note(2, "shutdown"),
            note(3, "started"),
            note(4, off),
            // The power went, and came back.
            note(5, "started"),
            note(6, off),
            note(7, "clock_trusted: ntp"),
            note(8, "shutdown"),
            note(9, off),
        ];
        let ended = ended_by_somebody(&rows);
        assert_eq!(ended, [4, 9].into());
        let kind = |row: &Entry| Happening::of(row, &Names::default(), &ended).unwrap().kind;
        assert_eq!((kind(&rows[3]), kind(&rows[5])), (HappeningKind::SwitchedOff, HappeningKind::Outage));
    }

    #[test]
    fn an_alarm_that_is_only_shown_is_known_and_is_told_without_accounts_marks_and_numbers() {
        let one = |why: &str| {
            let reason = format!("alarm_received: root: Đài tỉnh, số 1: {why}");
            let row =
                Entry { title: "Mưa lớn".to_owned(), reason: Some(reason.as_str().into()), ..Entry::default() };
            Happening::of(&row, &Names::default(), &BTreeSet::new()).unwrap()
        };
        let shown = one("Thôn 1: chỉ để xem, theo quy tắc 2 trong [[cap.rules]], đến 09:00 [nhận 25e0a1b2c3d4/1]");
        assert!(shown.is_shown);
        assert_eq!(
            shown.said.vi,
            "Mưa lớn: nhận báo động từ ngoài: Đài tỉnh, số 1: Thôn 1: chỉ để xem, theo quy tắc đã đặt, đến 09:00"
        );
        for why in [
            "Thôn 1: phát ngay «Lũ», theo quy tắc 1 trong [[cap.rules]], đến 09:00 [nhận 25e0a1b2c3d4/1]",
            "Thôn 1: chỉ để xem, việc nhẹ, đến 09:00; Thôn 2: hỏi người có phát «Lũ» không, đến 09:00",
            "nơi gửi đã hủy",
        ] {
            assert!(!one(why).is_shown, "{why}");
        }
    }

    #[test]
    fn sound_with_gaps_is_told_with_what_it_was_and_where() {
        let row = Entry {
            title: "Bản tin sáng".to_owned(),
            zone: Some("thon-1".into()),
            reason: Some("underrun: 4; 1.250 s".into()),
            ..Entry::default()
        };
        let told = Happening::of(&row, &Names::default(), &BTreeSet::new()).unwrap();
        assert_eq!((told.kind, told.zone.as_deref()), (HappeningKind::Card, Some("thon-1")));
        for part in ["Bản tin sáng", "ngắt quãng", "4"] {
            assert!(told.said.vi.contains(part), "{}", told.said.vi);
        }
    }
}
