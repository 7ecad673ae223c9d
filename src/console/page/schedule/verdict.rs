//! What becomes of an airing, in a few words: beside its title in the week and on Today.

use crate::diag::{Text, text};
use crate::page::approvals::word;
use crate::plan::{self, Airing, Cause, Verdict};
use crate::player::World;

/// What becomes of an airing, as short as it can be said; nothing of one that plays at its time.
pub(in crate::page) fn verdict(world: &World, airing: &Airing) -> Option<Text> {
    let tz = &world.station.timezone;
    let (start, clock) = (plan::clock(airing.start, tz), |at| plan::clock(at, tz));
    let refused = airing.verdict == Verdict::Refuse;
    let Some(cause) = airing.reason.as_deref() else {
        let passes = text!("phát dù chưa duyệt, vì là khẩn cấp", "sounds unapproved, as an emergency");
        return airing.waived().map(|_| passes);
    };
    Some(match cause {
        Cause::Waits(by) => {
            let title = &by.broadcast.title;
            text!("trùng giờ với «{title}», chờ đến {start}", "meets \"{title}\", waits until {start}")
        }
        Cause::WaitExpired(by) => {
            let (title, due) = (&by.broadcast.title, clock(by.scheduled));
            text!("không phát: chờ «{title}» ({due}) quá lâu", "does not play: \"{title}\" ({due}) takes too long")
        }
        Cause::Interrupted(by) => {
            let title = &by.broadcast.title;
            text!("bị «{title}» ngắt", "interrupted by \"{title}\"")
        }
        Cause::OutsideHours => text!("từ chối: ngoài giờ được phép phát", "refused: outside the lawful hours"),
        Cause::PastHours if refused => text!("từ chối: quá giờ được phép phát", "refused: runs past the lawful hours"),
        Cause::PastHours => text!("bị cắt khi hết giờ được phép", "cut at the end of the lawful hours"),
        Cause::SessionTooLong(_) if refused => text!("từ chối: buổi phát quá dài", "refused: the session is too long"),
        Cause::SessionTooLong(_) => text!("bị cắt vì buổi phát quá dài", "cut: the session is too long"),
        Cause::TooManySessions(_) => text!("từ chối: quá số buổi trong ngày", "refused: too many sessions"),
        Cause::NoOutput => text!("không ra tiếng: ngõ ra của cụm loa viết sai", "no sound: the zone's output is wrong"),
        Cause::NoSound => text!("thiếu bản ghi", "the sound is missing"),
        Cause::Changing => text!("bản ghi đang được chép", "the sound is being copied"),
        Cause::Changed(_) => text!("bản ghi vừa được thay", "the sound was replaced"),
        Cause::Mourning(_) => text!("im nhạc vì để tang", "music is silent in mourning"),
        Cause::NotApproved(lack) => word(lack),
        Cause::Cancelled(_) if !refused => text!("bị cắt vì nghỉ phát", "cut: all is quiet from then on"),
        Cause::Cancelled(cancel) if cancel.why.is_empty() => text!("nghỉ phát", "called off"),
        Cause::Cancelled(cancel) => {
            let why = &cancel.why;
            text!("nghỉ phát: {why}", "called off: {why}")
        }
    })
}
