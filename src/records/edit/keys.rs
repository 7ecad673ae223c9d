use std::collections::BTreeMap;

use super::entry::{Of, Seat, seat};
use super::layout::{FileLayout, LineKind};
use super::list::list;
use super::proof;
use super::splice::Splice;
use super::value::bare;
use super::{Refusal, Value};
use crate::diag::document::TomlValue as Is;
use crate::diag::text;
use crate::schedule::BROADCAST_KEYS;

/// Where a key stands in an entry: those that nobody knows come last. What says when stands before what narrows it.
pub(super) fn rank(key: &str) -> usize {
    let key = if key == "date" { "dates" } else { key };
    BROADCAST_KEYS.iter().position(|one| *one == key).unwrap_or(BROADCAST_KEYS.len())
}

/// The text with these keys of an entry set, or taken out where there is no value; all other bytes are as they were.
/// What says the same as before is not written at all.
pub(super) fn keys(
    path: &str,
    text: &str,
    of: Of,
    name: &str,
    keys: &[(String, Option<Value>)],
) -> Result<String, Refusal> {
    let mut text = text.to_owned();
    // One key after the other, each against the text that the one before left: each is proved by itself.
    for (key, value) in keys {
        let layout = FileLayout::of(path, &text)?;
        let seat = seat(&layout, of, name)?;
        let Some(next) = one(&layout, &seat, key, value.as_ref())? else { continue };
        proof::of_key(&layout, &seat, key, value.as_ref(), path, &next)?;
        text = next;
    }
    Ok(text)
}

/// The text with one key changed; `None` where it says so already.
fn one(layout: &FileLayout, seat: &Seat, key: &str, value: Option<&Value>) -> Result<Option<String>, Refusal> {
    if seat.of == Of::Broadcast && key == "id" {
        return Err(Refusal::new(
            "id_is_fixed",
            text!(
                "id của mục phát không đổi được: nhật ký ghi theo id",
                "an id does not change: the journal goes by it"
            ),
            text!("đổi tên mục (title); id giữ nguyên", "change its title; the id stays"),
        ));
    }
    let found = seat.table().and_then(|table| table.get(key));
    let says = found.map(|found| Value::of(&found.node, &layout.text));
    match (&says, value) {
        (None, None) => return Ok(None),
        (Some(says), Some(value)) if says.says_as(value) => return Ok(None),
        _ => {}
    }
    if seat.lines.is_none() {
        return Err(Refusal::by_hand(&seat.name));
    }
    let plain = seat.plain(layout, key);
    if found.is_some() && plain.is_none() {
        return Err(Refusal::by_hand(key));
    }
    let mut splice = Splice::default();
    match (plain, value) {
        (Some(plain), Some(value)) => match (&plain.node.value, value) {
            (Is::List(_), Value::List(new)) => list(layout, &plain.node, new, &mut splice),
            // A single value in the place of a list of one stays a list.
            (Is::List(_), new @ (Value::Text(_) | Value::Date(_) | Value::Moment(_) | Value::Integer(_))) => {
                list(layout, &plain.node, std::slice::from_ref(new), &mut splice);
            }
            (_, Value::List(new)) if new.len() == 1 => {
                splice.put(plain.node.span.clone(), new[0].written_like(layout.at(&plain.node.span)));
            }
            (_, value) => splice.put(plain.node.span.clone(), value.written_like(layout.at(&plain.node.span))),
        },
        (Some(plain), None) => remove(layout, layout.line_of(plain.key_span.start), &mut splice),
        (None, Some(value)) => insert(layout, seat, key, value, &mut splice),
        (None, None) => {}
    }
    Ok((!splice.is_empty()).then(|| splice.apply(&layout.text)))
}

