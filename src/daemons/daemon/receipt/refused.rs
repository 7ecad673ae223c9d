use super::{ReceiptWhy, Teller, why};
use crate::diag::{Text, shown, text};
use crate::instant::Wall;
use crate::plan::{self, Cause};
use crate::player::OrderRefusal;
use crate::station::unusable_output;

impl Teller<'_> {
    /// Why an order was not taken.
    pub(super) fn refused(&self, refusal: &OrderRefusal) -> ReceiptWhy {
        let words = match refusal {
            OrderRefusal::Unlawful { reason, earliest } => self.unlawful(reason, *earliest),
            OrderRefusal::TooMany(most) => {
                let account = &self.ordered.account;
                text!(
                    "đã có {most} lệnh của tài khoản {account} chưa phát xong ở đây: hãy chờ, hoặc dừng bằng «loa stop»",
                    "{most} orders of the account {account} are not at their end here: wait, or end them with \"loa stop\""
                )
            }
            OrderRefusal::Busy(title) => {
                let title = shown(title);
                text!("«{title}» đang phát hoặc sắp phát ở đây", "\"{title}\" sounds here, or is about to")
            }
            OrderRefusal::NoSound => text!("không có tệp âm thanh phát được ở đây", "no sound that can be played here"),
            OrderRefusal::Stopped(by) => {
                let by = shown(by);
                text!(
                    "tài khoản {by} đã bấm dừng ngay sau khi lệnh này được đưa ra",
                    "the account {by} stopped the zone just after this order was given"
                )
            }
            OrderRefusal::Ending => text!("loa đang tắt", "loa is ending"),
        };
        why(refusal.reason().code(), words, false)
    }

    fn unlawful(&self, reason: &Cause, earliest: Option<Wall>) -> Text {
        let Text { vi: now_vi, en: now_en } = self.clock(self.now);
        let because = match reason {
            Cause::OutsideHours => {
                text!("bây giờ ({now_vi}) ngoài giờ cho phép", "it is {now_en}, outside the lawful hours")
            }
            Cause::PastHours => {
                text!("phát bây giờ ({now_vi}) thì quá giờ cho phép", "at {now_en} it would run past the lawful hours")
            }
            Cause::SessionTooLong(most) => {
                let Text { vi, en } = plan::length(*most);
                return text!("buổi phát sẽ dài quá {vi}", "the session would be longer than {en}");
            }
            Cause::TooManySessions(most) => {
                return text!("hôm nay đã đủ {most} buổi phát", "the day has had its {most} sessions");
            }
            Cause::Mourning(mourning) => {
                let name = shown(&mourning.name);
                let (vi, en) = if name.is_empty() {
                    (String::new(), String::new())
                } else {
                    (format!(" ({name})"), format!(" ({name})"))
                };
                return text!("đây là nhạc, mà đang có tang{vi}", "this is music, in a time of mourning{en}");
            }
            Cause::NoOutput => return unusable_output(),
            // What somebody orders asks for no approval.
            Cause::NotApproved(_) => return text!("mục này chưa được duyệt", "it is not approved"),
            Cause::Cancelled(cancel) => {
                let why = shown(&cancel.why);
                let (vi, en) = if why.is_empty() {
                    (String::new(), String::new())
                } else {
                    (format!(" («{why}»)"), format!(" (\"{why}\")"))
                };
                let from = cancel.hours.as_ref().and_then(|hours| hours.start.to_zoned(self.tz.clone()).ok());
                let from = from.map_or(self.now, |from| from.timestamp().into());
                if from > self.now {
                    let Text { vi: at_vi, en: at_en } = self.clock(from);
                    return text!(
                        "phát bây giờ thì chưa hết, mà từ {at_vi} nghỉ phát{vi}",
                        "it would not be over when all is quiet from {at_en} on{en}"
                    );
                }
                // Only some hours of the day, or more than this day: it ends at an instant, and that is told.
                let until = cancel.hours.as_ref().and_then(|hours| hours.end.to_zoned(self.tz.clone()).ok());
                if let Some(until) = until {
                    let Text { vi: at_vi, en: at_en } = self.clock(until.timestamp().into());
                    return text!("nghỉ đến {at_vi}{vi}", "silent until {at_en}{en}");
                }
                return text!("hôm nay nghỉ phát{vi}", "the day is called off{en}");
            }
            Cause::WaitExpired(by) => {
                let title = shown(&by.broadcast.title);
                let at = earliest.map_or_else(|| text!("?", "?"), |at| self.clock(at));
                let (at_vi, at_en) = (at.vi, at.en);
                return text!(
                    "«{title}» còn phát đến {at_vi}, mà lệnh phát chỉ chờ được 10 phút",
                    "\"{title}\" sounds until {at_en}, and a say waits for 10 min only"
                );
            }
            other => return other.reason().brief(),
        };
        let Text { vi, en } = because;
        match earliest.map(|at| self.clock(at)) {
            Some(at) => {
                let (at_vi, at_en) = (at.vi, at.en);
                text!("{vi}, sớm nhất là {at_vi}", "{en}; the earliest is {at_en}")
            }
            None => text!("{vi}, trong tám ngày tới không có giờ nào", "{en}, and none come within eight days"),
        }
    }
}
