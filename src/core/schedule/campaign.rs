use super::{Campaign, CampaignTarget, Per, Place};
use crate::diag::document::{KeyValue, counted};
use crate::diag::{Findings, fold, shown, text};

const KEYS: [&str; 4] = ["title", "from", "until", "target"];
/// More than that in a day is no speech any more.
const MOST: i64 = 10_000;
/// Keys that only say what something is called, who answers for it, and why.
pub const LABELS: [&str; 4] = ["title", "campaign", "by", "why"];
/// Letters of each at most: they stand in tables and journals.
pub const LABEL_MOST: usize = 200;

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
    let count = words
        .next()
        .and_then(|count| count.parse::<u32>().ok())
        .filter(|count| (1..=MOST).contains(&i64::from(*count)));
    let per = (words.next() == Some("per")).then(|| words.next()).flatten();
    let per = PER.iter().find(|(word, _)| Some(*word) == per).map(|(_, per)| *per);
    if let (Some(count), Some(per), None) = (count, per, words.next()) {
        return Some(CampaignTarget { count, per });
    }
    let folded = fold(&written);
    let number = at_least(&written).or_else(|| counted(&written)).map_or(3, |number| number.clamp(1, MOST));
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

/// The first number that is written, rounded up: 2 of `1.5 per week` and of `2-3 per week`.
fn at_least(written: &str) -> Option<i64> {
    let from = written.find(|c: char| c.is_ascii_digit())?;
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let (whole, rest) = written[from..].split_at(digits(&written[from..]));
    let fraction = rest.strip_prefix(['.', ',']).map_or("", |rest| &rest[..digits(rest)]);
    let over = i64::from(fraction.bytes().any(|digit| digit != b'0'));
    Some(whole.parse().unwrap_or(MOST).saturating_add(over))
}

impl Findings<'_> {
    /// A name for people, on one line.
    pub(super) fn title(&mut self, entry: &KeyValue) -> Option<String> {
        self.caption(entry, LABEL_MOST, "\"Thông báo\"")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_numbers_that_are_no_target_the_first_is_meant_rounded_up() {
        for (written, number) in [
            ("1.5 per week", Some(2)),
            ("1,5 lần", Some(2)),
            ("2-3 per week", Some(2)),
            ("3.0 per week", Some(3)),
            ("0 per week", Some(0)),
            ("99999999999999999999", Some(MOST)),
            ("hai lần", None),
        ] {
            assert_eq!(at_least(written), number, "{written}");
        }
    }
}
