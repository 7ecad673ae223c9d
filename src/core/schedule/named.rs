use super::{Named, Play, place_of, word};
use crate::diag::Findings;
use crate::diag::document::{Node, Table, TomlValue, clean};

/// Where each sound of a broadcast is named: each name once, where it stands first.
pub(super) fn named(findings: &Findings<'_>, table: &Table) -> Vec<Named> {
    let mut all: Vec<Named> = Vec::new();
    let of_play =
        table.get("play").into_iter().flat_map(|entry| entry.node.items().iter().map(move |node| (entry, node)));
    let others = ["chime", "bed"].into_iter().filter_map(|key| table.get(key)).map(|entry| (entry, &entry.node));
    for (entry, node) in of_play.chain(others) {
        let inner = node.table().and_then(|table| table.get("file")).map_or(node, |entry| &entry.node);
        let is_new = |name: &String| all.iter().all(|one| one.name != *name);
        let is_sound = |name: &String| matches!(word::play(name), Ok(Play::Sound(_)));
        let Some(name) = text_of(inner).filter(|name| is_new(name) && is_sound(name)) else { continue };
        let place = place_of(findings, &inner.span);
        let (_, column) = findings.lines().place(&findings.file().text, inner.span.start);
        all.push(Named { name, place, column, alone: entry.node.span == inner.span });
    }
    all
}

fn text_of(node: &Node) -> Option<String> {
    match &node.value {
        TomlValue::Text(written) => Some(clean(written)),
        _ => None,
    }
}
