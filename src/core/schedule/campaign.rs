use super::{Campaign, CampaignTarget, Per, Place};
use crate::diag::document::KeyValue;
use crate::diag::{Findings, fold, shown, text};

const KEYS: [&str; 4] = ["title", "from", "until", "target"];
/// Ids and titles stand in tables and journals.
const MAX_TITLE_CHARS: usize = 200;

const PER: [(&str, Per); 4] = [("day", Per::Day), ("week", Per::Week), ("month", Per::Month), ("year", Per::Year)];

/// Check `[campaigns.ID]`.
pub(super) fn campaign(findings: &mut Findings<'_>, entry: &KeyValue, id: &str) -> Option<Campaign> {
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

/// `3 per week`; other words are an error, and there is no target then.
fn target(findings: &mut Findings<'_>, entry: &KeyValue) -> Option<CampaignTarget> {
    let written = findings.text(entry, "\"3 per week\"")?;
    let mut words = written.split_whitespace();
    let count = words.next().and_then(|count| count.parse().ok()).filter(|count| (1..=10_000).contains(count));
    let per = (words.next() == Some("per")).then(|| words.next()).flatten();
    let per = PER.iter().find(|(word, _)| Some(*word) == per).map(|(_, per)| *per);
    if let (Some(count), Some(per), None) = (count, per, words.next()) {
        return Some(CampaignTarget { count, per });
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
            text!("không hiểu chỉ tiêu «{written}»", "cannot read the target \"{written}\""),
        )
        .help = Some(text!("viết: target = \"{number} per {unit}\"", "write: target = \"{number} per {unit}\""));
    None
}

impl Findings<'_> {
    /// A name for people, on one line.
    pub(super) fn title(&mut self, entry: &KeyValue) -> Option<String> {
        self.caption(entry, MAX_TITLE_CHARS, "\"Thông báo\"")
    }
}
