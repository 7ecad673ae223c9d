use std::sync::Arc;
use std::time::Duration;

use super::diagnostic::diagnostic;
use super::sentence::{approval_cure, take_out, undecided};
use super::{Library, SoundIndex, standing};
use crate::approval::Lack;
use crate::calendar::Calendar;
use crate::diag::figure::moment;
use crate::diag::{Diagnostic, Severity, Text, text};
use crate::instant::Wall;
use crate::schedule::{Broadcast, Class, Schedule};
use crate::station::Station;

/// How far ahead an occurrence is sought before which something has to be decided.
const AHEAD: Duration = Duration::from_hours(90 * 24);

/// What waits for a decision, in the order of the files: each with why, and its next occurrence from `now` on, before which it
/// has to be decided; an emergency sounds then in any case. What is not due in the time ahead waits too, without one.
pub fn waiting<'a>(
    schedule: &'a Schedule,
    station: &Station,
    library: &Library,
    now: Wall,
) -> Vec<(&'a Arc<Broadcast>, Lack, Option<Wall>)> {
    if !library.approvals.is_asked_for(station) {
        return Vec::new();
    }
    let shelf = SoundIndex::new(library, station);
    let calendar = Calendar::new(&station.timezone, schedule, now, now + AHEAD);
    let waits = schedule.broadcasts.iter().filter_map(|broadcast| {
        let standing = standing(broadcast, schedule, station, library, &shelf);
        let lack = standing.lack().or_else(|| standing.waived())?.clone();
        let next = calendar.occurrences(broadcast, now, now + AHEAD).first().copied();
        Some((broadcast, lack, next))
    });
    waits.collect()
}

/// What waits and is due, as findings.
pub(super) fn findings(schedule: &Schedule, station: &Station, library: &Library, now: Wall) -> Vec<Diagnostic> {
    let tz = &station.timezone;
    let due = waiting(schedule, station, library, now).into_iter().filter_map(|(broadcast, lack, next)| {
        let (why, Text { vi, en }, title) = (undecided(&lack, tz), moment(next?, tz), &broadcast.title);
        let (why_vi, why_en) = (why.vi, why.en);
        if broadcast.class == Class::Emergency {
            let message = text!(
                "«{title}» chưa được duyệt ({why_vi}) và vẫn phát lúc {vi}, vì là khẩn cấp",
                "\"{title}\" is not approved ({why_en}), and sounds at {en} all the same, as it is an emergency"
            );
            let cure = take_out(&broadcast.id);
            return Some(diagnostic(
                "emergency_unapproved",
                Severity::Warning,
                broadcast.place()?,
                message,
                Some(cure),
            ));
        }
        let message = text!(
            "«{title}» chờ duyệt: {why_vi}; cần duyệt trước {vi}, nếu không lần ấy không phát",
            "\"{title}\" waits for approval: {why_en}; it has to be approved before {en}, or it does not play then"
        );
        let cure = approval_cure(&lack, &broadcast.id);
        Some(diagnostic("not_approved", Severity::Warning, broadcast.place()?, message, Some(cure)))
    });
    due.collect()
}
