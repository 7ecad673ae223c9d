use std::collections::BTreeMap;

use super::entry::Seat;
use super::layout::FileLayout;
use super::{Refusal, Value};
use crate::diag::text;

/// Whether `next` means what `layout` means with this one key changed, and nothing else is another.
///
/// Every text that this room makes comes by here before anybody sees it: whatever an unforeseen way of writing does to
/// the splicing, it is refused and never written.
pub(super) fn of_key(
    layout: &FileLayout,
    seat: &Seat,
    key: &str,
    value: Option<&Value>,
    path: &str,
    next: &str,
) -> Result<(), Refusal> {
    let mut wanted = Value::of_table(&layout.root, &layout.text);
    let reached = change(&mut wanted, seat, |entry| match value {
        Some(value) => drop(entry.insert(key.to_owned(), value.clone())),
        None => drop(entry.remove(key)),
    });
    let is = read(path, next)?;
    let in_place = {
        let (start, end) = (seat.span.start, layout.text.len() - seat.span.end);
        next.as_bytes().get(..start) == layout.text.as_bytes().get(..start)
            && next
                .len()
                .checked_sub(end)
                .is_some_and(|at| at >= start && next.as_bytes()[at..] == layout.text.as_bytes()[seat.span.end..])
    };
    if reached && in_place && same(&wanted, &is) { Ok(()) } else { Err(unproved(&seat.name)) }
}

/// Whether `next` means what `layout` means without this entry.
pub(super) fn of_removal(layout: &FileLayout, seat: &Seat, path: &str, next: &str) -> Result<(), Refusal> {
    let mut wanted = Value::of_table(&layout.root, &layout.text);
    let Value::Table(root) = &mut wanted else { return Err(unproved(&seat.name)) };
    let table = seat.of.table();
    let empty = match root.get_mut(table) {
        Some(Value::List(items)) if seat.index < items.len() => {
            items.remove(seat.index);
            items.is_empty()
        }
        Some(Value::Table(keyed)) if seat.of.is_keyed() => {
            keyed.remove(&seat.name);
            keyed.is_empty()
        }
        Some(_) => true,
        None => return Err(unproved(&seat.name)),
    };
    if empty {
        root.remove(table);
    }
    if same(&wanted, &read(path, next)?) { Ok(()) } else { Err(unproved(&seat.name)) }
}

/// Whether `next` means what `layout` means with one entry more.
pub(super) fn of_addition(
    layout: &FileLayout,
    table: &str,
    key: Option<&str>,
    index: Option<usize>,
    entry: &Value,
    path: &str,
    next: &str,
) -> Result<(), Refusal> {
    let mut wanted = Value::of_table(&layout.root, &layout.text);
    let Value::Table(root) = &mut wanted else { return Err(unproved(table)) };
    match key {
        Some(key) => {
            let keyed = root.entry(table.to_owned()).or_insert_with(|| Value::Table(BTreeMap::new()));
            let Value::Table(keyed) = keyed else { return Err(unproved(table)) };
            if keyed.insert(key.to_owned(), entry.clone()).is_some() {
                return Err(unproved(table));
            }
        }
        None => match root.get_mut(table) {
            None => drop(root.insert(table.to_owned(), Value::List(vec![entry.clone()]))),
            Some(Value::List(items)) => items.insert(index.unwrap_or(items.len()).min(items.len()), entry.clone()),
            Some(_) => return Err(unproved(table)),
        },
    }
    if same(&wanted, &read(path, next)?) { Ok(()) } else { Err(unproved(table)) }
}

fn read(path: &str, text: &str) -> Result<Value, Refusal> {
    // What was made here and cannot be read is no fault of the file.
    let layout = FileLayout::of(path, text).map_err(|_| unproved(path))?;
    Ok(Value::of_table(&layout.root, &layout.text))
}

/// Give `with` the entry of `seat`.
fn change(root: &mut Value, seat: &Seat, with: impl FnOnce(&mut BTreeMap<String, Value>)) -> bool {
    let Value::Table(root) = root else { return false };
    let entry = match root.get_mut(seat.of.table()) {
        Some(Value::List(items)) => items.get_mut(seat.index),
        Some(Value::Table(keyed)) if seat.of.is_keyed() => keyed.get_mut(&seat.name),
        single => single,
    };
    let Some(Value::Table(entry)) = entry else { return false };
    with(entry);
    true
}

/// The same, where a single value stands for a list of itself in the keys of an entry.
fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Table(a), Value::Table(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|((key, a), (other, b))| key == other && same(a, b))
        }
        (Value::List(many), Value::List(others)) => {
            many.len() == others.len() && many.iter().zip(others).all(|(a, b)| same(a, b))
        }
        (a, b) => a.says_as(b),
    }
}

fn unproved(name: &str) -> Refusal {
    Refusal::new(
        "not_by_form",
        Refusal::by_hand(name).message,
        text!("sửa thẳng trong tệp; chưa có gì được ghi", "change it in the file itself; nothing was written"),
    )
}

/// Whether `next` means what `layout` means with the entry that stands alone in `alone` in the place of this one.
pub(super) fn of_lines(
    layout: &FileLayout,
    seat: &Seat,
    alone: &FileLayout,
    path: &str,
    next: &str,
) -> Result<(), Refusal> {
    let own = super::entry::seats(alone);
    let own = own.first().and_then(Seat::table).map(|table| Value::of_table(table, &alone.text));
    let mut wanted = Value::of_table(&layout.root, &layout.text);
    let reached = change(&mut wanted, seat, |entry| {
        if let Some(Value::Table(own)) = own {
            *entry = own;
        }
    });
    if reached && same(&wanted, &read(path, next)?) { Ok(()) } else { Err(unproved(&seat.name)) }
}
