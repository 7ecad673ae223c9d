use std::collections::BTreeMap;
use std::ops::Range;

use super::entry::{Of, Seat, seats};
use super::keys::{Style, rank};
use super::layout::{FileLayout, LineKind};
use super::proof;
use super::splice::Splice;
use super::{Refusal, Value};
use crate::diag::document::TomlValue as Is;
use crate::diag::{shown, text};
use crate::schedule::slug;

/// Begins a file that did not exist: who opens it sees where it comes from.
const NEW_FILE: &str = "# Những mục thêm từ trang của đài. Sửa tay cũng được: trang giữ nguyên những gì viết ở đây.\n";

/// The text with one table more, below the last of its kind and written as that one is.
pub(super) fn add(path: &str, text: &str, of: Of, keys: &BTreeMap<String, Value>) -> Result<String, Refusal> {
    let layout = FileLayout::of(path, text)?;
    let seats = seats(&layout);
    let last = seats.iter().rfind(|seat| seat.of == of && seat.lines.is_some());
    let mut style = last.map_or_else(Style::plain, |last| Style::of(&layout, last));
    let width = keys.keys().map(String::len).max().unwrap_or(0);
    style = style.wide(width);
    let mut order: Vec<(&String, &Value)> = keys.iter().collect();
    order.sort_by_key(|(key, _)| rank(key));
    let mut lines = vec![format!("[[{}]]", of.table())];
    for (key, value) in order {
        lines.push(style.line(key, &like(last, key, value).written()));
    }
    let (next, index) = put(&layout, last, &lines.join(layout.ending()));
    proof::of_addition(&layout, of.table(), None, index, &Value::Table(keys.clone()), path, &next)?;
    Ok(next)
}

/// The text with an entry that was taken out again in it, with its comments: behind the entry `after`, else behind the
/// last of its kind.
pub(super) fn put_back(path: &str, text: &str, of: Of, lines: &str, after: Option<&str>) -> Result<String, Refusal> {
    let layout = FileLayout::of(path, text)?;
    let alone = FileLayout::of(path, lines)?;
    let own = super::entry::seats(&alone);
    let [own] = &own[..] else { return Err(Refusal::by_hand(of.table())) };
    let seats = seats(&layout);
    if of == Of::Broadcast && seats.iter().any(|seat| seat.of == of && seat.name == own.name) {
        return Err(id_taken(&own.name));
    }
    let behind =
        after.and_then(|after| seats.iter().find(|seat| seat.of == of && seat.name == after && seat.lines.is_some()));
    let last = behind.or_else(|| seats.iter().rfind(|seat| seat.of == of && seat.lines.is_some()));
    let entry = own.table().map_or(Value::Flag(true), |table| Value::of_table(table, lines));
    let (next, index) = put(&layout, last, lines.trim_end_matches(['\r', '\n']));
    let key = of.is_keyed().then_some(own.name.as_str());
    if of.is_keyed() || !matches!(own.of, Of::Rules) {
        proof::of_addition(&layout, of.table(), key, index, &entry, path, &next)?;
    }
    Ok(next)
}

pub(super) fn id_taken(id: &str) -> Refusal {
    let id = shown(id);
    Refusal::new(
        "id_taken",
        text!("đã có mục mang id «{id}»", "there is an entry with the id \"{id}\" already"),
        text!("xóa hoặc đổi mục đang có trước", "delete or change that one first"),
    )
}

/// Put `lines` behind `last`, or at the end, an empty line between; gives its place among its kind too.
fn put(layout: &FileLayout, last: Option<&Seat>, lines: &str) -> (String, Option<usize>) {
    let ending = layout.ending();
    let mut splice = Splice::default();
    let (at, index) = match last {
        Some(last) => (last.span.end, Some(last.index + 1)),
        None => (layout.text.len(), None),
    };
    let (before, below) = (&layout.text[..at], &layout.text[at..]);
    let blank = before.trim_start_matches('\u{feff}').is_empty();
    let parted = before.ends_with("\n\n") || before.ends_with("\n\r\n");
    let new = if blank {
        format!("{lines}{ending}")
    } else if !before.ends_with('\n') {
        // A file without a line feed at its end keeps to that.
        format!("{ending}{ending}{lines}")
    } else if parted {
        format!("{lines}{ending}")
    } else if below.is_empty() || below.starts_with('\n') || below.starts_with("\r\n") {
        format!("{ending}{lines}{ending}")
    } else {
        format!("{ending}{lines}{ending}{ending}")
    };
    splice.put(at..at, new);
    (splice.apply(&layout.text), index)
}

/// A single value stands alone or in brackets, as it does in the entry above.
fn like(last: Option<&Seat>, key: &str, value: &Value) -> Value {
    let above = last.and_then(Seat::table).and_then(|table| table.get(key)).map(|entry| &entry.node.value);
    match (above, value) {
        (Some(Is::List(_)), Value::Text(_)) => Value::List(vec![value.clone()]),
        (Some(Is::Text(_)), Value::List(items)) if items.len() == 1 => items[0].clone(),
        _ => value.clone(),
    }
}

/// The text without an entry and its comments.
pub(super) fn take_out(path: &str, text: &str, of: Of, name: &str) -> Result<String, Refusal> {
    let layout = FileLayout::of(path, text)?;
    let seat = super::entry::seat(&layout, of, name)?;
    let Some(lines) = seat.lines.clone() else { return Err(Refusal::by_hand(name)) };
    let span = with_gap(&layout, &lines, seat.span.clone());
    let mut splice = Splice::default();
    splice.put(span, "");
    let next = splice.apply(text);
    proof::of_removal(&layout, &seat, path, &next)?;
    Ok(next)
}

/// An entry with the empty lines that part it from the next one; of the last one, from the one before. Where nothing
/// parts it from the one before they stay: the comment below them would become that one's.
fn with_gap(layout: &FileLayout, lines: &Range<usize>, span: Range<usize>) -> Range<usize> {
    let is_blank = |at: &usize| layout.lines[*at].kind == LineKind::Blank;
    let below = (lines.end..layout.lines.len()).take_while(is_blank).count();
    let above = (0..lines.start).rev().take_while(is_blank).last().unwrap_or(lines.start);
    if lines.end + below < layout.lines.len() {
        let parted = lines.start == 0 || above < lines.start;
        return span.start..if parted && below > 0 { layout.lines[lines.end + below - 1].span.end } else { span.end };
    }
    let start = if above < lines.start { layout.lines[above].span.start } else { span.start };
    let mark = if start == 0 && layout.text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    start.max(mark)..layout.text.len()
}

/// The text of a file that does not exist yet.
pub(super) fn new_file() -> String {
    format!("{NEW_FILE}\n")
}

/// An id for a new broadcast: the letters of its title without marks, and a number where that is taken.
pub(super) fn id_of(title: &str, taken: &dyn Fn(&str) -> bool) -> String {
    let stem = match slug(title) {
        slug if slug.is_empty() => "thong-bao".to_owned(),
        slug => slug,
    };
    let numbered = (2..).map(|number| format!("{stem}-{number}"));
    std::iter::once(stem.clone()).chain(numbered).find(|id| !taken(id)).unwrap_or(stem)
}
