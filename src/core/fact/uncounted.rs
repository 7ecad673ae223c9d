use std::collections::BTreeMap;

use serde::Serialize;

use super::{Entry, EntryKind};
use crate::diag::{Text, text};
use crate::reason::Reason;

/// Why an airing stands in no total: it was no part of the programme, and nobody was to be told anything by it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Uncounted {
    /// A few tones that somebody ordered to find a horn by.
    Test,
    /// A drill of an alarm.
    Drill,
    /// An alarm that was ended in its tone, before any word.
    Recalled,
}

impl Uncounted {
    /// What stands where other airings have their class.
    pub fn word(self) -> Text {
        match self {
            Self::Test => text!("thử loa", "test"),
            Self::Drill => text!("diễn tập", "drill"),
            Self::Recalled => text!("khẩn cấp", "emergency"),
        }
    }
}

/// Which airings stand in no total. A drill that was stopped has the stop as its reason, so that what an order was is taken
/// from all its rows.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct UncountedRows(BTreeMap<String, Uncounted>);

impl UncountedRows {
    /// Of these rows, and the notes of orders among them.
    pub fn of<'a>(rows: impl IntoIterator<Item = &'a Entry>) -> Self {
        let order = |row: &'a Entry| Some((row.order.clone()?, by_itself(row)?));
        let orders = rows.into_iter().filter_map(order).filter(|(_, uncounted)| *uncounted != Uncounted::Recalled);
        Self(orders.collect())
    }

    /// Why this airing stands in no total; none where it does, and for a note.
    pub fn find(&self, row: &Entry) -> Option<Uncounted> {
        if row.kind != EntryKind::Airing || row.outcome.is_none() {
            return None;
        }
        by_itself(row).or_else(|| self.0.get(row.order.as_ref()?).copied())
    }
}

/// By its own reason.
fn by_itself(row: &Entry) -> Option<Uncounted> {
    match row.reason {
        Some(Reason::TestTone(_)) => Some(Uncounted::Test),
        Some(Reason::Drill(_)) => Some(Uncounted::Drill),
        Some(Reason::Recalled(_)) => Some(Uncounted::Recalled),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fact::Outcome;

    #[test]
    fn a_drill_is_a_drill_however_it_ended_and_what_is_not_recalled_counts() {
        let row = |kind, order: &str, reason: &str| Entry {
            kind,
            order: (!order.is_empty()).then(|| order.to_owned()),
            outcome: (kind == EntryKind::Airing).then_some(Outcome::Partial),
            reason: Some(reason.into()),
            ..Entry::default()
        };
        let rows = [
            row(EntryKind::Note, "d", "drill: Bà Hai (loa-console)"),
            row(EntryKind::Airing, "d", "stopped: Bà Hai"),
            row(EntryKind::Airing, "t", "test_tone: hoa"),
            row(EntryKind::Airing, "t", "device_lost"),
            row(EntryKind::Airing, "a", "recalled: Bà Hai"),
            row(EntryKind::Airing, "a", "alert: Bà Hai: lũ"),
            row(EntryKind::Airing, "", "stopped: Bà Hai"),
        ];
        let uncounted = UncountedRows::of(&rows);
        let found: Vec<Option<Uncounted>> = rows.iter().map(|row| uncounted.find(row)).collect();
        let (drill, test) = (Some(Uncounted::Drill), Some(Uncounted::Test));
        assert_eq!(found, [None, drill, test, test, Some(Uncounted::Recalled), None, None]);
    }
}
