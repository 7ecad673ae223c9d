//! What holds something back and stands where it is not read, or under another name. It must not be lost for that: what is
//! wrong never lets more through.

use crate::diag::document::{KeyValue, Table, TomlValue};
use crate::diag::{fold, nearest};

/// Whether an approval is asked for by a key that is not read: misspelt, on a broken line, or in a table below.
pub(super) fn wants_approval(root: &Table) -> bool {
    let below = root.entries.iter().filter_map(|entry| match &entry.node.value {
        // Zones and groups are named by people.
        TomlValue::Table(table) if !matches!(entry.key.as_str(), "zones" | "groups") => Some(table),
        _ => None,
    });
    root.entries.iter().filter(|entry| entry.key != "approval" || entry.broken).any(asks)
        || below.flat_map(|table| &table.entries).any(asks)
}

fn asks(entry: &KeyValue) -> bool {
    let folded = fold(&entry.key);
    let is_meant = nearest(&folded, ["approval", "approve", "approved", "pheduyet"]).is_some();
    let is_none = matches!(&entry.node.value, TomlValue::Text(said) if ["none", "no", "khong"].contains(&&*fold(said)))
        || entry.node.value == TomlValue::Flag(false);
    is_meant && !is_none && !matches!(entry.node.value, TomlValue::Table(_))
}
