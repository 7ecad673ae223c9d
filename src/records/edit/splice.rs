use std::ops::Range;

/// Pieces of a text that are to be replaced; every byte outside of them stays.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Splice {
    pieces: Vec<(Range<usize>, String)>,
}

impl Splice {
    /// Put `new` in the place of `old`. Pieces do not overlap; of two at one place the first stands first.
    pub(super) fn put(&mut self, old: Range<usize>, new: impl Into<String>) {
        self.pieces.push((old, new.into()));
    }

    pub(super) fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    /// The new text, and where what lies between the first and the last piece is in it.
    pub(super) fn apply(mut self, text: &str) -> String {
        self.pieces.sort_by_key(|(old, _)| (old.start, old.end));
        let mut out = String::with_capacity(text.len() + 64);
        let mut at = 0;
        for (old, new) in self.pieces {
            out.push_str(&text[at..old.start.max(at)]);
            out.push_str(&new);
            at = old.end.max(at);
        }
        out.push_str(&text[at..]);
        out
    }
}
