use std::collections::BTreeMap;

use crate::diag::{Text, plain};
use crate::fact::{Entry, EntryKind};
use crate::reason::{Ordered, Reason};

/// What the notes of a journal say of talks that did not go well: by the order, each kind once.
#[derive(Debug, Default)]
pub(super) struct TalkTroubles(BTreeMap<String, Vec<Text>>);

impl TalkTroubles {
    /// Of these rows, in the order in which they stand.
    pub(super) fn of_rows(rows: &[Entry]) -> Self {
        let mut all = Self::default();
        for row in rows.iter().filter(|row| row.kind == EntryKind::Note) {
            let (Some(order), Some(said)) = (&row.order, row.reason.as_ref().and_then(trouble)) else { continue };
            let known = all.0.entry(order.clone()).or_default();
            if !known.contains(&said) {
                known.push(said);
            }
        }
        all
    }

    /// What befell the talk of this row.
    pub(super) fn of(&self, row: &Entry) -> Option<Text> {
        let all = self.0.get(row.order.as_ref()?)?;
        let said = |part: fn(&Text) -> &str| all.iter().map(part).collect::<Vec<_>>().join("; ");
        Some(Text { vi: said(|text| &text.vi), en: said(|text| &text.en) })
    }
}

/// What befell a talk: without who spoke, which stands in a column of its own.
pub(super) fn trouble(reason: &Reason) -> Option<Text> {
    let (Reason::TalkLost(Ordered { why, .. })
    | Reason::TalkHowl(Ordered { why, .. })
    | Reason::TalkSilent(Ordered { why, .. })) = reason
    else {
        return None;
    };
    let brief = reason.brief();
    // Why it broke off stands in the journal in Vietnamese only.
    let vi = if why.is_empty() { brief.vi } else { format!("{}: {why}", brief.vi) };
    Some(Text { vi: plain(&vi).into_owned(), en: brief.en })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_befell_a_talk_is_said_of_its_own_order_and_once() {
        let note = |order: &str, reason: &str| Entry {
            order: Some(order.to_owned()),
            reason: Some(reason.into()),
            ..Entry::default()
        };
        let rows = [
            note("7", "talk_howl: Ông Năm"),
            note("7", "talk_howl: Ông Năm"),
            note("7", "talk_lost: Ông Năm: mất kết nối"),
            note("8", "talk_silent: Bà Hai"),
            note("9", "talk_kept: Bà Hai"),
        ];
        let troubles = TalkTroubles::of_rows(&rows);
        let of = |order: &str| {
            let said = troubles.of(&Entry { order: Some(order.to_owned()), ..Entry::default() })?;
            Some(said.vi)
        };
        let howl = "tiếng hú khi nói trực tiếp (micrô quá gần loa); nói trực tiếp bị đứt: mất kết nối";
        assert_eq!(of("7").as_deref(), Some(howl));
        assert_eq!(of("8").as_deref(), Some("nói trực tiếp mà không có tiếng"));
        assert_eq!((of("9"), troubles.of(&Entry::default())), (None, None));
    }
}
