use std::io;

use jiff::tz::TimeZone;

use crate::bundle::{Locality, Rejection};
use crate::diag::figure::bytes;
use crate::diag::{Diagnostic, Text, shown, system, text};

/// So many further names are told.
const NAMED_MOST: usize = 4;

/// A name that a bundle brings, and somebody has.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TakenName {
    /// The file that is there.
    pub path: String,
    /// The sender whose it is; none where it is the station's own.
    pub by: Option<Locality>,
}

/// Why nothing was installed.
#[derive(Debug)]
pub enum Unfit {
    /// The bundle is not to be taken.
    Bundle(Rejection),
    /// Names that it brings are the station's own, or another sender's; at least one.
    Taken(Vec<TakenName>),
    /// What `loa check` says of the station as it would be.
    Checked(Box<Diagnostic>, usize),
    /// There is no room: how much is needed, how much is left.
    NoRoom(u64, u64),
    /// The station's disk refused.
    Disk(io::Error),
    /// Its schedules could not be read, locked or written.
    Schedules(Text),
    /// Another one is being installed.
    Busy,
    /// What the station remembers of bundles is damaged.
    State,
    /// An earlier one is not finished, and cannot be now.
    Unfinished(Text),
}

impl Unfit {
    /// A stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Bundle(why) => why.code(),
            Self::Taken(..) => "bundle_name_taken",
            Self::Checked(..) => "bundle_check_refuses",
            Self::NoRoom(..) => "bundle_no_room",
            Self::Disk(_) | Self::Schedules(_) => "bundle_disk",
            Self::Busy => "bundle_busy",
            Self::State => "bundle_state",
            Self::Unfinished(_) => "bundle_unfinished",
        }
    }

    /// Why, and what to do, by the clock of this place; without its full stop.
    pub fn text(&self, tz: &TimeZone) -> Text {
        match self {
            Self::Bundle(why) => why.text(tz),
            Self::Taken(all) => taken(all),
            Self::Checked(first, count) => {
                let (file, line, Text { vi, en }) = (shown(&first.file), first.line, &first.message);
                let place = if line > 0 { format!("{file}:{line}") } else { file };
                let (vi, en) = (format!("{place}: {vi}"), format!("{place}: {en}"));
                if *count > 1 {
                    let more = count - 1;
                    text!(
                        "loa check không chấp nhận: {vi} (và {more} lỗi nữa); nơi gửi phải chữa",
                        "loa check refuses it: {en} (and {more} more); its sender has to mend it"
                    )
                } else {
                    text!(
                        "loa check không chấp nhận: {vi}; nơi gửi phải chữa",
                        "loa check refuses it: {en}; its sender has to mend it"
                    )
                }
            }
            Self::NoRoom(needed, left) => {
                let (Text { vi, en }, left) = (bytes(*needed), bytes(*left));
                let (left_vi, left_en) = (left.vi, left.en);
                text!(
                    "ổ đĩa của đài không đủ chỗ: cần {vi}, còn {left_vi}",
                    "the station's disk has no room: it needs {en}, {left_en} are left"
                )
            }
            Self::Disk(error) => {
                text!(error = system(error); "ổ đĩa của đài báo lỗi: {error}", "the station's disk refused: {error}")
            }
            Self::Schedules(why) => {
                text!(why = why; "không ghi được lịch của đài: {why}", "the station's schedules cannot be written: {why}")
            }
            Self::Busy => text!(
                "đang cài một gói tin khác: hãy chờ một phút rồi làm lại",
                "another bundle is being installed: wait a minute and do it again"
            ),
            Self::State => text!(
                "state/bundle.json hỏng nên đài không biết đã nhận gói nào: người quản trị cất tệp ấy đi rồi làm lại",
                "state/bundle.json is damaged, so that the station does not know what it has taken: the administrator puts it aside and does this again"
            ),
            Self::Unfinished(why) => {
                text!(why = why; "gói trước còn cài dở và chưa làm xong được: {why}", "an earlier bundle is not finished and cannot be now: {why}")
            }
        }
    }
}

/// The first name with what to do about it, then the others.
fn taken(all: &[TakenName]) -> Text {
    let Some((first, rest)) = all.split_first() else { return text!("", "") };
    let path = shown(&first.path);
    let Text { vi, en } = match &first.by {
        None => text!(
            "ở đài đã có {path} do đài tự làm, gói tin không được thay: nơi gửi đặt tên khác, hoặc đài đổi tên tệp của mình",
            "the station has a {path} of its own, which no bundle replaces: its sender takes another name, or the station renames its own"
        ),
        Some(other) => text!(
            "{path} là của nơi khác gửi ({other}): nơi gửi phải đặt tên khác",
            "{path} is another sender's ({other}): its sender has to take another name"
        ),
    };
    if rest.is_empty() {
        return Text { vi, en };
    }
    let mut named: Vec<String> = rest.iter().take(NAMED_MOST).map(|one| shown(&one.path)).collect();
    named.extend((rest.len() > NAMED_MOST).then(|| "…".to_owned()));
    let (more, named) = (rest.len(), named.join(", "));
    text!("{vi}; {more} tên nữa cũng vậy: {named}", "{en}; the same is so of {more} more: {named}")
}

impl From<Rejection> for Unfit {
    fn from(why: Rejection) -> Self {
        Self::Bundle(why)
    }
}

impl From<io::Error> for Unfit {
    fn from(error: io::Error) -> Self {
        Self::Disk(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_that_is_taken_is_told_or_counted() {
        let own = |number: usize| TakenName { path: format!("audio/{number}.mp3"), by: None };
        let said = |count: usize| Unfit::Taken((0..count).map(own).collect()).text(&TimeZone::UTC).vi;
        assert!(said(1).contains("audio/0.mp3") && !said(1).contains("tên nữa"), "{}", said(1));
        assert!(said(3).ends_with("2 tên nữa cũng vậy: audio/1.mp3, audio/2.mp3"), "{}", said(3));
        assert!(said(9).ends_with("8 tên nữa cũng vậy: audio/1.mp3, audio/2.mp3, audio/3.mp3, audio/4.mp3, …"));
    }
}
