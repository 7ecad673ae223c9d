//! How a broadcast stands before approval, in the words of every page.

use jiff::ToSpan as _;
use jiff::tz::TimeZone;

use crate::approval::{Clearance, Lack, Said};
use crate::diag::{Text, text};
use crate::instant::Wall;
use crate::plan::{self, SoundIndex};
use crate::player::World;

/// How an item stands, in a word.
pub(crate) fn word(lack: &Lack) -> Text {
    match (lack, lack.decision().map(|decision| &decision.said)) {
        (Lack::Returned(_), Some(Said::Returned { note })) => text!("Đã trả lại: {note}", "Returned: {note}"),
        (Lack::Void, _) => text!("Cần duyệt lại: nhật ký đã đổi", "Approve again: another journal"),
        (Lack::Sound(_), _) => text!("Cần duyệt lại: bản ghi đã thay", "Approve again: sound replaced"),
        _ => text!("Chờ duyệt", "Waiting for approval"),
    }
}

/// `Đã duyệt: bà Hai, 16:05 hôm qua`, or what it waits for; nothing where nobody has to approve it.
pub(in crate::page) fn state(world: &World, id: &str, now: Wall) -> Option<Text> {
    let World { schedule, station, library } = world;
    let broadcast = schedule.broadcasts.iter().find(|broadcast| broadcast.id == id)?;
    match plan::standing(broadcast, schedule, station, library, &SoundIndex::new(library, station)) {
        Clearance::Free => None,
        Clearance::Lacking(lack) => Some(word(&lack)),
        Clearance::Waived(lack) => {
            let Text { vi, en } = word(&lack);
            Some(text!("{vi}; vẫn phát vì là khẩn cấp", "{en}; sounds all the same, as an emergency"))
        }
        Clearance::Approved(decision) => {
            let (name, Text { vi, en }) = (decision.name(), then(decision.at, now, &station.timezone));
            Some(text!("Đã duyệt: {name}, {vi}", "Approved by {name}, {en}"))
        }
    }
}

/// A time that is past: `16:05`, `16:05 hôm qua`, `16:05 26/11/2026`.
fn then(at: Wall, now: Wall, tz: &TimeZone) -> Text {
    let (there, today) = (at.zoned(tz), now.zoned(tz).date());
    let clock = there.strftime("%H:%M").to_string();
    if there.date() == today {
        return text!("{clock} hôm nay", "{clock} today");
    }
    if today.checked_sub(1.day()).is_ok_and(|yesterday| yesterday == there.date()) {
        return text!("{clock} hôm qua", "{clock} yesterday");
    }
    let (vi, en) = (there.strftime("%d/%m/%Y"), there.strftime("%F"));
    text!("{clock} {vi}", "{clock} {en}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::sample::{at, zone};

    #[test]
    fn a_time_that_is_past_is_said_by_its_day() {
        let tz = zone("Asia/Ho_Chi_Minh");
        let now = at("2026-11-28T16:30", &tz);
        for (when, said) in [
            ("2026-11-28T16:05", "16:05 hôm nay"),
            ("2026-11-27T16:05", "16:05 hôm qua"),
            ("2026-11-26T16:05", "16:05 26/11/2026"),
        ] {
            assert_eq!(then(at(when, &tz), now, &tz).vi, said);
        }
    }
}
