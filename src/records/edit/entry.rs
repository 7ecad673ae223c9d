use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::layout::{FileLayout, LineKind, is_whole};
use super::{Digest, Refusal, Value};
use crate::diag::document::{KeyValue as Parsed, Node, Table, TomlValue as Is};
use crate::schedule::BROADCAST_KEYS;

/// What an entry of a schedule is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Of {
    /// `[[broadcast]]`, named by its id.
    Broadcast,
    /// `[[cancel]]`, named by its place among them: `1`, `2`.
    Cancel,
    /// `[[holiday]]`, named by its name.
    Holiday,
    /// `[mourning]`, `[[mourning]]`, named by its place.
    Mourning,
    /// `[campaigns.ID]`.
    Campaign,
    /// `[days.NAME]`.
    Days,
    /// `[rules]`.
    Rules,
}

impl Of {
    /// Every kind.
    pub const ALL: [Self; 7] =
        [Self::Broadcast, Self::Cancel, Self::Holiday, Self::Mourning, Self::Campaign, Self::Days, Self::Rules];

    /// The table's name in the file.
    pub const fn table(self) -> &'static str {
        match self {
            Self::Broadcast => "broadcast",
            Self::Cancel => "cancel",
            Self::Holiday => "holiday",
            Self::Mourning => "mourning",
            Self::Campaign => "campaigns",
            Self::Days => "days",
            Self::Rules => "rules",
        }
    }

    /// Each of its tables has a key of its own: `[days.NAME]`.
    pub(super) const fn is_keyed(self) -> bool {
        matches!(self, Self::Campaign | Self::Days)
    }
}

/// The keys of a broadcast that no form changes: they stand as they are written, and an id is made once.
const BY_HAND: [&str; 4] = ["id", "leap", "cron", "only"];

/// The keys of a broadcast that a form changes, in the order in which they are best written.
pub fn form_keys() -> impl Iterator<Item = &'static str> {
    BROADCAST_KEYS.into_iter().filter(|key| !BY_HAND.contains(key))
}

/// An entry of a file as it was read.
#[derive(Clone, PartialEq, Debug)]
pub struct FileEntry {
    /// The file, relative to the station.
    pub file: String,
    /// What it is.
    pub of: Of,
    /// What it is called among its kind in this file; the second of one name is `NAME#2`.
    pub name: String,
    /// Of its lines: a change hands it back, so that what somebody else changed meanwhile is noticed.
    pub digest: Digest,
    /// Its lines, with the comments that belong to it.
    pub lines: String,
    /// The number of its first line, from 1.
    pub line: usize,
    /// It is written in a way that cannot be changed by form: inside one line of another table, say.
    pub by_hand: bool,
    /// Its keys, in the order written.
    pub fields: Vec<Field>,
}

/// A key of an entry.
#[derive(Clone, PartialEq, Debug)]
pub struct Field {
    /// The key.
    pub key: String,
    /// What it says.
    pub value: Value,
    /// The value as it is written.
    pub written: String,
    /// Its line, from 1.
    pub line: usize,
    /// It stands as it is written by hand: a form shows it and keeps it.
    pub by_hand: bool,
}

impl FileEntry {
    /// An entry of its lines alone, as a form hands them back: what somebody had before them.
    pub fn of_lines(file: &str, of: Of, name: &str, lines: &str) -> Option<Self> {
        let layout = FileLayout::of(file, lines).ok()?;
        let mut own: Vec<Seat> = seats(&layout).into_iter().filter(|seat| seat.of == of).collect();
        let at = own.iter().position(|seat| seat.name == name);
        let unnamed = |seat: &Seat| name.parse::<usize>().is_ok() || name.starts_with(&format!("{}#", seat.name));
        let is_alone = own.len() == 1 && own.iter().all(unnamed);
        // The second of one name, or the third without a name, is the first where it stands alone.
        let mut found = own.swap_remove(at.or_else(|| is_alone.then_some(0))?);
        name.clone_into(&mut found.name);
        Some(found.entry(&layout, file))
    }

