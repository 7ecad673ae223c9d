use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::cap::CapIdentity;
use crate::checkup::Finding;
use crate::diag::{Text, figure, shown, text};
use crate::instant::Wall;
use crate::station::Station;

/// An alarm that there was no room for.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct LostCap {
    /// What it is known by.
    pub identity: CapIdentity,
    /// In a sentence.
    pub title: String,
    /// What people call him who sent it.
    pub sender: String,
    /// When it came.
    pub came: Timestamp,
    /// When the last of it is over.
    pub until: Timestamp,
}

impl LostCap {
    /// That these were not taken for want of room, as far as they still hold; none where none does.
    pub(super) fn finding(all: &[Self], now: Option<Timestamp>) -> Option<Finding> {
        let lost: Vec<&Self> = all.iter().filter(|one| now.is_none_or(|now| now < one.until)).collect();
        let (count, alarms, last) = (lost.len(), figure::count(lost.len(), "alarm"), lost.last()?);
        let (title, sender) = (shown(&last.title), shown(&last.sender));
        Some(Finding::warning(
            "cap_full",
            text!(
                "{count} báo động từ ngoài KHÔNG NHẬN ĐƯỢC, CHƯA PHÁT: quá nhiều báo động khác đang chờ hay đang phát; mới nhất: «{title}» của {sender}",
                "{alarms} from outside NOT TAKEN, NOT SOUNDED: too many others wait or sound; the last: \"{title}\" of {sender}"
            ),
            text!(
                "hỏi nơi gửi, báo dân bằng cách khác nếu là thật; quyết định những báo động đang chờ trên trang Báo khẩn cấp thì có chỗ cho báo động mới",
                "ask its sender, and tell people by other means if it is real; decide about those that wait on the page Emergency, and there is room for new ones"
            ),
        ))
    }

    /// For `loa cap --status`.
    pub(super) fn line(&self, station: &Station) -> Text {
        let (title, sender) = (shown(&self.title), shown(&self.sender));
        let came = figure::moment(Wall::from(self.came), &station.timezone);
        text!(
            came = came;
            "{came}: KHÔNG NHẬN ĐƯỢC, CHƯA PHÁT «{title}» của {sender}: quá nhiều báo động khác đang chờ hay đang phát",
            "{came}: NOT TAKEN, NOT SOUNDED: \"{title}\" of {sender}: too many others wait or sound"
        )
    }
}
