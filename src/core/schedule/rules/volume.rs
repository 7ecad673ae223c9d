use super::MAX_RANGES;
use crate::diag::document::{KeyValue, Node, TomlValue, clean};
use crate::diag::{Findings, text};
use crate::schedule::Level;

const KEYS: [&str; 2] = ["hours", "db"];

/// Quieter is off; louder than this beyond the zone's own level is a slip.
const DB: std::ops::RangeInclusive<f64> = -60.0..=20.0;

/// What a level that cannot be read falls back to: half the sound pressure.
const NARROW_DB: f32 = -6.0;

const EXAMPLE: &str = "[{ hours = \"05:00-06:00\", db = -6 }]";

const DAY: std::ops::Range<u32> = 0..86_400;

/// The levels by hour. One whose level cannot be read is quiet; one whose hours cannot holds all day where it
/// is quiet, and is left out where it is loud.
pub(super) fn volume(findings: &mut Findings<'_>, entry: &KeyValue) -> Vec<Level> {
    let mut levels = Vec::new();
    // An empty list says what it says: no other level at any hour.
    if entry.node.items().is_empty() {
        return levels;
    }
    for node in findings.bounded(entry, MAX_RANGES).unwrap_or_default() {
        let Some(table) = node.table() else {
            findings.wrong_type(
                &entry.key,
                node,
                &text!("giờ và mức trong ngoặc nhọn", "hours and level in braces"),
                EXAMPLE,
            );
            levels.push(Level { hours: DAY, db: NARROW_DB });
            continue;
        };
        findings.unknown_keys(table, &KEYS);
        let [hours, db] = KEYS.map(|key| {
            let entry = table.get(key);
            if entry.is_none() {
                findings
                    .error("missing_key", &node.span, text!("chỗ này thiếu «{key}»", "`{key}` is missing here"))
                    .help = Some(text!("viết: volume = {EXAMPLE}", "write: volume = {EXAMPLE}"));
            }
            entry
        });
        let db = db.and_then(|entry| level(findings, entry)).unwrap_or(NARROW_DB);
        let nodes = hours.and_then(|hours| findings.bounded(hours, MAX_RANGES)).unwrap_or_default();
        let mut read_all = !nodes.is_empty();
        for (hours, node) in hours.into_iter().flat_map(|hours| nodes.iter().map(move |node| (hours, node))) {
            let read = findings.hours_of(hours, node);
            read_all &= !read.is_empty();
            levels.extend(read.into_iter().map(|hours| Level { hours, db }));
        }
        if !read_all && db < 0.0 {
            levels.push(Level { hours: DAY, db });
        }
    }
    levels
}

fn level(findings: &mut Findings<'_>, entry: &KeyValue) -> Option<f32> {
    let number = match number(&entry.node) {
        Ok(number) => number,
        Err(meant) => {
            let wanted = text!("số không có ngoặc kép", "a number without quotes");
            findings.wrong_type(&entry.key, &entry.node, &wanted, &meant);
            return None;
        }
    };
    if DB.contains(&number) {
        return Some(number as f32);
    }
    let (low, high) = (DB.start(), DB.end());
    findings
        .error(
            "out_of_range",
            &entry.node.span,
            text!("mức âm lượng {number} dB không dùng được", "a level of {number} dB cannot be used"),
        )
        .help = Some(text!("viết từ {low} đến {high}, ví dụ: db = -6", "write from {low} to {high}, such as: db = -6"));
    None
}

/// The number, or what was meant by one in the wrong clothes (`"-6"`, `"-6 dB"`, `"-4,5"`).
fn number(node: &Node) -> Result<f64, String> {
    match &node.value {
        TomlValue::Float(number) => Ok(*number),
        TomlValue::Integer(number) => Ok(*number as f64),
        TomlValue::Text(written) => {
            let written = clean(written).to_lowercase().replace(',', ".").replace("db", "");
            let meant = written.trim().parse::<f64>().ok().filter(|number| number.is_finite());
            Err(meant.map_or_else(|| "-6".to_owned(), |number| number.to_string()))
        }
        _ => Err("-6".to_owned()),
    }
}
