use jiff::civil::Date;

use crate::diag::Text;

/// What the owner of a kind of file knows of its words, so that a cure can be written out; the tree itself has no
/// opinion on what the keys mean.
#[derive(Clone, Copy, Debug)]
pub struct Meaning {
    /// The key that somebody means by a word, in a section of the file: `giờ` is `at` in a broadcast, `ngày` is `date` in
    /// a holiday.
    pub key: fn(&str, &str) -> Option<&'static str>,
    /// The key that it is where ranges of hours stand under it: `giờ` is `hours` then.
    pub ranged: fn(&str) -> Option<&'static str>,
    /// The sections, as their headers name them; the first is where a line belongs that has no header above it.
    pub sections: &'static [&'static str],
    /// The header that somebody means by the word between brackets: `phát` is `[[broadcast]]`.
    pub header: fn(&str) -> Option<&'static str>,
    /// How a value that stands without quotes under a key is written, where it is more than a text in quotes.
    pub value: fn(&str, &str, Date) -> Option<String>,
    /// Why a value could not stand under its key in quotes either.
    pub refused: fn(&str, &str, Date) -> Option<RefusedValue>,
    /// Whether a key takes a list, so that a comma in its value parts two of them.
    pub is_list: fn(&str) -> bool,
    /// What a day without a year is counted from.
    pub today: Date,
}

/// What is wrong with a value, in quotes or without.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RefusedValue {
    /// The diagnostic's code.
    pub code: &'static str,
    /// What is wrong.
    pub message: Text,
    /// How it is written right.
    pub help: Text,
}

impl Meaning {
    /// Of a file whose words nobody knows.
    pub const NONE: Self = Self {
        key: |_, _| None,
        ranged: |_| None,
        sections: &[""],
        header: |_| None,
        value: |_, _, _| None,
        refused: |_, _, _| None,
        is_list: |_| false,
        today: Date::ZERO,
    };

    /// The section that a line stands in, by the headers above it.
    pub(super) fn section(&self, above: &str) -> &'static str {
        let named = |line: &str| {
            let name = line.trim_start().strip_prefix('[')?.trim_matches(['[', ' ']);
            self.sections.iter().copied().find(|section| !section.is_empty() && name.starts_with(section))
        };
        above.lines().rev().find_map(named).or_else(|| self.sections.first().copied()).unwrap_or_default()
    }
}
