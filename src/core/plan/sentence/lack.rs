//! Why a broadcast is not approved, said to people.

use jiff::tz::TimeZone;

use super::{FactAndCure, Sentence, both};
use crate::approval::{Decision, Lack, Said};
use crate::diag::figure::moment;
use crate::diag::{Text, text};

/// Why what was decided does not hold, or that nothing was: a clause without a full stop.
pub fn undecided(lack: &Lack, tz: &TimeZone) -> Text {
    let told = |decision: &Decision| (decision.name().to_owned(), moment(decision.at, tz));
    match lack {
        Lack::Never => text!("chưa ai duyệt lần nào", "nobody has approved it yet"),
        Lack::Void => {
            text!("phải duyệt lại, nhật ký đã đổi", "it has to be approved again, since the journal is another")
        }
        Lack::Sound(decision) => {
            let (name, Text { vi, en }) = told(decision);
            text!(
                "bản ghi đã thay sau khi {name} duyệt lúc {vi}",
                "its sound was replaced after {name} approved it at {en}"
            )
        }
        Lack::Changed(decision) | Lack::Returned(decision) => {
            let (name, Text { vi, en }) = told(decision);
            match (lack, &decision.said) {
                (Lack::Returned(_), Said::Returned { note }) => {
                    text!("{name} đã trả lại lúc {vi}: {note}", "{name} returned it at {en}: {note}")
                }
                (_, Said::Returned { .. }) => {
                    text!(
                        "đã sửa sau khi {name} trả lại lúc {vi}, chưa ai duyệt bản mới",
                        "it was changed after {name} returned it at {en}, and nobody has approved it since"
                    )
                }
                (_, Said::Approved { .. }) => {
                    text!(
                        "đã thay đổi sau khi {name} duyệt lúc {vi}",
                        "it was changed after {name} approved it at {en}"
                    )
                }
            }
        }
    }
}

impl Sentence<'_> {
    pub(super) fn not_approved(&self, lack: &Lack) -> FactAndCure {
        let (a, why) = (self.subject(), undecided(lack, self.tz));
        let fact = both(
            format!("{} bị từ chối vì chưa được duyệt: {}", a.vi, why.vi),
            format!("{} is refused, as it is not approved: {}", a.en, why.en),
        );
        FactAndCure { fact, cure: Some(cure(lack, &self.airing.broadcast.id)) }
    }
}

impl Sentence<'_> {
    /// Nobody has let it sound, and it does, since it is an emergency.
    pub(super) fn waived(&self) -> Option<FactAndCure> {
        let (a, lack) = (self.subject(), self.airing.waived()?);
        let why = undecided(lack, self.tz);
        let fact = both(
            format!("{} phát dù chưa được duyệt, vì là khẩn cấp: {}", a.vi, why.vi),
            format!("{} sounds without an approval, as it is an emergency: {}", a.en, why.en),
        );
        Some(FactAndCure { fact, cure: Some(take_out(&self.airing.broadcast.id)) })
    }

    /// The same beside what else is to be said of it.
    pub(super) fn with_waiver(&self, told: FactAndCure) -> FactAndCure {
        if self.airing.waived().is_none() {
            return told;
        }
        let Text { vi, en } = told.fact;
        let fact = text!(
            "{vi}; mục này chưa được duyệt, vẫn phát vì là khẩn cấp",
            "{en}; it is not approved, and sounds as it is an emergency"
        );
        FactAndCure { fact, ..told }
    }
}

/// What to do about an emergency that nobody has approved.
pub(in crate::plan) fn take_out(id: &str) -> Text {
    text!(
        "không muốn phát thì xóa mục ấy khỏi lịch; muốn nhật ký ghi ai duyệt: loa approve {id}",
        "if it should not sound, take it out of the schedule; to have an approver in the journal: loa approve {id}"
    )
}

/// What to do about it.
pub(in crate::plan) fn cure(lack: &Lack, id: &str) -> Text {
    match lack {
        Lack::Returned(_) => text!(
            "sửa theo lời ghi ấy, rồi xin duyệt lại: loa approve {id}",
            "change it as the note says, then have it approved: loa approve {id}"
        ),
        Lack::Never | Lack::Void | Lack::Changed(_) | Lack::Sound(_) => text!(
            "xin người được duyệt nghe thử rồi duyệt: loa approve {id}",
            "have somebody who may approve it hear and approve it: loa approve {id}"
        ),
    }
}
