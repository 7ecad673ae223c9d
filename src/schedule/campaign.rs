use super::{Campaign, Place};
use crate::diag::document::Entry;
use crate::diag::{Findings, fold, shown, text};

const KEYS: [&str; 4] = ["title", "from", "until", "target"];
/// Ids and titles stand in tables and journals.
const MAX_TITLE_CHARS: usize = 200;

/// Check `[campaigns.ID]`.
pub(super) fn campaign(findings: &mut Findings<'_>, entry: &Entry, id: &str) -> Option<Campaign> {
    let table = findings.table(entry, &format!("[campaigns.{}]", shown(id)))?;
    findings.unknown_keys(table, &KEYS);
    let title = table.get("title").and_then(|entry| findings.title(entry)).unwrap_or_else(|| id.to_owned());
    let from = table.get("from").and_then(|entry| findings.date(entry));
    let until = table.get("until").and_then(|entry| findings.date(entry));
    findings.in_order(from, until, table.get("until"));
    let target = table.get("target").and_then(|entry| target(findings, entry));
    let place = Place {
        file: findings.file().path.clone(),
        line: findings.lines().line(entry.key_span.start),
        span: entry.key_span.clone(),
    };
    Some(Campaign { title, from, until, target, place })
}

/// `3 per week`; other words are kept, with a warning that the report will not understand them.
fn target(findings: &mut Findings<'_>, entry: &Entry) -> Option<String> {
    let written = findings.text(entry, "\"3 per week\"")?;
    let mut words = written.split_whitespace();
    let count =
        words.next().and_then(|count| count.parse::<u32>().ok()).is_some_and(|count| (1..=10_000).contains(&count));
    let unit = words.next() == Some("per") && matches!(words.next(), Some("day" | "week" | "month" | "year"));
    if count && unit && words.next().is_none() {
        return Some(written);
    }
    let folded = fold(&written);
    let number: String = folded.chars().filter(char::is_ascii_digit).take(4).collect();
    let number = if number.is_empty() { "3".to_owned() } else { number };
    let unit =
        [("ngay", "day"), ("day", "day"), ("thang", "month"), ("month", "month"), ("nam", "year"), ("year", "year")]
            .iter()
            .find(|(word, _)| folded.contains(word))
            .map_or("week", |(_, unit)| *unit);
    let written = shown(&written);
    findings
        .error(
            "bad_target",
            &entry.node.span,
            text!("báo cáo không hiểu chỉ tiêu «{written}»", "the report cannot read the target \"{written}\""),
        )
        .help = Some(text!("viết: target = \"{number} per {unit}\"", "write: target = \"{number} per {unit}\""));
    None
}

impl Findings<'_> {
    /// A name for people, on one line.
    pub(super) fn title(&mut self, entry: &Entry) -> Option<String> {
        let written = self.text(entry, "\"Thông báo\"")?;
        if !written.is_empty() && written.chars().count() <= MAX_TITLE_CHARS && !written.contains(char::is_control) {
            return Some(written);
        }
        let key = &entry.key;
        self.error(
            "bad_title",
            &entry.node.span,
            text!("«{key}» trống, quá dài hoặc có ký tự lạ", "`{key}` is empty, too long or holds odd characters"),
        )
        .help = Some(text!(
            "viết trên một dòng, nhiều nhất {MAX_TITLE_CHARS} chữ",
            "write one line of at most {MAX_TITLE_CHARS} characters"
        ));
        None
    }
}