    /// The broadcast of a file to which a line belongs, where the file can be read.
    pub fn at_line(file: &str, text: &str, line: usize) -> Option<Self> {
        let layout = FileLayout::of(file, text).ok()?;
        let broadcasts = seats(&layout).into_iter().filter(|seat| seat.of == Of::Broadcast);
        broadcasts.map(|seat| seat.entry(&layout, file)).find(|entry| entry.holds(line))
    }

    /// Whether a line of its file is one of its own.
    pub fn holds(&self, line: usize) -> bool {
        (self.line..self.line + self.lines.lines().count().max(1)).contains(&line)
    }

    /// Why no form changes it, where it is written in a way that none can.
    pub fn kept(&self) -> Option<Refusal> {
        self.by_hand.then(|| Refusal::by_hand(self.title()))
    }

    /// The field of `key`.
    pub fn field(&self, key: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.key == key)
    }

    /// What people call it.
    pub fn title(&self) -> &str {
        let said = |key| self.field(key).and_then(|field| field.value.text());
        said("title").or_else(|| said("name")).or_else(|| said("why")).unwrap_or(&self.name)
    }
}

/// Where an entry stands in a [`FileLayout`].
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Seat {
    pub(super) of: Of,
    pub(super) name: String,
    /// Its place among the tables of its name.
    pub(super) index: usize,
    pub(super) node: Node,
    /// Its lines, its comments among them: numbers in [`FileLayout::lines`]. None where it is written by hand.
    pub(super) lines: Option<Range<usize>>,
    /// The header, and the end of the keys that stand right under it: what is below belongs to tables of its own.
    pub(super) body: Range<usize>,
    pub(super) span: Range<usize>,
}

impl Seat {
    pub(super) fn table(&self) -> Option<&Table> {
        self.node.table()
    }

    /// The key with its value, where it is written as `key = value` in a line of this entry.
    pub(super) fn plain<'s>(&'s self, layout: &FileLayout, key: &str) -> Option<&'s Parsed> {
        let found = self.table()?.get(key)?;
        is_plain(layout, self, found).then_some(found)
    }

    /// As it is handed out.
    pub(super) fn entry(&self, layout: &FileLayout, file: &str) -> FileEntry {
        let lines = layout.at(&self.span).to_owned();
        let field = |one: &Parsed| {
            let plain = is_plain(layout, self, one);
            let known = self.of != Of::Broadcast || form_keys().any(|key| key == one.key);
            let written =
                if plain { layout.at(&one.node.span).to_owned() } else { Value::of(&one.node, &layout.text).written() };
            Field {
                key: one.key.clone(),
                value: Value::of(&one.node, &layout.text),
                written,
                line: layout.number(one.key_span.start),
                by_hand: !(plain && known),
            }
        };
        FileEntry {
            file: file.to_owned(),
            of: self.of,
            name: self.name.clone(),
            digest: Digest::of(lines.as_bytes()),
            line: layout.number(self.span.start),
            lines,
            by_hand: self.lines.is_none(),
            fields: self.table().map(|table| table.entries.iter().map(field).collect()).unwrap_or_default(),
        }
    }
}

fn is_plain(layout: &FileLayout, seat: &Seat, found: &Parsed) -> bool {
    let at = layout.line_of(found.key_span.start);
    let line = &layout.lines[at];
    let between = layout.text.get(found.key_span.end..found.node.span.start).unwrap_or("?");
    seat.lines.is_some()
        && seat.body.contains(&at)
        && line.kind == LineKind::Key
        && is_whole(&found.node, &layout.text)
        && layout.text[line.span.start..found.key_span.start].trim_matches(['\u{feff}', ' ', '\t']).is_empty()
        && between.trim() == "="
}

