use std::time::Duration;

use super::Play;
use crate::diag::document::Table;
use crate::diag::{Findings, text};

/// Nobody listens to a bulletin an eleventh time in a row.
pub(super) const MOST: i64 = 10;

/// Between two times unless written: a breath, as an alert takes.
const GAP: Duration = Duration::from_secs(2);

/// A longer gap is two broadcasts, and holds the zone for nothing.
const GAP_MOST: Duration = Duration::from_mins(10);

/// `play` as often as `repeat` says, with `gap` of silence between; at most `items_most` items in all. `None`:
/// once, as `play` is.
pub(super) fn repeated(
    findings: &mut Findings<'_>,
    table: &Table,
    play: &[Play],
    items_most: usize,
) -> Option<Vec<Play>> {
    let gap = table.get("gap").and_then(|entry| findings.length(entry, GAP_MOST, "\"5s\"")).unwrap_or(GAP);
    let Some(entry) = table.get("repeat") else {
        if let Some(gap) = table.get("gap") {
            let said = text!(
                "«gap» là quãng nghỉ giữa hai lần phát lại, mà mục này chỉ phát một lần",
                "`gap` is the silence between two repeats, and this plays once only"
            );
            findings.warning("idle_gap", &gap.key_span, said).help =
                Some(text!("thêm dòng: repeat = 2, hoặc xóa gap", "add a line: repeat = 2, or delete gap"));
        }
        return None;
    };
    let times = findings.integer(entry, 1..=MOST, "2")? as usize;
    if times * (play.len() + 1) > items_most {
        findings
            .error(
                "too_many_items",
                &entry.node.span,
                text!(
                    "phát lại {times} lần thì quá {items_most} nội dung",
                    "played {times} times it has more than {items_most} items"
                ),
            )
            .help =
            Some(text!("giảm repeat, hoặc chia thành nhiều mục phát", "lower repeat, or make several broadcasts"));
        return None;
    }
    let pause = (!gap.is_zero()).then_some(Play::Pause(gap));
    let mut all = Vec::with_capacity(times * (play.len() + 1));
    for time in 0..times {
        if time > 0 {
            all.extend(pause.clone());
        }
        all.extend(play.iter().cloned());
    }
    Some(all)
}
