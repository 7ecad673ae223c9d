//! What the journal is told of the station's files.

use std::collections::BTreeSet;

use super::last_good::FileChange;
use crate::diag::{Diagnostic, Text, text};
use crate::reason::Reason;
use crate::schedule::{Law, LeftOut, RulePlaces, Rules};

/// Warnings that change what plays, or by which law.
const TOLD: [&str; 8] = [
    "not_set_up",
    "no_station",
    "hidden_ending",
    "not_read",
    "rules_kept",
    "rules_gone",
    "rules_unread",
    "hours_never",
];

/// Whether people are told of it where they are not shown every problem.
pub(super) fn is_told(one: &Diagnostic) -> bool {
    one.is_error() || TOLD.contains(&one.code)
}

/// What the journal is told of a file: reason and sentence.
pub(super) fn told(file: &str, change: FileChange) -> (Reason, Text) {
    let named = file.to_owned();
    match change {
        FileChange::Broke(true) => (
            Reason::ScheduleBroken(named),
            text!("{file} bị hỏng: phát theo bản đúng gần nhất", "{file} is broken: its last good version plays"),
        ),
        FileChange::Broke(false) => (
            Reason::ScheduleBroken(named),
            text!("{file} bị hỏng: các mục trong đó không phát", "{file} is broken: none of it plays"),
        ),
        FileChange::Mended => (Reason::ScheduleMended(named), text!("{file} hết hỏng", "{file} is right again")),
        FileChange::Expired => (
            Reason::LastGoodExpired(named),
            text!(
                "{file} hỏng hoặc mất đã 7 ngày: thôi theo bản cũ",
                "{file} broken or gone for 7 days: its old version is dropped"
            ),
        ),
    }
}

/// What it is told of each copy once, as long as it stays; `told` are those that it was told of.
pub(super) fn new_copies(left_out: &[LeftOut], told: &mut BTreeSet<String>) -> Vec<(Reason, Text)> {
    let new = left_out.iter().filter(|one| !told.contains(&one.file));
    let notes = new.map(|LeftOut { file, of }| {
        let said = text!("{file} là bản sao của {of}: bị bỏ qua", "{file} is a copy of {of}: it is left out");
        (Reason::ScheduleCopy(file.clone()), said)
    });
    let notes = notes.collect();
    *told = left_out.iter().map(|one| one.file.clone()).collect();
    notes
}

/// Other lawful hours than before: by which file, and what they are now. A cancelled day is no other law.
pub(super) fn other_law(before: &Law, now: &Law) -> Option<(Reason, Text)> {
    let bare = |rules: &Rules| Rules { places: RulePlaces::default(), cancelled: Vec::new(), ..rules.clone() };
    let is_other = |before: &Rules, now: &Rules| bare(before) != bare(now);
    // A zone has rules of its own as soon as a day is cancelled there alone.
    let zones: BTreeSet<_> = before.zones.keys().chain(now.zones.keys()).copied().collect();
    let other = if is_other(&before.station, &now.station) {
        &now.station
    } else {
        zones.into_iter().find(|zone| is_other(before.of(*zone), now.of(*zone))).map(|zone| now.of(zone))?
    };
    let hours = other.told();
    let (vi, en) = (&hours.vi, &hours.en);
    let Some(place) = &other.places.hours else {
        let said = text!("giờ được phép phát nay là {vi} (mặc định)", "the lawful hours are now {en} (built in)");
        return Some((Reason::RulesChanged(format!("-: {en}")), said));
    };
    let place = format!("{}:{}", place.file, place.line);
    let said = text!("giờ được phép phát nay là {vi} ({place})", "the lawful hours are now {en} ({place})");
    Some((Reason::RulesChanged(format!("{place}: {en}")), said))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schedule::Hours;
    use crate::station::ZoneIx;

    #[test]
    fn a_cancelled_day_in_one_zone_is_no_other_law_and_other_hours_there_are() {
        let before = Law::default();
        let mut now = before.clone();
        now.zones.insert(ZoneIx(1), Rules::default());
        assert!(other_law(&before, &now).is_none(), "a zone by itself with the hours of all");
        assert!(other_law(&now, &before).is_none());
        now.zones.insert(ZoneIx(1), Rules { hours: Hours(Vec::new()), ..Rules::default() });
        assert!(Hours(Vec::new()) != Rules::default().hours, "other hours");
        assert!(other_law(&before, &now).is_some());
        assert!(other_law(&now, &before).is_some());
    }
}