/// Every entry of a file, in the order written.
pub(super) fn seats(layout: &FileLayout) -> Vec<Seat> {
    let headers: Vec<usize> = (0..layout.lines.len()).filter(|at| layout.lines[*at].kind == LineKind::Header).collect();
    let mut seats: Vec<Seat> = Vec::new();
    for of in Of::ALL {
        let Some(found) = layout.root.get(of.table()) else { continue };
        let nodes: Vec<(String, &Node)> = match (&found.node.value, of.is_keyed()) {
            (Is::Table(table), true) => table.entries.iter().map(|one| (one.key.clone(), &one.node)).collect(),
            _ => found.node.items().iter().enumerate().map(|(at, node)| (name(of, at, node), node)).collect(),
        };
        for (index, (name, node)) in nodes.into_iter().enumerate() {
            if node.table().is_none() {
                continue;
            }
            let (span, body) = (node.span.clone(), 0..0);
            seats.push(Seat { of, name, index, node: node.clone(), lines: None, body, span });
        }
    }
    seats.sort_by_key(|seat| seat.span.start);
    let own: Vec<Option<usize>> = seats
        .iter()
        .map(|seat| {
            let at = layout.line_of(seat.span.start);
            let is_header = layout.lines.get(at).is_some_and(|line| line.kind == LineKind::Header);
            is_header.then_some(at)
        })
        .collect();
    let entries: BTreeSet<usize> = own.iter().flatten().copied().collect();
    let mut named: BTreeMap<(Of, String), usize> = BTreeMap::new();
    for (seat, header) in seats.iter_mut().zip(&own) {
        let count = named.entry((seat.of, seat.name.clone())).or_default();
        *count += 1;
        if *count > 1 {
            seat.name = format!("{}#{count}", seat.name);
        }
        let Some(header) = *header else { continue };
        // Tables of its own follow it: `[broadcast.at]`.
        let first = headers.partition_point(|at| *at <= header);
        let inner =
            |at: &usize| !entries.contains(at) && first_key(layout.at(&layout.lines[*at].span)) == seat.of.table();
        let next = headers[first..].iter().copied().find(|at| !inner(at)).unwrap_or(layout.lines.len());
        let body_end = headers.get(first).copied().unwrap_or(layout.lines.len());
        seat.lines = Some(extent(layout, header, next));
        seat.body = header..body_end;
        if let Some(lines) = &seat.lines {
            seat.span = span_of(layout, lines);
        }
    }
    seats
}

/// The entry that bears this name.
pub(super) fn seat(layout: &FileLayout, of: Of, name: &str) -> Result<Seat, Refusal> {
    seats(layout).into_iter().find(|seat| seat.of == of && seat.name == name).ok_or_else(|| Refusal::gone(name))
}

/// The bytes of whole lines; a byte-order mark is the file's.
pub(super) fn span_of(layout: &FileLayout, lines: &Range<usize>) -> Range<usize> {
    let start = layout.lines[lines.start].span.start;
    let mark = if start == 0 && layout.text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    start + mark..layout.lines[lines.end - 1].span.end
}

/// The lines from the comments right above the header to the last key before the header `next`, and the comments
/// right below it, unless they stand right above `next`.
fn extent(layout: &FileLayout, header: usize, next: usize) -> Range<usize> {
    let is = |at: usize, kind: LineKind| layout.lines.get(at).is_some_and(|line| line.kind == kind);
    let mut start = header;
    while start > 0 && is(start - 1, LineKind::Comment) {
        start -= 1;
    }
    let last =
        (header..next).rev().find(|at| !is(*at, LineKind::Blank) && !is(*at, LineKind::Comment)).unwrap_or(header);
    let below = (last + 1..next).take_while(|at| is(*at, LineKind::Comment)).count();
    let end = if last + 1 + below == next && next < layout.lines.len() { last + 1 } else { last + 1 + below };
    start..end
}

fn name(of: Of, at: usize, node: &Node) -> String {
    let said = |key: &str| {
        let value = &node.table()?.get(key)?.node.value;
        if let Is::Text(said) = value { Some(said.clone()) } else { None }
    };
    let named = match of {
        Of::Broadcast => said("id"),
        Of::Holiday => said("name"),
        Of::Rules => Some("rules".to_owned()),
        _ => None,
    };
    named.unwrap_or_else(|| (at + 1).to_string())
}

/// `broadcast` of `[[broadcast]]` and of `[broadcast.at]`.
fn first_key(header: &str) -> &str {
    let inside = header.trim_start_matches('\u{feff}').trim_start().trim_start_matches('[').trim_start();
    let end = inside.find(['.', ']', ' ', '\t']).unwrap_or(inside.len());
    inside[..end].trim_matches(['"', '\''])
}
