use jiff::civil::{Date, DateTime, time};

use super::word::{self, Moment};
use crate::diag::document::{KeyValue, Node, TomlValue, clean};
use crate::diag::{Findings, text};

/// Single occurrences that are named: an occurrence a day for a year.
const MAX_MOMENTS: usize = 400;

/// The one occurrence that a value names: a date with a local time, with or without quotes.
pub(super) fn once(node: &Node) -> Option<DateTime> {
    match &node.value {
        TomlValue::Moment(at) => *at,
        TomlValue::Text(written) => match word::moment(&clean(written)) {
            Ok(Moment::Time(at)) => Some(at),
            _ => None,
        },
        _ => None,
    }
}

/// The single occurrences among the days of `except`.
pub(super) fn single(entry: &KeyValue) -> Vec<DateTime> {
    sorted(entry.node.items().iter().filter_map(once).collect())
}

impl Findings<'_> {
    /// `also = [2026-12-01T06:00:00]`: occurrences beside those of `at`.
    pub(super) fn moments(&mut self, entry: &KeyValue) -> Option<Vec<DateTime>> {
        if entry.node.items().is_empty() {
            return Some(Vec::new());
        }
        let mut moments = Vec::new();
        let errors = self.errors();
        for node in self.bounded(entry, MAX_MOMENTS)? {
            match (once(node), &node.value) {
                (Some(at), _) => moments.push(at),
                // What is wrong with it is told as of any moment; a mere date lacks its time.
                (None, TomlValue::Text(written)) if word::moment(&clean(written)).is_err() => {
                    self.word::<Moment>(node, word::moment(&clean(written)));
                }
                (None, _) => {
                    let expected = text!("một ngày kèm giờ địa phương", "a date with a local time");
                    let example = self.with_times(entry, node);
                    self.wrong_type(&entry.key, node, &expected, &example);
                }
            }
        }
        (self.errors() == errors).then(|| sorted(moments))
    }

    /// The list as it was meant: a mere date gets the time of the others.
    fn with_times(&self, entry: &KeyValue, node: &Node) -> String {
        let nodes = entry.node.items();
        let time = nodes.iter().find_map(once).map_or_else(|| time(6, 0, 0, 0), DateTime::time);
        let moment = |node: &Node| once(node).or_else(|| Some(day_of(node)?.to_datetime(time)));
        let all: Option<Vec<String>> = nodes.iter().map(|node| Some(moment(node)?.to_string())).collect();
        match all.as_deref() {
            Some([one]) => one.clone(),
            Some(all) => format!("[{}]", all.join(", ")),
            None => moment(node).unwrap_or_else(|| self.meaning().today.to_datetime(time)).to_string(),
        }
    }
}

/// The day that a value names without a time.
fn day_of(node: &Node) -> Option<Date> {
    match &node.value {
        TomlValue::Date(day) => Some(*day),
        TomlValue::Text(written) => match word::moment(&clean(written)) {
            Ok(Moment::Day(day)) => Some(day),
            _ => None,
        },
        _ => None,
    }
}

fn sorted(mut moments: Vec<DateTime>) -> Vec<DateTime> {
    moments.sort_unstable();
    moments.dedup();
    moments
}
