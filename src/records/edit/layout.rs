use std::ops::Range;

use super::Refusal;
use crate::diag::document::{MAX_BYTES, Node, Table, TomlValue as Parsed, parse};
use crate::diag::{Findings, Lines, SourceFile};

/// What stands on a line.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum LineKind {
    Blank,
    Comment,
    /// `[...]`, `[[...]]`.
    Header,
    /// A key with its value, which may go on over several lines of the file.
    Key,
}

/// A line, or the lines of one value. Ends after its line feed, where it has one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct LayoutLine {
    pub(super) span: Range<usize>,
    pub(super) kind: LineKind,
}

/// A file whose syntax is right: its tree, and what stands on each line. The lines join to the whole text.
#[derive(Debug)]
pub(super) struct FileLayout {
    pub(super) text: String,
    pub(super) root: Table,
    pub(super) lines: Vec<LayoutLine>,
    numbers: Lines,
}

impl FileLayout {
    /// Read `text`; what is broken is refused with all that is wrong with it.
    pub(super) fn of(path: &str, text: &str) -> Result<Self, Refusal> {
        if text.len() > MAX_BYTES {
            return Err(Refusal::too_large(path));
        }
        let source = SourceFile { path: path.to_owned(), text: text.to_owned() };
        let mut findings = Findings::of(&source);
        let document = parse(&mut findings);
        if !document.intact {
            return Err(Refusal::broken(path, findings.finish()));
        }
        let mut leaves = Vec::new();
        gather(&document.root, text, &mut leaves);
        leaves.sort_unstable_by_key(|leaf| leaf.start);
        let lines = lines(text, &leaves);
        let numbers = Lines::of(text);
        Ok(Self { text: source.text, root: document.root, lines, numbers })
    }

    /// What stands at `span`.
    pub(super) fn at(&self, span: &Range<usize>) -> &str {
        self.text.get(span.clone()).unwrap_or_default()
    }

    /// The number of the line that holds the byte `at`.
    pub(super) fn line_of(&self, at: usize) -> usize {
        self.lines.partition_point(|line| line.span.end <= at).min(self.lines.len().saturating_sub(1))
    }

    /// How its lines end: as the first one does.
    pub(super) fn ending(&self) -> &'static str {
        match self.text.find('\n') {
            Some(at) if self.text[..at].ends_with('\r') => "\r\n",
            _ => "\n",
        }
    }

    /// The line number, from 1, of a byte.
    pub(super) fn number(&self, at: usize) -> usize {
        self.numbers.line(at)
    }
}

/// Whether it is written as one value: no table of headers or dotted keys.
pub(super) fn is_whole(node: &Node, text: &str) -> bool {
    let begins = |node: &Node, with: u8| text.as_bytes().get(node.span.start) == Some(&with);
    match &node.value {
        Parsed::Table(_) => begins(node, b'{'),
        Parsed::List(items) => {
            items.is_empty() || !items.iter().all(|item| item.table().is_some() && begins(item, b'['))
        }
        _ => true,
    }
}

/// The places of all values that are written as one.
fn gather(table: &Table, text: &str, leaves: &mut Vec<Range<usize>>) {
    for entry in &table.entries {
        if is_whole(&entry.node, text) {
            leaves.push(entry.node.span.clone());
        } else {
            for node in entry.node.items() {
                if let Some(table) = node.table() {
                    gather(table, text, leaves);
                }
            }
        }
    }
}

/// In a right file a line that begins inside no value is blank, a comment, a header or the begin of a key: TOML has
/// nothing else.
fn lines(text: &str, leaves: &[Range<usize>]) -> Vec<LayoutLine> {
    let mut lines = Vec::new();
    let (mut at, mut next) = (0, 0);
    let end_of = |from: usize| text[from..].find('\n').map_or(text.len(), |feed| from + feed + 1);
    while at < text.len() {
        let mut end = end_of(at);
        let said = text[at..end].trim_start_matches('\u{feff}').trim();
        let kind = match said.as_bytes().first() {
            None => LineKind::Blank,
            Some(b'#') => LineKind::Comment,
            Some(b'[') => LineKind::Header,
            Some(_) => LineKind::Key,
        };
        if kind == LineKind::Key {
            while let Some(leaf) = leaves.get(next).filter(|leaf| leaf.start < end) {
                if leaf.start >= at && leaf.end > end {
                    end = end_of(leaf.end.max(1) - 1);
                }
                next += 1;
            }
        }
        lines.push(LayoutLine { span: at..end, kind });
        at = end;
    }
    lines
}
