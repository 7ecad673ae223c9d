use std::ops::Range;

use super::Value;
use super::layout::FileLayout;
use super::splice::Splice;
use crate::diag::document::Node;

/// Turn the list at `list` into `new`, so that elements that stay keep their bytes, their comments and their places.
///
/// Elements at the beginning and at the end that are the same stay; what is between is replaced one by one, and what is
/// over is taken out with its comma and its comment, or put in after the one before.
pub(super) fn list(layout: &FileLayout, list: &Node, new: &[Value], splice: &mut Splice) {
    let text = layout.text.as_str();
    let nodes = list.items();
    let old: Vec<Value> = nodes.iter().map(|node| Value::of(node, text)).collect();
    let head = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let left = old.len().min(new.len()) - head;
    let tail = old.iter().rev().zip(new.iter().rev()).take(left).take_while(|(a, b)| a == b).count();
    let (gone, come) = (&nodes[head..nodes.len() - tail], &new[head..new.len() - tail]);
    let both = gone.len().min(come.len());
    for (node, value) in gone.iter().zip(come) {
        splice.put(node.span.clone(), value.written_like(layout.at(&node.span)));
    }
    let rest = head + both..nodes.len() - tail;
    if rest.is_empty() {
        insert(layout, list, head + both, &come[both..], splice);
    } else if rest.len() == nodes.len() && both == 0 {
        // Nothing stays: what stands between the brackets goes, comments of what is gone among it.
        splice.put(list.span.start + 1..list.span.end - 1, "");
    } else {
        take_out(layout, list, rest, splice);
    }
}

/// Put values in before the element number `at`.
fn insert(layout: &FileLayout, list: &Node, at: usize, values: &[Value], splice: &mut Splice) {
    if values.is_empty() {
        return;
    }
    let (text, nodes) = (layout.text.as_str(), list.items());
    let written: Vec<String> =
        values.iter().map(|value| value.written_like(nodes.first().map_or("", |node| layout.at(&node.span)))).collect();
    let Some(before) = at.checked_sub(1).map(|at| &nodes[at]) else {
        let (place, joined) = match nodes.first() {
            // Before the first one, on whatever line it stands.
            Some(first) => (first.span.start, written.join(", ") + ", "),
            None => (list.span.start + 1, written.join(", ")),
        };
        // In an empty list a comment may stand first, and would swallow what follows it; before it is free.
        splice.put(place..place, joined);
        return;
    };
    let bound = nodes.get(at).map_or(list.span.end - 1, |next| next.span.start);
    let comma = comma_in(text, before.span.end..bound);
    let own_line = text[..before.span.start].rfind('\n').map_or(0, |feed| feed + 1);
    let indent = &text[own_line..before.span.start];
    let feed = text[before.span.end..bound].find('\n').map(|feed| before.span.end + feed);
    match feed {
        // Each element has a line of its own: the new ones too, below the comment of the one before.
        Some(feed) if indent.trim().is_empty() && own_line > list.span.start => {
            let ending = if text[..feed].ends_with('\r') { "\r\n" } else { "\n" };
            if comma.is_none() {
                splice.put(before.span.end..before.span.end, ",");
            }
            let last_comma = comma.is_some();
            let count = written.len();
            let mut lines = String::new();
            for (number, value) in written.iter().enumerate() {
                let comma = if number + 1 < count || last_comma { "," } else { "" };
                lines.extend([indent, value, comma, ending]);
            }
            splice.put(feed + 1..feed + 1, lines);
        }
        _ => {
            let joined: String = written.iter().flat_map(|value| [", ", value.as_str()]).collect();
            splice.put(before.span.end..before.span.end, joined);
        }
    }
}

/// Take elements out: some stay.
fn take_out(layout: &FileLayout, list: &Node, gone: Range<usize>, splice: &mut Splice) {
    let (text, nodes) = (layout.text.as_str(), list.items());
    for at in gone.clone() {
        let node = &nodes[at];
        let bound = nodes.get(at + 1).map_or(list.span.end - 1, |next| next.span.start);
        let after = comma_in(text, node.span.end..bound);
        let own_line = text[..node.span.start].rfind('\n').map_or(0, |feed| feed + 1);
        let alone_before = own_line > list.span.start && text[own_line..node.span.start].trim().is_empty();
        let end = after.map_or(node.span.end, |comma| comma + 1);
        let line_end = text[end..bound].find('\n').map(|feed| end + feed + 1);
        let rest = line_end.map(|line_end| text[end..line_end].trim());
        let alone = alone_before && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('#'));
        let piece = match line_end {
            // Its whole line, with its comment.
            Some(line_end) if alone => comment_above(layout, list, nodes, at, own_line, line_end)..line_end,
            _ => {
                let blanks = text[end..bound].chars().take_while(|c| matches!(c, ' ' | '\t')).count();
                let last = at + 1 == nodes.len();
                node.span.start..if last { end } else { end + blanks }
            }
        };
        splice.put(piece, "");
    }
    // The last one is gone and had no comma: the one before needs none either, in whatever way it is written.
    if gone.end == nodes.len()
        && comma_in(text, nodes[gone.end - 1].span.end..list.span.end - 1).is_none()
        && let Some(before) = gone.start.checked_sub(1).map(|at| &nodes[at])
        && let Some(comma) = comma_in(text, before.span.end..nodes[gone.start].span.start)
    {
        let same_line = !text[comma..nodes[gone.start].span.start].contains('\n');
        let blanks = if same_line { nodes[gone.start].span.start } else { comma + 1 };
        splice.put(comma..blanks, "");
    }
}

/// Where the lines of an element begin that goes: with the comment right above it, unless that heads more than this one, as
/// where the next element follows without a comment of its own.
fn comment_above(
    layout: &FileLayout,
    list: &Node,
    nodes: &[Node],
    at: usize,
    own_line: usize,
    line_end: usize,
) -> usize {
    let text = layout.text.as_str();
    let follows = nodes.get(at + 1).is_some_and(|next| {
        text.get(line_end..next.span.start).is_some_and(|between| between.trim().is_empty() && !between.contains('\n'))
    });
    let mut begin = own_line;
    while !follows && begin > list.span.start + 1 {
        let before = text[..begin - 1].rfind('\n').map_or(0, |feed| feed + 1);
        if before <= list.span.start || !text[before..begin].trim_start().starts_with('#') {
            break;
        }
        begin = before;
    }
    begin
}

/// The comma in a stretch between two elements: none in a comment.
fn comma_in(text: &str, within: Range<usize>) -> Option<usize> {
    let mut in_comment = false;
    for (at, byte) in text.as_bytes()[within.clone()].iter().enumerate() {
        match byte {
            b'#' => in_comment = true,
            b'\n' => in_comment = false,
            b',' if !in_comment => return Some(within.start + at),
            _ => {}
        }
    }
    None
}
