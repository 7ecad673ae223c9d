use maud::{Markup, html};

use super::sounds;
use crate::diag::text;
use crate::escaped::escaped;
use crate::gate::Who;
use crate::look::Look;
use crate::sentence::capital;

/// What an alarm, a correction or a drill lacks, and where it is handed in.
pub(super) fn unrecorded(look: &Look, who: &Who) -> Markup {
    let (lang, missing) = (who.lang, look.unrecorded());
    let may = sounds::may_hand_in_for_all(who);
    html! {
        @if !missing.is_empty() {
            h2 #unrecorded { (text!("Chưa có bản ghi", "Not recorded").get(lang)) }
            p.hint { (if may {
                text!("Ghi âm trước, lúc chưa có việc: đến lúc có việc thì không kịp.", "Record it now: there is no time for it when something happens.")
            } else {
                text!("Xin nhờ cán bộ văn hóa ghi âm và nộp.", "Ask the official to record it and hand it in.")
            }.get(lang)) }
            ul.list { @for one in &missing {
                @let title = capital(one.title().get(lang));
                li { @if may { a.row href={ "/sounds/slot/" (escaped(one.sound.name)) } { (title) } } @else { (title) } }
            } }
        }
    }
}
