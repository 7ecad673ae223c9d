use std::ops::Range;

/// Where the lines of a text begin, so that many offsets can be turned into places cheaply.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Lines {
    starts: Vec<usize>,
}

impl Lines {
    /// Find the lines of `text`. A byte-order mark is no part of the first line.
    pub fn of(text: &str) -> Self {
        let first = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        let mut starts = vec![first];
        starts.extend(text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1));
        Self { starts }
    }

    /// Line of the byte `offset`, from 1.
    pub fn line(&self, offset: usize) -> usize {
        self.starts.partition_point(|start| *start <= offset).max(1)
    }

    /// Line and column of the byte `offset`: both from 1, the column counted in characters. `text` is
    /// the text that was given to [`Lines::of`]; an offset inside a character counts as that character.
    pub fn place(&self, text: &str, offset: usize) -> (usize, usize) {
        let line = self.line(offset);
        let start = self.starts[line - 1];
        let column = text
            .get(start..)
            .map_or(0, |rest| rest.char_indices().take_while(|(at, c)| start + at + c.len_utf8() <= offset).count());
        (line, column + 1)
    }

    /// Byte range of a line (from 1) without its line ending; empty for a line that is not there.
    pub fn range(&self, text: &str, line: usize) -> Range<usize> {
        let Some(start) = line.checked_sub(1).and_then(|before| self.starts.get(before)).copied() else {
            return text.len()..text.len();
        };
        let end = self.starts.get(line).map_or(text.len(), |next| next - 1);
        let start = start.min(text.len());
        let whole = text.get(start..end.max(start)).unwrap_or("");
        start..start + whole.trim_end_matches('\r').len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters_and_not_bytes() {
        let text = "\u{feff}tên = 1\r\nđợt = 2\r\n";
        let lines = Lines::of(text);
        let at = |what: &str| lines.place(text, text.find(what).unwrap());
        assert_eq!(at("tên"), (1, 1));
        assert_eq!(at("= 1"), (1, 5));
        assert_eq!(at("= 2"), (2, 5));
        assert_eq!(lines.place(text, text.len()), (3, 1));
        assert_eq!(&text[lines.range(text, 1)], "tên = 1");
        assert_eq!(&text[lines.range(text, 2)], "đợt = 2");
        assert_eq!(&text[lines.range(text, 3)], "");
        assert_eq!(&text[lines.range(text, 4)], "");
    }
}