/// Take a key out, with the comments right above it.
fn remove(layout: &FileLayout, at: usize, splice: &mut Splice) {
    let mut first = at;
    while first > 0 && layout.lines[first - 1].kind == LineKind::Comment {
        first -= 1;
    }
    let mut start = layout.lines[first].span.start;
    let end = layout.lines[at].span.end;
    // The end of the file stays as it is, with or without a line feed.
    if end == layout.text.len() && !layout.text.ends_with('\n') {
        let before = &layout.text[..start];
        let before = before.strip_suffix('\n').unwrap_or(before);
        start = before.strip_suffix('\r').unwrap_or(before).len();
    }
    splice.put(start..end, "");
}

/// Put a new key below the one that usually stands above it, in the same way: indented alike, `=` below `=`.
fn insert(layout: &FileLayout, seat: &Seat, key: &str, value: &Value, splice: &mut Splice) {
    let style = Style::of(layout, seat);
    let entries = seat.table().map_or(&[][..], |table| &table.entries);
    let plain = entries.iter().filter(|entry| seat.plain(layout, &entry.key).is_some());
    let above = plain.clone().rfind(|entry| rank(&entry.key) <= rank(key)).or_else(|| plain.clone().next_back());
    let after = above.map_or(seat.body.start, |above| layout.line_of(above.key_span.start));
    let (line, ending) = (style.line(key, &value.written()), layout.ending());
    let end = layout.lines[after].span.end;
    if layout.text[..end].ends_with('\n') {
        splice.put(end..end, line + ending);
    } else {
        splice.put(end..end, format!("{ending}{line}"));
    }
}

/// How the keys of an entry are written.
#[derive(Clone, Debug)]
pub(super) struct Style {
    indent: String,
    /// Where all of them have their `=`, counted from the key's first letter.
    column: Option<usize>,
    before: String,
    after: String,
}

impl Style {
    /// Of an entry; as its first key is written.
    pub(super) fn of(layout: &FileLayout, seat: &Seat) -> Self {
        let entries = seat.table().map_or(&[][..], |table| &table.entries);
        let plain: Vec<_> = entries.iter().filter(|entry| seat.plain(layout, &entry.key).is_some()).collect();
        let Some(first) = plain.first() else { return Self::plain() };
        let between = |entry: &crate::diag::document::KeyValue| {
            let between = layout.at(&(entry.key_span.end..entry.node.span.start));
            let (before, after) = between.split_once('=').unwrap_or((" ", " "));
            (before.to_owned(), after.to_owned())
        };
        // The column in which most of them have it; where only keys of one length do, it may be by chance.
        let mut columns: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for one in &plain {
            let width = one.key_span.len();
            columns.entry(width + between(one).0.chars().count()).or_default().push(width);
        }
        let most = columns.iter().max_by_key(|(_, widths)| widths.len());
        let aligned = most.filter(|(_, widths)| widths.iter().any(|width| *width != widths[0]));
        let column = aligned.map(|(column, _)| *column);
        let start = layout.lines[layout.line_of(first.key_span.start)].span.start;
        let (before, after) = between(first);
        let indent = layout.text[start..first.key_span.start].trim_start_matches('\u{feff}').to_owned();
        let before = if before.is_empty() { before } else { " ".to_owned() };
        Self { indent, column, before, after }
    }

    /// One blank on each side.
    pub(super) fn plain() -> Self {
        Self { indent: String::new(), column: None, before: " ".to_owned(), after: " ".to_owned() }
    }

    /// The same for keys of which the longest has `width` letters.
    pub(super) fn wide(self, width: usize) -> Self {
        Self { column: self.column.map(|column| column.max(width + 1)), ..self }
    }

    /// `key = value`.
    pub(super) fn line(&self, key: &str, value: &str) -> String {
        let key = bare(key);
        let blanks = self.column.and_then(|column| column.checked_sub(key.len())).filter(|blanks| *blanks > 0);
        let before = blanks.map_or_else(|| self.before.clone(), |blanks| " ".repeat(blanks));
        format!("{}{key}{before}={}{value}", self.indent, self.after)
    }
}
