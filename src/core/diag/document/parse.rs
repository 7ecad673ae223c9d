use std::collections::BTreeSet;

use jiff::civil::{Date, Time};
use toml::de::{DeTable, DeValue};

use super::syntax;
use super::{KeyValue, Node, Table, TomlValue};
use crate::diag::Findings;

/// A file of garbage has a syntax error for every line; nobody reads more than these.
const MAX_EXPLAINED: usize = 600;

/// A parsed file.
#[derive(Debug)]
pub struct Document {
    /// All that could be read.
    pub root: Table,
    /// Nothing is wrong with its syntax.
    pub intact: bool,
    /// Lines with a syntax error.
    pub broken_lines: BTreeSet<usize>,
    /// Every syntax error is a single wrong value, so that the rest of the tree is as it was meant,
    /// and looking for further problems in it makes sense.
    pub legible: bool,
}

/// Text to tree; syntax errors go to `findings`, at most one for a line.
pub fn parse(findings: &mut Findings<'_>) -> Document {
    let text = &findings.file().text;
    let (root, mut errors) = DeTable::parse_recoverable(text);
    errors.sort_by_key(|error| error.span().map_or(0, |span| span.start));
    let mut broken_lines = BTreeSet::new();
    let mut told = BTreeSet::new();
    let mut legible = true;
    let mut list_told = false;
    for (count, error) in errors.iter().enumerate() {
        let at = error.span().unwrap_or(0..0);
        let line = findings.lines().line(at.start);
        broken_lines.insert(line);
        if count >= MAX_EXPLAINED || told.contains(&line) {
            continue;
        }
        let fault = syntax::explain(text, findings.lines(), error.message(), at, &findings.meaning());
        legible &= fault.local;
        // A list without its end stumbles over everything that follows: once is enough.
        let echo = fault.list && list_told;
        list_told |= fault.list;
        // The place to look at may be an earlier line than the one where the parser stumbled.
        let told_line = findings.lines().line(fault.span.start);
        broken_lines.insert(told_line);
        let first_here = told.insert(line) && (told_line == line || told.insert(told_line));
        if first_here && !echo {
            findings.error(fault.code, &fault.span, fault.message).help = Some(fault.help);
        }
    }
    legible &= errors.len() <= MAX_EXPLAINED;
    let root = table(root.get_ref(), &|at| broken_lines.contains(&findings.lines().line(at)));
    Document { root, intact: errors.is_empty(), legible, broken_lines }
}

/// Whether a line is TOML by itself.
pub(super) fn is_toml(line: &str) -> bool {
    DeTable::parse(line).is_ok()
}

fn table(source: &DeTable<'_>, broken: &dyn Fn(usize) -> bool) -> Table {
    let mut entries: Vec<KeyValue> = source
        .iter()
        .map(|(key, value)| KeyValue {
            key: key.get_ref().to_string(),
            key_span: key.span(),
            node: node(value, broken),
            broken: broken(key.span().start) || broken(value.span().start),
        })
        .collect();
    entries.sort_by_key(|entry| entry.key_span.start);
    Table { entries }
}

fn node(source: &toml::Spanned<DeValue<'_>>, broken: &dyn Fn(usize) -> bool) -> Node {
    let value = match source.get_ref() {
        DeValue::String(text) => TomlValue::Text(text.to_string()),
        DeValue::Integer(number) => {
            i64::from_str_radix(number.as_str(), number.radix()).map_or(TomlValue::Huge, TomlValue::Integer)
        }
        DeValue::Float(number) => number.as_str().parse().map_or(TomlValue::Huge, TomlValue::Float),
        DeValue::Boolean(flag) => TomlValue::Flag(*flag),
        DeValue::Datetime(at) => moment(at),
        DeValue::Array(items) => TomlValue::List(items.iter().map(|item| node(item, broken)).collect()),
        DeValue::Table(inner) => TomlValue::Table(table(inner, broken)),
    };
    Node { value, span: source.span() }
}

fn moment(at: &toml::value::Datetime) -> TomlValue {
    let date = at.date.and_then(|date| {
        let year = i16::try_from(date.year).ok()?;
        Date::new(year, date.month as i8, date.day as i8).ok()
    });
    let time = at
        .time
        .filter(|time| time.nanosecond.unwrap_or(0) == 0)
        .and_then(|time| Time::new(time.hour as i8, time.minute as i8, time.second.unwrap_or(0) as i8, 0).ok());
    match (date, time, at.offset) {
        (Some(date), None, None) if at.time.is_none() => TomlValue::Date(date),
        (None, Some(time), None) if at.date.is_none() => TomlValue::Time(time),
        (Some(date), Some(time), None) => TomlValue::Moment(Some(date.to_datetime(time))),
        _ => TomlValue::Moment(None),
    }
}
