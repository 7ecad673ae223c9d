use std::ops::Range;

use jiff::civil::{Date, DateTime, Time};

use crate::diag::{Text, text};

/// A value and where it stands.
#[derive(Clone, PartialEq, Debug)]
pub struct Node {
    /// What it is.
    pub value: TomlValue,
    /// Byte range; for a table under a header, the header.
    pub span: Range<usize>,
}

/// What a value is.
#[derive(Clone, PartialEq, Debug)]
pub enum TomlValue {
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
    /// `05:30`, `05:30:15`.
    Time(Time),
    /// A date with a local time: `2026-12-01T12:00:00`; none where it has an offset, or cannot be.
    Moment(Option<DateTime>),
    /// A number too large to hold.
    Huge,
    /// `[...]`, or tables under `[[...]]`.
    List(Vec<Node>),
    /// `{...}`, or what stands under `[...]`.
    Table(Table),
}

/// Keys and values in the order written.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Table {
    /// The keys and values.
    pub entries: Vec<KeyValue>,
}

/// A key and its value.
#[derive(Clone, PartialEq, Debug)]
pub struct KeyValue {
    /// The key, without quotes.
    pub key: String,
    /// Where the key stands.
    pub key_span: Range<usize>,
    /// Its value.
    pub node: Node,
    /// A syntax error stands on its line: the value is a guess.
    pub broken: bool,
}

impl Node {
    /// The elements of a list; a single value is a list of itself.
    pub fn items(&self) -> &[Self] {
        match &self.value {
            TomlValue::List(items) => items,
            _ => std::slice::from_ref(self),
        }
    }

    /// The table, if it is one.
    pub const fn table(&self) -> Option<&Table> {
        match &self.value {
            TomlValue::Table(table) => Some(table),
            _ => None,
        }
    }

    /// What a person calls this kind of value.
    pub fn kind(&self) -> Text {
        match self.value {
            TomlValue::Text(_) => text!("chữ trong ngoặc kép", "a text in quotes"),
            TomlValue::Integer(_) | TomlValue::Float(_) => text!("số", "a number"),
            TomlValue::Flag(_) => text!("true/false", "true or false"),
            TomlValue::Date(_) => text!("ngày", "a date"),
            TomlValue::Time(_) => text!("giờ", "a time"),
            TomlValue::Moment(_) => text!("ngày kèm giờ", "a date with a time"),
            TomlValue::Huge => text!("số quá lớn", "a number too large"),
            TomlValue::List(_) => text!("danh sách trong ngoặc vuông", "a list"),
            TomlValue::Table(_) => text!("một bảng", "a table"),
        }
    }
}

impl Table {
    /// The entry of `key`.
    pub fn get(&self, key: &str) -> Option<&KeyValue> {
        self.entries.iter().find(|entry| entry.key == key)
    }
}
