use maud::{Markup, html};

use super::stock::SoundStock;
use crate::checkup::alarms::of_an_alarm;
use crate::diag::text;
use crate::escaped::escaped;
use crate::plan::Cause;
use crate::role::Right;
use crate::sentence::capital;
use crate::who::Who;

/// When a file is heard next; what has to be approved before; and what it is for where that is an alarm, which has no time.
pub(super) fn next(stock: &SoundStock, file: &str, who: &Who) -> Markup {
    let lang = who.lang;
    let (coming, waits, alarm) = (stock.next(file), stock.unapproved(file), of_an_alarm(stock.station(), file));
    html! {
        @if let Some(sound) = alarm {
            @let title = capital(sound.role.title().get(lang));
            p { (text!("Dùng khi khẩn cấp hoặc diễn tập", "For an emergency or a drill").get(lang)) ": " strong { (title) } }
        }
        @if let Some(next) = &coming {
            p { (text!("Phát lần tới", "Plays next").get(lang)) ": " strong { (next.words.get(lang)) } " · " (next.airing.broadcast.title) }
        }
        @if let Some(next) = &waits { (to_approve(next, who)) }
        @if coming.is_none() && waits.is_none() && alarm.is_none() {
            @let days = stock.days();
            p { (text!("Chưa có lượt phát nào trong {days} ngày tới dùng bản ghi này.", "Nothing plays it within {days} days.").get(lang)) }
        }
    }
}

/// `Phải duyệt lại trước 11:02 ngày 30/11, nếu không thì không phát: Bản tin sáng`
fn to_approve(next: &super::stock::NextTime<'_>, who: &Who) -> Markup {
    let (lang, broadcast) = (who.lang, &next.airing.broadcast);
    let is_again = match next.airing.reason.as_deref() {
        Some(Cause::NotApproved(lack)) => lack.decision().is_some(),
        _ => false,
    };
    let said = if is_again {
        text!("Phải duyệt lại trước", "To be approved again before")
    } else {
        text!("Phải duyệt trước", "To be approved before")
    };
    html! {
        p.said role="status" { (said.get(lang)) " " strong { (next.words.get(lang)) } (text!(
            ", nếu không thì không phát", ", or it does not play"
        ).get(lang)) ": "
            @if who.may(Right::Approvals) {
                a href={ "/approvals/one?id=" (escaped(&broadcast.id)) } { (broadcast.title) }
            } @else {
                (broadcast.title) ". " (text!("Xin báo cán bộ văn hóa.", "Tell the official.").get(lang))
            }
        }
    }
}
