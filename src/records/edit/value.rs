use std::collections::BTreeMap;
use std::fmt::Write as _;

use jiff::civil::{Date, DateTime, Time};

use crate::diag::document::{Node, Table, TomlValue as Parsed};

/// What a key says, without where it says it: what a form hands in, and what a file is compared by.
#[derive(Clone, PartialEq, Debug)]
pub enum Value {
    /// Between quotes.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// A number with a fraction.
    Float(f64),
    /// `true`, `false`.
    Flag(bool),
    /// `2026-12-01`.
    Date(Date),
    /// `05:30:00` without quotes.
    Time(Time),
    /// `2026-12-01T05:30:00`: in the station's time.
    Moment(DateTime),
    /// `[...]`, or tables under `[[...]]`.
    List(Vec<Self>),
    /// `{...}`, or what stands under `[...]`.
    Table(BTreeMap<String, Self>),
    /// Anything else, as it is written.
    Other(String),
}

impl Value {
    /// Of a node of `text`.
    pub(super) fn of(node: &Node, text: &str) -> Self {
        let written = || Self::Other(text.get(node.span.clone()).unwrap_or_default().to_owned());
        match &node.value {
            Parsed::Text(said) => Self::Text(said.clone()),
            Parsed::Integer(number) => Self::Integer(*number),
            Parsed::Float(number) if number.is_finite() => Self::Float(*number),
            Parsed::Flag(flag) => Self::Flag(*flag),
            Parsed::Date(date) => Self::Date(*date),
            Parsed::Time(time) => Self::Time(*time),
            Parsed::Moment(Some(at)) => Self::Moment(*at),
            Parsed::Float(_) | Parsed::Moment(None) | Parsed::Huge => written(),
            Parsed::List(items) => Self::List(items.iter().map(|item| Self::of(item, text)).collect()),
            Parsed::Table(table) => Self::of_table(table, text),
        }
    }

    /// Of a table of `text`.
    pub(super) fn of_table(table: &Table, text: &str) -> Self {
        Self::Table(table.entries.iter().map(|entry| (entry.key.clone(), Self::of(&entry.node, text))).collect())
    }

    /// Texts, as most keys hold them.
    pub fn texts<T: Into<String>>(texts: impl IntoIterator<Item = T>) -> Self {
        Self::List(texts.into_iter().map(|text| Self::Text(text.into())).collect())
    }

    /// The elements of a list; a single value is a list of itself.
    pub fn items(&self) -> &[Self] {
        match self {
            Self::List(items) => items,
            _ => std::slice::from_ref(self),
        }
    }

    /// The day and time, if it is one: a mere date would be read as its midnight.
    pub(super) fn moment(&self) -> Option<DateTime> {
        match self {
            Self::Moment(at) => Some(*at),
            Self::Text(text) if text.contains(':') => text.trim().replace(' ', "T").parse().ok(),
            _ => None,
        }
    }

    /// The text, if it is one.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Whether it says the same as `other`, where a value stands for a list of itself.
    pub fn says_as(&self, other: &Self) -> bool {
        self == other || (self.items() == other.items() && !self.items().is_empty())
    }

    /// In the words of TOML, on one line.
    pub(super) fn written(&self) -> String {
        match self {
            Self::Text(text) => quoted(text),
            Self::Integer(number) => number.to_string(),
            Self::Float(number) => format!("{number:?}"),
            Self::Flag(flag) => flag.to_string(),
            Self::Date(date) => date.to_string(),
            Self::Time(time) => time.strftime("%H:%M:%S").to_string(),
            Self::Moment(at) => at.strftime("%Y-%m-%dT%H:%M:%S").to_string(),
            Self::List(items) => {
                format!("[{}]", items.iter().map(Self::written).collect::<Vec<_>>().join(", "))
            }
            Self::Table(table) => {
                let pairs: Vec<String> =
                    table.iter().map(|(key, value)| format!("{} = {}", bare(key), value.written())).collect();
                if pairs.is_empty() { "{}".to_owned() } else { format!("{{ {} }}", pairs.join(", ")) }
            }
            Self::Other(written) => written.clone(),
        }
    }

    /// The same in the quotes that stand at `old`, where they can hold it.
    pub(super) fn written_like(&self, old: &str) -> String {
        match self {
            Self::Text(text)
                if old.starts_with('\'')
                    && !old.starts_with("'''")
                    && !text.contains(|c: char| c == '\'' || c.is_control()) =>
            {
                format!("'{text}'")
            }
            _ => self.written(),
        }
    }

    /// For people: lists joined, no quotes.
    pub fn said(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Date(date) => date.strftime("%d/%m/%Y").to_string(),
            Self::Moment(at) => {
                let seconds = if at.second() == 0 { "" } else { ":%S" };
                at.strftime(&format!("%H:%M{seconds} %d/%m/%Y")).to_string()
            }
            Self::List(items) => items.iter().map(Self::said).collect::<Vec<_>>().join(", "),
            Self::Table(table) => {
                table.iter().map(|(key, value)| format!("{key}: {}", value.said())).collect::<Vec<_>>().join("; ")
            }
            other => other.written(),
        }
    }
}

/// A key, in quotes where it needs them.
pub(super) fn bare(key: &str) -> String {
    let plain = !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    if plain { key.to_owned() } else { quoted(key) }
}

fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            c if c.is_control() => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
