use crate::diag::{Text, text};
use crate::fact::EntryKind;
use crate::instant::Wall;
use crate::reason::Reason;

/// Rows are written in the order of their times, but for what is handed over at the same moment.
const SLACK_MS: i64 = 2_000;
/// A station that runs writes more often than this.
const LEAP_MS: i64 = 400 * 24 * 3_600_000;
/// A row that is so much later than the clock of whoever verifies is to come; less, and clocks differ.
const AHEAD_MS: i64 = 48 * 3_600_000;
/// The note that explains a change of the clock stands within so many rows of it: a start first closes what
/// was under way.
const NOTE_WITHIN: u32 = 50;

/// Whether the times at which rows were written are those of a clock that goes on, and of which each change is noted.
#[derive(Debug, Default)]
pub(super) struct Times {
    /// The clock of whoever verifies.
    now: i64,
    first: Option<i64>,
    last: Option<i64>,
    /// A change of the clock that no note has explained yet: the row, what to say, and for how many rows more
    /// one is awaited.
    change: Option<(u64, Text, u32)>,
    /// The first row that is to come, since the clock last went back.
    ahead: Option<(u64, String)>,
}

/// A finding: the row, and what to say.
pub(super) type TimeFinding = (u64, Text);

/// What of a row is looked at here.
pub(super) struct Dated<'a> {
    pub(super) seq: u64,
    pub(super) kind: EntryKind,
    pub(super) reason: Option<&'a Reason>,
    pub(super) written: &'a str,
    pub(super) at: Wall,
}

impl Times {
    pub(super) fn until(now: Wall) -> Self {
        Self { now: crate::fact::body::millis(now), ..Self::default() }
    }

    /// One more row.
    pub(super) fn row(&mut self, row: &Dated) -> Option<TimeFinding> {
        // Told when the disk was back, and dated when it was not.
        if row.kind == EntryKind::Note && matches!(row.reason, Some(Reason::JournalGap(_))) {
            return None;
        }
        let explains = match (row.kind, row.reason) {
            (EntryKind::Note, Some(reason)) => reason.explains_the_time(),
            (EntryKind::Airing, reason) => reason == Some(&Reason::PowerLost),
            (EntryKind::Note, None) => false,
        };
        let mut found = None;
        if explains {
            self.change = None;
        } else if let Some((seq, what, left)) = self.change.take() {
            if left == 0 {
                found = Some((seq, what));
            } else {
                self.change = Some((seq, what, left - 1));
            }
        }
        let at = crate::fact::body::millis(row.at);
        self.first.get_or_insert(at);
        if let Some(last) = self.last {
            let went_back = at < last - SLACK_MS;
            if went_back {
                self.ahead = None;
            }
            if (went_back || at > last.saturating_add(LEAP_MS)) && !explains && self.change.is_none() {
                self.change = Some((row.seq, changed(row, went_back), NOTE_WITHIN));
            }
        }
        if at > self.now.saturating_add(AHEAD_MS) && self.ahead.is_none() {
            self.ahead = Some((row.seq, row.written.to_owned()));
        }
        self.last = Some(at);
        found
    }

    /// Behind the last row.
    pub(super) fn end(self) -> Vec<TimeFinding> {
        let change = self.change.map(|(seq, what, _)| (seq, what));
        // A machine whose clock is behind the whole journal says nothing about the journal.
        let is_behind = self.first.is_some_and(|first| self.now < first);
        let ahead = self.ahead.filter(|_| !is_behind).map(|(seq, written)| {
            let what = text!(
                "Dòng {seq} mang giờ {written}, là giờ chưa tới (theo đồng hồ của máy này)",
                "Row {seq} says it was written at {written}, which is to come (by this machine's clock)"
            );
            (seq, what)
        });
        change.into_iter().chain(ahead).collect()
    }
}

fn changed(row: &Dated, went_back: bool) -> Text {
    let (seq, written) = (row.seq, row.written);
    if went_back {
        text!(
            "Dòng {seq} mang giờ {written}, sớm hơn dòng trước nó, mà không có ghi chú nào về việc chỉnh đồng hồ",
            "Row {seq} says it was written at {written}, before the row in front of it, and no note tells of a change of the clock"
        )
    } else {
        text!(
            "Dòng {seq} mang giờ {written}, cách dòng trước hơn một năm, mà không có ghi chú nào về việc chỉnh đồng hồ hay bật lại đài",
            "Row {seq} says it was written at {written}, more than a year after the row in front of it, and no note tells of a change of the clock or a start"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// So many seconds from now, the row's reason, and whether it is an airing.
    type Rows = &'static [(i64, Option<&'static str>, bool)];

    #[test]
    fn times_that_go_back_or_leap_need_a_note_and_rows_to_come_are_named() {
        const DAY: i64 = 86_400;
        let now = Wall::from_secs(1_796_000_000);
        let table: [(&str, Rows, &[u64]); 13] = [
            ("in order", &[(-50, None, true), (-40, None, true), (-40, None, true)], &[]),
            ("a moment back", &[(-50, None, true), (-51, None, true)], &[]),
            ("back", &[(-50, None, true), (-60, None, true), (-40, None, true)], &[2]),
            ("back, noted", &[(-50, None, true), (-60, Some("clock_step: x"), false)], &[]),
            (
                "back at a start",
                &[(-50, None, true), (-90, Some("power_lost"), true), (-90, Some("started"), false)],
                &[],
            ),
            (
                "back, noted behind",
                &[(-50, None, true), (-90, None, true), (-90, Some("clock_untrusted: x"), false)],
                &[],
            ),
            ("a gap told late", &[(-50, None, true), (-90, Some("journal_gap: 3"), false), (-40, None, true)], &[]),
            ("an airing that calls itself a gap", &[(-50, None, true), (-90, Some("journal_gap: 3"), true)], &[2]),
            ("an airing that calls itself a note", &[(-50, None, true), (-90, Some("clock_step"), true)], &[2]),
            ("a leap", &[(-500 * DAY, None, true), (-50, None, true)], &[2]),
            ("a leap over a start", &[(-500 * DAY, None, true), (-50, Some("started"), false)], &[]),
            ("to come", &[(-50, None, true), (100 * DAY, None, true), (101 * DAY, None, true)], &[2]),
            (
                "ahead once, set right",
                &[(-50, None, true), (9 * DAY, None, true), (-40, Some("clock_step"), false)],
                &[],
            ),
        ];
        for (name, rows, expected) in table {
            let mut times = Times::until(now);
            let mut found = Vec::new();
            for (seq, (seconds, reason, airing)) in (1..).zip(rows) {
                let at = Wall::from_nanos(now.nanos() + seconds * 1_000_000_000);
                let kind = if *airing { EntryKind::Airing } else { EntryKind::Note };
                found.extend(times.row(&Dated {
                    seq,
                    kind,
                    reason: reason.map(Reason::from).as_ref(),
                    written: "",
                    at,
                }));
            }
            found.extend(times.end());
            assert_eq!(found.iter().map(|(seq, _)| *seq).collect::<Vec<_>>(), expected, "{name}");
        }
        // A machine that woke up in 1970 accuses nobody.
        let mut times = Times::until(Wall::from_secs(0));
        assert!(times.row(&Dated { seq: 1, kind: EntryKind::Note, reason: None, written: "", at: now }).is_none());
        assert!(times.end().is_empty());
    }
}
